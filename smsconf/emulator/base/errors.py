"""Every refusal of the emulator: code, HTTP status, text, and where each was read.

No rule is decided here. Written from the error code page sms_05_0060 (China site, dated 2025-12) and the API
Gateway's error table; the HTTP status of an ``MSGSMS`` code is documented for batch deletion only (400), so
400 stands for all of them. Codes of the sending API (``E...``) are from sms_05_0050 (2024-08-06).
"""

from __future__ import annotations

from typing import NamedTuple

PAGE = "sms_05_0060, 2025-12"
GATEWAY = "API Gateway error codes, 2026-11"
GUESS = "guess"
SENDING = "sms_05_0050, 2024-08-06"
RENDERED = SENDING + "; the text is rendered from the Chinese"
USED = SENDING + "; that it is this code here is a guess"


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

SEND_SYSTEM = Fault("E000000", 400, "System error.", SENDING)
NO_AUTHORIZATION = Fault("E000001", 400, "Authorization not contained in the HTTP header.", SENDING)
NO_REALM = Fault("E000002", 400, "realm not contained in Authorization.", SENDING)
NO_PROFILE = Fault("E000003", 400, "profile not contained in Authorization.", SENDING)
REALM = Fault("E000004", 400, "The value of realm in Authorization must be SDP.", SENDING)
PROFILE = Fault("E000005", 400, "The value of profile in Authorization must be UsernameToken.", SENDING)
TYPE = Fault("E000006", 400, "The value of type in Authorization must be app_key.", SENDING)
NO_TYPE = Fault("E000007", 400, "type not contained in Authorization.", SENDING)
NO_WSSE = Fault("E000008", 400, "WSSE not contained in Authorization.", SENDING)
NO_X_WSSE = Fault("E000020", 400, "X-WSSE not contained in the HTTP header.", SENDING)
NO_USERNAME = Fault("E000021", 400, "UserName not contained in X-WSSE.", SENDING)
NO_NONCE = Fault("E000022", 400, "Nonce not contained in X-WSSE.", SENDING)
NO_CREATED = Fault("E000023", 400, "Created not contained in X-WSSE.", SENDING)
NO_DIGEST = Fault("E000024", 400, "PasswordDigest not contained in X-WSSE.", RENDERED)
CREATED = Fault("E000025", 400, "The format of Created in X-WSSE is incorrect.", RENDERED)
NO_USERNAME_TOKEN = Fault("E000026", 400, "UsernameToken not contained in X-WSSE.", SENDING)
SEND_INVALID = Fault("E000027", 400, "Invalid request.", USED)
NO_FORM = Fault(
    "E000040", 400, "The value of ContentType must be application/x-www-form-urlencoded.", SENDING
)
NO_JSON = Fault("E000040", 400, "The value of ContentType must be application/json.", SENDING)
NO_SDK_DATE = Fault("E000041", 400, "X-Sdk-Date header is empty.", SENDING)
SDK_DATE = Fault("E000042", 400, "The format of X-Sdk-Date is incorrect.", RENDERED)
AUTHORIZATION = Fault("E000043", 400, "The format of Authorization is incorrect.", RENDERED)
SDK_DATE_EXPIRED = Fault("E000044", 400, "X-Sdk-Date has expired.", RENDERED)
AUTHORIZATION_FAILED = Fault("E000045", 400, "Authorization check failed.", RENDERED)
SEND_PARAMETER = Fault("E000503", 400, "The format of a parameter is incorrect.", USED)
NONE_SENT = Fault("E000510", 400, "The SMS fails to be sent. For details, see status.", SENDING)
APP_KEY = Fault("E000102", 401, "The app_key is invalid.", RENDERED)
APP_KEY_UNUSABLE = Fault("E000103", 401, "The app_key is unusable.", RENDERED)
DIGEST = Fault("E000105", 401, "PasswordDigest verification failed.", RENDERED)
CREATED_EXPIRED = Fault("E000110", 401, "The time of Created is out of range.", RENDERED)
NOT_WHITELISTED = Fault("E000620", 403, "The app client ip is not in ip white list.", SENDING)
LIMIT = Fault("E000623", 403, "The number of sent messages has reached the limit.", RENDERED)
COUNTRY_LIMIT = Fault("E000630", 403, "The limit of the country or region is reached.", RENDERED)
BY_NAME = {name: row for name, row in list(globals().items()) if isinstance(row, Fault)}


class Refusal(Exception):
    """A handler's way to answer with a row of this table.

    ``detail`` becomes ``error_detail``; for the gateway and for sending, whose bodies have none, it ends the
    message. ``more`` is what such a body has besides code and description.
    """

    def __init__(self, fault: Fault, detail: str = "", **more: object) -> None:
        super().__init__(f"{fault.code} {fault.message} {detail}".rstrip())
        self.fault = fault
        self.detail = detail
        self.more = more


def need(holds: object, fault: Fault, detail: str = "") -> None:
    """Refuse the request unless this holds."""
    if not holds:
        raise Refusal(fault, detail)


def error_body(refusal: Refusal, request_id: str) -> dict[str, object]:
    """Return the JSON body of a refusal: the gateway's form, sending's or the service's (reference §8.1)."""
    fault, detail = refusal.fault, refusal.detail
    message = f"{fault.message.rstrip('.')}: {detail}" if detail else fault.message
    if fault.code.startswith("APIGW."):
        return {"error_msg": message, "error_code": fault.code, "request_id": request_id}
    if fault.code.startswith("E"):
        return {"code": fault.code, "description": message[:512], **refusal.more}
    body = {"error_code": fault.code, "error_msg": fault.message}
    return {**body, "error_detail": detail[:512]} if detail else dict(body)
