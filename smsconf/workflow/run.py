"""The story of a run, in four functions: check, make_plan, carry_out, follow_reviews. Read this first.

    YAML ──check──▶ desired ┐
                            ├─make_plan─▶ plan ──carry_out──▶ outcomes ──▶ (people review) ──▶ follow_reviews
    service ──observe─▶ observed ┘

Nothing here knows the command line. Every run starts from the files and the service, moves as far as it can
now, says what it waits for, and ends; running it again is how things continue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from smsconf.journal import Entry, Journal, JournalReading, Owner, confirmed, news, of_account, remember
from smsconf.language import N_, _
from smsconf.model.diagnostics import has_errors
from smsconf.model.errors import SmsconfError
from smsconf.model.memory import Confirmation, Memory
from smsconf.reconcile.change import Action
from smsconf.reconcile.inputs import Inputs, Selection
from smsconf.reconcile.outcome import Outcome, Result, went_wrong
from smsconf.reconcile.plan import Plan
from smsconf.reconcile.plan import make_plan as decide
from smsconf.reconcile.review import Review, read_reviews

if TYPE_CHECKING:
    from datetime import datetime

    from smsconf.cloud.http.client import Client
    from smsconf.cloud.read.attribute_cache import AttributeCache
    from smsconf.config import Project
    from smsconf.model.address import Address
    from smsconf.model.resources import Desired

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Report:
    """How a run ended: one outcome for each change that asked for something, and what is still open.

    ``pending`` and ``rejected`` are addresses. ``interrupted``: the user asked to stop before the end.
    """

    outcomes: tuple[Outcome, ...]
    pending: tuple[str, ...]
    rejected: tuple[str, ...]
    interrupted: bool = False


def check(folder: Path, environment: str | None) -> Project:
    """Read a project and everything that can be said about it offline; findings are in its diagnostics.

    ``environment`` is the name of one, empty for the files alone; without it the files' default counts.

    Raises:
        ConfigError: there is no project to read.
    """
    from smsconf.config import load_project

    return load_project(folder, environment)


def make_plan(
    client: Client,
    project: Project,
    journal: Journal,
    *,
    selection: Selection,
    cache: AttributeCache | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Read the service once and decide what the next run does about every address.

    Raises:
        CloudError: nothing can be read at all. A kind that cannot be read is a refusal in the plan.
    """
    return decide(look(client, project, journal, selection=selection, cache=cache, progress=progress))


def look(
    client: Client,
    project: Project,
    journal: Journal,
    *,
    selection: Selection,
    cache: AttributeCache | None = None,
    progress: Progress | None = None,
) -> Inputs:
    """Read the service once, and gather what a decision looks at.

    Raises:
        CloudError: nothing can be read at all.
    """
    from smsconf.cloud.read.observe import observe

    reading = journal.read()  # before the service: what another run records meanwhile is not taken back
    observed = observe(client, project.desired, cache=cache, progress=progress)
    memory = recall(project, reading, client.known_scope)
    deletes = bool(selection.prune or selection.retire or selection.retire_now)
    other_environments = _other_environments(project, memory, strict=deletes)
    return Inputs(client.site, project.desired, observed, selection, memory, other_environments)


def recall(project: Project, reading: JournalReading, scope: str | None) -> Memory:
    """Return what the journal knows of an account; about manual steps the committed file, if there is one."""
    from smsconf.config.load.confirmations import latest

    others = project.environments - {project.environment}
    memory = remember(reading.entries, Owner(scope, project.environment), others)
    if not project.confirmations:
        return memory
    return replace(memory, confirmations=latest(project.confirmed, project.environment, scope))


def recorded(client: Client, journal: Journal) -> list[Entry]:
    """Return the journal's entries of a client's account, of every environment, oldest first.

    Raises:
        SmsconfError: the journal cannot be read.
    """
    return of_account(journal.read().entries, client.known_scope)


def confirm(
    project: Project,
    journal: Journal,
    scope: str,
    now: datetime,
    *,
    done: Sequence[Confirmation] = (),
    withdrawn: Sequence[Address] = (),
) -> None:
    """Record that people did manual steps, or did not after all: in the journal, and in the committed file.

    Raises:
        SmsconfError: one of the two cannot be written.
    """
    from smsconf.config.load.confirmations import latest, read_again, write_confirmations

    owner = Owner(scope, project.environment)
    journal.take_older(now, owner)
    if project.confirmations:
        with journal.locked(project.confirmations.name):
            lines = read_again(project.confirmations, project.folder)
            known = {
                **latest(lines, project.environment, scope),
                **{one.address: one for one in done},
            }
            left = {address: one for address, one in known.items() if address not in withdrawn}
            write_confirmations(project.confirmations, lines, project.environment, scope, left)
    for one in done:
        journal.append(now, owner, confirmed(one))
    for address in withdrawn:
        journal.append(now, owner, {"event": "reopened", "address": str(address)})


def carry_out(
    client: Client,
    plan: Plan,
    journal: Journal,
    environment: str | None,
    *,
    stopping: Callable[[], bool] = lambda: False,
    keep_secret: Callable[[str, str, str], None] | None = None,
    progress: Progress | None = None,
) -> Report:
    """Carry out a plan that its guards allow, recording each intent before its request.

    ``keep_secret`` is handed address, key and secret of every new app; the secret can be read only then.

    Raises:
        SmsconfError: the journal cannot be written, before anything is sent; later the outcomes say so.
    """
    from smsconf.cloud.apply.changes import StepEvent, apply_changes

    now = client.service_time
    owner = Owner(client.scope, environment)
    total = sum(len(change.steps) for change in plan.changes)
    done = 0

    def record(event: StepEvent) -> None:
        nonlocal done
        if event.phase != "intent":
            done += 1
            if progress:
                progress(N_("steps"), done, total)
        journal.append(now, owner, {"event": event.phase, **event.record()})

    note_news(client, plan, journal, environment)
    outcomes = apply_changes(client, plan.changes, record=record, stopping=stopping, keep_secret=keep_secret)
    try:
        _remember_apps(plan, outcomes, journal, now, owner)
    except SmsconfError:
        if not any(went_wrong(one) for one in outcomes):
            raise
    return _report(plan, outcomes, interrupted=stopping())


def note_news(client: Client, plan: Plan, journal: Journal, environment: str | None) -> None:
    """Record the decisions that this plan saw for the first time, with the reviewer's words.

    Raises:
        SmsconfError: the journal cannot be written.
    """
    if client.known_scope is None:
        return  # nothing was read, either
    owner = Owner(client.scope, environment)

    def unrecorded() -> Iterator[Entry]:
        return news(journal.read().entries, owner, plan, client.site)

    journal.take_older(client.service_time, owner)
    if next(unrecorded(), None) is None:
        return
    with journal.locked("news"):  # another run may record the same meanwhile
        for entry in list(unrecorded()):
            journal.append(client.service_time, owner, entry)


def note_seen(client: Client, plan: Plan, journal: Journal, environment: str | None) -> None:
    """Record the same for a command that only reads: where the journal cannot be written it goes on."""
    with suppress(SmsconfError):
        note_news(client, plan, journal, environment)


def follow_reviews(client: Client, plan: Plan) -> tuple[Review, ...]:
    """Say where every address of a plan stands at the service."""
    return tuple(read_reviews(plan, client.site))


def _other_environments(project: Project, memory: Memory, *, strict: bool) -> dict[str, Desired]:
    """Read what the project's other environments declare in the same account, to leave it as it is.

    The files without an overlay are one more if the journal shows a run of theirs.

    Raises:
        SmsconfError: ``strict``, and one of them has errors, so that nobody knows all that it declares.
    """
    from smsconf.config.load.environments import FILES_ALONE

    found = {}
    runs: tuple[str | None, ...] = (None,) if None in memory.environments else ()
    for name in (*runs, *sorted(project.environments)):
        if name == project.environment:
            continue
        other, label = check(project.folder, name or FILES_ALONE), name or _("(none)")
        if other.provider not in (None, project.provider):
            continue
        if strict and has_errors(other.diagnostics):
            raise SmsconfError(
                _("the environment {name} has errors, and may share this account").format(name=label),
                why=_("nobody knows what of it must not be deleted"),
                fix=_("{command} names them").format(command=f"smsconf validate --env {name or repr('')}"),
            )
        found[label] = other.desired
    return found


def _remember_apps(
    plan: Plan, outcomes: tuple[Outcome, ...], journal: Journal, now: datetime, owner: Owner
) -> None:
    """Record which apps this project manages, so that one that leaves the files can be named once."""
    known = remember(journal.read().entries, owner).apps
    created = {outcome.change.label: outcome.remote_id for outcome in outcomes if outcome.remote_id}
    for change in plan.changes:
        address = change.address
        if address is None or address not in plan.apps:
            continue
        if change.action is Action.FORGET:
            journal.append(now, owner, {"event": "forgotten", "address": str(address)})
            continue
        remote_id = change.remote_id or created.get(change.label)
        if remote_id and known.get(address) != remote_id:
            entry = {"address": str(address), "remote_name": change.remote_name, "remote_id": remote_id}
            journal.append(now, owner, {"event": "managed", **entry})


def _report(plan: Plan, outcomes: tuple[Outcome, ...], *, interrupted: bool) -> Report:
    applied = {outcome.change.label for outcome in outcomes if outcome.result is Result.APPLIED}
    pending = [
        change.label
        for change in plan.changes
        if change.awaits
        and change.address
        and not change.held_by
        and ((change.kind.managed and change.action is Action.WAIT) or change.label in applied)
    ]
    rejected = [change.label for change in plan.changes if change.rejected]
    return Report(outcomes, tuple(pending), tuple(rejected), interrupted)
