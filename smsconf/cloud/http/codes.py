"""What the service's error codes mean, and what to do about each: one table.

Pure data; ``failures`` turns answers into exceptions with it. The vendor's table is visible in part only, so
an unknown code is reported as it came.

Written from https://support.huaweicloud.com/api-msgsms/sms_05_0060.html (MSGSMS) and
https://support.huaweicloud.com/devg-apisign/api-sign-errorcode.html (APIGW), read 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from smsconf.cloud.http.operations import TOKEN_OPERATION
from smsconf.language import N_, _


class Meaning(NamedTuple):
    """Why a code comes, and the order that repairs it; either may be unknown."""

    why: str | None
    fix: str | None

    def said(self) -> Meaning:
        """Return it in the user's language."""
        return Meaning(self.why and _(self.why), self.fix and _(self.fix))


def by_code(table: str) -> Mapping[str, Meaning]:
    """Read rows of codes (several are separated by commas), why they come, and what to do about them."""
    rows = ([*row.split(" | "), None][:3] for row in table.strip().splitlines())
    return {code: Meaning(why, fix) for codes, why, fix in rows if codes for code in codes.split(", ")}


_LOOK_AGAIN = "run `smsconf plan` again: it reads the present state first"
_KEYS = "check the access key, the secret key and this machine's clock"
_LATER = "run again later"
_SUPPORT = "run again later; if it stays, give the request id to Huawei Cloud's support"
_PLACE = "check provider.site, region and endpoint"
_ADDRESS = "run from an allowed address"

# the review moved between reading and writing: the next run decides (DESIGN §6)
MOVED = frozenset(f"MSGSMS.{number}" for number in ("0007", "0010", "0130", "0186", "0187", "0188"))
# the name was taken between reading and creating: the next run looks
TAKEN = frozenset(f"MSGSMS.{number}" for number in ("0004", "0006", "0008"))
# there is no such signature or template: to a delete that means done
GONE = frozenset(f"MSGSMS.{number}" for number in ("0005", "0033", "0009", "0036"))
NO_APP = frozenset({"MSGSMS.0014", "MSGSMS.0076"})
FILE_GONE = "MSGSMS.0011"
THROTTLED = "APIGW.0308"
TOKEN_OLD = "APIGW.0307"  # noqa: S105 - a code
BAD_SIGNATURE = frozenset({"APIGW.0301", "APIG.0301"})
UNAUTHORIZED = frozenset({"MSGSMS.0003", "APIGW.0301", "APIGW.0302", TOKEN_OLD, "APIGW.0310"})

MEANINGS = by_code(
    f"""
APIGW.0101 | no API answers under this host and path | {_PLACE}
APIGW.0201 | the gateway refused the request or could not reach the service behind it | {_LATER}
APIGW.0301 | the request's signature was not accepted: a wrong access key or secret key, or a clock that is more than 15 minutes off | {_KEYS}
APIGW.0302 | this IAM user may not call the API | grant the user access to Message & SMS in this project
APIGW.0303 | the gateway expected other credentials | {_KEYS}
APIGW.0304 | the application may not call this API | use an IAM user's keys or token
APIGW.0305 | the credentials were not accepted | {_KEYS}
APIGW.0306 | access to the API is denied to this account | ask the account's administrator for access
APIGW.0307 | the token has expired, or the user's rights or password have changed since | get a new token of this project and set SMSCONF_AUTH_TOKEN
APIGW.0308 | too many requests in a short time | wait a minute and run again
APIGW.0310 | the project is not available to these credentials | check that provider.project_id belongs to this account and region
APIGW.0311 | the gateway did not accept debugging credentials | {_KEYS}
APIGW.0401 | this machine's address is unknown to the gateway | {_ADDRESS}
APIGW.0402 | this machine's address is not allowed | {_ADDRESS}
APIGW.0404 | the gateway may not reach the service behind it | {_SUPPORT}
APIGW.0501 | the application's quota of calls is used up | {_LATER}
APIGW.0502 | the application is frozen | use an IAM user's keys or token
APIGW.0601 | the gateway failed inside | {_LATER}
APIGW.0602 | the gateway does not understand the request | {_PLACE}
APIGW.0607 | the gateway does not speak this protocol here | set provider.endpoint to https
APIGW.0610 | no part of the service is up behind the gateway | {_LATER}
APIGW.0613 | IAM, which checks credentials, is not available | {_LATER}
APIGW.0802 | this IAM user may not use this region | allow the region to the user, or check provider.region
APIGW.0103, APIGW.0104, APIGW.0105, APIGW.0106 | the gateway's own settings for this API are broken | {_SUPPORT}
APIGW.0605, APIGW.0606, APIGW.0608, APIGW.0609, APIGW.0611, APIGW.0612, APIGW.0705 | the service behind the gateway is in trouble | {_LATER}
MSGSMS.0001 | the service failed inside | {_LATER}
MSGSMS.0002 | the service does not accept a value of the request | run `smsconf lint`
MSGSMS.0003 | the service did not accept the credentials | use credentials of this project, not of the domain
MSGSMS.0004 | such a signature exists already | {_LOOK_AGAIN}
MSGSMS.0005 | there is no such signature any more | {_LOOK_AGAIN}
MSGSMS.0006 | name and type of a signature are unique in the account | {_LOOK_AGAIN}
MSGSMS.0007 | a signature can be edited only while it is rejected | {_LOOK_AGAIN}
MSGSMS.0008 | such a template exists already | {_LOOK_AGAIN}
MSGSMS.0009 | there is no such template any more | {_LOOK_AGAIN}
MSGSMS.0010 | the template cannot be edited where its review stands now | {_LOOK_AGAIN}
MSGSMS.0011 | there is no such file at the service | apply again, so that it is uploaded
MSGSMS.0012 | the service does not accept the id of the signature | {_LOOK_AGAIN}
MSGSMS.0013 | Message & SMS is not enabled for this account and region, or it is frozen or restricted (arrears, an expired package, a violation) | look at the console: enable the service or settle the account; or check provider.region
MSGSMS.0014 | there is no such app | {_LOOK_AGAIN}
MSGSMS.0032 | this type of signature is not supported at this site | change its `type`
MSGSMS.0033 | there is no such signature any more | {_LOOK_AGAIN}
MSGSMS.0034 | this type of template is not supported at this site | change its `type`
MSGSMS.0035 | the service could not delete it in its back end | {_LATER}
MSGSMS.0036 | there is no such template any more | {_LOOK_AGAIN}
MSGSMS.0076 | there is no such app | {_LOOK_AGAIN}
MSGSMS.0102 | the span of time is longer than 31 days | ask for a shorter span
MSGSMS.0103 | the service could not look up the account | {_LATER}
MSGSMS.0104 | the service is not offered to this account's country | use another site
MSGSMS.0130 | only a signature that waits for activation can be activated | {_LOOK_AGAIN}
MSGSMS.0186, MSGSMS.0187, MSGSMS.0188 | the template's review does not stand where this is possible | {_LOOK_AGAIN}
HTTP 401 | the credentials were not accepted | {_KEYS}
HTTP 403 | these credentials may not do this | check the user's rights and provider.project_id
HTTP 404 | nothing answers under this host and path | {_PLACE}
HTTP 413 | the request is larger than the gateway takes (12 MB) | use a smaller file
HTTP 429 | too many requests in a short time | wait a minute and run again
IAM 400 | IAM does not understand the request | check HW_DOMAIN_NAME, HW_USER_NAME and the project
IAM 401 | the account, the user name or the password is wrong | check HW_DOMAIN_NAME (the account), HW_USER_NAME (an IAM user of it) and HW_USER_PASSWORD
IAM 403 | this user may not get a token this way | allow it programmatic access, without MFA
IAM 404 | IAM does not know the project or the region | check provider.region, HW_PROJECT_NAME and provider.project_id
"""
)
"""Everything with a meaning of its own: codes, and the HTTP statuses of the gateway and IAM."""

# words by which an answer says that the account is the trouble: no code for it is documented
ACCOUNT_WORDS = ("frozen", "restricted", "balance")
# the gateway says everything about signatures under one code; only its words tell more (reference §8.3)
BY_WORDS = by_code(
    """
failed to reach the limit | the access key is locked for five minutes, after more than five requests with a wrong signature | correct the secret key, wait five minutes, and run again
ak not exist | there is no such access key | check the access key; it may have been deleted or disabled
decrypt token fail | the token was not issued here, or is damaged | get a new token of this site and region
frozen | the account or the service is frozen | settle the account in the console
restricted | the account is restricted | look at the account's state in the console
balance | the account's balance does not suffice | top up the account in the console
"""
)
_NOTHING = Meaning(None, None)
_SERVER_TROUBLE = Meaning(N_("the service or its gateway is in trouble"), _LATER)


def explain(operation: str, code: str | None, status: int, text: str) -> Meaning:
    """Return what the words of an answer mean, else its code, else its HTTP status."""
    said = text.lower()
    by_words = next((meaning for words, meaning in BY_WORDS.items() if words in said), None)
    known = by_words or MEANINGS.get(code.replace("APIG.", "APIGW.", 1) if code else "")
    if operation == TOKEN_OPERATION:
        known = known or MEANINGS.get(f"IAM {status}")
    return known or MEANINGS.get(f"HTTP {status}") or (_SERVER_TROUBLE if status >= 500 else _NOTHING)
