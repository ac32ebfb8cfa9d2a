"""Can the service reach an address that it is to post to? Judged by its text alone; no name is looked up.

Replies and reports come from the public internet: an address of a private network, or a name that only such
a network knows, gets nothing. The rules SMS107 and SMS517 ask; it objects and reports nothing by itself.

Written from https://support.huaweicloud.com/api-msgsms/sms_05_0004.html (replies; read 2026-11).
"""

from __future__ import annotations

import ipaddress
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from smsconf.language import _

# names that no public resolver answers (RFC 6761, 6762, 8375, and what companies use inside)
_INSIDE = (".local", ".localhost", ".internal", ".intranet", ".lan", ".corp", ".home", ".home.arpa", ".test")


class Objection(NamedTuple):
    """What is wrong with an address.

    ``fatal``: nothing can arrive there. ``inside``: it could from within the same network, or an emulator.
    """

    message: str
    fix: str
    fatal: bool = True
    inside: bool = False


def object_to(url: str) -> Objection | None:
    """Say what keeps the service from posting to a url, or ``None``."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    if parts.scheme not in ("http", "https") or not host or port == 0:
        return Objection(
            _("{url} is not an http or https address").format(url=url), _("write https://HOST/PATH")
        )
    return _objection_to_form(url, parts) or _objection_to_host(url, parts, host)


def _objection_to_form(url: str, parts: SplitResult) -> Objection | None:
    if "@" in parts.netloc:
        return Objection(
            _("the address holds a user name or a password"),
            _("remove what stands before the @: it is in the repository, and the service may not send it"),
        )
    if any(one.isspace() or not one.isprintable() for one in url):
        return Objection(_("a blank in the address"), _("remove it, or write %20"))
    if parts.fragment or url.endswith("#"):
        return Objection(
            _("the address has a fragment, which is never sent: #{fragment}").format(fragment=parts.fragment),
            _("remove the # and what follows"),
        )
    return None


def _objection_to_host(url: str, parts: SplitResult, host: str) -> Objection | None:
    if _is_private(host):
        return Objection(
            _("{host} is in a private network: the service cannot reach it").format(host=host),
            _("name a host that the public internet reaches"),
            inside=True,
        )
    if parts.path.rstrip("/") and parts.path.endswith("/"):
        return Objection(
            _("the path ends in a slash: many servers answer it with a redirect, which nobody follows"),
            _("remove the slash, unless your server wants it"),
            fatal=False,
        )
    if parts.scheme == "http":
        return Objection(
            _("{url} is plain http: texts and phone numbers travel open").format(url=url),
            _("write https:// if the host speaks it"),
            fatal=False,
        )
    return None


def _is_private(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        name = host.lower()
        return "." not in name or name.endswith(_INSIDE)
    return not address.is_global
