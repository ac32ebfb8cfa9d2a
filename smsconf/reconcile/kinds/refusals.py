"""What keeps a template's change from being sent, whatever its lifecycle says: a refusal in its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from smsconf.language import _
from smsconf.model.address import Address
from smsconf.model.limits import TEMPLATE_NAME
from smsconf.model.observed import ObservedTemplate
from smsconf.model.resources import Template
from smsconf.reconcile.change import Action, Change, Step
from smsconf.reconcile.inputs import Inputs
from smsconf.reconcile.versions.family import split_version
from smsconf.reconcile.versions.recognise import named_in_place, serves


def blocked(change: Change, above: Mapping[Address, Change]) -> Change | None:
    """Turn a change into a refusal if something it needs was refused or rejected."""
    for needed in change.needs:
        change_above = above[needed]
        if change_above.rejected or change_above.action is Action.REFUSED:
            rejected = _("blocked: {need} was rejected")
            reason = rejected if change_above.rejected else _("blocked: {need} is refused")
            return replace(
                change,
                action=Action.REFUSED,
                steps=(),
                awaits=None,
                blocked_by=needed,
                reason=reason.format(need=needed),
            )
    return None


def too_long(change: Change) -> Change | None:
    """Turn a create into a refusal if the service would not take its name: the suffix needs room too."""
    if Step.CREATE not in change.steps or len(change.remote_name) <= TEMPLATE_NAME:
        return None
    reason = _(
        "the name of the new version, {name}, has {length} characters, the service takes {longest}: shorten "
        "name, and keep the family with renamed_from"
    ).format(name=change.remote_name, length=len(change.remote_name), longest=TEMPLATE_NAME)
    return replace(change, action=Action.REFUSED, steps=(), awaits=None, reason=reason)


def misnamed(inputs: Inputs, template: Template, version: ObservedTemplate) -> str:
    """Say that a template's version has a name that the files do not lead to, and what would lead there."""
    said = _("its live version is named '{live}', the files say '{name}': add renamed_from: {base}")
    other = named_in_place(inputs, version)
    if other:
        said = _("its live version has the name '{live}', now that of {other}: rename that one first")
    elif not serves(inputs, version):
        said = _("its version in review is named '{live}', the files say '{name}': add renamed_from: {base}")
    return said.format(
        live=version.name,
        base=split_version(version.name)[0],
        name=template.name,
        other=other.address if other else None,
    )
