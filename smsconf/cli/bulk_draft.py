"""What ``bulk`` is asked to do → a run that nobody agreed to yet, and what it asks of the runs there are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from smsconf.cli.bulk_job import Chunks, Job, LeftOut, Read, Show, is_same, list_chunks, read_list
from smsconf.cli.checkout import state_folder
from smsconf.cli.inbox import LEDGER, inboxes
from smsconf.cli.sending import Ready
from smsconf.config import Project
from smsconf.language import _
from smsconf.messaging.bulk.choice import Wanted
from smsconf.messaging.bulk.failed import failed_recipients
from smsconf.messaging.bulk.ledger import Ledger
from smsconf.messaging.bulk.reader import LedgerReader
from smsconf.messaging.bulk.run import Key, Run
from smsconf.messaging.bulk.schema import numbers_digest
from smsconf.messaging.send.target import Target
from smsconf.model.errors import PlanRefused, SmsconfError
from smsconf.model.resources import MessageType

RECENT = timedelta(hours=24)
"""A list that was changed by a row and sent whole is a mistake of the same day."""


def ledger_path(project: Project) -> Path:
    """Return where a project's ledger is."""
    return state_folder(project.folder) / LEDGER


def draft_of(
    ledger: Ledger, project: Project, job: Job, ready: Ready, left_out: LeftOut, shown: Show
) -> tuple[Run, Read]:
    """Read who gets what into a new run that nobody agreed to yet."""
    key = key_of(project, job, ready)
    new = Run(
        id=0,
        key=key,
        name=key.subject,
        template=str(job.template),
        region=ready.target.region.value,
        digest="",
        message=message_of(job, ready.target),
        made=ready.now,
        failed_of=job.failed_of.id if job.failed_of else None,
    )
    with ledger.making(new) as making, chunks_of(ledger, project, job, ready) as chunks:
        read = read_list(
            job,
            ready.target,
            chunks,
            left_out,
            recent=ledger.recent(key, ready.now - RECENT),
            shown=shown,
            keep=lambda one: making.add(*one),
        )
        making.note(read.digest, name_of(job, read.digest), read.summary)
    made = ledger.find(making.run)
    assert made is not None  # noqa: S101 - for the type checker: it was made just now
    return made, read


@contextmanager
def chunks_of(ledger: LedgerReader | None, project: Project, job: Job, ready: Ready) -> Iterator[Chunks]:
    """Give what reads a job's recipients: its list, or the numbers that another run did not reach."""
    if job.failed_of is None or ledger is None:
        with list_chunks(job, ready.target) as chunks:
            yield chunks
        return
    run = job.failed_of
    if run.message["text"] != ready.target.text_key():
        raise PlanRefused(
            _("what is live now is not what run {run} sent").format(run=run.id),
            why=_("--failed-of sends the same message once more"),
            fix=_("send the new text to a list of its own"),
        )
    paths = inboxes(project.folder)
    yield lambda count, drop: failed_recipients(ledger, run, paths, ready.now, count=count, drop=drop)


def key_of(project: Project, job: Job, ready: Ready) -> Key:
    """Return what the runs of a job are known by."""
    return Key(ready.scope, project.environment, str(job.subject))


def name_of(job: Job, digest: str) -> str:
    """Return a run's name for people and receipts."""
    return str(job.subject) if job.subject != job.template else f"{job.subject}:{digest[:12]}"


def message_of(job: Job, target: Target) -> dict[str, Any]:
    """Return what a run is sent with, as plain JSON."""
    same = list(target.arrange(job.fixed)) if is_same(target, job.fixed) else None
    return {"target": target.to_json(), "text": target.text_key(), "same": same}


def wanted_of(job: Job, ready: Ready, read: Read) -> Wanted:
    """Return what a job asks of the runs there are."""
    return Wanted(
        digest=read.digest,
        numbers=numbers_digest(read.numbers),
        message=message_of(job, ready.target),
        failed_of=job.failed_of.id if job.failed_of else None,
        again=job.again,
    )


def nobody(job: Job, read: Read) -> SmsconfError:
    """Return the error for a list of which nobody can be written to."""
    if job.failed_of and not read.summary["rows"]:
        return PlanRefused(
            _("run {run} has nobody to send to again: nobody failed").format(run=job.failed_of.id)
        )
    what = _("run {run}").format(run=job.failed_of.id) if job.failed_of else job.recipients
    return SmsconfError(
        _("nobody is left of the {count} rows of {file}").format(
            count=read.summary["rows"],
            file=what,
        ),
        why=", ".join(f"{count} {reason}" for reason, count in read.summary["dropped"].items()),
        fix=_("look at {file}").format(file=job.dropped),
    )


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
