"""Declared things, broken services and small servers for the tests of the cloud package."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import httpx

from smsconf.cloud.http.client import Client
from smsconf.cloud.http.transport import SigningAuth
from smsconf.model.address import Address
from smsconf.model.resources import (
    App,
    Desired,
    MessageType,
    Region,
    Signature,
    Template,
    Variable,
    VariableType,
)
from smsconf.model.sites import SITES

PROJECT = "0123456789abcdef0123456789abcdef"
AK = "EMULATORAK"
SK = "EMULATORSK"
BASE = f"/v2/{PROJECT}/msgsms"

SHOP = Address.parse("app.shop")
BRAND = Address.parse("signature.brand")
SHIPPED = Address.parse("template.shipped")
ABROAD = Address.parse("app.abroad")
HELLO = Address.parse("template.hello")

shop = App(SHOP, Region.CN, "shop_prod", "https://sms.example.com/replies")
abroad = App(ABROAD, Region.INTL, "abroad_prod")
brand = Signature(BRAND, SHOP, "示例商城", MessageType.NOTIFICATION, qualification="q-1234")
shipped = Template(
    SHIPPED,
    SHOP,
    Region.CN,
    "order-shipped",
    "您的订单${1}已发货，预计${2}送达。",
    MessageType.NOTIFICATION,
    BRAND,
    (
        Variable("order", VariableType.ALPHANUMERIC, 12, "订单号"),
        Variable("day", VariableType.DATETIME, 20),
    ),
)
hello = Template(
    HELLO,
    ABROAD,
    Region.INTL,
    "hello",
    "Your parcel ${1} is on its way.",
    MessageType.VERIFICATION,
    variables=(Variable("1", VariableType.ALPHANUMERIC, 20),),
    countries=("Singapore",),
)


def desired(*things: App | Signature | Template) -> Desired:
    """Return what the files ask, by kind."""
    return Desired(
        apps={one.address: one for one in things if isinstance(one, App)},
        signatures={one.address: one for one in things if isinstance(one, Signature)},
        templates={one.address: one for one in things if isinstance(one, Template)},
    )


def open_client(transport: httpx.BaseTransport | None, **more: Any) -> Client:
    """Open a client on a transport, able to write unless told otherwise."""
    settings: dict[str, Any] = {
        "site": SITES["china"],
        "base_url": "http://127.0.0.1",
        "project_id": PROJECT,
        "auth": SigningAuth(AK, SK, project_id=PROJECT),
        "read_only": False,
        "sleep": lambda _seconds: None,
        "pause": 0,
    }
    return Client(transport=transport, **(settings | more))


class Scripted(httpx.BaseTransport):
    """A service that answers whatever a function says, and remembers what it was asked."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self._answer = answer
        self.requests: list[httpx.Request] = []
        self._lock = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        with self._lock:
            self.requests.append(request)
        return self._answer(request)


def saying(*answers: httpx.Response | Exception) -> Scripted:
    """Return a service that gives these answers in turn, the last one for ever."""
    left = list(answers)

    def answer(_request: httpx.Request) -> httpx.Response:
        now = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(now, Exception):
            raise now
        return httpx.Response(now.status_code, headers=now.headers, content=now.content)

    return Scripted(answer)


@dataclass(frozen=True)
class Seen:
    """One request as a server saw it."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


@contextmanager
def recording_server(answer: Any) -> Iterator[tuple[str, list[Seen]]]:
    """Serve one JSON answer for everything on loopback; yield the url and what was seen."""
    seen: list[Seen] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            seen.append(Seen(self.command, self.path, headers, self.rfile.read(size)))
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - the names http.server looks for

        def log_message(self, *_args: object) -> None:
            """Stay silent."""

    with serving(Handler) as url:
        yield url, seen


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Run a server on loopback until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
