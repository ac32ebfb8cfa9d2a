"""Which test shows what: for every row of ``routes``, ``rules``, ``errors`` and ``statuses``.

Data only, for ``fidelity``; the tests see to it that every name exists and no row is without one.
"""

from __future__ import annotations

from smsconf.emulator import errors
from smsconf.emulator.choices import CONFORMANCE, EMULATOR

EVERY_ANSWER = CONFORMANCE + "test_sdk.py::test_sdk_gets_every_field_of"
ANSWERS = {
    "UploadSignatureFile": CONFORMANCE + "test_sdk.py::test_sdk_uploads_any_bytes",
    "DeleteTemplates": CONFORMANCE + "test_gateway.py::test_batch_deletion_over_http",
    "KeystoneListProjects": CONFORMANCE + "test_gateway.py::test_sdk_looks_its_project_up_at_iam",
    "KeystoneCreateUserTokenByPassword": CONFORMANCE + "test_gateway.py::test_token_opens_the_service",
}
"""Operations that another test than ``EVERY_ANSWER`` shows."""

FIELDS = CONFORMANCE + "test_fields.py::test_field_keeps_to_its_row"
TEMPLATE_MOVES = CONFORMANCE + "test_states.py::test_template_in_its_state"
DECISIONS = CONFORMANCE + "test_states.py::test_decision_in_a_state"
GAPS = CONFORMANCE + "test_sdk.py::test_fields_that_stay_empty_are_those_of_the_fidelity_table"

_REFUSAL = CONFORMANCE + "test_sdk.py::test_sdk_surfaces_the_refusal"
_TROUBLE = CONFORMANCE + "test_sdk.py::test_sdk_surfaces_trouble_of_gateway_and_service"
_QUOTAS = CONFORMANCE + "test_gateway.py::test_sdk_surfaces_the_quotas"
_SIGNATURES = CONFORMANCE + "test_states.py::test_signature_in_its_state"
REFUSALS = {
    errors.INTERNAL: EMULATOR + "test_control.py::test_failure_of_the_emulator_is_an_internal_error",
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
    errors.NO_API: EMULATOR + "test_engine.py::test_gateway_refuses_unknown_routes_and_projects",
    errors.TOO_LARGE: CONFORMANCE + "test_sdk.py::test_sdk_surfaces_a_body_that_is_too_large",
    errors.BACKEND_UNAVAILABLE: _TROUBLE,
    errors.UNAUTHENTICATED: CONFORMANCE + "test_gateway.py::test_sdk_surfaces_wrong_keys_and_projects",
    errors.FORBIDDEN: CONFORMANCE + "test_gateway.py::test_token_of_the_account_opens_nothing",
    errors.TOKEN_EXPIRED: EMULATOR + "test_auth.py::test_token_of_the_project_is_accepted_for_a_day",
    errors.THROTTLED: _TROUBLE,
    errors.PROJECT: CONFORMANCE + "test_gateway.py::test_sdk_surfaces_wrong_keys_and_projects",
}
SITES = {
    "china": TEMPLATE_MOVES,
    "international": EMULATOR + "test_sites.py::test_international_answers_are_short",
    "europe": EMULATOR + "test_sites.py::test_european_site_edits_rejected_templates_only",
}
