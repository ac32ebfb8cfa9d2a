"""Many files → one: sections merge by key, then an environment's overlay is laid over them.

Pure: blocks in, blocks out, nothing is changed in place. Every value keeps the span of its
file. The overlay is a JSON merge patch, https://www.rfc-editor.org/rfc/rfc7396, except that ``provider`` is
replaced whole.
"""

from __future__ import annotations

from collections.abc import Sequence

from smsconf.config.format.project_model import ROOT_ONLY, SECTIONS, ProjectFile
from smsconf.config.format.validation import address_of, unknown_key, wrong_type
from smsconf.config.problems import Problems, shown
from smsconf.config.yaml.source import Block, Items
from smsconf.language import N_, _

_KNOWN = list(ProjectFile.model_fields)
_LISTS = ("protect",)


def checked_sections(block: Block, problems: Problems, *, refused: Sequence[str]) -> Block:
    """Drop the sections nobody reads, and those that may not stand in this file."""
    kept = Block()
    for key, one in block.located():
        if key not in _KNOWN:
            problems.add(unknown_key(key, _KNOWN, one.span.key))
        elif key in refused:
            message = _("'{key}' does not belong into this file").format(key=key)
            problems.report("SMS026", message, one.span.key)
        else:
            kept.put(key, *one)
    return kept


REFUSED_INCLUDED = (*ROOT_ONLY, "provider", "store", "mark", "confirmations")
REFUSED_OVERLAY = ROOT_ONLY


def combine(files: Sequence[Block], problems: Problems) -> Block:
    """Merge files section by section; an entry that an earlier file has is an error naming both places."""
    merged = Block()
    for block in files:
        for section, one in block.located():
            if section in SECTIONS or section in _LISTS:
                if one.value is None:  # a section whose entries are all commented out
                    continue
                kind: type[Block | Items] = Items if section in _LISTS else Block
                if not isinstance(one.value, kind):
                    problems.add(wrong_type(N_("a list") if kind is Items else N_("a mapping"), one))
                    continue
                if section not in merged:
                    merged.put(section, kind(), one.span)
                _extend(merged[section], one.value, section, problems)
            elif section not in merged:
                merged.put(section, *one)
    return merged


def _extend(target: object, value: object, section: str, problems: Problems) -> None:
    if isinstance(target, Items) and isinstance(value, Items):
        for item in value.located():
            target.add(*item)
    elif isinstance(target, Block) and isinstance(value, Block):
        for key, (entry, span) in value.located():
            if key not in target:
                target.put(key, entry, span)
                continue
            first = target.spans[key].key
            message = _("'{key}' of {section} is already declared in {file}, line {line}").format(
                key=shown(key), section=section, file=first.file, line=first.line
            )
            address, related = address_of(section, key), ((first, _("first here")),)
            problems.report("SMS032", message, span.key, address=address, related=related)


def overlaid(base: Block, overlay: Block) -> Block:
    """Lay an overlay over the merged files."""
    result = _patched(base, overlay, skip="provider")
    if "provider" in overlay:
        provider, span = overlay["provider"], overlay.spans["provider"]
        if provider is None:
            result.pop("provider", None)
            result.removed["provider"] = span
        else:
            result.put("provider", provider, span)
    return result


def _patched(base: object, patch: Block, *, skip: str | None = None) -> Block:
    result = Block()
    if isinstance(base, Block):
        result.update(base)
        result.spans.update(base.spans)
    for key, (value, span) in patch.located():
        if key == skip:
            continue
        if value is None:
            result.pop(key, None)
            result.spans.pop(key, None)
            result.removed[key] = span
        elif isinstance(value, Block):
            old = result.get(key)
            result.put(key, _patched(old, value), result.spans[key] if isinstance(old, Block) else span)
        else:
            result.put(key, value, span)
    return result
