"""An answer gets lost after the service did its work: nothing is made twice."""

from __future__ import annotations

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
