"""Retiring: the versions that nobody needs any more, removed on request once they have rested long enough.

Only versions of ours go, only while the live one says what is desired, and never the live one itself. The
same wait holds for a signature that another one replaces.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from smsconf.language import _, clauses
from smsconf.model.address import Address, Kind
from smsconf.model.lifecycle import Phase, read_status
from smsconf.model.observed import ObservedTemplate, read_time
from smsconf.model.resources import Template
from smsconf.reconcile.change import Action, Change, Step
from smsconf.reconcile.inputs import Inputs
from smsconf.reconcile.removal.other_environments import declared_by_others, serving_others
from smsconf.reconcile.versions.family import Family, Version


def retire_rows(inputs: Inputs, template: Template, family: Family) -> Iterator[Change]:
    """Yield a row for every leftover of an address whose live version says what is desired."""
    live = family.settled
    if live is None:
        return
    for one in family.leftovers:
        reason, steps = _verdict(inputs, template, live, one)
        yield Change(
            kind=Kind.TEMPLATE,
            action=Action.RETIRE,
            reason=reason,
            remote_name=one.name,
            address=template.address,
            remote_id=one.observed.remote_id,
            status=one.observed.status,
            steps=steps,
            observed=one.observed,
            live=live.observed,
        )


def _verdict(inputs: Inputs, template: Template, live: Version, one: Version) -> tuple[str, tuple[Step, ...]]:
    """Say whether a leftover goes now, and if not, what it waits for."""
    address = template.address
    kept = _kept(inputs, address, one)
    if kept:
        return kept, ()
    reviewing = one.phase is Phase.IN_REVIEW
    if reviewing and not inputs.site.withdrawing:
        return _("in review, and this site cannot withdraw: after the verdict"), ()
    steps = (Step.WITHDRAW, Step.DELETE) if reviewing else (Step.DELETE,)
    if address in inputs.selection.retire_now:
        return _("{name} is live; retired at once, as asked").format(name=live.name), steps
    due = _due(inputs, template, live.observed, one.observed)
    if inputs.observed.now < due:
        return _("{name} is live; kept until {due:%Y-%m-%d %H:%M} UTC, then --retire deletes it").format(
            name=live.name, due=due
        ), ()
    if not inputs.selection.retire:
        return _("{name} is live; --retire deletes it").format(name=live.name), ()
    return _("{name} has been live long enough").format(name=live.name), steps


def _kept(inputs: Inputs, address: Address, one: Version) -> str | None:
    """Say why a leftover stays, whatever is asked for."""
    if address in inputs.desired.protected:
        return _("protected: no flag deletes it")
    environment = serving_others(inputs, one.observed.remote_id)
    if environment:
        return _("live in the environment {environment}").format(environment=environment)
    hint = _("the environment {environment} may need it; in another account, give its provider a project_id")
    return one.needed_by and hint.format(environment=one.needed_by)


def _due(inputs: Inputs, template: Template, live: ObservedTemplate, old: ObservedTemplate) -> datetime:
    """Return when a leftover may go: the wait counts from the latest sign of life."""
    marks = [read_time(live.update_time), read_time(old.update_time)]
    recorded = inputs.memory.live.get(template.address)
    if recorded == live.remote_id:
        marks.append(inputs.memory.live_since.get(template.address))
    elif recorded or template.address in inputs.memory.guessed:
        marks.append(inputs.observed.now)  # another one served until this very run
    latest = max((one for one in marks if one), default=inputs.observed.now)
    return latest + timedelta(seconds=template.retire_after)


def replaced_rows(
    inputs: Inputs, rows: Mapping[Address, Change], templates: Sequence[Change]
) -> Iterator[Change]:
    """Yield a row for every signature that a declared, approved one replaces.

    Deleting it takes its templates along, whosever they are, so it waits for all but those that go in this
    run on terms of their own (``templates`` has their rows) and those that are dead.
    """
    targets = inputs.selection.targets
    going = {
        one.remote_id
        for one in templates
        if Step.DELETE in one.steps and (not targets or one.address in targets)
    }
    other_environments = declared_by_others(inputs)
    for address, signature in inputs.desired.signatures.items():
        old = inputs.replaced_signature(address)
        new = rows.get(address)
        if old is None or new is None or signature.external:
            continue
        status = read_status(Kind.SIGNATURE, inputs.site, new.status or "")
        unreadable = inputs.unreadable(Kind.TEMPLATE)
        hanging = holding(inputs, old.remote_id, rows.values(), going)
        carries = carried(inputs, old.remote_id, going)
        environment = other_environments.get(old.remote_id)
        steps: tuple[Step, ...] = ()
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
        elif inputs.selection.retire or address in inputs.selection.retire_now:
            reason = taking_along(_("replaced by {name}").format(name=signature.name), carries)
            steps = (Step.DELETE,)
        else:
            reason = _("replaced by {name}; --retire deletes it").format(name=signature.name)
        yield Change(
            kind=Kind.SIGNATURE,
            action=Action.RETIRE,
            reason=reason,
            remote_name=old.name,
            address=address,
            remote_id=old.remote_id,
            status=old.status,
            steps=steps,
            observed=old,
            carries=carries if steps else (),
        )


def carried(inputs: Inputs, remote_id: str, going: Collection[str | None]) -> tuple[str, ...]:
    """Name the templates that the deletion of a signature takes along: dead ones, which keep nothing."""
    return tuple(
        sorted(
            one.name
            for one in inputs.observed.templates.items
            if one.signature_id == remote_id
            and one.remote_id not in going
            and read_status(Kind.TEMPLATE, inputs.site, one.status).phase is Phase.DEAD
        )
    )


def taking_along(reason: str, names: Sequence[str]) -> str:
    """Add to a reason what goes along."""
    return clauses((reason, _("takes {names} along").format(names=", ".join(names)))) if names else reason


def holding(
    inputs: Inputs, remote_id: str, rows: Iterable[Change], going: Collection[str | None]
) -> list[str]:
    """Name what keeps a signature from being deleted, because it would go along.

    Args:
        inputs: what is there.
        remote_id: of the signature.
        rows: the changes of the declared addresses.
        going: remote ids of the templates that go in this run on terms of their own.
    """
    rows = list(rows)
    return (
        _hanging_on(remote_id, rows)
        or _staying_on(inputs, remote_id, going)
        or _sent_under(inputs, remote_id, rows, going)
    )


def _staying_on(inputs: Inputs, remote_id: str, going: Collection[str | None]) -> list[str]:
    """Name the templates that deleting a signature would take along: unmanaged ones, leftovers at rest."""
    on_it = [one for one in inputs.observed.templates.items if one.signature_id == remote_id]
    if not on_it:
        return []
    desired = inputs.desired.templates.values()
    members = {one.remote_id for template in desired for _number, one in inputs.templates_like(template)}
    return sorted(
        f"template:{one.name}"
        for one in on_it
        if one.remote_id not in going
        and not (
            one.remote_id in members
            and read_status(Kind.TEMPLATE, inputs.site, one.status).phase is Phase.DEAD
        )
    )


def _hanging_on(remote_id: str, rows: Iterable[Change]) -> list[str]:
    """Name the declared templates whose live or coming version uses a signature."""
    names = set()
    for change in rows:
        for version in (change.live, change.candidate):
            if version is not None and version.signature_id == remote_id:
                names.add(str(change.address))
    return sorted(names)


def _sent_under(
    inputs: Inputs, remote_id: str, rows: Iterable[Change], going: Collection[str | None]
) -> list[str]:
    """Name the approved universal templates that could be sent under no other approved signature."""
    approved = {
        one.remote_id: (one.app_key, one.type)
        for one in inputs.observed.signatures.items
        if one.remote_id not in going
        and read_status(Kind.SIGNATURE, inputs.site, one.status).verdict.approved
    }
    use = approved.pop(remote_id, None)
    if use is None or use in approved.values():
        return []
    rows_of = {one.remote_id: change for change in rows for one in (change.live,) if one}
    return sorted(
        str(rows_of[one.remote_id].address) if one.remote_id in rows_of else f"template:{one.name}"
        for one in inputs.observed.templates.items
        if one.universal
        and (one.app_key, one.type) == use
        and one.remote_id not in going
        and read_status(Kind.TEMPLATE, inputs.site, one.status).verdict.approved
    )
