"""Codes of the sending API and statuses of status reports: what each means, and what to do about it.

Pure data: rows of codes (several are separated by commas), why they come, and what can be done. Written from
https://support.huaweicloud.com/api-msgsms/sms_05_0050.html (2024-08-06) and sms_05_0051.html (2024-11-15);
where the vendor's English text could not be read, the Chinese one is rendered.
"""

from __future__ import annotations

from typing import Final

from smsconf.cloud.http.codes import by_code
from smsconf.language import _

SENDING_PAGE: Final = "https://support.huaweicloud.com/api-msgsms/sms_05_0050.html"
RECEIPT_PAGE: Final = "https://support.huaweicloud.com/api-msgsms/sms_05_0051.html"

HALF_WAY: Final = frozenset({"E000000", "E000510", "E200037"})
"""Codes of a request that may have been taken in part: a system error, and "look at each status"."""

SENDING: Final = by_code(
    """
000000 | accepted; only the receipt says whether it was delivered | wait for the receipt
E000000 | system error, usually a request that cannot be read | check templateParas (send: text holding a JSON array; in batches: an array) and the encoding of the body; else ask support
E000001 | no Authorization header | send it; check app secret, digest and Created
E000002, E000003, E000007, E000008 | Authorization lacks realm, profile, type or WSSE | write WSSE realm="SDP",profile="UsernameToken",type="Appkey"
E000004, E000005, E000006 | Authorization has another realm, profile or type | write WSSE realm="SDP",profile="UsernameToken",type="Appkey"
E000020 | no X-WSSE header | send it
E000021, E000022, E000023, E000024, E000026 | X-WSSE lacks Username, Nonce, Created, PasswordDigest or UsernameToken | send all five
E000025 | Created has a wrong format | write yyyy-MM-dd'T'HH:mm:ss'Z' in UTC (yyyy, not YYYY)
E000027 | invalid request | compare every parameter with the documentation
E000040 | another Content-Type than the operation takes | send application/x-www-form-urlencoded, in batches application/json
E000041 | X-Sdk-Date is empty | send it
E000042, E000043, E000044, E000045 | X-Sdk-Date or Authorization is malformed, expired or wrong | check app key, app secret and this machine's clock (15 minutes)
E000101, E000102, E000104, E000105 | app key, app secret or digest is wrong | copy both from the application; the digest is Base64(SHA256(Nonce + Created + secret))
E000103 | the app key cannot be used | check the application's status in the console
E000106 | the app key may not call this operation | use the key of an application of this service
E000109 | the account is not activated | enable the service in the console
E000110 | Created is too far from the service's time | set this machine's clock; write yyyy, not YYYY
E000111 | the app key belongs to nobody | check the application in the console
E000112 | the account is frozen | top up the balance; after a violation contact support
E000503 | a parameter has a wrong format | check `to` (digits and + only, at most 500 numbers) and the required fields
E000510 | nothing was sent | look at the status of each number
E000620 | this machine's address is not on the application's whitelist | add it in the console and wait 15 minutes
E000623 | the account's daily or monthly limit is reached | raise the traffic threshold in the console, or wait for the next UTC day or month
E000630 | the limit of this country is reached | change or remove that country's threshold in the console
E200015 | too many messages wait to be sent | send slower and retry
E200028 | the values do not fit the template's variables | check number, length and characters; date and time are two variables; no value is empty
E200029 | template and signature do not belong together | send with the channel of the template's own signature and type
E200030 | the template is not active | look at it with smsconf status
E200031 | the request breaks the protocol | compare it with the documentation
E200033 | the template's type does not fit | send with the channel of a signature of that type
E200037 | nothing was sent (an older form of E000510) | look at the status of each number
E200041 | the same text to the same number | remove duplicates
E200048 | too many messages to this number | wait; see the sending frequency in the console
"""
)

CREDENTIALS: Final = frozenset(
    code
    for code in SENDING
    if "E000001" <= code <= "E000026" or "E000041" <= code <= "E000045" or "E000101" <= code <= "E000112"
)
"""Codes that are about who asks, not about what is asked."""

RECEIPTS: Final = by_code(
    """
DELIVRD | delivered: the only success
ACCEPTD | accepted by the recipient
EXPIRED | not reached in time, or no answer of the carrier within 72 hours | try later
DELETED | deleted on its way | try later
UNDELIV | cannot be delivered | check the number
UNKNOWN | the carrier does not know | treat it as failed
REJECTD | refused: the recipient opted out, a keyword, a closed province, a wrong number | do not send again
E200018, E200019 | no mainland channel fits the sender | check `from`
E200020 | the signature of `from` is not the template's, or a universal template without signature | send `signature` with universal templates
E200021 | no channel for this signature | ask support
E200022, E200023 | no mainland channel fits the recipient | check the number
E200024 | a foreign number, and the channel is not international | send it with an international application
E200025, E200026 | no international channel fits the recipient, or `from` is empty | check the country and `from`
E200027 | the application has no route | ask support
E200032 | a message needs a template | send templateId and templateParas
E200034, E200035, E200036 | the platform could not pass it on | ask support
E200038 | a part of a long message did not arrive within 3 minutes | send again
E200051 | the code of an international verification is not allowed | send 4 to 8 digits
E000628 | the country is not among the allowed ones | allow it in the console (settings, regions)
E000629 | the resource package is used up | buy another
E000632 | the number is on the country's blacklist | change the number rules in the console
SC:0001 | stopped by a person | ask support
SC:0005 | the number is on the blacklist of complaints | do not send again
SC:0006 | a forbidden keyword | change the text
SC:0007, SC:0008 | a keyword that needs attention | change the text
SC:0009 | a required keyword is missing | change the text
SC:0010 | too many messages to this number | wait
SC:0011 | not at this hour: promotions go out from 8:00 to 22:00 | send later
SC:0012 | the manual check took too long | send again
SC:0013 | the signature is on a blacklist | ask support
MILIMIT, LIMIT, BEYONDN, CTLIMIT | too many messages per minute, day or number | wait
KEYWORD | stopped by a keyword | change the text
BLACK, TDBLACK, TSBLACK, MBBLACK | the number is on a blacklist | ask support
UNDELIVE | the carrier's limit of messages to this number | wait
"""
)

NOT_AGAIN: Final = frozenset(
    [
        "REJECTD",
        "SC:0001",
        "SC:0005",
        "SC:0006",
        "SC:0007",
        "SC:0008",
        "SC:0009",
        "SC:0013",
        "KEYWORD",
        "BLACK",
        "TDBLACK",
        "TSBLACK",
        "MBBLACK",
        "E000632",
    ]
)
"""What the same message to the same number would meet again: an opt-out, a blacklist, a forbidden text."""


def meaning_of(status: str) -> str | None:
    """Return what the status of a message or of its report means, in the user's language; None if unknown."""
    known = RECEIPTS.get(status) or SENDING.get(status)
    return _(known.why) if known and known.why else None
