"""The verbs below `listener user` and their options; what each does is in `user.py`."""

from pathlib import Path
from typing import Annotated

import typer

from listener.cli.given import loaded

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(help="The account.")]
WhichRole = Annotated[str, typer.Argument(metavar="ROLE", help="viewer, curator, publisher or operator.")]
PasswordFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Read the password from a file that only you can read, and ask nothing.")
]
Generate = Annotated[bool, typer.Option("--generate", help="Invent a password and show it once.")]


@app.callback()
def user() -> None:
    """Say who may sign in at the desk.

    Each role may do what those before it may: viewer (read), curator (choose), publisher (publish), operator (accounts).

    \b
    listener user add anna --role curator
    """


@app.command()
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Letters, digits and . _ @ + - only.")],
    role: Annotated[str, typer.Option(metavar="ROLE", help="viewer, curator, publisher or operator.")],
    password_file: PasswordFile = None,
    generate: Generate = False,
) -> None:
    """Make an account; the password is asked for twice."""
    from listener.cli import user as verb

    verb.add(loaded(ctx), name, role, verb.Way(file=password_file, invented=generate))


@app.command("list")
def show(ctx: typer.Context) -> None:
    """Show the accounts."""
    from listener.cli import user as verb

    verb.show(loaded(ctx))


@app.command()
def role(ctx: typer.Context, name: Name, role: WhichRole) -> None:
    """Give an account another role, from now on."""
    from listener.cli import user as verb

    verb.change_role(loaded(ctx), name, role)


@app.command()
def password(ctx: typer.Context, name: Name, password_file: PasswordFile = None, generate: Generate = False) -> None:
    """Set a new password; whoever is signed in with the old one is signed out."""
    from listener.cli import user as verb

    verb.set_password(loaded(ctx), name, verb.Way(file=password_file, invented=generate))


@app.command()
def disable(ctx: typer.Context, name: Name) -> None:
    """Let somebody sign in no more; what they did stays in the record."""
    from listener.cli import user as verb

    verb.disable(loaded(ctx), name)


@app.command()
def enable(ctx: typer.Context, name: Name) -> None:
    """Let somebody sign in again."""
    from listener.cli import user as verb

    verb.enable(loaded(ctx), name)
