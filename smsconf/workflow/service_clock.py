"""What time it is for the service, without asking it: this machine's, or an emulator's own.

An emulator's clock is moved by hand, so what was sent through it is late or not by its clock alone. It is
read from the project's database of the emulator, or from an emulator served on this machine; nothing else is
asked, and one that is not found leaves this machine's time.
"""

from __future__ import annotations

import http.client
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from smsconf.cloud.http.answers import EMULATOR_TIME
from smsconf.cloud.http.hosts import is_loopback
from smsconf.cloud.http.scope import EMULATOR_DATABASE
from smsconf.model.errors import SmsconfError
from smsconf.workflow.embedded_emulator import emulator_engine

if TYPE_CHECKING:
    from smsconf.config import Project

_HEALTH = "/_emulator/health"
_PATIENCE = 2.0  # seconds


class ServiceClock:
    """The time of each account, read once; ``""`` is this machine's.

    What names no account is taken for what the project's provider is now.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._now = datetime.now(UTC)
        self._known: dict[str | None, datetime] | None = None

    def __call__(self, scope: str | None) -> datetime:
        """Return the time of an account."""
        if scope is not None and not scope.startswith("emulator/"):
            return self._now
        if self._known is None:
            self._known = self._look()
        return self._known.get(scope and scope.rpartition("/")[2], self._now)

    def _look(self) -> dict[str | None, datetime]:
        known: dict[str | None, datetime] = {}
        for place, project in enumerate(_projects(self._folder)):
            if found := _read(project):
                known.setdefault(*found)
                if place == 0:
                    known[None] = found[1]
        return known


def _projects(folder: Path) -> Iterator[Project]:
    """Yield the project in the environment that is asked for, then in each; none that cannot be read."""
    from smsconf.config import load_project

    with suppress(SmsconfError):
        project = load_project(folder, os.environ.get("SMSCONF_ENV") or None)
        yield project
        for environment in (None, *sorted(project.environments)):
            yield load_project(folder, environment)


def _read(project: Project) -> tuple[str, datetime] | None:
    """Return which database of the emulator a project uses, and its time; ``None`` if it uses none."""
    found = {name.lower(): value for name, value in _health(project)}
    try:
        return found[EMULATOR_DATABASE.lower()], datetime.fromisoformat(found[EMULATOR_TIME.lower()])
    except (KeyError, ValueError):
        return None


def _health(project: Project) -> Iterable[tuple[str, str]]:
    """Return the headers of the emulator that a project uses; none if it uses none, or it does not answer."""
    from smsconf.config import EmulatorProvider

    provider = project.provider
    if isinstance(provider, EmulatorProvider):
        if provider.database.exists():
            with suppress(SmsconfError), emulator_engine(provider.database) as engine:
                return engine.handle("GET", _HEALTH, [], b"").headers
        return ()
    parts = urlsplit(provider.endpoint if provider and provider.endpoint else "")
    if parts.scheme != "http" or not is_loopback(parts.hostname or ""):
        return ()
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_PATIENCE)
    try:
        connection.request("GET", _HEALTH)
        return connection.getresponse().getheaders()
    except (OSError, http.client.HTTPException, ValueError):
        return ()
    finally:
        connection.close()
