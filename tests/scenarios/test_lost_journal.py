"""The journal is lost where the service shows no application note: nothing tells whose a version is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.conftest import World

HELLO = "template.hello"
FIRST, SECOND, THIRD = "Your parcel is on its way.", "Your parcel left today.", "Your parcel arrives today."
UNCLAIMED = "hello_v2 is approved, and nothing here shows whose it is: if ours, adopt: [hello_v2]"


@pytest.fixture
def doubtful(world: World) -> World:
    """``hello_v2`` replaced ``hello`` and serves; the files ask for a third text; the journal is gone."""
    world.edit("emulator.db}", "abroad.db, site: international}")
    assert world.apply().code == 0
    approve(world, "hello")
    world.edit(FIRST, SECOND)
    assert world.apply().code == 0
    approve(world, "hello_v2")
    assert live(world) == ("hello_v2", "")
    world.edit(SECOND, THIRD)
    assert live(world) == ("hello_v2", "")
    journal(world).unlink()
    return world


@pytest.fixture
def unmarked(approved: World) -> World:
    """The same at the Chinese site, where our mark is switched off."""
    approved.edit("version: 1\n", "version: 1\nmark: false\n")
    approved.edit("您的退款已到账。", "您的退款已经到账。")
    assert approved.apply().code == 0
    approved.decide("template", "refund_v2", "approve")
    approved.edit("您的退款已经到账。", "您的退款刚刚到账。")
    journal(approved).unlink()
    return approved


def journal(world: World) -> Path:
    return world.folder / ".smsconf" / "journal.jsonl"


def approve(world: World, name: str) -> None:
    body = {"kind": "template", "name": name, "decision": "approve"}
    world.control("POST", "reviews", body, name=".smsconf/abroad.db")


def live(world: World) -> tuple[str | None, str]:
    """The remote name of what serves, and what was said beside."""
    ran = world.json("outputs")
    assert ran.code == 0
    return ran.json["templates"][HELLO]["remote_name"], ran.err


def test_plan_and_outputs_tell_of_a_version_that_may_serve(doubtful: World) -> None:
    """The older one was taken for live without a word, and recorded as such for good."""
    for _ in range(2):
        assert live(doubtful) == (
            "hello",
            "template.hello: nothing tells which of these serves: hello, hello_v2; smsconf plan says more\n",
        )
    assert '"live"' not in journal(doubtful).read_text("utf-8")
    assert doubtful.json("plan").row(HELLO)["reason"] == (
        f"content differs; hello serves until hello_v3 is approved; {UNCLAIMED}"
    )
    doubtful.edit("  hello:\n", "  hello:\n    adopt: [hello_v2]\n")
    assert (
        doubtful.json("plan")
        .row(HELLO)["reason"]
        .startswith("content differs; hello_v2 serves until hello_v3 is approved; of several approved ones")
    )
    for _ in range(2):
        assert live(doubtful) == ("hello_v2", "")
    assert doubtful.json("plan").row(HELLO)["reason"].endswith("until hello_v3 is approved")


def test_version_that_served_for_want_of_knowledge_rests_before_it_is_retired(unmarked: World) -> None:
    """It was named until this very run; that it was a guess must not cost it its rest."""
    refund = "template.refund"
    assert unmarked.json("outputs").json["templates"][refund]["remote_name"] == "refund"
    assert unmarked.apply().code == 0
    unmarked.decide("template", "refund_v3", "approve")
    unmarked.advance("P8D")
    unmarked.writes()
    assert unmarked.apply("--retire").code == 0
    assert unmarked.writes() == []
    unmarked.advance("P8D")
    assert unmarked.apply("--retire").code == 0
    assert unmarked.writes() == ["DeleteTemplate"]


def test_doubt_is_told_where_another_environment_may_need_the_version(doubtful: World) -> None:
    """The other one had nothing of its own yet, so everything was taken to be needed there."""
    doubtful.write("templates: {hello: {content: A text of the test environment.}}\n", "env/test.yaml")
    doubtful.write("{}\n", "env/prod.yaml")
    doubtful.edit(
        "version: 1\n",
        "version: 1\nenvironments: {test: {overlay: env/test.yaml}, prod: {overlay: env/prod.yaml}}\n",
    )
    ran = doubtful.json("outputs", "--env", "prod")
    assert ran.code == 0, ran.err
    assert (ran.code, ran.json["templates"][HELLO]["remote_name"]) == (0, "hello")
    assert "nothing tells which of these serves: hello, hello_v2" in ran.err


def test_pruning_spares_a_version_that_may_serve(doubtful: World) -> None:
    """It deleted what the applications were sending with."""
    pruned = doubtful.json("plan", "--prune")
    kept = pruned.row("template:hello_v2")
    assert (kept["remote_name"], kept["action"], kept["steps"]) == ("hello_v2", "none", [])
    assert kept["reason"] == "kept: it may be the version of template.hello that serves"
    read = doubtful.smsconf("plan", "--prune").out
    told = "none     template:hello_v2  hello_v2\n         kept: it may be the version of template.hello"
    assert told in read, read
    assert "template:hello_v2" not in read.split("unchanged:")[1]
    doubtful.edit(THIRD, SECOND)  # as desired it is live, whoever made it
    assert live(doubtful) == ("hello_v2", "")


def test_version_without_forerunners_is_told_too(doubtful: World) -> None:
    """With the first version retired, the plan spoke of a template that is not there."""
    doubtful.edit(THIRD, SECOND)
    live(doubtful)
    assert doubtful.apply("--retire-now", HELLO).code == 0
    doubtful.edit(SECOND, THIRD)
    assert live(doubtful) == ("hello_v2", "")
    journal(doubtful).unlink()
    assert doubtful.json("plan").row(HELLO)["reason"].endswith(UNCLAIMED)
    ran = doubtful.smsconf("outputs", "--require-all")
    assert ran.code == 6
    assert "nothing tells which of these serves: hello_v2" in ran.err
    doubtful.edit("  hello:\n", "  hello:\n    adopt: [hello_v2]\n")
    assert live(doubtful) == ("hello_v2", "")


def test_mark_switched_off_leaves_the_same_doubt(unmarked: World) -> None:
    """Where nobody marks what is ours, an application note tells no more than none."""
    assert "adopt: [refund_v2]" in unmarked.json("plan").row("template.refund")["reason"]


def test_dump_claims_what_only_the_journal_knows(doubtful: World) -> None:
    """An edit of what was dumped replaced the older version, as if the newer one were not there."""
    doubtful.edit(THIRD, SECOND)
    assert doubtful.smsconf("dump", "--into", "../other").code == 0
    other = doubtful.folder.parent / "other"
    assert "adopt: [hello_v2]\n" in (other / "templates" / "abroad.yaml").read_text("utf-8")
    plan = doubtful.json("plan", "-C", "../other", "--detailed-exitcode")
    assert plan.code == 0, plan.out
    doubtful.edit(SECOND, THIRD, "../other/templates/abroad.yaml")
    assert (
        doubtful.json("plan", "-C", "../other")
        .row(HELLO)["reason"]
        .startswith("content differs; hello_v2 serves until hello_v3 is approved")
    )
