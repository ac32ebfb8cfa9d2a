"""View → Markdown for a comment under a pull request: what matters first, and never too long to be posted.

Drawn from the view alone. The first line is a comment that nobody sees: a pipeline finds by it the comment
that it wrote before. GitHub takes at most 65,536 characters, so every section keeps room for those below it,
shows the worst first, and says how many it left out.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any
from urllib.parse import quote

from smsconf.language import _, clauses
from smsconf.render import words
from smsconf.render.lines import clean
from smsconf.render.markup import Page, clip, code, fenced, folded, prose, row
from smsconf.render.words import (
    is_quiet,
    phases,
    promise,
    summary,
    unclaimed,
    unremembered,
    value,
    worst_first,
)

View = Mapping[str, Any]

MOST = 65_000  # UTF-16 units; GitHub's limit is 65,536 characters
_MOST_SENTENCE = 400
_MOST_CONTENT = 1_200
_MOST_COMPARED = 600  # tokens of both texts where they differ; comparing takes the square of it, or more
_MOST_LINES = 60
_MOST_NAME = 200
_ROOM_FOR_A_NOTE = 500
_HALVES = re.compile("[\ud800-\udc7f\udd00-\udfff]")  # but those that stand for a byte

# worst first
_ACTIONS = (
    *("refused", "delete", "retire", "replace", "withdraw", "update", "activate", "create", "forget"),
    *("manual", "wait", "none"),
)
_PHASES = ("rejected", "deactivated", "unknown", "disabled", "to be activated")


def plan_markdown(view: View) -> str:
    """Draw a plan: counts, refusals, a table of changes, their differences, reviews, manual steps."""
    page = _page(view, "plan")
    page.add(f"**{summary(view['summary'])}** · {promise(view)}\n\n")
    _guards(page, view)
    loud = sorted((one for one in view["changes"] if not is_quiet(one)), key=_badness)
    head = row(_("action"), _("address"), _("remote name"), _("reason")) + row("---", "---", "---", "---")
    _section(page, _("Changes"), loud, _change_row, keep=30_000, head=head)
    quiet = len(view["changes"]) - len(loud)
    if quiet:
        page.add(_("{count} unchanged.").format(count=quiet) + "\n\n")
    told = [one for one in loud if one["fields"] or one["notes"]]
    _section(page, _("Differences"), told, _difference, keep=12_000)
    manual = [one for one in loud if one["action"] == "manual"]
    _section(page, _("To do by hand"), manual, _manual, keep=8_000)
    awaited = [one for one in loud if one["awaits"]]
    _section(page, _("Reviews awaited"), awaited, _awaited, keep=4_000)
    _section(page, _("Findings"), worst_first(view["diagnostics"]), _finding, keep=1_000)
    _unclaimed(page, view)
    return page.text


def apply_markdown(view: View) -> str:
    """Draw what became of each change, then what is still awaited."""
    page = _page(view, "apply")
    outcomes = sorted(view["outcomes"], key=lambda one: one["outcome"] == "applied")
    if view["interrupted"]:
        page.add(_("**Interrupted**: what was in flight was finished; run apply again to go on.") + "\n\n")
    if not outcomes:
        page.add(_("Nothing to do.") + "\n\n")
    _guards(page, view)
    head = row(_("outcome"), _("address"), _("remote name"), _("what happened")) + row(
        "---", "---", "---", "---"
    )
    _section(page, _("Outcomes"), outcomes, _outcome_row, keep=20_000, head=head)
    for title, key in ((_("Rejected"), "rejected"), (_("Waiting for review"), "pending")):
        _section(page, title, view[key], lambda address: f"- {code(address)}\n", keep=4_000)
    if view["pending"] and (expected := words.expected(view)):
        page.add(_("Answers: {expected}.").format(expected=prose(expected)) + "\n\n")
    return page.text


def status_markdown(view: View) -> str:
    """Draw where every address stands, what was rejected first."""
    page = _page(view, "status")
    page.add(f"**{phases(view['resources'])}**\n\n")
    problems = [{"address": None, "message": one, "fix": None} for one in view["problems"]]
    _section(page, _("Could not be read"), problems, _refusal, keep=50_000)
    resources = sorted(view["resources"], key=_standing)
    titles = (_("phase"), _("address"), _("remote name"), _("status"), _("since"), _("answer"))
    head = row(*titles) + row(*["---"] * 6)
    _section(page, _("Addresses"), resources, _status_row, keep=20_000, head=head)
    said = [one for one in resources if one["review_message"]]
    _section(page, _("What reviewers said"), said, _review, keep=2_000)
    _unclaimed(page, view)
    return page.text


def marker(view: View, command: str) -> str:
    """Return the first line of a report: the same for every run of a project and an environment."""
    names = [view.get("project"), view.get("environment")]
    # a folder's name may hold bytes that are no UTF-8, and other names half a character
    names = [_HALVES.sub("?", name) if name else name for name in names]
    words = [quote(name[:_MOST_NAME], safe="", errors="surrogateescape") for name in names if name]
    words = [word.replace("--", "-%2D") for word in words]
    return f"<!-- {' '.join(['smsconf', command, *words])} -->"


def _page(view: View, command: str) -> Page:
    page = Page(MOST)
    page.add(f"{marker(view, command)}\n")
    parts = [view.get("project"), view.get("environment"), view.get("site"), view.get("provider")]
    about = " · ".join(code(clip(str(part), _MOST_NAME)) for part in parts if part)
    page.add(f"### smsconf {command}: {about}\n\n")
    return page


def _section(
    page: Page,
    title: str,
    items: Sequence[Any],
    draw: Callable[[Any], str],
    *,
    keep: int,
    head: str = "",
) -> None:
    """Add a title and as many items as leave room for the sections below, then how many were left out."""
    if not items:
        return
    page.add(f"#### {title}\n\n{head}")
    # a long one that does not fit hides no shorter one behind it
    shown = sum(page.add(draw(one), keep=keep + _ROOM_FOR_A_NOTE) for one in items)
    page.add("\n")
    if shown < len(items):
        more = _("{count} more are left out here; `--format json` shows all of them.")
        page.add(more.format(count=len(items) - shown) + "\n\n")


def _badness(change: View) -> tuple[bool, int]:
    """Order changes: what went wrong first, refused or rejected, then what is done, then what rests."""
    bad = change["action"] == "refused" or change["rejected"]
    return not bad, _ACTIONS.index(change["action"])


def _standing(resource: View) -> tuple[int, bool]:
    phase = resource["phase"]
    rank = _PHASES.index(phase) if phase in _PHASES else len(_PHASES)
    return rank, resource["verdict"]["done"]


def _guards(page: Page, view: View) -> None:
    """Say what forbids the whole run or a kind, then what is refused of single changes."""
    general = [one for one in view["refusals"] if one["scope"] != "change"]
    if any(one["scope"] == "guard" for one in general):
        page.add(_("**A guard forbids this run: apply would send nothing.**") + "\n\n")
    _section(page, _("Refused"), general, _refusal, keep=50_000)


def _refusal(one: View) -> str:
    who = f"{code(one['address'])}: " if one["address"] else ""
    fix = _(" Fix: {fix}.").format(fix=prose(clip(one["fix"], _MOST_SENTENCE))) if one["fix"] else ""
    return f"- {who}{prose(clip(one['message'], _MOST_SENTENCE))}.{fix}\n"


def _change_row(change: View) -> str:
    return row(
        f"**{change['action']}**",
        code(clip(change["address"], _MOST_NAME)),
        code(clip(change["remote_name"], _MOST_NAME)),
        clauses(prose(clip(said, _MOST_SENTENCE)) for said in _remarks(change)),
    )


def _remarks(change: View) -> Iterator[str]:
    yield change["reason"]
    yield from (said for said in (words.advice(change), words.segments(change)) if said)


def _outcome_row(outcome: View) -> str:
    message = prose(clip(outcome["message"], _MOST_SENTENCE))
    codes = [f"{name} {code(outcome[key])}" for name, key in _CODES if outcome[key]]
    return row(
        f"**{outcome['outcome']}**",
        code(clip(outcome["address"], _MOST_NAME)),
        code(clip(outcome["remote_name"], _MOST_NAME)),
        ", ".join([message, *(codes if outcome["outcome"] != "applied" else [])]),
    )


_CODES = (("code", "error_code"), ("request", "request_id"))


def _status_row(one: View) -> str:
    status = f"{code(one['status'])} " if one["status"] else ""
    return row(
        f"**{one['phase']}**",
        code(clip(one["address"], _MOST_NAME)),
        code(clip(one["remote_name"], _MOST_NAME)),
        f"{status}{prose(clip(one['verdict']['message'], _MOST_SENTENCE))}",
        code(one["since"]) if one["since"] else "",
        prose(clauses(said for said in (words.expected(one), words.urge(one)) if said)),
    )


def _review(one: View) -> str:
    meant = words.advice(one)
    advice = f"; {prose(meant)}" if meant else ""
    return f"- {code(one['address'])}: {prose(clip(one['review_message'], _MOST_SENTENCE))}{advice}\n"


def _awaited(change: View) -> str:
    said = (f"; {prose(one)}" for one in (words.expected(change), words.urge(change)) if one)
    awaits = prose(clip(change["awaits"], _MOST_SENTENCE))
    text = _("{address} awaits {what}").format(address=code(change["address"]), what=awaits)
    return f"- {text}{''.join(said)}\n"


def _manual(change: View) -> str:
    fields = ", ".join(f"{one['path']} {value(one['new'])}" for one in change["fields"])
    said = f"{change['reason']}: {fields}" if fields else change["reason"]
    step = change["manual"]
    where = f" {prose(' > '.join(step['console']))} ([{step['page_date']}]({step['page']}))" if step else ""
    return f"- [ ] {code(change['address'])}: {prose(clip(said, _MOST_SENTENCE))}{where}\n"


def _finding(found: View) -> str:
    place = f" {code(':'.join([found['file'], str(found['line'])]))}" if found["file"] else ""
    who = f" {code(found['address'])}:" if found["address"] else ""
    message = prose(clip(found["message"], _MOST_SENTENCE))
    return f"- {found['severity']} {code(found['code'])}{place}{who} {message}\n"


def _unclaimed(page: Page, view: View) -> None:
    for said in (*unremembered(view), *unclaimed(view)):
        page.add(f"{prose(said)}\n\n")


def _difference(change: View) -> str:
    lines = [line for one in change["fields"] for line in _field(one, "")]
    lines += [line for one in change["notes"] for line in _field(one, "note: ")]
    if len(lines) > _MOST_LINES:
        lines[_MOST_LINES:] = ["  " + _("… {count} more lines").format(count=len(lines) - _MOST_LINES)]
    return folded(change["action"], clip(change["address"], _MOST_NAME), fenced(lines, "diff"))


def _field(one: View, word: str) -> Iterator[str]:
    """Write a field as the lines of a diff: what goes, what comes, and where exactly they differ."""
    old, new = one["old"], one["new"]
    path = f"{word}{clean(one['path'])}"
    if old is not None:
        yield f"- {path}: {clip(clean(value(old)), _MOST_CONTENT)}"
    if new is not None or old is None:
        yield f"+ {path}: {clip(clean(value(new)), _MOST_CONTENT)}"
    if isinstance(old, str) and isinstance(new, str) and max(len(old), len(new)) <= _MOST_CONTENT:
        yield f"! {path}: {_marked(clean(old), clean(new))}"


# what is compared: a placeholder, a word of letters and digits, any other character by itself
_TOKEN = re.compile(r"\$\{\w+\}|[A-Za-z0-9]+|.", re.DOTALL)


def _marked(old: str, new: str) -> str:
    """Write one text with what goes as [-old-] and what comes as {+new+}."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    same = _shared(before, after)
    head, before, after = before[:same], before[same:], after[same:]
    same = _shared(before[::-1], after[::-1])
    tail = before[len(before) - same :]
    before, after = before[: len(before) - same], after[: len(after) - same]
    blocks: Sequence[tuple[str, int, int, int, int]] = [("replace", 0, len(before), 0, len(after))]
    if len(before) + len(after) <= _MOST_COMPARED:
        blocks = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    parts = list(head)
    for word, i, j, k, m in blocks:
        gone, come = "".join(before[i:j]), "".join(after[k:m])
        if word == "equal":
            parts.append(gone)
        else:
            parts += [f"[-{gone}-]"] * bool(gone) + [f"{{+{come}+}}"] * bool(come)
    return "".join(parts + tail)


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """Count the tokens that two texts have in common at their beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
