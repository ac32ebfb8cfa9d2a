"""What ``bulk`` is asked to do: what to send, to whom, to whom not; and what a list says while it is read.

Nothing is sent from here, and no run is chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from smsconf.config import Project
from smsconf.language import N_, _, ngettext
from smsconf.messaging.bulk.figures import Figures
from smsconf.messaging.bulk.sending import Progress
from smsconf.messaging.lists.recipients import (
    Count,
    Dropped,
    Recipient,
    read_opt_outs,
)
from smsconf.messaging.lists.samples import Samples
from smsconf.messaging.lists.table import Reading
from smsconf.messaging.masking import mask_all
from smsconf.messaging.receive.opt_outs import OptOuts
from smsconf.messaging.send.target import Target
from smsconf.messaging.send.thresholds import FARTHEST, opening
from smsconf.model.address import Address
from smsconf.model.errors import PlanRefused, SmsconfError
from smsconf.own_files import is_channel, replacing, reporting
from smsconf.render.documents.bulk import Standing
from smsconf.render.documents.sheets import csv_row
from smsconf.render.lines import clean
from smsconf.store.list_digest import ListDigest
from smsconf.store.runs import Run
from smsconf.workflow.sending import Ready
from smsconf.workflow.session import Talk, store_of

DROPPED_HEAD = csv_row(("row", "number", "reason", "explanation"))  # of the file of rows left out
LATE = timedelta(minutes=15)
"""How long after its time a list still starts by itself: pipelines are not punctual."""
_OPTED_OUT = "opted-out", N_("the recipient asked not to be written to")
_LONGEST = 200  # characters of a cell that are looked at where it is left out

Drop = Callable[[Dropped], None]


class End(Enum):
    """How a command about a list ended."""

    NOTHING_UNCERTAIN = "nothing uncertain"  # and somebody said something about doubts
    NOTHING_LEFT = "nothing left"
    DECLINED = "declined"
    TEST_FAILED = "test failed"
    CALLED_OFF = "called off"
    PREPARED = "prepared"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class Ui:
    """The person whom the sending of a list asks and tells.

    Attributes:
        talk: how everything is said that is not about messages on their way.
        warn: says, while messages go out, what people want to be warned of.
        tell: says what went wrong, and what to do.
        watching: shows how far the messages are.
        measuring: shows the figures of a run while it is sent.
        stopping: hears the wish to stop; gives what waits for it for some seconds, and tells whether it came.
        agrees: shows what is about to happen, to so many, and finds out whether it may.
        agrees_after_tests: finds out whether the list may follow the test messages.
    """

    talk: Talk
    warn: Callable[[str], None]
    tell: Callable[[SmsconfError], object]
    watching: Callable[[], AbstractContextManager[Callable[[Progress], None]]]
    measuring: Callable[[Callable[[], Figures]], AbstractContextManager[None]]
    stopping: Callable[[], AbstractContextManager[Callable[[float], bool]]]
    agrees: Callable[[Standing, int], bool]
    agrees_after_tests: Callable[[], bool]


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
        shown: how a number is written there.
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
    shown: Callable[[str], str]
    at: datetime | None
    planned: bool
    failed_of: Run | None
    again: bool
    reading: Reading

    def is_same(self, target: Target) -> bool:
        """Tell whether all get the same text."""
        return not {slot.name for slot in target.slots} - set(self.fixed)

    def message(self, target: Target) -> dict[str, Any]:
        """Return what a run of it is sent with, as plain JSON."""
        same = list(target.arrange(self.fixed)) if self.is_same(target) else None
        return {"target": target.to_json(), "text": target.text_key(), "same": same}

    def run_name(self, digest: str) -> str:
        """Return a run's name for people and receipts."""
        return str(self.subject) if self.subject != self.template else f"{self.subject}:{digest[:12]}"


@dataclass(frozen=True, slots=True)
class Read:
    """What a list says: counts and shape for the report, and the digests that tell it from others."""

    summary: Mapping[str, Any]
    digest: str
    numbers: str


def start_of(kind: str, job: Job | None, now: datetime, *, is_new: bool) -> datetime:
    """Return when a run may start, which is now unless it is to wait.

    Raises:
        PlanRefused: it is too far ahead, its time is over, or it is no hour for such messages.
    """
    at = job.at if job else None
    if job and at and is_new and now - at > LATE:
        raise PlanRefused(
            _("{subject} was to go out at {time}, and it is {now}").format(
                subject=job.subject,
                time=at.isoformat(timespec="minutes"),
                now=now.astimezone(at.tzinfo).isoformat(timespec="minutes"),
            ),
            why=_("a message that was meant for another time may be wrong by now"),
            fix=_("change `at` in the files, or pass --at with a time")
            if job.planned
            else _("pass another time, or leave out --at to send now"),
        )
    start = max(at, now) if at else now
    if start - now > FARTHEST:
        raise PlanRefused(
            _("{time} is more than a month ahead").format(time=start.isoformat()),
            fix=_("choose an earlier time; a list that old should be made anew"),
        )
    opens = opening(kind, start)
    if opens:
        raise PlanRefused(
            _("promotions go out from 08:00 to 22:00 Beijing time, and {time} is outside").format(
                time=start.isoformat(timespec="minutes")
            ),
            why=_("the service stops them outside these hours (SC:0011)"),
            fix=_("pass --at {time}").format(time=opens.isoformat(timespec="minutes")),
        )
    return start


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Who is not to be written to: asked now and again, and how each list of them was understood."""

    opt_outs: OptOuts
    lists: Sequence[Mapping[str, Any]]


@contextmanager
def left_out_of(
    project: Project, paths: Iterable[Path], ready: Ready, reading: Reading, say: Callable[[str], None]
) -> Iterator[LeftOut]:
    """Yield who asked not to be written to: in lists, and in replies, also those that are yet to come.

    Raises:
        SmsconfError: a list cannot be read, or was not understood.
    """
    listed: list[str] = []
    lists = []
    for path in paths:
        count = Count()
        listed += read_opt_outs(path, ready.target.region, count, reading)
        lists.append({"file": str(path), "rows": count.rows, "understood": count.valid})
        text = _("{file}: {count} rows of people to leave out")
        say(text.format(file=path, count=count.valid))
    replies = store_of(project).follow_replies(ready.scope)
    with closing(OptOuts(replies, listed)) as opt_outs:
        opt_outs.current()
        if unreadable := opt_outs.unreadable():
            text = ngettext(
                "warning: {count} opt-out came from a number that cannot be read: smsconf replies --opt-outs",
                "warning: {count} opt-outs came from numbers that cannot be read: smsconf replies --opt-outs",
                unreadable,
            )
            say(text.format(count=unreadable))
        yield LeftOut(opt_outs, lists)


class Said:
    """What a list says, added up while it is read.

    Opt-outs are part of it, so that one that comes later does not make it another list.
    """

    def __init__(self, job: Job, target: Target, opted_out: frozenset[str]) -> None:
        self._target = target
        self._opted_out = opted_out
        self.same = job.is_same(target)
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
        word, why = _OPTED_OUT
        for one in chunk:
            if one.number in self._opted_out:
                count.valid -= 1
                count.dropped[word] += 1
                drop(Dropped(one.row, f"+{one.number}", word, _(why)))
        return [one for one in chunk if one.number not in self._opted_out]


@contextmanager
def dropping(job: Job) -> Iterator[Drop]:
    """Open the file of rows left out, with nothing but its head if there are none; its owner's alone.

    It takes the place of an older one whole, or not at all.
    """
    try:
        channel = is_channel(job.dropped)
        with reporting(job.dropped) if channel else replacing(job.dropped, make=True) as owned:
            file = TextIOWrapper(owned, encoding="utf-8", newline="", write_through=True)
            file.write(DROPPED_HEAD)

            def drop(one: Dropped) -> None:
                text = one.text[:_LONGEST]
                text = text if job.shown is str else mask_all(text)[:40]
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
