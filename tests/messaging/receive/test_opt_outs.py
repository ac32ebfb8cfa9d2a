"""Who is out now, by what replies come into, in both homes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsconf.messaging.receive.opt_outs import OptOuts
from smsconf.store.files.home import FileStore
from smsconf.store.interfaces import Store
from smsconf.store.messages import Reply
from tests.store.conftest import OpenStore

A, B = "8613812345601", "8613812345602"
SCOPE = "emulator/china/one"
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


class Replies:
    """What replies come into, written one at a time."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._count = 0

    def say(self, *said: tuple[str, str] | tuple[str, str, str], after: timedelta = timedelta()) -> None:
        """Add replies of a sender: text, and the service's time if there is one."""
        with self.store.open_inbox(SCOPE) as inbox:
            for sender, body, *created in said:
                self._count += 1
                reply = Reply(f"r{self._count}", sender, "10690", body, *created)
                inbox.add([reply], AT + after + timedelta(seconds=self._count))


@pytest.fixture
def replies(open_store: OpenStore) -> Replies:
    return Replies(open_store())


@pytest.fixture
def out(replies: Replies) -> Iterator[OptOuts]:
    made = OptOuts(replies.store.follow_replies(SCOPE))
    yield made
    made.close()


@pytest.mark.parametrize(
    "sender",
    [
        *("+8613812345601", "13812345601", "8613812345601", "008613812345601", " 8613812345601"),
        *(
            "%2B8613812345601",
            "%252B8613812345601",
            "+86 138-1234-5601",
            "tel:+8613812345601",
            "１３８１２３４５６０１",
        ),
    ],
)
def test_opt_out_counts_however_the_sender_is_written(replies: Replies, out: OptOuts, sender: str) -> None:
    """The service, a proxy and a form write a number differently; it is one person."""
    replies.say((sender, "退订"))
    assert out.current() == {A}
    assert out.holds("138 1234 5601")


def test_last_word_of_a_number_counts(replies: Replies, out: OptOuts) -> None:
    """START takes an opt-out back, and R takes that back again; other replies change nothing."""
    replies.say((A, "R"), (B, "R"), (A, "START"), (A, "你好"))
    assert out.current() == {B}
    replies.say((A, "TD"))
    assert out.current() == {A, B}


def test_time_of_the_service_goes_before_that_of_arrival(replies: Replies, out: OptOuts) -> None:
    """Pushes arrive in any order."""
    replies.say((A, "START", "2026-03-01T10:00:00Z"), (A, "R", "2026-03-01T09:59:00Z"))
    replies.say((B, "R", "2026-03-01T10:00:00Z"), (B, "START", "2026-03-01T09:59:00Z"))
    assert out.current() == {B}


def test_unreadable_time_gives_way_to_that_of_arrival(replies: Replies, out: OptOuts) -> None:
    """The field is optional, and the service's tables are not always kept to."""
    replies.say((A, "R", "soon"), (A, "START", ""), (B, "START", "-"), (B, "R"))
    assert out.current() == {B}


def test_people_who_are_out_are_named_once_with_word_and_time(replies: Replies, out: OptOuts) -> None:
    """Since the first opt-out after they last came back; who came back is not named."""
    replies.say((A, "R"), (A, "START"), (A, "回复TD"), (A, "R"), (B, "R"), (B, "START"))
    out.current()
    (one,) = out.people()
    assert (one.number, one.word, one.since) == (f"+{A}", "TD", AT + timedelta(seconds=3))
    assert one.reply.item.body == "回复TD"


def test_sender_that_nobody_can_read_is_shown_and_leaves_out_nobody(replies: Replies, out: OptOuts) -> None:
    """A number may arrive with stars; it is no reason to lose the others."""
    replies.say(("+86155****5172", "R"), (A, "R"))
    assert out.current() == {A}
    assert [one.number for one in out.people()] == ["+86155****5172", f"+{A}"]


ODD = [
    *('"13812345601', "13812345601;", "sip:13812345601@ims", "+08613812345601", "\uffa013812345601"),
    *("12520013812345601", "8613812345601@x", "1259313812345601", "10613812345601", "<+86 138 1234 5601>"),
    *(
        "'+86-138-1234-5601'",
        "138\uffa012345601",
        "手机１３８１２３４５６０１",
        "13812345601 ext 12",
        "+868613812345601",
    ),
]


@pytest.mark.parametrize("sender", ODD)
def test_one_number_inside_an_odd_sender_is_left_out(replies: Replies, out: OptOuts, sender: str) -> None:
    """Quotes, addresses, prefixes of carriers, unseen letters: leaving out is the safe side."""
    replies.say((sender, "R"), (B, "R"))
    assert out.current() == {A, B}
    assert (out.holds(sender), out.unreadable()) == (True, 0)
    assert f"+{A}" in [one.number for one in out.people()]


@pytest.mark.parametrize("sender", ODD)
def test_nobody_comes_back_by_an_odd_sender(replies: Replies, out: OptOuts, sender: str) -> None:
    """Whose wish that is, is not certain."""
    replies.say((A, "R"), (sender, "START"))
    assert out.current() == {A}


@pytest.mark.parametrize(
    "sender",
    [
        "+86155****5172",
        "13812345601,13812345602",
        "+6591****567",
        "nobody",
        "",
        "+012345",
        "1381234567890123",
    ],
)
def test_sender_with_no_or_two_numbers_is_counted_as_unreadable(
    replies: Replies, out: OptOuts, sender: str
) -> None:
    """Nobody is guessed, and whoever sends can say how many they are."""
    replies.say((sender, "R"), (A, "R"), (B, "R"), (B, "START"))
    assert out.unreadable() == 0
    out.current()
    assert (out.unreadable(), out.holds(sender), out.current()) == (1, False, {A})
    assert sender in [one.number for one in out.people()]


def test_number_abroad_in_an_odd_sender_is_not_taken_for_a_mainland_one(
    replies: Replies, out: OptOuts
) -> None:
    """Its end may look like one."""
    replies.say(("sip:+4915112345678@ims", "R"), ("+10086", "R"))
    assert out.current() == {"4915112345678", "10086"}


def test_nothing_new_is_the_same_answer(replies: Replies, out: OptOuts) -> None:
    """So a caller may compare by identity; a reply that is no wish, or no news, changes nothing either."""
    replies.say((A, "R"))
    first = out.current()
    assert out.current() is first
    replies.say((A, "R"), (B, "你好"))
    assert out.current() is first


def test_listed_number_stays_out_whatever_it_replies(replies: Replies) -> None:
    """A list is a person's word: START does not take it back."""
    replies.say((A, "START"), (B, "R"), (B, "START"))
    out = OptOuts(replies.store.follow_replies(SCOPE), listed=["138 1234 5601", "+6591234567", "no number"])
    assert out.current() == {A, "6591234567"}
    out.close()


def test_replies_that_another_process_writes_are_seen_by_the_next_call(
    replies: Replies, out: OptOuts, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Receiving goes on beside sending: nobody waits for the other, and nothing is missed."""
    replies.say((A, "R"))
    assert out.current() == {A}
    script = (
        "import os, sys\nfrom datetime import UTC, datetime\nfrom pathlib import Path\n"
        "from smsconf.store.messages import Reply\n"
        "from smsconf.store.opening import open_store\n"
        "with open_store(Path(sys.argv[1]), os.environ).open_inbox(sys.argv[2]) as inbox:\n"
        "    for number, line in enumerate(sys.stdin):\n"
        "        inbox.add([Reply(f'x{number}', *line.split())], datetime(2026, 3, 2, number, tzinfo=UTC))\n"
        "        print('stored', flush=True)\n"
    )
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    if replies.store.shared:
        environ["SMSCONF_STORE"] = request.getfixturevalue("postgres_address")
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "shop"), SCOPE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environ,
    ) as process:
        assert process.stdin
        assert process.stdout
        for said, expected in (
            (f"{B} 10690 R", {A, B}),
            (f"{A} 10690 START", {B}),
            (f"{B} 10690 OK", {B}),
        ):
            process.stdin.write(said + "\n")
            process.stdin.flush()
            assert process.stdout.readline() == "stored\n"
            assert out.current() == expected
        process.stdin.close()
        assert process.wait(timeout=30) == 0


def test_reader_of_a_shared_store_knows_the_account_and_nothing_of_others(open_store: OpenStore) -> None:
    """An opt-out holds for every project of the account; what another account hears is not its business."""
    receiver, reader = open_store("receiver"), open_store("sender")
    if not receiver.shared:
        return
    for scope, number in ((SCOPE, A), ("emulator/china/two", B)):
        with receiver.open_inbox(scope) as inbox:
            inbox.add([Reply("r", number, "10690", "R")], AT)
    for scope, number in ((SCOPE, A), ("emulator/china/two", B)):
        out = OptOuts(reader.follow_replies(scope))
        assert out.current() == {number}
        assert [one.item.sender for one in reader.replies(scope)] == [number]
        out.close()


@given(
    st.lists(
        st.tuples(
            st.sampled_from([A, B]), st.sampled_from(["R", "START", "OK"]), st.integers(0, 9), st.booleans()
        ),
        max_size=12,
    )
)
@settings(max_examples=40, deadline=None)
def test_reading_bit_by_bit_is_reading_at_once(tmp_path_factory, said) -> None:
    """Whenever somebody asked in between, the answer is that of the last word of each number."""
    store, expected = FileStore(tmp_path_factory.mktemp("bits")), {}
    out = OptOuts(store.follow_replies(None))
    with store.open_inbox(None) as inbox:
        for row, (sender, body, minute, ask) in enumerate(said):
            inbox.add([Reply(f"m{row}", sender, "1", body, f"2026-03-01T09:0{minute}:00Z")], AT)
            if body != "OK":
                expected[sender] = max(expected.get(sender, (-1, -1, "")), (minute, row, body))
            if ask:
                out.current()
        assert out.current() == {sender for sender, (*_when, body) in expected.items() if body == "R"}
        assert {one.number for one in out.people()} == {f"+{one}" for one in out.current()}
    out.close()
