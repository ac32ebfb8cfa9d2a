"""Where a run to many stands → view: plain mappings that are the JSON contract of ``bulk``. Pure.

Numbers are shown as the caller says, hidden by default.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from smsconf.language import _
from smsconf.messaging.bulk.run import Batch, Run, Tally
from smsconf.messaging.bulk.sending import Ended
from smsconf.messaging.send.codes import SENDING
from smsconf.messaging.send.target import Target
from smsconf.model.errors import Refused

FORMAT_VERSION = "1.0"
View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a run stands; ``run`` is ``None`` for one that was not made, only looked at."""

    run: Run | None
    name: str
    summary: Mapping[str, Any]
    tally: Tally
    doubtful: Sequence[tuple[Batch, datetime]] = ()


def bulk_view(
    about: Mapping[str, Any],
    target: Target,
    standing: Standing,
    *,
    ended: Ended | None = None,
    stopped: str | None = None,
    shown: Callable[[str], str] = str,
    **more: Any,  # noqa: ANN401 - what the command adds: the file of what was left out, the callback
) -> View:
    """Return the document of ``bulk``; without ``ended`` nothing was sent now.

    ``stopped`` says what would stop a run that is only looked at.
    """
    run, tally = standing.run, standing.tally
    over = run and run.begun and ended is None and not tally.waiting
    return {
        "format_version": FORMAT_VERSION,
        **about,
        "run": str(run.id) if run else None,
        "name": standing.name,
        "address": str(target.address),
        "remote_name": target.remote_name,
        "template_id": target.template_id,
        "sender": target.sender,
        "sent_on": run.begun.isoformat() if run and run.begun and over else None,
        "recipients": dict(standing.summary),
        "messages": messages_view(tally),
        "failures": [_failure(status, count) for status, count in (tally.statuses or {}).items()],
        "uncertain": [
            {
                "batch": batch.id,
                "messages": len(batch.numbers),
                "first": shown(f"+{batch.numbers[0]}"),
                "last": shown(f"+{batch.numbers[-1]}"),
                "at": at.isoformat(),
            }
            for batch, at in standing.doubtful
        ],
        "outcome": outcome(tally, ended),
        "stopped": ended.stopped if ended else stopped,
        **more,
    }


def messages_view(tally: Tally) -> View:
    """Return the counts of a run."""
    return {
        "total": tally.total,
        "accepted": tally.accepted,
        "failed": tally.failed,
        "uncertain": tally.uncertain,
        "assumed_sent": tally.assumed,
        "waiting": tally.waiting,
        "opted_out": tally.opted_out,
        "given_up": tally.ended,
    }


def runs_view(rows: Iterable[tuple[Run, Tally]]) -> View:
    """Return the document of ``bulk --runs``."""
    return {
        "format_version": FORMAT_VERSION,
        "runs": [
            {
                "run": str(run.id),
                "name": run.name,
                "template": run.template,
                "environment": run.key.environment,
                "scope": run.key.scope,
                "made": run.made.isoformat(),
                "begun": run.begun.isoformat() if run.begun else None,
                "at": run.message.get("at"),
                "given_up": run.finished.isoformat() if run.finished else None,
                "failed_of": str(run.failed_of) if run.failed_of else None,
                "messages": messages_view(tally),
                "outcome": outcome(tally),
            }
            for run, tally in rows
        ],
    }


def exit_code(tally: Tally, ended: Ended) -> int:
    """Return 130 after Ctrl-C, 0 if all is done and well, else 5, or without any message sent 4 or 1."""
    if ended.interrupted:
        return 130
    if not (ended.stopped or tally.uncertain or tally.failed or tally.waiting):
        return 0
    if tally.touched:
        return 5
    return 4 if ended.problem is None or isinstance(ended.problem, Refused) else 1


def _failure(status: str, count: int) -> View:
    known = SENDING.get(status)
    return {
        "status": status,
        "messages": count,
        "message": _(known.why) if known and known.why else None,
        "fix": _(known.fix) if known and known.fix else None,
    }


def outcome(tally: Tally, ended: Ended | None = None) -> str:
    """Return one word for where a run stands: the first that holds."""
    words = (
        ("waiting", ended is None and tally.waiting),
        ("interrupted", ended is not None and ended.interrupted),
        ("stopped", tally.waiting),
        ("unknown", tally.uncertain),
        ("given up", tally.ended),
        ("partly accepted", tally.failed and (tally.accepted or tally.assumed)),
        ("failed", tally.failed),
    )
    return next((word for word, holds in words if holds), "accepted")
