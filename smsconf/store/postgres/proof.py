"""What ``doctor`` sees of the shared store: whether it does what all runs rely on. Changes nothing in it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

import psycopg
from sqlalchemy import text

from smsconf.language import _
from smsconf.model.errors import SmsconfError
from smsconf.store.interfaces import StoreProof
from smsconf.store.postgres.engine import VERSION, Database
from smsconf.store.postgres.keys import lock_key

_LOOKS = 100  # until a lock must be free
_LOOK = 0.1  # seconds between two
_WRITABLE = text(
    "SELECT has_table_privilege('journal', 'INSERT') AND current_setting('transaction_read_only') = 'off'"
)


def prove(database: Database, sleep: Callable[[float], None] = time.sleep) -> StoreProof:
    """Look whether it is there, has our tables, and gives a lock to one connection at a time.

    Raises:
        SmsconfError: it is away, does not let us in, has other tables, or its locks are not to be relied on.
    """
    with database.begin(_("read")) as connection:
        writable = bool(connection.scalar(_WRITABLE))
    key = lock_key("proof", secrets.token_hex(8))
    with (
        database.in_words(_("locked")),
        database.open(autocommit=True) as first,
        database.open(autocommit=True) as second,
    ):
        if not _take(first, key) or _take(second, key):
            raise _unreliable(_("{place} gives one lock to two connections").format(place=database.place))
        first.close()
        for _look in range(_LOOKS):
            if _take(second, key):
                return StoreProof(database.place, VERSION, writable=writable)
            sleep(_LOOK)
    raise _unreliable(_("{place} keeps the lock of a connection that has ended").format(place=database.place))


def _take(connection: psycopg.Connection, key: int) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", [key]).fetchone()
    return row == (True,)


def _unreliable(message: str) -> SmsconfError:
    return SmsconfError(
        message,
        why=_("a lock belongs to a session: two runs would hold it at once"),
        fix=_("name the server itself, or a pooler in session mode (PgBouncer: pool_mode = session)"),
    )
