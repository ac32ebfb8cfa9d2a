"""Name the account that answers, so that nothing remembered of one is taken for another's.

Asks nothing (``client`` does), and keeps nothing beyond a run. A real account is known by site, region,
project and host; a database of the emulator by the id that it sends along, as it uses the same ids for its
objects as any other one.
"""

from __future__ import annotations

import re
import threading
from urllib.parse import quote

import httpx

from smsconf.cloud.http.answers import Answer
from smsconf.cloud.http.hosts import is_loopback
from smsconf.language import _
from smsconf.model.errors import CloudBroken
from smsconf.model.sites import Site

EMULATOR_DATABASE = "X-Emulator-Database"

_DATABASE = re.compile(r"[0-9a-f]{8,64}")
_PORTS = {"https": 443, "http": 80}


class Account:
    """Who is at a host: known from its name, on this machine from its answers.

    ``region`` is empty for a host that serves no region's project.
    """

    def __init__(self, site: Site, region: str, project_id: str, url: httpx.URL) -> None:
        self._site = site
        self._named = named_scope(site, region, project_id, url)
        self._loopback = is_loopback(url.host)
        self._scope = None if self._loopback else self._named
        self._database: str | None = None
        self._lock = threading.Lock()

    @property
    def scope(self) -> str | None:
        """The account as stable text, ``None`` while nobody knows."""
        with self._lock:
            return self._scope

    def note(self, operation: str, answer: Answer) -> None:
        """Learn from an answer who is there; the header counts on this machine only.

        Not every answer need have it: an emulator that fails may not know its own id, and what stands before
        it may answer too.

        Raises:
            CloudBroken: it is another database than before: what is remembered of the first is not of it.
        """
        if not self._loopback:
            return
        found = emulator_scope(self._site, answer.headers.get(EMULATOR_DATABASE, ""))
        with self._lock:
            known = self._database = self._database or found
            if known or answer.status < 400:
                self._scope = known or self._named
        if found not in (None, known):
            raise CloudBroken(
                _("another database answers than at the start of this run"),
                operation=operation,
                status=answer.status,
                arrived=True,
                why=_("the emulator was reset meanwhile, or started again with another file"),
                fix=_("run the command again"),
            )


def emulator_scope(site: Site, database: str) -> str | None:
    """Name a database of the emulator; ``None`` if that is no id of one."""
    return f"emulator/{site.name}/{database}" if _DATABASE.fullmatch(database) else None


def named_scope(site: Site, region: str, project_id: str, url: httpx.URL) -> str:
    """Name an account of the service itself; its host only where it is not the site's own."""
    words = ["huaweicloud", site.name, region, project_id]
    own = site.regions.get(region, ("",))[0]
    if url.scheme != "https" or url.host != own or url.port is not None:
        words.append(f"{url.host}:{url.port or _PORTS[url.scheme]}")
    return "/".join(quote(word, safe=":") for word in words)
