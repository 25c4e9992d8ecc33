"""What every verb is given: the config that the command line names."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from listener.config import Config


def loaded(ctx: typer.Context) -> "Config":
    from listener import config

    file: Path = ctx.obj
    return config.load(file)
