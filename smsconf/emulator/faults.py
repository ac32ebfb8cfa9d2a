"""Trouble on request: faults queued per operation, consumed first in, first out.

A fault is consumed by the next authenticated request of its operation. Nothing here imitates the vendor; only
the bodies do (API Gateway error table, 2026-11).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from smsconf.emulator import errors
from smsconf.emulator.errors import Fault
from smsconf.emulator.exchange import Object
from smsconf.emulator.routes import OPERATIONS
from smsconf.emulator.store import Store

KINDS = ("status", "throttle", "reset", "timeout-after-commit", "slow", "stale-list")
STALE_LISTS = {
    "ListAppDetails": "app",
    "ListSignatureDetails": "signature",
    "ListTemplateDetails": "template",
}
HANG_UP_SECONDS = 0.2  # the contract: within a second
BODIES = {
    401: errors.UNAUTHENTICATED,
    403: errors.FORBIDDEN,
    404: errors.NO_API,
    413: errors.TOO_LARGE,
    429: errors.THROTTLED,
    500: errors.INTERNAL,
}
BY_CODE = {row.code: row for row in errors.BY_NAME.values()}


@dataclass(frozen=True, slots=True)
class Trouble:
    """One fault as a person queued it."""

    fault: str
    status: int = 503
    seconds: float = 1.0
    error_code: str | None = None

    @property
    def refuses(self) -> bool:
        """Whether the operation is not carried out."""
        return self.fault in {"status", "throttle", "reset"}

    @property
    def row(self) -> Fault:
        """What a refusing fault answers."""
        if self.fault == "throttle":
            return errors.THROTTLED
        if self.error_code is not None:
            known = BY_CODE.get(self.error_code)
            return known or Fault(self.error_code, self.status, "Injected fault.", errors.GUESS)
        default = errors.BACKEND_UNAVAILABLE if self.status >= 500 else errors.INVALID
        return BODIES.get(self.status, default)._replace(status=self.status)


def read_faults(body: Any) -> list[Object]:  # noqa: ANN401 - as sent
    """Check what a person asks for.

    Raises:
        ValueError: it is not a list of faults.
    """
    if not isinstance(body, list) or not all(isinstance(entry, dict) for entry in body):
        raise ValueError("expected a list of faults")
    for entry in body:
        operation, fault = entry.get("operation"), entry.get("fault")
        if operation not in OPERATIONS:
            raise ValueError(f"unknown operation {operation!r}; known: {', '.join(OPERATIONS)}")
        if fault not in KINDS:
            raise ValueError(f"unknown fault {fault!r}; known: {', '.join(KINDS)}")
        if fault == "stale-list" and operation not in STALE_LISTS:
            raise ValueError(f"{operation} is no list; known: {', '.join(STALE_LISTS)}")
        numbers = (entry.get("status", 503), entry.get("times", 1))
        if not all(isinstance(value, int) for value in numbers) or not 400 <= numbers[0] <= 599:
            raise ValueError("status must be 400-599 and times a number")
        seconds = entry.get("seconds", 1)
        if not isinstance(seconds, int | float) or not 0 <= seconds <= 600:
            raise ValueError("seconds must be 0-600")
    return body


def queue_faults(store: Store, faults: list[Object]) -> None:
    """Put checked faults behind those that wait already."""
    for entry in faults:
        known = {name: entry[name] for name in ("fault", "status", "seconds", "error_code") if name in entry}
        store.connection.execute(
            "INSERT INTO fault (operation, remaining, fault) VALUES (?, ?, ?)",
            (entry["operation"], entry.get("times", 1), json.dumps(known)),
        )


def take_fault(store: Store, operation: str) -> Trouble | None:
    """Take the operation's next fault off the queue."""
    rows = store.rows(
        "SELECT seq, fault FROM fault WHERE operation = ? AND remaining > 0 ORDER BY seq LIMIT 1",
        (operation,),
    )
    if not rows:
        return None
    store.connection.execute("UPDATE fault SET remaining = remaining - 1 WHERE seq = ?", (rows[0]["seq"],))
    store.connection.execute("DELETE FROM fault WHERE remaining <= 0")
    return Trouble(**json.loads(rows[0]["fault"]))
