"""Reach a service that runs in this very process: a transport around a function on bytes.

The function is the emulator's engine, handed over by ``workflow``: this module knows neither its store
nor its routes. What it sees is exactly what it would see on a socket, signed headers included.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx

BASE_URL = "http://127.0.0.1"  # so that the rules of loopback hosts apply


# status, headers, body; whether the connection is closed instead, and after how many seconds
Answer = tuple[int, list[tuple[str, str]], bytes, bool, float]
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
        target = request.url.raw_path.decode("ascii")
        status, answered, content, disconnect, delay = self._handle(request.method, target, headers, body)
        self._wait(request, delay)
        if disconnect:
            raise httpx.RemoteProtocolError(
                "Server disconnected without sending a response.", request=request
            )
        return httpx.Response(status, headers=answered, content=content)

    def _wait(self, request: httpx.Request, delay: float) -> None:
        patience = request.extensions.get("timeout", {}).get("read")
        if patience is not None and delay > patience:
            self._sleep(patience)
            raise httpx.ReadTimeout("timed out", request=request)
        if delay > 0:
            self._sleep(delay)
