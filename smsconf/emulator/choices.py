"""What the emulator does where the vendor is silent, and what it does not do at all.

Data only, for a list people can read; what a row of ``routes``, ``rules``, ``errors`` or ``statuses`` already
marks as a guess is not repeated. Section numbers are those of the project's fact sheet of the management API.
"""

from __future__ import annotations

from typing import NamedTuple


class Choice(NamedTuple):
    """One question the vendor leaves open, and the emulator's answer."""

    section: str
    operations: str
    question: str
    answer: str


CHOICES = (
    Choice("2.1", "CreateApp", "status of a new app", "LAUNCHED at once"),
    Choice("2.1", "CreateApp", "default of show_secret", "false"),
    Choice("2.1", "CreateApp", "two apps of one name", "accepted"),
    Choice("2.4", "ShowAppCount", "meaning of total and used", "quota and existing apps of the region"),
    Choice("2.5", "UpdateApp", "optional fields left out of an update of an app", "reset"),
    Choice("2.5", "UpdateApp", "another region in an update of an app", "refused with MSGSMS.0002"),
    Choice(
        "3.1",
        "CreateSignature, UpdateSignature",
        "duplicate of name and type",
        "MSGSMS.0006, never MSGSMS.0004",
    ),
    Choice("3.1", "CreateSignature", "signature without a qualification", "approved like any other"),
    Choice(
        "3.1", "UpdateSignature", "status after an update", "PENDING_REVIEW; the reviewer's words are cleared"
    ),
    Choice(
        "3.4",
        "DeleteSignature",
        "deletable states of a signature",
        "all; its templates go along in any state",
    ),
    Choice("3.5", "EnableSignature", "answer of EnableSignature", "200 without a body"),
    Choice(
        "4.1",
        "UploadSignatureFile",
        "formats and sizes of files",
        "any; the gateway's 12 MB is the only limit",
    ),
    Choice("4.2", "ShowSignatureFile", "file_ref", "number of signatures that name the file"),
    Choice("5.1", "UpdateTemplate", "optional fields left out of an update of a template", "reset"),
    Choice("5.1", "CreateTemplate", "two templates of one name", "accepted; MSGSMS.0008 is never used"),
    Choice(
        "5.1",
        "CreateTemplate, UpdateTemplate",
        "template without sign_id, or with one of another app",
        "MSGSMS.0012",
    ),
    Choice(
        "5.1",
        "CreateTemplate",
        "template on an unapproved or rejected signature",
        "accepted as SignReviewing",
    ),
    Choice(
        "5.1",
        "CreateTemplate",
        "content that breaks the review rules",
        "accepted; judging it is the review's business",
    ),
    Choice("5.2", "CreateTemplate, UpdateTemplate", "flow_status left out", "submitted"),
    Choice("5.2", "CreateTemplate", "flow_status Disable on create", "MSGSMS.0002"),
    Choice("5.2", "UpdateTemplate", "other fields of a withdrawing or disabling PUT", "ignored"),
    Choice("5.2", "UpdateTemplate", "template_id after a second approval", "the same as before"),
    Choice(
        "5.3", "CreateTemplate", "universal template without an approved signature of its type", "MSGSMS.0033"
    ),
    Choice("5.5", "CreateTemplate, ShowTemplate", "order of send_country", "kept; unused slots are absent"),
    Choice(
        "5.7",
        "ListSendCountryDetails",
        "ids of countries",
        "the dialling code where one country alone has it, else an invented number from 1000 upwards",
    ),
    Choice(
        "5.6",
        "ListTemplateVarilableDetails",
        "variable_length",
        "upper end of the documented range of the type",
    ),
    Choice(
        "5.8",
        "DeleteTemplate, DeleteTemplates",
        "deleting a template in review",
        "MSGSMS.0187, for Reviewing and SignReviewing",
    ),
    Choice("3.4, 5.8", "DeleteSignature, DeleteTemplate", "status of a successful deletion", "204"),
    Choice(
        "6.2",
        "CreateSignature",
        "order of a signature's review",
        "PENDING_REVIEW, PROCESSING for 20 minutes, complete",
    ),
    Choice("6.2", "CreateTemplate", "templates of a rejected signature", "stay SignReviewing"),
    Choice("6.2", "CreateSignature, UpdateSignature", "duration of a signature's review", "2 working days"),
    Choice(
        "6.2",
        "EnableSignature",
        "activation",
        "2 working days, then filed again for 20 minutes at the China site",
    ),
    Choice(
        "6.3",
        "CreateTemplate, UpdateTemplate",
        "duration of a template's review",
        "2 working hours from Reviewing on",
    ),
    Choice("7", "every list", "limit above 500", "MSGSMS.0002"),
    Choice("7", "every list", "equal create_time", "order of creation"),
    Choice("7", "every answer", "zone of timestamps", "UTC"),
    Choice(
        "8.1", "every operation", "HTTP status of MSGSMS codes", "400; 401 and 500 for MSGSMS.0003 and .0001"
    ),
    Choice("8.2", "every create", "order of checks", "fields, references, duplicates, quota"),
    Choice(
        "8.2",
        "every create",
        "quota codes",
        "MSGSMS.0015 apps, .0016 signatures, .0017 templates: invented numbers",
    ),
    Choice("8.3", "every operation", "what locks an access key", "wrong signatures, not wrong dates"),
    Choice(
        "9.1",
        "KeystoneCreateUserTokenByPassword",
        "token without a project",
        "issued, and refused by the service with APIGW.0302",
    ),
    Choice(
        "2.1",
        "CreateSignature, CreateTemplate, UpdateApp",
        "an app that is not LAUNCHED",
        "nothing is refused for it",
    ),
    Choice(
        "8.3", "every operation", "headers that must be signed", "X-Sdk-Date; others as the caller lists them"
    ),
)


class Gap(NamedTuple):
    """One documented field that no answer ever has, and why."""

    operation: str
    field: str
    reason: str


UNANSWERED = (
    Gap("ShowApp", "ip_white_list", "empty until PUT /_emulator/console sets it"),
    Gap("ShowSignature", "qualification_name", "qualifications are not imitated, only their ids are kept"),
    Gap("ShowSignature", "urge_time", "nobody urges a review"),
    Gap("ShowSignature", "urge_desc", "nobody urges a review"),
    Gap("ShowTemplate", "urge_time", "nobody urges a review"),
    Gap("ShowTemplate", "urge_desc", "nobody urges a review"),
    Gap("ListTemplateVarilableDetails", "user_name", "null in the vendor's example"),
)
NOT_IMITATED = (
    "account restrictions, frozen services and balances",
    "enterprise projects, IAM permissions and more than one user",
    "the test signature and template of create_sign_and_template, obsolete since 2026-04-10",
    "the review of qualifications and the real-name filing of new signatures as steps of their own",
    "urging a review, the console, and everything that has no public API",
    "rate limits, except as a queued fault",
    "the vendor's list of countries: which there are, and the ids of those that share a dialling code",
    "what a reviewer looks at: ours approves unless told otherwise",
    "temporary access keys: X-Security-Token is accepted and not looked at",
    "messages: nothing is sent, and reports and replies are pushed to this machine only",
    "carriers: outcomes come from a number's last digits or a person's rules, not from numbers that exist",
    "limits by recipient and content, send regions, number rules, packages, and the group assistant",
    "the service's own slack: whitelists, keys and thresholds count at once and exactly",
)
