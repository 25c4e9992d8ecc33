"""Which version the tables have, and how they are brought up to date (Alembic, loaded only when there is something to do)."""

from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

HEAD = "0002"


class Unknown(Exception):
    """The tables are of a version that this release does not know: a newer one made them."""


def is_current(connection: Connection) -> bool:
    """Whether the tables are those of this release."""
    try:
        return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == HEAD
    except OperationalError as problem:
        if "no such table" in str(problem.orig):
            return False
        raise


def upgrade(engine: Engine) -> None:
    """All steps in one transaction: a kill in the middle leaves the database as it was."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.connect().execution_options(immediate=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as problem:
            raise Unknown from problem
