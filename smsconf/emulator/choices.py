"""What the emulator does where the vendor is silent, and what it does not do at all.

Data only, for a list people can read; what a row of ``routes``, ``rules``, ``errors`` or ``statuses`` already
marks as a guess is not repeated. Section numbers are those of the project's fact sheets: digits of the
management API's, letters of the sending API's.
"""

from __future__ import annotations

from typing import NamedTuple


class Choice(NamedTuple):
    """One question the vendor leaves open, and the emulator's answer."""

    section: str
    operations: str
    question: str
    answer: str


# section | operations | question | answer; an indented line goes on with the one before
_ROWS = """\
2.1 | CreateApp | status of a new app | LAUNCHED at once
2.1 | CreateApp | default of show_secret | false
2.1 | CreateApp | two apps of one name | accepted
2.4 | ShowAppCount | meaning of total and used | quota and existing apps of the region
2.5 | UpdateApp | optional fields left out of an update of an app | reset
2.5 | UpdateApp | another region in an update of an app | refused with MSGSMS.0002
3.1 | CreateSignature, UpdateSignature | duplicate of name and type | MSGSMS.0006, never MSGSMS.0004
3.1 | CreateSignature | signature without a qualification | approved like any other
3.1 | UpdateSignature | status after an update | PENDING_REVIEW; the reviewer's words are cleared
3.4 | DeleteSignature | deletable states of a signature | all; its templates go along in any state
3.5 | EnableSignature | answer of EnableSignature | 200 without a body
4.1 | UploadSignatureFile | formats and sizes of files | any; the gateway's 12 MB is the only limit
4.2 | ShowSignatureFile | file_ref | number of signatures that name the file
5.1 | UpdateTemplate | optional fields left out of an update of a template | reset
5.1 | CreateTemplate | two templates of one name | accepted; MSGSMS.0008 is never used
5.1 | CreateTemplate, UpdateTemplate | template without sign_id, or with one of another app | MSGSMS.0012
5.1 | CreateTemplate | template on an unapproved or rejected signature | accepted as SignReviewing
5.1 | CreateTemplate | content that breaks the review rules | accepted; judging it is the review's business
5.2 | CreateTemplate, UpdateTemplate | flow_status left out | submitted
5.2 | CreateTemplate | flow_status Disable on create | MSGSMS.0002
5.2 | UpdateTemplate | other fields of a withdrawing or disabling PUT | ignored
5.2 | UpdateTemplate | template_id after a second approval | the same as before
5.3 | CreateTemplate | universal template without an approved signature of its type | MSGSMS.0033
5.5 | CreateTemplate, ShowTemplate | order of send_country | kept; unused slots are absent
5.7 | ListSendCountryDetails | ids of countries | the dialling code where one country alone has it, else an
  invented number from 1000 upwards
5.6 | ListTemplateVarilableDetails | variable_length | upper end of the documented range of the type
5.8 | DeleteTemplate, DeleteTemplates | deleting a template in review | MSGSMS.0187, for Reviewing and
  SignReviewing
3.4, 5.8 | DeleteSignature, DeleteTemplate | status of a successful deletion | 204
6.2 | CreateSignature | order of a signature's review | PENDING_REVIEW, PROCESSING for 20 minutes, complete
6.2 | CreateTemplate | templates of a rejected signature | stay SignReviewing
6.2 | CreateSignature, UpdateSignature | duration of a signature's review | 2 working days
6.2 | EnableSignature | activation | 2 working days, then filed again for 20 minutes at the China site
6.3 | CreateTemplate, UpdateTemplate | duration of a template's review | 2 working hours from Reviewing on
7 | every list | limit above 500 | MSGSMS.0002
7 | every list | equal create_time | order of creation
7 | every answer | zone of timestamps | UTC
8.1 | every operation | HTTP status of MSGSMS codes | 400; 401 and 500 for MSGSMS.0003 and .0001
8.2 | every create | order of checks | fields, references, duplicates, quota
8.2 | every create | quota codes | MSGSMS.0015 apps, .0016 signatures, .0017 templates: invented numbers
8.3 | every operation | what locks an access key | wrong signatures, not wrong dates
9.1 | KeystoneCreateUserTokenByPassword | token without a project | issued, and refused by the service with
  APIGW.0302
2.1 | CreateSignature, CreateTemplate, UpdateApp | an app that is not LAUNCHED | nothing is refused for it
8.3 | every operation | headers that must be signed | X-Sdk-Date; others as the caller lists them
A.2 | BatchSendSms, BatchSendDiffSms | what is E000503 | illegal characters in to, more than 500 numbers,
  more than 21 characters in one, fields missing or malformed, an extend that is too long
A.2 | BatchSendSms, BatchSendDiffSms | a number given twice in one content | sent once; numbers are compared
  in full
A.2 | BatchSendDiffSms | the same text to the same number in a later content | E200041
A.2 | BatchSendSms | blanks in to | refused
A.2 | BatchSendSms, BatchSendDiffSms | status of a malformed number, or of an unknown dialling code |
  E200031
A.2 | BatchSendSms, BatchSendDiffSms | codes that the pages list for reports (E200018 to E200051: channels,
  signatures, countries) | in the answer, at once, not in a later report
A.2 | BatchSendSms, BatchSendDiffSms | unknown template, or one of another app | E200030, as for one that is
  not approved
A.2 | BatchSendSms, BatchSendDiffSms | universal template without signature, or with another than the
  sender's | E200020
A.2 | BatchSendSms, BatchSendDiffSms | mainland number for an international app | E200025
A.2 | BatchSendSms, BatchSendDiffSms | longest value of the variable of a verification template | 8
A.2 | BatchSendSms, BatchSendDiffSms | values of NEWTEXT and LONGTEXT | 1-35 and 1-100 characters, without '
  { }
A.2 | BatchSendSms | a number instead of a string in templateParas | taken as its digits
A.2b | BatchSendDiffSms | whether 500 numbers are meant for each content or for the request | for the
  request
A.2b | BatchSendDiffSms | code of a content over 64 KB | E000503; the whole body counts
A.3 | BatchSendSms, BatchSendDiffSms | a nonce that comes twice | accepted
A.3 | BatchSendSms, BatchSendDiffSms | a nonce of other characters, or too long | E000027
A.4 | BatchSendSms, BatchSendDiffSms | an app that is not LAUNCHED | E000103
A.5 | BatchSendSms, BatchSendDiffSms | countryId | the dialling code
A.6 | BatchSendSms, BatchSendDiffSms | E000510 | 400, with the result
B.1 | status reports | pushing again after an error or another answer than 200 | never; a push that the
  process did not survive is sent again
B.1 | status reports | a report without any address | dropped at once, not after an hour
B.1 | status reports | how soon | 2 seconds after sending, unless PUT /_emulator/carrier says otherwise
B.3 | status reports | values and fields of SmsStatusBeanOut | strings; without statusDesc and orgCode
B.4 | status reports | which number ends how | by its last five digits (99901 UNDELIV, 99902 REJECTD, 99903
  EXPIRED, 99904 UNKNOWN, 99905 DELETED, 99906 MBBLACK, 99907 SC:0006, 99908 MK:0001, 99909 nothing for 72
  hours, 99910 BEYONDN), else DELIVRD
B.5 | replies | who replied R | is REJECTD from that channel from then on
B.6 | pushes | Access and canonical URI of a signed push | the configured key; with a slash at the end, as
  in requests
C | thresholds | what is set at first | nothing
C | thresholds | a request that would pass a limit | refused whole; figures are exact
C | thresholds | what counts | accepted numbers, one each, however many parts
C | thresholds | after the limit is raised | sending resumes at once
C | thresholds | countries that share a dialling code | count as the largest: United States, Russia
H.1 | BatchSendSms, BatchSendDiffSms | promotion outside 8:00 to 22:00 | Beijing time; accepted, then
  SC:0011
H.3 | the console | when a whitelist counts | at once, not after 10 to 15 minutes
"""
CHOICES = tuple(Choice(*row.split(" | ")) for row in _ROWS.replace("\n  ", " ").splitlines())


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
