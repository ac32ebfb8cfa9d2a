"""When the reviewers' answers will come: an estimate from the vendor's figures and their working hours.

It promises nothing and decides nothing; a review that is late is only named. Nobody says in which zone the
service writes its times: they are read as UTC here, the later of the two readings (UTC, Beijing), so that
nothing is called overdue which is late under one of them only.

Written from what ``PACES`` names, each with its date; what has no figure is marked provisional.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from smsconf.model.address import Address, Kind
from smsconf.model.lifecycle import Phase, read_status
from smsconf.model.memory import Memory
from smsconf.model.observed import ObservedSignature, ObservedTemplate, read_time
from smsconf.model.resources import Template
from smsconf.model.sites import Site
from smsconf.model.working_days import (
    BEIJING,
    HOURS_A_DAY,
    OFFICIAL,
    Calendar,
    add_working_hours,
    is_provisional,
)
from smsconf.reconcile.change import Action, Change


class Pace(NamedTuple):
    """How long a review takes, in working hours, and who says so; ``guessed``: nobody gives a figure."""

    hours: float
    source: str
    date: str
    guessed: bool = False


PACES: Final[Mapping[str, Pace]] = {
    "signature": Pace(5 * HOURS_A_DAY, "the vendor's notice: within 5 working days", "2024-09-14"),
    "template": Pace(2, "the vendor's quick start: 2 hours at the fastest", "2025-02-11"),
    "template for a special country": Pace(
        3 * HOURS_A_DAY, "the vendor's quick start: longer, without a figure", "2025-02-11", guessed=True
    ),
}


class Expectation(NamedTuple):
    """When an answer should be there (UTC), and whether that rests on a guess; ``overdue`` if that is past.

    ``since`` is when it was submitted (UTC), if the journal knows.
    """

    by: datetime
    provisional: bool
    overdue: bool = False
    since: datetime | None = None


@dataclass(frozen=True)
class Forecaster:
    """What an expectation rests on: ``now`` is the service's time, ``special`` are names of countries."""

    now: datetime
    site: Site
    calendar: Calendar = OFFICIAL
    special: Collection[str] = ()
    memory: Memory = field(default_factory=Memory)

    def expected(self, changes: Sequence[Change], *, applied: bool) -> Mapping[Address, Expectation]:
        """Say when the answers come to what is in review; ``applied``: to what is submitted now as well."""
        rows = [one for one in changes if one.address and one.action not in _NOT_AWAITED]
        found: dict[Address, Expectation] = {}
        above = {one.address: one for one in rows}
        for change in sorted(rows, key=lambda one: one.kind is Kind.TEMPLATE):  # after their signatures
            assert change.address is not None  # noqa: S101 - for the type checker: filtered above
            begin = self._begin(change, applied=applied)
            if begin is None:
                continue
            template = change.desired if isinstance(change.desired, Template) else None
            if template and template.signature and (brand := above.get(template.signature)):
                begin = self._after_signature(begin, brand, found.get(template.signature))
            if begin is not None:
                found[change.address] = self._expectation(
                    begin, self._pace(template), change, applied=applied
                )
        return found

    def _begin(self, change: Change, *, applied: bool) -> datetime | None:
        """Return when the review of a change begins or began, as far as the change itself tells."""
        if applied and change.submissions:
            return self.now
        one = change.observed
        if not isinstance(one, ObservedSignature | ObservedTemplate):
            return None
        if read_status(change.kind, self.site, one.status).phase is not Phase.IN_REVIEW:
            return None
        return self._remembered(one) or _moved(one)

    def _remembered(self, one: ObservedSignature | ObservedTemplate) -> datetime | None:
        """Return when we submitted something, unless the service saw a later change by somebody else."""
        submitted, moved = self.memory.submitted_at.get(one.remote_id), _moved(one)
        if submitted and moved and submitted < moved - _BEIJING_AHEAD - _CLOCKS_DIFFER:
            return None
        return submitted

    def _after_signature(
        self, begin: datetime, brand: Change, expected: Expectation | None
    ) -> datetime | None:
        """Return when a template's review begins: not before its signature is approved."""
        one = brand.observed
        if isinstance(one, ObservedSignature):
            verdict = read_status(Kind.SIGNATURE, self.site, one.status).verdict
            if verdict.approved:
                return max(begin, read_time(one.update_time) or begin)
        return max(begin, expected.by) if expected else None

    def _pace(self, template: Template | None) -> Pace:
        if template is None:
            return PACES["signature"]
        special = any(name in self.special for name in template.countries)
        return PACES["template for a special country" if special else "template"]

    def _expectation(self, begin: datetime, pace: Pace, change: Change, *, applied: bool) -> Expectation:
        by = add_working_hours(begin, pace.hours, self.calendar)
        years = {moment.astimezone(BEIJING).year for moment in (begin, by)}
        guessed = pace.guessed or any(is_provisional(year, self.calendar) for year in years)
        one = change.observed
        since = None
        if isinstance(one, ObservedSignature | ObservedTemplate) and not (applied and change.submissions):
            since = self._remembered(one)
        return Expectation(by, guessed, by < self.now, since)


_NOT_AWAITED = (Action.RETIRE, Action.DELETE, Action.WITHDRAW)


def _moved(one: ObservedSignature | ObservedTemplate) -> datetime | None:
    return read_time(one.update_time or one.create_time)


_BEIJING_AHEAD = timedelta(hours=8)
_CLOCKS_DIFFER = timedelta(minutes=5)  # a run reads the service's time once, and may submit minutes later
