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
from smsconf.model.resources import Desired, Region
from smsconf.reconcile.index import Index
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
        index = Index(self._desired, Observed(now=self._client.service_time, apps=apps))
        apps, quotas = self._quotas(apps, index)
        observed = Observed(
            now=self._client.service_time,
            apps=apps,
            signatures=self._digests(signatures, index),
            templates=self._variables(templates, index),
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
        return self._reading(lambda: self._client.read("ListSendCountryDetails", wire.read_countries))

    def _quotas(
        self, apps: Reading[ObservedApp], index: Index
    ) -> tuple[Reading[ObservedApp], dict[Region, Quota]]:
        """Ask for the quota of the regions where an app is to be created."""
        missing = {
            app.region
            for address, app in self._desired.apps.items()
            if apps.complete and not app.external and not index.apps_named(address)
        }
        reading = self._reading(
            lambda: [
                (region, self._client.read("ShowAppCount", wire.read_quota, query={"region": region}))
                for region in sorted(missing)
            ]
        )
        return replace(apps, problem=apps.problem or reading.problem), dict(reading.items)

    def _digests(self, signatures: Reading[ObservedSignature], index: Index) -> Reading[ObservedSignature]:
        """Read the digests of the files of declared signatures that can be edited now."""
        wanted = {
            (one.name, one.type.value, app.app_key)
            for one in self._desired.signatures.values()
            if one.licence or one.authorization or one.proof
            for app in index.apps_named(one.app)
        }

        def detailed(one: ObservedSignature) -> ObservedSignature:
            if one.status != wire.EDITABLE_SIGNATURE or (one.name, one.type, one.app_key) not in wanted:
                return one
            digests = {field: self._digest(file_id) for field, file_id in one.file_ids.items()}
            return replace(one, digests={field: digest for field, digest in digests.items() if digest})

        reading = self._reading(lambda: [detailed(one) for one in signatures.items])
        return signatures if signatures.problem else reading

    def _digest(self, file_id: str) -> str | None:
        try:
            return self._client.read("ShowSignatureFile", wire.read_digest, query={"file_id": file_id})
        except Refused as problem:
            if problem.code == FILE_GONE:
                return None
            raise

    def _variables(self, templates: Reading[ObservedTemplate], index: Index) -> Reading[ObservedTemplate]:
        """Read the attributes of the variables of declared templates, side by side, through the cache."""
        declared = {
            (app.app_key, name)
            for one in self._desired.templates.values()
            for app in index.apps_named(one.app)
            for name in (one.name, one.renamed_from)
        }
        wanted = []
        for one in templates.items:
            family = {(one.app_key, name) for name in (one.name, split_version(one.name)[0])}
            if "${" in one.content and (self._everything or not declared.isdisjoint(family)):
                wanted.append(one)
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
        except CloudError as problem:
            if isinstance(problem, Unauthorized) and problem.status == 401:
                raise
            if isinstance(problem, Unreachable):
                self._unreachable.append(problem)
            return Reading(problem=in_one_line(problem))


def with_variables(client: Client, template: ObservedTemplate) -> ObservedTemplate:
    """Return a template with the attributes of its variables, read now if they are not known yet."""
    if template.variables is not None or "${" not in template.content:
        return template
    path = {"id": template.remote_id}
    read = client.read("ListTemplateVarilableDetails", wire.read_variables, path=path)
    return replace(template, variables=read)
