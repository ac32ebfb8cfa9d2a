"""The control routes and what a web page can make a browser on this machine send: refused, all of it."""

from __future__ import annotations

import http.client
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsconf.emulator.gateway.control import PREFIX, ROUTES
from smsconf.emulator.gateway.control_access import refuse_page
from tests.emulator.gateway.test_server import Server

CLOCK = b'{"advance": "P1D"}'
CHANGES = sorted(f"{method} {name}" for method, name in ROUTES if method != "GET")
SIMPLE = (
    "text/plain",
    "text/plain;charset=UTF-8",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("visitors") / "emulator.db")
    yield running
    running.stop()


def ask(
    server: Server, method: str, route: str, headers: dict[str, str], body: bytes = b""
) -> tuple[int, dict[str, str], bytes]:
    """Send one request with these headers and no others; ``{own}`` is the server's port."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.putrequest(method, PREFIX + route, skip_host=True, skip_accept_encoding=True)
    for name, value in {"Host": "127.0.0.1:{own}", "Content-Length": str(len(body)), **headers}.items():
        connection.putheader(name, value.format(own=server.port))
    connection.endheaders(body)
    response = connection.getresponse()
    data = response.read()
    connection.close()
    return response.status, {name.lower(): value for name, value in response.headers.items()}, data


def offset(server: Server) -> float:
    """Return how far the virtual clock is from the real one, in seconds."""
    answer = server.control("GET", "health")
    from datetime import UTC, datetime

    return (datetime.fromisoformat(answer["now"]) - datetime.now(UTC)).total_seconds()


@pytest.mark.parametrize(
    "host", ["127.0.0.1:{own}", "localhost:{own}", "LocalHost:{own}", "[::1]:{own}", "127.0.0.9:{own}"]
)
def test_names_of_this_machine_are_answered(server: Server, host: str) -> None:
    """Loopback addresses and localhost, with the port."""
    assert ask(server, "GET", "outbox", {"Host": host})[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        *(
            "evil.example",
            "evil.example:{own}",
            "localhost.evil.example:{own}",
            "127.0.0.1.evil.example:{own}",
        ),
        *(
            "localhost",
            "localhost:1",
            "127.0.0.1",
            "localhost.:{own}",
            "app.localhost:{own}",
            "0.0.0.0:{own}",
        ),
        *(
            "192.0.2.7:{own}",
            "[::]:{own}",
            "[2001:db8::1]:{own}",
            "::1:{own}",
            "[localhost]:{own}",
            "",
            ":{own}",
        ),
        *("2130706433:{own}", "127.1:{own}", "0x7f.1:{own}", "localhost@evil:{own}", "localhost:{own}x"),
        "localhost:" + "9" * 5000,
    ],
)
@pytest.mark.parametrize("route", ["GET outbox", "GET requests", "GET health", "POST reset", "GET nowhere"])
def test_foreign_host_is_refused(server: Server, host: str, route: str) -> None:
    """A page that lets its own name point here (rebinding) reads and changes nothing."""
    method, _, name = route.partition(" ")
    headers = {"Host": host, "Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
    status, answered, _ = ask(server, method, name, headers)
    assert status in {400, 403}  # 400 where it is no host at all
    assert not any(header.startswith("access-control") for header in answered)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(
    "sign",
    [
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://localhost:{own}"},
        {"Origin": "https://127.0.0.1:{own}"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null"},
        {"Origin": "file://"},
        {"Origin": "http://127.0.0.1:{own}.evil.example"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_page_of_another_origin_changes_nothing(server: Server, change: str, sign: dict[str, str]) -> None:
    """Whatever the body's type: another port of this machine is another origin, too."""
    method, _, name = change.partition(" ")
    for kind in ({}, {"Content-Type": "application/json"}, *({"Content-Type": one} for one in SIMPLE)):
        status, answered, _ = ask(server, method, name, {**sign, **kind}, CLOCK)
        assert status == 403
        assert not any(header.startswith("access-control") for header in answered)
    assert abs(offset(server)) < 3600


@pytest.mark.parametrize("route", ["outbox", "requests", "pushes", "health"])
@pytest.mark.parametrize("sign", [{"Origin": "http://127.0.0.1:1"}, {"Sec-Fetch-Site": "same-site"}])
def test_page_of_another_origin_loads_nothing(server: Server, route: str, sign: dict[str, str]) -> None:
    """Not as a script, a picture or a frame; and what is answered may be used as nothing else."""
    assert ask(server, "GET", route, sign)[0] == 403
    status, answered, _ = ask(server, "GET", route, {"Sec-Fetch-Site": "none"})
    assert status == 200
    assert answered["x-content-type-options"] == "nosniff"
    assert answered["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("wanted", ["POST", "PUT", "DELETE"])
def test_browser_that_asks_first_is_not_permitted(server: Server, wanted: str) -> None:
    """A preflight gets a refusal without one word of CORS."""
    asked = {
        "Origin": "http://127.0.0.1:1",
        "Access-Control-Request-Method": wanted,
        "Access-Control-Request-Headers": "content-type",
        "Access-Control-Request-Private-Network": "true",
    }
    status, answered, _ = ask(server, "OPTIONS", "clock", asked)
    assert status == 403
    assert not any(header.startswith("access-control") for header in answered)


@pytest.mark.parametrize("kind", [*SIMPLE, "", "application/octet-stream", "text/json"])
@pytest.mark.parametrize("sign", [{"Origin": "http://127.0.0.1:{own}"}, {"Referer": "http://evil.example/"}])
def test_browser_must_say_json(server: Server, kind: str, sign: dict[str, str]) -> None:
    """Also one of the server's own origin, and one so old that only its Referer gives it away."""
    given = {"Content-Type": kind} if kind else {}
    for name, body in (("clock", CLOCK), ("reset", b"")):
        assert ask(server, "POST", name, {**sign, **given}, body)[0] == 415
    assert (
        ask(server, "POST", "clock", {**sign, "Content-Type": "application/json"}, b'{"advance": "PT0S"}')[0]
        == 200
    )


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", "TEXT/PLAIN"])
def test_types_that_only_pages_send_are_refused_to_all(server: Server, kind: str) -> None:
    """With no other sign of a browser."""
    assert ask(server, "POST", "clock", {"Content-Type": kind}, CLOCK)[0] == 415


def test_programs_need_no_type(server: Server) -> None:
    """What curl and urllib send unasked, or none at all, with a body or without."""
    for kind in (
        {},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json"},
    ):
        assert ask(server, "POST", "clock", kind, b'{"advance": "PT0S"}')[0] == 200
        assert ask(server, "POST", "reset", kind)[0] == 200
        assert ask(server, "DELETE", "requests", kind)[0] == 204
    request = urllib.request.Request(f"{server.url}{PREFIX}clock", b'{"advance": "PT0S"}', method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200
    assert refuse_page("POST", [], 80) is None


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Forwarded-Host"])
def test_headers_of_proxies_move_nobody(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody becomes another machine's or this one's by a word, whatever uvicorn's environment allows."""
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    running = Server(tmp_path / "emulator.db")
    try:
        for value in ("192.0.2.7", "for=192.0.2.7", "127.0.0.1"):
            assert ask(running, "GET", "health", {name: value})[0] == 200
        assert ask(running, "GET", "health", {name: "localhost", "Host": "evil.example"})[0] == 403
    finally:
        running.stop()


@given(
    st.sampled_from(["POST", "PUT", "DELETE", "OPTIONS", "PATCH"]), st.text(), st.sampled_from(["", *SIMPLE])
)
def test_no_origin_but_the_own_gets_through(method: str, origin: str, kind: str) -> None:
    """Any text as an origin, any simple type."""
    headers = [("Host", "localhost:8080"), ("Origin", origin), ("Content-Type", kind)]
    refused = refuse_page(method, headers, 8080)
    assert refused is not None
    assert refused.status in {403, 415}
    json.dumps(refused.payload)
