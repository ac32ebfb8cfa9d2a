"""What a message is sent with, as a value: compared, kept as JSON, and judging numbers by their country."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsconf.messaging.send.target import Target, find_target
from smsconf.messaging.send.variables import Slot
from smsconf.model.address import Address, Kind
from smsconf.model.errors import PlanRefused, SmsconfError
from smsconf.model.resources import Region, Template
from smsconf.model.sites import SITES
from smsconf.reconcile.outputs import read_outputs
from tests.reconcile import build

LOGIN = Target(
    address=Address(Kind.TEMPLATE, "world-login"),
    app=Address(Kind.APP, "world"),
    app_key="key-world",
    template_id="e" * 32,
    remote_name="world-login_v2",
    region=Region.INTL,
    type="verification",
    sender="msg1001",
    signature=None,
    prefix=None,
    content="${1} is your code.",
    slots=(Slot(1, "code", "alphanumeric", 8),),
    countries=frozenset({"SG", "BR"}),
)

words = st.text(max_size=20)
maybe = st.none() | words
targets = st.builds(
    Target,
    address=st.just(LOGIN.address),
    app=st.just(LOGIN.app),
    app_key=words,
    template_id=words,
    remote_name=words,
    region=st.sampled_from(Region),
    type=words,
    sender=words,
    signature=maybe,
    prefix=maybe,
    content=words,
    slots=st.lists(
        st.builds(Slot, st.integers(1, 999), words, words, st.none() | st.integers(1, 100)), max_size=3
    ).map(tuple),
    countries=st.none() | st.frozensets(st.sampled_from(["SG", "BR", "US"])),
    successor=maybe,
)


@given(targets)
def test_target_comes_back_from_json(target: Target) -> None:
    """Through the text of a file, whole and equal."""
    kept = json.loads(json.dumps(target.to_json()))
    again = Target.from_json(kept)
    assert again == target
    assert again.text_key() == target.text_key()
    assert again.to_json() == kept


def without(name: str) -> dict[str, Any]:
    kept = LOGIN.to_json()
    del kept[name]
    return kept


@pytest.mark.parametrize(
    "kept",
    [
        {},
        *(without(name) for name in LOGIN.to_json()),
        {**LOGIN.to_json(), "more": 1},
        {**LOGIN.to_json(), "address": "nothing"},
        {**LOGIN.to_json(), "region": "moon"},
        {**LOGIN.to_json(), "slots": [{"number": 1}]},
        {**LOGIN.to_json(), "slots": [1]},
        {**LOGIN.to_json(), "countries": [[]]},
        {**LOGIN.to_json(), "content": 5},
    ],
    ids=str,
)
def test_damaged_target_is_said(kept: dict[str, Any]) -> None:
    """A field that is missing, of another version or of another kind."""
    with pytest.raises(SmsconfError, match="cannot be read"):
        Target.from_json(kept)


def test_text_key_stands_for_what_recipients_get() -> None:
    """Another text, signature or sender is another key; another version that says the same is not."""
    fields = ("sender", "signature", "prefix", "content")
    others = [replace(LOGIN, **{name: "other"}) for name in fields]
    assert len({LOGIN.text_key(), *(one.text_key() for one in others)}) == len(others) + 1
    same = replace(
        LOGIN,
        template_id="2",
        remote_name="v2",
        successor="v3",
        countries=None,
        type="notification",
        slots=(Slot(1, "1", ""),),
    )
    assert same.text_key() == LOGIN.text_key()


def test_text_key_outlives_a_change_of_the_files() -> None:
    """The files ask for another text with other limits, and what serves is what served before."""
    served = build.observed(build.o_shop, replace(build.o_brand, channel_num="8820"), build.o_shipped)

    def target(asked: Template) -> Target:
        plan = build.plan(build.desired(build.shop, build.brand, asked), served)
        output = read_outputs(plan.changes, served.signatures.items)[build.SHIPPED]
        return find_target(plan.changes, output, site=SITES["china"], signature=None)

    before, after = target(build.shipped), target(replace(build.shipped, content="改了${1}。"))
    assert before != after
    assert before.text_key() == after.text_key()


@pytest.mark.parametrize(
    ("countries", "number", "country"),
    [
        ("SG BR", "+6591234567", None),
        ("SG", "+5511961234567", "Brazil"),
        ("US", "+12025550123", None),
        ("US", "+16135550123", "Canada"),
        ("CA", "+16135550123", None),
        ("US", "+19995550123", None),  # of no country that is known: each with the code counts
        ("SG", "+19995550123", "+1"),
        ("RU", "+77012345678", "Kazakhstan"),
        ("KZ", "+77012345678", None),
        ("GB", "+447797712345", "Jersey"),
        ("GB", "+447400123456", None),
        ("NO", "+4741234567", None),
        ("CW", "+5993181234", "Bonaire"),
        ("CW", "+59995181234", None),
        ("HK", "+85291234567", None),
        ("SG", "+883510012345", "+883"),
    ],
)
def test_number_of_another_country_is_refused(countries: str, number: str, country: str | None) -> None:
    """By the number itself where countries share a code; by the code where the number does not tell."""
    target = replace(LOGIN, countries=frozenset(countries.split()))
    reason = target.refuses(number)
    if country is None:
        assert reason is None
    else:
        assert reason is not None
        assert reason.startswith(f"the number is of {country}")
        assert number not in reason


def test_template_without_countries_refuses_none() -> None:
    """A mainland template, one that is not limited, one with a country that is not known."""
    assert replace(LOGIN, countries=None).refuses("+5511961234567") is None


def found(*versions: Any, countries: Any = build.COUNTRIES) -> Target:
    """Find the target of the template of the world abroad."""
    observed = build.observed(replace(build.o_abroad, channel_num="msg1001"), *versions)
    plan = build.plan(build.desired(build.abroad, build.hello), observed)
    output = read_outputs(plan.changes, (), countries)[build.HELLO]
    return find_target(plan.changes, output, site=SITES["china"], signature=None)


def test_countries_are_those_of_the_live_version() -> None:
    """ISO codes by the service's names; none where one of them is not known."""
    assert found(build.o_hello).countries == frozenset({"SG", "BR"})
    assert found(replace(build.o_hello, country_ids=(55,))).countries == frozenset({"BR"})
    unknown = replace(build.o_hello, country_ids=(55, 999), country_names=("Brazil", "Atlantis"))
    assert found(unknown).countries is None
    assert found(replace(build.o_hello, country_ids=())).countries is None


def test_nothing_live_is_refused_with_what_it_waits_for() -> None:
    """A first version in review."""
    with pytest.raises(PlanRefused, match="no approved version"):
        found(replace(build.o_hello, status="Reviewing", template_id=None))


def test_version_that_nothing_tells_to_be_the_live_one_is_not_sent() -> None:
    """Without a journal, at a site that shows no notes: recipients would get the text of one or the other."""
    second = replace(build.o_shipped, remote_id="id-second", name="order-shipped_v2", content="第二${1}。")
    brand = replace(build.o_brand, channel_num="8820")
    observed = build.observed(build.o_shop, brand, build.o_shipped, second)
    asked = build.desired(build.shop, build.brand, replace(build.shipped, content="第三${1}。"))
    plan = build.plan(asked, observed, site="international")
    output = read_outputs(plan.changes, observed.signatures.items)[build.SHIPPED]
    assert output.live is not None
    with pytest.raises(PlanRefused, match="order-shipped, order-shipped_v2"):
        find_target(plan.changes, output, site=SITES["international"], signature=None)


def test_longest_values_are_by_number_where_names_cannot_be_read() -> None:
    """The descriptions were written by somebody else; the text is ours, and so are its limits."""
    version = replace(build.o_shipped, variables=(replace(build.o_shipped.variables[0], description=None),))
    observed = build.observed(build.o_shop, replace(build.o_brand, channel_num="8820"), version)
    plan = build.plan(build.desired(), observed)
    output = read_outputs(plan.changes, observed.signatures.items)[build.SHIPPED]
    target = find_target(plan.changes, output, site=SITES["china"], signature=None)
    assert target.slots == (Slot(1, "1", "alphanumeric", 12),)
