"""A run of the ledger on its way: who gets what, what stops it, and what the next run goes on with."""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsconf.cloud.http.limiter import Limiter
from smsconf.messaging.bulk.batches import drafts, request_of
from smsconf.messaging.bulk.figures import Meter
from smsconf.messaging.bulk.sending import Bulk, Conditions, Ended
from smsconf.messaging.lists.recipients import Recipient
from smsconf.messaging.send.wire import MOST_BYTES, body
from smsconf.model.address import Address
from smsconf.model.resources import Region, Threshold
from smsconf.store.files.home import FileStore
from smsconf.store.interfaces import RunSender, Store
from smsconf.store.runs import Batch, Run, Tally
from tests.cloud.worlds import Scripted
from tests.messaging.lists.test_recipients import NAMED, PLAIN
from tests.messaging.worlds import fate, open_sender, success
from tests.store.homes import NOON, deciding, draft, make, numbers, postgres_store, sending, store

__all__ = ["store"]

Answers = Callable[[list[str], int], httpx.Response]


def accepted(asked: list[str], _turn: int) -> httpx.Response:
    return httpx.Response(200, json=success(*(fate(one) for one in asked)))


class Service(Scripted):
    """A service that takes what it is asked to, unless told otherwise, and counts who got something."""

    def __init__(self, answer: Answers = accepted) -> None:
        self.got: Counter[str] = Counter()
        self.script = answer
        super().__init__(self._reply)

    def _reply(self, request: httpx.Request) -> httpx.Response:
        if request.headers["content-type"] == "application/json":
            asked = [to for one in json.loads(request.content)["smsContent"] for to in one["to"]]
        else:
            asked = parse_qs(request.content.decode())["to"][0].split(",")
        answer = self.script(asked, len(self.requests))
        if answer.status_code == 200:
            self.got.update(one["originTo"] for one in answer.json()["result"] if one["status"] == "000000")
        return answer


class World:
    """A store with one run, a service, and a clock that only sleeping moves."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = NOON
        self.slept: list[float] = []
        self.warnings: list[str] = []

    def seconds(self) -> float:
        return self.now.timestamp()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    @contextmanager
    def ledger(
        self, *batches: list[str], values: Any = None, name: str = "news"
    ) -> Iterator[tuple[RunSender, Run]]:
        with self.store.read_runs() as reader:
            found = next((run for run in reader.runs() if run.name == name), None) if reader else None
        run = found or make(self.store, *batches, values=values, run=draft(name, now=self.now))
        with sending(self.store, run) as ledger:
            yield ledger, run

    def tally(self, run: Run) -> Tally:
        """Count as somebody beside the sender would."""
        with self.store.read_runs() as reader:
            assert reader
            return reader.tally(run)

    def send(
        self,
        ledger: RunSender,
        run: Run,
        service: Service,
        *,
        threshold: Threshold | None = None,
        kind: str = "notification",
        connections: int = 1,
        stopping: Callable[[], bool] = lambda: False,
        opted_out: Callable[[], frozenset[str]] = frozenset,
        meter: Meter | None = None,
    ) -> Ended:
        limiter = Limiter(None, clock=self.seconds, sleep=self.sleep)
        conditions = Conditions(kind, threshold, lambda: self.now, stopping, opted_out)
        with open_sender(service, limiter=limiter) as sender:
            bulk = Bulk(
                ledger,
                run,
                sender,
                lambda batch: request_of(PLAIN, batch, (), None, None),
                conditions,
                limiter=limiter,
                connections=connections,
                warn=self.warnings.append,
            )
            with (meter or Meter()).measuring(bulk.figures):
                return bulk.send(lambda _progress: None)


@pytest.fixture
def world(store: Store) -> World:
    return World(store)


def limits(daily: tuple[int | None, int | None] = (None, None), monthly: Any = (None, None)) -> Threshold:
    return Threshold(Address.parse("threshold.cn"), Region.CN, *daily, *monthly)


def test_everybody_gets_it_once_on_several_connections(world: World) -> None:
    """Forty batches, four workers; afterwards there is nothing to do, and the ids are in the ledger."""
    every = numbers(4_000)
    service = Service()
    with world.ledger(*(every[at : at + 100] for at in range(0, 4_000, 100))) as (ledger, run):
        assert world.send(ledger, run, service, connections=4) == Ended()
        tally = ledger.tally(run)
        assert (tally.accepted, tally.total, tally.failed) == (4_000, 4_000, 0)
        assert world.send(ledger, run, service) == Ended()
    assert service.got == Counter(f"+{one}" for one in every)
    assert len(service.requests) == 40


def test_intent_is_in_the_ledger_before_the_request(world: World) -> None:
    """Whoever kills the process while a request travels finds its batch uncertain."""
    states = []

    def look(asked: list[str], turn: int) -> httpx.Response:
        tally = world.tally(run)
        states.append((tally.uncertain, tally.accepted, tally.waiting))
        return accepted(asked, turn)

    with world.ledger(numbers(2), numbers(2, 2)) as (ledger, run):
        world.send(ledger, run, Service(look))
    assert states == [(2, 0, 2), (2, 2, 0)]


def test_store_that_became_an_older_copy_is_not_said_to_go_on(postgres_address: str) -> None:
    """A standby that was behind takes over while a request travels: what it lost would go out twice."""

    def fail_over(asked: list[str], turn: int) -> httpx.Response:
        with psycopg.connect(postgres_address, autocommit=True) as admin:
            admin.execute("UPDATE smsconf.batch SET state = 'ready', sender = NULL WHERE state = 'sending'")
            asked_for = "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity"
            admin.execute(f"{asked_for} WHERE datname = current_database() AND pid <> pg_backend_pid()")
        return accepted(asked, turn)

    with postgres_store(postgres_address) as store:
        world = World(store)
        service = Service(fail_over)
        with world.ledger(numbers(2), numbers(2, 2)) as (ledger, run):
            ended = world.send(ledger, run, service)
        assert ended.problem
        assert "waits again" in ended.problem.message
        assert "twice" in str(ended.problem.fix)
        assert len(service.requests) == 1


@pytest.mark.parametrize(("sent", "again"), [(True, 0), (False, 1)])
def test_batch_without_answer_waits_for_a_person(world: World, sent: bool, again: int) -> None:
    """A lost answer is not repeated by this run or the next; their word settles it."""

    def lose_first(asked: list[str], turn: int) -> httpx.Response:
        if turn == 1:
            raise httpx.ReadTimeout("late")
        return accepted(asked, turn)

    first, second = numbers(3), numbers(3, 3)
    service = Service(lose_first)
    with world.ledger(first, second) as (ledger, run):
        ended = world.send(ledger, run, service, connections=2)
        assert ended.stopped is None
        assert world.send(ledger, run, service) == Ended()
        assert set(service.got) == {f"+{one}" for one in second}
        ((batch, at),) = ledger.doubtful(run)
        assert (list(batch.numbers), at) == (first, NOON)
    with deciding(world.store) as maker:
        assert maker.assume(run, sent=sent) == 3
    with world.ledger() as (ledger, run):
        world.send(ledger, run, service)
        assert ledger.tally(run).uncertain == 0
        assert ledger.tally(run).assumed == (3 if sent else 0)
    assert all(service.got[f"+{one}"] == again for one in first)


def test_process_that_dies_leaves_its_batches_uncertain(world: World) -> None:
    """What was on its way is neither sent again nor forgotten."""
    with world.ledger(numbers(2), numbers(2, 2)) as (ledger, run):
        assert ledger.take(run, NOON)
    with world.ledger() as (ledger, run):
        tally = ledger.tally(run)
        assert (tally.uncertain, tally.waiting) == (2, 2)


def test_run_stops_when_as_many_answers_are_lost_as_there_are_connections(world: World) -> None:
    """The way itself is bad then: the other batches stay ready."""

    def lose(_asked: list[str], _turn: int) -> httpx.Response:
        return httpx.Response(502, text="<html>")

    with world.ledger(*(numbers(2, 2 * at) for at in range(9))) as (ledger, run):
        ended = world.send(ledger, run, Service(lose), connections=2)
        assert ended.problem
        tally = ledger.tally(run)
        assert 4 <= tally.uncertain <= 6  # the other worker may have had one on its way
        assert tally.waiting == 18 - tally.uncertain


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (httpx.Response(401, json={"code": "E000104", "description": "bad secret"}), "E000104"),
        (httpx.Response(403, json={"code": "E000623", "description": "limit"}), "E000623"),
        (httpx.Response(400, json={"code": "E000027", "description": "what"}), "E000027"),
    ],
)
def test_refused_request_stops_the_run_and_nothing_is_lost(
    world: World, answer: httpx.Response, word: str
) -> None:
    """One request was made; its batch is ready for the next run."""
    service = Service(lambda _asked, _turn: answer)
    with world.ledger(numbers(2), numbers(2, 2)) as (ledger, run):
        ended = world.send(ledger, run, service)
        assert word in (ended.stopped or "")
        assert ended.problem
        assert (len(service.requests), ledger.tally(run).waiting) == (1, 4)
        service.script = accepted
        assert world.send(ledger, run, service) == Ended()
    assert set(service.got.values()) == {1}


def test_service_that_cannot_be_reached_stops_the_run(world: World) -> None:
    """Nothing was sent, so nothing is in doubt."""

    def refuse(_asked: list[str], _turn: int) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with world.ledger(numbers(2)) as (ledger, run):
        ended = world.send(ledger, run, Service(refuse))
        assert ended.problem
        assert (ledger.tally(run).waiting, ledger.tally(run).uncertain) == (2, 0)


def test_busy_numbers_are_sent_later_and_slower(world: World) -> None:
    """E200015: only those numbers again, after a pause that grows."""

    def busy_twice(asked: list[str], turn: int) -> httpx.Response:
        last = asked[-1]
        return httpx.Response(
            200,
            json=success(*(fate(one, "E200015" if one == last and turn < 3 else "000000") for one in asked)),
        )

    service = Service(busy_twice)
    with world.ledger(numbers(3)) as (ledger, run):
        assert world.send(ledger, run, service) == Ended()
        assert ledger.tally(run).accepted == 3
    assert set(service.got.values()) == {1}
    assert len(service.requests) == 3
    assert world.slept == [1.0, 2.0]


def test_service_that_stays_busy_is_given_up(world: World) -> None:
    """The number is failed with the service's status in the end."""
    service = Service(
        lambda asked, _turn: httpx.Response(200, json=success(*(fate(one, "E200015") for one in asked)))
    )
    with world.ledger(numbers(1)) as (ledger, run):
        assert world.send(ledger, run, service) == Ended()
        assert ledger.tally(run).statuses == {"E200015": 1}
    assert len(service.requests) == 9
    assert max(world.slept) == 60.0


def test_slow_down_holds_for_all_and_repeats_nothing_that_was_taken(world: World) -> None:
    """429 came before anything was done: the same batch again after the time that was asked for."""

    def throttle(asked: list[str], turn: int) -> httpx.Response:
        if turn == 1:
            said = {"error_code": "APIGW.0308", "error_msg": "slow"}
            return httpx.Response(429, json=said, headers={"Retry-After": "7"})
        return accepted(asked, turn)

    service = Service(throttle)
    with world.ledger(numbers(2)) as (ledger, run):
        assert world.send(ledger, run, service) == Ended()
    assert set(service.got.values()) == {1}
    assert 7.0 in world.slept


def test_refused_numbers_are_counted_by_status_and_not_repeated(world: World) -> None:
    """The others of their batch are accepted; a number without a word is uncertain."""

    def mixed(asked: list[str], _turn: int) -> httpx.Response:
        return httpx.Response(200, json=success(fate(asked[0]), fate(asked[1], "E200048")))

    service = Service(mixed)
    with world.ledger(numbers(3)) as (ledger, run):
        assert world.send(ledger, run, service) == Ended()
        tally = ledger.tally(run)
        assert (tally.accepted, tally.statuses, tally.uncertain) == (1, {"E200048": 1}, 1)
        ((batch, _),) = ledger.doubtful(run)
        assert batch.numbers == (numbers(3)[2],)


def test_daily_limit_stops_at_the_number_and_the_next_day_goes_on(world: World) -> None:
    """A batch is cut to what is left; another run of the same region counts too; UTC days."""
    service = Service()
    threshold = limits((4, 7))
    with world.ledger(numbers(5), numbers(5, 5)) as (ledger, run):
        ended = world.send(ledger, run, service, threshold=threshold)
        assert "daily limit of 7" in (ended.stopped or "")
        assert len(service.got) == 7
        assert any("warning value of threshold.cn is 4" in one for one in world.warnings)
    with world.ledger(numbers(2, 50), name="other") as (ledger, run):
        assert "daily limit" in (world.send(ledger, run, service, threshold=threshold).stopped or "")
        world.now += timedelta(hours=20)
        assert world.send(ledger, run, service, threshold=threshold) == Ended()
    with world.ledger() as (ledger, run):
        assert world.send(ledger, run, service, threshold=threshold) == Ended()
    assert len(service.got) == 12
    assert set(service.got.values()) == {1}


def test_monthly_limit_counts_all_days(world: World) -> None:
    """And refused messages count for nothing."""

    def refuse_first(asked: list[str], turn: int) -> httpx.Response:
        if turn == 1:
            return httpx.Response(200, json=success(*(fate(one, "E200048") for one in asked)))
        return accepted(asked, turn)

    service = Service(refuse_first)
    with world.ledger(numbers(3), numbers(3, 3), numbers(3, 6)) as (ledger, run):
        ended = world.send(ledger, run, service, threshold=limits(monthly=(None, 4)))
        assert "monthly limit of 4" in (ended.stopped or "")
        assert len(service.got) == 4


def test_promotion_stops_at_ten_in_the_evening(world: World) -> None:
    """What is left goes out the next morning."""
    world.now = datetime(2026, 1, 5, 13, 59, tzinfo=UTC)

    def minutes(asked: list[str], turn: int) -> httpx.Response:
        world.now += timedelta(minutes=2)
        return accepted(asked, turn)

    service = Service(minutes)
    with world.ledger(numbers(2), numbers(2, 2)) as (ledger, run):
        ended = world.send(ledger, run, service, kind="promotion")
        assert "2026-01-06T08:00+08:00" in (ended.stopped or "")
        assert ledger.tally(run).waiting == 2
        world.now = datetime(2026, 1, 6, 0, 0, tzinfo=UTC)
        assert world.send(ledger, run, service, kind="promotion") == Ended()


def test_wish_to_stop_finishes_what_is_on_its_way(world: World) -> None:
    """Its answer is in the ledger, the rest is ready."""
    service = Service()
    with world.ledger(numbers(2), numbers(2, 2)) as (ledger, run):
        ended = world.send(ledger, run, service, stopping=lambda: bool(service.requests))
        assert ended == Ended(interrupted=True)
        tally = ledger.tally(run)
        assert (tally.accepted, tally.waiting, tally.uncertain) == (2, 2, 0)


def test_who_opts_out_meanwhile_gets_nothing(world: World) -> None:
    """Of what was not sent yet; whole batches may go."""
    service = Service()
    gone = frozenset({*numbers(3), "8613000000000"})
    with world.ledger(numbers(2), numbers(2, 2), numbers(2, 4)) as (ledger, run):
        assert world.send(ledger, run, service, opted_out=lambda: gone) == Ended()
        tally = ledger.tally(run)
        assert (tally.accepted, tally.opted_out, tally.total) == (3, 3, 6)
    assert sorted(service.got) == [f"+{one}" for one in numbers(3, 3)]


def test_opt_out_that_arrives_between_two_batches_is_looked_at(world: World) -> None:
    """The list was read and agreed to long before."""
    service = Service()
    with world.ledger(numbers(2), numbers(2, 2)) as (ledger, run):
        out = lambda: frozenset(numbers(2, 2)) if service.requests else frozenset()  # noqa: E731
        assert world.send(ledger, run, service, opted_out=out) == Ended()
        assert (ledger.tally(run).accepted, ledger.tally(run).opted_out) == (2, 2)
    assert sorted(service.got) == [f"+{one}" for one in numbers(2)]


def test_limit_of_exactly_the_list_is_no_reason_to_stop(world: World) -> None:
    """Everything went out, on several connections too."""
    service = Service()
    with world.ledger(*(numbers(2, 2 * at) for at in range(9))) as (ledger, run):
        assert world.send(ledger, run, service, threshold=limits((None, 18)), connections=4) == Ended()


def test_worker_that_meets_something_unexpected_leaves_its_batch_in_doubt(world: World) -> None:
    """What was on its way is uncertain, the rest waits, and the run says why it stopped."""

    def broken(_asked: list[str], _turn: int) -> httpx.Response:
        raise RuntimeError("a bug")

    with world.ledger(numbers(2), numbers(2, 2)) as (ledger, run):
        ended = world.send(ledger, run, Service(broken))
        assert ended.problem
        assert "RuntimeError" in (ended.stopped or "")
        tally = ledger.tally(run)
        assert (tally.uncertain, tally.waiting, tally.touched) == (2, 2, 2)


def test_different_texts_stay_within_500_numbers_and_64_kilobytes() -> None:
    """Whichever comes first; everybody is in exactly one request, with their own values."""
    rows = [Recipient(one, (f"A{at:011}", "2026年12月31日"), at) for at, one in enumerate(numbers(1_200))]
    found = list(drafts([rows], NAMED, same=False))
    assert sum(len(one.numbers) for one in found) == 1_200
    assert max(len(one.numbers) for one in found) < 500, "these are so long that the bytes come first"
    short = [Recipient(one, ("", ""), at) for at, one in enumerate(numbers(1_200))]
    assert [len(one.numbers) for one in drafts([short[:700], short[700:]], NAMED, same=True)] == [
        500,
        500,
        200,
    ]
    for one in found:
        batch = Batch(1, tuple(one.numbers), tuple(one.values or ()))
        request = request_of(NAMED, batch, (), "https://sms.example.com/reports", "x" * 128)
        assert len(json.dumps(body(request))) <= MOST_BYTES
        assert [content.values for content in request.contents] == one.values


def used(ledger: RunSender, run: Run, world: World) -> int:
    return ledger.spent(run.key.scope, "cn", world.now).day


class Moody(Service):
    """A service with a mood for every request: it takes all, some or nothing, and may not say so."""

    def __init__(self, moods: list[str]) -> None:
        self.moods = moods
        super().__init__(self._moody)

    def _moody(self, asked: list[str], turn: int) -> httpx.Response:
        mood = self.moods[turn - 1] if turn <= len(self.moods) else "takes"
        answers = {"refuses": "E200048", "is busy": "E200015"}
        if mood in answers:
            last = asked[-1]
            told = success(*(fate(one, answers[mood] if one == last else "000000") for one in asked))
            return httpx.Response(200, json=told)
        if mood == "forgets one":
            self.got.update(asked[:1])
            return httpx.Response(200, json=success(*(fate(one) for one in asked[1:])))
        if mood == "loses the answer":
            self.got.update(asked)
            raise httpx.ReadTimeout("late")
        if mood == "loses the request":
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
        if mood == "breaks":
            return httpx.Response(502, text="<html>")
        if mood == "says no":
            return httpx.Response(400, json={"code": "E000027", "description": "no"})
        return accepted(asked, turn)


MOODS = [
    "takes",
    "refuses",
    "is busy",
    "forgets one",
    "loses the answer",
    "loses the request",
    "breaks",
    "says no",
]


@given(
    moods=st.lists(st.sampled_from(MOODS), max_size=25),
    sizes=st.lists(st.integers(1, 4), min_size=1, max_size=8),
    connections=st.integers(1, 3),
    limit=st.one_of(st.none(), st.integers(1, 9)),
)
@settings(max_examples=int(os.environ.get("SMSCONF_MOODS", "60")))
def test_whatever_the_service_does_nobody_gets_it_twice_and_everybody_is_accounted_for(
    moods: list[str], sizes: list[int], connections: int, limit: int | None
) -> None:
    """Runs until nothing waits: accepted got it once, refused never, and only uncertain ones are open."""
    service = Moody(moods)
    batches, start = [], 0
    for size in sizes:
        batches.append(numbers(size, start))
        start += size
    with tempfile.TemporaryDirectory() as folder:
        world = World(FileStore(Path(folder)))
        for _ in range(len(moods) + start + 5):
            with world.ledger(*batches) as (ledger, run):
                world.send(ledger, run, service, connections=connections, threshold=limits((None, limit)))
                tally = ledger.tally(run)
                assert tally.total == start
                assert limit is None or used(ledger, run, world) <= limit
                doubted = {f"+{one}" for batch, _ in ledger.doubtful(run) for one in batch.numbers}
            if not tally.waiting:
                break
            world.now += timedelta(days=1)
    assert tally.waiting == 0
    assert set(service.got.values()) <= {1}
    certain = {one: count for one, count in service.got.items() if one not in doubted}
    assert len(certain) == tally.accepted
    assert len(doubted) == tally.uncertain
    assert tally.failed == start - tally.accepted - tally.uncertain
