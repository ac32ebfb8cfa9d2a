"""Retiring: the versions that nobody needs any more, removed on request once they have rested long enough.

Only versions of ours go, only while the live one says what is desired, and never the live one itself. The
same wait holds for a signature that another one replaces.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from smsconf.language import _
from smsconf.model.address import Address, Kind
from smsconf.model.lifecycle import Phase, read_status
from smsconf.model.observed import ObservedSignature, ObservedTemplate, read_time
from smsconf.model.resources import Signature
from smsconf.reconcile.case import TemplateCase
from smsconf.reconcile.change import Action, Change, Decision, Step
from smsconf.reconcile.inputs import Inputs
from smsconf.reconcile.removal.dependents import carried, holding, taking_along
from smsconf.reconcile.removal.other_environments import serving_others
from smsconf.reconcile.versions.family import Version


def leftovers(case: TemplateCase) -> list[tuple[ObservedTemplate, Decision]]:
    """Decide about every leftover of an address whose live version says what is desired."""
    live = case.family.settled
    return [(one.observed, _leftover(case, live, one)) for one in case.family.leftovers] if live else []


def _leftover(case: TemplateCase, live: Version, one: Version) -> Decision:
    """Say whether a leftover goes now, and if not, what it waits for."""
    inputs, address = case.inputs, case.desired.address
    reviewing = one.phase is Phase.IN_REVIEW
    steps: tuple[Step, ...] = ()
    reason = _kept(case, one)
    if reason:
        pass
    elif reviewing and not case.site.withdrawing:
        reason = _("in review, and this site cannot withdraw: after the verdict")
    elif address in inputs.selection.retire_now:
        reason = _("{name} is live; retired at once, as asked").format(name=live.name)
        steps = (Step.DELETE,)
    elif inputs.observed.now < (due := _due(case, live.observed, one.observed)):
        reason = _("{name} is live; kept until {due:%Y-%m-%d %H:%M} UTC, then --retire deletes it")
        reason = reason.format(name=live.name, due=due)
    elif not inputs.selection.retire:
        reason = _("{name} is live; --retire deletes it").format(name=live.name)
    else:
        reason = _("{name} has been live long enough").format(name=live.name)
        steps = (Step.DELETE,)
    if steps and reviewing:
        steps = (Step.WITHDRAW, Step.DELETE)
    return Decision(Action.RETIRE, reason, steps, observed=one.observed)


def _kept(case: TemplateCase, one: Version) -> str | None:
    """Say why a leftover stays, whatever is asked for."""
    if case.desired.address in case.inputs.desired.protected:
        return _("protected: no flag deletes it")
    environment = serving_others(case.inputs, one.observed.remote_id)
    if environment:
        return _("live in the environment {environment}").format(environment=environment)
    hint = _("the environment {environment} may need it; in another account, give its provider a project_id")
    return one.needed_by and hint.format(environment=one.needed_by)


def _due(case: TemplateCase, live: ObservedTemplate, old: ObservedTemplate) -> datetime:
    """Return when a leftover may go: the wait counts from the latest sign of life."""
    memory, address, now = case.inputs.memory, case.desired.address, case.inputs.observed.now
    marks = [read_time(live.update_time), read_time(old.update_time)]
    recorded = memory.live.get(address)
    if recorded == live.remote_id:
        marks.append(memory.live_since.get(address))
    elif recorded or address in memory.guessed:
        marks.append(now)  # another one served until this very run
    latest = max((one for one in marks if one), default=now)
    return latest + timedelta(seconds=case.desired.retire_after)


def replaced(
    inputs: Inputs,
    signature: Signature,
    old: ObservedSignature,
    rows: Mapping[Address, Change],
    going: Collection[str],
    environment: str | None,
) -> tuple[Decision, tuple[str, ...]]:
    """Decide about the signature that a declared one replaces; say also what goes along.

    Deleting it takes its templates along, whosever they are, so it waits for all but those that go in this
    run on terms of their own (``going`` has their ids) and those that are dead. ``environment``: another one
    that declares it.
    """
    address, selection = signature.address, inputs.selection
    status = read_status(Kind.SIGNATURE, inputs.site, rows[address].status or "")
    unreadable = inputs.unreadable(Kind.TEMPLATE.nouns)
    hanging = holding(inputs, old.remote_id, rows.values(), going)
    if address in inputs.desired.protected:
        reason = _("protected: no flag deletes it")
    elif environment:
        reason = _("kept: the environment {environment} declares it").format(environment=environment)
    elif not status.verdict.approved:
        reason = _("kept until {address} is approved").format(address=address)
    elif unreadable:
        reason = unreadable
    elif hanging:
        reason = _("kept while {hanging} hangs on it").format(hanging=", ".join(hanging))
    elif selection.retire or address in selection.retire_now:
        carries = carried(inputs, old.remote_id, going)
        reason = taking_along(_("replaced by {name}").format(name=signature.name), carries)
        return Decision(Action.RETIRE, reason, (Step.DELETE,), observed=old), carries
    else:
        reason = _("replaced by {name}; --retire deletes it").format(name=signature.name)
    return Decision(Action.RETIRE, reason, observed=old), ()
