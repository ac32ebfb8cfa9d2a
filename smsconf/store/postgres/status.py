"""How much the shared store holds, by account, who holds a lock and who sends. No number is read."""

from __future__ import annotations

from sqlalchemy import Connection, text

from smsconf.store.interfaces import Work
from smsconf.store.postgres.ledger_writer import SENDER
from smsconf.store.postgres.lock import work_of

_COUNTS = {
    "entries": "SELECT scope, count(*) FROM journal GROUP BY scope",
    "runs": "SELECT scope, count(*) FROM run WHERE agreed IS NOT NULL GROUP BY scope",
    "messages": (
        "SELECT scope, sum(size) FROM batch JOIN run ON run.id = batch.run"
        " WHERE agreed IS NOT NULL GROUP BY scope"
    ),
    "sent": "SELECT scope, count(*) FROM sent GROUP BY scope",
    "reports": "SELECT scope, count(*) FROM reports GROUP BY scope",
    "replies": "SELECT scope, count(*) FROM replies GROUP BY scope",
}
_SIZE = """
SELECT coalesce(sum(pg_total_relation_size(pg_class.oid)), 0) FROM pg_class
JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = 'smsconf' AND relkind = 'r'
"""
_AT_WORK = """
SELECT {who}, actor, host, pid, since, doing, run FROM holder
WHERE (key, backend) IN (
  SELECT (classid::bigint << 32) | objid::bigint, pid FROM pg_locks
  WHERE locktype = 'advisory' AND objsubid = 1 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
)
ORDER BY since
"""

_SENDERS = f"""
SELECT sender.run AS number, actor, host, sender.pid, since, doing, address AS run FROM sender
JOIN pg_locks ON classid = {SENDER} AND objid::bigint = sender.id AND objsubid = 2
WHERE locktype = 'advisory' AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
ORDER BY since
"""  # noqa: S608 - our own number

Scopes = dict[str | None, dict[str, int]]


def count_rows(connection: Connection) -> Scopes:
    """Count what there is, by account."""
    scopes: Scopes = {}
    for what, question in _COUNTS.items():
        for scope, count in connection.execute(text(question)):
            if count:
                scopes.setdefault(scope, {})[what] = int(count)
    return scopes


def size_of(connection: Connection) -> int:
    """Return the bytes of all tables and indexes."""
    return int(connection.scalar(text(_SIZE)) or 0)


def senders(connection: Connection) -> list[tuple[int, Work]]:
    """Return who sends which bulk run now."""
    rows = connection.execute(text(_SENDERS)).mappings()
    return [(one["number"], work_of({key: one[key] for key in one if key != "number"})) for one in rows]


def locks(connection: Connection) -> list[tuple[str, Work]]:
    """Return who holds the lock of which account now."""
    rows = connection.execute(text(_AT_WORK.format(who="scope"))).mappings()
    return [(one["scope"], work_of({key: one[key] for key in one if key != "scope"})) for one in rows]
