"""The journal as a picture: when what was submitted, how long its review took, how it ended; as a view.

Entries come from a file that people and other versions may have written: what cannot be read is passed over.
Pure; the drawing is in the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from smsconf.language import _
from smsconf.model.times import stamp

MOST_LANES = 60
_ENDS = {"approved": "approved", "rejected": "rejected", "deactivated": "rejected", "in service": "approved"}


@dataclass(frozen=True, slots=True)
class Wait:
    """One review: from its submission to its decision, or until now while ``outcome`` is ``in review``."""

    start: datetime
    end: datetime
    outcome: str
    remote_name: str
    words: str | None = None


def timeline_view(entries: Iterable[Mapping[str, Any]], now: datetime, *, drafts: bool) -> dict[str, Any]:
    """Pair submissions with the decisions that followed: a lane an address, newest submissions first.

    Args:
        entries: of one environment, oldest first.
        now: the service's time, aware; where reviews that still run end for now.
        drafts: the site has drafts; where it has none, creating a template submits it.
    """
    waits: dict[str, list[Wait]] = {}
    running: dict[tuple[str, str], Wait] = {}
    for entry in entries:
        moment, address = _time(entry), entry.get("address")
        if moment is None or not isinstance(address, str):
            continue
        name = str(entry.get("remote_name") or "")
        if entry.get("event") == "accepted" and _submits(entry, drafts=drafts):
            running[address, name] = Wait(moment, max(moment, now), _("in review"), name)
        elif entry.get("event") == "accepted" and entry.get("step") in ("withdraw", "delete"):
            _end(waits, running, (address, name), moment, "withdrawn", None)
        elif entry.get("event") == "decision" and entry.get("phase") in _ENDS:
            words = entry.get("review_message")
            _end(
                waits,
                running,
                (address, name),
                moment,
                _ENDS[str(entry["phase"])],
                str(words) if words else None,
            )
    for (address, _name), wait in running.items():
        waits.setdefault(address, []).append(wait)
    return _laid_out(waits, now)


def _end(
    waits: dict[str, list[Wait]],
    running: dict[tuple[str, str], Wait],
    key: tuple[str, str],
    moment: datetime,
    outcome: str,
    words: str | None,
) -> None:
    wait = running.pop(key, None)
    if wait is not None:
        ended = replace(wait, end=max(moment, wait.start), outcome=outcome, words=words)
        waits.setdefault(key[0], []).append(ended)


def _laid_out(waits: Mapping[str, Sequence[Wait]], now: datetime) -> dict[str, Any]:
    """Return the view; start and end bound all that is shown, and shares of a wait lie between 0 and 1."""
    lanes = [(address, sorted(found, key=lambda one: one.start)) for address, found in waits.items()]
    lanes.sort(key=lambda lane: (-lane[1][-1].start.timestamp(), lane[0]))
    every = [wait for _address, found in lanes[:MOST_LANES] for wait in found]
    start = min((wait.start for wait in every), default=now)
    whole = max(max((wait.end for wait in every), default=now) - start, timedelta())

    def share(moment: datetime) -> float:
        return (moment - start) / whole if whole else 1.0

    def shown(wait: Wait) -> dict[str, Any]:
        return {
            "start": stamp(wait.start),
            "end": stamp(wait.end),
            "from": share(wait.start),
            "to": share(wait.end),
            "days": (wait.end - wait.start) / timedelta(days=1),
            "outcome": wait.outcome,
            "remote_name": wait.remote_name,
            "review_message": wait.words,
        }

    return {
        "start": stamp(start),
        "end": stamp(start + whole),
        "lanes": [
            {"address": address, "waits": [shown(wait) for wait in found]}
            for address, found in lanes[:MOST_LANES]
        ],
        "left_out": max(0, len(lanes) - MOST_LANES),
    }


def _submits(entry: Mapping[str, Any], *, drafts: bool) -> bool:
    """Tell whether a step asked for a review: a submission, or the creation of what has no drafts."""
    match str(entry.get("address")).partition(".")[0], entry.get("step"):
        case "signature", "create" | "edit" | "activate":
            return True
        case "template", "create":
            return not drafts
        case "template", step:
            return step == "submit"
    return False


def _time(entry: Mapping[str, Any]) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(entry.get("time")))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
