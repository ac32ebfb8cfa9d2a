"""From a provider in the files and the environment to an open client for the service.

The embedded emulator is not opened here (``workflow`` does), and nothing is asked for but a token, where
there is only a password, and the project's id, where nobody says it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple, Protocol

import httpx

from smsconf.cloud.auth.credentials import Credentials, Environ, find_credentials
from smsconf.cloud.auth.iam import FetchedTokens, Token, fetch_token, find_project_id
from smsconf.cloud.http.client import PATIENCE, Client
from smsconf.cloud.http.connection import open_connection
from smsconf.cloud.http.hosts import check_host, check_loopback, is_loopback
from smsconf.cloud.http.limiter import Limiter
from smsconf.cloud.http.scope import named_scope
from smsconf.cloud.http.transport import OperationGuard, ServiceAuth, TokenAuth
from smsconf.language import _
from smsconf.model.errors import CloudError, Unauthorized
from smsconf.model.sites import SITES, Site

REQUESTS_PER_SECOND = 20.0  # the service's own limit is undocumented
TIMEOUT = "SMSCONF_TIMEOUT"


class ServiceProvider(Protocol):
    """What the files say about the service; ``config`` has the class."""

    @property
    def site(self) -> str:
        """Name of the site."""

    @property
    def region(self) -> str:
        """Region of the site."""

    @property
    def project_id(self) -> str | None:
        """Project, if the files name it."""

    @property
    def endpoint(self) -> str | None:
        """Another host than the site's, if the files name one."""


@contextmanager
def connect(
    provider: ServiceProvider,
    environ: Environ,
    *,
    read_only: bool,
    tell: Callable[[str], None] = lambda _credentials: None,
) -> Iterator[Client]:
    """Open a client for a provider; close it at the end.

    Args:
        provider: what the files say.
        environ: where credentials and trusted hosts come from.
        read_only: refuse every operation that writes.
        tell: told whose credentials are used, before anything is sent.

    Raises:
        Unauthorized: no credentials, a host that must not get them, or no project.
        CloudError: the region is not known, or IAM does not answer as it should.
    """
    site = SITES[provider.site]
    base_url = service_url(site, provider)
    check_host(base_url, site, environ)
    credentials = find_credentials(environ)
    tell(str(credentials))
    _check_region(provider, credentials)
    iam = _Iam(site, provider, base_url, credentials, patience_of(environ))
    if iam.url:
        check_host(iam.url, site, environ)
    for url in {base_url, iam.url or base_url}:
        check_loopback(url, environ, emulators=credentials.emulators(environ))
    project_id, auth = iam.project_and_auth()
    loopback = is_loopback(httpx.URL(base_url).host)
    with Client(
        site=site,
        base_url=base_url,
        region=provider.region,
        project_id=project_id,
        auth=auth,
        read_only=read_only,
        limiter=Limiter(None if loopback else REQUESTS_PER_SECOND),
        patience=iam.patience,
        credentials=str(credentials),
    ) as client:
        yield client


def told_scope(provider: ServiceProvider, environ: Environ) -> str | None:
    """Name the account of a provider as files and environment tell it; ``None`` if somebody must be asked.

    Nothing is sent, and no credentials are needed where the files name the project.

    Raises:
        CloudError: the region is not known.
    """
    site = SITES[provider.site]
    url = httpx.URL(service_url(site, provider))
    project_id = provider.project_id
    if project_id is None:
        with suppress(Unauthorized):
            project_id = find_credentials(environ).project_id
    if project_id is None or is_loopback(url.host):
        return None
    return named_scope(site, provider.region, project_id, url)


class _Iam(NamedTuple):
    """What it takes to ask IAM, if it must be asked at all."""

    site: Site
    provider: ServiceProvider
    service_url: str
    credentials: Credentials
    patience: float

    @property
    def url(self) -> str | None:
        """Where IAM is: where the credentials say, on loopback where the service is, else the region's."""
        if self.credentials.iam_url:
            return full_url(self.credentials.iam_url).removesuffix("/v3")
        if is_loopback(httpx.URL(self.service_url).host):
            return self.service_url
        hosts = self.site.regions.get(self.provider.region)
        return f"https://{hosts[1]}" if hosts else None

    def project_and_auth(self) -> tuple[str, ServiceAuth]:
        """Return the project's id (the files', the credentials', IAM's) and what signs requests for it."""
        credentials = self.credentials
        declared = self.provider.project_id or credentials.project_id
        if credentials.password:
            tokens = FetchedTokens(lambda: self._fetch_token(declared), project_id=declared)
            # now, not by the first reads side by side: a wrong password is tried once and locks nobody out
            scope = tokens.project_id
            return declared or scope, tokens
        if credentials.token:
            project_id = declared or self._ask_project_id(TokenAuth(credentials.token))
            return project_id, TokenAuth(credentials.token, project_id=project_id)
        project_id = declared or self._ask_project_id(credentials.signing(None))
        return project_id, credentials.signing(project_id)

    def _ask_project_id(self, auth: ServiceAuth) -> str:
        with self._open(auth) as iam:
            return find_project_id(iam, self._project_name)

    def _fetch_token(self, project_id: str | None) -> Token:
        with self._open(ServiceAuth(self.credentials.password or "")) as iam:
            return fetch_token(iam, self.credentials, self._project_name, project_id)

    @property
    def _project_name(self) -> str:
        return self.credentials.project_name or self.provider.region

    def _open(self, auth: ServiceAuth) -> Client:
        if self.url is None:
            raise Unauthorized(
                _("nobody says which project of region '{region}' is meant, or where its IAM is").format(
                    region=self.provider.region
                ),
                why=_("the region is not in the table of sites, so its IAM host is not known"),
                fix=_("set provider.project_id, or HW_AUTH_URL (iam_endpoint in the profile file)"),
                arrived=False,
            )
        return Client(
            site=self.site,
            base_url=self.url,
            project_id="",
            auth=auth,
            read_only=False,
            transport=OperationGuard(
                open_connection(httpx.URL(self.url), connections=2), lambda one: one.iam
            ),
            patience=self.patience,
        )


def service_url(site: Site, provider: ServiceProvider) -> str:
    """Return scheme and host of the service: the files' endpoint, else the region's.

    Raises:
        CloudError: the region is not known.
    """
    if provider.endpoint:
        return full_url(provider.endpoint)
    hosts = site.regions.get(provider.region)
    if hosts:
        return f"https://{hosts[0]}"
    known = ", ".join(site.regions)
    raise CloudError(
        _("site {name} has no region '{region}'").format(name=site.name, region=provider.region),
        why=_("only the hosts of known regions are known"),
        fix=_("set provider.region to one of {known}, or set provider.endpoint too").format(known=known),
        arrived=False,
    )


def full_url(text: str) -> str:
    """Return a url without a slash at the end; without a scheme it is https, as the vendor's SDK reads it."""
    return (text if "://" in text else f"https://{text}").rstrip("/")


def _check_region(provider: ServiceProvider, credentials: Credentials) -> None:
    if credentials.region in {None, provider.region}:
        return
    raise Unauthorized(
        _("HW_REGION_NAME is {region}, and provider.region is {region2}").format(
            region=credentials.region, region2=provider.region
        ),
        why=_("credentials are for one region's project; sources are never mixed"),
        fix=_("set HW_REGION_NAME={region} for this command, or correct provider.region").format(
            region=provider.region
        ),
        arrived=False,
    )


def patience_of(environ: Environ) -> float:
    """Return the seconds that one request may take.

    Raises:
        CloudError: the environment names no number that can be meant.
    """
    text = environ.get(TIMEOUT, "").strip()
    try:
        seconds = float(text or PATIENCE)
    except ValueError:
        seconds = 0.0
    if 0 < seconds <= 3600:
        return seconds
    raise CloudError(
        _("{timeout} is '{text}'").format(timeout=TIMEOUT, text=text),
        fix=_("set {timeout} to seconds, such as {patience:.0f}").format(timeout=TIMEOUT, patience=PATIENCE),
        arrived=False,
    )
