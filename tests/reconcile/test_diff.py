"""What differs between a declared template and what is there: which fields, in which order, and how."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smsconf.model.observed import Country, ObservedVariable
from smsconf.model.resources import Brackets, MessageType, Variable, VariableType
from smsconf.reconcile.diff import says_the_same
from tests.reconcile import build
from tests.reconcile.build import HELLO, SHIPPED, differences, o_hello, o_shipped, only, plan, words

TWO = "订单${1}，验证码${2}。"
two = replace(
    build.shipped,
    content=TWO,
    variables=(
        Variable("order", VariableType.ALPHANUMERIC, 12, "订单号"),
        Variable("code", VariableType.DATETIME, 6, "when"),
    ),
)
o_two = replace(
    o_shipped,
    content=TWO,
    variables=(
        ObservedVariable(2, "datetime", "code when"),
        ObservedVariable(1, "alphanumeric", "order 订单号"),
    ),
)


def decide(template, observed):
    found = build.observed(build.o_shop, build.o_brand, observed)
    return only(plan(build.desired(build.shop, build.brand, template), found), SHIPPED)


def abroad(template, observed=None, **more):
    found = build.observed(build.o_abroad, *([observed] if observed else []), **more)
    return only(plan(build.desired(build.abroad, template), found), HELLO)


def test_every_field_that_differs_is_listed_in_the_order_of_the_form() -> None:
    """Content, type, signature, brackets, variables by their numbers."""
    other = replace(
        o_two,
        content="别的${1}${2}",
        type="promotion",
        signature_id="id-unknown",
        brackets="GB",
        variables=(ObservedVariable(1, "money"), ObservedVariable(2, "text")),
    )
    assert differences(decide(two, other)) == [
        ("content", "别的${1}${2}", TWO),
        ("type", "promotion", "notification"),
        ("signature", "id-unknown", "signature.brand"),
        ("brackets", "GB", "CN"),
        ("variables[1]", "money", "alphanumeric"),
        ("variables[2]", "text", "datetime"),
    ]


def test_template_that_is_no_longer_universal_differs_by_that_and_its_signature() -> None:
    """The other way round only by that: a universal one is bound to none."""
    universal = replace(o_shipped, universal=True, signature_id=None)
    assert differences(decide(build.shipped, universal)) == [("universal", True, False)]
    asked = replace(build.shipped, universal=True, signature=None)
    assert differences(decide(asked, o_shipped)) == [("universal", False, True)]


def test_signature_of_a_version_is_called_by_its_address_else_by_its_name() -> None:
    """An id tells nobody anything."""
    other = replace(build.o_brand, remote_id="id-other", name="别的商城")
    found = build.observed(build.o_shop, build.o_brand, other, replace(o_shipped, signature_id="id-other"))
    assert differences(only(plan(build.desired(), found), SHIPPED)) == [
        ("signature", "别的商城", "signature.brand")
    ]


def test_variables_are_compared_by_their_numbers() -> None:
    """Whatever order the answer has; one more is one more."""
    change = decide(two, o_two)
    assert (words(change), change.notes) == (("none", []), ())
    one = replace(o_two, variables=o_two.variables[1:])
    assert differences(decide(two, one)) == [("variables[2]", None, "datetime")]


def test_variables_that_were_not_read_are_not_compared() -> None:
    """Unless the text shows that there are none."""
    unread = replace(o_two, content="别的${1}${2}", variables=None)
    assert [one.path for one in decide(two, unread).fields] == ["content"]
    none = replace(o_two, content="别的。", variables=None)
    assert [one.path for one in decide(two, none).fields] == ["content", "variables[1]", "variables[2]"]
    assert words(
        decide(replace(two, content="您好。", variables=()), replace(o_two, content="您好。", variables=None))
    ) == (
        "none",
        [],
    )


def test_descriptions_of_variables_are_notes() -> None:
    """A name is the first word of one; a number is no name. As many must be there as are asked."""
    renamed = replace(two, variables=(two.variables[0], replace(two.variables[1], name="at")))
    change = decide(renamed, o_two)
    assert words(change) == ("none", [])
    assert [(one.path, one.old, one.new) for one in change.notes] == [
        ("variable descriptions[2]", "code when", "at when")
    ]
    numbered = replace(
        two,
        variables=(
            replace(two.variables[0], name="1"),
            replace(two.variables[1], name="2", description=None),
        ),
    )
    there = replace(
        o_two,
        variables=(ObservedVariable(1, "alphanumeric", "订单号"), ObservedVariable(2, "datetime", None)),
    )
    assert decide(numbered, there).notes == ()
    bare = replace(two, variables=(two.variables[0], replace(two.variables[1], description=None)))
    assert [one.old for one in decide(bare, o_two).notes] == ["code when"]
    assert decide(bare, replace(o_two, variables=o_two.variables[1:])).notes == ()


def test_long_description_of_a_variable_is_compared_as_it_travels() -> None:
    """The service takes a hundred characters of it."""
    long = replace(two, variables=(two.variables[0], replace(two.variables[1], description="x" * 200)))
    there = replace(
        o_two, variables=(o_two.variables[1], ObservedVariable(2, "datetime", f"code {'x' * 95}"))
    )
    assert decide(long, there).notes == ()


def test_countries_that_go_are_listed_before_those_that_come() -> None:
    """And after the content; one that the service has no name for goes by its number."""
    asked = replace(build.hello, content="Hello.", countries=("Canada", "Brazil"))
    there = replace(o_hello, country_ids=(65, 999))
    assert differences(abroad(asked, there)) == [
        ("content", "Your parcel is on its way.", "Hello."),
        ("countries", "999", None),
        ("countries", "Singapore", None),
        ("countries", None, "Brazil"),
        ("countries", None, "Canada"),
    ]


def test_names_stand_in_for_countries_without_ids() -> None:
    """Some answers have only those; an answer with neither is not compared."""
    there = replace(o_hello, country_ids=(), country_names=("Singapore", "Brazil"))
    assert words(abroad(build.hello, there)) == ("none", [])
    assert words(abroad(build.hello, replace(there, country_names=("Brazil",))))[0] == "replace"
    assert words(abroad(build.hello, replace(there, country_names=()))) == ("none", [])


def test_country_goes_by_either_name_whatever_its_case() -> None:
    """Of two countries with one name the first is meant."""
    change = abroad(replace(build.hello, countries=("SINGAPORE", "巴西")))
    assert change.country_ids == (65, 55)
    assert change.country_names == ("Singapore", "Brazil")
    twins = build.observed(build.o_abroad).countries
    doubled = replace(twins, items=(*twins.items, Country(7, "Singapore", "新加坡")))
    for name in ("Singapore", "新加坡"):
        assert abroad(replace(build.hello, countries=(name,)), countries=doubled).country_ids == (65,)


def test_unknown_country_that_is_near_none_is_refused_without_a_guess() -> None:
    """The first of several is named."""
    change = abroad(replace(build.hello, countries=("Brazil", "Xyzzy", "Qqqq")))
    assert (words(change), change.reason) == (
        ("refused", []),
        "the service knows no country 'Xyzzy'",
    )


def test_new_template_shows_what_it_does_not_leave_at_its_default() -> None:
    """Neither an empty note nor plain brackets nor that it has no variables."""

    def shown(template) -> list[str]:
        found = build.observed(build.o_shop, build.o_brand)
        made = plan(build.desired(build.shop, build.brand, template), found)
        return [one.path for one in only(made, SHIPPED).fields]

    assert shown(build.shipped) == ["content", "type", "signature", "variables"]
    assert shown(replace(build.shipped, description="")) == ["content", "type", "signature", "variables"]
    full = replace(build.shipped, brackets=Brackets.GB, description="给会员")
    assert shown(full) == ["content", "type", "signature", "brackets", "variables", "description"]
    universal = replace(build.shipped, universal=True, signature=None, content="您好。", variables=())
    assert shown(universal) == ["content", "type", "universal"]
    assert differences(abroad(build.hello)) == [
        ("content", None, "Your parcel is on its way."),
        ("countries", None, ["Brazil", "Singapore"]),
    ]


@pytest.mark.parametrize(
    ("there", "signature_id", "same"),
    [
        (o_shipped, "id-brand", True),
        (o_shipped, "id-other", False),
        (o_shipped, None, False),
        (replace(o_shipped, signature_id=None), None, True),
        (replace(o_shipped, content="别的${1}"), "id-brand", False),
        (replace(o_shipped, type=MessageType.PROMOTION.value), "id-brand", False),
    ],
)
def test_version_says_the_same_if_no_effective_field_differs(there, signature_id, same) -> None:
    """Asked of what turns up after an answer was lost."""
    assert says_the_same(build.shipped, there, {}, signature_id) is same


def test_version_for_other_countries_does_not_say_the_same() -> None:
    """Ids are those of what is asked."""
    countries = {65: "Singapore", 55: "Brazil"}
    assert says_the_same(build.hello, o_hello, countries, None)
    assert not says_the_same(build.hello, replace(o_hello, country_ids=(65,)), countries, None)
