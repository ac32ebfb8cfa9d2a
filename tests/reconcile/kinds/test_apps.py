"""Apps: created within the quota, renamed, left alone, and never deleted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smsconf.model.address import Address, Kind
from smsconf.model.memory import Memory
from smsconf.model.observed import Quota, Reading
from smsconf.model.resources import Region
from tests.reconcile import build
from tests.reconcile.build import OUTLET, SHOP, differences, o_shop, only, plan, words


def decide(app=build.shop, *there, **more):
    return only(plan(build.desired(app), build.observed(*there) if there else build.nothing(), **more), SHOP)


def test_new_app_shows_its_fields_and_warns_that_it_stays() -> None:
    """Name, region and reply address; its secret is told once."""
    change = decide()
    assert words(change) == ("create", ["create"])
    assert differences(change) == [
        ("name", None, "shop_prod"),
        ("region", None, "cn"),
        ("reply_url", None, "https://sms.example.com/replies"),
    ]
    assert "never to be deleted" in change.reason
    assert (change.submissions, change.unlisted, change.remote_id) == (0, (), None)
    assert change.desired == build.shop


def test_change_of_an_app_names_every_field() -> None:
    """The name it had and the reply address, both with what is there."""
    app = replace(build.shop, name="store", renamed_from="shop_prod")
    change = decide(app, replace(o_shop, reply_url="https://old.example.com"))
    assert (words(change), change.reason) == (("update", ["edit"]), "name and reply_url differs")
    assert differences(change) == [
        ("name", "shop_prod", "store"),
        ("reply_url", "https://old.example.com", "https://sms.example.com/replies"),
    ]
    assert (change.remote_id, change.status, change.observed.name) == ("id-shop", "LAUNCHED", "shop_prod")


def test_empty_reply_address_and_none_are_the_same() -> None:
    """An answer may have either."""
    cleared = replace(build.shop, reply_url=None)
    for there in (None, ""):
        assert words(decide(cleared, replace(o_shop, reply_url=there))) == ("none", [])
    change = decide(cleared, o_shop)
    assert differences(change) == [("reply_url", "https://sms.example.com/replies", None)]
    assert differences(decide(build.shop, replace(o_shop, reply_url=""))) == [
        ("reply_url", None, "https://sms.example.com/replies")
    ]


def test_external_app_shows_no_differences() -> None:
    """It is not ours: what differs is nobody's business here."""
    change = decide(replace(build.shop, external=True), replace(o_shop, reply_url="https://old.example.com"))
    assert (words(change), change.fields, change.reason) == (("none", []), (), "launched")


def test_app_in_an_unknown_status_is_refused() -> None:
    """Nothing is written for what nobody can read, whatever differs."""
    change = decide(build.shop, replace(o_shop, status="MELTED", reply_url=None))
    assert words(change) == ("refused", [])
    assert change.reason == "unknown status 'MELTED': nothing is written for it"


@pytest.mark.parametrize("status", ["CREATED", "PROCESSING"])
def test_app_in_preparation_waits_for_the_service_and_may_be_edited(status) -> None:
    """No person decides about it."""
    waiting = decide(build.shop, replace(o_shop, status=status))
    assert (words(waiting), waiting.awaits) == (("wait", []), "the service")
    edited = decide(build.shop, replace(o_shop, status=status, reply_url=None))
    assert (words(edited), edited.awaits) == (("update", ["edit"]), None)


def test_quota_is_used_up_by_what_is_created_before() -> None:
    """Two are free, and the third of the region is refused; what is there already takes none of them."""
    keys = ("a", "b", "c", "shop", "z")
    apps = [replace(build.shop, address=Address(Kind.APP, key), name=f"{key}_prod") for key in keys]
    there = build.observed(o_shop, app_quotas={Region.CN: Quota(3, 1), Region.INTL: Quota(2, 2)})
    made = plan(build.desired(*apps), there)
    assert [(one.address.key, one.action.value) for one in made.changes] == [
        ("a", "create"),
        ("b", "create"),
        ("c", "refused"),
        ("shop", "none"),
        ("z", "refused"),
    ]
    assert made.changes[2].remote_name == "c_prod"
    assert made.changes[2].reason.startswith(
        "the quota of cn apps is used up (1 of 3); apps cannot be deleted"
    )


def test_quota_that_the_service_does_not_tell_limits_nothing() -> None:
    """The quota of the other region is none of ours."""
    made = plan(build.desired(build.shop), build.nothing(app_quotas={Region.INTL: Quota(2, 2)}))
    assert words(only(made, SHOP)) == ("create", ["create"])


def test_app_that_was_renamed_at_the_console_is_refused_with_the_way_out() -> None:
    """Else a second one would be made, and an app cannot be deleted."""
    memory = Memory(apps={SHOP: "id-shop"})
    renamed = replace(o_shop, name="by_hand")
    change = decide(build.shop, renamed, memory=memory)
    assert words(change) == ("refused", [])
    assert change.reason == (
        "it is named 'by_hand' at the service, the files say 'shop_prod': add renamed_from: by_hand, or give "
        "the new app a key of its own"
    )
    assert words(decide(build.shop, renamed)) == ("create", ["create"])
    other_environments = decide(build.shop, replace(renamed, region="intl"), memory=memory)
    assert words(other_environments) == ("create", ["create"])
    external = decide(replace(build.shop, external=True), renamed, memory=memory)
    assert external.desired.external
    assert external.reason == "no cn app is named 'shop_prod', and it is external: not ours to create"


def test_app_that_no_list_shows_any_more_is_created_and_its_id_is_told() -> None:
    """The journal knows an id that the service does not: it may only be a list that lags."""
    change = decide(build.shop, build.o_outlet, memory=Memory(apps={SHOP: "id-shop"}))
    assert (words(change), change.unlisted) == (("create", ["create"]), ("id-shop",))


TWIN = replace(o_shop, remote_id="id-twin", app_key="key-twin", reply_url=None)
TOLD = (
    "id-shop is taken of 2 cn apps named 'shop_prod'; apps cannot be deleted: rename id-twin at the console"
)


def test_app_with_a_twin_goes_on_and_names_the_twin() -> None:
    """What is done about it is said as for any other; the twin is nobody's business but to be renamed."""
    change = decide(build.shop, TWIN, o_shop, build.o_brand)
    assert (words(change), change.remote_id, change.twins) == (("none", []), "id-shop", (TWIN,))
    assert change.reason == f"launched; {TOLD}"
    edited = decide(replace(build.shop, reply_url=None), TWIN, o_shop, build.o_brand)
    assert (words(edited), edited.reason) == (("update", ["edit"]), f"reply_url differs; {TOLD}")
    assert decide(build.shop, o_shop).twins == ()


def test_app_goes_on_from_its_former_name_though_that_has_a_twin() -> None:
    """Ours is renamed, which leaves the other one with the name alone."""
    renamed = replace(build.shop, name="store", renamed_from="shop_prod")
    change = decide(renamed, TWIN, o_shop, build.o_brand)
    assert (words(change), change.remote_id) == (("update", ["edit"]), "id-shop")


def test_apps_with_both_names_of_one_are_counted_and_named() -> None:
    """They are no twins: which name is right only a person knows."""
    renamed = replace(build.shop, name="store", renamed_from="shop_prod")
    change = decide(renamed, o_shop, replace(TWIN, name="store"))
    assert (words(change), change.twins) == (("refused", []), ())
    assert change.reason == (
        "2 cn apps have the name 'store' or its former one 'shop_prod': id-twin, id-shop; rename one"
    )


def test_external_app_is_told_from_its_twin_only_by_what_it_carries() -> None:
    """A reference must be exact: neither its age nor the journal says what others mean."""
    external = replace(build.shop, external=True)
    assert decide(external, TWIN, o_shop, build.o_brand).remote_id == "id-shop"
    for things in ((), (build.o_brand, replace(build.o_shipped, app_key="key-twin"))):
        change = decide(external, o_shop, TWIN, *things, memory=Memory(apps={SHOP: "id-shop"}))
        assert words(change) == ("refused", [])
        assert change.reason == "2 cn apps have the name 'shop_prod': id-shop, id-twin; rename one"


@pytest.mark.parametrize("kind", ["signatures", "templates"])
def test_twins_are_not_told_apart_while_what_they_carry_is_not_read(kind) -> None:
    """It could be the other one that carries everything."""
    there = build.observed(o_shop, TWIN, **{kind: Reading(problem="timed out")})
    change = only(plan(build.desired(build.shop), there), SHOP)
    assert words(change) == ("refused", [])
    assert change.reason.endswith(f"rename one; {kind} could not be read: timed out")


def test_app_of_the_other_region_is_another_app() -> None:
    """Identity is region and name."""
    assert words(decide(build.shop, replace(o_shop, region="intl"))) == ("create", ["create"])


def test_app_is_forgotten_once_it_left_the_files_and_while_it_is_there() -> None:
    """Not one that is gone, nor one that a new key leads to, nor one whose address is declared."""
    old = Address(Kind.APP, "old")
    memory = Memory(apps={OUTLET: "id-outlet", SHOP: "id-shop", old: "id-gone"})
    made = plan(build.desired(build.shop), build.observed(o_shop, build.o_outlet), memory=memory)
    rows = [(one.address, one.action.value) for one in made.changes]
    assert rows == [(OUTLET, "forget"), (SHOP, "none")]
    row = only(made, OUTLET)
    assert (row.remote_name, row.remote_id, row.status) == ("outlet_prod", "id-outlet", "LAUNCHED")
    assert "apps cannot be deleted" in row.reason
    renamed = Memory(apps={old: "id-shop"})
    made = plan(build.desired(build.shop), build.observed(o_shop), memory=renamed)
    assert [one.address for one in made.changes] == [SHOP]
    moved = Memory(apps={SHOP: "id-outlet"})
    made = plan(build.desired(build.shop), build.observed(o_shop, build.o_outlet), memory=moved)
    assert [(one.address, one.action.value) for one in made.changes] == [(SHOP, "none")]


def test_apps_of_a_plan_are_those_that_are_ours_to_manage() -> None:
    """Forgotten ones included; external ones and other kinds are not."""
    memory = Memory(apps={OUTLET: "id-outlet"})
    asked = build.desired(build.shop, replace(build.abroad, external=True), build.brand)
    made = plan(asked, build.observed(o_shop, build.o_abroad, build.o_outlet), memory=memory)
    assert made.apps == {SHOP, OUTLET}
