"""What doctor says of a shared store: whether it is there, for whom, and whether its lock holds."""

from __future__ import annotations

import os

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.postgres import Server
from tests.scenarios.conftest import PROJECT, World
from tests.scenarios.test_doctor import examined
from tests.store.postgres.pooling import pooling


@pytest.fixture
def shared(postgres_address: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The store of all runners, in the environment."""
    monkeypatch.setenv("SMSCONF_STORE", postgres_address)
    return postgres_address


def test_store_that_is_well_is_named_and_tried(world: World, shared: str) -> None:
    """Its place and version; journal and cache are in there, so nothing is said of the folder."""
    ran, checks = examined(world)
    assert ran.code == 0, ran.out
    assert checks["store"]["result"] == "ok"
    assert "version 0001" in checks["store"]["message"]
    assert checks["journal"]["message"] == "0 entries"
    assert "cache" not in checks
    assert world.smsconf("apply", "--auto-approve").code == 0
    assert "0 entries" not in examined(world)[1]["journal"]["message"]


def test_user_that_may_only_read_is_a_warning(
    world: World, shared: str, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is all that plan needs, and too little for apply."""
    role = f"doctor_{os.getpid()}"
    with psycopg.connect(shared, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {role} LOGIN")
        admin.execute(f"GRANT USAGE ON SCHEMA smsconf TO {role}")
        admin.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA smsconf TO {role}")
        try:
            monkeypatch.setenv("SMSCONF_STORE", postgres.address(admin.info.dbname, role))
            ran, checks = examined(world)
        finally:
            admin.execute(f"DROP OWNED BY {role}")
            admin.execute(f"DROP ROLE {role}")
    assert (ran.code, checks["store"]["result"]) == (0, "warning")
    assert "a role that may write" in checks["store"]["fix"]


def test_pooler_that_changes_sessions_is_a_failure(
    world: World, shared: str, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the way out; what is in the store is not looked at."""
    with pooling(postgres.folder, conninfo_to_dict(shared)["dbname"], "transaction") as address:
        monkeypatch.setenv("SMSCONF_STORE", address)
        ran, checks = examined(world)
    assert (ran.code, checks["store"]["result"], checks["journal"]["result"]) == (1, "failed", "skipped")
    assert "pool_mode = session" in checks["store"]["fix"]


@pytest.mark.parametrize(
    ("address", "fix"),
    [
        ("postgresql://u:s3cret@127.0.0.1:1/shop", "start it, or correct SMSCONF_STORE"),
        ("postgresql://u:s3cret", "write it like postgresql://"),
    ],
)
def test_store_that_cannot_be_reached_is_a_failure(
    world: World, monkeypatch: pytest.MonkeyPatch, address: str, fix: str
) -> None:
    """Everything else is looked at all the same, and the password is not shown."""
    monkeypatch.setenv("SMSCONF_STORE", address)
    ran, checks = examined(world)
    assert ran.code == 1
    assert [one["name"] for one in checks.values() if one["result"] == "failed"] == ["store"]
    assert fix in checks["store"]["fix"]
    assert "s3cret" not in ran.out + ran.err


def test_project_that_needs_a_shared_store_and_has_none_is_a_failure(world: World) -> None:
    """`store: shared`, and nothing names one."""
    world.write(PROJECT.replace("version: 1\n", "version: 1\nstore: shared\n"))
    ran, checks = examined(world)
    assert (ran.code, checks["store"]["result"]) == (1, "failed")
    assert "SMSCONF_STORE" in checks["store"]["fix"]


def test_nothing_is_said_of_a_store_where_files_do(world: World) -> None:
    """The folder has its own checks."""
    _ran, checks = examined(world)
    assert "store" not in checks
    assert {"journal", "cache"} <= checks.keys()
