"""What the tests of messaging share: an app's key, a request, a sender on a transport or a server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from smsconf.cloud.http.connection import open_connection
from smsconf.messaging.send.credentials import AppKey
from smsconf.messaging.send.sender import Sender, sender_on
from smsconf.messaging.send.wire import Content, Request
from smsconf.model.sites import SITES

KEY, SECRET = "app-key-of-the-shop", "q4Ii87BhST9vcs8wvrzN80SfD7Al"
APP_KEY = AppKey("here", KEY, SECRET)
ONE, TWO = "+8613812345678", "+8613912345679"
SAME = Request(
    "88201029", (Content((ONE, TWO), "8ff55eac1d0b478ab3c06c3c6a492300", ("A 1*~", "2026年1月31日")),)
)
DIFFERENT = Request(
    "88201029",
    (
        Content((ONE,), "8ff55eac1d0b478ab3c06c3c6a492300", ("甲", "1")),
        Content((TWO,), "8ff55eac1d0b478ab3c06c3c6a492300", ("乙", "2"), "示例商城"),
    ),
    "https://sms.example.com/reports?shop=1",
    "order 1",
)


def fate(number: str, status: str = "000000", **more: Any) -> dict[str, Any]:
    """Return one entry of a ``result``."""
    return {"originTo": number, "smsMsgId": f"id_{number[-4:]}", "status": status, "from": "8820", **more}


def success(*fates: dict[str, Any], code: str = "000000") -> dict[str, Any]:
    """Return an answer of the service."""
    return {"code": code, "description": "Success", "result": list(fates)}


@contextmanager
def open_sender(
    transport: httpx.BaseTransport | None = None, url: str = "http://127.0.0.1", **more: Any
) -> Iterator[Sender]:
    """Open a sender that neither waits nor backs off."""
    settings: dict[str, Any] = {"wsse": False, "sleep": lambda _seconds: None, **more}
    wire = transport or open_connection(httpx.URL(url), connections=1)
    with sender_on(wire, url, SITES["china"], APP_KEY, **settings) as sender:
        yield sender
