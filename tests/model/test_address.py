"""Keys made of names."""

from __future__ import annotations

import pytest

from smsconf.model.address import slug


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Taiwan, China", "taiwan-china"),
        ("Côte d'Ivoire", "cote-d-ivoire"),
        ("示例", ""),
        ("--a  B--", "a-b"),
    ],
)
def test_slug_keeps_the_letters_and_digits_of_ascii(name: str, key: str) -> None:
    """Accents go, everything else becomes one hyphen between words."""
    assert slug(name) == key
