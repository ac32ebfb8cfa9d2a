"""The reviewer's calendar, rules and decisions, on the virtual clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from smsconf.emulator.management.statuses import TEMPLATE_STATUSES
from tests.emulator.conftest import Service


def at(service: Service, moment: str) -> None:
    """Set virtual time, given in Beijing's."""
    assert service.control("POST", "clock", {"set": f"{moment}+08:00"}).status == 200


def approved_signature(service: Service) -> tuple[str, str]:
    app = service.app()["id"]
    return app, service.signature(app, approved=True)["id"]


def flow_status(service: Service, remote_id: str) -> str:
    return str(service.show("template", remote_id)["flow_status"])


@pytest.mark.parametrize(
    ("submitted", "before", "decided"),
    [
        ("2026-01-05T09:00:00", "2026-01-05T10:59:59", "2026-01-05T11:00:00"),
        ("2026-01-05T17:00:00", "2026-01-06T09:59:59", "2026-01-06T10:00:00"),
        ("2026-01-09T19:00:00", "2026-01-12T10:59:59", "2026-01-12T11:00:00"),
        ("2026-02-14T16:30:00", "2026-02-24T09:29:59", "2026-02-24T09:30:00"),
    ],
    ids=["morning", "evening", "weekend", "make-up Saturday before the Spring Festival"],
)
def test_template_is_reviewed_within_two_working_hours(
    service: Service, submitted: str, before: str, decided: str
) -> None:
    """Two hours between 9:00 and 18:00 in Beijing, holidays and nights left out."""
    app, sign = approved_signature(service)
    at(service, submitted)
    remote_id = service.template(app, sign)
    at(service, before)
    assert flow_status(service, remote_id) == "Reviewing"
    at(service, decided)
    shown = service.show("template", remote_id)
    assert (shown["flow_status"], len(shown["template_id"])) == ("Adopted", 32)


def test_signature_passes_processing_to_completion(service: Service) -> None:
    """Two working days of review, twenty minutes of configuration, then a channel number."""
    sign = service.signature(service.app()["id"])["id"]
    seen = []
    for moment in ("17:59:59", "18:00:00", "18:19:59", "18:20:00"):
        at(service, f"2026-01-06T{moment}")
        shown = service.show("signature", sign)
        seen.append((shown["status"], "channel_num" in shown))
    assert seen == [
        ("PENDING_REVIEW", False),
        ("PROCESSING", False),
        ("PROCESSING", False),
        ("REVIEW_PROCESSING_COMPLETED", True),
    ]


def test_one_advance_plays_everything_in_order(service: Service) -> None:
    """A template's review starts when its signature is complete, and each thing bears its own time."""
    app = service.app()["id"]
    sign = service.signature(app)["id"]
    remote_id = service.template(app, sign)
    service.advance("P30D")
    signature, template = service.show("signature", sign), service.show("template", remote_id)
    assert signature["update_time"] == "2026-01-06 10:20:00"  # Tuesday 18:00 in Beijing and twenty minutes
    assert template["update_time"] == "2026-01-07 03:00:00"  # Wednesday 11:00 in Beijing
    assert template["review_order"]


def test_clock_set_back_undoes_nothing(service: Service) -> None:
    """What happened stays, with its time; new things bear the earlier time."""
    app, sign = approved_signature(service)
    first = service.template(app, sign)
    service.advance("P30D")
    service.advance("-P60D")
    assert flow_status(service, first) == "Adopted"
    second = service.show("template", service.template(app, sign))
    assert second["create_time"] < service.show("template", first)["create_time"]
    assert second["flow_status"] == "Reviewing"


def rules(service: Service, *entries: dict[str, Any], default: str = "approve") -> None:
    reply = service.control("PUT", "reviewer", {"default": default, "rules": list(entries)})
    assert reply.status == 200, reply.json


def test_rules_decide_by_content_and_name(service: Service) -> None:
    """The first rule that fits wins; a signature's content is its name; kinds do not mix."""
    rules(
        service,
        {"kind": "template", "content": "订单", "name": "^vip", "decision": "approve"},
        {"kind": "template", "content": "订单", "decision": "reject", "reason": "unclear"},
        {"kind": "template", "content": "later", "decision": "hold"},
        {"kind": "signature", "content": "别的", "decision": "reject", "reason": "not yours"},
    )
    app = service.app()["id"]
    sign, other = service.signature(app)["id"], service.signature(app, signature_name="别的")["id"]
    ids = {
        "vip": service.template(app, sign, template_name="vip1"),
        "plain": service.template(app, sign),
        "later": service.template(app, sign, template_content="later"),
        "free": service.template(app, sign, template_content="free"),
        "orphan": service.template(app, other, template_content="free"),
    }
    service.advance("P30D")
    assert {name: flow_status(service, remote_id) for name, remote_id in ids.items()} == {
        "vip": "Adopted",
        "plain": "Reject",
        "later": "Reviewing",
        "free": "Adopted",
        "orphan": "SignReviewing",
    }
    assert service.show("template", ids["plain"])["review_desc"] == "unclear"
    assert service.show("signature", other)["review_desc"] == "not yours"


def test_hold_stops_decisions_but_not_processing(service: Service) -> None:
    """Held objects wait; once released they are decided at that moment, not in the past."""
    rules(service, default="hold")
    app = service.app()["id"]
    held, running = service.signature(app)["id"], service.signature(app, signature_name="别的")["id"]
    service.force("signature", running, "PROCESSING")
    service.advance("P30D")
    assert service.show("signature", held)["status"] == "PENDING_REVIEW"
    assert service.show("signature", running)["status"] == "REVIEW_PROCESSING_COMPLETED"
    rules(service)
    shown = service.show("signature", held)
    assert (shown["status"], shown["update_time"]) == ("PROCESSING", "2026-02-04 01:00:00")


def test_rejected_signature_leaves_its_templates_waiting(service: Service) -> None:
    """They stay SignReviewing until the corrected signature is approved."""
    app = service.app()["id"]
    sign = service.signature(app)["id"]
    remote_id = service.template(app, sign)
    service.decide("signature", sign, "reject")
    service.advance("P30D")
    assert flow_status(service, remote_id) == "SignReviewing"
    service.call("PUT", f"/signatures/{sign}", service.signature_body(app))
    service.advance("P30D")
    assert flow_status(service, remote_id) == "Adopted"


def test_withdrawn_template_is_not_decided(service: Service) -> None:
    """A draft has no due time; submitted again, its review starts anew and keeps its template id."""
    app, sign = approved_signature(service)
    remote_id = service.template(app, sign)
    path, body = f"/templates/{remote_id}", service.template_body(app, sign)
    service.call("PUT", path, {**body, "flow_status": "Pending"})
    service.advance("P30D")
    assert flow_status(service, remote_id) == "Pending"
    service.call("PUT", path, {**body, "flow_status": "Reviewing"})
    service.advance("P30D")
    template_id = service.show("template", remote_id)["template_id"]
    service.call("PUT", path, {**body, "flow_status": "Disable"})
    service.call("PUT", path, {**body, "flow_status": "Reviewing"})
    service.advance("P30D")
    assert service.show("template", remote_id)["template_id"] == template_id


def test_activation_is_reviewed_and_filed_again(service: Service) -> None:
    """A deactivated signature asks for activation, is filed again and is complete."""
    _, sign = approved_signature(service)
    assert service.decide("signature", sign, "deactivate").json["status"] == "TO_BE_ACTIVATED"
    service.call("PUT", f"/signatures/{sign}/active")
    seen = set()
    for _ in range(400):
        service.advance("PT10M")
        seen.add(service.show("signature", sign)["status"])
    assert seen == {
        "PENDING_ACTIVATE",
        "REVIEW_PASSED_REAL_NAME_REGISTRATING",
        "REVIEW_PROCESSING_COMPLETED",
    }


# decision → state it leads from → state it leads to; the present verdict itself is 200, all else 409.
TEMPLATE_DECISIONS = {
    "approve": {"Reviewing": "Adopted", "Adopted": "Adopted"},
    "reject": {"Reviewing": "Reject", "Reject": "Reject"},
    "deactivate": {"Adopted": "Adopted_inactive", "Adopted_inactive": "Adopted_inactive"},
    "suspend": {},
}


@pytest.mark.parametrize("decision", TEMPLATE_DECISIONS)
@pytest.mark.parametrize("status", TEMPLATE_STATUSES)
def test_person_decides_what_the_state_allows(service: Service, status: str, decision: str) -> None:
    """A legal decision is taken at once, an illegal one is 409 and names the state."""
    app, sign = approved_signature(service)
    remote_id = service.template(app, sign)
    service.force("template", remote_id, status)
    reply = service.decide("template", remote_id, decision, "because")
    expected = TEMPLATE_DECISIONS[decision].get(status)
    assert reply.status == (200 if expected else 409)
    assert reply.json["status"] == flow_status(service, remote_id) == (expected or status)
    if expected and expected != status:
        assert reply.json["reason"] == "because"


@pytest.mark.parametrize(
    ("status", "decision", "expected"),
    [
        ("PENDING_REVIEW", "approve", "REVIEW_PROCESSING_COMPLETED"),
        ("PROCESSING", "approve", "REVIEW_PROCESSING_COMPLETED"),
        ("REVIEW_PROCESSING_COMPLETED", "approve", "REVIEW_PROCESSING_COMPLETED"),
        ("REVIEW_PASSED", "approve", "REVIEW_PASSED"),
        ("PENDING_REVIEW", "reject", "REVIEW_NOT_PASS"),
        ("REVIEW_NOT_PASS", "approve", None),
        ("REVIEW_PROCESSING_COMPLETED", "reject", None),
        ("PROCESSING", "reject", None),
        ("REVIEW_PROCESSING_COMPLETED", "deactivate", "TO_BE_ACTIVATED"),
        ("PENDING_REVIEW", "deactivate", None),
        ("PENDING_REVIEW", "suspend", None),
    ],
)
def test_person_decides_signatures(
    service: Service, status: str, decision: str, expected: str | None
) -> None:
    """An approval completes the signature at once and frees its templates."""
    app = service.app()["id"]
    sign = service.signature(app)["id"]
    remote_id = service.template(app, sign)
    if status != "PENDING_REVIEW":
        service.force("signature", sign, status)
    reply = service.decide("signature", sign, decision)
    assert reply.status == (200 if expected else 409)
    assert reply.json["status"] == (expected or status)
    if expected and decision == "approve":
        assert reply.json["channel_num"]
        assert flow_status(service, remote_id) == "Reviewing"


def test_person_suspends_and_launches_an_app(service: Service) -> None:
    """Apps know two decisions; a rejection is none of them."""
    app = service.app()["id"]
    assert service.decide("app", app, "suspend").json["status"] == "SUSPENDED"
    assert service.decide("app", app, "approve").json["status"] == "LAUNCHED"
    assert service.decide("app", app, "reject").status == 409


@pytest.mark.parametrize(
    ("site", "complete"), [("china", "REVIEW_PROCESSING_COMPLETED"), ("international", "REVIEW_PASSED")]
)
def test_complete_is_called_as_the_site_does(
    make_service: Callable[..., Service], site: str, complete: str
) -> None:
    """The calendar and a person come to the same word, after PROCESSING at both sites."""
    service = make_service(site=site)
    app = service.app()["id"]
    first, second = service.signature(app)["id"], service.signature(app, signature_name="别的")["id"]
    assert service.decide("signature", first, "approve").json["status"] == complete
    service.advance("P30D")
    assert service.show("signature", second)["status"] == complete
