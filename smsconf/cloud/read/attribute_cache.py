"""Remember the attributes of templates' variables between runs: they cost one request per template.

A file that may be lost, be corrupt or not be writable at any time: then everything is read again. It decides
nothing and holds no secret.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from smsconf.model.observed import ObservedTemplate, ObservedVariable
from smsconf.own_files import read_own, write_own

_FORMAT = 2
_SETTLED = timedelta(minutes=1)
# the zone of the service's timestamps is undocumented: UTC or Beijing
_ZONES = (UTC, timezone(timedelta(hours=8)))


@dataclass
class AttributeCache:
    """Variables by template, valid while its update time, status and content stay.

    One file for one account, whose name is asked for when the file is first used: what another one left
    there, the emulator's database before a reset for example, is as lost. It is written by :meth:`save`.
    """

    _path: Path
    _scope: Callable[[], str | None]
    _entries: dict[str, Any] | None = None
    _changed: bool = False

    def get(self, template: ObservedTemplate) -> tuple[ObservedVariable, ...] | None:
        """Return what is remembered of exactly this state of a template."""
        entry = self._load().get(template.remote_id)
        if not isinstance(entry, list) or entry[:-1] != _state(template):
            return None
        try:
            return tuple(ObservedVariable(int(number), str(kind), text) for number, kind, text in entry[-1])
        except (TypeError, ValueError):
            return None

    def put(self, template: ObservedTemplate, variables: tuple[ObservedVariable, ...], now: datetime) -> None:
        """Remember a template's variables, unless it changed just now.

        Update times count seconds: what changed within the last minute may change again unseen.
        """
        if not _is_settled(template.update_time, now):
            return
        attributes = [[one.number, one.type, one.description] for one in variables]
        self._load()[template.remote_id] = [*_state(template), attributes]
        self._changed = True

    def keep_only(self, remote_ids: set[str]) -> None:
        """Forget templates that are gone."""
        entries = self._load()
        for gone in entries.keys() - remote_ids:
            del entries[gone]
            self._changed = True

    def save(self) -> None:
        """Write the file whole, in one rename; a place that cannot be written is no error."""
        if not self._changed:
            return
        document = {"format": _FORMAT, "scope": self._scope(), "templates": self._entries}
        text = json.dumps(document, separators=(",", ":"))
        with contextlib.suppress(OSError):
            write_own(self._path, text.encode(), make=True)
            self._changed = False

    def _load(self) -> dict[str, Any]:
        if self._entries is None:
            self._entries = _read(self._path, self._scope())
        return self._entries


def _read(path: Path, scope: str | None) -> dict[str, Any]:
    try:
        document = json.loads(read_own(path))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(document, dict) or document.get("format") != _FORMAT or document.get("scope") != scope:
        return {}
    entries = document.get("templates")
    return entries if isinstance(entries, dict) else {}


def _state(template: ObservedTemplate) -> list[str | None]:
    content = hashlib.sha256(template.content.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return [template.update_time, template.status, content]


def _is_settled(update_time: str | None, now: datetime) -> bool:
    try:
        moment = datetime.fromisoformat(update_time) if update_time else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is not None:
        return False
    return all(abs(now - moment.replace(tzinfo=zone)) > _SETTLED for zone in _ZONES)
