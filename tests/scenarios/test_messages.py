"""The whole way of a message: YAML, review, sending, its report, a reply, and whom a list leaves out."""

from __future__ import annotations

from tests.scenarios.conftest import World
from tests.scenarios.test_receive import receiving
from tests.scenarios.test_send import ONE, SHIPPED, TWO, VALUES, outbox

LIST = f"number,order,day\n{ONE},A1,2026-01-31\n{TWO},A2,2026-01-31\n"


def test_message_goes_from_the_files_to_its_receipt_and_a_reply_opts_out(world: World, monkeypatch) -> None:
    """Apply, approve, send; the service pushes the report; who answers R is left out of the next list."""
    secrets = str(world.folder / "secrets.json")
    monkeypatch.setenv("SMSCONF_SECRETS", secrets)
    with receiving(world) as receiver:
        address = f"http://127.0.0.1:{receiver.port}"
        world.edit('"https://sms.example.com/replies"', f'"{address}/replies"')
        world.edit("apps:\n", f'messaging: {{status_callback: "{address}/reports"}}\napps:\n')
        assert world.apply("--save-secrets", secrets).code == 0
        assert world.smsconf("send", SHIPPED, "--to", ONE, *VALUES).code == 4  # not approved yet
        world.control("PUT", "reviewer", {"default": "approve", "rules": []})
        assert world.smsconf("emulator", "advance", "P14D").code == 0

        ran = world.json("send", SHIPPED, "--to", ONE, "--to", TWO, *VALUES)
        assert (ran.code, ran.json["outcome"]) == (0, "accepted")
        world.control("POST", "uplink", {"from": ONE, "to": outbox(world)[0]["from"], "body": "Ｒ"})
        assert world.smsconf("emulator", "advance", "PT1H").code == 0
        receiver.stop()

    (group,) = world.json("receipts").json["groups"]
    assert (group["template"], group["messages"], group["delivered"]) == (SHIPPED, 2, 2)
    assert world.json("replies").json["opt_outs"] == 1

    world.write(LIST, "list.csv")
    ran = world.json("bulk", SHIPPED, "list.csv", "--auto-approve")
    assert ran.code == 0, ran.err
    assert [one["to"] for one in outbox(world)] == [ONE, TWO, TWO]
    (group,) = world.json("receipts").json["groups"]
    assert (group["messages"], group["delivered"], group["pending"]) == (3, 2, 1)
    # nobody takes the third report in; it is overdue by the emulator's clock, whatever ours says
    assert world.smsconf("emulator", "advance", "P4D").code == 0
    (group,) = world.json("receipts").json["groups"]
    assert (group["messages"], group["delivered"], group["missing"]) == (3, 2, 1)
    for row in world.json("receipts", "--by", "message").json["messages"]:
        assert row["reported"] is None or row["sent"] <= row["reported"]
