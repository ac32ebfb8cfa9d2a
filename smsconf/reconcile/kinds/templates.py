"""Decide about a template: six rules in order, the first that matches wins.

1. a status we do not know in the family → reported, nothing written
2. an approved version says what is desired → it is live; nothing is submitted, a running review called back
3. the candidate says what is desired → wait, report, or submit what lies there unsubmitted
4. the candidate says something else → withdraw if need be, edit, submit
5. no candidate, a live version that says something else → a successor; the live one serves meanwhile
6. nothing → create as a draft, then submit

Before anything is submitted: the same submission that was rejected or deactivated is never sent again.
Templates are frozen once approved (management-api reference §5.1, §5.2 and §13.11).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from smsconf.language import _, clauses
from smsconf.model.address import Address, Kind
from smsconf.model.lifecycle import Phase, read_status
from smsconf.model.observed import ObservedTemplate
from smsconf.model.resources import Region, UpdatePolicy
from smsconf.reconcile import objections
from smsconf.reconcile.case import TemplateCase
from smsconf.reconcile.change import Action, Change, Decision, Step, TemplateChange
from smsconf.reconcile.countries import unknown_country
from smsconf.reconcile.diff import named, new_fields
from smsconf.reconcile.inputs import Inputs
from smsconf.reconcile.names import split_version, version_name
from smsconf.reconcile.objections import beside_live
from smsconf.reconcile.removal.other_environments import needed_by_others
from smsconf.reconcile.removal.retire import leftovers
from smsconf.reconcile.versions.family import Version, next_number
from smsconf.reconcile.versions.recorded import doubts_about, left_behind, named_in_place, serves
from smsconf.reconcile.versions.submission import marked


def template_cases(inputs: Inputs, above: Mapping[Address, Change]) -> Iterator[TemplateCase]:
    """Yield a case for every declared template, given what happens to the apps and signatures above it."""
    needed = needed_by_others(inputs)
    for template in inputs.desired.templates.values():
        yield TemplateCase(inputs, template, above, needed)


def decide_template(case: TemplateCase) -> TemplateChange:
    """Decide about a declared template."""
    kinds = [Kind.APP.nouns, Kind.TEMPLATE.nouns]
    kinds += [Kind.SIGNATURE.nouns if case.desired.region is Region.CN else _("countries")]
    problem = case.inputs.unreadable(*kinds)
    if problem:  # nobody knows its versions
        return case.row(TemplateChange, Decision(Action.REFUSED, problem))
    decision = _first_match(case)
    doubts = () if case.stranded else doubts_about(case.family)
    decision = replace(decision, reason=clauses((decision.reason, *doubts)))
    decision = objections.unless(objections.TEMPLATE, case, decision)
    if decision.action is Action.WITHDRAW:
        going = [one for one, leaving in leftovers(case) if leaving.steps]
        if decision.observed in going:  # it is withdrawn on its way
            decision = _at_rest(case)
    return row(case, decision)


def losing_drafts(case: TemplateCase) -> Iterator[TemplateChange]:
    """Yield the deletion of drafts whose name or text another one holds; before anything is submitted."""
    for one in case.family.losers:
        reason = _("a second draft of one name or text, left by another run")
        yield row(case, _about(one, Action.DELETE, reason, Step.DELETE))


def row(case: TemplateCase, decision: Decision) -> TemplateChange:
    """Make the row; what is sent has the submission, and its mark in the application note."""
    template, submission = case.desired, None
    if decision.steps and decision.action is not Action.DELETE:
        submission = case.submission
        if case.inputs.desired.mark:
            template = replace(template, description=marked(template.description, submission))
    return case.row(
        TemplateChange,
        decision,
        desired=template,
        live=case.live,
        candidate=case.candidate,
        versions=tuple(one for _number, one in case.members),
        contenders=() if case.stranded else tuple(one.observed for one in case.family.contenders),
        country_ids=case.countries.ids,
        country_names=case.countries.names,
        submission=submission,
        unlisted=case.inputs.index.unlisted_templates(template.address),
    )


def _about(one: Version, action: Action, reason: str, *steps: Step, awaits: str | None = None) -> Decision:
    """Decide about one version."""
    return Decision(action, reason, steps, awaits, one.observed, one.fields, one.notes, one.name)


def _first_match(case: TemplateCase) -> Decision:
    """Follow the six rules."""
    family = case.family
    impossible = _impossible(case)
    if impossible:
        return Decision(Action.REFUSED, impossible)
    if family.unknown:
        one = family.unknown
        message = _("{message}: nothing is written for it").format(message=one.status.verdict.message)
        return _about(one, Action.REFUSED, message)
    if family.settled:
        return _settled(case, family.settled)
    if family.candidate:
        return _candidate(case, family.candidate)
    return _said_no(case) or (_replace(case, family.live) if family.live else _create(case))


def _impossible(case: TemplateCase) -> str | None:
    """Say why nothing can be decided about this address."""
    if case.countries.unknown:
        return unknown_country(case.inputs.index, case.countries.unknown[0])
    for group in case.family.clashes:
        ids = ", ".join(sorted(one.observed.remote_id for one in group))
        return _("{count} templates of {app} are named '{name}': {ids}").format(
            count=len(group), app=case.desired.app, name=group[0].name, ids=ids
        )
    return _misnamed(case, case.stranded) if case.stranded else None


def _misnamed(case: TemplateCase, version: ObservedTemplate) -> str:
    """Say that a version has a name that the files do not lead to, and what would lead there."""
    said = _("its live version is named '{live}', the files say '{name}': add renamed_from: {base}")
    other = named_in_place(case.inputs, version)
    if other:
        said = _("its live version has the name '{live}', now that of {other}: rename that one first")
    elif not serves(case.site, version):
        said = _("its version in review is named '{live}', the files say '{name}': add renamed_from: {base}")
    return said.format(
        live=version.name,
        base=split_version(version.name)[0],
        name=case.desired.name,
        other=other.address if other else None,
    )


def _settled(case: TemplateCase, live: Version) -> Decision:
    """Rule 2: it is live; a superseded review of ours is called back and left as a draft."""
    one = next((one for one in case.family.superseded if one.phase is Phase.IN_REVIEW), None)
    if one is None:
        return _at_rest(case)
    if not case.site.withdrawing:
        reason = _("approved; {name} is superseded, but this site cannot withdraw its review")
        return _about(live, Action.NONE, reason.format(name=one.name))
    reason = _("{name} says what is desired and is live; the review of {other} is called back")
    reason = reason.format(name=live.name, other=one.name)
    return replace(_about(one, Action.WITHDRAW, reason, Step.WITHDRAW), fields=(), notes=())


def _at_rest(case: TemplateCase) -> Decision:
    """Say that what is desired is live, and nothing more; or what became of it when it was approved."""
    live = case.family.settled
    assert live is not None  # noqa: S101 - for the type checker: only then is anything at rest
    if live.equal:
        return _about(live, Action.NONE, live.status.verdict.message)
    reason = _("approved; {names} changed by the service; --resubmit submits it again")
    decision = _about(live, Action.NONE, reason.format(names=named(live.fields)))
    return replace(decision, fields=(), notes=(*live.fields, *live.notes))


def _candidate(case: TemplateCase, one: Version) -> Decision:
    """Rules 3 and 4: what is on its way says what is desired, or something else."""
    message = one.status.verdict.message
    if one.phase is Phase.IN_REVIEW and one.equal:
        awaits = _awaits_signature(case) if one.observed.status == "SignReviewing" else _("its review")
        return _about(one, Action.WAIT, beside_live(case, message), awaits=awaits)
    if one.phase is Phase.DISABLED and one.equal and not _may_enable(case, one):
        return _about(one, Action.NONE, _("disabled outside smsconf"))
    refused = _said_no(case)
    if refused:
        return refused
    if one.phase is Phase.IN_REVIEW and not case.site.withdrawing:
        reason = _(
            "{message} with other values; this site cannot withdraw: rejected, it will be "
            "edited; approved, it will be replaced"
        ).format(message=message)
        return _about(one, Action.WAIT, reason, awaits=_("its review"))
    if one.phase is Phase.IN_REVIEW:
        reason = _("{message} with other values: withdrawn, edited and submitted again; a new review")
        reason = reason.format(message=message)
        steps: tuple[Step, ...] = (Step.WITHDRAW, Step.EDIT, Step.SUBMIT)
    else:
        if one.phase is Phase.REJECTED:
            message = _("rejected: {words}").format(words=_words(one.observed))
        differs = one.fields or one.notes
        how = _("edited and submitted") if differs else _("submitted as it is")
        if not differs and case.desired.description and not case.site.readable_notes:
            how = _("submitted with the declared note, as this site shows none")
        reason = clauses((message, how))
        steps = (Step.EDIT, Step.SUBMIT) if differs else (Step.SUBMIT,)
    return _about(one, Action.UPDATE, beside_live(case, reason), *steps, awaits=_awaits(case))


def _may_enable(case: TemplateCase, one: Version) -> bool:
    """Tell whether a disabled version may be submitted: we disabled it, or the user says so."""
    return case.insisted or one.observed.remote_id in case.inputs.memory.disabled


def _replace(case: TemplateCase, live: Version) -> Decision:
    """Rule 5: a successor, or with ``update: in-place`` an outage."""
    names = named(live.fields)
    if case.desired.update is UpdatePolicy.IN_PLACE and live.ours and not live.needed_by:
        if not case.site.disabling:
            reason = _("approved, but {names} differs; this site cannot disable: use update: replace")
            return _about(live, Action.REFUSED, reason.format(names=names))
        reason = _("{names} differs; update in place: outage until approved").format(names=names)
        older = next((one.name for one in case.family.approved if one is not live), None)
        if older:
            reason = clauses((reason, _("{name} serves meanwhile").format(name=older)))
        steps = (Step.DISABLE, Step.EDIT, Step.SUBMIT)
        return _about(live, Action.UPDATE, reason, *steps, awaits=_awaits(case))
    name = _new_name(case)
    reason = _("{names} differs; {live} serves until {name} is approved")
    reason = reason.format(names=names, live=live.name, name=name)
    successor = _about(live, Action.REPLACE, reason, *_creation(case), awaits=_awaits(case))
    return replace(successor, observed=None, name=name)


def _create(case: TemplateCase) -> Decision:
    """Rule 6: nothing is there; a universal template needs an approved signature of its type first."""
    template = case.desired
    reason = _("not at the service yet")
    if case.family.versions:
        reason = _("no version of it is live or on its way")
    elif left := next(iter(left_behind(case.inputs, template)), None):
        old = case.inputs.index.app_labels.get(left.app_key, left.app_key)
        reason = _("new under {app}: nothing serves until it is approved, {name} stays under {old}")
        reason = reason.format(app=template.app, name=left.name, old=old)
    if not case.site.drafts:
        warning = _("this site has no drafts: creating submits, and concurrent runs may submit twice")
        reason = clauses((reason, warning))
    fields = new_fields({**case.wanted, "description": template.description})
    return Decision(
        Action.CREATE, reason, _creation(case), _awaits(case), fields=fields, name=_new_name(case)
    )


def _creation(case: TemplateCase) -> tuple[Step, ...]:
    return (Step.CREATE, Step.SUBMIT) if case.site.drafts else (Step.CREATE,)


def _new_name(case: TemplateCase) -> str:
    numbers = {one.name: number for number, one in case.members}
    highest = case.inputs.memory.numbers.get(case.desired.address, 0)
    return version_name(case.desired.name, next_number(case.family, numbers, highest))


def _awaits_signature(case: TemplateCase) -> str:
    above = case.above.get(case.desired.signature) if case.desired.signature else None
    if above and above.rejected:
        return _("another submission of {signature}, which was rejected").format(signature=above.address)
    return _("the review of its signature")


def _awaits(case: TemplateCase) -> str:
    """Say what stands between a submission and an approved template."""
    signature = case.above.get(case.desired.signature) if case.desired.signature else None
    status = read_status(Kind.SIGNATURE, case.site, signature.status or "") if signature else None
    if status is None or status.verdict.approved:
        return _("its review")
    return _("the review of {signature}, then its own").format(signature=case.desired.signature)


def _said_no(case: TemplateCase) -> Decision | None:
    """Report the same submission that was rejected or deactivated before; the user may insist."""
    if case.insisted:
        return None
    sent = case.inputs.memory.submitted
    for one in case.family.versions:
        known = None if case.site.readable_notes else sent.get(one.observed.remote_id)
        if one.phase in (Phase.REJECTED, Phase.DEAD) and one.was_sent_as(case.submission, known):
            reason = _("rejected: {words} (unchanged, so not submitted again)")
            if one.phase is Phase.DEAD:
                reason = _("{message}: {words} (unchanged, so not submitted again)")
            reason = reason.format(message=one.status.verdict.message, words=_words(one.observed))
            if one.fields:  # the reviewer saw something else; whose doing that was is not told
                other = _("{names} was changed there after it was submitted; --resubmit submits again")
                reason = clauses((reason, other.format(names=named(one.fields))))
            return replace(_about(one, Action.NONE, beside_live(case, reason)), rejected=True)
    said = case.refused_before(case.submission)
    return Decision(Action.NONE, beside_live(case, said), rejected=True) if said else None


def _words(observed: ObservedTemplate) -> str:
    return observed.review_message or _("no reason given")
