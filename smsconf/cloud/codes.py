"""What the service's error codes mean, and what to do about each: one table.

Pure data; ``failures`` turns answers into exceptions with it. The vendor's table is visible in part only, so
an unknown code is reported as it came.

Written from https://support.huaweicloud.com/api-msgsms/sms_05_0060.html (MSGSMS) and
https://support.huaweicloud.com/devg-apisign/api-sign-errorcode.html (APIGW), read 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Meaning(NamedTuple):
    """Why a code comes, and the order that repairs it; either may be unknown."""

    why: str | None
    fix: str | None


_LOOK_AGAIN = "run `smsconf plan` again: it reads the present state first"
_KEYS = "check the access key, the secret key and this machine's clock"

# the review moved between reading and writing: the next run decides (DESIGN §6)
MOVED = frozenset(f"MSGSMS.{number}" for number in ("0007", "0010", "0130", "0186", "0187", "0188"))
# the name was taken between reading and creating: the next run looks
TAKEN = frozenset(f"MSGSMS.{number}" for number in ("0004", "0006", "0008"))
# there is no such signature or template: to a delete that means done
GONE = frozenset(f"MSGSMS.{number}" for number in ("0005", "0033", "0009", "0036"))
FILE_GONE = "MSGSMS.0011"
THROTTLED = "APIGW.0308"
UNAUTHORIZED = frozenset({"MSGSMS.0003", "APIGW.0301", "APIGW.0302", "APIGW.0307", "APIGW.0310"})

_MEANINGS: Mapping[str, Meaning] = {
    "APIGW.0101": Meaning(
        "no API answers under this host and path", "check provider.site, region and endpoint"
    ),
    "APIGW.0201": Meaning(
        "the gateway refused the request or could not reach the service behind it", "run again later"
    ),
    "APIGW.0301": Meaning(
        "the request's signature was not accepted: a wrong access key or secret key, or a clock that is "
        "more than 15 minutes off",
        _KEYS,
    ),
    "APIGW.0302": Meaning(
        "this IAM user may not call the API", "grant the user access to Message & SMS in this project"
    ),
    "APIGW.0303": Meaning("the gateway expected other credentials", _KEYS),
    "APIGW.0304": Meaning("the application may not call this API", "use an IAM user's keys or token"),
    "APIGW.0305": Meaning("the credentials were not accepted", _KEYS),
    "APIGW.0306": Meaning(
        "access to the API is denied to this account", "ask the account's administrator for access"
    ),
    "APIGW.0307": Meaning(
        "the token has expired, or the user's rights or password have changed since",
        "get a new token and set SMSCONF_AUTH_TOKEN",
    ),
    "APIGW.0308": Meaning("too many requests in a short time", "wait a minute and run again"),
    "APIGW.0310": Meaning(
        "the project is not available to these credentials",
        "check that provider.project_id belongs to this account and region",
    ),
    "APIGW.0401": Meaning("this machine's address is unknown to the gateway", "run from an allowed address"),
    "APIGW.0402": Meaning("this machine's address is not allowed", "run from an allowed address"),
    "MSGSMS.0001": Meaning("the service failed inside", "run again later"),
    "MSGSMS.0002": Meaning("the service does not accept a value of the request", "run `smsconf lint`"),
    "MSGSMS.0003": Meaning(
        "the service did not accept the credentials", "use credentials of this project, not of the domain"
    ),
    "MSGSMS.0004": Meaning("such a signature exists already", _LOOK_AGAIN),
    "MSGSMS.0005": Meaning("there is no such signature any more", _LOOK_AGAIN),
    "MSGSMS.0006": Meaning("name and type of a signature are unique in the account", _LOOK_AGAIN),
    "MSGSMS.0007": Meaning("a signature can be edited only while it is rejected", _LOOK_AGAIN),
    "MSGSMS.0008": Meaning("such a template exists already", _LOOK_AGAIN),
    "MSGSMS.0009": Meaning("there is no such template any more", _LOOK_AGAIN),
    "MSGSMS.0010": Meaning("the template cannot be edited where its review stands now", _LOOK_AGAIN),
    "MSGSMS.0011": Meaning("there is no such file at the service", "apply again, so that it is uploaded"),
    "MSGSMS.0012": Meaning("the service does not accept the id of the signature", _LOOK_AGAIN),
    "MSGSMS.0013": Meaning(
        "Message & SMS is not enabled for this account and region",
        "enable the service in the console, or check provider.region",
    ),
    "MSGSMS.0014": Meaning("there is no such app", _LOOK_AGAIN),
    "MSGSMS.0032": Meaning("this type of signature is not supported at this site", "change its `type`"),
    "MSGSMS.0033": Meaning("there is no such signature any more", _LOOK_AGAIN),
    "MSGSMS.0034": Meaning("this type of template is not supported at this site", "change its `type`"),
    "MSGSMS.0035": Meaning("the service could not delete it in its back end", "run again later"),
    "MSGSMS.0036": Meaning("there is no such template any more", _LOOK_AGAIN),
    "MSGSMS.0076": Meaning("there is no such app", _LOOK_AGAIN),
    "MSGSMS.0103": Meaning("the service could not look up the account", "run again later"),
    "MSGSMS.0104": Meaning("the service is not offered to this account's country", "use another site"),
    "MSGSMS.0130": Meaning("only a signature that waits for activation can be activated", _LOOK_AGAIN),
}
_BY_STATUS: Mapping[int, Meaning] = {
    401: Meaning("the credentials were not accepted", _KEYS),
    403: Meaning("these credentials may not do this", "check the user's rights and provider.project_id"),
    404: Meaning("nothing answers under this host and path", "check provider.site, region and endpoint"),
    413: Meaning("the request is larger than the gateway takes (12 MB)", "use a smaller file"),
    429: Meaning("too many requests in a short time", "wait a minute and run again"),
}
_NOTHING = Meaning(None, None)
_SERVER_TROUBLE = Meaning("the service or its gateway is in trouble", "run again later")


def explain(code: str | None, status: int) -> Meaning:
    """Return what a code means, else what its HTTP status means."""
    known = _MEANINGS.get(code.replace("APIG.", "APIGW.", 1) if code else "")
    return known or _BY_STATUS.get(status) or (_SERVER_TROUBLE if status >= 500 else _NOTHING)
