"""Do the declared things fit together: every reference, region, type, and identity at the service.

It looks at what was declared, not at wording or lengths (lint), and not at the service (reconcile).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from smsconf.config.format.project_model import TemplateEntry
from smsconf.config.load.declarations import Declared
from smsconf.config.problems import shown
from smsconf.language import _, listed
from smsconf.model.address import Address, Kind
from smsconf.model.limits import COUNTRIES
from smsconf.model.resources import App, Region, Signature, Template
from smsconf.reconcile.names import split_version

_LONGEST_NAME = 256  # the API takes 128 characters; a longer name is the checks' business


def resolve_app(declared: Declared, address: Address, key: str) -> App | None:
    """Look up the app of a signature or template."""
    declared.knows(Kind.APP, key, address, "app")
    return declared.apps.get(Address(Kind.APP, key))


def resolve_signature(
    declared: Declared, address: Address, entry: TemplateEntry, app: App
) -> Signature | None:
    """Look up the signature of a template, and check that signature, type and countries suit the region."""
    if app.region is Region.INTL:
        _check_international(declared, address, entry)
        return None
    if entry.countries:
        message = _("countries on a template of '{key}', an app of region cn").format(key=app.address.key)
        declared.report("SMS408", message, address, "countries", key=True)
    if entry.universal:
        if entry.type is None:
            declared.report("SMS409", _("a universal template without type"), address, "universal", key=True)
        if entry.signature is not None:
            message = _("a universal template with a signature")
            declared.report("SMS413", message, address, "signature", key=True)
            return _find_signature(declared, address, entry.signature, app)
        return None
    if entry.signature is None:
        choices = _signatures_of(declared, app)
        add = _("add signature: {choices}").format(choices=choices) if choices else None
        declared.report("SMS406", _("a mainland template without signature"), address, fix=add)
        return None
    signature = _find_signature(declared, address, entry.signature, app)
    if signature and entry.type and entry.type is not signature.type:
        message = _("type {type} differs from {type2} of signature '{key}'").format(
            type=entry.type, type2=signature.type, key=signature.address.key
        )
        fix = _("remove type, or use a signature of type {type}").format(type=entry.type)
        other = declared.place(signature.address, "type")
        declared.report("SMS404", message, address, "type", fix=fix, other=other)
    return signature


def _check_international(declared: Declared, address: Address, entry: TemplateEntry) -> None:
    if entry.signature is not None:
        message = _("an international template with a signature")
        declared.report("SMS405", message, address, "signature", key=True)
    if entry.universal:
        message = _("an international template that is universal")
        declared.report("SMS414", message, address, "universal", key=True)
    if not entry.countries:
        message, fix = _("an international template without countries"), _("add countries: [SG], for example")
        declared.report("SMS407", message, address, "countries", key=True, fix=fix)
    elif len(entry.countries) > COUNTRIES:
        message = _("{count} countries, expected at most {max_countries}").format(
            count=len(entry.countries), max_countries=COUNTRIES
        )
        declared.report("SMS412", message, address, "countries", COUNTRIES)


def _find_signature(declared: Declared, address: Address, key: str, app: App) -> Signature | None:
    declared.knows(Kind.SIGNATURE, key, address, "signature")
    signature = declared.signatures.get(Address(Kind.SIGNATURE, key))
    if signature and signature.app != app.address:
        message = _("signature '{key}' belongs to app '{key2}', the template to '{key3}'").format(
            key=key, key2=signature.app.key, key3=app.address.key
        )
        own = _signatures_of(declared, app)
        choose = _("write {own}").format(own=own) if own else None
        other = declared.place(signature.address, "app")
        declared.report("SMS403", message, address, "signature", fix=choose, other=other)
    return signature


def _signatures_of(declared: Declared, app: App) -> str:
    return listed(one.address.key for one in declared.signatures.values() if one.app == app.address)


# -- identity


def check_identities(declared: Declared, templates: Mapping[Address, Template]) -> None:
    """Refuse two addresses that would be the same thing at the service, or versions of one another."""
    identities = _Identities(declared)
    for app in declared.apps.values():
        for where, name in _names(app):
            identities.claim((Kind.APP, app.region, name), app.address, where)
    for signature in declared.signatures.values():
        identities.claim((Kind.SIGNATURE, signature.type, signature.name), signature.address, "name")
    for signature in declared.signatures.values():
        identities.check_replaced(signature)
    for template in templates.values():
        for where, name in _names(template):
            identities.claim((template.app, name), template.address, where)
    for template in templates.values():
        for where, name in _names(template):
            identities.check_family(template, where, name)
    for template in templates.values():
        identities.check_adopted(template)


def _names(one: App | Template) -> Iterator[tuple[str, str]]:
    yield "name", one.name
    if one.renamed_from is not None:
        yield "renamed_from", one.renamed_from


class _Identities:
    """Names at the service: identity → the address that claims it, and the field that says so."""

    def __init__(self, declared: Declared) -> None:
        self.declared = declared
        self.claims: dict[tuple[object, ...], tuple[Address, str]] = {}

    def claim(self, identity: tuple[object, ...], address: Address, field: str) -> None:
        first = self.claims.setdefault(identity, (address, field))
        if first[0] != address:
            message = {
                Kind.APP: _("{one} and {other} have the same region and name '{name}'"),
                Kind.SIGNATURE: _("{one} and {other} have the same name and type '{name}'"),
            }.get(address.kind, _("{one} and {other} have the same app and name '{name}'"))
            message = message.format(one=address, other=first[0], name=shown(str(identity[-1])))
            self.declared.report("SMS410", message, address, field, other=self.declared.place(*first))

    def check_replaced(self, signature: Signature) -> None:
        """Refuse to replace what is declared: retiring would delete it, and the next run create it again."""
        name, kind = signature.replaces or (None, None)
        owner = self.claims.get((Kind.SIGNATURE, kind, name))
        if owner:
            message = _("{one} replaces '{name}', which is {other}").format(
                one=signature.address, name=shown(str(name)), other=owner[0]
            )
            other = self.declared.place(*owner)
            self.declared.report("SMS416", message, signature.address, "replaces", key=True, other=other)

    def check_adopted(self, template: Template) -> None:
        """Refuse to adopt what no run would take for a version: it would be ignored, and pruned."""
        bases = [name for _field, name in _names(template)]
        for number, name in enumerate(template.adopt):
            family = split_version(name)[0] if len(name) <= _LONGEST_NAME else name
            if name in bases or family in bases:
                continue
            message = _("'{name}' is no name of a version of '{family}'").format(
                name=shown(name), family=shown(template.name)
            )
            taken = any((template.app, one) in self.claims for one in (name, family))
            former = _("take it over with name: {name}, or with renamed_from: {name}").format(
                name=shown(name)
            )
            fix = None if template.renamed_from is not None or taken else former
            self.declared.report("SMS417", message, template.address, "adopt", number, fix=fix)

    def check_family(self, template: Template, where: str, name: str) -> None:
        """Refuse a name that could be a version of another family."""
        family, number = split_version(name) if len(name) <= _LONGEST_NAME else (name, 1)
        while number > 1:
            owner = self.claims.get((template.app, family))
            if owner and owner[0] != template.address:
                message = _("'{name}' could be a version of '{family}', which is {address}").format(
                    name=shown(name), family=shown(family), address=owner[0]
                )
                other = self.declared.place(*owner)
                self.declared.report("SMS411", message, template.address, where, other=other)
                return
            family, number = split_version(family)
