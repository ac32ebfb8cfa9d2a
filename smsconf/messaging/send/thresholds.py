"""When a list may be sent, and how much of it: hours, thresholds, how far ahead. Pure, in one place.

Windows are in Beijing time, thresholds in UTC days and months, as the service has them. Limits of one
recipient need no code: nobody is in a run twice.

Written from https://support.huaweicloud.com/intl/en-us/usermanual-msgsms/ sms_03_1009 (thresholds) and
sms_03_0007 (a month ahead), and the FAQ on sending hours; read 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, timezone

from smsconf.language import _
from smsconf.model.resources import MessageType, Threshold
from smsconf.store.runs import Spent

BEIJING = timezone(timedelta(hours=8), "Beijing")
OPENS, CLOSES = time(8), time(22)
FARTHEST = timedelta(days=31)


def opening(kind: str, now: datetime) -> datetime | None:
    """Return when messages of a type may go out next, if they may not now."""
    here = now.astimezone(BEIJING)
    if kind != MessageType.PROMOTION.value or OPENS <= here.time() < CLOSES:
        return None
    day = here.date() + timedelta(days=here.time() >= CLOSES)
    return datetime.combine(day, OPENS, BEIJING)


@dataclass(slots=True)
class Allowance:
    """What a threshold leaves of what was spent so far."""

    threshold: Threshold | None
    spent: Spent = field(default_factory=Spent)

    def room(self) -> int | None:
        """Return how many messages may still go out; ``None``: any number."""
        if self.threshold is None:
            return None
        pairs = (
            (self.threshold.daily_limit, self.spent.day),
            (self.threshold.monthly_limit, self.spent.month),
        )
        left = [max(0, limit - used) for limit, used in pairs if limit is not None]
        return min(left) if left else None

    def spend(self, count: int) -> None:
        """Count messages that go out."""
        self.spent = self.spent.plus(count)

    def exhausted(self) -> str:
        """Say which limit is reached, and when sending goes on."""
        assert self.threshold is not None  # noqa: S101 - for the type checker: without one nothing is limited
        daily = self.threshold.daily_limit
        if daily is not None and self.spent.day >= daily:
            return _(
                "the daily limit of {limit} messages ({address}) is reached: run again on the next UTC day"
            ).format(limit=daily, address=self.threshold.address)
        return _("the monthly limit of {limit} messages ({address}) is reached: run again next month").format(
            limit=self.threshold.monthly_limit, address=self.threshold.address
        )

    def warnings(self) -> Iterator[str]:
        """Yield a line for each value of the threshold from which on people want to be warned."""
        if self.threshold is None:
            return
        if self.threshold.daily_warn is not None and self.spent.day >= self.threshold.daily_warn:
            yield _("{count} messages today (UTC): the warning value of {address} is {warn}").format(
                count=self.spent.day, address=self.threshold.address, warn=self.threshold.daily_warn
            )
        if self.threshold.monthly_warn is not None and self.spent.month >= self.threshold.monthly_warn:
            yield _("{count} messages this month (UTC): the warning value of {address} is {warn}").format(
                count=self.spent.month, address=self.threshold.address, warn=self.threshold.monthly_warn
            )
