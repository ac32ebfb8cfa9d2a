"""One entry against its model: pydantic's errors → diagnostics with place, address, and a fix.

Pydantic says what is wrong, the spans of the data say where, this module says it in our words. It knows
no section and no reference.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from pydantic import ValidationError

from smsconf.config.format.entry import Entry, Shape, inner_shape
from smsconf.config.format.project_model import VariableEntry
from smsconf.config.problems import Problems, problem, shown
from smsconf.config.yaml.source import Block, Items, Located, Span, step_into
from smsconf.language import N_, _, listed
from smsconf.model.address import KEY_PATTERN, Address, Kind
from smsconf.model.diagnostics import Diagnostic, Place
from smsconf.model.nearest import nearest
from smsconf.model.resources import VariableType

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

M = TypeVar("M", bound=Entry)
C = TypeVar("C", Block, Items)
Path: TypeAlias = tuple[str | int, ...]

_KEY = re.compile(KEY_PATTERN)
_KINDS = {kind.section: kind for kind in Kind}

_MOST = 100  # problems of one entry

_EXPECTED = {
    "string_type": N_("text"),
    "bool_type": N_("true or false"),
    "int_type": N_("a whole number"),
    "list_type": N_("a list"),
    "dict_type": N_("a mapping"),
    "model_type": N_("a mapping"),
    "model_attributes_type": N_("a mapping"),
    "nothing_given": N_("a value"),
}
_YES_NO = {"yes": "true", "on": "true", "true": "true", "no": "false", "off": "false", "false": "false"}


def validate(model: type[M], found: Located, problems: Problems, address: object = None) -> M | None:
    """Validate one entry; what is wrong goes to ``problems`` and the answer is None."""
    try:
        return model.model_validate(found.value)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False)[:_MOST]:
            problems.add(_explain(model, found, detail, address))
        return None


def container(data: Block, key: str, kind: type[C], problems: Problems, address: object = None) -> C:
    """Return the mapping or list under a key; an empty one if there is none. Anything else is a problem."""
    found = data.at(key)
    if found and isinstance(found.value, kind):
        return found.value
    if found:
        expected = N_("a list") if kind is Items else N_("a mapping")
        problems.add(wrong_type(expected, found, address=address))
    return kind()


def valid_entries(section: Block, name: str, model: type[M], problems: Problems) -> dict[str, M]:
    """Validate every entry of a section; those that are wrong are left out."""
    found: dict[str, M] = {}
    for key, one in section.located():
        if problems.full:
            break
        if not _KEY.fullmatch(key):
            message = _("'{key}' cannot be a key").format(key=shown(key))
            address = address_of(name, shown(key))
            problems.report("SMS024", message, one.span.key, address=address, fix=_key_fix(key))
            continue
        entry = validate(model, one, problems, address_of(name, key))
        if entry is not None:
            found[key] = entry
    return found


def address_of(section: str, key: str) -> Address | None:
    """The address of an entry; None where the section's entries have none."""
    kind = _KINDS.get(section)
    return Address(kind, key) if kind else None


def wrong_type(expected: str, found: Located, *, address: object = None, what: str = "") -> Diagnostic:
    """Say that a value is of another kind than expected (in English), with the fix that fits both."""
    name = what or _key_text(found.span)
    message = _("expected {expected} for '{name}', got {value}").format(
        expected=_(expected), name=shown(name), value=describe(found.value)
    )
    return problem("SMS022", message, found.span.value, address=address, fix=_type_fix(expected, found))


def describe(value: object) -> str:
    """A value as people would call it."""
    if value is None:
        return _("nothing")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return _("the number {value}").format(value=shown(str(value)))
    if isinstance(value, str):
        return f"'{shown(value)}'"
    return _("a list") if isinstance(value, Items) else _("a mapping")


def unknown_key(key: str, known: list[str], place: Place, address: object = None) -> Diagnostic:
    """Say that nobody reads a key, and which one was probably meant."""
    near = nearest(key, known)
    fix = _("write {near}") if near else _("remove it; known here: {known}")
    fix = fix.format(near=near, known=", ".join(known))
    return problem("SMS020", _("unknown key '{key}'").format(key=shown(key)), place, address=address, fix=fix)


def unknown_word(word: str, words: list[str], span: Span, address: object = None) -> Diagnostic:
    """Say that a key does not take this word, and which one was probably meant."""
    near = nearest(word, words)
    fix = _("write {near}").format(near=near) if near else _("write {words}").format(words=listed(words))
    message = _("expected {words} for '{key}', got '{word}'").format(
        words=listed(words), key=shown(_key_text(span)), word=shown(word)
    )
    return problem("SMS023", message, span.value, address=address, fix=fix)


def _explain(  # noqa: PLR0911 - one return a kind of error
    model: type[Entry], whole: Located, detail: ErrorDetails, address: object
) -> Diagnostic:
    kind, path = detail["type"], detail["loc"]
    found = _at(whole, path)
    value, here = found
    if kind == "missing":
        return _missing(whole, path, address)
    if kind == "extra_forbidden":
        return unknown_key(str(path[-1]), _known_keys(model, path[:-1]), here.key, address)
    if kind in ("enum", "literal_error"):
        words = re.findall(r"'([^']*)'", detail["ctx"]["expected"])
        if isinstance(value, str):
            return unknown_word(value, words, here, address)
        return wrong_type(listed(words), found, address=address)
    if kind in _EXPECTED:
        return wrong_type(_EXPECTED[kind], found, address=address)
    if kind == "greater_than":
        message = _("'{key}' must be greater than 0, got {value}").format(
            key=shown(_key_text(here)), value=describe(value)
        )
        return problem("SMS025", message, here.value, address=address, fix=_("write a whole number from 1"))
    said, context = _(detail["msg"]), detail.get("ctx", {})
    message = f"'{shown(_key_text(here))}': {said[:1].lower()}{said[1:]}"
    if "reason" in context:
        message += f": {shown(context['reason'])}"
    fix = _(context["fix"]) if "fix" in context else None
    return problem("SMS025", message, here.value, address=address, fix=fix)


def _missing(whole: Located, path: Path, address: object) -> Diagnostic:
    parent, here = _at(whole, path[:-1])
    key = str(path[-1])
    removed = parent.removed.get(key) if isinstance(parent, Block) else None
    owner = shown(_key_text(here))
    if removed:
        message = _("'{owner}' has no '{key}' once the overlay has removed it").format(owner=owner, key=key)
        fix = _("give {key} a value here, or remove the line").format(key=key)
        return problem("SMS021", message, removed.key, address=address, fix=fix)
    message = _("'{owner}' has no '{key}'").format(owner=owner, key=key)
    fix = _("add {key}: to {owner}").format(key=key, owner=owner)
    return problem("SMS021", message, here.key, address=address, fix=fix)


def _at(found: Located, path: Path) -> Located:
    """Follow a path as far as it leads."""
    for part in path:
        inner = step_into(found.value, part)
        if inner is None:
            break
        found = inner
    return found


def _known_keys(model: type[Entry], path: Path) -> list[str]:
    """The keys of the model that a path leads to."""
    shape: Shape = model
    for part in path:
        shape = inner_shape(shape, str(part))
    return list(shape.model_fields) if isinstance(shape, type) else []


def _key_text(span: Span) -> str:
    return span.source.text[span.key_start : span.key_end].strip("\"'")


def _type_fix(expected: str, found: Located) -> str:  # noqa: PLR0911 - one return a mistake
    value, span = found
    key, raw = _key_text(span), shown(span.raw)
    pair = f"{key}: " if span.key_start != span.start else ""
    if value is None:
        return _("write a value after {key}:, or remove the key").format(key=key)
    if expected == "text" and isinstance(value, (bool, int, float)):
        return _("put it in quotes: {pair}'{raw}'").format(pair=pair, raw=raw)
    if expected == "text" and raw.startswith(("{", "[")):
        return _("put the text in quotes: {pair}'{raw}'").format(pair=pair, raw=raw)
    if expected == "true or false" and isinstance(value, str) and value.lower() in _YES_NO:
        return _("write {words}").format(words=f"{pair}{_YES_NO[value.lower()]}")
    if expected == "a whole number" and isinstance(value, str) and re.fullmatch(r"[0-9]{1,18}", value):
        return _("remove the quotes: {pair}{value}").format(pair=pair, value=value)
    if expected == "a list" and isinstance(value, str):
        return _("write {words}").format(words=f"{pair}[{raw}]")
    if expected == "a mapping" and isinstance(value, str) and value in set(VariableType):
        first = next(iter(VariableEntry.model_fields))
        return _("write {words}").format(words=f"{pair}{{{first}: {value}}}")
    return _("write {words}").format(words=_(expected))


def _key_fix(key: str) -> str | None:
    """A key made of the characters that keys may have, if any are left."""
    made = re.sub(r"[^a-z0-9_-]+", "-", key.lower()).strip("-_")
    fix = _("rename it to {made}, and write name: '{key}'")
    return fix.format(made=made, key=shown(key)) if made else None
