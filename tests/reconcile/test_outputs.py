"""What serves for each template, decided from the rows of a plan."""

from __future__ import annotations

from dataclasses import replace

from smsconf.model.address import Kind
from smsconf.reconcile.change import rows_by_address
from smsconf.reconcile.outputs import read_outputs
from tests.reconcile import build
from tests.reconcile.build import COUNTRIES, HELLO, SHIPPED, o_brand, o_hello, o_shipped, o_shop, shipped

changed = replace(shipped, content="您好，订单${1}已发货。")
second = replace(
    o_shipped,
    remote_id="id-second",
    name="order-shipped_v2",
    content=changed.content,
    description="#smsconf:01234567",
    template_id="d" * 32,
)


def replaced():
    """The plan of a shop whose template has a successor, approved, and its old version still there."""
    return build.plan(
        build.desired(build.shop, build.brand, changed),
        build.observed(o_shop, o_brand, o_shipped, second),
    )


def test_row_of_an_address_is_not_that_of_its_leftover() -> None:
    """The row of what is retired came last, and won: nothing of a replaced template could be sent."""
    made = replaced()
    assert [one.action.value for one in made.changes if one.address == SHIPPED] == ["none", "retire"]
    row = rows_by_address(made.changes)[SHIPPED]
    assert (row.action.value, row.remote_name, row.desired) == ("none", "order-shipped_v2", changed)


def test_output_of_a_replaced_template_is_its_successor() -> None:
    """Its id, its name, its variables."""
    output = read_outputs(replaced().changes, (o_brand,))[SHIPPED]
    assert (output.template_id, output.remote_name, output.names) == (
        "d" * 32,
        "order-shipped_v2",
        ("order",),
    )
    assert (output.signature, output.candidate, output.countries) == ("示例商城", None, ())


def test_targeted_plan_keeps_what_a_replaced_template_needs() -> None:
    """The row of its leftover needs nothing, and was asked."""
    made = build.plan(
        build.desired(build.shop, build.brand, changed),
        build.observed(o_shop, o_brand, o_shipped, second),
        targets=frozenset({SHIPPED}),
    )
    assert {one.kind for one in made.changes} == {Kind.APP, Kind.SIGNATURE, Kind.TEMPLATE}


def test_output_names_the_countries_of_the_version_that_serves() -> None:
    """By the ids it has; by the names it has where an id is unknown; not by what the files ask now."""
    asked = build.desired(build.abroad, replace(build.hello, countries=("Canada",)))

    def countries(version) -> tuple[str, ...]:
        found = build.observed(build.o_abroad, version)
        return read_outputs(build.plan(asked, found).changes, (), COUNTRIES)[HELLO].countries

    assert countries(o_hello) == ("Brazil", "Singapore")
    assert countries(replace(o_hello, country_ids=(999,), country_names=("Peru",))) == ("Peru",)
    assert countries(replace(o_hello, country_ids=(), country_names=("Peru",))) == ("Peru",)
    assert countries(replace(o_hello, country_ids=(999,))) == ("999",)
    assert countries(replace(o_hello, country_ids=())) == ()
