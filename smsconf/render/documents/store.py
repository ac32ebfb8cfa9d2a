"""What there is to say about the store itself: values → view (the JSON contract) → lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from smsconf.language import N_, _
from smsconf.render.lines import Line, Span, clean, line
from smsconf.store.holding import describe
from smsconf.store.interfaces import StoreStatus, Work
from smsconf.store.moving import Imported

FORMAT_VERSION = "1.0"
TORN = N_("torn lines of the journal")
View = dict[str, Any]


def migrated_view(place: str, before: str | None, after: str) -> View:
    """Return the document of ``store migrate``."""
    return {"format_version": FORMAT_VERSION, "place": place, "before": before, "after": after}


def migrated_lines(view: Mapping[str, Any]) -> Iterator[Line]:
    """Say in one line what changed."""
    said = _("{place}: version {after} already, nothing changed")
    if view["before"] is None:
        said = _("{place}: tables of version {after} made")
    elif view["before"] != view["after"]:
        said = _("{place}: brought from version {before} to {after}")
    yield line(clean(said.format(**view)))


def imported_view(done: Imported) -> View:
    """Return the document of ``store import``; ``already`` is when it was imported before."""
    return {
        "format_version": FORMAT_VERSION,
        "folder": done.folder,
        "place": done.place,
        "already": done.before,
        "imported": done.counts or None,
        "runs": [{"from": there, "to": here, "name": name} for there, here, name in done.runs],
    }


def imported_lines(view: Mapping[str, Any]) -> Iterator[Line]:
    """Say what was imported, a line for the number of each run, and what comes next."""
    if view["already"]:
        said = _("{folder} was imported into {place} on {already} already, nothing changed")
        yield line(clean(said.format(**view)))
        return
    yield line(clean(_("{folder} imported into {place}").format(**view)))
    for what, count in view["imported"].items():
        if count:
            named = _(TORN) if what == "torn" else _(what)
            yield line("  ", _("{what}: {count}").format(what=named, count=f"{count:,}"))
    for one in view["runs"]:
        if one["from"] != one["to"]:
            said = _("  run {from} is run {to} there: {name}")
            yield line(said.format_map({**one, "name": clean(one["name"])}))
    yield line(_("the folder remembers nothing more: set SMSCONF_STORE wherever smsconf runs"))


def status_view(status: StoreStatus) -> View:
    """Return the document of ``store status``."""
    return {
        "format_version": FORMAT_VERSION,
        "place": status.place,
        "shared": status.shared,
        "versions": dict(status.versions),
        "bytes": status.size,
        "scopes": [{"scope": scope, **counts} for scope, counts in status.scopes.items()],
        "locks": [{"scope": scope, **_work(work)} for scope, work in status.locks],
        "senders": [{"run": run, **_work(work)} for run, work in status.senders],
    }


def _work(work: Work) -> View:
    """Return who is at work; the address of a pipeline's run apart, as a bulk run is called run, too."""
    said = asdict(work)
    address = said.pop("run")
    return {**said, "since": work.since.isoformat(timespec="seconds"), "run_address": address}


def status_lines(view: Mapping[str, Any]) -> Iterator[Line]:
    """Draw place, versions and size, a line an account, and who is at work."""
    yield line(Span(clean(view["place"]), "bold"))
    versions = ", ".join(f"{name} {number}" for name, number in view["versions"].items())
    size = f"{view['bytes'] / 1024**2:,.1f} MiB"
    yield line(_("  versions: {versions}; {size}").format(versions=versions or _("nothing yet"), size=size))
    for one in view["scopes"]:
        counts = [
            _("{what}: {count}").format(count=f"{count:,}", what=_(what))
            for what, count in one.items()
            if what != "scope" and count
        ]
        yield line(f"  {clean(one['scope'] or _('(no account)'))}  {_(', ').join(counts) or _('nothing')}")
    for one in view["locks"]:
        yield line(_("  lock of {scope}: {holder}").format(scope=clean(one["scope"]), holder=_holder(one)))
    for one in view["senders"]:
        yield line(_("  run {run} is sent by {sender}").format(run=one["run"], sender=_holder(one)))
    if not view["locks"]:
        yield line(_("  nobody holds a lock"))


def _holder(one: Mapping[str, Any]) -> str:
    said = {name: one[name] for name in ("actor", "host", "pid", "doing")}
    return clean(describe(Work(**said, since=datetime.fromisoformat(one["since"]), run=one["run_address"])))
