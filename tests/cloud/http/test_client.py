"""Calls against broken services: every ending is one of our errors, and no secret is in any of them."""

from __future__ import annotations

import json
import ssl
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest

from smsconf.cloud.http.client import Client
from smsconf.cloud.http.failures import NotConnected, NotTrusted, Throttled
from smsconf.cloud.http.limiter import Limiter
from smsconf.cloud.http.operations import OPERATIONS
from smsconf.cloud.http.transport import SigningAuth, TokenAuth
from smsconf.cloud.http.upload import Upload
from smsconf.model.errors import (
    CloudBroken,
    CloudError,
    RateLimited,
    ReadOnly,
    Refused,
    Unauthorized,
    Unreachable,
)
from tests.cloud.worlds import PROJECT, Scripted, open_client, recording_server, saying, serving

SECRET_AK = "AKIDEXAMPLE0000000000"
SECRET_SK = "sk/EXAMPLE+0000000000000000000000000000"
SECURITY_TOKEN = "security-token-example-0000"
AUTH = SigningAuth(SECRET_AK, SECRET_SK, security_token=SECURITY_TOKEN, project_id=PROJECT)
NOW = datetime(2026, 1, 5, 1, tzinfo=UTC)
CERTIFICATE = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"


def ok(body: Any = None, **headers: str) -> httpx.Response:
    return httpx.Response(200, headers=headers, content=b"" if body is None else json.dumps(body).encode())


def refusal(status: int, body: Any, **headers: str) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.Response(status, headers=headers, content=content)


def failure(transport: httpx.BaseTransport, operation: str = "CreateTemplate", **more: Any) -> CloudError:
    with open_client(transport, **({"auth": AUTH} | more)) as client, pytest.raises(CloudError) as caught:
        client.call(operation, body={"a": 1})
    return caught.value


FOREIGN = [
    (httpx.ConnectError("[Errno 111] Connection refused"), Unreachable, False),
    (httpx.ConnectError(CERTIFICATE), Unreachable, False),
    (httpx.ConnectTimeout("timed out"), Unreachable, False),
    (httpx.PoolTimeout("timed out"), Unreachable, False),
    (httpx.ProxyError("407 Proxy Authentication Required"), Unreachable, False),
    (httpx.UnsupportedProtocol("socks"), Unreachable, False),
    (httpx.LocalProtocolError(f"Illegal header value {SECRET_AK.encode()!r}"), Unreachable, False),
    (httpx.InvalidURL("no"), Unreachable, False),
    (UnicodeEncodeError("ascii", SECRET_SK, 0, 1, "no"), Unreachable, False),
    (httpx.ReadTimeout("timed out"), Unreachable, None),
    (httpx.WriteTimeout("timed out"), Unreachable, None),
    (httpx.ReadError("reset"), Unreachable, None),
    (httpx.WriteError("broken pipe"), Unreachable, None),
    (httpx.CloseError("closed"), Unreachable, None),
    (httpx.RemoteProtocolError("Server disconnected without sending a response."), Unreachable, None),
    (httpx.TooManyRedirects("no"), Unreachable, None),
    (httpx.StreamClosed(), Unreachable, None),
    (ssl.SSLError("record layer failure"), Unreachable, None),
    (OSError("network is down"), Unreachable, None),
    (ConnectionResetError(f"reset while sending {SECURITY_TOKEN}"), Unreachable, None),
    (httpx.DecodingError("bad gzip"), CloudBroken, True),
    (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no"), CloudBroken, True),
    (json.JSONDecodeError("no", "", 0), CloudBroken, True),
    (RecursionError("deep"), CloudBroken, True),
]


@pytest.mark.parametrize(("problem", "kind", "arrived"), FOREIGN, ids=lambda value: type(value).__name__)
def test_foreign_exceptions_become_ours(
    problem: Exception, kind: type[CloudError], arrived: bool | None
) -> None:
    """Whatever breaks on the way, it is one of ours, says whether the request arrived, and hides secrets."""
    transport = saying(problem)
    error = failure(transport)
    assert isinstance(error, kind)
    assert (error.arrived, error.operation) == (arrived, "CreateTemplate")
    again = 3 if isinstance(error, NotConnected) else 1
    assert len(transport.requests) == again, "a write is sent once, unless it never left"
    assert error.__context__ is None, "the foreign exception holds the request and its headers"
    shown = "".join(traceback.format_exception(error)) + f"{error!r} {error.why} {error.fix}"
    assert not any(secret in shown for secret in (SECRET_AK, SECRET_SK, SECURITY_TOKEN))


def test_every_exception_of_httpx_is_covered() -> None:
    """A new kind of httpx exception must be looked at before it can slip through."""
    kinds = {
        kind
        for kind in vars(httpx).values()
        if isinstance(kind, type) and issubclass(kind, Exception) and not kind.__subclasses__()
    }
    covered = {type(problem) for problem, _, _ in FOREIGN}
    # the first is for asking ``raise_for_status``, the second for cookies, the others for misused streams
    never = {
        httpx.HTTPStatusError,
        httpx.CookieConflict,
        httpx.StreamConsumed,
        httpx.ResponseNotRead,
        httpx.RequestNotRead,
    }
    assert kinds - covered == never


ANSWERS = [
    (400, {"error_code": "MSGSMS.0008", "error_msg": "Template already exists."}, Refused, "MSGSMS.0008"),
    (404, {"error_code": "MSGSMS.0009", "error_msg": "Template does not exist."}, Refused, "MSGSMS.0009"),
    (400, {"errorCode": "X.1", "errorMsg": "no"}, Refused, "X.1"),
    (401, {"error": {"code": 401, "message": "The password is wrong."}}, Unauthorized, "401"),
    (401, {"error_code": "APIGW.0301", "error_msg": "Incorrect IAM"}, Unauthorized, "APIGW.0301"),
    (403, {"error_code": "APIGW.0310", "error_msg": "project"}, Unauthorized, "APIGW.0310"),
    (400, {"error_code": "MSGSMS.0003", "error_msg": "Request unauthorized."}, Unauthorized, "MSGSMS.0003"),
    (500, {"error_code": "MSGSMS.0001", "error_msg": "Internal"}, CloudBroken, "MSGSMS.0001"),
    (503, b"<html>down</html>", CloudBroken, None),
    (404, b"<html>not here</html>", Refused, None),
    (418, b"", Refused, None),
    (400, b"[" * 100_000, Refused, None),
    (400, [1, 2], Refused, None),
    (400, {"error_code": {"a": 1}, "error_msg": None}, Refused, None),
    (302, b"", CloudBroken, None),
]


@pytest.mark.parametrize(("status", "body", "kind", "code"), ANSWERS)
def test_refusing_answers_become_ours(
    status: int, body: Any, kind: type[CloudError], code: str | None
) -> None:
    """Any shape of error body: class, HTTP status, code and request id are taken from it."""
    error = failure(saying(refusal(status, body, **{"X-Request-Id": "r-1"})))
    assert (type(error), error.status, error.code) == (kind, status, code)
    assert (error.request_id, error.arrived) == ("r-1", True)
    assert code is None or code in error.message


@pytest.mark.parametrize(
    ("status", "code", "word"),
    [
        (401, "APIGW.0301", "clock"),
        (401, "APIG.0301", "clock"),
        (401, "APIGW.0307", "expired"),
        (403, "APIGW.0310", "project"),
        (400, "MSGSMS.0013", "not enabled"),
        (404, None, "host and path"),
        (500, "NEW.0001", "trouble"),
    ],
)
def test_known_codes_are_explained(status: int, code: str | None, word: str) -> None:
    """Why it comes and what to do, by code, else by HTTP status."""
    body = {"error_code": code, "error_msg": "no"} if code else b"<html>"
    error = failure(saying(refusal(status, body)))
    assert word in (error.why or "")
    assert error.fix


def test_request_id_of_the_body_and_detail_are_kept() -> None:
    """The gateway puts the request id into the body; the service explains itself in ``error_detail``."""
    body = {
        "error_code": "MSGSMS.0076",
        "error_msg": "no app",
        "error_detail": "appKey=123",
        "request_id": "r2",
    }
    error = failure(saying(refusal(400, body)))
    assert error.request_id == "r2"
    assert error.message == "CreateTemplate was refused: MSGSMS.0076 no app: appKey=123"


def test_foreign_text_is_tamed() -> None:
    """No control characters, no novel, no secret even if the service echoes one."""
    text = f"\x1b[31mline\nbreak {SECRET_AK} {SECRET_SK} " + "x" * 1000
    error = failure(saying(refusal(400, {"error_code": "X.1\x07", "error_msg": text})))
    assert error.code == "X.1"
    assert error.message.isprintable()
    assert len(error.message) < 400
    assert SECRET_AK not in error.message
    assert SECRET_SK not in error.message


@pytest.mark.parametrize("body", [b"<html>login</html>", b"{", b"\xff\xfe", b"[" * 100_000, b"1" * 5000])
def test_success_that_is_not_json_is_broken(body: bytes) -> None:
    """A login page with status 200 is no answer of the service."""
    response = httpx.Response(200, headers={"Content-Type": "text/html"}, content=body)
    error = failure(saying(response))
    assert (type(error), error.status, error.arrived) == (CloudBroken, 200, True)


@pytest.mark.parametrize(("status", "body"), [(200, b""), (204, b""), (201, b"  \n"), (200, b"null")])
def test_empty_answers_are_none(status: int, body: bytes) -> None:
    """Deleting and activating answer with nothing."""
    with open_client(saying(httpx.Response(status, content=body))) as client:
        assert client.call("DeleteTemplate", path={"id": "t1"}) is None


def test_answer_beyond_the_limit_is_broken() -> None:
    """A body that unpacks to more than we take is not read to its end."""
    import gzip

    packed = gzip.compress(b" " * (70 * 1024 * 1024), 9)
    response = httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(packed))

    def answer(_request: httpx.Request) -> httpx.Response:
        return response

    error = failure(Scripted(answer))
    assert isinstance(error, CloudBroken)
    assert "larger than" in (error.why or "")


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_path_never_loses_its_id(value: str) -> None:
    """An empty id would turn a delete of one into a request about all; nothing is sent."""
    transport = saying(ok())
    with open_client(transport) as client, pytest.raises(CloudBroken) as caught:
        client.call("DeleteTemplate", path={"id": value})
    assert caught.value.arrived is False
    assert transport.requests == []


WRITES = [one for one in OPERATIONS.values() if not one.reads]


@pytest.mark.parametrize("operation", WRITES, ids=lambda one: one.name)
def test_read_only_client_sends_no_write(operation: Any) -> None:
    """Every writing operation stops in the transport, before anything is sent."""
    transport = saying(ok())
    with open_client(transport, read_only=True) as client, pytest.raises(ReadOnly) as caught:
        client.call(operation.name, path={"id": "x"} if "{id}" in operation.path else {})
    assert (caught.value.arrived, transport.requests) == (False, [])


def test_read_only_client_sends_nothing_unnamed() -> None:
    """A request that goes round ``call`` stops there too, and so does one under a false name."""
    transport = saying(ok())
    with open_client(transport, read_only=True) as client:
        for extensions in ({}, {"smsconf.operation": "ListAppDetails"}):
            with pytest.raises(ReadOnly):
                client._http.request("DELETE", "http://127.0.0.1/x", extensions=extensions)
    assert transport.requests == []


def test_reading_operations_are_exactly_the_gets() -> None:
    """The read list and the methods agree; exchanges with IAM are on no list of the service's client."""
    assert all(one.reads == (one.method == "GET") for one in OPERATIONS.values() if not one.iam)
    assert not any(one.reads for one in OPERATIONS.values() if one.iam)


def attempts(operation: str, *answers: httpx.Response | Exception) -> tuple[int, list[float], Any]:
    slept: list[float] = []
    limiter = Limiter(None, clock=lambda: sum(slept), sleep=slept.append)
    transport = saying(*answers)
    with open_client(transport, sleep=slept.append, limiter=limiter) as client:
        try:
            result: Any = client.call(operation)
        except CloudError as problem:
            result = (
                type(problem).__mro__[1]
                if type(problem) in (NotConnected, NotTrusted, Throttled)
                else type(problem)
            )
    return len(transport.requests), slept, result


LOST = httpx.ReadError("reset")
THROTTLED = refusal(429, {"error_code": "APIGW.0308", "error_msg": "slow down"}, **{"Retry-After": "3"})
TIRED = refusal(429, {"error_code": "APIGW.0308", "error_msg": "slow down"})


@pytest.mark.parametrize(
    ("operation", "answers", "expected"),
    [
        ("ListAppDetails", (LOST, ok({"a": 1})), (2, [], {"a": 1})),
        ("ListAppDetails", (refusal(503, b""), LOST, ok({"a": 1})), (3, [], {"a": 1})),
        ("ListAppDetails", (LOST,), (3, [], Unreachable)),
        ("ListAppDetails", (refusal(500, b""),), (1, [], CloudBroken)),
        ("ListAppDetails", (httpx.ConnectError("refused"),), (3, [], Unreachable)),
        ("CreateApp", (httpx.ConnectError("refused"), ok({"id": "1"})), (2, [], {"id": "1"})),
        ("CreateApp", (httpx.ConnectError(CERTIFICATE), ok({"id": "1"})), (1, [], Unreachable)),
        ("CreateApp", (httpx.ProxyError("407"), ok({"id": "1"})), (1, [], Unreachable)),
        ("CreateApp", (LOST, ok({"id": "1"})), (1, [], Unreachable)),
        ("CreateApp", (refusal(503, b""), ok({"id": "1"})), (1, [], CloudBroken)),
        ("CreateApp", (THROTTLED, ok({"id": "1"})), (2, [3.0], {"id": "1"})),
        ("CreateApp", (TIRED,), (5, [1.0, 2.0, 4.0, 8.0], RateLimited)),
        (
            "ListAppDetails",
            (refusal(429, b"", **{"Retry-After": "3600"}),),
            (1, [], RateLimited),
        ),
    ],
)
def test_only_what_is_safe_is_sent_again(operation: str, answers: Any, expected: Any) -> None:
    """Lost reads thrice, throttled requests as told, a write whose answer is lost never."""
    assert attempts(operation, *answers) == expected


def test_closed_connection_and_cut_body_are_lost_answers() -> None:
    """Over a real socket: a server that hangs up at once, and one that stops in the middle of its answer."""

    class Rude(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if self.path.endswith("templates"):
                self.send_response(200)
                self.send_header("Content-Length", "100")
                self.end_headers()
                self.wfile.write(b'{"id": ')
            self.close_connection = True

        def log_message(self, *_args: object) -> None:
            """Stay silent."""

    with serving(Rude) as url:
        for operation in ("CreateApp", "CreateTemplate"):
            with open_client(None, base_url=url) as client, pytest.raises(Unreachable) as caught:
                client.call(operation, body={})
            assert caught.value.arrived is None


def test_redirect_is_not_followed() -> None:
    """Signed headers are never carried to where a redirect points."""
    with recording_server({}) as (url, seen):
        transport = saying(httpx.Response(307, headers={"Location": f"{url}/elsewhere"}))
        error = failure(transport)
    assert isinstance(error, CloudBroken)
    assert "redirects are not followed" in error.message
    assert seen == []


def test_nobody_listening_is_unreachable() -> None:
    """A port that nobody listens on: the request surely did not arrive."""
    with serving(BaseHTTPRequestHandler) as url:
        pass
    with open_client(None, base_url=url) as client, pytest.raises(Unreachable) as caught:
        client.call("ListAppDetails")
    assert caught.value.arrived is False


def test_loopback_never_goes_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment's proxy is for other machines."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with recording_server({"ok": 1}) as (url, _), open_client(None, base_url=url) as client:
        assert client.call("ListAppDetails") == {"ok": 1}


def test_other_hosts_go_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """For any other host the environment's proxy is asked, and its refusal is one of our errors."""
    seen: list[str] = []

    class Proxy(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            seen.append(self.path)
            self.send_error(407)

        def log_message(self, *_args: object) -> None:
            """Stay silent."""

    with serving(Proxy) as url:
        monkeypatch.setenv("https_proxy", url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        with (
            open_client(None, base_url="https://msgsms.invalid") as client,
            pytest.raises(Unreachable) as caught,
        ):
            client.call("ListAppDetails")
    assert seen == ["msgsms.invalid:443"]
    assert caught.value.arrived is False


def test_useless_proxy_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that we cannot speak to, password and all, is named by its kind of mistake only."""
    monkeypatch.setenv("https_proxy", "gopher://user:hidden@proxy.invalid:70")
    monkeypatch.delenv("no_proxy", raising=False)
    with pytest.raises(Unreachable) as caught:
        open_client(None, base_url="https://msgsms.invalid")
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["http://msgsms.example", "ftp://127.0.0.1", "", "https://", "https://u:p@x.example", "http://\x00"],
)
def test_client_opens_only_safe_urls(url: str) -> None:
    """Plain http is for loopback; no user names; no nonsense."""
    with pytest.raises(Unauthorized):
        open_client(saying(ok()), base_url=url)


@pytest.mark.parametrize(
    ("base_url", "headers", "expected"),
    [
        (
            "http://127.0.0.1",
            {"X-Emulator-Now": "2027-01-01T08:00:00+08:00"},
            datetime(2027, 1, 1, tzinfo=UTC),
        ),
        (
            "http://127.0.0.1",
            {"X-Emulator-Now": "soon", "Date": "Fri, 01 Jan 2027 00:00:00 GMT"},
            datetime(2027, 1, 1, tzinfo=UTC),
        ),
        (
            "https://msgsms.example",
            {"X-Emulator-Now": "2030-01-01T00:00:00Z", "Date": "Fri, 01 Jan 2027 00:00:00 GMT"},
            datetime(2027, 1, 1, tzinfo=UTC),
        ),
        ("https://msgsms.example", {"Date": "once upon a time"}, NOW),
        ("https://msgsms.example", {}, NOW),
    ],
)
def test_service_time_is_the_first_answers(
    base_url: str, headers: dict[str, str], expected: datetime
) -> None:
    """The emulator's clock on loopback only; else ``Date``; else the real clock; later ones never."""
    transport = saying(ok({}, **headers), ok({}, Date="Sat, 02 Jan 2027 00:00:00 GMT"))
    with open_client(transport, base_url=base_url, real_clock=lambda: NOW) as client:
        assert client.service_time == NOW
        client.call("ListSendCountryDetails")
        assert client.service_time == expected
        if expected != NOW:
            client.call("ListSendCountryDetails")
            assert client.service_time == expected


def test_token_travels_in_its_header() -> None:
    """A project token is sent as it is, with the project."""
    transport = saying(ok({}))
    with open_client(transport, auth=TokenAuth("the-token", project_id=PROJECT)) as client:
        client.call("ListSendCountryDetails")
    headers = transport.requests[0].headers
    assert (headers["X-Auth-Token"], headers["X-Project-Id"]) == ("the-token", PROJECT)
    assert "Authorization" not in headers


def test_signature_covers_every_header_that_matters() -> None:
    """Date of the real clock, host, project, content type and security token are signed."""
    auth = SigningAuth(SECRET_AK, SECRET_SK, security_token="st", project_id=PROJECT, now=lambda: NOW)
    transport = saying(ok({}))
    with open_client(transport, auth=auth) as client:
        client.call("ListSendCountryDetails")
    headers = transport.requests[0].headers
    assert headers["X-Sdk-Date"] == "20260105T010000Z"
    assert (
        "SignedHeaders=content-type;host;x-project-id;x-sdk-date;x-security-token,"
        in headers["Authorization"]
    )


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("licence.png", "licence.png"),
        ("营业执照 2024.png", "营业执照_2024.png"),
        ('a"b\r\nc.png', "a_b__c.png"),
        ("x" * 100 + ".jpeg", "x" * 59 + ".jpeg"),
        ("n" * 100, "n" * 64),
    ],
)
def test_upload_names_are_made_acceptable(tmp_path: Path, name: str, shown: str) -> None:
    """At most 64 characters, no blanks, no punctuation the service refuses, the ending kept."""
    path = tmp_path / "file"
    path.write_bytes(b"x")
    transport = saying(ok({"file_id": "f"}))
    with open_client(transport) as client:
        client.call("UploadSignatureFile", file=Upload(name, path, "a" * 64))
    assert f'filename="{shown}"\r\n'.encode() in transport.requests[0].read()


def test_upload_is_read_as_it_is_sent_and_again_for_a_second_attempt(tmp_path: Path) -> None:
    """The body has its length, is no copy in memory, and is whole when a throttled request goes out again."""
    path = tmp_path / "licence.png"
    path.write_bytes(b"0123456789" * 20_000)
    seen: list[tuple[int, int]] = []

    class Slow(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            assert "transfer-encoding" not in request.headers
            chunks = [len(chunk) for chunk in request.stream]
            seen.append((sum(chunks), max(chunks)))
            assert sum(chunks) == int(request.headers["content-length"])
            return (
                httpx.Response(429, headers={"Retry-After": "0"}) if len(seen) == 1 else ok({"file_id": "f"})
            )

    with open_client(Slow()) as client:
        client.call("UploadSignatureFile", file=Upload("licence.png", path, "a" * 64))
    assert len(seen) == 2
    assert seen[0] == seen[1]
    assert seen[0][1] <= 64 * 1024


def paged(count: int, *, total: Callable[[int, int], int], ids: Callable[[int], object]) -> Scripted:
    """Play a list of ``count`` items; ``total`` is given the number of the request and the offset."""
    calls: list[int] = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append(1)
        offset, limit = int(request.url.params["offset"]), int(request.url.params["limit"])
        results = [{"id": ids(n)} for n in range(count)][offset : offset + limit]
        return ok({"results": results, "total": total(len(calls), offset)})

    return Scripted(answer)


@pytest.mark.parametrize("count", [0, 1, 499, 500, 501, 1000, 2345])
def test_list_reads_every_page_once_in_order(count: int) -> None:
    """Whatever the number, all items come, in the service's order, with as few requests as possible."""
    transport = paged(count, total=lambda _call, _offset: count, ids=str)
    told: list[tuple[int, int]] = []
    with open_client(transport) as client:
        items = client.list_all(
            "ListTemplateDetails", progress=lambda read, total: told.append((read, total))
        )
    assert [item["id"] for item in items] == [str(n) for n in range(count)]
    assert len(transport.requests) == max(1, -(-count // 500))
    assert max(told) == (count, count)


BROKEN_LISTS = {
    "total too high": (paged(700, total=lambda _c, _o: 702, ids=str), "total says 702, pages hold 700"),
    "total too low": (paged(700, total=lambda _c, _o: 650, ids=str), "total says 650, pages hold 700"),
    "total that grows": (
        paged(700, total=lambda _c, o: 700 + (o > 0), ids=str),
        "total changed from 700 to 701",
    ),
    "ids twice": (paged(700, total=lambda _c, _o: 700, ids=lambda n: str(n % 699)), "699 different ids"),
}


@pytest.mark.parametrize("case", BROKEN_LISTS)
def test_list_that_does_not_add_up_is_read_twice_then_refused(case: str) -> None:
    """Once more from the start, then the error says the numbers."""
    template, words = BROKEN_LISTS[case]
    transport = Scripted(template._answer)
    with open_client(transport) as client, pytest.raises(CloudBroken) as caught:
        client.list_all("ListTemplateDetails")
    assert "the list of ListTemplateDetails does not add up" in caught.value.message
    assert words in caught.value.message
    assert len(transport.requests) == 4


def test_list_that_moved_once_is_read_again() -> None:
    """One object vanishing while it is read is no error."""
    transport = paged(10, total=lambda call, _offset: 11 if call == 1 else 10, ids=str)
    with open_client(transport) as client:
        assert len(client.list_all("ListAppDetails")) == 10


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {"results": []},
        {"total": 0},
        {"results": None, "total": 0},
        {"results": [None], "total": 1},
        {"results": [{}], "total": 1},
        {"results": [{"id": None}], "total": 1},
        {"results": [{"id": ""}], "total": 1},
        {"results": [{"id": []}], "total": 1},
        {"results": [], "total": "many"},
        {"results": [], "total": True},
        {"results": [], "total": 10**12},
        {"results": [], "total": -1},
    ],
)
def test_list_of_the_wrong_shape_is_broken(answer: Any) -> None:
    """Nulls, missing ids and absurd totals never pass for an empty account."""
    response = ok(answer, **{"X-Request-Id": "r-1"})
    with open_client(saying(response)) as client, pytest.raises(CloudBroken) as caught:
        client.list_all("ListAppDetails")
    assert (caught.value.operation, caught.value.request_id) == ("ListAppDetails", "r-1")


def test_client_shows_no_secret() -> None:
    """A client or its parts in a log line show nothing."""
    with open_client(saying(ok()), auth=AUTH) as client:
        shown = f"{client!r} {vars(client)!r} {client._http!r} {AUTH!r}"
    assert not any(secret in shown for secret in (SECRET_AK, SECRET_SK, SECURITY_TOKEN))


def test_site_and_project_are_for_the_asking(emulated: Any) -> None:
    """What a client talks to can be read off it."""
    with emulated.client() as client:
        assert isinstance(client, Client)
        assert (client.site.name, client.project_id, client.read_only) == ("china", PROJECT, False)
