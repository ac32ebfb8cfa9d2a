"""The log of a receiver: each kind at once, then once a minute with what was added, whatever comes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from smsconf.cli.receive_log import JsonLog
from smsconf.messaging.receive.figures import Figures


def test_flood_is_a_line_a_minute_and_every_request_is_in_one() -> None:
    """Refusals and failed writes are added up on their own; quiet minutes write nothing."""
    figures, lines = Figures(), list[dict[str, Any]]()
    now = datetime(2026, 1, 5, 3, 4, 5, tzinfo=UTC)
    log = JsonLog(figures, lambda: now, lambda line: lines.append(json.loads(line)))
    for second in range(300):
        now += timedelta(seconds=1)
        if second < 150:
            figures.refused.update({"wrong path": 100, "unreadable": second % 2})
        if second == 90:
            figures.store_errors, figures.store_problem = 3, "the disk is full"
        log.tick()
    refused = [one for one in lines if one["event"] == "refused"]
    assert [one["count"] for one in refused] == [100, 6030, 6030, 2915]
    assert refused[0]["reasons"] == {"wrong path": 100}
    assert refused[0]["time"] == "2026-01-05T03:04:06.000+00:00"
    (failed,) = (one for one in lines if one["event"] == "store-error")
    assert (failed["count"], failed["message"]) == (3, "the disk is full")
    assert len(lines) == 5
