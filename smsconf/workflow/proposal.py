"""A plan as it is shown to people and agreed to: guarded by the checks, with findings and outlooks.

Where a plan file permits it, only what that permits is left. Nothing is carried out here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from smsconf.model.diagnostics import Diagnostic
from smsconf.reconcile.outcome import Outcome
from smsconf.reconcile.plan import Plan
from smsconf.reconcile.saved_plan.plan_file import Permit, check_account, check_age
from smsconf.reconcile.saved_plan.staleness import still_permitted
from smsconf.render.plan.view import apply_view, plan_view
from smsconf.workflow.findings import find_all, held_back, of_submissions, subject_of
from smsconf.workflow.outlook import Outlooks, look_ahead
from smsconf.workflow.run import Report, Snapshot


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is agreed to. ``found``: what checks say; ``skipped``: what of a permit is not needed any more."""

    plan: Plan
    about: Mapping[str, Any]
    found: tuple[Diagnostic, ...]
    outlooks: Outlooks
    skipped: tuple[Outcome, ...] = ()

    def view(self) -> dict[str, Any]:
        """Return the document of the plan."""
        return plan_view(self.plan, self.about, self.found, self.outlooks)

    def apply_view(self, done: Report) -> dict[str, Any]:
        """Return the document of what became of it."""
        return apply_view(
            (*done.outcomes, *self.skipped),
            self.about,
            pending=done.pending,
            rejected=done.rejected,
            plan=self.plan,
            interrupted=done.interrupted,
            diagnostics=self.found,
            outlooks=self.outlooks,
        )


def propose(snapshot: Snapshot) -> Proposal:
    """Say all that a plan would do, and all that the checks object to in the project.

    Raises:
        SmsconfError: the journal cannot be read.
    """
    return _proposal(snapshot, snapshot.plan)


def propose_to_apply(snapshot: Snapshot, permit: Permit | None, *, strict: bool) -> Proposal:
    """Say the same about what is to be carried out: as far as it is permitted, findings about that alone.

    Raises:
        PlanStale: a permit is for another account, too old, or not for what there is now.
    """
    skipped: tuple[Outcome, ...] = ()
    plan, session = snapshot.plan, snapshot.session
    if permit:
        check_account(permit, session.client.known_scope)
        check_age(permit, session.client.service_time)
        allowed = still_permitted(permit, plan, session.recorded(), strict=strict)
        plan, skipped = allowed.plan, allowed.skipped
    made = _proposal(snapshot, plan)
    return replace(made, found=of_submissions(made.plan, made.found), skipped=skipped)


def _proposal(snapshot: Snapshot, plan: Plan) -> Proposal:
    session = snapshot.session
    subject = subject_of(session.project)
    found = find_all(session.project, subject)
    plan = held_back(plan, session.project, found)
    outlooks = look_ahead(session, plan, applied=True, subject=subject)
    return Proposal(plan, session.about, found, outlooks)
