"""Places inside of a text, as it stands in the file."""

from __future__ import annotations

import pytest

from smsconf.config.yaml.reader import read_yaml
from smsconf.config.yaml.source import Source, located_at


@pytest.mark.parametrize(
    ("text", "start", "end", "place"),
    [
        ("key: one two\n", 4, 7, "f:1:10"),
        ("key: one two\n", 3, 4, "f:1:9"),  # a blank, beside its neighbours
        ('key: "one "\n', 3, 4, "f:1:10"),
        ("key: |\n  one\n  two\n", 4, 5, "f:3:3"),
        ("key: |\n  one\n  two\n", 3, 4, "f:3:2"),  # a line end: the blank after it
        ('key: "one\\ttwo"\n', 3, 4, "f:1:6"),  # an escape: the whole value
    ],
)
def test_stretch_of_a_value_is_found_where_it_is_written(text: str, start: int, end: int, place: str) -> None:
    """Quotes and folding are passed over; what they hide is the whole value's place."""
    block, problems = read_yaml(Source("f", text))
    found = located_at(block, ("key",))
    assert not problems
    assert found
    assert isinstance(found.value, str)
    assert str(found.span.inside(found.value, start, end)) == place


def test_items_and_keys_know_their_places() -> None:
    """Every value of a mapping or a list comes with the span it was written at."""
    block, _problems = read_yaml(Source("f", "a: [1, x]\nb: 2\n"))
    assert block is not None
    assert [(key, one.value, str(one.span.key)) for key, one in block.located()][1] == ("b", 2, "f:2:1")
    second = located_at(block, ("a", 1))
    assert second
    assert (second.value, str(second.span.value)) == ("x", "f:1:8")
    assert located_at(block, ("a", 2)) is None
    assert block.at("c") is None
