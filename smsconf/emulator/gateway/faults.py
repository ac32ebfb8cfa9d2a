"""Trouble on request: faults queued per operation, consumed first in, first out.

A fault is consumed by the next authenticated request of its operation. Nothing here imitates the vendor; only
the bodies do (API Gateway error table, 2026-11).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from smsconf.emulator.base import errors
from smsconf.emulator.base.control_call import must
from smsconf.emulator.base.errors import Fault
from smsconf.emulator.base.exchange import Object
from smsconf.emulator.base.store import Store
from smsconf.emulator.gateway.routes import OPERATIONS

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
RANGES: dict[str, tuple[tuple[type, ...], int, int]] = {
    "status": ((int,), 400, 599),
    "times": ((int,), 1, 1_000_000),
    "seconds": ((int, float), 0, 600),
}
BY_CODE = {row.code: row for row in errors.BY_NAME.values()}


@dataclass(frozen=True, slots=True)
class Trouble:
    """One fault as a person queued it."""

    fault: str
    status: int | None = None
    seconds: float = 1.0
    error_code: str | None = None

    @property
    def refuses(self) -> bool:
        """Whether the operation is not carried out."""
        return self.fault in {"status", "throttle", "reset"} and self.number_status is None

    @property
    def number_status(self) -> str | None:
        """The status of every number of a request, if the code is no request's: ``E2...`` of sending."""
        code = self.error_code if self.fault == "status" else None
        return code if code and code.startswith("E2") else None

    @property
    def row(self) -> Fault:
        """What a refusing fault answers; without a code of its own, what suits the status."""
        if self.fault == "throttle":
            return errors.THROTTLED
        if self.error_code is not None:
            row = BY_CODE.get(self.error_code, Fault(self.error_code, 400, "Injected fault.", errors.GUESS))
            return row if self.status is None else row._replace(status=self.status)
        status = self.status or 503
        default = errors.BACKEND_UNAVAILABLE if status >= 500 else errors.INVALID
        return BODIES.get(status, default)._replace(status=status)


def read_faults(body: Any) -> list[Object]:  # noqa: ANN401 - as sent
    """Check what a person asks for.

    Raises:
        ValueError: it is not a list of faults.
    """
    must(isinstance(body, list), "expected a list of faults")
    faults: list[Object] = body
    for entry in faults:
        _check_fault(entry)
    return faults


def _check_fault(entry: Any) -> None:  # noqa: ANN401 - as sent
    must(isinstance(entry, dict), "a fault is an object")
    operation, fault = entry.get("operation"), entry.get("fault")
    must(operation in OPERATIONS, f"unknown operation {operation!r}; known: {', '.join(OPERATIONS)}")
    must(fault in KINDS, f"unknown fault {fault!r}; known: {', '.join(KINDS)}")
    listed = fault != "stale-list" or operation in STALE_LISTS
    must(listed, f"{operation} is no list; known: {', '.join(STALE_LISTS)}")
    for name, (kinds, low, high) in RANGES.items():
        value = entry.get(name, low)
        must(type(value) in kinds and low <= value <= high, f"{name} must be {low}-{high}")
    must(isinstance(entry.get("error_code", ""), str), "error_code must be a string")


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
