"""``smsconf wait``: look again and again until every review is over, or the goal is out of reach."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from smsconf.cli.duration import DurationParam
from smsconf.cli.options import AddressParam, IntervalParam, project_options, report_options, require_known
from smsconf.cli.outlook import look_ahead
from smsconf.cli.output import report, say
from smsconf.cli.session import open_session
from smsconf.config import Project
from smsconf.language import _
from smsconf.model.address import Address
from smsconf.model.errors import CloudBroken, RateLimited, SmsconfError, Unreachable
from smsconf.reconcile.change import Action
from smsconf.reconcile.inputs import Selection
from smsconf.reconcile.plan import Plan
from smsconf.reconcile.review import Review
from smsconf.render.plan.text import status_lines
from smsconf.render.plan.view import status_view
from smsconf.workflow.run import check, follow_reviews, make_plan, note_seen

_ON_THE_WAY = frozenset({Action.CREATE, Action.UPDATE, Action.REPLACE, Action.ACTIVATE, Action.WAIT})
_SPREAD = (0.8, 1.2)  # several pipelines that started together shall not ask together


@click.command("wait")
@project_options
@report_options
@click.argument("addresses", type=AddressParam(), nargs=-1, metavar="[ADDRESS]...")
@click.option("--timeout", type=DurationParam(), default="1h", show_default=True, help="Give up after this.")
@click.option(
    "--interval",
    type=IntervalParam(),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="About how often to look.",
)
def command(
    folder: Path,
    environment: str | None,
    form: str,
    output: Path | None,
    addresses: tuple[Address, ...],
    timeout: float,
    interval: float,
) -> int:
    """Wait until every named address (without names: every declared one) is approved.

    \b
    Example:
      smsconf apply --auto-approve && smsconf wait --timeout 2h
      smsconf wait template.order-shipped --timeout 90s --interval 5

    It only looks; what is not submitted yet, apply must submit. A person decides: give up in time and let a
    later run go on. Exits 0 when all is done, 7 at once when a review was rejected or a change is refused,
    6 when the time is up, 4 if the service did not answer completely to the end.
    """
    project = check(folder, environment)
    require_declared(addresses, project)
    standing = wait_for_reviews(lambda: look(project, addresses), timeout=timeout, interval=interval, say=say)
    report(standing.view, status_lines, form, output)
    return standing.exit_code


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the awaited addresses stood at one look.

    ``pending`` are those that are not done, ``lost`` those that will not be unless somebody acts: rejected
    or refused, or in need of one that is. ``complete``: everything could be read.
    """

    reviews: tuple[Review, ...]
    pending: tuple[Address, ...]
    lost: tuple[Address, ...]
    complete: bool
    view: Mapping[str, Any]

    @property
    def exit_code(self) -> int:
        """Return the exit code: 4 before 7 before 6 before 0."""
        if not self.complete:
            return 4
        return 7 if self.lost else 6 if self.pending else 0


def require_declared(addresses: Collection[Address], project: Project) -> None:
    """Refuse addresses that the files do not declare."""
    desired = project.desired
    declared = [*desired.apps, *desired.signatures, *desired.templates]
    require_known(addresses, declared)


def look(project: Project, addresses: Collection[Address]) -> Standing:
    """Read the service once, with a client of its own, and say where the addresses (or all) stand."""
    with open_session(project, read_only=True) as session:
        plan = make_plan(session.client, project, session.journal, selection=Selection(), cache=session.cache)
        reviews = follow_reviews(session.client, plan)
        note_seen(session.client, plan, session.journal, project.environment)
        view = status_view(
            [one for one in reviews if not addresses or one.address in addresses],
            session.about,
            problems=[refusal.message for refusal in plan.refusals if refusal.scope == "read"],
            unmanaged=plan.unmanaged,
            foreign=plan.foreign,
            outlooks=look_ahead(session, project, plan, applied=False),
        )
        return _standing(plan, reviews, addresses, view)


def _standing(
    plan: Plan, reviews: tuple[Review, ...], addresses: Collection[Address], view: Mapping[str, Any]
) -> Standing:
    rejected = {one.address for one in reviews if one.rejected or one.stuck}
    moving: set[Address] = set()
    lost: set[Address] = set()
    for change in plan.changes:  # what others need comes before them
        if change.address is None or change.action in (Action.RETIRE, Action.DELETE):
            continue
        if change.action in _ON_THE_WAY:
            moving.add(change.address)
        refused = change.action is Action.REFUSED or change.blocked_by is not None
        hopeless = refused or change.rejected or change.address in rejected
        if hopeless or not lost.isdisjoint(change.needs):
            lost.add(change.address)
    shown = tuple(one for one in reviews if not addresses or one.address in addresses)
    return Standing(
        reviews=shown,
        pending=tuple(one.address for one in shown if one.pending or one.address in moving),
        lost=tuple(one.address for one in shown if one.address in lost),
        complete=not plan.incomplete,
        view=view,
    )


def rounds(
    look: Callable[[], Standing],
    *,
    interval: float,
    timeout: float = float("inf"),
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    spread: Callable[[float, float], float] = random.uniform,
) -> Iterator[Standing | SmsconfError]:
    """Look now and then: one standing a round, or why a round found out nothing; the last when time is up.

    Raises:
        CloudError: the first look went wrong, or the credentials are not accepted any more.
    """
    deadline = clock() + timeout
    yield look()
    while (left := deadline - clock()) > 0:
        sleep(min(left, interval * spread(*_SPREAD)))
        try:
            yield look()
        except (Unreachable, RateLimited, CloudBroken) as problem:
            yield problem


def wait_for_reviews(
    look: Callable[[], Standing],
    *,
    timeout: float,
    interval: float,
    say: Callable[[str], None],
    **times: Any,  # noqa: ANN401 - clock, sleep and spread of ``rounds``
) -> Standing:
    """Look until everything is done, something is lost, or the time is up; return the last standing.

    Args:
        look: reads the service once.
        timeout: in seconds.
        interval: about how many seconds between two looks.
        say: told each thing that moves, as one line.
        times: clock, sleep and spread, for tests.
    """
    standing: Standing | None = None
    for found in rounds(look, interval=interval, timeout=timeout, **times):
        if isinstance(found, SmsconfError):
            say(_("looking again: {message}").format(message=found.message))
            continue
        for line in moves(standing, found):
            say(line)
        standing = found
        if found.complete and (found.lost or not found.pending):
            break
    assert standing is not None  # noqa: S101 - for the type checker: the first round raises or finds
    return standing


def moves(before: Standing | None, after: Standing) -> Iterator[str]:
    """Say what moved between two looks; of the first look, what is awaited."""
    if before is None:
        if after.pending:
            yield _("waiting for {pending}").format(
                pending=", ".join(str(address) for address in after.pending)
            )
        return
    was = {one.address: one for one in before.reviews}
    for one in after.reviews:
        old = was.get(one.address)
        if old is None or (old.phase, old.status) != (one.phase, one.status):
            words = f" ({one.review_message})" if one.rejected and one.review_message else ""
            yield f"{one.address}: {old.verdict.message if old else '?'} → {one.verdict.message}{words}"
