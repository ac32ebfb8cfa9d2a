"""The plan as a whole: order, guards, incomplete reads, pruning, targets, apps."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smsconf.model.address import Address, Kind
from smsconf.model.memory import Memory
from smsconf.model.observed import Quota, Reading
from smsconf.model.resources import Region, Threshold
from tests.reconcile import build
from tests.reconcile.build import ABROAD, BRAND, SHIPPED, SHOP, only, plan, words


def test_plan_of_what_is_already_so_is_empty() -> None:
    """When everything asked is there, no change sends anything."""
    made = plan(build.desired(), build.observed())
    assert {change.action.value for change in made.changes} == {"none"}
    assert not made.sends
    assert not made.refusals


def test_order_follows_the_dependencies() -> None:
    """Apps come before their signatures, those before their templates."""
    made = plan(build.desired(build.shipped, build.brand, build.shop), build.nothing())
    assert [str(change.address) for change in made.changes] == [
        "app.shop",
        "signature.brand",
        "template.shipped",
    ]


@pytest.mark.parametrize(
    ("kind", "refused"),
    [
        ("apps", {"app.shop", "signature.brand", "template.shipped"}),
        ("signatures", {"signature.brand", "template.shipped"}),
        ("templates", {"template.shipped"}),
    ],
)
def test_incomplete_read_stops_its_kind_and_what_depends_on_it(kind, refused) -> None:
    """Nothing is written of a kind that could not be read, nor of kinds below it; the rest goes on."""
    made = plan(build.desired(), build.nothing(**{kind: Reading(problem="page 2 is missing")}))
    assert {change.label for change in made.changes if change.action.value == "refused"} == refused
    assert made.incomplete
    assert not any(change.steps for change in made.changes if change.label in refused)
    assert [one.scope for one in made.refusals].count("read") == 1


@pytest.mark.parametrize(
    ("observed", "expected", "asked"),
    [
        ("https://old.example.com", ("update", ["edit"]), build.shop),
        ("https://sms.example.com/replies", ("none", []), build.shop),
        ("https://old.example.com", ("update", ["edit"]), replace(build.shop, reply_url=None)),
        ("https://old.example.com", ("none", []), replace(build.shop, reply_url=build.abroad.reply_url)),
        ("https://old.example.com", ("none", []), replace(build.shop, external=True)),
    ],
    ids=["differs", "equal", "null clears", "absent is left alone", "external"],
)
def test_reply_address_decides_about_an_app(observed, expected, asked) -> None:
    """A reply address is compared, cleared by null, and left alone when absent or external."""
    made = plan(build.desired(asked), build.observed(replace(build.o_shop, reply_url=observed)))
    assert words(only(made, SHOP)) == expected


def test_app_beyond_the_quota_is_refused_with_the_numbers() -> None:
    """Apps cannot be deleted, so the plan never asks for one more than the account may have."""
    made = plan(
        build.desired(),
        build.nothing(app_quotas={Region.CN: Quota(2, 2)}),
    )
    assert words(only(made, SHOP)) == ("refused", [])
    assert "(2 of 2)" in only(made, SHOP).reason
    assert only(made, BRAND).blocked_by == SHOP


def test_missing_external_app_is_refused() -> None:
    """An external app is never created."""
    made = plan(build.desired(replace(build.shop, external=True)), build.nothing())
    assert words(only(made, SHOP)) == ("refused", [])


def test_app_that_left_the_files_is_forgotten_not_deleted() -> None:
    """An app that earlier runs managed and no file declares any more stays, and the plan says so once."""
    old = Address(Kind.APP, "old")
    other = replace(build.o_shop, remote_id="id-old", name="old", app_key="key-old")
    memory = Memory(apps={old: "id-old", SHOP: "id-shop"})
    made = plan(build.desired(build.shop), build.observed(build.o_shop, other), memory=memory)
    assert words(only(made, old)) == ("forget", [])
    assert not made.sends


def test_unmanaged_and_foreign_objects_are_counted_and_left_alone() -> None:
    """What no address claims is a number in the plan, by app; nothing happens to it."""
    mine = replace(build.o_shipped, remote_id="x1", name="other")
    theirs = replace(build.o_shipped, remote_id="x2", name="foreign", app_key="key-foreign")
    made = plan(build.desired(), build.observed(build.o_shop, build.o_brand, build.o_shipped, mine, theirs))
    assert (made.unmanaged, made.foreign) == ({"template": 1}, {"template": 1})
    assert not made.sends


def test_prune_deletes_unmanaged_objects_of_declared_apps_only() -> None:
    """Pruning touches neither foreign objects, nor those of external apps; a review is withdrawn first."""
    mine = replace(build.o_shipped, remote_id="x1", name="other")
    reviewing = replace(build.o_shipped, remote_id="x2", name="pending", status="Reviewing")
    theirs = replace(build.o_shipped, remote_id="x3", app_key="key-foreign")
    found = build.observed(build.o_shop, build.o_brand, build.o_shipped, mine, reviewing, theirs)
    made = plan(build.desired(), found, prune=True)
    rows = {change.remote_id: words(change) for change in made.changes if not change.address}
    assert rows == {"x1": ("delete", ["delete"]), "x2": ("delete", ["withdraw", "delete"])}
    external = build.desired(
        replace(build.shop, external=True), replace(build.brand, external=True), build.shipped
    )
    assert all(change.address for change in plan(external, found, prune=True).changes)


def test_prune_spares_a_signature_that_a_declared_template_hangs_on() -> None:
    """Deleting a signature takes its templates along, so the row waits and names the template."""
    other = replace(build.o_brand, remote_id="id-other", name="旧品牌")
    held = replace(build.o_shipped, signature_id="id-other")
    made = plan(build.desired(), build.observed(build.o_shop, build.o_brand, other, held), prune=True)
    (row,) = (change for change in made.changes if change.remote_id == "id-other")
    assert words(row) == ("wait", [])
    assert "template.shipped" in row.reason


@pytest.mark.parametrize("known", [True, False])
def test_prune_spares_what_serves_until_the_template_has_moved_to_another_app(known: bool) -> None:
    """It was deleted while its successor was in review, and under ``protect`` too."""
    second = replace(build.shop, address=Address(Kind.APP, "second"), name="second")
    o_second = replace(build.o_shop, remote_id="id-second", name="second", app_key="key-second")
    brand = replace(build.brand, app=second.address)
    o_brand = replace(build.o_brand, app_key="key-second")
    moved = replace(build.shipped, app=second.address)
    asked = build.desired(build.shop, second, brand, moved)
    memory = Memory(live={SHIPPED: "id-shipped"}) if known else Memory()
    there = build.observed(build.o_shop, o_second, o_brand, build.o_shipped)
    made = plan(asked, there, memory=memory, prune=True, allow_deletes=9)
    assert [one.remote_id for one in made.changes if "delete" in one.steps] == []
    new = replace(build.o_shipped, remote_id="id-new", app_key="key-second")
    there = build.observed(build.o_shop, o_second, o_brand, build.o_shipped, new)
    done = plan(asked, there, memory=Memory(live={SHIPPED: "id-new"}), prune=True, allow_deletes=9)
    assert [one.remote_id for one in done.changes if "delete" in one.steps] == ["id-shipped"]


def test_prune_spares_the_last_signature_that_a_universal_template_is_sent_under() -> None:
    """Nobody could send it any more; of two one may go."""
    template = replace(build.shipped, universal=True, signature=None)
    live = replace(build.o_shipped, universal=True, signature_id=None)
    second = replace(build.o_brand, remote_id="id-2", name="第二家")
    asked = build.desired(build.shop, template)
    made = plan(asked, build.observed(build.o_shop, build.o_brand, live), prune=True, allow_deletes=9)
    (row,) = (one for one in made.changes if one.kind is Kind.SIGNATURE)
    assert (row.steps, row.reason) == ((), "template.shipped hangs on it")
    both = plan(asked, build.observed(build.o_shop, build.o_brand, second, live), prune=True, allow_deletes=9)
    assert sum(bool(one.steps) for one in both.changes if one.kind is Kind.SIGNATURE) == 1


@pytest.mark.parametrize("retiring", [False, True])
def test_prune_spares_a_signature_that_a_resting_leftover_hangs_on(retiring) -> None:
    """The version that served before moved to another brand: it goes by retiring only, not along with it."""
    other = replace(build.o_brand, remote_id="id-other", name="旧品牌")
    before = replace(build.o_shipped, signature_id="id-other")
    live = replace(build.o_shipped, remote_id="id-2", name="order-shipped_v2")
    unmanaged = replace(before, remote_id="id-x", name="x")
    found = build.observed(build.o_shop, build.o_brand, other, before, live, unmanaged)
    now = frozenset({SHIPPED}) if retiring else frozenset()
    made = plan(build.desired(), found, memory=Memory(created={"id-2": SHIPPED}), prune=True, retire_now=now)
    (row,) = (change for change in made.changes if change.remote_id == "id-other")
    assert words(row) == (("delete", ["delete"]) if retiring else ("wait", []))
    assert retiring or row.awaits == "template:order-shipped"


def test_dead_templates_that_go_along_with_a_signature_are_shown_counted_and_protected() -> None:
    """They keep no signature, but nobody was told that they go, and protect: did not save them."""
    other = replace(build.o_brand, remote_id="id-other", name="旧品牌")
    dead = [
        replace(
            build.o_shipped,
            remote_id=f"d{n}",
            name=f"order-shipped_v{n}",
            status="Adopted_inactive",
            signature_id="id-other",
        )
        for n in range(2, 12)
    ]
    found = build.observed(build.o_shop, build.o_brand, other, build.o_shipped, *dead)
    memory = Memory(created={one.remote_id: SHIPPED for one in dead})
    made = plan(build.desired(), found, memory=memory, prune=True)
    (row,) = (change for change in made.changes if change.remote_id == "id-other")
    assert (words(row), row.deletes) == (("delete", ["delete"]), 11)
    assert "takes order-shipped_v10, order-shipped_v11, order-shipped_v2" in row.reason
    assert made.guarded
    assert not plan(build.desired(), found, memory=memory, prune=True, allow_deletes=11).guarded
    assert plan(build.desired(), found, memory=memory, prune=True, allow_deletes=10).guarded
    spared = replace(build.desired(), protected=frozenset({SHIPPED}))
    (kept,) = (
        one for one in plan(spared, found, memory=memory, prune=True).changes if one.remote_id == "id-other"
    )
    assert words(kept) == ("refused", [])


def others(count: int):
    return [replace(build.o_shipped, remote_id=f"x{n}", name=f"other-{n}") for n in range(count)]


@pytest.mark.parametrize(
    ("count", "kept", "allowed", "guarded"),
    [
        (3, 6, None, False),  # fewer than ten exist: the share does not count
        (2, 8, None, False),
        (3, 7, None, True),
        (3, 7, 3, False),
        (11, 90, None, True),
        (11, 90, 11, False),
        (11, 90, 10, True),
    ],
)
def test_guard_limits_deletes(count, kept, allowed, guarded) -> None:
    """Thirty percent of at least ten, or more than ten, need the amount to be named."""
    declared = [
        replace(build.shipped, address=Address(Kind.TEMPLATE, f"t{n}"), name=f"t{n}") for n in range(kept)
    ]
    there = [replace(build.o_shipped, remote_id=f"t{n}", name=f"t{n}") for n in range(kept)]
    made = plan(
        build.desired(build.shop, build.brand, *declared),
        build.observed(build.o_shop, build.o_brand, *there, *others(count)),
        prune=True,
        allow_deletes=allowed,
    )
    assert made.guarded is guarded


@pytest.mark.parametrize(
    ("count", "allowed", "guarded"), [(50, None, False), (51, None, True), (51, 51, False)]
)
def test_guard_limits_submissions(count, allowed, guarded) -> None:
    """More than fifty reviews in one run need the amount to be named, and the message gives the flag."""
    declared = [
        replace(build.shipped, address=Address(Kind.TEMPLATE, f"t{n}"), name=f"t{n}") for n in range(count)
    ]
    made = plan(
        build.desired(build.shop, build.brand, *declared),
        build.observed(build.o_shop, build.o_brand),
        allow_submissions=allowed,
    )
    assert made.guarded is guarded
    if guarded:
        assert made.refusals[0].fix == "check the plan, then pass --allow-submissions 51"


def test_target_takes_along_what_it_needs_and_nothing_else() -> None:
    """A targeted template brings its signature and app; other addresses are not in the plan."""
    other = replace(build.shipped, address=Address(Kind.TEMPLATE, "other"), name="other")
    made = plan(
        build.desired(build.shop, build.abroad, build.brand, build.shipped, other),
        build.nothing(),
        targets=frozenset({SHIPPED}),
    )
    assert {change.address for change in made.changes} == {SHOP, BRAND, SHIPPED}


def test_threshold_is_a_manual_step_that_sends_nothing() -> None:
    """No public API sets a threshold: the plan names the console and the values."""
    address = Address(Kind.THRESHOLD, "cn")
    asked = build.desired(
        build.shop, thresholds={address: Threshold(address, Region.CN, 400, 500, None, None)}
    )
    made = plan(asked, build.observed(build.o_shop))
    assert words(only(made, address)) == ("manual", [])
    assert [(one.path, one.new) for one in only(made, address).fields] == [
        ("daily.warn", 400),
        ("daily.limit", 500),
    ]


def test_two_apps_with_both_names_of_one_are_refused_and_block_what_is_below() -> None:
    """An ambiguous app is never guessed at, and nothing is created under it."""
    twin = replace(build.o_shop, remote_id="id-twin", app_key="key-twin", name="store")
    renamed = replace(build.shop, name="store", renamed_from="shop_prod")
    made = plan(build.desired(renamed, build.brand, build.shipped), build.observed(build.o_shop, twin))
    assert words(only(made, SHOP)) == ("refused", [])
    assert "id-twin, id-shop" in only(made, SHOP).reason
    assert {change.action.value for change in made.changes} == {"refused"}


def test_suspended_app_and_one_in_preparation_are_told_apart() -> None:
    """A suspended app is as it is; one that is being set up waits for the service."""
    asked = build.desired(build.abroad)
    assert (
        words(only(plan(asked, build.observed(replace(build.o_abroad, status="CREATED"))), ABROAD))[0]
        == "wait"
    )
    assert (
        words(only(plan(asked, build.observed(replace(build.o_abroad, status="SUSPENDED"))), ABROAD))[0]
        == "none"
    )


def test_renamed_app_is_updated_not_created() -> None:
    """An app found under its former name gets the new one; if both names exist it is refused."""
    renamed = replace(build.shop, name="shop_new", renamed_from="shop_prod")
    change = only(plan(build.desired(renamed), build.observed(build.o_shop)), SHOP)
    assert words(change) == ("update", ["edit"])
    assert [(one.path, one.old, one.new) for one in change.fields] == [("name", "shop_prod", "shop_new")]
    both = build.observed(
        build.o_shop, replace(build.o_shop, remote_id="id-new", name="shop_new", app_key="k")
    )
    assert words(only(plan(build.desired(renamed), both), SHOP)) == ("refused", [])


def test_refused_changes_are_told_with_their_reasons() -> None:
    """They stop themselves and nothing else: neither the run nor what can be read."""
    twin = replace(build.o_shipped, remote_id="id-twin")
    made = plan(build.desired(), build.observed(build.o_shop, build.o_brand, build.o_shipped, twin))
    (refusal,) = made.refusals
    assert (refusal.scope, refusal.address) == ("change", "template.shipped")
    assert refusal.message == only(made, SHIPPED).reason
    assert (made.guarded, made.incomplete) == (False, False)
