"""Every document that a renderer draws, with one word wherever something foreign may stand.

The word is an ordinary one, so that a document with another text in its place has the same shape.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from smsconf.guide.checklist import Outcome as Standing
from smsconf.guide.checklist import Page, State
from smsconf.guide.checklist import Step as GuideStep
from smsconf.guide.checks import Check
from smsconf.guide.verdict import Result as CheckResult
from smsconf.messaging.receive.opt_outs import OptOut
from smsconf.messaging.receive.receipts import Delivery, Tally
from smsconf.model.address import Kind
from smsconf.model.diagnostics import Diagnostic, Place, Severity
from smsconf.model.sites import SITES
from smsconf.reconcile.change import (
    Action,
    FieldChange,
    ManualChange,
    ManualStep,
    Step,
    TemplateChange,
)
from smsconf.reconcile.outcome import Outcome, Result
from smsconf.reconcile.removal.guards import Refusal
from smsconf.reconcile.review import read_reviews
from smsconf.render.documents.doctor import doctor_view
from smsconf.render.documents.guide import guide_view
from smsconf.render.documents.history import history_view
from smsconf.render.documents.receipts import receipts_view
from smsconf.render.documents.replies import opt_outs_view
from smsconf.render.plan.board import report_view
from smsconf.render.plan.manual_steps import steps_view
from smsconf.render.plan.status import status_view
from smsconf.render.plan.view import apply_view, lint_view, plan_view
from smsconf.store.messages import Received, Reply
from tests.reconcile import build

WORD = "Zfremd"
ABOUT = {"project": WORD, "environment": WORD, "site": "china", "provider": "emulator"}
NOW = datetime(2026, 1, 6, tzinfo=UTC)


def put(document: Any, text: str) -> Any:
    """Return a document with another text wherever the word stands, keys included."""
    if isinstance(document, str):
        return document.replace(WORD, text)
    if isinstance(document, dict):
        return {put(key, text): put(value, text) for key, value in document.items()}
    if isinstance(document, list | tuple):
        return [put(one, text) for one in document]
    return document


def _finding() -> Diagnostic:
    place = Place(WORD, 1, 1, 3, f"  {WORD}: {WORD}")
    near = ((Place(WORD, 2, 2), WORD),)
    return Diagnostic("SMS301", Severity.ERROR, WORD, place, f"template.{WORD}", WORD, WORD, near)


def _plan() -> Any:
    wanted = replace(build.shipped, name=WORD, content=f"{WORD}您的订单${{1}}已发货。", description=WORD)
    has = replace(build.o_shipped, name=WORD, status="Reject", review_message=WORD)
    made = build.plan(
        build.desired(build.shop, build.brand, wanted), build.observed(build.o_shop, build.o_brand, has)
    )
    change = TemplateChange(
        Kind.TEMPLATE,
        Action.DELETE,
        WORD,
        WORD,
        awaits=WORD,
        fields=(FieldChange(WORD, f"old {WORD}", [WORD]), FieldChange("x", WORD, f"{WORD} y")),
        notes=(FieldChange(WORD, WORD, None),),
        steps=(Step.DELETE,),
    )
    step = ManualStep((WORD, WORD), {WORD: WORD}, "https://example.com/page.html", "2025", "open", "ab12")
    manual = ManualChange(
        Kind.THRESHOLD,
        Action.MANUAL,
        WORD,
        WORD,
        awaits=WORD,
        fields=change.fields,
        notes=change.notes,
        manual=step,
    )
    refusals = tuple(Refusal(scope, WORD, WORD, WORD) for scope in ("guard", "read", "change"))
    return replace(made, changes=(*made.changes, change, manual), refusals=refusals)


def _report(made: Any, reviews: Any) -> dict[str, Any]:
    start = {"event": "accepted", "step": "submit", "address": WORD, "remote_name": WORD}
    end = {"event": "decision", "status": "Reject", "address": WORD, "remote_name": WORD, "phase": "rejected"}
    entries = [
        {**start, "time": (NOW - timedelta(days=2)).isoformat()},
        {**end, "time": NOW.isoformat(), "review_message": WORD},
    ]
    wanted = replace(build.shipped, name=WORD, content=f"{WORD} ${{1}} {WORD}")
    return report_view(
        made,
        build.desired(build.shop, replace(build.brand, name=WORD), wanted),
        SITES["china"],
        entries,
        plan_view=plan_view(made, ABOUT, [_finding()]),
        status_view=status_view(reviews, ABOUT, unmanaged={}, foreign={}),
        now=NOW,
    )


def _entry() -> dict[str, Any]:
    names = ("time", "scope", "environment", "event", "address", "step", "remote_name", "remote_id", "status")
    words = ("review_message", "message", "error_code", "request_id", "by", "note")
    return dict.fromkeys((*names, *words, "actor", "host", "commit", "run"), WORD)


def _receipt() -> dict[str, Any]:
    columns = ("message_id", "to", "status", "meaning", "sent", "reported", "template", "campaign", "batch")
    return {**dict.fromkeys(columns, WORD), "delivery": "failed", "segments": 1}


def _send() -> dict[str, Any]:
    keys = ("to", "message_id", "status", "message", "fix")
    texts = ("address", "remote_name", "sender", "successor", "status_callback")
    request = {"method": "POST", "url": WORD, "headers": {"Authorization": WORD}, "body": {WORD: [WORD]}}
    return {
        **ABOUT,
        **dict.fromkeys(texts, WORD),
        "texts": [{"text": WORD}],
        "dry_run": True,
        "request": request,
        "messages": [{**dict.fromkeys(keys, WORD), "segments": 1, "outcome": "failed"}],
    }


def _guide() -> dict[str, Any]:
    page = Page("Title", "https://example.com/page.html", "2025")
    standing = Standing(State.OPEN, WORD, (WORD, WORD), (WORD, WORD), (), {WORD: WORD})
    step = GuideStep("k", None, "title", page, standing)
    done = step._replace(flow="global", outcome=standing._replace(state=State.DONE))
    return guide_view([step, done], {**ABOUT, "problem": WORD})


def documents() -> dict[str, Any]:
    """Return every document by its command."""
    made = _plan()
    outcomes = [Outcome(change, Result.FAILED, WORD, WORD, WORD) for change in made.changes]
    reviews = tuple(read_reviews(made, SITES["china"]))
    tally = Tally(Counter({Delivery.FAILED: 2}), Counter({WORD: 2}), 2)
    person = OptOut(WORD, WORD, NOW, Received(Reply(WORD, WORD, WORD, WORD, WORD), NOW))
    outputs = {
        **dict.fromkeys(("template_id", "remote_name", "sender", "signature", "region", "status"), WORD),
        "variables": [WORD, "day"],
        "variable_count": 2,
        "candidate": None,
    }
    app = {"remote_name": WORD, "app_id": WORD, "region": "cn", "channel_num": WORD, "status": None}
    check = Check("files", CheckResult.FAILED, WORD, WORD, WORD)
    return {
        "plan": plan_view(made, ABOUT, [_finding()]),
        "apply": apply_view(
            outcomes,
            ABOUT,
            pending=[WORD],
            rejected=[WORD],
            plan=made,
            interrupted=True,
            diagnostics=[_finding()],
        ),
        "status": status_view(
            reviews, ABOUT, problems=[WORD], unmanaged={Kind.TEMPLATE: 1}, foreign={Kind.TEMPLATE: 1}
        ),
        "lint": lint_view([_finding(), _finding()], {}),
        "history": history_view(
            [_entry(), _entry()], {"project": WORD, "environment": WORD}, torn=0, elsewhere=0
        ),
        "receipts": receipts_view({WORD: tally}, "template", others=1),
        "messages": [_receipt(), _receipt()],
        "opt-outs": opt_outs_view([person], 1, shown=str, said=str),
        "replies": [{**dict.fromkeys(("from", "to", "body"), WORD), "received": "2026", "opted_out": True}],
        "send": _send(),
        "doctor": doctor_view([check, check._replace(name="keys")], ABOUT),
        "guide": _guide(),
        "confirm": steps_view(made.changes, ABOUT),
        "outputs": {
            "format_version": "1.0",
            "templates": {"template.order": outputs},
            "apps": {"app.shop": app},
        },
        "report": _report(made, reviews),
    }
