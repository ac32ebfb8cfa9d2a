"""A receiver that is told to end, and what it says for programs meanwhile: real processes and signals."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import threading
import time
from contextlib import closing

import pytest

from smsconf.store.files.inbox import open_to_read
from tests.scenarios.conftest import World
from tests.scenarios.test_receive import Receiver, receiving, reply, report


def count_of(receiver: Receiver, name: str) -> float:
    """A figure of the receiver."""
    lines = receiver.ask("GET", "/metrics")[1].decode().splitlines()
    (found,) = (line for line in lines if line.startswith(f"smsconf_receive_{name} "))
    return float(found.split()[-1])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_receive_stores_and_answers_what_is_in_flight_and_takes_nothing_more(
    world: World, number: signal.Signals
) -> None:
    """The store is busy when the signal comes: the push waits for it, gets its 200, and is a row."""
    answers: list[int] = []
    with receiving(world) as receiver:
        assert receiver.post("/reports", report(1)) == 200
        with closing(sqlite3.connect(world.folder / ".smsconf" / "inbox.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            pushing = threading.Thread(target=lambda: answers.append(receiver.post("/reports", report(2))))
            pushing.start()
            while not count_of(receiver, "in_flight"):
                time.sleep(0.01)
            receiver.process.send_signal(number)
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline:
                try:
                    socket.create_connection(("127.0.0.1", receiver.port), timeout=1).close()
                except OSError:
                    break
                time.sleep(0.05)
            assert not answers
            other.execute("ROLLBACK")
        pushing.join(20)
        _, said = receiver.process.communicate(timeout=20)
    assert (answers, receiver.process.returncode) == ([200], 0)
    assert "2 reports" in said
    assert "Traceback" not in said
    with open_to_read(world.folder / ".smsconf" / "inbox.db") as inbox:
        assert [one.item.message_id for one in inbox.reports()] == ["m1", "m2"]


def test_receive_does_not_wait_long_for_a_request_that_never_comes_whole(world: World) -> None:
    """Half a body at the end: that connection is closed, and the receiver ends."""
    with (
        receiving(world, "--read-timeout", "600s") as receiver,
        socket.create_connection(("127.0.0.1", receiver.port)) as slow,
    ):
        slow.sendall(b"POST /reports HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nsmsMsgId")
        while not count_of(receiver, "in_flight"):
            time.sleep(0.01)
        began = time.monotonic()
        receiver.stop()
        assert time.monotonic() - began < 6
    assert receiver.process.returncode == 0


def test_receive_serves_on_while_load_balancers_look_elsewhere(world: World) -> None:
    """With --drain, /healthz is 503 from the signal on, and what comes is taken; another signal ends it."""
    with receiving(world, "--drain", "10m") as receiver:
        assert receiver.ask("GET", "/healthz") == (200, b"ok\n")
        receiver.process.send_signal(signal.SIGTERM)
        while receiver.ask("GET", "/healthz") != (503, b"ending\n"):
            time.sleep(0.01)
        time.sleep(0.5)
        assert receiver.post("/reports", report(1)) == 200
        said = receiver.stop()
    assert (receiver.process.returncode, "1 reports" in said) == (0, True)


def test_receive_logs_events_for_programs(world: World) -> None:
    """An object a line with its time in UTC; refusals are added up; no number, no text, no path is in any."""
    with receiving(world, "--log-format", "json", SMSCONF_RECEIVE_TOKEN="s3cret") as receiver:
        assert receiver.post("/s3cret/reports", report(1)) == 200
        assert receiver.post("/s3cret/replies", reply(1, "TD")) == 200
        assert [receiver.post("/wrong/reports", report(1)) for _ in range(50)] == [404] * 50
        said = receiver.stop().splitlines()
    events = [json.loads(line) for line in said]
    assert all(one.pop("time").endswith("+00:00") for one in events)
    address = f"http://127.0.0.1:{receiver.port}"
    assert events[0] == {"event": "started", "address": address, "store": ".smsconf/inbox.db"}
    assert events[-1] == {
        "event": "stopped",
        "reports": 1,
        "replies": 1,
        "duplicates": 0,
        "refused": {"wrong path": 50},
        "store_errors": 0,
    }
    assert len(events) <= 3
    assert not any(word in "".join(said) for word in ("s3cret", "1380000", "TD", "wrong/"))
