"""Where a run to many stands → view: plain mappings that are the JSON contract of ``bulk``. Pure.

Numbers are shown as the caller says, hidden by default.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from smsconf.language import _
from smsconf.messaging.bulk.run import Batch, Tally
from smsconf.messaging.bulk.sending import Ended
from smsconf.messaging.send.codes import SENDING
from smsconf.messaging.send.target import Target

FORMAT_VERSION = "1.0"
View = dict[str, Any]


def bulk_view(  # noqa: PLR0913 - a run's name, counts and doubts, and what the command adds
    about: Mapping[str, Any],
    target: Target,
    name: str,
    summary: Mapping[str, Any],
    tally: Tally,
    *,
    doubtful: Iterable[tuple[Batch, datetime]] = (),
    ended: Ended | None = None,
    shown: Callable[[str], str] = str,
    **more: Any,  # noqa: ANN401 - what the command adds: the file of what was left out, the callback
) -> View:
    """Return the document of ``bulk``; without ``ended`` nothing was sent in this run."""
    return {
        "format_version": FORMAT_VERSION,
        **about,
        "name": name,
        "address": str(target.address),
        "remote_name": target.remote_name,
        "template_id": target.template_id,
        "sender": target.sender,
        "recipients": summary,
        "messages": {
            "total": tally.total,
            "accepted": tally.accepted,
            "failed": tally.failed,
            "uncertain": tally.uncertain,
            "assumed_sent": tally.assumed,
            "waiting": tally.waiting,
        },
        "failures": [_failure(status, count) for status, count in tally.statuses.items()],
        "uncertain": [
            {
                "batch": batch.id,
                "messages": len(batch.numbers),
                "first": shown(f"+{batch.numbers[0]}"),
                "last": shown(f"+{batch.numbers[-1]}"),
                "at": at.isoformat(),
            }
            for batch, at in doubtful
        ],
        "outcome": _outcome(tally, ended),
        "stopped": ended.stopped if ended else None,
        **more,
    }


def exit_code(tally: Tally, ended: Ended) -> int:
    """Return 130 after Ctrl-C, 0 if all is done and well, else 5, or without any message sent 4 or 1."""
    if ended.interrupted:
        return 130
    if not (ended.stopped or tally.uncertain or tally.failed or tally.waiting):
        return 0
    if tally.touched:
        return 5
    return 1 if ended.problem else 4


def _failure(status: str, count: int) -> View:
    known = SENDING.get(status)
    return {
        "status": status,
        "messages": count,
        "message": _(known.why) if known and known.why else None,
        "fix": _(known.fix) if known and known.fix else None,
    }


def _outcome(tally: Tally, ended: Ended | None) -> str:
    """Return one word: waiting, interrupted, stopped, unknown, partly accepted, accepted."""
    if ended is None and tally.waiting:
        return "waiting"
    if ended and ended.interrupted:
        return "interrupted"
    if tally.waiting:
        return "stopped"
    if tally.uncertain:
        return "unknown"
    return "partly accepted" if tally.failed else "accepted"
