"""The operations on apps.

There is no delete, and a secret is shown once: that is how the service is. Written from sms_05_0022 to _0026
(China site, 2025-12).
"""

from __future__ import annotations

from smsconf.emulator.base.clock import timestamp
from smsconf.emulator.base.errors import APP_MISSING, APP_QUOTA, INVALID, Refusal
from smsconf.emulator.base.exchange import Answer, Call, Object
from smsconf.emulator.management import answers
from smsconf.emulator.management.reviewer import channel_number, derived_id, uuid_of
from smsconf.emulator.management.statuses import SITES
from smsconf.model.emulator_keys import app_secret


def require_app(call: Call, app_id: str) -> Object:
    """Return the app with this primary key or refuse."""
    app = call.store.get("app", app_id)
    if app is None:
        raise Refusal(APP_MISSING, f"id={app_id}")
    return app


def create_app(call: Call) -> Answer:
    """CreateApp: launched at once (a choice; the initial status is undocumented)."""
    body = call.body
    region = _region(call)
    if call.store.count("app", {"region": region}) >= call.settings.app_quota:
        raise Refusal(APP_QUOTA, f"quota={call.settings.app_quota}, region={region}")
    number = call.store.next_number("app")
    now = timestamp(call.now)
    app_key = derived_id(call.settings, "app_key", number)[:28]
    row: Object = {
        "id": uuid_of(call.settings, "app", number),
        "create_time": now,
        "update_time": now,
        "status": "LAUNCHED",
        "app_name": body["app_name"],
        "app_key": app_key,
        "app_secret": app_secret(app_key),
        "region": region,
        "up_link_addr": body["up_link_addr"] if region == "cn" else None,
        "intl_channel_num": channel_number(90_000_000 + number) if region != "cn" else None,
        "enterprise_project_id": body["enterprise_project_id"],
        "enterprise_project_name": body["enterprise_project_name"],
    }
    call.store.insert("app", row)
    shown = ("id", "app_key", "app_name", *(("app_secret",) if body["show_secret"] else ()))
    return Answer({name: row[name] for name in shown})


def list_apps(call: Call) -> Answer:
    """ListAppDetails."""
    return Answer(
        answers.page(call, "app", {name: call.query[name] for name in ("app_name", "region", "status")})
    )


def show_app(call: Call) -> Answer:
    """ShowApp."""
    return Answer(answers.one(call, "app", require_app(call, call.path["id"])))


def count_apps(call: Call) -> Answer:
    """ShowAppCount: quota and existing apps of the region (inferred)."""
    used = call.store.count("app", {"region": call.query["region"]})
    return Answer({"total": call.settings.app_quota, "used": used})


def update_app(call: Call) -> Answer:
    """UpdateApp: omitted optional fields are reset, the region stays (guesses, reference §2.5)."""
    app = require_app(call, call.path["id"])
    body = call.body
    if _region(call) != app["region"]:
        raise Refusal(INVALID, f"region of an app can not change from {app['region']}")
    values = {
        "app_name": body["app_name"],
        "up_link_addr": (body["up_link_addr"] or None) if app["region"] == "cn" else None,
        "enterprise_project_id": body["enterprise_project_id"],
        "enterprise_project_name": body["enterprise_project_name"],
        "update_time": timestamp(call.now),
    }
    call.store.update("app", app["id"], values)
    return Answer({"id": app["id"], "app_key": app["app_key"], "app_name": body["app_name"]})


def _region(call: Call) -> str:
    allowed = SITES[call.settings.site].app_regions
    region: str = call.body["region"]
    if region not in allowed:
        raise Refusal(INVALID, f"region must be one of {', '.join(allowed)}")
    return region
