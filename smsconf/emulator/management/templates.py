"""The operations on templates that are not those of every kind (``listing``), and the list of countries.

Content is not judged: that is what the review is for. Written from sms_05_0038 to _0043 and the batch-delete
page (China site, 2025-12).
"""

from __future__ import annotations

import json

from smsconf.emulator.base.errors import (
    COUNTRY,
    INVALID,
    SIGNATURE_ABSENT,
    SIGNATURE_INVALID,
    TEMPLATE_FROZEN,
    TEMPLATE_IN_REVIEW,
    TEMPLATE_QUOTA,
    TEMPLATE_TYPE,
    Refusal,
    need,
)
from smsconf.emulator.base.exchange import Answer, Call, Object
from smsconf.emulator.management import listing as rows
from smsconf.emulator.management.country_table import BY_ID, COUNTRIES
from smsconf.emulator.management.reviewer import Reviewer
from smsconf.emulator.management.statuses import (
    APPROVED_SIGNATURE,
    DELETABLE_TEMPLATE,
    SITES,
    SUBMIT,
    template_move,
)

COPIED = ("app_id", "template_name", "template_content", "template_desc", "region")
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


def create_template(call: Call) -> Answer:
    """CreateTemplate: two with one name may exist; without ``flow_status`` it is submitted (choices)."""
    site = SITES[call.settings.site]
    values = _sent(call)
    wish = call.body["flow_status"] if site.drafts_on_create else None
    need(wish != "Disable", INVALID, "flow_status Disable is for approved templates")
    there, quota = call.store.count("template", {"app_id": values["app_id"]}), call.settings.template_quota
    need(there < quota, TEMPLATE_QUOTA, f"quota={quota}")
    number = call.store.next_number("template")
    row = rows.add(call, "template", number, {"flow_status": "Pending", **values})
    if wish != "Pending":
        Reviewer(call.store, call.settings).submit_template(row, call.now)
    return Answer({"id": row["id"], "template_name": row["template_name"]})


def update_template(call: Call) -> Answer:
    """UpdateTemplate: edit, submit, withdraw or disable, as the table of moves says.

    Withdrawing and disabling change the status only, whatever else the body says (guess).
    """
    row = rows.require(call, "template")
    move = template_move(SITES[call.settings.site], row["flow_status"], call.body["flow_status"])
    if move is None:
        raise Refusal(TEMPLATE_FROZEN, f"flow_status={row['flow_status']}")
    reviewer = Reviewer(call.store, call.settings)
    if move.replaces_fields:
        call.store.update("template", row["id"], {**_sent(call), "review_desc": None, "review_order": None})
        row = rows.require(call, "template")
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
    row = rows.require(call, "template")
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
    row = rows.require(call, "template", remote_id)
    deletable = row["flow_status"] in DELETABLE_TEMPLATE
    need(deletable, TEMPLATE_IN_REVIEW, f"flow_status={row['flow_status']}")
    call.store.delete("template", remote_id)


def _sent(call: Call) -> Object:
    """Return the columns a body asks for; fields that do not count in the region are dropped."""
    body = call.body
    app = rows.require(call, "app", body["app_id"])
    need(body["region"] == app["region"], INVALID, f"region of the app is {app['region']}")
    variables = body["variable_attributes"] or []
    described = all(one["variable_type"] != "TEXT" or one["variable_desc"] for one in variables)
    need(described, INVALID, "variable_desc is required for TEXT")
    unique = len({one["variable_index"] for one in variables}) == len(variables)
    need(unique, INVALID, "variable_index must be unique")
    by_region = _sent_cn(call, app) if body["region"] == "cn" else _sent_intl(call)
    return {
        **{name: body[name] for name in COPIED},
        "has_variable": "Yes" if "${" in body["template_content"] else "No",
        "variables": json.dumps(sorted(variables, key=lambda variable: int(variable["variable_index"]))),
        **by_region,
    }


def _sent_cn(call: Call, app: Object) -> Object:
    """Return what counts for the mainland: a signature, or every signature of the app and type."""
    body = call.body
    kind = body["template_type"]
    need(kind in SITES[call.settings.site].types, TEMPLATE_TYPE, f"template_type={kind}")
    sign_id = None if body["universal_template"] else body["sign_id"]
    if body["universal_template"]:
        signatures = call.store.find("signature", {"app_id": app["id"], "signature_type": kind})
        approved = any(row["status"] in APPROVED_SIGNATURE for row in signatures)
        need(approved, SIGNATURE_ABSENT, f"no approved signature of type {kind}")
    else:
        need(sign_id is not None, SIGNATURE_INVALID, "sign_id is required")
        signatures = call.store.find("signature", {"id": sign_id, "app_id": app["id"]})
        need(signatures, SIGNATURE_INVALID, f"sign_id={sign_id}")
        kind = signatures[0]["signature_type"]  # inherited (sms_05_0039, 2025-12)
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
    known = body["template_type"] in site.types and site.intl_type in {None, body["template_type"]}
    need(known, TEMPLATE_TYPE, f"template_type={body['template_type']}")
    countries = body["send_country"] or []
    need(countries or not site.intl_needs_country, INVALID, "send_country is required for region intl")
    for country in countries:
        need(country in BY_ID, COUNTRY, f"send_country={country}")
    return {
        "template_type": body["template_type"],
        "sign_id": None,
        "universal_template": 0,
        "brackets": None,
        "send_country": json.dumps(countries),
    }
