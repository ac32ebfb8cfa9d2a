"""Which hosts may get credentials: the site table's, this machine, and those the environment trusts.

Nothing is sent from here, and no file of a project can add a host: a pull request must not be able to
redirect credentials.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

import httpx

from smsconf.language import _
from smsconf.model import emulator_keys
from smsconf.model.errors import Unauthorized
from smsconf.model.sites import IAM_HOSTS, SITES, Site

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
    if _is_named(parsed, environ):
        return
    shown = _place(parsed)
    raise _refused(
        _("credentials are not sent to {shown}").format(shown=shown),
        _("remove provider.endpoint, or set {trusted_hosts}={shown} in the environment").format(
            trusted_hosts=TRUSTED_HOSTS, shown=shown
        ),
        site,
    )


def check_loopback(url: str, environ: Mapping[str, str], *, emulators: bool) -> None:
    """Make sure that nothing real goes to whoever listens on this machine, before anything is sent.

    A neighbour on a shared runner may listen there, and a pull request may name the port. What is signed
    with a real key tells no secret, but can be sent on to the service for a while: it is held back as well.

    Args:
        url: a url that :func:`check_host` let pass.
        environ: may name the host as a trusted one.
        emulators: the credentials open nothing but an emulator.

    Raises:
        Unauthorized: it is this machine, and they open more than that.
    """
    parsed = _parsed(url)
    if emulators or not is_loopback(parsed.host) or _is_named(parsed, environ):
        return
    raise Unauthorized(
        _("these credentials are not sent to {shown}: they are not an emulator's").format(
            shown=_place(parsed)
        ),
        why=_(
            "anybody on this machine may listen there; only keys that open nothing but an emulator go to it, "
            "unless {trusted_hosts} names it: a pull request cannot redirect the others"
        ).format(trusted_hosts=TRUSTED_HOSTS),
        fix=_(
            "use the emulator's keys ({access_key} and {secret_key}; the app secrets that it made: after "
            "smsconf emulator reset and apply, if an older version made them), or set "
            "{trusted_hosts}={shown} in the environment if what listens there is yours"
        ).format(
            access_key=emulator_keys.ACCESS_KEY,
            secret_key=emulator_keys.SECRET_KEY,
            trusted_hosts=TRUSTED_HOSTS,
            shown=_place(parsed),
        ),
        arrived=False,
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


def _is_named(url: httpx.URL, environ: Mapping[str, str]) -> bool:
    """Tell whether the environment trusts a host: by its name for every port, or by name and port."""
    named = {name.strip().lower() for name in environ.get(TRUSTED_HOSTS, "").split(",")}
    host = url.host.lower()
    bare = f"[{host}]" if ":" in host else host
    port = url.port or (443 if url.scheme == "https" else 80)
    return not named.isdisjoint({host, bare, f"{bare}:{port}"})


def _place(url: httpx.URL) -> str:
    """Return host and port as the environment is to name them."""
    host = f"[{url.host}]" if ":" in url.host else url.host
    return (host if url.port is None else f"{host}:{url.port}").lower()


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
