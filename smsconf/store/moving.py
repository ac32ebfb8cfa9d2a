"""From the folder of a project into the shared store, once; afterwards the folder remembers nothing more.

An entry of the journal or a run from before accounts were noted is left to whom it was taken for. What came
back was the folder's, whatever the account: replies go to every account that the folder knows, so that who
is out stays out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from smsconf.language import _
from smsconf.model.errors import PlanRefused
from smsconf.store.entries.owner import VERSION, Entry, Owner, is_older, scope_of, takers
from smsconf.store.files.contents import Contents
from smsconf.store.files.home import FileStore
from smsconf.store.interfaces import RunReader, Work
from smsconf.store.runs import Run

if TYPE_CHECKING:
    from smsconf.store.postgres.home import PostgresStore
    from smsconf.store.postgres.importing import Importing


@dataclass(slots=True)
class Imported:
    """What was imported: ``runs`` are number there, number here and name of each, known ones among them.

    ``before`` is when (UTC, ISO 8601) it was imported already, into which store; then nothing was done.
    """

    folder: str
    place: str
    before: str | None = None
    counts: dict[str, int] = field(default_factory=dict)
    runs: list[tuple[int, int, str]] = field(default_factory=list)


def move_into(files: FileStore, shared: PostgresStore, owner: Owner, now: datetime, work: Work) -> Imported:
    """Put everything that a folder remembers into the shared store, and mark the folder.

    Args:
        files: the folder.
        shared: the store of its project.
        owner: the account and environment that what names none belongs to.
        now: our time, aware.
        work: what others are told who come to the folder meanwhile.

    Raises:
        PlanRefused: somebody is at work in the folder, or a copy of it was imported and went another way.
        SmsconfError: a file cannot be read, or the database not be written; nothing was changed there.
    """
    done = Imported(files.place, shared.place)
    mark = files.mark
    if mark.at is not None:
        done.before, done.place = mark.at, mark.place or ""
        return done
    at = now.isoformat(timespec="seconds")
    with files.holding(work) as contents:
        with shared.importing() as target, shared.read_runs() as known:
            done.before = target.begin(mark.source, at)
            if done.before is None:
                _carry(contents, target, known, owner, done)
        files.mark_imported(done.before or at, shared.place)
    return done


def _carry(contents: Contents, target: Importing, known: RunReader, owner: Owner, done: Imported) -> None:
    entries = _owned(contents.entries, owner)
    fresh = target.add_entries(entries)
    numbers: dict[int, int] = {}
    scopes = {owner.scope or "", *(str(one["scope"]) for one in entries if one.get("scope"))}
    scopes = {one for one in scopes if one == owner.scope or not one.startswith("emulator/")}
    runs = messages = 0
    for run, columns in contents.runs():
        there = _copy_of(run, contents, known)
        if there is None:
            batches, told = contents.batches(run), contents.messages(run)
            there = target.add_run(columns, numbers, batches, told)
            target.add_traffic(contents.traffic(run))
            runs, messages = runs + 1, messages + contents.total(run)
        numbers[run.id] = there
        done.runs.append((run.id, there, run.name))
        scopes |= {run.key.scope} if run.key.scope else set()
    sent = target.add_sent(contents.sent())
    reports = target.add_received(owner.scope or "", contents.reports())
    replies = max(target.add_received(scope, contents.replies()) for scope in sorted(scopes))
    done.counts = {"entries": fresh, "torn": contents.torn, "runs": runs, "messages": messages}
    done.counts |= {"sent": sent, "reports": reports, "replies": replies}


def _copy_of(run: Run, contents: Contents, known: RunReader) -> int | None:
    """Return the number of a run that came with a copy of this folder, which is as far as this one.

    Raises:
        PlanRefused: from here it went to numbers for which it may still wait there.
    """
    for one in known.runs_of(run.key):
        if (one.digest, one.made) != (run.digest, run.made):
            continue
        if contents.touched(run) <= known.touched(one):
            return one.id
        raise PlanRefused(
            _(
                "run {there} of the store came with a copy of this folder, where as run {run} it went on"
            ).format(there=one.id, run=run.id),
            why=_("whoever got the message from here could get it from there once more"),
            fix=_(
                "give it up there for good: smsconf bulk --end {there}; then move {ledger} away, and import "
                "what is left"
            ).format(there=one.id, ledger=contents.ledger_path),
        )
    return None


def _owned(entries: Sequence[Entry], owner: Owner) -> list[Entry]:
    """Return entries with the account that they belong to; an older one that nobody took is the owner's."""
    taken = {owner.environment: owner.scope or "", **takers(entries)}
    owned = []
    for one in entries:
        scope = scope_of(one, taken) if is_older(one) else None
        owned.append({**one, "v": VERSION, "scope": scope} if scope else one)
    return owned
