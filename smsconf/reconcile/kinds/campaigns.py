"""Campaigns as rows of the plan: whether everything is there that sending one needs. Sending is not apply's.

``smsconf bulk campaign.KEY`` sends; a campaign waits for its template and for open thresholds of its kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from smsconf.language import _
from smsconf.model.address import Address
from smsconf.model.resources import Campaign
from smsconf.reconcile.change import Action, Change, FieldChange
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
        open_ones = [one for one in thresholds if above[one].action is Action.MANUAL]
        action, awaits, reason = Action.NONE, None, _("ready: smsconf bulk {address} sends it")
        if row is None or row.live is None:
            action, awaits = Action.WAIT, str(campaign.template)
            reason = _("no live version of {template} yet")
        elif open_ones:
            action, awaits = Action.WAIT, str(open_ones[0])
            reason = _("waits for {awaits}, which a person does")
        yield Change(
            kind=address.kind,
            action=action,
            reason=reason.format(address=address, template=campaign.template, awaits=awaits),
            remote_name=address.key,
            address=address,
            fields=tuple(_fields(campaign)),
            awaits=awaits,
            needs=(*([campaign.template] if row else []), *thresholds),
            held_by=open_ones[0] if open_ones else None,
            desired=campaign,
        )


def _fields(campaign: Campaign) -> Iterator[FieldChange]:
    values = {
        "template": str(campaign.template),
        "recipients": campaign.recipients.name,
        "opt_out": campaign.opt_out.name if campaign.opt_out else None,
        "at": campaign.at.isoformat() if campaign.at else None,
    }
    yield from (FieldChange(path, None, value) for path, value in values.items() if value)
