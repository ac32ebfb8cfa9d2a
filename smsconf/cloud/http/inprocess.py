"""Reach a service that runs in this very process: a transport around a function on bytes.

The function is the emulator's engine, handed over by the command line: this module knows neither its store
nor its routes. What it sees is exactly what it would see on a socket, signed headers included.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

import httpx

BASE_URL = "http://127.0.0.1"  # so that the rules of loopback hosts apply


class Answer(Protocol):
    """What the function returns: an answer, or the end of the connection after ``delay`` seconds."""

    @property
    def status(self) -> int:
        """HTTP status."""

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Headers in order."""

    @property
    def body(self) -> bytes:
        """The body's bytes."""

    @property
    def disconnect(self) -> bool:
        """Close the connection instead of answering."""

    @property
    def delay(self) -> float:
        """Seconds to wait before that."""


Handle = Callable[[str, str, list[tuple[str, str]], bytes], Answer]


class InProcessTransport(httpx.BaseTransport):
    """A transport whose other end is ``handle(method, target, headers, body)``."""

    def __init__(self, handle: Handle, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._handle = handle
        self._sleep = sleep

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one request over and its answer back; a closed connection looks like a closed connection."""
        body = request.read()
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
        answer = self._handle(request.method, request.url.raw_path.decode("ascii"), headers, body)
        self._wait(request, answer.delay)
        if answer.disconnect:
            raise httpx.RemoteProtocolError(
                "Server disconnected without sending a response.", request=request
            )
        return httpx.Response(answer.status, headers=answer.headers, content=answer.body)

    def _wait(self, request: httpx.Request, delay: float) -> None:
        patience = request.extensions.get("timeout", {}).get("read")
        if patience is not None and delay > patience:
            self._sleep(patience)
            raise httpx.ReadTimeout("timed out", request=request)
        if delay > 0:
            self._sleep(delay)
