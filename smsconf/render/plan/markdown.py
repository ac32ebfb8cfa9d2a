"""View → Markdown for a comment under a pull request: what matters first, and never too long to be posted.

Drawn from the view alone. The first line is a comment that nobody sees: a pipeline finds by it the comment
that it wrote before. GitHub takes at most 65,536 characters, so every section keeps room for those below it,
shows the worst first, and says how many it left out.

Of a plan, what would be sent comes before all else, whole: a row and the text of every change that has steps.
Where a comment has no room for that, it says so first, and whoever asked is told (``Comment.left_out``).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any, NamedTuple
from urllib.parse import quote

from smsconf.language import _, clauses
from smsconf.render.lines import clean
from smsconf.render.markup import Page, clip, code, fenced, folded, prose, row, short, units
from smsconf.render.plan import words
from smsconf.render.plan.submitted import unshown
from smsconf.render.plan.words import (
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
_ROOM_BESIDE = 3_000  # what is sent leaves as much for the titles and the counts of all else
_MOST_VERDICT = 10_000
_SHARE_OF_ROWS = 0.6  # of the room, where not all that is sent can be shown
_HALVES = re.compile("[\ud800-\udc7f\udd00-\udfff]")  # but those that stand for a byte

# worst first
_ACTIONS = (
    *("refused", "delete", "retire", "replace", "withdraw", "update", "activate", "create", "forget"),
    *("manual", "wait", "none"),
)
_PHASES = ("rejected", "deactivated", "unknown", "disabled", "to be activated")


class Comment(NamedTuple):
    """A plan as it is posted; ``left_out`` has the addresses of what would be sent and found no room."""

    text: str
    left_out: tuple[str, ...]


class _Drawn(NamedTuple):
    """What is drawn already and has its room; ``lacking`` is how many of its kind had none."""

    texts: Sequence[str] = ()
    lacking: int = 0


_NOTHING = _Drawn()


def plan_markdown(view: View) -> str:
    """Draw a plan: counts, refusals, a table of changes, their differences, reviews, manual steps."""
    return plan_comment(view).text


def plan_comment(view: View) -> Comment:
    """Draw a plan, and tell what of it would be sent and cannot be shown."""
    page = _page(view, "plan")
    page.add(f"**{summary(view['summary'])}** · {promise(view)}\n\n")
    loud = sorted((one for one in view["changes"] if one["steps"] or not is_quiet(one)), key=_badness)
    sent = [one for one in loud if one["steps"]]
    rest = [one for one in loud if not one["steps"]]
    verdict = Page(_MOST_VERDICT)
    _guards(verdict, view, keep=0)
    room = page.room - units(verdict.text) - _ROOM_BESIDE
    rows, texts, left_out = _what_is_sent(sent, room)
    if left_out:
        page.add(_no_room(len(left_out), len(sent)) + "\n\n")
    page.add(verdict.text)
    free = page.room - units(*rows.texts, *texts.texts)
    head = row(_("action"), _("address"), _("remote name"), _("reason")) + row("---", "---", "---", "---")
    below = units(*texts.texts) + round(free * 0.5)
    _section(page, _("Changes"), rest, _change_row, keep=below, head=head, first=rows)
    quiet = len(view["changes"]) - len(loud)
    if quiet:
        page.add(_("{count} unchanged.").format(count=quiet) + "\n\n")
    told = [one for one in rest if one["fields"] or one["notes"]]
    _section(page, _("Differences"), told, _difference, keep=round(free * 0.2), first=texts)
    manual = [one for one in rest if one["action"] == "manual"]
    _section(page, _("To do by hand"), manual, _manual, keep=round(free * 0.12))
    awaited = [one for one in loud if one["awaits"]]
    _section(page, _("Reviews awaited"), awaited, _awaited, keep=round(free * 0.06))
    _section(page, _("Findings"), worst_first(view["diagnostics"]), _finding, keep=round(free * 0.02))
    _unclaimed(page, view)
    return Comment(page.text, left_out)


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
    first: _Drawn = _NOTHING,
) -> None:
    """Add a title and as many items as leave room for the sections below, then how many were left out."""
    if not items and not any(first):
        return
    page.add(f"#### {title}\n\n{head}")
    for text in first.texts:
        page.add(text)
    # a long one that does not fit hides no shorter one behind it
    shown = sum(page.add(draw(one), keep=keep + _ROOM_FOR_A_NOTE) for one in items)
    page.add("\n")
    left_out = first.lacking + len(items) - shown
    if left_out:
        more = _("{count} more are left out here; `--format json` shows all of them.")
        page.add(more.format(count=left_out) + "\n\n")


def _what_is_sent(sent: Sequence[View], room: int) -> tuple[_Drawn, _Drawn, tuple[str, ...]]:
    """Draw rows and texts of the changes that have steps; return also whose row or text found no room."""
    rows = [_change_row(one) for one in sent]
    texts = [_sent(one, marks=False) for one in sent]
    if units(*rows, *texts) <= room:
        marked = [_sent(one, marks=True) for one in sent]
        if units(*rows, *marked) <= room:
            texts = marked
        return _Drawn(rows), _Drawn([one for one in texts if one]), ()
    above = Page(round(room * _SHARE_OF_ROWS))
    row_fits = [above.add(one) for one in rows]
    below = Page(room - units(above.text))
    text_fits = [below.add(one) for one in texts]
    left_out = [one["address"] for one, *fits in zip(sent, row_fits, text_fits, strict=True) if not all(fits)]
    return (
        _Drawn([above.text], row_fits.count(False)),
        _Drawn([below.text], text_fits.count(False)),
        tuple(left_out),
    )


def _no_room(left_out: int, total: int) -> str:
    """Say that a comment does not show all that would be sent, what follows, and the ways out."""
    said = _(
        "**This comment has no room for {count} of the {total} changes that would be sent**: no plan file is "
        "written, and the exit code is 4. Make several plans with `--target`, or read this one whole with "
        "`smsconf plan --format text`."
    )
    return said.format(count=left_out, total=total)


def _badness(change: View) -> tuple[bool, int]:
    """Order changes: what went wrong first, refused or rejected, then what is done, then what rests."""
    bad = change["action"] == "refused" or change["rejected"]
    return not bad, _ACTIONS.index(change["action"])


def _standing(resource: View) -> tuple[int, bool]:
    phase = resource["phase"]
    rank = _PHASES.index(phase) if phase in _PHASES else len(_PHASES)
    return rank, resource["verdict"]["done"]


def _guards(page: Page, view: View, *, keep: int = 50_000) -> None:
    """Say what forbids the whole run or a kind, then what is refused of single changes."""
    general = [one for one in view["refusals"] if one["scope"] != "change"]
    if any(one["scope"] == "guard" for one in general):
        page.add(_("**A guard forbids this run: apply would send nothing.**") + "\n\n")
    _section(page, _("Refused"), general, _refusal, keep=keep)


def _refusal(one: View) -> str:
    who = f"{code(one['address'])}: " if one["address"] else ""
    fix = _(" Fix: {fix}.").format(fix=prose(clip(one["fix"], _MOST_SENTENCE))) if one["fix"] else ""
    return f"- {who}{prose(clip(one['message'], _MOST_SENTENCE))}.{fix}\n"


def _change_row(change: View) -> str:
    """Draw a row; of what is sent, the names are never cut."""
    names = [change["address"], change["remote_name"]]
    if not change["steps"]:
        names = [short(name, _MOST_NAME) for name in names]
    return row(
        f"**{change['action']}**",
        *map(code, names),
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


def _sent(change: View, *, marks: bool) -> str:
    """Write all that a change sends, nothing cut: what differs, then what goes along as it is."""
    lines = [line for one in change["fields"] for line in _field(one, "", most=None, marks=marks)]
    lines += [line for one in change["notes"] for line in _field(one, "note: ", most=None, marks=marks)]
    lines += [f"  {clean(one['path'])}: {clean(value(one['value']))}" for one in unshown(change)]
    lines += [f"- {_('takes along')}: {clean(name)}" for name in change["carries"]]
    return folded(change["action"], change["address"], fenced(lines, "diff")) if lines else ""


def _difference(change: View) -> str:
    lines = [line for one in change["fields"] for line in _field(one, "")]
    lines += [line for one in change["notes"] for line in _field(one, "note: ")]
    if len(lines) > _MOST_LINES:
        lines[_MOST_LINES:] = ["  " + _("… {count} more lines").format(count=len(lines) - _MOST_LINES)]
    return folded(change["action"], short(change["address"], _MOST_NAME), fenced(lines, "diff"))


def _field(one: View, word: str, *, most: int | None = _MOST_CONTENT, marks: bool = True) -> Iterator[str]:
    """Write a field as the lines of a diff: what goes, what comes, and where exactly they differ."""
    old, new = one["old"], one["new"]
    path = f"{word}{clean(one['path'])}"
    for sign, held in (("-", old), ("+", new)):
        if held is not None or (sign == "+" and old is None):
            shown = clean(value(held))
            yield f"{sign} {path}: {shown if most is None else clip(shown, most)}"
    if not marks:
        return
    if isinstance(old, str) and isinstance(new, str) and max(len(old), len(new)) <= _MOST_CONTENT:
        yield f"! {path}: {_marked(clean(old), clean(new))}"


# what is compared: a placeholder, a word of letters and digits, any other character by itself
_TOKEN = re.compile(r"\$\{\w+\}|[A-Za-z0-9]+|.", re.DOTALL)
_COMMAND = re.compile(r"##(?=[A-Za-z]*\[)")  # with a mark behind it, what runners look for


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
    return _COMMAND.sub(r"#\\u0023", "".join(parts + tail))


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """Count the tokens that two texts have in common at their beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
