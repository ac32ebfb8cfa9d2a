"""Receive status reports and replies: check, store, then say 200 with an empty body.

    POST /TOKEN/reports   one report as a form, or many as JSON
    POST /TOKEN/replies   one reply as a form
    GET  /healthz         whether the file can be written

What arrives at the same time is stored in one transaction, so that many senders wait for one write to the
disk, not each for its own. No phone number and no text is ever logged.

Written from https://support.huaweicloud.com/api-msgsms/sms_05_0003.html, ``sms_05_0004.html`` and
``sms_05_0063.html``, and for starlette 1.x.
"""

from __future__ import annotations

import asyncio
import hmac
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from smsconf.errors import SmsconfError
from smsconf.messaging.receive.callbacks import Garbage, read_reply, read_reports
from smsconf.messaging.receive.inbox import Item
from smsconf.messaging.receive.push_auth import is_signed
from smsconf.serving import read_body

BODY_LIMIT = 1024 * 1024  # bytes; fifty reports with everything in them are a tenth of it


class Store(Protocol):
    """Where things are put; ``add`` returns when they are safe."""

    def add(self, items: Sequence[Item], now: datetime) -> None:
        """Store all of it or nothing."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Who may push. ``token`` is the secret first part of the path, ``keys`` are push access key → secret."""

    token: str = field(default="", repr=False)
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    body_limit: int = BODY_LIMIT


def make_app(
    store: Store, rules: Rules, clock: Callable[[], datetime], counts: Counter[str] | None = None
) -> ASGIApp:
    """Return the ASGI application.

    Args:
        store: where what arrives is put.
        rules: who may push.
        clock: our time, aware.
        counts: is told how many requests ended how: stored reports and replies, refused ones by reason.
    """
    receiver = _Receiver(_Writer(store, clock), rules, clock, Counter() if counts is None else counts)
    prefix = "/{token}" if rules.token else ""
    return Starlette(
        routes=[
            Route("/healthz", receiver.health, methods=["GET"]),
            Route(f"{prefix}/reports", receiver.reports, methods=["POST"]),
            Route(f"{prefix}/replies", receiver.replies, methods=["POST"]),
        ]
    )


class _Refusal(Exception):
    """A request that is answered with another status than 200."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.status = status


class _Receiver:
    """Answers requests; what it counts is for whoever runs it."""

    def __init__(
        self, writer: _Writer, rules: Rules, clock: Callable[[], datetime], counts: Counter[str]
    ) -> None:
        self._writer = writer
        self._rules = rules
        self._clock = clock
        self._counts = counts

    async def health(self, request: Request) -> Response:  # noqa: ARG002 - starlette's signature
        """Say whether what arrives now could be kept."""
        try:
            await self._writer.put([])
        except SmsconfError:
            return Response("the store cannot be written\n", 503)
        return Response("ok\n")

    async def reports(self, request: Request) -> Response:
        """Take one status report, or many."""
        return await self._take(request, "reports", read_reports)

    async def replies(self, request: Request) -> Response:
        """Take one reply."""
        return await self._take(request, "replies", lambda body: [read_reply(body)])

    async def _take(self, request: Request, what: str, read: Callable[[bytes], Sequence[Item]]) -> Response:
        try:
            items = read(await self._admit(request))
            await self._writer.put(items)
        except _Refusal as refusal:
            return self._refuse(str(refusal), refusal.status)
        except Garbage:
            return self._refuse("unreadable", 400)
        except SmsconfError:
            return self._refuse("not stored", 503)
        self._counts[what] += len(items)
        return Response(status_code=200)

    async def _admit(self, request: Request) -> bytes:
        """Return the body of a request that may push.

        Raises:
            _Refusal: it may not, or is too large.
        """
        given = str(request.path_params.get("token", ""))
        if not hmac.compare_digest(given.encode(), self._rules.token.encode()):
            raise _Refusal("wrong path", 404)
        try:
            body = await read_body(request, self._rules.body_limit)
        except ClientDisconnect:
            raise _Refusal("cut short", 400) from None
        if len(body) > self._rules.body_limit:
            raise _Refusal("too large", 413)
        if self._rules.keys and not self._is_signed(request, body):
            raise _Refusal("wrong signature", 401)
        return body

    def _refuse(self, reason: str, status: int) -> Response:
        self._counts[reason] += 1
        return Response(status_code=status)

    def _is_signed(self, request: Request, body: bytes) -> bool:
        return is_signed(
            self._rules.keys,
            request.method,
            request.scope["raw_path"].decode("latin-1"),
            request.scope["query_string"].decode("latin-1"),
            dict(request.headers),
            body,
            self._clock(),
        )


class _Writer:
    """Stores what waits in one go, off the event loop; whoever put it there is told when it is safe."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._waiting: list[tuple[Sequence[Item], asyncio.Future[None]]] = []
        self._task: asyncio.Task[None] | None = None

    async def put(self, items: Sequence[Item]) -> None:
        """Store some items.

        Raises:
            SmsconfError: they are not stored.
        """
        stored = asyncio.get_running_loop().create_future()
        self._waiting.append((items, stored))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain())
        await stored

    async def _drain(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            every = [item for items, _ in batch for item in items]
            problem: SmsconfError | None = None
            try:
                await asyncio.to_thread(self._store.add, every, self._clock())
            except SmsconfError as caught:
                problem = caught
            for _, stored in batch:
                if stored.done():  # its connection was cut meanwhile
                    continue
                if problem:
                    stored.set_exception(problem)
                else:
                    stored.set_result(None)
