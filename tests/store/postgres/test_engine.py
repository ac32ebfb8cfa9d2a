"""Connections to the shared store: what is made, and what goes wrong in words."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import text

from smsconf.model.errors import SmsconfError
from smsconf.store.entries.owner import Owner
from smsconf.store.postgres.engine import VERSION, Database
from smsconf.store.postgres.home import PostgresStore
from smsconf.store.postgres.migrate import migrate
from tests.postgres import Server, wait_until


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
        assert raised.value.fix == "run smsconf store migrate"
        assert migrate(database) == (None, VERSION)
        database.check_version()
    finally:
        database.close()
        postgres.drop("empty_one")


def test_database_that_cannot_hold_every_text_is_refused(postgres: Server) -> None:
    """Before anything is made in it, not at the first Chinese text."""
    with psycopg.connect(postgres.address(), autocommit=True) as admin:
        admin.execute("CREATE DATABASE latin_one TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    database = Database(postgres.address("latin_one"))
    try:
        with pytest.raises(SmsconfError, match="encoded in LATIN1") as raised:
            migrate(database)
        assert "--encoding UTF8" in str(raised.value.fix)
        assert database.version() is None
    finally:
        database.close()
        postgres.drop("latin_one")


@pytest.mark.parametrize(
    ("name", "theirs", "ours"),
    [
        ("statement_timeout", "1s", "0"),
        ("transaction_timeout", "1s", "0"),
        ("idle_session_timeout", "1s", "0"),
        ("idle_in_transaction_session_timeout", "1s", "10min"),
        ("lock_timeout", "1ms", "1min"),
        ("default_transaction_isolation", "serializable", "read committed"),
        ("search_path", "pg_catalog", "smsconf"),
        ("TimeZone", "Asia/Kolkata", "UTC"),
        ("DateStyle", "German, DMY", "ISO, DMY"),
        ("client_encoding", "LATIN1", "UTF8"),
        ("synchronous_commit", "off", "on"),
        ("synchronous_commit", "local", "on"),
        ("synchronous_commit", "remote_apply", "remote_apply"),
    ],
)
def test_settings_of_a_role_do_not_hold_for_us(
    postgres_address: str, name: str, theirs: str, ours: str
) -> None:
    """Administrators bound sessions of web programs; a lock that is given back by itself would be no lock."""
    with psycopg.connect(postgres_address, autocommit=True) as admin:
        place = f"DATABASE {admin.info.dbname}"
        admin.execute(f"ALTER {place} SET {name} = '{theirs}'")  # type: ignore[call-overload]
    database = Database(postgres_address)
    with database.open() as connection:
        assert connection.execute(f"SHOW {name}").fetchone() == (ours,)  # type: ignore[call-overload]
    database.close()


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
        ("postgresql://u:s3cret", "is no address"),  # whoever forgot the host
        ("postgresql://u:x@s3cret@h/d", "is no address"),  # a password that is to be written with %40
        ("postgresql://u:x/s3cret@h/d", "is no address"),
        ("postgresql://u:1/s3cret@h/d", "is no address"),
        ("postgresql://u@h/d?s3cret=1", "is no address"),
        ("postgresql://u:s3cret\udcff@h/d", "is no address"),  # bytes that are not UTF-8
        ("dbname='host=h password=s3cret'", "is no address"),
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


def test_role_that_is_not_let_in_is_not_taken_for_a_missing_database(postgres: Server) -> None:
    """One that is not there, may not log in, may not use the database, or comes when all places are taken."""
    address = postgres.create("guarded", "template0")
    with psycopg.connect(postgres.address(), autocommit=True) as admin:
        admin.execute("CREATE ROLE group_only; CREATE ROLE guest LOGIN")
        admin.execute("REVOKE CONNECT ON DATABASE guarded FROM PUBLIC")
        try:
            for user, said, way in (
                ("no_such_role", "does not let this user in", "correct the user"),
                ("group_only", "does not let this user in", "correct the user"),
                ("guest", 'may not do that .permission denied for database "guarded"', "have it granted"),
            ):
                with pytest.raises(SmsconfError, match=said) as raised:
                    Database(postgres.address("guarded", user)).check_version()
                assert way in str(raised.value.fix)
        finally:
            admin.execute("DROP ROLE group_only; DROP ROLE guest")
    database = Database(address)
    full = psycopg.OperationalError("FATAL: remaining connection slots are reserved for roles with …")
    with pytest.raises(SmsconfError, match="too many connections"), database.in_words("read"):
        raise full
    postgres.drop("guarded")


def test_tables_of_somebody_else_are_left_alone(postgres: Server) -> None:
    """A schema of our name that is not ours: said, with a way out."""
    database = Database(postgres.create("theirs", "template0"))
    with database.engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA smsconf"))
        connection.execute(text("CREATE TABLE smsconf.run (id int)"))
    try:
        with pytest.raises(SmsconfError, match="other tables") as raised:
            migrate(database)
        assert "createdb" in str(raised.value.fix)
    finally:
        database.close()
        postgres.drop("theirs")


def test_address_says_which_database_and_never_how_to_get_in() -> None:
    """Words and URLs, sockets and several hosts."""
    said = {
        "postgresql://u:s3cret@db.example.com:6432/shop?sslkey=/k&sslmode=require": (
            "database shop at db.example.com:6432 as u"
        ),
        "postgres:///shop?host=/run/postgresql": "database shop at /run/postgresql",
        "host=a,b dbname=shop user=u password='s 3'": "database shop at a,b as u",
        "service=sms": "database sms",
        "postgresql://u%40tenant:p%40s3cret@h/d": "database d at h as u@tenant",
    }
    assert {one: Database(one).place for one in said} == said


def test_role_that_may_only_read_reads_and_is_told_that_it_may_not_write(
    postgres: Server, postgres_address: str
) -> None:
    """It is enough for plan."""
    with psycopg.connect(postgres_address, autocommit=True) as admin:
        admin.execute("CREATE ROLE looker LOGIN")
        try:
            name = admin.info.dbname
            barred = Database(postgres.address(name, "looker"))
            with pytest.raises(SmsconfError, match="may not do that"):
                barred.check_version()
            admin.execute("GRANT USAGE ON SCHEMA smsconf TO looker")
            admin.execute("GRANT SELECT ON ALL TABLES IN SCHEMA smsconf TO looker")
            journal = PostgresStore(postgres.address(name, "looker"), "shop").journal
            assert journal.read().entries == ()
            with pytest.raises(SmsconfError, match="may not do that") as raised:
                journal.append(datetime(2026, 1, 5, tzinfo=UTC), Owner("account", None), {"event": "intent"})
            assert "table journal" in str(raised.value)
            assert "have it granted" in str(raised.value.fix)
            for one in (barred, journal._database):
                one.close()
        finally:
            admin.execute("DROP OWNED BY looker")
            admin.execute("DROP ROLE looker")


def test_schema_that_was_made_for_us_is_migrated_without_more_rights(postgres: Server) -> None:
    """Who may make tables in it need not be able to make schemas."""
    address = postgres.create("given", "template0")
    with psycopg.connect(address, autocommit=True) as admin:
        admin.execute("CREATE ROLE tenant LOGIN")
        database = Database(postgres.address("given", "tenant"))
        try:
            with pytest.raises(SmsconfError, match=r"may not do that .*for database given"):
                migrate(database)
            admin.execute("CREATE SCHEMA smsconf AUTHORIZATION tenant")
            assert migrate(database) == (None, VERSION)
        finally:
            database.close()
            postgres.drop("given")
    with psycopg.connect(postgres.address(), autocommit=True) as admin:
        admin.execute("DROP ROLE tenant")


def test_what_the_database_says_of_a_row_is_not_repeated(postgres_address: str) -> None:
    """Its details hold numbers and texts of people."""
    database = Database(postgres_address)
    row = "INSERT INTO imported (source, project, at) VALUES ('+8613800138000', NULL, '')"
    with pytest.raises(SmsconfError, match="null value") as raised, database.begin("written") as connection:
        connection.execute(text(row))
    assert "13800138000" not in f"{raised.value} {raised.value.why} {raised.value.fix}"
    database.close()


@pytest.mark.parametrize(
    ("state", "said"),
    [("53100", "its disk is full"), ("53300", "too many connections"), ("25006", "only lets read")],
)
def test_what_ails_the_database_is_said_with_a_way_out(postgres_address: str, state: str, said: str) -> None:
    """By its code, whatever language it speaks."""
    database = Database(postgres_address)
    raises = f"DO $$ BEGIN RAISE EXCEPTION '坏了' USING ERRCODE = '{state}'; END $$"
    with pytest.raises(SmsconfError, match=said) as raised, database.begin("written") as connection:
        connection.execute(text(raises))
    assert raised.value.fix
    database.close()


def test_password_that_is_wrong_is_said_and_not_shown(postgres: Server, postgres_address: str) -> None:
    """A role with a password, asked for it by the server."""
    hba = postgres.folder / "data" / "pg_hba.conf"
    with psycopg.connect(postgres_address, autocommit=True) as admin:
        admin.execute("CREATE ROLE guarded LOGIN PASSWORD 'right'")
        rules = hba.read_text()
        try:
            hba.write_text(f"local all guarded scram-sha-256\n{rules}")
            admin.execute("SELECT pg_reload_conf()")
            address = postgres.address(admin.info.dbname, "guarded:s3cret")
            wait_until(lambda: _refusal(address) == "it refuses the password")  # once it has read its rules
            assert _refusal(postgres.address(admin.info.dbname, "guarded")) == "it refuses the password"
            good = Database(postgres.address(admin.info.dbname, "guarded:right"))
            with pytest.raises(SmsconfError, match="may not do that"):
                good.check_version()
            good.close()
        finally:
            hba.write_text(rules)
            admin.execute("SELECT pg_reload_conf()")
            admin.execute("DROP ROLE guarded")


def _refusal(address: str) -> str:
    """Return why a database does not let us in."""
    database = Database(address)
    with pytest.raises(SmsconfError) as raised:
        database.check_version()
    database.close()
    assert "s3cret" not in f"{raised.value} {raised.value.why} {raised.value.fix}"
    return raised.value.message.rpartition(": ")[2]


def test_database_that_was_away_for_a_while_is_used_again(own_postgres: Server) -> None:
    """A receiver outlives a restart: what fails is what was asked while it was away."""
    database = Database(own_postgres.create("shop"))
    with database.begin("read") as connection:
        connection.execute(text("SELECT 1"))
    own_postgres.stop("immediate")
    with pytest.raises(SmsconfError, match="cannot be read"), database.begin("read") as connection:
        connection.execute(text("SELECT 1"))
    own_postgres.start()
    with database.begin("read") as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    database.close()


def test_database_that_goes_in_the_middle_ends_in_a_sentence(own_postgres: Server) -> None:
    """Between two statements of one transaction."""
    database = Database(own_postgres.create("shop"))

    def write() -> None:
        with database.begin("written") as connection:
            connection.execute(text("SELECT 1"))
            own_postgres.stop("immediate")
            connection.execute(text("SELECT 1"))

    with pytest.raises(SmsconfError, match="cannot be written") as raised:
        write()
    assert "running again goes on" in str(raised.value.fix)
    database.close()
