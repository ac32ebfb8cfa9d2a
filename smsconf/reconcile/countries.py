"""The countries an international template goes to: from the names in the files to the service's ids."""

from __future__ import annotations

from dataclasses import dataclass

from smsconf.language import _
from smsconf.model.nearest import nearest
from smsconf.model.resources import Template
from smsconf.reconcile.index import Index


@dataclass(frozen=True, slots=True)
class Countries:
    """The desired countries as the service knows them; ``unknown`` holds the names it does not.

    ``names`` has the unknown ones too, as they are written: no version goes to fewer countries than asked.
    """

    ids: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def find_countries(index: Index, template: Template) -> Countries:
    """Look up the countries of a template among those the service reports, in either language."""
    found = {name: index.country_ids.get(name.casefold()) for name in template.countries}
    ids = tuple(number for number in found.values() if number is not None)
    names = tuple(name if number is None else index.country_names[number] for name, number in found.items())
    return Countries(ids, names, tuple(name for name, number in found.items() if number is None))


def unknown_country(index: Index, name: str) -> str:
    """Say that the service knows no such country, and which one comes nearest."""
    near = nearest(name, index.country_ids, alike=0.6)
    if near is None:
        return _("the service knows no country '{name}'").format(name=name)
    meant = index.country_names[index.country_ids[near]]
    return _("the service knows no country '{name}'; did you mean {near}?").format(name=name, near=meant)
