"""The sending part of ``bulk``: when it may start, the wait for that, and how far the messages are."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import click

from smsconf.cli.asking import stop_on_interrupt
from smsconf.cli.bulk_job import Job
from smsconf.cli.output import say
from smsconf.cli.progress import progress
from smsconf.cli.sending import Ready, app_key_of, open_sending, url_of
from smsconf.cloud.http.limiter import Limiter
from smsconf.config import Project
from smsconf.language import N_, _
from smsconf.messaging.bulk.batches import request_of
from smsconf.messaging.bulk.ledger import Ledger
from smsconf.messaging.bulk.reader import LedgerReader
from smsconf.messaging.bulk.run import Run
from smsconf.messaging.bulk.sending import Bulk, Conditions, Ended, Progress
from smsconf.messaging.receive.opt_outs import OptOuts
from smsconf.messaging.send.limits import FARTHEST, Allowance, day_of, month_of, opening
from smsconf.messaging.send.sender import rate_of
from smsconf.messaging.send.target import Target
from smsconf.model.errors import PlanRefused
from smsconf.model.resources import Threshold
from smsconf.render.foreign import json_text

LATE = timedelta(minutes=15)
"""How long after its time a list still starts by itself: pipelines are not punctual."""

_SLICE = 30.0  # seconds of one sleep while waiting for --at
_EVENT = 1.0  # seconds between two events of progress


def clock_of(ready: Ready) -> Callable[[], datetime]:
    """Return a clock that shows the service's time."""
    start = time.monotonic()
    return lambda: ready.now + timedelta(seconds=time.monotonic() - start)


def start_of(kind: str, job: Job | None, now: datetime, *, is_new: bool) -> datetime:
    """Return when a run may start, which is now unless it is to wait.

    Raises:
        PlanRefused: it is too far ahead, its time is over, or it is no hour for such messages.
    """
    at = job.at if job else None
    if job and at and is_new and now - at > LATE:
        raise PlanRefused(
            _("{subject} was to go out at {time}, and it is {now}").format(
                subject=job.subject,
                time=at.isoformat(timespec="minutes"),
                now=now.astimezone(at.tzinfo).isoformat(timespec="minutes"),
            ),
            why=_("a message that was meant for another time may be wrong by now"),
            fix=_("change `at` in the files, or pass --at with a time")
            if job.planned
            else _("pass another time, or leave out --at to send now"),
        )
    start = max(at, now) if at else now
    if start - now > FARTHEST:
        raise PlanRefused(
            _("{time} is more than a month ahead").format(time=start.isoformat()),
            fix=_("choose an earlier time; a list that old should be made anew"),
        )
    opens = opening(kind, start)
    if opens:
        raise PlanRefused(
            _("promotions go out from 08:00 to 22:00 Beijing time, and {time} is outside").format(
                time=start.isoformat(timespec="minutes")
            ),
            why=_("the service stops them outside these hours (SC:0011)"),
            fix=_("pass --at {time}").format(time=opens.isoformat(timespec="minutes")),
        )
    return start


def wait_until(start: datetime, clock: Callable[[], datetime]) -> bool:
    """Sleep until a moment; return whether it came, or somebody called it off."""
    with stop_on_interrupt() as stop:
        say(_("waiting until {time}; Ctrl-C calls it off").format(time=start.isoformat(timespec="seconds")))
        while not stop.is_set() and (left := (start - clock()).total_seconds()) > 0:
            stop.wait(min(left, _SLICE))
    return not stop.is_set()


def check_way(project: Project, target: Target, chosen: Mapping[str, Any]) -> None:
    """Find out before anybody is asked that nothing could be sent.

    Raises:
        SmsconfError: nobody says which host sends, or there is no secret of the app.
    """
    url_of(project)
    app_key_of(target, chosen["secrets_file"])


def threshold_of(project: Project, region: str) -> Threshold | None:
    """Return the threshold of a region's whole traffic."""
    for one in project.desired.thresholds.values():
        if one.region.value == region and one.country is None:
            return one
    return None


def shortage(ledger: LedgerReader | None, project: Project, ready: Ready, count: int) -> str | None:
    """Say which threshold will stop so many messages; ``None``: none."""
    region = ready.target.region.value
    found = Allowance(threshold_of(project, region))
    if ledger:
        found.day = ledger.traffic(ready.scope, region, day_of(ready.now))
        found.month = ledger.traffic(ready.scope, region, month_of(ready.now))
    room = found.room()
    if room is None or room >= count:
        return None
    found.spend(room)
    return _("after {room} of {count} messages {limit}").format(
        room=room, count=count, limit=found.exhausted()
    )


def send_run(
    ledger: Ledger,
    run: Run,
    project: Project,
    clock: Callable[[], datetime],
    chosen: Mapping[str, Any],
    opt_outs: OptOuts,
) -> Ended:
    """Send what waits of a run, with the text and sender that it has.

    Raises:
        SmsconfError: no secret, no host, or a file that cannot be used.
    """
    target = Target.from_json(run.message["target"])
    same = tuple(run.message["same"] or ())
    callback = chosen["status_callback"] or project.desired.messaging.status_callback
    limiter = Limiter(chosen["rate"] or rate_of(url_of(project)))
    key = app_key_of(target, chosen["secrets_file"])
    sending = open_sending(
        project, key, wsse=chosen["wsse"], connections=chosen["connections"], limiter=limiter
    )
    with sending as sender, stop_on_interrupt() as stop, _watching(chosen["events"]) as watch:
        bulk = Bulk(
            ledger,
            run,
            sender,
            lambda batch: request_of(target, batch, same, callback, chosen["extend"]),
            Conditions(target.type, threshold_of(project, run.region), clock, stop.is_set, opt_outs.current),
            limiter=limiter,
            connections=chosen["connections"],
            warn=lambda text: _warn(chosen["events"], text),
        )
        return bulk.send(watch)


def _warn(events: str, text: str) -> None:
    if events == "json":
        click.echo(json_text({"event": "warning", "message": text}, indent=None), err=True)
    else:
        say(_("warning: {text}").format(text=text))


@contextmanager
def _watching(events: str) -> Iterator[Callable[[Progress], None]]:
    """Show how far it is, how fast, and how long it will take."""
    start = time.monotonic()
    due = 0.0
    last: Progress | None = None

    with progress(N_("sent")) as update:

        def watch(now: Progress) -> None:
            nonlocal due, last
            seconds = max(time.monotonic() - start, 0.001)
            rate = now.done / seconds
            left = (now.total - now.done) / rate if rate else None
            if events == "text":
                rest = _("{rate}/s, {left} left").format(rate=f"{rate:,.0f}", left=_clock_text(left))
                update(rest, now.done, now.total)
            elif now != last and (seconds >= due or now.done == now.total):
                due, last = seconds + _EVENT, now
                document = {"event": "progress", **now._asdict(), "rate": rate, "seconds_left": left}
                click.echo(json_text(document, ascii_only=True, indent=None), err=True)

        yield watch


def _clock_text(seconds: float | None) -> str:
    return "?" if seconds is None else re.sub(r"^0:", "", str(timedelta(seconds=round(seconds))))
