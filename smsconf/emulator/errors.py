"""Every refusal of the emulator: code, HTTP status, text, and where each was read.

No rule is decided here. Written from the error code page sms_05_0060 (China site, dated 2025-12) and the API
Gateway's error table; the HTTP status of an ``MSGSMS`` code is documented for batch deletion only (400), so
400 stands for all of them.
"""

from __future__ import annotations

from typing import NamedTuple

PAGE = "sms_05_0060, 2025-12"
GATEWAY = "API Gateway error codes, 2026-11"
GUESS = "guess"


class Fault(NamedTuple):
    """One row: what the service says; ``source`` is a page and its date, or ``guess``."""

    code: str
    status: int
    message: str
    source: str


INTERNAL = Fault("MSGSMS.0001", 500, "Internal server error.", PAGE)
INVALID = Fault("MSGSMS.0002", 400, "Invalid Parameter.", PAGE)
UNAUTHORIZED = Fault("MSGSMS.0003", 401, "Request unauthorized.", PAGE)
SIGNATURE_MISSING = Fault("MSGSMS.0005", 400, "Signature does not exist.", PAGE)
SIGNATURE_DUPLICATE = Fault("MSGSMS.0006", 400, "Signature type and name is duplicate.", PAGE)
SIGNATURE_FROZEN = Fault(
    "MSGSMS.0007", 400, "Signature not allow to update, signature status must be Reject.", PAGE
)
TEMPLATE_MISSING = Fault("MSGSMS.0009", 400, "Template does not exist.", PAGE)
TEMPLATE_FROZEN = Fault(
    "MSGSMS.0010", 400, "Template not allow to update, template flow status must be Reject.", PAGE
)
FILE_MISSING = Fault("MSGSMS.0011", 400, "File does not exist.", PAGE)
SIGNATURE_INVALID = Fault("MSGSMS.0012", 400, "Signature id invalid.", PAGE)
APP_MISSING = Fault("MSGSMS.0014", 400, "App does not exist.", PAGE)
APP_QUOTA = Fault("MSGSMS.0015", 400, "The number of apps has reached the upper limit.", GUESS)
SIGNATURE_QUOTA = Fault("MSGSMS.0016", 400, "The number of signatures has reached the upper limit.", GUESS)
TEMPLATE_QUOTA = Fault("MSGSMS.0017", 400, "The number of templates has reached the upper limit.", GUESS)
SIGNATURE_TYPE = Fault("MSGSMS.0032", 400, "Signature type is not supported.", "number inferred from " + PAGE)
SIGNATURE_ABSENT = Fault("MSGSMS.0033", 400, "Signature is not found.", PAGE)
TEMPLATE_TYPE = Fault("MSGSMS.0034", 400, "Template type is not supported.", PAGE)
COUNTRY = Fault("MSGSMS.0104", 400, "Service is not allowed in this country.", "text cut off in " + PAGE)
NOT_TO_BE_ACTIVATED = Fault("MSGSMS.0130", 400, "Signature status should be to be activated.", PAGE)
TEMPLATE_IN_REVIEW = Fault("MSGSMS.0187", 400, "Template under review can not be deleted.", GUESS)

NO_API = Fault(
    "APIGW.0101", 404, "The API does not exist or has not been published in the environment.", GATEWAY
)
TOO_LARGE = Fault("APIGW.0201", 413, "Request entity too large.", GATEWAY)
BACKEND_UNAVAILABLE = Fault("APIGW.0201", 502, "Backend unavailable.", GATEWAY)
UNAUTHENTICATED = Fault("APIGW.0301", 401, "Incorrect IAM authentication information", GATEWAY)
FORBIDDEN = Fault("APIGW.0302", 403, "The IAM user is not authorized to access the API.", GATEWAY)
TOKEN_EXPIRED = Fault("APIGW.0307", 401, "The token must be updated.", GATEWAY)
THROTTLED = Fault("APIGW.0308", 429, "The throttling threshold has been reached.", GATEWAY)
PROJECT = Fault("APIGW.0310", 403, "The project is unavailable.", GATEWAY)

BY_NAME = {name: row for name, row in list(globals().items()) if isinstance(row, Fault)}


class Refusal(Exception):
    """A handler's way to answer with a row of this table.

    ``detail`` becomes ``error_detail``; for the gateway, whose body has none, it ends the message.
    """

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(f"{fault.code} {fault.message} {detail}".rstrip())
        self.fault = fault
        self.detail = detail


def error_body(fault: Fault, detail: str, request_id: str) -> dict[str, str]:
    """Return the JSON body of a refusal: the gateway's form or the service's (reference §8.1)."""
    if fault.code.startswith("APIGW."):
        message = f"{fault.message.rstrip('.')}: {detail}" if detail else fault.message
        return {"error_msg": message, "error_code": fault.code, "request_id": request_id}
    body = {"error_code": fault.code, "error_msg": fault.message}
    return {**body, "error_detail": detail[:512]} if detail else body
