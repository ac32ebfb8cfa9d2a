"""What a person sets for an app at the console: who may call it, where its batch reports go, how pushes sign.

No public API does any of it, so these are control routes only. Changes count at once, where the service takes
5 to 15 minutes. Written from the pages on the IP whitelist, on batch status reports (sms_05_0063) and on
the authentication of pushes (sms_05_0064, CN 2024-12-20).
"""

from __future__ import annotations

import ipaddress
import json
from typing import Final

from smsconf.emulator.base.control_call import must, pick, read_object, read_string
from smsconf.emulator.base.exchange import Answer, Call, Object
from smsconf.emulator.base.store import Store

FIELDS: Final = ("ip_white_list", "batch_address", "push_ak", "push_sk", "reply_time")


def read_console(store: Store, app_id: str) -> Object:
    """Return what is set for an app; what is not set is not there."""
    rows = store.rows("SELECT console FROM app WHERE id = ?", (app_id,))
    settings: Object = json.loads(rows[0]["console"] or "{}") if rows else {}
    return settings


def is_welcome(settings: Object, client: str) -> bool:
    """Say whether an address may call: without a list any may."""
    networks = settings.get("ip_white_list") or []
    if not networks:
        return True
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(network) for network in networks)


def show_console(call: Call) -> Answer:
    """GET console: what is set, app by app; of a secret only that it is there."""
    apps = call.store.rows("SELECT id, app_name, console FROM app ORDER BY seq")
    return Answer([_shown(row) for row in apps])


def set_console(call: Call) -> Answer:
    """PUT console: for the app of this name or id; fields left out stay, ``null`` clears."""
    body = read_object(call.body, allowed=("name", "id", *FIELDS))
    app = pick(call.store, "app", body)
    changes: Object = {name: body[name] for name in FIELDS if name in body}
    settings: Object = {**read_console(call.store, app["id"]), **changes}
    for name, value in changes.items():
        if value is not None:
            _check(name, body)
    both = bool(settings.get("push_ak")) == bool(settings.get("push_sk"))
    must(both, "push_ak and push_sk are set together")
    kept = {name: value for name, value in settings.items() if value is not None}
    call.store.update("app", app["id"], {"console": json.dumps(kept)})
    return Answer(_shown({**app, "console": json.dumps(kept)}))


def _check(name: str, body: Object) -> None:
    value = body[name]
    if name == "reply_time":
        must(isinstance(value, bool), "reply_time must be true or false")
    elif name == "ip_white_list":
        must(isinstance(value, list), "ip_white_list must be a list")
        for network in value:
            ipaddress.ip_network(read_string({"ip_white_list[]": network}, "ip_white_list[]"))
    else:
        must(read_string(body, name), f"{name} must not be empty; null clears it")


def _shown(row: Object) -> Object:
    settings: Object = json.loads(row["console"] or "{}")
    shown: Object = {name: settings.get(name) for name in FIELDS}
    shown["push_sk"] = "******" if shown["push_sk"] else None
    return {"id": row["id"], "name": row["app_name"], **shown}
