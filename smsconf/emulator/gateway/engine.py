"""Take one request as bytes, answer it as bytes: the emulator without a network.

It opens no socket and waits for nothing; ``server`` and in-process transports are its shells. Read
:meth:`Engine.handle` from top to bottom: that is the order in which the API Gateway and the service behind it
look at a request (https://support.huaweicloud.com/api-msgsms/sms_05_0016.html, read 2026-11).
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from smsconf.emulator.base import errors
from smsconf.emulator.base.clock import iso
from smsconf.emulator.base.errors import Fault, Refusal, error_body, need
from smsconf.emulator.base.exchange import Answer, Call, Object, Request, Response, Settings
from smsconf.emulator.base.store import Store, StoreError, site_of
from smsconf.emulator.gateway import control, faults
from smsconf.emulator.gateway.faults import Trouble
from smsconf.emulator.gateway.routes import SENDING, Route, find_route
from smsconf.emulator.management import rules
from smsconf.emulator.management.reviewer import Reviewer, derived_id
from smsconf.emulator.management.statuses import SITES
from smsconf.emulator.sending.pushes import Push, PushResult, note_pushes, take_pushes
from smsconf.emulator.sending.reports import play_reports

__all__ = ["BODY_LIMIT", "Engine", "Response", "Settings", "StoreError", "site_of"]

BODY_LIMIT = 12 * 1024 * 1024  # API Gateway, 2026-11
JOURNAL_LENGTH = 100_000
DEFAULT_SETTINGS = Settings()
JSON_TYPE = "application/json;charset=UTF-8"
FORM_TYPE = "application/x-www-form-urlencoded"
log = logging.getLogger(__name__)


class _Outcome(NamedTuple):
    """An answer, the code it refuses with, and the fault that strikes it."""

    answer: Answer
    error_code: str | None = None
    trouble: Trouble | None = None


class _Moment(NamedTuple):
    """What is the same for one request from beginning to end."""

    number: int
    request_id: str
    real_now: datetime
    now: datetime
    """Virtual time."""
    database: str
    """Which database answers: a control call may have made a new one of it."""


_Caller = tuple[Route, dict[str, str], Object]
"""An operation, the parts of its path, and the app that calls."""


class Engine:
    """The service on one SQLite file; safe for threads, and for several processes on one file.

    Every request is one transaction that reads all state afresh, plays what has become due by the virtual
    clock, and commits before it answers.
    """

    def __init__(
        self,
        database: str | Path,
        settings: Settings = DEFAULT_SETTINGS,
        *,
        real_clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.settings = settings
        if self.settings.site not in SITES:
            raise ValueError(f"unknown site {self.settings.site!r}; known: {', '.join(SITES)}")
        self._real_clock = real_clock
        self._lock = threading.Lock()
        self._store = Store(database)
        try:
            with self._store.transaction():
                self._store.belong_to(self.settings.site)
        except StoreError:
            self._store.close()
            raise
        self._reviewer = Reviewer(self._store, self.settings)

    def close(self) -> None:
        """Close the database; the engine can not be used afterwards."""
        with self._lock:
            self._store.close()

    def handle(
        self,
        method: str,
        target: str,
        headers: Sequence[tuple[str, str]],
        body: bytes,
        client: str = "127.0.0.1",
    ) -> Response:
        """Answer one request.

        Args:
            method: HTTP method.
            target: path and query as on the wire, still encoded.
            headers: as received, names in any case.
            body: as received.
            client: the caller's address.
        """
        path, _, query = target.partition("?")
        named = {name.lower(): value for name, value in headers}
        request = Request(method.upper(), path, query, named, body, client)
        try:
            return self._handle(request)
        except StoreError as error:
            return _unwritten(request, error)

    def _handle(self, request: Request) -> Response:
        with self._lock, self._store.transaction():
            real_now = self._real_clock().astimezone(UTC)
            number = self._store.count_request()
            moment = _Moment(
                number,
                derived_id(self.settings, "request", number),
                real_now,
                control.virtual_now(self._store, real_now),
                self._store.database_id,
            )
            self._play(moment.now)
            if request.path.startswith(control.PREFIX):
                outcome = _Outcome(control.answer_control(self._store, self.settings, request, real_now))
                now = control.virtual_now(self._store, real_now)
                moment = moment._replace(now=now, database=self._store.database_id)
            else:
                outcome = self._answer(request, moment)
            return _respond(outcome, moment)

    def _play(self, now: datetime) -> None:
        """Let everything happen that has become due."""
        self._reviewer.play(now)
        play_reports(self._store, now)

    def take_pushes(self, most: int) -> list[Push]:
        """Hand out pushes to be sent now; whoever takes one says with ``note_pushes`` how it went."""
        with self._lock, self._store.transaction():
            real_now = self._real_clock().astimezone(UTC)
            self._play(control.virtual_now(self._store, real_now))
            return take_pushes(self._store, real_now, most)

    def note_pushes(self, results: Sequence[PushResult]) -> None:
        """Write down how pushes went."""
        with self._lock, self._store.transaction():
            note_pushes(self._store, results)

    def _answer(self, request: Request, moment: _Moment) -> _Outcome:
        """Answer a request to the service and write it into the journal."""
        found = find_route(request.method, request.path)
        trouble: Trouble | None = None
        try:
            caller = self._admit(request, found, moment.real_now)
            trouble = faults.take_fault(self._store, caller[0].operation)
            outcome = _Outcome(self._carry_out(caller, request, moment, trouble), None, trouble)
        except Refusal as refusal:
            outcome = _refused(refusal, moment.request_id, trouble)
        self._record(request, found[0].operation if found else None, outcome, moment)
        return outcome

    def _admit(
        self, request: Request, found: tuple[Route, dict[str, str]] | None, real_now: datetime
    ) -> _Caller:
        """Do the gateway's part: size, route, caller, project."""
        need(len(request.body) <= BODY_LIMIT, errors.TOO_LARGE)
        if found is None:
            raise Refusal(errors.NO_API)
        route, parts = found
        app = route.api.authenticate(self._store, self.settings, request, real_now)
        own = self.settings.project_id
        need(parts.get("project_id", own) == own, errors.PROJECT)
        return route, parts, app or {}

    def _carry_out(
        self, caller: _Caller, request: Request, moment: _Moment, trouble: Trouble | None
    ) -> Answer:
        """Check the fields, run the handler, and keep nothing of it if it refuses."""
        route, parts, app = caller
        if trouble and trouble.refuses:
            raise Refusal(trouble.row)
        if "id" in parts:
            rules.check((rules.PATH_ID,), parts)
        sent: dict[str, str] = {}
        for name, value in parse_qsl(request.query, keep_blank_values=True):
            sent.setdefault(name, value)
        call = Call(
            store=self._store,
            settings=self.settings,
            real_now=moment.real_now,
            now=moment.now,
            request=request,
            path=parts,
            query=rules.check(route.query, sent, textual=True),
            body={} if route.body is None else _body(route, route.body, request),
            app=app,
            number_status=trouble.number_status if trouble else None,
        )
        stale = trouble is not None and trouble.fault == "stale-list"
        self._store.writer = None if stale else moment.number
        try:
            with self._store.savepoint(keep=not stale):
                if stale:
                    self._store.rewind(faults.STALE_LISTS[route.operation])
                return route.handler(call)
        except (Refusal, StoreError):
            raise
        except Exception:
            log.exception("%s %s", request.method, request.path)
            raise Refusal(route.api.internal) from None
        finally:
            self._store.writer = None

    def _record(self, request: Request, operation: str | None, outcome: _Outcome, moment: _Moment) -> None:
        cut = outcome.trouble is not None and outcome.trouble.fault == "reset"
        self._store.record(
            {
                "operation": operation,
                "method": request.method,
                "path": request.path,
                "query": request.query,
                "status": 0 if cut else outcome.answer.status,
                "error_code": None if cut else outcome.error_code,
                "request_id": moment.request_id,
                "time": iso(moment.now),
            },
            keep=JOURNAL_LENGTH,
        )


def _respond(outcome: _Outcome, moment: _Moment) -> Response:
    response = _response(
        outcome.answer,
        moment.real_now,
        ("X-Request-Id", moment.request_id),
        ("X-Emulator-Now", iso(moment.now)),
        ("X-Emulator-Database", moment.database),
    )
    trouble = outcome.trouble
    if trouble is None:
        return response
    delay = {"slow": trouble.seconds, "timeout-after-commit": faults.HANG_UP_SECONDS}
    return response._replace(
        disconnect=trouble.fault in {"reset", "timeout-after-commit"}, delay=delay.get(trouble.fault, 0.0)
    )


def _unwritten(request: Request, error: StoreError) -> Response:
    """Answer without the file: nothing was kept, so neither number nor virtual time is known."""
    words = f"the emulator's database {error}"
    payload: dict[str, object] = {"error": words}
    if not request.path.startswith(control.PREFIX):
        found = find_route(request.method, request.path)
        payload = error_body(Refusal(found[0].api.internal if found else errors.INTERNAL, words), "")
    return _response(Answer(payload, 500), datetime.now(UTC))


def _response(answer: Answer, real_now: datetime, *more: tuple[str, str]) -> Response:
    body = _to_json(answer.payload)
    headers = [("Date", format_datetime(real_now, usegmt=True)), *more, *answer.headers]
    if answer.status != 204:
        headers.append(("Content-Length", str(len(body))))
    if body:
        headers.append(("Content-Type", JSON_TYPE))
    return Response(answer.status, headers, body)


def _refused(refusal: Refusal, request_id: str, trouble: Trouble | None) -> _Outcome:
    fault = refusal.fault
    headers = (("Retry-After", "1"),) if fault.status == 429 else ()
    answer = Answer(error_body(refusal, request_id), fault.status, headers)
    return _Outcome(answer, fault.code, trouble)


def _body(route: Route, fields: tuple[rules.Field, ...], request: Request) -> dict[str, Any]:
    """Read a body as its operation wants it, and check its fields."""
    api = route.api
    if api is not SENDING:
        return rules.check(fields, _json_object(request.body, api.invalid), invalid=api.invalid)
    expected, refusal = (FORM_TYPE, errors.NO_FORM) if route.form else ("application/json", errors.NO_JSON)
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    need(given == expected, refusal)
    read = _form if route.form else _json_object
    return rules.check(fields, read(request.body, errors.SEND_SYSTEM), invalid=api.invalid)


def _json_object(body: bytes, unreadable: Fault) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise Refusal(unreadable, "the body is not JSON") from None
    if not isinstance(value, dict):
        raise Refusal(unreadable, "the body must be a JSON object")
    return value


def _form(body: bytes, unreadable: Fault) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        raise Refusal(unreadable, "the body is not a form") from None
    return dict(reversed(pairs))


def _to_json(payload: Any) -> bytes:  # noqa: ANN401 - any JSON value, or one that is written already
    if payload is None or isinstance(payload, bytes):
        return payload or b""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
