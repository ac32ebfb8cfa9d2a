"""Both homes of the store for one test: what is promised of it holds in files and in PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smsconf.store.files.home import FileStore
from smsconf.store.interfaces import RunMaker, RunSender, Store, Work
from smsconf.store.postgres.home import PostgresStore
from smsconf.store.runs import Key, Run

NOON = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)  # 12:00 in Beijing
SCOPE = "emulator/china/1"
WORK = Work("somebody", "here", os.getpid(), NOON, "a test")


@contextmanager
def postgres_store(address: str, project: str = "project") -> Iterator[PostgresStore]:
    """Give a store in a database; its connections are closed afterwards."""
    store = PostgresStore(address, project)
    try:
        yield store
    finally:
        store.database.close()


@pytest.fixture(params=["files", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of either home."""
    if request.param == "files":
        yield FileStore(tmp_path)
        return
    with postgres_store(request.getfixturevalue("postgres_address")) as store:
        yield store


def deciding(store: Store, scope: str | None = SCOPE) -> AbstractContextManager[RunMaker]:
    """Open the runs to make one or to decide about them."""
    return store.make_runs(scope, WORK, lambda _holder: None)


def sending(store: Store, run: Run) -> AbstractContextManager[RunSender]:
    """Open the runs to send one."""
    return store.send_runs(run, WORK)


def draft(name: str = "news", scope: str = SCOPE, now: datetime = NOON) -> Run:
    """Return a run that is still to be made."""
    message = {"target": {}, "same": []}
    return Run(0, Key(scope, None, f"template.{name}"), name, f"template.{name}", "cn", "", message, now)


def make(store: Store, *batches: list[str], values: object = None, run: Run | None = None) -> Run:
    """Make a run that somebody agreed to; ``values`` are those of every batch."""
    wanted = run or draft()
    with deciding(store, wanted.key.scope) as ledger:
        with ledger.making(wanted) as making:
            for batch in batches:
                making.add(batch, values)  # type: ignore[arg-type]
            making.note("d", wanted.name, {"rows": len(batches)})
        found = ledger.find(making.run)
        assert found
        ledger.agree(found, wanted.made)
        return ledger.find(making.run) or found


def numbers(count: int, start: int = 0) -> list[str]:
    """Return so many numbers of the mainland, without plus signs."""
    return [f"86138{place:08}" for place in range(start, start + count)]
