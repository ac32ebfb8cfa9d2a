"""Turn what went wrong on the way into our errors: foreign exceptions and refusing answers.

Pure: nothing is sent or retried here. No error carries a header, and every text that came from outside is
cleaned of control characters and of the secrets it is given.

Written from https://support.huaweicloud.com/api-msgsms/sms_05_0060.html and the answers of the API gateway
(https://support.huaweicloud.com/devg-apisign/api-sign-errorcode.html).
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import httpx

from smsconf.cloud.http.answers import Answer, answered_at, retry_after
from smsconf.cloud.http.codes import BAD_SIGNATURE, THROTTLED, UNAUTHORIZED, Meaning, explain
from smsconf.cloud.http.operations import OPERATIONS
from smsconf.cloud.http.redact import Redactor
from smsconf.language import N_, Text, _, clauses, told
from smsconf.model.errors import (
    CloudBroken,
    CloudError,
    RateLimited,
    Refused,
    SmsconfError,
    Unauthorized,
    Unreachable,
)

# every exception that a request may end with and that is not ours
FOREIGN = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError, RecursionError)

_NOT_CONNECTED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
# the connection was never made, or the request never left: nothing can have happened
_NOT_SENT = (
    *_NOT_CONNECTED,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.InvalidURL,
    UnicodeEncodeError,
)
_SKEW = timedelta(minutes=15)  # what the gateway allows between X-Sdk-Date and its own clock
# what OpenSSL says (it stands in the text of a ConnectError) → why, and the order that repairs it
_TLS = {
    "Hostname mismatch": Meaning(
        N_("the certificate is for another host"), N_("check provider.endpoint and the proxy settings")
    ),
    "certificate has expired": Meaning(
        N_("the certificate is out of date, or this machine's clock is"), N_("check this machine's clock")
    ),
    "certificate is not yet valid": Meaning(
        N_("the certificate is not valid yet, or this machine's clock is late"), N_("set the clock")
    ),
    "CERTIFICATE_VERIFY_FAILED": Meaning(
        N_(
            "no certificate authority that is trusted here vouches for the other side; a "
            "company's proxy has one of its own"
        ),
        N_("trust the proxy's certificate authority: set SSL_CERT_FILE to its PEM file"),
    ),
    "[SSL": Meaning(
        N_("the other side does not speak TLS as we do"), N_("check provider.endpoint and HTTPS_PROXY")
    ),
}
_SHAPES = (
    ("error_code", ("error_msg",)),
    ("errorCode", ("errorMsg",)),
    ("code", ("message", "description")),  # the second is the sending API's
)


class NotConnected(Unreachable):
    """No connection was made this time, so nothing was sent: the next attempt may succeed."""


class NotTrusted(Unreachable):
    """TLS did not come about: a certificate that is not trusted here, or no TLS at all."""


class Throttled(RateLimited):
    """The service asked to slow down, and perhaps said for how many seconds."""

    retry_after: float | None = None


def is_uncertain(problem: CloudError) -> bool:
    """Tell whether a write may have happened although no usable answer says so."""
    operation = OPERATIONS.get(problem.operation or "")
    if operation and operation.reads:
        return False
    if problem.arrived is None:
        return True
    # a gateway that gave up waiting (502, 504), or a success that cannot be read
    late = problem.status in {502, 504}
    unread = problem.status is None or problem.status < 300
    return problem.arrived and isinstance(problem, CloudBroken) and (late or unread)


def in_one_line(problem: SmsconfError) -> str:
    """Write an error where there is no room for lines of its own: what, why, and what to do."""
    message = problem.message
    if isinstance(problem, CloudError) and problem.request_id:
        message = _("{message} (request {id})").format(message=message, id=problem.request_id)
    return clauses(part for part in (message, problem.why, problem.fix) if part)


def from_exception(problem: Exception, operation: str, host: str, clean: Redactor) -> CloudError:
    """Convert an exception of httpx, ssl, json or the codecs; ``host`` is where the request was to go."""
    if isinstance(problem, _NOT_SENT):
        return _not_sent(problem, operation, host, clean)
    if isinstance(problem, httpx.DecodingError | ValueError | RecursionError):
        return CloudBroken(
            told("the answer to {operation} cannot be decoded", operation=operation),
            operation=operation,
            why=clean(str(problem)) or None,
            arrived=True,
        )
    message = told("no answer to {operation}: the connection was lost", operation=operation)
    if isinstance(problem, httpx.TimeoutException):
        message = told("no answer to {operation}: it took too long", operation=operation)
    return Unreachable(
        message,
        operation=operation,
        why=clean(str(problem)) or None,
        fix=_("run again: every run looks before it writes"),
        arrived=None,
    )


def _not_sent(problem: Exception, operation: str, host: str, clean: Redactor) -> Unreachable:
    # their texts may quote a header or a body, which may hold a secret
    quotes = isinstance(problem, httpx.LocalProtocolError | UnicodeEncodeError)
    text = type(problem).__name__ if quotes else clean(str(problem))
    tls = next((meaning for words, meaning in _TLS.items() if words in text), None)
    why, fix = tls.said() if tls else (None, _("check the network, the proxy settings and provider.endpoint"))
    kind = NotTrusted if tls else NotConnected if isinstance(problem, _NOT_CONNECTED) else Unreachable
    return kind(
        told(
            "cannot reach {host} for {operation}: {reason}",
            host=host,
            operation=operation,
            reason=text or type(problem).__name__,
        ),
        operation=operation,
        why=why,
        fix=fix,
        arrived=False,
    )


def from_answer(operation: str, answer: Answer, clean: Redactor, now: datetime) -> CloudError:
    """Convert an answer whose status is not 2xx; ``now`` is this machine's time."""
    status, headers, body = answer
    code, text, request_id = _read_error(body)
    code = clean(code)[:64] if code else None
    request_id = clean(headers.get("X-Request-Id") or request_id or "") or None
    why, fix = _skewed(code, headers, now) or explain(operation, code, status, text).said()
    said: str = " ".join(part for part in (code, clean(text)) if part) or f"HTTP {status}"
    if 300 <= status < 400:
        said = told("redirects are not followed")
        why, fix = _("credentials go only to the host they were meant for"), _("check provider.endpoint")
    kind = _kind(code, status)
    error = kind(
        _refusal(kind, operation, said),
        operation=operation,
        status=status,
        code=code,
        request_id=request_id,
        why=why,
        fix=fix,
        arrived=True,
    )
    if isinstance(error, Refused):
        error.body = body
    if isinstance(error, Throttled):
        error.retry_after = retry_after(headers)
    return error


def _skewed(code: str | None, headers: httpx.Headers, now: datetime) -> Meaning | None:
    """Explain a refused signature by the clocks, if they are too far apart."""
    there = answered_at(headers)
    if code not in BAD_SIGNATURE or there is None or abs(now - there) <= _SKEW:
        return None
    minutes = round(abs(now - there).total_seconds() / 60)
    message = _(
        "this machine's clock is {minutes} minutes behind the service's, and a signature is good for 15"
    )
    if now > there:
        message = _(
            "this machine's clock is {minutes} minutes ahead of the service's, and a signature is good for 15"
        )
    return Meaning(
        message.format(minutes=minutes),
        _("set this machine's clock (NTP), then run again"),
    )


def _kind(code: str | None, status: int) -> type[CloudError]:
    if status == 429 or code == THROTTLED:
        return Throttled
    if status in {401, 403} or code in UNAUTHORIZED:
        return Unauthorized
    if 400 <= status < 500:
        return Refused
    return CloudBroken


def _refusal(kind: type[CloudError], operation: str, said: str) -> Text:
    if kind is Throttled:
        return told("{operation} was asked to slow down: {said}", operation=operation, said=said)
    if kind is CloudBroken:
        return told("{operation} failed: {said}", operation=operation, said=said)
    return told("{operation} was refused: {said}", operation=operation, said=said)


def _read_error(body: bytes) -> tuple[str | None, str, str | None]:
    """Find code, text and request id in any of the shapes the gateway, the service and IAM use."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None, "", None
    if not isinstance(answer, dict):
        return None, "", None
    request_id = _string(answer.get("request_id"))
    for shape in (answer, answer.get("error")):
        if not isinstance(shape, dict):
            continue
        for code_name, text_names in _SHAPES:
            code = _string(shape.get(code_name))
            text = next((said for name in text_names if (said := _string(shape.get(name)))), None)
            if code or text:
                detail = _string(shape.get("error_detail"))
                return code, ": ".join(part for part in (text, detail) if part), request_id
    return None, "", request_id


def _string(value: Any) -> str | None:  # noqa: ANN401 - anything may stand in a foreign answer
    if isinstance(value, str):
        return value or None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None
