"""``smsconf emulator outbox`` and ``advance``: what a person sees of what was sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from smsconf.cli import main
from tests.emulator.conftest import Service
from tests.emulator.listener import listening
from tests.emulator.shop import Shop, open_shop


@pytest.fixture
def shop(make_service: Callable[..., Service], tmp_path: Path) -> Shop:
    """Return a shop whose emulator's file is ``e.db``."""
    return open_shop(make_service(tmp_path / "e.db"))


def run(capsys: Any, *arguments: str) -> tuple[int, str, str]:
    code = main.run(["emulator", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_outbox_shows_the_newest_messages(shop: Shop, tmp_path: Path, capsys: Any) -> None:
    """Oldest first, numbers with their middle hidden, what became of each, and how many there are."""
    shop.send(to="+8613800138000,+8613800138001,+8613800138002")
    code, out, err = run(capsys, "outbox", "--database", str(tmp_path / "e.db"), "--limit", "2")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "2026-01-05T01:00:00Z  +86138****8001  DELIVRD",
        "    【示例商城】您的订单A100已发货",
        "2026-01-05T01:00:00Z  +86138****8002  DELIVRD",
        "    【示例商城】您的订单A100已发货",
        "2 of 3 messages",
    ]
    assert "13800138001" not in out


def test_outbox_as_json_is_the_routes_list(shop: Shop, tmp_path: Path, capsys: Any) -> None:
    """The document has a version, the total and the messages; numbers in full only on request."""
    shop.send()
    database = str(tmp_path / "e.db")
    document = json.loads(run(capsys, "outbox", "--database", database, "--format", "json")[1])
    assert (document["format_version"], document["total"]) == ("1.0", 1)
    assert document["messages"][0]["to"] == "+86138****8000"
    full = ("--database", database, "--format", "json", "--show-numbers")
    assert json.loads(run(capsys, "outbox", *full)[1])["messages"] == shop.outbox()


def test_empty_outbox_says_so(shop: Shop, tmp_path: Path, capsys: Any) -> None:
    """No message is no error; a missing file is."""
    assert run(capsys, "outbox", "--database", str(tmp_path / "e.db"))[:2] == (0, "0 of 0 messages\n")
    code, out, err = run(capsys, "outbox", "--database", str(tmp_path / "none.db"))
    assert (code, out) == (1, "")
    assert "there is no emulator database" in err


def test_advance_pushes_what_became_due(shop: Shop, tmp_path: Path, capsys: Any) -> None:
    """Reports are pushed by the command itself where no server runs; it says how many were received."""
    database = str(tmp_path / "e.db")
    with listening() as listener:
        # Real time has passed since the shop's Monday: what it sent is due at once.
        shop.send(statusCallback=listener.url)
        shop.send(statusCallback="http://127.0.0.1:1/closed")
        code, out, _ = run(capsys, "advance", "PT1M", "--database", database)
        assert code == 0
        assert out.splitlines()[1:] == ["2 pushes, 1 received"]
        assert len(listener.received) == 1
        assert len(run(capsys, "advance", "PT1M", "--database", database)[1].splitlines()) == 1
