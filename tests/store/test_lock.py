"""The lock of an account, in either home: one at a time, and the others know who."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from smsconf.model.errors import PlanRefused
from smsconf.store.interfaces import Work
from tests.store.conftest import OpenStore

SINCE = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
LIN = Work("lin", "build-7", 4711, SINCE, "apply", "https://ci.example.com/runs/1")
HAN = Work("han", "build-8", 4712, SINCE, "confirm")


def nobody(holder: Work | None) -> None:
    raise AssertionError(f"{holder} holds it")


def test_second_one_is_told_who_holds_it_and_gives_up_in_time(open_store: OpenStore) -> None:
    """Who, where, since when, doing what, and where to look."""
    told: list[Work | None] = []
    with (
        open_store().lock("account", LIN, timeout=0, waiting=nobody) as lock,
        pytest.raises(PlanRefused, match="lin at build-7") as refused,
        open_store().lock("account", HAN, timeout=0.1, waiting=told.append),
    ):
        pass
    assert told == [LIN]
    assert "https://ci.example.com/runs/1" in refused.value.message
    assert "--lock-timeout" in str(refused.value.fix)
    assert lock


def test_next_one_gets_it_when_it_is_free(open_store: OpenStore) -> None:
    """It waits as long as it takes, and is told once."""
    told: list[Work | None] = []
    got = threading.Event()

    def wait() -> None:
        with open_store().lock("account", HAN, timeout=None, waiting=told.append) as lock:
            lock.prove()
            got.set()

    with open_store().lock("account", LIN, timeout=0, waiting=nobody) as lock:
        lock.prove()
        waiting = threading.Thread(target=wait)
        waiting.start()
        assert not got.wait(0.5)
    waiting.join(30)
    assert got.is_set()
    assert told == [LIN]


def test_nobody_is_told_of_one_who_is_gone(open_store: OpenStore) -> None:
    """What stands written of somebody who held it before is not believed."""
    with open_store().lock("account", LIN, timeout=0, waiting=nobody):
        pass
    with open_store().lock("account", HAN, timeout=0, waiting=nobody):
        assert [work for _scope, work in open_store().status().locks] == [HAN]
    assert open_store().status().locks == []
