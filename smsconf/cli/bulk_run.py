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
from smsconf.cli.bulk_job import Chunks, Job, Read, is_same, list_chunks, opt_outs_of, read_list
from smsconf.cli.bulk_sending import clock_of, send_run, shortage, start_of, wait_until
from smsconf.cli.inbox import LEDGER, inboxes
from smsconf.cli.output import report, show_error, talk
from smsconf.cli.sending import Ready, make_ready
from smsconf.cli.session import STATE_FOLDER
from smsconf.config import Project
from smsconf.errors import PlanRefused, SmsconfError
from smsconf.language import _
from smsconf.messaging.bulk.choice import Choice, Wanted, choose, text_of
from smsconf.messaging.bulk.failed import failed_recipients
from smsconf.messaging.bulk.ledger import Ledger
from smsconf.messaging.bulk.reader import LedgerReader, open_ledger_to_read
from smsconf.messaging.bulk.run import Key, Run, Tally
from smsconf.messaging.bulk.schema import numbers_digest
from smsconf.messaging.bulk.sending import Ended
from smsconf.messaging.bulk_report import Standing, bulk_view, exit_code
from smsconf.messaging.numbers import mask
from smsconf.messaging.receive.opt_outs import OptOuts
from smsconf.messaging.send.target import Target
from smsconf.render.bulk import bulk_lines
from smsconf.resources import MessageType


@dataclass(frozen=True, slots=True)
class Teller:
    """How people are asked and told: form and place of the report, how a number is written, who says yes."""

    form: str
    output: Path | None
    shown: Callable[[str], str]
    auto_approve: bool

    @classmethod
    def of(cls, form: str, output: Path | None, chosen: Mapping[str, Any]) -> Teller:
        """Read the options."""
        return cls(form, output, str if chosen["show_numbers"] else mask, chosen["auto_approve"])

    def report(self, view: Mapping[str, Any]) -> None:
        """Write the report."""
        report(view, bulk_lines, self.form, self.output)

    def agreed(self, view: Mapping[str, Any], count: int) -> bool:
        """Show what is about to happen and find out whether it may."""
        if not self.auto_approve and not sys.stdin.isatty():
            self.report(view)
            click.echo(_("nothing sent: no terminal to ask; pass --auto-approve"), err=True)
            return False
        talk(bulk_lines(view))
        question = _("Send {count} messages? Only 'yes' is taken: ").format(count=f"{count:,}")
        return self.auto_approve or confirmed(question)


@dataclass(frozen=True, slots=True)
class Order:
    """A run, how it was chosen, and what a person says about its doubts (``None``: nothing).

    ``dropped`` is the file of rows left out of its list.
    """

    run: Run
    is_new: bool
    assume_sent: bool | None = None
    dropped: Path | None = None

    def to_send(self, tally: Tally) -> int:
        """Return how many messages would go out."""
        return tally.waiting + (tally.uncertain if self.assume_sent is False else 0)


def ledger_path(project: Project) -> Path:
    """Return where a project's ledger is."""
    return project.folder / STATE_FOLDER / LEDGER


@contextmanager
def open_ledger(project: Project) -> Iterator[Ledger]:
    """Open a project's ledger to send: one process at a time.

    Raises:
        PlanRefused: another one is sending.
        SmsconfError: it cannot be used.
    """
    with Ledger(ledger_path(project), folder=project.folder.absolute()) as ledger:
        yield ledger


def send_job(project: Project, job: Job, ready: Ready, teller: Teller, chosen: Mapping[str, Any]) -> int:
    """Send a job, or the rest of it, or say that it was sent; return the exit code.

    Raises:
        PlanRefused: it may not go out, or not now.
        SmsconfError: the list or the ledger cannot be used.
    """
    _check_type(ready.target)
    opt_outs = opt_outs_of(project, job, ready.target)
    with open_ledger(project) as ledger:
        draft, read = _draft(ledger, project, job, ready, opt_outs, teller)
        order = None
        try:
            choice = choose(ledger.runs_of(draft.key), ledger.is_open, _wanted(job, ready, read))
            order = _order(ledger, draft, choice, job, read, chosen)
        finally:
            if order is None or not order.is_new:
                ledger.call_off(draft)
        start = _prepare(ledger, order, ready, teller, job)
    return start if isinstance(start, int) else _go(project, order, ready, teller, chosen, opt_outs, start)


def join_run(project: Project, run: Run, ready: Ready, teller: Teller, chosen: Mapping[str, Any]) -> int:
    """Go on with a run as it began: its text and sender, whatever is live now; return the exit code.

    Raises:
        PlanRefused: its text is at the service no longer, or it may not go out now.
    """
    opt_outs = OptOuts(inboxes(project.folder))
    order = Order(run, is_new=False, assume_sent=assumption(chosen))
    with open_ledger(project) as ledger:
        start = _prepare(ledger, order, ready, teller, None)
    return start if isinstance(start, int) else _go(project, order, ready, teller, chosen, opt_outs, start)


def look_at_job(project: Project, job: Job, ready: Ready, teller: Teller) -> int:
    """Show what a job would do and what would stop it, without a trace; return the exit code."""
    _check_type(ready.target)
    opt_outs = opt_outs_of(project, job, ready.target)
    problem: PlanRefused | None = None
    with open_ledger_to_read(ledger_path(project)) as ledger:
        with _chunks(ledger, project, job, ready) as chunks:
            read = read_list(job, ready.target, chunks, opt_outs.current(), shown=teller.shown, keep=None)
        runs = ledger.runs_of(_key(project, job, ready)) if ledger else []
        run: Run | None = None
        tally = Tally(waiting=read.summary["valid"])
        try:
            choice = choose(runs, lambda one: bool(ledger and ledger.is_open(one)), _wanted(job, ready, read))
            run = choice.run
            if run and ledger:
                tally = ledger.tally(run)
            if tally.waiting:
                start_of(ready.target.type, job, ready.now, is_new=run is None)
                _check_room(ledger, project, ready, tally.waiting)
        except PlanRefused as refused:
            problem = refused
        standing = Standing(run, _name(job, read.digest), read.summary, tally)
    view = bulk_view(
        ready.about,
        ready.target,
        standing,
        stopped=problem.message if problem else None,
        dry_run=True,
        dropped_file=str(job.dropped),
    )
    teller.report(view)
    return show_error(problem) if problem else 0


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
    click.echo(_("{count} messages taken for {said}").format(count=count, said=said), err=True)


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
    )


# -- which run


def _draft(
    ledger: Ledger, project: Project, job: Job, ready: Ready, opt_outs: OptOuts, teller: Teller
) -> tuple[Run, Read]:
    """Read who gets what into a new run that nobody agreed to yet."""
    key = _key(project, job, ready)
    new = Run(
        id=0,
        key=key,
        name=key.subject,
        template=str(job.template),
        region=ready.target.region.value,
        digest="",
        message=_message(job, ready.target),
        made=ready.now,
        failed_of=job.failed_of.id if job.failed_of else None,
    )
    with ledger.making(new) as making, _chunks(ledger, project, job, ready) as chunks:
        out = opt_outs.current()
        read = read_list(
            job, ready.target, chunks, out, shown=teller.shown, keep=lambda one: making.add(*one)
        )
        making.note(read.digest, _name(job, read.digest), read.summary)
    made = ledger.find(making.run)
    assert made is not None  # noqa: S101 - for the type checker: it was made just now
    return made, read


@contextmanager
def _chunks(ledger: LedgerReader | None, project: Project, job: Job, ready: Ready) -> Iterator[Chunks]:
    """Give what reads a job's recipients: its list, or the numbers that another run did not reach."""
    if job.failed_of is None or ledger is None:
        with list_chunks(job, ready.target) as chunks:
            yield chunks
        return
    run = job.failed_of
    if text_of({**run.message, "same": None}) != text_of({"target": ready.target.to_json()}):
        raise PlanRefused(
            _("what is live now is not what run {run} sent").format(run=run.id),
            why=_("--failed-of sends the same message once more"),
            fix=_("send the new text to a list of its own"),
        )
    paths = inboxes(project.folder)
    yield lambda count, _drop: failed_recipients(ledger, run, paths, ready.now, count)


def _order(
    ledger: Ledger, draft: Run, choice: Choice, job: Job, read: Read, chosen: Mapping[str, Any]
) -> Order:
    said = assumption(chosen)
    if choice.run:
        return Order(choice.run, is_new=False, assume_sent=said, dropped=job.dropped)
    if said is not None:
        raise click.UsageError(_("nothing of this list is uncertain: it was not sent from here"))
    if not read.summary["valid"]:
        raise SmsconfError(
            _("nobody is left of the {count} rows of {file}").format(
                count=read.summary["rows"], file=job.recipients or _("run {run}").format(run=draft.failed_of)
            ),
            why=", ".join(f"{count} {reason}" for reason, count in read.summary["dropped"].items()),
            fix=_("look at {file}").format(file=job.dropped),
        )
    if choice.copies:
        draft = ledger.rename(draft, f"{draft.name}#{choice.copies + 1}")
    return Order(draft, is_new=True, dropped=job.dropped)


def _key(project: Project, job: Job, ready: Ready) -> Key:
    return Key(ready.scope, project.environment, str(job.subject))


def _name(job: Job, digest: str) -> str:
    """Return a run's name for people and receipts."""
    return str(job.subject) if job.subject != job.template else f"{job.subject}:{digest[:12]}"


def _message(job: Job, target: Target) -> dict[str, Any]:
    same = list(target.arrange(job.fixed)) if is_same(target, job.fixed) else None
    return {"target": target.to_json(), "same": same}


def _wanted(job: Job, ready: Ready, read: Read) -> Wanted:
    return Wanted(
        digest=read.digest,
        numbers=numbers_digest(read.numbers),
        message=_message(job, ready.target),
        failed_of=job.failed_of.id if job.failed_of else None,
        again=job.again,
    )


# -- what is asked, waited for and sent


def _prepare(ledger: Ledger, order: Order, ready: Ready, teller: Teller, job: Job | None) -> datetime | int:
    """Ask whether a run may be sent; return when, or the exit code where nothing is to be sent."""
    run = order.run
    count = order.to_send(ledger.tally(run))
    if not count:
        settle(ledger, order)
        view = view_of(ledger, order, ready, teller, None)
        teller.report(view)
        return 5 if view["messages"]["uncertain"] else 0
    try:
        start = start_of(ready.target.type, job, ready.now, is_new=order.is_new)
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
    if job:  # the same text, perhaps by now in another version
        ledger.fix(run, {**run.message, "target": ready.target.to_json()})
    ledger.agree(run, ready.now)
    return start


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
        ended = send_run(ledger, run, project, clock, chosen, opt_outs)
        teller.report(view_of(ledger, order, ready, teller, ended))
        if ended.problem:
            show_error(ended.problem)
        return exit_code(ledger.tally(run), ended)


def _called_off(project: Project, order: Order) -> int:
    with open_ledger(project) as ledger:
        gone = ledger.call_off(order.run)
    said = _("called off: nothing was sent") if gone else _("called off: the same command goes on")
    click.echo(said, err=True)
    return 130


def _check_text(project: Project, order: Order, ready: Ready) -> None:
    """Look again at what is live after a wait.

    Raises:
        PlanRefused: it is not what was shown.
    """
    signature = ready.signature
    again = make_ready(project, ready.target.address, signature)
    if text_of({"target": again.target.to_json()}) != text_of({"target": ready.target.to_json()}):
        raise PlanRefused(
            _("another text of {address} is live now than when run {run} was agreed to").format(
                address=ready.target.address, run=order.run.id
            ),
            fix=_("look at it with --dry-run, then run again"),
        )


def _check_room(ledger: LedgerReader | None, project: Project, ready: Ready, count: int) -> None:
    stops = shortage(ledger, project, ready, count)
    if stops:
        raise PlanRefused(stops, fix=_("raise the threshold, or send the rest when it counts anew"))


def _check_type(target: Target) -> None:
    """Refuse what must not go to many.

    Raises:
        PlanRefused: it is a verification code.
    """
    if target.type == MessageType.VERIFICATION.value:
        raise PlanRefused(
            _("{address} is a verification template: it does not go to a list").format(
                address=target.address
            ),
            why=_("a code is for the one person who asked for it"),
            fix=_("send it with smsconf send"),
        )
