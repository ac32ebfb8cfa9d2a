"""Serve an ASGI application on a socket: ready line, signals, time-outs, bodies with an end.

The shell that the emulator and the receiver share; it knows neither.

Written for starlette 1.x and uvicorn 0.40+.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
from collections.abc import Iterator

import uvicorn
from starlette.requests import Request
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def serve(app: ASGIApp, host: str, port: int) -> None:
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
        app,
        http=_Protocol,
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        proxy_headers=False,  # X-Forwarded-For says who somebody wants to be
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=2,
    )
    with listener, _quiet_signals():
        _Server(config, f"listening on http://{shown}:{listener.getsockname()[1]}").run(sockets=[listener])


async def read_body(request: Request, most: int) -> bytes:
    """Return the body, or as much of it as shows that it is longer than ``most`` bytes."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        parts.append(part)
        size += len(part)
        if size > most:
            break
    return b"".join(parts)


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
