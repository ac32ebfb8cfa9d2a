"""The emulator's own routes under ``/_emulator/``: the clock, the reviewer, faults, the journal of requests.

They are not part of the service, need no signature and appear in no journal. That only loopback may call them
is the server's business. The contract is the design's; no vendor page has it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from smsconf.emulator.base.clock import iso, read_duration, read_moment
from smsconf.emulator.base.control_call import (
    Conflict,
    must,
    pick,
    read_choice,
    read_object,
    read_string,
)
from smsconf.emulator.base.exchange import Answer, Call, Object, Request, Settings
from smsconf.emulator.base.store import Store, StoreError
from smsconf.emulator.gateway.faults import queue_faults, read_faults
from smsconf.emulator.management.console import set_console, show_console
from smsconf.emulator.management.reviewer import DEFAULT, Reviewer
from smsconf.emulator.management.statuses import SITES, STATUS_COLUMN, known_statuses
from smsconf.emulator.sending.carrier import set_carrier
from smsconf.emulator.sending.outbox import list_outbox
from smsconf.emulator.sending.pushes import list_pushes, reply_to_message
from smsconf.emulator.sending.reports import play_reports
from smsconf.emulator.sending.thresholds import set_thresholds, show_thresholds

PREFIX = "/_emulator/"
VERDICTS = ("approve", "reject", "hold")
DECISIONS = ("approve", "reject", "deactivate", "suspend")
KINDS = ("app", "signature", "template")


def offset(store: Store) -> timedelta:
    """Return how far virtual time is from real time."""
    return timedelta(microseconds=int(store.meta("offset", "0")))


def virtual_now(store: Store, real_now: datetime) -> datetime:
    """Return virtual time in whole seconds, UTC."""
    return (real_now + offset(store)).replace(microsecond=0)


def answer_control(store: Store, settings: Settings, request: Request, real_now: datetime) -> Answer:
    """Answer one control request; mistakes are 400, conflicts 409, unknown routes 501."""
    route = ROUTES.get((request.method, request.path.removeprefix(PREFIX).rstrip("/")))
    if route is None:
        known = [f"{method} {PREFIX}{name}" for method, name in ROUTES]
        return Answer({"error": "unknown control route", "known": known}, 501)
    try:
        body: Any = json.loads(request.body) if request.body else None
    except (ValueError, RecursionError):
        return Answer({"error": "the body is not JSON"}, 400)
    query = dict(parse_qsl(request.query, keep_blank_values=True))
    call = Call(store, settings, real_now, virtual_now(store, real_now), request, {}, query, body)
    try:
        with store.savepoint():
            return route(call)
    except StoreError:
        raise
    except ValueError as error:
        return Answer({"error": str(error)}, 400)
    except Conflict as conflict:
        return Answer(conflict.payload, conflict.status)


def show_health(call: Call) -> Answer:
    """GET health."""
    return Answer({"status": "ok", "now": iso(call.now)})


def reset(call: Call) -> Answer:
    """POST reset: objects, clock, reviewer, faults and journal as in a new database."""
    call.store.reset()
    return Answer({"status": "ok", "now": iso(virtual_now(call.store, call.real_now))})


def set_clock(call: Call) -> Answer:
    """POST clock: ``{"advance": "PT3H"}`` or ``{"set": MOMENT}``; everything in between happens in order."""
    body = read_object(call.body, allowed=("advance", "set"))
    must(len(body) == 1, 'expected {"advance": DURATION} or {"set": MOMENT}')
    try:
        if "advance" in body:
            moved = offset(call.store) + read_duration(read_string(body, "advance"))
        else:
            moved = read_moment(read_string(body, "set")) - call.real_now
        now = (call.real_now + moved).replace(microsecond=0)
        must(2000 <= now.year <= 2999, f"expected a moment from 2000 to 2999, got {now.year}")
    except OverflowError:
        raise ValueError("the moment is out of range") from None
    call.store.set_meta("offset", str(moved // timedelta(microseconds=1)))
    Reviewer(call.store, call.settings).play(now)
    play_reports(call.store, now)
    return Answer({"now": iso(now)})


def review(call: Call) -> Answer:
    """POST reviews: a person's decision, now; or any status of the site's table."""
    body = read_object(call.body, allowed=("kind", "name", "id", "decision", "status", "reason"))
    kind = read_choice(body, "kind", KINDS)
    row = pick(call.store, kind, body)
    reviewer = Reviewer(call.store, call.settings)
    must(("decision" in body) != ("status" in body), "expected either a decision or a status")
    reason = read_string(body, "reason") if body.get("reason") is not None else None
    if "status" in body:
        status = read_choice(body, "status", known_statuses(SITES[call.settings.site], kind))
        reviewer.enter(kind, row, status, call.now, reason)
    else:
        reviewer.decide(kind, row, read_choice(body, "decision", DECISIONS), reason or "", call.now)
    return Answer(_verdict(call.store, kind, row["id"]))


def set_reviewer(call: Call) -> Answer:
    """PUT reviewer: what the calendar's reviewer thinks from now on; what was held is looked at again."""
    body = {**DEFAULT, **read_object(call.body, allowed=("default", "rules"))}
    read_choice(body, "default", ("approve", "hold"))
    must(isinstance(body["rules"], list), "rules must be a list")
    for rule in body["rules"]:
        fields = read_object(rule, allowed=("kind", "content", "name", "decision", "reason"))
        read_choice(fields, "decision", VERDICTS)
        if "kind" in fields:
            read_choice(fields, "kind", ("signature", "template"))
        for name in ("content", "name"):
            try:
                re.compile(read_string(fields, name) if fields.get(name) is not None else "")
            except re.error as error:
                raise ValueError(f"{name} is no regular expression: {error}") from None
        if fields.get("reason") is not None:
            read_string(fields, "reason")
    call.store.set_meta("reviewer", json.dumps(body))
    Reviewer(call.store, call.settings).wake(call.now)
    Reviewer(call.store, call.settings).play(call.now)
    return Answer(body)


def add_faults(call: Call) -> Answer:
    """POST faults: queue them."""
    faults = read_faults(call.body)
    queue_faults(call.store, faults)
    return Answer({"queued": len(faults)})


def list_requests(call: Call) -> Answer:
    """GET requests: what was asked of the service, oldest first; status 0 is a connection that was cut."""
    columns = "operation, method, path, query, status, error_code, request_id, time"
    return Answer(call.store.rows(f"SELECT {columns} FROM request ORDER BY seq"))  # noqa: S608 - our names


def clear_requests(call: Call) -> Answer:
    """DELETE requests: forget them."""
    call.store.connection.execute("DELETE FROM request")
    return Answer(status=204)


ROUTES: dict[tuple[str, str], Callable[[Call], Answer]] = {
    ("GET", "health"): show_health,
    ("POST", "reset"): reset,
    ("POST", "clock"): set_clock,
    ("POST", "reviews"): review,
    ("PUT", "reviewer"): set_reviewer,
    ("POST", "faults"): add_faults,
    ("GET", "requests"): list_requests,
    ("DELETE", "requests"): clear_requests,
    ("GET", "thresholds"): show_thresholds,
    ("PUT", "thresholds"): set_thresholds,
    ("GET", "outbox"): list_outbox,
    ("PUT", "carrier"): set_carrier,
    ("GET", "console"): show_console,
    ("PUT", "console"): set_console,
    ("POST", "uplink"): reply_to_message,
    ("GET", "pushes"): list_pushes,
}


def _verdict(store: Store, kind: str, remote_id: str) -> Object:
    row = store.find(kind, {"id": remote_id})[0]
    return {
        "kind": kind,
        "id": remote_id,
        "name": row[f"{kind}_name"],
        "status": row[STATUS_COLUMN[kind]],
        "reason": row.get("review_desc"),
        "template_id": row.get("template_id"),
        "channel_num": row.get("channel_num"),
    }
