"""Hold a new plan against a permit: what may be done of it, what need not be, and what moved meanwhile.

Each change is judged by itself. Permitted is what sends the rest of the agreed steps to the agreed target
with the agreed values; what needs nothing any more is skipped; anything else is refused, with what moved.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from smsconf.language import _, clauses, ngettext
from smsconf.model.address import Address
from smsconf.model.observed import ObservedTemplate
from smsconf.model.times import stamp
from smsconf.reconcile.change import Action, Change, SignatureChange, Step, TemplateChange
from smsconf.reconcile.outcome import Outcome, Result
from smsconf.reconcile.plan import Plan
from smsconf.reconcile.removal.guards import check_guards
from smsconf.reconcile.saved_plan.plan_file import (
    Entry,
    Permit,
    PermittedChange,
    found_fields,
    permitted,
    permitted_steps,
    stale,
)

# rows about one version or unmanaged object, not about what its address stands for
_ABOUT_ONE = frozenset({Action.RETIRE, Action.DELETE})


@dataclass(frozen=True, slots=True)
class StillPermitted:
    """A new plan with only what is permitted in it, and what there was no need to do any more."""

    plan: Plan
    skipped: tuple[Outcome, ...]


def still_permitted(
    permit: Permit, plan: Plan, entries: Iterable[Entry], *, strict: bool = False
) -> StillPermitted:
    """Hold a new plan against a permit, each change by itself.

    Args:
        permit: of the same scope.
        plan: just made.
        entries: the journal; those after the permit say whether what moved was done from here.
        strict: any difference refuses everything, as it does if the permit says so.

    Raises:
        PlanStale: strict, and something differs.
    """
    if strict or permit.strict:
        _same(permit, plan)
    return _Check(permit, entries).check(plan)


class _Check:
    """One permit, its rows by address: one for each version of it, and the entries made since."""

    def __init__(self, permit: Permit, entries: Iterable[Entry]) -> None:
        self._permit = permit
        self._chosen = permit.chosen()
        later = list(entries)
        if len(later) >= permit.journal_entries:  # else it was lost meanwhile, and began anew
            later = later[permit.journal_entries :]
        since = stamp(permit.created)
        self._later = [
            one
            for one in later
            if "step" in one
            and str(one.get("time")) >= since
            and one.get("environment") == permit.scope.environment
        ]
        self._rows: dict[str, list[PermittedChange]] = {}
        for row in permit.changes:
            self._rows.setdefault(row.address, []).append(row)

    def check(self, plan: Plan) -> StillPermitted:
        skipped: list[Outcome] = []
        changes: list[Change] = []
        refused: set[Address] = set()
        for planned in plan.changes:  # what is needed comes before what needs it
            change, skips = self._row(planned, refused, readable=not plan.incomplete)
            changes.append(change)
            skipped += [Outcome(change, Result.SKIPPED, skips)] if skips else []
            if change.action is Action.REFUSED and change.address and change.desired:
                refused.add(change.address)
        skipped += [] if plan.incomplete else self._gone(plan)
        refusals = [one for one in plan.refusals if one.scope == "read"]
        refusals += check_guards(changes, plan.existing, self._chosen, empty=plan.empty)
        return StillPermitted(replace(plan, changes=tuple(changes), refusals=tuple(refusals)), tuple(skipped))

    def _row(
        self, change: Change, refused: Collection[Address], *, readable: bool
    ) -> tuple[Change, str | None]:
        """Return the row of a change as far as it is permitted, and why it is skipped if it is."""
        rows = self._rows.get(change.label, [])
        before = _row_of(change, rows)
        agreed = before is not None and bool(before.steps)
        if change.action is Action.REFUSED:
            if agreed and not change.blocked_by and readable:
                change = replace(change, reason=f"{change.reason}; {self._moved(change, before)}")
            return change, None
        if not change.steps:
            message = _("nothing to send any more: {reason}").format(reason=change.reason)
            return change, message if agreed else None
        if any(self._permits(row, change) for row in rows):
            need = next((one for one in change.needs if one in refused), None)
            reason = _("blocked: {need} is refused").format(need=need)
            return (_instead(change, Action.REFUSED, reason, need) if need else change), None
        if before and not before.steps and _same_thing(before, change):
            message = _("what it waited for has moved since the plan; the next plan decides")
            return _instead(change, Action.WAIT, message), message
        return _instead(change, Action.REFUSED, self._moved(change, before)), None

    def _permits(self, row: PermittedChange, change: Change) -> bool:
        """Tell whether a change is the rest of what a row permits."""
        rest = permitted_steps(change, self._chosen)
        if row.steps[-len(rest) :] != rest:
            return False
        creates = any(one.step is Step.CREATE for one in row.steps)
        created = creates and Step.CREATE not in change.steps
        return created or row.remote_id == change.remote_id

    def _gone(self, plan: Plan) -> Iterable[Outcome]:
        """Yield what was to be deleted and is not there any more, or not to be deleted."""
        there = {(change.label, change.remote_id) for change in plan.changes}
        seen = {one.remote_id for change in plan.changes for one in (change.observed, change.live) if one}
        seen |= {one for change in plan.changes for one in _versions(change)}
        for row in self._permit.changes:
            deletes = any(one.step is Step.DELETE for one in row.steps)
            if deletes and (row.address, row.remote_id) not in there:
                reason = _("no longer at the service")
                if row.remote_id in seen:
                    reason = _("no longer to be deleted")
                address = None if ":" in row.address else Address.parse(row.address)
                gone = Change(row.kind, row.action, reason, row.remote_name, address, row.remote_id)
                yield Outcome(
                    gone, Result.SKIPPED, _("nothing to send any more: {reason}").format(reason=reason)
                )

    def _moved(self, change: Change, before: PermittedChange | None) -> str:
        """Say what moved since the plan, what that asks for, and whether it was done from here."""
        needs = ", ".join(change.steps) or _("nothing that apply may do")
        if before is None:
            return _("not in the plan: it came after it, and would need {needs}").format(needs=needs)
        if before.action is Action.REFUSED and before.remote_id is None:  # it may not have been readable
            return _("the plan refused it when it was made; now it needs {needs}").format(needs=needs)
        moved = _differences(before, change)
        kind, status = change.kind.noun, change.status or (change.live.status if change.live else None)
        versions = _versions(change)
        if versions and before.remote_id:
            status = versions[before.remote_id].status if before.remote_id in versions else None
        progress = (
            [_("its status was {before}, is {now}").format(before=before.status or _("none"), now=status)]
            if status not in (before.status, None)
            else []
        )
        agreed = ", ".join(one.step for one in before.steps) or _("nothing")
        permits = _("it needs {needs}, the plan permits {agreed}").format(needs=needs, agreed=agreed)
        if needs == agreed:
            permits = _("the plan permits {agreed} as things stood then").format(agreed=agreed)
        said = clauses([*moved, *progress, permits])
        if not moved:
            return _("the {kind} moved on after the plan: {said}").format(kind=kind, said=said)
        mine = self._recorded(change, before)
        if mine:
            return _(
                "the {kind} was changed from here after the plan: {said}; this journal records {mine}"
            ).format(kind=kind, said=said, mine=mine)
        return _(
            "the {kind} was changed at the console after the plan: {said}; this journal has no record of it"
        ).format(kind=kind, said=said)

    def _recorded(self, change: Change, before: PermittedChange) -> str:
        """List the steps since the plan that this journal knows of."""
        ids = {change.remote_id, before.remote_id} - {None}
        return ", ".join(
            _("{step} at {time}").format(step=one["step"], time=one["time"])
            for one in self._later
            if one.get("event") != "intent"
            and (one.get("address") == change.label or one.get("remote_id") in ids)
        )


def _row_of(change: Change, rows: Sequence[PermittedChange]) -> PermittedChange | None:
    """Find the row that a change goes on from: of the same object, else of the one that the address had."""
    same = [row for row in rows if row.remote_id == change.remote_id]
    same.sort(key=lambda row: row.action is not change.action)  # one version may have a row of its own, too
    others = [] if change.action in _ABOUT_ONE else [row for row in rows if row.action not in _ABOUT_ONE]
    return next(iter([*same, *others]), None)


def _same_thing(row: PermittedChange, change: Change) -> bool:
    """Tell whether a change is about what a row was about, and nobody changed it since."""
    there = change.there
    same = row.remote_id in (change.remote_id, there.remote_id if there else None)
    return same and row.found == found_fields(there)


def _versions(change: Change) -> Mapping[str, ObservedTemplate]:
    """Map the remote ids of all versions of a template that were seen."""
    return {one.remote_id: one for one in change.versions} if isinstance(change, TemplateChange) else {}


def _differences(before: PermittedChange, change: Change) -> list[str]:
    """Say what is not the review's doing: another object, none any more, other fields."""
    version = _versions(change).get(before.remote_id or "")
    found = found_fields(version or change.there)
    if version and before.found == found:
        return []  # its review went on
    if before.remote_id and not found:
        return [_("{remote_id} is gone").format(remote_id=before.remote_id)]
    if before.remote_id != change.remote_id and change.remote_id:
        was = before.remote_id or _("not there")
        return [_("it is {now}, and was {before}").format(now=change.remote_id, before=was)]
    names = [name for name in found if before.found.get(name, found[name]) != found[name]]
    differ = ngettext("{names} differs", "{names} differ", len(names))
    return [differ.format(names=", ".join(names))] if names else []


def _instead(change: Change, action: Action, reason: str, by: Address | None = None) -> Change:
    """Return the row of a change of which nothing is sent."""
    nothing: Mapping[str, Any] = {"uploads": ()} if isinstance(change, SignatureChange) else {}
    return replace(change, action=action, reason=reason, steps=(), awaits=None, stopped_by=by, **nothing)


def _same(permit: Permit, plan: Plan) -> None:
    now = tuple(permitted(change, permit.chosen()) for change in plan.changes)
    if now == permit.changes:
        return
    before, after = set(map(_key, permit.changes)), set(map(_key, now))
    moved = [row for row in now if _key(row) not in before]
    moved += [row for row in permit.changes if _key(row) not in after]
    names = list(dict.fromkeys(row.address for row in moved))
    shown = ", ".join(names[:5]) or _("the order")
    if len(names) > 5:
        shown = _("{names} and {count} more").format(names=shown, count=len(names) - 5)
    raise stale(_("the plan is strict, and something moved since it was made: {names}").format(names=shown))


def _key(row: PermittedChange) -> str:
    return row.model_dump_json()
