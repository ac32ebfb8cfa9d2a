"""What the service has, by the names that the files and the journal have for it.

Built once a plan: it spares every decision a walk over all objects, and decides nothing. Names are compared
exactly and case-sensitively by us: the service's own filters may be fuzzy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, KeysView, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from smsconf.model.address import Address
from smsconf.model.memory import Memory
from smsconf.model.observed import Observed, ObservedApp, ObservedSignature, ObservedTemplate
from smsconf.model.resources import Desired, Template
from smsconf.reconcile.names import number_in, split_version

NOTHING = Memory()

K = TypeVar("K")
V = TypeVar("V")


def _grouped(pairs: Iterable[tuple[K, V]]) -> Mapping[K, list[V]]:
    groups: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups


@dataclass(frozen=True)
class Index:
    """One account as one environment's files and journal look at it."""

    desired: Desired
    observed: Observed
    memory: Memory = NOTHING

    # -- by the identity of what is declared

    def apps_named(self, address: Address) -> list[ObservedApp]:
        """Find the apps with the identity (region, name) of a declared one, its former name included."""
        app = self.desired.apps[address]
        names = [name for name in (app.name, app.renamed_from) if name]
        return [one for name in names for one in self._apps.get((app.region.value, name), [])]

    def app_of(self, address: Address) -> ObservedApp | None:
        """Return the one app behind a declared address, or nothing while there is none or no single one."""
        found = self.apps_named(address)
        return found[0] if len(found) == 1 else None

    def signatures_named(self, address: Address) -> list[ObservedSignature]:
        """Find the signatures with the identity (name, type) of a declared one, in the whole account."""
        signature = self.desired.signatures[address]
        return self._signatures.get((signature.name, signature.type.value), [])

    def replaced_signature(self, address: Address) -> ObservedSignature | None:
        """Find the signature that a declared one replaces, under the same app."""
        signature = self.desired.signatures[address]
        app = self.app_of(signature.app)
        if signature.replaces is None or app is None:
            return None
        name, kind = signature.replaces
        found = [one for one in self._signatures.get((name, kind.value), []) if one.app_key == app.app_key]
        return found[0] if len(found) == 1 else None

    def templates_like(self, template: Template) -> list[tuple[int, ObservedTemplate]]:
        """Find every remote template in the family of a declared one, with its number.

        A family spans the declared name and the one it was renamed from. An answer without a region stands
        for the region of its app.
        """
        app = self.app_of(template.app)
        return self.family_under({app.app_key}, template) if app else []

    def family_under(self, app_keys: Iterable[str], template: Template) -> list[tuple[int, ObservedTemplate]]:
        """Find the same under some apps, whatever the files call them."""
        bases = [name for name in (template.name, template.renamed_from) if name]
        found = {
            one.remote_id: (number, one)
            for base in bases
            for key in app_keys
            for one in self._templates.get((key, base), [])
            if (number := number_in(one.name, [base])) and (one.region or template.region) == template.region
        }
        return list(found.values())

    @cached_property
    def _apps(self) -> Mapping[tuple[str, str], list[ObservedApp]]:
        return _grouped(((app.region, app.name), app) for app in self.observed.apps.items)

    @cached_property
    def _signatures(self) -> Mapping[tuple[str, str], list[ObservedSignature]]:
        return _grouped(((one.name, one.type), one) for one in self.observed.signatures.items)

    @cached_property
    def _templates(self) -> Mapping[tuple[str, str], list[ObservedTemplate]]:
        """Templates by app key and name; a suffixed one stands under the name of its family too."""
        return _grouped(
            ((one.app_key, name), one)
            for one in self.observed.templates.items
            for name in {one.name, split_version(one.name)[0]}
        )

    # -- by what the journal recorded

    def recorded_templates(self, address: Address) -> tuple[ObservedTemplate, ...]:
        """Return what the journal knows as an address's and the lists show, its recorded live one first."""
        live = self.templates_by_id.get(self.memory.live.get(address, ""))
        ours = (self.templates_by_id.get(one) for one in self._created.get(address, ()))
        return (*([live] if live else []), *(one for one in ours if one and one is not live))

    def unlisted_templates(self, address: Address) -> tuple[str, ...]:
        """Return the remote ids that the journal knows as created for an address and no list shows."""
        return tuple(one for one in self._created.get(address, ()) if one not in self.templates_by_id)

    @cached_property
    def templates_by_id(self) -> Mapping[str, ObservedTemplate]:
        """Remote id → template, of the whole account."""
        return {one.remote_id: one for one in self.observed.templates.items}

    @cached_property
    def _created(self) -> Mapping[Address, list[str]]:
        return _grouped((address, one) for one, address in self.memory.created.items())

    # -- what the files call what is there

    @cached_property
    def declared_names(self) -> Mapping[tuple[str, str], Template]:
        """App key and name → the declared template that has the name, or had it."""
        return {
            (app.app_key, name): one
            for one in self.desired.templates.values()
            if (app := self.app_of(one.app))
            for name in (one.name, one.renamed_from)
            if name
        }

    @cached_property
    def app_labels(self) -> Mapping[str, str]:
        """App key → address of a declared app, else its remote name."""
        return {app.app_key: app.name for app in self.observed.apps.items} | self._declared_apps

    @cached_property
    def signature_labels(self) -> Mapping[str, str]:
        """Remote id → address of a declared signature, else its remote name."""
        labels = {one.remote_id: one.name for one in self.observed.signatures.items}
        for address in self.desired.signatures:
            labels.update((one.remote_id, str(address)) for one in self.signatures_named(address))
        return labels

    @cached_property
    def managed_app_keys(self) -> frozenset[str]:
        """App keys of the declared apps that are not external: the only ones whose objects may be pruned.

        Of two apps with the identity of one, nobody can tell which is ours.
        """
        ours = (self.app_of(app.address) for app in self.desired.apps.values() if not app.external)
        return frozenset(app.app_key for app in ours if app)

    @property
    def declared_app_keys(self) -> KeysView[str]:
        """App keys of all declared apps; objects of any other app are foreign."""
        return self._declared_apps.keys()

    @cached_property
    def _declared_apps(self) -> dict[str, str]:
        return {app.app_key: str(one) for one in self.desired.apps for app in self.apps_named(one)}

    # -- countries

    @cached_property
    def country_names(self) -> Mapping[int, str]:
        """Country id → the service's English name."""
        return {one.country_id: one.english for one in self.observed.countries.items}

    @cached_property
    def country_ids(self) -> Mapping[str, int]:
        """Any of the service's names of a country, case folded → its id."""
        ids: dict[str, int] = {}
        for country in self.observed.countries.items:
            ids.setdefault(country.english.casefold(), country.country_id)
            ids.setdefault(country.chinese.casefold(), country.country_id)
        return ids
