"""Universal templates: bound to no signature, sent under any approved one of their type and app.

The service refuses to review one before such a signature is approved (management-api reference §5.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from smsconf.language import _, clauses
from smsconf.model.address import Address, Kind
from smsconf.model.lifecycle import Phase, read_status
from smsconf.model.resources import Template
from smsconf.reconcile.change import Action, Change
from smsconf.reconcile.inputs import Inputs


@dataclass(frozen=True, slots=True)
class Missing:
    """What a universal template waits for; ``lost`` is a declared signature of its type, if none will do."""

    reason: str
    awaits: str
    lost: Address | None


def missing_signature(inputs: Inputs, template: Template, above: Mapping[Address, Change]) -> Missing | None:
    """Say that no approved signature is there to send a universal template under."""
    app = inputs.app_of(template.app)
    there = {
        one.remote_id: read_status(Kind.SIGNATURE, inputs.site, one.status)
        for one in inputs.observed.signatures.items
        if app and (one.app_key, one.type) == (app.app_key, template.type.value)
    }
    if any(status.verdict.approved for status in there.values()):
        return None
    lost = _lost(inputs, template, above, {one for one in there if there[one].phase is Phase.IN_REVIEW})
    reason = _("a universal template needs an approved signature of its type first")
    if lost:
        reason = clauses((reason, _("{address} was refused or rejected").format(address=lost)))
    awaits = _("an approved {type} signature of {app}").format(type=template.type.value, app=template.app)
    return Missing(reason, awaits, lost)


def _lost(
    inputs: Inputs, template: Template, above: Mapping[Address, Change], reviewing: set[str]
) -> Address | None:
    """Name a declared signature of the type if none of them will be approved, nor another in review."""
    rows = [
        above[address]
        for address, one in inputs.desired.signatures.items()
        if (one.app, one.type) == (template.app, template.type)
    ]
    lost = [row for row in rows if row.rejected or row.action is Action.REFUSED]
    hope = len(lost) < len(rows) or reviewing - {row.remote_id for row in lost}
    return None if hope or not lost else lost[0].address
