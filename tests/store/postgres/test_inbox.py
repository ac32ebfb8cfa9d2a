"""The inbox in a database that goes away and comes back, and in what order others see what was committed."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from smsconf.messaging.receive.opt_outs import OptOuts
from smsconf.model.errors import SmsconfError
from smsconf.store.messages import Reply, Report
from smsconf.store.postgres.home import PostgresStore
from smsconf.store.postgres.inbox import Inbox, ReplyFeed
from smsconf.store.postgres.keys import lock_key
from tests.postgres import TEMPLATE, Server

NOW = datetime(2026, 1, 5, 3, 4, 5, tzinfo=UTC)
SCOPE = "emulator/china/one"
A, B = "+8613812345601", "+8613812345602"


def test_database_that_was_away_is_written_again_when_it_is_back(own_postgres: Server) -> None:
    """Meanwhile it is said, and nobody need start anything anew; what was told stored is there."""
    store = PostgresStore(own_postgres.address(TEMPLATE), "shop")
    out = OptOuts(store.follow_replies(SCOPE))
    with store.open_inbox(SCOPE) as inbox:
        inbox.add([Reply("r1", A, "1", "R")], NOW)
        assert out.current() == {A[1:]}
        own_postgres.stop("immediate")
        for use in (inbox.probe, lambda: inbox.add([Report("m1", "DELIVRD")], NOW), out.current):
            with pytest.raises(SmsconfError, match="cannot be"):
                use()
        own_postgres.start()
        inbox.probe()
        assert inbox.add([Reply("r2", B, "1", "R"), Report("m1", "DELIVRD")], NOW) == 2
        assert out.current() == {A[1:], B[1:]}
        own_postgres.stop("immediate")
        own_postgres.start()  # so fast that nobody noticed: the old connection is gone all the same
        assert inbox.add([Reply("r2", B, "1", "START")], NOW) == 0
        assert out.current() == {A[1:], B[1:]}
    out.close()
    store.database.close()


def test_reply_that_is_committed_later_has_the_higher_number(postgres_address: str) -> None:
    """A reader that remembers the last number would else miss an opt-out of a receiver that took longer."""
    store = PostgresStore(postgres_address, "shop")
    slow, fast = (Inbox(store.database, SCOPE) for _ in range(2))
    feed = ReplyFeed(store.database, SCOPE)
    with store.database.open() as holding:  # a receiver in the middle of its transaction
        holding.execute("SELECT pg_advisory_xact_lock(%s)", (lock_key("replies", SCOPE),))
        (number,) = holding.execute(
            'INSERT INTO replies (scope, received, message_id, sender, "to", body)'
            " VALUES (%s, %s, 'early', %s, '1', 'R') RETURNING number",
            (SCOPE, NOW.isoformat(), A),
        ).fetchone()
        waiting = threading.Thread(target=fast.add, args=([Reply("late", B, "1", "R")], NOW))
        waiting.start()
        slow.add([Report("m", "DELIVRD")], NOW)  # reports wait for nobody
        assert list(feed.news()) == []
        holding.commit()
    waiting.join()
    found = [(row, one.item.sender) for row, one in feed.news()]
    assert [sender for _row, sender in found] == [A, B]
    assert found[0][0] == number < found[1][0]
    assert list(feed.news()) == []
    assert feed.reply(number).item.sender == A
    for one in (slow, fast, feed):
        one.close()
    store.database.close()


def test_role_that_may_only_read_is_told_before_anything_comes(
    postgres: Server, postgres_address: str
) -> None:
    """A receiver that cannot store would answer 503 for ever; it does not start."""
    store = PostgresStore(postgres_address, "shop")
    with store.database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE ROLE looker LOGIN")
        connection.exec_driver_sql("GRANT USAGE ON SCHEMA smsconf TO looker")
        connection.exec_driver_sql("GRANT SELECT ON ALL TABLES IN SCHEMA smsconf TO looker")
    name = postgres_address.partition("@/")[2].partition("?")[0]
    try:
        looker = PostgresStore(postgres.address(name, "looker"), "shop")
        for use in (looker.open_inbox(SCOPE).__enter__, looker.require_sendable):
            with pytest.raises(SmsconfError, match="may not do that"):
                use()
        assert list(looker.replies(SCOPE)) == []
        looker.database.close()
    finally:
        with store.database.engine.begin() as connection:
            connection.exec_driver_sql("DROP OWNED BY looker")
            connection.exec_driver_sql("DROP ROLE looker")
        store.database.close()
