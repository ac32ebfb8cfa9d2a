"""Decide about a signature: create, edit while rejected, activate, or say that it is frozen.

A signature has no drafts: creating it submits it. It can be edited only while rejected and is frozen once
approved (management-api reference §3.1, §3.5 and §6.2; MSGSMS.0007 and MSGSMS.0130).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from smsconf.language import N_, _
from smsconf.model.address import Address, Kind
from smsconf.model.lifecycle import Phase, Status, read_status
from smsconf.model.observed import ObservedSignature
from smsconf.reconcile import objections
from smsconf.reconcile.case import SignatureCase
from smsconf.reconcile.change import Action, Change, Decision, SignatureChange, Step
from smsconf.reconcile.diff import (
    changed_files,
    field_changes,
    named,
    new_fields,
    observed_signature_fields,
    signature_fields,
    signature_notes,
)
from smsconf.reconcile.inputs import Inputs

_WAY_OUT = N_(
    "an approved signature is frozen: declare a new one (another key, another name or "
    "type) and move its templates there"
)


def decide_signatures(inputs: Inputs, above: Mapping[Address, Change]) -> Iterator[SignatureChange]:
    """Decide about every declared signature, given what happens to the apps."""
    for signature in inputs.desired.signatures.values():
        case = SignatureCase(inputs, signature, above)
        decision = objections.unless(objections.SIGNATURE, case, _decide(case))
        observed = decision.observed if isinstance(decision.observed, ObservedSignature) else None
        files = changed_files(signature, observed) if Step.UPLOAD in decision.steps else ()
        yield case.row(SignatureChange, decision, uploads=files, submission=case.submission)


def _decide(case: SignatureCase) -> Decision:
    signature, index = case.desired, case.inputs.index
    problem = case.inputs.unreadable(Kind.SIGNATURE.nouns, Kind.APP.nouns)
    if problem:
        return Decision(Action.REFUSED, problem)
    found = index.signatures_named(signature.address)
    if len(found) > 1:
        ids = ", ".join(one.remote_id for one in found)
        reason = _("{count} {type} signatures have this name: {ids}")
        reason = reason.format(count=len(found), type=signature.type.value, ids=ids)
        return Decision(Action.REFUSED, reason)
    if not found:
        return _said_no(case, Decision(Action.NONE, "")) or _absent(case)
    if found[0].app_key not in index.declared_app_keys:
        owner = index.app_labels.get(found[0].app_key, found[0].app_key)
        reason = _(
            "it exists under app '{owner}', which this project does not declare: declare that "
            "app, or choose another name"
        )
        return Decision(Action.REFUSED, reason.format(owner=owner), observed=found[0])
    return _existing(case, found[0])


def _absent(case: SignatureCase) -> Decision:
    signature = case.desired
    if signature.external:
        reason = _("not at the service, and it is external: not ours to create")
        return Decision(Action.REFUSED, reason)
    files = changed_files(signature, None)
    fields = {
        "name": signature.name,
        "type": signature.type.value,
        **signature_fields(signature),
        "qualification": signature.qualification,
        "description": signature.description,
        **{name: getattr(signature, name).path for name in files},
    }
    steps = (Step.UPLOAD, Step.CREATE) if files else (Step.CREATE,)
    reason = _("not at the service yet")
    return Decision(Action.CREATE, reason, steps, _("its review"), fields=new_fields(fields))


def _existing(  # noqa: PLR0911 - one return a phase
    case: SignatureCase, observed: ObservedSignature
) -> Decision:
    wanted = signature_fields(case.desired)
    has = observed_signature_fields(observed, wanted, case.inputs.index.app_labels)
    status = read_status(Kind.SIGNATURE, case.site, observed.status)
    message = status.verdict.message
    differing = Decision(
        Action.REFUSED,
        _("{message}: nothing is written for it").format(message=message),
        observed=observed,
        fields=field_changes(has, wanted),
        notes=signature_notes(case.desired, observed),
    )
    if status.phase is Phase.UNKNOWN:
        return differing
    if case.desired.external:
        return _external(differing, status)
    waiting = replace(differing, action=Action.WAIT, reason=message, awaits=_("its review"))
    match status.phase:
        case Phase.REJECTED:
            return _rejected(case, differing, observed)
        case Phase.IN_REVIEW if differing.fields:
            reason = _(
                "{message} with other values, and a signature cannot be withdrawn: rejected, it will "
                "be edited; approved, it is frozen"
            )
            return replace(waiting, reason=reason.format(message=message))
        case Phase.IN_REVIEW:
            return waiting
        case _ if differing.fields:
            reason = _("{message}, but {names} differs; {way_out}")
            names = named(differing.fields)
            return replace(differing, reason=reason.format(message=message, names=names, way_out=_(_WAY_OUT)))
        case Phase.ACTIVATABLE:
            return replace(waiting, action=Action.ACTIVATE, steps=(Step.ACTIVATE,))
        case _ if not status.verdict.done:
            return replace(waiting, awaits=_("the service"))
        case _:
            return waiting.instead(Action.NONE, message)


def _external(differing: Decision, status: Status) -> Decision:
    """Say how a signature stands that others manage; it must belong to the app under which it is declared."""
    owner = next((one.old for one in differing.fields if one.path == "app"), None)
    if owner is not None:
        reason = _("external, but it belongs to {app}: declare it under that app")
        return replace(differing, reason=reason.format(app=owner))
    waiting = status.phase is Phase.IN_REVIEW
    return Decision(
        Action.WAIT if waiting else Action.NONE,
        _("external; {message}").format(message=status.verdict.message),
        awaits=_("its review") if waiting else None,
        observed=differing.observed,
        rejected=status.phase is Phase.REJECTED,
    )


def _rejected(case: SignatureCase, differing: Decision, observed: ObservedSignature) -> Decision:
    """Edit a rejected signature if anything we send is new; the same thing is never sent twice."""
    words = observed.review_message or _("no reason given")
    files = changed_files(case.desired, observed)
    differs = differing.fields or differing.notes or files
    if not differs and not case.insisted:
        reason = _("rejected: {words} (unchanged, so not submitted again)").format(words=words)
        return replace(differing, action=Action.NONE, reason=reason, rejected=True)
    refused = _said_no(case, differing)
    if refused:
        return refused
    reason = _("rejected: {words}; submitted again with the same values, as asked")
    if differs:
        reason = _("rejected: {words}; submitted again with what changed")
    return replace(
        differing,
        action=Action.UPDATE,
        reason=reason.format(words=words),
        steps=(Step.UPLOAD, Step.EDIT) if files else (Step.EDIT,),
        awaits=_("its review"),
    )


def _said_no(case: SignatureCase, differing: Decision) -> Decision | None:
    """Report the same submission that the journal shows rejected, though something else lies there now."""
    reason = case.refused_before(case.submission)
    return replace(differing, action=Action.NONE, reason=reason, rejected=True) if reason else None
