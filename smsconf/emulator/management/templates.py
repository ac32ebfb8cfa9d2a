"""The operations on templates and the list of countries.

Content is not judged: that is what the review is for. Written from sms_05_0038 to _0043 and the batch-delete
page (China site, 2025-12).
"""

from __future__ import annotations

import json

from smsconf.emulator.base.clock import timestamp
from smsconf.emulator.base.errors import (
    COUNTRY,
    INVALID,
    SIGNATURE_ABSENT,
    SIGNATURE_INVALID,
    TEMPLATE_FROZEN,
    TEMPLATE_IN_REVIEW,
    TEMPLATE_MISSING,
    TEMPLATE_QUOTA,
    TEMPLATE_TYPE,
    Refusal,
)
from smsconf.emulator.base.exchange import Answer, Call, Object
from smsconf.emulator.management import answers
from smsconf.emulator.management.apps import require_app
from smsconf.emulator.management.country_table import BY_ID, COUNTRIES
from smsconf.emulator.management.reviewer import Reviewer, uuid_of
from smsconf.emulator.management.statuses import (
    APPROVED_SIGNATURE,
    DELETABLE_TEMPLATE,
    SITES,
    SUBMIT,
    template_move,
)

FILTERS = (
    *("app_key", "app_name", "flow_status", "has_variable", "region", "sign_name", "template_id"),
    *("template_name", "template_type"),
)
# How the service derives variable_length is undocumented; these are the upper ends of the documented ranges
# (FAQ, 2025). NEWTEXT and LONGTEXT are guesses.
VARIABLE_LENGTHS = {
    "PHONE": 15,
    "CHARDIGIT": 20,
    "DATETIME": 20,
    "MONEY": 20,
    "TEXT": 20,
    "NEWTEXT": 35,
    "LONGTEXT": 100,
}


def require_template(call: Call, remote_id: str) -> Object:
    """Return the template with this primary key or refuse."""
    row = call.store.get("template", remote_id)
    if row is None:
        raise Refusal(TEMPLATE_MISSING, f"id={remote_id}")
    return row


def create_template(call: Call) -> Answer:
    """CreateTemplate: two with one name may exist; without ``flow_status`` it is submitted (choices)."""
    site = SITES[call.settings.site]
    values = _sent(call)
    wish = call.body["flow_status"] if site.drafts_on_create else None
    if wish == "Disable":
        raise Refusal(INVALID, "flow_status Disable is for approved templates")
    if call.store.count("template", {"app_id": values["app_id"]}) >= call.settings.template_quota:
        raise Refusal(TEMPLATE_QUOTA, f"quota={call.settings.template_quota}")
    remote_id = uuid_of(call.settings, "template", call.store.next_number("template"))
    now = timestamp(call.now)
    call.store.insert(
        "template",
        {"id": remote_id, "create_time": now, "update_time": now, "flow_status": "Pending", **values},
    )
    if wish != "Pending":
        Reviewer(call.store, call.settings).submit_template(require_template(call, remote_id), call.now)
    return Answer({"id": remote_id, "template_name": values["template_name"]})


def list_templates(call: Call) -> Answer:
    """ListTemplateDetails: no filter by app id, signature id or primary key exists."""
    return Answer(answers.page(call, "template", {name: call.query[name] for name in FILTERS}))


def show_template(call: Call) -> Answer:
    """ShowTemplate."""
    return Answer(answers.one(call, "template", require_template(call, call.path["id"])))


def update_template(call: Call) -> Answer:
    """UpdateTemplate: edit, submit, withdraw or disable, as the table of moves says.

    Withdrawing and disabling change the status only, whatever else the body says (guess).
    """
    row = require_template(call, call.path["id"])
    move = template_move(SITES[call.settings.site], row["flow_status"], call.body["flow_status"])
    if move is None:
        raise Refusal(TEMPLATE_FROZEN, f"flow_status={row['flow_status']}")
    reviewer = Reviewer(call.store, call.settings)
    if move.replaces_fields:
        call.store.update("template", row["id"], {**_sent(call), "review_desc": None, "review_order": None})
        row = require_template(call, row["id"])
    if move.to == SUBMIT:
        reviewer.submit_template(row, call.now)
    else:
        reviewer.enter("template", row, move.to, call.now)
    return Answer({"id": row["id"], "template_name": row["template_name"]})


def delete_template(call: Call) -> Answer:
    """DeleteTemplate: not while it is in review."""
    _delete(call, call.path["id"])
    return Answer(status=204)


def delete_templates(call: Call) -> Answer:
    """DeleteTemplates (batch): 200 even if some or all are refused."""
    deleted: list[str] = []
    failed: list[Object] = []
    for remote_id in call.body["ids"]:
        try:
            _delete(call, remote_id)
        except Refusal as refusal:
            failed.append({"id": remote_id, "error_msg": refusal.fault.message})
        else:
            deleted.append(remote_id)
    answer = {
        "success_count": len(deleted),
        "success_ids": deleted,
        "failed_count": len(failed),
        "failed_template_list": failed,
    }
    return Answer(answer)


def list_variables(call: Call) -> Answer:
    """ListTemplateVarilableDetails: no paging, though the answer has a total."""
    row = require_template(call, call.path["id"])
    results = [
        {
            "id": row["seq"] * 100 + variable["variable_index"],
            "user_name": None,  # the vendor's example shows this one as an explicit null
            "temp_name": row["template_name"],
            "variable_index": variable["variable_index"],
            "variable_type": variable["variable_type"],
            "variable_length": VARIABLE_LENGTHS[variable["variable_type"]],
            "variable_desc": variable["variable_desc"] or "",
        }
        for variable in json.loads(row["variables"])
    ]
    return Answer({"results": results, "total": len(results)})


def list_countries(call: Call) -> Answer:
    """ListSendCountryDetails: a bare array."""
    english, chinese = call.query["country_name_en"], call.query["country_name_zh"]
    return Answer(
        [
            {
                "country_id": country.number,
                "country_name_en": country.english,
                "country_name_zh": country.chinese,
            }
            for country in COUNTRIES
            if english in {None, country.english} and chinese in {None, country.chinese}
        ]
    )


def _delete(call: Call, remote_id: str) -> None:
    row = require_template(call, remote_id)
    if row["flow_status"] not in DELETABLE_TEMPLATE:
        raise Refusal(TEMPLATE_IN_REVIEW, f"flow_status={row['flow_status']}")
    call.store.delete("template", remote_id)


def _sent(call: Call) -> Object:
    """Return the columns a body asks for; fields that do not count in the region are dropped."""
    body = call.body
    app = require_app(call, body["app_id"])
    if body["region"] != app["region"]:
        raise Refusal(INVALID, f"region of the app is {app['region']}")
    variables = body["variable_attributes"] or []
    for variable in variables:
        if variable["variable_type"] == "TEXT" and not variable["variable_desc"]:
            raise Refusal(INVALID, "variable_desc is required for TEXT")
    if len({variable["variable_index"] for variable in variables}) < len(variables):
        raise Refusal(INVALID, "variable_index must be unique")
    by_region = _sent_cn(call, app) if body["region"] == "cn" else _sent_intl(call)
    return {
        "app_id": app["id"],
        "template_name": body["template_name"],
        "template_content": body["template_content"],
        "template_desc": body["template_desc"],
        "region": body["region"],
        "has_variable": "Yes" if "${" in body["template_content"] else "No",
        "variables": json.dumps(sorted(variables, key=lambda variable: int(variable["variable_index"]))),
        **by_region,
    }


def _sent_cn(call: Call, app: Object) -> Object:
    """Return what counts for the mainland: a signature, or every signature of the app and type."""
    body = call.body
    kind = body["template_type"]
    if kind not in SITES[call.settings.site].types:
        raise Refusal(TEMPLATE_TYPE, f"template_type={kind}")
    sign_id = None if body["universal_template"] else body["sign_id"]
    if sign_id is None and not body["universal_template"]:
        raise Refusal(SIGNATURE_INVALID, "sign_id is required")
    if sign_id is not None:
        signature = call.store.get("signature", sign_id)
        if signature is None or signature["app_id"] != app["id"]:
            raise Refusal(SIGNATURE_INVALID, f"sign_id={sign_id}")
        kind = signature["signature_type"]  # inherited (sms_05_0039, 2025-12)
    elif not any(
        row["status"] in APPROVED_SIGNATURE
        for row in call.store.find("signature", {"app_id": app["id"], "signature_type": kind})
    ):
        raise Refusal(SIGNATURE_ABSENT, f"no approved signature of type {kind}")
    return {
        "template_type": kind,
        "sign_id": sign_id,
        "universal_template": body["universal_template"],
        "brackets": "GB" if body["brackets"] == "GB" else "CN",
        "send_country": "[]",
    }


def _sent_intl(call: Call) -> Object:
    """Return what counts abroad: countries, and at the international site one type only."""
    body = call.body
    site = SITES[call.settings.site]
    if body["template_type"] not in site.types or site.intl_type not in {None, body["template_type"]}:
        raise Refusal(TEMPLATE_TYPE, f"template_type={body['template_type']}")
    countries = body["send_country"] or []
    if site.intl_needs_country and not countries:
        raise Refusal(INVALID, "send_country is required for region intl")
    for country in countries:
        if country not in BY_ID:
            raise Refusal(COUNTRY, f"send_country={country}")
    return {
        "template_type": body["template_type"],
        "sign_id": None,
        "universal_template": 0,
        "brackets": None,
        "send_country": json.dumps(countries),
    }
