"""Who may use the control routes: programs on this machine, and no page that a browser here shows. Pure.

Which machine asks is the server's business. A page of any site can make a browser on this machine send a GET,
or a POST whose body has one of three types or none, to any address (Fetch standard, "no-cors", read 2026-11),
and by a name of its own that it lets point here (DNS rebinding) read the answers too. What gives it away, and
is refused here:

- by rebinding, the name: ``Host`` is the page's own. Only a loopback address or ``localhost`` with the
  server's port is taken. A request without ``Host`` is of no browser.
- else the origin: a browser sends ``Origin`` with every POST, PUT and DELETE of another origin, and with
  every question whether it may send one (OPTIONS); ``Sec-Fetch-Site`` with the rest. Other than the server's
  own is refused; ``null`` is no origin of ours. No answer ever allows another origin anything.
- and a browser too old for both can send no JSON type: a change from whatever shows itself as a browser
  (``Origin``, ``Referer``, ``Sec-Fetch-Site``) must say ``application/json``. A program may leave the type
  out, or have the one that curl and urllib send unasked; the other types of a page are refused to all.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from smsconf.emulator.base.exchange import Answer

READS = frozenset({"GET", "HEAD"})
JSON = "application/json"
UNASKED = frozenset({"", "application/x-www-form-urlencoded"})
OWN_SITES = frozenset({"same-origin", "none"})  # none: an address typed by a person
BROWSERS_OWN = ("origin", "referer", "sec-fetch-site")  # Node's fetch sends sec-fetch-mode
NOT_FOR_PAGES = (
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)


def refuse_page(method: str, headers: Iterable[tuple[str, str]], port: int | None) -> Answer | None:
    """Return the refusal of a request that a web page may have sent, or ``None``.

    Args:
        method: HTTP method.
        headers: as received, names in any case.
        port: the server's own; ``None`` if it is not known.
    """
    given: dict[str, list[str]] = {}
    for name, value in headers:
        given.setdefault(name.lower(), []).append(value.strip().lower())
    hosts = given.get("host", [])
    for host in hosts:
        if not _is_ours(host, port):
            return _refused(403, f"the control routes are for localhost:{port or 'PORT'}, not for {host!r}")
    own = {f"http://{host}" for host in hosts}
    if not own.issuperset(given.get("origin", [])) or len(own) > 1:
        return _refused(403, "the control routes are not for web pages: the origin is another one")
    if not OWN_SITES.issuperset(given.get("sec-fetch-site", [])):
        return _refused(403, "the control routes are not for web pages: the request came from another one")
    if method.upper() in READS:
        return None
    types = {value.partition(";")[0].strip() for value in given.get("content-type", [""])}
    browser = any(name in given for name in BROWSERS_OWN)
    if types == {JSON} or (types <= UNASKED and not browser):
        return None
    return _refused(415, f"a change wants Content-Type: {JSON}")


def _is_ours(host: str, port: int | None) -> bool:
    name, colon, given = host.rpartition(":")
    if not colon or host.endswith("]"):
        name, given = host, "80"
    if not (given.isascii() and given.isdigit() and len(given) < 6) or port not in {None, int(given)}:
        return False
    if name == "localhost":
        return True
    bracketed = name.startswith("[") and name.endswith("]")
    try:
        address = ipaddress.ip_address(name[1:-1] if bracketed else name)
    except ValueError:
        return False
    return address.is_loopback and bracketed == (address.version == 6)


def _refused(status: int, words: str) -> Answer:
    return Answer({"error": words}, status)
