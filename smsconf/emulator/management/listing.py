"""What the operations on all kinds do alike: find a row or refuse, add one, list and show what is stored.

What a kind allows is decided by its own module. Fields are those of sms_05_0025, _0030, _0034 and _0040
(China site, 2025-12); a ``null`` field is omitted, as in the vendor's examples. The INTL pages document fewer
fields, and a site with ``short_answers`` gives only those.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple

from smsconf.emulator.base.clock import timestamp
from smsconf.emulator.base.errors import APP_MISSING, SIGNATURE_MISSING, TEMPLATE_MISSING, Fault, Refusal
from smsconf.emulator.base.exchange import Answer, Call, Object
from smsconf.emulator.management.country_table import BY_ID
from smsconf.emulator.management.reviewer import derived_id, uuid_of
from smsconf.emulator.management.statuses import SITES, Site

# INTL 2025-12; EU (2023-08) is taken to be the same (guess).
SHORT_APP = frozenset(
    {
        *("id", "create_time", "update_time", "customer_id", "resource_id", "developer_account", "app_name"),
        *("app_key", "status", "region", "intl_channel_num", "enterprise_project_id"),
        *("enterprise_project_name", "app_access_addr", "protocol", "platform"),
    }
)
SHORT_TEMPLATE = frozenset(
    {
        *("id", "template_name", "template_type", "template_content", "template_id", "app_key", "sign_id"),
        *("create_time", "customer_id", "has_variable", "flow_status", "status", "universal_template"),
        *("review_desc", "country_name"),
    }
)
# The parameters of a list that choose no rows.
NO_FILTERS = frozenset({"limit", "offset", "sort_key", "sort_dir", "start_time", "end_time", "site"})


def require(call: Call, kind: str, remote_id: str | None = None) -> Object:
    """Return the row with this primary key, by default the path's, or refuse."""
    remote_id = call.path["id"] if remote_id is None else remote_id
    row = call.store.get(kind, remote_id)
    if row is None:
        raise Refusal(KINDS[kind].missing, f"id={remote_id}")
    return row


def add(call: Call, kind: str, number: int, values: Object) -> Object:
    """Store something new, made now, and return its row."""
    remote_id, now = uuid_of(call.settings, kind, number), timestamp(call.now)
    call.store.insert(kind, {"id": remote_id, "create_time": now, "update_time": now, **values})
    return require(call, kind, remote_id)


def show(kind: str) -> Callable[[Call], Answer]:
    """Return the Show operation of a kind."""
    return lambda call: Answer(_renderer(call, kind)(require(call, kind)))


def page(kind: str) -> Callable[[Call], Answer]:
    """Return the List operation of a kind; ``total`` is the number of all matches (reference §7)."""

    def handler(call: Call) -> Answer:
        query = call.query
        equal = {name: value for name, value in query.items() if name not in NO_FILTERS}
        equal |= {"create_time >=": query["start_time"], "create_time <=": query["end_time"]}
        rows, total = call.store.page(
            kind,
            {name: value for name, value in equal.items() if value is not None},
            descending=query["sort_dir"] == "desc",
            limit=query["limit"],
            offset=query["offset"],
        )
        render = _renderer(call, kind)
        return Answer({"results": [render(row) for row in rows], "total": total})

    return handler


def customer_id(call: Call) -> str:
    """Return the tenant's id."""
    return derived_id(call.settings, "customer", 1)


def _renderer(call: Call, kind: str) -> Callable[[Object], Object]:
    """Return what turns rows of a kind into answers; what is the same in all is worked out once."""
    site, known, customer = SITES[call.settings.site], KINDS[kind], customer_id(call)
    tenant = {"customer_id": customer, "customer_name": "emulator", "enterprise_name": "Emulator Ltd"}
    constant: Object = {"customer_id": customer, "tenant": tenant}
    only = known.short if site.short_answers else None
    hidden = known.hidden | (known.china_only if site.short_answers else frozenset())

    def render(row: Object) -> Object:
        full = {**constant, **row, **known.derived(row, site)}
        return {
            name: value
            for name, value in full.items()
            if value is not None and name not in hidden and (only is None or name in only)
        }

    return render


def _app(row: Object, site: Site) -> Object:
    """Return the fields of a ``SmsAppQueryResp`` that are not stored."""
    return {
        "resource_id": row["app_key"],
        "developer_account": f"emulator{row['seq']}_sms",
        "omp_app_name": row["app_key"],
        "industry": 14,
        "app_access_addr": site.access_address,
        "protocol": "https",
        "platform": "NFV",
        "is_support_multiomp": False,
        "ip_white_list": ",".join(json.loads(row["console"] or "{}").get("ip_white_list") or ()) or None,
    }


def _signature(_row: Object, _site: Site) -> Object:
    """Return the same of a ``SmsSignatureResp``; ``urge_status`` is spelt as in the examples."""
    return {"site": "cn", "urge_status": "NO", "signature_usage": "COMMERCIAL"}


def _template(row: Object, _site: Site) -> Object:
    """Return the same of a ``SmsTemplateResp``; countries come back as three numbers and joined names."""
    countries: list[int] = json.loads(row["send_country"]) if row["send_country"] != "[]" else []
    return {
        **{f"send_country{place}": number for place, number in enumerate(countries, 1)},
        "country_name": "~".join(BY_ID[number].english for number in countries),
        "status": "Normal",
        "site": "cn" if row["region"] == "cn" else None,
        "urge_status": "NO",
        "is_support_multiomp": False,
    }


class Kind(NamedTuple):
    """What the operations on one kind need to know of it."""

    missing: Fault
    hidden: frozenset[str]
    """Columns that no answer has."""
    short: frozenset[str] | None
    """All fields of a short answer; ``None``: those of a full one."""
    derived: Callable[[Object, Site], Object]
    china_only: frozenset[str] = frozenset()


KINDS = {
    "app": Kind(APP_MISSING, frozenset({"seq", "app_secret", "console"}), SHORT_APP, _app),
    "signature": Kind(
        SIGNATURE_MISSING,
        frozenset({"seq", "due", "app_id"}),
        None,
        _signature,
        china_only=frozenset({"qualification_id"}),  # qualifications exist there only
    ),
    "template": Kind(
        TEMPLATE_MISSING,
        frozenset({"seq", "due", "app_id", "variables", "send_country", "sign_name"}),
        SHORT_TEMPLATE,
        _template,
    ),
}
