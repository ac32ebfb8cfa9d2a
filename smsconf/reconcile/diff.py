"""What differs between what the files ask and what the service has, field by field, in our words.

Each side becomes a small mapping of *effective* fields (the ones that decide anything); equal mappings
cost one comparison, and deepdiff is loaded only where they differ. A field that the answer of the service
lacks is not compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from smsconf.model.observed import ObservedSignature, ObservedTemplate
from smsconf.model.resources import Brackets, File, Region, Signature, Template
from smsconf.reconcile.change import FieldChange

Fields = Mapping[str, Any]

_COUNTRIES = "countries"


def field_changes(old: Fields, new: Fields) -> tuple[FieldChange, ...]:
    """List what changes from ``old`` to ``new``; both hold the same keys, fields in the order of ``new``.

    Of countries, which have no order, it lists those that go and those that come.
    """
    if old == new:
        return ()
    from deepdiff import DeepDiff

    places: dict[tuple[Any, ...], FieldChange] = {}
    before, after = (fields.get(_COUNTRIES) or () for fields in (old, new))
    for gone in (one for one in before if one not in after):
        places[_COUNTRIES, "gone", gone] = FieldChange(_COUNTRIES, gone, None)
    for come in (one for one in after if one not in before):
        places[_COUNTRIES, "new", come] = FieldChange(_COUNTRIES, None, come)
    old, new = ({**fields, _COUNTRIES: None} if _COUNTRIES in fields else fields for fields in (old, new))
    tree = DeepDiff(old, new, view="tree", ignore_order=False, verbose_level=2)
    for group in tree.values():
        for item in group:
            place = tuple(item.path(output_format="list"))
            places[place] = FieldChange(_dotted(place), _known(item.t1), _known(item.t2))
    order = {name: position for position, name in enumerate(new)}
    ranked = sorted(places, key=lambda place: (order.get(place[0], len(order)), [str(p) for p in place]))
    return tuple(places[place] for place in ranked)


def named(fields: Iterable[FieldChange]) -> str:
    """Name the fields that differ, each once."""
    return ", ".join(dict.fromkeys(one.path for one in fields))


def new_fields(new: Fields) -> tuple[FieldChange, ...]:
    """List the fields of something that is about to be created, leaving out those that hold the default."""
    defaults: tuple[object, ...] = (None, [], "", False, Brackets.CN.value)
    return tuple(FieldChange(name, None, value) for name, value in new.items() if value not in defaults)


def template_fields(desired: Template, countries: tuple[str, ...]) -> dict[str, Any]:
    """Return the effective fields of a desired template; ``countries`` are the service's English names."""
    fields: dict[str, Any] = {"content": desired.content}
    if desired.region is Region.INTL:
        fields[_COUNTRIES] = sorted(countries)
    else:
        fields |= {"type": desired.type.value, "universal": desired.universal}
        if not desired.universal:
            fields["signature"] = str(desired.signature)
        fields["brackets"] = desired.brackets.value
    fields["variables"] = [variable.type.value for variable in desired.variables]
    return fields


def observed_template_fields(
    observed: ObservedTemplate, like: Fields, signatures: Mapping[str, str], countries: Mapping[int, str]
) -> dict[str, Any]:
    """Return the same fields of an observed template.

    Args:
        observed: what the service reports.
        like: the desired fields; only these are returned, and a field the answer lacks is taken from here.
        signatures: remote id → address (or name) of every observed signature.
        countries: country id → English name.
    """
    names = [countries.get(number, str(number)) for number in observed.country_ids]
    variables = observed.variables
    if variables is None and "${" not in observed.content:
        variables = ()
    reported: dict[str, Any] = {
        "content": observed.content,
        _COUNTRIES: sorted(names or observed.country_names) or None,
        "type": observed.type or None,
        "universal": observed.universal,
        "signature": signatures.get(observed.signature_id, observed.signature_id)
        if observed.signature_id
        else None,
        "brackets": observed.brackets,
        "variables": None
        if variables is None
        else [variable.type for variable in sorted(variables, key=lambda one: one.number)],
    }
    return {name: reported[name] if reported[name] is not None else like[name] for name in like}


def says_the_same(
    desired: Template,
    observed: ObservedTemplate,
    countries: Mapping[int, str],
    signature_id: str | None,
) -> bool:
    """Tell whether an observed template has the effective fields of a desired one.

    Args:
        desired: as declared.
        observed: with its variables.
        countries: ids of the desired countries → the service's English names.
        signature_id: primary key of the desired signature, if it is bound to one.
    """
    wanted = template_fields(desired, tuple(countries.values()))
    labels = {signature_id: str(desired.signature)} if signature_id else {}
    return observed_template_fields(observed, wanted, labels, countries) == wanted


def template_notes(
    desired: Template, observed: ObservedTemplate, description: str | None
) -> tuple[FieldChange, ...]:
    """List differences that ride with the next submission and cause none by themselves.

    ``description`` is the observed application note without our mark.
    """
    new: dict[str, Any] = {"description": desired.description or None}
    old: dict[str, Any] = {"description": description}
    if observed.variables is not None and len(observed.variables) == len(desired.variables):
        new["variable descriptions"] = [variable_note(one.name, one.description) for one in desired.variables]
        old["variable descriptions"] = [
            one.description or "" for one in sorted(observed.variables, key=lambda one: one.number)
        ]
    return field_changes(old, new)


def variable_note(name: str, description: str | None) -> str:
    """Return the description of a variable as it travels: its name is the first word, unless a number."""
    words = [description or ""] if name.isdigit() else [name, description or ""]
    return " ".join(word for word in words if word)[:100]


def signature_fields(desired: Signature) -> dict[str, Any]:
    """Return the effective fields of a desired signature besides its identity (name, type)."""
    return {"app": str(desired.app), "source": desired.source.value, "third_party": desired.third_party}


def observed_signature_fields(
    observed: ObservedSignature, like: Fields, apps: Mapping[str, str]
) -> dict[str, Any]:
    """Return the same fields of an observed signature; ``apps`` maps app key → address or name."""
    reported = {
        "app": apps.get(observed.app_key, observed.app_key) if observed.app_key else None,
        "source": observed.source,
        "third_party": observed.third_party,
    }
    return {name: reported[name] if reported[name] is not None else like[name] for name in like}


def signature_notes(desired: Signature, observed: ObservedSignature) -> tuple[FieldChange, ...]:
    """List the other fields we send that differ; they count only once the signature was rejected."""
    return field_changes(
        {name: getattr(observed, name) or None for name in SIGNATURE_NOTES},
        {name: getattr(desired, name) or None for name in SIGNATURE_NOTES},
    )


SIGNATURE_NOTES = ("description", "qualification", "registration_number", "license_number")
FILE_FIELDS = ("licence", "authorization", "proof")


def changed_files(desired: Signature, observed: ObservedSignature | None) -> tuple[str, ...]:
    """Name the file fields whose digest is not what was uploaded; an absent file is not compared."""
    digests = observed.digests if observed else {}
    files: dict[str, File | None] = {name: getattr(desired, name) for name in FILE_FIELDS}
    return tuple(name for name, file in files.items() if file and digests.get(name) != file.digest)


def _dotted(place: tuple[Any, ...]) -> str:
    """Write a path as ``variables[2]``; lists count from 1, as the service numbers variables."""
    return "".join(
        f"[{part + 1}]" if isinstance(part, int) else f"{'.' if position else ''}{part}"
        for position, part in enumerate(place)
    )


def _known(value: Any) -> Any:  # noqa: ANN401 - deepdiff hands over whatever differs
    """Turn deepdiff's mark for "nothing here" into ``None``."""
    return None if type(value).__name__ == "NotPresent" else value
