"""Receiving for real: a process, a socket, posts as the service makes them, and a kill in the middle."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

import pytest

from smsconf import signing
from smsconf.store.opening import open_store
from tests.scenarios.conftest import World

SECONDS = float(os.environ.get("SMSCONF_SOAK_RECEIVE", "3"))
FORM = "application/x-www-form-urlencoded"


class Receiver:
    """A running `smsconf receive`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("listening on http://127.0.0.1:"), line
        self.port = urlsplit(line.split()[-1]).port

    def post(self, path: str, body: bytes, headers: dict[str, str] | None = None) -> int:
        return self.ask("POST", path, body, headers)[0]

    def ask(self, method: str, path: str, body: bytes = b"", headers=None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, headers or {"Content-Type": FORM})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def stop(self) -> str:
        self.process.send_signal(signal.SIGINT)
        return self.process.communicate(timeout=20)[1]


@contextmanager
def receiving(world: World, *arguments: str, **environ: str) -> Iterator[Receiver]:
    world.environ.update(environ)
    process = world.process("receive", "--port", "0", *arguments)
    try:
        yield Receiver(process)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def report(number: int, status: str = "DELIVRD") -> bytes:
    return urlencode({"smsMsgId": f"m{number}", "status": status, "to": "+8613812345678"}).encode()


def reply(number: int, body: str) -> bytes:
    fields = {"smsMsgId": f"r{number}", "from": f"+861380000{number:04}", "to": "10690000001", "body": body}
    return urlencode(fields).encode()


@pytest.mark.usefixtures("anywhere")
def test_receive_stores_reports_and_replies_and_says_how_many(world: World) -> None:
    """One report, a batch, a repeated one and a reply: each 200 with an empty body, each stored once."""
    batch = json.dumps({"statusReportList": [{"smsMsgId": "m2", "status": "E200018"}]}).encode()
    with receiving(world) as receiver:
        assert receiver.ask("POST", "/reports", report(1)) == (200, b"")
        assert receiver.post("/reports", batch, {"Content-Type": "application/json"}) == 200
        assert receiver.post("/reports", report(1)) == 200
        assert receiver.post("/replies", reply(1, "R")) == 200
        assert receiver.ask("GET", "/healthz") == (200, b"ok\n")
        said = receiver.stop()
    assert receiver.process.returncode == 0
    assert "1 replies, 3 reports" in said
    assert "+86" not in said
    assert [
        (one.item.message_id, one.item.status) for one in open_store(world.folder, os.environ).reports()
    ] == [
        ("m1", "DELIVRD"),
        ("m2", "E200018"),
    ]


def test_receive_refuses_what_it_cannot_use_and_goes_on(world: World) -> None:
    """Garbage 400, too much 413, another path 404: the next report is stored all the same."""
    with receiving(world, "--max-body", "2000") as receiver:
        assert receiver.post("/reports", b"garbage") == 400
        assert receiver.post("/reports", b"\x00\xff" * 500) == 400
        assert receiver.post("/reports", b"smsMsgId=" + b"x" * 3000) == 413
        assert receiver.post("/elsewhere", report(1)) == 404
        assert receiver.ask("GET", "/reports")[0] == 405
        with socket.create_connection(("127.0.0.1", receiver.port)) as cut:
            cut.sendall(b"POST /reports HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nsmsMsgId=m7")
        with socket.create_connection(("127.0.0.1", receiver.port)) as cut:
            cut.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        assert receiver.post("/reports", report(1)) == 200
        said = receiver.stop()
    assert "1 reports" in said
    assert "2 unreadable" in said


def test_receive_wants_the_secret_path_and_the_signature(world: World) -> None:
    """With a token only that path exists; with keys an unsigned push is 401, and either pair may sign."""
    keys = {"SMSCONF_PUSH_AK": "old", "SMSCONF_PUSH_SK": "old-secret"}
    keys |= {"SMSCONF_PUSH_AK_2": "new", "SMSCONF_PUSH_SK_2": "new-secret"}
    with receiving(world, SMSCONF_RECEIVE_TOKEN="s3cret-path", **keys) as receiver:
        assert receiver.post("/reports", report(1)) == 404
        assert receiver.post("/wrong/reports", report(1)) == 404
        assert receiver.post("/s3cret-path/reports", report(1)) == 401
        for number, (key, secret) in enumerate([("old", "old-secret"), ("new", "new-secret")]):
            body = report(number)
            date = datetime.now(UTC).strftime(signing.DATE_FORMAT)
            headers = {"Host": f"127.0.0.1:{receiver.port}", "Content-Type": FORM, signing.DATE_HEADER: date}
            payload = signing.payload_hash(body, headers)
            path = "/s3cret-path/reports"
            canonical = signing.canonical_request("POST", path, "", headers, headers, payload)
            mac = signing.signature(secret, date, canonical)
            headers["Authorization"] = signing.authorization(key, list(headers), mac)
            assert receiver.post(path, body, headers) == 200
        said = receiver.stop()
    assert "s3cret-path" not in said
    assert "secret" not in said


@pytest.mark.parametrize(
    "environ",
    [{"SMSCONF_RECEIVE_TOKEN": "a/b"}, {"SMSCONF_PUSH_AK": "alone"}, {"SMSCONF_PUSH_SK_2": "alone"}],
)
def test_receive_says_which_setting_is_wrong(world: World, monkeypatch, environ) -> None:
    """Half a pair of keys, or a token that is no path, is an error before anything listens."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    ran = world.smsconf("receive", "--port", "0")
    assert ran.code == 1
    assert next(iter(environ)) in ran.err


@pytest.mark.usefixtures("anywhere")
def test_replies_are_shown_without_numbers_unless_asked(world: World) -> None:
    """Masked in text and JSON; --opt-outs names each number once; --show-numbers writes them out."""
    with receiving(world) as receiver:
        for number, body in enumerate(["你好", "R", "谢谢\x1b[31m"]):
            assert receiver.post("/replies", reply(number, body)) == 200
        receiver.stop()
    ran = world.smsconf("replies")
    assert (ran.code, ran.out.count("****")) == (0, 3)
    assert "+8613800000001" not in ran.out
    assert "\x1b" not in ran.out
    assert ran.out.endswith("3 replies, 1 number opted out\n")
    (only,) = world.json("replies", "--opt-outs", "--show-numbers").json["replies"]
    assert (only["from"], only["opted_out"]) == ("+8613800000001", True)


@pytest.mark.usefixtures("anywhere")
def test_opt_outs_show_number_word_and_time_of_who_is_out_now(world: World) -> None:
    """Each number once, masked; who came back is not shown; numbers in a reply are masked too."""
    said = ["请退订，138 0000 0000", "R", "退訂"]
    with receiving(world) as receiver:
        for number, body in enumerate(said):
            assert receiver.post("/replies", reply(number, body)) == 200
        again = reply(1, "START").replace(b"smsMsgId=", b"smsMsgId=again-")
        assert receiver.post("/replies", again) == 200
        receiver.stop()
    shown = world.json("replies", "--opt-outs").json
    assert shown["opt_outs"] == 2
    assert {one["word"] for one in shown["replies"]} == {"退订"}
    first = shown["replies"][0]
    assert (first["number"], first["from"], first["body"]) == (
        "+86138****0000",
        "+86138****0000",
        "请退订，138 **** 0000",
    )
    assert all(one["since"] and one["opted_out"] for one in shown["replies"])
    text = world.smsconf("replies", "--opt-outs").out
    assert text.count("退订") >= 2
    assert text.endswith("2 numbers opted out\n")
    assert [one["opted_out"] for one in world.json("replies").json["replies"]] == [True, False, True, False]


@pytest.mark.usefixtures("anywhere")
def test_opt_outs_tell_whom_nothing_can_leave_out(world: World) -> None:
    """A sender in an odd form is read for its number; one without any is counted apart, and said."""
    with receiving(world) as receiver:
        for sender in ("sip:13812345678@ims", "+86155****5172"):
            assert receiver.post("/reports", urlencode({"from": sender, "body": "TD"}).encode()) == 200
        receiver.stop()
    shown = world.json("replies", "--opt-outs", "--show-numbers").json
    assert (shown["opt_outs"], shown["unreadable"]) == (1, 1)
    assert [one["number"] for one in shown["replies"]] == ["+8613812345678", "+86155****5172"]
    text = world.smsconf("replies", "--opt-outs").out
    assert "1 number opted out\n1 more sender cannot be read" in text
    assert "13812345678" not in text


def test_replies_without_a_file_say_what_to_do(world: World) -> None:
    """Nothing was received yet: that is said, and how to change it."""
    ran = world.smsconf("replies")
    assert ran.code == 1
    assert "smsconf receive" in ran.err


@pytest.mark.usefixtures("anywhere")
def test_receive_keeps_every_report_it_said_200_to_through_a_kill(world: World) -> None:
    """Four connections post all the time, the process dies twice: whatever got 200 is in the file."""
    stored: set[str] = set()
    running = threading.Event()
    port: list[int] = [0]

    def push(worker: int) -> None:
        number = 0
        while not running.is_set():
            number += 1
            name = f"w{worker}-{number}"
            connection = http.client.HTTPConnection("127.0.0.1", port[0], timeout=10)
            try:
                body = urlencode({"smsMsgId": name, "status": "DELIVRD"}).encode()
                connection.request("POST", "/reports", body, {"Content-Type": FORM})
                if connection.getresponse().status == 200:
                    stored.add(name)
            except (OSError, http.client.HTTPException):
                time.sleep(0.01)
            finally:
                connection.close()

    with receiving(world) as receiver:
        port[0] = receiver.port
        pushers = [threading.Thread(target=push, args=(worker,)) for worker in range(4)]
        for pusher in pushers:
            pusher.start()
        try:
            for _ in range(2):
                time.sleep(SECONDS / 3)
                receiver.process.kill()
                receiver.process.communicate()
                receiver = Receiver(world.process("receive", "--port", str(port[0])))  # noqa: PLW2901
            time.sleep(SECONDS / 3)
        finally:
            running.set()
            for pusher in pushers:
                pusher.join()
        receiver.stop()
    assert len(stored) > 50
    assert stored <= {one.item.message_id for one in open_store(world.folder, os.environ).reports()}
