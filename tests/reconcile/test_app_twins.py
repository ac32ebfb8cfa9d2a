"""Of apps with one name every run takes the same, whatever order it sees them in."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from smsconf.reconcile.app_twins import ours_first, told
from tests.reconcile import build

FIRST = replace(build.o_shop, remote_id="id-1", app_key="key-1", create_time="2026-01-05 01:00:00")
LATER = replace(build.o_shop, remote_id="id-2", app_key="key-2", create_time="2026-01-05 01:00:01")

TIMES = st.sampled_from([None, "2026-01-05 01:00:00", "2026-01-05 01:00:01"])
KEYS = st.frozensets(st.sampled_from([f"key-{number}" for number in range(5)]))
apps = st.lists(TIMES, min_size=1, max_size=5).map(
    lambda times: [
        replace(build.o_shop, remote_id=f"id-{number}", app_key=f"key-{number}", create_time=time)
        for number, time in enumerate(times)
    ]
)


def order(*twins, carrying=(), known=None):
    return [one.remote_id for one in ours_first(twins, carrying, known)]


def test_earliest_is_taken_then_the_smallest_id() -> None:
    """Where nothing else tells."""
    assert order(LATER, FIRST) == ["id-1", "id-2"]
    assert order(replace(LATER, create_time=FIRST.create_time), FIRST) == ["id-1", "id-2"]


def test_what_it_carries_counts_before_the_journal_and_that_before_its_age() -> None:
    """Runners with journals of their own see the same things at the service."""
    assert order(FIRST, LATER, carrying=({"key-2"},)) == ["id-2", "id-1"]
    assert order(FIRST, LATER, carrying=({"key-2"},), known="id-1") == ["id-2", "id-1"]
    assert order(FIRST, LATER, carrying=({"key-1", "key-2"},), known="id-2") == ["id-2", "id-1"]
    assert order(FIRST, LATER, known="id-2") == ["id-2", "id-1"]
    assert order(FIRST, LATER, carrying=({"key-2"}, {"key-1"})) == ["id-2", "id-1"]
    assert order(FIRST, LATER, carrying=(set(), {"key-2"})) == ["id-2", "id-1"]


@given(
    twins=apps, carrying=st.lists(KEYS, max_size=2), chance=st.randoms(), known=st.none() | st.just("id-0")
)
def test_any_order_and_any_memory_lead_to_one_that_carries(twins, carrying, chance, known) -> None:
    """The same, however the list was read; and never one that carries less, whatever a journal says."""
    shuffled = chance.sample(twins, len(twins))
    found = ours_first(shuffled, carrying, known)
    assert found == ours_first(twins, carrying, known)
    assert sorted(one.remote_id for one in found) == [one.remote_id for one in twins]
    for keys in carrying[:1]:
        assert found[0].app_key in keys or keys.isdisjoint(one.app_key for one in twins)


@given(twins=apps, number=st.integers(0, 4))
def test_what_goes_on_stays_taken(twins, number) -> None:
    """Once the app that runs take carries something, later twins change nothing; nor does any journal."""
    taken = ours_first(twins, [])[0]
    late = replace(build.o_shop, remote_id="a", app_key="key-a", create_time=None)
    assert ours_first([*twins, late], [{taken.app_key}], f"id-{number}")[0] == taken


def test_others_are_named_with_the_way_out() -> None:
    """Only renaming takes them out of the way."""
    third = replace(LATER, remote_id="id-3")
    assert told([FIRST, LATER, third]) == (
        "id-1 is taken of 3 cn apps named 'shop_prod'; apps cannot be deleted: "
        "rename id-2, id-3 at the console"
    )
