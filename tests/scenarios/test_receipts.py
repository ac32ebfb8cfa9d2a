"""From a message to its receipt: sent, reported, counted."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

from tests.scenarios.conftest import World
from tests.scenarios.test_receive import receiving
from tests.scenarios.test_send import ONE, SHIPPED, TWO, VALUES, shop  # noqa: F401 - a fixture


def push(world: World, *reports: dict[str, object]) -> None:
    body = json.dumps({"statusReportList": reports}).encode()
    with receiving(world) as receiver:
        assert receiver.post("/reports", body, {"Content-Type": "application/json"}) == 200
        receiver.stop()


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
