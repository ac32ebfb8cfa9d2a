"""What the emulator does about sending, reports and thresholds where the vendor is silent.

Data only, the second half of ``choices``. Section numbers are those of the project's fact sheet of the
sending API.
"""

from __future__ import annotations

from smsconf.emulator.choices import Choice

BOTH = "BatchSendSms, BatchSendDiffSms"
SENDING_CHOICES = (
    Choice(
        "A.2",
        BOTH,
        "what is E000503",
        "illegal characters in to, more than 500 numbers, more than 21 characters in one, "
        "fields missing or malformed, an extend that is too long",
    ),
    Choice("A.2", BOTH, "a number given twice in one content", "sent once; numbers are compared in full"),
    Choice("A.2", "BatchSendDiffSms", "the same text to the same number in a later content", "E200041"),
    Choice("A.2", "BatchSendSms", "blanks in to", "refused"),
    Choice("A.2", BOTH, "status of a malformed number, or of an unknown dialling code", "E200031"),
    Choice(
        "A.2",
        BOTH,
        "codes that the pages list for reports (E200018 to E200051: channels, signatures, countries)",
        "in the answer, at once, not in a later report",
    ),
    Choice(
        "A.2", BOTH, "unknown template, or one of another app", "E200030, as for one that is not approved"
    ),
    Choice("A.2", BOTH, "universal template without signature, or with another than the sender's", "E200020"),
    Choice("A.2", BOTH, "mainland number for an international app", "E200025"),
    Choice("A.2", BOTH, "longest value of the variable of a verification template", "8"),
    Choice("A.2", BOTH, "values of NEWTEXT and LONGTEXT", "1-35 and 1-100 characters, without ' { }"),
    Choice("A.2", "BatchSendSms", "a number instead of a string in templateParas", "taken as its digits"),
    Choice(
        "A.2b",
        "BatchSendDiffSms",
        "whether 500 numbers are meant for each content or for the request",
        "for the request",
    ),
    Choice("A.2b", "BatchSendDiffSms", "code of a content over 64 KB", "E000503; the whole body counts"),
    Choice("A.3", BOTH, "a nonce that comes twice", "accepted"),
    Choice("A.3", BOTH, "a nonce of other characters, or too long", "E000027"),
    Choice("A.4", BOTH, "an app that is not LAUNCHED", "E000103"),
    Choice("A.5", BOTH, "countryId", "the dialling code"),
    Choice("A.6", BOTH, "E000510", "400, with the result"),
    Choice(
        "B.1",
        "status reports",
        "pushing again after an error or another answer than 200",
        "never; a push that the process did not survive is sent again",
    ),
    Choice("B.1", "status reports", "a report without any address", "dropped at once, not after an hour"),
    Choice(
        "B.1",
        "status reports",
        "how soon",
        "2 seconds after sending, unless PUT /_emulator/carrier says otherwise",
    ),
    Choice(
        "B.3",
        "status reports",
        "values and fields of SmsStatusBeanOut",
        "strings; without statusDesc and orgCode",
    ),
    Choice(
        "B.4",
        "status reports",
        "which number ends how",
        "by its last five digits (99901 UNDELIV, 99902 REJECTD, 99903 EXPIRED, 99904 "
        "UNKNOWN, 99905 DELETED, 99906 MBBLACK, 99907 SC:0006, 99908 MK:0001, 99909 "
        "nothing for 72 hours, 99910 BEYONDN), else DELIVRD",
    ),
    Choice("B.5", "replies", "who replied R", "is REJECTD from that channel from then on"),
    Choice(
        "B.6",
        "pushes",
        "Access and canonical URI of a signed push",
        "the configured key; with a slash at the end, as in requests",
    ),
    Choice("C", "thresholds", "what is set at first", "nothing"),
    Choice("C", "thresholds", "a request that would pass a limit", "refused whole; figures are exact"),
    Choice("C", "thresholds", "what counts", "accepted numbers, one each, however many parts"),
    Choice("C", "thresholds", "after the limit is raised", "sending resumes at once"),
    Choice(
        "C",
        "thresholds",
        "countries that share a dialling code",
        "count as the largest: United States, Russia",
    ),
    Choice("H.1", BOTH, "promotion outside 8:00 to 22:00", "Beijing time; accepted, then SC:0011"),
    Choice("H.3", "the console", "when a whitelist counts", "at once, not after 10 to 15 minutes"),
)
