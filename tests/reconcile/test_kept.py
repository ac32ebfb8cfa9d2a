"""What serves, or may serve, is deleted by no flag: each case once was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smsconf.model.address import Address, Kind
from smsconf.model.memory import Memory
from smsconf.model.sites import SITES
from smsconf.reconcile.inputs import Inputs, Selection
from smsconf.reconcile.plan import make_plan
from tests.reconcile import build
from tests.reconcile.build import BRAND, SHIPPED, deleted, o_brand, o_shipped, o_shop, only, shipped, shop

v2 = replace(o_shipped, remote_id="id-2", name="order-shipped_v2", create_time="2026-01-02 00:00:00")
waiting = replace(o_shipped, status="Reviewing")
HERE = (o_shop, o_brand)
PAYBACK = replace(shipped, name="payback")


def test_version_of_somebody_else_that_is_live_is_not_pruned() -> None:
    """It was called live in one row and deleted in the next, and no approved version was left."""
    made = build.plan(build.desired(), build.observed(*HERE, waiting, v2), prune=True)
    row = only(made, SHIPPED)
    assert (row.action.value, row.remote_id, row.live) == ("withdraw", "id-shipped", v2)
    assert (deleted(made), made.unmanaged) == (set(), {})


def test_twins_that_nobody_can_tell_apart_are_not_pruned() -> None:
    """Their address was refused because of them, and both were deleted."""
    twin = replace(v2, remote_id="id-twin")
    made = build.plan(build.desired(), build.observed(*HERE, v2, twin), prune=True)
    assert only(made, SHIPPED).action.value == "refused"
    assert deleted(made) == set()


@pytest.mark.parametrize("text", ["别的内容。", "另一个内容。"])
def test_drafts_of_somebody_else_are_never_deleted(text: str) -> None:
    """Two drafts of one name, neither ours: the second was taken for a draft left by another run."""
    draft = replace(v2, status="Pending", content="别的内容。")
    other = replace(draft, remote_id="id-other", content=text)
    made = build.plan(build.desired(), build.observed(*HERE, o_shipped, draft, other))
    assert deleted(made) == set()
    mine = replace(draft, remote_id="id-mine", create_time="2026-01-03 00:00:00")
    memory = Memory(created={"id-mine": SHIPPED})
    made = build.plan(build.desired(), build.observed(*HERE, o_shipped, draft, mine), memory=memory)
    assert deleted(made) == set()


def test_of_two_apps_with_the_names_of_one_nothing_is_pruned() -> None:
    """While both names of a renamed app were there, the other app's templates were deleted too."""
    app = replace(shop, name="store", renamed_from="shop_prod")
    store = replace(o_shop, remote_id="id-store", app_key="key-store", name="store")
    precious = replace(o_shipped, remote_id="id-precious", app_key="key-store", name="precious")
    made = build.plan(build.desired(app), build.observed(*HERE, store, precious, o_shipped), prune=True)
    assert only(made, app.address).action.value == "refused"
    assert deleted(made) == set()


def test_misspelt_country_leaves_the_live_version_live() -> None:
    """The unknown name was left out, so that an older version for fewer countries said what is desired."""
    asked = replace(build.hello, countries=("Singapore", "Brazl"), retire_after=0)
    old = replace(build.o_hello, country_ids=(65,))
    new = replace(build.o_hello, remote_id="id-2", name="hello_v2")
    memory = Memory(live={build.HELLO: "id-2"}, created={"id-2": build.HELLO})
    found = build.observed(build.o_abroad, old, new)
    made = build.plan(build.desired(build.abroad, asked), found, memory=memory, retire=True)
    row = only(made, build.HELLO)
    assert (row.action.value, row.live, deleted(made)) == ("refused", new, set())
    assert "did you mean Brazil?" in row.reason


def test_unknown_status_in_a_family_stops_retiring_too() -> None:
    """Nothing is written for an address of which something cannot be read."""
    strange = replace(v2, remote_id="id-3", name="order-shipped_v3", status="Frozen")
    old = replace(o_shipped, content="旧内容。")
    memory = Memory(created={"id-2": SHIPPED}, live={SHIPPED: "id-2"})
    asked = build.desired(shop, build.brand, replace(shipped, retire_after=0))
    made = build.plan(asked, build.observed(*HERE, old, v2, strange), memory=memory, retire=True)
    assert (only(made, SHIPPED).action.value, deleted(made)) == ("refused", set())


@pytest.mark.parametrize(
    ("there", "said"),
    [
        (o_shipped, "its live version is named 'order-shipped', the files say 'payback'"),
        (waiting, "its version in review is named 'order-shipped', the files say 'payback'"),
    ],
)
def test_name_that_changes_before_the_approval_was_seen_is_asked_about(there, said: str) -> None:
    """The same text was submitted under the new name, and --prune deleted what served under the old one."""
    memory = Memory(created={"id-shipped": SHIPPED})
    asked = build.desired(shop, build.brand, PAYBACK)
    made = build.plan(asked, build.observed(*HERE, there), memory=memory, prune=True)
    row = only(made, SHIPPED)
    assert (row.action.value, row.steps, deleted(made)) == ("refused", (), set())
    assert row.reason == f"{said}: add renamed_from: order-shipped"


def test_way_out_of_a_rename_names_the_family() -> None:
    """With the name of a later version the family was cut in two, and one text submitted twice."""
    third = replace(v2, remote_id="id-3", name="order-shipped_v3", status="Reviewing", content="新内容。")
    memory = Memory(created={"id-3": SHIPPED}, live={SHIPPED: "id-2"})
    asked = build.desired(shop, build.brand, PAYBACK)
    made = build.plan(asked, build.observed(*HERE, o_shipped, v2, third), memory=memory, prune=True)
    row = only(made, SHIPPED)
    assert row.reason.endswith(
        "is named 'order-shipped_v2', the files say 'payback': add renamed_from: order-shipped"
    )
    assert deleted(made) == set()


def test_name_that_another_template_took_over_is_its_own() -> None:
    """What was ours once is a version of the template that is declared under its name now."""
    memory = Memory(live={SHIPPED: "id-shipped"}, created={"id-shipped": SHIPPED})
    other = replace(shipped, address=Address(Kind.TEMPLATE, "other"))
    asked = build.desired(shop, build.brand, PAYBACK, other)
    made = build.plan(asked, build.observed(*HERE, o_shipped), memory=memory)
    assert [only(made, one).action.value for one in (SHIPPED, other.address)] == ["create", "none"]


def test_move_before_the_approval_was_seen_says_that_nothing_serves() -> None:
    """The reason was that it is not at the service yet."""
    outlet = replace(shop, address=Address(Kind.APP, "outlet"), name="outlet")
    there = replace(o_shop, remote_id="id-outlet", app_key="key-outlet", name="outlet")
    sign = replace(o_brand, remote_id="id-sign", name="奥莱", app_key="key-outlet")
    partner = replace(build.brand, address=Address(Kind.SIGNATURE, "sign"), app=outlet.address, name="奥莱")
    moved = replace(shipped, app=outlet.address, signature=partner.address)
    memory = Memory(created={"id-shipped": SHIPPED})
    asked = build.desired(shop, outlet, build.brand, partner, moved)
    made = build.plan(asked, build.observed(*HERE, there, sign, o_shipped), memory=memory, prune=True)
    assert only(made, SHIPPED).reason.startswith(
        "new under app.outlet: nothing serves until it is approved, order-shipped stays under app.shop"
    )
    assert deleted(made) == set()


@pytest.mark.parametrize("moved", [False, True])
def test_last_signature_of_a_universal_template_stays(*, moved: bool) -> None:
    """Of another environment, or left behind by a move: it hangs on no signature, and needs one."""
    anyone = replace(shipped, universal=True, signature=None)
    found = build.observed(*HERE, replace(o_shipped, universal=True, signature_id=None))
    if moved:
        outlet = replace(shop, address=Address(Kind.APP, "outlet"), name="outlet")
        there = replace(o_shop, remote_id="id-outlet", app_key="key-outlet", name="outlet")
        found = replace(found, apps=replace(found.apps, items=(*found.apps.items, there)))
        asked = build.desired(shop, outlet, replace(anyone, app=outlet.address))
        memory = Memory(live={SHIPPED: "id-shipped"})
        made = build.plan(asked, found, memory=memory, prune=True)
    else:
        other_environments = {"prod": build.desired(shop, anyone)}
        selection = Selection(prune=True)
        here = build.desired(shop)
        made = make_plan(
            Inputs(SITES["china"], here, found, selection, other_environments=other_environments)
        )
    (row,) = (change for change in made.changes if change.kind is Kind.SIGNATURE)
    assert (row.action.value, row.steps, deleted(made)) == ("wait", (), set())
    assert row.reason == "template:order-shipped hangs on it"


def test_external_signature_under_another_app_is_refused() -> None:
    """The plan promised a successor, and every run failed at the service."""
    outlet = replace(shop, address=Address(Kind.APP, "outlet"), name="outlet")
    there = replace(o_shop, remote_id="id-outlet", app_key="key-outlet", name="outlet")
    partner = replace(build.brand, external=True)
    other_environments = replace(o_brand, app_key="key-outlet")
    made = build.plan(
        build.desired(shop, outlet, partner, shipped), build.observed(o_shop, there, other_environments)
    )
    assert only(made, BRAND).reason == "external, but it belongs to app.outlet: declare it under that app"
    assert only(made, SHIPPED).blocked_by == BRAND


def test_signature_waits_for_templates_that_are_no_target() -> None:
    """The plan said delete, and each apply skipped it."""
    new = replace(build.brand, name="示例百货", replaces=("示例商城", build.brand.type))
    o_new = replace(o_brand, remote_id="id-new", name="示例百货")
    second = replace(v2, signature_id="id-new")
    asked = build.desired(shop, new, replace(shipped, retire_after=0))
    memory = Memory(created={"id-2": SHIPPED}, live={SHIPPED: "id-2"})
    found = build.observed(*HERE, o_new, o_shipped, second)
    kept = build.plan(asked, found, memory=memory, retire=True, targets=frozenset({BRAND}))
    assert deleted(kept) == set()
    assert deleted(build.plan(asked, found, memory=memory, retire=True)) == {"id-shipped", "id-brand"}


def test_protected_signature_that_left_the_files_is_not_retired_as_replaced() -> None:
    """Nothing shows that it is the one that was protected, and nothing that it is not."""
    old = Address(Kind.SIGNATURE, "old")
    new = replace(build.brand, name="示例百货", replaces=("示例商城", build.brand.type))
    o_new = replace(o_brand, remote_id="id-new", name="示例百货")
    asked = build.desired(shop, new, protected=frozenset({old}))
    made = build.plan(asked, build.observed(*HERE, o_new), retire=True)
    assert deleted(made) == set()
    assert deleted(
        build.plan(replace(asked, protected=frozenset()), build.observed(*HERE, o_new), retire=True)
    )


def test_what_another_environment_protects_is_protected_here() -> None:
    """It had left the files of both, and one of the two still listed it."""
    other_environments = {
        "prod": build.desired(shop, build.brand, protected=frozenset({Address(Kind.TEMPLATE, "refund")}))
    }
    refund = replace(o_shipped, remote_id="id-refund", name="refund")
    selection = Selection(prune=True)
    here, found = build.desired(shop, build.brand), build.observed(*HERE, refund)
    assert deleted(make_plan(Inputs(SITES["china"], here, found, selection))) == {"id-refund"}
    assert (
        deleted(
            make_plan(Inputs(SITES["china"], here, found, selection, other_environments=other_environments))
        )
        == set()
    )


def test_every_version_of_what_the_journal_knows_is_protected() -> None:
    """Adopted ones had another name than the key, and only what our runs had made was found."""
    refund = Address(Kind.TEMPLATE, "refund")
    versions = [
        replace(o_shipped, remote_id=f"id-{number}", name=name)
        for number, name in enumerate(("shop_refund", "shop_refund_v2", "shop_refund_v3"))
    ]
    asked = build.desired(shop, build.brand, protected=frozenset({refund}))
    memory = Memory(live={refund: "id-2"})
    made = build.plan(asked, build.observed(*HERE, *versions), memory=memory, prune=True)
    assert deleted(made) == set()


def test_templates_that_exchange_names_are_refused() -> None:
    """Each was given the id and the text of the other; a name says nothing about whose text it is."""
    other = Address(Kind.TEMPLATE, "other")
    there = replace(
        o_shipped, remote_id="id-other", name="other-name", content="另一条短信。", variables=None
    )
    swapped = (
        replace(shipped, name="other-name"),
        replace(shipped, address=other, content="另一条短信。", variables=()),
    )
    memory = Memory(
        live={SHIPPED: "id-shipped", other: "id-other"}, created={"id-shipped": SHIPPED, "id-other": other}
    )
    asked = build.desired(shop, build.brand, *swapped)
    made = build.plan(asked, build.observed(*HERE, o_shipped, there), memory=memory, prune=True, retire=True)
    rows = [only(made, one) for one in (SHIPPED, other)]
    assert [(row.action.value, row.live and row.live.remote_id) for row in rows] == [
        ("refused", "id-shipped"),
        ("refused", "id-other"),
    ]
    assert rows[0].reason == (
        "its live version has the name 'order-shipped', now that of template.other: rename that one first"
    )
    assert deleted(made) == set()


def test_version_in_review_under_an_old_name_does_not_serve() -> None:
    """It was the live one of the refused row, so that outputs named it and the journal recorded it."""
    memory = Memory(created={"id-shipped": SHIPPED})
    made = build.plan(
        build.desired(shop, build.brand, PAYBACK), build.observed(*HERE, waiting), memory=memory
    )
    row = only(made, SHIPPED)
    assert (row.action.value, row.live, row.candidate) == ("refused", None, waiting)


def test_deactivation_after_a_finished_rename_is_told() -> None:
    """An old version under the former name was taken for the live one, and the words were lost."""
    dead = replace(
        o_shipped, remote_id="id-2", name="payback_v2", status="Adopted_inactive", review_message="spam"
    )
    memory = Memory(created={"id-shipped": SHIPPED, "id-2": SHIPPED}, live={SHIPPED: "id-2"})
    asked = build.desired(shop, build.brand, PAYBACK)
    made = build.plan(asked, build.observed(*HERE, replace(o_shipped, content="旧。"), dead), memory=memory)
    row = only(made, SHIPPED)
    assert (row.action.value, row.rejected, row.live) == ("none", True, None)
    assert "spam" in row.reason


def test_protection_by_an_environment_with_other_apps_stops_nothing_here() -> None:
    """A stale entry of one environment stopped all pruning of another that has other apps."""
    stale = frozenset({Address(Kind.TEMPLATE, "gone")})
    other = replace(shop, address=Address(Kind.APP, "other"), name="other")
    junk = replace(o_shipped, remote_id="id-junk", name="junk")
    here, found = build.desired(shop, build.brand), build.observed(*HERE, junk)
    for app, expected in ((other, {"id-junk"}), (shop, set())):
        other_environments = {"prod": build.desired(app, protected=stale)}
        made = make_plan(
            Inputs(SITES["china"], here, found, Selection(prune=True), other_environments=other_environments)
        )
        assert deleted(made) == expected


def test_what_is_kept_for_a_refused_address_is_told() -> None:
    """It was neither pruned nor counted nor named."""
    memory = Memory(created={"id-shipped": SHIPPED})
    hand = replace(o_shipped, remote_id="id-hand", name="order-shipped_v5", content="手工。")
    asked = build.desired(shop, build.brand, PAYBACK)
    made = build.plan(asked, build.observed(*HERE, o_shipped, hand), memory=memory, prune=True)
    (row,) = (change for change in made.changes if change.remote_id == "id-hand")
    assert (row.action.value, row.reason) == ("none", "kept: nothing can be decided about template.shipped")
    assert sum(made.unmanaged.values()) == 1


def test_version_that_another_address_serves_by_is_not_retired() -> None:
    """Two addresses about one name: the one that has it now retired what the other is still live with."""
    other = replace(
        shipped, address=Address(Kind.TEMPLATE, "other"), content="另一条。", variables=(), retire_after=0
    )
    settled = replace(v2, content="另一条。", variables=None)
    memory = Memory(
        created={"id-shipped": SHIPPED, "id-2": other.address},
        live={SHIPPED: "id-shipped", other.address: "id-2"},
    )
    asked = build.desired(shop, build.brand, PAYBACK, other)
    made = build.plan(asked, build.observed(*HERE, o_shipped, settled), memory=memory, retire=True)
    assert only(made, SHIPPED).live == o_shipped
    assert deleted(made) == set()
