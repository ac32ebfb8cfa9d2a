"""A signed request in a dozen lines, and an engine with a clock that stands still."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from smsconf import signing
from smsconf.emulator.gateway.engine import Engine, Response, Settings

MONDAY = datetime(2026, 1, 5, 1, tzinfo=UTC)  # 9:00 in Beijing
HOST = "127.0.0.1:8080"


def signed_headers(
    settings: Settings, method: str, target: str, body: bytes, moment: datetime, **more: str
) -> list[tuple[str, str]]:
    """Return the headers of a request, all of them signed."""
    path, _, query = target.partition("?")
    date = moment.strftime(signing.DATE_FORMAT)
    headers = {"Host": HOST, "Content-Type": "application/json", signing.DATE_HEADER: date, **more}
    payload = signing.payload_hash(body, headers)
    canonical = signing.canonical_request(method, path, query, headers, headers, payload)
    signature = signing.signature(settings.secret_key, date, canonical)
    return [
        *headers.items(),
        ("Authorization", signing.authorization(settings.access_key, headers, signature)),
    ]


@dataclass(frozen=True)
class Reply:
    """A response with its JSON read."""

    response: Response

    @property
    def status(self) -> int:
        return self.response.status

    @property
    def headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.response.headers}

    @property
    def json(self) -> Any:
        return json.loads(self.response.body) if self.response.body else None

    @property
    def code(self) -> str | None:
        return self.json.get("error_code") if isinstance(self.json, dict) else None


@dataclass
class Service:
    """The emulator as a client meets it: signed requests to the API, unsigned ones to the control routes."""

    engine: Engine
    real: datetime = MONDAY
    settings: Settings = field(default_factory=Settings)

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> Reply:
        """Call an operation by its path behind ``/v2/{project_id}/msgsms``."""
        target = f"/v2/{self.settings.project_id}/msgsms{path}"
        if query:
            target += "?" + signing.query_string((key, str(value)) for key, value in query.items())
        data = b"" if body is None else json.dumps(body).encode()
        return self.send(method, target, data)

    def send(self, method: str, target: str, body: bytes = b"", **headers: str) -> Reply:
        """Sign a raw target and body and send them."""
        signed = signed_headers(self.settings, method, target, body, self.real, **headers)
        return Reply(self.engine.handle(method, target, signed, body))

    def control(self, method: str, name: str, body: Any = None) -> Reply:
        """Call a control route."""
        data = b"" if body is None else json.dumps(body).encode()
        return Reply(self.engine.handle(method, "/_emulator/" + name, [("Host", HOST)], data))

    def advance(self, duration: str) -> None:
        """Let virtual time pass."""
        assert self.control("POST", "clock", {"advance": duration}).status == 200

    def decide(self, kind: str, remote_id: str, decision: str, reason: str | None = None) -> Reply:
        """Take a person's decision now."""
        body = {"kind": kind, "id": remote_id, "decision": decision, "reason": reason}
        return self.control("POST", "reviews", body)

    def force(self, kind: str, remote_id: str, status: str) -> None:
        """Put an object into a status."""
        body = {"kind": kind, "id": remote_id, "status": status}
        assert self.control("POST", "reviews", body).status == 200

    def app(self, region: str = "cn", **more: Any) -> dict[str, Any]:
        """Create an app."""
        reply = self.call("POST", "/apps", {"app_name": "shop", "region": region, **more})
        assert reply.status == 200, reply.json
        return reply.json

    def signature_body(self, app_id: str, **more: Any) -> dict[str, Any]:
        """Return a valid body of a signature."""
        return {
            "app_id": app_id,
            "signature_name": "示例商城",
            "signature_type": "NOTIFY_TYPE",
            "signature_source": 0,
            "is_involved_third": "No",
            **more,
        }

    def signature(self, app_id: str, *, approved: bool = False, **more: Any) -> dict[str, Any]:
        """Create a signature, approved if asked for."""
        reply = self.call("POST", "/signatures", self.signature_body(app_id, **more))
        assert reply.status == 200, reply.json
        if approved:
            assert self.decide("signature", reply.json["id"], "approve").status == 200
        return reply.json

    def template_body(self, app_id: str, sign_id: str | None = None, **more: Any) -> dict[str, Any]:
        """Return a valid body of a mainland template."""
        return {
            "app_id": app_id,
            "sign_id": sign_id,
            "template_name": "order",
            "template_type": "NOTIFY_TYPE",
            "template_content": "您的订单${1}已发货",
            "region": "cn",
            "variable_attributes": [{"variable_index": 1, "variable_type": "CHARDIGIT"}],
            **more,
        }

    def template(self, app_id: str, sign_id: str | None = None, **more: Any) -> str:
        """Create a template and return its id."""
        reply = self.call("POST", "/templates", self.template_body(app_id, sign_id, **more))
        assert reply.status == 200, reply.json
        return str(reply.json["id"])

    def show(self, kind: str, remote_id: str) -> dict[str, Any]:
        """Show an object."""
        reply = self.call("GET", f"/{kind}s/{remote_id}")
        assert reply.status == 200, reply.json
        return reply.json

    def pass_real_time(self, duration: timedelta) -> None:
        """Let real time pass; virtual time goes along."""
        self.real += duration


@pytest.fixture
def make_service(tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """Return a maker of services, each on a database of its own unless told otherwise."""
    made: list[Service] = []

    def make(database: Path | None = None, **settings: Any) -> Service:
        chosen = Settings(**settings)
        path = database or tmp_path / f"deep/{len(made)}.db"
        service: Service
        engine = Engine(path, chosen, real_clock=lambda: service.real)
        service = Service(engine, settings=chosen)
        made.append(service)
        return service

    yield make
    for service in made:
        service.engine.close()


@pytest.fixture
def service(make_service: Callable[..., Service]) -> Service:
    """Return a service at the China site."""
    return make_service()
