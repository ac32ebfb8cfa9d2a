"""What the service has, by the names that the files and the journal have for it."""

from __future__ import annotations

from dataclasses import replace

from smsconf.model.memory import Memory
from smsconf.reconcile.index import Index
from tests.reconcile import build

V2 = replace(build.o_shipped, remote_id="id-2", name="order-shipped_v2")


def test_family_spans_both_names_of_a_template_in_its_region() -> None:
    """A suffix belongs to either name; an answer without a region stands for that of the app."""
    template = replace(build.shipped, name="sent", renamed_from="order-shipped")
    new = replace(V2, remote_id="id-3", name="sent_v3", region=None)
    abroad = replace(new, remote_id="id-4", region="intl")
    index = Index(build.desired(build.shop, template), build.observed(build.o_shop, V2, new, abroad))
    assert [(number, one.remote_id) for number, one in index.templates_like(template)] == [
        (3, "id-3"),
        (2, "id-2"),
    ]


def test_no_app_is_meant_where_two_have_its_names() -> None:
    """Nobody can tell which is ours: nothing of either may be pruned, and both are declared."""
    app = replace(build.shop, name="store", renamed_from="shop_prod")
    store = replace(build.o_shop, remote_id="id-store", app_key="key-store", name="store")
    index = Index(build.desired(app, build.shipped), build.observed(build.o_shop, store, V2))
    assert index.app_of(build.SHOP) is None
    assert index.templates_like(build.shipped) == []
    assert (index.managed_app_keys, set(index.declared_app_keys)) == (set(), {"key-shop", "key-store"})


def test_what_a_twin_carries_is_foreign() -> None:
    """The app that is ours is declared, and the other one's objects are never pruned; labels differ."""
    twin = replace(build.o_shop, remote_id="id-twin", app_key="key-twin")
    index = Index(build.desired(), build.observed(twin, build.o_shop, build.o_brand, V2))
    assert index.app_of(build.SHOP) == build.o_shop
    assert [one.remote_id for one in index.apps_named(build.SHOP)] == ["id-shop", "id-twin"]
    assert (index.managed_app_keys, set(index.declared_app_keys)) == ({"key-shop"}, {"key-shop"})
    assert index.app_labels == {"key-shop": "app.shop", "key-twin": "shop_prod (id-twin)"}


def test_twin_with_what_is_declared_goes_before_one_with_anything_else() -> None:
    """A signature says more than templates, and what the files name more than what they do not."""
    twin = replace(build.o_shop, remote_id="a-twin", app_key="key-twin")
    other = replace(build.o_brand, remote_id="id-other", name="示例百货", app_key="key-twin")
    theirs = replace(build.o_shipped, remote_id="id-theirs", app_key="key-twin")
    chosen = [
        Index(build.desired(), build.observed(build.o_shop, twin, *things))
        .apps_named(build.SHOP)[0]
        .remote_id
        for things in (
            (),
            (build.o_brand, other, theirs),
            (V2, other),
            (replace(V2, name="unheard-of"), other),
            (replace(V2, name="unheard-of"), theirs),
        )
    ]
    assert chosen == ["a-twin", "id-shop", "id-shop", "a-twin", "a-twin"]


def test_journal_knows_versions_the_live_one_first() -> None:
    """What no list shows is told apart."""
    memory = Memory(
        created={"id-2": build.SHIPPED, "id-shipped": build.SHIPPED, "lost": build.SHIPPED},
        live={build.SHIPPED: "id-shipped"},
    )
    index = Index(build.desired(), build.observed(build.o_shop, build.o_shipped, V2), memory)
    assert index.recorded_templates(build.SHIPPED) == (build.o_shipped, V2)
    assert index.unlisted_templates(build.SHIPPED) == ("lost",)
    assert index.unlisted_templates(build.HELLO) == ()
