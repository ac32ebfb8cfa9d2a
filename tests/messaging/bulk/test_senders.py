"""One run, several senders: each keeps to its part, nobody leaves while something may come back."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from smsconf.messaging.bulk.sending import Ended
from smsconf.store.postgres.ledger_sender import PostgresRunSender
from smsconf.store.runs import Tally
from tests.messaging.bulk.test_sending import Service, World, accepted, limits
from tests.store.homes import deciding, make, numbers, postgres_store, sending

SOON = 20.0  # seconds; what takes so long does not come


@pytest.fixture
def world(postgres_address: str) -> Iterator[World]:
    with postgres_store(postgres_address) as store:
        yield World(store)


def test_everybody_gets_it_once_whoever_sends_and_each_sender_knows_of_all(world: World) -> None:
    """Four senders of three connections; the tally of each, at its end, is that of the whole run."""
    run = make(world.store, *(numbers(20, 20 * at) for at in range(150)))
    services = [Service() for _ in range(4)]
    start = threading.Barrier(4)

    def send(service: Service) -> tuple[Ended, Tally]:
        with sending(world.store, run) as sender:
            start.wait()
            ended = world.send(sender, run, service, connections=3)
            return ended, sender.tally(run)

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(send, services))
    assert told == [(Ended(), Tally(accepted=3_000, statuses={}))] * 4
    assert sum((one.got for one in services), Counter()) == Counter(f"+{one}" for one in numbers(3_000))
    assert all(one.requests for one in services), "somebody had nothing to do"


def test_sender_stays_until_nothing_of_others_can_come_back(world: World) -> None:
    """What another one could not send is sent by whoever had nothing to do any more."""
    run = make(world.store, numbers(2))
    taken, idle = threading.Event(), threading.Event()

    def refuse(_asked: list[str], _turn: int) -> httpx.Response:
        taken.set()
        assert idle.wait(SOON)
        return httpx.Response(403, json={"code": "E000623", "description": "limit"})

    def first() -> Ended:
        with sending(world.store, run) as sender:
            return world.send(sender, run, Service(refuse))

    service = Service()
    with ThreadPoolExecutor(1) as pool, sending(world.store, run) as sender:
        refused = pool.submit(first)
        assert taken.wait(SOON)
        wait = sender.wait

        def waited(one: object, seconds: float) -> bool:
            idle.set()
            return wait(one, seconds)  # type: ignore[arg-type]

        sender.wait = waited  # type: ignore[method-assign]
        assert world.send(sender, run, service) == Ended()
        assert refused.result(SOON).problem
    assert service.got == Counter(f"+{one}" for one in numbers(2))


def test_run_that_somebody_ends_stops_soon(world: World) -> None:
    """After what was on its way; it is no error."""
    run = make(world.store, *(numbers(1, at) for at in range(50)))

    def end(asked: list[str], turn: int) -> httpx.Response:
        if turn == 3:
            with deciding(world.store) as maker:
                maker.end(run, world.now)
        return accepted(asked, turn)

    with sending(world.store, run) as sender:
        assert world.send(sender, run, Service(end)) == Ended()
        tally = sender.tally(run)
    assert (tally.accepted, tally.ended, tally.waiting) == (3, 47, 0)


def test_answers_that_are_on_their_way_when_the_store_is_lost_are_noted(world: World) -> None:
    """The run stops with the reason; nobody is in doubt, nobody forgotten, and the next one goes on."""
    run = make(world.store, *(numbers(2, 2 * at) for at in range(9)))
    both = threading.Barrier(2)

    def cut(asked: list[str], turn: int) -> httpx.Response:
        if turn <= 2:
            both.wait(SOON)
        if turn == 2:
            assert isinstance(sender, PostgresRunSender)
            with sender._database.open(autocommit=True) as session:
                session.execute("SELECT pg_terminate_backend(%s, 20000)", (sender._session.info.backend_pid,))
        return accepted(asked, turn)

    service = Service(cut)
    with sending(world.store, run) as sender:
        ended = world.send(sender, run, service, connections=2)
        assert ended.problem
        assert "cannot be written" in (ended.stopped or "")
        tally = sender.tally(run)
        assert (tally.accepted, tally.total) == (len(service.got), 18)
        assert tally.uncertain <= 2, "only what nobody knows whether it was taken"
    with sending(world.store, run) as sender:
        assert world.send(sender, run, service) == Ended()
    assert set(service.got.values()) == {1}
    assert len(service.got) == 18 - tally.uncertain


def test_limit_is_shared_by_all_who_send(world: World) -> None:
    """Four at once, each with the same threshold: as many as it says, and each says why it stopped."""
    run = make(world.store, *(numbers(7, 7 * at) for at in range(40)))
    services = [Service() for _ in range(4)]

    def send(service: Service) -> Ended:
        with sending(world.store, run) as sender:
            return world.send(sender, run, service, connections=2, threshold=limits((None, 100)))

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(send, services))
    assert all("daily limit of 100" in (ended.stopped or "") for ended in told)
    assert sum((one.got for one in services), Counter()).total() == 100
