"""Where every address stands: whose status its row shows, and what that means."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smsconf.model.address import Address, Kind
from smsconf.model.memory import Memory
from smsconf.model.resources import Region, Threshold
from smsconf.model.sites import SITES
from smsconf.reconcile.review import Review, read_reviews
from smsconf.reconcile.versions.submission import marked
from tests.reconcile import build
from tests.reconcile.build import BRAND, SHIPPED, SHOP, o_brand, o_shipped, o_shop, plan

NEW = replace(build.shipped, content="您的订单${1}今天已发货。")
second = replace(
    o_shipped,
    remote_id="id-2",
    name="order-shipped_v2",
    content=NEW.content,
    description=marked(None, "0" * 64),
    template_id=None,
)


def reviews(asked, *there, memory=None, **more) -> dict[Address, Review]:
    made = plan(asked, build.observed(*there) if there else build.nothing(), memory=memory, **more)
    return {one.address: one for one in read_reviews(made, SITES["china"])}


def of_template(*versions, template=build.shipped, memory=None, brand=o_brand) -> Review:
    asked = build.desired(build.shop, build.brand, template)
    return reviews(asked, o_shop, brand, *versions, memory=memory)[SHIPPED]


def said(review: Review) -> tuple[str, str, list[str]]:
    """Return whose row it is, what it says, and what it is."""
    flags = [name for name in ("done", "approved", "usable") if getattr(review.verdict, name)]
    return review.remote_name, review.verdict.message, flags


def test_row_has_what_the_service_says() -> None:
    """Ids, status, sender, the id to send with, and the time of the last change, else of the first."""
    app = replace(o_shop, channel_num="8823", create_time="2026-01-01 00:00:00")
    brand = replace(o_brand, channel_num="1069", review_message="ok", update_time="2026-01-03 00:00:00")
    shipped = replace(o_shipped, create_time="2026-01-01 00:00:00", update_time="2026-01-04 00:00:00")
    rows = reviews(build.desired(), app, brand, shipped)
    assert [
        (one.remote_name, one.remote_id, one.status, one.since, one.channel_num, one.template_id)
        for one in rows.values()
    ] == [
        ("shop_prod", "id-shop", "LAUNCHED", "2026-01-01 00:00:00", "8823", None),
        ("示例商城", "id-brand", "REVIEW_PROCESSING_COMPLETED", "2026-01-03 00:00:00", "1069", None),
        ("order-shipped", "id-shipped", "Adopted", "2026-01-04 00:00:00", None, "f" * 32),
    ]
    assert [one.review_message for one in rows.values()] == [None, "ok", None]
    assert [one.phase.value for one in rows.values()] == ["in service", "approved", "approved"]
    assert not any(one.pending or one.rejected or one.stuck for one in rows.values())


def test_only_what_the_service_can_have_has_a_row_and_each_address_one() -> None:
    """No manual step, no leftover, no object that no address claims."""
    cn = Address(Kind.THRESHOLD, "cn")
    asked = build.desired(
        build.shop, build.brand, NEW, thresholds={cn: Threshold(cn, Region.CN, 8, 10, 80, 100)}
    )
    other = replace(o_shipped, remote_id="id-other", name="other")
    made = plan(asked, build.observed(o_shop, o_brand, o_shipped, second, other), prune=True)
    assert {one.action.value for one in made.changes} == {"manual", "none", "retire", "delete"}
    assert [one.address for one in read_reviews(made, SITES["china"])] == [SHOP, BRAND, SHIPPED]


def test_what_is_not_there_is_pending() -> None:
    """Its row has the name that is asked for and nothing of the service's."""
    row = reviews(build.desired())[SHIPPED]
    assert (said(row), row.phase.value) == (("order-shipped", "not at the service yet", []), "absent")
    assert (row.remote_id, row.status, row.pending, row.rejected) == (None, None, True, False)


def test_what_is_refused_and_not_there_says_why() -> None:
    """Nobody knows what it is, and nothing is promised."""
    asked = build.desired(build.abroad, replace(build.hello, countries=("Atlantis",)))
    row = reviews(asked, build.o_abroad)[build.HELLO]
    assert (said(row), row.phase.value) == (
        ("hello", "the service knows no country 'Atlantis'", []),
        "unknown",
    )
    assert row.pending


@pytest.mark.parametrize(
    ("status", "pending", "rejected"),
    [("Pending", True, False), ("Reviewing", True, False), ("Reject", False, True)],
)
def test_version_on_its_way_is_told_beside_the_one_that_serves(status, pending, rejected) -> None:
    """Usable meanwhile, with the id of the one that serves; not approved, and the reviewer's words."""
    coming = replace(second, status=status, review_message="请补充")
    row = of_template(o_shipped, coming, template=NEW)
    name, message, flags = said(row)
    assert (name, row.status, row.template_id) == ("order-shipped_v2", status, "f" * 32)
    assert message.endswith("; order-shipped serves meanwhile")
    assert ("usable" in flags, "approved" in flags) == (True, False)
    assert (row.pending, row.rejected, row.review_message) == (pending, rejected, "请补充")


def test_live_version_that_will_be_replaced_is_not_done() -> None:
    """It serves, and what is asked is still to come."""
    row = of_template(o_shipped, template=NEW)
    assert said(row) == (
        "order-shipped",
        "approved; apply replaces it by order-shipped_v2",
        ["approved", "usable"],
    )
    assert (row.template_id, row.pending) == ("f" * 32, True)


def test_live_version_whose_successor_cannot_be_sent_says_why() -> None:
    """The old one serves, and its row tells what is in the way."""
    row = of_template(o_shipped, template=NEW, brand=replace(o_brand, status="REVIEW_NOT_PASS"))
    assert said(row) == (
        "order-shipped",
        "approved; blocked: signature.brand was rejected",
        ["approved", "usable"],
    )


def test_version_that_is_called_back_hides_nothing_of_the_live_one() -> None:
    """Nobody needs what is on its way: the row is that of the version that serves."""
    row = of_template(o_shipped, replace(second, status="Reviewing"))
    assert (row.remote_id, row.status, row.pending) == ("id-shipped", "Adopted", False)
    assert said(row)[2] == ["done", "approved", "usable"]


def test_approved_template_that_is_not_quite_as_desired_says_so() -> None:
    """What the service changed on approval stands in the row, not just that it is approved."""
    memory = Memory(created={"id-2": SHIPPED}, live={SHIPPED: "id-2"})
    made = plan(build.desired(build.shop, build.brand, NEW), build.observed(o_shop, o_brand, build.o_shipped))
    (change,) = (one for one in made.changes if one.address == SHIPPED)
    altered = replace(second, type="promotion", description=marked(None, change.submission))
    row = of_template(o_shipped, altered, template=NEW, memory=memory)
    assert said(row) == (
        "order-shipped_v2",
        "approved; type changed by the service; --resubmit submits it again",
        ["done", "approved", "usable"],
    )


def test_disabled_template_is_stuck_only_while_nothing_else_helps() -> None:
    """Not where another version serves, nor where the next apply submits it."""
    disabled = replace(o_shipped, status="Disable")
    assert of_template(disabled).stuck
    assert not of_template(disabled, memory=Memory(disabled=frozenset({"id-shipped"}))).stuck
    assert not of_template(o_shipped, replace(second, status="Disable"), template=NEW).stuck
    assert not of_template(replace(o_shipped, status="Reject")).stuck


def test_deactivated_template_counts_as_rejected() -> None:
    """The operators took it back: the exit code is that of a rejection."""
    row = of_template(replace(o_shipped, status="Adopted_inactive"))
    assert (row.rejected, row.pending, row.phase.value) == (True, False, "deactivated")
