"""From a plan to the outlook of each address: expected answers, billed parts, the meaning of a rejection.

The one place that brings the planner, the checks and the calendar together; ``plan``, ``apply``, ``status``
and ``wait`` show its result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from smsconf.lint import Subject, codes_about
from smsconf.lint.message import Message
from smsconf.lint.rules.advice import advise
from smsconf.lint.rules.international import SPECIAL_COUNTRIES
from smsconf.model.address import Address
from smsconf.model.lifecycle import Phase, read_status
from smsconf.model.observed import ObservedSignature, ObservedTemplate
from smsconf.model.resources import Signature, Template
from smsconf.model.segments import Estimate
from smsconf.model.sites import Site
from smsconf.reconcile.at_service import (
    Outlook,
    observed_signatures,
    signature_at_service,
    template_at_service,
)
from smsconf.reconcile.change import Action, Change
from smsconf.reconcile.forecast import Forecaster
from smsconf.reconcile.plan import Plan
from smsconf.store.entries import Owner, remember
from smsconf.workflow.findings import subject_of
from smsconf.workflow.session import Session

Outlooks = Mapping[Address, Outlook]
_BESIDES = (Action.RETIRE, Action.DELETE)  # rows about another version than the address's own


def look_ahead(session: Session, plan: Plan, *, applied: bool, subject: Subject | None = None) -> Outlooks:
    """Look ahead from a plan: as if it were applied now, or from where things stand.

    Args:
        session: of the run; its client has the service's time.
        plan: as made or permitted.
        applied: whether what the plan submits counts as submitted.
        subject: of the project, if its texts have been taken apart already.

    Raises:
        SmsconfError: the journal cannot be read.
    """
    client, project = session.client, session.project
    forecaster = Forecaster(client.service_time, client.site, project.desired.calendar, SPECIAL_COUNTRIES)
    if any(change.awaits for change in plan.changes):
        owner = Owner(client.known_scope, project.environment)
        memory = remember(session.journal.read().entries, owner)
        forecaster = replace(forecaster, memory=memory)
    expected = forecaster.expected(plan.changes, applied=applied)
    subject = subject or subject_of(project)
    signatures = observed_signatures(plan.changes)
    outlooks = {}
    for change in plan.changes:
        if change.address is None or change.action in _BESIDES:
            continue
        served, wanted = _segments(change, subject, signatures)
        advice = _advice(change, subject, client.site)
        outlooks[change.address] = Outlook(expected.get(change.address), served, wanted, advice)
    return outlooks


def _segments(
    change: Change, subject: Subject, signatures: Mapping[str, Signature]
) -> tuple[Estimate | None, Estimate | None]:
    """Bound the parts of a template's messages: as they serve (or stand) at the service, and as wanted."""
    template = change.desired
    message = subject.messages.get(change.address) if change.address else None
    if not isinstance(template, Template) or message is None:
        return None, None
    one = change.live or change.observed
    if not isinstance(one, ObservedTemplate):
        return None, message.estimate
    signature = signatures.get(one.signature_id or "")
    serving = template_at_service(template, one)
    if serving is None:
        return None, message.estimate
    if _same_length(serving, template) and _name(signature) == _name(message.signature):
        return message.estimate, message.estimate
    return Message(serving, signature).estimate, message.estimate


def _same_length(one: Template, other: Template) -> bool:
    """Tell whether two templates differ in nothing that makes a message longer."""
    lengths = [[(variable.type, variable.max_length) for variable in t.variables] for t in (one, other)]
    return one.content == other.content and one.brackets is other.brackets and lengths[0] == lengths[1]


def _name(signature: Signature | None) -> str | None:
    return signature.name if signature else None


def _advice(change: Change, subject: Subject, site: Site) -> tuple[str, str] | None:
    """Read the reviewer's words about what was rejected; the checks look at that very text."""
    one = change.observed
    if not isinstance(one, ObservedSignature | ObservedTemplate) or not one.review_message:
        return None
    if read_status(change.kind, site, one.status).phase not in (Phase.REJECTED, Phase.DEAD):
        return None
    rejected: Template | Signature | None = None
    if isinstance(one, ObservedTemplate) and isinstance(change.desired, Template):
        rejected = template_at_service(change.desired, one)
    elif isinstance(one, ObservedSignature) and isinstance(change.desired, Signature):
        rejected = signature_at_service(change.desired, one)
    if rejected is None:
        return None
    return advise(one.review_message, rejected, codes_about(rejected, subject))
