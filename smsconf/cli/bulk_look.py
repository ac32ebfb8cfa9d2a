"""``bulk --dry-run``: what a job would do and what would stop it, without a trace."""

from __future__ import annotations

from smsconf.cli.bulk_draft import (
    RECENT,
    check_type,
    chunks_of,
    key_of,
    ledger_path,
    name_of,
    nobody,
    wanted_of,
)
from smsconf.cli.bulk_job import Job, left_out_of, read_list
from smsconf.cli.bulk_run import Teller
from smsconf.cli.bulk_sending import shortage, start_of
from smsconf.cli.output import show_error
from smsconf.cli.sending import Ready
from smsconf.config import Project
from smsconf.language import _
from smsconf.messaging.bulk.choice import choose
from smsconf.messaging.bulk.reader import LedgerReader, open_ledger_to_read
from smsconf.messaging.bulk.run import Run, Tally
from smsconf.messaging.bulk_report import Standing, bulk_view
from smsconf.model.errors import PlanRefused, SmsconfError


def look_at_job(project: Project, job: Job, ready: Ready, teller: Teller) -> int:
    """Show it; return the exit code: 4 if something would stop it."""
    check_type(ready.target)
    left_out = left_out_of(project, job.opt_outs, ready.target.region, job.reading)
    problem: SmsconfError | None = None
    key = key_of(project, job, ready)
    with open_ledger_to_read(ledger_path(project)) as ledger:
        with chunks_of(ledger, project, job, ready) as chunks:
            recent = ledger.recent(key, ready.now - RECENT) if ledger else lambda _numbers: 0
            read = read_list(
                job, ready.target, chunks, left_out, recent=recent, shown=teller.shown, keep=None
            )
        runs = ledger.runs_of(key) if ledger else []
        run: Run | None = None
        tally = Tally(waiting=read.summary["valid"])
        try:
            choice = choose(
                runs, lambda one: bool(ledger and ledger.is_open(one)), wanted_of(job, ready, read)
            )
            run = choice.run
            if run and ledger:
                tally = ledger.tally(run)
            if run is None and not tally.waiting:
                raise nobody(job, read)
            if tally.waiting:
                start_of(ready.target.type, job, ready.now, is_new=run is None)
                _check_room(ledger, project, ready, tally.waiting)
        except SmsconfError as refused:
            problem = refused
        standing = Standing(run, name_of(job, read.digest), read.summary, tally)
    view = bulk_view(
        ready.about,
        ready.target,
        standing,
        stopped=problem.message if problem else None,
        dry_run=True,
        dropped_file=str(job.dropped),
        status_callback=teller.callback,
    )
    teller.report(view)
    return max(show_error(problem), 4) if problem else 0


def _check_room(ledger: LedgerReader | None, project: Project, ready: Ready, count: int) -> None:
    stops = shortage(ledger, project, ready, count)
    if stops:
        raise PlanRefused(stops, fix=_("raise the threshold, or send the rest when it counts anew"))
