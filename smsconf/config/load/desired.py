"""Merged data → :class:`~smsconf.model.resources.Desired`: entries validated, filled in, content numbered.

The last stage. What an entry gets wrong keeps only that entry out, so that the checks can go on with the
rest. It looks up and reports through ``declarations``, and reads no file itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from smsconf.config.format.project_model import AppEntry, SignatureEntry, TemplateEntry, VariableEntry
from smsconf.config.format.validation import container, wrong_type
from smsconf.config.load import console
from smsconf.config.load.content import Content, number_content
from smsconf.config.load.declarations import Declared, resource
from smsconf.config.load.references import check_identities, resolve_app, resolve_signature
from smsconf.config.problems import shown
from smsconf.config.yaml.source import Items
from smsconf.language import N_, _
from smsconf.model.address import Address, Kind
from smsconf.model.country_names import NAMES, nearest_code
from smsconf.model.limits import CODE, longest_value
from smsconf.model.resources import (
    ABSENT,
    RETIRE_AFTER,
    App,
    Desired,
    MessageType,
    Qualification,
    Region,
    Signature,
    Template,
    Variable,
)
from smsconf.model.times import parse_duration
from smsconf.reconcile.diff import FILE_FIELDS

_CODE = re.compile(r"[A-Z]{2,3}")

_MOST_MISTAKES = 20  # shown of one content


def make_desired(declared: Declared, environment: str | None) -> Desired:
    """Make everything that can be made."""
    entries = declared.entries(Kind.APP, AppEntry)
    declared.apps.update((address, _app(address, entry)) for address, entry in entries.items())
    qualifications = console.qualifications(declared)
    for address, signature in declared.entries(Kind.SIGNATURE, SignatureEntry).items():
        declared.signatures[address] = _signature(declared, address, signature, qualifications)
    texts = declared.entries(Kind.TEMPLATE, TemplateEntry).items()
    templates = {
        address: template for address, entry in texts if (template := _template(declared, address, entry))
    }
    check_identities(declared, templates)
    settings = [console.console(declared, at, one.console) for at, one in entries.items() if one.console]
    return Desired(
        apps=declared.apps,
        signatures=declared.signatures,
        templates=templates,
        thresholds=console.thresholds(declared),
        qualifications=qualifications,
        registrations=console.registrations(declared),
        consoles={one.address: one for one in settings},
        campaigns=console.campaigns(declared),
        account=console.account(declared),
        messaging=console.messaging(declared),
        calendar=console.calendar(declared),
        protected=frozenset(_protected(declared)),
        mark=_mark(declared),
        environment=environment,
    )


def _mark(declared: Declared) -> bool:
    found = declared.data.at("mark")
    if found and not isinstance(found.value, bool):
        declared.problems.add(wrong_type(N_("true or false"), found))
    return found is None or found.value is not False


def _protected(declared: Declared) -> Iterator[Address]:
    for item in container(declared.data, "protect", Items, declared.problems).located():
        if not isinstance(item.value, str):
            declared.problems.add(wrong_type(N_("an address"), item, what="protect"))
            continue
        try:
            yield Address.parse(item.value)
        except ValueError:
            message = _("'{item}' is not an address").format(item=shown(item.value))
            fix = _("write KIND.KEY, such as template.login")
            declared.problems.report("SMS025", message, item.span.value, fix=fix)


def _app(address: Address, entry: AppEntry) -> App:
    given = entry.reply_url if "reply_url" in entry.model_fields_set else ABSENT
    return resource(App, entry, address=address, name=entry.name or address.key, reply_url=given)


def _signature(
    declared: Declared,
    address: Address,
    entry: SignatureEntry,
    qualifications: Mapping[Address, Qualification],
) -> Signature:
    app = resolve_app(declared, address, entry.app)
    if app is not None and app.region is not Region.CN:
        message = _("'{key}' is a signature on '{key2}', an app of region intl").format(
            key=shown(address.key), key2=app.address.key
        )
        declared.report("SMS405", message, address, "app")
    known = qualifications.get(Address(Kind.QUALIFICATION, entry.qualification or ""))
    return resource(
        Signature,
        entry,
        address=address,
        app=Address(Kind.APP, entry.app),
        name=entry.name or address.key,
        qualification=known.id if known else entry.qualification,
        qualified_by=known.address if known else None,
        replaces=(entry.replaces.name, entry.replaces.type) if entry.replaces else None,
        **{name: declared.file(address, name, getattr(entry, name)) for name in FILE_FIELDS},
    )


def _template(declared: Declared, address: Address, entry: TemplateEntry) -> Template | None:
    app = resolve_app(declared, address, entry.app)
    content = _content(declared, address, entry)
    if app is None:
        return None
    signature = resolve_signature(declared, address, entry, app)
    kind = entry.type or (signature.type if signature else MessageType.NOTIFICATION)
    return resource(
        Template,
        entry,
        address=address,
        app=app.address,
        region=app.region,
        name=entry.name or address.key,
        content=content.text,
        type=kind,
        signature=signature.address if signature else None,
        variables=tuple(
            _variable(name, entry.variables[name], kind) for name in content.names if name in entry.variables
        ),
        countries=_countries(declared, address, entry),
        retire_after=_retirement(declared, address, entry),
    )


def _content(declared: Declared, address: Address, entry: TemplateEntry) -> Content:
    content = number_content(entry.content, entry.variables)
    span = declared.span(address, "content")
    for mistake in content.mistakes[:_MOST_MISTAKES]:
        place = span.inside(entry.content, mistake.start, mistake.end) if span else None
        declared.problems.report(mistake.code, mistake.message, place, address=address, fix=mistake.fix)
    if not any(mistake.code in ("SMS040", "SMS041") for mistake in content.mistakes):
        used = set(content.names)
        for name in (name for name in entry.variables if name not in used):
            message = _("the variable '{name}' is not used in the content").format(name=shown(name))
            declared.report("SMS043", message, address, "variables", name, key=True)
    return content


def _countries(declared: Declared, address: Address, entry: TemplateEntry) -> tuple[str, ...]:
    names: list[str] = []
    for position, written in enumerate(entry.countries or ()):
        if declared.problems.full:
            break
        name = NAMES.get(written)
        if name is None and _CODE.fullmatch(written):
            meant = nearest_code(written)
            fix = _("write {meant} for {names}").format(meant=meant, names=NAMES[meant]) if meant else None
            message = _("'{written}' is not an ISO country code").format(written=written)
            declared.report("SMS050", message, address, "countries", position, fix=fix)
        names.append(name or written)
    return tuple(dict.fromkeys(names))


def _retirement(declared: Declared, address: Address, entry: TemplateEntry) -> int:
    seconds = RETIRE_AFTER if entry.retire_after is None else parse_duration(entry.retire_after)
    if seconds is None:
        message = _("'{retire_after}' is not a duration of weeks, days or time").format(
            retire_after=shown(str(entry.retire_after))
        )
        fix = _("write it as ISO 8601: P7D for 7 days, PT12H for 12 hours")
        declared.report("SMS025", message, address, "retire_after", fix=fix)
        return RETIRE_AFTER
    return seconds


def _variable(name: str, entry: VariableEntry, kind: MessageType) -> Variable:
    cap = longest_value(entry.type)
    if kind is MessageType.VERIFICATION:
        cap = min(cap, CODE.longest)
    return Variable(name, entry.type, entry.max_length or cap, entry.description)
