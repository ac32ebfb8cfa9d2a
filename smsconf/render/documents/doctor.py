"""The doctor's checks → view (the JSON contract) → lines: one check a line, why and fix below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from smsconf.guide.checks import Check
from smsconf.language import _
from smsconf.render.lines import Line, Span, cells, clean, line, pad
from smsconf.render.plan.view import FORMAT_VERSION

View = Mapping[str, Any]

_STYLES = {"ok": "green", "warning": "yellow", "failed": "bold red", "skipped": "dim"}
_WIDTH = max(map(len, _STYLES)) + 2


def doctor_view(checks: Sequence[Check], about: View) -> dict[str, Any]:
    """Return the document of ``doctor``; ``about`` says for whom: project, environment, site, provider."""
    counts = Counter(one.result.value for one in checks)
    return {
        "format_version": FORMAT_VERSION,
        **about,
        "summary": {word: counts[word] for word in _STYLES if counts[word]},
        "checks": [one._asdict() for one in checks],
    }


def doctor_lines(view: View) -> Iterator[Line]:
    """Draw the checks in their order, those skipped for one cause together, then how many ended how."""
    parts = [view[key] for key in ("project", "environment", "site", "provider") if view[key]]
    yield line(Span("doctor: ", "bold"), " · ".join(clean(part) for part in parts), hang=2)
    width = max(cells(one["name"]) for one in view["checks"]) + 2
    for _key, group in groupby(view["checks"], key=_alike):
        first, *more = group
        result, message = first["result"], clean(first["message"])
        names = ", ".join(one["name"] for one in (first, *more))
        yield line(
            Span(pad(result, _WIDTH), _STYLES[result]),
            Span(names if more else pad(names, width), "bold"),
            f": {message}" if more else message,
            hang=_WIDTH + (0 if more else width),
        )
        for name, text in ((_("why"), first["why"]), (_("fix"), first["fix"])):
            if text:
                yield line(" " * _WIDTH, f"{name}: {clean(text)}", hang=_WIDTH + 2)
    yield line()
    said = ", ".join(f"{count} {word}" for word, count in view["summary"].items())
    yield line("doctor: ", Span(said, "bold"), hang=8)


def _alike(check: View) -> tuple[str, str]:
    """Tell which checks go on one line: those skipped with the same words."""
    return check["result"], check["message" if check["result"] == "skipped" else "name"]
