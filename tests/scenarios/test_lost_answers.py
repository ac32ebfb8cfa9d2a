"""An answer gets lost after the service did its work: nothing is made twice."""

from __future__ import annotations

import signal
from datetime import UTC, datetime

from smsconf.store.files.home import FileStore
from smsconf.store.interfaces import Work
from tests.scenarios.conftest import World

ADDRESS = "template.refund"


def lose(world: World, operation: str, fault: str, times: int = 1) -> None:
    world.control("POST", "faults", [{"operation": operation, "fault": fault, "times": times}])


def test_create_without_an_answer_is_looked_up_and_goes_on(approved: World) -> None:
    """The draft is found under its name and submitted in the same run."""
    approved.edit("您的退款已到账。", "您的退款已经到账。")
    lose(approved, "CreateTemplate", "timeout-after-commit")
    done = approved.apply()
    assert (done.code, done.row(ADDRESS)["outcome"]) == (0, "applied")
    assert approved.writes() == ["CreateTemplate", "UpdateTemplate"]
    assert approved.json("plan").row(ADDRESS)["action"] == "wait"


def test_create_that_nobody_could_look_up_is_adopted_by_the_next_run(approved: World) -> None:
    """Unknown is said and exits 5; the next run finds the one draft and submits that."""
    approved.edit("您的退款已到账。", "您的退款已经到账。")
    lose(approved, "CreateTemplate", "timeout-after-commit")
    reading = {"operation": "ListTemplateDetails", "fault": "slow", "seconds": 0, "times": 1}
    approved.control("POST", "faults", [reading])  # the plan's own
    lose(approved, "ListTemplateDetails", "reset", times=9)
    lost = approved.apply()
    assert (lost.code, lost.row(ADDRESS)["outcome"]) == (5, "unknown")
    assert any(approved.json("plan").code == 0 for _ in range(9)), "the bad weather ends"
    assert approved.json("plan").row(ADDRESS)["steps"] == ["submit"]
    assert approved.apply().code == 0
    assert approved.writes() == ["CreateTemplate", "UpdateTemplate"]
    assert approved.json("plan").row(ADDRESS)["action"] == "wait"


def test_list_that_lags_makes_nothing_twice_where_creating_submits(world: World) -> None:
    """At a site without drafts the list misses what was just submitted; the journal knows its id."""
    world.edit("emulator.db}", "abroad.db, site: international}")
    target = ("--target", "template.hello")
    assert world.apply(*target).code == 0
    lag = [{"operation": "ListTemplateDetails", "fault": "stale-list", "times": 2}]
    world.control("POST", "faults", lag, ".smsconf/abroad.db")
    late = world.apply(*target)
    row = late.row("template.hello")
    assert (late.code, row["outcome"]) == (0, "skipped")
    assert "is there, though the list did not show it" in row["message"]
    seen = world.control("GET", "requests", name=".smsconf/abroad.db")
    assert [one["operation"] for one in seen].count("CreateTemplate") == 1
    assert world.json("plan").row("template.hello")["action"] == "wait"


def test_list_that_lags_makes_no_second_app(world: World) -> None:
    """Nobody could ever delete it, and two of one name stop everything; a lost journal changes nothing."""
    for lost in (False, True):
        assert world.apply("--target", "app.shop").code == 0
        if lost:
            (world.folder / ".smsconf/journal.jsonl").unlink()
        lose(world, "ListAppDetails", "stale-list")
        late = world.apply("--target", "app.shop")
        assert (late.code, late.row("app.shop")["outcome"]) == (0, "skipped")
    assert world.writes().count("CreateApp") == 1


def test_two_runs_that_planned_the_same_app_make_one(world: World) -> None:
    """The second looks before it creates: the plan that it shows may be minutes old."""
    assert world.smsconf("plan", "--target", "app.shop", "--out", "shop.plan").code == 0
    assert world.apply("--target", "app.shop").code == 0
    lose(world, "ListAppDetails", "stale-list")
    late = world.json("apply", "shop.plan")
    assert late.row("app.shop")["outcome"] == "skipped"
    assert world.writes().count("CreateApp") == 1


def test_run_that_waits_for_another_says_so_and_can_be_interrupted(world: World) -> None:
    """Nobody sits before a silent terminal: it is said once, and Ctrl-C ends it with nothing sent."""
    work = Work("lin", "build-7", 4711, datetime(2026, 3, 2, 9, tzinfo=UTC), "apply", "https://ci.example/1")
    with FileStore(world.folder).lock("", work, timeout=0, waiting=print):
        waiting = [world.process("apply", "--auto-approve") for _ in range(2)]
        for one in waiting:
            assert one.stderr
            said = one.stderr.readline()
            assert "waiting for lin at build-7 (process 4711), apply since 2026-03-02T09:00:00+00:00" in said
            assert "https://ci.example/1" in said
        late = world.smsconf("apply", "--auto-approve", "--lock-timeout", "1s")
        assert late.code == 4
        assert "the lock is held by lin at build-7" in late.err
        waiting[0].send_signal(signal.SIGINT)
        waiting[0].communicate(timeout=60)
        assert waiting[0].returncode == 130
        assert world.writes() == []
    waiting[1].communicate(timeout=60)
    assert waiting[1].returncode == 0
    assert "CreateApp" in world.writes()


def test_two_processes_at_once_make_one_app(world: World) -> None:
    """Each had looked before the other created: one folder plans and sends one run at a time."""
    for _ in range(3):
        world.control("POST", "reset")
        both = [world.process("apply", "--auto-approve") for _ in range(2)]
        for one in both:
            one.communicate(timeout=100)
        seen = world.control("GET", "requests")
        made = [one["operation"] for one in seen if one["status"] == 200]
        assert made.count("CreateApp") == 2, "one of each region"
        assert made.count("CreateTemplate") == 3
        assert world.json("plan", "--detailed-exitcode").code == 0
        world.control("DELETE", "requests")
