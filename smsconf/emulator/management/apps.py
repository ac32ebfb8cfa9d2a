"""The operations on apps that are not those of every kind (``listing``).

There is no delete, and a secret is shown once: that is how the service is. Written from sms_05_0022 to _0026
(China site, 2025-12).
"""

from __future__ import annotations

from smsconf.emulator.base.clock import timestamp
from smsconf.emulator.base.errors import APP_QUOTA, INVALID, need
from smsconf.emulator.base.exchange import Answer, Call, Object
from smsconf.emulator.management import listing as rows
from smsconf.emulator.management.reviewer import channel_number, derived_id
from smsconf.emulator.management.statuses import SITES
from smsconf.model.emulator_keys import app_secret


def create_app(call: Call) -> Answer:
    """CreateApp: launched at once (a choice; the initial status is undocumented)."""
    values = _sent(call)
    region, quota = values["region"], call.settings.app_quota
    need(call.store.count("app", {"region": region}) < quota, APP_QUOTA, f"quota={quota}, region={region}")
    number = call.store.next_number("app")
    app_key = derived_id(call.settings, "app_key", number)[:28]
    made = {
        "status": "LAUNCHED",
        "app_key": app_key,
        "app_secret": app_secret(app_key),
        "intl_channel_num": channel_number(90_000_000 + number) if region != "cn" else None,
    }
    row = rows.add(call, "app", number, values | made)
    shown = ("id", "app_key", "app_name", *(("app_secret",) if call.body["show_secret"] else ()))
    return Answer({name: row[name] for name in shown})


def count_apps(call: Call) -> Answer:
    """ShowAppCount: quota and existing apps of the region (inferred)."""
    used = call.store.count("app", {"region": call.query["region"]})
    return Answer({"total": call.settings.app_quota, "used": used})


def update_app(call: Call) -> Answer:
    """UpdateApp: omitted optional fields are reset, the region stays (guesses, reference §2.5)."""
    app = rows.require(call, "app")
    values = _sent(call)
    same = values["region"] == app["region"]
    need(same, INVALID, f"region of an app can not change from {app['region']}")
    call.store.update("app", app["id"], {**values, "update_time": timestamp(call.now)})
    return Answer({"id": app["id"], "app_key": app["app_key"], "app_name": values["app_name"]})


def _sent(call: Call) -> Object:
    """Return the columns a body asks for; only apps of the mainland have a reply address."""
    body, allowed = call.body, SITES[call.settings.site].app_regions
    need(body["region"] in allowed, INVALID, f"region must be one of {', '.join(allowed)}")
    copied = ("app_name", "region", "enterprise_project_id", "enterprise_project_name")
    reply_url = body["up_link_addr"] or None
    return {
        **{name: body[name] for name in copied},
        "up_link_addr": reply_url if body["region"] == "cn" else None,
    }
