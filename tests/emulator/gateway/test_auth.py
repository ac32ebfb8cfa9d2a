"""Who may call: signatures, their date, the lock after failures, and tokens."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from smsconf import signing
from tests.emulator.conftest import Reply, Service, signed_headers

WRONG_KEY = "verify aksk signature fail"


def target(service: Service) -> str:
    return f"/v2/{service.settings.project_id}/msgsms/apps"


def with_settings(service: Service, **changes: str) -> Reply:
    """Send a request signed with other keys."""
    settings = replace(service.settings, **changes)
    headers = signed_headers(settings, "GET", target(service), b"", service.real)
    return Reply(service.engine.handle("GET", target(service), headers, b""))


def test_wrong_secret_is_refused_with_the_canonical_request(service: Service) -> None:
    """The refusal shows what the gateway signed, on one line."""
    reply = with_settings(service, secret_key="wrong")
    assert (reply.status, reply.code) == (401, "APIGW.0301")
    assert f"{WRONG_KEY},canonicalRequest:GET|{target(service)}/|" in reply.json["error_msg"]
    assert set(reply.json) == {"error_msg", "error_code", "request_id"}


def test_unknown_access_key_is_named(service: Service) -> None:
    """An access key nobody has is told so."""
    reply = with_settings(service, access_key="NOBODY")
    assert reply.json["error_msg"].endswith("Get secretKey failed,ak:NOBODY,err:ak not exist")


@pytest.mark.parametrize(("minutes", "status"), [(0, 200), (15, 200), (-15, 200), (15.1, 401), (-15.1, 401)])
def test_date_may_be_fifteen_minutes_off(service: Service, minutes: float, status: int) -> None:
    """The signing date is compared with real time, fifteen minutes either way."""
    service.advance("P30D")
    headers = signed_headers(
        service.settings, "GET", target(service), b"", service.real + timedelta(minutes=minutes)
    )
    assert service.engine.handle("GET", target(service), headers, b"").status == status


@pytest.mark.parametrize("dropped", ["Authorization", "Host", "X-Sdk-Date", "Content-Type"])
def test_missing_signed_header_is_refused(service: Service, dropped: str) -> None:
    """A request that lost a header on its way is no longer authentic."""
    headers = signed_headers(service.settings, "GET", target(service), b"", service.real)
    kept = [(name, value) for name, value in headers if name != dropped]
    reply = Reply(service.engine.handle("GET", target(service), kept, b""))
    assert (reply.status, reply.code) == (401, "APIGW.0301")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Basic x",
        "SDK-HMAC-SHA256 Access=EMULATORAK, SignedHeaders=host, Signature=00",
        f"SDK-HMAC-SHA256 Access=EMULATORAK, SignedHeaders=;host, Signature={'0' * 64}",
    ],
)
def test_malformed_authorization_is_refused(service: Service, value: str) -> None:
    """Anything but the documented form is refused, not a failure of the emulator."""
    reply = Reply(service.engine.handle("GET", target(service), [("Authorization", value)], b""))
    assert (reply.status, reply.code) == (401, "APIGW.0301")


def test_nameless_header_cannot_be_signed(service: Service) -> None:
    """An empty name among the signed ones is one more header that is not there."""
    headers = dict(signed_headers(service.settings, "GET", target(service), b"", service.real))
    headers["Authorization"] = headers["Authorization"].replace("SignedHeaders=", "SignedHeaders=;")
    reply = Reply(service.engine.handle("GET", target(service), list(headers.items()), b""))
    assert (reply.status, reply.json["error_msg"].rpartition(", ")[2]) == (401, "no header ")


def test_changed_request_is_refused(service: Service) -> None:
    """Method, path, query and body are all covered by the signature."""
    body = b'{"app_name": "shop", "region": "cn"}'
    headers = signed_headers(service.settings, "POST", target(service), body, service.real)
    for method, where, data in (
        ("PUT", target(service) + "/x", body),
        ("POST", target(service) + "?a=b", body),
        ("POST", target(service), body.replace(b"cn", b"intl")),
    ):
        assert service.engine.handle(method, where, headers, data).status == 401
    assert service.engine.handle("POST", target(service), headers, body).status == 200


@pytest.mark.parametrize(
    ("declared", "status"),
    [(signing.UNSIGNED_PAYLOAD, 400), ("0" * 64, 401)],
    ids=["unsigned", "false hash"],
)
def test_declared_payload_hash_must_be_true(service: Service, declared: str, status: int) -> None:
    """A body may be left out of the signature openly, but not with a false hash."""
    reply = service.send("POST", target(service), b"x", **{signing.PAYLOAD_HEADER: declared})
    assert reply.status == status


def test_key_is_locked_after_more_than_five_failures(service: Service) -> None:
    """The sixth failure in a row locks the key for five real minutes, for right signatures too."""
    for _ in range(5):
        with_settings(service, secret_key="wrong")
    assert service.call("GET", "/apps").status == 200
    for _ in range(6):
        assert WRONG_KEY in with_settings(service, secret_key="wrong").json["error_msg"]
    locked = service.call("GET", "/apps")
    assert locked.json["error_msg"].endswith("AK access failed to reach the limit,forbidden")
    service.advance("P1D")
    assert service.call("GET", "/apps").status == 401
    service.pass_real_time(timedelta(minutes=5))
    assert service.call("GET", "/apps").status == 200


def token_body(password: str = "emulator-password", **scope: Any) -> bytes:
    user = {"name": "emulator", "password": password, "domain": {"name": "emulator"}}
    auth: dict[str, Any] = {"identity": {"methods": ["password"], "password": {"user": user}}}
    if scope:
        auth["scope"] = scope
    return json.dumps({"auth": auth}).encode()


def ask_token(service: Service, body: bytes) -> Reply:
    return Reply(service.engine.handle("POST", "/v3/auth/tokens?nocatalog=true", [], body))


def with_token(service: Service, token: str) -> Reply:
    return Reply(service.engine.handle("GET", target(service), [("X-Auth-Token", token)], b""))


@pytest.mark.parametrize(
    "project", [{"name": "cn-north-4"}, {"id": "0123456789abcdef0123456789abcdef"}], ids=["name", "id"]
)
def test_token_of_the_project_is_accepted_for_a_day(service: Service, project: dict[str, str]) -> None:
    """A project token replaces the signature until it expires in real time."""
    reply = ask_token(service, token_body(project=project))
    assert reply.status == 201
    token = reply.headers["x-subject-token"]
    assert reply.json["token"]["expires_at"] == "2026-01-06T01:00:00.000000Z"
    assert reply.json["token"]["project"]["id"] == service.settings.project_id
    service.advance("P30D")
    assert with_token(service, token).status == 200
    service.pass_real_time(timedelta(hours=24))
    late = with_token(service, token)
    assert (late.status, late.code) == (401, "APIGW.0307")


def test_token_without_project_is_refused(service: Service) -> None:
    """A token of the account alone opens nothing; an invented one is not even read."""
    token = ask_token(service, token_body()).headers["x-subject-token"]
    assert with_token(service, token).status == 403
    assert with_token(service, "invented").json["error_msg"].endswith("decrypt token fail")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (token_body("wrong", project={"name": "cn-north-4"}), 401),
        (token_body(project={"name": "mars-1"}), 404),
        (token_body(project="x"), 400),
        (b"{}", 400),
        (b'{"auth": {"identity": 7}}', 400),
        (b"nothing", 400),
    ],
)
def test_token_is_refused_in_the_form_of_iam(service: Service, body: bytes, status: int) -> None:
    """Wrong password, unknown project and malformed bodies get IAM's nested error."""
    reply = ask_token(service, body)
    assert reply.status == status
    assert reply.json["error"]["code"] == status


@pytest.mark.parametrize(("name", "count"), [("cn-north-4", 1), ("ap-southeast-1", 1), ("mars-1", 0)])
def test_project_of_a_region_is_found(service: Service, name: str, count: int) -> None:
    """A known region has exactly one project, the emulator's; an unknown one has none."""
    path = f"/v3/projects?name={name}"
    projects = service.send("GET", path).json["projects"]
    assert [project["id"] for project in projects] == [service.settings.project_id] * count
    assert [project["name"] for project in projects] == [name] * count
    assert service.engine.handle("GET", path, [], b"").status == 401
