"""The people of the service: they decide about signatures and templates, in Beijing's working hours.

Only statuses that no client call sets are set here. The times are choices within what the vendor says:
templates within 2 hours of working time (FAQ, 2025): exactly 2; signatures within 5 working days (notice of
2024-09-14): 2 working days; configuration of an approved signature 15-30 minutes (console): 20.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta

from smsconf.emulator.base.clock import read_timestamp, timestamp
from smsconf.emulator.base.control_call import Conflict
from smsconf.emulator.base.exchange import Object, Settings
from smsconf.emulator.base.store import Store
from smsconf.emulator.management.statuses import (
    APPROVED_SIGNATURE,
    COMPLETE,
    DECISIONS,
    SITES,
    STATUS_COLUMN,
    Decision,
    Site,
)
from smsconf.model import working_days as workdays

TEMPLATE_HOURS = 2
SIGNATURE_DAYS = 2
CONFIGURATION = timedelta(minutes=20)
IN_REVIEW = ("PENDING_REVIEW", "PENDING_ACTIVATE")
CONFIGURED = ("PROCESSING", "REVIEW_PASSED_REAL_NAME_REGISTRATING")
# A status that something follows by itself → when.
DUE: dict[str, Callable[[datetime], datetime]] = {
    "Reviewing": lambda at: workdays.add_working_hours(at, TEMPLATE_HOURS),
    **dict.fromkeys(IN_REVIEW, lambda at: workdays.add_working_days(at, SIGNATURE_DAYS)),
    **dict.fromkeys(CONFIGURED, lambda at: at + CONFIGURATION),
}
REVIEWER_ACCOUNT = "emulator_reviewer"
DEFAULT: Object = {"default": "approve", "rules": []}

NEXT_EVENTS = """
SELECT * FROM (SELECT due, 'signature' AS kind, id FROM signature WHERE due <= ? ORDER BY due, seq LIMIT 1)
UNION ALL
SELECT * FROM (SELECT due, 'template' AS kind, id FROM template WHERE due <= ? ORDER BY due, seq LIMIT 1)
"""


def derived_id(settings: Settings, kind: str, number: int) -> str:
    """Return 32 hex digits that depend on project, kind and number only."""
    return hashlib.sha256(f"{settings.project_id}/{kind}/{number}".encode()).hexdigest()[:32]


def uuid_of(settings: Settings, kind: str, number: int) -> str:
    """Return an id that looks like the service's and is the same in every run."""
    digits = derived_id(settings, kind, number)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def channel_number(number: int) -> str:
    """Return the number messages are sent from, in the form of the vendor's examples."""
    return f"{10690000000 + number}"


class Reviewer:
    """Carries decisions out; at a site, in one transaction of one store."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self.site: Site = SITES[settings.site]

    def play(self, until: datetime) -> None:
        """Let everything happen that is due, in order of time; signatures before templates."""
        moment = timestamp(until)
        if not (event := self._next(moment)):
            return
        settings = json.loads(self.store.meta("reviewer", json.dumps(DEFAULT)))
        while event:
            kind, row = event
            self._happen(kind, row, read_timestamp(row["due"]), settings)
            event = self._next(moment)

    def _next(self, moment: str) -> tuple[str, Object] | None:
        due = self.store.rows(NEXT_EVENTS, (moment, moment))
        if not due:
            return None
        event = min(due, key=lambda row: (row["due"], row["kind"]))
        return event["kind"], self.store.find(event["kind"], {"id": event["id"]})[0]

    def _happen(self, kind: str, row: Object, at: datetime, settings: Object) -> None:
        status = row[STATUS_COLUMN[kind]]
        if kind == "signature" and status in CONFIGURED:
            self.enter("signature", row, self.site.signature_complete, at)
            return
        verdict, reason = _opinion(kind, row, settings)
        passes = self.site.activation_passes if status == "PENDING_ACTIVATE" else "PROCESSING"
        if verdict == "hold":
            self.store.update(kind, row["id"], {"due": None})
        elif verdict == "reject":
            self.enter(kind, row, DECISIONS[kind, "reject"].to, at, reason)
        else:
            self.enter(kind, row, "Adopted" if kind == "template" else passes, at, reason)

    def submit_template(self, row: Object, at: datetime) -> str:
        """Send a template to review and return its status: its signature's review comes first."""
        signature = self.store.get("signature", row["sign_id"]) if row["sign_id"] else None
        waits = signature is not None and signature["status"] not in APPROVED_SIGNATURE
        status = "SignReviewing" if waits else "Reviewing"
        self.enter("template", row, status, at)
        return status

    def decide(self, kind: str, row: Object, decision: str, reason: str, at: datetime) -> None:
        """Take a person's decision now; the verdict it already has is no change.

        Raises:
            Conflict: the present status does not allow this decision.
        """
        status = row[STATUS_COLUMN[kind]]
        rule = DECISIONS.get((kind, decision), Decision((), "", ""))
        to = self.site.signature_complete if rule.to == COMPLETE else rule.to
        if status in rule.of:
            self.enter(kind, row, to, at, reason)
        elif status != to and status not in rule.already:
            error = f"{kind} can not be decided {decision} now"
            raise Conflict(409, error=error, id=row["id"], status=status)

    def enter(self, kind: str, row: Object, status: str, at: datetime, reason: str | None = None) -> None:
        """Put an object into a status, with all that belongs to being in it."""
        values: Object = {"update_time": timestamp(at), STATUS_COLUMN[kind]: status}
        approved = kind == "signature" and status in APPROVED_SIGNATURE
        if kind != "app":
            values["due"] = timestamp(DUE[status](at)) if status in DUE else None
            if reason is not None:
                values["review_desc"] = reason or None
        if kind == "template" and reason is not None:
            values["review_order"] = REVIEWER_ACCOUNT
        if status == "Adopted" and row["template_id"] is None:
            values["template_id"] = derived_id(self.settings, "template_id", row["seq"])
        if approved and row["channel_num"] is None:
            values["channel_num"] = channel_number(row["seq"])
        self.store.update(kind, row["id"], values)
        if approved:  # the reviews that waited for it begin
            for template in self.store.find(
                "template", {"sign_id": row["id"], "flow_status": "SignReviewing"}
            ):
                self.enter("template", template, "Reviewing", at)

    def wake(self, at: datetime) -> None:
        """Look again at everything that was held; it is decided from now on."""
        moment = timestamp(at)
        for kind, status in (("template", "Reviewing"), *(("signature", status) for status in IN_REVIEW)):
            held = f"UPDATE {kind} SET due = ? WHERE due IS NULL AND {STATUS_COLUMN[kind]} = ?"  # noqa: S608
            self.store.connection.execute(held, (moment, status))


def _opinion(kind: str, row: Object, settings: Object) -> tuple[str, str]:
    """Return verdict and reason of the first rule that fits an object, else the default."""
    name = row[f"{kind}_name"]
    content = row["template_content"] if kind == "template" else name
    for rule in settings["rules"]:
        if (
            rule.get("kind", kind) == kind
            and re.search(rule.get("content") or "", content)
            and re.search(rule.get("name") or "", name)
        ):
            return rule["decision"], rule.get("reason") or ""
    return settings["default"], ""
