"""The journal as a picture: submissions paired with the decisions that followed."""

from __future__ import annotations

from datetime import UTC, datetime

from smsconf.render.plan.timeline import MOST_LANES, timeline_view

NOW = datetime(2026, 1, 10, tzinfo=UTC)


def entry(day: int, event: str, **more) -> dict[str, object]:
    return {
        "time": f"2026-01-{day:02}T00:00:00Z",
        "event": event,
        "address": "template.shipped",
        "remote_name": "shipped",
        **more,
    }


def waits(*entries, drafts: bool = True) -> list[tuple[int, int, str]]:
    lanes = timeline_view(entries, NOW, drafts=drafts)["lanes"]
    return [(day(one["start"]), day(one["end"]), one["outcome"]) for lane in lanes for one in lane["waits"]]


def day(stamp: str) -> int:
    return datetime.fromisoformat(stamp).day


def test_timeline_pairs_a_submission_with_its_decision() -> None:
    """A review lasts from the accepted submission to the decision, whose words it keeps."""
    timeline = timeline_view(
        [
            entry(1, "accepted", step="create"),
            entry(2, "accepted", step="submit"),
            entry(4, "decision", phase="rejected", review_message="no"),
            entry(5, "accepted", step="submit"),
        ],
        NOW,
        drafts=True,
    )
    (lane,) = timeline["lanes"]
    assert [(one["days"], one["outcome"], one["review_message"]) for one in lane["waits"]] == [
        (2, "rejected", "no"),
        (5, "in review", None),
    ]
    assert [(one["from"], one["to"]) for one in lane["waits"]] == [(0, 2 / 8), (3 / 8, 1)]
    assert (day(timeline["start"]), day(timeline["end"])) == (2, 10)


def test_timeline_counts_a_creation_only_where_it_submits() -> None:
    """Creating a signature asks for a review, creating a template only at a site without drafts."""
    create = entry(1, "accepted", step="create")
    assert waits(create) == []
    assert waits(create, drafts=False) == [(1, 10, "in review")]
    assert waits({**create, "address": "signature.brand"}) == [(1, 10, "in review")]


def test_timeline_ends_what_was_withdrawn() -> None:
    """A withdrawn or deleted version is not awaited any more."""
    submit = entry(1, "accepted", step="submit")
    assert waits(submit, entry(2, "accepted", step="withdraw")) == [(1, 2, "withdrawn")]
    assert waits(submit, entry(3, "accepted", step="delete")) == [(1, 3, "withdrawn")]


def test_timeline_passes_over_what_it_cannot_read() -> None:
    """Entries of people and of other versions break nothing."""
    odd = [{}, {"event": "accepted"}, {"time": "soon", "address": 7}, entry(1, "decision", phase="approved")]
    assert waits(*odd, entry(1, "accepted", step=None)) == []


def test_timeline_shows_the_newest_and_says_how_many_are_left_out() -> None:
    """A picture has room for some addresses: those that were submitted last."""
    many = [
        {**entry(1 + number % 9, "accepted", step="submit"), "address": f"template.t{number}"}
        for number in range(MOST_LANES + 5)
    ]
    timeline = timeline_view(many, NOW, drafts=True)
    assert len(timeline["lanes"]) == MOST_LANES
    assert timeline["left_out"] == 5
    assert day(timeline["lanes"][0]["waits"][0]["start"]) == 9


def test_timeline_survives_a_clock_that_was_set_back() -> None:
    """A decision before its submission is one without length, not a negative one."""
    assert waits(entry(5, "accepted", step="submit"), entry(3, "decision", phase="approved")) == [
        (5, 5, "approved")
    ]
