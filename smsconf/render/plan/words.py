"""The sentences that text and Markdown share, raw: whoever prints them makes them harmless first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from smsconf.language import N_, _, ngettext
from smsconf.model.working_days import BEIJING

View = Mapping[str, Any]


def summary(counts: View) -> str:
    """Say how many changes of each action a plan has."""
    return ", ".join(f"{count} {action}" for action, count in counts.items()) or _("nothing declared")


def promise(view: View) -> str:
    """Say what apply would do about a plan."""
    if not view["steps"]:
        return _("apply would send nothing")
    steps = ngettext("{count} step", "{count} steps", view["steps"]).format(count=view["steps"])
    reviews = ngettext("{count} review", "{count} reviews", view["submissions"])
    reviews = reviews.format(count=view["submissions"])
    return _("apply would take {steps}, {reviews}").format(steps=steps, reviews=reviews)


def phases(resources: Sequence[View]) -> str:
    """Say how many addresses stand in each phase."""
    counts = Counter(one["phase"] for one in resources)
    return ", ".join(f"{count} {phase}" for phase, count in counts.items()) or _("nothing declared")


def unclaimed(view: View) -> Iterator[str]:
    """Say what was counted and, unless rows of the plan are about it, left alone."""
    pruned = any(":" in row["address"] for row in view.get("changes", ()))
    unmanaged = _("unmanaged: {counts} (in declared apps, claimed by no address; left alone)")
    if pruned:
        unmanaged = _("unmanaged: {counts} (in declared apps, claimed by no address)")
    for key, text in (
        ("unmanaged", unmanaged),
        ("foreign", _("foreign: {counts} (in apps that are not declared; left alone)")),
    ):
        said = _(", ").join(f"{count} {_(section)}" for section, count in view[key].items() if count)
        if said:
            yield text.format(counts=said)


_SEVERITIES = ("error", "warning", "info")


def worst_first(diagnostics: Iterable[View]) -> list[View]:
    """Order findings by severity; those of one severity stay as they are."""
    return sorted(diagnostics, key=lambda found: _SEVERITIES.index(found["severity"]))


def severities(diagnostics: Sequence[View]) -> str:
    """Say how many findings of each severity there are; nothing if there are none."""
    counts = {word: sum(found["severity"] == word for found in diagnostics) for word in _SEVERITIES}
    texts = {
        "error": ngettext("{count} error", "{count} errors", counts["error"]),
        "warning": ngettext("{count} warning", "{count} warnings", counts["warning"]),
        "info": ngettext("{count} info", "{count} infos", counts["info"]),
    }
    return _(", ").join(texts[word].format(count=count) for word, count in counts.items() if count)


def segments(change: View) -> str | None:
    """Say of how many parts a template's messages are, and what a change of that does to the price."""
    found = change["segments"]
    if not found or not found["new"]:
        return None
    new, old = found["new"], found["old"] or found["new"]
    if (old["min"], old["max"]) == (new["min"], new["max"]):
        return _parts(new) if change["steps"] else None
    said = _("{old} → {new}").format(old=_range(old), new=_parts(new))
    price = _price(old["max"], new["max"])
    if old["min"] == old["max"] and new["min"] == new["max"]:
        return f"{said}: {price}"
    return _("{change}: at most {price}").format(change=said, price=price) if price else said


_MOST_NAMED = 5


def all_segments(found: Sequence[View]) -> str | None:
    """Say how many templates have how many parts, and name the long ones; nothing if each is one part."""
    long = [one["address"] for one in found if one["max"] > 1]
    if not long:
        return None
    counts = Counter(_parts(one) for one in sorted(found, key=lambda one: (one["max"], one["min"])))
    parts = _(", ").join(
        _("{count} of {parts}").format(count=count, parts=part) for part, count in counts.items()
    )
    names = ", ".join(long[:_MOST_NAMED]) + (", …" if len(long) > _MOST_NAMED else "")
    return ngettext(
        "{count} template: {parts} ({names})", "{count} templates: {parts} ({names})", len(found)
    ).format(count=len(found), parts=parts, names=names)


def _range(found: View) -> str:
    return str(found["min"]) if found["min"] == found["max"] else f"{found['min']}..{found['max']}"


def _parts(found: View) -> str:
    return ngettext("{parts} segment", "{parts} segments", found["max"]).format(parts=_range(found))


def _price(old: int, new: int) -> str:
    """Say what a message costs beside what it cost; nothing if that is the same or was nothing."""
    if not old or old == new:
        return ""
    words = {
        (2, 1): _("twice the price"),
        (3, 1): _("three times the price"),
        (1, 2): _("half the price"),
        (1, 3): _("a third of the price"),
    }
    ratio = Fraction(new, old)
    named = words.get((ratio.numerator, ratio.denominator))
    return named or _("{ratio} times the price").format(ratio=f"{new / old:.2g}")


def expected(row: View) -> str | None:
    """Say when the reviewer's answer should be there, in the time of those who review."""
    if not row["expected_by"]:
        return None
    moment = datetime.fromisoformat(row["expected_by"]).astimezone(BEIJING)
    text = _("expected by {time} Beijing time").format(time=f"{moment:%Y-%m-%d %H:%M}")
    return _("{text} (provisional)").format(text=text) if row["expected_provisional"] else text


_CONSOLE_PAGES = {"signature": N_("Signature Management"), "template": N_("Template Management")}


def urge(row: View) -> str | None:
    """Say where a review that is overdue can be urged; no API does it."""
    page = _CONSOLE_PAGES.get(row["address"].partition(".")[0])
    if not row["overdue"] or page is None:
        return None
    return _("overdue: urge it in the console, {page}, Urge (催审)").format(page=_(page))


def advice(row: View) -> str | None:
    """Say what the reviewer's words probably mean."""
    found = row["advice"]
    if not found:
        return None
    return _("probably {code}: {remedy}").format(code=found["code"], remedy=found["message"])


def unremembered(view: View) -> Iterator[str]:
    """Say what the journal cannot tell: it is empty beside things that are there, or was cut short."""
    journal = view.get("journal")
    if not journal:
        return
    if not journal["entries"] and any(one["status"] for one in view.get("changes", ())):
        yield _("journal: empty; of rejections only those that the service still shows are known")
    if journal["torn"]:
        yield ngettext(
            "journal: {count} line that a killed run cut short was left out",
            "journal: {count} lines that killed runs cut short were left out",
            journal["torn"],
        ).format(count=journal["torn"])


def is_quiet(change: View) -> bool:
    """Tell whether a change says nothing but "unchanged".

    What pruning spares (``kind:name``, for no address claims it) says why it was spared.
    """
    spared = ":" in change["address"]
    said = spared or change["rejected"] or change["notes"] or change["twins"]
    return change["action"] == "none" and not said


def value(held: Any) -> str:  # noqa: ANN401 - whatever a field holds
    """Write what a field holds."""
    if held is None:
        return _("(nothing)")
    if isinstance(held, bool):
        return "true" if held else "false"
    if isinstance(held, list | tuple):
        return ", ".join(value(one) for one in held) or _("(none)")
    return str(held)
