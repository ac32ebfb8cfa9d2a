"""Everything about a project at one moment → the view behind the HTML report.

Plain mappings as everywhere; the page (``html``) draws them and adds nothing. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from smsconf.model.lifecycle import Phase, read_status
from smsconf.model.observed import ObservedSignature, ObservedTemplate
from smsconf.model.resources import Desired
from smsconf.model.sites import Site
from smsconf.model.times import stamp
from smsconf.reconcile.change import Action, Change, TemplateChange
from smsconf.reconcile.plan import Plan
from smsconf.render.plan.phone import phone_view
from smsconf.render.plan.timeline import timeline_view
from smsconf.render.plan.words import is_quiet

View = dict[str, Any]

COLUMNS: Mapping[str, frozenset[Phase]] = {
    "draft": frozenset({Phase.DRAFT, Phase.PREPARING, Phase.ACTIVATABLE, Phase.DISABLED}),
    "in review": frozenset({Phase.IN_REVIEW}),
    "rejected": frozenset({Phase.REJECTED, Phase.DEAD, Phase.UNKNOWN}),
    "approved": frozenset({Phase.APPROVED}),
}
"""The columns of the review board, and the phases of what stands in them."""


def report_view(
    plan: Plan,
    desired: Desired,
    site: Site,
    entries: Iterable[Mapping[str, Any]],
    *,
    plan_view: View,
    status_view: View,
    now: datetime,
) -> View:
    """Return the document that the HTML report draws.

    Args:
        plan: of the whole project.
        desired: what the files ask for.
        site: whose words the statuses are.
        entries: of the journal, this environment's, oldest first.
        plan_view: the document of ``plan``.
        status_view: the document of ``status``.
        now: the service's time, aware.
    """
    rows = {one["address"]: one for one in status_view["resources"]}
    cards = [card for change in plan.changes for card in _cards(change, site, rows, now)]
    return {
        **plan_view,
        "changes": sorted(plan_view["changes"], key=is_quiet),
        "made": stamp(now),
        "kinds": list(dict.fromkeys(change.kind.value for change in plan.changes)),
        "board": {column: [one for one in cards if one["column"] == column] for column in COLUMNS},
        "manual": [one for one in plan_view["changes"] if one["action"] == Action.MANUAL],
        "timeline": timeline_view(entries, now, drafts=site.drafts),
        "phones": [
            {"address": str(address), "name": template.name, **phone_view(template, signature)}
            for address, template in desired.templates.items()
            for signature in [desired.signatures.get(template.signature) if template.signature else None]
        ],
    }


def _cards(
    change: Change, site: Site, rows: Mapping[str, Mapping[str, Any]], now: datetime
) -> Iterator[View]:
    """Yield a card for each version of an address that a person decided about or will."""
    if change.address is None or change.action in (Action.RETIRE, Action.DELETE):
        return
    row = rows.get(str(change.address), {})
    coming = change.candidate if isinstance(change, TemplateChange) else None
    versions = [coming, change.live, change.observed]
    found = {one.remote_id: one for one in versions if isinstance(one, ObservedSignature | ObservedTemplate)}
    for one in found.values():
        status = read_status(change.kind, site, one.status)
        column = next((name for name, phases in COLUMNS.items() if status.phase in phases), None)
        if column is None:
            continue
        told = row if row.get("remote_id") == one.remote_id else {}
        since = told.get("since") or one.update_time or one.create_time
        yield {
            "column": column,
            "address": str(change.address),
            "remote_name": one.name,
            "status": one.status,
            "message": status.verdict.message,
            "review_message": one.review_message,
            "since": since,
            "age": _age(since, now),
            **{key: told.get(key) for key in ("expected_by", "expected_provisional", "overdue", "advice")},
        }


def _age(since: str | None, now: datetime) -> float | None:
    """Return the days since a time of the service (zone unknown, read as UTC); None if it cannot be read."""
    try:
        moment = datetime.fromisoformat(since or "")
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (now - moment) / timedelta(days=1))
