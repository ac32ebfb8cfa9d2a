"""Numbers and texts that go for good, in the words that both homes understand; counts stay.

A number is emptied, never its row: what was sent, refused and reported is counted as before. What waits or
is uncertain keeps its numbers, since somebody may still need them. Which replies go is decided above: who is
out stays out. A home says where a statement runs, and how what was deleted is gone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from smsconf.store.runs import Batch, State, pack_values

Execute = Callable[..., Any]
"""Runs a statement with named values and returns its cursor: rows, and how many it changed."""
Word = str | None
"""What is left of a reply's text; ``None``: nothing, and its number goes, too."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to go: what is over since before a moment, else one number.

    ``before`` is a time of the service, ``received_before`` the same by our clock; ``number`` has no plus.
    """

    before: datetime | None = None
    received_before: datetime | None = None
    number: str = ""


@dataclass(slots=True)
class Purged:
    """How much went. ``numbers`` are those of lists; ``given_up`` those of them that were still waiting.

    ``uncertain`` are kept: run → messages. ``opt_outs`` are replies of which number and word were kept;
    ``files`` were deleted.
    """

    runs: int = 0
    numbers: int = 0
    given_up: int = 0
    sent: int = 0
    reports: int = 0
    replies: int = 0
    opt_outs: int = 0
    files: int = 0
    uncertain: dict[int, int] = field(default_factory=dict)


_OVER = """
SELECT id, message, summary FROM run
WHERE {own} AND agreed IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM batch WHERE batch.run = run.id AND state IN ('ready', 'sending'))
  AND EXISTS (SELECT 1 FROM batch WHERE batch.run = run.id AND numbers <> '')
  AND coalesce((SELECT max(at) FROM batch WHERE batch.run = run.id), finished, made) < :before
"""
_NAMED = "run = :run AND state IN ('sent', 'assumed', 'opted-out', 'ended') AND numbers <> ''"
_LEFT = f"SELECT coalesce(sum(size), 0) FROM batch WHERE {_NAMED} AND state <> 'sent'"  # noqa: S608
_EMPTY = f"UPDATE batch SET numbers = '', contents = NULL WHERE {_NAMED}"  # noqa: S608
_UNNAME = """
UPDATE message SET number = 0 WHERE number <> 0 AND batch IN (SELECT id FROM batch WHERE run = :run)
"""
_DOUBTS = "SELECT coalesce(sum(size), 0) FROM batch WHERE run = :run AND state = 'uncertain'"
_REST = "UPDATE run SET message = :message, summary = :summary WHERE id = :run"
_HOLDING = """
SELECT batch.id, run, state, numbers, contents, tries FROM batch JOIN run ON run.id = batch.run
WHERE {own} AND ',' || numbers || ',' LIKE :pattern {lock}
"""
_CUT = "UPDATE batch SET numbers = :numbers, contents = :contents WHERE id = :id"
_TAKE_OUT = "UPDATE batch SET size = :size, numbers = :numbers, contents = :contents WHERE id = :id"
_GIVE_UP = "UPDATE batch SET state = 'ended', numbers = '', contents = NULL WHERE id = :id"
_GIVEN_UP = "INSERT INTO batch (run, state, size, numbers) VALUES (:run, 'ended', 1, '')"
_TOLD = """
SELECT message_id FROM message JOIN batch ON batch.id = message.batch JOIN run ON run.id = batch.run
WHERE {own} AND number = :digits AND message_id IS NOT NULL
"""
_FORGET = """
UPDATE message SET number = 0 WHERE number = :digits
  AND batch IN (SELECT batch.id FROM batch JOIN run ON run.id = batch.run WHERE {own})
"""
_SENT_BEFORE = """UPDATE sent SET "to" = '' WHERE {own} AND "to" <> '' AND at < :before"""
_SENT_IDS = """SELECT message_id FROM sent WHERE {own} AND "to" = :plus"""
_SENT_TO = """UPDATE sent SET "to" = '' WHERE {own} AND "to" = :plus"""
_REPORTS = """
UPDATE reports SET "to" = NULL, extend = NULL
WHERE {own} AND ("to" IS NOT NULL OR extend IS NOT NULL) AND
"""
_REPLY_GONE = """
UPDATE replies SET sender = '', body = '', message_id = 'purged-' || number
WHERE {own} AND message_id = :message_id AND sender <> ''
"""
_REPLY_WORD = "UPDATE replies SET body = :word WHERE {own} AND message_id = :message_id AND body <> :word"


def purge_runs(execute: Execute, own: str, before: datetime, done: Purged) -> None:
    """Empty the runs that are over since before a moment; what is uncertain of them stays."""
    over = execute(_OVER.format(own=own), before=before.astimezone(UTC).isoformat(timespec="seconds"))
    for run, message, summary in over.fetchall():
        ((left,),) = execute(_LEFT, run=run).fetchall()
        touched = execute(_EMPTY, run=run).rowcount
        done.numbers += int(left) + execute(_UNNAME, run=run).rowcount
        done.runs += bool(touched)
        ((doubts,),) = execute(_DOUBTS, run=run).fetchall()
        kept = json.loads(message)
        if doubts:
            done.uncertain[run] = int(doubts)
        elif kept.get("same"):
            kept["same"] = None  # the values that all of them got
        noted = {**json.loads(summary), "samples": []}
        execute(_REST, run=run, message=json.dumps(kept, ensure_ascii=False), summary=json.dumps(noted))


def purge_number(execute: Execute, own: str, number: str, done: Purged, *, lock: str = "") -> list[str]:
    """Take a number out of every run; return the ids of the messages that it got.

    Where it waits it is given up; what is on its way or uncertain stays. ``lock`` keeps senders from taking
    a batch meanwhile.
    """
    asked = execute(_HOLDING.format(own=own, lock=lock), pattern=f"%,{number},%")
    for place, run, state, numbers, contents, tries in asked.fetchall():
        batch = Batch.read(place, numbers, contents, tries)
        kept = batch.part([at for at, one in enumerate(batch.numbers) if one != number])
        values = {"numbers": ",".join(kept.numbers), "contents": pack_values(kept.values), "id": place}
        if state in (State.SENDING, State.UNCERTAIN):
            done.uncertain[run] = done.uncertain.get(run, 0) + 1
        elif state != State.READY:
            done.numbers += execute(_CUT, **values).rowcount
        elif not kept.numbers:
            done.given_up += execute(_GIVE_UP, id=place).rowcount
        else:
            execute(_TAKE_OUT, size=len(kept.numbers), **values)
            done.given_up += execute(_GIVEN_UP, run=run).rowcount
    ids = [one for (one,) in execute(_TOLD.format(own=own), digits=int(number)).fetchall()]
    execute(_FORGET.format(own=own), digits=int(number))
    return ids


def purge_sent(execute: Execute, own: str, wanted: Wanted, done: Purged) -> list[str]:
    """Empty what was sent one by one; return the ids of the messages that a number got."""
    if wanted.before:
        moment = wanted.before.astimezone(UTC).isoformat()
        done.sent += execute(_SENT_BEFORE.format(own=own), before=moment).rowcount
        return []
    ids = [one for (one,) in execute(_SENT_IDS.format(own=own), plus=f"+{wanted.number}").fetchall()]
    done.sent += execute(_SENT_TO.format(own=own), plus=f"+{wanted.number}").rowcount
    return ids


def purge_reports(execute: Execute, own: str, wanted: Wanted, ids: Iterable[str], done: Purged) -> None:
    """Empty reports that came before a moment, else those about a number and about messages that it got."""
    asked = _REPORTS.format(own=own)
    if wanted.received_before:
        moment = wanted.received_before.astimezone(UTC).isoformat(timespec="milliseconds")
        done.reports += execute(f"{asked} received < :before", before=moment).rowcount
        return
    for form in (f"+{wanted.number}", wanted.number):
        done.reports += execute(f'{asked} "to" = :number', number=form).rowcount
    for one in ids:
        done.reports += execute(f"{asked} message_id = :message_id", message_id=one).rowcount


def purge_replies(execute: Execute, own: str, replies: Iterable[tuple[str, Word]], done: Purged) -> None:
    """Empty replies, by id; of those with a word number and word stay."""
    for message_id, word in replies:
        if word is None:
            done.replies += execute(_REPLY_GONE.format(own=own), message_id=message_id).rowcount
        else:
            execute(_REPLY_WORD.format(own=own), message_id=message_id, word=word)
            done.opt_outs += 1
