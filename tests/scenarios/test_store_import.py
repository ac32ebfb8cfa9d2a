"""The memory of a folder goes into the shared store: everything, once; the folder remembers nothing then."""

from __future__ import annotations

import json

import pytest

from smsconf.store.files.home import FileStore
from smsconf.store.runs import Spent
from tests.scenarios.conftest import World
from tests.scenarios.test_bulk import REFUND, SHIPPED, bulk, hear, shop
from tests.scenarios.test_receive import receiving, report
from tests.scenarios.test_send import outbox
from tests.scenarios.test_shared_receiving import machine
from tests.store.homes import WORK, make, postgres_store

__all__ = ["shop"]

OTHERS = "number\n13612345678\n13712345678\n"
NUMBERS = ("+8613812345678", "+8613912345678", "+8615012345678")


@pytest.fixture
def lived(shop: World) -> World:
    """A folder with a list that went out, one of which nobody knows, one that waits, and what came back."""
    assert bulk(shop, REFUND, "list.csv").code == 0
    shop.write(OTHERS, "others.csv")
    shop.control(
        "POST", "faults", [{"operation": "BatchSendSms", "fault": "timeout-after-commit", "times": 1}]
    )
    assert bulk(shop, REFUND, "others.csv").code == 5
    shop.edit("apps:\n", "thresholds: {cn: {daily: {limit: 6}}}\napps:\n")
    shop.write("number,order,day\n13412345678,A1,2026-03-03\n13512345678,A2,2026-03-04\n", "orders.csv")
    assert bulk(shop, SHIPPED, "orders.csv").code == 5
    ran = shop.json("send", REFUND, "--to", NUMBERS[0])
    hear(shop, (NUMBERS[1], "R"), (NUMBERS[0], "谢谢"))
    with receiving(shop) as receiver:
        name = ran.json["messages"][0]["message_id"].encode()
        assert receiver.post("/reports", report(1).replace(b"m1", name)) == 200
    return shop


def shared(world: World, monkeypatch: pytest.MonkeyPatch, address: str) -> World:
    """Use the shared store from now on."""
    monkeypatch.setenv("SMSCONF_STORE", address)
    return world


def remembered(world: World) -> dict[str, object]:
    """What commands that only look say, without what names the place."""
    runs = world.json("bulk", "--runs").json
    for one in runs["runs"]:
        del one["run"]
    return {
        "history": world.json("history").json["entries"],
        "runs": runs["runs"],
        "receipts": world.json("receipts").json,
        "replies": [one["body"] for one in world.json("replies", "--show-numbers").json["replies"]],
        "opt-outs": world.json("replies", "--opt-outs", "--show-numbers").json["replies"],
    }


def test_everything_that_a_folder_remembers_is_in_the_store(
    lived: World, postgres_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs in every state, what was sent, what came back; numbers of runs are mapped, traffic counts."""
    before = remembered(lived)
    shared(lived, monkeypatch, postgres_address)
    with postgres_store(postgres_address, "other") as other:
        make(other, ["8613812345678"])  # so that runs get other numbers
    ran = lived.json("store", "import")
    assert ran.code == 0, ran.err
    done = ran.json
    assert (done["already"], done["imported"]["runs"], done["imported"]["messages"]) == (None, 3, 7)
    assert (done["imported"]["sent"], done["imported"]["reports"], done["imported"]["replies"]) == (1, 1, 2)
    assert remembered(lived) == before
    with postgres_store(postgres_address, "") as store, store.read_runs() as ledger:
        assert ledger is not None
        newest = ledger.runs()[0]
        assert [one["to"] for one in done["runs"]] == [run.id for run in reversed(ledger.runs())]
        assert ledger.spent(newest.key.scope, "cn", newest.made) == Spent(6, 6)
    lived.edit("limit: 6", "limit: 60")
    assert bulk(lived, SHIPPED, "orders.csv").code == 0  # goes on, with the one that waits
    assert [one["to"] for one in outbox(lived)][-1] == "+8613512345678"
    assert len(outbox(lived)) == 8
    assert bulk(lived, REFUND, "list.csv").code == 0  # was sent, so nothing is
    ran = bulk(lived, REFUND, "others.csv", "--assume-sent")
    assert (ran.code, ran.json["messages"]["assumed_sent"]) == (0, 2)
    assert len(outbox(lived)) == 8


def test_second_import_changes_nothing(
    lived: World, postgres_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not that of the folder, and not that of a copy, nor where the folder could not be marked in time."""
    shared(lived, monkeypatch, postgres_address)
    first = lived.json("store", "import")
    assert first.code == 0, first.err
    before = remembered(lived)
    mark = lived.folder / ".smsconf" / "imported.json"
    for content in (mark.read_text(), json.dumps({"source": json.loads(mark.read_text())["source"]})):
        mark.write_text(content)
        again = lived.json("store", "import")
        assert again.code == 0, again.err
        assert again.json["already"]
        assert again.json["runs"] == []
        assert remembered(lived) == before
    assert "already" in lived.smsconf("store", "import").out


def test_folder_that_was_imported_remembers_nothing_more(
    lived: World, postgres_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever forgets SMSCONF_STORE is told so before anything is sent; looking is allowed."""
    before = remembered(lived)
    with receiving(lived) as receiver:
        shared(lived, monkeypatch, postgres_address)
        assert lived.smsconf("store", "import").code == 0
        monkeypatch.delenv("SMSCONF_STORE")
        assert receiver.ask("GET", "/healthz")[0] == 503  # it goes on, and stores nothing where nobody looks
        assert receiver.post("/reports", report(2)) == 503
    count = len(outbox(lived))
    for command in (
        ("apply", "--auto-approve"),
        ("bulk", REFUND, "list.csv", "--auto-approve", "--again"),
        ("send", REFUND, "--to", NUMBERS[0]),
        ("receive", "--port", "0"),
    ):
        ran = lived.smsconf(*command)
        assert ran.code == 4, command
        assert "was imported into a shared store" in ran.err
        assert "set SMSCONF_STORE" in ran.err
    assert remembered(lived) == before
    assert lived.smsconf("plan").code == 0
    assert len(outbox(lived)) == count


def test_import_is_refused_while_somebody_is_at_work_in_the_folder(
    lived: World, postgres_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What they recorded meanwhile would be in neither; without a store it says what to set."""
    assert "SMSCONF_STORE" in lived.smsconf("store", "import").err
    shared(lived, monkeypatch, postgres_address)
    folder = FileStore(lived.folder)
    for held in (
        folder.make_runs(None, WORK, lambda _holder: None),
        folder.lock("", WORK, timeout=None, waiting=lambda _holder: None),
    ):
        with held:
            ran = lived.smsconf("store", "import")
        assert ran.code == 4, ran.out + ran.err
        assert lived.json("bulk", "--runs").json["runs"] == []
    assert lived.smsconf("store", "import").code == 0


def test_copy_of_a_folder_that_was_imported_adds_nothing_twice(
    lived: World, postgres_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cache gives several runners the same memory: what waits in it goes out once, and counts once."""
    copy = machine(lived, "copy")
    shared(lived, monkeypatch, postgres_address)
    first = lived.json("store", "import").json
    before = remembered(lived)
    ran = copy.json("store", "import")
    assert ran.code == 0, ran.err
    assert ran.json["runs"] == first["runs"]
    assert [ran.json["imported"][what] for what in ("entries", "runs", "messages", "reports")] == [0] * 4
    assert remembered(lived) == before
    lived.edit("limit: 6", "limit: 60")
    assert bulk(lived, SHIPPED, "orders.csv").code == 0
    assert bulk(lived, SHIPPED, "orders.csv").code == 0
    assert len(outbox(lived)) == 8
    with postgres_store(postgres_address, "") as store, store.read_runs() as ledger:
        assert ledger is not None
        newest = ledger.runs()[0]
        assert ledger.spent(newest.key.scope, "cn", newest.made) == Spent(7, 7)


def test_copy_of_a_folder_that_went_on_by_itself_is_refused(
    lived: World, postgres_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it sent would wait in the store still, and go out once more."""
    copy = machine(lived, "copy")
    shared(lived, monkeypatch, postgres_address)
    first = lived.json("store", "import").json
    monkeypatch.delenv("SMSCONF_STORE")
    copy.write((lived.folder / "orders.csv").read_text(), "orders.csv")
    copy.edit("limit: 6", "limit: 60")
    assert bulk(copy, SHIPPED, "orders.csv").code == 0
    shared(copy, monkeypatch, postgres_address)
    ran = copy.smsconf("store", "import")
    assert ran.code == 4
    assert f"smsconf bulk --end {first['runs'][-1]['to']}" in ran.err
    (copy.folder / ".smsconf" / "ledger.db").unlink()
    assert copy.smsconf("store", "import").code == 0


def test_folders_of_one_project_are_put_together_in_the_order_of_time(
    lived: World, postgres_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever is imported last, the last word is the later one."""
    older = machine(lived, "older")
    assert older.smsconf("confirm", "threshold.cn", "--note", "first").code == 0
    lived.control("POST", "clock", {"advance": "PT1H"})
    assert lived.smsconf("confirm", "threshold.cn", "--note", "second").code == 0
    shared(lived, monkeypatch, postgres_address)
    for world in (lived, older):
        (world.folder / ".smsconf" / "ledger.db").unlink()
        assert world.smsconf("store", "import").code == 0
    notes = [one.get("note") for one in lived.json("history").json["entries"] if one["event"] == "confirmed"]
    assert notes == ["first", "second"]
