"""The word that was probably meant."""

from __future__ import annotations

import pytest

from smsconf.model.nearest import nearest


@pytest.mark.parametrize(
    ("word", "near"),
    [("templats", "templates"), ("TEMPLATES", "templates"), ("", None), ("xyzzy", None), ("t" * 81, None)],
)
def test_nearest_word_is_found_whatever_its_case(word: str, near: str | None) -> None:
    """What has little in common with every choice, or is far too long, has none."""
    assert nearest(word, ["apps", "templates"]) == near


def test_choices_may_have_to_be_more_alike() -> None:
    """Half of the letters are enough for keys, and too few for codes."""
    assert nearest("SMS999", ["SMS101"]) == "SMS101"
    assert nearest("SMS999", ["SMS101"], alike=0.6) is None
