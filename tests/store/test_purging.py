"""Numbers and texts that go for good, in both homes: counts stay, and nothing of what went is found again."""

from __future__ import annotations

import json
import sqlite3
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from smsconf.messaging.receive.receipts import match, tally
from smsconf.model.errors import PlanRefused
from smsconf.store.files.home import FileStore
from smsconf.store.interfaces import Store, Work
from smsconf.store.messages import Reply, Report, Sent
from smsconf.store.postgres.home import PostgresStore
from smsconf.store.purging import Purged, Wanted
from smsconf.store.runs import Batch, Fate, Run, Tally
from tests.store.files.test_ledger import FIRST
from tests.store.homes import NOON, SCOPE, WORK, deciding, draft, make, numbers, sending, store

__all__ = ["store"]

LATER = NOON + timedelta(days=100)
OLD = Wanted(before=NOON + timedelta(days=10), received_before=NOON + timedelta(days=10))
ONE, TWO, THREE, FOUR, FIVE = numbers(5)
SINGLE = "8613900000001"


def fates(batch: Batch) -> list[Fate]:
    """The service takes all but the last of a batch."""
    *first, last = batch.numbers
    taken = [Fate(f"+{one}", f"id-{batch.id}-{one[-2:]}", "000000", 1) for one in first]
    return [*taken, Fate(f"+{last}", None, "E200028")]


def lived(store: Store, now: datetime = NOON) -> Run:
    """A list of three batches: one answered, one uncertain, one waiting; each number has values."""
    run = make(store, [ONE, TWO], [THREE], [FOUR, FIVE], run=draft(now=now))
    with sending(store, run) as ledger:
        first, second = ledger.take(run, now), ledger.take(run, now)
        assert first
        assert second
        ledger.settle(run, first, fates(first), frozenset())
        ledger.doubt(second)
    sent = Sent("single", f"+{SINGLE}", now, "template.news", segments=1, scope=SCOPE)
    store.add_sent([sent])
    with store.open_inbox(SCOPE) as inbox:
        inbox.add([Report(f"id-{first.id}-{ONE[-2:]}", "DELIVRD", to=f"+{ONE}", extend="order 7")], now)
        inbox.add([Report("single", "REJECTD"), Reply("r1", f"+{ONE}", "10690", "secret words")], now)
        inbox.add([Reply("r2", f"+{TWO}", "10690", "R secret words")], now)
    return run


def counts(store: Store, run: Run) -> tuple[Tally, object]:
    """What is counted of a list, and what became of everything that was sent."""
    with store.read_runs() as ledger:
        assert ledger
        tallies, others = tally(match(store.sent(), store.reports(), LATER), "template")
        return ledger.tally(run), (
            {name: (one.deliveries, one.failures, one.segments) for name, one in tallies.items()},
            others,
        )


def purge(store: Store, scope: str | None, wanted: Wanted, replies: list[tuple[str, str | None]]) -> Purged:
    return store.purge(scope, wanted, replies, WORK, lambda _holder: None)


def give_up(store: Store, run: Run) -> None:
    with deciding(store) as ledger:
        ledger.end(run, NOON)


def everything(store: Store) -> bytes:
    """Whatever the home holds: the files as they lie on the disk, the database as it answers."""
    if isinstance(store, PostgresStore):
        with store.database.engine.begin() as connection:
            tables = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'smsconf'"))
            asked = [text(f"SELECT {one}::text FROM {one}") for one in tables.all()]
            return "\n".join(row for one in asked for row in connection.scalars(one)).encode()
    return b"".join(one.read_bytes() for one in Path(store.place).rglob("*") if one.is_file())


def test_list_that_is_over_loses_numbers_and_values_and_no_count(store: Store) -> None:
    """What is uncertain keeps its numbers, since a person may still settle it; then it goes, too."""
    run = lived(store)
    give_up(store, run)
    before = counts(store, run)
    done = purge(store, SCOPE, OLD, [("r1", None), ("r2", "R")])
    assert done == Purged(runs=1, numbers=4, sent=1, reports=1, replies=1, opt_outs=1, uncertain={run.id: 1})
    assert counts(store, run) == before
    assert {one.to for one in store.sent()} == {""}
    assert [(one.item.sender, one.item.body) for one in store.replies(SCOPE)] == [("", ""), (f"+{TWO}", "R")]
    with deciding(store) as ledger:
        ledger.assume(run, sent=False)
        ledger.take_up(run)  # what was given up is gone: nobody is sent to who has no number
        assert ledger.tally(run).waiting == 1
    with sending(store, run) as sender:
        batch = sender.take(run, LATER)
        assert batch
        assert batch.numbers == (THREE,)
        sender.settle(run, batch, fates(batch), frozenset())
        assert sender.take(run, LATER) is None
        assert list(sender.failed(run, [])) == [(THREE, None, "E200028")]
    again = Wanted(before=LATER + timedelta(days=1), received_before=LATER)
    assert purge(store, SCOPE, again, []).numbers == 1
    with store.read_runs() as reader:
        assert reader
        assert list(reader.failed(run, [])) == []
        assert reader.tally(run).total == 5


def test_list_that_waits_or_is_young_keeps_everything(store: Store) -> None:
    """It is sent from what is kept."""
    run = lived(store)
    assert purge(store, SCOPE, OLD, []).runs == 0
    give_up(store, run)
    young = Wanted(before=NOON - timedelta(days=1), received_before=NOON - timedelta(days=1))
    assert purge(store, SCOPE, young, []) == Purged()
    with deciding(store) as runs:
        runs.take_up(run)
    with sending(store, run) as ledger:
        batch = ledger.take(run, LATER)
        assert batch
        assert batch.numbers == (FOUR, FIVE)


def test_number_goes_everywhere_and_what_waits_for_it_is_given_up(store: Store) -> None:
    """Its neighbours keep their own values; what is uncertain of it stays, and is told."""
    values = [["a"], ["b"]]
    run = make(store, [ONE, TWO], [THREE, FOUR], values=values)
    with sending(store, run) as ledger:
        first = ledger.take(run, NOON)
        assert first
        ledger.settle(run, first, fates(first), frozenset())
    store.add_sent([Sent("single", f"+{ONE}", NOON, "template.news"), Sent("other", f"+{TWO}", NOON, "t")])
    total = counts(store, run)[0].total
    for number, gone in ((ONE, (1, 0, 1)), (FOUR, (0, 1, 0)), (TWO, (1, 0, 1))):
        done = purge(store, SCOPE, Wanted(number=number), [])
        assert (done.numbers, done.given_up, done.sent) == gone
    assert counts(store, run)[0].total == total
    assert counts(store, run)[0].ended == 1
    with sending(store, run) as ledger:
        batch = ledger.take(run, LATER)
        assert batch
        assert (batch.numbers, batch.values) == ((THREE,), (("a",),))
        ledger.doubt(batch)
    assert purge(store, SCOPE, Wanted(number=THREE), []).uncertain == {run.id: 1}
    assert list(store.sent()) == [
        Sent(one.message_id, "", one.at, one.template, one.campaign, one.batch, one.segments, one.scope)
        for one in store.sent()
    ]


def test_nothing_of_what_went_is_on_the_disk(store: Store) -> None:
    """Neither in a free page, nor in a log, nor in a copy that an upgrade kept."""
    run = lived(store)
    give_up(store, run)
    with deciding(store) as ledger:
        ledger.assume(run, sent=True)
    if not store.shared:
        (Path(store.place) / "ledger.v2.db").write_text(f"{ONE}")
        (Path(store.place) / "dropped-news.csv").write_text(f"row,number\n1,{ONE}\n")
    for one in (ONE, SINGLE, "secret words", "order 7"):
        assert one.encode() in everything(store), one
    for number in (ONE, SINGLE):
        done = purge(store, SCOPE, Wanted(number=number), [("r1", None), ("r2", "R")])
    purge(store, SCOPE, OLD, [])
    left = everything(store)
    for one in (ONE, THREE, FIVE, SINGLE, "secret words", "order 7"):
        assert one.encode() not in left, one
    assert TWO.encode() in left  # out, and stays so
    assert done.opt_outs == 1


def test_texts_that_a_list_was_shown_with_go_with_a_number(store: Store) -> None:
    """They are made of values, and nobody can tell whose."""
    runs = [make(store, [one, TWO], run=draft(f"for-{one}")) for one in (ONE, THREE)]
    with deciding(store) as ledger, ledger.making(draft("shown")) as making:
        making.add([ONE], None)
        making.note("d", "shown", {"rows": 1, "samples": ["Dear Ann"]})
    with deciding(store) as ledger:
        shown = ledger.find(making.run)
        assert shown
        ledger.agree(shown, NOON)
    assert purge(store, SCOPE, Wanted(number=THREE), []).runs == 1
    with store.read_runs() as reader:
        assert reader
        assert reader.summary(shown)["samples"] == ["Dear Ann"]
    assert purge(store, SCOPE, Wanted(number=ONE), []).runs == 2
    with store.read_runs() as reader:
        assert reader
        assert [reader.summary(one) for one in (runs[0], shown)] == [{"rows": 1}, {"rows": 1, "samples": []}]


def test_what_was_given_up_is_taken_up_without_a_number_that_went(store: Store) -> None:
    """What waits is who can be sent to, and nobody is lost from the counts."""
    run = make(store, [ONE, TWO], [THREE])
    give_up(store, run)
    assert purge(store, SCOPE, Wanted(number=ONE), []).numbers == 1
    with deciding(store) as ledger:
        ledger.take_up(run)
        assert (ledger.tally(run).waiting, ledger.tally(run).ended) == (2, 1)
    with sending(store, run) as sender:
        first = sender.take(run, NOON)
        assert first
        assert first.numbers == (TWO,)
        sender.settle(run, first, fates(first), frozenset())
        assert sender.tally(run).total == 3


def test_list_of_a_first_version_loses_its_numbers(tmp_path: Path) -> None:
    """What it sent stands with its answers alone."""
    store = FileStore(tmp_path)
    Path(store.place).mkdir()
    with closing(sqlite3.connect(Path(store.place) / "ledger.db")) as database:
        database.executescript(f"{FIRST}; DELETE FROM batch WHERE state <> 'sent'")
    assert purge(store, None, OLD, []) == Purged(runs=1, numbers=1, files=1)
    assert b"8613812345678" not in everything(store)
    assert [one.to for one in store.sent()] == [""]


def test_files_are_not_purged_while_a_list_goes_out(tmp_path: Path) -> None:
    """The sender holds the ledger."""
    store = FileStore(tmp_path)
    run = lived(store)
    with sending(store, run), pytest.raises(PlanRefused, match="at work"):
        purge(store, SCOPE, OLD, [])


def test_other_projects_and_accounts_keep_what_is_theirs(postgres_address: str) -> None:
    """A shared store is purged for one project, and for what came back to one account."""
    ours, theirs = PostgresStore(postgres_address, "ours"), PostgresStore(postgres_address, "theirs")
    run = make(theirs, [ONE])
    theirs.add_sent([Sent("m", f"+{ONE}", NOON, "t", scope=SCOPE)])
    with theirs.open_inbox("emulator/china/2") as inbox:
        inbox.add([Reply("r", f"+{ONE}", "1", "hello"), Report("m", "DELIVRD", to=f"+{ONE}")], NOON)
    for wanted in (OLD, Wanted(number=ONE)):
        assert purge(ours, SCOPE, wanted, [("r", None)]) == Purged()
    assert [one.to for one in theirs.sent()] == [f"+{ONE}"]
    assert [one.item.body for one in theirs.replies("emulator/china/2")] == ["hello"]
    with sending(theirs, run) as ledger:
        batch = ledger.take(run, NOON)
        assert batch
        assert batch.numbers == (ONE,)
    for one in (ours, theirs):
        one.database.close()


def test_purge_tells_whom_it_waits_for(postgres_address: str) -> None:
    """Somebody may stand at a prompt for an hour."""
    other, ours = PostgresStore(postgres_address, "project"), PostgresStore(postgres_address, "project")
    held = ExitStack()
    held.enter_context(other.lock(SCOPE, WORK, timeout=0, waiting=lambda _holder: None))
    told: list[Work | None] = []

    def waiting(holder: Work | None) -> None:
        told.append(holder)
        held.close()

    assert ours.purge(SCOPE, OLD, [], WORK, waiting) == Purged()
    assert [one and one.doing for one in told] == [WORK.doing]
    for one in (other, ours):
        one.database.close()


def test_samples_and_shared_values_of_a_list_go(store: Store) -> None:
    """They are texts as well; who made the list and what it counted stays."""
    run = make(store, [ONE], run=draft())
    with deciding(store) as ledger:
        ledger.fix(run, {"target": {}, "text": "digest", "same": ["42"]})
        ledger.end(run, NOON)
    purge(store, SCOPE, OLD, [])
    with store.read_runs() as reader:
        assert reader
        found = reader.find(run.id)
        assert found
        assert json.dumps(found.message) == '{"target": {}, "text": "digest", "same": null}'
        assert reader.summary(run) == {"rows": 1, "samples": []}
