"""The rows of what a run removes, made last: all that an object is needed for is known by then.

Each object is decided about (``retire``, ``prune``), the objections to removals are heard, and then its row
is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from smsconf.model.address import Address, Kind
from smsconf.model.observed import ObservedTemplate
from smsconf.reconcile import objections
from smsconf.reconcile.case import TemplateCase
from smsconf.reconcile.change import Change, Decision, SignatureChange, TemplateChange, in_order
from smsconf.reconcile.inputs import Inputs
from smsconf.reconcile.removal.other_environments import declared_by_others
from smsconf.reconcile.removal.protect import RemovalCase, keeping
from smsconf.reconcile.removal.prune import Pruning, Unclaimed
from smsconf.reconcile.removal.retire import leftovers, replaced


def removals(
    inputs: Inputs,
    rows: Mapping[Address, Change],
    cases: Iterable[TemplateCase],
    drafts: Iterable[Change],
    unmanaged: Iterable[Unclaimed],
) -> Iterator[Change]:
    """Yield the rows of what goes, and of what stays although a flag might delete it.

    Args:
        inputs: of the plan.
        rows: of all addresses.
        cases: of the templates whose leftovers may go.
        drafts: rows of losing drafts, which go whatever is asked for.
        unmanaged: what no address claims in the declared apps, templates first.
    """
    ordered = sorted(rows.values(), key=in_order)
    kept, environments = keeping(inputs, ordered), declared_by_others(inputs)
    going = {one.remote_id or "": one.address for one in drafts}
    for case in cases:
        address = case.desired.address
        for one, decision in leftovers(case):
            if decision.steps:
                going[one.remote_id] = address
            yield _row(RemovalCase(one, address, kept), decision, live=case.live)
    targets = inputs.selection.targets
    chosen = {one for one, address in going.items() if not targets or address in targets}
    for address, signature in inputs.desired.signatures.items():
        old = inputs.index.replaced_signature(address)
        if old is None or signature.external:
            continue
        decision, carries = replaced(inputs, signature, old, rows, chosen, environments.get(old.remote_id))
        if decision.steps:
            going[old.remote_id] = address
        yield _row(RemovalCase(old, address, kept), decision, carries)
    readable = inputs.observed.templates.complete and inputs.observed.signatures.complete
    if not inputs.selection.prune or not readable:
        return
    pruning = Pruning(inputs, ordered, environments)
    for other in unmanaged:  # templates first: what takes them along looks at how they fare
        if other.app_key in inputs.index.managed_app_keys:
            decision, carries = pruning.decide(other, going)
            if decision.steps:
                going[other.remote_id] = None
            yield _row(RemovalCase(other, None, kept), decision, carries)


def _row(
    case: RemovalCase,
    decision: Decision,
    carries: tuple[str, ...] = (),
    live: ObservedTemplate | None = None,
) -> Change:
    decision = objections.unless(objections.REMOVAL, case, decision)
    own: dict[str, Any] = {"kind": case.kind, "observed": decision.observed}
    named = replace(decision, observed=case.observed)
    if case.kind is Kind.TEMPLATE:
        return named.row(TemplateChange, case.address, case.observed.name, live=live, **own)
    return named.row(SignatureChange, case.address, case.observed.name, carries=carries, **own)
