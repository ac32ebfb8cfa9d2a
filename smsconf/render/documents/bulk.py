"""Where a run to many stands → view (the JSON contract of ``bulk``) → lines; and the runs there are.

Numbers are shown as the caller says, hidden by default.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from smsconf.language import N_, _, ngettext
from smsconf.messaging.bulk.sending import Ended
from smsconf.messaging.send.target import Target
from smsconf.render.documents.send import explained, reports_line
from smsconf.render.lines import Line, Span, clean, line
from smsconf.render.plan.text import about_line
from smsconf.store.runs import Batch, Run, Tally

FORMAT_VERSION = "1.0"
View = Mapping[str, Any]

_STYLES = {"accepted": "green", "failed": "bold red", "uncertain": "bold yellow", "waiting": "cyan"}
_COUNTS = (
    ("accepted", N_("accepted")),
    ("failed", N_("refused")),
    ("uncertain", N_("uncertain")),
    ("assumed_sent", N_("assumed sent")),
    ("waiting", N_("waiting")),
    ("opted_out", N_("left out since: opted out")),
    ("given_up", N_("given up")),
)
_MOST_DOUBTS = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a run stands.

    Attributes:
        about: for whom: project, environment, site, provider.
        target: what is sent.
        run: ``None`` for one that was not made, only looked at.
        name: what the run is called.
        summary: what was noted of its list.
        tally: where its messages stand.
        doubtful: the batches that nobody knows of, each with its time.
        ended: how sending ended; ``None``: nothing was sent now.
        stopped: what would stop a run that is only looked at.
        dry_run: it is only looked at.
        dropped: the file of the rows that were left out.
    """

    about: Mapping[str, Any]
    target: Target
    run: Run | None
    name: str
    summary: Mapping[str, Any]
    tally: Tally
    doubtful: Sequence[tuple[Batch, datetime]] = ()
    ended: Ended | None = None
    stopped: str | None = None
    dry_run: bool = False
    dropped: Path | None = None


def bulk_view(standing: Standing, *, shown: Callable[[str], str], callback: str | None) -> View:
    """Return the document of ``bulk``; ``callback`` is where status reports go."""
    run, target, tally, ended = standing.run, standing.target, standing.tally, standing.ended
    over = run and run.begun and ended is None and not tally.waiting
    return {
        "format_version": FORMAT_VERSION,
        **standing.about,
        "run": str(run.id) if run else None,
        "name": standing.name,
        "address": str(target.address),
        "remote_name": target.remote_name,
        "template_id": target.template_id,
        "sender": target.sender,
        "sent_on": run.begun.isoformat() if run and run.begun and over else None,
        "recipients": dict(standing.summary),
        "messages": _messages(tally),
        "failures": [_failure(status, count) for status, count in (tally.statuses or {}).items()],
        "uncertain": [
            {
                "batch": batch.id,
                "messages": len(batch.numbers),
                "first": shown(f"+{batch.numbers[0]}"),
                "last": shown(f"+{batch.numbers[-1]}"),
                "at": at.isoformat(),
            }
            for batch, at in standing.doubtful
        ],
        "outcome": _outcome(tally, ended),
        "stopped": ended.stopped if ended else standing.stopped,
        "dry_run": standing.dry_run,
        "dropped_file": str(standing.dropped) if standing.dropped else None,
        "status_callback": callback,
    }


def _messages(tally: Tally) -> View:
    """Return the counts of a run."""
    return {
        "total": tally.total,
        "accepted": tally.accepted,
        "failed": tally.failed,
        "uncertain": tally.uncertain,
        "assumed_sent": tally.assumed,
        "waiting": tally.waiting,
        "opted_out": tally.opted_out,
        "given_up": tally.ended,
    }


def runs_view(rows: Iterable[tuple[Run, Tally]]) -> View:
    """Return the document of ``bulk --runs``."""
    return {
        "format_version": FORMAT_VERSION,
        "runs": [
            {
                "run": str(run.id),
                "name": run.name,
                "template": run.template,
                "environment": run.key.environment,
                "scope": run.key.scope,
                "made": run.made.isoformat(),
                "begun": run.begun.isoformat() if run.begun else None,
                "at": run.message.get("at"),
                "given_up": run.finished.isoformat() if run.finished else None,
                "failed_of": str(run.failed_of) if run.failed_of else None,
                "messages": _messages(tally),
                "outcome": _outcome(tally),
            }
            for run, tally in rows
        ],
    }


def _failure(status: str, count: int) -> View:
    why, fix = explained(status)
    return {"status": status, "messages": count, "message": why, "fix": fix}


def _outcome(tally: Tally, ended: Ended | None = None) -> str:
    """Return one word for where a run stands: the first that holds."""
    words = (
        ("waiting", ended is None and tally.waiting),
        ("interrupted", ended is not None and ended.interrupted),
        ("stopped", tally.waiting),
        ("unknown", tally.uncertain),
        ("given up", tally.ended),
        ("partly accepted", tally.failed and (tally.accepted or tally.assumed)),
        ("failed", tally.failed),
    )
    return next((word for word, holds in words if holds), "accepted")


def bulk_lines(view: View) -> Iterator[Line]:
    """Draw where a run stands."""
    yield about_line(view, "bulk")
    name = _("{name}, run {run}").format(name=view["name"], run=view["run"]) if view["run"] else view["name"]
    yield line(Span(clean(name), "bold"), f"  {clean(view['remote_name'])}", hang=2)
    yield from _list(view)
    yield line()
    if view["sent_on"]:
        yield line(Span(_("sent on {time}; nothing to send").format(time=view["sent_on"]), "bold"))
    counts = view["messages"]
    for key, word in _COUNTS:
        if counts[key]:
            yield line(Span(f"{counts[key]:>12,}", _STYLES.get(key, "")), f"  {_(word)}", hang=14)
    for one in view["failures"]:
        said = ": ".join(clean(part) for part in (one["status"], one["message"]) if part)
        yield line(f"{one['messages']:>14,}  {said}", hang=16)
        if one["fix"]:
            yield line(" " * 16 + _("fix: {fix}").format(fix=clean(one["fix"])), hang=16)
    yield from _doubts(view["uncertain"])
    if view["stopped"]:
        yield line(Span(_("stopped: {why}").format(why=clean(view["stopped"])), "yellow"), hang=9)
    if view["outcome"] == "interrupted":
        yield line(Span(_("interrupted: what was in flight was finished; run it again to go on"), "yellow"))
    if not view["sent_on"] and view["messages"]["waiting"]:
        yield line(reports_line(view["status_callback"]), hang=4)
    yield from _ways(view)


def _ways(view: View) -> Iterator[Line]:
    """Say what can be done about a run that is over."""
    if view["sent_on"] and not view["uncertain"]:
        yield line(_("--again sends it once more, to everybody"), hang=2)
    if view["run"] and view["messages"]["failed"] and not view["messages"]["waiting"]:
        command = f"smsconf bulk --failed-of {view['run']}"
        yield line(_("{command} sends it again to those it did not reach").format(command=command), hang=2)


def runs_lines(view: View) -> Iterator[Line]:
    """Draw one block a run, the newest first."""
    for run in view["runs"]:
        where = ", ".join(clean(one) for one in (run["environment"], run["scope"]) if one)
        yield line(
            Span(f"{run['run']:>6}  ", "bold"),
            Span(clean(run["name"]), "bold"),
            f"  {run['begun'] or run['made']}  {_(run['outcome'])}",
            hang=8,
        )
        said = [f"{run['messages'][key]:,} {_(word)}" for key, word in _COUNTS if run["messages"][key]]
        yield line(" " * 8 + ", ".join(said) + (f"  ({where})" if where else ""), hang=8)
    if not view["runs"]:
        yield line(_("nothing was sent to a list from here yet"))


def _list(view: View) -> Iterator[Line]:
    found = view["recipients"]
    yield line(
        ", ".join(
            (
                ngettext("{count} row", "{count} rows", found["rows"]).format(count=f"{found['rows']:,}"),
                ngettext("{count} recipient", "{count} recipients", found["valid"]).format(
                    count=f"{found['valid']:,}"
                ),
                ngettext("{count} segment", "{count} segments", found["segments"]).format(
                    count=f"{found['segments']:,}"
                ),
                ngettext("{count} request", "{count} requests", found["requests"]).format(
                    count=f"{found['requests']:,}"
                ),
            )
        ),
        hang=2,
    )
    yield from _source(found.get("source"))
    for reason, count in found["dropped"].items():
        yield line(f"{count:>12,}  {_('left out')}: {clean(reason)}", hang=14)
    if found["dropped"] and view["dropped_file"]:
        yield line(_("each with its row in {file}").format(file=clean(view["dropped_file"])), hang=2)
    if view["sent_on"]:
        return
    yield from _samples(found.get("samples") or ())
    if found.get("recent"):
        said = ngettext(
            "{count} of them got a message of this name within the last 24 hours, and gets another one",
            "{count} of them got a message of this name within the last 24 hours, and get another one",
            found["recent"],
        )
        said = said.format(count=f"{found['recent']:,}")
        yield line(Span(_("warning: {text}").format(text=said), "yellow"))


def _source(source: View | None) -> Iterator[Line]:
    """Say how the list was read: sheet or encoding, and which column was taken for what."""
    if not source:
        return
    said = [_("sheet {name}").format(name=clean(source["sheet"]))] if source["sheet"] else []
    if source["encoding"]:
        word = _("encoding {name} (guessed)") if source["guessed"] else _("encoding {name}")
        said.append(word.format(name=source["encoding"]))
    said += [f"{clean(name)} ← {clean(column)}" for name, column in source["columns"].items()]
    yield line(_("read as: {what}").format(what=", ".join(said)), hang=2)


def _samples(samples: Iterable[str]) -> Iterator[Line]:
    """Show what some recipients will read: the first ones, and the longest message."""
    for text in samples:
        yield line("  ", clean(text), hang=4)


def _doubts(batches: list[View]) -> Iterator[Line]:
    if not batches:
        return
    yield line()
    yield line(Span(_("nobody knows whether these were sent:"), "bold yellow"))
    for one in batches[:_MOST_DOUBTS]:
        yield line(
            _("batch {number}: {count} messages, {first} to {last}, at {time}").format(
                number=one["batch"],
                count=one["messages"],
                first=clean(one["first"]),
                last=clean(one["last"]),
                time=one["at"],
            ),
            hang=2,
        )
    if len(batches) > _MOST_DOUBTS:
        yield line(_("and {count} more batches").format(count=len(batches) - _MOST_DOUBTS))
    yield line(
        _(
            "look at the sending records in the console, then run it again with --assume-sent or "
            "--assume-not-sent"
        ),
        hang=2,
    )
