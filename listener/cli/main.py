"""The verbs and their options; what each does is in the file of its name, imported when it is called."""

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from listener.cli import logs, trouble, user_verbs
from listener.cli.given import loaded

EPILOG = """\b
Examples:
  listener init                    write a commented listener.toml here
  listener check --online          is the config right, do the logins work?
  listener collect                 read what is due now, from every source
  listener digest --week 3         make the page of week 3
  listener run                     do all of it, week after week, by itself
  listener demo                    see it work on an invented exercise

`listener VERB --help` tells more about a verb.
Exit codes: 0 done, 1 something went wrong, 2 the config or the words were wrong."""

# Plain help: half the start time of coloured panels, and kind to screen readers.
app = typer.Typer(
    name="listener",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

app.add_typer(user_verbs.app, name="user")

WeekNumber = Annotated[int | None, typer.Option("--week", min=1, metavar="N", help="The number of one week.")]
SourceNames = Annotated[
    list[str] | None, typer.Option("--source", metavar="NAME", help="Only this source; may be given again.")
]


def show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"listener {version('listener')}")
        raise typer.Exit


Version = Annotated[bool, typer.Option("--version", is_eager=True, callback=show_version, help="Show the version and exit.")]


@app.callback()
def settings(
    ctx: typer.Context,
    config: Annotated[
        Path, typer.Option("-c", "--config", envvar="LISTENER_CONFIG", metavar="FILE", help="The exercise.")
    ] = Path("listener.toml"),
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Log what is done.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Log everything, and tracebacks of errors.")] = False,
    version: Version = False,  # noqa: ARG001 -- its callback acts
) -> None:
    """Listen to what people say in public about a question, week by week, and make a digest page of each week."""
    ctx.obj = config
    told = verbose or ctx.invoked_subcommand in ("run", "serve")  # what runs for weeks is read in its log
    logs.set_up(logging.DEBUG if debug else logging.INFO if told else logging.WARNING)


@app.command()
def init(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where to write it; made if it does not exist.")] = Path(),
    title: Annotated[str, typer.Option(help="The title of the exercise.")] = "Our listening exercise",
    hashtag: Annotated[
        list[str] | None, typer.Option(metavar="TAG", help="A hashtag to listen to; may be given again.")
    ] = None,
    starts: Annotated[
        str | None, typer.Option(metavar="DATE", help="The first day of week 1; next Monday if not given.")
    ] = None,
    documents: Annotated[
        bool, typer.Option("--documents", help="Write only the papers that are missing, for the config there is.")
    ] = False,
) -> None:
    """Write a commented listener.toml to begin with.

    And, in a folder documents, what must be completed and signed before real people are listened to: impact assessment, privacy
    notice, where data goes, how long it is kept, transparency record, accessibility statement.

    \b
    listener init --title "Thinking of carers" --hashtag ThinkCarers --starts 2027-01-11
    """
    from listener.cli import init as verb

    if documents:
        verb.write_papers(ctx.obj)
    else:
        verb.run(folder, title=title, hashtags=tuple(hashtag or ()), starts=starts)


@app.command()
def check(
    ctx: typer.Context,
    online: Annotated[bool, typer.Option("--online", help="Log in to every source too; nothing is read.")] = False,
    live: Annotated[bool, typer.Option("--live", help="Say what must be settled before real people are listened to.")] = False,
) -> None:
    """Say whether the config is right.

    Shows its weeks and sources.
    """
    from listener.cli import check as verb

    verb.run(loaded(ctx), online=online, live=live)


@app.command()
def collect(
    ctx: typer.Context,
    week: WeekNumber = None,
    since: Annotated[str | None, typer.Option(metavar="MOMENT", help="From then on: 2026-11-02 or 2026-11-02T09:30.")] = None,
    until: Annotated[str | None, typer.Option(metavar="MOMENT", help="Up to then, not including it.")] = None,
    source: SourceNames = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be read, and read nothing.")] = False,
) -> None:
    """Read what people said.

    What is due now, one week, or any span.

    \b
    listener collect
    listener collect --week 2 --source mail
    listener collect --since 2026-11-02 --until 2026-11-05 --dry-run
    """
    from listener.cli import choice
    from listener.cli import collect as verb

    config = loaded(ctx)
    window = choice.window(config.exercise, week, since, until)
    verb.run(config, window=window, sources=choice.sources(config, source or ()), dry_run=dry_run)


@app.command()
def analyse(ctx: typer.Context, week: WeekNumber = None) -> None:
    """Score the tone and find the themes.

    Of one week, or of every week that has begun.
    """
    from listener.cli import analyse as verb

    verb.run(loaded(ctx), week=week)


@app.command()
def digest(ctx: typer.Context, week: WeekNumber = None) -> None:
    """Make the pages and the index.

    Of one week, or of every week that has begun.
    """
    from listener.cli import digest as verb

    verb.run(loaded(ctx), week=week)


@app.command()
def publish(
    ctx: typer.Context,
    week: Annotated[int, typer.Option("--week", min=1, metavar="N", help="The number of the week.")],
    note: Annotated[str, typer.Option("--note", metavar="LINE", help="What a correction changes; stands on the page.")] = "",
    although: Annotated[
        bool, typer.Option("--although", help="Even if a network cannot be asked whether a post is still there.")
    ] = False,
) -> None:
    """Publish the next version of a week.

    Only what was approved at the desk, and only while nothing stands in the way: what does is told.

    \b
    listener publish --week 3
    listener publish --week 3 --note "The count for Tuesday was wrong."
    """
    from listener.cli import publish as verb

    verb.run(loaded(ctx), week=week, note=note, although=although)


@app.command()
def withdraw(
    ctx: typer.Context,
    week: Annotated[int, typer.Option("--week", min=1, metavar="N", help="The number of the week.")],
    quote: Annotated[str | None, typer.Option("--quote", metavar="REF", help="One quote, such as 3-07.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="The whole digest of the week.")] = False,
) -> None:
    """Take published words down.

    Out of every version and every copy that is delivered; it cannot be undone.

    \b
    listener withdraw --week 3 --quote 3-07
    """
    from listener.cli import publish as verb

    verb.withdraw(loaded(ctx), week=week, quote=quote, everything=everything)


@app.command()
def rerun(
    ctx: typer.Context,
    week: Annotated[int, typer.Option("--week", min=1, metavar="N", help="The number of the week.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask, even if it costs money.")] = False,
) -> None:
    """Read a past week again and say what changed.

    What is new, changed, deleted, not returned this time, and what it would move on the page. A source that charges says
    beforehand what it would cost.
    """
    from listener.cli import rerun as verb

    verb.run(loaded(ctx), week=week, yes=yes)


@app.command()
def run(
    ctx: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Do what is due now and end: for a timer of the system.")] = False,
) -> None:
    """Keep collecting and make each week's page.

    One process a database, until it is stopped (Ctrl-C or SIGTERM).
    """
    from listener.cli import run as verb

    verb.run(loaded(ctx), once=once)


@app.command()
def status(
    ctx: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Say what was read, is due, is missing."""
    from listener.cli import status as verb

    verb.run(loaded(ctx), as_json=as_json)


@app.command()
def messages(
    ctx: typer.Context,
    again: Annotated[int | None, typer.Option(metavar="N", help="Send this one again: unsure, or failed for good.")] = None,
    arrived: Annotated[int | None, typer.Option(metavar="N", help="This one arrived, or is not needed.")] = None,
) -> None:
    """Say what was told to whom, and whether it arrived.

    A message that may have arrived is never sent again by itself.

    \b
    listener messages
    listener messages --again 12
    """
    from listener.cli import messages as verb

    verb.run(loaded(ctx), again=again, arrived=arrived)


@app.command()
def scorecard(
    ctx: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="For other programs.")] = False,
) -> None:
    """Say how far the tones can be trusted.

    What people made of them, week by week, and what was measured beforehand.
    """
    from listener.cli import scorecard as verb

    verb.run(loaded(ctx), as_json=as_json)


@app.command()
def export(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl|FILE.csv", help="Where to write; the ending says how.")],
    week: WeekNumber = None,
    with_authors: Annotated[
        bool, typer.Option("--with-authors", help="With author and link: handle it as personal data.")
    ] = False,
) -> None:
    """Write the contributions to a file.

    \b
    listener export week3.csv --week 3
    """
    from listener.cli import export as verb

    verb.run(loaded(ctx), file, week=week, with_authors=with_authors)


@app.command()
def add(  # noqa: PLR0913 -- its options
    ctx: typer.Context,
    week: Annotated[int, typer.Option(min=1, metavar="N", help="The number of the week.")],
    kind: Annotated[str, typer.Option(metavar="KIND", help="letter, call, meeting or group.")],
    date: Annotated[str, typer.Option(metavar="MOMENT", help="When it was said: 2027-01-13 or 2027-01-13T14:05.")],
    text_file: Annotated[str, typer.Option(metavar="FILE", help="The words, in a text file; - for what is typed.")],
    role: Annotated[str, typer.Option(help="Who said it, without a name: a carer of a parent.")] = "",
    why: Annotated[str, typer.Option(metavar="WHY", help="Why we may use it: written, ticked, organisation or none.")] = "none",
    reason: Annotated[str, typer.Option(help="How we know that.")] = "",
) -> None:
    """Add what came another way.

    A letter, a phone call, what was said in a meeting or a group. Phone numbers and addresses are taken out.

    \b
    listener add --week 3 --kind letter --date 2027-01-13 --text-file letter.txt --why written
    """
    from listener.cli import add as verb

    verb.run(loaded(ctx), week, text_file, kind=kind, date=date, role=role, why=why, reason=reason)


@app.command()
def forget(
    ctx: typer.Context,
    author: Annotated[str, typer.Option(metavar="HANDLE", help="Their handle, name or id, with or without @.")] = "",
    network: Annotated[str, typer.Option(metavar="N", help="Only on this network, such as bluesky.")] = "",
    url: Annotated[str, typer.Option(metavar="ADDRESS", help="The address of one of their posts.")] = "",
    email: Annotated[str, typer.Option(metavar="ADDRESS", help="Their mail address.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
) -> None:
    """Take a person out of everything.

    Who asks to be forgotten goes from the database, from every page and every published version, and is not collected again.
    All that the same author said goes. It shows first what that is, and asks.

    \b
    listener forget --author @somebody.example --network bluesky
    listener forget --email somebody@mail.example
    """
    from listener.cli import forget as verb
    from listener.jobs.forget import Asked

    verb.run(loaded(ctx), Asked(author=author, network=network, url=url, email=email), yes=yes)


@app.command()
def reread(ctx: typer.Context, source: SourceNames = None) -> None:
    """Make the posts again from stored answers.

    After an update of Listener that reads more out of them; no network is asked.
    """
    from listener.cli import choice
    from listener.cli import reread as verb

    config = loaded(ctx)
    verb.run(config, sources=choice.sources(config, source or ()))


@app.command()
def serve(
    ctx: typer.Context,
    host: Annotated[str | None, typer.Option(help="The address to listen on, instead of the config's.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="The port, instead of the config's.")] = None,
) -> None:
    """Show the desk in a browser.

    On this machine only unless --host says otherwise; `listener user` says who may sign in.
    """
    from listener.cli import serve as verb

    verb.run(loaded(ctx), host=host, port=port)


@app.command()
def backup(
    ctx: typer.Context,
    folder: Annotated[Path | None, typer.Argument(help="Where to put it, instead of the config's folder.")] = None,
) -> None:
    """Make a backup now.

    One file, checked, while everything goes on; `listener run` makes one every night.
    """
    from listener.cli import backup as verb

    verb.run(loaded(ctx), folder)


@app.command()
def restore(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The backup.")],
    into: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where to, instead of the config's folder.")] = None,
    removals: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What was removed since: listener.removals.jsonl of the old machine.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Put a database aside that is there already.")] = False,
) -> None:
    """Put a backup in place of a lost database.

    Who was removed since then is removed again first, and nothing that may have been sent is sent again.

    \b
    listener restore think-carer-2027-01-18T023000Z.zip --into /srv/listening --removals listener.removals.jsonl
    """
    from listener.cli import restore as verb
    from listener.jobs.restore import Asked

    config: Path = ctx.obj
    verb.run(Asked(file=file, into=into or config.absolute().parent, removals=removals, force=force))


@app.command()
def doctor(
    ctx: typer.Context,
    hosts: Annotated[bool, typer.Option("--hosts", help="List every host that is talked to, and why, and end.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no source.")] = False,
    send_test: Annotated[bool, typer.Option("--send-test", help="Send a test message to every address.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Say what is wrong and what to do.

    Disk, clock, versions, logins, gaps, backups, messages, deliveries; exit code 1 if anything is wrong.
    """
    from listener.cli import doctor as verb

    if hosts:
        verb.show_hosts(loaded(ctx), as_json=as_json)
        return
    verb.run(ctx.obj, verb.How(as_json=as_json, online=not offline, send_test=send_test))


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Where to put its config, database and pages.")] = Path("demo"),
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin again: remove what an earlier demo left there.")] = False,
) -> None:
    """See it work on an invented exercise.

    Five weeks, several channels, no account needed.
    """
    from listener.cli import demo as verb

    verb.run(folder, fresh=fresh)


def main() -> None:
    """Run the command line; what went wrong is told here and nowhere else."""
    try:
        app(prog_name="listener")
    except SystemExit:
        raise
    except trouble.known() as error:
        sys.exit(trouble.tell(error))
    finally:
        sys.excepthook = trouble.tell_unexpected  # in place of the one that typer sets
