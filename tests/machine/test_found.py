"""Lives that once went wrong: each is what a random life was shrunk to, and what it did."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.machine.lives import Lifecycle


@pytest.fixture
def life() -> Iterator[Lifecycle]:
    """A life at the china site; at its end it must still converge."""
    made = Lifecycle()
    made.begin()
    yield made
    made.nothing_was_violated()
    made.teardown()


def names(life: Lifecycle) -> dict[str, str]:
    """Remote name → status of what belongs to the declared templates and has variants."""
    others = life.world.strangers | life.world.unmanaged
    return {
        one["template_name"]: one["flow_status"]
        for one in life.world.templates()
        if one["id"] not in others and not one["universal_template"]
    }


def test_two_journals_that_count_differently_submit_one_text_once(life: Lifecycle) -> None:
    """One runner remembers a version that is gone from the service, the other does not.

    They made ``shipped_v2`` and ``shipped`` of one text and both submitted theirs: a twin was looked for
    under its own name only.
    """
    life.decide("shipped", "reject")
    life.rename_at_the_console("shipped")
    life.apply_from_two_machines()
    left = {name: status for name, status in names(life).items() if not name.startswith("renamed")}
    assert left == {"shipped_v2": "Reviewing", "refund": "Reviewing", "hello": "Reviewing"}


def test_replaced_signature_stays_while_something_unmanaged_hangs_on_it(life: Lifecycle) -> None:
    """Retiring it took along a template that somebody had made by hand on the old signature."""
    life.take_another_signature()
    life.apply()
    life.decide_signature("approve")
    for key in ("shipped", "refund"):
        life.decide(key, "approve")
    life.apply_retiring(now=True)
    assert "unmanaged" in {one["template_name"] for one in life.world.templates()}
    life.apply_pruning()
    life.apply_retiring(now=True)
    assert [one["signature_name"] for one in life._signatures()] == ["示例百货"]


def test_signature_is_edited_by_one_of_two_runners(life: Lifecycle) -> None:
    """Both had planned the edit of the rejected one; the second sent its own into the review of the first."""
    life.delete_the_signature_at_the_console()
    life.apply()
    life.decide_signature("reject")
    life.edit_signature("trademark", None)
    before = len(life.world.writes)
    life.apply_from_two_machines()
    assert life.world.writes[before:].count("UpdateSignature") == 1


def test_universal_draft_waits_while_its_signature_is_rejected(life: Lifecycle) -> None:
    """Every run submitted it again, the service refused each time, and no plan was ever empty."""
    life.apply()
    life.delete_the_signature_at_the_console()
    life.apply()
    life.decide_signature("reject")
    life.disable_or_withdraw_at_the_console("anyone", "Pending")
    before = len(life.world.writes)
    life.apply()
    assert "UpdateTemplate" not in life.world.writes[before:]


@pytest.mark.parametrize("site", ["international", "europe"])
def test_lagging_list_submits_nothing_twice_where_creating_submits(site: str) -> None:
    """The list did not show the template that the last run had submitted, so it was submitted again."""
    life = Lifecycle()
    life.begin(site)
    life.apply()
    life.apply_in_bad_weather("stale-list", "ListTemplateDetails", 2)
    life.nothing_was_violated()
    life.teardown()


def test_one_runner_is_not_reproached_with_what_another_remembers(life: Lifecycle) -> None:
    """A refusal that only another runner's journal shows is unknown to a new one, which may ask again.

    The lives held the memory of one journal against the runner of another.
    """
    life.decide("refund", "reject")
    life.apply()
    life.rename_at_the_console("refund")
    life.apply_from_two_machines()
    assert names(life)["refund"] == "Reviewing"


def test_what_neither_list_nor_journal_shows_is_asked_once_more_and_told() -> None:
    """A site without drafts, the journal lost and the list behind: nothing can be known, one extra may go.

    The lives took it for a mistake; what counts is that the next plan tells of both and sends no third one.
    """
    life = Lifecycle()
    life.begin("international")
    life.apply()
    life.lose_the_journal()
    life.apply_in_bad_weather("stale-list", "ListTemplateDetails", 2)
    asked = life.world.writes.count("CreateTemplate")
    made = life.plan()
    (told,) = (one for one in made.changes if one.label == "template.anyone")
    assert (told.action.value, told.steps) == ("refused", ())
    assert told.reason.startswith("2 templates of app.shop are named 'anyone': ")
    life.apply_in_bad_weather("stale-list", "ListTemplateDetails", 2)
    assert life.world.writes.count("CreateTemplate") == asked
    life.nothing_was_violated()
    life.teardown()
