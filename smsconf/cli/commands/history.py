"""``smsconf history``: read the journal back, offline."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import compress
from pathlib import Path
from typing import Any

import click

from smsconf.cli.options import MOMENT, WORD, hint_at, project_options, report_options
from smsconf.cli.output import report, say
from smsconf.cli.progress import TALK
from smsconf.config import load_project
from smsconf.language import _, ngettext
from smsconf.model.times import parse_moment
from smsconf.render.documents.history import history_lines, history_view
from smsconf.store.entries import scope_of, takers
from smsconf.workflow.service_clock import ServiceClock
from smsconf.workflow.session import store_of


@click.command("history")
@project_options
@report_options
@click.argument("address", required=False)
@click.option("--actor", type=WORD, metavar="TEXT", help="Only of people whose name or address has this.")
@click.option("--host", type=WORD, metavar="NAME", help="Only from this machine.")
@click.option("--commit", type=WORD, metavar="SHA", help="Only at commits that begin like this.")
@click.option("--run", type=WORD, metavar="URL", help="Only of CI runs whose address has this.")
@click.option("--event", "events", type=WORD, multiple=True, help="Only this event; may be repeated.")
@click.option("--since", type=MOMENT, help="Only from this time on: with an offset, or 7d for a week back.")
@click.option("--until", type=MOMENT, help="Only up to this time.")
@click.option("--all-environments", is_flag=True, help="Of every environment, not of one.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the newest N entries.")
def command(  # noqa: PLR0913 - one for each option
    *,
    folder: Path,
    environment: str | None,
    form: str,
    output: Path | None,
    address: str | None,
    events: tuple[str, ...],
    since: datetime | timedelta | None,
    until: datetime | timedelta | None,
    all_environments: bool,
    limit: int | None,
    **origin: str | None,
) -> int:
    """Show what was intended, sent, accepted and decided, oldest first; offline.

    \b
    Example:
      smsconf history template.order-shipped
      smsconf history --actor li-lei --since 7d
      smsconf history --all-environments --limit 20 --format json

    It reads the journal of this checkout, with every account that it was used for, and says who did it,
    where, at which commit and in which CI run. What other checkouts sent is not in it; the service's present
    state is in `smsconf status`. Exits 0.
    """
    project = load_project(folder, environment)
    reading = store_of(project, TALK).journal.read()
    taken = takers(reading.entries)
    whole = [{**one, "scope": scope_of(one, taken)} for one in reading.entries]
    is_here = [all_environments or one.get("environment") == project.environment for one in whole]
    here = list(compress(whole, is_here))
    elsewhere = list(compress(whole, map(operator.not_, is_here)))
    about_it = [one for one in here if address in (None, one.get("address"))]
    is_asked = _Filter(origin, events, since, until, ServiceClock(folder))
    entries = [one for one in about_it if is_asked(one)]
    about = {"project": project.name, "environment": project.environment}
    shown = entries[-limit:] if limit else entries
    report(
        history_view(shown, about, torn=reading.torn, elsewhere=len(elsewhere)), history_lines, form, output
    )
    for remark in _remarks(reading.torn, here, elsewhere, address if not about_it else None):
        say(remark)
    if about_it and not entries:
        say(_("none of the entries is what was asked for: {count}").format(count=len(about_it)))
    return 0


@dataclass(frozen=True, slots=True)
class _Filter:
    """Which entries are asked for; ``origin`` has actor, host, commit and run, absent ones ask for nothing.

    ``clock`` gives the time of an account, from which times that are given as "how long ago" count.
    """

    origin: Mapping[str, str | None]
    events: Sequence[str]
    since: datetime | timedelta | None
    until: datetime | timedelta | None
    clock: Callable[[str | None], datetime]

    def __call__(self, entry: Mapping[str, Any]) -> bool:
        """Tell whether an entry is one of them; one without the value that is asked for is not."""
        return (
            all(
                _ORIGIN[key](str(entry.get(key) or "").casefold(), asked.casefold())
                for key, asked in self.origin.items()
                if asked is not None
            )
            and (not self.events or entry["event"] in self.events)
            and (self.since is None or self._is_beyond(entry, self.since, operator.ge))
            and (self.until is None or self._is_beyond(entry, self.until, operator.le))
        )

    def _is_beyond(
        self, entry: Mapping[str, Any], than: datetime | timedelta, compare: Callable[[Any, Any], bool]
    ) -> bool:
        time = parse_moment(str(entry.get("time")))
        if time is None:
            return False
        if isinstance(than, datetime):
            return compare(time, than)
        return compare(time - self.clock(entry["scope"]), -than)


_ORIGIN: Mapping[str, Callable[[str, str], bool]] = {
    "actor": operator.contains,
    "host": operator.eq,
    "commit": str.startswith,
    "run": operator.contains,
}


def _remarks(
    torn: int,
    here: Sequence[Mapping[str, Any]],
    elsewhere: Sequence[Mapping[str, Any]],
    missing: str | None,
) -> Iterable[str]:
    """Say what the report leaves out, and why it may be empty."""
    if torn:
        yield ngettext(
            "{count} line of the journal could not be read",
            "{count} lines of the journal could not be read",
            torn,
        ).format(count=torn)
    if missing:
        addresses = {str(one.get("address")) for one in here}
        yield _("nothing is recorded about {address}").format(address=missing) + hint_at(missing, addresses)
    elif not here:
        addresses = {str(one.get("address")) for one in here}
        yield _("nothing is recorded here yet")
    if elsewhere and not here:
        counts = Counter(str(one.get("environment") or _("(none)")) for one in elsewhere)
        named = ", ".join(f"{name} ({count})" for name, count in sorted(counts.items()))
        yield _("other environments have entries: {named}; choose one with --env").format(named=named)
