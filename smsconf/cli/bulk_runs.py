"""The runs that a project has: list them, give one up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from smsconf.cli.bulk_draft import ledger_path
from smsconf.cli.bulk_run import Order, Teller, open_ledger, settle
from smsconf.cli.output import report, say
from smsconf.cli.sending import Ready, look_at
from smsconf.config import Project
from smsconf.language import N_, _, ngettext
from smsconf.messaging.bulk.reader import LedgerReader, open_ledger_to_read
from smsconf.messaging.bulk.run import Run
from smsconf.messaging.bulk_report import runs_view
from smsconf.messaging.send.target import Target
from smsconf.model.address import Kind
from smsconf.model.errors import PlanRefused
from smsconf.model.lifecycle import read_status
from smsconf.render.documents.bulk import runs_lines

_SHOWN = N_("smsconf bulk --runs shows the runs there are")


def list_runs(project: Project, teller: Teller) -> int:
    """Show every run of the ledger, of all environments and accounts, the newest first; offline."""
    with open_ledger_to_read(ledger_path(project)) as ledger:
        rows = [(run, ledger.tally(run)) for run in ledger.runs()] if ledger else []
    report(runs_view(rows), runs_lines, teller.form, teller.output)
    return 0


def end_run(project: Project, number: str) -> int:
    """Give up what waits of a run; offline.

    Raises:
        PlanRefused: there is no such run, or it is being sent.
    """
    with open_ledger(project) as ledger:
        run = named_run(ledger, number)
        count = ledger.end(run, datetime.now(UTC))
        doubts = ledger.tally(run).uncertain
    said = ngettext("{count} message of run {run} given up", "{count} messages of run {run} given up", count)
    say(said.format(count=f"{count:,}", run=run.id))
    if doubts:
        say(
            _("{count} more are uncertain: settle them with --assume-sent {run} or leave them").format(
                count=f"{doubts:,}", run=run.id
            )
        )
    return 0


def named_run(ledger: LedgerReader | None, number: str) -> Run:
    """Return a run by what a person calls it.

    Raises:
        PlanRefused: there is none.
    """
    known = ledger and number.isascii() and number.isdigit() and len(number) < 18
    run = ledger.find(int(number)) if ledger and known else None
    if run is None or run.agreed is None:
        raise PlanRefused(
            _("there is no run {number}").format(number=number),
            fix=_(_SHOWN),
        )
    return run


def open_run(ledger: LedgerReader | None, scope: str | None, environment: str | None) -> Run:
    """Return the one run of an account and environment that has numbers to send.

    Raises:
        PlanRefused: there is none, or several.
    """
    found = list(_waiting(ledger, scope, environment)) if ledger else []
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"{run.id} ({run.name})" for run in found)
    raise PlanRefused(
        _("several runs wait: {names}").format(names=names) if found else _("no run waits"),
        fix=_("name one: smsconf bulk --join RUN") if found else _(_SHOWN),
    )


def newest_run(ledger: LedgerReader | None, subject: str, environment: str | None) -> Run:
    """Return the newest run of a template or campaign in an environment.

    Raises:
        PlanRefused: there is none.
    """
    for run in ledger.runs() if ledger else ():
        if (run.key.subject, run.key.environment) == (subject, environment):
            return run
    raise PlanRefused(
        _("nothing of {subject} was sent from here").format(subject=subject),
        fix=_(_SHOWN),
    )


def read_scope(project: Project) -> str | None:
    """Ask the service for its account."""
    return look_at(project).scope


def ready_for_run(project: Project, run: Run) -> Ready:
    """Return what a run is gone on with: its own text and sender, which must still be at the service.

    Raises:
        PlanRefused: it is not this project's, or its text is there no longer.
    """
    seen = look_at(project)
    check_owner(run, seen.scope, project.environment)
    target = Target.from_json(run.message["target"])
    approved = {
        one.template_id
        for one in seen.inputs.observed.templates.items
        if read_status(Kind.TEMPLATE, seen.site, one.status).verdict.approved
    }
    if target.template_id not in approved:
        raise PlanRefused(
            _("{name}, which run {run} sends, is at the service no longer, or not approved").format(
                name=target.remote_name, run=run.id
            ),
            fix=_("smsconf bulk --end {run} gives up the rest").format(run=run.id),
        )
    return Ready(target, seen.about, seen.now, seen.scope)


def settle_old(project: Project, run: Run) -> int:
    """Take the doubts of a run of an older smsconf for sent; offline, since nothing of it is ever sent."""
    with open_ledger(project) as ledger:
        settle(ledger, Order(run, is_new=False, assume_sent=True))
    return 0


def check_owner(run: Run, scope: str | None, environment: str | None) -> None:
    """Make sure that a run is this account's and this environment's.

    Raises:
        PlanRefused: it is another's, or of an older smsconf.
    """
    if run.key.scope is None:
        raise PlanRefused(
            _("run {run} is of an older smsconf, which noted neither account nor text").format(run=run.id),
            why=_("nobody knows to whom it belongs, so it is not gone on with"),
            fix=_("settle its doubts with --assume-sent {run}; what it did not send needs a list").format(
                run=run.id
            ),
        )
    if (run.key.scope, run.key.environment) != (scope, environment):
        raise PlanRefused(
            _("run {run} belongs to another account or environment: {owner}").format(
                run=run.id, owner=", ".join(one for one in (run.key.environment, run.key.scope) if one)
            ),
            fix=_("name its environment with --env"),
        )


def _waiting(ledger: LedgerReader, scope: str | None, environment: str | None) -> Iterator[Run]:
    for run in ledger.runs():
        if (run.key.scope, run.key.environment) == (scope, environment) and ledger.is_open(run):
            yield run
