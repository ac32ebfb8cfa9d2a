"""From a message to its receipt: sent, reported, counted."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smsconf.store.files.inbox import Inbox
from smsconf.store.files.sent import add_sent
from smsconf.store.messages import Reply, Report, Sent
from tests.scenarios.conftest import World
from tests.scenarios.test_receive import receiving
from tests.scenarios.test_send import ONE, SHIPPED, TWO, VALUES, shop  # noqa: F401 - a fixture


def push(world: World, *reports: dict[str, object]) -> None:
    body = json.dumps({"statusReportList": reports}).encode()
    with receiving(world) as receiver:
        assert receiver.post("/reports", body, {"Content-Type": "application/json"}) == 200
        receiver.stop()


@pytest.mark.usefixtures("anywhere")
def test_receipts_follow_messages_from_sending_to_their_report(shop: World) -> None:  # noqa: F811
    """Pending until reported; then delivered, or failed with the meaning of the status."""
    shop.control("POST", "clock", {"set": datetime.now(UTC).isoformat()})
    ran = shop.json("send", SHIPPED, "--to", ONE, "--to", TWO, *VALUES)
    first, second = (one["message_id"] for one in ran.json["messages"])
    (group,) = shop.json("receipts").json["groups"]
    assert (group["template"], group["messages"], group["pending"]) == (SHIPPED, 2, 2)
    push(
        shop,
        {"smsMsgId": first, "status": "DELIVRD", "updateTime": "2026-01-05T01:00:00Z"},
        {"smsMsgId": second, "status": "REJECTD"},
        {"smsMsgId": "somebody-elses", "status": "DELIVRD"},
    )
    found = shop.json("receipts").json
    (group,) = found["groups"]
    assert (group["delivered"], group["failed"], group["pending"], found["others"]) == (1, 1, 0, 1)
    assert [(one["status"], one["messages"]) for one in group["failures"]] == [("REJECTD", 1)]
    assert "opted out" in group["failures"][0]["meaning"]
    text = shop.smsconf("receipts").out
    assert "delivered" in text
    assert "1 more message was reported that was not sent from here" in text


@pytest.mark.usefixtures("anywhere")
def test_receipts_message_by_message_hide_numbers(shop: World) -> None:  # noqa: F811
    """As text, JSON and CSV; numbers are whole only when asked for."""
    ran = shop.json("send", SHIPPED, "--to", ONE, *VALUES)
    (message_id,) = (one["message_id"] for one in ran.json["messages"])
    push(shop, {"smsMsgId": message_id, "status": "DELIVRD"})
    (row,) = shop.json("receipts", "--by", "message").json["messages"]
    assert (row["to"], row["delivery"], row["template"]) == ("+86138****5678", "delivered", SHIPPED)
    ran = shop.smsconf("receipts", "--format", "csv", "--show-numbers")
    (row,) = csv.DictReader(io.StringIO(ran.out))
    assert (row["message_id"], row["to"], row["status"]) == (message_id, ONE, "DELIVRD")
    assert shop.json("receipts", "--template", "template.other").json["groups"] == []
    assert len(shop.json("receipts", "--by", "message", "--message", message_id).json["messages"]) == 1


def test_receipts_before_anything_was_sent(world: World) -> None:
    """Nothing sent and nothing received is no error; a file that was named must be there."""
    ran = world.smsconf("receipts")
    assert (ran.code, ran.out) == (0, "nothing was sent from here yet\n")
    assert world.smsconf("receipts", "--database", "no.db").code == 1


@pytest.mark.usefixtures("anywhere")
def test_message_is_missing_by_the_emulators_clock(shop: World) -> None:  # noqa: F811
    """72 hours of virtual time pass, and no report was taken in; served or embedded, the clock is found."""
    ran = shop.json("send", SHIPPED, "--to", ONE, *VALUES)
    (message_id,) = (one["message_id"] for one in ran.json["messages"])
    for duration, delivery in (("PT71H", "pending"), ("PT2H", "missing")):
        assert shop.smsconf("emulator", "advance", duration).code == 0
        (row,) = shop.json("receipts", "--by", "message").json["messages"]
        assert (row["message_id"], row["delivery"]) == (message_id, delivery)


@pytest.mark.parametrize("name", ["inbox.db", "sent.db", "ledger.db"])
@pytest.mark.parametrize("damage", ["text", "pages", "schema", "values", "folder"])
def test_damaged_file_is_said_and_left_as_it_is(shop: World, name: str, damage: str) -> None:  # noqa: F811
    """No traceback, nothing guessed: which file, and that a copy is needed, not room."""
    assert shop.smsconf("send", SHIPPED, "--to", ONE, *VALUES).code == 0
    push(shop, {"smsMsgId": "x", "status": "DELIVRD"})
    shop.write("to\n" + TWO + "\n", "list.csv")
    path = shop.folder / ".smsconf" / name
    if damage == "text":
        path.write_bytes(b"no database " * 1000)
    elif damage == "folder":
        path.unlink(missing_ok=True)
        path.mkdir()
    elif damage == "pages":
        with closing(sqlite3.connect(path)) as database:
            database.executescript("CREATE TABLE IF NOT EXISTS run (id); PRAGMA journal_mode = DELETE;")
        content = bytearray(path.read_bytes())
        content[100:] = b"\xa5" * (len(content) - 100)
        path.write_bytes(content)
    elif damage == "schema":
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as database:
            database.execute("CREATE TABLE people (name TEXT)")
    else:
        table = {"inbox.db": "reports", "sent.db": "sent"}.get(name)
        if table is None:
            return
        with closing(sqlite3.connect(path)) as database:
            column = "received" if name == "inbox.db" else "at"
            database.execute(f"UPDATE {table} SET {column} = 'yesterday'")
            database.commit()
    before = path.read_bytes() if path.is_file() else None
    for command in (("receipts",), ("receipts", "--by", "message", "--format", "json")):
        ran = shop.smsconf(*command)
        assert (ran.code, ran.out) == (1, ""), ran
        assert name in ran.err
        assert "Traceback" not in ran.err
        assert ("copy" in ran.err) is (damage in ("text", "pages", "values")) or name == "ledger.db"
    if name == "inbox.db" and damage != "values":
        assert "Traceback" not in shop.smsconf("replies").err
        assert shop.smsconf("replies").code == 1
    assert before == (path.read_bytes() if path.is_file() else None)


def test_file_of_sent_messages_of_an_older_smsconf_is_read(shop: World) -> None:  # noqa: F811
    """It did not name the account; a copy of it is kept."""
    state = shop.folder / ".smsconf"
    with closing(sqlite3.connect(state / "sent.db")) as database:
        database.executescript(
            'CREATE TABLE sent (message_id TEXT PRIMARY KEY, "to" TEXT NOT NULL, at TEXT NOT NULL,'
            " template TEXT NOT NULL, segments INTEGER) STRICT, WITHOUT ROWID; PRAGMA user_version = 1;"
            "INSERT INTO sent VALUES ('old', '+8613812345678', '2026-01-05T01:00:00+00:00', 'template.x', 1)"
        )
    assert shop.smsconf("send", SHIPPED, "--to", ONE, *VALUES).code == 0
    assert "old" in [one["message_id"] for one in shop.json("receipts", "--by", "message").json["messages"]]
    assert (state / "sent.v1.db").exists()


def test_receipts_and_replies_read_every_inbox_of_the_project(shop: World) -> None:  # noqa: F811
    """What another database was named for is read as well, until it is gone: then that is said."""
    ran = shop.json("send", SHIPPED, "--to", ONE, "--to", TWO, *VALUES)
    first, second = (one["message_id"] for one in ran.json["messages"])
    push(shop, {"smsMsgId": first, "status": "DELIVRD"})
    with receiving(shop, "--database", "../other.db") as receiver:
        assert receiver.post("/reports", f"smsMsgId={second}&status=DELIVRD".encode()) == 200
        assert receiver.post("/replies", b"smsMsgId=r&to=1069&from=%2B8613812345678&body=R") == 200
        receiver.stop()
    (group,) = shop.json("receipts").json["groups"]
    assert group["delivered"] == 2
    assert shop.json("replies").json["opt_outs"] == 1
    (shop.folder / ".." / "other.db").unlink()
    for command in ("receipts", "replies"):
        ran = shop.smsconf(command)
        assert ran.code == 1
        assert "other.db is gone" in ran.err


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    """Ten times as many messages, reports and replies are shown in the same memory, in every form."""
    peaks = {}
    for count in (2_000, 20_000):
        folder = tmp_path / str(count)
        folder.mkdir()
        _fill(folder / ".smsconf", count)
        for command in (
            ("receipts",),
            ("receipts", "--by", "message"),
            ("receipts", "--by", "message", "--format", "json"),
            ("receipts", "--format", "csv"),
            ("receipts", "--by", "message", "--format", "json", "--output", "out.json"),
            ("replies",),
            ("replies", "--format", "json"),
        ):
            ran = subprocess.run(
                [sys.executable, "-c", MEASURED, *command], cwd=folder, capture_output=True, check=True
            )
            peaks.setdefault(command, []).append(int(ran.stderr.split()[-1]))
    for command, (few, many) in peaks.items():
        assert many - few < 8_000, (command, few, many)  # kB; all rows held would be many times that
    began = time.monotonic()
    _run(folder, "receipts", "--by", "message", "--message", "m-5")
    assert time.monotonic() - began < 10


MEASURED = """
import sys
from smsconf.cli.main import run
code = run(sys.argv[1:])
sys.stdout.flush()
lines = open("/proc/self/status", encoding="ascii").read().splitlines()
print(next(line.split()[1] for line in lines if line.startswith("VmHWM")), file=sys.stderr)
sys.exit(code)
"""


def _run(folder: Path, *command: str) -> None:
    subprocess.run([sys.executable, "-m", "smsconf", *command], cwd=folder, capture_output=True, check=True)


def _fill(state: Path, count: int) -> None:
    at = datetime(2026, 1, 5, tzinfo=UTC)
    add_sent(state / "sent.db", (Sent(f"m-{n}", "+8613812345678", at, "template.x") for n in range(count)))
    inbox = Inbox(state / "inbox.db")
    for start in range(0, count, 2_000):
        chunk = range(start, start + 2_000)
        inbox.add([Report(f"m-{n}", "DELIVRD") for n in chunk], at)
        inbox.add([Reply(f"r-{n}", "+8613812345678", "1069", "好的，知道了") for n in chunk], at)
    inbox.close()
