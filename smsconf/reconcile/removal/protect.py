"""What no flag deletes: what ``protect:`` lists, and what some address serves by.

Not pruning, not retiring, not along with a signature. An address may be listed and not declared any more.
Then the object is found by the journal or by its key; if it cannot be found, nothing that it could be is
deleted. ``objections`` says so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from smsconf.model.address import Address, Kind
from smsconf.model.observed import ObservedSignature, ObservedTemplate
from smsconf.reconcile.change import Change, TemplateChange
from smsconf.reconcile.inputs import Inputs
from smsconf.reconcile.names import split_version

Removable = ObservedSignature | ObservedTemplate


@dataclass(frozen=True, slots=True)
class Keeping:
    """What must stay.

    ``serving``: remote id → the address that serves by it. ``owners``: remote id → the protected address that
    it belongs to; ``along``: remote id of a signature → that of a template on it. ``lost`` are protected and
    cannot be found.
    """

    serving: Mapping[str, Address]
    owners: Mapping[str, Address]
    along: Mapping[str, Address]
    lost: Sequence[Address]


@dataclass(frozen=True, slots=True)
class RemovalCase:
    """One object that a flag would delete; ``address`` is that of which it is a leftover, if of any."""

    observed: Removable
    address: Address | None
    keeping: Keeping

    @property
    def kind(self) -> Kind:
        """What it is."""
        return Kind.TEMPLATE if isinstance(self.observed, ObservedTemplate) else Kind.SIGNATURE


def keeping(inputs: Inputs, rows: Sequence[Change]) -> Keeping:
    """Find what must stay, from the rows of all addresses."""
    serving = {row.live.remote_id: row.address for row in rows if row.live and row.address}
    if not any(one.protected for one in (inputs.desired, *inputs.other_environments.values())):
        return Keeping(serving, {}, {}, ())
    undeclared = _undeclared(inputs)
    owners = _owners(inputs, rows, undeclared)
    along = {
        one.signature_id: owners[one.remote_id]
        for one in inputs.observed.templates.items
        if one.remote_id in owners and one.signature_id
    }
    lost = [address for address in undeclared if address not in owners.values()]
    return Keeping(serving, owners, along, lost)


def _owners(inputs: Inputs, rows: Sequence[Change], undeclared: Sequence[Address]) -> dict[str, Address]:
    """Map the remote ids of what is protected to its address, every version of a family included.

    What a template left behind under another app or name is no version of it any more, and still protected.
    """
    desired, index = inputs.desired, inputs.index
    owners: dict[str, Address] = {}
    claimed: set[str | None] = set()
    for row in rows:
        members = row.family if isinstance(row, TemplateChange) else frozenset()
        claimed |= {row.remote_id, *members}
        if row.address in desired.protected:
            objects = [row.observed, row.live, row.candidate if isinstance(row, TemplateChange) else None]
            if row.address in desired.signatures and not desired.signatures[row.address].external:
                objects.append(index.replaced_signature(row.address))
            ids = [*members, *(one.remote_id for one in objects if one)]
            owners.update(dict.fromkeys(ids, row.address))
    for address in undeclared:
        known = index.recorded_templates(address)
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


def _once_of(inputs: Inputs, address: Address, found: Removable, names: Collection[str | None]) -> bool:
    """Tell whether something belonged to an address: the journal says so, or one of its names does."""
    memory, remote_id = inputs.memory, found.remote_id
    recorded = address == memory.created.get(remote_id) or remote_id == memory.live.get(address)
    return recorded or split_version(found.name)[0] in names


def _undeclared(inputs: Inputs) -> list[Address]:
    """Return what is protected and not declared, here or in another environment of the account."""
    ours = inputs.index.declared_app_keys
    sharing = (one.desired for one in inputs.others.values() if not ours.isdisjoint(one.declared_app_keys))
    listed: set[Address] = set()
    declared: set[Address] = set()
    for desired in (inputs.desired, *sharing):
        listed |= desired.protected
        declared |= {*desired.apps, *desired.signatures, *desired.templates, *desired.thresholds}
    return sorted(listed - declared)


def _candidates(inputs: Inputs, kind: Kind) -> Sequence[Removable]:
    """Return the objects of a kind in declared apps; of other apps nothing is ever deleted."""
    kinds: Mapping[Kind, Sequence[Removable]] = {
        Kind.SIGNATURE: inputs.observed.signatures.items,
        Kind.TEMPLATE: inputs.observed.templates.items,
    }
    return [one for one in kinds.get(kind, ()) if one.app_key in inputs.index.declared_app_keys]
