"""Which version the tables have, and how they are brought up to date (Alembic, loaded only when there is something to do)."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

HEAD = "0005"


class Unknown(Exception):
    """The tables are of a version that this release does not know: a newer one made them."""


def nothing() -> None:
    """What is done before tables are changed, unless somebody says otherwise."""


def version(connection: Connection) -> str:
    """Which version the tables have, empty before the first."""
    try:
        return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() or "")
    except OperationalError as problem:
        if "no such table" in str(problem.orig):
            return ""
        raise


def is_current(connection: Connection) -> bool:
    """Whether the tables are those of this release."""
    return version(connection) == HEAD


def upgrade(engine: Engine, before: Callable[[], None] = nothing, to: str = HEAD) -> None:
    """All steps in one transaction: a kill in the middle leaves the database as it was.

    `before` is called with the write lock held, and only if there are tables of an older version that will be changed.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.connect().execution_options(immediate=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        if "" < version(connection) < to:
            before()
        try:
            command.upgrade(config, to)
        except CommandError as problem:
            raise Unknown from problem
