"""The numbers of the database's advisory locks, one for each thing that is locked. Locks nothing.

Written from https://www.postgresql.org/docs/18/explicit-locking.html#ADVISORY-LOCKS, read 2026-11.
"""

from __future__ import annotations

import hashlib

HELD = """
SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND ((classid::bigint << 32) | objid::bigint) = :key
"""
"""Who holds a lock, as the id of a server process."""


def lock_key(*words: str | None) -> int:
    """Return the number of a lock: a signed integer of 64 bits, the same in every version and process."""
    said = "\0".join(("smsconf", *(word or "" for word in words)))
    return int.from_bytes(hashlib.blake2b(said.encode(), digest_size=8).digest(), signed=True)
