"""What was purged: values → view (the JSON contract) → lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from smsconf.language import N_, _, ngettext
from smsconf.render.lines import Line, Span, clean, line
from smsconf.store.purging import Purged, Wanted

FORMAT_VERSION = "1.0"
View = dict[str, Any]

_GONE = {
    "runs": N_("lists"),
    "numbers": N_("numbers of lists"),
    "given_up": N_("numbers that waited, given up"),
    "sent": N_("single messages"),
    "reports": N_("reports"),
    "replies": N_("replies"),
    "files": N_("files of older versions and of rows left out"),
}


def purged_view(place: str, wanted: Wanted, done: Purged, *, shown: Callable[[str], str]) -> View:
    """Return the document of ``store purge``; ``shown`` is how a number is written."""
    counts = asdict(done)
    return {
        "format_version": FORMAT_VERSION,
        "place": place,
        "before": wanted.before and wanted.before.isoformat(timespec="seconds"),
        "number": shown(f"+{wanted.number}") if wanted.number else None,
        "purged": {name: counts[name] for name in _GONE},
        "kept": {
            "opt_outs": done.opt_outs,
            "uncertain": [{"run": run, "messages": count} for run, count in done.uncertain.items()],
        },
    }


def purged_lines(view: Mapping[str, Any]) -> Iterator[Line]:
    """Draw what is gone, what was kept, and why."""
    gone = {name: count for name, count in view["purged"].items() if count}
    if gone:
        yield line(Span(clean(view["place"]), "bold"), _(": numbers and texts are gone, counts stay"))
    else:
        yield line(Span(clean(view["place"]), "bold"), _(": there was nothing to purge"))
    for name, count in gone.items():
        yield line("  ", _("{what}: {count}").format(what=_(_GONE[name]), count=f"{count:,}"))
    if count := view["kept"]["opt_outs"]:
        said = ngettext(
            "{count} opt-out keeps number and word: without them the next list would reach that person",
            "{count} opt-outs keep number and word: without them the next list would reach those people",
            count,
        )
        yield line(Span(said.format(count=f"{count:,}"), "yellow"))
    for one in view["kept"]["uncertain"]:
        command = f"smsconf bulk --assume-sent {one['run']}"
        said = ngettext(
            "{count} message of run {run} is uncertain and keeps its number: settle it with {command}",
            "{count} messages of run {run} are uncertain and keep their numbers: settle them with {command}",
            one["messages"],
        )
        yield line(Span(said.format(**one, count=f"{one['messages']:,}", command=command), "yellow"))
