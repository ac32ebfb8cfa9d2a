"""Campaigns as rows of the plan: whether everything is there that sending one needs. Sending is not apply's.

``smsconf bulk campaign.KEY`` sends; a campaign waits for its template and for open thresholds of its kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from smsconf.language import _
from smsconf.model.address import Address
from smsconf.model.resources import Campaign
from smsconf.reconcile.change import Action, Change, Decision, FieldChange
from smsconf.reconcile.inputs import Inputs


def decide_campaigns(inputs: Inputs, above: Mapping[Address, Change]) -> Iterator[Change]:
    """Yield a row for every declared campaign, given the templates and thresholds it needs."""
    for address, campaign in inputs.desired.campaigns.items():
        row = above.get(campaign.template)
        template = inputs.desired.templates.get(campaign.template)
        thresholds = [
            one.address
            for one in inputs.desired.thresholds.values()
            if template and one.region is template.region and one.address in above
        ]
        by = next((one for one in thresholds if above[one].action is Action.MANUAL), None)
        action, awaits = Action.WAIT, by
        if row is None or row.live is None:
            reason, awaits = _("no live version of {template} yet"), campaign.template
        elif by:
            reason = _("waits for {awaits}, which a person does")
        else:
            action, reason = Action.NONE, _("ready: smsconf bulk {address} sends it")
        decision = Decision(
            action,
            reason.format(address=address, template=campaign.template, awaits=awaits),
            awaits=str(awaits) if awaits else None,
            fields=tuple(_fields(campaign)),
            stopped_by=by,
        )
        needs = (*([campaign.template] if row else []), *thresholds)
        yield decision.row(Change, address, address.key, desired=campaign, needs=needs)


def _fields(campaign: Campaign) -> Iterator[FieldChange]:
    values = {
        "template": str(campaign.template),
        "recipients": campaign.recipients.name,
        "opt_out": campaign.opt_out.name if campaign.opt_out else None,
        "at": campaign.at.isoformat() if campaign.at else None,
    }
    yield from (FieldChange(path, None, value) for path, value in values.items() if value)
