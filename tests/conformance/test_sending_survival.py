"""What happens to messages when the emulator is killed, and when several processes share its file."""

from __future__ import annotations

import http.client
import signal
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.conformance.server import Server
from tests.conformance.test_sending_sdk import channel, template_id
from tests.conformance.world import World, build
from tests.emulator.listener import listening
from tests.emulator.shop import FORM, SAME, wsse

pytestmark = pytest.mark.checks("survival")
SIZE, WRITERS = 50, 3


class Sender:
    """Sends numbered messages of one shop and remembers what was answered, and what never was."""

    def __init__(self, world: World, **fields: str) -> None:
        self.app = {"app_key": world.app.app_key, "app_secret": world.app.app_secret}
        self.fields = {
            "from": channel(world),
            "templateId": template_id(world),
            "templateParas": '["A"]',
            **fields,
        }
        self.numbers = count()
        self.answered: dict[str, str] = {}
        self.uncertain: set[str] = set()
        self.lock = threading.Lock()

    def send(self, server: Server) -> int:
        """Send one request to numbers that nobody had before; return its HTTP status."""
        with self.lock:
            numbers = [f"+86138{next(self.numbers):08}" for _ in range(SIZE)]
        body = urlencode({**self.fields, "to": ",".join(numbers)}).encode()
        headers = {"Content-Type": FORM, **wsse(self.app, datetime.now(UTC))}
        try:
            status, _, answer = server.send("POST", SAME, body, **headers)
        except (OSError, http.client.HTTPException):
            with self.lock:
                self.uncertain.update(numbers)
            raise
        if status == 200:
            with self.lock:
                self.answered |= {row["smsMsgId"]: row["originTo"] for row in answer["result"]}
        return status


def send_until_killed(server: Server, sender: Sender) -> None:
    try:
        while True:
            assert sender.send(server) == 200
    except (OSError, http.client.HTTPException):
        return


def outbox(server: Server) -> list[dict[str, Any]]:
    return list(server.control("GET", "outbox"))


def test_killing_the_server_loses_no_answered_message(tmp_path: Path) -> None:
    """Three times kill -9 in the middle of sending: what was answered is there once, in whole requests."""
    database = tmp_path / "e.db"
    with Server(database) as server:
        server.control("PUT", "reviewer", {"default": "hold"})
        sender = Sender(build(server))
    for _ in range(3):
        server = Server(database)
        threads = [threading.Thread(target=send_until_killed, args=(server, sender)) for _ in range(WRITERS)]
        before = len(sender.answered)
        for thread in threads:
            thread.start()
        while len(sender.answered) < before + 10 * SIZE:
            assert any(thread.is_alive() for thread in threads)
            time.sleep(0.005)
        server.process.send_signal(signal.SIGKILL)
        for thread in threads:
            thread.join(timeout=30)
        server.process.communicate()
    with Server(database) as server:
        kept = outbox(server)
    assert sender.answered.items() <= {row["smsMsgId"]: row["to"] for row in kept}.items()
    numbers = Counter(row["to"] for row in kept)
    assert set(numbers.values()) == {1}
    unanswered = set(numbers) - set(sender.answered.values())
    assert unanswered <= sender.uncertain
    assert len(unanswered) % SIZE == 0


def test_two_servers_on_one_file_share_outbox_limit_and_pushes(tmp_path: Path) -> None:
    """Numbers of messages do not clash, the limit is kept exactly, and each report is pushed once."""
    database = tmp_path / "e.db"
    requests, limit = 12, 8 * SIZE
    with listening() as listener, Server(database) as first, Server(database) as second:
        first.control("PUT", "reviewer", {"default": "hold"})
        sender = Sender(build(first), statusCallback=f"{listener.url}/report")
        first.control("PUT", "carrier", {"delay": "PT0S"})
        first.control("PUT", "thresholds", {"cn": {"daily": {"warn": 1, "limit": limit}}})
        statuses: list[int] = []

        def send(server: Server) -> None:
            statuses.extend(sender.send(server) for _ in range(requests // 2))

        threads = [threading.Thread(target=send, args=(server,)) for server in (first, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert Counter(statuses) == {200: limit // SIZE, 403: requests - limit // SIZE}
        kept = outbox(second)
        assert {row["smsMsgId"]: row["to"] for row in kept} == sender.answered
        assert len(kept) == limit
        deadline = time.monotonic() + 30
        while len(listener.received) < limit:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        time.sleep(0.5)  # a second copy would come now
    ids = Counter(body.partition("smsMsgId=")[2].partition("&")[0] for body in listener.bodies)
    assert ids == dict.fromkeys(sender.answered, 1)
