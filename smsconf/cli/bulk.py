"""``smsconf bulk``: send a live template to a list of any length, each recipient once."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from smsconf.address import Address
from smsconf.cli.asking import confirmed, stop_on_interrupt
from smsconf.cli.bulk_job import Job, check_type, job_of, make_run, read_list, slots_of
from smsconf.cli.inbox import LEDGER
from smsconf.cli.list_options import list_options
from smsconf.cli.options import AddressParam, numbers_option, project_options, report_options
from smsconf.cli.output import report, show_error, talk
from smsconf.cli.progress import progress
from smsconf.cli.sending import (
    Ready,
    app_key_of,
    callback_option,
    check_words,
    make_ready,
    open_sending,
    secrets_option,
    signature_option,
    url_of,
    wsse_option,
)
from smsconf.cli.session import STATE_FOLDER
from smsconf.cloud.limiter import Limiter
from smsconf.config import Project
from smsconf.errors import PlanRefused
from smsconf.language import N_, _
from smsconf.messaging.bulk.batches import request_of
from smsconf.messaging.bulk.ledger import Ledger
from smsconf.messaging.bulk.run import Run, Tally
from smsconf.messaging.bulk.sending import Bulk, Conditions, Ended, Progress
from smsconf.messaging.bulk_report import bulk_view, exit_code
from smsconf.messaging.numbers import mask
from smsconf.messaging.send.limits import FARTHEST, opening
from smsconf.messaging.send.sender import rate_of
from smsconf.render.bulk import bulk_lines
from smsconf.resources import Threshold
from smsconf.workflow import check

_SLICE = 30.0  # seconds of one sleep while waiting for --at
_EVENT = 1.0  # seconds between two events of progress


class MomentParam(click.ParamType[datetime]):
    """A moment such as ``2026-12-01T09:00:00+08:00``."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:  # noqa: ANN401
        """Read ISO 8601 with an offset, or fail with what was expected."""
        try:
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self.fail(
                _("expected a time with an offset, such as 2026-12-01T09:00:00+08:00, got '{value}'").format(
                    value=value
                ),
                param,
                ctx,
            )
        return moment


@click.command("bulk")
@click.argument("address", type=AddressParam(), metavar="TEMPLATE|CAMPAIGN")
@click.argument("recipients", required=False, type=click.Path(path_type=Path, dir_okay=False))
@project_options
@click.option(
    "--var", "given", multiple=True, metavar="NAME=VALUE", help="The same value for all; may be repeated."
)
@click.option(
    "--opt-out",
    type=click.Path(path_type=Path, dir_okay=False),
    multiple=True,
    help="List of numbers to leave out; may be repeated. Replies that opt out are left out anyway.",
)
@click.option(
    "--dropped", type=click.Path(path_type=Path, dir_okay=False), help="CSV file for the rows left out."
)
@list_options
@click.option("--at", type=MomentParam(), help="Wait until this time, up to a month; Ctrl-C calls it off.")
@click.option("--again", is_flag=True, help="Send a list once more that was sent already.")
@click.option("--assume-sent", is_flag=True, help="Take uncertain batches for sent.")
@click.option("--assume-not-sent", is_flag=True, help="Take uncertain batches for not sent: send them.")
@click.option(
    "--rate", type=click.FloatRange(0, min_open=True), metavar="N", help="Requests a second, at most."
)
@click.option(
    "--connections",
    type=click.IntRange(1, 32),
    default=4,
    show_default=True,
    help="Requests at the same time.",
)
@click.option("--extend", metavar="TEXT", help="Text that comes back in the status reports.")
@callback_option
@signature_option
@secrets_option
@wsse_option
@numbers_option
@click.option(
    "--progress",
    "events",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Form of the progress on stderr.  [default: text]",
)
@click.option("--dry-run", is_flag=True, help="Read and check the list, count segments, send nothing.")
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@report_options
def command(
    address: Address,
    recipients: Path | None,
    folder: Path,
    environment: str | None,
    form: str,
    output: Path | None,
    **chosen: Any,  # noqa: ANN401 - how to send
) -> int:
    """Send a live template to a list: xlsx, csv or text.

    \b
    Example:
      smsconf bulk template.order-shipped recipients.xlsx --dry-run
      smsconf bulk template.order-shipped recipients.xlsx
      smsconf bulk campaign.winter-sale --at 2026-12-01T09:00:00+08:00

    A first row names the columns: one of the numbers (手机号, phone, number …), one for each variable by its
    name or description; without it the numbers are in the first column. Each number gets one message. What is
    sent is in .smsconf/ledger.db before and after: a run that was stopped or killed goes on with the same
    command, and no number gets it twice. Exits 0 if the service took all, 5 after a part, 4 if nothing may
    be sent now.
    """
    project = check(folder, environment)
    check_words(chosen["extend"], chosen["status_callback"])
    job = job_of(project, address, recipients, chosen)
    signature = AddressParam().convert(chosen["signature"], None, None) if chosen["signature"] else None
    ready = make_ready(project, job.template, signature)
    check_type(ready.target)
    clock = _clock_of(ready)
    shown = str if chosen["show_numbers"] else mask
    if chosen["dry_run"]:
        summary = read_list(project, job, ready.target, shown=shown, keep=None)
        tally = Tally(0, summary["valid"], 0, 0, {})
        view = bulk_view(
            ready.about, ready.target, job.name, summary, tally, dry_run=True, dropped_file=str(job.dropped)
        )
        report(view, bulk_lines, form, output)
        return 0
    start = _start_of(job, ready, clock())
    with Ledger(project.folder / STATE_FOLDER / LEDGER) as ledger:
        run = make_run(ledger, project, job, ready, shown=shown)
        _settle_doubts(ledger, run, chosen)
        ended = Ended()
        if ledger.tally(run).waiting:
            before = _view(ledger, run, job, ready, None, shown)
            if not _agreed(before, form, output, auto_approve=chosen["auto_approve"]):
                return 1
            ready = _waited(project, job, ready, clock, start=start, signature=signature)
            ended = _send(ledger, run, job, ready, project, clock, chosen)
        report(_view(ledger, run, job, ready, ended, shown), bulk_lines, form, output)
        if ended.problem:
            show_error(ended.problem)
        return exit_code(ledger.tally(run), ended)


def _view(
    ledger: Ledger, run: Run, job: Job, ready: Ready, ended: Ended | None, shown: Callable[[str], str]
) -> Mapping[str, Any]:
    return bulk_view(
        ready.about,
        ready.target,
        run.name,
        ledger.summary(run),
        ledger.tally(run),
        doubtful=ledger.doubtful(run),
        ended=ended,
        shown=shown,
        dry_run=False,
        dropped_file=str(job.dropped),
    )


def _settle_doubts(ledger: Ledger, run: Run, chosen: Mapping[str, Any]) -> None:
    """Do what a person says about the batches whose answer nobody saw."""
    ledger.recover(run)
    if chosen["assume_sent"] and chosen["assume_not_sent"]:
        raise click.UsageError(_("--assume-sent and --assume-not-sent say opposite things"))
    if chosen["assume_sent"] or chosen["assume_not_sent"]:
        count = ledger.assume(run, sent=chosen["assume_sent"])
        said = _("sent") if chosen["assume_sent"] else _("not sent")
        click.echo(_("{count} messages taken for {said}").format(count=count, said=said), err=True)


def _agreed(view: Mapping[str, Any], form: str, output: Path | None, *, auto_approve: bool) -> bool:
    """Show what is about to happen and find out whether it may."""
    if not auto_approve and not sys.stdin.isatty():
        report(view, bulk_lines, form, output)
        click.echo(_("nothing sent: no terminal to ask; pass --auto-approve"), err=True)
        return False
    talk(bulk_lines(view))
    count = view["messages"]["waiting"]
    return auto_approve or confirmed(
        _("Send {count} messages? Only 'yes' is taken: ").format(count=f"{count:,}")
    )


def _clock_of(ready: Ready) -> Callable[[], datetime]:
    """Return a clock that shows the service's time."""
    start = time.monotonic()
    return lambda: ready.now + timedelta(seconds=time.monotonic() - start)


def _start_of(job: Job, ready: Ready, now: datetime) -> datetime:
    """Return when a run may start, which is now unless it is to wait.

    Raises:
        PlanRefused: it is too far ahead, or not an hour for such messages.
    """
    start = max(job.at, now) if job.at else now
    if start - now > FARTHEST:
        raise PlanRefused(
            _("{time} is more than a month ahead").format(time=start.isoformat()),
            fix=_("choose an earlier time; a list that old should be made anew"),
        )
    opens = opening(ready.target.type, start)
    if opens:
        raise PlanRefused(
            _("promotions go out from 08:00 to 22:00 Beijing time, and {time} is outside").format(
                time=start.isoformat(timespec="minutes")
            ),
            why=_("the service stops them outside these hours (SC:0011)"),
            fix=_("pass --at {time}").format(time=opens.isoformat(timespec="minutes")),
        )
    return start


def _waited(
    project: Project,
    job: Job,
    ready: Ready,
    clock: Callable[[], datetime],
    *,
    start: datetime,
    signature: Address | None,
) -> Ready:
    """Wait for the time to start, then look again at what is live.

    Raises:
        PlanRefused: another version with other variables is live by then.
    """
    if start <= clock():
        return ready
    click.echo(
        _("waiting until {time}; Ctrl-C calls it off").format(time=start.isoformat(timespec="seconds")),
        err=True,
    )
    while (left := (start - clock()).total_seconds()) > 0:
        time.sleep(min(left, _SLICE))
    again = make_ready(project, job.template, signature)
    if slots_of(again.target) != slots_of(ready.target):
        raise PlanRefused(
            _("another version of {address} is live now, with other variables").format(address=job.template),
            fix=_("check the list against it, then run again"),
        )
    return again


def _send(
    ledger: Ledger,
    run: Run,
    job: Job,
    ready: Ready,
    project: Project,
    clock: Callable[[], datetime],
    chosen: Mapping[str, Any],
) -> Ended:
    target = ready.target
    callback = chosen["status_callback"] or project.desired.messaging.status_callback
    same = target.arrange(job.fixed) if not set(slots_of(target)) - set(job.fixed) else ()
    rate = chosen["rate"] or rate_of(url_of(project))
    limiter = Limiter(rate)
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
            Conditions(target.type, run.region, _threshold(project, run.region), clock, stop.is_set),
            limiter=limiter,
            connections=chosen["connections"],
            warn=lambda text: _warn(chosen["events"], text),
        )
        return bulk.send(watch)


def _threshold(project: Project, region: str) -> Threshold | None:
    """Return the threshold of a region's whole traffic."""
    for one in project.desired.thresholds.values():
        if one.region.value == region and one.country is None:
            return one
    return None


def _warn(events: str, text: str) -> None:
    if events == "json":
        click.echo(json.dumps({"event": "warning", "message": text}, ensure_ascii=False), err=True)
    else:
        click.echo(_("warning: {text}").format(text=text), err=True)


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
                click.echo(json.dumps(document), err=True)

        yield watch


def _clock_text(seconds: float | None) -> str:
    return "?" if seconds is None else re.sub(r"^0:", "", str(timedelta(seconds=round(seconds))))
