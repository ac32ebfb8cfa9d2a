"""What the project's other environments in the same account declare, and what of it this run must leave be.

Two environments may share apps, signatures and template families. Their journals need not be the same file,
so what another environment may need is read from its files and from the service, not from its runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from smsconf.model.address import Address, Kind
from smsconf.model.lifecycle import Phase, read_status
from smsconf.model.observed import ObservedApp, ObservedTemplate
from smsconf.model.resources import Desired, Template
from smsconf.reconcile.countries import find_countries
from smsconf.reconcile.diff import observed_template_fields, template_fields
from smsconf.reconcile.index import Index
from smsconf.reconcile.inputs import Inputs


def declared_by_others(inputs: Inputs) -> Mapping[str, str]:
    """Tell which signatures and templates another environment declares, or serves until it has others.

    Returns: remote id → its name.
    """
    found = {
        remote_id: environment
        for remote_id in inputs.memory.live_of_others
        if (environment := serving_others(inputs, remote_id))
    }
    for environment, other in inputs.others.items():
        for address in other.desired.signatures:
            found.update((one.remote_id, environment) for one in other.signatures_named(address))
        for template in other.desired.templates.values():
            found.update((one.remote_id, environment) for _, one in _members(inputs, other, template))
    return found


def serving_others(inputs: Inputs, remote_id: str) -> str | None:
    """Name an environment that recorded a version as live, and whose files still have its address."""
    for environment, address in inputs.memory.live_of_others.get(remote_id, ()):
        desired = inputs.other_environments.get(environment)
        if desired and address in desired.templates:
            return environment
    return None


def needed_by_others(inputs: Inputs) -> Mapping[str, str]:
    """Tell which versions another environment may need: remote id → its name.

    An environment that declares a template just as this one does asks for nothing else. Any other needs the
    newest approved version that says what it declares. Until there is one, it may serve any approved version
    (the one recorded as its live one, if the journal is shared), waits for what is in review and says what it
    declares, and may be at work on whatever this environment did not make.
    """
    return {
        one.remote_id: environment
        for environment, other in inputs.others.items()
        for template in other.desired.templates.values()
        if not _alike(inputs.desired, other.desired, template.address)
        for one in _needed(inputs, environment, other, template)
    }


def _alike(here: Desired, there: Desired, address: Address) -> bool:
    """Tell whether two environments declare a template alike, down to its signature and its app."""
    mine, theirs = here.templates.get(address), there.templates.get(address)
    if mine is None or theirs is None or mine != theirs:
        return False
    same_signature = mine.signature is None or (
        here.signatures.get(mine.signature) == there.signatures.get(mine.signature)
    )
    ours, other = here.apps[mine.app], there.apps[theirs.app]
    return same_signature and (ours.region, ours.name) == (other.region, other.name)


def _members(inputs: Inputs, other: Index, template: Template) -> list[tuple[int, ObservedTemplate]]:
    """Find the versions of another environment's template, whichever of the two has renamed its app."""
    apps: list[ObservedApp] = list(other.apps_named(template.app))
    mine, theirs = inputs.desired.apps.get(template.app), other.desired.apps[template.app]
    renamed = mine and mine.renamed_from and mine.renamed_from in (theirs.name, theirs.renamed_from)
    if mine and renamed and mine.region is theirs.region:
        apps += inputs.index.apps_named(template.app)
    return other.family_under({one.app_key for one in apps}, template)


def _needed(inputs: Inputs, environment: str, other: Index, template: Template) -> Iterator[ObservedTemplate]:
    members = sorted(_members(inputs, other, template), key=lambda member: member[0], reverse=True)
    versions = [one for _number, one in members]
    wanted = template_fields(template, find_countries(other, template).names)
    labels, countries = other.signature_labels, other.country_names
    equal = {
        one.remote_id
        for one in versions
        if observed_template_fields(one, wanted, labels, countries) == wanted
    }
    phases = {one.remote_id: read_status(Kind.TEMPLATE, inputs.site, one.status).phase for one in versions}
    approved = [one for one in versions if phases[one.remote_id] is Phase.APPROVED]
    settled = next((one for one in approved if one.remote_id in equal), None)
    if settled:
        yield settled
        return
    recorded = (environment, template.address)
    serving = [one for one in approved if recorded in inputs.memory.live_of_others.get(one.remote_id, ())]
    yield from serving or approved
    for one in versions:
        asked = phases[one.remote_id] is Phase.IN_REVIEW and one.remote_id in equal
        if phases[one.remote_id] is not Phase.APPROVED and (
            asked or one.remote_id not in inputs.memory.created
        ):
            yield one
