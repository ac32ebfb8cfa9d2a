"""Decide about a template: the rules of its life, in order, first match wins.

A template is created as a draft and then submitted, so that a run cut short never leaves two reviews. In
review it can be withdrawn and edited; approved it is frozen (management-api reference §5.1 and §5.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from smsconf.address import Address, Kind
from smsconf.reconcile.change import Action, Change, FieldChange, Step
from smsconf.reconcile.diff import (
    field_changes,
    new_fields,
    observed_template_fields,
    template_fields,
    template_notes,
)
from smsconf.reconcile.lifecycle import Phase, read_status
from smsconf.reconcile.situation import Situation
from smsconf.reconcile.state import ObservedTemplate
from smsconf.resources import Region, Template


def decide_templates(situation: Situation, above: Mapping[Address, Change]) -> Iterator[Change]:
    """Decide about every declared template, given what happens to the apps and signatures above it."""
    for address, template in situation.desired.templates.items():
        change = _decide(situation, address, template, above)
        if change.steps:
            change = _blocked(change, above) or change
        yield change


@dataclass(frozen=True, slots=True)
class _Countries:
    """The desired countries as the service knows them; ``unknown`` holds the names it does not."""

    ids: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def _decide(
    situation: Situation, address: Address, template: Template, above: Mapping[Address, Change]
) -> Change:
    base = Change(
        kind=Kind.TEMPLATE,
        action=Action.REFUSED,
        reason="",
        remote_name=template.name,
        address=address,
        needs=(template.app, *([template.signature] if template.signature else [])),
        desired=template,
    )
    problem = _unreadable(situation, template)
    if problem:
        return replace(base, reason=problem)
    countries = _find_countries(situation, template)
    if countries.unknown:
        return replace(base, reason=_unknown_countries(situation, countries))
    base = replace(base, country_ids=countries.ids)
    found = situation.templates_named(template)
    wanted = template_fields(template, countries.names)
    if len(found) > 1:
        ids = ", ".join(one.remote_id for one in found)
        return replace(base, reason=f"{len(found)} templates of {template.app} have this name: {ids}")
    if found:
        return _existing(situation, base, template, found[0], wanted)
    if template.universal and not _usable_signature(situation, template):
        return replace(
            base,
            action=Action.WAIT,
            reason="a universal template needs an approved signature of its type first",
            awaits=f"an approved {template.type.value} signature of {template.app}",
        )
    return _create(situation, base, template, wanted, above)


def _unreadable(situation: Situation, template: Template) -> str | None:
    """Say which reading a decision would need and does not have."""
    observed = situation.observed
    mainland = template.region is Region.CN
    problems = (
        ("apps", observed.apps.problem),
        ("signatures", observed.signatures.problem if mainland else None),
        ("templates", observed.templates.problem),
        ("countries", None if mainland else observed.countries.problem),
    )
    for name, problem in problems:
        if problem:
            return f"{name} could not be read: {problem}"
    return None


def _find_countries(situation: Situation, template: Template) -> _Countries:
    ids: list[int] = []
    unknown: list[str] = []
    for name in template.countries:
        found = situation.country_ids.get(name.casefold())
        if found is None:
            unknown.append(name)
        else:
            ids.append(found)
    return _Countries(tuple(ids), tuple(situation.country_names[number] for number in ids), tuple(unknown))


def _unknown_countries(situation: Situation, countries: _Countries) -> str:
    name = countries.unknown[0]
    near = get_close_matches(name.casefold(), situation.country_ids, n=1)
    hint = f"; did you mean {situation.country_names[situation.country_ids[near[0]]]}?" if near else ""
    return f"the service knows no country '{name}'{hint}"


def _usable_signature(situation: Situation, template: Template) -> bool:
    app = situation.app_of(template.app)
    return app is not None and any(
        one.app_key == app.app_key
        and one.type == template.type.value
        and read_status(Kind.SIGNATURE, situation.site, one.status).verdict.approved
        for one in situation.observed.signatures.items
    )


def _create(
    situation: Situation,
    base: Change,
    template: Template,
    wanted: Mapping[str, object],
    above: Mapping[Address, Change],
) -> Change:
    drafts = situation.site.drafts
    reason = "not at the service yet"
    if not drafts:
        reason += "; this site has no drafts: creating submits, and concurrent runs may submit twice"
    return replace(
        base,
        action=Action.CREATE,
        reason=reason,
        fields=new_fields({**wanted, "description": template.description}),
        steps=(Step.CREATE, Step.SUBMIT) if drafts else (Step.CREATE,),
        awaits=_awaits(situation, template, above),
    )


def _awaits(situation: Situation, template: Template, above: Mapping[Address, Change]) -> str:
    """Say what stands between a submission and an approved template."""
    signature = above.get(template.signature) if template.signature else None
    if signature is None:
        return "its review"
    known = signature.status and read_status(Kind.SIGNATURE, situation.site, signature.status)
    approved = known and known.verdict.approved
    return "its review" if approved else f"the review of {template.signature}, then its own"


def _existing(  # noqa: PLR0911 - one return a rule, in the order of the rules
    situation: Situation,
    base: Change,
    template: Template,
    observed: ObservedTemplate,
    wanted: Mapping[str, object],
) -> Change:
    status = read_status(Kind.TEMPLATE, situation.site, observed.status)
    message = status.verdict.message
    has = observed_template_fields(observed, wanted, situation.signature_labels, situation.country_names)
    fields = field_changes(has, wanted)
    notes = template_notes(template, observed)
    base = replace(
        base,
        remote_id=observed.remote_id,
        status=observed.status,
        observed=observed,
        fields=fields,
        notes=notes,
    )
    resubmit = base.address in situation.selection.resubmit
    match status.phase:
        case Phase.UNKNOWN:
            return replace(base, reason=f"{message}: nothing is written for it")
        case Phase.APPROVED if not fields:
            return replace(base, action=Action.NONE, reason=message)
        case Phase.APPROVED:
            return replace(
                base, reason=f"{message} and frozen, but {_paths(fields)} differs; replacement comes next"
            )
        case Phase.DEAD:
            return _dead(base, observed, message)
        case Phase.IN_REVIEW if not fields:
            awaits = "the review of its signature" if observed.status == "SignReviewing" else "its review"
            return replace(base, action=Action.WAIT, reason=message, awaits=awaits)
        case Phase.IN_REVIEW if not situation.site.withdrawing:
            return replace(
                base,
                action=Action.WAIT,
                reason=f"{message} with other values; this site cannot withdraw: "
                "rejected, it will be edited; approved, it will be replaced",
                awaits="its review",
            )
        case Phase.IN_REVIEW:
            steps = (Step.WITHDRAW, Step.EDIT, Step.SUBMIT)
            reason = f"{message} with other values: withdrawn, edited and submitted again; a new review"
            return replace(base, action=Action.UPDATE, reason=reason, steps=steps, awaits="its review")
        case Phase.REJECTED if not fields and not notes and not resubmit:
            return replace(
                base,
                action=Action.NONE,
                reason=f"rejected: {_words(observed)} (unchanged, so not submitted again)",
                rejected=True,
            )
        case Phase.DISABLED if not fields and not resubmit:
            return replace(base, action=Action.NONE, reason="disabled outside smsconf")
    return _submit(base, observed, status.phase, fields or notes)


def _submit(
    base: Change, observed: ObservedTemplate, phase: Phase, changes: tuple[FieldChange, ...]
) -> Change:
    """Submit what lies there unsubmitted: a draft, a rejected or a disabled version."""
    was = f"rejected: {_words(observed)}" if phase is Phase.REJECTED else phase.value
    return replace(
        base,
        action=Action.UPDATE,
        reason=f"{was}; {'edited and submitted' if changes else 'submitted as it is'}",
        steps=(Step.EDIT, Step.SUBMIT) if changes else (Step.SUBMIT,),
        awaits="its review",
    )


def _dead(base: Change, observed: ObservedTemplate, message: str) -> Change:
    """A deactivated version only occupies its name; the same text is never submitted again."""
    words = f" ({observed.review_message})" if observed.review_message else ""
    if not base.fields:
        return replace(base, action=Action.NONE, reason=f"{message}{words}; change its text", rejected=True)
    return replace(base, reason=f"{message}{words}; replacement comes next")


def _blocked(change: Change, above: Mapping[Address, Change]) -> Change | None:
    """Turn a change into a refusal if something it needs was refused or rejected."""
    for needed in change.needs:
        change_above = above[needed]
        if change_above.rejected or change_above.action is Action.REFUSED:
            word = "was rejected" if change_above.rejected else "is refused"
            return replace(
                change,
                action=Action.REFUSED,
                steps=(),
                awaits=None,
                blocked_by=needed,
                reason=f"blocked: {needed} {word}",
            )
    return None


def _words(observed: ObservedTemplate) -> str:
    return observed.review_message or "no reason given"


def _paths(fields: tuple[FieldChange, ...]) -> str:
    return ", ".join(one.path for one in fields)
