"""Bring the tables of the shared store to the version of this smsconf; nothing else changes them."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from smsconf.language import _
from smsconf.model.errors import SmsconfError
from smsconf.store.postgres.engine import VERSION, Database

_TURN = 0x736D73636F6E66  # one migration at a time


def migrate(database: Database) -> tuple[str | None, str]:
    """Make or change the tables, all in one transaction; return the versions before and after.

    Raises:
        SmsconfError: the database is away or does not let us, or a newer smsconf made its tables.
    """
    before = database.version()
    if before is not None and before > VERSION:
        database.check_version()
    with database.in_words(_("migrated")), database.engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": _TURN})
        if connection.scalar(text("SELECT to_regnamespace('smsconf')")) is None:  # else it may be given to us
            connection.execute(text("CREATE SCHEMA smsconf"))
        command.upgrade(_config(connection), VERSION)
    after = database.version()
    if after is None:
        raise SmsconfError(_("the store, {place}, was not migrated").format(place=database.place))
    return before, after


def _config(connection: Connection) -> Config:
    """Tell Alembic where the steps are and which connection to take."""
    config = Config()
    config.set_main_option("script_location", "smsconf.store.postgres:migrations")
    config.attributes["connection"] = connection
    return config
