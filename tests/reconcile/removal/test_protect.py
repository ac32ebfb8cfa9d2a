"""What is listed under ``protect:`` survives every flag."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smsconf.model.address import Address, Kind
from smsconf.model.memory import Memory
from tests.reconcile import build

REFUND = Address(Kind.TEMPLATE, "refund")
OTHER = Address(Kind.SIGNATURE, "other")
extra = replace(build.o_shipped, remote_id="id-refund", name="refund", content="已退款。", variables=None)
spare = replace(build.o_brand, remote_id="id-other", name="别的商城")
BARE = (build.shop, build.brand)
THERE = (build.o_shop, build.o_brand)


def pruned(asked, *objects, **more) -> dict[str, tuple[str, str]]:
    """Prune, and return what becomes of each unmanaged object."""
    made = build.plan(asked, build.observed(*objects), prune=True, **more)
    return {row.remote_id: (row.action.value, row.reason) for row in made.changes if row.address is None}


def test_undeclared_protected_template_is_found_by_its_key_and_not_pruned() -> None:
    """A protected template that left the files stays, its later versions too; others go."""
    later = replace(extra, remote_id="id-refund-2", name="refund_v2")
    other = replace(extra, remote_id="id-promo", name="promo")
    rows = pruned(build.desired(*BARE, protected=frozenset({REFUND})), *THERE, extra, later, other)
    kept = ("refused", "protected: no flag deletes template.refund")
    assert rows == {
        "id-refund": kept,
        "id-refund-2": kept,
        "id-promo": ("delete", "not declared, in app.shop"),
    }


def test_what_a_protected_template_left_under_another_app_is_not_pruned() -> None:
    """Its address moved on and had a version there, so the old one was nobody's: found by random lives."""
    outlet = replace(build.shop, address=Address(Kind.APP, "outlet"), name="outlet")
    there = replace(build.o_shop, remote_id="id-outlet", app_key="key-outlet", name="outlet")
    moved = replace(build.shipped, app=outlet.address)
    now = replace(build.o_shipped, remote_id="id-moved", app_key="key-outlet")
    once = replace(build.o_shipped, remote_id="id-once", name="custom-name")
    asked = build.desired(*BARE, outlet, moved, protected=frozenset({build.SHIPPED}))
    memory = Memory(created={"id-once": build.SHIPPED})
    rows = pruned(asked, *THERE, there, now, build.o_shipped, once, extra, memory=memory)
    assert {remote_id: action for remote_id, (action, _reason) in rows.items()} == {
        build.o_shipped.remote_id: "refused",
        "id-once": "refused",
        "id-refund": "delete",
    }
    assert rows["id-once"][1] == "protected: no flag deletes template.shipped"


def test_undeclared_protected_template_is_found_by_the_journal() -> None:
    """A remote name that is not the key is known from earlier runs."""
    renamed = replace(extra, name="custom-name")
    memory = Memory(live={REFUND: "id-refund"})
    asked = build.desired(*BARE, protected=frozenset({REFUND}))
    assert pruned(asked, *THERE, renamed, memory=memory)["id-refund"][0] == "refused"


@pytest.mark.parametrize("address", [REFUND, OTHER])
def test_protected_address_that_cannot_be_found_keeps_what_it_could_be(address) -> None:
    """Without a name or a record nothing of its kind is pruned, and no signature it could hang on."""
    rows = pruned(
        build.desired(*BARE, protected=frozenset({address})), *THERE, replace(extra, name="promo"), spare
    )
    template, signature = rows["id-refund"][0], rows["id-other"][0]
    assert (template, signature) == (("refused" if address == REFUND else "delete"), "refused")
    assert f"{address} is protected, not declared" in rows["id-other"][1]


def test_signature_is_kept_for_the_protected_template_on_it() -> None:
    """Deleting a signature would take the template along."""
    hanging = replace(extra, signature_id="id-other")
    rows = pruned(build.desired(*BARE, protected=frozenset({REFUND})), *THERE, hanging, spare)
    assert rows["id-other"] == ("refused", "protected: deleting it takes template.refund along")


def test_protected_rows_count_as_no_delete_for_the_guards() -> None:
    """What is refused is not deleted; the plan lists it among the refusals."""
    many = [replace(extra, remote_id=f"id-{n}", name=f"refund_v{n}") for n in range(2, 20)]
    made = build.plan(
        build.desired(*BARE, protected=frozenset({REFUND})), build.observed(*THERE, *many), prune=True
    )
    assert not made.guarded
    assert len(made.refusals) == len(many)


def test_declared_protected_address_changes_nothing_else() -> None:
    """Protecting what is declared leaves the plan as it was."""
    found = build.observed(*THERE, replace(build.o_shipped, status="Reject"), extra)
    asked = build.desired()
    plain = build.plan(asked, found, prune=True)
    protected = build.plan(
        replace(asked, protected=frozenset({build.SHIPPED, build.SHOP})), found, prune=True
    )
    assert protected == plain


def test_leftover_of_an_address_goes_though_something_else_is_lost() -> None:
    """What left the files and cannot be found is no version of a declared address."""
    new = replace(build.shipped, content="新的${1}。", retire_after=0)
    live = replace(
        build.o_shipped,
        remote_id="id-2",
        name="order-shipped_v2",
        content=new.content,
        description="#smsconf:01234567",
    )
    asked = build.desired(*BARE, new, protected=frozenset({REFUND}))
    made = build.plan(asked, build.observed(*THERE, build.o_shipped, live), retire=True)
    assert build.deleted(made) == {"id-shipped"}


def test_second_draft_of_a_protected_address_goes() -> None:
    """No flag asks for it, and its address keeps the other one."""
    drafts = [replace(build.o_shipped, remote_id=name, status="Pending") for name in ("id-a", "id-b")]
    asked = build.desired(protected=frozenset({build.SHIPPED}))
    made = build.plan(asked, build.observed(*THERE, *drafts))
    assert build.deleted(made) == {"id-b"}


def test_replaced_signature_that_takes_something_protected_along_is_kept() -> None:
    """Its row stays one of retiring, and names what would go."""
    new = replace(build.brand, name="示例百货", replaces=("示例商城", build.brand.type))
    o_new = replace(build.o_brand, remote_id="id-new", name="示例百货")
    dead = replace(build.o_shipped, remote_id="id-dead", name="order-shipped_v4", status="Adopted_inactive")
    there = (*THERE, o_new, replace(build.o_shipped, signature_id="id-new"), dead)
    memory = Memory(created={"id-dead": build.SHIPPED})
    asked = build.desired(build.shop, new, build.shipped)
    plain = build.plan(asked, build.observed(*there), memory=memory, retire=True)
    assert build.deleted(plain) == {"id-brand"}
    asked = replace(asked, protected=frozenset({build.SHIPPED}))
    row = build.about(build.plan(asked, build.observed(*there), memory=memory, retire=True), "id-brand")
    assert (row.action.value, row.steps) == ("retire", ())
    assert row.reason == "protected: deleting it takes template.shipped along"


@pytest.mark.parametrize("kind", ["app", "threshold"])
def test_protected_address_of_another_kind_keeps_no_template(kind) -> None:
    """An app that left the files is never deleted anyway, and a threshold is nothing to delete."""
    gone = Address(Kind(kind), "gone")
    rows = pruned(build.desired(*BARE, protected=frozenset({gone})), *THERE, extra, spare)
    assert {remote_id: action for remote_id, (action, _reason) in rows.items()} == {
        "id-refund": "delete",
        "id-other": "delete",
    }


@pytest.mark.parametrize("protected", [build.SHOP, build.BRAND, build.SHIPPED])
def test_declared_protected_address_is_not_lost(protected) -> None:
    """Whatever is declared is found by its declaration, be it not at the service yet."""
    asked = build.desired(protected=frozenset({protected}))
    rows = pruned(asked, build.o_shop, extra, spare)
    assert {remote_id: action for remote_id, (action, _reason) in rows.items()} == {
        "id-refund": "delete",
        "id-other": "delete",
    }


def test_what_is_declared_in_another_environment_of_the_account_is_not_lost() -> None:
    """It is protected here and declared there: there it is found."""
    promo = replace(extra, remote_id="id-promo", name="promo")
    refund = replace(build.shipped, address=REFUND, name="refund-notice")
    asked = build.desired(*BARE, protected=frozenset({REFUND}))
    lost = pruned(asked, *THERE, promo)
    assert lost["id-promo"][0] == "refused"
    known = pruned(asked, *THERE, promo, other_environments={"prod": build.desired(*BARE, refund)})
    assert known["id-promo"][0] == "delete"


def test_signature_that_left_the_files_is_found_by_its_name() -> None:
    """Its key is its name: nothing else is held up for it."""
    named = Address(Kind.SIGNATURE, "other")
    there = replace(spare, name="other")
    rows = pruned(
        build.desired(*BARE, protected=frozenset({named})), *THERE, there, replace(spare, remote_id="id-x")
    )
    assert (rows["id-other"], rows["id-x"][0]) == (
        ("refused", "protected: no flag deletes signature.other"),
        "delete",
    )


def test_what_a_renamed_protected_template_left_under_another_app_is_kept() -> None:
    """Found by the name it had there, without a journal."""
    moved = replace(build.shipped, app=build.OUTLET, name="notice", renamed_from="order-shipped")
    now = replace(build.o_shipped, remote_id="id-now", app_key="key-outlet", name="notice")
    asked = build.desired(build.shop, build.brand, build.outlet, moved)
    there = (*THERE, build.o_outlet, now, build.o_shipped)
    assert pruned(asked, *there)["id-shipped"][0] == "delete"
    kept = pruned(replace(asked, protected=frozenset({build.SHIPPED})), *there)["id-shipped"]
    assert kept == ("refused", "protected: no flag deletes template.shipped")
