"""Templates: the machine of states as a table, references, variables, deletion, countries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from smsconf.emulator.management.country_table import COUNTRIES
from smsconf.emulator.management.statuses import TEMPLATE_STATUSES
from tests.emulator.conftest import Service

REFUSED = "MSGSMS.0010"
EDITED = {None: "Reviewing", "Reviewing": "Reviewing", "Pending": "Pending", "Disable": REFUSED}
NOTHING = dict.fromkeys(EDITED, REFUSED)
# What a PUT does: present state → flow_status sent → new state or code. Written a second time on purpose.
MACHINE = {
    "Reviewing": {**NOTHING, "Pending": "Pending"},
    "SignReviewing": {**NOTHING, "Pending": "Pending"},
    "Adopted": {**NOTHING, "Disable": "Disable"},
    "Adopted_inactive": {**NOTHING, "Disable": "Disable"},
    "Reject": EDITED,
    "Pending": EDITED,
    "Disable": EDITED,
}


@pytest.fixture
def stage(service: Service) -> tuple[Service, str, str]:
    """Return a service with an app and an approved signature."""
    service.control("PUT", "reviewer", {"default": "hold"})
    app = service.app()["id"]
    return service, app, service.signature(app, approved=True)["id"]


@pytest.mark.parametrize("wish", EDITED, ids=str)
@pytest.mark.parametrize("status", TEMPLATE_STATUSES)
def test_update_follows_the_machine(stage: tuple[Service, str, str], status: str, wish: str | None) -> None:
    """Withdraw and disable change the state only; an edit replaces the fields; the rest is refused."""
    service, app, sign = stage
    remote_id = service.template(app, sign)
    service.force("template", remote_id, status)
    before = service.show("template", remote_id)
    body = service.template_body(app, sign, template_content="改了", template_desc="new", flow_status=wish)
    reply = service.call("PUT", f"/templates/{remote_id}", body)
    after = service.show("template", remote_id)
    expected = MACHINE[status][wish]
    if expected == REFUSED:
        assert (reply.status, reply.code) == (400, REFUSED)
        assert after == before
        return
    assert reply.json == {"id": remote_id, "template_name": "order"}
    assert after["flow_status"] == expected
    edited = status in {"Reject", "Pending", "Disable"}
    assert after["template_content"] == ("改了" if edited else before["template_content"])
    assert ("template_desc" in after) is edited


@pytest.mark.parametrize("status", TEMPLATE_STATUSES)
def test_delete_is_refused_in_review_only(stage: tuple[Service, str, str], status: str) -> None:
    """A template in review has to be withdrawn first; the batch gives the same answer per id."""
    service, app, sign = stage
    in_review = status in {"Reviewing", "SignReviewing"}
    single, batched = service.template(app, sign), service.template(app, sign)
    for remote_id in (single, batched):
        service.force("template", remote_id, status)
    reply = service.call("DELETE", f"/templates/{single}")
    assert (reply.status, reply.code) == ((400, "MSGSMS.0187") if in_review else (204, None))
    batch = service.call("POST", "/templates/batch-delete", {"ids": [batched, "x"]})
    assert batch.status == 200
    assert batch.json["success_ids"] == ([] if in_review else [batched])
    assert batch.json["success_count"] + batch.json["failed_count"] == 2
    assert batch.json["failed_template_list"][-1] == {"id": "x", "error_msg": "Template does not exist."}
    assert service.call("GET", "/templates").json["total"] == (2 if in_review else 0)


@pytest.mark.parametrize(
    ("wish", "signature", "status"),
    [
        (None, "approve", "Reviewing"),
        ("Reviewing", "approve", "Reviewing"),
        ("Pending", "approve", "Pending"),
        (None, None, "SignReviewing"),
        ("Pending", None, "Pending"),
        ("Reviewing", "reject", "SignReviewing"),
    ],
)
def test_create_is_draft_or_submission(
    service: Service, wish: str | None, signature: str | None, status: str
) -> None:
    """Without flow_status it is submitted; on an unapproved signature the template waits for it."""
    app = service.app()["id"]
    sign = service.signature(app)["id"]
    if signature:
        service.decide("signature", sign, signature)
    remote_id = service.template(app, sign, flow_status=wish)
    assert service.show("template", remote_id)["flow_status"] == status


def test_answer_has_the_documented_fields(stage: tuple[Service, str, str]) -> None:
    """A mainland template: no app id, no template id yet, an empty country name, no variables."""
    service, app, sign = stage
    shown = service.show("template", service.template(app, sign, brackets="square"))
    assert (shown["sign_id"], shown["has_variable"], shown["status"]) == (sign, "Yes", "Normal")
    assert (shown["brackets"], shown["universal_template"], shown["country_name"]) == ("CN", 0, "")
    assert (shown["app_name"], shown["region"]) == ("shop", "cn")
    absent = {"app_id", "template_id", "variables", "variable_attributes", "sign_name", "send_country", "due"}
    assert not absent & set(shown)


def test_twins_may_exist(stage: tuple[Service, str, str]) -> None:
    """Creating is not idempotent: the same body twice makes two."""
    service, app, sign = stage
    assert service.template(app, sign) != service.template(app, sign)
    assert service.call("GET", "/templates", template_name="order").json["total"] == 2


def test_type_is_inherited_from_the_signature(stage: tuple[Service, str, str]) -> None:
    """A bound template has its signature's type whatever the body says, but not any word."""
    service, app, sign = stage
    remote_id = service.template(app, sign, template_type="PROMOTION_TYPE")
    assert service.show("template", remote_id)["template_type"] == "NOTIFY_TYPE"
    body = service.template_body(app, sign, template_type="OTHER")
    assert service.call("POST", "/templates", body).code == "MSGSMS.0034"


def test_references_must_exist_and_fit(stage: tuple[Service, str, str]) -> None:
    """App, signature, and that both belong together."""
    service, app, sign = stage
    other = service.app(app_name="other")["id"]
    for body, code in (
        (service.template_body("x", sign), "MSGSMS.0014"),
        (service.template_body(app, "x"), "MSGSMS.0012"),
        (service.template_body(app), "MSGSMS.0012"),
        (service.template_body(other, sign), "MSGSMS.0012"),
    ):
        assert service.call("POST", "/templates", body).code == code


def test_universal_template_needs_an_approved_signature_of_its_type(service: Service) -> None:
    """Refused before; afterwards bound to none, and reviewed at once."""
    app = service.app()["id"]
    body = service.template_body(app, universal_template=1)
    sign = service.signature(app)["id"]
    assert service.call("POST", "/templates", body).code == "MSGSMS.0033"
    service.decide("signature", sign, "approve")
    assert service.call("POST", "/templates", {**body, "template_type": "PROMOTION_TYPE"}).code == (
        "MSGSMS.0033"
    )
    shown = service.show("template", service.template(app, sign, universal_template=1))
    assert (shown["universal_template"], shown["flow_status"]) == (1, "Reviewing")
    assert "sign_id" not in shown


def test_international_template_names_its_countries(service: Service) -> None:
    """Three numbers in the order sent, names joined; mainland fields do not count."""
    app = service.app("intl")["id"]
    body: dict[str, Any] = {"region": "intl", "send_country": [65, 55], "brackets": "GB", "sign_id": "x"}
    shown = service.show("template", service.template(app, **body))
    assert (shown["send_country1"], shown["send_country2"]) == (65, 55)
    assert shown["country_name"] == "Singapore~Brazil"
    assert not {"send_country3", "brackets", "sign_id"} & set(shown)
    bad = service.template_body(app, region="intl", send_country=[4])
    assert service.call("POST", "/templates", bad).code == "MSGSMS.0104"


def test_template_quota_is_per_app(make_service: Callable[..., Service]) -> None:
    """One more than the quota is refused; a deletion makes room."""
    service = make_service(template_quota=1)
    app = service.app()["id"]
    sign = service.signature(app)["id"]
    first = service.template(app, sign, flow_status="Pending")
    assert service.call("POST", "/templates", service.template_body(app, sign)).code == "MSGSMS.0017"
    service.call("DELETE", f"/templates/{first}")
    service.template(app, sign)


def test_variables_come_from_their_own_operation(stage: tuple[Service, str, str]) -> None:
    """In order of index, with a length by type, an explicit null and an empty description."""
    service, app, sign = stage
    variables = [
        {"variable_index": 2, "variable_type": "TEXT", "variable_desc": "姓名"},
        {"variable_index": 1, "variable_type": "PHONE"},
    ]
    remote_id = service.template(app, sign, variable_attributes=variables)
    answer = service.call("GET", f"/templates/{remote_id}/varilable").json
    assert answer["total"] == 2
    assert [row["variable_index"] for row in answer["results"]] == [1, 2]
    assert [row["variable_length"] for row in answer["results"]] == [15, 20]
    assert [row["variable_desc"] for row in answer["results"]] == ["", "姓名"]
    assert {row["user_name"] for row in answer["results"]} == {None}
    service.force("template", remote_id, "Reject")
    edit = service.template_body(app, sign, variable_attributes=None, template_content="无变量")
    service.call("PUT", f"/templates/{remote_id}", edit)
    assert service.call("GET", f"/templates/{remote_id}/varilable").json["total"] == 0
    assert service.show("template", remote_id)["has_variable"] == "No"


def test_list_filters(stage: tuple[Service, str, str]) -> None:
    """Every documented filter selects, and the primary key is none."""
    service, app, sign = stage
    intl = service.app("intl", app_name="abroad")
    remote_id = service.template(app, sign)
    service.decide("template", remote_id, "approve")
    shown = service.show("template", remote_id)
    service.template(
        intl["id"], region="intl", template_name="b", template_content="x", template_type="VERIFY_CODE_TYPE"
    )
    for query in (
        {"app_key": shown["app_key"]},
        {"app_name": "shop"},
        {"flow_status": "Adopted"},
        {"has_variable": "Yes"},
        {"region": "cn"},
        {"sign_name": "示例商城"},
        {"template_id": shown["template_id"]},
        {"template_name": "order"},
        {"template_type": "NOTIFY_TYPE"},
    ):
        rows = service.call("GET", "/templates", **query).json["results"]
        assert [row["id"] for row in rows] == [remote_id], query
    assert service.call("GET", "/templates", template_id=remote_id).json["total"] == 0


def test_missing_template_is_0009(service: Service) -> None:
    """Every operation with an id in its path says so."""
    body = service.template_body(service.app()["id"], "x")
    for method, path, data in (
        ("GET", "/templates/x", None),
        ("GET", "/templates/x/varilable", None),
        ("PUT", "/templates/x", body),
        ("DELETE", "/templates/x", None),
    ):
        assert service.call(method, path, data).code == "MSGSMS.0009"


def test_countries_are_a_bare_array(service: Service) -> None:
    """At least a hundred, filtered by either name, each number once; invented numbers start at 1000."""
    rows = service.call("GET", "/country").json
    assert len(rows) == len({row["country_id"] for row in rows}) >= 100
    assert {"country_id": 93, "country_name_en": "Afghanistan", "country_name_zh": "阿富汗"} in rows
    assert [
        row["country_id"] for row in service.call("GET", "/country", country_name_en="Singapore").json
    ] == [65]
    assert len(service.call("GET", "/country", country_name_zh="巴西").json) == 1
    assert service.call("GET", "/country", country_name_en="Nowhere").json == []
    assert all(country.invented == (country.number >= 1000) for country in COUNTRIES)
    assert len({country.english for country in COUNTRIES}) == len(COUNTRIES)
    assert len({country.chinese for country in COUNTRIES}) == len(COUNTRIES)
