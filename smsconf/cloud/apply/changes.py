"""Carry out a plan's changes: what something needs before the thing itself, independent work side by side.

Decides nothing and reads no files' meaning; a change's own steps are in ``steps``. Whatever happens to one
change, the others that do not need it go on, and every change that asked for something gets an outcome.
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from graphlib import TopologicalSorter

from smsconf.cloud.apply.outcomes import Phase, Record, StepEvent
from smsconf.cloud.apply.remote_ids import RemoteIds, Stop
from smsconf.cloud.apply.steps import KeepSecret, carry_out
from smsconf.cloud.http.client import Client
from smsconf.cloud.http.failures import in_one_line
from smsconf.cloud.read.since_plan import SincePlan
from smsconf.language import N_, _, clauses
from smsconf.model.address import Address, Kind
from smsconf.model.errors import SmsconfError
from smsconf.reconcile.change import Action, Change, Step
from smsconf.reconcile.outcome import Outcome, Result

__all__ = ["Phase", "StepEvent", "apply_changes"]

_HOW = {
    Result.FAILED: N_("needs {need}, which failed"),
    Result.BLOCKED: N_("needs {need}, which is blocked"),
    Result.UNKNOWN: N_("needs {need}, which ended without an answer"),
    Result.SKIPPED: N_("needs {need}, which was skipped"),
}


def apply_changes(
    client: Client,
    changes: Sequence[Change],
    *,
    record: Record = lambda _event: None,
    stopping: Callable[[], bool] = lambda: False,
    keep_secret: KeepSecret | None = None,
    workers: int = 4,
) -> tuple[Outcome, ...]:
    """Carry out changes and return their outcomes, in the order of the changes.

    Args:
        client: must be allowed to write.
        changes: every declared address has one, those without steps included: they carry the ids that others
            need.
        record: told of every step before it is sent and after; one call at a time, in order per change.
        stopping: asked before each change starts; what is in flight is finished.
        keep_secret: is handed the key and secret of every new app, which no later answer tells; without it
            they are not asked for.
        workers: how many changes are carried out side by side.

    If ``record`` raises a SmsconfError, nothing more is sent: what was not announced failed, and what was
    done but not recorded says so.
    """
    return _Run(client, changes, record, stopping, keep_secret).carry_out(workers)


@dataclass
class _Run:
    """All changes of one run, by position, and how they ended so far (``None``: nothing was asked)."""

    _client: Client
    _changes: Sequence[Change]
    _record: Record
    _stopping: Callable[[], bool]
    _keep_secret: KeepSecret | None
    _ends: dict[int, Outcome | None] = field(default_factory=dict)
    _unrecorded: dict[str, SmsconfError] = field(default_factory=dict)
    """Label → why a step of it could not be recorded."""

    def __post_init__(self) -> None:
        self._ids = RemoteIds(self._changes, SincePlan(self._client, self._changes))
        self._recording = threading.Lock()
        self._positions: dict[Address, list[int]] = defaultdict(list)
        for position, change in enumerate(self._changes):
            if change.address:
                self._positions[change.address].append(position)
        self._template_deletes = {
            position
            for position, change in enumerate(self._changes)
            if change.kind is Kind.TEMPLATE and Step.DELETE in change.steps
        }

    def carry_out(self, workers: int) -> tuple[Outcome, ...]:
        order = TopologicalSorter(
            {position: self._before(position) for position in range(len(self._changes))}
        )
        order.prepare()
        ready: deque[int] = deque()
        running: dict[Future[Outcome], int] = {}
        with ThreadPoolExecutor(workers, thread_name_prefix="smsconf-apply") as pool:
            while order.is_active():
                ready.extend(order.get_ready())
                while ready and len(running) < workers:
                    position = ready.popleft()
                    if self._settled(position):
                        order.done(position)
                    else:
                        change = self._changes[position]
                        future = pool.submit(
                            carry_out, self._client, change, self._ids, self._recorded, self._keep_secret
                        )
                        running[future] = position
                for future in wait(running, return_when=FIRST_COMPLETED).done if running else ():
                    position = running.pop(future)
                    self._ends[position] = self._end(future.result())
                    order.done(position)
        ends = (self._ends[position] for position in range(len(self._changes)))
        return tuple(end for end in ends if end)

    def _before(self, position: int) -> set[int]:
        """Return what must have ended before a change starts, well or not.

        Its needs; earlier changes of its own address; and, because deleting a signature takes its templates
        along, the templates that are deleted on their own terms.
        """
        change = self._changes[position]
        before = set(self._needed(change))
        if change.address:
            before |= {one for one in self._positions[change.address] if one < position}
        if change.kind is Kind.SIGNATURE and Step.DELETE in change.steps:
            before |= self._template_deletes
        return before - {position}

    def _needed(self, change: Change) -> Iterator[int]:
        """Yield the positions of what a change needs; what only leaves under that address is not needed."""
        for need in change.needs:
            yield from (one for one in self._positions.get(need, ()) if not self._changes[one].beside)

    def _settled(self, position: int) -> bool:
        """Note how a change ends if it sends nothing; tell whether it does."""
        change = self._changes[position]
        if not change.steps:
            self._ends[position] = _without_steps(change)
            return True
        end = self._held_back(change)
        if (end is None or end.result is Result.SKIPPED) and (self._stopping() or self._unrecorded):
            end = Outcome(change, Result.SKIPPED, _("not started"))
        if end is not None:
            self._ends[position] = end
        return end is not None

    def _held_back(self, change: Change) -> Outcome | None:
        """Return the end of a change whose needs did not end well, or that would take too much along."""
        for position in self._needed(change):
            end, need = self._ends[position], self._changes[position].address
            if end is None or end.result is Result.APPLIED:
                continue
            refused = end.change.action is Action.REFUSED
            if end.result is Result.SKIPPED and not refused:
                skipped = _("needs {need}, which was skipped: {message}")
                return Outcome(change, Result.SKIPPED, skipped.format(need=need, message=end.message))
            how = _("needs {need}, which is refused") if refused else _(_HOW[end.result])
            return Outcome(change, Result.BLOCKED, how.format(need=need))
        if change.kind is Kind.SIGNATURE and Step.DELETE in change.steps:
            return self._still_there(change)
        return None

    def _still_there(self, change: Change) -> Outcome | None:
        """Keep a signature while a template on it is there that was to be deleted on terms of its own."""
        for position in sorted(self._template_deletes):
            end, template = self._ends[position], self._changes[position]
            on_it = getattr(template.observed, "signature_id", None) == change.remote_id
            if on_it and end and end.result is not Result.APPLIED:
                result = Result.SKIPPED if end.result is Result.SKIPPED else Result.BLOCKED
                kept = _("{name} is still on it: {message}")
                return Outcome(change, result, kept.format(name=template.remote_name, message=end.message))
        return None

    def _recorded(self, event: StepEvent) -> None:
        """Record a step; one that cannot be announced is not sent, nor is any after one that got lost."""
        with self._recording:
            broken = next(iter(self._unrecorded.values()), None)
            try:
                if not broken:
                    self._record(event)
            except SmsconfError as problem:
                broken = problem
            if not broken:
                return
            if event.phase is Phase.INTENT:
                self._unrecorded.setdefault("", broken)
                raise Stop(Result.FAILED, in_one_line(broken))
            self._unrecorded[event.address] = broken

    def _end(self, outcome: Outcome) -> Outcome:
        """Return how a change ended; it did not end well if what was done is not in the journal."""
        lost = self._unrecorded.get(outcome.change.label)
        if lost is None:
            return outcome
        result = Result.FAILED if outcome.result is Result.APPLIED else outcome.result
        message = clauses((outcome.message, _("not recorded: {message}").format(message=lost.message)))
        return replace(outcome, result=result, message=message)


def _without_steps(change: Change) -> Outcome | None:
    if change.action is Action.REFUSED:
        result = Result.BLOCKED if change.blocked_by else Result.SKIPPED
        return Outcome(change, result, change.reason, remote_id=change.remote_id)
    if change.action is Action.FORGET:
        return Outcome(change, Result.APPLIED, _("forgotten"), remote_id=change.remote_id)
    return None
