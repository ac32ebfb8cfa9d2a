"""The transport to a service in this process."""

from __future__ import annotations

from typing import NamedTuple

import httpx
import pytest

from smsconf.cloud.http.inprocess import BASE_URL, InProcessTransport


class Answer(NamedTuple):
    status: int = 200
    headers: list[tuple[str, str]] = []  # noqa: RUF012 - never changed
    body: bytes = b""
    disconnect: bool = False
    delay: float = 0.0


def client(answer: Answer, slept: list[float] | None = None, seen: list[tuple] | None = None) -> httpx.Client:
    def handle(*request: object) -> Answer:
        if seen is not None:
            seen.append(request)
        return answer

    transport = InProcessTransport(handle, sleep=(slept if slept is not None else []).append)
    return httpx.Client(transport=transport, base_url=BASE_URL, timeout=httpx.Timeout(60, connect=10))


def test_request_and_answer_travel_unchanged() -> None:
    """Target still encoded, headers in pairs, body in bytes; status, headers and body back."""
    seen: list[tuple] = []
    with client(Answer(201, [("X-Request-Id", "r1")], b"{}"), seen=seen) as http:
        response = http.post("/a%2Fb?x=%20y", content=b"\xff\x00", headers={"X-A": "1"})
    assert (response.status_code, response.headers["x-request-id"], response.content) == (201, "r1", b"{}")
    method, target, headers, body = seen[0]
    assert (method, target, body) == ("POST", "/a%2Fb?x=%20y", b"\xff\x00")
    assert ("X-A", "1") in headers


def test_closed_connection_looks_like_one() -> None:
    """The caller cannot tell it from a socket that was closed."""
    with client(Answer(disconnect=True)) as http, pytest.raises(httpx.RemoteProtocolError):
        http.get("/")


def test_delay_is_waited_for() -> None:
    """A slow answer comes late."""
    slept: list[float] = []
    with client(Answer(delay=1.5), slept) as http:
        assert http.get("/").status_code == 200
    assert slept == [1.5]


def test_delay_beyond_the_patience_is_a_time_out() -> None:
    """The caller waits no longer than it said it would."""
    slept: list[float] = []
    with client(Answer(delay=100), slept) as http, pytest.raises(httpx.ReadTimeout):
        http.get("/")
    assert slept == [60]
