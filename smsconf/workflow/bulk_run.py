"""The sending of a list: which run a command means, the agreement to it, the wait, the messages, the end.

What may be sent a second time is decided below (``choose_run``, ``ledger``); who is asked is handed in.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from smsconf.language import _, ngettext
from smsconf.messaging.bulk.choose_run import choose
from smsconf.messaging.bulk.sending import Bulk, Conditions, Ended
from smsconf.messaging.lists.table import Reading
from smsconf.messaging.receive.opt_outs import OptOuts
from smsconf.messaging.send.target import Target
from smsconf.model.errors import PlanRefused, SmsconfError
from smsconf.render.documents.bulk import Standing
from smsconf.store.holding import describe
from smsconf.store.interfaces import RunMaker, RunReader, RunSender, Store, Work
from smsconf.store.runs import Run
from smsconf.workflow.bulk_draft import check_type, draft_of, nobody, read_list, threshold_of
from smsconf.workflow.bulk_job import End, Job, LeftOut, Read, Ui, left_out_of, start_of
from smsconf.workflow.bulk_trial import request_for, try_out
from smsconf.workflow.sending import Ready, SendSettings, make_ready, read_service
from smsconf.workflow.session import store_of, work
from smsconf.workflow.stored_runs import SHOWN, named_run

_SLICE = 30.0  # seconds of one sleep while waiting for a time


@dataclass(frozen=True, slots=True)
class ListResult:
    """How a command about a list ended, where its run stands then, and what went wrong."""

    end: End
    standing: Standing | None = None
    problem: SmsconfError | None = None


@dataclass(frozen=True, slots=True)
class _Order:
    """A run and how it was chosen.

    ``dropped`` is the file of rows left out of its list; ``take_up``: what was given up is sent after all.
    """

    run: Run
    is_new: bool
    dropped: Path | None = None
    take_up: bool = False


@dataclass(frozen=True)
class ListSending:
    """Sends lists of a project.

    Attributes:
        settings: how messages go out.
        ui: who is asked and told.
        assume_sent: what a person says about doubts; ``None``: nothing.
        test_to: one's own numbers, without plus signs, that get the first messages before the list.
        prepare: a run is only made and agreed to; whoever joins it sends it.
    """

    settings: SendSettings
    ui: Ui
    assume_sent: bool | None = None
    test_to: Sequence[str] = ()
    prepare: bool = False

    @cached_property
    def _store(self) -> Store:
        return store_of(self.settings.project, self.ui.talk)

    def make_runs(self, scope: str | None, doing: str) -> AbstractContextManager[RunMaker]:
        """Open the runs of an account, to make one or to decide about them; ``None`` keeps nobody from it.

        Raises:
            PlanRefused: somebody else does.
            SmsconfError: the store cannot be used.
        """
        return self._store.make_runs(scope, work(self.settings.project, doing), self._say_busy)

    def _say_busy(self, holder: Work | None) -> None:
        self.ui.talk.say(_("waiting for {holder}").format(holder=describe(holder)))

    def send(self, job: Job, ready: Ready) -> ListResult:
        """Send a job, or the rest of it, or say that it was sent.

        Raises:
            PlanRefused: it may not go out, or not now.
            SmsconfError: the list or the ledger cannot be used.
        """
        check_type(ready.target)
        with self._left_out(job.opt_outs, ready, job.reading) as left_out:
            with self.make_runs(ready.scope, "bulk") as ledger:
                draft, read = self._read(ledger, job, ready, left_out)
                order = None
                try:
                    order = self._order(ledger, draft, job, read)
                finally:
                    if order is None or not order.is_new:
                        ledger.call_off(draft)
                if order is None:
                    return ListResult(End.NOTHING_UNCERTAIN)
                start = self._prepare(ledger, order, ready, job)
                if isinstance(start, datetime) and self.test_to:
                    start = self._tested(ledger, order, ready, start)
                if self.prepare and isinstance(start, datetime):
                    start = self._prepared(ledger, order, ready)
            return self._go(order, ready, left_out.opt_outs, start) if isinstance(start, datetime) else start

    def join(self, run: Run, ready: Ready, opt_outs: Sequence[Path], reading: Reading) -> ListResult:
        """Go on with a run as it began: its text and sender, whatever is live now.

        Raises:
            PlanRefused: its text is at the service no longer, or it may not go out now.
        """
        with self._left_out(opt_outs, ready, reading) as left_out:
            take_up = self.assume_sent is None and run.finished is not None
            order = _Order(run, is_new=False, take_up=take_up)
            decides = take_up or self.assume_sent is not None
            with self.make_runs(ready.scope if decides else None, "bulk --join") as ledger:
                for other in ledger.runs_of(run.key):
                    if other.id != run.id and other.key.scope is not None and ledger.is_open(other):
                        raise PlanRefused(
                            _("run {run} of {subject} has another list, and a part of it waits").format(
                                run=other.id, subject=run.key.subject
                            ),
                            why=_("whoever is on both lists would get the message twice"),
                            fix=_("let it come to its end first, or give it up"),
                        )
                start = self._prepare(ledger, order, ready, None)
            return self._go(order, ready, left_out.opt_outs, start) if isinstance(start, datetime) else start

    def end(self, number: str) -> None:
        """Give up what waits of a run; offline.

        Raises:
            PlanRefused: there is no such run, or it is being sent.
        """
        with self.make_runs(None, "bulk --end") as ledger:  # at once, whoever makes another run
            run = named_run(ledger, number)
            count = ledger.end(run, datetime.now(UTC))
            doubts = ledger.tally(run).uncertain
        said = ngettext(
            "{count} message of run {run} given up", "{count} messages of run {run} given up", count
        )
        self.ui.talk.say(said.format(count=f"{count:,}", run=run.id))
        if doubts:
            said = _("{count} more are uncertain: settle them with --assume-sent {run} or leave them")
            self.ui.talk.say(said.format(count=f"{doubts:,}", run=run.id))

    def _left_out(
        self, lists: Sequence[Path], ready: Ready, reading: Reading
    ) -> AbstractContextManager[LeftOut]:
        return left_out_of(self.settings.project, lists, ready, reading, self.ui.talk.say)

    def settle(self, ledger: RunMaker, run: Run) -> None:
        """Do what a person says about the batches whose answer nobody saw."""
        if self.assume_sent is None:
            return
        count = ledger.assume(run, sent=self.assume_sent)
        said = _("sent") if self.assume_sent else _("not sent")
        self.ui.talk.say(_("{count} messages taken for {said}").format(count=count, said=said))

    # -- which run

    def _read(self, ledger: RunMaker, job: Job, ready: Ready, left_out: LeftOut) -> tuple[Run, Read]:
        """Read who gets what into a new draft."""
        project = self.settings.project
        draft = draft_of(project, job, ready)
        with ledger.making(draft) as making:
            read = read_list(ledger, project, job, ready, left_out, self.ui, keep=making.add)
            name = job.run_name(read.digest)
            making.note(read.digest, name, read.summary)
        return replace(draft, id=making.run, name=name, digest=read.digest), read

    def _order(self, ledger: RunMaker, draft: Run, job: Job, read: Read) -> _Order | None:
        """Find out which run is meant; ``None``: somebody speaks of doubts, and it is a new one."""
        choice = choose(ledger.runs_of(draft.key), ledger.is_open, draft, read.numbers, again=job.again)
        if choice.run:
            return _Order(choice.run, is_new=False, dropped=job.dropped)
        if self.assume_sent is not None:
            return None
        if not read.summary["valid"]:
            raise nobody(job, read)
        if choice.copies:
            draft = ledger.rename(draft, f"{draft.name}#{choice.copies + 1}")
        return _Order(draft, is_new=True, dropped=job.dropped)

    # -- what is asked, waited for and sent

    def _prepare(
        self, ledger: RunMaker, order: _Order, ready: Ready, job: Job | None
    ) -> datetime | ListResult:
        """Ask whether a run may be sent; return when, or how it ended where nothing is to be sent."""
        run, tally = order.run, ledger.tally(order.run)
        count = tally.waiting + (tally.uncertain if self.assume_sent is False else 0)
        count += tally.ended if order.take_up else 0
        if not count:
            self.settle(ledger, run)
            if ledger.is_on_way(run):
                return ready.now  # others send it: what becomes of that is waited for
            if job and run.message["text"] != ready.target.text_key():
                self.ui.talk.say(
                    _(
                        "the list was sent with another text than the one that is live now; --again sends "
                        "this one"
                    )
                )
            return ListResult(End.NOTHING_LEFT, _standing(ledger, order, ready))
        agreed = False
        try:
            start = start_of(ready.target.type, job, ready.now, is_new=order.is_new)
            if job is None and (planned := run.message.get("at")):  # as it began: not before its time
                start = max(start, datetime.fromisoformat(planned))
            if self.test_to or not self.prepare:
                self.settings.url()  # before anybody is asked: could it be sent at all?
                self.settings.app_key(ready.target)
            agreed = self.ui.agrees(_standing(ledger, order, ready), count)
        finally:
            if not agreed and order.is_new:
                ledger.call_off(run)
        if not agreed:
            return ListResult(End.DECLINED)
        self.settle(ledger, run)
        if order.take_up:
            ledger.take_up(run)
        if job:  # the same text, perhaps by now in another version
            fresh = job.message(ready.target)
            ledger.fix(run, {**fresh, "same": run.message["same"], "at": start.isoformat()})
        if not self.test_to:
            ledger.agree(run, ready.now)
        return start

    def _tested(
        self, ledger: RunMaker, order: _Order, ready: Ready, start: datetime
    ) -> datetime | ListResult:
        """Send the test messages; return when the list may follow, or how it ended."""
        end: End | None = End.TEST_FAILED
        try:
            run = ledger.find(order.run.id) or order.run
            end = try_out(self.settings, self.ui, self._store, ledger, run, ready, self.test_to)
            if end is None:
                ledger.agree(order.run, ready.now)
        finally:
            if end and order.is_new:
                ledger.call_off(order.run)
        return ListResult(end) if end else start

    def _prepared(self, ledger: RunMaker, order: _Order, ready: Ready) -> ListResult:
        """Say how a run that was only made is sent."""
        said = _("run {run} is prepared; smsconf bulk --join {run} sends it from this folder")
        if self._store.shared:
            said = _("run {run} is prepared; smsconf bulk --join {run} sends it, from any number of machines")
        self.ui.talk.say(said.format(run=order.run.id))
        return ListResult(End.PREPARED, _standing(ledger, order, ready))

    def _go(self, order: _Order, ready: Ready, opt_outs: OptOuts, start: datetime) -> ListResult:
        """Wait until a run may start, send it, and tell how it ended."""
        begun = time.monotonic()

        def clock() -> datetime:
            """Return the service's time."""
            return ready.now + timedelta(seconds=time.monotonic() - begun)

        if start > clock():
            if not self._wait_until(start, clock):
                self._call_off(order)
                return ListResult(End.CALLED_OFF)
            self._check_text(order, ready)
        with self._store.send_runs(order.run, work(self.settings.project, "bulk")) as sender:
            run = sender.find(order.run.id)
            if run is None or run.finished:
                raise PlanRefused(
                    _("run {run} was called off or given up meanwhile").format(run=order.run.id),
                    fix=_(SHOWN),
                )
            out = sender.tally(run).opted_out
            ended = self._send_run(sender, run, clock, opt_outs)
            try:
                standing = _standing(sender, replace(order, run=run), ready, ended)
            except SmsconfError as problem:  # what was sent is never without a word
                return ListResult(End.SENT, problem=ended.problem or problem)
        if out := standing.tally.opted_out - out:
            text = ngettext(
                "{count} recipient opted out since the run began",
                "{count} recipients opted out since the run began",
                out,
            )
            self.ui.talk.say(text.format(count=out))
        return ListResult(End.SENT, standing, ended.problem)

    def _call_off(self, order: _Order) -> None:
        """Forget a run that waits for its time; one that others may be waiting with only by who made it."""
        if self._store.shared and not order.is_new:
            self.ui.talk.say(_("nothing was sent from here; the run goes out with whoever joins it"))
            return
        with self.make_runs(None, "bulk") as ledger:
            gone = ledger.call_off(order.run)
        said = _("called off: nothing was sent") if gone else _("called off: the same command goes on")
        self.ui.talk.say(said)

    def _wait_until(self, start: datetime, clock: Callable[[], datetime]) -> bool:
        """Sleep until a moment; return whether it came, or somebody called it off."""
        with self.ui.stopping() as stopped_within:
            said = _("waiting until {time}; Ctrl-C calls it off")
            self.ui.talk.say(said.format(time=start.isoformat(timespec="seconds")))
            while (left := (start - clock()).total_seconds()) > 0:
                if stopped_within(min(left, _SLICE)):
                    return False
            return not stopped_within(0)

    def _check_text(self, order: _Order, ready: Ready) -> None:
        """Look again at what is live after a wait.

        Raises:
            PlanRefused: it is not what was shown.
        """
        snapshot = read_service(self.settings.project, self.ui.talk)
        again = make_ready(snapshot, ready.target.address, ready.signature)
        if again.target.text_key() != ready.target.text_key():
            raise PlanRefused(
                _("another text of {address} is live now than when run {run} was agreed to").format(
                    address=ready.target.address, run=order.run.id
                ),
                fix=_("look at it with --dry-run, then run again"),
            )

    def _send_run(
        self, ledger: RunSender, run: Run, clock: Callable[[], datetime], opt_outs: OptOuts
    ) -> Ended:
        """Send what waits of a run, with the text and sender that it has.

        Raises:
            SmsconfError: no secret, no host, or a file that cannot be used.
        """
        target, settings = Target.from_json(run.message["target"]), self.settings
        limiter = settings.limiter()
        key = settings.app_key(target)
        with (
            settings.open_sender(key, limiter) as sender,
            self.ui.stopping() as stopped_within,
            self.ui.watching() as watch,
        ):
            threshold = threshold_of(settings.project, run.region)
            bulk = Bulk(
                ledger,
                run,
                sender,
                lambda batch: request_for(settings, run, target, batch),
                Conditions(target.type, threshold, clock, lambda: stopped_within(0), opt_outs.current),
                limiter=limiter,
                connections=settings.connections,
                warn=self.ui.warn,
            )
            with self.ui.measuring(bulk.figures):
                return bulk.send(watch)


def _standing(ledger: RunReader, order: _Order, ready: Ready, ended: Ended | None = None) -> Standing:
    run = order.run
    return Standing(
        about=ready.about,
        target=Target.from_json(run.message["target"]) if run.message else ready.target,
        run=run,
        name=run.name,
        summary=ledger.summary(run),
        tally=ledger.tally(run),
        doubtful=ledger.doubtful(run),
        ended=ended,
        dropped=order.dropped,
    )
