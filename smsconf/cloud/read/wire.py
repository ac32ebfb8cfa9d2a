"""Translate between our words and the service's: request bodies out, answers in.

Pure: no request is sent from here. The service's integers, ``Yes``/``No`` and type words live in the tables
below and nowhere else on our side. Answers are checked strictly where a wrong value would mislead a decision
(ids, names, keys, statuses) and leniently elsewhere; words we do not know are kept as they came.

Written from https://support.huaweicloud.com/api-msgsms/sms_05_0023.html (apps), ``sms_05_0029.html``
(signatures) and ``sms_05_0039.html`` (templates), read 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

from smsconf.cloud.http.answers import Fields, broken
from smsconf.language import told
from smsconf.model.observed import (
    Country,
    ObservedApp,
    ObservedSignature,
    ObservedTemplate,
    ObservedVariable,
    Quota,
)
from smsconf.model.resources import (
    Absent,
    App,
    MessageType,
    Region,
    Signature,
    Source,
    Template,
    VariableType,
)
from smsconf.reconcile.diff import variable_note

Json = dict[str, Any]
T = TypeVar("T")

DRAFT = "Pending"
SUBMITTED = "Reviewing"
DISABLED = "Disable"
EDITABLE_SIGNATURE = "REVIEW_NOT_PASS"

_TYPES: Mapping[str, str] = {
    MessageType.VERIFICATION: "VERIFY_CODE_TYPE",
    MessageType.NOTIFICATION: "NOTIFY_TYPE",
    MessageType.PROMOTION: "PROMOTION_TYPE",
}
_SOURCES = {
    Source.COMPANY: 0,
    Source.WEBSITE: 1,
    Source.APP: 2,
    Source.ACCOUNT: 3,
    Source.SHOP: 4,
    Source.TRADEMARK: 5,
}
_VARIABLES: Mapping[str, str] = {
    VariableType.PHONE: "PHONE",
    VariableType.ALPHANUMERIC: "CHARDIGIT",
    VariableType.DATETIME: "DATETIME",
    VariableType.MONEY: "MONEY",
    VariableType.TEXT: "TEXT",
    VariableType.NEWTEXT: "NEWTEXT",
    VariableType.LONGTEXT: "LONGTEXT",
}
# the field of a signature that holds a file → its name in requests, its name in answers
_FILES = {
    "licence": ("file_id", "file_id"),
    # the vendor's spelling: no underscore before "id" in requests, one in answers
    "authorization": ("power_attorney_fileid", "power_attorney_file_id"),
    "proof": ("signature_related_file_id", "signature_related_file_id"),
}
_TYPE_WORDS = {wire: str(ours) for ours, wire in _TYPES.items()}
_SOURCE_WORDS = {wire: str(ours) for ours, wire in _SOURCES.items()}
_VARIABLE_WORDS = {wire: str(ours) for ours, wire in _VARIABLES.items()}
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


def create_app(app: App, *, show_secret: bool = False) -> Json:
    """Return the body of CreateApp; the answer carries the secret only if it is asked for here."""
    body: Json = {"app_name": app.name, "region": app.region.value, "show_secret": show_secret}
    if app.reply_url and not isinstance(app.reply_url, Absent):
        body["up_link_addr"] = app.reply_url
    return body


def update_app(app: App, observed: ObservedApp) -> Json:
    """Return the body of UpdateApp: what the files leave open is sent again as it is.

    Whether omitted fields are kept or reset is undocumented; sending them is right under both readings. An
    empty reply address clears it (length 0 is allowed here and only here).
    """
    reply_url = observed.reply_url if isinstance(app.reply_url, Absent) else app.reply_url or ""
    return _present(
        {
            "app_name": app.name,
            "region": app.region.value,
            "up_link_addr": reply_url,
            "enterprise_project_id": observed.enterprise_project_id,
            "enterprise_project_name": observed.enterprise_project_name,
        }
    )


def signature_body(
    signature: Signature,
    app_id: str,
    file_ids: Mapping[str, str],
    observed: ObservedSignature | None = None,
) -> Json:
    """Return the body of CreateSignature, or of UpdateSignature if ``observed`` is given.

    Args:
        signature: what the files ask.
        app_id: primary key of its app.
        file_ids: what was uploaded in this run, by field; the other files stay those observed.
        observed: what lies there now; what the files no longer set is sent empty.
    """
    before = observed.file_ids if observed else {}
    return _present(
        {
            "app_id": app_id,
            "signature_name": signature.name,
            "signature_type": _TYPES[signature.type],
            "signature_source": _SOURCES[signature.source],
            "is_involved_third": "Yes" if signature.third_party else "No",
            "apply_desc": _or_cleared("description", signature, observed),
            "qualification_id": _or_cleared("qualification", signature, observed),
            "registration_number": _or_cleared("registration_number", signature, observed),
            "license_number": _or_cleared("license_number", signature, observed),
            **{name: file_ids.get(ours, before.get(ours)) for ours, (name, _) in _FILES.items()},
        }
    )


def template_body(
    template: Template,
    *,
    name: str,
    app_id: str,
    signature_id: str | None,
    country_ids: tuple[int, ...] = (),
    flow_status: str | None = None,
    observed: ObservedTemplate | None = None,
) -> Json:
    """Return the body of CreateTemplate, or of UpdateTemplate if ``observed`` is given.

    Args:
        template: what the files ask.
        name: the remote name of this version.
        app_id: primary key of its app.
        signature_id: primary key of its signature; ``None`` for universal and international ones.
        country_ids: the service's ids of its countries.
        flow_status: ``Pending``, ``Reviewing``, or ``None`` to leave it out.
        observed: what lies there now; a description the files no longer set is sent empty.
    """
    mainland = template.region is Region.CN
    body: Json = {
        "app_id": app_id,
        "template_name": name,
        "template_content": template.content,
        "region": template.region.value,
        # international templates must send NOTIFY_TYPE whatever they are for (international site, 5.1)
        "template_type": _TYPES[template.type if mainland else MessageType.NOTIFICATION],
        "template_desc": _or_cleared("description", template, observed),
        "flow_status": flow_status,
    }
    if mainland:
        body["sign_id"] = None if template.universal else signature_id
        body["universal_template"] = int(template.universal)
        body["brackets"] = template.brackets.value
    else:
        body["send_country"] = list(country_ids)
    if template.variables:
        body["variable_attributes"] = [
            _variable(number, _VARIABLES[one.type], variable_note(one.name, one.description))
            for number, one in enumerate(template.variables, start=1)
        ]
    return _present(body)


def observed_template_body(observed: ObservedTemplate, *, app_id: str, region: str, flow_status: str) -> Json:
    """Return the body of an UpdateTemplate that changes nothing but ``flow_status``.

    Withdrawing and disabling are updates whose required fields must be resent; whether the others are kept
    when omitted is undocumented, so all that was observed is sent.
    """
    body: Json = {
        "app_id": app_id,
        "template_name": observed.name,
        "template_content": observed.content,
        "region": observed.region or region,
        "template_type": _TYPES.get(observed.type, observed.type or _TYPES[MessageType.NOTIFICATION]),
        "template_desc": observed.description,
        "flow_status": flow_status,
        "sign_id": observed.signature_id,
        "universal_template": None if observed.universal is None else int(observed.universal),
        "brackets": observed.brackets,
        "send_country": list(observed.country_ids) or None,
    }
    if observed.variables:
        body["variable_attributes"] = [
            _variable(one.number, _VARIABLES.get(one.type, one.type), one.description)
            for one in observed.variables
        ]
    return _present(body)


def _variable(number: int, type_code: str, description: str | None) -> Json:
    return _present(
        {"variable_index": number, "variable_type": type_code, "variable_desc": description or None}
    )


def _present(body: Json) -> Json:
    """Leave out what has no value: the vendor's SDK sends no nulls either."""
    return {name: value for name, value in body.items() if value is not None}


def _or_cleared(field: str, wanted: object, before: object | None) -> str | None:
    """Return what is wanted; nothing where nothing was, and an empty text where something was."""
    value: str | None = getattr(wanted, field)
    return value or ("" if getattr(before, field, None) else None)


def read_app(operation: str, item: object) -> ObservedApp:
    """Read one application out of an answer."""
    fields = Fields(operation, item)
    return ObservedApp(
        remote_id=fields.word("id"),
        name=fields.text("app_name"),
        region=fields.word("region"),
        app_key=fields.word("app_key"),
        status=fields.word("status"),
        reply_url=fields.optional("up_link_addr"),
        channel_num=fields.optional("intl_channel_num"),
        enterprise_project_id=fields.optional("enterprise_project_id"),
        enterprise_project_name=fields.optional("enterprise_project_name"),
        create_time=fields.optional("create_time"),
        update_time=fields.optional("update_time"),
    )


def read_signature(operation: str, item: object) -> ObservedSignature:
    """Read one signature; without an ``app_key`` (length 0 is allowed) it belongs to no app of ours."""
    fields = Fields(operation, item)
    source = fields.integer("signature_source")
    third_party = fields.optional("is_involved_third")
    file_ids = {ours: fields.optional(name) for ours, (_, name) in _FILES.items()}
    kind = fields.word("signature_type")
    return ObservedSignature(
        remote_id=fields.word("id"),
        name=fields.text("signature_name"),
        type=_TYPE_WORDS.get(kind, kind),
        app_key=fields.optional("app_key") or "",
        status=fields.word("status"),
        source=None if source is None else _SOURCE_WORDS.get(source, str(source)),
        third_party=None if third_party is None else third_party.casefold() == "yes",
        description=fields.optional("apply_desc"),
        qualification=fields.optional("qualification_id"),
        registration_number=fields.optional("registration_number"),
        license_number=fields.optional("license_number"),
        file_ids={ours: file_id for ours, file_id in file_ids.items() if file_id},
        channel_num=fields.optional("channel_num"),
        review_message=fields.optional("review_desc"),
        create_time=fields.optional("create_time"),
        update_time=fields.optional("update_time"),
    )


def read_template(operation: str, item: object) -> ObservedTemplate:
    """Read one template; its variables' attributes are not in this answer.

    ``app_key`` must be there: without it a template would look like nobody's and be created again.
    """
    fields = Fields(operation, item)
    universal = fields.integer("universal_template")
    kind = fields.optional("template_type") or ""
    countries = (fields.integer(f"send_country{slot}") for slot in (1, 2, 3))
    return ObservedTemplate(
        remote_id=fields.word("id"),
        name=fields.text("template_name"),
        content=fields.text("template_content"),
        type=_TYPE_WORDS.get(kind, kind),
        app_key=fields.word("app_key"),
        status=fields.word("flow_status"),
        template_id=fields.optional("template_id"),
        region=fields.optional("region"),
        signature_id=fields.optional("sign_id"),
        universal=None if universal is None else universal == 1,
        brackets=fields.optional("brackets"),
        description=fields.optional("template_desc"),
        country_ids=tuple(number for number in countries if number),
        country_names=tuple(name for name in (fields.optional("country_name") or "").split("~") if name),
        review_message=fields.optional("review_desc"),
        create_time=fields.optional("create_time"),
        update_time=fields.optional("update_time"),
    )


def read_variables(operation: str, answer: object) -> tuple[ObservedVariable, ...]:
    """Read the attributes of a template's variables, by number; this answer has no pages."""
    fields = Fields(operation, answer)
    items = [Fields(operation, item) for item in fields.items("results")]
    total = fields.integer("total")
    if total is not None and total != len(items):
        raise broken(
            operation, told("total says {total}, the answer holds {count}", total=total, count=len(items))
        )
    found = {item.number("variable_index"): item for item in items}
    if len(found) != len(items):
        raise broken(operation, told("a variable's number occurs twice"))
    variables = []
    for number, item in sorted(found.items()):
        code = item.word("variable_type")
        word = _VARIABLE_WORDS.get(code, code)
        variables.append(ObservedVariable(number, word, item.optional("variable_desc")))
    return tuple(variables)


def read_countries(operation: str, answer: object) -> tuple[Country, ...]:
    """Read the countries; this answer is a bare array."""
    if not isinstance(answer, list):
        raise broken(operation, told("expected a list, got {name}", name=type(answer).__name__))
    return tuple(
        Country(
            country_id=fields.number("country_id"),
            english=fields.text("country_name_en"),
            chinese=fields.optional("country_name_zh") or "",
        )
        for fields in (Fields(operation, item) for item in answer)
    )


def read_quota(operation: str, answer: object) -> Quota:
    """Read how many apps a region may have, and has."""
    fields = Fields(operation, answer)
    return Quota(total=fields.number("total"), used=fields.number("used"))


def read_word(operation: str, answer: object) -> str:
    """Read the one word that an answer is asked for: of a create the primary key."""
    return Fields(operation, answer).word(_WORDS.get(operation, "id"))


# else asked for one word: the id of an uploaded file, and where a template stands in its review
_WORDS = {"UploadSignatureFile": "file_id", "ShowTemplate": "flow_status"}


def read_secret(operation: str, answer: object) -> tuple[str, str]:
    """Read the key and the secret of a new app; no other answer ever carries the secret."""
    fields = Fields(operation, answer)
    return fields.word("app_key"), fields.word("app_secret")


def read_digest(operation: str, answer: object) -> str | None:
    """Read the sha256 we left in the description of a file; ``None`` for files others uploaded."""
    description = Fields(operation, answer).optional("file_desc")
    return description if description and _DIGEST.match(description) else None


class Listed(NamedTuple, Generic[T]):
    """How a kind is read: all of it (``filter`` takes a name), one of it by its id, and what an item says."""

    list: str
    filter: str
    show: str
    read: Callable[[str, object], T]


APPS = Listed("ListAppDetails", "app_name", "ShowApp", read_app)
SIGNATURES = Listed("ListSignatureDetails", "signature_name", "ShowSignature", read_signature)
TEMPLATES = Listed("ListTemplateDetails", "template_name", "ShowTemplate", read_template)
