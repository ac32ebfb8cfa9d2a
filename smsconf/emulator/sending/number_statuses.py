"""Why one number of a request is not sent to: every status of the answer, and where it was read.

Data only; ``sending`` decides. Codes are those of sms_05_0050 (2024-08-06) for submission and of sms_05_0051
(INTL, 2024-11-15) for reports; the latter are given at once here (``choices``).
"""

from __future__ import annotations

from typing import NamedTuple

SUBMISSION = "sms_05_0050, 2024-08-06"
REPORT = "sms_05_0051, INTL 2024-11-15"
GUESS = "guess"


class NumberStatus(NamedTuple):
    """One row: the status, when a number gets it, and its source."""

    code: str
    when: str
    source: str


CHANNEL_CLOSED = NumberStatus("E200018", "the sender's signature is not approved any more", REPORT)
NO_CHANNEL = NumberStatus("E200019", "the sender is no channel of this app", REPORT)
OTHER_SIGNATURE = NumberStatus("E200020", "universal template without the sender's signature", REPORT)
NOT_ABROAD = NumberStatus(
    "E200024", "mainland app and number abroad, or not the app's channel abroad", REPORT
)
NOT_MAINLAND = NumberStatus("E200025", "international app and mainland number", REPORT)
VALUES = NumberStatus("E200028", "values that do not fit the variables", SUBMISSION)
OTHER_TEMPLATE = NumberStatus(
    "E200029", "the sender's signature or its type is not the template's", SUBMISSION
)
NOT_ACTIVE = NumberStatus("E200030", "no approved template of this app", SUBMISSION)
MALFORMED = NumberStatus("E200031", "malformed number or unknown dialling code", GUESS)
REPEATED = NumberStatus("E200041", "the same text to the same number in this request", SUBMISSION)
NO_CODE = NumberStatus("E200051", "international verification code that is not 4-8 digits", REPORT)

BY_NAME = {name: row for name, row in list(globals().items()) if isinstance(row, NumberStatus)}
