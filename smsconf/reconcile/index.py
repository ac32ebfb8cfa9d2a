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
from smsconf.reconcile.app_twins import ours_first
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
        """Find the apps with the identity (region, name) of a declared one, its former name included.

        Of twins ours comes first.
        """
        return self._apps_named[address]

    def app_of(self, address: Address) -> ObservedApp | None:
        """Return the app behind a declared address, or nothing while there is none or nobody can tell.

        Of twins nobody can while what they carry is not read whole, nor if an external one is meant and not
        just one of them carries something: a reference must be exact.
        """
        found = self.apps_named(address)
        if len(found) < 2:
            return found[0] if found else None
        read = self.observed.signatures.complete and self.observed.templates.complete
        one_name = len({one.name for one in found}) == 1
        carrying = sum(one.app_key in self._signed | self._texted for one in found)
        clear = carrying == 1 or not self.desired.apps[address].external
        return found[0] if read and one_name and clear else None

    @cached_property
    def _apps_named(self) -> Mapping[Address, list[ObservedApp]]:
        found = {}
        for address, app in self.desired.apps.items():
            names = [name for name in (app.name, app.renamed_from) if name]
            groups = [self._apps.get((app.region.value, name), []) for name in names]
            found[address] = [one for group in groups for one in self._ours_first(address, group)]
        return found

    def _ours_first(self, address: Address, group: list[ObservedApp]) -> list[ObservedApp]:
        """Order twins: what is declared says more than what else they carry, and signatures are unique."""
        if len(group) < 2:
            return group
        signatures = (one for one in self.desired.signatures.values() if one.app == address)
        signed = {one.app_key for each in signatures for one in self.signatures_named(each.address)}
        templates = [one for one in self.desired.templates.values() if one.app == address]
        keys = [one.app_key for one in group]
        texted = {key for key in keys if any(self.family_under([key], each) for each in templates)}
        carrying = (signed, texted, self._signed, self._texted)
        return ours_first(group, carrying, self.memory.apps.get(address))

    @cached_property
    def _signed(self) -> frozenset[str]:
        return frozenset(one.app_key for one in self.observed.signatures.items)

    @cached_property
    def _texted(self) -> frozenset[str]:
        return frozenset(one.app_key for one in self.observed.templates.items)

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
        """App key → address of a declared app, else its remote name, with its id where it is a twin."""
        labels = {
            one.app_key: one.name if len(group) == 1 else f"{one.name} ({one.remote_id})"
            for group in self._apps.values()
            for one in group
        }
        return labels | self._declared_apps

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

        An app of which nobody can tell whether it is ours is none of them.
        """
        ours = (self.app_of(app.address) for app in self.desired.apps.values() if not app.external)
        return frozenset(app.app_key for app in ours if app)

    @property
    def declared_app_keys(self) -> KeysView[str]:
        """App keys of all declared apps; objects of any other app, a twin too, are foreign."""
        return self._declared_apps.keys()

    @cached_property
    def _declared_apps(self) -> dict[str, str]:
        behind = {one: self.app_of(one) for one in self.desired.apps}
        return {
            app.app_key: str(one)
            for one, ours in behind.items()
            for app in ([ours] if ours else self.apps_named(one))
        }

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
