"""The operations on signatures that are not those of every kind (``listing``), and on files that prove them.

Files are counted and described, never kept: the service gives none back either. Written from sms_05_0028 to
_0035 (China site, 2025-12).
"""

from __future__ import annotations

import re

from smsconf.emulator.base.clock import timestamp
from smsconf.emulator.base.errors import (
    FILE_MISSING,
    INVALID,
    NOT_TO_BE_ACTIVATED,
    SIGNATURE_DUPLICATE,
    SIGNATURE_FROZEN,
    SIGNATURE_QUOTA,
    SIGNATURE_TYPE,
    Refusal,
    need,
)
from smsconf.emulator.base.exchange import Answer, Call, Object
from smsconf.emulator.management import listing as rows
from smsconf.emulator.management.reviewer import Reviewer, uuid_of
from smsconf.emulator.management.statuses import SITES

FILE_FIELDS = ("file_id", "power_attorney_file_id", "signature_related_file_id")
COPIED = (
    *("app_id", "signature_name", "signature_type", "signature_source", "is_involved_third", "apply_desc"),
    *("file_id", "source_title_content", "qualification_id", "signature_related_file_id"),
    *("registration_number", "license_number"),
)


def create_signature(call: Call) -> Answer:
    """CreateSignature: creating is submitting; there are no drafts of signatures."""
    values = _sent(call)
    _refuse_twin(call, values, own_id=None)
    there, quota = call.store.count("signature", {"app_id": values["app_id"]}), call.settings.signature_quota
    need(there < quota, SIGNATURE_QUOTA, f"quota={quota}")
    number = call.store.next_number("signature")
    made = {"signature_id": uuid_of(call.settings, "signature_id", number), "status": "PENDING_REVIEW"}
    return _submitted(call, rows.add(call, "signature", number, values | made))


def update_signature(call: Call) -> Answer:
    """UpdateSignature: rejected ones only; all fields are replaced and reviewed again (guess)."""
    row = rows.require(call, "signature")
    need(row["status"] == "REVIEW_NOT_PASS", SIGNATURE_FROZEN, f"status={row['status']}")
    values = _sent(call)
    _refuse_twin(call, values, own_id=row["id"])
    call.store.update("signature", row["id"], {**values, "review_desc": None})
    return _submitted(call, rows.require(call, "signature"))


def delete_signature(call: Call) -> Answer:
    """DeleteSignature: its templates go with it, in any state (user manual; for states a choice)."""
    row = rows.require(call, "signature")
    for template in call.store.rows("SELECT id FROM template WHERE sign_id = ?", (row["id"],)):
        call.store.delete("template", template["id"])
    call.store.delete("signature", row["id"])
    return Answer(status=204)


def enable_signature(call: Call) -> Answer:
    """EnableSignature: ask for the activation of one that was switched off."""
    row = rows.require(call, "signature")
    off = row["status"] == "TO_BE_ACTIVATED"
    need(off, NOT_TO_BE_ACTIVATED, "Signature status should be TO_BE_ACTIVATED.")
    Reviewer(call.store, call.settings).enter("signature", row, "PENDING_ACTIVATE", call.now)
    return Answer()


def upload_file(call: Call) -> Answer:
    """UploadSignatureFile: any content is taken."""
    name, content = _file_part(call.request.headers.get("content-type", ""), call.request.body)
    need(1 <= len(name) <= 64, INVALID, "file name: length must be 1-64")
    file_id = uuid_of(call.settings, "file", call.store.next_number("file"))
    call.store.insert(
        "file",
        {
            "id": file_id,
            "update_time": timestamp(call.now),
            "file_name": name,
            "file_size": len(content),
            "file_desc": call.query["file_desc"],
        },
    )
    return Answer({"file_id": file_id})


def show_file(call: Call) -> Answer:
    """ShowSignatureFile: what was uploaded, without the content."""
    row = call.store.get("file", call.query["file_id"])
    if row is None:
        raise Refusal(FILE_MISSING, f"file_id={call.query['file_id']}")
    shown = ("file_name", "file_size", "file_ref", "file_desc", "update_time")
    answer = {
        "file_id": row["id"],
        "module_type": 2,  # message and SMS
        "file_type": 1,  # contract file
        "operator": rows.customer_id(call),
        **{name: row[name] for name in shown if row[name] is not None},
    }
    return Answer(answer)


def _sent(call: Call) -> Object:
    """Return the columns a body asks for, its references checked."""
    body = call.body
    known = body["signature_type"] in SITES[call.settings.site].types
    need(known, SIGNATURE_TYPE, f"signature_type={body['signature_type']}")
    app = rows.require(call, "app", body["app_id"])
    need(app["region"] == "cn", INVALID, "signatures belong to apps of region cn")
    values = {name: body[name] for name in COPIED}
    values["power_attorney_file_id"] = body["power_attorney_fileid"]
    for name in FILE_FIELDS:
        there = not values[name] or call.store.get("file", values[name])
        need(there, FILE_MISSING, f"{name}={values[name]}")
    return values


def _refuse_twin(call: Call, values: Object, own_id: str | None) -> None:
    # Name and type are unique in the account, across apps (user manual, 2025).
    same = {name: values[name] for name in ("signature_name", "signature_type")}
    alone = all(row["id"] == own_id for row in call.store.find("signature", same))
    need(alone, SIGNATURE_DUPLICATE, f"signature_name={values['signature_name']}")


def _submitted(call: Call, row: Object) -> Answer:
    Reviewer(call.store, call.settings).enter("signature", row, "PENDING_REVIEW", call.now)
    return Answer({name: row[name] for name in ("id", "signature_id", "signature_name")})


def _file_part(content_type: str, body: bytes) -> tuple[str, bytes]:
    """Return name and content of the form field ``file``.

    Raises:
        Refusal: there is no such part.
    """
    boundary = re.search(r'boundary="?([^";,]+)"?', content_type)
    if content_type.lower().startswith("multipart/form-data") and boundary:
        for part in (b"\r\n" + body).split(b"\r\n--" + boundary[1].encode())[1:]:
            head, found, content = part.partition(b"\r\n\r\n")
            header = head.decode("utf-8", "replace")
            name = re.search(r';\s*filename="((?:[^"\\]|\\.)*)"', header)
            if found and name and re.search(r';\s*name="?file"?\s*(;|\r|$)', header):
                return re.sub(r"\\(.)", r"\1", name[1]), content
    raise Refusal(INVALID, "file is required (multipart/form-data)")
