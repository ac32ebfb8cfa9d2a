"""``protect:`` names addresses that no flag deletes: not pruning, not retiring, not along with a signature.

An address may be listed and not declared any more. Then the object is found by the journal or by its key; if
it cannot be found, nothing that it could be is deleted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from smsconf.language import _
from smsconf.model.address import Address, Kind
from smsconf.model.observed import ObservedSignature, ObservedTemplate
from smsconf.reconcile.change import Action, Change, Step
from smsconf.reconcile.inputs import Inputs
from smsconf.reconcile.versions.family import split_version


def protect(inputs: Inputs, changes: Sequence[Change]) -> list[Change]:
    """Refuse every delete that a flag asks for and that would take something protected away."""
    if not any(one.protected for one in (inputs.desired, *inputs.other_environments.values())):
        return list(changes)
    owners = _owners(inputs, changes)
    lost = [address for address in _undeclared(inputs) if address not in owners.values()]
    carried = {
        one.signature_id: owners[one.remote_id]
        for one in inputs.observed.templates.items
        if one.remote_id in owners and one.signature_id
    }
    return [_protected(change, owners, carried, lost) for change in changes]


def _protected(
    change: Change,
    owners: Mapping[str, Address],
    carried: Mapping[str, Address],
    lost: Sequence[Address],
) -> Change:
    by_a_flag = change.action is Action.RETIRE or change.address is None  # a losing draft is not
    if Step.DELETE not in change.steps or not by_a_flag or change.remote_id is None:
        return change
    owner, along = owners.get(change.remote_id), carried.get(change.remote_id)
    kinds = {change.kind} if change.address else {change.kind, Kind.TEMPLATE}  # templates may hang on it
    guess = next((one for one in lost if one.kind in kinds), None)
    if owner:
        reason = _("protected: no flag deletes {owner}").format(owner=owner)
    elif along and change.kind is Kind.SIGNATURE:
        reason = _("protected: deleting it takes {along} along").format(along=along)
    elif guess and (change.address is None or change.kind is Kind.SIGNATURE):
        reason = _(
            "{guess} is protected, not declared, and could be this one: declare it or unprotect it"
        ).format(guess=guess)
    else:
        return change
    action = Action.REFUSED if change.address is None else Action.RETIRE
    return replace(change, action=action, steps=(), reason=reason)


def _owners(inputs: Inputs, changes: Iterable[Change]) -> dict[str, Address]:
    """Map the remote ids of what is protected to its address, every version of a family included.

    What a template left behind under another app or name is no version of it any more, and still protected.
    """
    desired = inputs.desired
    owners: dict[str, Address] = {}
    claimed: set[str | None] = set()
    for change in changes:
        if change.address:
            claimed |= {change.remote_id, *change.family}
        if change.address not in desired.protected:
            continue
        for one in (change.observed, change.live, change.candidate):
            if one is not None:
                owners[one.remote_id] = change.address
        owners.update((remote_id, change.address) for remote_id in change.family)
    for address in _undeclared(inputs):
        known = inputs.recorded_templates(address)
        names = {address.key, *(split_version(one.name)[0] for one in known)}
        for found in _candidates(inputs, address.kind):
            if _once_of(inputs, address, found, names):
                owners.setdefault(found.remote_id, address)
    for address in sorted(desired.protected & desired.templates.keys()):
        template = desired.templates[address]
        for left in _candidates(inputs, Kind.TEMPLATE):
            unclaimed = left.remote_id not in claimed
            if unclaimed and _once_of(inputs, address, left, (template.name, template.renamed_from)):
                owners.setdefault(left.remote_id, address)
    return owners


def _once_of(
    inputs: Inputs,
    address: Address,
    found: ObservedSignature | ObservedTemplate,
    names: Collection[str | None],
) -> bool:
    """Tell whether something belonged to an address: the journal says so, or one of its names does."""
    memory, remote_id = inputs.memory, found.remote_id
    recorded = address == memory.created.get(remote_id) or remote_id == memory.live.get(address)
    return recorded or split_version(found.name)[0] in names


def _undeclared(inputs: Inputs) -> list[Address]:
    """Return what is protected and not declared, here or in another environment of the account."""
    sharing = (
        other.desired
        for other in inputs.others.values()
        if other.declared_app_keys & inputs.declared_app_keys
    )
    listed: set[Address] = set()
    declared: set[Address] = set()
    for desired in (inputs.desired, *sharing):
        listed |= desired.protected
        declared |= {*desired.apps, *desired.signatures, *desired.templates, *desired.thresholds}
    return sorted(listed - declared)


def _candidates(inputs: Inputs, kind: Kind) -> Sequence[ObservedSignature | ObservedTemplate]:
    """Return the objects of a kind in declared apps; of other apps nothing is ever deleted."""
    observed = inputs.observed
    kinds: Mapping[Kind, Sequence[ObservedSignature | ObservedTemplate]] = {
        Kind.SIGNATURE: observed.signatures.items,
        Kind.TEMPLATE: observed.templates.items,
    }
    return [one for one in kinds.get(kind, ()) if one.app_key in inputs.declared_app_keys]
