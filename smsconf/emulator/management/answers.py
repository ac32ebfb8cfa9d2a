"""Turn stored rows into the service's answers, field by field.

No decision is taken here. Fields are those of sms_05_0025, _0030, _0034 and _0040 (China site, 2025-12); a
``null`` field is omitted, as in the vendor's examples. The INTL pages document fewer fields, and a site with
``short_answers`` gives only those.
"""

from __future__ import annotations

import json

from smsconf.emulator.base.exchange import Call, Object
from smsconf.emulator.management.country_table import BY_ID
from smsconf.emulator.management.reviewer import derived_id
from smsconf.emulator.management.statuses import SITES

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
# Qualifications exist at the China site only.
CHINA_ONLY_SIGNATURE = frozenset({"qualification_id"})

HIDDEN_APP = {"seq", "app_secret", "console"}
HIDDEN_SIGNATURE = {"seq", "due", "app_id"}
HIDDEN_TEMPLATE = {"seq", "due", "app_id", "variables", "send_country", "sign_name"}


def page(call: Call, kind: str, filters: Object) -> Object:
    """Return one page of a list, ``total`` being the number of all matches (reference §7)."""
    query = call.query
    equal = {column: value for column, value in filters.items() if value is not None}
    for column, name in (("create_time >=", "start_time"), ("create_time <=", "end_time")):
        if query[name] is not None:
            equal[column] = query[name]
    rows, total = call.store.page(
        kind,
        equal,
        descending=query["sort_dir"] == "desc",
        limit=query["limit"],
        offset=query["offset"],
    )
    render = RENDERERS[kind](call)
    return {"results": [render(row) for row in rows], "total": total}


def one(call: Call, kind: str, row: Object) -> Object:
    """Return the answer of a Show operation."""
    return RENDERERS[kind](call)(row)


def customer_id(call: Call) -> str:
    """Return the tenant's id."""
    return derived_id(call.settings, "customer", 1)


class _Renderer:
    """Renders rows of one kind; what is the same in all of them is worked out once."""

    hidden: frozenset[str] | set[str] = frozenset()
    only: frozenset[str] | None = None

    def __init__(self, call: Call) -> None:
        self.site = SITES[call.settings.site]
        customer = customer_id(call)
        self.constant: Object = {
            "customer_id": customer,
            "tenant": {
                "customer_id": customer,
                "customer_name": "emulator",
                "enterprise_name": "Emulator Ltd",
            },
        }
        self.wanted = self.only if self.site.short_answers else None

    def __call__(self, row: Object) -> Object:
        full = {**self.constant, **row, **self.derived(row)}
        wanted = self.wanted
        return {
            name: value
            for name, value in full.items()
            if value is not None and name not in self.hidden and (wanted is None or name in wanted)
        }

    def derived(self, row: Object) -> Object:
        raise NotImplementedError


class AppRenderer(_Renderer):
    """One ``SmsAppQueryResp``."""

    hidden = HIDDEN_APP
    only = SHORT_APP

    def derived(self, row: Object) -> Object:
        """Return the fields that are not stored."""
        return {
            "resource_id": row["app_key"],
            "developer_account": f"emulator{row['seq']}_sms",
            "omp_app_name": row["app_key"],
            "industry": 14,
            "app_access_addr": self.site.access_address,
            "protocol": "https",
            "platform": "NFV",
            "is_support_multiomp": False,
            "ip_white_list": ",".join(json.loads(row["console"] or "{}").get("ip_white_list") or ()) or None,
        }


class SignatureRenderer(_Renderer):
    """One ``SmsSignatureResp``."""

    hidden = HIDDEN_SIGNATURE

    def __init__(self, call: Call) -> None:
        super().__init__(call)
        if self.site.short_answers:
            self.hidden = HIDDEN_SIGNATURE | CHINA_ONLY_SIGNATURE

    def derived(self, row: Object) -> Object:  # noqa: ARG002 - the same for every signature
        """Return the fields that are not stored; ``urge_status`` is spelt as in the examples."""
        return {"site": "cn", "urge_status": "NO", "signature_usage": "COMMERCIAL"}


class TemplateRenderer(_Renderer):
    """One ``SmsTemplateResp``; the countries sent as a list come back as three numbers and joined names."""

    hidden = HIDDEN_TEMPLATE
    only = SHORT_TEMPLATE

    def derived(self, row: Object) -> Object:
        """Return the fields that are not stored."""
        countries: list[int] = json.loads(row["send_country"]) if row["send_country"] != "[]" else []
        fields: Object = {f"send_country{place}": number for place, number in enumerate(countries, 1)}
        fields["country_name"] = "~".join(BY_ID[number].english for number in countries)
        fields["status"] = "Normal"
        fields["site"] = "cn" if row["region"] == "cn" else None
        fields["urge_status"] = "NO"
        fields["is_support_multiomp"] = False
        return fields


RENDERERS: dict[str, type[_Renderer]] = {
    "app": AppRenderer,
    "signature": SignatureRenderer,
    "template": TemplateRenderer,
}
