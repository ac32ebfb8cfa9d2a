"""What a job is before anybody agreed to it: a draft of its run, and for a dry run what would stop it.

Nothing is sent or written from here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from smsconf.config import Project
from smsconf.language import N_, _
from smsconf.messaging.bulk.batches import drafts
from smsconf.messaging.bulk.choose_run import choose
from smsconf.messaging.bulk.failed import failed_recipients
from smsconf.messaging.lists.opening import open_list
from smsconf.messaging.lists.recipients import Count, Recipient, read_recipients
from smsconf.messaging.masking import mask
from smsconf.messaging.send.target import Target
from smsconf.messaging.send.thresholds import Allowance
from smsconf.model.errors import PlanRefused, SmsconfError
from smsconf.model.resources import MessageType, Threshold
from smsconf.render.documents.bulk import Standing
from smsconf.store.interfaces import RunReader
from smsconf.store.runs import Key, Run, Tally
from smsconf.workflow.bulk_job import Drop, Job, LeftOut, Read, Said, Ui, dropping, left_out_of, start_of
from smsconf.workflow.sending import Ready
from smsconf.workflow.session import store_of

Chunks = Callable[[Count, Drop], Iterator[list[Recipient]]]
"""Reads recipients some thousand at a time, counting them, and tells what is left out."""
_RECENT = timedelta(hours=24)
"""A list that was changed by a row and sent whole is a mistake of the same day."""


def look_at_job(project: Project, job: Job, ready: Ready, ui: Ui) -> tuple[Standing, SmsconfError | None]:
    """Say what a job would do, and what would stop it, without a trace.

    Raises:
        SmsconfError: the list or the ledger cannot be used.
    """
    check_type(ready.target)
    draft = draft_of(project, job, ready)
    problem: SmsconfError | None = None
    with (
        left_out_of(project, job.opt_outs, ready, job.reading, ui.talk.say) as left_out,
        store_of(project).read_runs() as ledger,
    ):
        read = read_list(ledger, project, job, ready, left_out, ui, keep=lambda _numbers, _values: None)
        runs = ledger.runs_of(draft.key) if ledger else []
        run, tally = None, Tally(waiting=read.summary["valid"])
        try:
            run = choose(
                runs,
                lambda one: bool(ledger and ledger.is_open(one)),
                replace(draft, digest=read.digest),
                read.numbers,
                again=job.again,
            ).run
            if run and ledger:
                tally = ledger.tally(run)
            if run is None and not tally.waiting:
                raise nobody(job, read)
            if tally.waiting:
                start_of(ready.target.type, job, ready.now, is_new=run is None)
                _check_room(ledger, project, ready, tally.waiting)
        except SmsconfError as refused:
            problem = refused
    standing = Standing(
        about=ready.about,
        target=ready.target,
        run=run,
        name=job.run_name(read.digest),
        summary=read.summary,
        tally=tally,
        stopped=problem.message if problem else None,
        dry_run=True,
        dropped=job.dropped,
    )
    return standing, problem


def draft_of(project: Project, job: Job, ready: Ready) -> Run:
    """Return a run that nobody agreed to yet, of a list that is not read yet."""
    key = Key(ready.scope, project.environment, str(job.subject))
    return Run(
        id=0,
        key=key,
        name=key.subject,
        template=str(job.template),
        region=ready.target.region.value,
        digest="",
        message=job.message(ready.target),
        made=ready.now,
        failed_of=job.failed_of.id if job.failed_of else None,
    )


def read_list(
    ledger: RunReader | None,
    project: Project,
    job: Job,
    ready: Ready,
    left_out: LeftOut,
    ui: Ui,
    *,
    keep: Callable[[Sequence[str], Sequence[Sequence[str]] | None], None],
) -> Read:
    """Read who gets what, hand over the batches, write down what is left out; return what was read.

    Raises:
        SmsconfError: a file cannot be read or written, or it is not the message of the run that is meant.
    """
    target = ready.target
    count, said = Count(), Said(job, target, left_out.opt_outs.current())
    key = draft_of(project, job, ready).key
    recent = ledger.recent(key, ready.now - _RECENT) if ledger else lambda _numbers: 0
    requests = again = 0
    with (
        _chunks(ledger, project, job, ready) as chunks,
        ui.talk.progress(N_("reading")) as update,
        dropping(job) as drop,
    ):
        found = chunks(count, drop)
        kept = said.hear(found, count, drop, lambda: update(N_("rows"), count.rows, 0))
        for draft in drafts(kept, target, same=said.same):
            requests += 1
            again += recent(draft.numbers)
            keep(*draft)
    summary = {
        "rows": count.rows,
        "valid": count.valid,
        "segments": said.segments,
        "requests": requests,
        "recent": again,
        "dropped": dict(Counter(count.dropped).most_common()),
        "source": count.source.view() if count.source else None,
        "samples": said.samples.texts(mask),
        "opt_out_lists": list(left_out.lists),
    }
    return Read(summary, said.whole.hex(), said.numbers.hex())


@contextmanager
def _chunks(ledger: RunReader | None, project: Project, job: Job, ready: Ready) -> Iterator[Chunks]:
    """Give what reads a job's recipients: its list, or the numbers that another run did not reach."""
    if job.failed_of is None or ledger is None:
        assert job.recipients is not None  # noqa: S101 - for the type checker: the job names no run
        with open_list(job.recipients, job.reading) as table:
            yield lambda count, drop: read_recipients(table, ready.target, job.fixed, count=count, drop=drop)
        return
    run = job.failed_of
    if run.message["text"] != ready.target.text_key():
        raise PlanRefused(
            _("what is live now is not what run {run} sent").format(run=run.id),
            why=_("--failed-of sends the same message once more"),
            fix=_("send the new text to a list of its own"),
        )
    store = store_of(project)
    yield lambda count, drop: failed_recipients(store, ledger, run, ready.now, count=count, drop=drop)


def check_type(target: Target) -> None:
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


def threshold_of(project: Project, region: str) -> Threshold | None:
    """Return the threshold of a region's whole traffic."""
    every = project.desired.thresholds.values()
    return next((one for one in every if one.region.value == region and one.country is None), None)


def _check_room(ledger: RunReader | None, project: Project, ready: Ready, count: int) -> None:
    """Make sure that no threshold will stop so many messages.

    Raises:
        PlanRefused: one will.
    """
    region = ready.target.region.value
    found = Allowance(threshold_of(project, region))
    if ledger:
        found.spent = ledger.spent(ready.scope, region, ready.now)
    room = found.room()
    if room is None or room >= count:
        return
    found.spend(room)
    raise PlanRefused(
        _("after {room} of {count} messages {limit}").format(room=room, count=count, limit=found.exhausted()),
        fix=_("raise the threshold, or send the rest when it counts anew"),
    )


def nobody(job: Job, read: Read) -> SmsconfError:
    """Return the error for a list of which nobody can be written to."""
    if job.failed_of and not read.summary["rows"]:
        return PlanRefused(
            _("run {run} has nobody to send to again: nobody failed, or the numbers were purged").format(
                run=job.failed_of.id
            )
        )
    what = _("run {run}").format(run=job.failed_of.id) if job.failed_of else job.recipients
    return SmsconfError(
        _("nobody is left of the {count} rows of {file}").format(count=read.summary["rows"], file=what),
        why=", ".join(f"{count} {reason}" for reason, count in read.summary["dropped"].items()),
        fix=_("look at {file}").format(file=job.dropped),
    )
