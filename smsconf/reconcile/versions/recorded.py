"""Which versions a template has had, by the journal, and what is taken for the live one where nothing tells.

It looks past the family of a template; ``case`` puts that together, ``family`` says who is who in it.
"""

from __future__ import annotations

from collections.abc import Iterator

from smsconf.language import _
from smsconf.model.address import Kind
from smsconf.model.lifecycle import Phase, read_status
from smsconf.model.observed import ObservedTemplate
from smsconf.model.resources import Template
from smsconf.model.sites import Site
from smsconf.reconcile.countries import find_countries
from smsconf.reconcile.diff import field_changes, observed_template_fields, template_fields
from smsconf.reconcile.inputs import Inputs
from smsconf.reconcile.names import split_version
from smsconf.reconcile.versions.family import Family


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
    members = {one.remote_id for _number, one in inputs.index.templates_like(template)}
    approved: dict[str, ObservedTemplate] = {}
    in_review: dict[str, ObservedTemplate] = {}
    for one in inputs.index.recorded_templates(template.address):
        if one.remote_id in members or _taken_over(inputs, one):
            continue
        if serves(inputs.site, one):
            approved[one.remote_id] = one
        elif read_status(Kind.TEMPLATE, inputs.site, one.status).phase is Phase.IN_REVIEW:
            in_review[one.remote_id] = one
    return (*approved.values(), *in_review.values())


def named_in_place(inputs: Inputs, one: ObservedTemplate) -> Template | None:
    """Return the declared template that a version has the name of."""
    names = inputs.index.declared_names
    return names.get((one.app_key, one.name)) or names.get((one.app_key, split_version(one.name)[0]))


def _taken_over(inputs: Inputs, one: ObservedTemplate) -> bool:
    """Tell whether a declared template has the name of a version, and asks for just what it says."""
    other = named_in_place(inputs, one)
    if other is None:
        return False
    wanted = template_fields(other, find_countries(inputs.index, other).names)
    has = observed_template_fields(one, wanted, inputs.index.signature_labels, inputs.index.country_names)
    return not field_changes(has, wanted)


def lost_version(inputs: Inputs, template: Template) -> ObservedTemplate | None:
    """Return the version that serves by the journal while nobody can tell which app is the template's."""
    if inputs.index.app_of(template.app):
        return None
    recorded = inputs.memory.apps.get(template.app)
    keys = {one.app_key for one in inputs.observed.apps.items if one.remote_id == recorded}
    keys |= {one.app_key for one in inputs.index.apps_named(template.app)}
    left = (one for one in left_behind(inputs, template) if one.app_key in keys)
    return next((one for one in left if serves(inputs.site, one)), None)


def serves(site: Site, one: ObservedTemplate) -> bool:
    """Tell whether a version is approved."""
    return read_status(Kind.TEMPLATE, site, one.status).verdict.approved
