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
        SmsconfError: the database is away or does not let us, cannot hold every text, or a newer smsconf made
            its tables.
    """
    before = database.version()
    if before is not None and before > VERSION:
        database.check_version()
    with database.in_words(_("migrated")), database.engine.begin() as connection:
        _require_every_text(database, connection)
        connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": _TURN})
        if connection.scalar(text("SELECT to_regnamespace('smsconf')")) is None:  # else it may be given to us
            connection.execute(text("CREATE SCHEMA smsconf"))
        command.upgrade(_config(connection), VERSION)
    after = database.version()
    if after is None:
        raise SmsconfError(_("the store, {place}, was not migrated").format(place=database.place))
    return before, after


def _require_every_text(database: Database, connection: Connection) -> None:
    """Make sure that the database holds Chinese, and whatever else a text or a reply may be in.

    Raises:
        SmsconfError: it does not; the encoding of a database is fixed when it is made.
    """
    encoding = connection.scalar(text("SHOW server_encoding"))
    if encoding != "UTF8":
        raise SmsconfError(
            _("the store, {place}, is encoded in {encoding}").format(place=database.place, encoding=encoding),
            why=_("it could not hold every text that is sent or comes back"),
            fix=_("make a database for it: createdb --encoding UTF8 --template template0 NAME"),
        )


def _config(connection: Connection) -> Config:
    """Tell Alembic where the steps are and which connection to take."""
    config = Config()
    config.set_main_option("script_location", "smsconf.store.postgres:migrations")
    config.attributes["connection"] = connection
    return config
