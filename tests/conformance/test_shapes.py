"""Answers field by field: names, lengths and ranges of the reference (§2.3, §3.3, §4.2, §5.5 to §5.8)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.vendor import sdk
from tests.emulator.conftest import Service

TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
# name → longest text, or the type; a name with ? is not there before approval, or in the other region.
APP = """
id 64, create_time 20, update_time 20, customer_id 64, tenant object, resource_id 64, developer_account 64,
app_name 64, omp_app_name 48, app_key 128, up_link_addr? 128, status 32, industry int, region 16,
intl_channel_num? 32, enterprise_project_id 64, enterprise_project_name 255, app_access_addr 256, protocol 10,
platform 32, is_support_multiomp bool
"""
SIGNATURE = """
id 64, create_time 20, update_time 20, customer_id 64, tenant object, signature_name 32, signature_id 64,
signature_type 64, app_name 64, app_key 128, apply_desc 300, channel_num? 32, review_desc? 300, file_id 64,
power_attorney_file_id 128, status 64, site 16, signature_source int, is_involved_third 16, urge_status 8,
source_title_content 512, signature_usage 32, qualification_id 64, signature_related_file_id 64,
registration_number 64, license_number 64
"""
TEMPLATE = """
id 64, template_id? 64, create_time 20, update_time 20, customer_id 64, tenant object, template_name 128,
template_type 32, template_content 500, template_desc 500, app_name 64, app_key 128, sign_id? 64,
has_variable 4, review_desc? 300, review_order? 32, flow_status 32, status 32, universal_template int,
region 16, brackets? 16, site? 16, urge_status 8, send_country1? int, send_country2? int, send_country3? int,
country_name 1024, is_support_multiomp bool
"""
DOCUMENTED_ONLY = {"signature_related_file_id", "registration_number", "license_number"}


def fields(table: str) -> dict[str, str]:
    return dict(row.split() for row in table.replace("\n", " ").split(", ") if row.strip())


def judge(shown: dict[str, Any], table: str, absent: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    """Check that an object has these fields, no other, each within its bounds."""
    known = fields(table)
    assert set(shown) == {name.rstrip("?") for name in known} - absent
    for name, bound in known.items():
        value = shown.get(name.rstrip("?"))
        if value is None or bound == "object":
            continue
        if bound in {"int", "bool"}:
            assert type(value).__name__ == bound, name
        else:
            assert isinstance(value, str), name
            assert len(value) <= int(bound), name
        if name.endswith("_time"):
            assert TIME.fullmatch(value)


class Shop:
    """A mainland and an international app with everything a request can say."""

    def __init__(self, service: Service) -> None:
        self.service = service
        service.control("PUT", "reviewer", {"default": "hold"})
        part = b'--X\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\nabc\r\n--X--\r\n'
        target = f"/v2/{service.settings.project_id}/msgsms/upload-files?file_desc=sha"
        kind = {"Content-Type": "multipart/form-data; boundary=X"}
        self.file = service.send("POST", target, part, **kind).json["file_id"]
        self.app = service.app(up_link_addr="https://x.example.com/")["id"]
        self.abroad = service.app("intl")["id"]
        self.sign = service.signature(
            self.app,
            apply_desc="note",
            file_id=self.file,
            power_attorney_fileid=self.file,
            source_title_content="title",
            qualification_id="q-1",
            signature_related_file_id=self.file,
            registration_number="TM-1",
            license_number="ICP-1",
        )["id"]
        self.template = service.template(self.app, self.sign, template_desc="note")
        self.hello = service.template(
            self.abroad, region="intl", send_country=[65, 93, 55], template_desc="note", template_name="hello"
        )


@pytest.fixture
def shop(make_service: Callable[..., Service]) -> Shop:
    """Return the shop at the China site."""
    return Shop(make_service())


@pytest.mark.checks("ShowApp", "ListAppDetails")
def test_app_has_the_documented_fields(shop: Shop) -> None:
    """A mainland app has an uplink, an international one a channel; a secret is in neither."""
    judge(shop.service.show("app", shop.app), APP, {"intl_channel_num"})
    judge(shop.service.show("app", shop.abroad), APP, {"up_link_addr"})
    listed = shop.service.call("GET", "/apps").json["results"]
    assert listed == [shop.service.show("app", shop.abroad), shop.service.show("app", shop.app)]


@pytest.mark.checks("ShowSignature", "ListSignatureDetails")
def test_signature_has_the_documented_fields(shop: Shop) -> None:
    """``power_attorney_fileid`` in, ``power_attorney_file_id`` out; no channel before approval."""
    before = shop.service.show("signature", shop.sign)
    judge(before, SIGNATURE, {"channel_num", "review_desc"})
    assert before["power_attorney_file_id"] == shop.file
    shop.service.decide("signature", shop.sign, "approve", "fine")
    after = shop.service.show("signature", shop.sign)
    judge(after, SIGNATURE)
    assert shop.service.call("GET", "/signatures").json == {"results": [after], "total": 1}


@pytest.mark.checks("ShowTemplate", "ListTemplateDetails")
def test_template_has_the_documented_fields(shop: Shop) -> None:
    """``app_key``, no ``app_id``; no id for sending before approval; a list of countries becomes numbers."""
    service = shop.service
    service.decide("signature", shop.sign, "approve")
    countries = {"send_country1", "send_country2", "send_country3"}
    abroad = {"sign_id", "brackets", "site"}
    review = {"template_id", "review_desc", "review_order"}
    judge(service.show("template", shop.template), TEMPLATE, countries | review)
    judge(service.show("template", shop.hello), TEMPLATE, abroad | review)
    for remote_id in (shop.template, shop.hello):
        service.decide("template", remote_id, "approve", "fine")
    home, hello = service.show("template", shop.template), service.show("template", shop.hello)
    judge(home, TEMPLATE, countries)
    judge(hello, TEMPLATE, abroad)
    assert home["app_key"] == service.show("app", shop.app)["app_key"]
    assert re.fullmatch(r"[0-9a-f]{32}", home["template_id"])
    assert (home["country_name"], hello["country_name"]) == ("", "Singapore~Afghanistan~Brazil")
    assert [hello[name] for name in sorted(countries)] == [65, 93, 55]
    assert service.call("GET", "/templates").json == {"results": [hello, home], "total": 2}


@pytest.mark.checks("ShowApp", "ShowSignature", "ShowTemplate")
def test_sdk_knows_every_field_of_the_reference() -> None:
    """What the emulator answers and the vendor's models do not know is documented since 2025-04-11."""
    for model, table in (("App", APP), ("Signature", SIGNATURE), ("Template", TEMPLATE)):
        theirs = set(getattr(sdk, f"Show{model}Response").attribute_map.values())
        ours = {name.rstrip("?") for name in fields(table)}
        assert ours - theirs == (DOCUMENTED_ONLY if model == "Signature" else set())


@pytest.mark.checks(
    *("CreateApp", "UpdateApp", "CreateSignature", "UpdateSignature", "CreateTemplate", "UpdateTemplate")
)
def test_answers_of_writes_are_as_short_as_documented(shop: Shop) -> None:
    """Ids and names, the secret once, and never the id for sending."""
    service = shop.service
    service.decide("signature", shop.sign, "reject")
    app = {"app_name": "new", "region": "cn"}
    sign = service.signature_body(shop.app, signature_name="新的")
    template = service.template_body(shop.app, shop.sign, flow_status="Pending")
    for method, path, body, names in (
        ("POST", "/apps", {**app, "show_secret": True}, {"id", "app_key", "app_name", "app_secret"}),
        ("PUT", f"/apps/{shop.app}", app, {"id", "app_key", "app_name"}),
        ("POST", "/signatures", sign, {"id", "signature_id", "signature_name"}),
        ("PUT", f"/signatures/{shop.sign}", {**sign, "signature_name": "又新"}, {"id", "signature_id"}),
        ("POST", "/templates", template, {"id", "template_name"}),
        ("PUT", f"/templates/{shop.template}", template, {"id", "template_name"}),
    ):
        reply = service.call(method, path, body)
        assert reply.status == 200, reply.json
        assert set(reply.json) == names | ({"signature_name"} if "signature_id" in names else set())


@pytest.mark.checks("ShowSignatureFile", "ShowAppCount", "ListSendCountryDetails")
def test_small_answers_are_as_documented(shop: Shop) -> None:
    """A file's description, a count of two numbers, and countries as a bare array."""
    shown = shop.service.call("GET", "/upload-files", file_id=shop.file).json
    sizes = {name: type(value) for name, value in shown.items()}
    assert sizes == {
        **dict.fromkeys(("file_id", "file_name", "file_desc", "operator", "update_time"), str),
        **dict.fromkeys(("file_ref", "file_size", "file_type", "module_type"), int),
    }
    assert shop.service.call("GET", "/apps-count", region="cn").json == {"total": 2, "used": 1}
    countries = shop.service.call("GET", "/country").json
    assert isinstance(countries, list)
    assert 100 <= len(countries) <= 500
    for country in countries:
        assert {name: type(value) for name, value in country.items()} == {
            "country_id": int,
            "country_name_en": str,
            "country_name_zh": str,
        }
        assert country["country_id"] >= 1


@pytest.mark.checks("ListTemplateVarilableDetails")
def test_variables_are_as_documented(shop: Shop) -> None:
    """Six fields and an explicit null, as in the vendor's example."""
    answer = shop.service.call("GET", f"/templates/{shop.template}/varilable").json
    (row,) = answer["results"]
    assert answer["total"] == 1
    assert {name: type(value) for name, value in row.items()} == {
        **dict.fromkeys(("id", "variable_index", "variable_length"), int),
        **dict.fromkeys(("temp_name", "variable_type", "variable_desc"), str),
        "user_name": type(None),
    }
