"""What every status of the service means to us: one table per kind, and what each phase allows.

A status is the service's raw string; a *phase* is our reading of where in its life a thing is; a *verdict*
is what that means to the user. The planner branches on phases only, so a new status of the service is one
new row here. A status that is not in the table has the phase UNKNOWN, and nothing is written for it.

Sources: management-api reference §6 (the vendor's API pages of 2025-12-02, china and international) and
§5.2 (the moves of a template; the vendor publishes no table, so they are inferred from the change histories
of 2024-11-06 and 2024-12-23).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from smsconf.language import N_, _
from smsconf.model.address import Kind
from smsconf.model.sites import Site


class Phase(StrEnum):
    """Where in its life a thing is. *review* means the human decision of the service, nothing else."""

    ABSENT = "absent"
    PREPARING = "preparing"  # the service is still setting it up; no person decides
    SERVING = "in service"  # an app: nobody reviews it
    DRAFT = "draft"
    IN_REVIEW = "in review"
    REJECTED = "rejected"
    APPROVED = "approved"
    ACTIVATABLE = "to be activated"
    DISABLED = "disabled"
    DEAD = "deactivated"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a status means: is the way to its end over, did the reviewer agree, can it be used now."""

    done: bool
    approved: bool
    usable: bool
    text: str

    @property
    def message(self) -> str:
        """What it means in words, in the user's language; ``text`` is what it is translated from."""
        return _(self.text)


@dataclass(frozen=True, slots=True)
class Status:
    """A phase and a verdict."""

    phase: Phase
    verdict: Verdict


def _row(
    phase: Phase, message: str, *, done: bool = False, approved: bool = False, usable: bool = False
) -> Status:
    return Status(phase, Verdict(done, approved, usable, message))


def _approved(message: str, *, done: bool = True, usable: bool = True) -> Status:
    return _row(Phase.APPROVED, message, done=done, approved=True, usable=usable)


APPS: Mapping[str, Status] = {
    "CREATED": _row(Phase.PREPARING, N_("being created by the service")),
    "PROCESSING": _row(Phase.PREPARING, N_("resources not allocated yet; ask the account manager")),
    "LAUNCHED": _row(Phase.SERVING, N_("launched"), done=True, approved=True, usable=True),
    "SUSPENDED": _row(
        Phase.DEAD, N_("suspended by the operators: nothing can be sent"), done=True, approved=True
    ),
}

_SIGNATURES_EVERYWHERE: Mapping[str, Status] = {
    "PENDING_REVIEW": _row(Phase.IN_REVIEW, N_("in review")),
    "PROCESSING": _approved(N_("approved; its channel is being configured"), done=False, usable=False),
    "REVIEW_NOT_PASS": _row(Phase.REJECTED, N_("rejected"), done=True),
    "TO_BE_ACTIVATED": _row(Phase.ACTIVATABLE, N_("to be activated after arrears")),
    "PENDING_ACTIVATE": _row(Phase.IN_REVIEW, N_("its activation is in review")),
}

_SIGNATURES_INTERNATIONAL: Mapping[str, Status] = {
    **_SIGNATURES_EVERYWHERE,
    "REVIEW_PASSED": _approved(N_("approved")),
}

_SIGNATURES_CHINA: Mapping[str, Status] = {
    **_SIGNATURES_EVERYWHERE,
    "PENDING_QUALIFICATION_REVIEW": _row(Phase.IN_REVIEW, N_("its qualification is in review")),
    "REAL_NAME_REGISTRATING": _approved(
        N_("approved; the real-name registration is running"), done=False, usable=False
    ),
    "REVIEW_PROCESSING_COMPLETED": _approved(N_("approved")),
    # Signatures from before 2024-10: they can send, at the risk that a carrier blocks them.
    "REVIEW_PASSED": _approved(N_("approved; its qualification is still to be supplemented")),
    "REVIEW_PASSED_QUALIFICATION_PROCESSING": _approved(N_("approved; its qualification is in review")),
    "REVIEW_PASSED_REAL_NAME_REGISTRATING": _approved(N_("approved; the real-name registration is running")),
    "REVIEW_PASSED_REAL_NAME_REGISTRATE_FAIL": _approved(N_("approved; the real-name registration failed")),
}

SIGNATURES: Mapping[str, Mapping[str, Status]] = {
    "china": _SIGNATURES_CHINA,
    "international": _SIGNATURES_INTERNATIONAL,
    "europe": _SIGNATURES_INTERNATIONAL,
}

TEMPLATES: Mapping[str, Status] = {
    "Pending": _row(Phase.DRAFT, N_("a draft, not submitted")),
    "Reviewing": _row(Phase.IN_REVIEW, N_("in review")),
    "SignReviewing": _row(Phase.IN_REVIEW, N_("waits for the review of its signature")),
    "Reject": _row(Phase.REJECTED, N_("rejected"), done=True),
    "Adopted": _approved(N_("approved")),
    "Adopted_inactive": _row(Phase.DEAD, N_("deactivated by the operators; cannot be recovered"), done=True),
    "Disable": _row(Phase.DISABLED, N_("disabled"), done=True),
}

ABSENT = _row(Phase.ABSENT, N_("not at the service yet"))


def read_status(kind: Kind, site: Site, raw: str) -> Status:
    """Look up what a raw status means at a site; one we do not know has the phase UNKNOWN."""
    tables = {Kind.APP: APPS, Kind.SIGNATURE: SIGNATURES[site.name], Kind.TEMPLATE: TEMPLATES}
    found = tables[kind].get(raw)
    return found or _row(Phase.UNKNOWN, _("unknown status '{raw}'").format(raw=raw))
