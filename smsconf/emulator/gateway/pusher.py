"""Carry pushes to the servers that wait for them: the only place of the emulator that opens connections.

It knows requests and answers, not what is in them; the queue sees to it that all stay on this machine. No
proxy is used and no redirect followed; any answer is the end of a push (sms_05_0063, CN 2024-12).
"""

from __future__ import annotations

import http.client
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Final
from urllib.parse import urlsplit

from smsconf.emulator.base.store import StoreError
from smsconf.emulator.gateway.engine import Engine
from smsconf.emulator.sending.pushes import Push, PushResult

CONNECTIONS: Final = 4
AT_A_TIME: Final = 64
PAUSE_SECONDS: Final = 0.2
PATIENCE_SECONDS: Final = 5.0


def push_all(engine: Engine) -> list[PushResult]:
    """Send everything that waits now and return how it went.

    Raises:
        StoreError: the emulator's file can not be used.
    """
    results: list[PushResult] = []
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        while pushes := engine.take_pushes(AT_A_TIME):
            sent = list(pool.map(send, pushes))
            engine.note_pushes(sent)
            results += sent
    return results


@contextmanager
def pushing(engine: Engine) -> Iterator[None]:
    """Send pushes as they come, beside what goes on inside; one in flight at the end is finished."""
    stop = threading.Event()
    thread = threading.Thread(target=_push_until, args=(engine, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _push_until(engine: Engine, stop: threading.Event) -> None:
    def unless_stopped(push: Push) -> PushResult | None:
        return None if stop.is_set() else send(push)

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        while not stop.is_set():
            # Trouble with the file is said in the answers of the server; it may end.
            with suppress(StoreError):
                pushes = engine.take_pushes(AT_A_TIME)
                engine.note_pushes([sent for sent in pool.map(unless_stopped, pushes) if sent])
                if pushes:
                    continue
            stop.wait(PAUSE_SECONDS)


def send(push: Push) -> PushResult:
    """Send one push on a connection of its own."""
    parts = urlsplit(push.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host, port = parts.hostname or "", parts.port
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, port, timeout=PATIENCE_SECONDS, context=context
        )
    else:
        connection = http.client.HTTPConnection(host, port, timeout=PATIENCE_SECONDS)
    try:
        connection.putrequest("POST", target, skip_host=True, skip_accept_encoding=True)
        for name, value in push.headers:
            connection.putheader(name, value)
        connection.endheaders(push.body)
        response = connection.getresponse()
        response.read(1024)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return PushResult(push.seq, None, f"{type(error).__name__}: {error}"[:200])
    finally:
        connection.close()
    return PushResult(push.seq, response.status, None)
