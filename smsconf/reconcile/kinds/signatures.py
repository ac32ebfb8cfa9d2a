"""Decide about a signature: create, edit while rejected, activate, or say that it is frozen.

A signature has no drafts: creating it submits it. It can be edited only while rejected and is frozen once
approved (management-api reference §3.1, §3.5 and §6.2; MSGSMS.0007 and MSGSMS.0130).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from smsconf.language import N_, _
from smsconf.model.address import Address, Kind
from smsconf.model.lifecycle import Phase, read_status
from smsconf.model.observed import ObservedSignature
from smsconf.model.resources import Signature
from smsconf.reconcile.change import Action, Change, Step
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
from smsconf.reconcile.kinds.manual import held_by
from smsconf.reconcile.versions.submission import signature_hash

_WAY_OUT = N_(
    "an approved signature is frozen: declare a new one (another key, another name or "
    "type) and move its templates there"
)


def decide_signatures(inputs: Inputs, apps: Mapping[Address, Change]) -> Iterator[Change]:
    """Decide about every declared signature, given what happens to the apps."""
    for address, signature in inputs.desired.signatures.items():
        change = _decide(inputs, address, signature)
        app = apps[signature.app]
        if change.steps and app.action is Action.REFUSED:
            change = replace(
                change,
                action=Action.REFUSED,
                steps=(),
                uploads=(),
                awaits=None,
                blocked_by=signature.app,
                reason=_("blocked: {need} is refused").format(need=signature.app),
            )
        waits_for = signature.qualified_by if change.steps and inputs.site.qualifications else None
        if waits_for and not signature.qualification:
            reason = _("{address} has no id yet: have it approved, then write its id into the files")
            change = held_by(change, waits_for, reason.format(address=waits_for))
        yield change


def _decide(inputs: Inputs, address: Address, signature: Signature) -> Change:
    base = Change(
        kind=Kind.SIGNATURE,
        action=Action.REFUSED,
        reason="",
        remote_name=signature.name,
        address=address,
        needs=(*([signature.qualified_by] if signature.qualified_by else []), signature.app),
        desired=signature,
        submission=None if signature.external else signature_hash(signature),
    )
    problem = inputs.unreadable(Kind.SIGNATURE, Kind.APP)
    if problem:
        return replace(base, reason=problem)
    found = inputs.signatures_named(address)
    if len(found) > 1:
        ids = ", ".join(one.remote_id for one in found)
        return replace(
            base,
            reason=_("{count} {type} signatures have this name: {ids}").format(
                count=len(found), type=signature.type.value, ids=ids
            ),
        )
    if not found:
        return _said_no(inputs, base) or _absent(base, signature)
    observed = found[0]
    base = replace(base, remote_id=observed.remote_id, status=observed.status, observed=observed)
    if observed.app_key not in inputs.declared_app_keys:
        owner = inputs.app_labels.get(observed.app_key, observed.app_key)
        return replace(
            base,
            reason=_(
                "it exists under app '{owner}', which this project does not declare: declare that "
                "app, or choose another name"
            ).format(owner=owner),
        )
    return _existing(inputs, base, signature, observed)


def _absent(base: Change, signature: Signature) -> Change:
    if signature.external:
        return replace(base, reason=_("not at the service, and it is external: not ours to create"))
    files = changed_files(signature, None)
    return replace(
        base,
        action=Action.CREATE,
        reason=_("not at the service yet"),
        fields=new_fields(
            {
                "name": signature.name,
                "type": signature.type.value,
                **signature_fields(signature),
                "qualification": signature.qualification,
                "description": signature.description,
                **{name: getattr(signature, name).path for name in files},
            }
        ),
        steps=(Step.UPLOAD, Step.CREATE) if files else (Step.CREATE,),
        uploads=files,
        awaits=_("its review"),
    )


def _existing(  # noqa: PLR0911 - one return a phase
    inputs: Inputs, base: Change, signature: Signature, observed: ObservedSignature
) -> Change:
    wanted = signature_fields(signature)
    fields = field_changes(observed_signature_fields(observed, wanted, inputs.app_labels), wanted)
    base = replace(base, fields=fields, notes=signature_notes(signature, observed))
    status = read_status(Kind.SIGNATURE, inputs.site, observed.status)
    message = status.verdict.message
    if status.phase is Phase.UNKNOWN:
        return replace(base, reason=_("{message}: nothing is written for it").format(message=message))
    other_environments = next((one for one in fields if one.path == "app"), None)
    if signature.external and other_environments:
        reason = _("external, but it belongs to {app}: declare it under that app")
        return replace(base, reason=reason.format(app=other_environments.old))
    if signature.external:
        waiting = status.phase is Phase.IN_REVIEW
        return replace(
            base,
            action=Action.WAIT if waiting else Action.NONE,
            awaits=_("its review") if waiting else None,
            reason=_("external; {message}").format(message=message),
            rejected=status.phase is Phase.REJECTED,
            fields=(),
            notes=(),
        )
    match status.phase:
        case Phase.REJECTED:
            return _rejected(inputs, base, signature, observed)
        case Phase.IN_REVIEW if fields:
            return replace(
                base,
                action=Action.WAIT,
                reason=_(
                    "{message} with other values, and a signature cannot be withdrawn: rejected, it will "
                    "be edited; approved, it is frozen"
                ).format(message=message),
                awaits=_("its review"),
            )
        case Phase.IN_REVIEW:
            return replace(base, action=Action.WAIT, reason=message, awaits=_("its review"))
        case _ if fields:
            return replace(
                base,
                reason=_("{message}, but {names} differs; {way_out}").format(
                    message=message, names=named(base.fields), way_out=_(_WAY_OUT)
                ),
            )
        case Phase.ACTIVATABLE:
            return replace(
                base, action=Action.ACTIVATE, reason=message, steps=(Step.ACTIVATE,), awaits=_("its review")
            )
        case _ if not status.verdict.done:
            return replace(base, action=Action.WAIT, reason=message, awaits=_("the service"))
        case _:
            return replace(base, action=Action.NONE, reason=message)


def _rejected(inputs: Inputs, base: Change, signature: Signature, observed: ObservedSignature) -> Change:
    """Edit a rejected signature if anything we send is new; the same thing is never sent twice."""
    words = observed.review_message or _("no reason given")
    files = changed_files(signature, observed)
    differs = base.fields or base.notes or files
    if not differs and base.address not in inputs.selection.resubmit:
        return replace(
            base,
            action=Action.NONE,
            reason=_("rejected: {words} (unchanged, so not submitted again)").format(words=words),
            rejected=True,
        )
    refused = _said_no(inputs, base)
    if refused:
        return refused
    reason = _("rejected: {words}; submitted again with the same values, as asked")
    if differs:
        reason = _("rejected: {words}; submitted again with what changed")
    return replace(
        base,
        action=Action.UPDATE,
        reason=reason.format(words=words),
        steps=(Step.UPLOAD, Step.EDIT) if files else (Step.EDIT,),
        uploads=files,
        awaits=_("its review"),
    )


def _said_no(inputs: Inputs, base: Change) -> Change | None:
    """Report the same submission that the journal shows rejected, though something else lies there now."""
    if base.address is None or base.submission is None:
        return None
    reason = inputs.refused_before(base.address, base.submission)
    return replace(base, action=Action.NONE, reason=reason, rejected=True) if reason else None
