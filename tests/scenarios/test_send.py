"""From YAML to a message at the emulator: what arrives there, and every way in which it does not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.scenarios.conftest import Server, World

SHIPPED = "template.order-shipped"
ONE, TWO = "+8613812345678", "+8613912345679"
TOO_OFTEN = "+8613812399948"
VALUES = ("--var", "order=A1024", "--var", "day=2026-01-31")


@pytest.fixture
def shop(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The shop with everything approved, and the apps' secrets kept."""
    monkeypatch.setenv("SMSCONF_SECRETS", str(world.folder / "secrets.json"))
    world.environ["SMSCONF_SECRETS"] = str(world.folder / "secrets.json")
    assert world.apply("--save-secrets", str(world.folder / "secrets.json")).code == 0
    world.control("PUT", "reviewer", {"default": "approve", "rules": []})
    world.advance("P14D")
    world.control("DELETE", "requests")
    return world


def outbox(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.control("GET", "outbox")
    return found


def sends(world: World) -> int:
    return sum(one["operation"].startswith("BatchSend") for one in world.control("GET", "requests"))


def everything(world: World, ran: Any) -> str:
    secrets = json.loads((world.folder / "secrets.json").read_text())
    said: str = ran.out + ran.err
    assert not any(one["app_secret"] in said for one in secrets.values())
    return said


def test_message_arrives_with_its_values_filled_in(shop: World) -> None:
    """YAML → apply → approve → send: the outbox holds the text that the recipient reads, once a number."""
    ran = shop.json("send", SHIPPED, "--to", ONE, "--to", "139 1234 5679", *VALUES)
    assert ran.code == 0, ran.err
    assert (ran.json["code"], ran.json["outcome"]) == ("000000", "accepted")
    rows = ran.json["messages"]
    assert [(row["to"], row["status"], row["segments"]) for row in rows] == [
        ("+86138****5678", "000000", 1),
        ("+86139****5679", "000000", 1),
    ]
    sent = outbox(shop)
    assert [one["to"] for one in sent] == [ONE, TWO]
    assert [one["smsMsgId"] for one in sent] == [row["message_id"] for row in rows]
    assert {one["text"] for one in sent} == {"【示例商城】您的订单A1024已发货，预计2026-01-31送达。"}
    assert ONE not in everything(shop, ran)


@pytest.mark.parametrize("more", [(), ("--wsse",)])
def test_served_emulator_takes_both_signatures(
    shop: World, server: Server, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...]
) -> None:
    """Over a socket, to the same host as everything else when that is this machine."""
    monkeypatch.setenv("HUAWEICLOUD_SDK_AK", "EMULATORAK")
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", "EMULATORSK")
    project = "project_id: 0123456789abcdef0123456789abcdef"
    shop.edit(
        "emulator: {database: .smsconf/emulator.db}",
        f"huaweicloud: {{site: china, region: cn-north-4, {project}, endpoint: {server.url}}}",
    )
    ran = shop.json("send", SHIPPED, "--to", ONE, *VALUES, *more)
    assert ran.code == 0, ran.err
    assert ran.json["outcome"] == "accepted"
    assert "EMULATORSK" not in everything(shop, ran)


def test_list_of_values_gives_each_number_its_own_text(shop: World) -> None:
    """Different contents travel in one request."""
    rows = [
        {"to": ONE, "order": "A1", "day": "2026-01-31"},
        {"to": TWO, "order": "B2", "day": "2026/02/01"},
    ]
    shop.write(json.dumps(rows), "messages.json")
    ran = shop.json("send", SHIPPED, "--vars-file", "messages.json")
    assert ran.code == 0, ran.err
    assert [one["text"][6:13] for one in outbox(shop)] == ["您的订单A1已", "您的订单B2已"]
    assert sends(shop) == 1


def test_more_than_one_request_holds_is_for_bulk(shop: World) -> None:
    """500 numbers, or 64 KB of different texts."""
    rows = [
        {"to": f"138{place:08}", "order": f"A{place:011}", "day": "2026年01月31日"} for place in range(499)
    ]
    shop.write(json.dumps(rows), "messages.json")
    ran = shop.smsconf("send", SHIPPED, "--vars-file", "messages.json")
    assert (ran.code, "64 KB" in ran.err) == (1, True)
    same = [{**row, "order": "A"} for row in rows]
    shop.write(json.dumps([*same, {**same[0], "to": ONE}, {**same[0], "to": TWO}]), "messages.json")
    ran = shop.smsconf("send", SHIPPED, "--vars-file", "messages.json")
    assert (ran.code, "at most 500 numbers" in ran.err) == (1, True)
    assert sends(shop) == 0
    shop.write(json.dumps(same), "messages.json")
    assert shop.smsconf("send", SHIPPED, "--vars-file", "messages.json").code == 0
    assert len(outbox(shop)) == 499


def test_international_message_goes_out_from_the_apps_channel(shop: World) -> None:
    """No signature, the app's own number, GSM-7 parts."""
    ran = shop.json("send", "template.hello", "--to", "+65 9123 4567")
    assert ran.code == 0, ran.err
    assert ran.json["signature"] is None
    (sent,) = outbox(shop)
    assert (sent["to"], sent["from"]) == ("+6591234567", ran.json["sender"])


def test_universal_template_names_its_signature(shop: World) -> None:
    """The only fitting one is taken; with two it must be chosen."""
    shop.edit(
        "  refund:\n",
        "  anyone: {app: shop, universal: true, type: notification, content: 感谢惠顾。}\n  refund:\n",
    )
    assert shop.apply().code == 0
    shop.advance("P14D")
    assert shop.json("send", "template.anyone", "--to", ONE).json["signature"] == "示例商城"
    shop.edit(
        "templates:\n",
        "  second: {app: shop, name: 第二商城, type: notification, qualification: q-1234}\ntemplates:\n",
    )
    assert shop.apply().code == 0
    shop.advance("P14D")
    ran = shop.smsconf("send", "template.anyone", "--to", ONE)
    assert ran.code == 4
    assert "signature.second" in ran.err
    ran = shop.json("send", "template.anyone", "--to", ONE, "--signature", "signature.second")
    assert (ran.code, ran.json["signature"]) == (0, "第二商城")
    assert outbox(shop)[-1]["text"] == "【第二商城】感谢惠顾。"


@pytest.mark.parametrize("decision", ["", "reject"])
def test_what_is_not_approved_is_refused_with_what_it_waits_for(world: World, decision: str) -> None:
    """Exit 4, nothing sent, no secret asked for."""
    assert world.apply().code == 0
    if decision:
        world.decide("signature", "示例商城", "approve")
        world.decide("template", "order-shipped", decision, "请写明由谁送达")
    ran = world.smsconf("send", SHIPPED, "--to", ONE, *VALUES)
    assert ran.code == 4
    assert ("请写明由谁送达" if decision else "the review of its signature") in ran.err
    assert sends(world) == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("--to", ONE, "--var", "order=A,1", "--var", "day=2026-01-31"),
            "order is no value of type alphanumeric",
        ),
        (("--to", ONE, "--var", "order=A1"), "day is missing"),
        (("--to", ONE, *VALUES, "--var", "colour=red"), "'colour' is not a variable"),
        (("--to", ONE, "--var", "order=1234567890123", "--var", "day=09:30"), "expected 1 to 12"),
        (("--to", "12345", *VALUES), "mainland mobile number"),
        (("--to", "+6591234567", *VALUES), "of another country"),
        (("--to", f"{ONE};{TWO}", *VALUES), "something else than one number"),
        (VALUES, "nobody to send to"),
        (("--to", ONE, "--var", "order"), "NAME=VALUE"),
        (("--to", ONE, *VALUES, "--extend", "{x}"), "--extend"),
        (("--to", ONE, *VALUES, "--extend", "x\udcff"), "--extend"),  # a byte that is no text
        (("--to", ONE, *VALUES, "--status-callback", "sms.example.com"), "--status-callback"),
        (("--to", ONE, "--vars-file", "missing.json"), "missing.json cannot be read"),
        (("--to", ONE, "--vars-file", "smsconf.yaml"), "it is not JSON"),
        (("--to", ONE, *VALUES, "--signature", "signature.shop-notice"), "its own signature"),
    ],
)
def test_what_cannot_be_sent_stays_here(shop: World, arguments: tuple[str, ...], words: str) -> None:
    """Numbers, values and options are checked before anything is sent."""
    ran = shop.smsconf("send", SHIPPED, *arguments)
    assert ran.code in {1, 4}
    assert words in ran.err
    assert sends(shop) == 0


@pytest.mark.parametrize(
    "value", [" ", "\u3000", "\u200b", "\t", "2026-02-30", "20260230", " 2026-01-31", "24:00"]
)
def test_value_that_says_nothing_or_no_day_is_sent_to_nobody(shop: World, value: str) -> None:
    """Named, with its variable; nothing leaves this machine."""
    ran = shop.smsconf("send", SHIPPED, "--to", ONE, "--var", "order=A1", "--var", f"day={value}")
    assert ran.code == 1
    assert "day " in ran.err
    assert sends(shop) == 0


@pytest.mark.parametrize(
    "number", ["13812345603", "138 1234 5603", "138-1234-5603", "１３８１２３４５６０３"]
)
def test_number_in_an_error_is_masked_however_it_is_written(shop: World, number: str) -> None:
    """Errors quote what was typed and name files; with --show-numbers as it stands."""
    for typed in (
        ("--to", f"{number}99"),
        ("--to", ONE, "--var", number),
        ("--to", ONE, "--vars-file", f"{number}.json"),
        (f"--{number}",),
        ("--to", ONE, number),
    ):
        ran = shop.smsconf("send", SHIPPED, *typed)
        assert ran.code == 1
        assert number not in ran.err + ran.out
        assert "*" in ran.err
        assert number in shop.smsconf("send", SHIPPED, *typed, "--show-numbers").err


def test_dry_run_shows_the_request_and_sends_nothing(shop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Body and host are there, secrets and numbers are hidden; no secret is needed for it."""
    monkeypatch.delenv("SMSCONF_SECRETS")
    ran = shop.json("send", SHIPPED, "--to", ONE, *VALUES, "--dry-run")
    assert ran.code == 0, ran.err
    request = ran.json["request"]
    assert request["body"]["templateParas"] == '["A1024", "2026-01-31"]'
    assert request["body"]["to"] == "+86138****5678"
    assert request["headers"]["Authorization"].endswith("***")
    assert sends(shop) == 0
    shown = shop.json("send", SHIPPED, "--to", ONE, *VALUES, "--dry-run", "--show-numbers")
    assert shown.json["request"]["body"]["to"] == ONE


def test_declared_callback_travels_along_and_an_option_goes_before_it(shop: World) -> None:
    """messaging.status_callback; without any the report says what becomes of the reports."""
    ran = shop.smsconf("send", SHIPPED, "--to", ONE, *VALUES)
    assert "no status callback" in ran.out
    shop.edit("apps:\n", "messaging: {status_callback: https://sms.example.com/reports}\napps:\n")
    asked = ("send", SHIPPED, "--to", ONE, *VALUES, "--dry-run")
    assert shop.json(*asked).json["request"]["body"]["statusCallback"] == "https://sms.example.com/reports"
    ran = shop.json(*asked, "--status-callback", "https://other.example.com/r")
    assert ran.json["request"]["body"]["statusCallback"] == "https://other.example.com/r"


def test_refused_number_is_an_error_on_http_200(shop: World) -> None:
    """One number is refused by the service: exit 5, its status explained, the other one accepted."""
    shop.control("PUT", "carrier", {"rules": [{"to": "99948$", "answer": "E200048"}]})
    ran = shop.json("send", SHIPPED, "--to", ONE, "--to", TOO_OFTEN, *VALUES)
    assert (ran.code, ran.json["outcome"]) == (5, "partly accepted")
    row = ran.json["messages"][1]
    assert (row["outcome"], row["status"]) == ("failed", "E200048")
    assert "too many messages to this number" in row["message"]
    ran = shop.smsconf("send", SHIPPED, "--to", TOO_OFTEN, *VALUES)
    assert (ran.code, "failed" in ran.out) == (5, True)
    assert "fix: wait" in ran.out


def test_wrong_secret_is_said_in_words(shop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service's code, what it means, what to do; exit 1, because nothing was sent."""
    monkeypatch.delenv("SMSCONF_SECRETS")
    monkeypatch.setenv("SMSCONF_APP_SECRET", "not-the-secret-of-this-app")
    ran = shop.smsconf("send", SHIPPED, "--to", ONE, *VALUES)
    assert ran.code == 1
    assert "app secret" in ran.err
    assert "not-the-secret" not in ran.err
    assert outbox(shop) == []


def test_lost_answer_is_reported_as_unknown_and_not_repeated(shop: World) -> None:
    """The emulator took the message and hung up: exit 5, outcome unknown, one message in the outbox."""
    shop.control(
        "POST", "faults", [{"operation": "BatchSendSms", "fault": "timeout-after-commit", "times": 1}]
    )
    ran = shop.json("send", SHIPPED, "--to", ONE, *VALUES)
    assert (ran.code, ran.json["outcome"], ran.json["code"]) == (5, "unknown", None)
    assert ran.json["messages"][0]["outcome"] == "unknown"
    assert "second time" in ran.err
    assert len(outbox(shop)) == 1
    assert sends(shop) == 1


@pytest.mark.parametrize("command", [("send", "--to", ONE), ("bulk", "list.csv")])
def test_variable_with_two_values_is_sent_to_nobody(shop: World, command: tuple[str, ...]) -> None:
    """Whichever was meant, the other would have gone out."""
    shop.write(f"{ONE}\n", "list.csv")
    name, *rest = command
    ran = shop.smsconf(name, SHIPPED, *rest, *VALUES, "--var", "order=B2")
    assert ran.code == 1
    assert "--var gives order two values" in ran.err
    assert outbox(shop) == []
