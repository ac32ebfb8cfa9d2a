"""The sentences that text and Markdown share, raw: whoever prints them makes them harmless first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

View = Mapping[str, Any]


def counted(count: int, word: str) -> str:
    """Return a number with its noun."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def summary(counts: View) -> str:
    """Say how many changes of each action a plan has."""
    return ", ".join(f"{count} {action}" for action, count in counts.items()) or "nothing declared"


def promise(view: View) -> str:
    """Say what apply would do about a plan."""
    if not view["steps"]:
        return "apply would send nothing"
    return f"apply would take {counted(view['steps'], 'step')}, {counted(view['submissions'], 'review')}"


def phases(resources: Sequence[View]) -> str:
    """Say how many addresses stand in each phase."""
    counts: dict[str, int] = {}
    for one in resources:
        counts[one["phase"]] = counts.get(one["phase"], 0) + 1
    return ", ".join(f"{count} {phase}" for phase, count in counts.items()) or "nothing declared"


def unclaimed(view: View) -> Iterator[str]:
    """Say what was counted and left alone."""
    for word, what in (
        ("unmanaged", "in declared apps, claimed by no address; left alone"),
        ("foreign", "in apps that are not declared; left alone"),
    ):
        said = ", ".join(f"{count} {section}" for section, count in view[word].items() if count)
        if said:
            yield f"{word}: {said} ({what})"


_SEVERITIES = ("error", "warning", "info")


def worst_first(diagnostics: Iterable[View]) -> list[View]:
    """Order findings by severity; those of one severity stay as they are."""
    return sorted(diagnostics, key=lambda found: _SEVERITIES.index(found["severity"]))


def severities(diagnostics: Sequence[View]) -> str:
    """Say how many findings of each severity there are; nothing if there are none."""
    counts = {word: sum(found["severity"] == word for found in diagnostics) for word in _SEVERITIES}
    return ", ".join(counted(count, word) for word, count in counts.items() if count)


def is_quiet(change: View) -> bool:
    """Tell whether a change says nothing but "unchanged"."""
    return change["action"] == "none" and not change["rejected"] and not change["notes"]


def value(held: Any) -> str:  # noqa: ANN401 - whatever a field holds
    """Write what a field holds."""
    if held is None:
        return "(nothing)"
    if isinstance(held, bool):
        return "true" if held else "false"
    if isinstance(held, list | tuple):
        return ", ".join(value(one) for one in held) or "(none)"
    return str(held)
