"""Which test shows what the emulator does where the vendor is silent: section, question → test. Data only."""

from __future__ import annotations

from tests.conformance.fidelity.folders import CONFORMANCE, EMULATOR

CHOICES = {
    ("2.1", "status of a new app"): EMULATOR
    + "management/test_apps.py::test_new_app_is_launched_with_every_documented_field",
    ("2.1", "default of show_secret"): EMULATOR
    + "management/test_apps.py::test_secret_is_shown_once_and_only_on_request",
    ("2.1", "two apps of one name"): CONFORMANCE + "test_choices.py::test_apps_may_share_a_name",
    ("2.4", "meaning of total and used"): EMULATOR + "management/test_apps.py::test_quota_counts_per_region",
    ("2.5", "optional fields left out of an update of an app"): EMULATOR
    + "management/test_apps.py::test_update_replaces_all_fields_but_the_region",
    ("2.5", "another region in an update of an app"): EMULATOR
    + "management/test_apps.py::test_update_replaces_all_fields_but_the_region",
    ("3.1", "duplicate of name and type"): EMULATOR
    + "management/test_signatures.py::test_name_and_type_are_unique_in_the_account",
    ("3.1", "signature without a qualification"): CONFORMANCE
    + "test_choices.py::test_qualification_does_not_matter",
    ("3.1", "status after an update"): EMULATOR
    + "management/test_signatures.py::test_update_replaces_and_submits_again",
    ("3.4", "deletable states of a signature"): CONFORMANCE
    + "test_states.py::test_deletion_of_a_signature_takes_its_templates_along",
    ("3.5", "answer of EnableSignature"): CONFORMANCE + "test_choices.py::test_answers_without_a_body",
    ("4.1", "formats and sizes of files"): CONFORMANCE + "test_sdk.py::test_sdk_uploads_any_bytes",
    ("4.2", "file_ref"): EMULATOR + "management/test_signatures.py::test_file_is_described_not_kept",
    ("5.1", "optional fields left out of an update of a template"): CONFORMANCE
    + "test_choices.py::test_fields_left_out_of_an_edit_are_reset",
    ("5.1", "two templates of one name"): EMULATOR + "management/test_templates.py::test_twins_may_exist",
    ("5.1", "template without sign_id, or with one of another app"): EMULATOR
    + "management/test_templates.py::test_references_must_exist_and_fit",
    ("5.1", "template on an unapproved or rejected signature"): CONFORMANCE
    + "test_states.py::test_signature_in_its_state",
    ("5.1", "content that breaks the review rules"): CONFORMANCE
    + "test_choices.py::test_content_is_not_judged",
    ("5.2", "flow_status left out"): EMULATOR
    + "management/test_templates.py::test_create_is_draft_or_submission",
    ("5.2", "flow_status Disable on create"): EMULATOR
    + "management/test_rules.py::test_create_template_refuses_a_bad_field",
    ("5.2", "other fields of a withdrawing or disabling PUT"): CONFORMANCE
    + "test_states.py::test_template_in_its_state",
    ("5.2", "template_id after a second approval"): CONFORMANCE
    + "test_choices.py::test_template_id_outlives_a_second_approval",
    ("5.3", "universal template without an approved signature of its type"): EMULATOR
    + "management/test_templates.py::test_universal_template_needs_an_approved_signature_of_its_type",
    ("5.5", "order of send_country"): CONFORMANCE + "test_sdk.py::test_sdk_reads_countries_back_in_order",
    ("5.7", "ids of countries"): EMULATOR + "management/test_templates.py::test_countries_are_a_bare_array",
    ("5.6", "variable_length"): EMULATOR
    + "management/test_templates.py::test_variables_come_from_their_own_operation",
    ("5.8", "deleting a template in review"): CONFORMANCE + "test_states.py::test_template_in_its_state",
    ("3.4, 5.8", "status of a successful deletion"): CONFORMANCE
    + "test_choices.py::test_answers_without_a_body",
    ("6.2", "order of a signature's review"): EMULATOR
    + "management/test_reviewer.py::test_signature_passes_processing_to_completion",
    ("6.2", "templates of a rejected signature"): EMULATOR
    + "management/test_reviewer.py::test_rejected_signature_leaves_its_templates_waiting",
    ("6.2", "duration of a signature's review"): EMULATOR
    + "management/test_reviewer.py::test_signature_passes_processing_to_completion",
    ("6.2", "activation"): EMULATOR
    + "management/test_reviewer.py::test_activation_is_reviewed_and_filed_again",
    ("6.3", "duration of a template's review"): EMULATOR
    + "management/test_reviewer.py::test_template_is_reviewed_within_two_working_hours",
    ("7", "offset"): EMULATOR + "management/test_apps.py::test_offset_counts_items",
    ("7", "limit above 500"): EMULATOR + "management/test_rules.py::test_list_refuses_a_bad_query",
    ("7", "equal create_time"): EMULATOR + "management/test_apps.py::test_list_gives_ten_newest_first",
    ("7", "zone of timestamps"): CONFORMANCE + "test_choices.py::test_timestamps_are_virtual_time_in_utc",
    ("8.1", "HTTP status of MSGSMS codes"): CONFORMANCE + "test_sdk.py::test_sdk_surfaces_the_refusal",
    ("8.2", "order of checks"): CONFORMANCE + "test_gateway.py::test_sdk_surfaces_the_quotas",
    ("8.2", "quota codes"): CONFORMANCE + "test_gateway.py::test_sdk_surfaces_the_quotas",
    ("8.3", "what locks an access key"): CONFORMANCE
    + "test_signing.py::test_only_wrong_signatures_lock_a_key",
    ("9.1", "token without a project"): CONFORMANCE
    + "test_gateway.py::test_token_of_the_account_opens_nothing",
    ("2.1", "an app that is not LAUNCHED"): CONFORMANCE + "test_states.py::test_app_in_its_state",
    ("8.3", "headers that must be signed"): CONFORMANCE
    + "test_signing.py::test_date_must_be_among_the_signed_headers",
    ("A.2", "what is E000503"): EMULATOR + "sending/test_sending.py::test_request_is_refused_whole",
    ("A.2", "a number given twice in one content"): EMULATOR
    + "sending/test_sending.py::test_number_given_twice_is_sent_once",
    ("A.2", "the same text to the same number in a later content"): EMULATOR
    + "sending/test_sending.py::test_different_texts_go_out_in_one_request",
    ("A.2", "blanks in to"): EMULATOR + "sending/test_sending.py::test_request_is_refused_whole",
    ("A.2", "status of a malformed number, or of an unknown dialling code"): EMULATOR
    + "sending/test_sending.py::test_number_fails_with_its_status",
    (
        "A.2",
        "codes that the pages list for reports (E200018 to E200051: channels, signatures, countries)",
    ): EMULATOR + "sending/test_sending.py::test_sender_must_be_the_templates",
    ("A.2", "unknown template, or one of another app"): EMULATOR
    + "sending/test_sending.py::test_template_must_be_approved_and_the_apps",
    ("A.2", "universal template without signature, or with another than the sender's"): EMULATOR
    + "sending/test_sending.py::test_universal_template_needs_the_senders_signature",
    ("A.2", "mainland number for an international app"): EMULATOR
    + "sending/test_sending.py::test_international_app_sends_abroad_only",
    ("A.2", "longest value of the variable of a verification template"): EMULATOR
    + "sending/test_sending.py::test_verification_code_has_eight_characters_at_most",
    ("A.2", "values of NEWTEXT and LONGTEXT"): EMULATOR
    + "sending/test_sending.py::test_value_fits_its_variable",
    ("A.2", "a number instead of a string in templateParas"): EMULATOR
    + "sending/test_sending.py::test_number_without_quotes_is_taken_as_its_digits",
    ("A.2b", "whether 500 numbers are meant for each content or for the request"): EMULATOR
    + "sending/test_sending.py::test_500_numbers_are_the_most",
    ("A.2b", "code of a content over 64 KB"): EMULATOR
    + "sending/test_sending.py::test_content_over_64_kb_is_refused",
    ("A.3", "a nonce that comes twice"): EMULATOR
    + "gateway/test_app_auth.py::test_token_is_accepted_in_both_encodings",
    ("A.3", "a nonce of other characters, or too long"): EMULATOR
    + "gateway/test_app_auth.py::test_token_is_checked_part_by_part",
    ("A.4", "an app that is not LAUNCHED"): EMULATOR
    + "gateway/test_app_auth.py::test_suspended_app_may_not_send",
    ("A.5", "countryId"): EMULATOR + "sending/test_sending.py::test_international_message_has_no_signature",
    ("A.6", "E000510"): EMULATOR + "sending/test_sending.py::test_number_fails_with_its_status",
    ("B.1", "pushing again after an error or another answer than 200"): EMULATOR
    + "sending/test_reports.py::test_push_that_fails_is_written_down_and_not_repeated",
    ("B.1", "a report without any address"): EMULATOR
    + "sending/test_reports.py::test_without_any_address_nothing_is_pushed",
    ("B.1", "how soon"): EMULATOR + "sending/test_reports.py::test_report_goes_to_the_status_callback",
    ("B.3", "values and fields of SmsStatusBeanOut"): EMULATOR
    + "sending/test_reports.py::test_without_callback_reports_go_in_batches_of_fifty",
    ("B.4", "which number ends how"): EMULATOR
    + "sending/test_reports.py::test_last_digits_decide_the_outcome",
    ("B.5", "who replied R"): EMULATOR
    + "management/test_console.py::test_reply_without_an_address_is_dropped",
    ("B.6", "Access and canonical URI of a signed push"): EMULATOR
    + "sending/test_reports.py::test_pushes_are_signed_if_the_app_has_keys",
    ("C", "what is set at first"): EMULATOR
    + "sending/test_thresholds.py::test_nothing_is_limited_until_someone_sets_it",
    ("C", "a request that would pass a limit"): EMULATOR
    + "sending/test_thresholds.py::test_limit_stops_sending_until_the_next_day",
    ("C", "what counts"): EMULATOR + "sending/test_thresholds.py::test_what_fails_does_not_count",
    ("C", "after the limit is raised"): EMULATOR
    + "sending/test_thresholds.py::test_raising_the_limit_resumes_at_once",
    ("C", "countries that share a dialling code"): EMULATOR
    + "sending/test_thresholds.py::test_shared_dialling_code_counts_as_the_largest_country",
    ("H.1", "promotion outside 8:00 to 22:00"): EMULATOR
    + "sending/test_reports.py::test_promotion_at_night_is_not_delivered",
    ("H.3", "when a whitelist counts"): EMULATOR
    + "management/test_console.py::test_only_listed_addresses_may_call",
}
