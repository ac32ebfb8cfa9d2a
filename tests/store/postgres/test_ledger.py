"""Many senders with a database between them: who takes what, who is dead, what is counted, what is heard."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import timedelta

import psycopg
import pytest

from smsconf.model.errors import SmsconfError
from smsconf.store.interfaces import RunSender, Work
from smsconf.store.postgres import ledger_sender, ledger_writer
from smsconf.store.postgres.home import PostgresStore
from smsconf.store.postgres.ledger_sender import PostgresRunSender
from smsconf.store.runs import MOVES, Batch, Move, Run, Spent, State
from tests.store.homes import NOON, SCOPE, WORK, deciding, draft, make, numbers, postgres_store, sending
from tests.store.test_runs import takes

SOON = 20.0  # seconds; what takes so long does not come
HERE = (
    "database = (SELECT oid FROM pg_database WHERE datname = current_database())"  # others share the server
)


@pytest.fixture
def store(postgres_address: str) -> Iterator[PostgresStore]:
    with postgres_store(postgres_address) as store:
        yield store


def vanish(sender: RunSender) -> None:
    """End a sender's session as a killed process would, and wait until the server has noticed."""
    assert isinstance(sender, PostgresRunSender)
    number, store = sender._number, sender._database
    sender._session.close()
    held = (
        f"SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = {number} AND objsubid = 2 AND {HERE}"
    )
    with store.open(autocommit=True) as session:
        deadline = time.monotonic() + SOON
        while session.execute(held).fetchall():
            assert time.monotonic() < deadline
            time.sleep(0.01)


def cut(sender: RunSender) -> None:
    """End a sender's session from the other side, as a restart of the server does."""
    assert isinstance(sender, PostgresRunSender)
    with sender._database.open(autocommit=True) as session:
        session.execute("SELECT pg_terminate_backend(%s, 20000)", (sender._session.info.backend_pid,))


def taken(sender: RunSender, run: Run) -> Batch:
    batch = sender.take(run, NOON)
    assert batch
    return batch


def test_eight_senders_take_every_batch_once(store: PostgresStore) -> None:
    """All at once, each on a session of its own; what one of them is taking, another passes over."""
    run = make(store, *(numbers(2, 2 * at) for at in range(200)))
    start = threading.Barrier(8)

    def send(_number: int) -> list[Batch]:
        with sending(store, run) as sender:
            start.wait()
            found = []
            while batch := sender.take(run, NOON):
                found.append(batch)
                with sender.together():
                    sender.settle(run, batch, takes(batch), frozenset())
            return found

    with ThreadPoolExecutor(8) as pool:
        every = [batch.id for found in pool.map(send, range(8)) for batch in found]
    assert len(every) == len(set(every)) == 200
    with store.read_runs() as reader:
        assert reader.tally(run).accepted == 400
        assert reader.spent(SCOPE, "cn", NOON) == Spent(400, 400)


def test_batch_that_somebody_is_about_to_take_is_passed_over(store: PostgresStore) -> None:
    """Nobody waits for anybody, and what was not taken after all is there again."""
    run = make(store, numbers(1), numbers(1, 1), numbers(1, 2))
    with sending(store, run) as first, sending(store, run) as second:
        assert taken(second, run).numbers == tuple(numbers(1))
        with suppress(ZeroDivisionError), first.together():
            assert taken(first, run).numbers == tuple(numbers(1, 1))
            assert taken(second, run).numbers == tuple(numbers(1, 2))
            assert second.take(run, NOON) is None
            raise ZeroDivisionError
        assert taken(second, run).numbers == tuple(numbers(1, 1))


def test_four_senders_never_exceed_a_limit(store: PostgresStore) -> None:
    """Two of them have no limit of their own and count all the same; the last message goes out, no more."""
    runs = [make(store, *(numbers(3, 3 * at) for at in range(60)), run=draft(name)) for name in "ab"]
    seen: list[int] = []

    def send(place: int) -> int:
        def room(spent: Spent) -> int:
            seen.append(spent.day)
            return max(0, 250 - spent.day)

        with sending(store, runs[place % 2]) as sender:
            count = 0
            while batch := sender.take(runs[place % 2], NOON, room if place < 2 else None):
                count += len(batch.numbers)
                if place == 2 and count > 30:
                    break
                if place == 3:
                    sender.give_back(batch)
                    break
                sender.settle(runs[place % 2], batch, takes(batch), frozenset())
            return count

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(4)))
    with store.read_runs() as reader:
        accepted = sum(reader.tally(run).accepted + reader.tally(run).uncertain for run in runs)
        assert reader.spent(SCOPE, "cn", NOON).day == accepted == 250
    assert max(seen) <= 250


def test_what_a_dead_sender_had_is_in_doubt_for_everybody(store: PostgresStore) -> None:
    """Whoever enters finds it, and whoever was there before looks now and then; it is not sent again."""
    run = make(store, numbers(2), numbers(2, 2), numbers(2, 4))
    with sending(store, run) as watcher, sending(store, run) as second, sending(store, run) as third:
        assert watcher.senders() == 3
        taken(second, run)
        taken(third, run)
        vanish(second)
        with sending(store, run) as entering:
            assert [one.numbers for one, _at in entering.doubtful(run)] == [tuple(numbers(2))]
            assert entering.tally(run).uncertain == 4, "one is in doubt, one on its way"
            with store.read_runs() as reader:
                assert doubts(reader) == 1
        vanish(third)
        time.sleep(1.01)  # it looks once a second
        assert watcher.senders() == 1
        with store.read_runs() as reader:
            assert doubts(reader) == 2
        assert taken(watcher, run).numbers == tuple(numbers(2, 4))
        assert watcher.take(run, NOON) is None


def doubts(reader: object) -> int:
    ((count,),) = reader._rows("SELECT count(*) FROM batch WHERE state = 'uncertain'")  # type: ignore[attr-defined]
    return int(count)


def test_answer_at_hand_of_a_sender_taken_for_dead_is_noted(store: PostgresStore) -> None:
    """It was out of touch, others doubted its batch, and now it knows; a second time changes nothing."""
    run = make(store, numbers(2), numbers(2, 2))
    with sending(store, run) as sender:
        batch = taken(sender, run)
        vanish(sender)
        with sending(store, run) as other:
            assert doubts(other) == 1
            other.take(run, NOON)
            for _ in range(2):
                assert sender.settle(run, batch, takes(batch), frozenset()) == 0
            assert (other.tally(run).accepted, doubts(other)) == (2, 0)
            assert other.spent(SCOPE, "cn", NOON).day == 4


def test_batch_of_a_sender_taken_for_dead_is_not_its_own(store: PostgresStore) -> None:
    """Asked right before the request leaves: in doubt, waiting again or taken by others, it stays here."""
    run = make(store, numbers(2))
    with sending(store, run) as sender, sending(store, run) as other:
        batch = taken(sender, run)
        sender.require_ours(batch)
        vanish(sender)
        other.senders()
        with pytest.raises(SmsconfError, match="took this sender for dead"):
            sender.require_ours(batch)
        with deciding(store) as maker:
            maker.assume(run, sent=False)
        with pytest.raises(SmsconfError, match="took this sender for dead"):
            sender.require_ours(batch)
        assert taken(other, run) == batch
        with pytest.raises(SmsconfError, match="took this sender for dead"):
            sender.require_ours(batch)
        other.require_ours(batch)


@pytest.mark.parametrize("sent", [True, False])
def test_answer_that_comes_after_a_persons_word_changes_nothing(store: PostgresStore, sent: bool) -> None:
    """And is an error that says so: somebody may have sent it again."""
    run = make(store, numbers(2))
    with sending(store, run) as sender:
        batch = taken(sender, run)
        vanish(sender)
        with deciding(store) as maker:
            assert maker.assume(run, sent=sent) == 2
        with pytest.raises(SmsconfError, match="after somebody had said" if sent else "waits again"):
            sender.settle(run, batch, takes(batch), frozenset())
        sender.give_back(batch)
        sender.doubt(batch)
        tally = sender.tally(run)
        assert (tally.assumed, tally.waiting) == ((2, 0) if sent else (0, 2))
        assert sender.spent(SCOPE, "cn", NOON).day == (2 if sent else 0)


def test_server_that_is_away_for_a_moment_is_an_error_and_answers_are_noted_after_it(
    store: PostgresStore,
) -> None:
    """What was being written is lost as a whole; the same sender comes back, under its own number."""
    run = make(store, numbers(2), numbers(2, 2))
    with sending(store, run) as sender:
        batch = taken(sender, run)
        cut(sender)

        def turn() -> None:
            with sender.together():
                sender.settle(run, batch, takes(batch), frozenset())
                sender.take(run, NOON)

        with pytest.raises(SmsconfError, match="cannot be written"):
            turn()
        sender.settle(run, batch, takes(batch), frozenset())
        tally = sender.tally(run)
        assert (tally.accepted, tally.waiting, tally.uncertain) == (2, 2, 0)
        assert sender.senders() == 1
        assert sender.spent(SCOPE, "cn", NOON).day == 2


def test_batch_that_a_living_sender_takes_from_a_dead_one_meanwhile_is_its_own(store: PostgresStore) -> None:
    """Who is dead is asked of the batch as it is when it is changed, not as it was when it was found."""
    run = make(store, numbers(2))
    late = "WHERE state = 'sending' AND pg_sleep(1) IS NOT NULL AND"
    with sending(store, run) as first, sending(store, run) as second:
        batch = taken(first, run)
        with store.database.open(autocommit=True) as slow, ThreadPoolExecutor(1) as pool:
            asked = ledger_writer._DEAD.replace("WHERE state = 'sending' AND", late)
            assert asked != ledger_writer._DEAD
            looked = pool.submit(lambda: slow.execute(asked).fetchall())
            time.sleep(0.3)
            first.give_back(batch)
            vanish(first)
            taken(second, run)
            assert looked.result() == []
        assert second.is_on_way(run)


def test_sender_that_comes_back_lives_once_its_lost_session_has_ended(store: PostgresStore) -> None:
    """The server may notice a lost connection later than we do: until then that session has the lock."""
    run = make(store, numbers(2))
    with sending(store, run) as sender, store.database.open(autocommit=True) as lingering:
        batch = taken(sender, run)
        assert isinstance(sender, PostgresRunSender)
        lock = (ledger_sender.SENDER, sender._number)
        cut(sender)
        lingering.execute("SELECT pg_advisory_lock(%s, %s)", lock)
        with pytest.raises(SmsconfError):
            sender.tally(run)
        with ThreadPoolExecutor(1) as pool:
            back = pool.submit(sender.tally, run)
            time.sleep(0.5)
            lingering.close()
            back.result()
        with deciding(store):  # whoever decides calls the dead ones' batches uncertain
            assert sender.is_on_way(run), "it was taken for dead"
        sender.settle(run, batch, takes(batch), frozenset())


def test_server_that_stays_away_is_said_in_words(
    own_postgres: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No traceback and no password; leaving is no error."""
    monkeypatch.setattr(ledger_sender, "_PATIENCE", 0.1)
    address = own_postgres.create("away") + "&password=geheim"  # type: ignore[attr-defined]
    with postgres_store(address) as store:
        run = make(store, numbers(2))
        with sending(store, run) as sender:
            batch = taken(sender, run)
            own_postgres.stop("immediate")  # type: ignore[attr-defined]
            for _ in range(2):
                with pytest.raises(SmsconfError) as raised:
                    sender.settle(run, batch, takes(batch), frozenset())
                assert "database away" in raised.value.message
                assert "geheim" not in str(vars(raised.value))


def test_run_that_is_given_up_stops_its_senders(store: PostgresStore) -> None:
    """Nothing more is taken, and what comes back from then on is given up too."""
    run = make(store, numbers(2), numbers(2, 2), numbers(2, 4))
    with sending(store, run) as sender:
        first, second = taken(sender, run), taken(sender, run)
        with deciding(store) as maker:
            assert maker.end(run, NOON) == 2
        busy = [one._replace(status="E200015") for one in takes(first)]
        sender.settle(run, first, busy, frozenset({"E200015"}))
        sender.give_back(second)
        assert not sender.is_open(run)
        assert sender.take(run, NOON) is None
        assert (sender.tally(run).ended, sender.tally(run).waiting) == (6, 0)


def test_idle_sender_hears_what_comes_back(store: PostgresStore) -> None:
    """At once, long before it would look by itself; and that nothing is on its way any more."""
    run = make(store, numbers(2))
    with sending(store, run) as busy, sending(store, run) as idle, ThreadPoolExecutor(1) as pool:
        for step in ("give back", "settle"):
            batch = taken(busy, run)
            begun = time.monotonic()
            waiting = pool.submit(idle.wait, run, SOON)
            time.sleep(0.2)
            assert not waiting.done()
            if step == "give back":
                busy.give_back(batch)
            else:
                with busy.together():
                    busy.settle(run, batch, takes(batch), frozenset())
                    assert busy.take(run, NOON) is None
            assert waiting.result(SOON) is False
            assert time.monotonic() - begun < 0.9, "it looked only by itself"
            assert idle.is_open(run) == (step == "give back")
        assert idle.wait(run, SOON) is False


def test_waiting_ends_in_time_while_others_send(store: PostgresStore) -> None:
    """So that somebody may stop it."""
    run = make(store, numbers(2))
    with sending(store, run) as busy, sending(store, run) as idle:
        taken(busy, run)
        assert idle.wait(run, 0.05) is True


def test_projects_of_one_account_have_runs_of_their_own_and_share_the_limit(
    store: PostgresStore, postgres_address: str
) -> None:
    """Neither finds, joins or throws away what the other one has; the account's traffic is one."""
    run = make(store, numbers(2))
    with ExitStack() as stack:
        other = stack.enter_context(postgres_store(postgres_address, "other"))
        with deciding(other) as maker:
            with maker.making(draft()) as making:
                making.add(numbers(1, 7), None)
            left = making.run
        with deciding(store) as maker, maker.making(draft("bill")):
            pass
        with other.read_runs() as reader:
            assert (reader.runs(), reader.find(run.id), reader.runs_of(run.key)) == ([], None, [])
            found = reader.find(left)
            assert found, "a draft of another project is its own"
        with sending(store, run) as sender:
            taken(sender, run)
        with other.read_runs() as reader:
            assert reader.spent(SCOPE, "cn", NOON).day == 2
            assert reader.recent(run.key, NOON - timedelta(days=1))(numbers(2)) == 0


def test_one_at_a_time_makes_runs_of_an_account(store: PostgresStore) -> None:
    """The other one waits and is told for whom; sending blocks nobody."""
    run = make(store, numbers(2))
    told: list[Work | None] = []
    entered = threading.Event()

    def decide() -> None:
        with store.make_runs(SCOPE, WORK, lambda holder: (told.append(holder), entered.set())[0]):
            told.append(None)

    with sending(store, run), deciding(store), deciding(store, "another account"):
        second = threading.Thread(target=decide)
        second.start()
        assert entered.wait(SOON)
        assert told == [WORK]
    second.join(SOON)
    assert told == [WORK, None]


def test_lock_that_is_lost_at_the_prompt_lets_nobody_agree(store: PostgresStore) -> None:
    """Another process may have made the same run meanwhile."""
    with deciding(store) as maker:
        with maker.making(draft()) as making:
            making.add(numbers(2), None)
            making.note("d", "news", {})
        found = maker.find(making.run)
        assert found
        with store.database.open(autocommit=True) as session:
            session.execute(
                "SELECT pg_terminate_backend(pid, 20000) FROM pg_locks"
                f" WHERE locktype = 'advisory' AND objsubid = 1 AND {HERE}"
            )
        with pytest.raises(SmsconfError, match="cannot be locked"):
            maker.agree(found, NOON)
    with store.read_runs() as reader:
        assert reader.runs() == []


def test_run_that_is_called_off_meanwhile_ends_its_senders(store: PostgresStore) -> None:
    """In words."""
    run = make(store, numbers(2))
    with sending(store, run) as sender:
        with deciding(store) as maker:
            assert maker.call_off(run)
        with pytest.raises(SmsconfError, match="called off"):
            sender.take(run, NOON)


@pytest.mark.parametrize("move", [Move.SETTLE, Move.RETURN, Move.DOUBT])
@pytest.mark.parametrize("state", list(State))
def test_batch_moves_only_as_the_table_says(store: PostgresStore, move: Move, state: State) -> None:
    """From any other state it stays where it is."""
    run = make(store, numbers(1))
    with sending(store, run) as sender:
        batch = taken(sender, run)
        sender._run("UPDATE batch SET state = :state", state=state)
        before, after = MOVES[move]
        assert sender._move(move, batch) == (state is before)
        ((now,),) = sender._rows("SELECT state FROM batch")
        assert now == (after if state is before else state)


@pytest.mark.parametrize("damage", ["UPDATE run SET message = '{'", "UPDATE run SET made = 'never'"])
def test_damaged_rows_are_said_and_nothing_is_sent(
    store: PostgresStore, postgres_address: str, damage: str
) -> None:
    """Somebody edited the tables by hand."""
    make(store, numbers(1))
    with psycopg.connect(postgres_address, options="-c search_path=smsconf") as database:
        database.execute(damage)
    with store.read_runs() as reader, pytest.raises(SmsconfError, match="something else than it should"):
        reader.runs()


def test_count_of_a_history_is_by_number(store: PostgresStore) -> None:
    """Each number once among those who got something lately, in however many batches it was."""
    run = make(store, numbers(2), numbers(1))
    with sending(store, run) as sender:
        for _ in range(2):
            taken(sender, run)
        assert Counter([sender.recent(run.key, NOON)(numbers(3))]) == Counter([2])
