"""What serves for each template, decided from the rows of a plan."""

from __future__ import annotations

from dataclasses import replace

from smsconf.model.address import Kind
from smsconf.model.observed import ObservedVariable
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


def output(*versions, asked=None, signatures=(o_brand,), address=SHIPPED, app=o_shop, template=shipped):
    """What serves for a template."""
    asked = asked or build.desired(build.shop, build.brand, template)
    made = build.plan(asked, build.observed(app, o_brand, *versions))
    return read_outputs(made.changes, signatures, COUNTRIES)[address]


def test_template_that_is_not_there_has_an_output_without_anything_to_send_with() -> None:
    """Its name is the one that is asked for."""
    found = output()
    assert (found.live, found.candidate, found.shown, found.template_id, found.status) == (None,) * 5
    assert (found.remote_name, found.names, found.count, found.countries) == ("order-shipped", None, None, ())
    assert (found.sender, found.signature) == (None, None)


def test_version_on_its_way_is_told_about_while_nothing_is_live() -> None:
    """It has a status and variables, and no id to send with; so has a rejected one and a draft."""
    for status in ("Reviewing", "Reject", "Pending", "Adopted_inactive"):
        found = output(replace(o_shipped, status=status))
        assert (found.template_id, found.status, found.names, found.count) == (None, status, ("order",), 1)
        assert found.signature == "示例商城"


def test_live_version_is_told_about_beside_its_successor() -> None:
    """The id, name, status and variables are those of the one that serves."""
    coming = replace(second, status="Reviewing", template_id=None, variables=())
    found = output(o_shipped, coming, template=changed)
    assert (found.template_id, found.remote_name, found.status) == ("f" * 32, "order-shipped", "Adopted")
    assert (found.candidate, found.names) == (coming, ("order",))


def test_sender_is_that_of_the_signature_or_of_the_international_app() -> None:
    """A universal version leaves both to the message, whatever the files say of it by now."""
    sending = replace(o_brand, channel_num="1069")
    assert output(o_shipped, signatures=(sending,)).sender == "1069"
    universal = replace(o_shipped, universal=True)
    found = output(universal, signatures=(sending,))
    assert (found.sender, found.signature) == (None, None)
    assert output(replace(o_shipped, signature_id="id-lost"), signatures=(sending,)).signature is None
    asked = build.desired(build.abroad, build.hello)
    app = replace(build.o_abroad, channel_num="8823")
    found = output(o_hello, asked=asked, address=HELLO, app=app)
    assert (found.sender, found.signature) == ("8823", None)
    assert read_outputs(build.plan(asked, build.nothing()).changes, ())[HELLO].sender is None


def described(*descriptions: str | None, content: str = "订单${1}，验证码${2}。", asked=shipped):
    """The names of the variables of a version with these descriptions, last one first in the answer."""
    variables = tuple(ObservedVariable(number, "text", one) for number, one in enumerate(descriptions, 1))
    there = replace(o_shipped, content=content, variables=variables[::-1])
    found = output(there, template=asked)
    return found.names, found.count


def test_names_of_variables_are_the_first_words_of_their_descriptions() -> None:
    """In the order of their numbers; where one has none, or two are the same, there are none."""
    assert described("order 订单号", "code") == (("order", "code"), 2)
    assert described("order", None) == described("order", " ") == (None, 2)
    assert described("order", "order 2") == (None, 2)
    assert described("order", "one-time code") == (None, 2)
    assert described("order") == (None, 2)
    assert described("order", "code", content="${1}、${2}和${1}") == (("order", "code"), 2)
    assert described(content="您好。") == ((), 0)


def test_variables_that_the_files_number_have_no_names() -> None:
    """For the very content that is declared; another version may have had names."""
    numbered = replace(shipped, variables=(replace(shipped.variables[0], name="1", description=None),))
    assert described("order 订单号", content=shipped.content, asked=numbered) == (None, 1)
    assert described("order 订单号", content="别的${1}。", asked=numbered) == (("order",), 1)
    unread = output(replace(o_shipped, variables=None))
    assert (unread.names, unread.count) == (None, 1)
