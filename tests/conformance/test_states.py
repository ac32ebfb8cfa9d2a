"""Operation × state × answer, row by row: the machine written a second time, from the reference.

A cell is the code of the refusal (its last four digits) or the state afterwards; ``gone`` is a deletion. The
rows are reference §5.2, §5.8, §6; where the vendor is silent they are the contract of the emulator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from smsconf.emulator.management.statuses import APP_STATUSES, SITES, TEMPLATE_STATUSES
from tests.emulator.conftest import Reply, Service

INTERNATIONAL = """
state             UpdateSignature  EnableSignature   DeleteSignature  CreateTemplate  universal
PENDING_REVIEW    0007             0130              gone             SignReviewing   0033
PROCESSING        0007             0130              gone             SignReviewing   0033
REVIEW_PASSED     0007             0130              gone             Reviewing       Reviewing
REVIEW_NOT_PASS   PENDING_REVIEW   0130              gone             SignReviewing   0033
TO_BE_ACTIVATED   0007             PENDING_ACTIVATE  gone             SignReviewing   0033
PENDING_ACTIVATE  0007             0130              gone             SignReviewing   0033
"""
CHINA = f"""{INTERNATIONAL}
PENDING_QUALIFICATION_REVIEW             0007  0130  gone  SignReviewing  0033
REAL_NAME_REGISTRATING                   0007  0130  gone  SignReviewing  0033
REVIEW_PASSED_QUALIFICATION_PROCESSING   0007  0130  gone  Reviewing      Reviewing
REVIEW_PASSED_REAL_NAME_REGISTRATING     0007  0130  gone  Reviewing      Reviewing
REVIEW_PASSED_REAL_NAME_REGISTRATE_FAIL  0007  0130  gone  Reviewing      Reviewing
REVIEW_PROCESSING_COMPLETED              0007  0130  gone  Reviewing      Reviewing
"""
SIGNATURES = {"china": CHINA, "international": INTERNATIONAL}
# Columns are what the PUT says as flow_status; "batch" is DeleteTemplates.
TEMPLATES = """
state             omitted    Reviewing  Pending  Disable  DeleteTemplate  batch
Reviewing         0010       0010       Pending  0010     0187            0187
SignReviewing     0010       0010       Pending  0010     0187            0187
Adopted           0010       0010       0010     Disable  gone            gone
Adopted_inactive  0010       0010       0010     Disable  gone            gone
Reject            Reviewing  Reviewing  Pending  0010     gone            gone
Pending           Reviewing  Reviewing  Pending  0010     gone            gone
Disable           Reviewing  Reviewing  Pending  0010     gone            gone
"""
# The European pages know no flow_status: a rejected template is edited, whatever the body says.
EUROPE = """
state             omitted    Reviewing  Pending    Disable    DeleteTemplate  batch
Reviewing         0010       0010       0010       0010       0187            0187
SignReviewing     0010       0010       0010       0010       0187            0187
Adopted           0010       0010       0010       0010       gone            gone
Adopted_inactive  0010       0010       0010       0010       gone            gone
Reject            Reviewing  Reviewing  Reviewing  Reviewing  gone            gone
Pending           0010       0010       0010       0010       gone            gone
Disable           0010       0010       0010       0010       gone            gone
"""
EDITS = {"Reject", "Pending", "Disable"}
# No document says what a state of an app forbids: nothing does.
APPS = """
state       ShowApp     UpdateApp   CreateSignature  CreateTemplate
CREATED     CREATED     CREATED     PENDING_REVIEW   Reviewing
LAUNCHED    LAUNCHED    LAUNCHED    PENDING_REVIEW   Reviewing
SUSPENDED   SUSPENDED   SUSPENDED   PENDING_REVIEW   Reviewing
PROCESSING  PROCESSING  PROCESSING  PENDING_REVIEW   Reviewing
"""
# What a person at the service may decide; "same" is a verdict that it has already, 409 a refusal.
DECIDED = {
    "app": """
state       approve   reject  deactivate  suspend
CREATED     LAUNCHED  409     409         409
LAUNCHED    same      409     409         SUSPENDED
SUSPENDED   LAUNCHED  409     409         same
PROCESSING  LAUNCHED  409     409         409
""",
    "template": """
state             approve  reject  deactivate        suspend
Reviewing         Adopted  Reject  409               409
SignReviewing     409      409     409               409
Adopted           same     409     Adopted_inactive  409
Adopted_inactive  409      409     same              409
Reject            409      same    409               409
Pending           409      409     409               409
Disable           409      409     409               409
""",
    "signature": """
state                                    approve                      reject           deactivate      suspend
PENDING_REVIEW                           REVIEW_PROCESSING_COMPLETED  REVIEW_NOT_PASS  409              409
PROCESSING                               REVIEW_PROCESSING_COMPLETED  409              409              409
REVIEW_PASSED                            same                         409              TO_BE_ACTIVATED  409
REVIEW_NOT_PASS                          409                          same             409              409
TO_BE_ACTIVATED                          409                          409              same             409
PENDING_ACTIVATE                         REVIEW_PROCESSING_COMPLETED  REVIEW_NOT_PASS  409              409
PENDING_QUALIFICATION_REVIEW             REVIEW_PROCESSING_COMPLETED  REVIEW_NOT_PASS  409              409
REAL_NAME_REGISTRATING                   REVIEW_PROCESSING_COMPLETED  REVIEW_NOT_PASS  409              409
REVIEW_PASSED_QUALIFICATION_PROCESSING   REVIEW_PROCESSING_COMPLETED  409              TO_BE_ACTIVATED  409
REVIEW_PASSED_REAL_NAME_REGISTRATING     REVIEW_PROCESSING_COMPLETED  409              TO_BE_ACTIVATED  409
REVIEW_PASSED_REAL_NAME_REGISTRATE_FAIL  same                         409              TO_BE_ACTIVATED  409
REVIEW_PROCESSING_COMPLETED              same                         409              TO_BE_ACTIVATED  409
""",
}
COMPLETE = {"china": "REVIEW_PROCESSING_COMPLETED", "international": "REVIEW_PASSED"}
OPERATION = {
    **dict.fromkeys(("omitted", "Reviewing", "Pending", "Disable"), "UpdateTemplate"),
    "batch": "DeleteTemplates",
    "universal": "CreateTemplate",
}


def rows(table: str) -> Iterator[tuple[str, str, str]]:
    """Yield (state, column, cell)."""
    lines = [line.split() for line in table.splitlines() if line.strip()]
    for state, *cells in lines[1:]:
        yield from ((state, column, cell) for column, cell in zip(lines[0][1:], cells, strict=True))


def cases(tables: dict[str, str]) -> list[Any]:
    return [
        pytest.param(
            site,
            state,
            column,
            cell,
            id=f"{site}-{state}-{column}",
            marks=pytest.mark.checks(OPERATION.get(column, column)),
        )
        for site, table in tables.items()
        for state, column, cell in rows(table)
    ]


@pytest.fixture
def at(make_service: Callable[..., Service]) -> Callable[[str], Service]:
    """Return a maker of services at a site, whose reviewer waits to be told."""

    def make(site: str) -> Service:
        service = make_service(":memory:", site=site)
        service.control("PUT", "reviewer", {"default": "hold"})
        return service

    return make


def refused(reply: Reply, cell: str) -> bool:
    """Judge a reply by its cell; return whether it had to be a refusal."""
    if cell.isdigit():
        assert (reply.status, reply.code) == (400, f"MSGSMS.{cell}")
        return True
    assert reply.status in {200, 204}, reply.json
    return False


@pytest.mark.parametrize(("site", "state", "column", "cell"), cases(SIGNATURES))
def test_signature_in_its_state(at: Any, site: str, state: str, column: str, cell: str) -> None:
    """Every operation on a signature, or under it, in every state: allowed, or refused without a trace."""
    service: Service = at(site)
    app = service.app()["id"]
    sign = service.signature(app)["id"]
    service.force("signature", sign, state)
    before = service.show("signature", sign)
    body = service.signature_body(app, apply_desc="new")
    universal = service.template_body(app, universal_template=1)
    reply = {
        "UpdateSignature": lambda: service.call("PUT", f"/signatures/{sign}", body),
        "EnableSignature": lambda: service.call("PUT", f"/signatures/{sign}/active"),
        "DeleteSignature": lambda: service.call("DELETE", f"/signatures/{sign}"),
        "CreateTemplate": lambda: service.call("POST", "/templates", service.template_body(app, sign)),
        "universal": lambda: service.call("POST", "/templates", universal),
    }[column]()
    if refused(reply, cell):
        assert service.show("signature", sign) == before
        assert service.call("GET", "/templates").json["total"] == 0
    elif cell == "gone":
        assert service.call("GET", f"/signatures/{sign}").code == "MSGSMS.0005"
    elif column in {"CreateTemplate", "universal"}:
        assert service.show("template", reply.json["id"])["flow_status"] == cell
    else:
        assert service.show("signature", sign)["status"] == cell


@pytest.mark.parametrize(
    ("site", "state", "column", "cell"),
    cases({"china": TEMPLATES, "international": TEMPLATES, "europe": EUROPE}),
)
def test_template_in_its_state(at: Any, site: str, state: str, column: str, cell: str) -> None:
    """Every operation on a template in every state: allowed, or refused without a trace."""
    service: Service = at(site)
    region = "intl" if site == "europe" else "cn"
    app = service.app(region)["id"]
    sign = service.signature(app, approved=True)["id"] if region == "cn" else None
    body = service.template_body(app, sign, region=region, send_country=[65])
    remote_id = service.call("POST", "/templates", body).json["id"]
    service.force("template", remote_id, state)
    before = service.show("template", remote_id)
    sent = {**body, "template_content": "改了", "flow_status": None if column == "omitted" else column}
    reply = {
        "DeleteTemplate": lambda: service.call("DELETE", f"/templates/{remote_id}"),
        "batch": lambda: service.call("POST", "/templates/batch-delete", {"ids": [remote_id]}),
    }.get(column, lambda: service.call("PUT", f"/templates/{remote_id}", sent))()
    if column == "batch":
        gone = cell == "gone"
        assert (reply.status, reply.json["success_count"], reply.json["failed_count"]) == (
            200,
            gone,
            not gone,
        )
        assert service.call("GET", f"/templates/{remote_id}").status == (400 if gone else 200)
    elif refused(reply, cell):
        assert service.show("template", remote_id) == before
    elif cell == "gone":
        assert service.call("GET", f"/templates/{remote_id}").code == "MSGSMS.0009"
    else:
        after = service.show("template", remote_id)
        assert after["flow_status"] == cell
        assert after["template_content"] == ("改了" if state in EDITS else before["template_content"])


@pytest.mark.parametrize(("site", "state", "column", "cell"), cases({"china": APPS, "international": APPS}))
def test_app_in_its_state(at: Any, site: str, state: str, column: str, cell: str) -> None:
    """An app's state forbids nothing, and only people change it."""
    service: Service = at(site)
    app = service.app()["id"]
    sign = service.signature(app, approved=True)["id"]
    service.force("app", app, state)
    signature = service.signature_body(app, signature_name="别的")
    reply = {
        "ShowApp": lambda: service.call("GET", f"/apps/{app}"),
        "UpdateApp": lambda: service.call("PUT", f"/apps/{app}", {"app_name": "new", "region": "cn"}),
        "CreateSignature": lambda: service.call("POST", "/signatures", signature),
        "CreateTemplate": lambda: service.call("POST", "/templates", service.template_body(app, sign)),
    }[column]()
    assert not refused(reply, cell)
    kind = {"CreateSignature": "signature", "CreateTemplate": "template"}.get(column, "app")
    shown = service.show(kind, reply.json["id"])
    assert shown["flow_status" if kind == "template" else "status"] == cell


def decisions() -> list[Any]:
    found = []
    for kind, table in DECIDED.items():
        for site in ("china", "international"):
            known = {"app": APP_STATUSES, "template": TEMPLATE_STATUSES}.get(
                kind, SITES[site].signature_statuses
            )
            for state, decision, cell in rows(table):
                if state in known:
                    to = COMPLETE[site] if cell == COMPLETE["china"] else cell
                    case = f"{site}-{state}-{decision}"
                    found.append(pytest.param(site, kind, state, decision, to, id=case))
    return found


@pytest.mark.checks("control: reviews")
@pytest.mark.parametrize(("site", "kind", "state", "decision", "cell"), decisions())
def test_decision_in_a_state(at: Any, site: str, kind: str, state: str, decision: str, cell: str) -> None:
    """A decision leads on, is the verdict already (200, unchanged), or is 409 with the state."""
    service: Service = at(site)
    app = service.app()["id"]
    remote_id = app
    if kind != "app":
        sign = service.signature(app, approved=kind == "template")["id"]
        remote_id = sign if kind == "signature" else service.template(app, sign)
    service.force(kind, remote_id, state)
    before = service.show(kind, remote_id)
    reply = service.decide(kind, remote_id, decision, "words")
    after = service.show(kind, remote_id)
    if cell == "409":
        assert (reply.status, reply.json["status"]) == (409, state)
        assert after == before
    elif cell == "same":
        assert (reply.status, reply.json["status"]) == (200, state)
        assert after == before
    else:
        assert (reply.status, reply.json["status"]) == (200, cell)
        assert after["flow_status" if kind == "template" else "status"] == cell
        assert kind == "app" or after["review_desc"] == "words"


def test_tables_have_every_state() -> None:
    """Twelve and six states of signatures, seven of templates, four of apps: each has a row."""
    for site, table in SIGNATURES.items():
        assert {state for state, _, _ in rows(table)} == set(SITES[site].signature_statuses)
    assert [len(SITES[site].signature_statuses) for site in SIGNATURES] == [12, 6]
    for table in (TEMPLATES, EUROPE, DECIDED["template"]):
        assert {state for state, _, _ in rows(table)} == set(TEMPLATE_STATUSES)
    for table in (APPS, DECIDED["app"]):
        assert {state for state, _, _ in rows(table)} == set(APP_STATUSES)
    assert {state for state, _, _ in rows(DECIDED["signature"])} == set(SITES["china"].signature_statuses)


@pytest.mark.checks("DeleteSignature")
@pytest.mark.parametrize("site", SIGNATURES)
def test_deletion_of_a_signature_takes_its_templates_along(at: Any, site: str, tmp_path: Path) -> None:
    """Templates of every state go with it; those of another signature and the quota's room stay."""
    service: Service = at(site)
    app = service.app()["id"]
    sign = service.signature(app, approved=True)["id"]
    other = service.signature(app, signature_name="别的", approved=True)["id"]
    for state in TEMPLATE_STATUSES:
        service.force("template", service.template(app, sign), state)
    kept = service.template(app, other)
    assert service.call("DELETE", f"/signatures/{sign}").status == 204
    assert [row["id"] for row in service.call("GET", "/templates").json["results"]] == [kept]
