"""Merged data → :class:`~smsconf.model.resources.Desired`: entries validated, filled in, content numbered.

The last stage. What an entry gets wrong keeps only that entry out, so that the checks can go on with the
rest. Files of signatures are opened here to know their digests.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from smsconf.config.bounds import MAX_UPLOAD
from smsconf.config.format.entry import Entry
from smsconf.config.format.project_model import AppEntry, SignatureEntry, TemplateEntry, VariableEntry
from smsconf.config.format.validation import valid_entries, wrong_type
from smsconf.config.load.console import ConsoleMaker
from smsconf.config.load.content import Content, number_content
from smsconf.config.load.references import Declared, check_identities, resolve_app, resolve_signature
from smsconf.config.problems import Problems, nearest, problem, shown
from smsconf.config.yaml.files import Unreadable, inside, nearest_path, read_bytes
from smsconf.config.yaml.source import Block, Items, Span
from smsconf.language import N_, _
from smsconf.model.address import Address, Kind
from smsconf.model.country_names import MISTAKEN, NAMES
from smsconf.model.diagnostics import Diagnostic
from smsconf.model.resources import (
    ABSENT,
    App,
    Desired,
    File,
    MessageType,
    Qualification,
    Region,
    Signature,
    Template,
    Variable,
    VariableType,
)

M = TypeVar("M", bound=Entry)

_CODE = re.compile(r"[A-Z]{2,3}")
_DURATION = re.compile(
    r"P(?=.)(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?=.)(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?"
)
_SECONDS = (7 * 86400, 86400, 3600, 60, 1)

# Longest values by attribute (manual, "variable attributes"). NEWTEXT and LONGTEXT are only named in the
# API's enumeration, their limits are UNKNOWN: 100 is an assumption. A verification code has at most 8.
_CAPS: Mapping[VariableType, int] = {
    VariableType.PHONE: 15,
    VariableType.ALPHANUMERIC: 20,
    VariableType.DATETIME: 20,
    VariableType.MONEY: 20,
    VariableType.TEXT: 20,
    VariableType.NEWTEXT: 100,
    VariableType.LONGTEXT: 100,
}
_VERIFICATION_CAP = 8
_RETIRE_AFTER = 7 * 86400
_MOST_MISTAKES = 20  # shown of one content


@dataclass(slots=True)
class Maker:
    """Makes resources of one project.

    ``digests`` are of the files it opened, by path; ``paths`` tells where addresses stand that are not
    section and key.
    """

    data: Block
    folder: Path
    problems: Problems
    digests: dict[Path, File] = field(default_factory=dict)
    paths: dict[Address, tuple[str | int, ...]] = field(default_factory=dict)

    def make(self, environment: str | None) -> Desired:
        """Make everything that can be made."""
        console = ConsoleMaker(self.data, self.folder, self.problems, self.paths)
        entries = self._entries(Kind.APP, AppEntry)
        apps = {address: self._app(address, entry) for address, entry in entries.items()}
        declared = Declared(self.data, self.problems, apps)
        qualifications = console.qualifications()
        for address, signature in self._entries(Kind.SIGNATURE, SignatureEntry).items():
            self._signature(address, signature, declared, qualifications)
        templates: dict[Address, Template] = {}
        for address, text in self._entries(Kind.TEMPLATE, TemplateEntry).items():
            template = self._template(address, text, declared)
            if template:
                templates[address] = template
        check_identities(declared, templates)
        settings = [console.console(at, entry.console) for at, entry in entries.items() if entry.console]
        return Desired(
            apps=apps,
            signatures=declared.signatures,
            templates=templates,
            thresholds=console.thresholds(),
            qualifications=qualifications,
            registrations=console.registrations(),
            consoles={one.address: one for one in settings},
            campaigns=console.campaigns(declared.keys(Kind.TEMPLATE)),
            account=console.account(declared.keys(Kind.APP)),
            messaging=console.messaging(),
            calendar=console.calendar(),
            protected=frozenset(self._protected()),
            mark=self._mark(),
            environment=environment,
        )

    # -- sections

    def _section(self, section: str, model: type[M]) -> dict[str, M]:
        """Validate every entry of a section; those that are wrong are left out."""
        entries = self.data.get(section)
        if isinstance(entries, Block):
            return valid_entries(entries, section, model, self.problems)
        if section in self.data:
            self.problems.add(wrong_type(N_("a mapping"), entries, self.data.spans[section]))
        return {}

    def _entries(self, kind: Kind, model: type[M]) -> dict[Address, M]:
        return {Address(kind, key): entry for key, entry in self._section(kind.section, model).items()}

    def _mark(self) -> bool:
        mark = self.data.get("mark", True)
        if not isinstance(mark, bool):
            self.problems.add(wrong_type(N_("true or false"), mark, self.data.spans["mark"]))
        return mark is not False

    def _protected(self) -> list[Address]:
        items = self.data.get("protect")
        found: list[Address] = []
        if not isinstance(items, Items):
            return found
        for item, span in zip(items, items.spans, strict=True):
            if not isinstance(item, str):
                self.problems.add(wrong_type(N_("an address"), item, span, what="protect"))
                continue
            try:
                found.append(Address.parse(item))
            except ValueError:
                fix = _("write KIND.KEY, such as template.login")
                self.problems.add(
                    problem(
                        "SMS025",
                        _("'{item}' is not an address").format(item=shown(item)),
                        span.value,
                        fix=fix,
                    )
                )
        return found

    # -- resources

    def _app(self, address: Address, entry: AppEntry) -> App:
        return App(
            address,
            entry.region,
            entry.name or address.key,
            reply_url=entry.reply_url if "reply_url" in entry.model_fields_set else ABSENT,
            renamed_from=entry.renamed_from,
            external=entry.external,
        )

    def _signature(
        self,
        address: Address,
        entry: SignatureEntry,
        declared: Declared,
        qualifications: Mapping[Address, Qualification],
    ) -> None:
        app = resolve_app(declared, address, entry.app)
        if app is not None and app.region is not Region.CN:
            message = _("'{key}' is a signature on '{key2}', an app of region intl").format(
                key=shown(address.key), key2=app.address.key
            )
            self.problems.add(problem("SMS405", message, declared.place(address, "app"), address=address))
        known = qualifications.get(Address(Kind.QUALIFICATION, entry.qualification or ""))
        declared.signatures[address] = Signature(
            address,
            Address(Kind.APP, entry.app),
            entry.name or address.key,
            entry.type,
            source=entry.source,
            third_party=entry.third_party,
            qualification=known.id if known else entry.qualification,
            qualified_by=known.address if known else None,
            description=entry.description,
            licence=self._file(address, "licence", entry.licence, declared),
            authorization=self._file(address, "authorization", entry.authorization, declared),
            proof=self._file(address, "proof", entry.proof, declared),
            registration_number=entry.registration_number,
            license_number=entry.license_number,
            replaces=(entry.replaces.name, entry.replaces.type) if entry.replaces else None,
            external=entry.external,
        )

    def _template(self, address: Address, entry: TemplateEntry, declared: Declared) -> Template | None:
        app = resolve_app(declared, address, entry.app)
        content = self._content(address, entry, declared)
        if app is None:
            return None
        signature = resolve_signature(declared, address, entry, app)
        kind = entry.type or (signature.type if signature else MessageType.NOTIFICATION)
        return Template(
            address,
            app.address,
            app.region,
            entry.name or address.key,
            content.text,
            kind,
            signature=signature.address if signature else None,
            variables=tuple(
                _variable(name, entry.variables[name], kind)
                for name in content.names
                if name in entry.variables
            ),
            universal=entry.universal,
            countries=self._countries(address, entry, declared),
            brackets=entry.brackets,
            description=entry.description,
            adopt=tuple(entry.adopt),
            renamed_from=entry.renamed_from,
            update=entry.update,
            retire_after=self._retirement(address, entry, declared),
        )

    def _content(self, address: Address, entry: TemplateEntry, declared: Declared) -> Content:
        content = number_content(entry.content, entry.variables)
        span = declared.span(address, "content")
        for mistake in content.mistakes[:_MOST_MISTAKES]:
            place = span.inside(entry.content, mistake.start, mistake.end) if span else None
            self.problems.add(problem(mistake.code, mistake.message, place, address=address, fix=mistake.fix))
        if not any(mistake.code in ("SMS040", "SMS041") for mistake in content.mistakes):
            used = set(content.names)
            for name in (name for name in entry.variables if name not in used):
                place = declared.place(address, "variables", name, key=True)
                message = _("the variable '{name}' is not used in the content").format(name=shown(name))
                self.problems.add(problem("SMS043", message, place, address=address))
        return content

    def _countries(self, address: Address, entry: TemplateEntry, declared: Declared) -> tuple[str, ...]:
        names: list[str] = []
        for position, written in enumerate(entry.countries or ()):
            if self.problems.full:
                break
            name = NAMES.get(written)
            if name is None and _CODE.fullmatch(written):
                meant = MISTAKEN.get(written) or nearest(written, NAMES)
                fix = (
                    _("write {meant} for {names}").format(meant=meant, names=NAMES[meant]) if meant else None
                )
                place = declared.place(address, "countries", position)
                message = _("'{written}' is not an ISO country code").format(written=written)
                self.problems.add(problem("SMS050", message, place, address=address, fix=fix))
            names.append(name or written)
        return tuple(dict.fromkeys(names))

    def _retirement(self, address: Address, entry: TemplateEntry, declared: Declared) -> int:
        if entry.retire_after is None:
            return _RETIRE_AFTER
        seconds = parse_duration(entry.retire_after)
        if seconds is None:
            place = declared.place(address, "retire_after")
            message = _("'{retire_after}' is not a duration of weeks, days or time").format(
                retire_after=shown(entry.retire_after)
            )
            fix = _("write it as ISO 8601: P7D for 7 days, PT12H for 12 hours")
            self.problems.add(problem("SMS025", message, place, address=address, fix=fix))
            return _RETIRE_AFTER
        return seconds

    def _file(self, address: Address, key: str, written: str | None, declared: Declared) -> File | None:
        span = declared.span(address, key)
        if written is None or span is None:
            return None
        try:
            path = inside(self.folder, written)
            if path is None:
                message = _("'{written}' leads out of the project").format(written=shown(written))
                self.problems.add(problem("SMS031", message, span.value, address=address))
                return None
            if path not in self.digests:
                content = read_bytes(path, MAX_UPLOAD)
                digest = hashlib.sha256(content).hexdigest()
                self.digests[path] = File(written, path, digest, len(content))
        except Unreadable as error:
            self.problems.add(_unusable(written, error, span, address, self.folder))
            return None
        known = self.digests[path]
        return File(written, path, known.digest, known.size)


def _variable(name: str, entry: VariableEntry, kind: MessageType) -> Variable:
    cap = _CAPS[entry.type]
    if kind is MessageType.VERIFICATION:
        cap = min(cap, _VERIFICATION_CAP)
    return Variable(name, entry.type, entry.max_length or cap, entry.description)


def parse_duration(text: str) -> int | None:
    """Read an ISO 8601 duration as seconds; None if it is none, or has months or years (no fixed length)."""
    found = _DURATION.fullmatch(text)
    if not found:
        return None
    return sum(int(amount or 0) * unit for amount, unit in zip(found.groups(), _SECONDS, strict=True))


def _unusable(written: str, error: Unreadable, span: Span, address: Address, folder: Path) -> Diagnostic:
    code = "SMS034" if error.missing else "SMS035"
    fix = (
        _("write {near}").format(near=near)
        if error.missing and (near := nearest_path(folder, written))
        else None
    )
    return problem(code, f"'{shown(written)}' {error.reason}", span.value, address=address, fix=fix)
