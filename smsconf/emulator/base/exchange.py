"""What goes into the emulator and what comes out: settings, request, response, and a handler's view.

Values only, no behaviour. HTTP facts are from the vendor's "calling APIs" pages (sms_05_0016, _0019, _0020,
read 2026-11).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from smsconf.emulator.base.store import Store
from smsconf.model import emulator_keys

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Settings:
    """Who may call, for which project, at which site, and how much of everything one may have.

    Quotas are the vendor's defaults: apps per region, signatures and templates per app (reference §10).
    """

    access_key: str = emulator_keys.ACCESS_KEY
    secret_key: str = emulator_keys.SECRET_KEY
    project_id: str = "0123456789abcdef0123456789abcdef"
    site: str = "china"
    app_quota: int = 2
    signature_quota: int = 200
    template_quota: int = 2000


class Response(NamedTuple):
    """One answer, and how a shell has to deliver it.

    A shell (server or in-process transport) first waits ``delay`` real seconds. If ``disconnect`` is true it
    then closes the connection without sending a byte (a transport in process raises its "server disconnected"
    error); the rest of the response is only what the journal shows. Otherwise it sends status, headers and
    body. Whatever was to be committed is committed before the response is returned.
    """

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    disconnect: bool = False
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came over the wire, split but not decoded."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    client: str = "127.0.0.1"
    """The caller's address."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request as a handler sees it: checked, but for the body of a control route."""

    store: Store
    settings: Settings
    real_now: datetime
    now: datetime
    """Virtual time, whole seconds, UTC."""
    request: Request
    path: Mapping[str, str]
    query: Object
    body: Object
    app: Object = field(default_factory=dict)
    """The app that calls; empty where users call."""
    number_status: str | None = None
    """A queued fault that does not refuse the request, but each of its numbers."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler gives back; ``payload`` ``None`` is an empty body, bytes are JSON already."""

    payload: Any = None
    status: int = 200
    headers: tuple[tuple[str, str], ...] = field(default=())
