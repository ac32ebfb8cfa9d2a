"""Serve the engine over HTTP: sockets, signals and hung-up connections, nothing of the service.

Written for starlette 1.x and uvicorn 0.40+.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import signal
import socket
import threading
from collections.abc import Iterator

import uvicorn
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response as HttpResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from smsconf.emulator.control import PREFIX
from smsconf.emulator.engine import BODY_LIMIT, Engine

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def serve(engine: Engine, host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM; port 0 takes a free one.

    Prints ``listening on http://HOST:PORT`` when connections are accepted, and nothing else.

    Raises:
        OSError: the address can not be bound.
    """
    listener = socket.create_server(
        (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=512
    )
    shown = f"[{host}]" if ":" in host else host
    config = uvicorn.Config(
        make_app(engine),
        http=_Protocol,
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=2,
    )
    with listener, _quiet_signals():
        _Server(config, f"listening on http://{shown}:{listener.getsockname()[1]}").run(sockets=[listener])


def make_app(engine: Engine) -> ASGIApp:
    """Return the ASGI application; the engine is called straight, it is quicker than a thread's hop."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        target = scope["raw_path"].decode("latin-1")
        if scope["query_string"]:
            target += "?" + scope["query_string"].decode("latin-1")
        if target.startswith(PREFIX) and not _is_loopback(request):
            await HttpResponse(status_code=404)(scope, receive, send)
            return
        try:
            body = await _read(request)
        except ClientDisconnect:
            return
        headers = [(name.decode("latin-1"), _text(value)) for name, value in scope["headers"]]
        response = engine.handle(request.method, target, headers, body)
        if response.delay:
            await asyncio.sleep(response.delay)
        if response.disconnect:
            scope["state"]["transport"].abort()
            await receive()  # returns once the connection is gone, so that uvicorn sends no answer of its own
            return
        answer = HttpResponse(response.body, response.status)
        answer.raw_headers = [(name.encode(), value.encode("latin-1")) for name, value in response.headers]
        await answer(scope, receive, send)

    return app


def _text(value: bytes) -> str:
    """Decode a header's value: the vendor's SDK sends and signs UTF-8, HTTP itself says Latin-1."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


async def _read(request: Request) -> bytes:
    """Return the body, or as much of it as shows that it is too large."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        parts.append(part)
        size += len(part)
        if size > BODY_LIMIT:
            break
    return b"".join(parts)


def _is_loopback(request: Request) -> bool:
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


class _Protocol(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it; a request's state knows its connection, so that it can be cut."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # asyncio does this only for sockets that name their protocol; without it an answer takes 40 ms.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.app_state = {**self.app_state, "transport": transport}


class _Server(uvicorn.Server):
    """A server that says when it is ready."""

    def __init__(self, config: uvicorn.Config, greeting: str) -> None:
        super().__init__(config)
        self._greeting = greeting

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(self._greeting, flush=True)  # noqa: T201 - the contract with whoever started us


@contextlib.contextmanager
def _quiet_signals() -> Iterator[None]:
    """Let uvicorn stop on a signal without raising it again afterwards, as it does by default."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda *_: None) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
