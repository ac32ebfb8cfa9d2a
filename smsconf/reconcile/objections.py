"""What may stand in the way of what was decided: one table for all, in order; the first that holds counts.

Each objection is a pure function of a case and its decision, and answers with what is decided in its place.
The decisions themselves are made in ``kinds`` and ``removal``; a saved plan objects last, to finished plans
(``saved_plan.staleness``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from smsconf.language import _, clauses
from smsconf.model.address import Address, Kind
from smsconf.model.lifecycle import Phase, read_status
from smsconf.model.limits import TEMPLATE_NAME
from smsconf.reconcile.case import Case, SignatureCase, TemplateCase
from smsconf.reconcile.change import Action, Decision, Step
from smsconf.reconcile.removal.protect import RemovalCase

K = TypeVar("K")
Objection = Callable[[K, Decision], Decision | None]


def unless(objections: Iterable[Objection[K]], case: K, decision: Decision) -> Decision:
    """Return a decision, or what the first objection puts in its place; what sends nothing meets none."""
    if not decision.steps:
        return decision
    found = (objection(case, decision) for objection in objections)
    return next((one for one in found if one), decision)


def unqualified(case: SignatureCase, decision: Decision) -> Decision | None:
    """Let a signature wait for the id of its qualification, which a person has approved at the console."""
    by = case.desired.qualified_by
    if not by or case.desired.qualification or not case.site.qualifications:
        return None
    reason = _("{address} has no id yet: have it approved, then write its id into the files")
    return decision.instead(Action.WAIT, reason.format(address=by), awaits=str(by), by=by)


def blocked(case: Case, decision: Decision) -> Decision | None:
    """Refuse what needs something that was refused or rejected."""
    for need in case.needs:
        above = case.above[need]
        if above.rejected or above.action is Action.REFUSED:
            rejected = _("blocked: {need} was rejected")
            reason = rejected if above.rejected else _("blocked: {need} is refused")
            return decision.instead(Action.REFUSED, reason.format(need=need), by=need)
    return None


def too_long(_case: Case, decision: Decision) -> Decision | None:
    """Refuse a create whose name the service would not take: the suffix needs room too."""
    name = decision.name or ""
    if Step.CREATE not in decision.steps or len(name) <= TEMPLATE_NAME:
        return None
    reason = _(
        "the name of the new version, {name}, has {length} characters, the service takes {longest}: shorten "
        "name, and keep the family with renamed_from"
    ).format(name=name, length=len(name), longest=TEMPLATE_NAME)
    return decision.instead(Action.REFUSED, reason)


def held(case: TemplateCase, decision: Decision) -> Decision | None:
    """Let what needs something wait for a person, if that waits for one and is not there yet."""
    for need in case.needs:
        above = case.above[need]
        by = need if above.action is Action.MANUAL else above.held_by
        if by and above.remote_id is None:
            reason = _("waits for {address}, which a person does").format(address=by)
            return decision.instead(Action.WAIT, reason, awaits=str(by), by=by)
    return None


def unsigned(case: TemplateCase, decision: Decision) -> Decision | None:
    """Let a universal template wait while no approved signature is there to send it under.

    It is bound to none and sent under any of its type and app; the service refuses to review it before one
    is approved (management-api reference §5.3).
    """
    template, inputs = case.desired, case.inputs
    if not template.universal or decision.steps == (Step.WITHDRAW,):
        return None
    app = inputs.index.app_of(template.app)
    there = {
        one.remote_id: read_status(Kind.SIGNATURE, inputs.site, one.status)
        for one in inputs.observed.signatures.items
        if app and (one.app_key, one.type) == (app.app_key, template.type.value)
    }
    if any(status.verdict.approved for status in there.values()):
        return None
    lost = _lost(case, {one for one in there if there[one].phase is Phase.IN_REVIEW})
    reason = _("a universal template needs an approved signature of its type first")
    if lost:
        reason = clauses((reason, _("{address} was refused or rejected").format(address=lost)))
    awaits = _("an approved {type} signature of {app}").format(type=template.type.value, app=template.app)
    return decision.instead(Action.WAIT, beside_live(case, reason), awaits=awaits, by=lost)


def _lost(case: TemplateCase, reviewing: set[str]) -> Address | None:
    """Name a declared signature of the type if none of them will be approved, nor another in review."""
    template = case.desired
    rows = [
        case.above[address]
        for address, one in case.inputs.desired.signatures.items()
        if (one.app, one.type) == (template.app, template.type)
    ]
    lost = [row for row in rows if row.rejected or row.action is Action.REFUSED]
    hope = len(lost) < len(rows) or reviewing - {row.remote_id for row in lost}
    return None if hope or not lost else lost[0].address


def beside_live(case: TemplateCase, reason: str) -> str:
    """Add to a reason what serves meanwhile."""
    live = case.family.live
    if live is None:
        return reason
    return _("{message}; {name} serves meanwhile").format(message=reason, name=live.name)


def protected(case: RemovalCase, decision: Decision) -> Decision | None:
    """Refuse a delete that would take something protected away, or what may be that."""
    keeping, remote_id = case.keeping, case.observed.remote_id
    owner, along = keeping.owners.get(remote_id), keeping.along.get(remote_id)
    kinds = {case.kind} if case.address else {case.kind, Kind.TEMPLATE}  # templates may hang on it
    guess = next((one for one in keeping.lost if one.kind in kinds), None)
    if owner:
        reason = _("protected: no flag deletes {owner}").format(owner=owner)
    elif along and case.kind is Kind.SIGNATURE:
        reason = _("protected: deleting it takes {along} along").format(along=along)
    elif guess and (case.address is None or case.kind is Kind.SIGNATURE):
        reason = _("{guess} is protected, not declared, and could be this one: declare it or unprotect it")
        reason = reason.format(guess=guess)
    else:
        return None
    return decision.instead(decision.action if case.address else Action.REFUSED, reason)


def serving(case: RemovalCase, decision: Decision) -> Decision | None:
    """Keep a version that another address serves by."""
    address = case.keeping.serving.get(case.observed.remote_id)
    if address in (None, case.address):
        return None
    return decision.instead(decision.action, _("kept: {address} serves by it").format(address=address))


SIGNATURE: tuple[Objection[SignatureCase], ...] = (
    blocked,  # nothing can be made under a refused app, whatever people do
    unqualified,  # all else is ready, and a person's part is missing
)
TEMPLATE: tuple[Objection[TemplateCase], ...] = (
    blocked,  # what it needs will not come by itself: nothing that follows would help
    too_long,  # only the files can mend it, so it is said before anybody waits
    held,  # a person's part may take days, and the service's own can begin only then
    unsigned,  # last, for a signature's review is under way or wanted by itself
)
REMOVAL: tuple[Objection[RemovalCase], ...] = (
    protected,  # somebody wrote it down, and wants to know that it was minded
    serving,  # found out, and the last chance
)
