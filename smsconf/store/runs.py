"""The words of sending to many: a run, its batches, the states of a batch, and where its messages stand.

Values only: each home of the store keeps them, and ``messaging.bulk`` chooses and sends them.

Every number of a run is in exactly one batch, and every batch in one state; ``MOVES`` is all that may
happen to it, and ``COUNTED`` where its numbers are counted then. A batch whose request may have left and
whose answer nobody saw is *uncertain*, and only a person takes it out of there, or its own sender by an
answer that comes late.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple


class State(StrEnum):
    """What is known of the numbers of a batch."""

    READY = "ready"  # waits for its request
    SENDING = "sending"  # its request may have left
    SENT = "sent"  # answered, each number by itself
    UNCERTAIN = "uncertain"  # nobody knows whether it was sent
    ASSUMED = "assumed"  # sent, by a person's word
    OPTED_OUT = "opted-out"  # asked, after the run was made, not to be written to
    ENDED = "ended"  # given up by a person


class Move(StrEnum):
    """What happens to a batch."""

    TAKE = "take"  # the intent is noted, the request follows
    SETTLE = "settle"  # the service said what became of each number
    SETTLE_LATE = "settle-late"  # it did, to a sender that others took for dead meanwhile
    RETURN = "return"  # surely not sent: refused as a whole, or it never arrived, or the service is busy
    DOUBT = "doubt"  # no answer, none about these numbers, or the process died
    ASSUME_SENT = "assume-sent"
    ASSUME_NOT_SENT = "assume-not-sent"
    LEAVE_OUT = "leave-out"  # an opt-out arrived
    END = "end"
    TAKE_UP = "take-up"  # a person goes on with what was given up


MOVES: Mapping[Move, tuple[State, State]] = {
    Move.TAKE: (State.READY, State.SENDING),
    Move.SETTLE: (State.SENDING, State.SENT),
    Move.SETTLE_LATE: (State.UNCERTAIN, State.SENT),
    Move.RETURN: (State.SENDING, State.READY),
    Move.DOUBT: (State.SENDING, State.UNCERTAIN),
    Move.ASSUME_SENT: (State.UNCERTAIN, State.ASSUMED),
    Move.ASSUME_NOT_SENT: (State.UNCERTAIN, State.READY),
    Move.LEAVE_OUT: (State.READY, State.OPTED_OUT),
    Move.END: (State.READY, State.ENDED),
    Move.TAKE_UP: (State.ENDED, State.READY),
}
"""From where to where. There is no other way, so nothing that may have been sent is sent again unasked."""

COUNTED: Mapping[State, str] = {
    State.READY: "waiting",
    State.SENDING: "uncertain",  # once nobody sends any more; while somebody does, it is on its way
    State.SENT: "accepted",  # its size is what the service took; the others are counted by status
    State.UNCERTAIN: "uncertain",
    State.ASSUMED: "assumed",
    State.OPTED_OUT: "opted_out",
    State.ENDED: "ended",
}

ACCEPTED = "000000"

SPENT = (State.SENDING, State.SENT, State.UNCERTAIN, State.ASSUMED)
"""What counts for a threshold: what the service may have taken."""


class Fate(NamedTuple):
    """What the service said about one number: its message's id, status, and how many parts are billed.

    A ``status`` of ``None``: it said nothing.
    """

    to: str
    message_id: str | None = None
    status: str | None = None
    parts: int | None = None

    @property
    def accepted(self) -> bool:
        """Tell whether the service took the message; only the status report says whether it arrived."""
        return self.status == ACCEPTED


class Key(NamedTuple):
    """Whose run it is and what was named: scope, environment (``None``: the files alone), and the address.

    A scope of ``None`` is that of a run from before runs had one: it is never gone on with.
    """

    scope: str | None
    environment: str | None
    subject: str


@dataclass(frozen=True, slots=True)
class Run:
    """One list of recipients on its way.

    Attributes:
        id: its number in the ledger, the RUN of the command line.
        key: whose it is, and of which template or campaign.
        name: for people: the address, and for a template the first digits of the list.
        template: address of the template.
        region: of its app.
        digest: of the normalised list: who gets what, in any order.
        message: text, sender and shared values, as plain JSON; fixed at the first request.
        failed_of: the run whose failed numbers these are.
        made: when (service time, UTC).
        agreed: when somebody said that it may be sent; before that it is a draft, which nothing goes by.
        begun: when the first request was to leave.
        finished: when it was given up.
    """

    id: int
    key: Key
    name: str
    template: str
    region: str
    digest: str
    message: Mapping[str, Any]
    made: datetime
    failed_of: int | None = None
    agreed: datetime | None = None
    begun: datetime | None = None
    finished: datetime | None = None


class Spent(NamedTuple):
    """How many messages the service may have taken in a UTC day and its month."""

    day: int = 0
    month: int = 0

    def plus(self, count: int) -> Spent:
        """Return it with more of them (or, below zero, fewer)."""
        return Spent(self.day + count, self.month + count)


class Batch(NamedTuple):
    """Numbers of one request, without plus signs, and what each gets where that differs."""

    id: int
    numbers: tuple[str, ...]
    values: tuple[tuple[str, ...], ...] | None = None
    tries: int = 0

    @classmethod
    def read(cls, number: int, numbers: str, values: str | None, tries: int) -> Batch:
        """Read a batch as the ledger keeps it."""
        unpacked = None if values is None else tuple(tuple(one) for one in json.loads(values))
        return cls(number, tuple(numbers.split(",")), unpacked, tries)

    def part(self, places: Sequence[int]) -> Batch:
        """Return some of its numbers, each with its values."""
        values = self.values and tuple(self.values[place] for place in places)
        return self._replace(numbers=tuple(self.numbers[place] for place in places), values=values)


@dataclass(frozen=True, slots=True)
class Tally:
    """Where the messages of a run stand: each is in exactly one of the counts.

    ``statuses`` counts what the service refused, by its word.
    """

    accepted: int = 0
    waiting: int = 0
    uncertain: int = 0
    assumed: int = 0
    statuses: Mapping[str, int] | None = None
    opted_out: int = 0
    ended: int = 0

    @property
    def failed(self) -> int:
        """How many the service refused."""
        return sum((self.statuses or {}).values())

    @property
    def total(self) -> int:
        """How many there are."""
        return self.touched + self.waiting + self.opted_out + self.ended

    @property
    def touched(self) -> int:
        """How many may have been sent."""
        return self.accepted + self.uncertain + self.assumed + self.failed


def pack_values(values: Iterable[Sequence[str]] | None) -> str | None:
    """Write the values of a batch as the ledger keeps them."""
    return None if values is None else json.dumps([list(one) for one in values], ensure_ascii=False)
