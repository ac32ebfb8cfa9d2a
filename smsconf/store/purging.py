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
  AND (EXISTS (SELECT 1 FROM batch WHERE batch.run = run.id AND numbers <> '')
    OR id IN (SELECT run FROM message JOIN batch ON batch.id = message.batch WHERE number <> 0))
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
SELECT batch.id, run, state, numbers, contents, tries, at FROM batch JOIN run ON run.id = batch.run
WHERE {own} AND ',' || numbers || ',' LIKE :pattern {lock}
"""
_CUT = "UPDATE batch SET numbers = :numbers, contents = :contents WHERE id = :id"
_TAKE_OUT = "UPDATE batch SET size = :size, numbers = :numbers, contents = :contents WHERE id = :id"
_ALONE = "UPDATE batch SET state = :after, numbers = '', contents = NULL WHERE id = :id"
_APART = "INSERT INTO batch (run, state, size, numbers, at) VALUES (:run, :after, 1, '', :at)"
_TOLD = """
SELECT run, message_id FROM message JOIN batch ON batch.id = message.batch JOIN run ON run.id = batch.run
WHERE {own} AND number = :digits
"""
_SUMMARY = "SELECT summary FROM run WHERE id = :run"
_SAMPLES = "UPDATE run SET summary = :summary WHERE id = :run"
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
WHERE {own} AND message_id = :message_id AND (sender <> '' OR body <> '')
"""
_REPLY_WORD = "UPDATE replies SET body = :word WHERE {own} AND message_id = :message_id AND body <> :word"


def purge_runs(execute: Execute, own: str, before: datetime, done: Purged) -> None:
    """Empty the runs that are over since before a moment; what is uncertain of them stays."""
    over = execute(_OVER.format(own=own), before=before.astimezone(UTC).isoformat(timespec="seconds"))
    for run, message, summary in over.fetchall():
        ((left,),) = execute(_LEFT, run=run).fetchall()
        emptied = execute(_EMPTY, run=run).rowcount
        unnamed = execute(_UNNAME, run=run).rowcount
        done.numbers += int(left) + unnamed
        done.runs += bool(emptied or unnamed)
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
    concerned: set[int] = set()
    taken = 0
    for place, run, state, numbers, contents, tries, at in asked.fetchall():
        if state in (State.SENDING, State.UNCERTAIN):
            done.uncertain[run] = done.uncertain.get(run, 0) + 1
            continue
        concerned.add(run)
        batch = Batch.read(place, numbers, contents, tries)
        kept = batch.part([here for here, one in enumerate(batch.numbers) if one != number])
        values = {"numbers": ",".join(kept.numbers), "contents": pack_values(kept.values), "id": place}
        after = State.ENDED if state == State.READY else state
        if state == State.SENT:  # its size is what the service took
            execute(_CUT, **values)
        elif not kept.numbers:
            execute(_ALONE, id=place, after=after)
        else:  # what is counted of it becomes a batch without a number, which nobody takes up
            execute(_TAKE_OUT, size=len(kept.numbers), **values)
            execute(_APART, run=run, after=after, at=at)
        done.given_up += state == State.READY
        taken += state != State.READY
    told = execute(_TOLD.format(own=own), digits=int(number)).fetchall()
    execute(_FORGET.format(own=own), digits=int(number))
    done.numbers += max(taken, len(told))  # a run of a first version has sent numbers in its answers alone
    concerned.update(run for run, _message_id in told)
    done.runs += len(concerned)
    for run in concerned:
        ((summary,),) = execute(_SUMMARY, run=run).fetchall()
        if (noted := json.loads(summary)).get("samples"):
            execute(_SAMPLES, run=run, summary=json.dumps({**noted, "samples": []}))
    return [message_id for _run, message_id in told if message_id is not None]


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
        came = wanted.received_before.astimezone(UTC).isoformat(timespec="milliseconds")
        told = (wanted.before or wanted.received_before).astimezone(UTC).isoformat(timespec="seconds")
        older = f"{asked} (received < :came OR updated < :told)"
        done.reports += execute(older, came=came, told=told).rowcount
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
