"""From a provider in the files and the environment to an open client for the service.

The embedded emulator is not opened here (``cli`` does), and nothing but the project's id is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import httpx

from smsconf.cloud.client import Client
from smsconf.cloud.credentials import Credentials, Environ, check_host, find_credentials
from smsconf.cloud.limiter import Limiter
from smsconf.cloud.project import find_project_id, known_project_id
from smsconf.cloud.transport import is_loopback
from smsconf.errors import CloudError
from smsconf.sites import SITES, Site

REQUESTS_PER_SECOND = 20.0  # the service's own limit is undocumented


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
def connect(provider: ServiceProvider, environ: Environ, *, read_only: bool) -> Iterator[Client]:
    """Open a client for a provider; close it at the end.

    Raises:
        Unauthorized: no credentials, a host that must not get them, or no project.
    """
    site = SITES[provider.site]
    base_url, iam_url = _urls(site, provider)
    check_host(base_url, site, environ)
    check_host(iam_url, site, environ)
    credentials = find_credentials(environ)
    project_id = known_project_id(provider.project_id, credentials)
    if project_id is None:
        name = credentials.project_name or provider.region
        project_id = _ask_project_id(site, iam_url, credentials, name)
    loopback = is_loopback(httpx.URL(base_url).host)
    with Client(
        site=site,
        base_url=base_url,
        project_id=project_id,
        auth=credentials.auth(project_id),
        read_only=read_only,
        limiter=Limiter(None if loopback else REQUESTS_PER_SECOND),
    ) as client:
        yield client


def _ask_project_id(site: Site, iam_url: str, credentials: Credentials, name: str) -> str:
    auth = credentials.auth(None)
    with Client(site=site, base_url=iam_url, project_id="", auth=auth, read_only=True) as iam:
        return find_project_id(iam, name)


def _urls(site: Site, provider: ServiceProvider) -> tuple[str, str]:
    """Return the urls of the service and of IAM; on loopback one host plays both."""
    hosts = site.regions.get(provider.region)
    endpoint = provider.endpoint
    if endpoint and "://" not in endpoint:
        endpoint = f"https://{endpoint}"
    if endpoint and is_loopback(httpx.URL(endpoint).host):
        return endpoint, endpoint
    if hosts is None:
        known = ", ".join(site.regions)
        raise CloudError(
            f"site {site.name} has no region '{provider.region}'",
            fix=f"set provider.region to one of {known}",
            arrived=False,
        )
    management, iam = hosts
    return endpoint or f"https://{management}", f"https://{iam}"
