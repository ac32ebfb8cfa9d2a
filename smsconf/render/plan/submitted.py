"""Change → all that it submits, whether it differs from what is there or not. No sentence is made here.

``fields`` and ``notes`` of a change tell what differs; a text that is submitted as it is has no difference,
and whoever agrees to a plan must see it all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from smsconf.language import _
from smsconf.model.resources import Signature, Template
from smsconf.reconcile.change import Change, SignatureChange, Step, TemplateChange
from smsconf.reconcile.diff import (
    FILE_FIELDS,
    SIGNATURE_NOTES,
    new_fields,
    signature_fields,
    template_fields,
    variable_note,
)
from smsconf.reconcile.versions.submission import split_mark

View = dict[str, Any]
_CARRYING = frozenset({Step.CREATE, Step.EDIT, Step.SUBMIT, Step.ACTIVATE})


def submitted_view(change: Change) -> list[View]:
    """Return path and value of all that a template or a signature is submitted with, but defaults."""
    if _CARRYING.isdisjoint(change.steps):
        return []
    match change:
        case TemplateChange(desired=Template() as template):
            found = _template(template, change.country_names)
        case SignatureChange(desired=Signature() as signature):
            found = _signature(signature, change.uploads)
        case _:
            return []
    return [{"path": one.path, "value": one.new} for one in new_fields(found)]


def unshown(change: Mapping[str, Any]) -> Iterator[View]:
    """Yield what a change in a view submits beyond the differences that it lists."""
    listed = [(one["path"], one["new"]) for one in (*change["fields"], *change["notes"])]
    yield from (one for one in change["submits"] if (one["path"], one["value"]) not in listed)


def _template(template: Template, countries: tuple[str, ...]) -> Mapping[str, Any]:
    return {
        **template_fields(template, countries),
        "variable descriptions": [variable_note(one.name, one.description) for one in template.variables],
        "description": split_mark(template.description)[0],
    }


def _signature(signature: Signature, uploads: tuple[str, ...]) -> Mapping[str, Any]:
    files = {name: getattr(signature, name) for name in FILE_FIELDS}
    again = _("{file}, uploaded: sha256 {digest}")
    return {
        "name": signature.name,
        "type": signature.type.value,
        **signature_fields(signature),
        **{name: getattr(signature, name) for name in SIGNATURE_NOTES},
        **{
            name: again.format(file=file.path, digest=file.digest) if name in uploads else file.path
            for name, file in files.items()
            if file
        },
    }
