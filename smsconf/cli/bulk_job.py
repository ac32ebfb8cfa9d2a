"""What ``bulk`` is asked to do: what to send, to whom, to whom not; and the list read, row by row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import click

from smsconf.cli.inbox import inbox_path, inboxes
from smsconf.cli.list_options import reading_of
from smsconf.cli.options import AddressParam, require_known
from smsconf.cli.output import same_file, say
from smsconf.cli.progress import progress
from smsconf.cli.sending import require_template, values_of
from smsconf.config import Project
from smsconf.language import N_, _, ngettext
from smsconf.messaging.bulk.batches import Draft, drafts
from smsconf.messaging.bulk.digest import ListDigest
from smsconf.messaging.bulk.run import Run
from smsconf.messaging.lists.opening import open_list, require_file
from smsconf.messaging.lists.recipients import (
    OPTED_OUT,
    Count,
    Dropped,
    Recipient,
    read_opt_outs,
    read_recipients,
)
from smsconf.messaging.lists.samples import Samples
from smsconf.messaging.lists.table import Reading
from smsconf.messaging.masking import mask, mask_all
from smsconf.messaging.receive.opt_outs import OptOuts
from smsconf.messaging.send.target import Target
from smsconf.model.address import Address, Kind
from smsconf.model.diagnostics import has_errors
from smsconf.model.errors import ConfigError, SmsconfError
from smsconf.model.resources import Region
from smsconf.own_files import STATE_FOLDER, is_channel, replacing, reporting
from smsconf.render.documents.sheets import csv_row
from smsconf.render.lines import clean

_HEAD = csv_row(("row", "number", "reason", "explanation"))  # of the file of rows left out
_LONGEST = 200  # characters of a cell that are looked at where it is left out

Show = Callable[[str], str]
Drop = Callable[[Dropped], None]
Chunks = Callable[[Count, Drop], Iterator[list[Recipient]]]
"""Reads recipients some thousand at a time, counting them, and tells what is left out."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to send and to whom: a list, or the numbers that another run did not reach.

    Attributes:
        subject: what was named: a template, or a campaign.
        template: what is sent.
        signature: with which a universal template goes.
        recipients: the list; ``None`` if a run is named instead.
        fixed: values that are the same for all.
        opt_outs: lists of those who are left out.
        dropped: where the rows that were left out go.
        at: when to start.
        planned: ``at`` is the files' word, not one given now.
        failed_of: the run whose failed numbers are meant.
        again: it is meant although it went out already.
        reading: what a person says about how the lists are to be read.
    """

    subject: Address
    template: Address
    signature: Address | None
    recipients: Path | None
    fixed: Mapping[str, str]
    opt_outs: tuple[Path, ...]
    dropped: Path
    at: datetime | None
    planned: bool
    failed_of: Run | None
    again: bool
    reading: Reading


@dataclass(frozen=True, slots=True)
class Read:
    """What a list says: counts and shape for the report, and the digests that tell it from others."""

    summary: Mapping[str, Any]
    digest: str
    numbers: str


def job_of(
    project: Project,
    address: Address,
    recipients: Path | None,
    chosen: Mapping[str, Any],
    failed_of: Run | None = None,
) -> Job:
    """Put together what is asked, from a campaign of the files or from the command line.

    Raises:
        ConfigError: the project has errors, which may hide what it declares.
        UsageError: something is missing, or said twice.
    """
    if has_errors(project.diagnostics):
        raise ConfigError(project.diagnostics)
    at, template = chosen["at"], address
    if address.kind is Kind.CAMPAIGN:
        require_known([address], project.desired.campaigns)
        campaign = project.desired.campaigns[address]
        if recipients:
            raise click.UsageError(_("a campaign names its own list: leave out the file"))
        template, recipients, at = campaign.template, campaign.recipients, at or campaign.at
    require_template(project, template)
    if failed_of:
        recipients, at = None, chosen["at"]
    elif recipients is None:
        raise click.UsageError(_("expected a list of recipients: an xlsx, csv or text file"))
    else:
        require_file(recipients)  # before the service is asked
    lists = opt_out_lists(project, address, chosen)
    where = f"{project.environment}-{address}" if project.environment else str(address)
    name = re.sub("[^A-Za-z0-9_-]", "-", where)
    dropped = chosen["dropped"] or _nearby(project.folder / STATE_FOLDER / f"dropped-{name}.csv")
    _keep_apart(dropped, [one for one in (recipients, *lists) if one])
    return Job(
        subject=address,
        template=template,
        signature=AddressParam().convert(chosen["signature"], None, None) if chosen["signature"] else None,
        recipients=recipients,
        fixed=values_of(chosen["given"]),
        opt_outs=lists,
        dropped=dropped,
        at=at,
        planned=at is not None and chosen["at"] is None,
        failed_of=failed_of,
        again=chosen["again"],
        reading=reading_of(chosen, shared=bool(lists)),
    )


def opt_out_lists(project: Project, subject: Address, chosen: Mapping[str, Any]) -> tuple[Path, ...]:
    """Return the lists of those who are left out: those named now, and that of a campaign."""
    campaign = project.desired.campaigns.get(subject)
    named = tuple(chosen["opt_out"])
    return (*named, campaign.opt_out) if campaign and campaign.opt_out else named


def _keep_apart(dropped: Path, lists: list[Path]) -> None:
    """Refuse to write over what is read, and over whatever is no older file of rows left out."""
    for one in lists:
        if same_file(dropped, one):
            raise click.UsageError(_("--dropped names {file}, which is read: name another").format(file=one))
    if dropped.is_file() and not dropped.is_symlink():  # a link is refused where it would be written
        with dropped.open("rb") as file:
            first = file.readline(len(_HEAD) + 1).decode("utf-8", "replace").strip()
        if first not in ("", _HEAD.strip()):
            raise SmsconfError(
                _("the file of rows left out, {file}, is there and holds something else").format(
                    file=dropped
                ),
                why=_("it would be replaced"),
                fix=_("name another file with --dropped"),
            )


def _nearby(path: Path) -> Path:
    """Write a path as seen from here, if it is below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Who is not to be written to: asked now and again, and how each list of them was understood."""

    opt_outs: OptOuts
    lists: Sequence[Mapping[str, Any]]


def left_out_of(project: Project, paths: Iterable[Path], region: Region, reading: Reading) -> LeftOut:
    """Return who asked not to be written to: in lists, and in replies, also those that are yet to come.

    Raises:
        SmsconfError: a list cannot be read, or was not understood.
    """
    listed: list[str] = []
    lists = []
    for path in paths:
        count = Count()
        listed += read_opt_outs(path, region, count, reading)
        lists.append({"file": str(path), "rows": count.rows, "understood": count.valid})
        text = _("{file}: {count} rows of people to leave out").format(file=path, count=count.valid)
        say(text)
    own = inbox_path(project.folder, None)  # it may be yet to come
    opt_outs = OptOuts([own, *inboxes(project.folder)], listed)
    opt_outs.current()
    if unreadable := opt_outs.unreadable():
        text = ngettext(
            "warning: {count} opt-out came from a number that cannot be read: smsconf replies --opt-outs",
            "warning: {count} opt-outs came from numbers that cannot be read: smsconf replies --opt-outs",
            unreadable,
        )
        say(text.format(count=unreadable))
    return LeftOut(opt_outs, lists)


def read_list(
    job: Job,
    target: Target,
    chunks: Chunks,
    left_out: LeftOut,
    *,
    recent: Callable[[Iterable[str]], int],
    shown: Show,
    keep: Callable[[Draft], None] | None,
) -> Read:
    """Read who gets what, hand over the batches, write down what is left out; return what was read.

    ``recent`` counts those who got a message of this name not long ago.

    Raises:
        SmsconfError: a file cannot be read, or the file of what is left out not written.
    """
    count, said = Count(), _Said(job, target, left_out.opt_outs.current())
    requests = again = 0
    with progress(N_("reading")) as update, _dropping(job, shown) as drop:
        found = chunks(count, drop)
        kept = said.hear(found, count, drop, lambda: update(N_("rows"), count.rows, 0))
        for draft in drafts(kept, target, same=said.same):
            requests += 1
            again += recent(draft.numbers)
            if keep:
                keep(draft)
    summary = {
        "rows": count.rows,
        "valid": count.valid,
        "segments": said.segments,
        "requests": requests,
        "recent": again,
        "dropped": dict(Counter(count.dropped).most_common()),
        "source": count.source.view() if count.source else None,
        "samples": said.samples.texts(mask),
        "opt_out_lists": list(left_out.lists),
    }
    return Read(summary, said.whole.hex(), said.numbers.hex())


class _Said:
    """What a list says, added up while it is read.

    Opt-outs are part of it, so that one that comes later does not make it another list.
    """

    def __init__(self, job: Job, target: Target, opted_out: frozenset[str]) -> None:
        self._target = target
        self._opted_out = opted_out
        self.same = is_same(target, job.fixed)
        self._each = target.count(target.arrange(job.fixed)).segments if self.same else 0
        self.whole, self.numbers, self.samples = ListDigest(), ListDigest(), Samples(target)
        self.segments = 0

    def hear(
        self, chunks: Iterable[list[Recipient]], count: Count, drop: Drop, told: Callable[[], None]
    ) -> Iterator[list[Recipient]]:
        """Take in recipients and hand on those who may be written to."""
        for chunk in chunks:
            self.whole.add((one.number, one.values) for one in chunk)
            self.numbers.add((one.number, ()) for one in chunk)
            left = chunk
            if not self._opted_out.isdisjoint(one.number for one in chunk):
                left = self._leave_out(chunk, count, drop)
            self.samples.add(left)
            every = (self._target.count(one.values).segments for one in left)
            self.segments += self._each * len(left) if self.same else sum(every)
            told()
            yield left

    def _leave_out(self, chunk: list[Recipient], count: Count, drop: Drop) -> list[Recipient]:
        word, why = OPTED_OUT
        for one in chunk:
            if one.number in self._opted_out:
                count.valid -= 1
                count.dropped[word] += 1
                drop(Dropped(one.row, f"+{one.number}", word, _(why)))
        return [one for one in chunk if one.number not in self._opted_out]


def is_same(target: Target, fixed: Mapping[str, str]) -> bool:
    """Tell whether all get the same text."""
    return not {slot.name for slot in target.slots} - set(fixed)


@contextmanager
def list_chunks(job: Job, target: Target) -> Iterator[Chunks]:
    """Open a list; what is yielded reads it, as :func:`read_list` wants it."""
    assert job.recipients is not None  # noqa: S101 - for the type checker: the job names no run
    with open_list(job.recipients, job.reading) as table:
        yield lambda count, drop: read_recipients(table, target, job.fixed, (), count=count, drop=drop)


@contextmanager
def _dropping(job: Job, shown: Show) -> Iterator[Drop]:
    """Open the file of rows left out, with nothing but its head if there are none; its owner's alone.

    It takes the place of an older one whole, or not at all.
    """
    try:
        channel = is_channel(job.dropped)
        with reporting(job.dropped) if channel else replacing(job.dropped, make=True) as owned:
            file = TextIOWrapper(owned, encoding="utf-8", newline="", write_through=True)
            file.write(_HEAD)

            def drop(one: Dropped) -> None:
                text = one.text[:_LONGEST] if shown is str else mask_all(one.text[:_LONGEST])[:40]
                file.write(csv_row((one.row, *map(clean, (text, one.reason, one.explanation)))))

            yield drop
            file.flush()
    except OSError as error:
        raise SmsconfError(
            _("the file of rows left out, {file}, cannot be written: {reason}").format(
                file=job.dropped, reason=error.strerror or type(error).__name__
            ),
            fix=_("name another file with --dropped"),
        ) from None
