"""What hangs on a signature: deleting it takes its templates along, whosever they are.

Names what keeps it and what goes with it; whether it goes is decided by those who ask.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from smsconf.language import _, clauses
from smsconf.model.address import Kind
from smsconf.model.lifecycle import Phase, read_status
from smsconf.model.observed import ObservedTemplate
from smsconf.reconcile.change import Change, TemplateChange
from smsconf.reconcile.inputs import Inputs


def carried(inputs: Inputs, remote_id: str, going: Collection[str]) -> tuple[str, ...]:
    """Name the templates that the deletion of a signature takes along: dead ones, which keep nothing."""
    left = (one for one in inputs.observed.templates.items if one.signature_id == remote_id)
    return tuple(sorted(one.name for one in left if one.remote_id not in going and _dead(inputs, one)))


def taking_along(reason: str, names: Sequence[str]) -> str:
    """Add to a reason what goes along."""
    return clauses((reason, _("takes {names} along").format(names=", ".join(names)))) if names else reason


def holding(inputs: Inputs, remote_id: str, rows: Iterable[Change], going: Collection[str]) -> list[str]:
    """Name what keeps a signature from being deleted, because it would go along.

    Args:
        inputs: what is there.
        remote_id: of the signature.
        rows: the changes of the declared addresses.
        going: remote ids of the templates that go in this run on terms of their own.
    """
    templates = [row for row in rows if isinstance(row, TemplateChange)]
    hanging = {  # declared templates whose live or coming version uses it
        str(row.address)
        for row in templates
        for one in (row.live, row.candidate)
        if one and one.signature_id == remote_id
    }
    staying = _staying_on(inputs, remote_id, going)
    return sorted(hanging) or staying or _sent_under(inputs, remote_id, templates, going)


def _dead(inputs: Inputs, one: ObservedTemplate) -> bool:
    return read_status(Kind.TEMPLATE, inputs.site, one.status).phase is Phase.DEAD


def _staying_on(inputs: Inputs, remote_id: str, going: Collection[str]) -> list[str]:
    """Name the templates that deleting a signature would take along: unmanaged ones, leftovers at rest."""
    on_it = [one for one in inputs.observed.templates.items if one.signature_id == remote_id]
    on_it = [one for one in on_it if one.remote_id not in going]
    if not on_it:
        return []
    desired = inputs.desired.templates.values()
    members = {one.remote_id for template in desired for _n, one in inputs.index.templates_like(template)}
    kept = (one for one in on_it if one.remote_id not in members or not _dead(inputs, one))
    return sorted(f"template:{one.name}" for one in kept)


def _sent_under(
    inputs: Inputs, remote_id: str, rows: Iterable[TemplateChange], going: Collection[str]
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
    live = {row.live.remote_id: str(row.address) for row in rows if row.live}
    return sorted(
        live.get(one.remote_id, f"template:{one.name}")
        for one in inputs.observed.templates.items
        if one.universal
        and (one.app_key, one.type) == use
        and one.remote_id not in going
        and read_status(Kind.TEMPLATE, inputs.site, one.status).verdict.approved
    )
