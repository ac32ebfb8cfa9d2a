"""One run of ``bulk``: which run a command means, what a person says to it, and its end.

What may be sent a second time is decided below (``choice``, ``ledger``); here people are asked and told.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from smsconf.cli.asking import confirmed
from smsconf.cli.bulk_draft import check_type, draft_of, ledger_path, nobody, wanted_of
from smsconf.cli.bulk_job import Job, Read, left_out_of, opt_out_lists
from smsconf.cli.bulk_sending import check_way, clock_of, send_run, start_of, wait_until
from smsconf.cli.bulk_trial import send_tests
from smsconf.cli.list_options import reading_of
from smsconf.cli.output import report, report_sent, say, show_error, talk, try_file
from smsconf.cli.sending import Ready, make_ready
from smsconf.config import Project
from smsconf.language import _, ngettext
from smsconf.messaging.bulk.choice import Choice, choose
from smsconf.messaging.bulk.ledger import Ledger
from smsconf.messaging.bulk.reader import LedgerReader
from smsconf.messaging.bulk.run import Run, Tally
from smsconf.messaging.bulk.sending import Ended
from smsconf.messaging.bulk_report import Standing, bulk_view, exit_code
from smsconf.messaging.masking import mask
from smsconf.messaging.receive.opt_outs import OptOuts
from smsconf.messaging.send.target import Target
from smsconf.model.address import Address
from smsconf.model.errors import PlanRefused
from smsconf.render.documents.bulk import bulk_lines


@dataclass(frozen=True, slots=True)
class Teller:
    """How people are asked and told: form and place of the report, how a number is written, who says yes.

    ``callback`` is where status reports will go.
    """

    form: str
    output: Path | None
    shown: Callable[[str], str]
    auto_approve: bool
    callback: str | None

    @classmethod
    def of(cls, project: Project, form: str, output: Path | None, chosen: Mapping[str, Any]) -> Teller:
        """Read the options."""
        callback = chosen["status_callback"] or project.desired.messaging.status_callback
        shown = str if chosen["show_numbers"] else mask
        return cls(form, output, shown, chosen["auto_approve"], callback)

    def report(self, view: Mapping[str, Any]) -> None:
        """Write the report."""
        report(view, bulk_lines, self.form, self.output)

    def report_sent(self, view: Mapping[str, Any]) -> bool:
        """Write the report after something was sent, to stderr where it cannot; return whether it could."""
        return report_sent(view, bulk_lines, self.form, self.output)

    def agreed(self, view: Mapping[str, Any], count: int) -> bool:
        """Show what is about to happen and find out whether it may."""
        if not self.auto_approve and not sys.stdin.isatty():
            self.report(view)
            say(_("nothing sent: no terminal to ask; pass --auto-approve"))
            return False
        talk(bulk_lines(view))
        question = _("Send {count} messages? Only 'yes' is taken: ").format(count=f"{count:,}")
        return self.auto_approve or confirmed(question)


@dataclass(frozen=True, slots=True)
class Order:
    """A run, how it was chosen, and what a person says about its doubts (``None``: nothing).

    ``dropped`` is the file of rows left out of its list; ``take_up``: what was given up is sent after all.
    """

    run: Run
    is_new: bool
    assume_sent: bool | None = None
    dropped: Path | None = None
    take_up: bool = False

    def to_send(self, tally: Tally) -> int:
        """Return how many messages would go out."""
        doubts = tally.uncertain if self.assume_sent is False else 0
        return tally.waiting + doubts + (tally.ended if self.take_up else 0)


@contextmanager
def open_ledger(project: Project) -> Iterator[Ledger]:
    """Open a project's ledger to send: one process at a time.

    Raises:
        PlanRefused: another one is sending.
        SmsconfError: it cannot be used.
    """
    path = ledger_path(project)
    if not path.exists():
        say(_("no list was sent from this folder yet; what another folder or machine sent is not known here"))
    with Ledger(path, folder=project.folder.absolute()) as ledger:
        yield ledger


def send_job(project: Project, job: Job, ready: Ready, teller: Teller, chosen: Mapping[str, Any]) -> int:
    """Send a job, or the rest of it, or say that it was sent; return the exit code.

    Raises:
        PlanRefused: it may not go out, or not now.
        SmsconfError: the list or the ledger cannot be used.
    """
    check_type(ready.target)
    left_out = left_out_of(project, job.opt_outs, ready.target.region, job.reading)
    with open_ledger(project) as ledger:
        draft, read = draft_of(ledger, project, job, ready, left_out, teller.shown)
        order = None
        try:
            choice = choose(ledger.runs_of(draft.key), ledger.is_open, wanted_of(job, ready, read))
            order = _order(ledger, draft, choice, job, read, chosen)
        finally:
            if order is None or not order.is_new:
                ledger.call_off(draft)
        start = _prepare(ledger, project, order, ready, teller, chosen, job)
        if not isinstance(start, int) and chosen["test_to"]:
            start = _tested(ledger, project, order, ready, chosen, start)
    return (
        start
        if isinstance(start, int)
        else _go(project, order, ready, teller, chosen, left_out.opt_outs, start)
    )


def join_run(project: Project, run: Run, ready: Ready, teller: Teller, chosen: Mapping[str, Any]) -> int:
    """Go on with a run as it began: its text and sender, whatever is live now; return the exit code.

    Raises:
        PlanRefused: its text is at the service no longer, or it may not go out now.
    """
    lists = opt_out_lists(project, Address.parse(run.key.subject), chosen)
    opt_outs = left_out_of(project, lists, ready.target.region, reading_of(chosen)).opt_outs
    said = assumption(chosen)
    order = Order(run, is_new=False, assume_sent=said, take_up=said is None and run.finished is not None)
    with open_ledger(project) as ledger:
        _check_alone(ledger, run)
        start = _prepare(ledger, project, order, ready, teller, chosen, None)
    return start if isinstance(start, int) else _go(project, order, ready, teller, chosen, opt_outs, start)


def _check_alone(ledger: Ledger, run: Run) -> None:
    """Make sure that nothing else waits under the name of a run.

    Raises:
        PlanRefused: another list does.
    """
    for other in ledger.runs_of(run.key):
        if other.id != run.id and other.key.scope is not None and ledger.is_open(other):
            raise PlanRefused(
                _("run {run} of {subject} has another list, and a part of it waits").format(
                    run=other.id, subject=run.key.subject
                ),
                why=_("whoever is on both lists would get the message twice"),
                fix=_("let it come to its end first, or give it up"),
            )


def assumption(chosen: Mapping[str, Any]) -> bool | None:
    """Return what a person says about doubts: sent, not sent, or nothing."""
    if chosen["assume_sent"] is not None:
        return True
    return False if chosen["assume_not_sent"] is not None else None


def settle(ledger: Ledger, order: Order) -> None:
    """Do what a person says about the batches whose answer nobody saw."""
    if order.assume_sent is None:
        return
    count = ledger.assume(order.run, sent=order.assume_sent)
    said = _("sent") if order.assume_sent else _("not sent")
    say(_("{count} messages taken for {said}").format(count=count, said=said))


def view_of(
    ledger: LedgerReader, order: Order, ready: Ready, teller: Teller, ended: Ended | None
) -> Mapping[str, Any]:
    """Return the document about a run as it stands."""
    run = order.run
    doubtful = ledger.doubtful(run)
    return bulk_view(
        ready.about,
        Target.from_json(run.message["target"]) if run.message else ready.target,
        Standing(run, run.name, ledger.summary(run), ledger.tally(run), doubtful),
        ended=ended,
        shown=teller.shown,
        dry_run=False,
        dropped_file=str(order.dropped) if order.dropped else None,
        status_callback=teller.callback,
    )


# -- which run


def _order(
    ledger: Ledger, draft: Run, choice: Choice, job: Job, read: Read, chosen: Mapping[str, Any]
) -> Order:
    said = assumption(chosen)
    if choice.run:
        return Order(choice.run, is_new=False, assume_sent=said, dropped=job.dropped)
    if said is not None:
        raise click.UsageError(_("nothing of this list is uncertain: it was not sent from here"))
    if not read.summary["valid"]:
        raise nobody(job, read)
    if choice.copies:
        draft = ledger.rename(draft, f"{draft.name}#{choice.copies + 1}")
    return Order(draft, is_new=True, dropped=job.dropped)


# -- what is asked, waited for and sent


def _prepare(
    ledger: Ledger,
    project: Project,
    order: Order,
    ready: Ready,
    teller: Teller,
    chosen: Mapping[str, Any],
    job: Job | None,
) -> datetime | int:
    """Ask whether a run may be sent; return when, or the exit code where nothing is to be sent."""
    run = order.run
    count = order.to_send(ledger.tally(run))
    if not count:
        settle(ledger, order)
        if job and run.message["text"] != ready.target.text_key():
            said = _(
                "the list was sent with another text than the one that is live now; --again sends this one"
            )
            say(said)
        view = view_of(ledger, order, ready, teller, None)
        teller.report(view)
        return 5 if view["messages"]["uncertain"] else 0
    try:
        start = start_of(ready.target.type, job, ready.now, is_new=order.is_new)
        if job is None and (planned := run.message.get("at")):  # as it began: not before its time
            start = max(start, datetime.fromisoformat(planned))
        check_way(project, ready.target, chosen)
        if teller.output:
            try_file(teller.output)
        agreed = teller.agreed(view_of(ledger, order, ready, teller, None), count)
    except BaseException:
        if order.is_new:
            ledger.call_off(run)
        raise
    if not agreed:
        if order.is_new:
            ledger.call_off(run)
        return 1
    settle(ledger, order)
    if order.take_up:
        ledger.take_up(run)
    if job:  # the same text, perhaps by now in another version
        fresh = {
            "target": ready.target.to_json(),
            "text": ready.target.text_key(),
            "at": start.isoformat(),
        }
        ledger.fix(run, {**run.message, **fresh})
    if not chosen["test_to"]:
        ledger.agree(run, ready.now)
    return start


def _tested(
    ledger: Ledger,
    project: Project,
    order: Order,
    ready: Ready,
    chosen: Mapping[str, Any],
    start: datetime,
) -> datetime | int:
    """Send the test messages; return when the list may follow, or the exit code if it may not."""
    allowed: bool | None = None
    try:
        allowed = send_tests(project, ledger, ledger.find(order.run.id) or order.run, ready, chosen)
        if allowed:
            ledger.agree(order.run, ready.now)
    finally:
        if not allowed and order.is_new:
            ledger.call_off(order.run)
    return start if allowed else 5 if allowed is None else 1


def _go(
    project: Project,
    order: Order,
    ready: Ready,
    teller: Teller,
    chosen: Mapping[str, Any],
    opt_outs: OptOuts,
    start: datetime,
) -> int:
    """Wait until a run may start, send it, and tell how it ended."""
    clock = clock_of(ready)
    if start > clock():
        if not wait_until(start, clock):
            return _called_off(project, order)
        _check_text(project, order, ready)
    with open_ledger(project) as ledger:
        run = ledger.find(order.run.id)
        if run is None or run.finished:
            raise PlanRefused(
                _("run {run} was called off or given up meanwhile").format(run=order.run.id),
                fix=_("smsconf bulk --runs shows the runs there are"),
            )
        order = replace(order, run=run)
        out = ledger.tally(run).opted_out
        ended = send_run(ledger, run, project, clock, chosen, opt_outs)
        _tell_opted_out(ledger.tally(run).opted_out - out)
        tally = ledger.tally(run)
        written = teller.report_sent(view_of(ledger, order, ready, teller, ended))
        if ended.problem:
            show_error(ended.problem)
        return exit_code(tally, ended) if written else 5 if tally.touched else 1


def _tell_opted_out(count: int) -> None:
    if count:
        text = ngettext(
            "{count} recipient opted out since the run began",
            "{count} recipients opted out since the run began",
            count,
        )
        say(text.format(count=count))


def _called_off(project: Project, order: Order) -> int:
    with open_ledger(project) as ledger:
        gone = ledger.call_off(order.run)
    said = _("called off: nothing was sent") if gone else _("called off: the same command goes on")
    say(said)
    return 130


def _check_text(project: Project, order: Order, ready: Ready) -> None:
    """Look again at what is live after a wait.

    Raises:
        PlanRefused: it is not what was shown.
    """
    signature = ready.signature
    again = make_ready(project, ready.target.address, signature)
    if again.target.text_key() != ready.target.text_key():
        raise PlanRefused(
            _("another text of {address} is live now than when run {run} was agreed to").format(
                address=ready.target.address, run=order.run.id
            ),
            fix=_("look at it with --dry-run, then run again"),
        )
