"""Recognise the versions of a declared template at the service: whose they are, which one is live.

It compares and remembers; ``family`` says who is who, ``templates`` decides what happens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from smsconf.language import _
from smsconf.model.address import Kind
from smsconf.model.lifecycle import Phase, read_status
from smsconf.model.observed import ObservedTemplate
from smsconf.model.resources import Template
from smsconf.reconcile.countries import find_countries
from smsconf.reconcile.diff import field_changes, observed_template_fields, template_fields, template_notes
from smsconf.reconcile.inputs import Inputs
from smsconf.reconcile.versions.family import Family, Version, split_version, without_twins
from smsconf.reconcile.versions.submission import split_mark


def recognise(
    inputs: Inputs,
    template: Template,
    wanted: Mapping[str, Any],
    needed: Mapping[str, str],
    sent_as: Callable[[str | None], str],
) -> Family:
    """Return the family of an address.

    Args:
        inputs: what is there, and what the journal knows.
        template: as declared.
        wanted: its effective fields.
        needed: remote id → the other environment that may need that version.
        sent_as: tells the hash of what would be submitted with an application note; called only where it
            decides something.
    """
    members = inputs.templates_like(template)
    winners, losers, clashes = without_twins(
        _version(inputs, template, wanted, needed, *member) for member in members
    )
    family = Family(winners, losers, clashes, inputs.memory.live.get(template.address))
    family = replace(family, unclaimed=_unclaimed(inputs, family))
    asked = any(one.equal and one.phase is Phase.IN_REVIEW for one in winners)
    if family.settled or asked or template.address in inputs.selection.resubmit:
        return family
    approved = [one for one in winners if one.phase is Phase.APPROVED]
    known = [one for one in approved if one.mark or one in family.approved]
    serving = [one for one in approved if one.observed.remote_id == family.remembered]
    for one in (*known[:1], *serving):  # an older one may have got its text from anybody since
        if _was_sent(inputs, template, one, sent_as):
            return replace(family, altered=one.observed.remote_id)
    return family


def doubts_about(family: Family) -> Iterator[str]:
    """Say what is taken for the live version where nothing tells, and what would tell."""
    if family.known:
        return
    if len(family.approved) > 1:
        guessed = _("of several approved ones ({names}) the newest is taken for the live one")
        yield guessed.format(names=", ".join(one.name for one in family.approved))
    for one in family.unclaimed:
        unclaimed = _("{name} is approved, and nothing here shows whose it is: if ours, adopt: [{name}]")
        yield unclaimed.format(name=one.name)


def left_behind(inputs: Inputs, template: Template) -> tuple[ObservedTemplate, ...]:
    """Return the versions that a template has had by the journal, and that its name or app leads to no more.

    Only those that serve or are in review: the one recorded as live, then the approved, then the others.
    """
    members = {one.remote_id for _number, one in inputs.templates_like(template)}
    approved: dict[str, ObservedTemplate] = {}
    in_review: dict[str, ObservedTemplate] = {}
    for one in inputs.recorded_templates(template.address):
        if one.remote_id in members or _taken_over(inputs, one):
            continue
        if serves(inputs, one):
            approved[one.remote_id] = one
        elif read_status(Kind.TEMPLATE, inputs.site, one.status).phase is Phase.IN_REVIEW:
            in_review[one.remote_id] = one
    return (*approved.values(), *in_review.values())


def named_in_place(inputs: Inputs, one: ObservedTemplate) -> Template | None:
    """Return the declared template that a version has the name of."""
    names = inputs.declared_names
    return names.get((one.app_key, one.name)) or names.get((one.app_key, split_version(one.name)[0]))


def _taken_over(inputs: Inputs, one: ObservedTemplate) -> bool:
    """Tell whether a declared template has the name of a version, and asks for just what it says."""
    other = named_in_place(inputs, one)
    if other is None:
        return False
    wanted = template_fields(other, find_countries(inputs, other).names)
    has = observed_template_fields(one, wanted, inputs.signature_labels, inputs.country_names)
    return not field_changes(has, wanted)


def lost_version(inputs: Inputs, template: Template) -> ObservedTemplate | None:
    """Return the version that serves by the journal while nobody can tell which app is the template's."""
    if inputs.app_of(template.app):
        return None
    recorded = inputs.memory.apps.get(template.app)
    keys = {one.app_key for one in inputs.observed.apps.items if one.remote_id == recorded}
    keys |= {one.app_key for one in inputs.apps_named(template.app)}
    left = (one for one in left_behind(inputs, template) if one.app_key in keys)
    return next((one for one in left if serves(inputs, one)), None)


def serves(inputs: Inputs, one: ObservedTemplate) -> bool:
    """Tell whether a version is approved."""
    return read_status(Kind.TEMPLATE, inputs.site, one.status).verdict.approved


def stranded_version(inputs: Inputs, template: Template, family: Family) -> ObservedTemplate | None:
    """Return the version that serves, or is in review, under a name that the files no longer lead to.

    Under another app it is another template; and one that says what is desired is live by itself. What was
    never recorded as live counts only where the family has nothing of ours, dead or alive.
    """
    app = inputs.app_of(template.app)
    if app is None or family.settled:
        return None
    recorded = inputs.memory.live.get(template.address)
    bare = not any(one.ours for one in family.versions)
    left = (one for one in left_behind(inputs, template) if one.app_key == app.app_key)
    return next((one for one in left if one.remote_id == recorded or bare), None)


def _unclaimed(inputs: Inputs, family: Family) -> tuple[Version, ...]:
    """Return the approved versions above ours that only the journal, now lost, could tell to be ours.

    Where the service shows the application note, and marks are written, a version without one is not ours.
    """
    if inputs.site.readable_notes and inputs.desired.mark:
        return ()
    top = max((one.number for one in family.approved), default=0)
    return tuple(
        one
        for one in family.versions
        if one.phase is Phase.APPROVED
        and one.number > top
        and one.observed.remote_id not in inputs.memory.created_by_others
    )


def _was_sent(inputs: Inputs, template: Template, one: Version, sent_as: Callable[[str | None], str]) -> bool:
    """Tell whether we submitted this very thing there, but for its note, whatever the service made of it."""
    known = inputs.memory.submitted.get(one.observed.remote_id)
    if not known and not one.mark:
        return False
    notes = (template.description, split_mark(one.observed.description)[0])
    return any(one.bears(sent) or known == sent for sent in map(sent_as, notes))


def _version(
    inputs: Inputs,
    template: Template,
    wanted: Mapping[str, Any],
    needed: Mapping[str, str],
    number: int,
    observed: ObservedTemplate,
) -> Version:
    note, mark = split_mark(observed.description)
    if not inputs.site.readable_notes:  # what an answer lacks is not compared
        note = note or template.description or None
    has = observed_template_fields(observed, wanted, inputs.signature_labels, inputs.country_names)
    memory = inputs.memory
    submitted = memory.submitted.get(observed.remote_id, "")
    if mark and submitted.startswith(mark):  # other texts may have the same first digits
        mark = submitted
    ours = (
        observed.name in (template.name, template.renamed_from)
        or mark is not None
        or observed.remote_id in memory.created
        or observed.name in template.adopt
    )
    live = observed.remote_id == memory.live.get(template.address)
    return Version(
        number=number,
        observed=observed,
        status=read_status(Kind.TEMPLATE, inputs.site, observed.status),
        ours=ours and (live or observed.remote_id not in memory.created_by_others),
        fields=field_changes(has, wanted),
        notes=template_notes(template, observed, note),
        mark=mark,
        needed_by=needed.get(observed.remote_id),
    )
