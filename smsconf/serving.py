"""Serve an ASGI application on a socket: ready line, signals, limits, time-outs, bodies with an end.

The shell that the emulator and the receiver share; it knows neither. HTTP itself is h11's; this is about
connections: how many there may be, how long one may take to say what it wants, and how it is closed so that
the other side still reads its answer. What goes wrong on connections is told in a line a minute.

Written for starlette 1.x and uvicorn 0.40+.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, ClassVar

import h11
import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from smsconf.few_words import few_words, tell

_AT_ONCE = 16  # connections accepted in one go; asyncio closes one some rounds after it was told to
_SPARE_FILES = 8 * _AT_ONCE
_LINGER_SECONDS = 2.0  # for the other side to read an answer that came before its request was finished
_LINGER_BYTES = 16 * 1024 * 1024
_LEAVE_SECONDS = 2.0  # at the end, for a request that is not complete yet
_LEAVE_ANSWER_SECONDS = 8  # and for one that is being answered; docker stop gives ten


@dataclass(frozen=True, slots=True)
class Limits:
    """What connections may take. Times are in seconds.

    ``connections`` may be open; one more closes the one that has waited longest without a request to answer.
    ``read`` is for a whole request, from its first byte (or the connection) to its last; ``idle`` for what a
    connection does between two requests. An answer may take as long as it takes.
    """

    connections: int = 512
    read: float = 10.0
    idle: int = 75


DEFAULTS = Limits()


@dataclass
class Life:
    """From the start to the end of a server: who is told, and how it ends.

    Attributes:
        drain: seconds that it serves on after the first signal, so that a load balancer can look elsewhere;
            another signal ends them.
        is_ending: a signal came.
        started: told the address when connections are accepted.
        tick: called every other second.
        trouble: takes a line about what goes wrong on connections.
    """

    drain: float = 0.0
    is_ending: bool = False
    started: Callable[[str], object] = lambda _address: None
    tick: Callable[[], object] = lambda: None
    trouble: Callable[[str], object] = tell


def serve(app: ASGIApp, host: str, port: int, limits: Limits = DEFAULTS, life: Life | None = None) -> None:
    """Serve until SIGINT or SIGTERM; port 0 takes a free one.

    Prints ``listening on http://HOST:PORT`` when connections are accepted, and nothing else. At the end no
    more are accepted, what has arrived is answered, and the signal is not raised again.

    Raises:
        OSError: the address can not be bound.
    """
    listener = socket.create_server(
        (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=512
    )
    shown = f"[{host}]" if ":" in host else host

    life = life or Life()

    class Protocol(_Protocol):
        shared = _Connections(limits)

    async def tick() -> None:
        life.tick()

    config = uvicorn.Config(
        _unambiguous(app),
        http=Protocol,
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        proxy_headers=False,  # X-Forwarded-For says who somebody wants to be
        access_log=False,
        server_header=False,
        date_header=False,
        backlog=_AT_ONCE,
        timeout_keep_alive=limits.idle,
        timeout_graceful_shutdown=_LEAVE_ANSWER_SECONDS,
        callback_notify=tick,
        timeout_notify=1,
    )
    address = f"http://{shown}:{listener.getsockname()[1]}"
    with listener, few_words(life.trouble):
        _Server(config, address, life).run(sockets=[listener])


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


def _unambiguous(app: ASGIApp) -> ASGIApp:
    """Refuse a request that gives its length in two ways: a proxy in front may have read another one."""

    async def checked(scope: Scope, receive: Receive, send: Send) -> None:
        names = {name for name, _ in scope["headers"]}
        if b"transfer-encoding" in names and b"content-length" in names:
            await Response(status_code=400, headers={"Connection": "close"})(scope, receive, send)
        else:
            await app(scope, receive, send)

    return checked


class _Connections:
    """All that are open; those without a request to answer in the order in which they began to wait."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._most = _affordable(limits.connections)
        self._open = 0
        self._waiting: dict[_Protocol, None] = {}

    def opened(self, one: _Protocol) -> None:
        """Take in one more, at the cost of the one that has waited longest."""
        self._open += 1
        self.waits(one)
        if self._open > self._most:
            oldest = next(iter(self._waiting))
            del self._waiting[oldest]
            oldest.cut()

    def closed(self, one: _Protocol) -> None:
        """Forget one."""
        self._open -= 1
        self._waiting.pop(one, None)

    def waits(self, one: _Protocol) -> None:
        """Note that one waits from now on."""
        self._waiting.pop(one, None)
        self._waiting[one] = None

    def answers(self, one: _Protocol) -> None:
        """Note that one is being answered."""
        self._waiting.pop(one, None)


def _affordable(wanted: int) -> int:
    """Return how many connections the system lets us have, with some files left for all else."""
    try:
        import resource

        most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        taken = sum(1 for _ in Path("/dev/fd").iterdir())
    except (ImportError, OSError):  # not there on every system
        return wanted
    if most == resource.RLIM_INFINITY:
        return wanted
    return max(1, min(wanted, most - taken - _SPARE_FILES))


class _Closing:
    """A transport whose end is the connection's business; all else goes straight through."""

    def __init__(self, transport: asyncio.Transport, owner: _Protocol) -> None:
        self._transport = transport
        self._owner = owner
        self.write = transport.write

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a transport has
        return getattr(self._transport, name)

    def is_closing(self) -> bool:
        return self._owner.lingering or self._transport.is_closing()

    def close(self) -> None:
        self._owner.finish()


class _Protocol(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, with an end to everything the other side may let us wait for.

    A request's state knows its connection, so that it can be cut.
    """

    shared: ClassVar[_Connections]

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(*args, **kwargs)
        self.lingering = False
        self._timer: asyncio.TimerHandle | None = None
        self._discarded = 0
        self._ended = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(_Closing(transport, self))  # type: ignore[arg-type]
        self._bare = transport
        # asyncio does this only for sockets that name their protocol; without it an answer takes 40 ms.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.app_state = {**self.app_state, "transport": transport}
        self._limit(self.shared.limits.read)
        self.shared.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._limit(None)
        self.shared.closed(self)
        super().connection_lost(exc)
        self._unset_keepalive_if_required()

    def data_received(self, data: bytes) -> None:
        if self.lingering:
            self._discarded += len(data)
            if self._discarded > _LINGER_BYTES:
                self.cut()
            return
        super().data_received(data)
        self._look()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Answer who has said all and closes its half; whoever breaks off gets nothing."""
        cycle = self.cycle
        self._ended = not (self.lingering or cycle is None or cycle.response_complete or cycle.more_body)
        if self._ended:  # it may be gone altogether, which nothing tells
            self._limit(self.shared.limits.read)
        return self._ended

    def on_response_complete(self) -> None:
        if self._is_unfinished():  # an answer before the end of its request: the rest is of no use
            self.finish()
        super().on_response_complete()
        if self._ended and self.cycle.response_complete:  # else it asked more before
            self.finish()
        if not self.transport.is_closing():
            self.shared.waits(self)
            self._look()

    def finish(self) -> None:
        """Close the connection; if the other side may still be sending, let it read its answer first.

        Closing with bytes unread makes the system throw away what was written too. So only our half is
        closed, and what still comes is read and dropped, for a moment; what has no end is not read at all.
        """
        if self.lingering or self._bare.is_closing():
            return
        if not self._is_unfinished():
            self._bare.close()
            return
        self.lingering = True
        self._unset_keepalive_if_required()
        self._limit(_LINGER_SECONDS)
        self.shared.waits(self)
        if any(name == b"transfer-encoding" for name, _ in self.headers or ()):
            self._bare.pause_reading()
        else:
            self._bare.resume_reading()
        with contextlib.suppress(OSError, RuntimeError):
            self._bare.write_eof()

    def cut(self) -> None:
        """Close the connection at once."""
        self._bare.abort()

    def shutdown(self) -> None:
        if self.lingering:
            self.cut()
            return
        super().shutdown()
        if self._is_unfinished() and not self._bare.is_closing():
            self._limit(_LEAVE_SECONDS)

    def timeout_keep_alive_handler(self) -> None:
        if not self.lingering:
            super().timeout_keep_alive_handler()

    def _should_upgrade(self) -> bool:
        """Speak HTTP alone, without advice about what to install."""
        return False

    def _is_unfinished(self) -> bool:
        """Tell whether the other side may be in the middle of a request, or of what is none."""
        return self.conn.their_state in (h11.SEND_BODY, h11.ERROR)

    def _look(self) -> None:
        """Set the clock for what this connection is waited for."""
        cycle = self.cycle
        if self.lingering:
            return
        if cycle is not None and not cycle.response_complete and not cycle.more_body:
            self._limit(None)
            self.shared.answers(self)
        elif self._timer is None and (self.conn.their_state is not h11.IDLE or self.conn.trailing_data[0]):
            self._limit(self.shared.limits.read)
            self.shared.waits(self)

    def _limit(self, seconds: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if seconds is None else self.loop.call_later(seconds, self.cut)


class _Server(uvicorn.Server):
    """A server that says when it is ready, and ends on a signal as if it had been asked to."""

    def __init__(self, config: uvicorn.Config, address: str, life: Life) -> None:
        super().__init__(config)
        self._address = address
        self._life = life
        self._draining = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for one in sockets or ():
            one.listen(512)  # the backlog of the configuration is how many asyncio accepts in one go
        print(f"listening on {self._address}", flush=True)  # noqa: T201 - the contract with who started us
        self._life.started(self._address)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        end = time.monotonic() + self._life.drain
        while self._draining and time.monotonic() < end:  # noqa: ASYNC110 - a signal sets it
            await asyncio.sleep(0.05)
        self._draining = False
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, _frame: FrameType | None) -> None:
        """Stop, and do not raise the signal again afterwards, as uvicorn does by default."""
        if self._draining:
            self._draining = False
            return
        self.force_exit = self._life.is_ending and sig == signal.SIGINT
        self._draining = not self._life.is_ending and self._life.drain > 0
        self._life.is_ending = self.should_exit = True
