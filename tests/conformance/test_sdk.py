"""The vendor's SDK drives every operation it has; its objects are judged field by field."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from smsconf.emulator.choices import UNANSWERED
from smsconf.emulator.gateway.engine import BODY_LIMIT
from smsconf.emulator.gateway.routes import OPERATIONS
from tests.conformance.server import Server
from tests.conformance.vendor import METHODS, ask, client, exceptions, judge
from tests.conformance.world import (
    World,
    abroad_body,
    app_body,
    build,
    signature_body,
    template_body,
    upload,
)


@pytest.fixture
def world(server: Server) -> World:
    """Return a shop where everything is approved."""
    return build(server)


def marked(*operations: str) -> list[Any]:
    return [pytest.param(name, marks=pytest.mark.checks(name), id=name) for name in operations]


# What the vendor's methods are asked for in a shop where everything is approved; "Enable" and "Update" need a
# status of their own, which FORCED prepares.
HAPPY: dict[str, Callable[[World], dict[str, Any]]] = {
    "CreateApp": lambda world: {"body": app_body(app_name="second")},
    "CreateSignature": lambda world: {"body": signature_body(world.app.id, signature_name="第二")},
    "CreateTemplate": lambda world: {"body": template_body(world.app.id, world.signature.id)},
    "DeleteSignature": lambda world: {"id": world.signature.id},
    "DeleteTemplate": lambda world: {"id": world.template.id},
    "EnableSignature": lambda world: {"id": world.signature.id},
    "ListAppDetails": lambda world: {"limit": 500, "offset": 0, "sort_dir": "asc", "sort_key": "create_time"},
    "ListSendCountryDetails": lambda world: {},
    "ListSignatureDetails": lambda world: {
        "signature_name": "示例商城",
        "status": "REVIEW_PROCESSING_COMPLETED",
    },
    "ListTemplateDetails": lambda world: {"has_variable": "Yes"},
    "ListTemplateVarilableDetails": lambda world: {"id": world.template.id},
    "ShowApp": lambda world: {"id": world.app.id},
    "ShowAppCount": lambda world: {"region": "cn"},
    "ShowSignature": lambda world: {"id": world.signature.id},
    "ShowSignatureFile": lambda world: {"file_id": world.file.file_id},
    "ShowTemplate": lambda world: {"id": world.template.id},
    "UpdateApp": lambda world: {"id": world.app.id, "body": {"app_name": "new", "region": "cn"}},
    "UpdateSignature": lambda world: {"id": world.signature.id, "body": signature_body(world.app.id)},
    "UpdateTemplate": lambda world: {
        "id": world.template.id,
        "body": template_body(world.app.id, world.signature.id, flow_status="Disable"),
    },
}
FORCED = {"EnableSignature": "TO_BE_ACTIVATED", "UpdateSignature": "REVIEW_NOT_PASS"}
CN_ONLY_EMPTY = {"intl_channel_num", "send_country1", "send_country2", "send_country3"}
INTL_ONLY_EMPTY = {"up_link_addr", "sign_id", "brackets", "site"}
# What stays empty in the SDK's objects although everything was filled in and approved.
EMPTY = {
    "ListAppDetails": {"results.ip_white_list", "results.intl_channel_num", "results.up_link_addr"},
    "ListSignatureDetails": {
        *("results.urge_time", "results.urge_desc", "results.qualification_name"),
    },
    "ListTemplateDetails": {
        *("results.urge_time", "results.urge_desc"),
        *(f"results.{name}" for name in CN_ONLY_EMPTY | INTL_ONLY_EMPTY if "channel" not in name),
    }
    - {"results.up_link_addr"},
    "ListTemplateVarilableDetails": {"results.user_name"},
    "ShowApp": {"ip_white_list", "intl_channel_num"},
    "ShowSignature": {"urge_time", "urge_desc", "qualification_name"},
    "ShowTemplate": {"urge_time", "urge_desc", "send_country1", "send_country2", "send_country3"},
}


def test_sdk_has_every_operation_but_one() -> None:
    """The vendor's 20 operations are ours without IAM's two, sending's two and the batch deletion."""
    iam = {"KeystoneListProjects", "KeystoneCreateUserTokenByPassword"}
    assert len(METHODS) == 20
    apps = {"BatchSendSms", "BatchSendDiffSms"}  # of another SDK: test_sending_sdk
    assert set(METHODS) == set(OPERATIONS) - iam - apps - {"DeleteTemplates"}
    assert {*HAPPY, "UploadSignatureFile"} == set(METHODS)


@pytest.mark.parametrize("operation", marked(*HAPPY))
def test_sdk_gets_every_field_of(server: Server, world: World, operation: str) -> None:
    """Each field of the SDK's answer has the declared type; which ones stay empty is known and reasoned."""
    if operation in FORCED:
        server.force("signature", world.signature.id, FORCED[operation])
    answer = ask(world.vendor, operation, **HAPPY[operation](world))
    assert answer.status_code in {200, 204}
    assert set(judge(answer)) == EMPTY.get(operation, set())


@pytest.mark.checks("UploadSignatureFile", "ShowSignatureFile")
@pytest.mark.parametrize("content", [b"", b"\r\n--x--\r\n", bytes(range(256)) * 400], ids=len)
def test_sdk_uploads_any_bytes(server: Server, content: bytes) -> None:
    """A file of any content gets an id; its name, size and description come back."""
    vendor = client(server.url)
    made = upload(vendor, content, "营业执照.PNG")
    assert list(judge(made)) == []
    shown = ask(vendor, "ShowSignatureFile", file_id=made.file_id)
    assert list(judge(shown)) == []
    assert (shown.file_name, shown.file_size, shown.file_desc) == ("营业执照.PNG", len(content), "sha256")
    assert (shown.file_ref, shown.file_type, shown.module_type) == (0, 1, 2)


@pytest.mark.checks("ShowApp", "ShowSignature", "ShowTemplate", "ListTemplateVarilableDetails")
def test_fields_that_stay_empty_are_those_of_the_fidelity_table(world: World) -> None:
    """Looking at mainland and international objects, only the fields listed with a reason stay empty."""
    seen = {
        "ShowApp": [set(judge(ask(world.vendor, "ShowApp", id=app.id))) for app in (world.app, world.abroad)],
        "ShowSignature": [set(judge(ask(world.vendor, "ShowSignature", id=world.signature.id)))],
        "ShowTemplate": [
            set(judge(ask(world.vendor, "ShowTemplate", id=made.id)))
            for made in (world.template, world.hello)
        ],
        "ListTemplateVarilableDetails": [
            {
                place.removeprefix("results.")
                for place in judge(ask(world.vendor, "ListTemplateVarilableDetails", id=world.template.id))
            }
        ],
    }
    always = {(operation, name) for operation, sets in seen.items() for name in set.intersection(*sets)}
    assert always == {(row.operation, row.field) for row in UNANSWERED}


@pytest.mark.checks("ShowTemplate")
def test_sdk_reads_countries_back_in_order(world: World) -> None:
    """The list sent comes back as three numbers and as joined names."""
    shown = ask(world.vendor, "ShowTemplate", id=world.hello.id)
    assert (shown.send_country1, shown.send_country2, shown.send_country3) == (65, 93, 55)
    assert shown.country_name == "Singapore~Afghanistan~Brazil"


@pytest.mark.checks("ListTemplateDetails", "ListSignatureDetails", "ListAppDetails")
@pytest.mark.parametrize("kind", ["App", "Signature", "Template"])
def test_sdk_pages_through_a_list(server: Server, world: World, kind: str) -> None:
    """Pages of one item give each once, in the order asked for, with the same total."""
    for number in range(2):
        name = f"more{number}"
        if kind == "Signature":
            ask(world.vendor, "CreateSignature", body=signature_body(world.app.id, signature_name=name))
        if kind == "Template":
            body = template_body(world.app.id, world.signature.id, template_name=name)
            ask(world.vendor, "CreateTemplate", body=body)
    whole = ask(world.vendor, f"List{kind}Details", limit=500)
    pages = [ask(world.vendor, f"List{kind}Details", limit=1, offset=n) for n in range(whole.total)]
    assert [row.id for page in pages for row in page.results] == [row.id for row in whole.results]
    assert {page.total for page in pages} == {whole.total} == {len(whole.results)}
    turned = ask(world.vendor, f"List{kind}Details", limit=500, sort_dir="asc")
    assert [row.id for row in turned.results] == [row.id for row in reversed(whole.results)]


# What is asked, what is wrong with it, the request's fields, the code. The status is 400 for all of them.
REFUSED: list[tuple[str, str, Callable[[World], dict[str, Any]], str]] = [
    ("CreateApp", "no name", lambda world: {"body": app_body(app_name=None)}, "0002"),
    ("ListAppDetails", "limit over 500", lambda world: {"limit": 501}, "0002"),
    ("ShowApp", "unknown", lambda world: {"id": "x"}, "0014"),
    ("ShowAppCount", "no region", lambda world: {}, "0002"),
    ("UpdateApp", "unknown", lambda world: {"id": "x", "body": app_body()}, "0014"),
    ("UpdateApp", "moved", lambda world: {"id": world.app.id, "body": app_body(region="intl")}, "0002"),
    ("CreateSignature", "unknown app", lambda world: {"body": signature_body("x")}, "0014"),
    ("CreateSignature", "taken", lambda world: {"body": signature_body(world.app.id)}, "0006"),
    (
        "CreateSignature",
        "type",
        lambda world: {"body": signature_body(world.app.id, signature_type="X")},
        "0032",
    ),
    ("CreateSignature", "file", lambda world: {"body": signature_body(world.app.id, file_id="x")}, "0011"),
    ("ListSignatureDetails", "sorted by name", lambda world: {"sort_key": "signature_name"}, "0002"),
    ("ShowSignature", "unknown", lambda world: {"id": "x"}, "0005"),
    ("UpdateSignature", "unknown", lambda world: {"id": "x", "body": signature_body(world.app.id)}, "0005"),
    (
        "UpdateSignature",
        "approved",
        lambda world: {"id": world.signature.id, "body": signature_body(world.app.id)},
        "0007",
    ),
    ("DeleteSignature", "unknown", lambda world: {"id": "x"}, "0005"),
    ("EnableSignature", "unknown", lambda world: {"id": "x"}, "0005"),
    ("EnableSignature", "approved", lambda world: {"id": world.signature.id}, "0130"),
    ("ShowSignatureFile", "unknown", lambda world: {"file_id": "x"}, "0011"),
    ("CreateTemplate", "unknown app", lambda world: {"body": template_body("x", None)}, "0014"),
    ("CreateTemplate", "unknown signature", lambda world: {"body": template_body(world.app.id, "x")}, "0012"),
    (
        "CreateTemplate",
        "type",
        lambda world: {"body": template_body(world.app.id, world.signature.id, template_type="X")},
        "0034",
    ),
    (
        "CreateTemplate",
        "country",
        lambda world: {"body": abroad_body(world.abroad.id, send_country=[999_999])},
        "0104",
    ),
    (
        "CreateTemplate",
        "universal without a signature of its type",
        lambda world: {
            "body": template_body(world.app.id, None, universal_template=1, template_type="VERIFY_CODE_TYPE")
        },
        "0033",
    ),
    ("ListTemplateDetails", "offset below zero", lambda world: {"offset": -1}, "0002"),
    ("ShowTemplate", "unknown", lambda world: {"id": "x"}, "0009"),
    (
        "UpdateTemplate",
        "unknown",
        lambda world: {"id": "x", "body": template_body(world.app.id, None)},
        "0009",
    ),
    (
        "UpdateTemplate",
        "approved",
        lambda world: {"id": world.template.id, "body": template_body(world.app.id, world.signature.id)},
        "0010",
    ),
    ("DeleteTemplate", "unknown", lambda world: {"id": "x"}, "0009"),
    ("ListTemplateVarilableDetails", "unknown", lambda world: {"id": "x"}, "0009"),
    ("ListSendCountryDetails", "name too long", lambda world: {"country_name_en": "x" * 256}, "0002"),
]


@pytest.mark.parametrize(
    ("operation", "fields", "code"),
    [
        pytest.param(operation, fields, code, marks=pytest.mark.checks(operation), id=f"{operation}-{why}")
        for operation, why, fields, code in REFUSED
    ],
)
def test_sdk_surfaces_the_refusal(world: World, operation: str, fields: Any, code: str) -> None:
    """The code, the text and the request id of the service's refusal reach the vendor's exception."""
    with pytest.raises(exceptions.ClientRequestException) as caught:
        ask(world.vendor, operation, **fields(world))
    assert (caught.value.status_code, caught.value.error_code) == (400, f"MSGSMS.{code}")
    assert caught.value.error_msg
    assert len(caught.value.request_id) == 32


@pytest.mark.checks("UploadSignatureFile")
def test_sdk_surfaces_the_refusal_of_an_upload(server: Server) -> None:
    """A file name over 64 characters is a bad parameter."""
    with pytest.raises(exceptions.ClientRequestException) as caught:
        upload(client(server.url), name="x" * 65)
    assert (caught.value.status_code, caught.value.error_code) == (400, "MSGSMS.0002")


def test_every_operation_of_the_sdk_is_refused_somewhere() -> None:
    """No operation is left out of the table of refusals."""
    assert {row[0] for row in REFUSED} | {"UploadSignatureFile"} == set(METHODS)


GATEWAY = {
    401: "APIGW.0301",
    403: "APIGW.0302",
    404: "APIGW.0101",
    413: "APIGW.0201",
    429: "APIGW.0308",
    500: "MSGSMS.0001",
    503: "APIGW.0201",
}
READS = ("List", "Show", "Update", "Delete", "Enable")


@pytest.mark.parametrize("operation", marked(*METHODS))
def test_sdk_surfaces_trouble_of_gateway_and_service(server: Server, operation: str) -> None:
    """Every status arrives with its code, but for the SDK's own 429 of everything that is not a POST."""
    vendor = client(server.url)
    faults = [{"operation": operation, "fault": "status", "status": status} for status in GATEWAY]
    server.control("POST", "faults", faults)
    for status, code in GATEWAY.items():
        expected = exceptions.ServerResponseException if status >= 500 else exceptions.ClientRequestException
        with pytest.raises(expected) as caught:
            ask_about_nobody(vendor, operation)
        lost = status == 429 and operation.startswith(READS)  # the SDK's quirk, reference §9.4
        assert caught.value.status_code == status
        assert caught.value.error_code == ("429" if lost else code)
        assert bool(caught.value.request_id) is not lost


def ask_about_nobody(vendor: Any, operation: str) -> Any:
    """Call an operation with ids that nobody has: a fault strikes before anything is looked up."""
    if operation == "UploadSignatureFile":
        return upload(vendor)
    nobody = SimpleNamespace(id="x", file_id="x")
    kinds = ("app", "abroad", "file", "signature", "template", "hello")
    return ask(vendor, operation, **HAPPY[operation](World(vendor, **dict.fromkeys(kinds, nobody))))


@pytest.mark.checks("UploadSignatureFile")
def test_sdk_surfaces_a_body_that_is_too_large(server: Server) -> None:
    """More than the gateway's 12 MB is 413 in the vendor's exception."""
    with pytest.raises(exceptions.ClientRequestException) as caught:
        upload(client(server.url), b"x" * (BODY_LIMIT + 1))
    assert (caught.value.status_code, caught.value.error_code) == (413, "APIGW.0201")
