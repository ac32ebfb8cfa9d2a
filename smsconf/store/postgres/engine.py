"""Connections to the shared store, and what goes wrong with them in words. Knows no table but its version.

Written from https://www.postgresql.org/docs/18/errcodes-appendix.html and psycopg 3.3, read 2026-11.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

import psycopg
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from smsconf.language import N_, _
from smsconf.model.errors import SmsconfError
from smsconf.store.postgres.address import VARIABLE, describe, read_address

VERSION = "0001"
"""The migration that this smsconf works with."""

_SESSION = """
SET search_path = smsconf;
SET TimeZone = 'UTC';
SET lock_timeout = '60s';
SET idle_in_transaction_session_timeout = '10min';
SET tcp_keepalives_idle = 15;
SET tcp_keepalives_interval = 5;
SET tcp_keepalives_count = 3;
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
"""
"""A lost machine is noticed within half a minute; what was committed is on the disk, whatever a role says."""

_AWAY = N_("start it, or correct {name}; nothing is lost meanwhile, and running again goes on")
_WAYS: dict[str, tuple[str, str]] = {
    "28000": (N_("it does not let this user in"), N_("correct the user in {name}, or pg_hba.conf")),
    "28P01": (N_("it refuses the password"), N_("correct the password in {name}")),
    "3D000": (N_("there is no such database"), N_("create it (createdb), then: smsconf store migrate")),
    "42501": (N_("this user may not do that"), N_("use a role that may write to the schema smsconf")),
    "25006": (N_("it only lets read"), N_("name the primary server, not a copy of it")),
    "42P01": (N_("it has no tables of smsconf yet"), N_("make them once: smsconf store migrate")),
    "3F000": (N_("it has no tables of smsconf yet"), N_("make them once: smsconf store migrate")),
    "53100": (N_("its disk is full"), N_("make room there, then run again")),
    "53300": (N_("it has too many connections"), N_("raise max_connections, or run fewer at once")),
    "55P03": (N_("another run holds a row for too long"), N_("run again; smsconf store status names it")),
    "57P01": (N_("it is being shut down"), _AWAY),
    "57P02": (N_("it crashed"), _AWAY),
    "57P03": (N_("it is starting or shutting down"), _AWAY),
}
"""SQLSTATE → what it means, and the way out."""
_WORDS = {
    "does not exist": "3D000",
    "password authentication failed": "28P01",
    "no password supplied": "28P01",
    "no pg_hba.conf entry": "28000",
    "the database system is": "57P03",
    "too many": "53300",
}
"""What libpq says of a connection that was not made, where it tells no SQLSTATE → which that would be."""


class Database:
    """One database; connections are made when they are needed, and kept for the process."""

    def __init__(self, address: str) -> None:
        """Take an address.

        Raises:
            SmsconfError: it is none.
        """
        self._parameters = read_address(address)
        self.place = describe(self._parameters)
        self.engine: Engine = create_engine(
            "postgresql+psycopg://", creator=partial(_connect, self._parameters), pool_size=2, max_overflow=8
        )
        weakref.finalize(self, self.engine.dispose)
        self._checked = False

    def open(self, *, autocommit: bool = False) -> psycopg.Connection:
        """Open a connection of its own, with the settings of a session."""
        return _connect(self._parameters, autocommit=autocommit)

    @contextmanager
    def begin(self, done: str) -> Iterator[Connection]:
        """Give a transaction in a database of this version; ``done`` is what could not be done, in words.

        Raises:
            SmsconfError: it is away, does not let us, has no tables or those of another version.
        """
        self.check_version()
        with self.in_words(done), self.engine.begin() as connection:
            yield connection

    def check_version(self) -> None:
        """Make sure, once, that the database has the tables that this smsconf works with.

        Raises:
            SmsconfError: it has none, or older or newer ones.
        """
        if self._checked:
            return
        found = self.version()
        if found is None or found < VERSION:
            raise SmsconfError(
                _("the store, {place}, has no tables of this smsconf yet").format(place=self.place)
                if found is None
                else _("the store, {place}, is of version {found}, and this smsconf needs {needed}").format(
                    place=self.place, found=found, needed=VERSION
                ),
                why=_("tables are changed only when somebody says so, while nobody else is at work"),
                fix=_("smsconf store migrate"),
            )
        if found > VERSION:
            raise SmsconfError(
                _("the store, {place}, is of version {found}, and this smsconf knows {needed}").format(
                    place=self.place, found=found, needed=VERSION
                ),
                why=_("a newer smsconf wrote it: what it recorded could be misunderstood"),
                fix=_("use the newer smsconf"),
            )
        self._checked = True

    def version(self) -> str | None:
        """Return the number of the last migration; ``None``: there was none."""
        with self.in_words(_("read")), self.engine.connect() as connection:
            if connection.scalar(text("SELECT to_regclass('smsconf.alembic_version')")) is None:
                return None
            found = connection.scalar(text("SELECT version_num FROM smsconf.alembic_version"))
            return None if found is None else str(found)

    @contextmanager
    def in_words(self, done: str) -> Iterator[None]:
        """Turn what the database and the network say into a sentence.

        Raises:
            SmsconfError: something went wrong.
        """
        try:
            yield
        except (psycopg.Error, DBAPIError) as problem:
            error = problem.orig if isinstance(problem, DBAPIError) else problem
            raise self._said(error, done) from None

    def _said(self, error: BaseException | None, done: str) -> SmsconfError:
        state = getattr(error, "sqlstate", None)
        if state is None:
            state = next((state for words, state in _WORDS.items() if words in str(error)), None)
        meaning, fix = _WAYS.get(state or "", ("", _AWAY))
        reason = _(meaning) if meaning else " ".join(str(error).split())[:300]
        return SmsconfError(
            _("the store, {place}, cannot be {done}: {reason}").format(
                place=self.place, done=done, reason=reason
            ),
            why=_("what is sent is noted there first; without it nothing is sent"),
            fix=_(fix).format(name=VARIABLE),
        )

    def close(self) -> None:
        """Close every connection that is not in use; it is also done when nobody needs this any more."""
        self.engine.dispose()


def _connect(parameters: Mapping[str, str], *, autocommit: bool = False) -> psycopg.Connection:
    connection = psycopg.connect(**parameters, autocommit=True)  # type: ignore[arg-type]
    try:
        connection.execute(_SESSION)
        connection.autocommit = autocommit
    except BaseException:
        connection.close()
        raise
    return connection
