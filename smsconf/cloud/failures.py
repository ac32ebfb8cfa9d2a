"""Turn what went wrong on the way into our errors: foreign exceptions and refusing answers.

Pure: nothing is sent or retried here. No error carries a header, and every text that came from outside is
cleaned of control characters and of the secrets it is given.

Written from https://support.huaweicloud.com/api-msgsms/sms_05_0060.html and the answers of the API gateway
(https://support.huaweicloud.com/devg-apisign/api-sign-errorcode.html).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import httpx

from smsconf.cloud.codes import THROTTLED, UNAUTHORIZED, explain
from smsconf.errors import CloudBroken, CloudError, RateLimited, Refused, Unauthorized, Unreachable

# every exception that a request may end with and that is not ours
FOREIGN = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError, RecursionError)

# the connection was never made, or the request never left: nothing can have happened
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.InvalidURL,
    UnicodeEncodeError,
)
_LONGEST_TEXT = 300
_SHAPES = (("error_code", "error_msg"), ("errorCode", "errorMsg"), ("code", "message"))


class Cleaner:
    """Makes foreign text fit for a line of output: one line, no control characters, no secrets."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = tuple(secret for secret in secrets if secret)

    def __repr__(self) -> str:
        return "Cleaner()"

    def __call__(self, text: str) -> str:
        """Return the text cleaned and cut."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
        return line if len(line) <= _LONGEST_TEXT else line[:_LONGEST_TEXT] + "…"


def from_exception(problem: Exception, operation: str, clean: Cleaner) -> CloudError:
    """Convert an exception of httpx, ssl, json or the codecs."""
    if isinstance(problem, _NOT_SENT):
        return _not_sent(problem, operation, clean)
    if isinstance(problem, httpx.DecodingError | ValueError | RecursionError):
        return CloudBroken(
            f"the answer to {operation} cannot be decoded",
            operation=operation,
            why=clean(str(problem)) or None,
            arrived=True,
        )
    late = isinstance(problem, httpx.TimeoutException)
    return Unreachable(
        f"no answer to {operation}: {'it took too long' if late else 'the connection was lost'}",
        operation=operation,
        why=clean(str(problem)) or None,
        fix="run again: every run looks before it writes",
        arrived=None,
    )


def _not_sent(problem: Exception, operation: str, clean: Cleaner) -> Unreachable:
    # their texts may quote a header or a body, which may hold a secret
    quotes = isinstance(problem, httpx.LocalProtocolError | UnicodeEncodeError)
    text = type(problem).__name__ if quotes else clean(str(problem))
    fix = "check the network, the proxy settings and provider.endpoint"
    if "CERTIFICATE_VERIFY_FAILED" in text:
        fix = "trust the proxy's certificate authority with SSL_CERT_FILE"
    return Unreachable(
        f"cannot reach the service for {operation}: {text or type(problem).__name__}",
        operation=operation,
        fix=fix,
        arrived=False,
    )


def from_answer(
    operation: str, status: int, headers: Mapping[str, str], body: bytes, clean: Cleaner
) -> CloudError:
    """Convert an answer whose status is not 2xx; ``headers`` must not mind the case of names."""
    code, text, request_id = _read_error(body)
    code = clean(code)[:64] if code else None
    request_id = clean(headers.get("X-Request-Id") or request_id or "") or None
    why, fix = explain(code, status)
    if 300 <= status < 400:
        text = "redirects are not followed"
        why, fix = "credentials go only to the host they were meant for", "check provider.endpoint"
    said = " ".join(part for part in (code, clean(text)) if part) or f"HTTP {status}"
    kind = _kind(code, status)
    return kind(
        f"{operation} {_verb(kind)}: {said}",
        operation=operation,
        status=status,
        code=code,
        request_id=request_id,
        why=why,
        fix=fix,
        arrived=True,
    )


def _kind(code: str | None, status: int) -> type[CloudError]:
    if status == 429 or code == THROTTLED:
        return RateLimited
    if status in {401, 403} or code in UNAUTHORIZED:
        return Unauthorized
    if 400 <= status < 500:
        return Refused
    return CloudBroken


def _verb(kind: type[CloudError]) -> str:
    if kind is RateLimited:
        return "was asked to slow down"
    return "failed" if kind is CloudBroken else "was refused"


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
        for code_name, text_name in _SHAPES:
            code, text = _string(shape.get(code_name)), _string(shape.get(text_name))
            if code or text:
                detail = _string(shape.get("error_detail"))
                return code, ": ".join(part for part in (text, detail) if part), request_id
    return None, "", request_id


def _string(value: Any) -> str | None:  # noqa: ANN401 - anything may stand in a foreign answer
    if isinstance(value, str):
        return value or None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None
