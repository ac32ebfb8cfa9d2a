"""Read the numbers of a request: mainland or abroad, of which country, or none at all.

No list of existing numbers is known: a number counts by its form and its dialling code. Written from the
rules of ``to`` (sms_05_0001, INTL 2025-01-14); dialling codes are ``country_table``'s.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from smsconf.emulator.management.country_table import COUNTRIES

MAINLAND = re.compile(r"(?:\+86)?(1[0-9]{10})")
INTERNATIONAL = re.compile(r"\+([1-9][0-9]{6,14})")
MAINLAND_CODE = "86"
# Countries that share a dialling code cannot be told apart by it alone: the code stands for the largest.
LARGEST = {"1": "United States", "7": "Russia"}
COUNTRY_OF_CODE = {
    str(country.number): country.english for country in COUNTRIES if not country.invented
} | LARGEST


class Recipient(NamedTuple):
    """One number: in full (``+`` and dialling code), its dialling code, and the country's English name.

    ``code`` is empty if the number is malformed or of no country that is known.
    """

    number: str
    code: str
    country: str


def read_recipient(text: str) -> Recipient:
    """Read one number; a mainland mobile number may come without ``+86``."""
    mainland = MAINLAND.fullmatch(text)
    if mainland:
        return Recipient(f"+86{mainland[1]}", MAINLAND_CODE, "China")
    found = INTERNATIONAL.fullmatch(text)
    if found is None or found[1].startswith(MAINLAND_CODE):
        return Recipient(text, "", "")
    for length in (3, 2, 1):
        code = found[1][:length]
        if code in COUNTRY_OF_CODE:
            return Recipient(text, code, COUNTRY_OF_CODE[code])
    return Recipient(text, "", "")
