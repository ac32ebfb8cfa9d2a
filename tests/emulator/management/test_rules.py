"""Field by field: what a request may hold, as a table."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smsconf.emulator.base import errors
from smsconf.emulator.choices import CHOICES, NOT_IMITATED
from smsconf.emulator.gateway.routes import ROUTES
from smsconf.emulator.management import rules
from smsconf.emulator.management.statuses import DECISIONS, DISABLINGS, EDITS, SITES, WITHDRAWALS
from tests.emulator.conftest import Service

APP = {"app_name": "shop", "region": "cn"}
BAD_APPS = {
    "name missing": {"app_name": None},
    "name empty": {"app_name": ""},
    "name blank": {"app_name": "  "},
    "name long": {"app_name": "x" * 65},
    "name a number": {"app_name": 7},
    "name half a surrogate pair": {"app_name": "\ud83d"},
    "region unknown": {"region": "eu"},
    "region long": {"region": "x" * 17},
    "address empty on create": {"up_link_addr": ""},
    "address long": {"up_link_addr": "x" * 129},
    "secret a string": {"show_secret": "true"},
}
BAD_SIGNATURES = {
    "name long": {"signature_name": "x" * 33},
    "type blank": {"signature_type": " "},
    "source text": {"signature_source": "0"},
    "source high": {"signature_source": 6},
    "source negative": {"signature_source": -1},
    "source boolean": {"signature_source": True},
    "third party in lower case": {"is_involved_third": "yes"},
    "note long": {"apply_desc": "x" * 101},
    "qualification characters": {"qualification_id": "a b"},
}
VARIABLE = {"variable_index": 1, "variable_type": "PHONE"}
BAD_TEMPLATES = {
    "name long": {"template_name": "x" * 129},
    "content empty": {"template_content": ""},
    "content long": {"template_content": "x" * 501},
    "note long": {"template_desc": "x" * 501},
    "countries no array": {"send_country": 65},
    "four countries": {"send_country": [65, 66, 81, 82]},
    "country text": {"send_country": ["65"]},
    "universal two": {"universal_template": 2},
    "status of the answer": {"flow_status": "Adopted"},
    "disabled from the start": {"flow_status": "Disable"},
    "variable type of an answer": {"variable_attributes": [{**VARIABLE, "variable_type": "URL"}]},
    "variable index high": {"variable_attributes": [{**VARIABLE, "variable_index": 21}]},
    "variable index missing": {"variable_attributes": [{"variable_type": "PHONE"}]},
    "variable twice": {"variable_attributes": [VARIABLE, VARIABLE]},
    "variables many": {"variable_attributes": [VARIABLE] * 21},
    "variables no objects": {"variable_attributes": [1]},
    "text without description": {"variable_attributes": [{**VARIABLE, "variable_type": "TEXT"}]},
    "region of another app": {"region": "intl"},
}
BAD_LISTS = [
    *({"limit": value} for value in ("0", "501", "-1", "x", "", "1.5")),
    *({"offset": value} for value in ("-1", "x", "2147483648")),
    *({"sort_dir": "up"}, {"sort_key": "name"}, {"region": ""}, {"app_name": "x" * 65}),
    *({"start_time": value} for value in ("2026-01-05", "yesterday", "2026-13-01 00:00:00")),
]


def invalid(reply: Any) -> bool:
    return (reply.status, reply.code) == (400, "MSGSMS.0002") and bool(reply.json["error_detail"])


@pytest.mark.parametrize("case", BAD_APPS)
def test_create_app_refuses_a_bad_field(service: Service, case: str) -> None:
    """Each breach is MSGSMS.0002, and nothing is created."""
    assert invalid(service.call("POST", "/apps", {**APP, **BAD_APPS[case]}))
    assert service.call("GET", "/apps").json["total"] == 0


@pytest.mark.parametrize("case", BAD_SIGNATURES)
def test_create_signature_refuses_a_bad_field(service: Service, case: str) -> None:
    """Each breach is MSGSMS.0002."""
    body = service.signature_body(service.app()["id"], **BAD_SIGNATURES[case])
    assert invalid(service.call("POST", "/signatures", body))


@pytest.mark.parametrize("case", BAD_TEMPLATES)
def test_create_template_refuses_a_bad_field(service: Service, case: str) -> None:
    """Each breach is MSGSMS.0002."""
    app = service.app()
    body = service.template_body(app["id"], service.signature(app["id"])["id"], **BAD_TEMPLATES[case])
    assert invalid(service.call("POST", "/templates", body))


@pytest.mark.parametrize("query", BAD_LISTS, ids=str)
def test_list_refuses_a_bad_query(service: Service, query: dict[str, str]) -> None:
    """Paging, order and times outside their ranges are MSGSMS.0002."""
    assert invalid(service.call("GET", "/apps", **query))


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{", b"\xff", b'"x"', b"[" * 50_000], ids=lambda b: repr(b[:9])
)
def test_body_must_be_a_json_object(service: Service, body: bytes) -> None:
    """Whatever else comes is MSGSMS.0002 too."""
    assert invalid(service.send("POST", f"/v2/{service.settings.project_id}/msgsms/apps", body))


@pytest.mark.parametrize("ids", [[], ["x"] * 51, "x", None, [1], [""], ["x" * 65]], ids=repr)
def test_batch_delete_takes_one_to_fifty_ids(service: Service, ids: Any) -> None:
    """The array's size and its items are checked."""
    assert invalid(service.call("POST", "/templates/batch-delete", {"ids": ids}))


def test_ids_in_paths_have_a_length(service: Service) -> None:
    """An id over 64 characters is a bad parameter, not a missing object."""
    assert invalid(service.call("GET", "/apps/" + "x" * 65))
    assert service.call("GET", "/apps/" + "x" * 64).code == "MSGSMS.0014"


def test_location_is_another_name_of_region(service: Service) -> None:
    """The back end's alias is accepted; unknown fields are ignored and null is absent."""
    reply = service.call(
        "POST", "/apps", {"app_name": "shop", "location": "cn", "x": 1, "up_link_addr": None}
    )
    assert reply.status == 200
    assert service.show("app", reply.json["id"])["region"] == "cn"


def test_lengths_count_characters(service: Service) -> None:
    """The longest name of Chinese characters fits."""
    assert service.call("POST", "/apps", {**APP, "app_name": "名" * 64}).status == 200


VALUES = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=70) | st.lists(st.integers(), max_size=3)
)
FIELDS = {route.operation: [field.name for field in route.body] for route in ROUTES if route.body is not None}


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_no_body_breaks_the_emulator(service: Service, data: st.DataObject) -> None:
    """Whatever a body holds, the answer is the service's own: success or a code, never an internal error."""
    route = data.draw(st.sampled_from([route for route in ROUTES if route.body is not None]))
    names = FIELDS[route.operation]
    body = data.draw(st.dictionaries(st.sampled_from(names), VALUES))
    target = route.path.format(project_id=service.settings.project_id, id="x")
    reply = service.send(route.method, target, json.dumps(body).encode())
    assert reply.code != errors.INTERNAL.code


READS = [route for route in ROUTES if route.method == "GET" and "id" not in route.path.split("/")[-1]]


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_no_query_breaks_the_emulator(service: Service, data: st.DataObject) -> None:
    """Whatever a query holds, raw bytes included, the answer is the service's own."""
    route = data.draw(st.sampled_from([route for route in READS if route.query]))
    name = st.sampled_from([field.name for field in route.query])
    value = st.text(max_size=8) | st.integers().map(str) | st.sampled_from(["%FF", "%", "+", "asc", "10"])
    pairs = data.draw(st.lists(st.tuples(name, value), max_size=3))
    query = "&".join(f"{key}={quote(text, safe='%+')}" for key, text in pairs)
    target = route.path.format(project_id=service.settings.project_id, id="x") + "?" + query
    assert service.send("GET", target).code not in {errors.INTERNAL.code, "APIGW.0301"}


def test_every_row_of_every_table_names_its_source() -> None:
    """A route, a rule, an error, a move, a decision or a site without a source would be a rumour."""
    rows: list[Any] = [*ROUTES, *errors.BY_NAME.values(), *SITES.values(), *DECISIONS.values()]
    rows += [*EDITS.values(), *WITHDRAWALS.values(), *DISABLINGS.values()]
    rows += [field for route in ROUTES for field in (*route.query, *(route.body or ()))]
    assert all(row.source for row in rows)
    assert len({row.operation for row in ROUTES}) == 25


def test_every_choice_answers_a_question_of_its_own() -> None:
    """A section asks a question once, answers it, and is one that states the vendor's silence."""
    assert len({(choice.section, choice.question) for choice in CHOICES}) == len(CHOICES)
    assert all(choice.section and choice.answer for choice in CHOICES)
    assert len(set(NOT_IMITATED)) == len(NOT_IMITATED)


def test_rules_know_their_kinds() -> None:
    """Every kind of field a table uses can be checked."""
    kinds = {field.kind for route in ROUTES for field in (*route.query, *(route.body or ()))}
    assert kinds <= set(rules.CHECKS)
