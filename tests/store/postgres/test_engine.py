"""Connections to the shared store: what is made, and what goes wrong in words."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from smsconf.model.errors import SmsconfError
from smsconf.store.postgres.engine import VERSION, Database
from smsconf.store.postgres.migrate import migrate
from tests.postgres import Server


def test_database_of_this_version_is_used_as_it_is(postgres_address: str) -> None:
    """Migrating it once more changes nothing."""
    database = Database(postgres_address)
    database.check_version()
    assert migrate(database) == (VERSION, VERSION)
    with database.begin("read") as connection:
        assert connection.scalar(text("SELECT count(*) FROM journal")) == 0
    database.close()


def test_database_without_tables_says_how_to_make_them(postgres: Server) -> None:
    """Nothing makes them by the way."""
    database = Database(postgres.create("empty_one", "template0"))
    try:
        with pytest.raises(SmsconfError, match="has no tables") as raised:
            database.check_version()
        assert raised.value.fix == "smsconf store migrate"
        assert migrate(database) == (None, VERSION)
        database.check_version()
    finally:
        database.close()
        postgres.drop("empty_one")


def test_newer_database_is_refused(postgres_address: str) -> None:
    """What a newer smsconf recorded could be misunderstood."""
    database = Database(postgres_address)
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    for use in (database.check_version, lambda: migrate(database)):
        with pytest.raises(SmsconfError, match="version 0999") as raised:
            use()
        assert "newer smsconf" in str(raised.value.fix)
    database.close()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgresql://u:s3cret@127.0.0.1:1/d", "cannot be read"),
        ("host=/nowhere-smsconf dbname=d password=s3cret", "cannot be read"),
        ("s3cret", "is no address"),
        ("postgresql://u:s3cret@[::1/d", "is no address"),
    ],
)
def test_database_that_is_away_is_said_without_the_password(address: str, said: str) -> None:
    """Who reads a log learns where it should be, never how to get in."""
    with pytest.raises(SmsconfError, match=said) as raised:
        Database(address).check_version()
    every = " ".join(map(str, (raised.value, raised.value.why, raised.value.fix, repr(raised.value))))
    assert "s3cret" not in every


def test_database_that_does_not_exist_is_named(postgres: Server) -> None:
    """The name, and the way out."""
    with pytest.raises(SmsconfError, match="no such database") as raised:
        Database(postgres.address("no_such_one")).check_version()
    assert "createdb" in str(raised.value.fix)
