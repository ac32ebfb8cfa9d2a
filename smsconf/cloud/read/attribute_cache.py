"""Remember the attributes of templates' variables between runs: they cost one request per template.

What is kept may be lost at any time: then everything is read again. It decides nothing and holds no secret;
where it is kept is the store's business.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from smsconf.model.observed import ObservedTemplate, ObservedVariable

_SETTLED = timedelta(minutes=1)
# the zone of the service's timestamps is undocumented: UTC or Beijing
_ZONES = (UTC, timezone(timedelta(hours=8)))


@dataclass
class AttributeCache:
    """Variables by template, valid while its update time, status and content stay.

    ``recall`` gives what was kept for this account, when it is first used; ``keep`` keeps it, when
    :meth:`save` is called.
    """

    _recall: Callable[[], dict[str, Any]]
    _keep: Callable[[Mapping[str, Any]], None]
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
        """Keep it for later runs, if anything changed."""
        if self._changed and self._entries is not None:
            self._keep(self._entries)
            self._changed = False

    def _load(self) -> dict[str, Any]:
        if self._entries is None:
            self._entries = self._recall()
        return self._entries


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
