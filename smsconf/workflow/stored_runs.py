"""The runs that a project has: find the one that is meant, and make sure that it may be gone on with.

Nothing is sent or written from here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from smsconf.config import Project
from smsconf.language import N_, _
from smsconf.messaging.send.target import Target
from smsconf.model.address import Kind
from smsconf.model.errors import PlanRefused, StoreUnusable
from smsconf.model.lifecycle import read_status
from smsconf.store.interfaces import RunReader
from smsconf.store.runs import Run
from smsconf.workflow.run import Snapshot
from smsconf.workflow.sending import Ready

SHOWN = N_("smsconf bulk --runs shows the runs there are")


@contextmanager
def needing_the_store() -> Iterator[None]:
    """Refuse what cannot be done without the store that all runners share; nothing was sent inside.

    Raises:
        PlanRefused: it cannot be used.
    """
    try:
        yield
    except StoreUnusable as problem:
        raise PlanRefused(problem.message, why=problem.why, fix=problem.fix) from None


def named_run(ledger: RunReader | None, number: str) -> Run:
    """Return a run by what a person calls it.

    Raises:
        PlanRefused: there is none.
    """
    known = ledger and number.isascii() and number.isdigit() and len(number) < 18
    run = ledger.find(int(number)) if ledger and known else None
    if run is None or run.agreed is None:
        raise PlanRefused(_("there is no run {number}").format(number=number), fix=_(SHOWN))
    return run


def open_run(ledger: RunReader | None, scope: str | None, environment: str | None) -> Run:
    """Return the one run of an account and environment that has numbers to send.

    Raises:
        PlanRefused: there is none, or several.
    """
    found = [
        run
        for run in (ledger.runs() if ledger else ())
        if (run.key.scope, run.key.environment) == (scope, environment) and ledger and ledger.is_open(run)
    ]
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"{run.id} ({run.name})" for run in found)
    raise PlanRefused(
        _("several runs wait: {names}").format(names=names) if found else _("no run waits"),
        fix=_("name one: smsconf bulk --join RUN") if found else _(SHOWN),
    )


def newest_run(ledger: RunReader | None, subject: str, environment: str | None) -> Run:
    """Return the newest run of a template or campaign in an environment.

    Raises:
        PlanRefused: there is none.
    """
    for run in ledger.runs() if ledger else ():
        if (run.key.subject, run.key.environment) == (subject, environment):
            return run
    raise PlanRefused(_("nothing of {subject} was sent from here").format(subject=subject), fix=_(SHOWN))


def ready_for_run(snapshot: Snapshot, project: Project, run: Run) -> Ready:
    """Return what a run is gone on with: its own text and sender, which must still be at the service.

    Raises:
        PlanRefused: it is not this project's, or its text is there no longer.
    """
    snapshot.require_all()
    client = snapshot.session.client
    check_owner(run, client.scope, project.environment)
    target = Target.from_json(run.message["target"])
    approved = {
        one.template_id
        for one in snapshot.inputs.observed.templates.items
        if read_status(Kind.TEMPLATE, client.site, one.status).verdict.approved
    }
    if target.template_id not in approved:
        raise PlanRefused(
            _("{name}, which run {run} sends, is at the service no longer, or not approved").format(
                name=target.remote_name, run=run.id
            ),
            fix=_("smsconf bulk --end {run} gives up the rest").format(run=run.id),
        )
    return Ready(target, snapshot.session.about, client.service_time, client.scope)


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
