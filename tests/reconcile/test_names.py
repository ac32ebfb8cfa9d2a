"""The names of a template's versions."""

from __future__ import annotations

import pytest

from smsconf.reconcile.names import number_in, split_version


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a", ("a", 1)),
        ("a_v2", ("a", 2)),
        ("a_v10", ("a", 10)),
        ("a_v1", ("a_v1", 1)),
        ("a_v02", ("a_v02", 1)),
        ("a_v2_v3", ("a_v2", 3)),
        ("_v2", ("_v2", 1)),
    ],
)
def test_names_split_into_family_and_number(name, expected) -> None:
    """Only a suffix from 2 upwards without leading zeros is a number."""
    assert split_version(name) == expected
    assert number_in(name, [name]) == 1


@pytest.mark.parametrize(
    ("name", "bases", "number"),
    [
        ("a", ["a"], 1),
        ("a", ["b"], None),
        ("a_v2", ["a"], 2),
        ("a_v2", ["b"], None),
        ("a_v2", ["b", "a_v2"], 1),
        ("b_v3", ["a", "b"], 3),
    ],
)
def test_name_has_a_number_in_the_families_it_belongs_to(name, bases, number) -> None:
    """A bare name is the first, be it one that ends like a version; another name is none."""
    assert number_in(name, bases) == number
