"""What was handed over, and what came back, read in order; and what is handed over one by one, written.

Everything comes as a stream from a cursor of the server, so that a million messages need no memory here.
What came back about messages of other projects of the store is theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from smsconf.language import _
from smsconf.store.messages import Received, Reply, Report, Sent
from smsconf.store.postgres.engine import Database
from smsconf.store.postgres.inbox import received_reply, received_report
from smsconf.store.runs import ACCEPTED

_ADD = """
INSERT INTO sent (message_id, project, environment, scope, "to", at, template, segments)
VALUES (:message_id, :project, :environment, :scope, :to, :at, :template, :segments)
ON CONFLICT (message_id) DO NOTHING
"""
_PROBE = """
INSERT INTO sent (message_id, project, "to", at, template) SELECT '', '', '', '', '' WHERE false
"""
_SINGLE = """
SELECT message_id, "to", at, template, NULL AS name, NULL AS batch, segments, scope, environment FROM sent
WHERE project = :project {one}
"""
_OF_RUNS = """
SELECT message_id, CASE number WHEN 0 THEN '' ELSE '+' || number END, at,
       template, name, batch::text, parts, scope, environment
FROM message JOIN batch ON batch.id = message.batch JOIN run ON run.id = batch.run
WHERE project = :project AND status = :accepted AND message_id IS NOT NULL {one}
"""
_ORDERED = " ORDER BY message_id"
_ONE = "AND message_id = :message_id"
_RUN = "AND run.id = :run"
_REPORTS = """
SELECT received, message_id, status, sequence, total, source, updated, description, original_code, extend,
       "to" FROM reports
WHERE {one}
  NOT EXISTS (SELECT FROM sent WHERE sent.message_id = reports.message_id AND project <> :project)
  AND NOT EXISTS (
    SELECT FROM message JOIN batch ON batch.id = message.batch JOIN run ON run.id = batch.run
    WHERE message.message_id = reports.message_id AND project <> :project
  )
ORDER BY message_id, number
"""
_REPLIES = """
SELECT received, message_id, sender, "to", body, created FROM replies WHERE scope = :scope ORDER BY number
"""
_TEMPLATES = "SELECT DISTINCT template FROM sent WHERE project = :project"
_AT_ONCE = 2_000  # rows from the server


def add_sent(database: Database, project: str, messages: Iterable[Sent]) -> None:
    """Add messages of a project.

    Raises:
        SmsconfError: they cannot be written.
    """
    rows = [
        {
            **{name: getattr(one, name) for name in ("message_id", "environment", "scope", "to", "template")},
            "project": project,
            "at": one.at.astimezone(UTC).isoformat(),
            "segments": one.segments,
        }
        for one in messages
    ]
    if rows:
        with database.begin(_("written")) as connection:
            connection.execute(text(_ADD), rows)


def probe_sent(database: Database) -> None:
    """Make sure that messages could be added.

    Raises:
        SmsconfError: they could not.
    """
    with database.begin(_("written")) as connection:
        connection.execute(text(_PROBE))


def templates_sent(database: Database, project: str) -> frozenset[str]:
    """Return the templates of which messages of a project were added."""
    with database.begin(_("read")) as connection:
        return frozenset(connection.scalars(text(_TEMPLATES), {"project": project}))


def read_sent(
    database: Database, project: str, message_id: str | None = None, run: int | None = None
) -> Iterator[Sent]:
    """Yield what the service accepted of a project, single messages and those of runs, sorted by id.

    Args:
        database: where.
        project: whose.
        message_id: only this one.
        run: only those of one run.

    Raises:
        SmsconfError: the database is away.
    """
    one = "" if message_id is None else _ONE
    asked = _OF_RUNS.format(one=one if run is None else f"{one} {_RUN}")
    if run is None:
        asked = f"{_SINGLE.format(one=one)} UNION ALL {asked}"
    values = {"project": project, "accepted": ACCEPTED, "message_id": message_id, "run": run}
    for found, to, at, *rest in _stream(database, asked + _ORDERED, values):
        yield Sent(found, to, datetime.fromisoformat(at), *rest)


def read_reports(
    database: Database, project: str, message_id: str | None = None
) -> Iterator[Received[Report]]:
    """Yield every report that is not about another project's message, or those about one, sorted by its id.

    Raises:
        SmsconfError: the database is away.
    """
    asked = _REPORTS.format(one="" if message_id is None else "message_id = :message_id AND")
    for row in _stream(database, asked, {"project": project, "message_id": message_id}):
        yield received_report(row)


def read_replies(database: Database, scope: str) -> Iterator[Received[Reply]]:
    """Yield every reply to an account, in the order of arrival.

    Raises:
        SmsconfError: the database is away.
    """
    for row in _stream(database, _REPLIES, {"scope": scope}):
        yield received_reply(row)


def _stream(database: Database, statement: str, values: dict[str, Any]) -> Iterator[Any]:
    with database.begin(_("read")) as connection:
        streaming = connection.execution_options(stream_results=True, max_row_buffer=_AT_ONCE)
        yield from streaming.execute(text(statement), values)
