"""What pruning takes and what it leaves, and what a plan counts without being asked to prune."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smsconf.model.address import Address, Kind
from smsconf.model.memory import Memory
from smsconf.model.observed import Reading
from smsconf.model.resources import Desired, Region, Threshold
from smsconf.reconcile.versions.submission import marked
from tests.reconcile import build
from tests.reconcile.build import (
    OUTLET,
    SHIPPED,
    about,
    deleted,
    o_brand,
    o_outlet,
    o_shipped,
    o_shop,
    only,
    plan,
    words,
)

extra = replace(o_shipped, remote_id="id-extra", name="extra", signature_id=None)
spare = replace(o_brand, remote_id="id-spare", name="别的商城")


def pruned(*there, asked=None, **more):
    known = {"prune": True, "allow_deletes": 99, **more}
    return plan(asked or build.desired(), build.observed(o_shop, o_brand, *there), **known)


def moving(**more):
    """The shop's template, now declared under another app."""
    second = replace(build.brand, app=OUTLET)
    template = replace(build.shipped, app=OUTLET, **more)
    return build.desired(build.shop, build.outlet, second, template)


def test_pruned_object_says_where_it_is_and_that_nobody_declares_it() -> None:
    """Its row has its name, id and status, and no address."""
    row = about(pruned(o_shipped, extra), "id-extra")
    assert (words(row), row.reason) == (("delete", ["delete"]), "not declared, in app.shop")
    assert (row.remote_name, row.status, row.observed, row.label) == (
        "extra",
        "Adopted",
        extra,
        "template:extra",
    )


def test_pruning_takes_templates_before_signatures() -> None:
    """By kind, then by name, after everything that is declared."""
    later = replace(extra, remote_id="id-a", name="later")
    made = pruned(o_shipped, later, replace(spare, name="a"), extra)
    assert [one.remote_id for one in made.changes if one.address is None] == ["id-extra", "id-a", "id-spare"]
    assert [one.address is None for one in made.changes] == [False] * 3 + [True] * 3


def test_plan_counts_what_nobody_claims_by_kind() -> None:
    """In declared apps and in others; and all that the declared apps have."""
    foreign = [replace(one, remote_id=f"{one.remote_id}-f", app_key="key-f") for one in (extra, spare)]
    made = plan(build.desired(), build.observed(o_shop, o_brand, o_shipped, extra, spare, *foreign))
    assert made.unmanaged == {Kind.TEMPLATE: 1, Kind.SIGNATURE: 1}
    assert made.foreign == {Kind.TEMPLATE: 1, Kind.SIGNATURE: 1}
    assert made.existing == {Kind.TEMPLATE: 2, Kind.SIGNATURE: 2}


def test_nothing_is_counted_or_pruned_while_apps_cannot_be_read() -> None:
    """Nobody can tell whose it is."""
    found = build.observed(o_shop, o_brand, o_shipped, extra, apps=Reading(problem="timed out"))
    made = plan(build.desired(), found, prune=True)
    assert (made.unmanaged, made.foreign, deleted(made)) == ({}, {}, set())


@pytest.mark.parametrize("kind", ["templates", "signatures"])
def test_nothing_is_pruned_while_one_kind_cannot_be_read(kind) -> None:
    """What hangs on what is not known; the other kind stays as well."""
    found = replace(
        build.observed(o_shop, o_brand, o_shipped, extra, spare), **{kind: Reading(problem="timed out")}
    )
    made = plan(build.desired(), found, prune=True, allow_deletes=99)
    assert [one for one in made.changes if one.address is None] == []


def test_object_in_an_unknown_status_is_not_pruned() -> None:
    """Its row is refused, and says why."""
    row = about(pruned(o_shipped, replace(extra, status="Melted")), "id-extra")
    assert (words(row), row.reason) == (
        ("refused", []),
        "unknown status 'Melted': nothing is written for it",
    )


def test_object_in_review_waits_for_the_verdict_where_nothing_can_be_withdrawn() -> None:
    """Elsewhere it is withdrawn first, and the reason says so."""
    reviewing = replace(extra, status="Reviewing")
    row = about(pruned(o_shipped, reviewing), "id-extra")
    assert (words(row), row.reason) == (
        ("delete", ["withdraw", "delete"]),
        "not declared, in app.shop; withdrawn first",
    )
    europe = about(pruned(o_shipped, reviewing, site="europe"), "id-extra")
    assert (words(europe), europe.awaits) == (("wait", []), "its review")
    assert europe.reason == "in review, and not to withdraw"
    signature = about(pruned(o_shipped, replace(spare, status="PENDING_REVIEW")), "id-spare")
    assert words(signature) == ("delete", ["delete"])


@pytest.mark.parametrize(
    ("there", "memory", "asked"),
    [
        ({"name": "order-shipped"}, {}, {}),
        ({"name": "former"}, {}, {"renamed_from": "former"}),
        ({"name": "order-shipped_v3", "description": marked(None, "0" * 64)}, {}, {}),
        ({"name": "order-shipped_v3"}, {"created": {"id-dead": SHIPPED}}, {}),
        ({"name": "order-shipped_v3"}, {"live": {SHIPPED: "id-dead"}}, {}),
        ({"name": "order-shipped_v3"}, {}, {"adopt": ("order-shipped_v3",)}),
    ],
    ids=["name", "former name", "mark", "created", "once live", "adopted"],
)
def test_dead_version_of_ours_belongs_to_its_address(there, memory, asked) -> None:
    """Whatever shows whose it is, it is neither unmanaged nor pruned."""
    live = replace(o_shipped, remote_id="id-live", name="order-shipped_v2")
    dead = replace(o_shipped, remote_id="id-dead", status="Adopted_inactive", **there)
    wanted = build.desired(build.shop, build.brand, replace(build.shipped, **asked))
    made = pruned(live, dead, asked=wanted, memory=Memory(**memory))
    assert only(made, SHIPPED).live == live
    assert (made.unmanaged, deleted(made)) == ({}, set())


def test_dead_version_of_nobody_is_pruned() -> None:
    """A suffix alone shows nothing."""
    dead = replace(o_shipped, remote_id="id-dead", name="order-shipped_v3", status="Adopted_inactive")
    assert deleted(pruned(o_shipped, dead)) == {"id-dead"}


def test_version_that_served_under_another_app_stays_until_a_run_has_seen_its_successor() -> None:
    """The journal still calls it live: the approval was seen by nobody yet."""
    o_second = replace(o_brand, app_key="key-outlet")
    new = replace(o_shipped, remote_id="id-new", app_key="key-outlet")
    found = build.observed(o_shop, o_outlet, o_second, o_shipped, new)
    unseen = plan(moving(), found, memory=Memory(live={SHIPPED: "id-shipped"}), prune=True, allow_deletes=9)
    assert (only(unseen, SHIPPED).live, deleted(unseen)) == (new, set())
    seen = plan(moving(), found, memory=Memory(live={SHIPPED: "id-new"}), prune=True, allow_deletes=9)
    assert deleted(seen) == {"id-shipped"}


@pytest.mark.parametrize("name", ["order-shipped", "order-shipped_v2", "notice", "notice_v3"])
def test_version_that_may_serve_for_a_template_that_moves_is_kept(name) -> None:
    """Without a journal its name tells, the former one too, and the number of a version does not matter."""
    there = replace(o_shipped, remote_id="id-old", name=name)
    found = build.observed(o_shop, o_outlet, replace(o_brand, app_key="key-outlet"), there, extra)
    made = plan(moving(renamed_from="notice"), found, prune=True, allow_deletes=9)
    row = about(made, "id-old")
    assert (words(row), row.reason) == (("none", []), "kept until template.shipped is approved")
    assert deleted(made) == {"id-extra"}


def test_whole_family_that_a_template_leaves_behind_is_kept() -> None:
    """The journal knows one of its versions; its neighbours may be ours as well."""
    known = replace(o_shipped, remote_id="id-known", name="former_v2")
    others = [replace(o_shipped, remote_id=f"id-{name}", name=name) for name in ("former", "former_v3")]
    found = build.observed(o_shop, o_outlet, replace(o_brand, app_key="key-outlet"), known, *others, extra)
    memory = Memory(created={"id-known": SHIPPED})
    made = plan(moving(), found, memory=memory, prune=True, allow_deletes=9)
    kept = {one.remote_id: one.reason for one in made.changes if one.address is None and not one.steps}
    assert kept == dict.fromkeys(
        ("id-former", "id-former_v3", "id-known"), "kept until template.shipped is approved"
    )
    assert deleted(made) == {"id-extra"}


def test_version_that_may_be_the_one_that_serves_is_kept() -> None:
    """A site that shows no notes, and a journal that is lost: nothing tells whose it is."""
    brand = replace(o_brand, status="REVIEW_PASSED")
    maybe = replace(o_shipped, remote_id="id-2", name="order-shipped_v2", content="别的${1}。")
    asked = build.desired(build.shop, build.brand, replace(build.shipped, content="新的${1}。"))
    found = build.observed(o_shop, brand, o_shipped, maybe)
    made = plan(asked, found, site="international", prune=True, allow_deletes=9)
    row = about(made, "id-2")
    assert (words(row), row.reason) == (
        ("none", []),
        "kept: it may be the version of template.shipped that serves",
    )


def test_signature_goes_together_with_the_templates_that_hang_on_it() -> None:
    """Templates are pruned first, so that nothing hangs on it any more; what stays holds it."""
    hanging = replace(extra, signature_id="id-spare")
    assert deleted(pruned(o_shipped, spare, hanging)) == {"id-extra", "id-spare"}
    foreign = replace(hanging, app_key="key-foreign")
    row = about(pruned(o_shipped, spare, foreign), "id-spare")
    assert (words(row), row.awaits, row.reason) == (
        ("wait", []),
        "template:extra",
        "template:extra hangs on it",
    )


def test_signature_of_the_version_on_its_way_is_not_pruned() -> None:
    """It is named by the address of its template."""
    coming = replace(o_shipped, remote_id="id-2", name="order-shipped_v2", status="Reviewing")
    asked = build.desired(build.shop, replace(build.shipped, content="新的${1}。"), build.brand)
    coming = replace(coming, content="新的${1}。", signature_id="id-brand")
    old = replace(o_shipped, signature_id="id-spare")
    made = pruned(old, coming, spare, replace(spare, remote_id="id-free", name="第三家"), asked=asked)
    assert about(made, "id-spare").awaits == "template.shipped"
    assert deleted(made) == {"id-free"}


def test_plan_of_files_that_declare_nothing_is_empty() -> None:
    """One app is something; thresholds and other manual steps alone are nothing that anybody deletes by."""
    cn = Address(Kind.THRESHOLD, "cn")
    threshold = Threshold(cn, Region.CN, 8, 10, 80, 100)
    assert plan(Desired(), build.observed()).empty
    assert plan(Desired(thresholds={cn: threshold}), build.observed()).empty
    assert not plan(build.desired(build.shop), build.observed()).empty


def test_plan_remembers_how_long_the_journal_was() -> None:
    """None where nobody looked."""
    assert plan(build.desired(), build.observed()).recorded is None
    assert plan(build.desired(), build.observed(), memory=Memory(entries=7)).recorded == 7


def test_targets_without_a_row_select_nothing() -> None:
    """Pruned objects have no address, and are no target's."""
    gone = Address(Kind.TEMPLATE, "gone")
    assert pruned(o_shipped, extra, targets=frozenset({gone})).changes == ()
    made = pruned(o_shipped, extra, targets=frozenset({SHIPPED}))
    assert [str(one.address) for one in made.changes] == ["app.shop", "signature.brand", "template.shipped"]


def test_signature_waits_for_a_template_that_cannot_be_pruned_yet() -> None:
    """It is in review, and nothing can be withdrawn: it would go along."""
    reviewing = replace(extra, status="Reviewing", signature_id="id-spare")
    made = pruned(o_shipped, replace(spare, status="REVIEW_PASSED"), reviewing, site="europe")
    row = about(made, "id-spare")
    assert (words(row), row.awaits, deleted(made)) == (("wait", []), "template:extra", set())


def test_signature_goes_together_with_the_universal_template_that_only_it_could_send() -> None:
    """Both are pruned; the template goes first."""
    anyone = replace(extra, universal=True, type="promotion")
    made = pruned(o_shipped, anyone, replace(spare, type="promotion"))
    assert deleted(made) == {"id-extra", "id-spare"}
