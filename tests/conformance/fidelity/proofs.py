"""Which test shows what: for every row of ``routes``, ``rules``, ``errors`` and ``statuses``.

Data only, for ``fidelity``; the tests see to it that every name exists and no row is without one.
"""

from __future__ import annotations

from smsconf.emulator.base import errors
from smsconf.emulator.sending import number_statuses
from tests.conformance.fidelity.folders import CONFORMANCE, EMULATOR

EVERY_ANSWER = CONFORMANCE + "test_sdk.py::test_sdk_gets_every_field_of"
ANSWERS = {
    "UploadSignatureFile": CONFORMANCE + "test_sdk.py::test_sdk_uploads_any_bytes",
    "DeleteTemplates": CONFORMANCE + "test_gateway.py::test_batch_deletion_over_http",
    "BatchSendSms": CONFORMANCE + "test_sending_sdk.py::test_sdk_sends_and_gets_every_field",
    "BatchSendDiffSms": CONFORMANCE + "test_sending_sdk.py::test_sdk_sends_and_gets_every_field",
    "KeystoneListProjects": CONFORMANCE + "test_gateway.py::test_sdk_looks_its_project_up_at_iam",
    "KeystoneCreateUserTokenByPassword": CONFORMANCE + "test_gateway.py::test_token_opens_the_service",
}
"""Operations that another test than ``EVERY_ANSWER`` shows."""

FIELDS = CONFORMANCE + "test_fields.py::test_field_keeps_to_its_row"
FIELDS_OF = dict.fromkeys(
    ("BatchSendSms", "BatchSendDiffSms"),
    CONFORMANCE + "test_sending_fields.py::test_parameter_keeps_to_its_row",
)
TEMPLATE_MOVES = CONFORMANCE + "test_states.py::test_template_in_its_state"
DECISIONS = CONFORMANCE + "test_states.py::test_decision_in_a_state"
GAPS = CONFORMANCE + "test_sdk.py::test_fields_that_stay_empty_are_those_of_the_fidelity_table"

_REFUSAL = CONFORMANCE + "test_sdk.py::test_sdk_surfaces_the_refusal"
_TROUBLE = CONFORMANCE + "test_sdk.py::test_sdk_surfaces_trouble_of_gateway_and_service"
_QUOTAS = CONFORMANCE + "test_gateway.py::test_sdk_surfaces_the_quotas"
_SIGNATURES = CONFORMANCE + "test_states.py::test_signature_in_its_state"
_SENDING = EMULATOR + "sending/test_sending.py::test_request_is_refused_whole"
_REALM = EMULATOR + "gateway/test_app_auth.py::test_authorization_of_wsse_is_checked_part_by_part"
_TOKEN = EMULATOR + "gateway/test_app_auth.py::test_token_is_checked_part_by_part"
_NO_TOKEN = EMULATOR + "gateway/test_app_auth.py::test_header_of_the_token_must_be_there"
_SIGNED = EMULATOR + "gateway/test_app_auth.py::test_signature_is_checked_part_by_part"
_CONTENT_TYPE = EMULATOR + "gateway/test_app_auth.py::test_content_type_is_fixed"
REFUSALS = {
    errors.INTERNAL: EMULATOR + "gateway/test_control.py::test_failure_of_the_emulator_is_an_internal_error",
    errors.INVALID: FIELDS,
    errors.UNAUTHORIZED: CONFORMANCE + "test_choices.py::test_any_code_can_be_queued",
    errors.SIGNATURE_MISSING: _REFUSAL,
    errors.SIGNATURE_DUPLICATE: _REFUSAL,
    errors.SIGNATURE_FROZEN: _SIGNATURES,
    errors.TEMPLATE_MISSING: _REFUSAL,
    errors.TEMPLATE_FROZEN: TEMPLATE_MOVES,
    errors.FILE_MISSING: _REFUSAL,
    errors.SIGNATURE_INVALID: _REFUSAL,
    errors.APP_MISSING: _REFUSAL,
    errors.APP_QUOTA: _QUOTAS,
    errors.SIGNATURE_QUOTA: _QUOTAS,
    errors.TEMPLATE_QUOTA: _QUOTAS,
    errors.SIGNATURE_TYPE: _REFUSAL,
    errors.SIGNATURE_ABSENT: _SIGNATURES,
    errors.TEMPLATE_TYPE: _REFUSAL,
    errors.COUNTRY: _REFUSAL,
    errors.NOT_TO_BE_ACTIVATED: _SIGNATURES,
    errors.TEMPLATE_IN_REVIEW: TEMPLATE_MOVES,
    errors.NO_API: EMULATOR + "gateway/test_engine.py::test_gateway_refuses_unknown_routes_and_projects",
    errors.TOO_LARGE: CONFORMANCE + "test_sdk.py::test_sdk_surfaces_a_body_that_is_too_large",
    errors.BACKEND_UNAVAILABLE: _TROUBLE,
    errors.UNAUTHENTICATED: CONFORMANCE + "test_gateway.py::test_sdk_surfaces_wrong_keys_and_projects",
    errors.FORBIDDEN: CONFORMANCE + "test_gateway.py::test_token_of_the_account_opens_nothing",
    errors.TOKEN_EXPIRED: EMULATOR + "gateway/test_auth.py::test_token_of_the_project_is_accepted_for_a_day",
    errors.THROTTLED: _TROUBLE,
    errors.PROJECT: CONFORMANCE + "test_gateway.py::test_sdk_surfaces_wrong_keys_and_projects",
    errors.SEND_SYSTEM: EMULATOR + "gateway/test_app_auth.py::test_unreadable_body_is_a_system_error",
    **dict.fromkeys((errors.NO_AUTHORIZATION, errors.NO_WSSE), _REALM),
    **dict.fromkeys((errors.NO_REALM, errors.NO_PROFILE, errors.NO_TYPE), _REALM),
    **dict.fromkeys((errors.REALM, errors.PROFILE, errors.TYPE), _REALM),
    **dict.fromkeys((errors.NO_X_WSSE, errors.NO_USERNAME_TOKEN), _NO_TOKEN),
    **dict.fromkeys((errors.NO_USERNAME, errors.NO_NONCE, errors.NO_CREATED, errors.NO_DIGEST), _TOKEN),
    **dict.fromkeys((errors.CREATED, errors.SEND_INVALID, errors.APP_KEY, errors.DIGEST), _TOKEN),
    errors.CREATED_EXPIRED: _TOKEN,
    **dict.fromkeys((errors.NO_FORM, errors.NO_JSON), _CONTENT_TYPE),
    **dict.fromkeys((errors.NO_SDK_DATE, errors.SDK_DATE, errors.SDK_DATE_EXPIRED), _SIGNED),
    **dict.fromkeys((errors.AUTHORIZATION, errors.AUTHORIZATION_FAILED), _SIGNED),
    errors.SEND_PARAMETER: _SENDING,
    errors.NONE_SENT: EMULATOR + "sending/test_sending.py::test_number_fails_with_its_status",
    errors.LIMIT: EMULATOR + "sending/test_thresholds.py::test_limit_stops_sending_until_the_next_day",
    errors.COUNTRY_LIMIT: EMULATOR + "sending/test_thresholds.py::test_country_has_a_limit_of_its_own",
    errors.NOT_WHITELISTED: EMULATOR + "management/test_console.py::test_only_listed_addresses_may_call",
    errors.APP_KEY_UNUSABLE: EMULATOR + "gateway/test_app_auth.py::test_suspended_app_may_not_send",
}
SITES = {
    "china": TEMPLATE_MOVES,
    "international": EMULATOR + "test_sites.py::test_international_answers_are_short",
    "europe": EMULATOR + "test_sites.py::test_european_site_edits_rejected_templates_only",
}
_SENDER = EMULATOR + "sending/test_sending.py::test_sender_must_be_the_templates"
_FAILING = EMULATOR + "sending/test_sending.py::test_number_fails_with_its_status"
NUMBERS = {
    number_statuses.CHANNEL_CLOSED: _SENDER,
    number_statuses.NO_CHANNEL: _FAILING,
    number_statuses.OTHER_SIGNATURE: EMULATOR
    + "sending/test_sending.py::test_universal_template_needs_the_senders_signature",
    number_statuses.NOT_ABROAD: _FAILING,
    number_statuses.NOT_MAINLAND: EMULATOR
    + "sending/test_sending.py::test_international_app_sends_abroad_only",
    number_statuses.VALUES: EMULATOR + "sending/test_sending.py::test_value_fits_its_variable",
    number_statuses.OTHER_TEMPLATE: _SENDER,
    number_statuses.NOT_ACTIVE: EMULATOR
    + "sending/test_sending.py::test_template_must_be_approved_and_the_apps",
    number_statuses.MALFORMED: _FAILING,
    number_statuses.REPEATED: EMULATOR
    + "sending/test_sending.py::test_different_texts_go_out_in_one_request",
    number_statuses.NO_CODE: EMULATOR + "sending/test_sending.py::test_verification_abroad_is_a_code",
}
