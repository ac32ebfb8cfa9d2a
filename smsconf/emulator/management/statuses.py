"""Who may move an object from which status to which: the tables, by kind and by site.

Nothing is changed here; ``reviewer`` and the handlers carry a row out. Statuses are from sms_05_0022, _0028
and _0038 (China site 2025-12) and their INTL counterparts; the machine behind them is documented nowhere, so
rows are marked ``guess`` where they are inferred (reference §5.2, §6).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

GUESS = "guess"
HISTORY = "change history sms_05_0006, 2024-11-06 and 2024-12-23"
STATUS_COLUMN = {"app": "status", "signature": "status", "template": "flow_status"}
APP_STATUSES = ("CREATED", "LAUNCHED", "SUSPENDED", "PROCESSING")
TEMPLATE_STATUSES = (
    "Reviewing",
    "SignReviewing",
    "Adopted",
    "Adopted_inactive",
    "Reject",
    "Pending",
    "Disable",
)
INTERNATIONAL_SIGNATURE = (
    "PENDING_REVIEW",
    "PROCESSING",
    "REVIEW_PASSED",
    "REVIEW_NOT_PASS",
    "TO_BE_ACTIVATED",
    "PENDING_ACTIVATE",
)
CHINA_SIGNATURE = (
    *INTERNATIONAL_SIGNATURE,
    "PENDING_QUALIFICATION_REVIEW",
    "REAL_NAME_REGISTRATING",
    "REVIEW_PASSED_QUALIFICATION_PROCESSING",
    "REVIEW_PASSED_REAL_NAME_REGISTRATING",
    "REVIEW_PASSED_REAL_NAME_REGISTRATE_FAIL",
    "REVIEW_PROCESSING_COMPLETED",
)
APPROVED_SIGNATURE = tuple(
    status for status in CHINA_SIGNATURE if status.startswith(("REVIEW_PASSED", "REVIEW_PROCESSING"))
)


@dataclass(frozen=True, slots=True)
class Site:
    """What one site of the vendor does differently; every difference in one row."""

    name: str
    signature_statuses: tuple[str, ...]
    signature_complete: str
    activation_passes: str
    """What an activation passes through before it is complete; the complete status itself if nothing."""
    types: tuple[str, ...]
    app_regions: tuple[str, ...]
    intl_needs_country: bool
    intl_type: str | None
    """The only type an intl template may send; ``None``: any."""
    drafts_on_create: bool
    withdraws: bool
    disables: bool
    short_answers: bool
    """Answers have only the fields of the INTL pages."""
    regions: tuple[str, ...]
    access_address: str
    source: str


_CHINA = Site(
    name="china",
    signature_statuses=CHINA_SIGNATURE,
    signature_complete="REVIEW_PROCESSING_COMPLETED",
    activation_passes="REVIEW_PASSED_REAL_NAME_REGISTRATING",
    types=("VERIFY_CODE_TYPE", "PROMOTION_TYPE", "NOTIFY_TYPE"),
    app_regions=("cn", "intl"),
    intl_needs_country=False,
    intl_type=None,
    drafts_on_create=True,
    withdraws=True,
    disables=True,
    short_answers=False,
    regions=("cn-north-4", "cn-south-1"),
    access_address="https://smsapi.cn-north-4.myhuaweicloud.com:443",
    source="China pages, 2025-12",
)
_INTERNATIONAL = replace(
    _CHINA,
    name="international",
    signature_statuses=INTERNATIONAL_SIGNATURE,
    signature_complete="REVIEW_PASSED",
    activation_passes="REVIEW_PASSED",
    types=("VERIFY_CODE_TYPE", "NOTIFY_TYPE"),
    intl_needs_country=True,
    intl_type="NOTIFY_TYPE",
    drafts_on_create=False,
    short_answers=True,
    regions=("ap-southeast-1",),
    access_address="https://smsapi.ap-southeast-1.myhuaweicloud.com:443",
    source="INTL pages, 2025-12: six signature statuses, no flow_status on create",
)
_EUROPE = replace(
    _INTERNATIONAL,
    name="europe",
    app_regions=("intl", "eu"),
    intl_type=None,
    withdraws=False,
    disables=False,
    regions=("eu-west-101",),
    access_address="https://smsapi.eu-west-101.myhuaweicloud.eu:443",
    source="EU pages, 2023-08: no flow_status at all, update of rejected templates only",
)
SITES = {site.name: site for site in (_CHINA, _INTERNATIONAL, _EUROPE)}


class Move(NamedTuple):
    """One row: what a PUT of a template does. ``to`` is ``submit`` or a status."""

    to: str
    replaces_fields: bool
    source: str


SUBMIT = "submit"
EDITABLE = ("Reject", "Pending", "Disable")
WITHDRAWALS: dict[tuple[str, str | None], Move] = {
    ("Reviewing", "Pending"): Move("Pending", replaces_fields=False, source=HISTORY),
    ("SignReviewing", "Pending"): Move("Pending", replaces_fields=False, source=HISTORY),
}
DISABLINGS: dict[tuple[str, str | None], Move] = {
    ("Adopted", "Disable"): Move("Disable", replaces_fields=False, source=HISTORY),
    ("Adopted_inactive", "Disable"): Move("Disable", replaces_fields=False, source="user manual"),
}
EDITS: dict[tuple[str, str | None], Move] = {
    (status, wish): Move(to, replaces_fields=True, source=GUESS)
    for status in EDITABLE
    for wish, to in (("Reviewing", SUBMIT), (None, SUBMIT), ("Pending", "Pending"))
}
DELETABLE_TEMPLATE = ("Adopted", "Adopted_inactive", "Pending", "Disable", "Reject")  # FAQ, 2025


def template_move(site: Site, status: str, flow_status: str | None) -> Move | None:
    """Return what a PUT does to a template, ``None`` if the site refuses it."""
    if not (site.withdraws or site.disables):
        # EU, 2023-08: the field does not exist, an update submits a rejected template again.
        return EDITS[status, None] if status == "Reject" else None
    table = EDITS | (WITHDRAWALS if site.withdraws else {}) | (DISABLINGS if site.disables else {})
    return table.get((status, flow_status))


class Decision(NamedTuple):
    """One row: from which statuses a person's decision is possible, and where it leads."""

    of: tuple[str, ...]
    to: str
    source: str
    already: tuple[str, ...] = ()
    """Statuses besides ``to`` that are this verdict already."""


COMPLETE = "complete"
DECISIONS = {
    ("app", "approve"): Decision(("CREATED", "PROCESSING", "SUSPENDED"), "LAUNCHED", GUESS),
    ("app", "suspend"): Decision(("LAUNCHED",), "SUSPENDED", "sms_05_0022, 2025-12"),
    ("signature", "approve"): Decision(
        (
            "PENDING_REVIEW",
            "PROCESSING",
            "PENDING_ACTIVATE",
            "PENDING_QUALIFICATION_REVIEW",
            "REAL_NAME_REGISTRATING",
            "REVIEW_PASSED_QUALIFICATION_PROCESSING",
            "REVIEW_PASSED_REAL_NAME_REGISTRATING",
        ),
        COMPLETE,
        "sms_05_0028, 2025-12",
        already=APPROVED_SIGNATURE,
    ),
    ("signature", "reject"): Decision(
        ("PENDING_REVIEW", "PENDING_ACTIVATE", "PENDING_QUALIFICATION_REVIEW", "REAL_NAME_REGISTRATING"),
        "REVIEW_NOT_PASS",
        "sms_05_0028, 2025-12; from PENDING_ACTIVATE a guess",
    ),
    ("signature", "deactivate"): Decision(
        APPROVED_SIGNATURE, "TO_BE_ACTIVATED", "user manual: arrears outlast the retention period"
    ),
    ("template", "approve"): Decision(("Reviewing",), "Adopted", "sms_05_0038, 2025-12"),
    ("template", "reject"): Decision(("Reviewing",), "Reject", "sms_05_0038, 2025-12"),
    ("template", "deactivate"): Decision(("Adopted",), "Adopted_inactive", "sms_05_0038, 2025-12"),
}


def known_statuses(site: Site, kind: str) -> tuple[str, ...]:
    """Return the statuses a kind can have at a site."""
    return {
        "app": APP_STATUSES,
        "signature": site.signature_statuses,
        "template": TEMPLATE_STATUSES,
    }[kind]
