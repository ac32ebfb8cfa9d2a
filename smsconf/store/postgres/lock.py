"""The lock of an account: of a session of the database, free as soon as that ends, however it ends.

A process that is killed frees it at once, a machine that is lost within half a minute (``engine``). Poolers
that would give the session to somebody else are refused before (``pooler``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from smsconf.language import _
from smsconf.model.errors import SmsconfError
from smsconf.store.holding import held_too_long
from smsconf.store.interfaces import Lock, Work
from smsconf.store.postgres.engine import Database
from smsconf.store.postgres.keys import HELD, lock_key

_LOOK = 0.25  # seconds between two tries
_HELD = HELD.replace(":key", "%(key)s")
_NOTE = """
INSERT INTO holder (key, scope, backend, actor, host, pid, since, doing, run)
VALUES (%(key)s, %(scope)s, pg_backend_pid(), %(actor)s, %(host)s, %(pid)s, %(since)s, %(doing)s, %(run)s)
ON CONFLICT (key) DO UPDATE SET backend = excluded.backend, actor = excluded.actor, host = excluded.host,
  pid = excluded.pid, since = excluded.since, doing = excluded.doing, run = excluded.run
"""
_HOLDER = f"""
SELECT actor, host, pid, since, doing, run FROM holder WHERE key = %(key)s AND backend IN ({_HELD})
"""  # noqa: S608 - our own words


@contextmanager
def hold(
    database: Database,
    scope: str,
    work: Work,
    *,
    timeout: float | None,
    waiting: Callable[[Work | None], None],
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Lock]:
    """Hold the lock of an account on a connection of its own.

    Raises:
        PlanRefused: somebody else held it for longer than ``timeout`` seconds.
        SmsconfError: the database is away.
    """
    database.check_version()
    key = {"key": lock_key("account", scope)}
    with database.in_words(_("locked")):
        connection = database.open(autocommit=True)
    try:
        with database.in_words(_("locked")):
            end = None if timeout is None else clock() + timeout
            told = False
            while not _take(connection, key):
                if not told:
                    waiting(_holder(connection, key))
                    told = True
                if end is not None and clock() >= end:
                    raise held_too_long(_holder(connection, key))
                sleep(_LOOK)
            connection.execute(
                _NOTE, {**key, "scope": scope, **asdict(work), "since": work.since.isoformat()}
            )
        yield _Held(database, connection, key)
        with suppress(psycopg.Error):
            connection.execute("DELETE FROM holder WHERE key = %(key)s AND backend = pg_backend_pid()", key)
    finally:
        connection.close()


class _Held:
    """The session whose lock is held."""

    def __init__(self, database: Database, connection: psycopg.Connection, key: dict[str, int]) -> None:
        self._database = database
        self._connection = connection
        self._key = key

    def prove(self) -> None:
        """Make sure that the session is there and holds the lock still.

        Raises:
            SmsconfError: the connection is gone, and the lock with it.
        """
        with self._database.in_words(_("locked")):
            row = self._connection.execute(f"{_HELD} AND pid = pg_backend_pid()", self._key).fetchone()
        if row is None:
            raise SmsconfError(
                _("this run does not hold the lock of the store any more"),
                why=_("another run may be at work by now"),
                fix=_("run again: it goes on from what is there"),
            )


def _take(connection: psycopg.Connection, key: dict[str, int]) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%(key)s)", key).fetchone()
    return row is not None and bool(row[0])


def _holder(connection: psycopg.Connection, key: dict[str, int]) -> Work | None:
    """Return who holds a lock now; nothing of somebody who held it before."""
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(_HOLDER, key).fetchone()
    return None if found is None else work_of(found)


def work_of(row: dict[str, Any]) -> Work:
    """Read who is at work as it was written down."""
    return Work(**{**row, "since": datetime.fromisoformat(row["since"])})
