"""Observed → entries → files: whatever is at the service, the files load, and their plan sends nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsconf.config import EmulatorProvider, HuaweiCloudProvider, Project, load_project
from smsconf.config.edit.dump import Dump, make_dump
from smsconf.config.edit.new_keys import Nameless, invent_keys
from smsconf.config.edit.write import as_document, as_files, write_files
from smsconf.model.address import KEY_PATTERN, Kind
from smsconf.model.diagnostics import Severity
from smsconf.model.observed import (
    Country,
    Observed,
    ObservedApp,
    ObservedSignature,
    ObservedTemplate,
    ObservedVariable,
    Reading,
)
from smsconf.model.resources import Desired
from smsconf.model.sites import SITES
from smsconf.reconcile.inputs import Inputs
from smsconf.reconcile.plan import make_plan

CHINA = SITES["china"]
COUNTRIES = (Country(65, "Singapore", "新加坡"), Country(852, "Hong Kong, China", "中国香港"))


def app(name: str = "shop", region: str = "cn", key: str = "k-shop", **more: Any) -> ObservedApp:
    return ObservedApp(f"id-{key}", name, region, key, "LAUNCHED", **more)


def signature(name: str = "示例", key: str = "s1", **more: Any) -> ObservedSignature:
    values = {"type": "notification", "app_key": "k-shop", "status": "REVIEW_PROCESSING_COMPLETED", **more}
    return ObservedSignature(key, name, **{"source": "company", "third_party": False, **values})


def template(
    name: str = "hello", content: str = "您好。", key: str | None = None, **more: Any
) -> ObservedTemplate:
    values = {"type": "notification", "app_key": "k-shop", "status": "Adopted", "signature_id": "s1", **more}
    return ObservedTemplate(
        key or f"t-{name}", name, content, **{"universal": False, "region": "cn", **values}
    )


BRAND = (app(), signature())
FAR = template(region="intl", country_ids=(7,))


def observed(*things: ObservedApp | ObservedSignature | ObservedTemplate) -> Observed:
    def of(kind: type) -> Reading[Any]:
        return Reading(tuple(one for one in things if isinstance(one, kind)))

    return Observed(
        now=datetime(2026, 1, 5, tzinfo=UTC),
        apps=of(ObservedApp),
        signatures=of(ObservedSignature),
        templates=of(ObservedTemplate),
        countries=Reading(COUNTRIES),
    )


def dumped(*things: ObservedApp | ObservedSignature | ObservedTemplate) -> Dump:
    return make_dump(observed(*things), CHINA, Desired())


def loaded(dump: Dump) -> Project:
    """Write a dump into a folder of its own and load it."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_files(folder, as_files(dump, EmulatorProvider(folder / "x.db"), folder), force=False)
        return load_project(folder)


names = st.text(st.sampled_from("abAB_-19 .商城\n'\"{}$:#é😀"), min_size=1, max_size=12)
literal = st.text(st.sampled_from("您好ab{}$ 0:#'\"\n"), max_size=8)


@st.composite
def contents(draw: Any) -> tuple[str, tuple[ObservedVariable, ...]]:
    """A content in the service's form with the attributes of its variables."""
    numbers = draw(st.lists(st.sampled_from([1, 2, 3]), unique=True))
    text = draw(literal) + "".join(f"${{{number}}}{draw(literal)}" for number in numbers)
    words = st.sampled_from([None, "order", "order 订单号", "day  of delivery", "1", "订单", "${1}", "a-b c"])
    kinds = st.sampled_from(["alphanumeric", "datetime", "text"])
    return text, tuple(ObservedVariable(number, draw(kinds), draw(words)) for number in sorted(numbers))


@st.composite
def accounts(draw: Any) -> Observed:
    """Two apps, signatures and templates with names and texts of every sort."""
    things: list[Any] = [app(draw(names)), app(draw(names), "intl", "k-abroad")]
    for number, (name, kind) in enumerate(
        draw(st.lists(st.tuples(names, st.sampled_from(["verification", "notification"])), max_size=3))
    ):
        things.append(signature(name, f"s{number}", type=kind))
    signatures = things[2:]
    for number, name in enumerate(draw(st.lists(names, unique=True, max_size=4))):
        content, variables = draw(contents())
        more: dict[str, Any] = {
            "variables": variables,
            "description": draw(st.none() | names | st.just("#smsconf:01234567")),
        }
        more["status"] = draw(
            st.sampled_from(["Adopted", "Reviewing", "Reject", "Pending", "Disable", "Odd"])
        )
        more["brackets"] = draw(st.sampled_from([None, "CN", "GB"]))
        if signatures and draw(st.booleans()):
            one = draw(st.sampled_from(signatures))
            more |= {"signature_id": one.remote_id, "type": one.type}
        else:
            more |= {"app_key": "k-abroad", "region": "intl", "signature_id": None, "country_ids": (65,)}
        if draw(st.booleans()):
            things.append(template(f"{name}_v2", f"{content}新", f"v{number}", **more))
            more["status"] = "Adopted"  # below an approved version a review would be called back
        things.append(template(name, content, f"t{number}", **more))
    return observed(*things)


@settings(max_examples=100, deadline=None)
@given(accounts())
def test_dump_loads_and_plans_empty(account: Observed) -> None:
    """Whatever names, texts, braces and statuses there are: no error, and nothing would be sent."""
    project = loaded(make_dump(account, CHINA, Desired()))
    assert [one for one in project.diagnostics if one.severity is Severity.ERROR] == []
    plan = make_plan(Inputs(CHINA, project.desired, account))
    assert [(change.label, change.steps, change.reason) for change in plan.changes if change.steps] == []


@pytest.mark.parametrize(
    ("content", "descriptions", "written"),
    [
        ("单号${1}于${2}达", ("order 订单号", "day"), "单号{order}于{day}达"),
        ("单号${2}于${1}达", ("order", "day"), "单号${2}于${1}达"),
        ("单号${1}于${2}达", ("order", None), "单号${1}于${2}达"),
        ("单号${1}于${2}达", ("order", "order"), "单号${1}于${2}达"),
        ("单号${1}于${2}达", ("the-order", "day"), "单号${1}于${2}达"),
        ("{${1}}于${2}达", ("order", "day"), "{{{order}}}于{day}达"),
        ("$${1}于${2}达", ("order", "day"), "$${1}于${2}达"),
    ],
)
def test_variables_have_names_where_they_can(
    content: str, descriptions: tuple[Any, Any], written: str
) -> None:
    """Names are read back if they number the same way; else the service's form is kept."""
    variables = tuple(ObservedVariable(number, "text", one) for number, one in enumerate(descriptions, 1))
    dump = dumped(app(), signature(), template(content=content, variables=variables))
    assert dump.templates["hello"]["content"] == written
    (made,) = loaded(dump).desired.templates.values()
    assert made.content == content


@pytest.mark.parametrize(
    ("things", "what", "why"),
    [
        ((app(region="eu"),), "app shop", "its region has no word in the files"),
        ((app(), app(key="k2")), "app shop", "several have one name: id-k-shop, id-k2"),
        ((app(), signature(), signature(key="s2")), "signature 示例", "several have one name: s1, s2"),
        (
            (app(), signature(source="9")),
            "signature 示例",
            "its region, type or source has no word in the files",
        ),
        (
            (app(), signature(type="X")),
            "signature 示例",
            "its region, type or source has no word in the files",
        ),
        ((app(), template()), "template hello", "its signature is not in this dump"),
        ((*BRAND, template(type="X")), "template hello", "its type X is not that of its signature"),
        ((*BRAND, template(region="intl")), "template hello", "its region intl is not that of its app"),
        ((app(), template(universal=True, type="X")), "template hello", "its type X is not known"),
        ((*BRAND, template(), template(key="t2")), "template hello", "several have one name: t-hello, t2"),
        ((*BRAND, template(status="Adopted_inactive")), "template hello", "its status is Adopted_inactive"),
        ((*BRAND, template(status="Odd")), "template hello", "its status is Odd"),
        (
            (*BRAND, template(content="${1}")),
            "template hello",
            "the attributes of its variables are not known",
        ),
        ((*BRAND, template(content="价${x}")), "template hello", "its content cannot be written in a file"),
        ((app(region="intl"), FAR), "template hello", "its countries are not known"),
        ((*BRAND, template("a"), template("a_v2_v3")), "template a_v2_v3", "it could be a version of a"),
    ],
)
def test_what_no_file_can_ask_for_is_left_out_with_a_word(
    things: tuple[Any, ...], what: str, why: str
) -> None:
    """Each reason to leave something out is said, and the rest still loads."""
    dump = dumped(*things)
    assert dump.remarks == [f"{what}: left out, {why}"]
    assert not loaded(dump).diagnostics


def test_lone_version_without_our_mark_keeps_its_name() -> None:
    """Only what we made, or what has sisters, is a version of a name that is not there."""
    things = (app(), signature(), template("sale_v2"))
    assert dumped(*things).templates["sale_v2"]["content"] == "您好。"
    marked = template("sale_v2", description="#smsconf:01234567")
    assert set(dumped(app(), signature(), marked).templates) == {"sale"}
    sisters = dumped(*things, template("sale_v3", "再见。"))
    assert sisters.templates["sale"]["content"] == "再见。"


def test_keys_are_readable_stable_and_never_shared() -> None:
    """Names that are keys stay; others are spelt; namesakes are told apart whatever their order."""
    things = [
        Nameless("1", "order-shipped", key="shipped"),
        Nameless("2", "Order Shipped", "shop"),
        Nameless("3", "示例商城", "notification"),
        Nameless("4", "示例商城", "promotion"),
        Nameless("5", "VIP专享"),
        Nameless("6", "Café!"),
        Nameless("7", "2", ""),
        Nameless("8", "promo", "shop"),
        Nameless("9", "Promo", "shop"),
        Nameless("10", "PROMO", "shop"),
    ]
    keys = invent_keys(Kind.TEMPLATE, things)
    assert keys["1"] == "shipped"
    assert keys["2"] == "order-shipped"
    assert keys["3"].startswith("template-")
    assert keys["3"].removesuffix("-notification") == keys["4"].removesuffix("-promotion")
    assert (keys["5"], keys["6"], keys["8"]) == ("vip", "cafe", "promo")
    assert len(set(keys.values())) == len(things)
    assert invent_keys(Kind.TEMPLATE, reversed(things)) == keys


@given(st.lists(names), st.sampled_from(["", "cn", "notification"]))
def test_every_key_is_a_key_and_its_own(found: list[str], hint: str) -> None:
    """Any list of names, the same name many times included, gets different valid keys."""
    things = [Nameless(str(number), name, hint) for number, name in enumerate(found)]
    keys = invent_keys(Kind.SIGNATURE, things)
    assert len(set(keys.values())) == len(things)
    assert all(re.fullmatch(KEY_PATTERN, key) for key in keys.values())


def test_provider_of_the_service_is_copied(tmp_path: Path) -> None:
    """Site, region and what else the project says about its provider; nothing that it does not say."""
    provider = HuaweiCloudProvider("china", "cn-north-4", project_id="0" * 32)
    (tmp_path / "smsconf.yaml").write_text(as_document(Dump(), provider, tmp_path), encoding="utf-8")
    assert load_project(tmp_path).provider == provider


@pytest.mark.parametrize("site", ["china", "europe"])
def test_emulator_of_another_folder_is_that_of_the_new_one(tmp_path: Path, site: Any) -> None:
    """No project names a file outside of it: a copy goes into the new folder."""
    provider = EmulatorProvider(tmp_path / "a" / "x.db", site)
    folder = tmp_path / "b" / "c"
    write_files(folder, as_files(Dump(), provider, folder), force=False)
    read = load_project(folder).provider
    assert isinstance(read, EmulatorProvider)
    assert (read.database, read.site) == (folder / ".smsconf/emulator.db", site)
