"""What a request's fields may hold: one table per operation, checked before any handler runs.

Lengths, ranges and patterns are those of the published OpenAPI fragments (state of 2025-01-10); a breach is
``MSGSMS.0002``, when sending ``E000503``. Statuses, references and quotas are the handlers' business. Unknown
fields are ignored and ``null`` is an absent field (guesses: the back end is Java with Jackson, which can do
both).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from smsconf.emulator.base.clock import read_timestamp, timestamp
from smsconf.emulator.base.errors import INVALID, Fault, Refusal
from smsconf.emulator.base.exchange import Object

OAS = "OpenAPI fragment, 2025-01-10"
DOCS = "documentation since 2025-04-11; no lengths given"
GUESS = "guess"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: ``low`` and ``high`` bound a string's length, an integer's value or an array's size."""

    name: str
    kind: str = "string"
    required: bool = False
    low: int = 0
    high: int = 2**31 - 1
    blank: bool = True
    """Whether a string of nothing but blanks may stand (``@NotBlank`` in the fragments)."""
    pattern: str | None = None
    choices: tuple[str, ...] = ()
    alias: str | None = None
    items: tuple[Field, ...] = ()
    item_kind: str = "object"
    item_low: int = 1
    item_high: int = 64
    default: Any = None
    source: str = OAS


def text(name: str, low: int, high: int, *, required: bool = False, blank: bool = True, **more: Any) -> Field:  # noqa: ANN401
    """Return a row for a string."""
    return Field(name, "string", required, low, high, blank, **more)


def number(name: str, low: int, high: int, *, required: bool = False, **more: Any) -> Field:  # noqa: ANN401
    """Return a row for an integer."""
    return Field(name, "integer", required, low, high, **more)


def array(name: str, low: int, high: int, *, required: bool = False, **more: Any) -> Field:  # noqa: ANN401
    """Return a row for an array."""
    return Field(name, "array", required, low, high, **more)


REGION = text("region", 1, 16, required=True, blank=False, alias="location")
PATH_ID = text("id", 1, 64, required=True)

PAGING = (
    number("limit", 1, 500, default=10),
    number("offset", 0, 2**31 - 1, default=0),
    Field("sort_key", choices=("create_time",), low=1, high=64, source="docs; other keys refused: " + GUESS),
    Field("sort_dir", choices=("desc", "asc"), low=1, high=20, default="desc"),
    Field("start_time", "time", low=1, high=20, source="filters create_time, inclusive: " + GUESS),
    Field("end_time", "time", low=1, high=20, source="filters create_time, inclusive: " + GUESS),
)
LIST_APPS = (
    *PAGING,
    text("app_name", 1, 64, source="exact match: " + GUESS),
    text("region", 1, 20),
    text("status", 1, 32),
)
LIST_SIGNATURES = (
    *PAGING,
    text("app_name", 1, 64),
    text("signature_id", 1, 64),
    text("signature_name", 1, 32, source="exact match: " + GUESS),
    text("signature_type", 1, 64),
    text("site", 1, 16, source="docs: currently not in use, so it filters nothing"),
    text("status", 1, 64, source="OAS says 32, but three documented values are longer"),
)
LIST_TEMPLATES = (
    *PAGING,
    text("app_key", 1, 128),
    text("app_name", 1, 64),
    text("flow_status", 1, 64),
    text("has_variable", 1, 8),
    text("region", 1, 20),
    text("sign_name", 1, 128),
    text("template_id", 1, 64),
    text("template_name", 1, 128, source="exact match: " + GUESS),
    text("template_type", 1, 32),
)
LIST_COUNTRIES = (
    text("country_name_en", 1, 255, source="exact match: " + GUESS),
    text("country_name_zh", 1, 255, source="exact match: " + GUESS),
)
COUNT_APPS = (text("region", 1, 20, required=True),)
SHOW_FILE = (text("file_id", 1, 64, required=True),)
UPLOAD_FILE = (text("file_desc", 1, 64),)

UPDATE_APP = (
    text("app_name", 1, 64, required=True, blank=False),
    REGION,
    Field("create_sign_and_template", "boolean", source="obsolete since 2026-04-10; accepted without effect"),
    text("enterprise_project_id", 1, 64, default="0"),
    text("enterprise_project_name", 1, 255, default="default"),
    text("up_link_addr", 0, 128),
)
CREATE_APP = (
    *(field for field in UPDATE_APP if field.name != "up_link_addr"),
    text("up_link_addr", 1, 128),
    Field("show_secret", "boolean", default=False, source="default: " + GUESS),
)
SIGNATURE = (
    text("app_id", 1, 64, required=True),
    text("signature_name", 1, 32, required=True, blank=False),
    text("signature_type", 1, 64, required=True, blank=False),
    number("signature_source", 0, 5, required=True, source="OAS: 0..; the documented codes end at 5"),
    Field("is_involved_third", required=True, choices=("Yes", "No"), low=1, high=16, blank=False),
    text("apply_desc", 0, 100),
    text("file_id", 1, 64),
    # The vendor's spelling in requests; answers say power_attorney_file_id.
    text("power_attorney_fileid", 1, 128),
    text("source_title_content", 0, 512),
    text("qualification_id", 0, 64, pattern=r"|[A-Za-z0-9_-]+"),
    text("signature_related_file_id", 0, 64, source=DOCS),
    text("registration_number", 0, 64, source=DOCS),
    text("license_number", 0, 64, source=DOCS),
)
VARIABLE_TYPES = ("PHONE", "CHARDIGIT", "DATETIME", "MONEY", "TEXT", "NEWTEXT", "LONGTEXT")
VARIABLE = (
    number("variable_index", 1, 20, required=True),
    Field("variable_type", required=True, choices=VARIABLE_TYPES, low=1, high=32),
    text("variable_desc", 0, 100),
)
TEMPLATE = (
    text("app_id", 1, 64, required=True),
    text("template_name", 1, 128, required=True),
    text("template_content", 1, 500, required=True),
    REGION,
    text("template_type", 1, 32, required=True),
    text("sign_id", 1, 64),
    array("send_country", 0, 3, item_kind="integer"),
    text("brackets", 1, 16, source="docs: any value but GB counts as CN"),
    text("template_desc", 0, 500),
    number("universal_template", 0, 1, default=0, source="OAS says minimum 1, its example is 0"),
    array("variable_attributes", 0, 20, items=VARIABLE),
    Field("flow_status", choices=("Pending", "Reviewing", "Disable"), low=1, high=64),
)
BATCH_DELETE = (array("ids", 1, 50, item_kind="string", required=True, source="sms batch page, 2024-10-24"),)


PAGE_SEND = "sms_05_0001, INTL 2025-01-14"
PAGE_SEND_DIFFERENT = "sms_05_0002, INTL 2026-02-06"
SENDER = text("from", 1, 21, required=True, source=PAGE_SEND)
TEMPLATE_ID = text("templateId", 1, 64, required=True, source="longest: " + GUESS)
FOR_ALL = (
    text("statusCallback", 0, 512, source="longest: " + GUESS),
    text("extend", 1, 128, pattern="[^{}]*", source=PAGE_SEND),
)
SIGNATURE_NAME = text("signature", 0, 64, source="longest: " + GUESS)
SEND_SAME = (
    SENDER,
    text("to", 1, 65_536, required=True, source=PAGE_SEND),
    TEMPLATE_ID,
    text("templateParas", 0, 65_536, source=PAGE_SEND),
    *FOR_ALL,
    SIGNATURE_NAME,
)
SMS_CONTENT = (
    array("to", 1, 500, required=True, item_kind="string", item_high=21, source=PAGE_SEND_DIFFERENT),
    TEMPLATE_ID,
    array("templateParas", 0, 20, item_kind="string", item_low=0, item_high=500, source=PAGE_SEND_DIFFERENT),
    SIGNATURE_NAME,
)
SEND_DIFFERENT = (
    SENDER,
    array("smsContent", 1, 1000, required=True, items=SMS_CONTENT, source="most items: " + GUESS),
    *FOR_ALL,
)


def check(
    fields: tuple[Field, ...], values: Mapping[str, Any], *, textual: bool = False, invalid: Fault = INVALID
) -> Object:
    """Return the known fields of a body or query, with defaults, or refuse the request.

    Args:
        fields: the operation's table.
        values: what was sent.
        textual: the values are a query's, so numbers come as text.
        invalid: what a breach is.

    Raises:
        Refusal: ``invalid``, naming the first field that breaks its row.
    """
    try:
        return _check(fields, values, textual=textual)
    except _Breach as breach:
        raise Refusal(invalid, str(breach)) from None


class _Breach(Exception):
    """A value that its row does not allow, in words."""


def _check(fields: tuple[Field, ...], values: Mapping[str, Any], *, textual: bool = False) -> Object:
    checked: Object = {}
    for field in fields:
        value = values.get(field.name)
        if value is None and field.alias:
            value = values.get(field.alias)
        if value is None:
            if field.required:
                raise _Breach(f"{field.name} is required")
            checked[field.name] = field.default
            continue
        if textual and field.kind == "integer" and re.fullmatch(r"-?\d{1,18}", value):
            value = int(value)
        checked[field.name] = CHECKS[field.kind](field, value)
    return checked


def _text(field: Field, value: Any) -> str:  # noqa: ANN401
    if not isinstance(value, str):
        raise _Breach(f"{field.name} must be a string")
    if not value.isascii() and not _is_unicode(value):
        raise _Breach(f"{field.name} is not valid Unicode")
    if not field.low <= len(value) <= field.high:
        raise _Breach(f"{field.name}: length must be {field.low}-{field.high}")
    if not field.blank and not value.strip():
        raise _Breach(f"{field.name} must not be blank")
    if field.choices and value not in field.choices:
        raise _Breach(f"{field.name} must be one of {', '.join(field.choices)}")
    if field.pattern is not None and not re.fullmatch(field.pattern, value):
        raise _Breach(f"{field.name} must match ^({field.pattern})$")
    return value


def _is_unicode(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, sent as a JSON escape
        return False
    return True


def _integer(field: Field, value: Any) -> int:  # noqa: ANN401
    if not isinstance(value, int) or isinstance(value, bool):
        raise _Breach(f"{field.name} must be an integer")
    if not field.low <= value <= field.high:
        raise _Breach(f"{field.name} must be {field.low}-{field.high}")
    return value


def _boolean(field: Field, value: Any) -> bool:  # noqa: ANN401
    # The vendor's own examples send the integer 0 for a boolean.
    if value not in (True, False):
        raise _Breach(f"{field.name} must be a boolean")
    return bool(value)


def _time(field: Field, value: Any) -> str:  # noqa: ANN401
    given = _text(field, value)
    try:
        strict = timestamp(read_timestamp(given)) == given  # strptime takes single digits too
    except ValueError:
        strict = False
    if not strict:
        raise _Breach(f"{field.name} must be yyyy-MM-dd HH:mm:ss")
    return given


def _array(field: Field, value: Any) -> list[Any]:  # noqa: ANN401
    if not isinstance(value, list):
        raise _Breach(f"{field.name} must be an array")
    if not field.low <= len(value) <= field.high:
        raise _Breach(f"{field.name}: {field.low}-{field.high} items allowed")
    if field.item_kind != "object":
        high = field.item_high if field.item_kind == "string" else 2**31
        item = Field(f"{field.name}[]", field.item_kind, low=field.item_low, high=high)
        return [CHECKS[field.item_kind](item, entry) for entry in value]
    if not all(isinstance(entry, dict) for entry in value):
        raise _Breach(f"{field.name} must hold objects")
    return [_check(field.items, entry) for entry in value]


CHECKS: dict[str, Callable[[Field, Any], Any]] = {
    "string": _text,
    "integer": _integer,
    "boolean": _boolean,
    "time": _time,
    "array": _array,
}
