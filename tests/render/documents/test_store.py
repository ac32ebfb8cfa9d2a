"""What there is to say about the store itself."""

from __future__ import annotations

from datetime import UTC, datetime

from smsconf.render.documents.store import (
    imported_lines,
    migrated_lines,
    migrated_view,
    status_lines,
    status_view,
)
from smsconf.render.lines import plain
from smsconf.store.interfaces import StoreStatus, Work

SINCE = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
LIN = Work("lin", "build-7", 4711, SINCE, "apply", "https://ci.example.com/runs/1")
HAN = Work("han", "build-8", 4712, SINCE, "bulk")


def test_status_names_who_is_at_work_and_what_is_there() -> None:
    """Locks by account, senders by run; counts by account, of what there is."""
    scopes = {"emulator/china/1": {"entries": 1200, "runs": 1}, None: {"reports": 3}}
    status = StoreStatus(
        "database d", True, {"store": "0001"}, 3 * 1024**2, scopes, [("emulator/china/1", LIN)], [(7, HAN)]
    )
    view = status_view(status)
    assert view["senders"] == [
        {
            "run": 7,
            "actor": "han",
            "host": "build-8",
            "pid": 4712,
            "since": "2026-01-05T01:00:00+00:00",
            "doing": "bulk",
            "run_address": None,
        }
    ]
    assert view["locks"][0]["run_address"] == "https://ci.example.com/runs/1"
    said = plain(status_lines(view))
    assert "versions: store 0001; 3.0 MiB" in said
    assert "emulator/china/1  entries: 1,200, runs: 1" in said
    assert "lock of emulator/china/1: lin at build-7 (process 4711), apply since" in said
    assert "run 7 is sent by han at build-8 (process 4712)" in said
    assert "nobody" not in said


def test_migration_says_what_changed() -> None:
    """Made, brought up, or nothing."""
    said = [plain(migrated_lines(migrated_view("d", before, "0002"))) for before in (None, "0001", "0002")]
    assert ["made" in one for one in said] == [True, False, False]
    assert "from version 0001 to 0002" in said[1]
    assert "nothing changed" in said[2]


def test_runs_that_got_another_number_are_named_as_they_are() -> None:
    """What stands before the foreign name is ours, and stays readable."""
    runs = [{"from": 1, "to": 4, "name": "news\x1b"}, {"from": 5, "to": 5, "name": "same"}]
    view = {"folder": "f", "place": "p", "already": None, "imported": {"runs": 2}, "runs": runs}
    said = plain(imported_lines(view))
    assert "\n  run 1 is run 4 there: news\\x1b\n" in said
    assert "same" not in said
