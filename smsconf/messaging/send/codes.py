"""Codes of the sending API and statuses of status reports: what each means, and what to do about it.

Pure data. Several codes of one row are separated by commas. Written from
https://support.huaweicloud.com/api-msgsms/sms_05_0050.html (2024-08-06) and sms_05_0051.html (2024-11-15);
where the vendor's English text could not be read, the Chinese one is rendered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from smsconf.cloud.http.codes import Meaning
from smsconf.language import N_, _

SENDING_PAGE: Final = "https://support.huaweicloud.com/api-msgsms/sms_05_0050.html"
RECEIPT_PAGE: Final = "https://support.huaweicloud.com/api-msgsms/sms_05_0051.html"

HALF_WAY: Final = frozenset({"E000000", "E000510", "E200037"})
"""Codes of a request that may have been taken in part: a system error, and "look at each status"."""


def _by_code(rows: Iterable[tuple[str, str, str | None]]) -> Mapping[str, Meaning]:
    return {code: Meaning(why, fix) for codes, why, fix in rows for code in codes.split(", ")}


SENDING: Mapping[str, Meaning] = _by_code(
    (
        (
            "000000",
            N_("accepted; only the receipt says whether it was delivered"),
            N_("wait for the receipt"),
        ),
        (
            "E000000",
            N_("system error, usually a request that cannot be read"),
            N_(
                "check templateParas (send: text holding a JSON array; in batches: an array) and the encoding of the body; else ask support"
            ),
        ),
        ("E000001", N_("no Authorization header"), N_("send it; check app secret, digest and Created")),
        (
            "E000002, E000003, E000007, E000008",
            N_("Authorization lacks realm, profile, type or WSSE"),
            N_('write WSSE realm="SDP",profile="UsernameToken",type="Appkey"'),
        ),
        (
            "E000004, E000005, E000006",
            N_("Authorization has another realm, profile or type"),
            N_('write WSSE realm="SDP",profile="UsernameToken",type="Appkey"'),
        ),
        ("E000020", N_("no X-WSSE header"), N_("send it")),
        (
            "E000021, E000022, E000023, E000024, E000026",
            N_("X-WSSE lacks Username, Nonce, Created, PasswordDigest or UsernameToken"),
            N_("send all five"),
        ),
        (
            "E000025",
            N_("Created has a wrong format"),
            N_("write yyyy-MM-dd'T'HH:mm:ss'Z' in UTC (yyyy, not YYYY)"),
        ),
        ("E000027", N_("invalid request"), N_("compare every parameter with the documentation")),
        (
            "E000040",
            N_("another Content-Type than the operation takes"),
            N_("send application/x-www-form-urlencoded, in batches application/json"),
        ),
        ("E000041", N_("X-Sdk-Date is empty"), N_("send it")),
        (
            "E000042, E000043, E000044, E000045",
            N_("X-Sdk-Date or Authorization is malformed, expired or wrong"),
            N_("check app key, app secret and this machine's clock (15 minutes)"),
        ),
        (
            "E000101, E000102, E000104, E000105",
            N_("app key, app secret or digest is wrong"),
            N_("copy both from the application; the digest is Base64(SHA256(Nonce + Created + secret))"),
        ),
        ("E000103", N_("the app key cannot be used"), N_("check the application's status in the console")),
        (
            "E000106",
            N_("the app key may not call this operation"),
            N_("use the key of an application of this service"),
        ),
        ("E000109", N_("the account is not activated"), N_("enable the service in the console")),
        (
            "E000110",
            N_("Created is too far from the service's time"),
            N_("set this machine's clock; write yyyy, not YYYY"),
        ),
        ("E000111", N_("the app key belongs to nobody"), N_("check the application in the console")),
        ("E000112", N_("the account is frozen"), N_("top up the balance; after a violation contact support")),
        (
            "E000503",
            N_("a parameter has a wrong format"),
            N_("check `to` (digits and + only, at most 500 numbers) and the required fields"),
        ),
        ("E000510", N_("nothing was sent"), N_("look at the status of each number")),
        (
            "E000620",
            N_("this machine's address is not on the application's whitelist"),
            N_("add it in the console and wait 15 minutes"),
        ),
        (
            "E000623",
            N_("the account's daily or monthly limit is reached"),
            N_("raise the traffic threshold in the console, or wait for the next UTC day or month"),
        ),
        (
            "E000630",
            N_("the limit of this country is reached"),
            N_("change or remove that country's threshold in the console"),
        ),
        ("E200015", N_("too many messages wait to be sent"), N_("send slower and retry")),
        (
            "E200028",
            N_("the values do not fit the template's variables"),
            N_("check number, length and characters; date and time are two variables; no value is empty"),
        ),
        (
            "E200029",
            N_("template and signature do not belong together"),
            N_("send with the channel of the template's own signature and type"),
        ),
        ("E200030", N_("the template is not active"), N_("look at it with smsconf status")),
        ("E200031", N_("the request breaks the protocol"), N_("compare it with the documentation")),
        (
            "E200033",
            N_("the template's type does not fit"),
            N_("send with the channel of a signature of that type"),
        ),
        (
            "E200037",
            N_("nothing was sent (an older form of E000510)"),
            N_("look at the status of each number"),
        ),
        ("E200041", N_("the same text to the same number"), N_("remove duplicates")),
        (
            "E200048",
            N_("too many messages to this number"),
            N_("wait; see the sending frequency in the console"),
        ),
    )
)

CREDENTIALS: Final = frozenset(
    code
    for code in SENDING
    if "E000001" <= code <= "E000026" or "E000041" <= code <= "E000045" or "E000101" <= code <= "E000112"
)
"""Codes that are about who asks, not about what is asked."""

RECEIPTS: Mapping[str, Meaning] = _by_code(
    (
        ("DELIVRD", N_("delivered: the only success"), None),
        ("ACCEPTD", N_("accepted by the recipient"), None),
        ("EXPIRED", N_("not reached in time, or no answer of the carrier within 72 hours"), N_("try later")),
        ("DELETED", N_("deleted on its way"), N_("try later")),
        ("UNDELIV", N_("cannot be delivered"), N_("check the number")),
        ("UNKNOWN", N_("the carrier does not know"), N_("treat it as failed")),
        (
            "REJECTD",
            N_("refused: the recipient opted out, a keyword, a closed province, a wrong number"),
            N_("do not send again"),
        ),
        ("E200018, E200019", N_("no mainland channel fits the sender"), N_("check `from`")),
        (
            "E200020",
            N_("the signature of `from` is not the template's, or a universal template without signature"),
            N_("send `signature` with universal templates"),
        ),
        ("E200021", N_("no channel for this signature"), N_("ask support")),
        ("E200022, E200023", N_("no mainland channel fits the recipient"), N_("check the number")),
        (
            "E200024",
            N_("a foreign number, and the channel is not international"),
            N_("send it with an international application"),
        ),
        (
            "E200025, E200026",
            N_("no international channel fits the recipient, or `from` is empty"),
            N_("check the country and `from`"),
        ),
        ("E200027", N_("the application has no route"), N_("ask support")),
        ("E200032", N_("a message needs a template"), N_("send templateId and templateParas")),
        ("E200034, E200035, E200036", N_("the platform could not pass it on"), N_("ask support")),
        ("E200038", N_("a part of a long message did not arrive within 3 minutes"), N_("send again")),
        ("E200051", N_("the code of an international verification is not allowed"), N_("send 4 to 8 digits")),
        (
            "E000628",
            N_("the country is not among the allowed ones"),
            N_("allow it in the console (settings, regions)"),
        ),
        ("E000629", N_("the resource package is used up"), N_("buy another")),
        (
            "E000632",
            N_("the number is on the country's blacklist"),
            N_("change the number rules in the console"),
        ),
        ("SC:0001", N_("stopped by a person"), N_("ask support")),
        ("SC:0005", N_("the number is on the blacklist of complaints"), N_("do not send again")),
        ("SC:0006", N_("a forbidden keyword"), N_("change the text")),
        ("SC:0007, SC:0008", N_("a keyword that needs attention"), N_("change the text")),
        ("SC:0009", N_("a required keyword is missing"), N_("change the text")),
        ("SC:0010", N_("too many messages to this number"), N_("wait")),
        ("SC:0011", N_("not at this hour: promotions go out from 8:00 to 22:00"), N_("send later")),
        ("SC:0012", N_("the manual check took too long"), N_("send again")),
        ("SC:0013", N_("the signature is on a blacklist"), N_("ask support")),
        ("MILIMIT, LIMIT, BEYONDN, CTLIMIT", N_("too many messages per minute, day or number"), N_("wait")),
        ("KEYWORD", N_("stopped by a keyword"), N_("change the text")),
        ("BLACK, TDBLACK, TSBLACK, MBBLACK", N_("the number is on a blacklist"), N_("ask support")),
        ("UNDELIVE", N_("the carrier's limit of messages to this number"), N_("wait")),
    )
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
