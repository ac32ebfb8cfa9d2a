"""Leftovers and replaced signatures: how long they rest, what keeps them, and what their rows say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smsconf.model.address import Address, Kind
from smsconf.model.memory import Memory
from smsconf.model.resources import MessageType
from smsconf.reconcile.versions.submission import marked
from tests.reconcile import build
from tests.reconcile.build import (
    BRAND,
    SHIPPED,
    about,
    deleted,
    o_brand,
    o_shipped,
    o_shop,
    only,
    plan,
    words,
)

NEW = replace(build.shipped, content="新的${1}。")
LONG_AGO = "2025-11-01 00:00:00"
old = replace(o_shipped, update_time=LONG_AGO)
live = replace(
    o_shipped,
    remote_id="id-2",
    name="order-shipped_v2",
    content=NEW.content,
    description=marked(None, "0" * 64),
    update_time="2025-12-01 00:00:00",
)


def decide(*there, template=NEW, now=None, **more):
    found = build.observed(o_shop, o_brand, *there)
    found = replace(found, now=now or found.now)
    return plan(build.desired(build.shop, build.brand, template), found, **more)


def test_leftover_has_a_row_that_tells_what_serves_instead() -> None:
    """Its own name, id and status; the live version beside it; no submission and no field."""
    row = about(decide(old, live), "id-shipped")
    assert (words(row), row.address, row.remote_name) == (("retire", []), SHIPPED, "order-shipped")
    assert (row.status, row.observed, row.live) == ("Adopted", old, live)
    assert row.reason == "order-shipped_v2 is live; --retire deletes it"


@pytest.mark.parametrize(
    ("selection", "steps", "reason"),
    [
        ({"retire": True}, ["delete"], "order-shipped_v2 has been live long enough"),
        (
            {"retire_now": frozenset({SHIPPED})},
            ["delete"],
            "order-shipped_v2 is live; retired at once, as asked",
        ),
        ({"retire_now": frozenset({BRAND})}, [], "order-shipped_v2 is live; --retire deletes it"),
    ],
)
def test_leftover_that_rested_goes_when_asked(selection, steps, reason) -> None:
    """Another address that goes at once says nothing about this one."""
    row = about(decide(old, live, **selection), "id-shipped")
    assert (words(row), row.reason) == (("retire", steps), reason)


def test_rest_is_as_long_as_declared_and_counts_from_the_later_time() -> None:
    """Of the two versions; the row says until when."""
    for later in (old, live):
        versions = [
            replace(one, update_time="2026-01-04 02:00:00") if one is later else one for one in (old, live)
        ]
        day = replace(NEW, retire_after=86400)
        assert deleted(decide(*versions, template=day, retire=True)) == {"id-shipped"}
        made = decide(*versions, template=replace(NEW, retire_after=86401), retire=True)
        assert about(made, "id-shipped").reason == (
            "order-shipped_v2 is live; kept until 2026-01-05 02:00 UTC, then --retire deletes it"
        )


def test_rest_begins_now_where_no_time_can_be_read() -> None:
    """Nobody knows how long it has been live."""
    versions = [replace(one, update_time=None) for one in (old, live)]
    assert deleted(decide(*versions, retire=True)) == set()
    assert deleted(decide(*versions, template=replace(NEW, retire_after=0), retire=True)) == {"id-shipped"}


def test_guess_about_what_served_makes_the_rest_begin_now() -> None:
    """Another one was taken for the live version until this run."""
    assert deleted(decide(old, live, memory=Memory(guessed={SHIPPED: "id-shipped"}), retire=True)) == set()
    known = Memory(live={SHIPPED: "id-2"}, live_since={SHIPPED: datetime(2025, 12, 1, tzinfo=UTC)})
    assert deleted(decide(old, live, memory=known, retire=True)) == {"id-shipped"}


@pytest.mark.parametrize("site", ["china", "europe"])
def test_leftover_in_review_is_withdrawn_first_where_that_can_be(site) -> None:
    """Elsewhere it goes after the verdict, and the live version says that a review is superseded."""
    brand = replace(o_brand, status="REVIEW_PASSED")
    coming = replace(live, status="Reviewing")
    found = build.observed(o_shop, brand, old, coming)
    made = plan(build.desired(), found, site=site, retire_now=frozenset({SHIPPED}))
    row = about(made, "id-2")
    if site == "china":
        assert words(row) == ("retire", ["withdraw", "delete"])
        return
    assert (words(row), row.reason) == (
        ("retire", []),
        "in review, and this site cannot withdraw: after the verdict",
    )
    assert only(made, SHIPPED).reason == (
        "approved; order-shipped_v2 is superseded, but this site cannot withdraw its review"
    )


def test_version_of_somebody_else_is_never_a_leftover() -> None:
    """It said what is desired, and a newer one of ours does."""
    foreign = replace(live, description=None)
    ours = replace(live, remote_id="id-3", name="order-shipped_v3")
    made = decide(old, foreign, ours, retire_now=frozenset({SHIPPED}))
    assert only(made, SHIPPED).live == ours
    assert deleted(made) == {"id-shipped"}


def test_leftovers_are_listed_by_number() -> None:
    """Drafts, rejected and approved ones alike."""
    versions = [
        replace(
            live,
            remote_id=f"id-{number}",
            name=f"order-shipped_v{number}",
            status=status,
            content=f"{number}",
        )
        for number, status in ((12, "Reject"), (3, "Pending"), (5, "Disable"), (4, "Adopted_inactive"))
    ]
    made = decide(*versions, old, live, retire_now=frozenset({SHIPPED}))
    assert [one.remote_name for one in made.changes if one.action.value == "retire"] == [
        "order-shipped",
        "order-shipped_v3",
        "order-shipped_v5",
        "order-shipped_v12",
    ]


# -- signatures

replacing = replace(build.brand, name="示例百货", replaces=("示例商城", MessageType.NOTIFICATION))
o_new = replace(o_brand, remote_id="id-new", name="示例百货")
on_new = replace(o_shipped, signature_id="id-new")


def replaced(*there, new=o_new, signature=replacing, template=build.shipped, asked=None, **more):
    asked = asked or build.desired(build.shop, signature, template)
    found = build.observed(o_shop, o_brand, *([new] if new else []), *there)
    return plan(asked, found, **{"retire": True, **more})


def test_replaced_signature_has_a_row_beside_the_new_one() -> None:
    """With its own name, id and status; deleted on request."""
    made = replaced(on_new)
    row = about(made, "id-brand")
    assert (words(row), row.reason) == (("retire", ["delete"]), "replaced by 示例百货")
    assert (row.address, row.remote_name, row.status, row.observed, row.carries) == (
        BRAND,
        "示例商城",
        "REVIEW_PROCESSING_COMPLETED",
        o_brand,
        (),
    )
    assert about(replaced(on_new, retire=False), "id-brand").reason == (
        "replaced by 示例百货; --retire deletes it"
    )
    at_once = replaced(on_new, retire=False, retire_now=frozenset({BRAND}))
    assert deleted(at_once) == {"id-brand"}


def test_replaced_signature_is_kept_until_the_new_one_is_approved() -> None:
    """Neither in review nor absent is enough; one that is approved and still being configured is."""
    for new in (replace(o_new, status="PENDING_REVIEW"), None):
        row = about(replaced(new=new), "id-brand")
        assert (words(row), row.reason) == (("retire", []), "kept until signature.brand is approved")
    assert deleted(replaced(on_new, new=replace(o_new, status="PROCESSING"))) == {"id-brand"}


def test_replaced_signature_of_a_protected_address_is_kept() -> None:
    """No flag deletes it."""
    asked = build.desired(build.shop, replacing, build.shipped, protected=frozenset({BRAND}))
    row = about(replaced(on_new, asked=asked), "id-brand")
    assert (words(row), row.reason) == (("retire", []), "protected: no flag deletes it")


def test_external_signature_retires_nothing() -> None:
    """It is not ours, and neither is what it took over from."""
    made = replaced(on_new, signature=replace(replacing, external=True))
    assert [one for one in made.changes if one.action.value == "retire"] == []


def test_replaced_signature_is_found_under_the_same_app_and_type_only() -> None:
    """Of two of them nobody can tell which it was."""
    for there in (
        replace(o_brand, app_key="key-outlet"),
        replace(o_brand, type="promotion"),
    ):
        made = plan(
            build.desired(build.shop, replacing, build.shipped),
            build.observed(o_shop, build.o_outlet, there, o_new, on_new),
            retire=True,
        )
        assert [one for one in made.changes if one.action.value == "retire"] == []
    twins = replaced(on_new, replace(o_brand, remote_id="id-twin"))
    assert [one for one in twins.changes if one.action.value == "retire"] == []


def test_replaced_signature_takes_dead_templates_along_and_says_so() -> None:
    """Only ours; they count as deletes, and are named while it goes, not while it is kept."""
    dead = replace(
        o_shipped, remote_id="id-dead", name="order-shipped_v7", status="Adopted_inactive", description=None
    )
    other_environments = replace(dead, remote_id="id-8", name="order-shipped_v8", signature_id="id-new")
    memory = Memory(created={"id-dead": SHIPPED, "id-8": SHIPPED})
    row = about(replaced(on_new, dead, other_environments, memory=memory), "id-brand")
    assert (row.reason, row.carries, row.deletes) == (
        "replaced by 示例百货; takes order-shipped_v7 along",
        ("order-shipped_v7",),
        2,
    )
    kept = about(replaced(on_new, dead, memory=memory, retire=False), "id-brand")
    assert (kept.carries, kept.deletes) == ((), 0)
    stranger = replace(dead, name="by-hand")
    assert about(replaced(on_new, stranger), "id-brand").reason == "kept while template:by-hand hangs on it"


def test_replaced_signature_goes_with_the_leftovers_that_go_in_this_run() -> None:
    """They are deleted on terms of their own, before it."""
    leftover = replace(o_shipped, remote_id="id-1", update_time=LONG_AGO)
    moved = replace(
        o_shipped, remote_id="id-2", name="order-shipped_v2", signature_id="id-new", update_time=LONG_AGO
    )
    memory = Memory(created={"id-2": SHIPPED}, live={SHIPPED: "id-2"})
    assert deleted(replaced(leftover, moved, memory=memory)) == {"id-1", "id-brand"}
    targets = frozenset({SHIPPED})
    both = replaced(leftover, moved, memory=memory, targets=targets)
    assert deleted(both) == {"id-1", "id-brand"}


def test_last_signature_of_an_approved_universal_template_is_kept() -> None:
    """Of another type, another app, or not approved it helps nobody; one that is not sent needs none."""
    universal = replace(o_shipped, remote_id="id-u", name="anyone", universal=True, signature_id=None)
    other_type = replace(o_new, type="promotion")
    asked = build.desired(
        build.shop,
        replace(replacing, type=MessageType.PROMOTION),
        replace(build.shipped, signature=None, universal=True, name="anyone"),
    )
    row = about(replaced(universal, new=other_type, asked=asked), "id-brand")
    assert (words(row), row.reason) == (("retire", []), "kept while template.shipped hangs on it")
    assert deleted(replaced(universal, on_new)) == {"id-brand"}
    draft = replace(universal, status="Pending")
    assert deleted(replaced(draft, new=other_type, asked=asked)) == {"id-brand"}
    other = replace(universal, type="promotion")
    assert deleted(replaced(other, new=other_type, asked=asked)) == {"id-brand"}


def test_signature_that_is_not_approved_holds_no_universal_template() -> None:
    """Nothing can be sent under it anyway."""
    universal = replace(o_shipped, remote_id="id-u", name="anyone", universal=True, signature_id=None)
    lost = replace(o_brand, status="REVIEW_NOT_PASS")
    asked = build.desired(build.shop, replace(replacing, type=MessageType.PROMOTION))
    found = build.observed(o_shop, lost, replace(o_new, type="promotion"), universal)
    assert deleted(plan(asked, found, retire=True)) == {"id-brand"}


def test_names_of_what_hangs_on_a_replaced_signature_are_sorted() -> None:
    """Addresses where they are declared."""
    notice = Address(Kind.TEMPLATE, "notice")
    other = replace(build.shipped, address=notice, name="notice")
    asked = build.desired(build.shop, replacing, build.shipped, other)
    there = (o_shipped, replace(o_shipped, remote_id="id-n", name="notice"))
    row = about(replaced(*there, asked=asked), "id-brand")
    assert row.reason == "kept while template.notice, template.shipped hangs on it"
    by_hand = [replace(o_shipped, remote_id=f"id-{name}", name=name) for name in ("b", "a")]
    row = about(replaced(on_new, *by_hand), "id-brand")
    assert row.reason == "kept while template:a, template:b hangs on it"
