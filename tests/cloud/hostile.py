"""A service that lies, stalls, floods and hangs up: an ASGI application behind a real socket.

Each *play* is one way to answer badly. What ASGI forbids (false lengths, bytes that are no HTTP) is written
to the connection itself. Bodies are made while they are sent, so that this side needs no memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import socket
import threading
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

MEGABYTE = 1024 * 1024
JSON = {"Content-Type": "application/json"}


@dataclass
class Service:
    """The bad service: tell it what to play; look at what it was asked."""

    url: str = ""
    play: str = ""
    elsewhere: str = ""
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    sent: int = 0

    @property
    def methods(self) -> set[str]:
        return {method for method, _, _ in self.requests}


@dataclass
class Turn:
    """One request, and the ways to answer it."""

    service: Service
    number: int
    query: Mapping[str, list[str]]
    send: Callable[[dict[str, Any]], Awaitable[None]]
    receive: Callable[[], Awaitable[dict[str, Any]]]
    transport: asyncio.Transport

    @property
    def offset(self) -> int:
        return int(self.query.get("offset", ["0"])[0])

    async def answer(self, body: bytes, status: int = 200, **headers: str) -> None:
        """Answer as HTTP wants it."""
        named = {**JSON, **{name.replace("_", "-"): value for name, value in headers.items()}}
        named["Content-Length"] = str(len(body))

        async def once() -> AsyncIterator[bytes]:
            yield body

        await self.stream(once(), status, named)

    async def stream(self, chunks: AsyncIterator[bytes], status: int, headers: Mapping[str, str]) -> None:
        """Answer piece by piece, until the other side hangs up."""
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        await self.send({"type": "http.response.start", "status": status, "headers": raw})
        async for chunk in chunks:
            if self.transport.is_closing():
                return
            self.service.sent += len(chunk)
            await self.send({"type": "http.response.body", "body": chunk, "more_body": True})
        await self.send({"type": "http.response.body", "body": b""})

    async def raw(self, *pieces: bytes, pause: float = 0.0, close: bool = True) -> None:
        """Write bytes to the connection behind the server's back."""
        for piece in pieces:
            if self.transport.is_closing():
                return
            self.transport.write(piece)
            await asyncio.sleep(pause)
        if close:
            self.transport.close()
        while (await self.receive())["type"] != "http.disconnect":
            pass


Play = Callable[[Turn], Awaitable[None]]


def listing(*items: Any, total: Any = None) -> bytes:
    return json.dumps({"results": list(items), "total": len(items) if total is None else total}).encode()


def saying(body: bytes, status: int = 200, **headers: str) -> Play:
    async def play(turn: Turn) -> None:
        await turn.answer(body, status, **headers)

    return play


def writing(*pieces: bytes, pause: float = 0.0, close: bool = True) -> Play:
    async def play(turn: Turn) -> None:
        await turn.raw(*pieces, pause=pause, close=close)

    return play


def bomb(times: int) -> bytes:
    """256 MB of blanks, packed so many times."""
    pack = zlib.compressobj(9, wbits=31)
    packed = b"".join(pack.compress(b" " * MEGABYTE) for _ in range(256)) + pack.flush()
    for _ in range(times - 1):
        packed = gzip.compress(packed, 9)
    return packed


async def long_string(turn: Turn) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b'{"total": 1, "results": [{"id": "1", "app_name": "'
        for _ in range(10):
            yield b"x" * MEGABYTE
        yield b'", "region": "cn", "app_key": "k", "status": "NORMAL"}]}'

    await turn.stream(chunks(), 200, JSON)


async def endless_body(turn: Turn) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 65536
            await asyncio.sleep(0)

    await turn.stream(chunks(), 200, JSON)


async def slow_body(turn: Turn) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.05)

    await turn.stream(chunks(), 200, JSON)


async def paging(turn: Turn, total: int) -> None:
    items = [{"id": str(number)} for number in range(turn.offset, turn.offset + 500)]
    await turn.answer(listing(*items, total=total))


async def growing_total(turn: Turn) -> None:
    await paging(turn, turn.number * 1000 + 500)


async def shrinking_total(turn: Turn) -> None:
    await paging(turn, 1500 if turn.offset else 2000)


async def overfull_page(turn: Turn) -> None:
    await turn.answer(listing(*({"id": str(number)} for number in range(5000))))


async def fat_pages(turn: Turn) -> None:
    numbers = range(turn.offset, turn.offset + 500)
    await turn.answer(listing(*({"id": str(number), "pad": "x" * 8_000} for number in numbers), total=99_000))


async def redirect(turn: Turn) -> None:
    await turn.answer(b"", 307, Location=f"{turn.service.elsewhere}/v2/apps")


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
APP = {"id": "1", "app_name": "a", "region": "cn", "app_key": "k", "status": "NORMAL"}

PLAYS: dict[str, Play] = {
    "wrong types": saying(listing({**APP, "app_name": 1.5})),
    "wrong total": saying(listing(total="many")),
    "nulls": saying(b'{"results": null, "total": null}'),
    "null item": saying(listing(None)),
    "bare list": saying(b"[]"),
    "bare null": saying(b"null"),
    "missing id": saying(listing({"app_name": "a"})),
    "duplicate ids": saying(listing(APP, APP)),
    "page for a login": saying(b"<html>login</html>", Content_Type="text/html"),
    "gateway's page": saying(b"<html>Bad Gateway</html>", 502, Content_Type="text/html"),
    "type with an escape": writing(
        b"HTTP/1.1 200 OK\r\nContent-Type: \x1b[31m\r\nContent-Length: 1\r\n\r\n<"
    ),
    "ten megabytes": long_string,
    "gzip bomb": saying(bomb(1), Content_Encoding="gzip"),
    "gzip bomb in gzip": saying(bomb(2), Content_Encoding="gzip, gzip"),
    "broken gzip": saying(b"no gzip", Content_Encoding="gzip"),
    "cut gzip": saying(gzip.compress(listing(APP))[:-9], Content_Encoding="gzip"),
    "unasked packing": saying(b"?", Content_Encoding="br"),
    "endless body": endless_body,
    "slow body": slow_body,
    "slow headers": writing(OK, *[b"X: y\r\n"] * 1000, pause=0.05),
    "silence": writing(pause=60, close=False),
    "endless continues": writing(*[b"HTTP/1.1 100 Continue\r\n\r\n"] * 1000, pause=0.05),
    "growing total": growing_total,
    "shrinking total": shrinking_total,
    "absurd total": saying(listing(total=10**12)),
    "overfull page": overfull_page,
    "fat pages": fat_pages,
    "redirect": redirect,
    "hangs up at once": writing(),
    "closed in mid-body": writing(OK, b'Content-Length: 100\r\n\r\n{"results": [', pause=0.02),
    "length too large": writing(OK, b"Content-Length: 900\r\n\r\n" + listing(APP), close=False),
    "length too small": writing(OK, b"Content-Length: 9\r\n\r\n" + listing(APP)),
    "two lengths": writing(OK, b"Content-Length: 9\r\nContent-Length: 10\r\n\r\n" + listing(APP)),
    "no content with a body": writing(b"HTTP/1.1 204 No Content\r\n\r\n" + listing(APP)),
    "no HTTP at all": writing(b"\x16\x03\x01\x02\x00\x01" * 20),
    "huge header": writing(OK, b"X-Pad: " + b"x" * 300_000),
    "invalid UTF-8": saying(b'{"results": [{"id": "\xff\xfe"}], "total": 1}'),
    "half a character": saying(b'{"results": [{"id": "\\ud800"}], "total": 1}'),
    "deep nesting": saying(b"[" * 1_000_000),
    "NaN": saying(b'{"results": [], "total": NaN}'),
    "infinity": saying(b'{"results": [], "total": 1e999}'),
    "huge integer": saying(b'{"results": [], "total": 1' + b"0" * 100_000 + b"}"),
}
"""Every play makes the reading of a list fail."""

HARMLESS: dict[str, Play] = {
    "64 KB of headers": saying(listing(APP), X_Pad="x" * 65_000),
    "a request id of 60 KB": saying(listing(APP), X_Request_Id="r" * 60_000, Date="D" * 1000),
}
"""Odd, and bearable."""


@contextlib.contextmanager
def serve() -> Iterator[Service]:
    """Run the bad service on loopback until the block ends."""
    service = Service()
    plays = PLAYS | HARMLESS

    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        service.requests.append((scope["method"], scope["path"], headers))
        query = parse_qs(scope["query_string"].decode("latin-1"))
        while (await receive()).get("more_body"):
            pass
        turn = Turn(service, len(service.requests), query, send, receive, scope["state"]["transport"])
        await plays[service.play](turn)

    listener = socket.create_server(("127.0.0.1", 0))
    service.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    config = uvicorn.Config(
        app, http=_Protocol, loop="asyncio", ws="none", lifespan="off", log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: server.run(sockets=[listener]), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.should_exit = server.force_exit = True
        thread.join(10)
        listener.close()


class _Protocol(H11Protocol):
    """A request's state knows its connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}
