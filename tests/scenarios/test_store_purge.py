"""People's numbers and texts are deleted for good: what is counted, and who is out, stays as it was."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from smsconf.store.messages import Reply, Report
from smsconf.workflow.mailbox import open_mailbox
from tests.scenarios.conftest import World
from tests.scenarios.test_bulk import REFUND, bulk, shop
from tests.scenarios.test_send import outbox

__all__ = ["shop"]

LONG_AGO = datetime(2020, 3, 1, tzinfo=UTC)
ONE, TWO, THREE = "+8613812345678", "+8613912345678", "+8615012345678"
pytestmark = pytest.mark.usefixtures("anywhere")


@pytest.fixture
def lived(shop: World) -> World:
    """A list and a message a hundred days ago, reported and answered."""
    assert bulk(shop, REFUND, "list.csv").code == 0
    sent = shop.json("send", REFUND, "--to", ONE).json["messages"][0]["message_id"]
    mailbox = open_mailbox(shop.folder, None, print)
    said = [(ONE, "我要退订，我姓王"), (TWO, "R"), (TWO, "START"), (THREE, "谢谢，我住人民路8号")]
    with mailbox.store.open_inbox(mailbox.scope()) as inbox:
        for number, (sender, body) in enumerate(said):
            created = f"2020-03-01T0{number}:00:00Z"
            inbox.add([Reply(f"r{number}", sender, "10690", body, created)], LONG_AGO)
        ids = [one["smsMsgId"] for one in outbox(shop)]
        inbox.add([Report(one, "DELIVRD", to=ONE, extend="x") for one in ids[:2]], LONG_AGO)
        inbox.add([Report(sent, "REJECTD")], LONG_AGO)
    shop.advance("P100D")
    return shop


def counted(world: World) -> list[Any]:
    asked = [world.json("receipts", "--by", by).json for by in ("template", "campaign")]
    return [*asked, world.json("bulk", "--runs").json["runs"]]


def test_counts_stay_and_numbers_and_texts_go(lived: World) -> None:
    """Receipts add up as before; who is out keeps number and word, and is left out of the next list."""
    before = counted(lived)
    ran = lived.json("store", "purge", "--older-than", "P90D", "--auto-approve")
    assert ran.code == 0, ran.err
    gone = ran.json["purged"]
    assert {name: gone[name] for name in ("runs", "numbers", "sent", "reports", "replies")} == {
        "runs": 1,
        "numbers": 3,
        "sent": 1,
        "reports": 2,
        "replies": 3,
    }
    assert ran.json["kept"] == {"opt_outs": 1, "uncertain": []}
    assert counted(lived) == before
    rows = lived.json("receipts", "--by", "message", "--show-numbers").json["messages"]
    assert [row["to"] for row in rows] == [None] * 4
    replies = lived.json("replies", "--show-numbers").json["replies"]
    assert [(row["from"], row["body"]) for row in replies] == [(ONE, "退订"), *[(None, None)] * 3]
    (out,) = lived.json("replies", "--opt-outs", "--show-numbers").json["replies"]
    assert (out["number"], out["word"]) == (ONE, "退订")
    assert "(purged)" in lived.smsconf("replies").out
    assert bulk(lived, REFUND, "list.csv").code == 0  # was sent, which is known still
    assert len(outbox(lived)) == 4
    assert bulk(lived, REFUND, "list.csv", "--again").json["recipients"]["dropped"] == {"opted-out": 1}
    assert lived.smsconf("bulk", REFUND, "--failed-of", "1", "--auto-approve").code == 4


def test_number_is_deleted_wherever_it_stands(lived: World) -> None:
    """Masked in what is said; an opt-out of it stays, and the reason is given."""
    before = counted(lived)
    asked = ("store", "purge", "--number", "138 1234 5678", "--auto-approve")
    ran = lived.json(*asked)
    assert ran.code == 0, ran.err
    assert (ran.json["number"], ran.json["kept"]["opt_outs"]) == ("+86138****5678", 1)
    assert (ran.json["purged"]["numbers"], ran.json["purged"]["sent"]) == (1, 1)
    assert counted(lived) == before
    rows = lived.json("receipts", "--by", "message", "--show-numbers").json["messages"]
    assert sorted(row["to"] or "" for row in rows) == ["", "", TWO, THREE]
    again = lived.smsconf(*asked)
    assert "1 opt-out keeps number and word: without them the next list would reach that person" in again.out
    assert ONE not in again.out + again.err
    assert lived.json("store", "purge", "--number", THREE, "--auto-approve").json["purged"]["replies"] == 1
    assert "人民路" not in lived.smsconf("replies").out
    assert "START" in lived.smsconf("replies").out


def test_nothing_is_purged_unasked(lived: World) -> None:
    """Without a terminal it says what to pass; what is not clear is refused."""
    before = lived.json("replies", "--show-numbers").json
    ran = lived.smsconf("store", "purge", "--older-than", "P90D")
    assert ran.code == 1
    assert "--auto-approve" in ran.err
    for wrong in (
        (),
        ("--older-than", "P90D", "--number", ONE),
        ("--number", "nobody"),
        ("--older-than", "x"),
    ):
        assert lived.smsconf("store", "purge", "--auto-approve", *wrong).code == 1
    assert lived.json("store", "purge", "--older-than", "P101D", "--auto-approve").json["purged"]["runs"] == 0
    after = lived.json("replies", "--show-numbers").json
    assert [row["from"] for row in after["replies"]].count(None) == 3  # by our clock they came in 2020
    assert before["opt_outs"] == after["opt_outs"]


def test_an_age_of_nothing_takes_all_that_is_over(lived: World) -> None:
    """Zero is an age like any other, and no number."""
    gone = lived.json("store", "purge", "--older-than", "P0D", "--auto-approve").json["purged"]
    assert (gone["runs"], gone["sent"]) == (1, 1)
