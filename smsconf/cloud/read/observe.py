"""Read the account as it is now: every kind once, side by side, whole or not at all.

Writes nothing and decides nothing. A kind that cannot be read whole is *unknown*, with the reason; the
others go on. Only when nothing can be read at all does it raise.

Written from https://support.huaweicloud.com/api-msgsms/sms_05_0022.html (lists), ``sms_05_0043.html``
(variables) and ``sms_05_0034.html`` (files).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from smsconf.cloud.http.client import Client
from smsconf.cloud.http.codes import FILE_GONE
from smsconf.cloud.http.failures import in_one_line
from smsconf.cloud.read import wire
from smsconf.cloud.read.attribute_cache import AttributeCache
from smsconf.model.address import Address
from smsconf.model.errors import CloudError, Refused, Unauthorized, Unreachable
from smsconf.model.observed import (
    Country,
    Observed,
    ObservedApp,
    ObservedSignature,
    ObservedTemplate,
    Quota,
    Reading,
)
from smsconf.model.resources import App, Desired, Region
from smsconf.reconcile.names import split_version

Progress = Callable[[str, int, int], None]
T = TypeVar("T")


def observe(
    client: Client,
    desired: Desired,
    cache: AttributeCache | None = None,
    progress: Progress | None = None,
    *,
    everything: bool = False,
) -> Observed:
    """Read everything a decision about ``desired`` needs.

    Args:
        client: may be read-only.
        desired: says whose details are worth a request of their own.
        cache: remembers variables between runs.
        progress: told (what, read, total), from any thread.
        everything: read the variables of all templates, and the countries, whatever is declared.

    Raises:
        Unauthorized: the credentials were not accepted (401).
        Unreachable: no kind could be read, for want of an answer.
    """
    told = progress or (lambda _what, _read, _total: None)
    return _Observation(client, desired, cache, told, everything).read()


@dataclass
class _Observation:
    """One reading: the client, what is asked for, and the failures met so far."""

    _client: Client
    _desired: Desired
    _cache: AttributeCache | None
    _progress: Progress
    _everything: bool
    _unreachable: list[Unreachable] = field(default_factory=list)

    def read(self) -> Observed:
        intl = self._everything or any(one.region is Region.INTL for one in self._desired.templates.values())
        with ThreadPoolExecutor(4, thread_name_prefix="smsconf-kind") as kinds:
            apps_read = kinds.submit(self._list, "apps", wire.APPS)
            signatures_read = kinds.submit(self._list, "signatures", wire.SIGNATURES)
            templates_read = kinds.submit(self._list, "templates", wire.TEMPLATES)
            countries_read = kinds.submit(self._countries) if intl else None
        apps, signatures, templates = apps_read.result(), signatures_read.result(), templates_read.result()
        if len(self._unreachable) >= 3 and not (apps.complete or signatures.complete or templates.complete):
            raise self._unreachable[0]
        found = _declared_apps(self._desired, apps.items)
        apps, quotas = self._quotas(apps, found)
        observed = Observed(
            now=self._client.service_time,
            apps=apps,
            signatures=self._digests(signatures, found),
            templates=self._variables(templates, found),
            countries=countries_read.result() if countries_read else Reading(),
            app_quotas=quotas,
        )
        if self._cache:
            if templates.complete:
                self._cache.keep_only({one.remote_id for one in templates.items})
            self._cache.save()
        return observed

    def _list(self, what: str, kind: wire.Listed[T]) -> Reading[T]:
        report = partial(self._progress, what)
        return self._reading(
            lambda: [kind.read(kind.list, item) for item in self._client.list_all(kind.list, progress=report)]
        )

    def _countries(self) -> Reading[Country]:
        operation = "ListSendCountryDetails"
        return self._reading(lambda: wire.read_countries(operation, self._client.call(operation)))

    def _quotas(
        self, apps: Reading[ObservedApp], found: dict[Address, ObservedApp]
    ) -> tuple[Reading[ObservedApp], dict[Region, Quota]]:
        """Ask for the quota of the regions where an app is to be created."""
        operation = "ShowAppCount"
        missing = {
            app.region
            for address, app in self._desired.apps.items()
            if apps.complete and not app.external and address not in found
        }
        reading = self._reading(
            lambda: [
                (region, wire.read_quota(operation, self._client.call(operation, query={"region": region})))
                for region in sorted(missing)
            ]
        )
        return replace(apps, problem=apps.problem or reading.problem), dict(reading.items)

    def _digests(
        self, signatures: Reading[ObservedSignature], apps: dict[Address, ObservedApp]
    ) -> Reading[ObservedSignature]:
        """Read the digests of the files of declared signatures that can be edited now."""
        wanted = {
            (one.name, one.type.value, apps[one.app].app_key)
            for one in self._desired.signatures.values()
            if one.app in apps and (one.licence or one.authorization or one.proof)
        }

        def detailed(one: ObservedSignature) -> ObservedSignature:
            if one.status != wire.EDITABLE_SIGNATURE or (one.name, one.type, one.app_key) not in wanted:
                return one
            digests = {field: self._digest(file_id) for field, file_id in one.file_ids.items()}
            return replace(one, digests={field: digest for field, digest in digests.items() if digest})

        reading = self._reading(lambda: [detailed(one) for one in signatures.items])
        return signatures if signatures.problem else reading

    def _digest(self, file_id: str) -> str | None:
        operation = "ShowSignatureFile"
        try:
            answer = self._client.call(operation, query={"file_id": file_id})
        except Refused as problem:
            if problem.code == FILE_GONE:
                return None
            raise
        return wire.read_digest(operation, answer)

    def _variables(
        self, templates: Reading[ObservedTemplate], apps: dict[Address, ObservedApp]
    ) -> Reading[ObservedTemplate]:
        """Read the attributes of the variables of declared templates, side by side, through the cache."""
        names = _declared_names(self._desired, apps)
        wanted = [
            one
            for one in templates.items
            if "${" in one.content and (self._everything or _is_declared(one, names))
        ]
        if templates.problem or not wanted:
            return templates
        known = {one.remote_id: self._cache.get(one) for one in wanted} if self._cache else {}
        unread = [one for one in wanted if known.get(one.remote_id) is None]

        def read_all() -> Iterable[ObservedTemplate]:
            read = self._client.side_by_side(self._read_variables, unread)
            variables = known | {one.remote_id: one.variables for one in read}
            return (replace(one, variables=variables.get(one.remote_id)) for one in templates.items)

        return self._reading(read_all)

    def _read_variables(self, template: ObservedTemplate) -> ObservedTemplate:
        read = with_variables(self._client, template)
        if self._cache and read.variables is not None:
            self._cache.put(template, read.variables, self._client.service_time)
        return read

    def _reading(self, items: Callable[[], Iterable[T]]) -> Reading[T]:
        """Read a kind whole, or say why not."""
        try:
            return Reading(tuple(items()))
        except Unauthorized as problem:
            if problem.status == 401:
                raise
            return Reading(problem=in_one_line(problem))
        except Unreachable as problem:
            self._unreachable.append(problem)
            return Reading(problem=in_one_line(problem))
        except CloudError as problem:
            return Reading(problem=in_one_line(problem))


def with_variables(client: Client, template: ObservedTemplate) -> ObservedTemplate:
    """Return a template with the attributes of its variables, read now if they are not known yet."""
    if template.variables is not None or "${" not in template.content:
        return template
    operation = "ListTemplateVarilableDetails"
    answer = client.call(operation, path={"id": template.remote_id})
    return replace(template, variables=wire.read_variables(operation, answer))


def _declared_apps(desired: Desired, apps: Iterable[ObservedApp]) -> dict[Address, ObservedApp]:
    """Find the apps that the files declare, under their name or the one they are renamed from."""
    by_name = {(one.region, one.name): one for one in apps}

    def find(app: App) -> ObservedApp | None:
        former = by_name.get((app.region.value, app.renamed_from)) if app.renamed_from else None
        return by_name.get((app.region.value, app.name)) or former

    return {address: one for address, app in desired.apps.items() if (one := find(app))}


def _declared_names(desired: Desired, apps: dict[Address, ObservedApp]) -> frozenset[tuple[str, str]]:
    """Return (app key, remote name) of every declared template whose app exists."""
    return frozenset(
        (apps[one.app].app_key, name)
        for one in desired.templates.values()
        if one.app in apps
        for name in (one.name, one.renamed_from)
        if name
    )


def _is_declared(template: ObservedTemplate, names: frozenset[tuple[str, str]]) -> bool:
    """Tell whether a template is of a declared family."""
    family = {(template.app_key, name) for name in (template.name, split_version(template.name)[0])}
    return not names.isdisjoint(family)
