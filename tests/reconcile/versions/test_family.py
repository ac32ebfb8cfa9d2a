"""A family of versions: who is live, who is on its way, what may go, and what is never sent twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smsconf.model.memory import Memory
from smsconf.model.observed import Reading
from smsconf.model.resources import MessageType, UpdatePolicy
from smsconf.reconcile.versions.submission import marked, split_mark, submission_hash
from tests.reconcile import build
from tests.reconcile.build import BRAND, SHIPPED, only, plan, words

OLD = build.o_shipped
NEW_TEXT = "您的订单${1}今天已发货。"
changed = replace(build.shipped, content=NEW_TEXT)
HASH = submission_hash(changed, build.brand, ())


def version(number: int, status: str, *, content: str = NEW_TEXT, ours: bool = True, **more):
    """A version of the family; ours carries the mark of what it submitted."""
    name = "order-shipped" if number == 1 else f"order-shipped_v{number}"
    note = marked(None, submission_hash(replace(changed, content=content), build.brand, ())) if ours else None
    settings = {"description": note, "template_id": None, "update_time": "2026-01-05 01:00:00", **more}
    return replace(OLD, remote_id=f"id-{number}", name=name, status=status, content=content, **settings)


def decide(*versions, template=changed, memory=None, site="china", **selection):
    found = build.observed(build.o_shop, build.o_brand, *versions)
    return plan(
        build.desired(build.shop, build.brand, template), found, memory=memory, site=site, **selection
    )


def retired(made):
    return {one.remote_name: words(one)[1] for one in made.changes if one.action.value == "retire"}


def test_successor_in_review_waits_while_the_old_one_serves() -> None:
    """With a successor in review the row waits, and the live version is still the old one."""
    made = decide(OLD, version(2, "Reviewing"))
    change = only(made, SHIPPED)
    assert words(change) == ("wait", [])
    assert (change.live.name, change.candidate.name) == ("order-shipped", "order-shipped_v2")
    assert "order-shipped serves meanwhile" in change.reason
    assert retired(made) == {}


def test_approved_successor_is_live_and_the_old_one_rests() -> None:
    """Once approved the successor is live; the old one is listed for retiring, and nothing is sent."""
    made = decide(OLD, version(2, "Adopted"))
    assert words(only(made, SHIPPED)) == ("none", [])
    assert only(made, SHIPPED).live.name == "order-shipped_v2"
    assert retired(made) == {"order-shipped": []}
    assert not made.sends


@pytest.mark.parametrize(
    ("now", "selection", "steps"),
    [
        (datetime(2026, 1, 12, 0, 59, tzinfo=UTC), {"retire": True}, []),
        (datetime(2026, 1, 12, 1, 0, tzinfo=UTC), {"retire": True}, ["delete"]),
        (datetime(2026, 2, 1, tzinfo=UTC), {}, []),
        (datetime(2026, 1, 5, 2, 0, tzinfo=UTC), {"retire_now": frozenset({SHIPPED})}, ["delete"]),
    ],
    ids=["one minute early", "after a week", "not asked for", "at once"],
)
def test_retiring_waits_a_week_from_the_latest_sign_of_life(now, selection, steps) -> None:
    """The old version goes a week after the latest update of the two, only on request."""
    old = replace(OLD, update_time="2025-12-01 00:00:00")
    found = replace(build.observed(build.o_shop, build.o_brand, old, version(2, "Adopted")), now=now)
    assert retired(plan(build.desired(build.shop, build.brand, changed), found, **selection)) == {
        "order-shipped": steps
    }


def test_retiring_counts_from_when_the_journal_saw_the_live_one_live() -> None:
    """A version that became live later than its own time says is younger than it looks."""
    since = datetime(2026, 1, 20, tzinfo=UTC)
    memory = Memory(live={SHIPPED: "id-2"}, live_since={SHIPPED: since})
    found = replace(
        build.observed(build.o_shop, build.o_brand, OLD, version(2, "Adopted")),
        now=datetime(2026, 1, 25, tzinfo=UTC),
    )
    made = plan(build.desired(build.shop, build.brand, changed), found, memory=memory, retire=True)
    assert retired(made) == {"order-shipped": []}


def test_protected_address_is_never_retired() -> None:
    """A protected address keeps its old versions whatever the flags say."""
    asked = build.desired(build.shop, build.brand, changed, protected=frozenset({SHIPPED}))
    found = build.observed(build.o_shop, build.o_brand, OLD, version(2, "Adopted"))
    assert retired(plan(asked, found, retire_now=frozenset({SHIPPED}))) == {"order-shipped": []}


def test_reverted_change_is_instant_and_calls_the_review_back() -> None:
    """Back to the old text: it is live at once, nothing is submitted, the successor becomes a draft."""
    change = only(decide(OLD, version(2, "Reviewing"), template=build.shipped), SHIPPED)
    assert words(change) == ("withdraw", ["withdraw"])
    assert change.remote_name == "order-shipped_v2"
    assert change.live.name == "order-shipped"
    assert change.submissions == 0


def test_superseded_rejection_is_neither_pending_nor_rejected() -> None:
    """A rejected successor that nobody wants any more does not colour its address."""
    change = only(decide(OLD, version(2, "Reject"), template=build.shipped), SHIPPED)
    assert words(change) == ("none", [])
    assert not change.rejected


def test_rejected_successor_is_edited_in_place_not_numbered_anew() -> None:
    """Another text after a rejection edits the rejected successor."""
    newer = replace(build.shipped, content="第三稿${1}。")
    change = only(decide(OLD, version(2, "Reject"), template=newer), SHIPPED)
    assert words(change) == ("update", ["edit", "submit"])
    assert change.remote_name == "order-shipped_v2"


@pytest.mark.parametrize("status", ["Reject", "Adopted_inactive"])
def test_text_that_was_refused_in_any_version_is_not_sent_again(status) -> None:
    """The same submission on an older rejected or dead version stops the new one and shows the words."""
    refused = version(2, status, review_message="含营销内容")
    made = decide(OLD, refused, version(3, "Reject", content="别的${1}。"))
    change = only(made, SHIPPED)
    assert words(change) == ("none", [])
    assert change.rejected
    assert "含营销内容" in change.reason
    again = only(decide(OLD, refused, resubmit=frozenset({SHIPPED})), SHIPPED)
    assert again.steps


def test_journal_remembers_a_rejection_whose_version_is_gone() -> None:
    """Deleting the rejected version at the console does not make its text new."""
    memory = Memory(refused={(SHIPPED, HASH): "含营销内容"})
    change = only(decide(OLD, memory=memory), SHIPPED)
    assert words(change) == ("none", [])
    assert "含营销内容" in change.reason


def test_numbers_are_never_used_again() -> None:
    """A new version is numbered above everything seen, dead and foreign ones and the journal's included."""
    dead = version(4, "Adopted_inactive", content="旧${1}。")
    foreign = version(6, "Adopted", content="别人的${1}。", ours=False)
    assert only(decide(OLD, dead), SHIPPED).remote_name == "order-shipped_v5"
    assert only(decide(OLD, dead, foreign), SHIPPED).remote_name == "order-shipped_v7"
    assert only(decide(OLD, memory=Memory(numbers={SHIPPED: 8})), SHIPPED).remote_name == "order-shipped_v9"


def test_version_of_somebody_else_is_used_if_equal_and_never_touched() -> None:
    """A suffixed version without our mark serves when it says what is desired; it is never edited."""
    foreign = version(2, "Adopted", ours=False)
    made = decide(OLD, foreign)
    assert only(made, SHIPPED).live.name == "order-shipped_v2"
    draft = version(2, "Pending", ours=False)
    assert only(decide(OLD, draft), SHIPPED).remote_name == "order-shipped_v3"
    other = version(2, "Reviewing", content="别人的${1}。", ours=False)
    assert words(only(decide(OLD, other), SHIPPED)) == ("replace", ["create", "submit"])


def test_adopted_version_is_ours() -> None:
    """A version listed in adopt is edited like our own."""
    draft = version(2, "Pending", content="草稿${1}。", ours=False)
    change = only(decide(OLD, draft, template=replace(changed, adopt=("order-shipped_v2",))), SHIPPED)
    assert words(change) == ("update", ["edit", "submit"])


def test_live_version_is_the_remembered_one_while_none_is_as_desired() -> None:
    """Of several approved ones the journal's stays live; without a journal the newest, and it is said."""
    second = version(2, "Adopted", content="第二${1}。")
    newest = replace(build.shipped, content="第三${1}。")
    change = only(decide(OLD, second, template=newest, memory=Memory(live={SHIPPED: OLD.remote_id})), SHIPPED)
    assert change.live.name == "order-shipped"
    lost = only(decide(OLD, second, template=newest), SHIPPED)
    assert lost.live.name == "order-shipped_v2"
    assert lost.reason.endswith(
        "; of several approved ones (order-shipped_v2, order-shipped) the newest is taken for the live one"
    )
    rejected = version(3, "Reject", content="别的${1}。")
    assert "of several approved ones" in only(decide(OLD, second, rejected, template=newest), SHIPPED).reason


def test_what_the_service_changed_on_approval_does_not_loop() -> None:
    """If the newest approved version is our submission, fields the service altered are a note."""
    altered = version(2, "Adopted", type="promotion")
    change = only(decide(OLD, altered), SHIPPED)
    assert words(change) == ("none", [])
    assert "changed by the service" in change.reason
    assert "type" in [one.path for one in change.notes]
    by_journal = replace(altered, description=None)
    memory = Memory(submitted={"id-2": HASH}, created={"id-2": build.SHIPPED})
    assert words(only(decide(OLD, by_journal, memory=memory), SHIPPED)) == ("none", [])


def test_what_the_service_changed_counts_as_live_whatever_served_before() -> None:
    """An older version was recorded as live: each approval that the service altered was replaced again."""
    altered = version(2, "Adopted", type="promotion")
    change = only(decide(OLD, altered, memory=Memory(live={SHIPPED: OLD.remote_id})), SHIPPED)
    assert words(change) == ("none", [])
    assert change.live.name == "order-shipped_v2"


def test_going_back_to_what_the_service_changed_submits_nothing() -> None:
    """The same text was approved already: the review of another one is called back, leftovers may go."""
    altered = version(2, "Adopted", type="promotion")
    third = version(3, "Reviewing", content="第三${1}。")
    made = decide(OLD, altered, third)
    assert words(only(made, SHIPPED)) == ("withdraw", ["withdraw"])
    rejected = decide(OLD, altered, replace(third, status="Reject"), retire_now=frozenset({SHIPPED}))
    assert words(only(rejected, SHIPPED)) == ("none", [])
    assert retired(rejected) == {"order-shipped": ["delete"], "order-shipped_v3": ["delete"]}


def test_what_the_service_changed_is_submitted_again_for_who_insists() -> None:
    """A hand at the console looks the same: the row names the way out."""
    altered = version(2, "Adopted", type="promotion")
    change = only(decide(OLD, altered), SHIPPED)
    assert change.reason == "approved; type changed by the service; --resubmit submits it again"
    assert words(only(decide(OLD, altered, resubmit=frozenset({SHIPPED})), SHIPPED)) == (
        "replace",
        ["create", "submit"],
    )


def test_submission_that_the_user_insisted_on_is_waited_for() -> None:
    """The next plain run called it back: an older version counted as what the service had changed."""
    altered = version(1, "Adopted", type="promotion")
    again = version(2, "Reviewing")
    change = only(decide(altered, again), SHIPPED)
    assert (words(change), change.candidate.name) == (("wait", []), "order-shipped_v2")
    assert words(only(decide(altered, replace(again, status="Reject")), SHIPPED)) == ("none", [])


def test_version_that_the_service_changed_counts_whoever_made_it() -> None:
    """The newest, or the one that served: an older one may have got its text from anybody since."""
    first = version(1, "Adopted", type="promotion")
    second = version(2, "Adopted", content="第二${1}。")
    served = Memory(live={SHIPPED: first.remote_id})
    change = only(decide(first, second, memory=served), SHIPPED)
    assert (words(change), change.live.name) == (("none", []), "order-shipped")
    assert words(only(decide(first, second), SHIPPED)) == ("replace", ["create", "submit"])
    noted = replace(changed, description="给会员")
    assert words(only(decide(first, template=noted), SHIPPED)) == ("none", [])
    other_environments = Memory(created_by_others=frozenset({first.remote_id}))
    assert words(only(decide(first, memory=other_environments), SHIPPED)) == ("none", [])


@pytest.mark.parametrize("update", list(UpdatePolicy))
def test_version_that_served_serves_on_whosever_it_is(update) -> None:
    """It was used for what it said; as the text changed it went out of use, and under --prune away."""
    served = version(2, "Adopted", ours=False)
    memory = Memory(live={SHIPPED: served.remote_id})
    for there in ([served], [OLD, served]):
        third = replace(changed, content="第三${1}。", update=update)
        made = decide(*there, template=third, memory=memory, prune=True)
        change = only(made, SHIPPED)
        assert words(change) == ("replace", ["create", "submit"])
        assert change.live.name == "order-shipped_v2"
        assert served.remote_id not in {row.remote_id for row in made.changes}


def test_template_that_moves_to_another_app_begins_anew() -> None:
    """It was told to add renamed_from with the name it has, which helped nothing."""
    other_environments = replace(build.o_shop, remote_id="id-2", name="other", app_key="key-2")
    there = replace(OLD, app_key="key-2")
    memory = Memory(live={SHIPPED: OLD.remote_id})
    found = build.observed(build.o_shop, other_environments, build.o_brand, there)
    change = only(plan(build.desired(), found, memory=memory), SHIPPED)
    assert words(change) == ("create", ["create", "submit"])
    assert change.reason == (
        "new under app.shop: nothing serves until it is approved, order-shipped stays under other"
    )


def test_successor_whose_name_has_no_room_is_refused_with_the_way_out() -> None:
    """The service would refuse the create in every run; nobody was told why, or what to do."""
    long = "x" * 127
    there = replace(OLD, name=long)
    asked = replace(changed, name=long)
    change = only(decide(there, template=asked), SHIPPED)
    assert words(change) == ("refused", [])
    assert "has 130 characters, the service takes 128: shorten name" in change.reason
    renamed = only(decide(there, template=replace(asked, name="short", renamed_from=long)), SHIPPED)
    assert (words(renamed), renamed.remote_name) == (("replace", ["create", "submit"]), "short_v2")


def test_update_in_place_names_what_serves_meanwhile() -> None:
    """It announced an outage, and an older approved version took over."""
    second = version(2, "Adopted", content="第二${1}。")
    in_place = replace(build.shipped, content="第三${1}。", update=UpdatePolicy.IN_PLACE)
    change = only(decide(OLD, second, template=in_place), SHIPPED)
    assert words(change) == ("update", ["disable", "edit", "submit"])
    assert "outage until approved; order-shipped serves meanwhile" in change.reason
    alone = only(decide(OLD, template=in_place), SHIPPED)
    assert alone.reason.endswith("outage until approved")


def test_superseded_review_that_is_retired_now_has_one_row_that_withdraws_it() -> None:
    """Two rows withdrew one version: the second took the first for somebody else's hand and gave up."""
    made = decide(
        OLD,
        version(2, "Reviewing", content="别的${1}。"),
        template=build.shipped,
        retire_now=frozenset({SHIPPED}),
    )
    assert words(only(made, SHIPPED)) == ("none", [])
    (row,) = (row for row in made.changes if row.action.value == "retire")
    assert words(row) == ("retire", ["withdraw", "delete"])


def test_template_on_a_rejected_signature_says_what_it_waits_for() -> None:
    """Nothing will come of the signature's review: it is over."""
    rejected = replace(build.o_brand, status="REVIEW_NOT_PASS")
    found = build.observed(build.o_shop, rejected, replace(OLD, status="SignReviewing"))
    change = only(plan(build.desired(), found), SHIPPED)
    assert change.awaits == "another submission of signature.brand, which was rejected"


def test_version_that_served_until_this_run_rests_before_it_goes() -> None:
    """Going back to an old text made it live at once, and --retire deleted the one in use a moment ago."""
    long_ago = {"update_time": "2025-12-01 00:00:00"}
    old = version(1, "Adopted", **long_ago)
    served = version(2, "Adopted", content="第二${1}。", **long_ago)
    memory = Memory(live={SHIPPED: served.remote_id})
    made = decide(old, served, memory=memory, retire=True)
    assert only(made, SHIPPED).live.name == "order-shipped"
    assert retired(made) == {"order-shipped_v2": []}
    assert retired(decide(old, served, retire=True)) == {"order-shipped_v2": ["delete"]}


def test_rejection_of_what_was_changed_at_the_service_says_so() -> None:
    """The mark shows our submission, the content is another: the user hears that, and how to insist."""
    edited = replace(version(2, "Reject", review_message="广告"), content="别人的话${1}。")
    change = only(decide(OLD, edited), SHIPPED)
    assert (words(change), change.rejected) == (("none", []), True)
    assert change.reason == (
        "rejected: 广告 (unchanged, so not submitted again); content was changed there after it was "
        "submitted; --resubmit submits again; order-shipped serves meanwhile"
    )


def test_update_in_place_is_an_outage_and_says_so() -> None:
    """With update: in-place the live version itself is disabled, edited and submitted."""
    change = only(decide(OLD, template=replace(changed, update=UpdatePolicy.IN_PLACE)), SHIPPED)
    assert words(change) == ("update", ["disable", "edit", "submit"])
    assert "outage until approved" in change.reason
    europe = replace(build.o_brand, status="REVIEW_PASSED")
    made = plan(
        build.desired(build.shop, build.brand, replace(changed, update=UpdatePolicy.IN_PLACE)),
        build.observed(build.o_shop, europe, OLD),
        site="europe",
    )
    assert words(only(made, SHIPPED)) == ("refused", [])


def test_disabled_version_is_submitted_only_if_we_disabled_it() -> None:
    """A crash between disable and submit goes on; what somebody else disabled stays so."""
    disabled = version(1, "Disable")
    assert words(only(decide(disabled), SHIPPED)) == ("none", [])
    memory = Memory(disabled=frozenset({"id-1"}))
    assert words(only(decide(disabled, memory=memory), SHIPPED)) == ("update", ["submit"])
    assert only(decide(disabled, resubmit=frozenset({SHIPPED})), SHIPPED).steps


def test_rename_alone_submits_nothing_and_new_versions_carry_the_new_name() -> None:
    """One family spans both names; numbers count over both."""
    renamed = replace(build.shipped, name="shipped-notice", renamed_from="order-shipped")
    assert words(only(decide(OLD, template=renamed), SHIPPED)) == ("none", [])
    change = only(decide(OLD, template=replace(renamed, content=NEW_TEXT)), SHIPPED)
    assert (change.action.value, change.remote_name) == ("replace", "shipped-notice_v2")


def test_dropping_renamed_from_too_early_is_refused_naming_both() -> None:
    """While the live version has the old name, the files must lead to it."""
    renamed = replace(build.shipped, name="shipped-notice")
    change = only(decide(OLD, template=renamed, memory=Memory(live={SHIPPED: OLD.remote_id})), SHIPPED)
    assert words(change) == ("refused", [])
    assert "'order-shipped'" in change.reason
    assert "'shipped-notice'" in change.reason
    assert "renamed_from: order-shipped" in change.reason


def test_second_draft_of_one_name_is_deleted_before_anything_is_submitted() -> None:
    """Of two drafts the earliest wins; the other goes first, and is no delete for the guards."""
    first = replace(version(1, "Pending"), remote_id="a", create_time="2026-01-05 01:00:00")
    second = replace(version(1, "Pending"), remote_id="b", create_time="2026-01-05 01:00:01")
    made = decide(first, second)
    rows = [(one.remote_id, *words(one)) for one in made.changes if one.address == SHIPPED]
    assert rows == [("b", "delete", ["delete"]), ("a", "update", ["submit"])]
    past = replace(second, status="Reviewing")
    rows = [(one.remote_id, *words(one)) for one in decide(first, past).changes if one.address == SHIPPED]
    assert rows == [("a", "delete", ["delete"]), ("b", "wait", [])]


def test_replaced_signature_is_kept_until_nothing_hangs_on_it() -> None:
    """A new signature takes over by successors; the old one goes last, on request."""
    old = replace(build.o_brand, remote_id="id-old", name="旧品牌")
    replacing = replace(build.brand, replaces=("旧品牌", MessageType.NOTIFICATION))
    asked = build.desired(build.shop, replacing, build.shipped)
    hanging = replace(OLD, signature_id="id-old")
    made = plan(asked, build.observed(build.o_shop, build.o_brand, old, hanging), retire=True)
    assert words(only(made, SHIPPED)) == ("replace", ["create", "submit"])
    (row,) = (one for one in made.changes if one.remote_id == "id-old" and one.address == BRAND)
    assert words(row) == ("retire", [])
    assert "template.shipped hangs on it" in row.reason
    moved = replace(OLD, name="order-shipped_v2", description=marked(None, "0" * 64))
    made = plan(asked, build.observed(build.o_shop, build.o_brand, old, moved), retire=True)
    (row,) = (one for one in made.changes if one.remote_id == "id-old")
    assert words(row) == ("retire", ["delete"])
    assert not made.unmanaged


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("unmanaged", "template:by-hand hangs on it"),
        ("resting", "template:order-shipped hangs on it"),
        ("unread", "templates could not be read"),
    ],
)
def test_replaced_signature_is_kept_for_whatever_it_would_take_along(how, why) -> None:
    """A template made by hand, a leftover that still rests, and templates that nobody could read."""
    old = replace(build.o_brand, remote_id="id-old", name="旧品牌")
    asked = build.desired(
        build.shop, replace(build.brand, replaces=("旧品牌", MessageType.NOTIFICATION)), build.shipped
    )
    moved = replace(
        OLD, remote_id="id-2", name="order-shipped_v2", update_time=f"{build.NOW:%Y-%m-%d %H:%M:%S}"
    )
    on_it = replace(OLD, remote_id="id-1", signature_id="id-old")
    if how == "unmanaged":
        on_it = replace(on_it, name="by-hand")
    found = build.observed(build.o_shop, build.o_brand, old, moved, on_it)
    if how == "unread":
        found = replace(found, templates=Reading(problem="timed out"))
    made = plan(asked, found, retire=True)
    (row,) = (one for one in made.changes if one.remote_id == "id-old")
    assert words(row) == ("retire", [])
    assert why in row.reason


@pytest.mark.parametrize("note", [None, "", "给会员", "x" * 600])
def test_mark_travels_in_the_note_and_is_split_off_again(note) -> None:
    """The mark is the last word of the note, at most 500 characters long, and the user's part comes back."""
    text = marked(note, HASH)
    assert len(text) <= 500
    assert split_mark(text) == ((note or "")[: 500 - 26] or None, HASH[:16])
    assert split_mark("no mark") == ("no mark", None)


def test_mark_can_be_switched_off() -> None:
    """Without marks the note is sent as it is written."""
    asked = build.desired(build.shop, build.brand, replace(changed, description="给会员"), mark=False)
    change = only(plan(asked, build.observed(build.o_shop, build.o_brand)), SHIPPED)
    assert change.desired.description == "给会员"
    with_mark = only(plan(replace(asked, mark=True), build.observed(build.o_shop, build.o_brand)), SHIPPED)
    assert with_mark.desired.description.startswith("给会员 #smsconf:")


def test_one_text_under_two_numbers_waits_for_the_review_that_runs() -> None:
    """Whatever its number, the version in review that says what is desired is the candidate."""
    for other in ("Pending", "Reject", "Reviewing"):
        made = decide(version(2, "Reviewing"), version(3, other, content="另一段文字。"))
        assert words(only(made, SHIPPED)) == ("wait", [])
        assert only(made, SHIPPED).remote_name == "order-shipped_v2"
    made = decide(version(2, "Reviewing"), version(3, "Adopted", content="另一段文字。"))
    assert words(only(made, SHIPPED)) == ("wait", [])


@pytest.mark.parametrize(("first", "gone"), [("Pending", "id-3"), ("Reviewing", "id-3")])
def test_second_draft_of_one_text_is_deleted_before_anything_is_submitted(first, gone) -> None:
    """Of our drafts that say what is desired the first stays, and none beside one in review."""
    made = decide(
        version(2, first, create_time="2026-01-05 01:00:00"),
        version(3, "Pending", create_time="2026-01-05 01:00:01"),
        version(4, "Pending", ours=False, create_time="2026-01-05 01:00:02"),
    )
    deleted = [one.remote_id for one in made.changes if one.action.value == "delete"]
    assert deleted == [gone]
    assert only(made, SHIPPED).remote_id == "id-2"
    assert words(only(made, SHIPPED)) == (("update", ["submit"]) if first == "Pending" else ("wait", []))
    assert next(one.action.value for one in made.changes if one.address == SHIPPED) == "delete"


MAYBE = version(2, "Adopted", content="别的${1}。", ours=False)


def doubtful(*versions, site="international", brand="REVIEW_PASSED", template=changed, **more):
    """Plan where nothing but the journal tells whose a version is."""
    signature = replace(build.o_brand, status=brand)
    asked = more.pop("asked", None) or build.desired(build.shop, build.brand, template)
    return only(plan(asked, build.observed(build.o_shop, signature, *versions), site=site, **more), SHIPPED)


def test_approved_version_that_may_be_ours_is_named_where_no_note_shows() -> None:
    """It may be the one that serves; the way to say so is in the reason."""
    change = doubtful(OLD, MAYBE)
    assert change.contenders == (MAYBE,)
    assert change.live.name == "order-shipped"
    assert change.reason.endswith(
        "; order-shipped_v2 is approved, and nothing here shows whose it is: if ours, "
        "adopt: [order-shipped_v2]"
    )


def test_approved_version_that_is_known_not_to_serve_is_no_contender() -> None:
    """By the journal, by its number, by its verdict, or because notes are readable and it has no mark."""
    remembered = Memory(live={SHIPPED: OLD.remote_id})
    assert doubtful(OLD, MAYBE, memory=remembered).contenders == ()
    assert "adopt" not in doubtful(OLD, MAYBE, memory=remembered).reason
    theirs = Memory(created_by_others=frozenset({"id-2"}))
    assert doubtful(OLD, MAYBE, memory=theirs).contenders == ()
    assert doubtful(OLD, replace(MAYBE, status="Reviewing")).contenders == ()
    above = version(3, "Adopted", content="第三${1}。")
    assert doubtful(MAYBE, above, memory=Memory(created={"id-3": SHIPPED})).contenders == ()
    assert doubtful(OLD, MAYBE, template=build.shipped).contenders == ()
    assert doubtful(OLD, MAYBE, site="china", brand="REVIEW_PASSED").contenders == ()


def test_without_marks_readable_notes_show_nothing() -> None:
    """Where the project writes none, a version without one may be ours."""
    asked = build.desired(build.shop, build.brand, changed, mark=False)
    assert doubtful(OLD, MAYBE, site="china", asked=asked).contenders == (MAYBE,)


def test_version_of_another_environment_is_not_ours_whatever_it_bears() -> None:
    """Its mark says that smsconf made it, the journal for whom; one that is live here is ours."""
    theirs = version(2, "Pending", content="别的${1}。")
    memory = Memory(created_by_others=frozenset({"id-2"}))
    assert only(decide(OLD, theirs), SHIPPED).remote_id == "id-2"
    assert only(decide(OLD, theirs, memory=memory), SHIPPED).remote_name == "order-shipped_v3"
    served = version(2, "Adopted", content="别的${1}。")
    in_place = replace(changed, update=UpdatePolicy.IN_PLACE)
    here = replace(memory, live={SHIPPED: "id-2"})
    assert words(only(decide(OLD, served, template=in_place, memory=here), SHIPPED))[1][0] == "disable"


def test_newest_of_the_approved_versions_that_say_what_is_desired_is_live() -> None:
    """Whatever the journal recorded before."""
    memory = Memory(live={SHIPPED: "id-2"})
    made = decide(version(2, "Adopted"), version(3, "Adopted"), memory=memory)
    assert only(made, SHIPPED).live.remote_id == "id-3"


def test_candidate_is_numbered_above_every_approved_version() -> None:
    """A draft below the live one is a leftover of older days, and not the successor."""
    draft = version(2, "Pending", content="旧稿${1}。")
    third = version(3, "Adopted", content="第三${1}。")
    change = only(decide(draft, third), SHIPPED)
    assert (words(change), change.remote_name) == (("replace", ["create", "submit"]), "order-shipped_v4")
    above = version(4, "Pending", content="新稿${1}。")
    assert only(decide(draft, third, above), SHIPPED).remote_id == "id-4"


def test_twins_past_draft_are_counted_and_named() -> None:
    """Sorted, with their app; a draft beside one of them is only a draft."""
    twin = replace(OLD, remote_id="id-a", create_time="2026-01-04 00:00:00")
    assert only(decide(OLD, twin), SHIPPED).reason == (
        "2 templates of app.shop are named 'order-shipped': id-a, id-shipped"
    )
    draft = replace(twin, status="Pending")
    assert only(decide(OLD, draft), SHIPPED).action.value == "replace"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"create_time": None}, {"create_time": "2026-01-05 01:00:00"}),
        ({"create_time": "2026-01-05 01:00:00"}, {"create_time": "2026-01-05 01:00:00"}),
        ({"create_time": None}, {"create_time": None}),
    ],
)
def test_of_two_drafts_the_earlier_stays_else_the_one_with_the_smaller_id(first, second) -> None:
    """An answer without a time counts as the earliest; two runs must choose alike."""
    drafts = [
        replace(version(1, "Pending"), remote_id="a", **first),
        replace(version(1, "Pending"), remote_id="b", **second),
    ]
    for there in (drafts, drafts[::-1]):
        made = decide(*there)
        assert [one.remote_id for one in made.changes if one.action.value == "delete"] == ["b"]
        assert only(made, SHIPPED).remote_id == "a"


def test_second_draft_says_why_it_goes() -> None:
    """Its row is about itself."""
    made = decide(
        replace(version(1, "Pending"), remote_id="a"), replace(version(1, "Pending"), remote_id="b")
    )
    row = build.about(made, "b")
    assert (row.reason, row.status, row.observed.remote_id) == (
        "a second draft of one name or text, left by another run",
        "Pending",
        "b",
    )


def test_draft_of_ours_that_has_another_text_is_no_second_one() -> None:
    """Two numbers, two texts: the newer goes on, the older is left."""
    drafts = (version(2, "Pending", content="一${1}。"), version(3, "Pending", content="二${1}。"))
    made = decide(OLD, *drafts)
    assert [one.remote_id for one in made.changes if one.action.value == "delete"] == []
    assert only(made, SHIPPED).remote_id == "id-3"


def test_review_of_ours_that_is_superseded_is_called_back_even_if_older() -> None:
    """The reason names both versions; no field of it is shown."""
    made = decide(version(2, "Reviewing", content="旧${1}。"), version(3, "Adopted"))
    change = only(made, SHIPPED)
    assert (words(change), change.remote_id, change.fields) == (("withdraw", ["withdraw"]), "id-2", ())
    assert change.reason == (
        "order-shipped_v3 says what is desired and is live; the review of order-shipped_v2 is called back"
    )


def test_what_the_service_changed_is_told_by_the_version_recorded_as_live() -> None:
    """Nothing shows that it is ours but the journal, of its id and of what was submitted there."""
    altered = replace(version(2, "Adopted", type="promotion"), description=None)
    third = version(3, "Adopted", content="第三${1}。")
    memory = Memory(live={SHIPPED: "id-2"}, submitted={"id-2": HASH})
    change = only(decide(altered, third, memory=memory), SHIPPED)
    assert (words(change), change.live.remote_id) == (("none", []), "id-2")
    unknown = Memory(live={SHIPPED: "id-2"})
    assert words(only(decide(altered, third, memory=unknown), SHIPPED))[0] == "replace"


def test_what_another_version_in_review_says_stops_looking_for_what_was_changed() -> None:
    """It says what is desired: nothing else is submitted, and the older one is not called live."""
    altered = version(2, "Adopted", type="promotion")
    made = only(decide(altered, version(3, "Reviewing")), SHIPPED)
    assert (words(made), made.live.remote_id) == (("wait", []), "id-2")


def left(*versions, template, memory, **more):
    """Plan with another app beside the shop's."""
    found = build.observed(build.o_shop, build.o_outlet, build.o_brand, *versions)
    return plan(build.desired(build.shop, build.brand, template), found, memory=memory, **more)


RENAMED = replace(changed, name="notice")


def test_version_that_lies_under_a_former_name_is_asked_about_only_if_nothing_else_is_ours() -> None:
    """The journal knows it as created; one recorded as live counts in any case."""
    former = replace(OLD, remote_id="id-former")
    created = Memory(created={"id-former": SHIPPED})
    alone = only(left(former, template=RENAMED, memory=created), SHIPPED)
    assert (alone.action.value, alone.live) == ("refused", former)
    dead = replace(OLD, remote_id="id-dead", name="notice", status="Adopted_inactive", content="旧${1}。")
    moved_on = only(left(former, dead, template=RENAMED, memory=created), SHIPPED)
    assert (words(moved_on), moved_on.remote_name) == (("create", ["create", "submit"]), "notice_v2")
    serving = replace(created, live={SHIPPED: "id-former"})
    still = only(left(former, dead, template=RENAMED, memory=serving), SHIPPED)
    assert (still.action.value, still.live) == ("refused", former)


def test_rejected_version_under_a_former_name_is_nothing_to_ask_about() -> None:
    """It neither serves nor is in review: the new name begins anew."""
    for status in ("Reject", "Pending", "Adopted_inactive"):
        former = replace(OLD, remote_id="id-former", status=status)
        made = left(former, template=RENAMED, memory=Memory(created={"id-former": SHIPPED}))
        assert words(only(made, SHIPPED)) == ("create", ["create", "submit"])


def test_version_that_serves_is_asked_about_before_one_in_review() -> None:
    """Both lie under the former name; what is in review is only on its way."""
    reviewing = replace(OLD, remote_id="id-a", name="order-shipped_v2", status="Reviewing")
    serving = replace(OLD, remote_id="id-b")
    memory = Memory(created={"id-a": SHIPPED, "id-b": SHIPPED})
    row = only(left(reviewing, serving, template=RENAMED, memory=memory), SHIPPED)
    assert (row.live, row.candidate) == (serving, None)


def test_former_name_that_another_template_asks_for_with_other_words_is_in_the_way() -> None:
    """Only a template that says just what lies there has taken it over."""
    other = build.Address(build.Kind.TEMPLATE, "other")
    former = replace(OLD, name="order-shipped_v2", remote_id="id-former")
    memory = Memory(created={"id-former": SHIPPED})

    def row(content: str):
        taking = replace(build.shipped, address=other, content=content)
        found = build.observed(build.o_shop, build.o_brand, former)
        made = plan(build.desired(build.shop, build.brand, RENAMED, taking), found, memory=memory)
        return only(made, SHIPPED)

    assert words(row(OLD.content)) == ("create", ["create", "submit"])
    assert row("别的${1}。").reason == (
        "its live version has the name 'order-shipped_v2', now that of template.other: rename that one first"
    )


def test_what_is_noted_beside_what_the_service_changed_is_shown_too() -> None:
    """Both are differences that cause nothing by themselves."""
    noted = replace(changed, description="给会员")
    altered = version(1, "Adopted", type="promotion")
    change = only(decide(altered, template=noted), SHIPPED)
    assert [one.path for one in change.notes] == ["type", "description"]
    assert (words(change), change.fields) == (("none", []), ())


def test_name_of_a_template_under_another_app_takes_nothing_over_here() -> None:
    """It has not taken over what lies under this one."""
    other = replace(build.shipped, address=build.Address(build.Kind.TEMPLATE, "other"), app=build.OUTLET)
    asked = build.desired(build.shop, build.outlet, build.brand, RENAMED, other)
    found = build.observed(build.o_shop, build.o_outlet, build.o_brand, OLD)
    row = only(plan(asked, found, memory=Memory(created={OLD.remote_id: SHIPPED})), SHIPPED)
    assert row.reason == (
        "its live version is named 'order-shipped', the files say 'notice': add renamed_from: order-shipped"
    )


def test_version_that_says_what_is_desired_serves_whatever_lies_under_a_former_name() -> None:
    """The journal recorded that one as live, and the new name has an approved one already."""
    new = replace(OLD, remote_id="id-new", name="notice", content=NEW_TEXT)
    memory = Memory(live={SHIPPED: OLD.remote_id}, created={OLD.remote_id: SHIPPED})
    row = only(left(OLD, new, template=RENAMED, memory=memory), SHIPPED)
    assert (words(row), row.live) == (("none", []), new)


def test_of_several_superseded_reviews_the_newest_is_called_back_first() -> None:
    """One a run: the next one comes with the next plan."""
    made = decide(
        OLD, version(2, "Reviewing"), version(3, "Reviewing", content="三${1}。"), template=build.shipped
    )
    assert (words(only(made, SHIPPED)), only(made, SHIPPED).remote_id) == (("withdraw", ["withdraw"]), "id-3")


def test_what_the_service_changed_is_known_though_it_dropped_the_note() -> None:
    """The journal has the hash of what was submitted, note and all."""
    noted = replace(changed, description="给会员")
    altered = replace(version(1, "Adopted", type="promotion"), description=None)
    memory = Memory(live={SHIPPED: "id-1"}, submitted={"id-1": submission_hash(noted, build.brand, ())})
    change = only(decide(altered, template=noted, memory=memory), SHIPPED)
    assert (words(change), change.live.remote_id) == (("none", []), "id-1")
