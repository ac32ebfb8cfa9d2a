"""How long and how many: each limit of the service once, with its page. It measures nothing itself.

Where no page is named, it is the API's own (management-api reference §5, read 2026-11). What an account may
have is the default: a service ticket raises it. The emulator has numbers of its own, as it judges.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple


class Length(NamedTuple):
    """How many characters something has, at least and at most."""

    shortest: int
    longest: int


APP_NAME: Final = 64
REPLY_URL: Final = 128

# Two pages of one date disagree (read 2026-11). What the generous one refuses is an error (the API's own
# maximum is 32 too), what only the strict one refuses is a warning.
SIGNATURE_NAME: Final = Length(2, 32)
SIGNATURE_NAME_STRICT: Final = 16
SIGNATURE_NOTE: Final = 100

TEMPLATE_NAME: Final = 128
TEMPLATE_NAME_CONSOLE: Final = 30
TEMPLATE_NOTE: Final = 500  # our mark is among them
CONTENT: Final = 500  # variables in the form ${1}; signature, text and values together have as many
COUNTRIES: Final = 3
VARIABLES: Final = 20
VARIABLE_NOTE: Final = 100

# Values by attribute: productdesc-msgsms/sms_faq_0003, 2024-11-08. NEWTEXT and LONGTEXT are only named in the
# API's enumeration, their limits are UNKNOWN: 100 is an assumption.
VALUES: Final[Mapping[str, Length]] = {
    "phone": Length(4, 15),
    "alphanumeric": Length(1, 20),
    "datetime": Length(1, 20),
    "money": Length(1, 20),
    "text": Length(1, 20),
}
OTHER_VALUE: Final = Length(1, 100)
CODE: Final = Length(1, 8)  # of a verification template
CODE_ABROAD: Final = Length(4, 8)  # E200051

# Papers of signatures: usermanual-msgsms/sms_03_0014, 2025-06-04.
QUALIFICATION_NAME: Final = 32
DOCUMENT_BYTES: Final = 2 * 1024 * 1024
DOCUMENT_NAME: Final = 64

# What an account has: productdesc-msgsms/sms_01_0005, 2025-11-14; sms_03_1004 and sms_03_1012, 2024.
APPS_OF_A_REGION: Final = 2
SIGNATURES_OF_AN_APP: Final = 200
TEMPLATES_OF_AN_APP: Final = 2000
CONTACTS: Final = 10
FREQUENCY: Final = 999


def longest_value(kind: str) -> int:
    """Return the most characters that a variable's value can have."""
    return VALUES.get(kind, OTHER_VALUE).longest
