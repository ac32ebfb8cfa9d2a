"""The journal read back: what was intended, sent and accepted, without asking the service."""

from __future__ import annotations

import time

import pytest
from filelock import FileLock

from tests.scenarios.conftest import World

JOURNAL = ".smsconf/journal.jsonl"


@pytest.fixture
def applied(world: World) -> World:
    assert world.apply().code == 0
    return world


def test_history_tells_what_was_sent_in_order(applied: World) -> None:
    """Of a template: the intent to create it, then that it was accepted, oldest first."""
    ran = applied.json("history", "template.refund")
    assert (ran.code, ran.err) == (0, "")
    events = [(one["event"], one["step"]) for one in ran.json["entries"] if one["step"]]
    assert events[:2] == [("intent", "create"), ("accepted", "create")]
    assert {one["address"] for one in ran.json["entries"]} == {"template.refund"}
    times = [one["time"] for one in ran.json["entries"]]
    assert times == sorted(times)


def test_history_asks_nobody(applied: World) -> None:
    """It works offline: with a provider that has no credentials, and without a request."""
    applied.control("DELETE", "requests")
    assert "template.refund" in applied.smsconf("history").out
    assert applied.control("GET", "requests") == []
    applied.edit(
        "  emulator: {database: .smsconf/emulator.db}", "  huaweicloud: {site: china, region: cn-north-4}"
    )
    assert "template.refund" in applied.smsconf("history").out


def test_history_limit_keeps_the_newest(applied: World) -> None:
    """--limit N shows the last N entries, newest last."""
    whole = applied.json("history").json["entries"]
    assert applied.json("history", "--limit", "3").json["entries"] == whole[-3:]
    assert len(applied.smsconf("history", "--limit", "3").out.splitlines()) == 3


def test_history_of_a_refused_request_has_its_code(world: World) -> None:
    """What the service refused is there with its code and the id of the request."""
    fault = {"operation": "CreateApp", "fault": "status", "status": 400, "times": 2}
    world.control("POST", "faults", [fault])
    assert world.apply().code in (1, 5)
    refused = [one for one in world.json("history").json["entries"] if one["error_code"]]
    assert {one["address"] for one in refused} == {"app.shop", "app.abroad"}
    assert f"code {refused[0]['error_code']}" in world.smsconf("history").out


def test_history_reports_torn_lines(applied: World) -> None:
    """A line that was cut short is counted on stderr, and the others are shown."""
    path = applied.folder / JOURNAL
    path.write_bytes(path.read_bytes() + b'{"v": 1, "event": "inte')
    ran = applied.json("history")
    assert (ran.code, ran.json["torn"]) == (0, 1)
    assert "1 line of the journal could not be read" in ran.err
    assert ran.json["entries"]


def test_history_of_an_environment_is_its_own(applied: World) -> None:
    """Entries of another environment are not shown, but where they are is said."""
    applied.edit("version: 1\n", "version: 1\nenvironments:\n  prod: {overlay: prod.yaml}\n")
    applied.write("provider: {emulator: {database: .smsconf/prod.db}}\n", "prod.yaml")
    ran = applied.json("history", "--env", "prod")
    assert (ran.code, ran.json["entries"]) == (0, [])
    assert "nothing is recorded here yet" in ran.err
    assert "(none)" in ran.err


def test_decision_that_several_runs_see_at_once_is_recorded_once(applied: World) -> None:
    """Each looked into the journal before any had written."""
    applied.decide("signature", "示例商城", "reject", "请说明")
    applied.writes()
    with FileLock(applied.folder / ".smsconf/journal.jsonl.lock"):
        looks = [applied.process("status") for _ in range(4)]
        before = -1
        for _ in range(100):  # until all have looked: none can write yet
            time.sleep(0.5)
            seen = len(applied.control("GET", "requests"))
            if seen >= len(looks) and seen == before:
                break
            before = seen
    for look in looks:
        look.communicate(timeout=60)
    assert [look.returncode for look in looks] == [0] * 4
    told = applied.json("history", "signature.shop-notice").json["entries"]
    assert [one["event"] for one in told].count("decision") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "nothing is recorded here yet"),
        (("template.refund",), "nothing is recorded about template.refund"),
    ],
)
def test_history_without_a_journal_is_empty(world: World, arguments, said) -> None:
    """Before the first apply there is nothing, and that is no error."""
    ran = world.smsconf("history", *arguments)
    assert (ran.code, ran.out) == (0, "")
    assert said in ran.err


def test_history_of_an_address_nobody_recorded_offers_the_nearest(applied: World) -> None:
    """A slip in the address is answered with the one that was probably meant."""
    assert "did you mean template.refund?" in applied.smsconf("history", "template.refnd").err


def test_history_shows_foreign_words_harmlessly(world: World) -> None:
    """What stands in the journal cannot move the cursor; entries of unknown shape are shown as they are."""
    world.write(
        '{"event": "decision", "address": "template.x", "review_message": "no\\u001b[2J"}\n[1]\n', JOURNAL
    )
    ran = world.smsconf("history")
    assert "reviewer: no\\x1b[2J" in ran.out
    assert "1 line" in ran.err


def test_plan_says_what_a_lost_journal_cannot_tell(world: World) -> None:
    """Empty beside things that are there, it is named in text and Markdown; before an apply it is not."""
    lost = "of rejections only those that the service still shows are known"
    assert lost not in world.smsconf("plan").out
    assert world.apply().code == 0
    assert lost not in world.smsconf("plan").out
    journal = world.folder / ".smsconf" / "journal.jsonl"
    journal.write_text(journal.read_text()[:-20])
    assert "1 line that a killed run cut short was left out" in world.smsconf("plan").out
    journal.unlink()
    assert lost in world.smsconf("plan").out
    assert lost in world.smsconf("plan", "--format", "markdown").out
