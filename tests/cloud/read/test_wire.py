"""Our words and the service's: what the SDK cannot judge, and how strictly answers are read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsconf.cloud.read import wire
from smsconf.model.errors import CloudBroken
from smsconf.model.observed import (
    Country,
    ObservedApp,
    ObservedSignature,
    ObservedTemplate,
    ObservedVariable,
    Quota,
)
from smsconf.model.resources import ABSENT, Brackets, MessageType, Source, Variable, VariableType
from tests.cloud.worlds import abroad, brand, hello, shipped, shop

APP = {"id": "a1", "app_name": "shop_prod", "app_key": "k1", "region": "cn", "status": "LAUNCHED"}
SIGNATURE = {
    "id": "s1",
    "signature_name": "示例商城",
    "signature_type": "NOTIFY_TYPE",
    "status": "PENDING_REVIEW",
    "app_key": "k1",
}
TEMPLATE = {
    "id": "t1",
    "template_name": "order-shipped",
    "template_content": "您的订单${1}已发货",
    "template_type": "NOTIFY_TYPE",
    "app_key": "k1",
    "flow_status": "Reviewing",
}
OBSERVED = ObservedTemplate("t1", "order", "码${1}", "verification", "k1", "Reviewing")


def body(**more: Any) -> wire.Json:
    return wire.template_body(shipped, name="n", app_id="a1", signature_id="s1", **more)


@pytest.mark.parametrize(
    ("reply_url", "sent"),
    [(ABSENT, "https://old.example"), (None, ""), ("https://new.example", "https://new.example")],
)
def test_update_app_keeps_what_the_files_leave_open(reply_url, sent) -> None:
    """An absent reply address is sent again as observed, ``null`` clears it, a value replaces it."""
    observed = ObservedApp("a1", "n", "cn", "k", "LAUNCHED", "https://old.example", None, "ep", "ep name")
    assert wire.update_app(replace(shop, reply_url=reply_url), observed) == {
        "app_name": "shop_prod",
        "region": "cn",
        "up_link_addr": sent,
        "enterprise_project_id": "ep",
        "enterprise_project_name": "ep name",
    }


@pytest.mark.parametrize("reply_url", [ABSENT, None])
def test_create_app_sends_no_empty_address(reply_url) -> None:
    """Creating has nothing to clear, and asks for no secret."""
    assert wire.create_app(replace(abroad, reply_url=reply_url)) == {
        "app_name": "abroad_prod",
        "region": "intl",
        "show_secret": False,
    }


@pytest.mark.parametrize(("source", "number"), [(source, n) for n, source in enumerate(Source)])
def test_signature_sources_are_the_services_numbers(source: Source, number: int) -> None:
    """Company 0, website 1, app 2, account 3, shop 4, trademark 5, both ways."""
    sent = wire.signature_body(replace(brand, source=source), "a1", {})
    assert sent["signature_source"] == number
    assert wire.read_signature("Op", {**SIGNATURE, "signature_source": number}).source == source.value


@pytest.mark.parametrize("kind", MessageType)
def test_message_types_come_back_as_they_went(kind: MessageType) -> None:
    """A type sent and read again is the same word of ours."""
    sent = wire.signature_body(replace(brand, type=kind), "a1", {})["signature_type"]
    assert wire.read_signature("Op", {**SIGNATURE, "signature_type": sent}).type == kind.value
    assert wire.read_template("Op", {**TEMPLATE, "template_type": sent}).type == kind.value


@pytest.mark.parametrize("kind", VariableType)
def test_variable_types_come_back_as_they_went(kind: VariableType) -> None:
    """A variable's type sent and read again is the same word of ours."""
    template = replace(shipped, variables=(Variable("x", kind, 5),))
    sent = wire.template_body(template, name="n", app_id="a", signature_id="s")["variable_attributes"]
    read = wire.read_variables("Op", {"results": sent, "total": 1})
    assert read == (ObservedVariable(1, kind.value, "x"),)


def test_signature_edit_keeps_files_and_clears_what_left_the_files() -> None:
    """Files not uploaded now stay; a description the files no longer set is sent empty."""
    observed = ObservedSignature(
        "s1",
        "n",
        "notification",
        "k",
        "REVIEW_NOT_PASS",
        description="old",
        file_ids={"licence": "f1", "authorization": "f2"},
    )
    sent = wire.signature_body(brand, "a1", {"authorization": "f9"}, observed)
    assert (sent["file_id"], sent["power_attorney_fileid"]) == ("f1", "f9")
    assert sent["apply_desc"] == ""
    assert "registration_number" not in sent
    assert "apply_desc" not in wire.signature_body(brand, "a1", {})


def test_universal_template_names_no_signature() -> None:
    """A universal template belongs to its app, whatever signature is at hand."""
    template = replace(shipped, universal=True, brackets=Brackets.GB)
    sent = wire.template_body(template, name="n", app_id="a1", signature_id="s1")
    assert "sign_id" not in sent
    assert (sent["universal_template"], sent["brackets"]) == (1, "GB")


def test_international_template_sends_notify_type() -> None:
    """Its own type is for lint; mainland fields are left out, countries are sent in order."""
    sent = wire.template_body(hello, name="hello", app_id="a2", signature_id=None, country_ids=(65, 55))
    assert sent == {
        "app_id": "a2",
        "template_name": "hello",
        "template_content": hello.content,
        "region": "intl",
        "template_type": "NOTIFY_TYPE",
        "send_country": [65, 55],
        "variable_attributes": [{"variable_index": 1, "variable_type": "CHARDIGIT"}],
    }


def test_flow_status_is_left_out_unless_asked_for() -> None:
    """A site without drafts gets no ``flow_status``."""
    assert "flow_status" not in body()
    assert body(flow_status="Pending")["flow_status"] == "Pending"


def test_description_that_left_the_files_is_sent_empty() -> None:
    """Nothing is sent where nothing was, an empty text where something was."""
    assert "template_desc" not in body()
    assert "template_desc" not in body(observed=OBSERVED)
    assert body(observed=replace(OBSERVED, description="old"))["template_desc"] == ""


def test_variable_description_carries_the_name_and_is_cut() -> None:
    """The name is the first word unless it is a number; 100 characters at most travel."""
    variables = (
        Variable("order", VariableType.TEXT, 5, "x" * 200),
        Variable("2", VariableType.TEXT, 5, "说明"),
        Variable("3", VariableType.MONEY, 5),
    )
    sent = wire.template_body(replace(shipped, variables=variables), name="n", app_id="a", signature_id="s")[
        "variable_attributes"
    ]
    assert [one.get("variable_desc") for one in sent] == [f"order {'x' * 94}", "说明", None]


def test_withdrawing_sends_the_observed_template_again() -> None:
    """Every observed field goes back as it came, words we do not know included; only the status is new."""
    observed = replace(
        OBSERVED,
        type="SOMETHING_NEW",
        region=None,
        signature_id="s1",
        universal=False,
        brackets="GB",
        description="note",
        variables=(ObservedVariable(1, "URL", "x"), ObservedVariable(2, "money")),
    )
    sent = wire.observed_template_body(observed, app_id="a1", region="cn", flow_status=wire.DRAFT)
    assert sent == {
        "app_id": "a1",
        "template_name": "order",
        "template_content": "码${1}",
        "region": "cn",
        "template_type": "SOMETHING_NEW",
        "template_desc": "note",
        "flow_status": "Pending",
        "sign_id": "s1",
        "universal_template": 0,
        "brackets": "GB",
        "variable_attributes": [
            {"variable_index": 1, "variable_type": "URL", "variable_desc": "x"},
            {"variable_index": 2, "variable_type": "MONEY"},
        ],
    }


def test_template_answer_is_read_whole() -> None:
    """Countries in the service's order without empty slots; the id for sending is empty before approval."""
    read = wire.read_template(
        "Op",
        {
            **TEMPLATE,
            "template_id": "",
            "universal_template": "1",
            "send_country1": 65,
            "send_country2": 0,
            "send_country3": 55,
            "country_name": "Singapore~Brazil",
            "review_desc": "改",
            "sign_id": None,
        },
    )
    assert read == ObservedTemplate(
        "t1",
        "order-shipped",
        "您的订单${1}已发货",
        "notification",
        "k1",
        "Reviewing",
        universal=True,
        country_ids=(65, 55),
        country_names=("Singapore", "Brazil"),
        review_message="改",
    )


def test_unknown_words_are_kept_as_they_came() -> None:
    """A status, type or source we do not know is for the planner to report."""
    read = wire.read_signature(
        "Op", {**SIGNATURE, "status": "NEW_STATUS", "signature_type": "NEW_TYPE", "signature_source": 9}
    )
    assert (read.status, read.type, read.source) == ("NEW_STATUS", "NEW_TYPE", "9")


@pytest.mark.parametrize(("word", "meaning"), [("Yes", True), ("NO", False), ("", None), (None, None)])
def test_yes_and_no_are_read_in_any_case(word, meaning) -> None:
    """The service writes ``No`` and ``NO``; absent is not compared."""
    assert wire.read_signature("Op", {**SIGNATURE, "is_involved_third": word}).third_party is meaning


READERS = [
    (wire.read_app, APP, ("id", "app_name", "app_key", "region", "status")),
    (wire.read_signature, SIGNATURE, ("id", "signature_name", "signature_type", "status")),
    (wire.read_template, TEMPLATE, ("id", "template_name", "template_content", "app_key", "flow_status")),
]
REQUIRED = [(read, item, name) for read, item, names in READERS for name in names]


@pytest.mark.parametrize(("read", "item", "name"), REQUIRED, ids=lambda value: getattr(value, "__name__", ""))
@pytest.mark.parametrize("value", [None, True, 1.5, [], {}])
def test_wrong_values_of_what_decides_are_refused(read, item, name, value) -> None:
    """An id, name, key or status of a wrong type stops the reading; the error names operation and field."""
    with pytest.raises(CloudBroken) as caught:
        read("ListThings", {**item, name: value})
    assert "ListThings" in caught.value.message
    assert f"'{name}'" in caught.value.message
    with pytest.raises(CloudBroken, match=f"'{name}' is missing"):
        read("ListThings", {key: kept for key, kept in item.items() if key != name})


@pytest.mark.parametrize(("read", "item"), [(read, item) for read, item, _ in READERS])
@pytest.mark.parametrize("answer", [None, [], "text", 5])
def test_items_that_are_no_objects_are_refused(read, item, answer) -> None:
    """A list of strings is not a list of things."""
    with pytest.raises(CloudBroken, match="expected an object"):
        read("ListThings", answer)


def test_ids_may_be_integers() -> None:
    """A page of the vendor calls an id an integer: it is read as the word it is in paths."""
    assert wire.read_template("Op", {**TEMPLATE, "id": 4711}).remote_id == "4711"


def test_signature_without_app_key_belongs_to_nobody() -> None:
    """Its key may be empty; it is then no app's, which is safe: signatures are found by name and type."""
    assert wire.read_signature("Op", {**SIGNATURE, "app_key": None}).app_key == ""


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*APP, *TEMPLATE, "total"]), inner),
    )
)
def test_reading_never_fails_otherwise(answer) -> None:
    """Whatever JSON comes, it is read or refused as broken."""
    for read in (
        wire.read_app,
        wire.read_signature,
        wire.read_template,
        wire.read_variables,
        wire.read_countries,
        wire.read_quota,
        wire.read_digest,
        wire.read_word,
    ):
        try:
            read("Op", answer)
        except CloudBroken:
            continue


def test_variables_are_sorted_and_counted() -> None:
    """By number, types in our words where known; a total that is off or a number twice is refused."""
    attributes = [
        {"variable_index": 2, "variable_type": "URL", "variable_desc": ""},
        {"variable_index": "1", "variable_type": "CHARDIGIT", "variable_desc": "order"},
    ]
    assert wire.read_variables("Op", {"results": attributes, "total": 2}) == (
        ObservedVariable(1, "alphanumeric", "order"),
        ObservedVariable(2, "URL", None),
    )
    with pytest.raises(CloudBroken, match="total says 3"):
        wire.read_variables("Op", {"results": attributes, "total": 3})
    with pytest.raises(CloudBroken, match="twice"):
        wire.read_variables("Op", {"results": attributes[:1] * 2, "total": 2})


def test_countries_come_as_a_bare_list() -> None:
    """The one answer that is no object."""
    answer = [{"country_id": 65, "country_name_en": "Singapore", "country_name_zh": "新加坡"}]
    assert wire.read_countries("Op", answer) == (Country(65, "Singapore", "新加坡"),)
    with pytest.raises(CloudBroken, match="expected a list"):
        wire.read_countries("Op", {"results": answer})


def test_quota_is_read() -> None:
    """Total and used."""
    assert wire.read_quota("Op", {"total": 2, "used": 1}) == Quota(2, 1)


@pytest.mark.parametrize(
    ("description", "digest"), [("a" * 64, "a" * 64), ("licence 2024", None), ("A" * 64, None), (None, None)]
)
def test_digest_is_read_only_where_we_left_one(description, digest) -> None:
    """Descriptions other people wrote are not taken for digests."""
    assert wire.read_digest("Op", {"file_id": "f1", "file_desc": description}) == digest
