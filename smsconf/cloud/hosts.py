"""Which hosts may get credentials: the site table's, this machine, and those the environment trusts.

Nothing is sent from here, and no file of a project can add a host: a pull request must not be able to
redirect credentials.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

import httpx

from smsconf.errors import Unauthorized
from smsconf.language import _
from smsconf.sites import IAM_HOSTS, SITES, Site

TRUSTED_HOSTS = "SMSCONF_TRUSTED_HOSTS"

_OURS = (
    IAM_HOSTS
    | {name for site in SITES.values() for pair in site.regions.values() for name in pair}
    | {name for site in SITES.values() for name in site.sending.values()}
)


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine: ``localhost`` or a loopback address."""
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return host.lower() == "localhost"
    return address.is_loopback and getattr(address, "ipv4_mapped", None) is None  # Pythons differ there


def is_local(url: str) -> bool:
    """Tell whether a url leads to this machine."""
    return is_loopback(_parsed(url).host)


def check_host(url: str, site: Site, environ: Mapping[str, str]) -> None:
    """Make sure that credentials may go to a url, before anything is sent.

    Raises:
        Unauthorized: its host is neither the service's, nor loopback, nor trusted by the environment; or it
            is plain http to another machine.
    """
    parsed = _parsed(url)
    host, port = parsed.host.lower(), parsed.port
    if parsed.scheme not in {"http", "https"} or not host or parsed.userinfo:
        raise _refused(
            _("'{shown}' is not the url of a host").format(shown=_shown(parsed)), _("use https://HOST"), site
        )
    if is_loopback(host):
        return
    if parsed.scheme != "https":
        raise _refused(
            _("credentials are not sent to {host} over plain http").format(host=host),
            _("use https://{host}").format(host=parsed.host),
            site,
        )
    if host in _OURS and port is None:
        return
    trusted = {name.strip().lower() for name in environ.get(TRUSTED_HOSTS, "").split(",")}
    if host in trusted or f"{host}:{port or 443}" in trusted:
        return
    shown = host if port is None else f"{host}:{port}"
    raise _refused(
        _("credentials are not sent to {shown}").format(shown=shown),
        _("remove provider.endpoint, or set {trusted_hosts}={shown} in the environment").format(
            trusted_hosts=TRUSTED_HOSTS, shown=shown
        ),
        site,
    )


def safe_url(text: str) -> httpx.URL:
    """Read the url a client is to be opened for; plain http is for loopback only.

    Raises:
        Unauthorized: nothing may be sent there.
    """
    url = _parsed(text)
    secure = url.scheme == "https" or (url.scheme == "http" and is_loopback(url.host))
    if secure and url.host and not url.userinfo:
        return url
    raise Unauthorized(
        _("credentials are not sent to '{shown}'").format(shown=_shown(url)),
        why=_("only https hosts may see them; plain http is for this machine alone"),
        fix=_("set provider.endpoint to https://HOST, or leave it out"),
        arrived=False,
    )


def _parsed(text: str) -> httpx.URL:
    try:
        url = httpx.URL(text)
        url.host.encode()  # decodes international names, which may fail
    except (httpx.InvalidURL, ValueError):
        return httpx.URL("")
    return url


def _shown(url: httpx.URL) -> httpx.URL:
    return url.copy_with(userinfo=b"")


def _refused(message: str, fix: str, site: Site) -> Unauthorized:
    hosts = ", ".join(host for host, _ in site.regions.values())
    return Unauthorized(
        message,
        why=_(
            "they go only to the service's hosts (site {name}: {hosts}), to this machine, or to "
            "hosts that {trusted_hosts} names: a pull request cannot redirect them"
        ).format(name=site.name, hosts=hosts, trusted_hosts=TRUSTED_HOSTS),
        fix=fix,
        arrived=False,
    )
