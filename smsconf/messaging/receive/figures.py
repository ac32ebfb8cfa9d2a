"""What a receiver counts since it began, and how Prometheus is told.

Counts and times only: no phone number, no text, no id and no path is among them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from smsconf.store.messages import Reply, Report

if TYPE_CHECKING:
    from prometheus_client import Metric

LAGS = (1, 5, 15, 60, 300, 900, 3600, 21600, 86400, 259200, math.inf)
"""Upper bounds in seconds; a report that the service makes up for want of one comes after 72 hours."""


@dataclass(slots=True)
class Figures:
    """What was counted; changed and read in one thread.

    Attributes:
        stored: items that were acknowledged, by ``reports`` and ``replies``; repeated ones too.
        refused: requests that were not, by reason.
        duplicates: items of ``stored`` that were known already.
        store_errors: writes to the store that failed, those of the health check too.
        store_problem: what the last of them said, without values.
        in_flight: pushes that are being answered.
        lags: pushes by the bound of how late their newest report came, see ``LAGS``.
        lag_sum: how late all of them together, in seconds.
    """

    stored: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    duplicates: int = 0
    store_errors: int = 0
    store_problem: str = ""
    in_flight: int = 0
    lags: Counter[float] = field(default_factory=Counter)
    lag_sum: float = 0.0

    def take(self, items: Sequence[Report | Reply], now: datetime) -> None:
        """Count a push that is stored."""
        self.stored.update("reports" if isinstance(one, Report) else "replies" for one in items)
        times = [moment for one in items if isinstance(one, Report) and (moment := _moment(one.updated))]
        if times:  # a clock that is ahead of ours, as an emulator's may be, makes nothing early
            lag = max(0.0, (now - max(times)).total_seconds())
            self.lags[next(bound for bound in LAGS if lag <= bound)] += 1
            self.lag_sum += lag

    def collect(self) -> Iterator[Metric]:
        """Yield the figures as Prometheus takes them."""
        from prometheus_client.core import (
            CounterMetricFamily,
            GaugeMetricFamily,
            HistogramMetricFamily,
        )

        for name, text, count in (
            ("reports", "Status reports stored and acknowledged, repeated ones too.", self.stored["reports"]),
            ("replies", "Replies stored and acknowledged, repeated ones too.", self.stored["replies"]),
            ("duplicates", "Reports and replies that were known already.", self.duplicates),
            ("store_errors", "Writes to the store that failed.", self.store_errors),
        ):
            yield CounterMetricFamily(f"smsconf_receive_{name}", text, value=count)
        refused = CounterMetricFamily(
            "smsconf_receive_refused", "Requests not acknowledged, by reason.", labels=["reason"]
        )
        for reason, count in sorted(self.refused.items()):
            refused.add_metric([reason], count)
        yield refused
        yield GaugeMetricFamily(
            "smsconf_receive_in_flight", "Pushes that are being answered.", value=self.in_flight
        )
        reached = 0
        buckets = []
        for bound in LAGS:
            reached += self.lags[bound]
            buckets.append(("+Inf" if bound == math.inf else str(float(bound)), reached))
        yield HistogramMetricFamily(
            "smsconf_receive_lag_seconds",
            "From the service's time of the newest report of a push to its arrival here.",
            buckets=buckets,
            sum_value=self.lag_sum,
        )


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:  # whatever the service wrote there
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
