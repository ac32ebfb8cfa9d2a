"""Every field of every request at its bounds: a second table, written from the reference, judges the first.

One line a field: name, ``R`` if required, type, bounds, then words: ``not-blank``, the enumeration, and
``else=CODE`` for a well-formed value that is refused for another reason (it names nothing that exists).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from smsconf.emulator.gateway.routes import ROUTES, SENDING
from tests.emulator.conftest import Reply, Service

INVALID = "MSGSMS.0002"
PAGE = """
limit       o int 1-500
offset      o int 0-2147483647
sort_key    o str 1-64 create_time
sort_dir    o str 1-20 desc,asc
start_time  o time 19-19
end_time    o time 19-19
"""
APP = """
app_name                 R str 1-64 not-blank
region                   R str 2-16 cn,intl else=MSGSMS.0002
create_sign_and_template o bool 0-1
enterprise_project_id    o str 1-64
enterprise_project_name  o str 1-255
"""
SIGNATURE = """
app_id                    R str 1-64 else=MSGSMS.0014
signature_name            R str 1-32 not-blank
signature_type            R str 1-64 not-blank else=MSGSMS.0032
signature_source          R int 0-5
is_involved_third         R str 2-16 Yes,No
apply_desc                o str 0-100
file_id                   o str 1-64 else=MSGSMS.0011
power_attorney_fileid     o str 1-128 else=MSGSMS.0011
source_title_content      o str 0-512
qualification_id          o str 0-64
signature_related_file_id o str 0-64 else=MSGSMS.0011
registration_number       o str 0-64
license_number            o str 0-64
"""
TEMPLATE = """
app_id               R str 1-64 else=MSGSMS.0014
template_name        R str 1-128
template_content     R str 1-500
region               R str 2-16 cn,intl else=MSGSMS.0002
template_type        R str 1-32 else=MSGSMS.0034
sign_id              o str 1-64 else=MSGSMS.0012
send_country         o list-int 0-3
brackets             o str 1-16
template_desc        o str 0-500
universal_template   o int 0-1
variable_attributes  o list-var 0-20
flow_status          o str 7-64 Pending,Reviewing
"""
VARIABLE = """
variable_index R int 1-20
variable_type  R str 3-32 PHONE,CHARDIGIT,DATETIME,MONEY,TEXT,NEWTEXT,LONGTEXT
variable_desc  o str 0-100
"""
QUERIES = {
    "ListAppDetails": PAGE + "app_name o str 1-64\nregion o str 1-20\nstatus o str 1-32",
    "ShowAppCount": "region R str 1-20",
    "ListSignatureDetails": PAGE
    + "app_name o str 1-64\nsignature_id o str 1-64\nsignature_name o str 1-32\nsignature_type o str 1-64\n"
    "site o str 1-16\nstatus o str 1-64",
    "UploadSignatureFile": "file_desc o str 1-64",
    "ShowSignatureFile": "file_id R str 1-64 else=MSGSMS.0011",
    "ListTemplateDetails": PAGE
    + "app_key o str 1-128\napp_name o str 1-64\nflow_status o str 1-64\nhas_variable o str 1-8\n"
    "region o str 1-20\nsign_name o str 1-128\ntemplate_id o str 1-64\ntemplate_name o str 1-128\n"
    "template_type o str 1-32",
    "ListSendCountryDetails": "country_name_en o str 1-255\ncountry_name_zh o str 1-255",
    "KeystoneListProjects": "name o str 1-255",
}
BODIES = {
    "CreateApp": APP + "show_secret o bool 0-1\nup_link_addr o str 1-128",
    "UpdateApp": APP + "up_link_addr o str 0-128",
    "CreateSignature": SIGNATURE,
    "UpdateSignature": SIGNATURE,
    "CreateTemplate": TEMPLATE,
    "UpdateTemplate": TEMPLATE,
    "DeleteTemplates": "ids R list-str 1-50",
}


class Row(NamedTuple):
    """One line of the tables above."""

    operation: str
    name: str
    required: bool
    kind: str
    low: int
    high: int
    blank: bool
    choices: tuple[str, ...]
    otherwise: str | None


def rows(operation: str, table: str) -> Iterator[Row]:
    for line in filter(None, table.splitlines()):
        name, need, kind, bounds, *words = line.split()
        low, high = (int(bound) for bound in bounds.split("-"))
        otherwise = next((word[5:] for word in words if word.startswith("else=")), None)
        blank = "not-blank" not in words
        rest = [word for word in words if word != "not-blank" and not word.startswith("else=")]
        choices = tuple(rest[0].split(",")) if rest else ()
        yield Row(operation, name, need == "R", kind, low, high, blank, choices, otherwise)


def value(row: Row, size: int) -> Any:
    """Return a value of this length, amount or number of items."""
    return {
        "str": lambda: "x" * size,
        "int": lambda: size,
        "list-int": lambda: [65, 93, 55, 86][:size],
        "list-str": lambda: ["x"] * size,
        "list-var": lambda: [
            {"variable_index": number, "variable_type": "PHONE"} for number in range(1, size + 1)
        ],
        "time": lambda: "2026-01-05 01:00:00"[:size].ljust(size, "0"),
        "bool": lambda: bool(size),
    }[row.kind]()


def good(row: Row) -> Iterator[Any]:
    if row.choices:
        yield from row.choices
    else:
        yield from {repr(made): made for made in (value(row, row.low), value(row, row.high))}.values()
    if not row.required:
        yield None


def bad(row: Row, *, textual: bool) -> Iterator[Any]:
    if row.required:
        yield None
    if row.kind != "bool":
        yield value(row, row.high + 1)
        if row.low or row.kind == "int":
            yield value(row, row.low - 1)
    if not row.blank:
        yield " "
    if row.choices:
        yield from ("unknown", row.choices[0].swapcase())
    if textual:
        yield from {"int": ["x", "", "1.5"], "time": ["2026-01-05", "2026-13-05 01:00:00"]}.get(row.kind, [])
    else:
        wrong = {"str": [7, True, ["x"], {}], "int": ["1", 1.5, True, []], "bool": ["true", 2, []]}
        yield from wrong.get(row.kind, ["x", 7, {}, [None]])


def cases(tables: dict[str, str]) -> list[Any]:
    return [
        pytest.param(row, marks=pytest.mark.checks(operation), id=f"{operation}-{row.name}")
        for operation, table in tables.items()
        for row in rows(operation, table)
    ]


BY_NAME = {route.operation: route for route in ROUTES}
BOUNDARY = {"Content-Type": "multipart/form-data; boundary=XX"}
PART = b'--XX\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\nabc\r\n--XX--\r\n'


@pytest.mark.parametrize("row", cases(QUERIES))
def test_query_keeps_to_its_row(service: Service, row: Row) -> None:
    """At the bounds a parameter is accepted, one step beyond, or of another form, it is MSGSMS.0002."""
    route = BY_NAME[row.operation]
    path = route.path.replace("{project_id}", service.settings.project_id)

    def ask(given: Any) -> Reply:
        from smsconf import signing

        query = "" if given is None else "?" + signing.query_string([(row.name, str(given))])
        body = PART if row.operation == "UploadSignatureFile" else b""
        return service.send(route.method, path + query, body, **(BOUNDARY if body else {}))

    for given in good(row):
        reply = ask(given)
        assert (reply.status, reply.code) == ((400, row.otherwise) if row.otherwise else (200, None)), given
    for given in bad(row, textual=True):
        reply = ask(given)
        assert (reply.status, reply.code) == (400, INVALID), given


class Stage(NamedTuple):
    """A service with something to name in bodies, and a valid body for each operation."""

    service: Service
    targets: dict[str, tuple[str, str]]
    bodies: dict[str, dict[str, Any]]


@pytest.fixture
def stage(make_service: Callable[..., Service]) -> Stage:
    """Return a service where every operation with a body can succeed."""
    service = make_service(":memory:", app_quota=100)
    service.control("PUT", "reviewer", {"default": "hold"})
    app = service.app()["id"]
    sign = service.signature(app, approved=True)["id"]
    rejected = service.signature(app, signature_name="被拒")["id"]
    service.force("signature", rejected, "REVIEW_NOT_PASS")
    draft = service.template(app, sign, flow_status="Pending")
    signature = service.signature_body(app, signature_name="新的")
    template = service.template_body(app, sign, flow_status="Pending")
    return Stage(
        service,
        {
            "CreateApp": ("POST", "/apps"),
            "UpdateApp": ("PUT", f"/apps/{app}"),
            "CreateSignature": ("POST", "/signatures"),
            "UpdateSignature": ("PUT", f"/signatures/{rejected}"),
            "CreateTemplate": ("POST", "/templates"),
            "UpdateTemplate": ("PUT", f"/templates/{draft}"),
            "DeleteTemplates": ("POST", "/templates/batch-delete"),
        },
        {
            "CreateApp": {"app_name": "shop", "region": "cn"},
            "UpdateApp": {"app_name": "shop", "region": "cn"},
            "CreateSignature": signature,
            "UpdateSignature": signature,
            "CreateTemplate": template,
            "UpdateTemplate": template,
            "DeleteTemplates": {"ids": [draft]},
        },
    )


def sent(stage: Stage, operation: str, changes: dict[str, Any]) -> Reply:
    """Send a valid body with these changes, and make room for the next one."""
    service = stage.service
    method, path = stage.targets[operation]
    body = {**stage.bodies[operation], **changes}
    reply = service.call(method, path, body)
    if operation in {"UpdateSignature", "UpdateTemplate"} and reply.status == 200:
        kind = operation.removeprefix("Update").lower()
        service.force(kind, path.rpartition("/")[2], "Pending" if kind == "template" else "REVIEW_NOT_PASS")
    elif operation == "CreateSignature" and reply.status == 200:
        assert service.call("DELETE", f"/signatures/{reply.json['id']}").status == 204
    return reply


@pytest.mark.parametrize("row", cases(BODIES))
def test_field_keeps_to_its_row(stage: Stage, row: Row) -> None:
    """At the bounds a field is accepted; one step beyond, of another type or unknown, it is MSGSMS.0002."""
    for given in good(row):
        reply = sent(stage, row.operation, {row.name: given})
        foreign = row.otherwise if given not in (None, "", *row.choices) else None
        foreign = "MSGSMS.0012" if (row.name, given) == ("sign_id", None) else foreign
        # The other region is well-formed, but this app and this template are not of it.
        moved = row.name == "region" and given == "intl" and row.operation != "CreateApp"
        expected = (400, INVALID if moved else foreign) if moved or foreign else (200, None)
        assert (reply.status, reply.code) == expected, given
    for given in bad(row, textual=False):
        reply = sent(stage, row.operation, {row.name: given})
        assert (reply.status, reply.code) == (400, INVALID), given
        assert row.name in reply.json["error_detail"]


@pytest.mark.checks("CreateTemplate", "UpdateTemplate")
@pytest.mark.parametrize("row", list(rows("", VARIABLE)), ids=lambda row: row.name)
@pytest.mark.parametrize("operation", ["CreateTemplate", "UpdateTemplate"])
def test_variable_keeps_to_its_row(stage: Stage, operation: str, row: Row) -> None:
    """The fields of a variable have bounds of their own; TEXT wants a description."""
    valid = {"variable_index": 1, "variable_type": "PHONE", "variable_desc": "order"}
    for given in good(row):
        changes = {"variable_attributes": [{**valid, row.name: given}]}
        assert sent(stage, operation, changes).status == 200, given
    for given in bad(row, textual=False):
        reply = sent(stage, operation, {"variable_attributes": [{**valid, row.name: given}]})
        assert (reply.status, reply.code) == (400, INVALID), given
    for kind in ("TEXT", "PHONE"):
        changes = {"variable_attributes": [{"variable_index": 1, "variable_type": kind}]}
        assert sent(stage, operation, changes).status == (400 if kind == "TEXT" else 200)


@pytest.mark.checks("CreateSignature", "UpdateSignature")
@pytest.mark.parametrize("operation", ["CreateSignature", "UpdateSignature"])
def test_qualification_keeps_to_its_pattern(stage: Stage, operation: str) -> None:
    """Letters, digits, underscore and hyphen, or nothing."""
    for given, status in (("", 200), ("q_A-9", 200), ("a b", 400), ("资质", 400), ("a.b", 400), ("a\n", 400)):
        assert sent(stage, operation, {"qualification_id": given}).status == status


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param(route.operation, marks=pytest.mark.checks(route.operation), id=route.operation)
        for route in ROUTES
        if "{id}" in route.path
    ],
)
def test_id_in_a_path_has_at_most_64_characters(stage: Stage, operation: str) -> None:
    """Longer is a bad parameter; 64 characters are an object that is not there."""
    route = BY_NAME[operation]
    path = route.path.partition("msgsms")[2]
    body = stage.bodies.get(operation)
    codes = {"apps": "MSGSMS.0014", "signatures": "MSGSMS.0005", "templates": "MSGSMS.0009"}
    for size, code in ((64, codes[path.split("/")[1]]), (65, INVALID)):
        assert stage.service.call(route.method, path.format(id="x" * size), body).code == code


def test_reference_and_rules_know_the_same_fields() -> None:
    """No field of the emulator's tables is missing here, and none is here alone."""
    users = [route for route in ROUTES if route.api is not SENDING]  # apps' own: test_sending_fields
    for kind, tables in (("query", QUERIES), ("body", BODIES)):
        theirs = {route.operation: {field.name for field in getattr(route, kind) or ()} for route in users}
        ours = {name: {row.name for row in rows(name, table)} for name, table in tables.items()}
        assert ours == {name: fields for name, fields in theirs.items() if fields}
    variables = {field.name for row in BY_NAME["CreateTemplate"].body or () for field in row.items}
    assert variables == {row.name for row in rows("", VARIABLE)}
    requirement = {
        (route.operation, field.name): field.required for route in users for field in route.body or ()
    }
    ours_required = {
        (row.operation, row.name): row.required for name, table in BODIES.items() for row in rows(name, table)
    }
    assert requirement == ours_required
