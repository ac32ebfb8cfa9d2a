"""The same project over HTTP, and everything that can go wrong on the way."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from smsconf.emulator.gateway.engine import Engine, Settings
from tests.cloud import hostile
from tests.scenarios.conftest import Server, World

KEYS = {"HUAWEICLOUD_SDK_AK": "EMULATORAK", "HUAWEICLOUD_SDK_SK": "EMULATORSK"}
PROJECT_ID = "0123456789abcdef0123456789abcdef"


def over_http(
    world: World, url: str, monkeypatch: pytest.MonkeyPatch, *, project_id: str = PROJECT_ID
) -> None:
    """Add an environment that reaches the same database through a server."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    world.edit("version: 1\n", "version: 1\nenvironments:\n  http: {overlay: http.yaml}\n")
    known = f", project_id: {project_id}" if project_id else ""
    provider = f"{{site: china, region: cn-north-4, endpoint: '{url}'{known}}}"
    world.write(f"provider:\n  huaweicloud: {provider}\n", "http.yaml")


def without_names(document: Any) -> Any:
    """A plan without the words that say where it was made, and to the second when."""
    if isinstance(document, list):
        return [without_names(one) for one in document]
    if not isinstance(document, dict):
        return document
    apart = ("environment", "provider", "credentials", "expected_by")
    return {key: without_names(value) for key, value in document.items() if key not in apart}


def test_plan_over_http_equals_the_plan_in_process(approved: World, server: Server, monkeypatch) -> None:
    """The same database gives the same plan through a socket with AK/SK as in process."""
    approved.edit("您的退款已到账。", "您的退款已经到账。")
    over_http(approved, server.url, monkeypatch)
    inside = approved.json("plan", "--detailed-exitcode", "--env", "")
    outside = approved.json("plan", "--detailed-exitcode", "--env", "http")
    assert outside.code == inside.code
    assert without_names(outside.json) == without_names(inside.json)
    assert outside.json["provider"] == "huaweicloud"


def test_apply_over_http_does_the_same_as_in_process(world: World, server: Server, monkeypatch) -> None:
    """A first apply through a socket creates and submits everything, project id looked up by region."""
    over_http(world, server.url, monkeypatch, project_id="")
    done = world.apply("--env", "http")
    assert done.code == 0
    assert {row["outcome"] for row in done.json["outcomes"]} == {"applied"}
    assert world.json("plan", "--env", "http").json["summary"] == {"wait": 4, "none": 2}


def test_wrong_secret_key_is_explained_and_never_shown(world: World, server: Server, monkeypatch) -> None:
    """A refused signature ends the run with the gateway's code, a fix, and no secret."""
    over_http(world, server.url, monkeypatch)
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", "not-the-right-secret")
    monkeypatch.setenv("SMSCONF_TRUSTED_HOSTS", "127.0.0.1")
    ran = world.smsconf("plan", "--env", "http")
    assert ran.code == 1
    assert ran.out == ""
    assert "APIGW.0301" in ran.err
    assert "fix:" in ran.err
    assert "not-the-right-secret" not in ran.err


def test_closed_port_is_explained(world: World, monkeypatch) -> None:
    """Nobody listening ends the run with the host, the port and a fix."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    over_http(world, f"http://127.0.0.1:{port}", monkeypatch)
    ran = world.smsconf("plan", "--env", "http")
    assert ran.code == 1
    assert f"127.0.0.1:{port}" in ran.err
    assert "fix:" in ran.err


def test_missing_credentials_name_the_variables(world: World, monkeypatch) -> None:
    """Without credentials the error says which variables to set and what works offline."""
    over_http(world, "http://127.0.0.1:1", monkeypatch)
    for name in KEYS:
        monkeypatch.delenv(name)
    ran = world.smsconf("plan", "--env", "http")
    assert ran.code == 1
    assert "HUAWEICLOUD_SDK_AK" in ran.err
    assert "validate" in ran.err


def test_credentials_are_not_sent_to_a_strange_host(world: World, monkeypatch) -> None:
    """A host that the site table does not know gets nothing unless the environment trusts it."""
    over_http(world, "https://sms.example.com", monkeypatch)
    ran = world.smsconf("plan", "--env", "http")
    assert ran.code == 1
    assert "SMSCONF_TRUSTED_HOSTS=sms.example.com" in ran.err


Twist = Callable[[str, Any], Any]


@pytest.fixture
def crooked(world: World) -> Iterator[Callable[[Twist], str]]:
    """A server in front of the emulator that twists its answers; call it with the twist, get the url."""
    engine = Engine(world.folder / ".smsconf/emulator.db", Settings())
    twists: list[Twist] = []

    class Front(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            said = engine.handle(self.command, self.path, list(self.headers.items()), body)
            content = said.body
            if said.status == 200 and content:
                content = json.dumps(twists[0](self.path, json.loads(content))).encode()
            self.send_response(said.status)
            for name, value in said.headers:
                if name.lower() not in ("content-length", "date"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - the names http.server calls

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Front)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()

    def start(twist: Twist) -> str:
        twists[:] = [twist]
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    server.shutdown()
    server.server_close()
    engine.close()


def test_total_that_does_not_add_up_stops_that_kind_and_what_depends_on_it(
    approved: World, crooked, monkeypatch
) -> None:
    """A list that says more than it holds is no basis to write: exit 4, the kind named, the rest readable."""

    def twist(path: str, answer: Any) -> Any:
        return {**answer, "total": 99} if "/signatures?" in path else answer

    over_http(approved, crooked(twist), monkeypatch)
    approved.edit("/replies", "/answers")
    plan = approved.json("plan", "--env", "http")
    assert plan.code == 4
    assert "signatures could not be read" in plan.json["refusals"][0]["message"]
    assert "99" in plan.json["refusals"][0]["message"]
    assert plan.row("app.shop")["action"] == "update"
    assert plan.row("template.refund")["action"] == "refused"
    assert plan.row("template.hello")["action"] == "none"
    assert approved.apply("--env", "http").code == 5
    assert approved.writes() == ["UpdateApp"]
    assert approved.smsconf("status", "--env", "http").code == 4


def test_unknown_status_is_reported_and_nothing_is_written(approved: World, crooked, monkeypatch) -> None:
    """A status the service never documented refuses its row in words, and shows in status."""

    def twist(path: str, answer: Any) -> Any:
        for one in answer["results"] if "/templates?" in path else []:
            if one["template_name"] == "refund":
                one["flow_status"] = "Melted"
        return answer

    over_http(approved, crooked(twist), monkeypatch)
    row = approved.json("plan", "--env", "http").row("template.refund")
    assert (row["action"], row["reason"]) == ("refused", "unknown status 'Melted': nothing is written for it")
    assert approved.apply("--env", "http").code == 4
    status = approved.json("status", "--env", "http").row("template.refund")
    assert status["verdict"]["message"] == "unknown status 'Melted'"
    assert approved.writes() == []


def test_foreign_text_cannot_reach_the_terminal(approved: World, crooked, monkeypatch) -> None:
    """Escapes, line ends and bidirectional overrides in a reviewer's words are shown as codes."""
    words = "no\x1b[31m\nreally\u202e evil"

    def twist(path: str, answer: Any) -> Any:
        for one in answer["results"] if "/templates?" in path else []:
            one |= {"flow_status": "Reject", "review_desc": words}
        return answer

    over_http(approved, crooked(twist), monkeypatch)
    for command in ("plan", "status"):
        out = approved.smsconf(command, "--env", "http").out
        assert "\x1b" not in out
        assert "\u202e" not in out
        assert "no\\x1b[31m⏎really\\u202e evil" in out
    assert approved.json("status", "--env", "http").row("template.refund")["review_message"] == words


@pytest.fixture(scope="module")
def running() -> Iterator[hostile.Service]:
    with hostile.serve() as service:
        yield service


BAD_READINGS = sorted(hostile.PLAYS)


@pytest.mark.parametrize("play", BAD_READINGS)
def test_hostile_service_never_breaks_the_command_line(world: World, running, monkeypatch, play: str) -> None:
    """Apply against every bad answer: refused or failed in words, soon, nothing written, nothing shown."""
    running.requests.clear()
    running.play, running.elsewhere = play, "https://elsewhere.invalid"
    monkeypatch.setenv("SMSCONF_TIMEOUT", "0.3")
    over_http(world, running.url, monkeypatch)
    started = time.monotonic()
    ran = world.smsconf("apply", "--auto-approve", "--env", "http")
    assert time.monotonic() - started < 12
    said = ran.out + ran.err
    assert ran.code in {1, 4}, said
    assert "Traceback" not in said
    assert "EMULATORSK" not in said
    assert "could not be read" in said or "error: " in said
    assert running.methods == {"GET"}, "nothing is written on a bad read"
