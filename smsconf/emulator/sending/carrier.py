"""What becomes of an accepted message: by the number's last digits, or by rules that a person sets.

Nothing is sent or reported here. The vendor publishes no test numbers; ``ENDINGS`` is our convention.
Statuses are those of sms_05_0051 (CN, 2024-11): if a carrier says nothing for 72 hours, the platform itself
reports EXPIRED; whoever replied R is not reached from that channel any more.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from smsconf.emulator.base.clock import read_duration, timestamp
from smsconf.emulator.base.control_call import must, read_object, read_string
from smsconf.emulator.base.exchange import Answer, Call, Object
from smsconf.emulator.base.store import Store

PATIENCE: Final = timedelta(hours=72)
DELIVERED: Final = "DELIVRD"
OPTED_OUT: Final = "REJECTD"
EXPIRED: Final = "EXPIRED"
ENDINGS: Final[dict[str, str | None]] = {
    "99901": "UNDELIV",
    "99902": "REJECTD",
    "99903": "EXPIRED",
    "99904": "UNKNOWN",
    "99905": "DELETED",
    "99906": "MBBLACK",
    "99907": "SC:0006",
    "99908": "MK:0001",
    "99909": None,
    "99910": "BEYONDN",
}
"""Last five digits → the status of the report; ``None``: the carrier says nothing."""
DEFAULT: Final[Object] = {
    "default": DELIVERED,
    "delay": "PT2S",
    "duplicates": 0,
    "disorder": False,
    "rules": [],
}
MOST_DUPLICATES: Final = 10


class Fate(NamedTuple):
    """Outcome and date of one message; ``None`` is what its batch says: delivered, at the batch's date."""

    outcome: str | None
    due: str | None


class Carrier:
    """The carriers' habits as they are for one channel at one moment."""

    def __init__(self, store: Store, channel: str, now: datetime) -> None:
        habits = read_habits(store)
        self.now = now
        self.due = timestamp(now + read_duration(habits["delay"]))
        self._rules = [(re.compile(rule["to"]), rule) for rule in habits["rules"]]
        self._default = self._fate(habits["default"], None)
        rows = store.connection.execute("SELECT number FROM opt_out WHERE channel = ?", (channel,))
        self._opted_out = frozenset(number for (number,) in rows)

    def answer(self, number: str) -> str | None:
        """Return the status with which a rule refuses a number at once, if one does."""
        rule = self._rules and self._rule(number)
        return rule.get("answer") if rule else None

    def fate(self, number: str) -> Fate:
        """Return what becomes of a message to a number: the first rule that fits, else its ending."""
        if number in self._opted_out:
            return Fate(OPTED_OUT, None)
        if self._rules and (rule := self._rule(number)):
            return self._fate(rule.get("status", DELIVERED), rule.get("delay"))
        ending = number[-5:]
        return self._fate(ENDINGS[ending], None) if ending in ENDINGS else self._default

    def _rule(self, number: str) -> Object | None:
        return next((rule for pattern, rule in self._rules if pattern.search(number)), None)

    def _fate(self, status: str | None, delay: str | None) -> Fate:
        after = read_duration(delay) if delay else None
        if status is None or (after is not None and after >= PATIENCE):
            return Fate(EXPIRED, timestamp(self.now + PATIENCE))
        outcome = None if status == DELIVERED else status
        return Fate(outcome, None if after is None else timestamp(self.now + after))


def read_habits(store: Store) -> Object:
    """Return what a person has set, with defaults."""
    habits: Object = json.loads(store.meta("carrier", json.dumps(DEFAULT)))
    return habits


def set_carrier(call: Call) -> Answer:
    """PUT carrier: what becomes of the messages that are sent from now on, and how it is reported."""
    body = {**DEFAULT, **read_object(call.body, allowed=tuple(DEFAULT))}
    _read_status(body, "default")
    _read_delay(body)
    known = type(body["duplicates"]) is int and 0 <= body["duplicates"] <= MOST_DUPLICATES
    must(known, f"duplicates must be 0-{MOST_DUPLICATES}")
    must(isinstance(body["disorder"], bool), "disorder must be true or false")
    must(isinstance(body["rules"], list), "rules must be a list")
    for rule in body["rules"]:
        _check_rule(rule)
    call.store.set_meta("carrier", json.dumps(body))
    return Answer(body)


def _check_rule(rule: Any) -> None:  # noqa: ANN401 - as sent
    fields = read_object(rule, allowed=("to", "status", "delay", "answer"))
    try:
        re.compile(read_string(fields, "to"))
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"to is no regular expression: {error}") from None
    for name in ("status", "answer"):
        if name in fields:
            _read_status(fields, name)
    if "delay" in fields:
        _read_delay(fields)


def _read_status(body: Object, name: str) -> None:
    """Check a status: ``None`` is a carrier that says nothing; unknown ones are wanted for tests."""
    fits = body[name] is None or 1 <= len(read_string(body, name)) <= 16
    must(fits, f"{name} must be null or 1-16 characters")


def _read_delay(body: Object) -> None:
    try:
        delay = read_duration(read_string(body, "delay"))
    except OverflowError:
        delay = timedelta.max
    must(timedelta() <= delay <= PATIENCE, "delay must be PT0S to PT72H")
