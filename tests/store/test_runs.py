"""Bulk runs as both homes of the store keep them: made, taken, settled, doubted, given up, counted."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from smsconf.store.files.home import FileStore
from smsconf.store.interfaces import RunSender, Store
from smsconf.store.runs import COUNTED, MOVES, SPENT, Batch, Fate, Move, Run, Spent, State
from tests.store.homes import (
    NOON,
    SCOPE,
    deciding,
    draft,
    make,
    numbers,
    postgres_store,
    sending,
    store,
)

__all__ = ["store"]

ONE, TWO, THREE = numbers(3)


def takes(batch: Batch, status: str = "000000") -> list[Fate]:
    """Say that the service took all of a batch, or gave each number another status."""
    return [Fate(f"+{one}", f"id-{batch.id}-{one}", status, 1) for one in batch.numbers]


def taken(ledger: RunSender, run: Run) -> list[Batch]:
    return list(iter(lambda: ledger.take(run, NOON), None))


def test_every_state_is_counted_once_and_what_may_have_left_is_traffic() -> None:
    """Nothing that may have been sent becomes ready again but by a person or the service's own word."""
    assert set(COUNTED) == set(State)
    assert set(SPENT) == {State.SENDING, State.SENT, State.UNCERTAIN, State.ASSUMED}
    back = {move for move, (before, after) in MOVES.items() if before in SPENT and after is State.READY}
    assert back == {Move.RETURN, Move.ASSUME_NOT_SENT}


def test_run_goes_out_batch_by_batch_and_each_message_is_known_afterwards(store: Store) -> None:
    """In the order of the list; the service's ids are what receipts go by."""
    run = make(store, [ONE, TWO], [THREE])
    with sending(store, run) as ledger:
        while batch := ledger.take(run, NOON):
            assert ledger.settle(run, batch, takes(batch), frozenset()) == 0
        tally = ledger.tally(run)
        assert (tally.accepted, tally.total, ledger.is_open(run)) == (3, 3, False)
        assert ledger.spent(SCOPE, "cn", NOON) == Spent(3, 3)
        assert ledger.find(run.id).begun == NOON  # type: ignore[union-attr]
    found = list(store.sent(run=run.id))
    assert [one.to for one in found] == [f"+{one}" for one in (ONE, TWO, THREE)]
    assert {(one.template, one.campaign, one.at, one.scope) for one in found} == {
        ("template.news", "news", NOON, SCOPE)
    }
    assert list(store.sent(found[1].message_id)) == [found[1]]
    assert list(store.sent(run=run.id + 1)) == []


def test_answer_that_differs_by_number_divides_its_batch(store: Store) -> None:
    """Refused is over, busy waits once more, silent is in doubt; values stay with their numbers."""
    run = make(store, numbers(4), values=[["1"], ["2"], ["3"], ["4"]])
    with sending(store, run) as ledger:
        batch = ledger.take(run, NOON)
        assert batch
        fates = [
            takes(batch)[0],
            Fate(f"+{TWO}", None, "E200048"),
            Fate(f"+{THREE}", None, "E200015"),
            Fate("+8613800000003"),
        ]
        assert ledger.settle(run, batch, fates, frozenset({"E200015"})) == 1
        tally = ledger.tally(run)
        assert (tally.accepted, tally.waiting, tally.uncertain) == (1, 1, 1)
        assert tally.statuses == {"E200048": 1}
        again = ledger.take(run, NOON + timedelta(days=1))
        assert again
        assert (again.numbers, again.values, again.tries) == ((THREE,), (("3",),), 1)
        ledger.settle(run, again, takes(again), frozenset())
        ((doubt, at),) = ledger.doubtful(run)
        assert (doubt.numbers, doubt.values, at) == (("8613800000003",), (("4",),), NOON)
        assert ledger.spent(SCOPE, "cn", NOON) == Spent(3, 3)
        assert ledger.spent(SCOPE, "cn", NOON + timedelta(days=1)) == Spent(1, 3)


def test_draft_that_nobody_agreed_to_is_gone_with_the_next(store: Store) -> None:
    """A process killed at its prompt leaves nothing that blocks anybody."""
    with deciding(store) as ledger:
        with ledger.making(draft()) as making:
            making.add([ONE], None)
        assert ledger.runs() == []
    kept = make(store, [TWO])
    with sending(store, kept) as sender:
        assert [one.id for one in sender.runs()] == [kept.id]
        assert [batch.numbers for batch in taken(sender, kept)] == [(TWO,)]


def test_run_that_could_not_be_made_whole_is_not_there(store: Store) -> None:
    """A list that turns out broken in its middle leaves no trace, however long it is."""
    made = 0

    def break_off() -> None:
        nonlocal made
        with deciding(store) as ledger, ledger.making(draft()) as making:
            made = making.run
            for place in range(250):
                making.add([numbers(1, place)[0]], None)
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        break_off()
    with deciding(store) as ledger:
        assert ledger.find(made) is None


def test_run_of_which_nothing_left_can_be_called_off_and_others_not(store: Store) -> None:
    """What may have been sent is never forgotten."""
    run = make(store, [ONE], [TWO])
    with sending(store, run) as sender:
        assert sender.take(run, NOON)
    with deciding(store) as ledger:
        assert not ledger.call_off(run)
    other = make(store, [ONE])
    with deciding(store) as ledger:
        assert ledger.call_off(other)
        assert [one.id for one in ledger.runs()] == [run.id]
        assert ledger.tally(other).total == 0


def test_ended_run_has_nothing_to_send_and_keeps_its_doubts(store: Store) -> None:
    """What waits is given up; what nobody knows stays listed; it can be taken up again."""
    run = make(store, [ONE], [TWO])
    with sending(store, run) as sender:
        batch = sender.take(run, NOON)
        assert batch
        sender.doubt(batch)
    with deciding(store) as ledger:
        assert ledger.end(run, NOON) == 1
        tally = ledger.tally(run)
        assert (tally.uncertain, tally.ended, tally.waiting) == (1, 1, 0)
        assert ledger.find(run.id).finished == NOON  # type: ignore[union-attr]
    with sending(store, run) as sender:
        assert sender.take(run, NOON) is None
    with deciding(store) as ledger:
        ledger.take_up(run)
        assert ledger.is_open(run)
    with sending(store, run) as sender:
        assert [one.numbers for one in taken(sender, run)] == [(TWO,)]


@pytest.mark.parametrize("sent", [True, False])
def test_sender_that_is_gone_leaves_its_batch_to_a_person(store: Store, sent: bool) -> None:
    """It is neither sent again nor forgotten; what was not sent after all counts for no threshold."""
    run = make(store, [ONE, TWO], [THREE])
    with sending(store, run) as sender:
        assert sender.take(run, NOON)
    with sending(store, run) as sender:
        assert (sender.tally(run).uncertain, sender.tally(run).waiting) == (2, 1)
        assert [batch.numbers for batch, _at in sender.doubtful(run)] == [(ONE, TWO)]
        assert sender.spent(SCOPE, "cn", NOON) == Spent(2, 2)
    with deciding(store) as ledger:
        assert ledger.assume(run, sent=sent) == 2
        tally = ledger.tally(run)
        assert (tally.assumed, tally.waiting, tally.uncertain) == ((2, 1, 0) if sent else (0, 3, 0))
        assert ledger.spent(SCOPE, "cn", NOON).day == (2 if sent else 0)
        assert ledger.assume(run, sent=sent) == 0


def test_batch_that_surely_was_not_sent_waits_again(store: Store) -> None:
    """As if it had not been taken, for thresholds too."""
    run = make(store, [ONE, TWO])
    with sending(store, run) as sender:
        batch = sender.take(run, NOON)
        assert batch
        sender.give_back(batch)
        assert (sender.tally(run).waiting, sender.spent(SCOPE, "cn", NOON)) == (2, Spent())
        assert sender.take(run, NOON + timedelta(days=1)) == batch
        assert sender.spent(SCOPE, "cn", NOON) == Spent(2, 2)
        assert sender.spent(SCOPE, "cn", NOON + timedelta(days=2)) == Spent(0, 2)


def test_take_leaves_out_whoever_opted_out_and_keeps_to_the_room(store: Store) -> None:
    """Whole batches may go; what has no room waits, and no room at all is no batch."""
    run = make(store, [ONE], numbers(4, 1))
    spent: list[Spent] = []

    def room(said: Spent) -> int:
        spent.append(said)
        return 2 - said.day

    with sending(store, run) as sender:
        batch = sender.take(run, NOON, room, frozenset({ONE, THREE}))
        assert batch
        assert batch.numbers == (TWO, "8613800000003")
        tally = sender.tally(run)
        assert (tally.opted_out, tally.waiting, tally.uncertain, tally.total) == (2, 1, 2, 5)
        assert sender.take(run, NOON, room) is None
        assert spent == [Spent(), Spent(2, 2)]
        assert sender.is_open(run)


def test_limit_counts_whole_accounts_and_regions_apart(store: Store) -> None:
    """Another account's traffic is its own."""
    run = make(store, [ONE, TWO])
    other = make(store, [ONE], run=draft("bill", "another"))
    for one in (run, other):
        with sending(store, one) as sender:
            taken(sender, one)
    with deciding(store) as ledger:
        assert ledger.spent(SCOPE, "cn", NOON).day == 2
        assert ledger.spent("another", "cn", NOON).day == 1
        assert ledger.spent("third", "cn", NOON).day == 0
        assert ledger.spent(SCOPE, "intl", NOON).day == 0


def test_failed_numbers_come_back_with_their_own_values(store: Store) -> None:
    """Those that the service refused, and those whose message the network could not deliver."""
    run = make(store, [ONE, TWO, THREE], values=[["1"], ["2"], ["3"]])
    with sending(store, run) as sender:
        batch = sender.take(run, NOON)
        assert batch
        told = [Fate(f"+{ONE}", "a", "000000", 1), Fate(f"+{TWO}", None, "E200048")]
        told.append(Fate(f"+{THREE}", "c", "000000", 1))
        sender.settle(run, batch, told, frozenset())
        refused = (TWO, ("2",), "E200048")
        undelivered = [("c", "UNDELIV"), ("unknown", "EXPIRED")]
        assert list(sender.failed(run, undelivered)) == [refused, (THREE, ("3",), "UNDELIV")]
        assert list(sender.failed(run, [])) == [refused]


def test_those_who_got_a_message_of_this_name_lately_are_counted(store: Store) -> None:
    """Of the same key only, and since a moment; who waits still got nothing."""
    run = make(store, [ONE, TWO], [THREE])
    with sending(store, run) as sender:
        batch = sender.take(run, NOON)
        assert batch
    with deciding(store) as ledger:
        recent = ledger.recent(run.key, NOON - timedelta(hours=1))
        assert (recent([ONE, TWO, THREE]), recent([THREE])) == (2, 0)
        assert ledger.recent(run.key, NOON + timedelta(hours=1))([ONE]) == 0
        assert ledger.recent(run.key._replace(environment="prod"), NOON)([ONE]) == 0


def test_first_values_are_those_of_who_waits(store: Store) -> None:
    """For test messages: what the first numbers would get."""
    run = make(store, [ONE, TWO], values=[["1"], ["2"]])
    same = make(store, [ONE, TWO], run=draft("bill"))
    with deciding(store) as ledger:
        assert ledger.first_values(run, 1) == [("1",)]
        assert ledger.first_values(run, 5) == [("1",), ("2",)]
        assert ledger.first_values(same, 1) == [None]
        assert ledger.summary(run) == {"rows": 1}
        ledger.fix(run, {"text": "新"})
        assert ledger.rename(run, "news#2").name == "news#2"
        found = ledger.find(run.id)
        assert found
        assert (found.name, found.message) == ("news#2", {"text": "新"})
        assert [one.id for one in ledger.runs_of(run.key)] == [run.id]


def test_nobody_else_is_waited_for_where_nobody_else_sends(store: Store) -> None:
    """At once, and one sender has the whole rate."""
    run = make(store, [ONE])
    with sending(store, run) as sender:
        assert (sender.senders(), sender.wait(run, 60)) == (1, False)


def test_what_was_not_sent_of_a_run_that_was_given_up_goes_out(store: Store) -> None:
    """A person's word about the doubts sends them, and nothing else of it."""
    run = make(store, [ONE], [TWO])
    with sending(store, run) as sender:
        assert sender.take(run, NOON)
    with sending(store, run), pytest.raises(ZeroDivisionError):
        raise ZeroDivisionError
    with deciding(store) as ledger:
        ledger.end(run, NOON)
        assert ledger.assume(run, sent=False) == 1
        assert ledger.is_open(run)
    with sending(store, run) as sender:
        assert [one.numbers for one in taken(sender, run)] == [(ONE,)]
        assert sender.tally(run).ended == 1


COUNTED_TWICE = """
SELECT day, sum(size) FROM smsconf.traffic GROUP BY day HAVING sum(size) <> 0
EXCEPT
SELECT left(at, 10), sum(size) FROM smsconf.batch
WHERE state IN ('sending', 'sent', 'uncertain', 'assumed') GROUP BY 1
"""


class History:
    """What happens to a run, in any order that the table of moves allows."""

    def __init__(self, store: Store, seed: int) -> None:
        self._store = store
        self._chance = random.Random(seed)
        self.run = make(store, *(numbers(self._chance.randint(1, 4), 10 * at) for at in range(6)))
        self.now = NOON.replace(day=30)

    def go(self, count: int) -> None:
        """Let some things happen: senders come and go, people decide between them."""
        while count > 0:
            with sending(self._store, self.run) as sender:
                for _ in range(self._chance.randint(1, 8)):
                    self._send(sender)
                    count -= 1
            with deciding(self._store) as ledger:
                what = self._chance.randrange(6)
                if what == 0:
                    ledger.end(self.run, self.now)
                elif what == 1:
                    ledger.take_up(self.run)
                elif what < 4:
                    ledger.assume(self.run, sent=what == 2)

    def _send(self, sender: RunSender) -> None:
        self.now += timedelta(hours=self._chance.choice([0, 0, 1, 30, -20]))
        room = self._chance.choice([None, lambda spent: max(0, 9 - spent.day)])
        out = frozenset(numbers(1, self._chance.randrange(60)))
        batch = sender.take(self.run, self.now, room, out)
        what = self._chance.randrange(5)
        if batch is None or what == 0:
            return  # what is at hand when the sender leaves is in doubt
        if what == 1:
            sender.give_back(batch)
        elif what == 2:
            sender.doubt(batch)
        else:
            statuses: Iterable[str | None] = ("000000", "000000", "E200048", "E200015", None)
            fates = [one._replace(status=self._chance.choice([*statuses])) for one in takes(batch)]
            sender.settle(self.run, batch, fates, frozenset({"E200015"}))

    def told(self, days: Iterable[datetime]) -> object:
        """Say where all of it stands."""
        with sending(self._store, self.run) as sender:
            doubts = Counter(one for batch, _at in sender.doubtful(self.run) for one in batch.numbers)
            return sender.tally(self.run), doubts, [sender.spent(SCOPE, "cn", day) for day in days]


@pytest.mark.parametrize("seed", range(8))
def test_same_history_is_the_same_in_both_homes(seed: int, tmp_path: Path, postgres_address: str) -> None:
    """Whatever happens in whatever order: tallies, doubts and traffic agree, and traffic with the batches."""
    days = [NOON.replace(day=day) for day in (1, 28, 29, 30, 31)] + [NOON.replace(month=2)]
    with postgres_store(postgres_address) as shared:
        homes: tuple[Store, ...] = (FileStore(tmp_path), shared)
        told = []
        for home in homes:
            history = History(home, seed)
            history.go(60)
            told.append(history.told(days))
        assert told[0] == told[1]
        with psycopg.connect(postgres_address) as database:
            assert database.execute(COUNTED_TWICE).fetchall() == []
