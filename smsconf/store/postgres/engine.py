"""Connections to the shared store, and what goes wrong with them in words. Knows no table but its version.

Written from https://www.postgresql.org/docs/18/errcodes-appendix.html and psycopg 3.3, read 2026-11.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from smsconf.language import N_, _
from smsconf.model.errors import PlanRefused, StoreUnusable
from smsconf.store.postgres.address import VARIABLE, describe, read_address
from smsconf.store.postgres.pooler import keeps_sessions

VERSION = "0001"
"""The migration that this smsconf works with."""

_SETTINGS = {
    "search_path": "smsconf",
    "TimeZone": "UTC",
    "DateStyle": "ISO",
    "default_transaction_isolation": "read committed",  # rows that others hold are waited for or passed over
    "lock_timeout": "60s",
    "statement_timeout": "0",  # a long list takes its time
    "transaction_timeout": "0",  # from PostgreSQL 17 on
    "idle_in_transaction_session_timeout": "10min",
    "idle_session_timeout": "0",  # a lock is held while a person makes up their mind
    "tcp_keepalives_idle": "15",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "30s",
}
"""What holds in our sessions, whatever a role says; a lost machine is noticed within half a minute."""
_SESSION = f"""
SELECT set_config(name, value, false) FROM pg_settings
JOIN (VALUES {", ".join(f"('{name}', '{value}')" for name, value in _SETTINGS.items())}) AS ours (name, value)
USING (name);
SELECT set_config('synchronous_commit', 'on', false)
WHERE current_setting('synchronous_commit') <> 'remote_apply';
"""  # noqa: S608 - our own words
"""Sets those that the server knows; what was committed is on the disk, a standby's too where it counts."""

_AWAY = N_("start it, or correct {name}; nothing is lost meanwhile, and running again goes on")
_WAYS: dict[str, tuple[str, str]] = {
    "28000": (N_("it does not let this user in"), N_("correct the user in {name}, or pg_hba.conf")),
    "28P01": (N_("it refuses the password"), N_("correct the password in {name}")),
    "3D000": (N_("there is no such database"), N_("create it (createdb), then: smsconf store migrate")),
    "42501": (N_("this user may not do that"), N_("use a role that may, or have it granted")),
    "25006": (
        N_("it only lets read"),
        N_("name the primary server, not a copy of it, or a role without default_transaction_read_only"),
    ),
    "42P07": (N_("it has other tables of these names"), N_("make one for smsconf alone (createdb)")),
    "42P01": (N_("it has no tables of smsconf yet"), N_("make them once: smsconf store migrate")),
    "3F000": (N_("it has no tables of smsconf yet"), N_("make them once: smsconf store migrate")),
    "53100": (N_("its disk is full"), N_("make room there, then run again")),
    "53300": (N_("it has too many connections"), N_("raise max_connections, or run fewer at once")),
    "55P03": (N_("another run holds a row for too long"), N_("run again; smsconf store status names it")),
    "57P01": (N_("it is being shut down, or somebody ended the connection"), _AWAY),
    "57P02": (N_("it crashed"), _AWAY),
    "57P03": (N_("it is starting or shutting down"), _AWAY),
}
"""SQLSTATE → what it means, and the way out."""
_WORDS = {
    r"password authentication failed|no password supplied": "28P01",
    r'role ".*" (does not exist|is not permitted)|pg_hba\.conf|authentication failed': "28000",
    r'database ".*" does not exist': "3D000",
    r"permission denied": "42501",
    r"the database system is": "57P03",
    r"too many|connection slots are reserved|no more connections": "53300",
}
"""What libpq says of a connection that was not made, where it tells no SQLSTATE → which that would be."""


class _Sessions:
    """What opens sessions of one database, and knows whether they stay with their connections."""

    def __init__(self, parameters: Mapping[str, str]) -> None:
        self._parameters = parameters
        self._stay = False

    def open(self, *, autocommit: bool = False) -> psycopg.Connection:
        connection = self._connect(autocommit=True)
        try:
            self._require_stay(connection)  # before anything is set in one
            connection.execute(_SESSION)
            connection.autocommit = autocommit
        except BaseException:
            connection.close()
            raise
        return connection

    def _require_stay(self, connection: psycopg.Connection) -> None:
        if not self._stay and not keeps_sessions(connection, self._connect):
            raise PlanRefused(
                _("{place} is behind a pooler that changes sessions between statements").format(
                    place=describe(self._parameters)
                ),
                why=_("a lock belongs to a session: two runs would hold it at once"),
                fix=_("name the server itself, or a pooler in session mode (PgBouncer: pool_mode = session)"),
            )
        self._stay = True

    def _connect(self, *, autocommit: bool = False) -> psycopg.Connection:
        return psycopg.connect(**self._parameters, autocommit=autocommit)  # type: ignore[arg-type]


_HINTS = re.compile(r" (?:Is the server running|This probably means the server).*")
"""What libpq advises; what is to be done is said anyway."""


class Database:
    """One database; connections are made when they are needed, and kept for the process."""

    def __init__(self, address: str) -> None:
        """Take an address.

        Raises:
            SmsconfError: it is none.
        """
        parameters = read_address(address)
        self.place = describe(parameters)
        self._sessions = _Sessions(parameters)
        self.engine: Engine = create_engine(
            "postgresql+psycopg://",
            creator=self._sessions.open,
            pool_size=2,
            max_overflow=8,
            pool_pre_ping=True,
        )
        weakref.finalize(self, self.engine.dispose)
        self._checked = False

    def open(self, *, autocommit: bool = False) -> psycopg.Connection:
        """Open a connection of its own, with the settings of a session.

        Raises:
            PlanRefused: a pooler gives sessions to others between statements.
            psycopg.Error: the database is away, or does not let us in.
        """
        return self._sessions.open(autocommit=autocommit)

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
            StoreUnusable: it has none, or older or newer ones.
        """
        if self._checked:
            return
        found = self.version()
        if found is None or found < VERSION:
            raise StoreUnusable(
                _("the store, {place}, has no tables of this smsconf yet").format(place=self.place)
                if found is None
                else _("the store, {place}, is of version {found}, and this smsconf needs {needed}").format(
                    place=self.place, found=found, needed=VERSION
                ),
                why=_("tables are changed only when somebody says so, while nobody else is at work"),
                fix=_("run smsconf store migrate"),
            )
        if found > VERSION:
            raise StoreUnusable(
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
            StoreUnusable: something went wrong.
        """
        try:
            yield
        except (psycopg.Error, SQLAlchemyError) as problem:
            error = problem.orig if isinstance(problem, DBAPIError) else problem
            raise self._said(error or problem, done) from None

    def _said(self, error: BaseException, done: str) -> StoreUnusable:
        state = getattr(error, "sqlstate", None)
        said = str(error)
        if state is None:
            state = next((state for words, state in _WORDS.items() if re.search(words, said)), None)
        elif isinstance(error, psycopg.Error):  # its details would repeat rows: numbers and texts
            said = error.diag.message_primary or said
        meaning, fix = _WAYS.get(state or "", ("", _AWAY))
        reason = _(meaning) if meaning else _HINTS.sub("", " ".join(said.split()))[:300]
        if state == "42501":  # of what, in the server's words
            reason += f" ({said.rpartition('FATAL: ')[2].strip()})"
        return StoreUnusable(
            _("the store, {place}, cannot be {done}: {reason}").format(
                place=self.place, done=done, reason=reason
            ),
            why=_("what is sent is noted there first; without it nothing is sent"),
            fix=_(fix).format(name=VARIABLE),
        )

    def close(self) -> None:
        """Close every connection that is not in use; it is also done when nobody needs this any more."""
        self.engine.dispose()
