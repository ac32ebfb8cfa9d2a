"""What is purged, from what people say: which replies go, and what stays of those that keep somebody out.

Whoever is out stays out: of an opt-out the number and the word that says so are kept, nothing else, since
without them the next list would reach the person. Nothing is deleted here (``store.purging``).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from smsconf.config import Project, load_project
from smsconf.language import _
from smsconf.messaging.receive.opt_out_reply import read_wish
from smsconf.messaging.receive.opt_outs import OptOuts, number_of, time_of
from smsconf.store.holding import describe
from smsconf.store.interfaces import Store, Work
from smsconf.store.messages import Received, Reply
from smsconf.store.purging import Purged, Wanted, Word
from smsconf.workflow.mailbox import Mailbox, open_mailbox
from smsconf.workflow.session import told_account, work

_PLAIN = "R"


@dataclass(frozen=True, slots=True)
class Purge:
    """What is to go from where, before anything went."""

    store: Store
    project: Project
    scope: str | None
    wanted: Wanted

    def carry_out(self, say: Callable[[str], None]) -> Purged:
        """Delete it for good; ``say`` is told whom it waits for.

        Raises:
            PlanRefused: somebody is at work there.
            SmsconfError: something cannot be read or written; running again goes on.
        """

        def waiting(holder: Work | None) -> None:
            say(_("waiting for {holder}").format(holder=describe(holder)))

        doing = work(self.project, "store purge")
        return self.store.purge(self.scope, self.wanted, list(self._replies()), doing, waiting)

    def _replies(self) -> Iterator[tuple[str, Word]]:
        """Yield the ids of the replies that go, and the word that stays of an opt-out."""
        found = []
        for one in self.store.replies(self.scope):
            if (one.item.sender or one.item.body) and self._concerns(one):
                wish = read_wish(one.item.body)
                leaves = wish is not None and wish.leaves
                found.append((one.item.message_id, one if leaves else None))
        with closing(OptOuts(self.store.follow_replies(self.scope))) as out:  # who is out after all of these
            out.current()
            for message_id, said in found:
                yield message_id, _kept(said.item.body) if said and out.keeps_out(said) else None

    def _concerns(self, said: Received[Reply]) -> bool:
        """Tell whether a reply is meant: it is old by our clock or by the service's, or of the number."""
        wanted = self.wanted
        if wanted.before is not None and wanted.received_before is not None:
            return said.at < wanted.received_before or time_of(said) < wanted.before
        return number_of(said.item.sender)[0] == wanted.number


def plan_purge(
    folder: Path,
    environment: str | None,
    say: Callable[[str], None],
    *,
    age: timedelta | None = None,
    number: str = "",
) -> Purge:
    """Return what is to go: what is older than an age, else one number (digits without a plus).

    Raises:
        ConfigError: there is no project.
        SmsconfError: the account of a shared store is not known.
    """
    mailbox = open_mailbox(folder, environment, say)
    project = mailbox.project or load_project(folder, environment)
    here = datetime.now(UTC)
    scope, there = _account(mailbox, project, here)
    wanted = Wanted(there - age, here - age) if age is not None else Wanted(number=number)
    return Purge(mailbox.store, project, scope, wanted)


def _account(mailbox: Mailbox, project: Project, here: datetime) -> tuple[str | None, datetime]:
    """Return the account, and the time there; files need none, and the service is not asked for them."""
    if account := mailbox.account():
        return account
    told = told_account(project, os.environ) if project.provider else None
    return None, told.now if told else here


def _kept(body: str) -> str:
    """Return what is left of an opt-out: the word as it was understood, which is one by itself."""
    wish = read_wish(body)
    again = wish and read_wish(wish.word)
    return wish.word if wish and again and again.leaves else _PLAIN
