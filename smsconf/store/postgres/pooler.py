"""Whether a session stays with its connection: locks and settings belong to sessions. Changes nothing in one.

A pooler between us and the server may give a session to somebody else as soon as a transaction or a statement
ends. Then two runs would hold one lock, and what we set for ourselves would hold for strangers.

Written from https://www.postgresql.org/docs/18/protocol-flow.html (BackendKeyData) and
https://www.pgbouncer.org/features.html, read 2026-11; tried with PgBouncer 1.18 in its three modes.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import psycopg

_PROOFS = 3


def keeps_sessions(connection: psycopg.Connection, open_other: Callable[[], psycopg.Connection]) -> bool:
    """Tell whether a connection in autocommit keeps its session between two statements.

    A pooler makes up the process that a connection is told of, so one that is told the truth goes through
    none. Else a second connection begins a transaction between two statements of the first: where that gets
    the session of the first, or the first another one, sessions do not stay.
    """
    own = _process(connection)
    if own == connection.info.backend_pid:
        return True
    with open_other() as other:
        for _proof in range(_PROOFS):
            try:
                taken = _process(other)  # in a transaction that stays open
            except psycopg.errors.ProtocolViolation:  # a pooler of statements lets nobody begin one
                return False
            if taken == own or _process(connection) != own:
                return False
            with suppress(psycopg.Error):
                other.rollback()
    return True


def _process(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT pg_backend_pid()").fetchone()
    return int(row[0]) if row else 0
