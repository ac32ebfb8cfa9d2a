"""Serve the engine over HTTP: requests, answers, hung-up connections and pushes, nothing of the service.

Written for starlette 1.x.
"""

from __future__ import annotations

import asyncio
import ipaddress

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.responses import Response as HttpResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from smsconf import serving
from smsconf.emulator.gateway.control import PREFIX
from smsconf.emulator.gateway.control_access import NOT_FOR_PAGES, refuse_page
from smsconf.emulator.gateway.engine import BODY_LIMIT, Engine
from smsconf.emulator.gateway.pusher import pushing
from smsconf.serving import Limits, read_body

LIMITS = Limits(read=60.0)  # a person may be at the other end


def serve(engine: Engine, host: str, port: int) -> None:
    """Serve an engine and send its pushes until SIGINT or SIGTERM; port 0 takes a free one.

    Raises:
        OSError: the address can not be bound.
    """
    with pushing(engine):
        serving.serve(make_app(engine), host, port, LIMITS)


def make_app(engine: Engine) -> ASGIApp:
    """Return the ASGI application; the engine is called straight, it is quicker than a thread's hop."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        target = scope["raw_path"].decode("latin-1")
        if scope["query_string"]:
            target += "?" + scope["query_string"].decode("latin-1")
        headers = [(name.decode("latin-1"), _text(value)) for name, value in scope["headers"]]
        control = target.startswith(PREFIX)
        if control and not _is_loopback(request):
            await HttpResponse(status_code=404)(scope, receive, send)
            return
        if control and (refusal := refuse_page(request.method, headers, _port(scope))):
            await JSONResponse(refusal.payload, refusal.status, dict(NOT_FOR_PAGES))(scope, receive, send)
            return
        try:
            body = await read_body(request, BODY_LIMIT)
        except ClientDisconnect:
            return
        client = request.client.host if request.client else ""
        response = engine.handle(request.method, target, headers, body, client)
        if response.delay:
            await asyncio.sleep(response.delay)
        if response.disconnect:
            scope["state"]["transport"].abort()
            await receive()  # returns once the connection is gone, so that uvicorn sends no answer of its own
            return
        answer = HttpResponse(response.body, response.status)
        shown = [*response.headers, *(NOT_FOR_PAGES if control else ())]
        answer.raw_headers = [(name.encode(), value.encode("latin-1")) for name, value in shown]
        await answer(scope, receive, send)

    return app


def _text(value: bytes) -> str:
    """Decode a header's value: the vendor's SDK sends and signs UTF-8, HTTP itself says Latin-1."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _port(scope: Scope) -> int | None:
    server: tuple[str, int | None] | None = scope.get("server")
    return server[1] if server else None


def _is_loopback(request: Request) -> bool:
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
