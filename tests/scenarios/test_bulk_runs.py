"""Which run a command means, through the real command line: again, another list or text, doubts, the end."""

from __future__ import annotations

import json
import os
import signal
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from smsconf.store.messages import Report
from smsconf.store.opening import open_store
from tests.scenarios.conftest import World
from tests.scenarios.test_bulk import LIST, REFUND, SHIPPED, bulk
from tests.scenarios.test_bulk import shop as plain
from tests.scenarios.test_send import outbox, sends

__all__ = ["plain"]


@pytest.fixture(params=["files", "postgres"])
def shop(request: pytest.FixtureRequest, plain: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The shop with its store in either home."""
    if request.param == "postgres":
        monkeypatch.setenv("SMSCONF_STORE", request.getfixturevalue("postgres_address"))
    return plain


SECOND = "number\n13812345678\n15112345678\n"
ONE_A_DAY = "thresholds: {cn: {daily: {limit: 1}}}\napps:\n"


def numbers(world: World) -> list[str]:
    return [one["to"][-11:] for one in outbox(world)]


def stop_at_one(world: World, *arguments: str) -> Any:
    """Send the first message of a list and leave the rest waiting."""
    world.edit("apps:\n", ONE_A_DAY)
    ran = bulk(world, *arguments)
    assert (ran.code, ran.json["messages"]["accepted"]) == (5, 1)
    world.edit(ONE_A_DAY, "apps:\n")
    return ran


def lose_an_answer(world: World) -> None:
    fault = {"operation": "BatchSendSms", "fault": "timeout-after-commit", "times": 1}
    world.control("POST", "faults", [fault])


def test_list_that_was_sent_is_told_with_its_date(shop: World) -> None:
    """By the command itself and by the dry run; nothing reads as if it were sent now."""
    assert bulk(shop, REFUND, "list.csv").code == 0
    for more in ("--auto-approve", "--dry-run"):
        ran = shop.smsconf("bulk", REFUND, "list.csv", more)
        assert ran.code == 0
        assert "sent on 2026-03-02" in ran.out
        assert "nothing to send" in ran.out
        assert "--again" in ran.out
    ran = shop.json("bulk", REFUND, "list.csv", "--dry-run")
    assert (ran.json["run"], ran.json["messages"]["waiting"], ran.json["messages"]["accepted"]) == ("1", 0, 3)
    assert len(outbox(shop)) == 3


@pytest.mark.parametrize(
    "text",
    [
        LIST.replace("\n", "\r\n"),
        "".join(reversed(LIST.splitlines(keepends=True)[1:])),
        "手机号\n+86 138-1234-5678\n008613912345678\n86 150 1234 5678\n",
        LIST + "\n\n" + "12345\n" + "13812345678\n",
    ],
    ids=["line ends", "order", "spelling", "rows that are left out"],
)
def test_list_that_was_saved_again_is_the_same_list(shop: World, text: str) -> None:
    """Stopped half-way, it goes on; sent, it is told."""
    stop_at_one(shop, REFUND, "list.csv")
    shop.write(text, "again.csv")
    ran = bulk(shop, REFUND, "again.csv")
    assert (ran.code, ran.json["run"]) == (0, "1"), ran.err
    assert bulk(shop, REFUND, "again.csv").json["run"] == "1"
    assert sorted(numbers(shop)) == ["13812345678", "13912345678", "15012345678"]


def test_another_environment_is_another_run(shop: World) -> None:
    """A rehearsal elsewhere neither blocks this environment nor counts as sent in it."""
    shop.write("{}\n", "env/staging.yaml")
    shop.write("{}\n", "env/prod.yaml")
    shop.edit(
        "apps:\n",
        "environments:\n  staging: {overlay: env/staging.yaml}\n  prod: {overlay: env/prod.yaml}\napps:\n",
    )
    assert bulk(shop, REFUND, "list.csv", "--env", "staging").json["run"] == "1"
    ran = bulk(shop, REFUND, "list.csv", "--env", "prod")
    assert (ran.code, ran.json["run"], ran.json["messages"]["accepted"]) == (0, "2", 3)
    assert len(outbox(shop)) == 6
    ran = shop.json("bulk", "--runs")
    assert [(one["run"], one["environment"]) for one in ran.json["runs"]] == [("2", "prod"), ("1", "staging")]


def test_another_list_waits_until_the_rest_is_sent_or_given_up(shop: World) -> None:
    """Exit 4 names the ways on, and each of them works."""
    stop_at_one(shop, REFUND, "list.csv")
    shop.write(SECOND, "second.csv")
    ran = shop.smsconf("bulk", REFUND, "second.csv", "--auto-approve")
    assert ran.code == 4
    for way in ("--join 1", "--end 1", "goes on as it began"):
        assert way in ran.err
    assert len(outbox(shop)) == 1
    assert shop.smsconf("bulk", "--end", "1").code == 0
    ran = bulk(shop, REFUND, "second.csv")
    assert ran.code == 0
    assert ran.json["run"] != "1"
    assert sorted(numbers(shop)) == ["13812345678", "13812345678", "15112345678"]
    ran = bulk(shop, REFUND, "list.csv")
    assert (ran.code, ran.json["messages"]["given_up"], len(outbox(shop))) == (0, 2, 3)


def test_run_is_joined_without_its_list(shop: World) -> None:
    """The one that waits, or the one that is named; it needs nothing but the ledger."""
    assert shop.smsconf("bulk", "--join", "--auto-approve").code == 4
    stop_at_one(shop, REFUND, "list.csv")
    (shop.folder / "list.csv").unlink()
    ran = bulk(shop, "--join")
    assert (ran.code, ran.json["run"], ran.json["messages"]["accepted"]) == (0, "1", 3)
    assert bulk(shop, "--join", "1").code == 0
    assert shop.smsconf("bulk", "--join", "7", "--auto-approve").code == 4
    assert sorted(numbers(shop)) == ["13812345678", "13912345678", "15012345678"]


def test_several_runs_that_wait_are_named(shop: World) -> None:
    """Which one is meant nobody guesses."""
    stop_at_one(shop, REFUND, "list.csv")
    shop.advance("P1D")
    stop_at_one(shop, SHIPPED, "list.csv", "--var", "order=A1", "--var", "day=2026-03-05")
    ran = shop.smsconf("bulk", "--join", "--auto-approve")
    assert ran.code == 4
    assert "1 (" in ran.err
    assert "2 (" in ran.err


def test_text_that_changed_is_not_mixed_into_a_run(shop: World) -> None:
    """Half the list has one text: the rest gets it too with --join, or nothing; never the other one."""
    shop.edit("templates:\n", "campaigns:\n  thanks: {template: refund, recipients: list.csv}\ntemplates:\n")
    stop_at_one(shop, "campaign.thanks")
    first = outbox(shop)[0]["text"]
    change_text(shop)
    ran = shop.smsconf("bulk", "campaign.thanks", "--auto-approve")
    assert ran.code == 4
    assert "another text" in ran.err
    assert bulk(shop, "--join").code == 0
    assert {one["text"] for one in outbox(shop)} == {first}
    ran = bulk(shop, "campaign.thanks")
    assert (ran.code, len(outbox(shop))) == (0, 3)
    assert "another text" in ran.err
    assert bulk(shop, "campaign.thanks", "--again").code == 0
    assert len({one["text"] for one in outbox(shop)}) == 2


def change_text(world: World) -> None:
    """Another text of the refund is approved, and serves from now on."""
    text = (world.folder / "smsconf.yaml").read_text(encoding="utf-8")
    found = next(path for path in world.folder.rglob("*.yaml") if "退款" in path.read_text(encoding="utf-8"))
    old = found.read_text(encoding="utf-8")
    found.write_text(old.replace("退款", "退款款项"), encoding="utf-8")
    assert text is not None
    assert world.apply().code == 0
    for _ in range(2):
        world.advance("P14D")
        assert world.apply().code == 0
    world.control("POST", "clock", {"set": "2026-04-15T12:00:00+08:00"})


def test_again_starts_a_run_of_its_own_and_doubts_are_those_of_the_newest(shop: World) -> None:
    """Settling touches neither an older run nor makes a new one."""
    assert bulk(shop, REFUND, "list.csv").code == 0
    lose_an_answer(shop)
    ran = bulk(shop, REFUND, "list.csv", "--again")
    assert (ran.code, ran.json["run"], ran.json["messages"]["uncertain"]) == (5, "2", 3)
    for option in ("--assume-sent", "--assume-not-sent"):
        refused = shop.smsconf("bulk", REFUND, "list.csv", "--again", option, "--auto-approve")
        assert refused.code == 1
        assert "settle the doubts first" in refused.err
    ran = bulk(shop, REFUND, "list.csv", "--assume-not-sent")
    assert (ran.code, ran.json["run"], ran.json["messages"]["accepted"]) == (0, "2", 3)
    assert len(outbox(shop)) == 9, "they were sent, but somebody said they were not"
    assert [one["run"] for one in shop.json("bulk", "--runs").json["runs"]] == ["2", "1"]


def test_doubts_are_settled_by_run_or_by_template(shop: World) -> None:
    """With the run's number, or the newest of what is named; without a terminal nothing changes."""
    lose_an_answer(shop)
    assert bulk(shop, REFUND, "list.csv").code == 5
    ran = shop.smsconf("bulk", REFUND, "list.csv", "--assume-not-sent")
    assert ran.code == 1
    assert shop.json("bulk", "--runs").json["runs"][0]["messages"]["uncertain"] == 3
    ran = bulk(shop, REFUND, "--assume-sent")
    assert (ran.code, ran.json["messages"]["assumed_sent"]) == (0, 3)
    lose_an_answer(shop)
    again = bulk(shop, REFUND, "list.csv", "--again")
    assert again.code == 5
    assert bulk(shop, "--assume-sent", again.json["run"]).json["messages"]["assumed_sent"] == 3
    assert len(outbox(shop)) == 6


def test_uncertain_numbers_block_nobody(shop: World) -> None:
    """Another list may go out while a person looks at the doubts."""
    lose_an_answer(shop)
    assert bulk(shop, REFUND, "list.csv").code == 5
    shop.write("15112345678\n", "other.csv")
    assert bulk(shop, REFUND, "other.csv").code == 0


def test_waiting_for_a_time_keeps_nobody_out(shop: World) -> None:
    """Another template goes out meanwhile; the list itself, sent by somebody else, is not sent again."""
    process = shop.process("bulk", REFUND, "list.csv", "--auto-approve", "--at", "2026-03-02T13:00:00+08:00")
    try:
        assert process.stderr is not None
        deadline = time.monotonic() + 60
        while "waiting until" not in process.stderr.readline():
            assert time.monotonic() < deadline
        other = bulk(shop, SHIPPED, "list.csv", "--var", "order=A1", "--var", "day=2026-03-05")
        assert other.code == 0, other.err
        shop.write(SECOND, "second.csv")
        assert shop.smsconf("bulk", REFUND, "second.csv", "--auto-approve").code == 4
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 143
    assert "called off" in err
    assert "nothing was sent" in err
    assert bulk(shop, REFUND, "second.csv").code == 0, "what was called off blocks nothing"


def test_campaign_whose_time_is_over_does_not_go_out_by_itself(shop: World) -> None:
    """A pipeline that ran too late is told so; a time given now is meant; a run that began goes on."""
    shop.edit(
        "templates:\n",
        "campaigns:\n  thanks:\n    {template: refund, recipients: list.csv, at: 2026-03-02T09:00:00+08:00}\n"
        "templates:\n",
    )
    for more in ("--auto-approve", "--dry-run"):
        ran = shop.smsconf("bulk", "campaign.thanks", more)
        assert ran.code == 4
        assert "2026-03-02T09:00+08:00" in ran.err
    assert sends(shop) == 0
    stop_at_one(shop, "campaign.thanks", "--at", "2026-03-02T12:00:00+08:00")
    assert bulk(shop, "campaign.thanks").code == 0
    assert len(outbox(shop)) == 3


def test_numbers_that_were_not_reached_are_sent_again_alone(shop: World) -> None:
    """What the service refused and what the network could not deliver; never what may still arrive."""
    shop.write("number\n13812345678\n13812340998\n13812340999\n", "some.csv")
    (shop.folder / ".smsconf").mkdir(exist_ok=True)
    assert bulk(shop, REFUND, "some.csv").code in (0, 5)
    failed = [one["smsMsgId"] for one in outbox(shop) if one["to"].endswith("345678")]
    with open_store(shop.folder, os.environ).open_inbox("an account") as inbox:
        inbox.add([Report(failed[0], "UNDELIV")], datetime(2026, 3, 2, 5, tzinfo=UTC))
    before = len(outbox(shop))
    ran = bulk(shop, "--failed-of", "1")
    assert ran.code == 0, ran.err
    assert (ran.json["run"], ran.json["messages"]["accepted"]) == ("2", 1)
    assert numbers(shop)[before:] == ["13812345678"]
    ran = bulk(shop, "--failed-of", "1")
    assert (ran.code, ran.json["run"], len(outbox(shop))) == (0, "2", before + 1)
    assert shop.smsconf("bulk", "--failed-of", "9", "--auto-approve").code == 4


def test_own_numbers_get_the_first_messages_before_anybody(shop: World) -> None:
    """Each own number gets one message of the list, with its values; then the list goes out."""
    rows = (
        "number,order,day\n13812345678,A1,2026-03-05\n13912345678,B2,2026-03-06\n15012345678,C3,2026-03-07\n"
    )
    shop.write(rows, "orders.csv")
    ran = bulk(shop, SHIPPED, "orders.csv", "--test-to", "+8613700000001,13700000002")
    assert ran.code == 0, ran.err
    got = [(one["to"][-11:], one["text"][10:12]) for one in outbox(shop)]
    assert [to for to, _ in got[:2]] == ["13700000001", "13700000002"]
    assert [text for _, text in got[:2]] == [text for _, text in got[2:4]]
    assert sorted(to for to, _ in got[2:]) == ["13812345678", "13912345678", "15012345678"]
    assert "13700000001" not in ran.err
    assert "+86137****0001" in ran.err


def test_test_message_that_is_not_taken_stops_the_list(shop: World) -> None:
    """Exit 5, nothing of the list went out, and it blocks nothing."""
    shop.control(
        "POST", "faults", [{"operation": "BatchSendSms", "fault": "status", "status": 503, "times": 1}]
    )
    ran = shop.smsconf("bulk", REFUND, "list.csv", "--auto-approve", "--test-to", "13700000001")
    assert ran.code == 5
    assert outbox(shop) == []
    assert shop.smsconf("bulk", REFUND, "list.csv", "--auto-approve", "--test-to", "x").code == 1
    assert json.loads(shop.smsconf("bulk", "--runs", "--format", "json").out)["runs"] == []
    assert bulk(shop, REFUND, "list.csv").code == 0


def test_dry_run_says_what_will_stop_the_list(shop: World) -> None:
    """A limit that is too low, another run that waits: exit 4, as the run would have."""
    assert shop.json("bulk", REFUND, "list.csv", "--dry-run").json["stopped"] is None
    shop.edit("apps:\n", "thresholds: {cn: {daily: {limit: 2}}}\napps:\n")
    ran = shop.json("bulk", REFUND, "list.csv", "--dry-run")
    assert ran.code == 4
    assert "after 2 of 3" in ran.json["stopped"]
    assert bulk(shop, REFUND, "list.csv").code == 5
    shop.write(SECOND, "second.csv")
    ran = shop.json("bulk", REFUND, "second.csv", "--dry-run")
    assert ran.code == 4
    assert "another list" in ran.json["stopped"]


def test_file_of_left_out_rows_never_takes_the_place_of_a_list(shop: World) -> None:
    """By whatever name the same file is given; and a refused list leaves the old file as it was."""
    shop.write("15112345678\n", "no.txt")
    (shop.folder / "link.csv").symlink_to("list.csv")
    for name in ("list.csv", "./list.csv", "link.csv", "no.txt"):
        arguments = ("bulk", REFUND, "list.csv", "--opt-out", "no.txt", "--dropped", name)
        ran = shop.smsconf(*arguments, "--auto-approve")
        assert ran.code == 1
        assert "name another" in ran.err
    assert (shop.folder / "list.csv").read_text(encoding="utf-8") == LIST


def test_file_of_left_out_rows_follows_no_link(shop: World) -> None:
    """A checkout brought the link along, and somebody's profile was written over."""
    profile = shop.folder.parent / "profile"
    profile.write_text("export A=1\n")
    (shop.folder / "out.csv").symlink_to(profile)
    ran = shop.smsconf("bulk", REFUND, "list.csv", "--dropped", "out.csv", "--auto-approve")
    assert (ran.code, "it is a link" in ran.err) == (1, True)
    assert profile.read_text() == "export A=1\n"
    assert shop.control("GET", "outbox") == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("--join", "--end", "1"),
        ("--runs", REFUND),
        ("--end", "1", REFUND, "list.csv"),
        ("--join", "--again"),
        ("--failed-of", "1", REFUND, "list.csv"),
        (),
    ],
)
def test_options_that_say_opposite_things_are_a_usage_error(shop: World, arguments: tuple[str, ...]) -> None:
    """Before anything is read."""
    ran = shop.smsconf("bulk", *arguments, "--auto-approve")
    assert ran.code == 1
    assert sends(shop) == 0


def test_ledger_is_named_in_a_folder_that_cannot_be_written(plain: World) -> None:
    """No traceback, no message."""
    shop = plain
    (shop.folder / ".smsconf/ledger.db").mkdir()
    ran = shop.smsconf("bulk", REFUND, "list.csv", "--auto-approve")
    assert ran.code == 1
    assert "ledger.db" in ran.err
    assert sends(shop) == 0


def test_list_that_was_changed_by_a_row_is_warned_of(shop: World) -> None:
    """It is another list, so it goes out; whoever sends it reads how many get a second message today."""
    assert bulk(shop, REFUND, "list.csv").code == 0
    shop.write(LIST.replace("15012345678", "15112345678"), "changed.csv")
    assert "2 of them" in shop.smsconf("bulk", REFUND, "changed.csv", "--dry-run").out
    ran = bulk(shop, REFUND, "changed.csv")
    assert ran.code == 0
    assert "2 of them got a message of this name" in ran.err
    assert ran.json["recipients"]["recent"] == 2
    shop.advance("P2D")
    shop.write(LIST + "15212345678\n", "later.csv")
    assert "warning" not in bulk(shop, REFUND, "later.csv").err


def test_report_that_cannot_be_written_is_told_on_stderr(shop: World) -> None:
    """What was sent is never without a word: exit 5; what can be known before is said before."""
    ran = shop.smsconf("bulk", REFUND, "list.csv", "--auto-approve", "--output", "none/report.txt")
    assert ran.code == 1
    assert sends(shop) == 0
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        process = shop.process("bulk", REFUND, "list.csv", "--auto-approve", stdout=full)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 5
    assert "3  accepted" in err
    assert "Traceback" not in err


def test_missing_secret_is_said_before_anything_is_agreed_to(
    shop: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a run nobody can send blocks no other list."""
    monkeypatch.delenv("SMSCONF_SECRETS")
    assert shop.smsconf("bulk", REFUND, "list.csv", "--auto-approve").code == 1
    assert shop.json("bulk", "--runs").json["runs"] == []


def test_run_that_is_joined_keeps_its_time(shop: World) -> None:
    """Killed while it waits for --at, it goes out at that time by --join, not at once."""
    at = ("--at", "2026-03-02T13:00:00+08:00")
    for command in ((REFUND, "list.csv", *at), ("--join",)):
        process = shop.process("bulk", *command, "--auto-approve")
        assert process.stderr is not None
        assert any("waiting until 2026-03-02T13:00" in line for line in process.stderr)
        process.kill()
        process.communicate(timeout=30)
    assert sends(shop) == 0
    shop.control("POST", "clock", {"set": "2026-03-02T13:00:01+08:00"})
    assert bulk(shop, "--join").code == 0
    assert len(outbox(shop)) == 3


def test_what_was_given_up_can_be_sent_after_all(shop: World) -> None:
    """By the run's number; nobody who got it gets it again, and no other list may wait meanwhile."""
    stop_at_one(shop, REFUND, "list.csv")
    assert shop.smsconf("bulk", "--end", "1").code == 0
    shop.advance("P1D")
    shop.write("15112345678\n15212345678\n", "other.csv")
    stop_at_one(shop, REFUND, "other.csv")
    ran = shop.smsconf("bulk", "--join", "1", "--auto-approve")
    assert ran.code == 4
    assert "run 2" in ran.err
    assert bulk(shop, "--join", "2").code == 0
    ran = bulk(shop, "--join", "1")
    assert (ran.code, ran.json["messages"]["accepted"], ran.json["messages"]["given_up"]) == (0, 3, 0)
    assert sorted(numbers(shop)) == sorted({*numbers(shop)})


def test_run_that_was_given_up_before_it_began_is_as_if_it_had_not_been(shop: World) -> None:
    """The list is sent, not told that it was."""
    process = shop.process("bulk", REFUND, "list.csv", "--auto-approve", "--at", "2026-03-02T13:00:00+08:00")
    assert process.stderr is not None
    while "waiting until" not in process.stderr.readline():
        pass
    process.kill()
    process.communicate(timeout=60)
    (run,) = shop.json("bulk", "--runs").json["runs"]
    assert (run["outcome"], run["at"][:16]) == ("waiting", "2026-03-02T13:00")
    assert shop.smsconf("bulk", "--end", "1").code == 0
    ran = bulk(shop, REFUND, "list.csv")
    assert (ran.code, ran.json["messages"]["accepted"]) == (0, 3)


def test_lost_terminal_ends_a_run_in_good_order(shop: World) -> None:
    """SIGHUP: what is on its way is finished, the rest waits."""
    shop.write("".join(f"138{place:08}\n" for place in range(60_000)), "long.txt")
    process = shop.process("bulk", REFUND, "long.txt", "--auto-approve", "--progress", "json")
    assert process.stderr is not None
    for line in process.stderr:
        if '"progress"' in line:
            break
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=60)
    assert process.returncode == 130
    (run,) = shop.json("bulk", "--runs").json["runs"]
    assert run["messages"]["uncertain"] == 0
    assert run["messages"]["waiting"] > 0


def test_report_never_takes_the_place_of_the_list(shop: World) -> None:
    """Not even in a dry run."""
    ran = shop.smsconf("bulk", REFUND, "list.csv", "--dry-run", "--output", "./list.csv")
    assert ran.code == 1
    assert (shop.folder / "list.csv").read_text(encoding="utf-8") == LIST
