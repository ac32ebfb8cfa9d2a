"""What the emulator does about sending, reports and thresholds where the vendor is silent.

Data only, the second half of ``choices``. Section numbers are those of the project's fact sheet of the
sending API.
"""

from __future__ import annotations

from smsconf.emulator.choices import EMULATOR, Choice

BOTH = "BatchSendSms, BatchSendDiffSms"
SENDING_CHOICES = (
    Choice(
        "A.2",
        BOTH,
        "what is E000503",
        "illegal characters in to, more than 500 numbers, more than 21 characters in one, "
        "fields missing or malformed, an extend that is too long",
        EMULATOR + "test_sending.py::test_request_is_refused_whole",
    ),
    Choice(
        "A.2",
        BOTH,
        "a number given twice in one content",
        "sent once; numbers are compared in full",
        EMULATOR + "test_sending.py::test_number_given_twice_is_sent_once",
    ),
    Choice(
        "A.2",
        "BatchSendDiffSms",
        "the same text to the same number in a later content",
        "E200041",
        EMULATOR + "test_sending.py::test_different_texts_go_out_in_one_request",
    ),
    Choice(
        "A.2",
        "BatchSendSms",
        "blanks in to",
        "refused",
        EMULATOR + "test_sending.py::test_request_is_refused_whole",
    ),
    Choice(
        "A.2",
        BOTH,
        "status of a malformed number, or of an unknown dialling code",
        "E200031",
        EMULATOR + "test_sending.py::test_number_fails_with_its_status",
    ),
    Choice(
        "A.2",
        BOTH,
        "codes that the pages list for reports (E200018 to E200051: channels, signatures, countries)",
        "in the answer, at once, not in a later report",
        EMULATOR + "test_sending.py::test_sender_must_be_the_templates",
    ),
    Choice(
        "A.2",
        BOTH,
        "unknown template, or one of another app",
        "E200030, as for one that is not approved",
        EMULATOR + "test_sending.py::test_template_must_be_approved_and_the_apps",
    ),
    Choice(
        "A.2",
        BOTH,
        "universal template without signature, or with another than the sender's",
        "E200020",
        EMULATOR + "test_sending.py::test_universal_template_needs_the_senders_signature",
    ),
    Choice(
        "A.2",
        BOTH,
        "mainland number for an international app",
        "E200025",
        EMULATOR + "test_sending.py::test_international_app_sends_abroad_only",
    ),
    Choice(
        "A.2",
        BOTH,
        "longest value of the variable of a verification template",
        "8",
        EMULATOR + "test_sending.py::test_verification_code_has_eight_characters_at_most",
    ),
    Choice(
        "A.2",
        BOTH,
        "values of NEWTEXT and LONGTEXT",
        "1-35 and 1-100 characters, without ' { }",
        EMULATOR + "test_sending.py::test_value_fits_its_variable",
    ),
    Choice(
        "A.2",
        "BatchSendSms",
        "a number instead of a string in templateParas",
        "taken as its digits",
        EMULATOR + "test_sending.py::test_number_without_quotes_is_taken_as_its_digits",
    ),
    Choice(
        "A.2b",
        "BatchSendDiffSms",
        "whether 500 numbers are meant for each content or for the request",
        "for the request",
        EMULATOR + "test_sending.py::test_500_numbers_are_the_most",
    ),
    Choice(
        "A.2b",
        "BatchSendDiffSms",
        "code of a content over 64 KB",
        "E000503; the whole body counts",
        EMULATOR + "test_sending.py::test_content_over_64_kb_is_refused",
    ),
    Choice(
        "A.3",
        BOTH,
        "a nonce that comes twice",
        "accepted",
        EMULATOR + "test_app_auth.py::test_token_is_accepted_in_both_encodings",
    ),
    Choice(
        "A.3",
        BOTH,
        "a nonce of other characters, or too long",
        "E000027",
        EMULATOR + "test_app_auth.py::test_token_is_checked_part_by_part",
    ),
    Choice(
        "A.4",
        BOTH,
        "an app that is not LAUNCHED",
        "E000103",
        EMULATOR + "test_app_auth.py::test_suspended_app_may_not_send",
    ),
    Choice(
        "A.5",
        BOTH,
        "countryId",
        "the dialling code",
        EMULATOR + "test_sending.py::test_international_message_has_no_signature",
    ),
    Choice(
        "A.6",
        BOTH,
        "E000510",
        "400, with the result",
        EMULATOR + "test_sending.py::test_number_fails_with_its_status",
    ),
    Choice(
        "B.1",
        "status reports",
        "pushing again after an error or another answer than 200",
        "never; a push that the process did not survive is sent again",
        EMULATOR + "test_reports.py::test_push_that_fails_is_written_down_and_not_repeated",
    ),
    Choice(
        "B.1",
        "status reports",
        "a report without any address",
        "dropped at once, not after an hour",
        EMULATOR + "test_reports.py::test_without_any_address_nothing_is_pushed",
    ),
    Choice(
        "B.1",
        "status reports",
        "how soon",
        "2 seconds after sending, unless PUT /_emulator/carrier says otherwise",
        EMULATOR + "test_reports.py::test_report_goes_to_the_status_callback",
    ),
    Choice(
        "B.3",
        "status reports",
        "values and fields of SmsStatusBeanOut",
        "strings; without statusDesc and orgCode",
        EMULATOR + "test_reports.py::test_without_callback_reports_go_in_batches_of_fifty",
    ),
    Choice(
        "B.4",
        "status reports",
        "which number ends how",
        "by its last five digits (99901 UNDELIV, 99902 REJECTD, 99903 EXPIRED, 99904 "
        "UNKNOWN, 99905 DELETED, 99906 MBBLACK, 99907 SC:0006, 99908 MK:0001, 99909 "
        "nothing for 72 hours, 99910 BEYONDN), else DELIVRD",
        EMULATOR + "test_reports.py::test_last_digits_decide_the_outcome",
    ),
    Choice(
        "B.5",
        "replies",
        "who replied R",
        "is REJECTD from that channel from then on",
        EMULATOR + "test_console.py::test_reply_without_an_address_is_dropped",
    ),
    Choice(
        "B.6",
        "pushes",
        "Access and canonical URI of a signed push",
        "the configured key; with a slash at the end, as in requests",
        EMULATOR + "test_reports.py::test_pushes_are_signed_if_the_app_has_keys",
    ),
    Choice(
        "C",
        "thresholds",
        "what is set at first",
        "nothing",
        EMULATOR + "test_thresholds.py::test_nothing_is_limited_until_someone_sets_it",
    ),
    Choice(
        "C",
        "thresholds",
        "a request that would pass a limit",
        "refused whole; figures are exact",
        EMULATOR + "test_thresholds.py::test_limit_stops_sending_until_the_next_day",
    ),
    Choice(
        "C",
        "thresholds",
        "what counts",
        "accepted numbers, one each, however many parts",
        EMULATOR + "test_thresholds.py::test_what_fails_does_not_count",
    ),
    Choice(
        "C",
        "thresholds",
        "after the limit is raised",
        "sending resumes at once",
        EMULATOR + "test_thresholds.py::test_raising_the_limit_resumes_at_once",
    ),
    Choice(
        "C",
        "thresholds",
        "countries that share a dialling code",
        "count as the largest: United States, Russia",
        EMULATOR + "test_thresholds.py::test_shared_dialling_code_counts_as_the_largest_country",
    ),
    Choice(
        "H.1",
        BOTH,
        "promotion outside 8:00 to 22:00",
        "Beijing time; accepted, then SC:0011",
        EMULATOR + "test_reports.py::test_promotion_at_night_is_not_delivered",
    ),
    Choice(
        "H.3",
        "the console",
        "when a whitelist counts",
        "at once, not after 10 to 15 minutes",
        EMULATOR + "test_console.py::test_only_listed_addresses_may_call",
    ),
)
