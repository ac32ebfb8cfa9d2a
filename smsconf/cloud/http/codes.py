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


_LOOK_AGAIN = N_("run `smsconf plan` again: it reads the present state first")
_KEYS = N_("check the access key, the secret key and this machine's clock")
_LATER = N_("run again later")
_SUPPORT = N_("run again later; if it stays, give the request id to Huawei Cloud's support")
_PLACE = N_("check provider.site, region and endpoint")
_ADDRESS = N_("run from an allowed address")

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

_MEANINGS: Mapping[str, Meaning] = {
    "APIGW.0101": Meaning(N_("no API answers under this host and path"), _PLACE),
    "APIGW.0201": Meaning(
        N_("the gateway refused the request or could not reach the service behind it"), _LATER
    ),
    "APIGW.0301": Meaning(
        N_(
            "the request's signature was not accepted: a wrong access key or secret key, or a "
            "clock that is more than 15 minutes off"
        ),
        _KEYS,
    ),
    "APIGW.0302": Meaning(
        N_("this IAM user may not call the API"), N_("grant the user access to Message & SMS in this project")
    ),
    "APIGW.0303": Meaning(N_("the gateway expected other credentials"), _KEYS),
    "APIGW.0304": Meaning(N_("the application may not call this API"), N_("use an IAM user's keys or token")),
    "APIGW.0305": Meaning(N_("the credentials were not accepted"), _KEYS),
    "APIGW.0306": Meaning(
        N_("access to the API is denied to this account"), N_("ask the account's administrator for access")
    ),
    "APIGW.0307": Meaning(
        N_("the token has expired, or the user's rights or password have changed since"),
        N_("get a new token of this project and set SMSCONF_AUTH_TOKEN"),
    ),
    "APIGW.0308": Meaning(N_("too many requests in a short time"), N_("wait a minute and run again")),
    "APIGW.0310": Meaning(
        N_("the project is not available to these credentials"),
        N_("check that provider.project_id belongs to this account and region"),
    ),
    "APIGW.0311": Meaning(N_("the gateway did not accept debugging credentials"), _KEYS),
    "APIGW.0401": Meaning(N_("this machine's address is unknown to the gateway"), _ADDRESS),
    "APIGW.0402": Meaning(N_("this machine's address is not allowed"), _ADDRESS),
    "APIGW.0404": Meaning(N_("the gateway may not reach the service behind it"), _SUPPORT),
    "APIGW.0501": Meaning(N_("the application's quota of calls is used up"), _LATER),
    "APIGW.0502": Meaning(N_("the application is frozen"), N_("use an IAM user's keys or token")),
    "APIGW.0601": Meaning(N_("the gateway failed inside"), _LATER),
    "APIGW.0602": Meaning(N_("the gateway does not understand the request"), _PLACE),
    "APIGW.0607": Meaning(
        N_("the gateway does not speak this protocol here"), N_("set provider.endpoint to https")
    ),
    "APIGW.0610": Meaning(N_("no part of the service is up behind the gateway"), _LATER),
    "APIGW.0613": Meaning(N_("IAM, which checks credentials, is not available"), _LATER),
    "APIGW.0802": Meaning(
        N_("this IAM user may not use this region"),
        N_("allow the region to the user, or check provider.region"),
    ),
    **{
        f"APIGW.{number}": Meaning(N_("the gateway's own settings for this API are broken"), _SUPPORT)
        for number in ("0103", "0104", "0105", "0106")
    },
    **{
        f"APIGW.{number}": Meaning(N_("the service behind the gateway is in trouble"), _LATER)
        for number in ("0605", "0606", "0608", "0609", "0611", "0612", "0705")
    },
    "MSGSMS.0001": Meaning(N_("the service failed inside"), _LATER),
    "MSGSMS.0002": Meaning(
        N_("the service does not accept a value of the request"), N_("run `smsconf lint`")
    ),
    "MSGSMS.0003": Meaning(
        N_("the service did not accept the credentials"),
        N_("use credentials of this project, not of the domain"),
    ),
    "MSGSMS.0004": Meaning(N_("such a signature exists already"), _LOOK_AGAIN),
    "MSGSMS.0005": Meaning(N_("there is no such signature any more"), _LOOK_AGAIN),
    "MSGSMS.0006": Meaning(N_("name and type of a signature are unique in the account"), _LOOK_AGAIN),
    "MSGSMS.0007": Meaning(N_("a signature can be edited only while it is rejected"), _LOOK_AGAIN),
    "MSGSMS.0008": Meaning(N_("such a template exists already"), _LOOK_AGAIN),
    "MSGSMS.0009": Meaning(N_("there is no such template any more"), _LOOK_AGAIN),
    "MSGSMS.0010": Meaning(N_("the template cannot be edited where its review stands now"), _LOOK_AGAIN),
    "MSGSMS.0011": Meaning(
        N_("there is no such file at the service"), N_("apply again, so that it is uploaded")
    ),
    "MSGSMS.0012": Meaning(N_("the service does not accept the id of the signature"), _LOOK_AGAIN),
    "MSGSMS.0013": Meaning(
        N_(
            "Message & SMS is not enabled for this account and region, or it is frozen or "
            "restricted (arrears, an expired package, a violation)"
        ),
        N_("look at the console: enable the service or settle the account; or check provider.region"),
    ),
    "MSGSMS.0014": Meaning(N_("there is no such app"), _LOOK_AGAIN),
    "MSGSMS.0032": Meaning(
        N_("this type of signature is not supported at this site"), N_("change its `type`")
    ),
    "MSGSMS.0033": Meaning(N_("there is no such signature any more"), _LOOK_AGAIN),
    "MSGSMS.0034": Meaning(
        N_("this type of template is not supported at this site"), N_("change its `type`")
    ),
    "MSGSMS.0035": Meaning(N_("the service could not delete it in its back end"), _LATER),
    "MSGSMS.0036": Meaning(N_("there is no such template any more"), _LOOK_AGAIN),
    "MSGSMS.0076": Meaning(N_("there is no such app"), _LOOK_AGAIN),
    "MSGSMS.0102": Meaning(N_("the span of time is longer than 31 days"), N_("ask for a shorter span")),
    "MSGSMS.0103": Meaning(N_("the service could not look up the account"), _LATER),
    "MSGSMS.0104": Meaning(
        N_("the service is not offered to this account's country"), N_("use another site")
    ),
    "MSGSMS.0130": Meaning(N_("only a signature that waits for activation can be activated"), _LOOK_AGAIN),
    **{
        f"MSGSMS.{number}": Meaning(
            N_("the template's review does not stand where this is possible"), _LOOK_AGAIN
        )
        for number in ("0186", "0187", "0188")
    },
}
# words by which an answer says that the account is the trouble: no code for it is documented
ACCOUNT_WORDS = ("frozen", "restricted", "balance")
# the gateway says everything about signatures under one code; only its words tell more (reference §8.3)
_BY_WORDS: Mapping[str, Meaning] = {
    "failed to reach the limit": Meaning(
        N_("the access key is locked for five minutes, after more than five requests with a wrong signature"),
        N_("correct the secret key, wait five minutes, and run again"),
    ),
    "ak not exist": Meaning(
        N_("there is no such access key"),
        N_("check the access key; it may have been deleted or disabled"),
    ),
    "decrypt token fail": Meaning(
        N_("the token was not issued here, or is damaged"), N_("get a new token of this site and region")
    ),
    "frozen": Meaning(N_("the account or the service is frozen"), N_("settle the account in the console")),
    "restricted": Meaning(N_("the account is restricted"), N_("look at the account's state in the console")),
    "balance": Meaning(N_("the account's balance does not suffice"), N_("top up the account in the console")),
}
_BY_STATUS: Mapping[int, Meaning] = {
    401: Meaning(N_("the credentials were not accepted"), _KEYS),
    403: Meaning(
        N_("these credentials may not do this"), N_("check the user's rights and provider.project_id")
    ),
    404: Meaning(N_("nothing answers under this host and path"), _PLACE),
    413: Meaning(N_("the request is larger than the gateway takes (12 MB)"), N_("use a smaller file")),
    429: Meaning(N_("too many requests in a short time"), N_("wait a minute and run again")),
}
_IAM_BY_STATUS: Mapping[int, Meaning] = {
    400: Meaning(
        N_("IAM does not understand the request"), N_("check HW_DOMAIN_NAME, HW_USER_NAME and the project")
    ),
    401: Meaning(
        N_("the account, the user name or the password is wrong"),
        N_("check HW_DOMAIN_NAME (the account), HW_USER_NAME (an IAM user of it) and HW_USER_PASSWORD"),
    ),
    403: Meaning(
        N_("this user may not get a token this way"), N_("allow it programmatic access, without MFA")
    ),
    404: Meaning(
        N_("IAM does not know the project or the region"),
        N_("check provider.region, HW_PROJECT_NAME and provider.project_id"),
    ),
}
_NOTHING = Meaning(None, None)
_SERVER_TROUBLE = Meaning(N_("the service or its gateway is in trouble"), _LATER)


def explain(operation: str, code: str | None, status: int, text: str) -> Meaning:
    """Return what the words of an answer mean, else its code, else its HTTP status."""
    said = text.lower()
    by_words = next((meaning for words, meaning in _BY_WORDS.items() if words in said), None)
    known = by_words or _MEANINGS.get(code.replace("APIG.", "APIGW.", 1) if code else "")
    if operation == TOKEN_OPERATION:
        known = known or _IAM_BY_STATUS.get(status)
    return known or _BY_STATUS.get(status) or (_SERVER_TROUBLE if status >= 500 else _NOTHING)


def meanings() -> Mapping[str, Meaning]:
    """Return everything with a meaning of its own: codes, and the HTTP statuses of the gateway and IAM."""
    statuses = {f"HTTP {status}": meaning for status, meaning in _BY_STATUS.items()}
    return {**_MEANINGS, **statuses, **{f"IAM {status}": one for status, one in _IAM_BY_STATUS.items()}}
