"""Entries → the YAML files of a project. Writes the files; decides nothing about what is in them."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from smsconf.config.edit.dump import Dump, Entry
from smsconf.config.format.provider import ROOT_NAME, EmulatorProvider, Provider
from smsconf.config.load.project import VERSION
from smsconf.config.yaml.reader import resolve_plain
from smsconf.language import _
from smsconf.model.errors import SmsconfError
from smsconf.own_files import STATE_FOLDER, write_atomically

DATABASE = "emulator.db"

_HEAD = """\
# Written by smsconf dump. Files that prove a signature cannot be read back: name them again (licence,
# authorization, proof) before it is changed.
"""


_USUAL = re.compile(
    r"[ -~\xa1-\xac\xae-\u024f\u2013-\u2026\u3001-\u3029\u3041-\u3096\u4e00-\u9fff\uff01-\uff5e]*"
)


class _Inline(dict[str, Any]):
    """A mapping on one line."""


class _Dumper(yaml.SafeDumper):
    """Every list and inline mapping on one line, and nothing referred to by anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002 - PyYAML's signature
        return True


_Dumper.add_representer(
    _Inline,
    lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=True),
)
_Dumper.add_representer(
    list, lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True)
)


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Put in quotes what our reader, which knows YAML 1.2, takes for a number or for the end of a line.

    And what may have to be escaped where it is shown: that can be done within double quotes alone.
    """
    odd = resolve_plain(text) != text or not _USUAL.fullmatch(text) or "##" in text
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if odd else None)


_Dumper.add_representer(str, _represent_text)


def as_document(dump: Dump, provider: Provider, folder: Path, *, ascii_only: bool = False) -> str:
    """Return a dump as one document; the emulator's file is named relative to ``folder``."""
    sections = {"apps": dump.apps, "signatures": dump.signatures, "templates": dump.templates}
    written = {section: _inlined(entries) for section, entries in sections.items() if entries}
    return _HEAD + _text({**_root(provider, folder), **written}, ascii_only=ascii_only)


def as_files(dump: Dump, provider: Provider, folder: Path) -> dict[str, str]:
    """Return a dump as the files of a project in ``folder``: name → text."""
    files = {"apps.yaml": {"apps": dump.apps}} if dump.apps else {}
    for section, entries in (("signatures", dump.signatures), ("templates", dump.templates)):
        for app in dump.apps:
            own = {key: entry for key, entry in entries.items() if entry["app"] == app}
            if own:
                files[f"{section}/{app}.yaml"] = {section: own}
    root = {**_root(provider, folder), **({"include": list(files)} if files else {})}
    texts = {
        name: _text({section: _inlined(entries) for section, entries in made.items()})
        for name, made in files.items()
    }
    return {ROOT_NAME: _HEAD + _text(root), **texts}


def write_files(folder: Path, files: Mapping[str, str], *, force: bool) -> None:
    """Write files into a folder that is made if need be; smsconf.yaml last, so that no part is a project.

    Raises:
        SmsconfError: some of them exist, and ``force`` is not given; nothing is written.
        OSError: a file cannot be written.
    """
    there = [name for name in files if os.path.lexists(folder / name)]
    if there and not force:
        raise SmsconfError(
            _("{folder} has {names} already").format(folder=folder, names=", ".join(there)),
            fix=_("name another folder, or overwrite with --force"),
        )
    for name, text in sorted(files.items(), key=lambda item: item[0] == ROOT_NAME):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, text.encode())


def database_in(provider: EmulatorProvider, folder: Path) -> str:
    """Return where a project in ``folder`` has the emulator's file: where it is, or where a copy goes."""
    database = os.path.relpath(provider.database.resolve(), folder.resolve())
    return f"{STATE_FOLDER}/{DATABASE}" if database.startswith("..") else database


def _root(provider: Provider, folder: Path) -> Entry:
    if isinstance(provider, EmulatorProvider):
        made: Entry = {"database": database_in(provider, folder)}
        if provider.site != "china":
            made["site"] = provider.site
        return {"version": VERSION, "provider": {"emulator": _Inline(made)}}
    made = {name: value for name, value in asdict(provider).items() if value is not None}
    return {"version": VERSION, "provider": {"huaweicloud": _Inline(made)}}


def _inlined(entries: Mapping[str, Entry]) -> Entry:
    """Put each variable on a line of its own."""
    return {
        key: {
            name: {one: _Inline(about) for one, about in value.items()} if name == "variables" else value
            for name, value in entry.items()
        }
        for key, entry in entries.items()
    }


def _text(data: Entry, *, ascii_only: bool = False) -> str:
    text: str = yaml.dump(
        data, Dumper=_Dumper, allow_unicode=not ascii_only, sort_keys=False, width=sys.maxsize
    )
    return text
