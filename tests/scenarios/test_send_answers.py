"""``send`` to a service that answers oddly, late or never, and reports that cannot be written."""

from __future__ import annotations

import http.server
import json
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.conftest import Server, World

REFUND = "template.refund"
ONE, TWO = "+8613812345678", "+8613912345679"
LATE = 60  # seconds that nobody waits to the end


def fate(number: str, status: str = "000000", **more: Any) -> dict[str, Any]:
    return {"originTo": number, "smsMsgId": f"id_{number[-4:]}", "status": status, **more}


def success(*fates: dict[str, Any], code: str = "000000") -> dict[str, Any]:
    return {"code": code, "description": "Success", "result": list(fates)}


@dataclass
class Service:
    """What takes messages: it gives its answers one by one, after some seconds; ``seen`` are the requests."""

    url: str = ""
    seconds: float = 0
    status: int = 200
    answers: list[Any] = field(default_factory=list)
    seen: list[bytes] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            made.seen.append(self.rfile.read(int(self.headers["Content-Length"])))
            made.over.wait(made.seconds)
            body = json.dumps(made.answers.pop(0)).encode()
            with suppress(OSError):
                self.send_response(made.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.over.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def shop(world: World, server: Server, service: Service, monkeypatch: pytest.MonkeyPatch) -> World:
    """The shop at a served emulator, everything approved; its messages go to the service."""
    secrets = str(world.folder / "secrets.json")
    assert world.apply("--save-secrets", secrets).code == 0
    world.control("PUT", "reviewer", {"default": "approve", "rules": []})
    world.advance("P14D")
    project = "project_id: 0123456789abcdef0123456789abcdef"
    world.edit(
        "emulator: {database: .smsconf/emulator.db}",
        f"huaweicloud: {{site: china, region: cn-north-4, {project}, endpoint: {server.url}}}",
    )
    environ = {
        "SMSCONF_SECRETS": secrets,
        "HUAWEICLOUD_SDK_AK": "EMULATORAK",
        "HUAWEICLOUD_SDK_SK": "EMULATORSK",
        "SMSCONF_SEND_ENDPOINT": service.url,
    }
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    return world


SEND = ("send", REFUND, "--to", ONE, "--to", TWO)


@pytest.mark.parametrize(
    ("answer", "code", "outcome"),
    [
        (success(fate(TWO), fate(ONE)), 0, "accepted"),
        (success(fate(ONE[1:]), fate(TWO[3:])), 0, "accepted"),
        (success(fate(ONE), fate(ONE, "E200041"), fate(TWO)), 0, "accepted"),
        (success(fate(ONE, total=2**63), fate(TWO, total="-1")), 0, "accepted"),
        (success(fate(ONE), fate(TWO, "E200048"), code="E000510"), 5, "partly accepted"),
        (success(fate(ONE, "E200048"), fate(TWO, "E200028"), code="E000510"), 5, "failed"),
        ({"code": "E200015", "description": "busy"}, 5, "failed"),
        (success(fate(ONE)), 5, "unknown"),
        (success(fate(ONE, "E200048")), 5, "unknown"),
        ({"code": "000000", "description": "Success"}, 5, "unknown"),
        ({"code": "E000999", "description": "new"}, 5, "unknown"),
        ([], 5, "unknown"),
    ],
)
def test_outcome_and_exit_code_fit_what_was_answered(
    shop: World, service: Service, answer: Any, code: int, outcome: str
) -> None:
    """One request; what was accepted is known to receipts, whatever else stood in the answer."""
    service.answers = [answer]
    ran = shop.json(*SEND)
    assert (ran.code, ran.json["outcome"]) == (code, outcome), ran.err
    assert len(service.seen) == 1
    assert ONE not in ran.out + ran.err
    accepted = sum(one["outcome"] == "accepted" for one in ran.json["messages"])
    assert (accepted == 2) is (outcome == "accepted")
    assert 0 < accepted < 2 or outcome != "partly accepted"
    assert len(shop.json("receipts", "--by", "message").json["messages"]) == accepted


@pytest.mark.parametrize("status", [200, 403])
def test_refusal_of_the_whole_request_is_one_with_any_status(
    shop: World, service: Service, status: int
) -> None:
    """The limit of the account: exit 4, nothing sent, why and what to do."""
    service.status, service.answers = status, [{"code": "E000623", "description": "limit"}]
    ran = shop.smsconf(*SEND)
    assert (ran.code, ran.out) == (4, "")
    assert "monthly limit is reached" in ran.err
    assert "raise the traffic threshold" in ran.err
    assert len(service.seen) == 1


@pytest.mark.parametrize("status", [200, 403])
def test_list_keeps_its_numbers_when_the_whole_request_is_refused(
    shop: World, service: Service, status: int
) -> None:
    """All of them had failed for good with status 200; raised the limit, they get their message."""
    service.status, service.answers = status, [{"code": "E000623", "description": "limit"}]
    shop.write(f"{ONE}\n{TWO}\n", "list.csv")
    ran = shop.json("bulk", REFUND, "list.csv", "--auto-approve")
    assert ran.code != 0
    counts = ran.json["messages"]
    assert (counts["waiting"], counts["accepted"], counts["failed"]) == (2, 0, 0)
    service.status, service.answers = 200, [success(fate(ONE, total=2**63), fate(TWO, total=10**400))]
    ran = shop.json("bulk", REFUND, "list.csv", "--auto-approve")
    assert (ran.code, ran.json["messages"]["accepted"]) == (0, 2), ran.err
    assert len(service.seen) == 2


@pytest.mark.parametrize("status", [200, 401])
def test_credentials_that_are_not_taken_are_an_error(shop: World, service: Service, status: int) -> None:
    """Exit 1: nothing was asked of the service yet."""
    service.status, service.answers = status, [{"code": "E000104", "description": "secret"}]
    ran = shop.smsconf(*SEND)
    assert (ran.code, "app secret" in ran.err) == (1, True)


def interrupted(shop: World, service: Service, *numbers: int) -> tuple[int, dict[str, Any], str, float]:
    """Send, and give the process signals while its request is on its way."""
    process = shop.process(*SEND, "--format", "json")
    until = time.monotonic() + 30
    while not service.seen and time.monotonic() < until:
        time.sleep(0.02)
    started = time.monotonic()
    for number in numbers:
        process.send_signal(number)
        time.sleep(0.3)
    if service.seconds != LATE:
        service.over.set()
    out, err = process.communicate(timeout=30)
    return process.returncode, json.loads(out), err, time.monotonic() - started


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_send_waits_for_the_answer_and_reports_it(
    shop: World, service: Service, number: int
) -> None:
    """It says that the message may be on its way; the answer comes, and is told: exit 130."""
    service.seconds, service.answers = LATE - 1, [success(fate(ONE), fate(TWO))]
    code, view, err, _ = interrupted(shop, service, number)
    assert (code, view["outcome"]) == (130, "accepted")
    assert "the message may be on its way" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("numbers", "seconds"), [((signal.SIGINT, signal.SIGINT), 3), ((signal.SIGTERM,), 9)]
)
def test_interrupted_send_without_an_answer_is_uncertain(
    shop: World, service: Service, numbers: tuple[int, ...], seconds: float
) -> None:
    """A second Ctrl-C ends at once, a termination after some seconds: a report, and nobody knows."""
    service.seconds, service.answers = LATE, [success(fate(ONE), fate(TWO))]
    code, view, err, took = interrupted(shop, service, *numbers)
    assert (code, view["outcome"]) == (130, "unknown")
    assert {one["outcome"] for one in view["messages"]} == {"unknown"}
    assert "nobody knows whether it took the message" in err
    assert "nothing is sent a second time" in err
    assert "Traceback" not in err
    assert took < seconds
    assert len(service.seen) == 1


def test_report_that_cannot_be_written_is_said_before_anything_is_sent(shop: World, service: Service) -> None:
    """A folder that is not there: exit 1."""
    ran = shop.smsconf(*SEND, "--output", "missing/report.json")
    assert (ran.code, service.seen) == (1, [])
    assert "cannot write" in ran.err


@pytest.mark.parametrize("form", ["text", "json"])
def test_report_that_cannot_be_written_afterwards_goes_to_stderr(
    shop: World, service: Service, form: str
) -> None:
    """Stdout is on a full disk: the message is sent, exit 5, and stderr says what became of it."""
    service.answers = [success(fate(ONE), fate(TWO))]
    with Path("/dev/full").open("w") as full:
        process = shop.process(*SEND, "--format", form, stdout=full)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 5
    assert "cannot write" in err
    assert "id_5678" in err
    assert "Traceback" not in err
    assert len(service.seen) == 1


def test_closed_pipe_is_silent_and_keeps_the_exit_code(shop: World, service: Service) -> None:
    """Nobody reads the report; that the message failed is still told to the caller."""
    service.answers = [success(fate(ONE, "E200048"), fate(TWO, "E200048"))]
    process = shop.process(*SEND)
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate(timeout=30)
    assert process.returncode == 5
    assert "error" not in err
    assert "Traceback" not in err


def test_stdout_on_a_full_disk_is_an_error_of_every_command(shop: World) -> None:
    """What is written at the very end failed with a traceback."""
    with Path("/dev/full").open("w") as full:
        process = shop.process("explain", "E000623", stdout=full)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "Traceback" not in err
    assert "No space left" in err
