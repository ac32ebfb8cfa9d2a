"""Everything with a code or a status → what it means and what to do, as lines or as a page of Markdown.

Gathers tables that live elsewhere (our checks, the service's errors and statuses, exit codes); nothing is
decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, NamedTuple

from smsconf.cloud.http.codes import MEANINGS, Meaning
from smsconf.config.problems import CODES
from smsconf.language import N_, _, listed
from smsconf.lint import RULES, Rule
from smsconf.messaging.send.codes import RECEIPT_PAGE, RECEIPTS, SENDING, SENDING_PAGE
from smsconf.model.lifecycle import APPS, SIGNATURES, TEMPLATES, Phase, Status
from smsconf.render.lines import Line, Span, clean, line
from smsconf.render.plan.view import FORMAT_VERSION

View = Mapping[str, Any]

_MANAGEMENT_PAGE = "https://support.huaweicloud.com/api-msgsms/sms_05_0060.html"
_GATEWAY_PAGE = "https://support.huaweicloud.com/devg-apisign/api-sign-errorcode.html"
_IDENTITY_PAGE = "https://support.huaweicloud.com/api-iam/iam_30_0001.html"

_LABELS = (("meaning", N_("means")), ("action", N_("do")), ("source", N_("from")))
_SNIPPETS = (("example", N_("example")), ("instead", N_("instead")))

_NOTHING = "nothing"  # to do
_NEXT: Mapping[Phase, str] = {
    Phase.PREPARING: N_("wait; the service is still setting it up"),
    Phase.SERVING: _NOTHING,
    Phase.DRAFT: N_("run smsconf apply: it submits drafts"),
    Phase.IN_REVIEW: N_("wait; smsconf status shows the verdict"),
    Phase.REJECTED: N_("read the reviewer's words with smsconf status, change what they ask for, apply"),
    Phase.APPROVED: _NOTHING,
    Phase.ACTIVATABLE: N_("top up the balance, then run smsconf apply: it asks for activation"),
    Phase.DISABLED: N_("run smsconf apply --resubmit ADDRESS to submit it again"),
    Phase.DEAD: N_("ask support; a deactivated template needs a successor"),
}


class Explanation(NamedTuple):
    """One code: of what kind, what it means, what to do, and where that is from."""

    code: str
    kind: str
    meaning: str
    action: str | None = None
    source: str | None = None
    name: str | None = None
    severity: str | None = None
    example: str | None = None
    instead: str | None = None
    headline: str | None = None


def explanations(exits: str) -> list[Explanation]:
    """Return all of them, kind by kind; ``exits`` is the table of exit codes."""
    return [
        *(_of_rule(rule) for rule in RULES),
        *(
            Explanation(code, _("loading"), _(one.why), _(one.fix), None, one.name, one.severity.value)
            for code, one in CODES.items()
        ),
        *_of_service(),
        *_of_statuses(),
        *_of_codes(SENDING, _("sending error"), SENDING_PAGE),
        *_of_codes(RECEIPTS, _("receipt status"), RECEIPT_PAGE),
        *_of_exits(exits),
    ]


def find(word: str, known: list[Explanation]) -> list[Explanation]:
    """Return what a word may mean: a code, a rule's name, an exit code, the number of a service's code."""
    asked = word.strip().casefold()
    asked = asked.replace("apig.", "apigw.")
    exact = [one for one in known if asked in (one.code.casefold(), (one.name or "").casefold())]
    return exact or [one for one in known if re.split("[. ]", one.code.casefold())[-1] == asked]


def explanations_view(found: Iterable[Explanation]) -> View:
    """Return the document of ``explain``."""
    return {"format_version": FORMAT_VERSION, "explanations": [one._asdict() for one in found]}


def explanation_lines(view: View) -> Iterator[Line]:
    """Draw each explanation, one below the other."""
    for number, one in enumerate(view["explanations"]):
        if number:
            yield line()
        about = ", ".join(part for part in (one["severity"], one["kind"]) if part)
        name = f" {one['name']}" if one["name"] else ""
        yield line(Span(f"{one['code']}{name}", "bold"), f" ({about})")
        if one["headline"]:
            yield line(f"{one['headline'][:1].lower()}{one['headline'][1:]}")
        for key, label in _LABELS:
            if one[key]:
                word = _("why") if key == "meaning" and one["headline"] else _(label)
                yield line(f"  {word}{_(': ')}{clean(one[key])}", hang=4)
        for key, label in _SNIPPETS:
            if one[key]:
                yield line(f"  {_(label)}{_(':')}")
                for row in one[key].splitlines():
                    yield line(f"    {clean(row, source=True)}", hang=6)


def explanations_markdown(view: View) -> str:
    """Write one page: a section a kind, rules with their snippets, the rest as tables."""
    parts = [f"# {_('Codes and statuses')}\n"]
    for kind, group in groupby(view["explanations"], key=lambda one: one["kind"]):
        parts.append(f"\n## {kind.capitalize()}\n")
        rows = list(group)
        if any(one["headline"] for one in rows):
            parts.extend(_section(one) for one in rows)
        else:
            parts.append(f"\n| {_('code')} | {_('means')} | {_('do')} |\n|---|---|---|\n")
            parts.extend(
                f"| {_cell(_title(one))} | {_cell(one['meaning'])} | {_cell(one['action'])} |\n"
                for one in rows
            )
    return "".join(parts)


def _title(one: View) -> str:
    return f"{one['code']} {one['name']}" if one["name"] else str(one["code"])


def _section(one: View) -> str:
    text = f"\n### {_title(one)}\n\n*{one['severity']}.* {one['headline']}.\n\n"
    text += f"{_('Why')}{_(': ')}{one['meaning']}.\n"
    for key, label in _SNIPPETS:
        if one[key]:
            text += f"\n{_(label).capitalize()}:\n\n```yaml\n{one[key]}\n```\n"
    return f"{text}\n{_('Source')}{_(': ')}{one['source']}\n"


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|")


def _of_rule(rule: Rule) -> Explanation:
    return Explanation(
        rule.code,
        _("check"),
        _(rule.why),
        _("correct it, or write # smsconf: ignore[{code}] and the reason behind it").format(code=rule.code),
        f"{_(rule.page.source)} ({rule.page.date})",
        rule.name,
        rule.severity.value,
        rule.section("Example") or None,
        rule.section("Instead") or None,
        _(rule.title),
    )


def _of_service() -> Iterator[Explanation]:
    kinds = {
        "MSGSMS": (_("management error"), _MANAGEMENT_PAGE),
        "APIGW": (_("gateway error"), _GATEWAY_PAGE),
        "IAM": (_("identity error"), _IDENTITY_PAGE),
        "HTTP": (_("http status"), _GATEWAY_PAGE),
    }
    for code, one in MEANINGS.items():
        kind, page = kinds[re.split("[. ]", code)[0]]
        why, fix = one.said()
        yield Explanation(code, kind, why or _("not documented"), fix, page)


def _of_statuses() -> Iterator[Explanation]:
    for code, status in APPS.items():
        yield _of_status(code, _("app status"), status, "0025")
    sites: dict[tuple[str, Status], list[str]] = {}
    for site, table in SIGNATURES.items():
        for code, status in table.items():
            sites.setdefault((code, status), []).append(site)
    for (code, status), names in sites.items():
        kind = _("signature status")
        if len(names) < len(SIGNATURES):
            kind = _("signature status at {sites}").format(sites=listed(names, last="and"))
        yield _of_status(code, kind, status, "0030")
    for code, status in TEMPLATES.items():
        yield _of_status(code, _("template status"), status, "0040")


def _of_status(code: str, kind: str, status: Status, page: str) -> Explanation:
    phase = status.phase.value
    action = _NEXT.get(status.phase)
    if status.phase is Phase.APPROVED and not status.verdict.usable:
        action = N_("wait; it cannot be used yet")
    text = status.verdict.message
    meaning = text if status.verdict.text.startswith(phase) else f"{phase}: {text}"
    return Explanation(
        code,
        kind,
        meaning,
        _action(action),
        f"https://support.huaweicloud.com/api-msgsms/sms_05_{page}.html",
    )


def _of_codes(table: Mapping[str, Meaning], kind: str, page: str) -> Iterator[Explanation]:
    for code, one in table.items():
        why, fix = one.said()
        yield Explanation(code, kind, why or _("not documented"), fix, page)


def _of_exits(exits: str) -> Iterator[Explanation]:
    for row in exits.strip().splitlines():
        code, meaning, action = row.split(" | ")
        yield Explanation(code, _("exit code"), _(meaning), _action(action))


def _action(text: str | None) -> str | None:
    return None if text is None or text == _NOTHING else _(text)
