"""What ``bulk`` is asked to do: which list, to whom not, by which name; and the list read into the ledger."""

from __future__ import annotations

import csv
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from smsconf.address import Address, Kind
from smsconf.cli.list_options import reading_of
from smsconf.cli.options import require_known
from smsconf.cli.progress import progress
from smsconf.cli.sending import Ready, require_template, values_of
from smsconf.cli.session import STATE_FOLDER
from smsconf.config import Project
from smsconf.diagnostics import has_errors
from smsconf.errors import ConfigError, PlanRefused, SmsconfError
from smsconf.language import N_, _, ngettext
from smsconf.messaging.bulk.batches import Draft, drafts
from smsconf.messaging.bulk.ledger import Ledger
from smsconf.messaging.bulk.lists import open_list
from smsconf.messaging.bulk.recipients import (
    Count,
    Dropped,
    Recipient,
    digest,
    read_opt_outs,
    read_recipients,
)
from smsconf.messaging.bulk.run import Run
from smsconf.messaging.bulk.samples import Samples
from smsconf.messaging.bulk.table import Reading
from smsconf.messaging.numbers import mask_all
from smsconf.messaging.receive.inbox import open_to_read
from smsconf.messaging.receive.opt_outs import opt_outs
from smsconf.messaging.send.target import Target
from smsconf.resources import MessageType

Show = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Job:
    """One list and what to send to it; ``name`` is that of its run in the ledger."""

    name: str
    template: Address
    recipients: Path
    digest: str
    fixed: Mapping[str, str]
    opt_outs: tuple[Path, ...]
    dropped: Path
    at: datetime | None
    again: bool
    reading: Reading


def job_of(project: Project, address: Address, recipients: Path | None, chosen: Mapping[str, Any]) -> Job:
    """Put together what is asked, from a campaign of the files or from the command line.

    Raises:
        ConfigError: the project has errors, which may hide what it declares.
        UsageError: something is missing, or said twice.
        SmsconfError: the list cannot be read.
    """
    if has_errors(project.diagnostics):
        raise ConfigError(project.diagnostics)
    fixed = values_of(chosen["given"])
    lists = tuple(chosen["opt_out"])
    at = chosen["at"]
    template = address
    if address.kind is Kind.CAMPAIGN:
        require_known([address], project.desired.campaigns)
        campaign = project.desired.campaigns[address]
        if recipients:
            raise click.UsageError(_("a campaign names its own list: leave out the file"))
        template, recipients, at = campaign.template, campaign.recipients, at or campaign.at
        lists += (campaign.opt_out,) if campaign.opt_out else ()
    require_template(project, template)
    if recipients is None:
        raise click.UsageError(_("expected a list of recipients: an xlsx, csv or text file"))
    made = digest(recipients, json.dumps(sorted(fixed.items())))
    name = str(address) if address.kind is Kind.CAMPAIGN else f"{address}:{made[:12]}"
    plain = re.sub("[^A-Za-z0-9_-]", "-", name)
    dropped = chosen["dropped"] or _nearby(project.folder / STATE_FOLDER / f"dropped-{plain}.csv")
    return Job(
        name,
        template,
        recipients,
        made,
        fixed,
        lists,
        dropped,
        at,
        chosen["again"],
        reading_of(chosen, shared=bool(lists)),
    )


def _nearby(path: Path) -> Path:
    """Write a path as seen from here, if it is below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def check_type(target: Target) -> None:
    """Refuse what must not go to many.

    Raises:
        PlanRefused: it is a verification code.
    """
    if target.type == MessageType.VERIFICATION.value:
        raise PlanRefused(
            _("{address} is a verification template: it does not go to a list").format(
                address=target.address
            ),
            why=_("a code is for the one person who asked for it"),
            fix=_("send it with smsconf send"),
        )


def slots_of(target: Target) -> tuple[str, ...]:
    """Return the names of a target's variables, in order."""
    return tuple(slot.name for slot in target.slots)


def make_run(ledger: Ledger, project: Project, job: Job, ready: Ready, *, shown: Show) -> Run:
    """Return the run of a job: the one in the ledger, or one made now from the list.

    Raises:
        PlanRefused: the list or the variables changed after messages went out.
        SmsconfError: the list cannot be read.
    """
    name = job.name
    count = 1
    found = ledger.find(name)
    while job.again and found and not ledger.tally(found).waiting:
        count += 1
        name = f"{job.name}#{count}"
        found = ledger.find(name)
    slots = json.dumps([[slot.name, slot.type] for slot in ready.target.slots])
    if found and ledger.tally(found).touched:
        if found.digest != job.digest:
            raise PlanRefused(
                _("the list of {name} is not the one of which a part was sent already").format(name=name),
                why=_("whoever is in both would get the message twice"),
                fix=_("put the old list back, or give the campaign another key"),
            )
        if found.slots != slots:
            raise PlanRefused(
                _("the live version of {address} has other variables than when {name} began").format(
                    address=job.template, name=name
                ),
                fix=_("make a list for the new version, without those who got the message"),
            )
        _leave_out(ledger, found, project, job, ready.target)
        return found
    region = ready.target.region.value
    new = Run(0, name, str(job.template), region, job.digest, slots, ready.now)
    with ledger.making(new) as making:
        summary = read_list(project, job, ready.target, shown=shown, keep=lambda one: making.add(*one))
        making.note(summary)
        if not summary["valid"]:
            raise SmsconfError(
                _("nobody is left of the {count} rows of {file}").format(
                    count=summary["rows"], file=job.recipients
                ),
                why=", ".join(f"{count} {reason}" for reason, count in summary["dropped"].items()),
                fix=_("look at {file}").format(file=job.dropped),
            )
    made = ledger.find(name)
    assert made is not None  # noqa: S101 - for the type checker: it was made just now
    return made


def _leave_out(ledger: Ledger, run: Run, project: Project, job: Job, target: Target) -> None:
    """Leave out of the rest of a run who opted out since it began."""
    numbers = frozenset(number.removeprefix("+") for number in _opted_out(project, job, target))
    count = ledger.leave_out(run, numbers) if numbers else 0
    if count:
        text = ngettext(
            "{count} recipient opted out since the run began",
            "{count} recipients opted out since the run began",
            count,
        )
        click.echo(text.format(count=count), err=True)


def read_list(
    project: Project, job: Job, target: Target, *, shown: Show, keep: Callable[[Draft], None] | None
) -> dict[str, Any]:
    """Read a list, hand over its batches, write down what is left out; return the counts.

    Raises:
        SmsconfError: a file cannot be read, or the file of what is left out not written.
    """
    count = Count()
    samples = Samples(target)
    lists: list[dict[str, Any]] = []
    segments = requests = 0
    same = not set(slots_of(target)) - set(job.fixed)
    each = target.count(target.arrange(job.fixed)).segments if same else 0

    def counted(found: Iterator[list[Recipient]]) -> Iterator[list[Recipient]]:
        nonlocal segments
        for chunk in found:
            segments += each * len(chunk) or sum(target.count(one.values).segments for one in chunk)
            samples.add(chunk)
            update(N_("rows"), count.rows, 0)
            yield chunk

    opted_out = _opted_out(project, job, target, lists)
    with (
        progress(N_("reading")) as update,
        open_list(job.recipients, job.reading) as table,
        _dropping(job, shown) as drop,
    ):
        found = read_recipients(table, target, job.fixed, opted_out, count=count, drop=drop)
        for draft in drafts(counted(found), target, same=same):
            requests += 1
            if keep:
                keep(draft)
    return {
        "rows": count.rows,
        "valid": count.valid,
        "segments": segments,
        "requests": requests,
        "dropped": dict(Counter(count.dropped).most_common()),
        "source": count.source.view() if count.source else None,
        "samples": samples.texts(shown),
        "opt_out_lists": lists,
    }


def _opted_out(
    project: Project, job: Job, target: Target, lists: list[dict[str, Any]] | None = None
) -> Iterator[str]:
    """Yield who asked not to be written to: in lists, and in replies that were received.

    ``lists`` is told of each list how many rows were understood.
    """
    for path in job.opt_outs:
        count = Count()
        yield from read_opt_outs(path, target.region, count, job.reading)
        if lists is not None:
            lists.append({"file": str(path), "rows": count.rows, "understood": count.valid})
            text = _("{file}: {count} rows of people to leave out").format(file=path, count=count.valid)
            click.echo(text, err=True)
    inbox = project.folder / STATE_FOLDER / "inbox.db"
    if inbox.exists():
        with open_to_read(inbox) as received:
            yield from (number for number in opt_outs(received.replies()) if number.startswith("+"))


@contextmanager
def _dropping(job: Job, shown: Show) -> Iterator[Callable[[Dropped], None]]:
    """Open the file of rows left out, with nothing but its head if there are none; its owner's alone."""
    try:
        job.dropped.parent.mkdir(parents=True, exist_ok=True)
        owned = os.open(job.dropped, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(owned, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("row", "number", "reason", "explanation"))

            def drop(one: Dropped) -> None:
                text = one.text[:40] if shown is str else mask_all(one.text[:40])
                writer.writerow((one.row, text, one.reason, one.explanation))

            yield drop
    except OSError as error:
        raise SmsconfError(
            _("the file of rows left out, {file}, cannot be written: {reason}").format(
                file=job.dropped, reason=error.strerror or type(error).__name__
            ),
            fix=_("name another file with --dropped"),
        ) from None
