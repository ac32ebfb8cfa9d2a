"""What is sent again, after how long, and that nobody hears of it."""

from __future__ import annotations

import logging
import subprocess
import sys
import time

import httpx
import pytest

from smsconf.cloud.http.limiter import Limiter
from smsconf.model.errors import CloudError, RateLimited, Unreachable
from tests.cloud.worlds import open_client, saying

LOST = httpx.ReadError("reset")
FINE = httpx.Response(200, json={"a": 1})
BUSY = httpx.Response(429, headers={"Retry-After": "3"}, json={"error_code": "APIGW.0308"})


@pytest.mark.parametrize(("chance", "expected"), [(0.0, 0.06), (1.0, 0.10)])
def test_pauses_double_and_hold_some_chance(monkeypatch, chance: float, expected: float) -> None:
    """Two pauses, the second twice the first, each longer by up to the first: not all come back at once."""
    monkeypatch.setattr("random.uniform", lambda low, high: low + chance * (high - low))
    started = time.monotonic()
    with open_client(saying(LOST, LOST, FINE), pause=0.02) as client:
        assert client.call("ListAppDetails") == {"a": 1}
    assert expected <= time.monotonic() - started < expected + 1


def test_throttling_holds_back_every_call_of_the_client() -> None:
    """One answer of 429 slows the shared limiter: the wait is its, and the next call's rate is half."""
    slept: list[float] = []
    limiter = Limiter(20.0, clock=lambda: sum(slept), sleep=slept.append)
    with open_client(saying(BUSY, FINE), limiter=limiter) as client:
        assert client.call("CreateApp", body={}) == {"a": 1}
    assert slept == [3.0]
    assert limiter.rate == pytest.approx(11.0)  # half of 20, and one request that went through


@pytest.mark.parametrize("told", ["3600", "999999999", "-1", "soon", "1.5", "３"])
def test_strange_retry_after_does_no_harm(told: str) -> None:
    """Too long is an error to show; what is no number is not believed."""
    slept: list[float] = []
    limiter = Limiter(None, clock=lambda: sum(slept), sleep=slept.append)
    answer = httpx.Response(429, headers=[(b"Retry-After", told.encode())])
    with open_client(saying(answer), limiter=limiter) as client, pytest.raises(RateLimited):
        client.call("ListAppDetails")
    assert sum(slept) <= 15


def test_no_attempt_starts_after_twice_the_patience() -> None:
    """A service that is slow to fail is not waited for three times."""
    transport = saying(LOST)

    def slow(request: httpx.Request) -> httpx.Response:
        time.sleep(0.06)
        raise LOST

    transport._answer = slow
    with open_client(transport, patience=0.05) as client, pytest.raises(Unreachable):
        client.call("ListAppDetails")
    assert len(transport.requests) == 2


def test_interrupt_passes_at_once() -> None:
    """Ctrl-C is no failure to try again after."""

    def interrupt(_request: httpx.Request) -> httpx.Response:
        raise KeyboardInterrupt

    transport = saying(FINE)
    transport._answer = interrupt
    with open_client(transport) as client, pytest.raises(KeyboardInterrupt):
        client.call("ListAppDetails")
    assert len(transport.requests) == 1


def test_retries_say_nothing(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    """No line on stderr, no record in a log: the error that stays says all."""
    with caplog.at_level(logging.DEBUG), open_client(saying(LOST)) as client, pytest.raises(CloudError):
        client.call("ListAppDetails")
    assert "".join(capfd.readouterr()) == ""
    assert not [one for one in caplog.records if one.name.startswith(("stamina", "tenacity"))]


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["schema"]])
def test_library_is_not_loaded_without_need(arguments: list[str]) -> None:
    """Commands that send nothing pay nothing for it, nor for httpx."""
    program = (
        "import sys\n"
        "from smsconf.cli.main import run\n"
        f"run({arguments!r})\n"
        "print([name for name in ('stamina', 'tenacity', 'httpx') if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.strip().splitlines()[-1] == "[]"
