"""The lock in the shared store: of one account, of a session, and gone with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime

import psycopg
import pytest

from smsconf.model.errors import SmsconfError
from smsconf.store.interfaces import Work
from smsconf.store.postgres.engine import Database
from smsconf.store.postgres.home import PostgresStore
from smsconf.store.postgres.lock import hold
from smsconf.store.runs import Key, Run

SINCE = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
LIN = Work("lin", "build-7", 4711, SINCE, "apply")
_HOLD = """
import sys, time
from dataclasses import replace
from datetime import UTC, datetime
from smsconf.store.interfaces import Work
from smsconf.store.postgres.home import PostgresStore
work = Work("lin", "build-7", 1, datetime.now(UTC), "apply")
with PostgresStore(sys.argv[1], "shop").lock("account", work, timeout=0, waiting=print):
    print("held", flush=True)
    time.sleep(60)
"""


def test_accounts_are_locked_one_by_one(postgres_address: str) -> None:
    """Who writes to another account is in nobody's way."""
    store = PostgresStore(postgres_address, "shop")
    with (
        store.lock("one", LIN, timeout=0, waiting=print),
        store.lock("other", LIN, timeout=0, waiting=print) as other,
    ):
        other.prove()
    store.database.close()


def test_session_that_is_ended_holds_nothing(postgres_address: str) -> None:
    """Nothing more is written to the service once the lock may be somebody else's."""
    store = PostgresStore(postgres_address, "shop")
    with (
        psycopg.connect(postgres_address, autocommit=True) as admin,
        store.lock("account", LIN, timeout=0, waiting=print) as lock,
    ):
        lock.prove()
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database ="
            " (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        with pytest.raises(SmsconfError, match="cannot be locked"):
            lock.prove()
    store.database.close()


def test_process_that_is_killed_frees_it_at_once(postgres_address: str) -> None:
    """Its connection ends with it, and with that the lock."""
    command = [sys.executable, "-c", _HOLD, postgres_address]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        told: list[Work | None] = []
        os.kill(process.pid, signal.SIGKILL)
        start = time.monotonic()
        store = PostgresStore(postgres_address, "shop")
        with store.lock("account", LIN, timeout=30, waiting=told.append):
            assert time.monotonic() - start < 5
        store.database.close()


def test_who_gives_up_sleeps_between_two_looks(postgres_address: str) -> None:
    """It asks no more often than it must."""
    database, naps = Database(postgres_address), []
    now = [0.0]

    def sleep(seconds: float) -> None:
        naps.append(seconds)
        now[0] += seconds

    late = hold(database, "account", LIN, timeout=1, waiting=print, sleep=sleep, clock=lambda: now[0])
    with (
        hold(database, "account", LIN, timeout=None, waiting=print),
        pytest.raises(SmsconfError, match="the lock is held by lin"),
        late,
    ):
        pass
    assert naps == [0.25] * 4
    database.close()


def test_keepalives_end_what_a_lost_machine_left_within_a_minute(postgres_address: str) -> None:
    """The server is told how soon it has to notice; the client notices as soon."""
    database = Database(postgres_address)
    with database.open(autocommit=True) as connection:
        parameters = connection.info.get_parameters()
        assert int(parameters["keepalives_idle"]) + 5 * 3 < 60
        shown = {
            name: connection.execute(f"SHOW {name}").fetchone() for name in ("lock_timeout", "search_path")
        }
        assert shown == {"lock_timeout": ("1min",), "search_path": ("smsconf",)}
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
    database.close()


def test_status_names_who_sends_which_run(postgres_address: str) -> None:
    """As long as it does; a run that nobody sends is named by nobody."""
    store = PostgresStore(postgres_address, "shop")
    draft = Run(0, Key("account", None, "template.news"), "news", "template.news", "cn", "", {}, SINCE)
    with store.make_runs("account", LIN, print) as maker, maker.making(draft) as making:
        making.add(["8613812345678"], None)
    run = replace(draft, id=making.run)
    with store.send_runs(run, LIN):
        status = store.status()
        assert status.senders == [(run.id, LIN)]
        assert status.scopes == {}, "a draft is no run"
    assert store.status().senders == []
    store.database.close()
