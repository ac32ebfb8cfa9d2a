"""Poolers: one that changes sessions between statements is found out, and not touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import psycopg
import pytest

from smsconf.model.errors import PlanRefused, SmsconfError
from smsconf.store.interfaces import Work
from smsconf.store.postgres.engine import VERSION, Database
from smsconf.store.postgres.lock import hold
from smsconf.store.postgres.proof import prove
from tests.postgres import Server
from tests.store.postgres.pooling import pooling

LIN = Work("lin", "build-7", 4711, datetime(2026, 1, 5, 1, 0, tzinfo=UTC), "apply")
_TRY = "SELECT pg_try_advisory_lock(4711)"


@pytest.fixture
def pooled(postgres: Server, postgres_address: str) -> Iterator[Callable[[str], str]]:
    """A function that puts a pooler of a mode before a fresh database, and returns its address."""
    name = psycopg.conninfo.conninfo_to_dict(postgres_address)["dbname"]
    with ExitStack() as opened:
        yield lambda mode: opened.enter_context(pooling(postgres.folder, name, mode))


def test_pooler_of_transactions_lets_two_hold_one_lock(pooled) -> None:
    """That is why it is refused: the second one gets the session that holds it."""
    address = pooled("transaction")
    with (
        psycopg.connect(address, autocommit=True) as one,
        psycopg.connect(address, autocommit=True) as other,
    ):
        assert one.execute(_TRY).fetchone() == other.execute(_TRY).fetchone() == (True,)


def test_pooler_of_transactions_is_refused_and_its_sessions_left_as_they_were(pooled) -> None:
    """Whoever else gets such a session would get our settings with it."""
    address = pooled("transaction")
    database = Database(address)
    for _attempt in range(2):
        with pytest.raises(PlanRefused, match="behind a pooler") as refused:
            database.check_version()
    with pytest.raises(PlanRefused, match="behind a pooler"), hold_it(Database(address)):
        pass
    assert "pool_mode = session" in str(refused.value.fix)
    with psycopg.connect(address, autocommit=True) as stranger:
        assert stranger.execute("SHOW search_path").fetchone() == ('"$user", public',)


def test_pooler_of_sessions_is_as_good_as_none(pooled) -> None:
    """Who has a session keeps it, and the lock with it."""
    database = Database(pooled("session"))
    with hold_it(database) as lock:
        with pytest.raises(PlanRefused, match="the lock is held by lin"), hold_it(database):
            pass
        lock.prove()
    with hold_it(database):
        pass
    database.close()


@pytest.mark.parametrize(
    ("mode", "said"),
    [("transparent", "gives one lock to two"), ("careless", "keeps the lock of a connection that has ended")],
)
def test_doctor_finds_out_what_hides_better(pooled, mode: str, said: str) -> None:
    """It tries the lock itself, with two connections."""
    database = Database(pooled(mode))
    with pytest.raises(SmsconfError, match=said):
        prove(database, sleep=lambda _seconds: None)
    database.engine.dispose()


def test_server_without_a_pooler_is_proved(postgres_address: str) -> None:
    """One at a time, and the next as soon as the first has gone."""
    proof = prove(Database(postgres_address))
    assert (proof.version, proof.writable) == (VERSION, True)


def hold_it(database: Database):
    return hold(database, "account", LIN, timeout=0, waiting=lambda _holder: None)
