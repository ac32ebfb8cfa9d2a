"""``smsconf history``: read the journal back, offline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from smsconf.cli.options import hint_at, project_options, report_options
from smsconf.cli.output import report, say
from smsconf.cli.progress import TALK
from smsconf.config import load_project
from smsconf.language import _, ngettext
from smsconf.render.documents.history import history_lines, history_view
from smsconf.store.entries import scope_of, takers
from smsconf.workflow.session import store_of


@click.command("history")
@project_options
@report_options
@click.argument("address", required=False)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the newest N entries.")
def command(
    folder: Path,
    environment: str | None,
    form: str,
    output: Path | None,
    address: str | None,
    limit: int | None,
) -> int:
    """Show what was intended, sent, accepted and decided, oldest first; offline.

    \b
    Example:
      smsconf history template.order-shipped
      smsconf history --limit 20 --format json

    It reads the journal of this checkout, with every account that it was used for. What other checkouts sent
    is not in it; the service's present state is in `smsconf status`. Exits 0.
    """
    project = load_project(folder, environment)
    reading = store_of(project, TALK).journal.read()
    taken = takers(reading.entries)
    here = [
        {**one, "scope": scope_of(one, taken)}
        for one in reading.entries
        if one.get("environment") == project.environment
    ]
    entries = [one for one in here if address in (None, one.get("address"))]
    elsewhere = [one for one in reading.entries if one.get("environment") != project.environment]
    about = {"project": project.name, "environment": project.environment}
    shown = entries[-limit:] if limit else entries
    report(
        history_view(shown, about, torn=reading.torn, elsewhere=len(elsewhere)), history_lines, form, output
    )
    for remark in _remarks(reading.torn, here, elsewhere, address if not entries else None):
        say(remark)
    return 0


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
