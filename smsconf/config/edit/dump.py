"""What the service has → the entries of a project's files that ask for exactly that.

Pure; ``write`` turns the entries into files. What no file can ask for (drafts, deactivated texts, statuses
and words we do not know, two things of one name) is left out, with a remark that says why. Files that prove
a signature cannot be read back; an absent file is not compared, so the plan stays empty without them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, TypeVar

from smsconf.config.edit.new_keys import Nameless, invent_keys
from smsconf.config.load.content import number_content
from smsconf.language import _
from smsconf.model.address import Kind
from smsconf.model.lifecycle import Phase, read_status
from smsconf.model.observed import Observed, ObservedApp, ObservedSignature, ObservedTemplate
from smsconf.model.resources import Brackets, Desired, MessageType, Region, Source, VariableType
from smsconf.model.segments import PLACEHOLDER
from smsconf.model.sites import Site
from smsconf.reconcile.names import number_in, split_version
from smsconf.reconcile.versions.submission import split_mark

Entry = dict[str, Any]
T = TypeVar("T", ObservedApp, ObservedSignature, ObservedTemplate)

_TYPES = set(MessageType)
_SOURCES = {*Source, None}
_VARIABLES = set(VariableType)
_AHEAD = (Phase.APPROVED, Phase.IN_REVIEW)
_ASKED = (*_AHEAD, Phase.REJECTED, Phase.DISABLED)


class _LeftOut(Exception):
    """No file can ask for this; the text says why."""


@dataclass(slots=True)
class Dump:
    """Entries by section and key, in the order of their keys; ``remarks`` say what one may not expect."""

    apps: dict[str, Entry] = field(default_factory=dict)
    signatures: dict[str, Entry] = field(default_factory=dict)
    templates: dict[str, Entry] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def make_dump(
    observed: Observed,
    site: Site,
    known: Desired,
    *,
    kinds: Collection[Kind] = (),
    apps: Collection[str] = (),
) -> Dump:
    """Describe what was observed.

    Args:
        observed: everything, variables and countries included.
        site: knows the statuses.
        known: what is declared already keeps its key.
        kinds: only these; what they refer to is declared as ``external``. Empty: all.
        apps: only these apps, by key or remote name, and what is in them. Empty: all.

    Raises:
        LookupError: the service has no such app; the text names those it has.
    """
    dumping = _Dumping(observed, site, known)
    dumping.find_apps(apps)
    dumping.find_signatures()
    dumping.find_templates()
    return dumping.chosen(set(kinds) or {Kind.APP, Kind.SIGNATURE, Kind.TEMPLATE})


class _Dumping:
    """The objects that can be asked for, by remote id, with their keys and entries."""

    def __init__(self, observed: Observed, site: Site, known: Desired) -> None:
        self.observed = observed
        self.site = site
        self.known = known
        self.apps: dict[str, ObservedApp] = {}  # by app key, as signatures and templates name them
        self.app_keys: dict[str, str] = {}
        self.signatures: dict[str, ObservedSignature] = {}
        self.signature_keys: dict[str, str] = {}
        self.dump = Dump()

    def find_apps(self, wanted: Collection[str]) -> None:
        """Gather the apps; of those that are wanted make entries."""
        regions = set(Region)
        unique = self._unique("app", self.observed.apps.items, lambda one: (one.region, one.name))
        found = [one for one in unique if self._kept("app", one, one.region in regions, _("its region"))]
        declared = {(app.name, app.region.value): at.key for at, app in self.known.apps.items()}
        keys = invent_keys(Kind.APP, [_nameless(one, one.region, declared) for one in found])
        for word in wanted:
            if not any(word in (one.name, keys[one.remote_id]) for one in found):
                there = ", ".join(sorted(keys.values())) or _("none")
                raise LookupError(
                    _("there is no app '{word}'; there are: {keys}").format(word=word, keys=there)
                )
        for one in found:
            key = keys[one.remote_id]
            if wanted and not {one.name, key} & set(wanted):
                continue
            self.apps[one.app_key] = one
            self.app_keys[one.app_key] = key
            reply_url = one.reply_url if one.region == Region.CN else None
            self.dump.apps[key] = _present(region=one.region, name=_other(one.name, key), reply_url=reply_url)

    def find_signatures(self) -> None:
        """Gather the signatures of the apps and make their entries."""
        everywhere = self._unique(
            "signature", self.observed.signatures.items, lambda one: (one.name, one.type)
        )
        declared = {(one.name, one.type.value): at.key for at, one in self.known.signatures.items()}
        keys = invent_keys(Kind.SIGNATURE, [_nameless(one, one.type, declared) for one in everywhere])
        for one in everywhere:
            app = self.apps.get(one.app_key)
            if app is None:
                continue
            understood = app.region == Region.CN and one.type in _TYPES and one.source in _SOURCES
            if self._kept("signature", one, understood, _("its region, type or source")):
                key = keys[one.remote_id]
                self.signatures[one.remote_id] = one
                self.signature_keys[one.remote_id] = key
                self.dump.signatures[key] = self._signature(one, key)

    def _signature(self, one: ObservedSignature, key: str) -> Entry:
        return _present(
            app=self.app_keys[one.app_key],
            name=_other(one.name, key),
            type=one.type,
            source=_other(one.source, Source.COMPANY.value),
            third_party=one.third_party or None,
            qualification=one.qualification,
            description=one.description,
            registration_number=one.registration_number,
            license_number=one.license_number,
        )

    def find_templates(self) -> None:
        """Gather the templates of the apps, one version a family, and make their entries."""
        chosen: dict[str, tuple[str, ObservedTemplate]] = {}
        for family, members in self._families():
            try:
                one = self._version(family, members)
                chosen[one.remote_id] = (family, one)
            except _LeftOut as why:
                self._leave_out("template", family, str(why))
        self._without_nested(chosen)
        declared = {
            (app.region.value, app.name, one.name): at.key
            for at, one in self.known.templates.items()
            if (app := self.known.apps.get(one.app))
        }
        things = []
        for remote_id, (family, one) in chosen.items():
            own = self.apps[one.app_key]
            known = declared.get((own.region, own.name, family))
            things.append(Nameless(remote_id, family, self.app_keys[one.app_key], known))
        keys = invent_keys(Kind.TEMPLATE, things)
        for remote_id, (family, one) in chosen.items():
            key = keys[remote_id]
            try:
                self.dump.templates[key] = self._template(one, family, key)
            except _LeftOut as why:
                self._leave_out("template", one.name, str(why))

    def _without_nested(self, chosen: dict[str, tuple[str, ObservedTemplate]]) -> None:
        """Leave out families whose name could be a version of another one's: files refuse both together."""
        names = {(one.app_key, family) for family, one in chosen.values()}
        for remote_id, (family, one) in list(chosen.items()):
            inner, outer = family, split_version(family)[0]
            while inner != outer and (one.app_key, outer) not in names:
                inner, outer = outer, split_version(outer)[0]
            if inner != outer:
                del chosen[remote_id]
                why = _("it could be a version of {outer}").format(outer=outer)
                self._leave_out("template", one.name, why)

    def _families(self) -> Iterator[tuple[str, list[ObservedTemplate]]]:
        """Yield the name and the members of each family, newest version first.

        ``name_v2`` is a version of ``name`` if that exists, if it has sisters, or if it bears our mark; else
        it is a family of its own, and the first version of ``name_v2_v2``.
        """
        groups: dict[tuple[str, str], list[ObservedTemplate]] = defaultdict(list)
        for one in self.observed.templates.items:
            if one.app_key in self.apps:
                groups[one.app_key, split_version(one.name)[0]].append(one)
        names = {(one.app_key, one.name) for one in self.observed.templates.items}
        families: dict[tuple[str, str], list[ObservedTemplate]] = defaultdict(list)
        for (app_key, base), members in sorted(groups.items()):
            alone = len(members) == 1 and (app_key, base) not in names
            family = members[0].name if alone and not split_mark(members[0].description)[1] else base
            families[app_key, family] += members
        for (_app_key, family), members in families.items():
            numbered = [((number_in(one.name, [family]) or 0, one.create_time or ""), one) for one in members]
            yield family, [one for _age, one in sorted(numbered, key=itemgetter(0), reverse=True)]

    def _version(self, family: str, members: Sequence[ObservedTemplate]) -> ObservedTemplate:
        """Choose the version that stands for a family: the newest that is approved or on its way there.

        One in review counts although it is not approved yet: files that asked for the older text would call
        its review back.
        """
        phases = {one.remote_id: read_status(Kind.TEMPLATE, self.site, one.status).phase for one in members}
        ranked = [one for one in members if phases[one.remote_id] in _AHEAD]
        ranked += [one for one in members if phases[one.remote_id] in _ASKED and one not in ranked]
        if not ranked:
            raise _LeftOut(_("its status is {status}").format(status=members[0].status))
        names = Counter(one.name for one in members if phases[one.remote_id] is not Phase.DRAFT)
        twins = ", ".join(sorted(one.remote_id for one in members if names[one.name] > 1))
        if twins:
            raise _LeftOut(_("several have one name: {twins}").format(twins=twins))
        if len(members) > 1:
            others = ", ".join(one.name for one in members if one is not ranked[0])
            remark = _("template {family}: stands for {name}; also there: {others}")
            remark = remark.format(family=family, name=ranked[0].name, others=others)
            self.dump.remarks.append(remark)
        return ranked[0]

    def _template(self, one: ObservedTemplate, family: str, key: str) -> Entry:
        app = self.apps[one.app_key]
        if (one.region or app.region) != app.region:
            raise _LeftOut(_("its region {region} is not that of its app").format(region=one.region))
        content, variables = _written(one)
        entry: Entry = {"app": self.app_keys[one.app_key]}
        if app.region == Region.INTL:
            entry["countries"] = self._countries(one)
        elif one.universal:
            if one.type not in _TYPES:
                raise _LeftOut(_("its type {type} is not known").format(type=one.type))
            entry |= {"universal": True, "type": one.type}
        else:
            entry["signature"] = self._signature_of(one)
            if one.brackets == Brackets.GB:
                entry["brackets"] = one.brackets
        entry |= _present(name=_other(family, key)) | {"content": content}
        note, mark = split_mark(one.description)
        if one.name != family and mark is None:  # nothing else tells that it is ours
            entry["adopt"] = [one.name]
        return entry | _present(variables=variables, description=note)

    def _signature_of(self, one: ObservedTemplate) -> str:
        signature = self.signatures.get(one.signature_id or "")
        if signature is None:
            raise _LeftOut(_("its signature is not in this dump"))
        if one.type != signature.type:
            raise _LeftOut(_("its type {type} is not that of its signature").format(type=one.type))
        return self.signature_keys[signature.remote_id]

    def _countries(self, one: ObservedTemplate) -> list[str]:
        english = {country.country_id: country.english for country in self.observed.countries.items}
        names = [english.get(number, "") for number in one.country_ids] or list(one.country_names)
        if not names or not all(names):
            raise _LeftOut(_("its countries are not known"))
        return names

    def chosen(self, kinds: Collection[Kind]) -> Dump:
        """Return the entries of some kinds, and read-only references to what those need."""
        dump = self.dump
        templates = dump.templates if Kind.TEMPLATE in kinds else {}
        signatures = dump.signatures
        if Kind.SIGNATURE not in kinds:
            signatures = _references(signatures, {one.get("signature") for one in templates.values()})
        apps = dump.apps
        if Kind.APP not in kinds:
            apps = _references(apps, {one["app"] for one in (*signatures.values(), *templates.values())})
        return Dump(_sorted(apps), _sorted(signatures), _sorted(templates), dump.remarks)

    def _unique(self, kind: str, items: Iterable[T], identity: Any) -> list[T]:  # noqa: ANN401 - a key function
        """Return the objects whose identity nobody shares."""
        groups: dict[Any, list[T]] = defaultdict(list)
        for one in items:
            groups[identity(one)].append(one)
        for group in groups.values():
            if len(group) > 1:
                ids = ", ".join(sorted(one.remote_id for one in group))
                self._leave_out(kind, group[0].name, _("several have one name: {ids}").format(ids=ids))
        return [group[0] for group in groups.values() if len(group) == 1]

    def _kept(self, kind: str, one: T, understood: bool, what: str) -> bool:  # noqa: FBT001 - a condition
        if not understood:
            self._leave_out(kind, one.name, _("{what} has no word in the files").format(what=what))
        return understood

    def _leave_out(self, kind: str, name: str, why: str) -> None:
        self.dump.remarks.append(_("{kind} {name}: left out, {why}").format(kind=kind, name=name, why=why))


def _nameless(
    one: ObservedApp | ObservedSignature, hint: str, declared: Mapping[tuple[str, str], str]
) -> Nameless:
    return Nameless(one.remote_id, one.name, hint, declared.get((one.name, hint)))


def _references(entries: Mapping[str, Entry], used: Collection[str | None]) -> dict[str, Entry]:
    """Return the used ones of some entries as things that are managed elsewhere."""
    identity = ("app", "region", "name", "type")
    return {
        key: {**{name: entry[name] for name in identity if name in entry}, "external": True}
        for key, entry in entries.items()
        if key in used
    }


def _sorted(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    return dict(sorted(entries.items()))


def _written(one: ObservedTemplate) -> tuple[str, dict[str, Entry] | None]:
    """Return content and variables as people write them, with names if the descriptions have some."""
    numbers = sorted({int(number) for number in PLACEHOLDER.findall(one.content)})
    variables = {variable.number: variable for variable in one.variables or ()}
    if numbers != sorted(variables) or any(
        variable.type not in _VARIABLES for variable in variables.values()
    ):
        raise _LeftOut(_("the attributes of its variables are not known"))
    notes = {number: (variables[number].description or "").partition(" ") for number in numbers}
    named = {str(number): notes[number][0] for number in numbers}
    forms = [named] if all(name.isidentifier() for name in named.values()) else []
    for names in (*forms, {number: number for number in named}):
        content = _spelt(one.content, names)
        read = number_content(content, set(names.values()))
        if read.text == one.content and not read.mistakes and len(set(names.values())) == len(names):
            break
    else:
        raise _LeftOut(_("its content cannot be written in a file"))
    return content, {
        names[str(number)]: _present(
            type=variables[number].type,
            description=notes[number][2] if names is named else variables[number].description,
        )
        for number in numbers
    } or None


def _spelt(content: str, names: Mapping[str, str]) -> str:
    """Write the service's form of a content in ours: literal braces doubled, variables by name."""
    out, end = "", 0
    for found in PLACEHOLDER.finditer(content):
        out += _escaped(content[end : found.start()])
        name = names[str(int(found[1]))]
        out += f"${{{name}}}" if name.isdigit() else f"{{{name}}}"
        end = found.end()
    return out + _escaped(content[end:])


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _other(value: str | None, default: str) -> str | None:
    return value if value != default else None


def _present(**fields: Any) -> Entry:  # noqa: ANN401 - the fields of an entry
    """Leave out what has no value."""
    return {name: value for name, value in fields.items() if value not in (None, "")}
