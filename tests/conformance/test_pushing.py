"""A real server pushes by itself: reports and replies arrive without anybody asking for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.server import Server
from tests.conformance.test_sending_sdk import channel, client, same
from tests.conformance.world import build
from tests.emulator.listener import listening

pytestmark = pytest.mark.checks("pushes")


def wait_until(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "nothing came"
        time.sleep(0.02)


def test_server_pushes_reports_and_replies_by_itself(server: Server) -> None:
    """A report comes when its virtual time has come, a reply at once."""
    world = build(server)
    with listening() as listener:
        server.control("PUT", "carrier", {"delay": "PT1H"})
        client(server, world.app).batch_send_sms(same(world, status_callback=f"{listener.url}/report"))
        reply = {"from": "+8613800138000", "to": channel(world), "body": "R"}
        server.control("POST", "uplink", reply)  # to an address elsewhere: written down only
        server.control("POST", "clock", {"advance": "PT1H"})
        wait_until(lambda: len(listener.received) == 2)
        assert [path for path, _, _ in listener.received] == ["/report"] * 2
        wait_until(lambda: all(row["state"] == "done" for row in server.control("GET", "pushes")))
    rows = server.control("GET", "pushes")
    assert sorted((row["kind"], row["status"]) for row in rows if row["status"]) == [("report", 200)] * 2
    assert [row["error"][:8] for row in rows if row["kind"] == "reply"] == ["not sent"]


def test_server_ends_while_a_push_hangs(tmp_path: Path) -> None:
    """A receiver that never answers does not keep the server from ending, and what waits is kept."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as deaf:
        server = Server(tmp_path / "e.db")
        try:
            server.control("PUT", "reviewer", {"default": "hold"})
            world = build(server)
            server.control("PUT", "carrier", {"delay": "PT0S"})
            url = f"http://127.0.0.1:{deaf.getsockname()[1]}/"
            many = ",".join(f"+8613800138{number:03}" for number in range(100))
            client(server, world.app).batch_send_sms(same(world, to=many, status_callback=url))
            wait_until(lambda: any(row["state"] == "taken" for row in server.control("GET", "pushes")))
            said: list[str] = []
            ending = threading.Thread(target=lambda: said.append(server.stop()))
            ending.start()
            ending.join(15)
        finally:
            server.process.kill()
        assert said == [""]
