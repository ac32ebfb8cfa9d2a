"""Can the service reach an address that it is to post to? Judged by its text alone; no name is looked up.

Replies and reports come from the public internet: an address of a private network, or a name that only such
a network knows, gets nothing. Pure; the rules that ask are at the end (SMS107, SMS517).

Written from https://support.huaweicloud.com/api-msgsms/sms_05_0004.html (replies; read 2026-11).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from smsconf.language import _
from smsconf.lint.rule import Hit, Target, rule
from smsconf.lint.sources import PUSHES
from smsconf.lint.subject import Subject
from smsconf.model.address import Address, Kind
from smsconf.model.diagnostics import Severity
from smsconf.model.resources import App, Region

# names that no public resolver answers (RFC 6761, 6762, 8375, and what companies use inside)
_INSIDE = (".local", ".localhost", ".internal", ".intranet", ".lan", ".corp", ".home", ".home.arpa", ".test")

_MESSAGING = Address(Kind.ACCOUNT, "messaging")


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


@rule("SMS107", "reply-url-out-of-reach", Severity.WARNING, PUSHES, on=Target.APP, region=Region.CN)
def reply_url_out_of_reach(app: App, _subject: Subject) -> Iterator[Hit]:
    """An address for replies that the service cannot post to, or that should not be in a file.

    Why:
        replies are pushed once, from the internet: who opted out there and was not heard is written to again
    Example:
        region: cn
        reply_url: https://10.0.0.5/replies
    Instead:
        region: cn
        reply_url: https://sms.example.com/replies
    """
    if isinstance(app.reply_url, str):
        yield from _hits(app.reply_url, "reply_url", app.address)


@rule("SMS517", "report-url-out-of-reach", Severity.WARNING, PUSHES, on=Target.PROJECT)
def report_url_out_of_reach(subject: Subject, _subject: Subject) -> Iterator[Hit]:
    """An address for status reports that the service cannot post to, or that should not be in a file.

    Why:
        status reports are pushed once, from the internet, and kept by nobody else
    Example:
        messaging: {status_callback: "https://user:secret@sms.example.com/reports"}
    Instead:
        messaging: {status_callback: "https://sms.example.com/reports"}
    """
    desired = subject.desired
    yield from _hits(desired.messaging.status_callback, "status_callback", _MESSAGING)
    for address, one in desired.consoles.items():
        yield from _hits(one.batch_report_url, "batch_report_url", address)


def _hits(url: str | None, field: str, address: Address) -> Iterator[Hit]:
    """Yield what is wrong with a url; one that is none is another rule's business."""
    if url and url.lower().startswith(("http://", "https://")) and (found := object_to(url)):
        yield Hit(f"{field}: {found.message}", found.fix, (field,), address=address)
