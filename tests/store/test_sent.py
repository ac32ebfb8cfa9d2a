"""What was handed over one by one, in both homes: in order, of one project, with what was reported."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from smsconf.messaging.receive.receipts import match, tally
from smsconf.store.messages import Report, Sent
from smsconf.store.postgres.home import PostgresStore
from tests.store.conftest import OpenStore

NOW = datetime(2026, 1, 5, 3, 4, 5, tzinfo=UTC)
SCOPE = "emulator/china/one"


def sent(message_id: str, template: str = "template.shipped") -> Sent:
    return Sent(message_id, "+8613812345678", NOW, template, segments=2, scope=SCOPE)


def test_what_was_sent_is_given_back_in_the_order_of_code_points(open_store: OpenStore) -> None:
    """Whatever the order in which it was added; one message is found by its id."""
    names = ["b_1", "B_1", "a_1", "a-1", "Z"]
    open_store().add_sent(map(sent, names))
    store = open_store()
    assert list(store.sent()) == [sent(name) for name in sorted(names)]
    assert list(store.sent("a_1")) == [sent("a_1")]
    assert list(store.sent("none")) == list(store.sent(run=7)) == []


def test_message_is_remembered_once(open_store: OpenStore) -> None:
    """Whoever adds it again changes nothing; nothing at all is no error."""
    store = open_store()
    store.require_sendable()
    store.add_sent([])
    store.add_sent([sent("a"), sent("a", "template.other")])
    store.add_sent([sent("a", "template.third")])
    assert list(store.sent()) == [sent("a")]
    assert store.templates_sent() == {"template.shipped"}


def test_other_projects_of_a_store_are_not_recalled(open_store: OpenStore) -> None:
    """Neither what they sent nor what was reported about it; what nobody sent is told to everybody."""
    ours, theirs = open_store("ours"), open_store("theirs")
    ours.add_sent([sent("a"), sent("b")])
    theirs.add_sent([sent("c", "template.theirs")])
    with ours.open_inbox(SCOPE) as inbox:
        inbox.add([Report(name, "DELIVRD") for name in "abcd"], NOW)
    assert ours.templates_sent() == {"template.shipped"}
    assert [one.message_id for one in ours.sent()] == ["a", "b"]
    if ours.shared:
        assert [one.item.message_id for one in ours.reports()] == ["a", "b", "d"]
        assert [one.item.message_id for one in theirs.reports()] == ["c", "d"]
        assert list(theirs.reports("a")) == []


def test_receipts_add_up(open_store: OpenStore) -> None:
    """Two streams in one order are matched, however they came about."""
    store = open_store()
    store.add_sent(sent(name) for name in ("a_1", "A_1", "a-2", "é"))
    with store.open_inbox(SCOPE) as inbox:
        inbox.add([Report("a_1", "DELIVRD"), Report("é", "REJECTD"), Report("x", "DELIVRD")], NOW)
    found, others = tally(match(store.sent(), store.reports(), NOW + timedelta(hours=80)), "template")
    assert (dict(found["template.shipped"].deliveries), others) == (
        {"delivered": 1, "failed": 1, "missing": 2},
        1,
    )


def test_much_is_read_bit_by_bit_from_a_database(
    postgres_address: str,
) -> None:
    """A million messages are no more in memory than the first of them: a cursor of the server gives them."""
    store = PostgresStore(postgres_address, "shop")
    with store.database.engine.begin() as connection:
        connection.execute(
            text(
                'INSERT INTO sent (message_id, project, "to", at, template) '
                "SELECT 'm' || n, 'shop', '', '2026-01-05T03:04:05Z', 't' FROM generate_series(1, 5000) n"
            )
        )
    stream = store.sent()
    next(stream)
    with store.database.engine.begin() as connection:
        (asked,) = connection.scalars(
            text(
                "SELECT query FROM pg_stat_activity "
                "WHERE state = 'idle in transaction' AND datname = current_database()"
            )
        )
    assert asked.startswith("FETCH FORWARD")
    assert sum(1 for _one in stream) == 4999
