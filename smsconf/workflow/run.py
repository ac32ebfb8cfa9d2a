"""The story of a run, in four functions: load_project, read, carry_out, and read again. Read this first.

    YAML ──load_project──▶ desired ──┐
                                     ├─read──▶ plan ──carry_out──▶ outcomes ──▶ (people review) ──▶ read
    service ────────────▶ observed ──┘

Nothing here knows the command line. Every run starts from the files and the service, moves as far as it can
now, says what it waits for, and ends; running it again is how things continue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from smsconf.language import N_, _
from smsconf.model.diagnostics import has_errors
from smsconf.model.errors import PlanRefused, SmsconfError
from smsconf.model.memory import Confirmation, Memory
from smsconf.model.observed import Observed
from smsconf.model.sites import SITES
from smsconf.reconcile.change import Action, ManualChange
from smsconf.reconcile.inputs import Inputs, Selection
from smsconf.reconcile.kinds.manual import decide_manual
from smsconf.reconcile.outcome import Outcome, Result, went_wrong
from smsconf.reconcile.plan import Plan, make_plan
from smsconf.reconcile.review import Review, read_reviews
from smsconf.store.entries import Entry, Owner, confirmed, news, remember
from smsconf.store.interfaces import Journal, JournalReading, Lock

if TYPE_CHECKING:
    from smsconf.config import Project
    from smsconf.model.address import Address
    from smsconf.model.resources import Desired
    from smsconf.workflow.session import Account, Session


@dataclass(frozen=True, slots=True)
class Report:
    """How a run ended: one outcome for each change that asked for something, and what is still open.

    ``pending`` and ``rejected`` are addresses. ``interrupted``: the user asked to stop before the end.
    """

    outcomes: tuple[Outcome, ...]
    pending: tuple[str, ...]
    rejected: tuple[str, ...]
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the service had when it was read once, what is decided from it, and where the reviews stand."""

    session: Session
    inputs: Inputs
    plan: Plan
    reviews: tuple[Review, ...]

    @property
    def unread(self) -> list[str]:
        """Why some kinds could not be read."""
        return [refusal.message for refusal in self.plan.refusals if refusal.scope == "read"]

    def require_all(self) -> None:
        """Make sure that nothing is missing.

        Raises:
            PlanRefused: not all could be read.
        """
        if self.unread:
            raise PlanRefused(self.unread[0], fix=_("run again when the service answers completely"))


def read(session: Session, selection: Selection | None = None) -> Snapshot:
    """Read the service once, and decide what the next run does about every address.

    Raises:
        CloudError: nothing can be read at all. A kind that cannot be read is a refusal in the plan.
    """
    from smsconf.cloud.read.observe import observe

    client, project, selection = session.client, session.project, selection or Selection()
    journal = session.journal.read()  # before the service: what another run records then is not taken back
    with session.talk.progress(N_("reading")) as progress:
        observed = observe(client, project.desired, cache=session.cache, progress=progress)
    if session.store.shared and client.known_scope:
        session.store.require_known(client.known_scope, [str(one) for one in project.desired.managed])
    memory = recall(project, journal, client.known_scope)
    deletes = bool(selection.prune or selection.retire or selection.retire_now)
    other_environments = _other_environments(project, memory, strict=deletes)
    inputs = Inputs(client.site, project.desired, observed, selection, memory, other_environments)
    plan = make_plan(inputs)
    return Snapshot(session, inputs, plan, tuple(read_reviews(plan, client.site)))


def recall(project: Project, reading: JournalReading, scope: str | None) -> Memory:
    """Return what the journal knows of an account; about manual steps the committed file, if there is one."""
    from smsconf.config.load.confirmations import latest

    others = project.environments - {project.environment}
    memory = remember(reading.entries, Owner(scope, project.environment), others)
    if not project.confirmations:
        return memory
    return replace(memory, confirmations=latest(project.confirmed, project.environment, scope))


def manual_rows(project: Project, journal: Journal, account: Account | None) -> list[ManualChange]:
    """Return every manual step and how it stands; the service is not asked for that."""
    site = SITES[project.provider.site if project.provider else "china"]
    memory = recall(project, journal.read(), account.scope if account else None)
    now = account.now if account else datetime.now(UTC)
    return list(decide_manual(Inputs(site, project.desired, Observed(now), Selection(), memory)))


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
    session: Session,
    plan: Plan,
    lock: Lock,
    *,
    stopping: Callable[[], bool] = lambda: False,
    keep_secret: Callable[[str, str, str], None] | None = None,
) -> Report:
    """Carry out a plan that its guards allow, recording each intent before its request.

    ``lock`` is the account's: before every request it is made sure that this run holds it still.
    ``keep_secret`` is handed address, key and secret of every new app; the secret can be read only then.

    Raises:
        SmsconfError: the journal cannot be written, before anything is sent; later the outcomes say so.
    """
    from smsconf.cloud.apply.changes import StepEvent, apply_changes

    client, journal, owner = session.client, session.journal, session.owner
    now = client.service_time
    total = sum(len(change.steps) for change in plan.changes)
    done = 0

    def record(event: StepEvent) -> None:
        nonlocal done
        if event.phase == "intent":
            lock.prove()
        else:
            done += 1
            progress(N_("steps"), done, total)
        journal.append(now, owner, {"event": event.phase, **event.record()})

    with session.talk.progress(N_("applying")) as progress:
        note_news(session, plan)
        outcomes = apply_changes(
            client, plan.changes, record=record, stopping=stopping, keep_secret=keep_secret
        )
        try:
            _remember_apps(session, plan, outcomes, now)
        except SmsconfError:
            if not any(went_wrong(one) for one in outcomes):
                raise
        return _report(plan, outcomes, interrupted=stopping())


def note_news(session: Session, plan: Plan) -> None:
    """Record the decisions that this plan saw for the first time, with the reviewer's words.

    Raises:
        SmsconfError: the journal cannot be written.
    """
    client, journal = session.client, session.journal
    if client.known_scope is None:
        return  # nothing was read, either
    owner = session.owner

    def unrecorded() -> Iterator[Entry]:
        return news(journal.read().entries, owner, plan, client.site)

    journal.take_older(client.service_time, owner)
    if next(unrecorded(), None) is None:
        return
    with journal.locked("news"):  # another run may record the same meanwhile
        for entry in list(unrecorded()):
            journal.append(client.service_time, owner, entry)


def note_seen(snapshot: Snapshot) -> None:
    """Record the same for a command that only reads: where the journal cannot be written it goes on."""
    with suppress(SmsconfError):
        note_news(snapshot.session, snapshot.plan)


def _other_environments(project: Project, memory: Memory, *, strict: bool) -> dict[str, Desired]:
    """Read what the project's other environments declare in the same account, to leave it as it is.

    The files without an overlay are one more if the journal shows a run of theirs.

    Raises:
        SmsconfError: ``strict``, and one of them has errors, so that nobody knows all that it declares.
    """
    from smsconf.config import load_project
    from smsconf.config.load.environments import FILES_ALONE

    found = {}
    runs: tuple[str | None, ...] = (None,) if None in memory.environments else ()
    for name in (*runs, *sorted(project.environments)):
        if name == project.environment:
            continue
        other, label = load_project(project.folder, name or FILES_ALONE), name or _("(none)")
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


def _remember_apps(session: Session, plan: Plan, outcomes: tuple[Outcome, ...], now: datetime) -> None:
    """Record which apps this project manages, so that one that leaves the files can be named once."""
    journal, owner = session.journal, session.owner
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
