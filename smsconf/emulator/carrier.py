"""What becomes of an accepted message: by the number's last digits, or by rules that a person sets.

The vendor publishes no test numbers; ``ENDINGS`` is our convention. Statuses are those of sms_05_0051 (CN,
2024-11): a carrier that says nothing for 72 hours makes the platform report EXPIRED itself.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from smsconf.emulator.clock import read_duration, timestamp
from smsconf.emulator.exchange import Object
from smsconf.emulator.store import Store

PATIENCE: Final = timedelta(hours=72)
SILENT: Final = None
ENDINGS: Final[dict[str, str | None]] = {
    "99901": "UNDELIV",
    "99902": "REJECTD",
    "99903": "EXPIRED",
    "99904": "UNKNOWN",
    "99905": "DELETED",
    "99906": "MBBLACK",
    "99907": "SC:0006",
    "99908": "MK:0001",
    "99909": SILENT,
    "99910": "BEYONDN",
}
"""Last five digits → the status of the report, or none at all."""
BUSY_ENDINGS: Final = {"99915": "E200015", "99948": "E200048"}
"""Last five digits → the status in the answer: nothing is accepted for these."""
DEFAULT: Final[Object] = {
    "default": "DELIVRD",
    "delay": "PT2S",
    "duplicates": 0,
    "disorder": False,
    "rules": [],
}


class Fate(NamedTuple):
    """Outcome and date of one message; ``None`` is what its batch says: delivered, at the batch's date."""

    outcome: str | None
    due: str | None


ORDINARY: Final = Fate(None, None)


class Carrier:
    """The carriers' habits, as set for one request, for messages of one moment."""

    def __init__(self, store: Store, now: datetime) -> None:
        settings = read_habits(store)
        self.now = now
        self.due = timestamp(now + read_duration(settings["delay"]))
        self._default = Fate(None if settings["default"] == "DELIVRD" else settings["default"], None)
        self._rules = [(re.compile(rule["to"]), rule) for rule in settings["rules"]]

    def fate(self, number: str) -> Fate:
        """Return what becomes of a message to a number: the first rule that fits, else its ending."""
        for pattern, rule in self._rules:
            if pattern.search(number):
                return self._fate(rule.get("status", "DELIVRD"), rule.get("delay"))
        ending = number[-5:]
        if ending in ENDINGS:
            return self._fate(ENDINGS[ending], None)
        return self._default

    def _fate(self, status: str | None, delay: str | None) -> Fate:
        after = read_duration(delay) if delay else None
        if status is SILENT or (after is not None and after >= PATIENCE):
            return Fate("EXPIRED", timestamp(self.now + PATIENCE))
        return Fate(status, None if after is None else timestamp(self.now + after))


def read_habits(store: Store) -> Object:
    """Return what a person has set, with defaults."""
    habits: Object = json.loads(store.meta("carrier", json.dumps(DEFAULT)))
    return habits
