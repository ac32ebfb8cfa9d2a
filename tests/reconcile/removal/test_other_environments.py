"""Two environments in one account: what the other needs is not retired, edited, called back or pruned."""

from __future__ import annotations

from dataclasses import replace

from smsconf.model.address import Address, Kind
from smsconf.model.memory import Memory
from smsconf.model.resources import MessageType, UpdatePolicy
from smsconf.reconcile.versions.submission import marked
from tests.reconcile import build
from tests.reconcile.build import (
    BRAND,
    SHIPPED,
    SHOP,
    about,
    brand,
    deleted,
    o_brand,
    o_shipped,
    o_shop,
    only,
    plan,
    shop,
    words,
)

A, B, C, D = (f"第{number}种通知：${{1}}。" for number in "一二三四")
ELSE = "the environment prod may need it; in another account, give its provider a project_id"


def saying(text: str, **more):
    """The template with a text; what is replaced needs no rest."""
    return replace(build.shipped, content=text, retire_after=0, **more)


def version(number: int, text: str, status: str = "Adopted", **more):
    """A version of the family that bears a mark of ours."""
    name = "order-shipped" if number == 1 else f"order-shipped_v{number}"
    there = replace(o_shipped, remote_id=f"id-{number}", name=name, content=text, status=status)
    return replace(there, description=marked(None, f"{number}" * 64), **more)


def here(text: str, *versions, prod=(), memory=None, apps=(o_shop,), app=shop, **selection):
    """Plan a text while another environment declares something, and retire what may go."""
    asked = build.desired(app, brand, text if not isinstance(text, str) else saying(text))
    other_environments = {"prod": build.desired(*prod)} if prod else {}
    chosen = {"retire": True, **selection}
    found = build.observed(*apps, o_brand, *versions)
    return plan(asked, found, memory=memory, other_environments=other_environments, **chosen)


def test_environment_that_declares_a_template_alike_needs_nothing_more() -> None:
    """What it replaced there is replaced here as well."""
    versions = (version(1, A), version(2, B))
    assert deleted(here(B, *versions)) == {"id-1"}
    assert deleted(here(B, *versions, prod=(shop, brand, saying(B)))) == {"id-1"}


def test_version_that_says_what_another_environment_asks_is_kept() -> None:
    """It serves there, and the row says how to tell that it does not."""
    made = here(B, version(1, A), version(2, B), prod=(shop, brand, saying(A)))
    assert deleted(made) == set()
    assert about(made, "id-1").reason == ELSE


def test_only_the_newest_version_that_another_environment_asks_for_is_kept() -> None:
    """Older ones that say the same serve nobody."""
    made = here(C, version(1, A), version(2, A), version(3, C), prod=(shop, brand, saying(A)))
    assert deleted(made) == {"id-1"}
    assert about(made, "id-2").reason == ELSE


def test_every_approved_version_is_kept_while_nothing_tells_which_one_serves_there() -> None:
    """Its text is at the service in no version: any of them may be the one it serves by."""
    made = here(C, version(1, A), version(2, B), version(3, C), prod=(shop, brand, saying(D)))
    assert deleted(made) == set()


def test_of_several_approved_versions_the_recorded_one_is_kept() -> None:
    """A shared journal tells which one serves there; what it says of a third environment does not count."""
    versions = (version(1, A), version(2, B), version(3, C))
    prod = (shop, brand, saying(D))
    shared = Memory(live_of_others={"id-2": (("prod", SHIPPED),)})
    made = here(C, *versions, prod=prod, memory=shared)
    assert deleted(made) == {"id-1"}
    assert about(made, "id-2").reason == "live in the environment prod"
    other = Memory(live_of_others={"id-2": (("staging", SHIPPED),)})
    assert deleted(here(C, *versions, prod=prod, memory=other)) == set()


def test_recorded_version_counts_only_while_the_files_have_its_address() -> None:
    """What an environment once served by and declares no more is nobody's."""
    versions = (version(1, A), version(2, B))
    memory = Memory(live_of_others={"id-1": (("prod", SHIPPED),)})
    assert deleted(here(B, *versions, prod=(shop, brand), memory=memory)) == {"id-1"}
    assert deleted(here(B, *versions, memory=memory)) == {"id-1"}


def test_template_on_another_signature_is_not_declared_alike() -> None:
    """The texts are the same, the messages are not."""
    other = replace(brand, name="别的商城")
    made = here(B, version(1, A), version(2, B), prod=(shop, other, saying(B)))
    assert deleted(made) == set()


def test_template_that_only_one_environment_has_is_not_declared_alike() -> None:
    """Under another address it may ask for the very versions of this family."""
    notice = saying(A, address=Address(Kind.TEMPLATE, "notice"))
    made = here(B, version(1, A), version(2, B), prod=(shop, brand, notice))
    assert deleted(made) == set()


def test_environment_that_still_has_the_former_name_of_an_app_needs_its_versions() -> None:
    """The app was renamed from here: the other files lead nowhere by themselves."""
    renamed = replace(shop, name="store", renamed_from="shop_prod")
    store = replace(o_shop, name="store")
    versions = (version(1, A), version(2, B))
    prod = (shop, brand, saying(A))
    assert deleted(here(B, *versions, prod=prod, app=renamed, apps=(store,))) == set()
    other_environments = (replace(shop, name="another"), brand, saying(A))
    assert deleted(here(B, *versions, prod=other_environments, app=renamed, apps=(store,))) == {"id-1"}
    both = (replace(shop, name="shop", renamed_from="shop_prod"), brand, saying(A))
    assert deleted(here(B, *versions, prod=both, app=renamed, apps=(store,))) == set()


def test_app_of_another_name_makes_a_template_another_one() -> None:
    """What somebody else made under it is not edited from here, though the declarations look alike."""
    renamed = replace(shop, name="store", renamed_from="shop_prod")
    store = replace(o_shop, name="store")
    versions = (version(1, A), version(2, C, "Reject"))
    alike = here(B, *versions, prod=(renamed, brand, saying(B)), app=renamed, apps=(store,))
    assert (words(only(alike, SHIPPED)), only(alike, SHIPPED).remote_id) == (
        ("update", ["edit", "submit"]),
        "id-2",
    )
    apart = here(B, *versions, prod=(shop, brand, saying(B)), app=renamed, apps=(store,))
    assert (words(only(apart, SHIPPED)), only(apart, SHIPPED).remote_name) == (
        ("replace", ["create", "submit"]),
        "order-shipped_v3",
    )


def test_draft_that_another_environment_may_be_at_work_on_is_left_alone() -> None:
    """Unless our runs made it: what bears a mark may be anybody's."""
    versions = (version(1, A), version(2, C, "Pending"))
    prod = (shop, brand, saying(D))
    theirs = only(here(B, *versions, prod=prod), SHIPPED)
    assert (theirs.action.value, theirs.remote_name) == ("replace", "order-shipped_v3")
    made = Memory(created={"id-2": SHIPPED})
    ours = only(here(B, *versions, prod=prod, memory=made), SHIPPED)
    assert (words(ours), ours.remote_id) == (("update", ["edit", "submit"]), "id-2")


def test_review_that_another_environment_waits_for_is_not_called_back() -> None:
    """Though our own run submitted it; a review of what nobody asks is."""
    created = Memory(created={"id-2": SHIPPED})
    versions = (version(1, A), version(2, B, "Reviewing"))
    waiting = here(A, *versions, prod=(shop, brand, saying(B)), memory=created, retire=False)
    assert words(only(waiting, SHIPPED)) == ("none", [])
    nobody = here(A, *versions, prod=(shop, brand, saying(D)), memory=created, retire=False)
    assert words(only(nobody, SHIPPED)) == ("withdraw", ["withdraw"])


def test_draft_that_says_what_another_environment_asks_is_no_review() -> None:
    """We made it, and nobody waits for it: it is edited."""
    created = Memory(created={"id-2": SHIPPED})
    made = here(C, version(1, A), version(2, B, "Pending"), prod=(shop, brand, saying(B)), memory=created)
    assert (words(only(made, SHIPPED)), only(made, SHIPPED).remote_id) == (
        ("update", ["edit", "submit"]),
        "id-2",
    )


def test_live_version_that_another_environment_needs_is_replaced_not_disabled() -> None:
    """In-place would be an outage there."""
    in_place = saying(B, update=UpdatePolicy.IN_PLACE)
    assert words(only(here(in_place, version(1, A)), SHIPPED))[1] == ["disable", "edit", "submit"]
    made = here(in_place, version(1, A), prod=(shop, brand, saying(A)))
    assert words(only(made, SHIPPED)) == ("replace", ["create", "submit"])


def test_what_another_environment_declares_is_not_pruned() -> None:
    """Templates with all their versions and signatures; the row names the environment."""
    refund = replace(build.shipped, address=Address(Kind.TEMPLATE, "refund"), name="refund", signature=None)
    other = replace(brand, address=Address(Kind.SIGNATURE, "other"), name="别的商城")
    there = (
        replace(o_shipped, remote_id="id-r2", name="refund_v2", signature_id=None),
        replace(o_shipped, remote_id="id-promo", name="promo", signature_id=None),
        replace(o_brand, remote_id="id-other", name="别的商城"),
    )
    made = here(A, version(1, A), *there, prod=(shop, other, refund), prune=True, allow_deletes=9)
    kept = "kept: the environment prod declares it"
    for remote_id in ("id-r2", "id-other"):
        assert (words(about(made, remote_id)), about(made, remote_id).reason) == (("none", []), kept)
    assert deleted(made) == {"id-promo"}


def test_what_serves_in_another_environment_is_not_pruned() -> None:
    """By a shared journal, under a name that its files lead to no more."""
    old = replace(o_shipped, remote_id="id-old", name="former")
    refund = replace(build.shipped, address=Address(Kind.TEMPLATE, "refund"), name="refund")
    memory = Memory(live_of_others={"id-old": (("prod", refund.address),)})
    made = here(A, version(1, A), old, prod=(shop, brand, refund), memory=memory, prune=True)
    assert about(made, "id-old").reason == "kept: the environment prod declares it"
    gone = here(A, version(1, A), old, prod=(shop, brand), memory=memory, prune=True)
    assert deleted(gone) == {"id-old"}


def test_replaced_signature_that_another_environment_declares_is_kept() -> None:
    """It moved on here only."""
    new = replace(brand, name="示例百货", replaces=("示例商城", MessageType.NOTIFICATION))
    o_new = replace(o_brand, remote_id="id-new", name="示例百货")
    asked, found = build.desired(shop, new), build.observed(o_shop, o_brand, o_new)
    assert deleted(plan(asked, found, retire=True)) == {"id-brand"}
    made = plan(asked, found, retire=True, other_environments={"prod": build.desired(shop, brand)})
    assert about(made, "id-brand").reason == "kept: the environment prod declares it"
    assert (deleted(made), only(made, BRAND).action.value, SHOP.key) == (set(), "none", "shop")


def test_template_of_an_app_that_only_the_other_environment_declares_concerns_nobody_here() -> None:
    """Its versions lie under another app."""
    there = replace(build.shipped, app=build.OUTLET, signature=None, universal=True)
    made = here(B, version(1, A), version(2, B), prod=(build.outlet, there), apps=(o_shop, build.o_outlet))
    assert deleted(made) == {"id-1"}
