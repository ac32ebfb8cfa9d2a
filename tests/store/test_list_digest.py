"""What a list says: the same in any order and shape, another with any other number or value."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from smsconf.store.list_digest import ListDigest

recipients = st.lists(
    st.tuples(st.text("0123456789", min_size=1, max_size=12), st.lists(st.text(max_size=5), max_size=3)),
    max_size=8,
    unique_by=lambda one: one[0],
)


def digest(*chunks: list[tuple[str, list[str]]]) -> str:
    made = ListDigest()
    for chunk in chunks:
        made.add(chunk)
    return made.hex()


@given(recipients, st.randoms(use_true_random=False), st.integers(0, 8))
def test_order_and_chunks_do_not_matter(found: list[tuple[str, list[str]]], chance, cut: int) -> None:
    """A list that was sorted is the same list."""
    shuffled = list(found)
    chance.shuffle(shuffled)
    assert digest(found) == digest(shuffled[:cut], shuffled[cut:])


@given(recipients, recipients)
def test_other_people_or_values_are_another_list(
    one: list[tuple[str, list[str]]], other: list[tuple[str, list[str]]]
) -> None:
    """Equal exactly where every number gets the same."""
    same = sorted(map(repr, one)) == sorted(map(repr, other))
    assert (digest(one) == digest(other)) == same
