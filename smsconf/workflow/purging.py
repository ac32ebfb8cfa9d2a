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
from smsconf.messaging.receive.opt_out_reply import read_wish
from smsconf.messaging.receive.opt_outs import OptOuts, number_of
from smsconf.store.interfaces import Store
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

    def carry_out(self) -> Purged:
        """Delete it for good.

        Raises:
            PlanRefused: somebody is at work there.
            SmsconfError: something cannot be read or written; running again goes on.
        """
        doing = work(self.project, "store purge")
        return self.store.purge(self.scope, self.wanted, list(self._replies()), doing)

    def _replies(self) -> Iterator[tuple[str, Word]]:
        """Yield the ids of the replies that go, and the word that stays of an opt-out."""
        found = []
        for one in self.store.replies(self.scope):
            if one.item.sender and self._concerns(one.item.sender, one.at):
                wish = read_wish(one.item.body)
                word = wish.word if wish and wish.leaves else None
                found.append((one.item.message_id, one.item.sender, word))
        with closing(OptOuts(self.store.follow_replies(self.scope))) as out:  # who is out after all of these
            out.current()
            for message_id, sender, word in found:
                yield message_id, _kept(word) if word and out.keeps_out(sender) else None

    def _concerns(self, sender: str, at: datetime) -> bool:
        if self.wanted.received_before is not None:
            return at < self.wanted.received_before
        return number_of(sender)[0] == self.wanted.number


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
    wanted = Wanted(there - age, here - age) if age else Wanted(number=number)
    return Purge(mailbox.store, project, scope, wanted)


def _account(mailbox: Mailbox, project: Project, here: datetime) -> tuple[str | None, datetime]:
    """Return the account, and the time there; files need none, and the service is not asked for them."""
    if account := mailbox.account():
        return account
    told = told_account(project, os.environ) if project.provider else None
    return None, told.now if told else here


def _kept(word: str) -> str:
    """Return what is left of an opt-out: the word as it was understood, which is one by itself."""
    wish = read_wish(word)
    return word if wish and wish.leaves else _PLAIN
