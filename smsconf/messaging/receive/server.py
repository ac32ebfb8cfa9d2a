"""Receive status reports and replies: check, store, then say 200 with an empty body.

    POST /TOKEN/reports   one report as a form, or many as JSON
    POST /TOKEN/replies   one reply as a form; each path takes what belongs to the other, too
    GET  /healthz         whether the next report could be stored
    GET  /metrics         counts, for Prometheus

What arrives at the same time is stored in one transaction, so that many senders wait for one write to the
disk, not each for its own. Every request is answered, whatever becomes of the others. No phone number and no
text is ever logged.

Written from https://support.huaweicloud.com/api-msgsms/sms_05_0003.html, ``sms_05_0004.html`` and
``sms_05_0063.html``, and for starlette 1.x.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import unquote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from smsconf import metrics
from smsconf.messaging.receive.callbacks import Garbage, read_push
from smsconf.messaging.receive.figures import Figures
from smsconf.messaging.receive.push_auth import is_signed
from smsconf.model.errors import SmsconfError
from smsconf.serving import read_body
from smsconf.store.interfaces import Inbox
from smsconf.store.messages import Item

BODY_LIMIT = 1024 * 1024  # bytes; fifty reports with everything in them are a tenth of it


@dataclass(frozen=True, slots=True)
class Rules:
    """Who may push. ``token`` is the secret first part of the path, ``keys`` are push access key → secret."""

    token: str = field(default="", repr=False)
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    body_limit: int = BODY_LIMIT


_PAGES = {"origin", "sec-fetch-site"}
"""What every browser sends along and the service does not: a page on this machine could forge an opt-out."""


def make_app(
    store: Inbox,
    rules: Rules,
    clock: Callable[[], datetime],
    figures: Figures | None = None,
    is_ending: Callable[[], bool] = lambda: False,
) -> ASGIApp:
    """Return the ASGI application.

    Args:
        store: where what arrives is put.
        rules: who may push.
        clock: our time, aware.
        figures: is told what came and how that ended.
        is_ending: tells whether others should be asked from now on; what comes all the same is taken.
    """
    figures = Figures() if figures is None else figures
    receiver = _Receiver(_Writer(store, clock, figures), rules, clock, figures, is_ending)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        response = await receiver.answer(Request(scope, receive))
        await response(scope, receive, send)

    return app


class _Refusal(Exception):
    """A request that is answered with another status than 200."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True, slots=True)
class _Receiver:
    """Answers requests; what it counts is for whoever runs it."""

    writer: _Writer
    rules: Rules
    clock: Callable[[], datetime]
    figures: Figures
    is_ending: Callable[[], bool]

    async def answer(self, request: Request) -> Response:
        """Answer one request; the token is looked at before anything else."""
        place = _place(request)
        if place in ("/healthz", "/metrics"):
            return await self._state(place, request)
        prefix = f"/{self.rules.token}" if self.rules.token else ""
        if not hmac.compare_digest(place.rpartition("/")[0].encode(), prefix.encode()):
            return self._refuse("wrong path", 404)
        if _PAGES.intersection(request.headers):
            return self._refuse("from a page", 403)
        if place.removeprefix(prefix) not in ("/reports", "/replies"):
            return self._refuse("wrong path", 404)
        if request.method != "POST":
            return self._refuse("wrong method", 405, Allow="POST")
        return await self._take(request)

    async def _state(self, place: str, request: Request) -> Response:
        """Answer who watches over the receiver."""
        if request.method not in ("GET", "HEAD"):
            return self._refuse("wrong method", 405, Allow="GET")
        return await self._health() if place == "/healthz" else self._metrics(request)

    async def _health(self) -> Response:
        if self.is_ending():
            return Response("ending\n", 503)
        try:
            await self.writer.probe()
        except Exception:  # noqa: BLE001 - whatever it is, the next report would meet it
            return Response("the store cannot be written\n", 503)
        return Response("ok\n")

    def _metrics(self, request: Request) -> Response:
        if not metrics.is_available():
            return Response(f"{metrics.MISSING}\n", 501)
        body, media_type = metrics.exposition(self.figures.collect, request.headers.get("accept", ""))
        return Response(body, headers={"Content-Type": media_type})

    async def _take(self, request: Request) -> Response:
        self.figures.in_flight += 1
        try:
            items = read_push(await self._admit(request))
            await self.writer.put(items)
        except _Refusal as refusal:
            return self._refuse(str(refusal), refusal.status)
        except Garbage:
            return self._refuse("unreadable", 400)
        except (Exception, asyncio.CancelledError):  # noqa: BLE001 - cancelled where the end can wait no longer
            return self._refuse("not stored", 503)  # so never 200; and no traceback, it could hold a number
        finally:
            self.figures.in_flight -= 1
        self.figures.take(items, self.clock())
        return Response(status_code=200)

    async def _admit(self, request: Request) -> bytes:
        """Return the body of a request, if it may push.

        Raises:
            _Refusal: it may not, or is too large; one that says so is not read at all.
        """
        declared = request.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > self.rules.body_limit:
            raise _Refusal("too large", 413)
        try:
            body = await read_body(request, self.rules.body_limit)
        except ClientDisconnect:
            raise _Refusal("cut short", 400) from None
        if len(body) > self.rules.body_limit:
            raise _Refusal("too large", 413)
        if self.rules.keys and not self._is_signed(request, body):
            raise _Refusal("wrong signature", 401)
        return body

    def _refuse(self, reason: str, status: int, **headers: str) -> Response:
        """Count and answer what is refused; where its body may not have been read, nothing may follow it."""
        self.figures.refused[reason] += 1
        closing = {"Connection": "close"} if status in (404, 405, 413) else {}
        return Response(status_code=status, headers=closing | headers)

    def _is_signed(self, request: Request, body: bytes) -> bool:
        return is_signed(
            self.rules.keys,
            request.method,
            request.scope["raw_path"].decode("latin-1"),
            request.scope["query_string"].decode("latin-1"),
            dict(request.headers),
            body,
            self.clock(),
        )


def _place(request: Request) -> str:
    """Return the decoded path with single slashes and none at the end; an encoded slash stays encoded."""
    parts = request.scope["raw_path"].decode("latin-1").split("/")
    return "".join(f"/{unquote(part).replace('/', '%2F')}" for part in parts if part)


class _Writer:
    """Stores what waits in one go, off the event loop; whoever put it there is told how that ended."""

    def __init__(self, store: Inbox, clock: Callable[[], datetime], figures: Figures) -> None:
        self._store = store
        self._clock = clock
        self._figures = figures
        self._waiting: list[_Waiting] = []
        self._task: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()  # the store is one connection

    async def put(self, items: Sequence[Item]) -> None:
        """Store some items.

        Raises:
            Exception: they are not stored, for whatever reason.
        """
        stored = asyncio.get_running_loop().create_future()
        self._waiting.append((items, stored))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain())
        await stored

    async def probe(self) -> None:
        """Try whether something could be stored.

        Raises:
            Exception: it could not.
        """
        async with self._turn:
            try:
                await asyncio.to_thread(self._store.probe)
            except Exception as problem:
                self._note(problem)
                raise

    async def _drain(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            problem = await self._add(batch)
            if problem is None or isinstance(problem, SmsconfError) or len(batch) == 1:
                _settle(batch, problem)
                continue
            for one in batch:  # one of them is poison: alone, it spoils nothing for the others
                _settle([one], await self._add([one]))

    async def _add(self, batch: Sequence[_Waiting]) -> Exception | None:
        every = [item for items, _ in batch for item in items]
        try:
            async with self._turn:
                new = await asyncio.to_thread(self._store.add, every, self._clock())
        except Exception as problem:  # noqa: BLE001 - all that wait must be told, whatever it is
            self._note(problem)
            return problem
        self._figures.duplicates += len(every) - new
        return None

    def _note(self, problem: Exception) -> None:
        """Count a write that failed; what something unknown says could hold a number."""
        self._figures.store_errors += 1
        said = problem.message if isinstance(problem, SmsconfError) else type(problem).__name__
        self._figures.store_problem = said


_Waiting = tuple[Sequence[Item], asyncio.Future[None]]


def _settle(batch: Sequence[_Waiting], problem: Exception | None) -> None:
    for _, stored in batch:
        if stored.done():  # its connection was cut meanwhile
            continue
        if problem:
            stored.set_exception(problem)
        else:
            stored.set_result(None)
