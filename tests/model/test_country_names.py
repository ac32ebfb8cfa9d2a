"""Names of countries as others write them → ISO codes."""

from __future__ import annotations

import phonenumbers
import pytest

from smsconf.emulator.management.country_table import COUNTRIES
from smsconf.model.country_names import NAMES, code_of


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Viet Nam", "VN"),
        ("Russian Federation", "RU"),
        ("HONG KONG", "HK"),
        ("Hong Kong (China)", "HK"),
        ("China, Macau", "MO"),
        ("Côte d’Ivoire", "CI"),
        ("Curaçao", "CW"),
        ("Türkiye", "TR"),
        ("St. Kitts & Nevis", "KN"),
        ("The Bahamas", "BS"),
        ("Korea, South", "KR"),
        ("Iran, Islamic Republic of", "IR"),
        ("United States of America", "US"),
        ("Trinidad & Tobago", "TT"),
        ("SG", "SG"),
        ("Atlantis", None),
        ("", None),
        ("of the", None),
        ("999", None),
    ],
)
def test_country_is_known_by_the_names_that_lists_use(name: str, code: str | None) -> None:
    """Accents, case, small words and punctuation do not count; what is not known is not guessed."""
    assert code_of(name) == code


def test_every_usual_name_leads_to_its_own_code() -> None:
    """No other name hides one of the table, and what a second table calls a country has its dialling code."""
    assert all(code_of(name) == code for code, name in NAMES.items() if len(code) == 2)
    for country in COUNTRIES:
        code = code_of(country.english)
        assert code, country.english
        if not country.invented:
            assert phonenumbers.country_code_for_region(code) == country.number
