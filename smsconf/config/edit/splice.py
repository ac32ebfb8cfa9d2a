"""Changing YAML files of a project in place: which ones there are, reading one, writing one.

What is written is decided elsewhere (``key_order``, ``fix``), and was read again by them. A file is replaced
whole, in one rename; its permissions, its byte order mark and links that lead to it stay.
"""

from __future__ import annotations

import contextlib
import difflib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from smsconf.config.edit.key_order import LayoutError, in_order
from smsconf.config.load.project import Project
from smsconf.config.problems import problem
from smsconf.config.yaml.files import Unreadable, inside, read_source
from smsconf.config.yaml.reader import read_yaml
from smsconf.config.yaml.source import Block, Source
from smsconf.language import _
from smsconf.model.diagnostics import Diagnostic, Place
from smsconf.model.errors import SmsconfError
from smsconf.own_files import write_atomically

_BOM = b"\xef\xbb\xbf"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One file and the text it shall have; ``source.name`` is what people call it."""

    path: Path
    source: Source
    text: str

    @property
    def diff(self) -> str:
        """The change as a unified diff; empty if there is none."""
        old, new = _LINE.findall(self.source.text), _LINE.findall(self.text)
        lines = difflib.unified_diff(old, new, self.source.name, self.source.name)
        return "".join(
            line if line.endswith(("\n", "\r")) else f"{line}\n\\ No newline at end of file\n"
            for line in lines
        )

    def write(self) -> None:
        """Replace the file.

        Raises:
            SmsconfError: it is read-only, was changed since it was read, or the system does not let us.
        """
        path = self.path.resolve()
        try:
            found = path.stat()
            if not found.st_mode & 0o222 or not os.access(path, os.W_OK):
                raise self._refused(_("it is read-only"))
            before = path.read_bytes()
            if before.removeprefix(_BOM) != self.source.text.encode():
                raise self._refused(_("it was changed meanwhile"))
            mark = _BOM if before.startswith(_BOM) else b""
            write_atomically(path, mark + self.text.encode())
        except OSError as error:
            raise self._refused(error.strerror or str(error)) from error

    def _refused(self, reason: str) -> SmsconfError:
        return SmsconfError(_("cannot write {file}: {reason}").format(file=self.source.name, reason=reason))


def files_of(project: Project) -> tuple[Path, ...]:
    """Return every YAML file of a project, the overlays of all its environments included."""
    return tuple(dict.fromkeys([*project.files, *_overlays(project)]))


def _overlays(project: Project) -> Iterator[Path]:
    environments = project.data.get("environments")
    for entry in environments.values() if isinstance(environments, Block) else ():
        written = entry.get("overlay") if isinstance(entry, Block) else None
        with contextlib.suppress(Unreadable):  # what leads nowhere is said by validate
            path = inside(project.folder.resolve(), written if isinstance(written, str) else "")
            if path.is_file():
                yield path


def formatted(path: Path, name: str) -> Rewrite | tuple[Diagnostic, ...]:
    """Put a file in order, without writing it; what is wrong with the file if it cannot be read.

    ``name`` is what people call it.

    Raises:
        SmsconfError: the text in order would not say the same.
    """
    try:
        source = read_source(path, name)
    except Unreadable as error:
        return (problem("SMS001", f"'{name}' {error.reason}", Place(name)),)
    if isinstance(source, Diagnostic):
        return (source,)
    block, problems = read_yaml(source)
    if block is None or problems:
        return problems
    try:
        return Rewrite(path, source, in_order(source))
    except LayoutError:
        raise SmsconfError(
            _("cannot put {file} in order: the result would not say the same").format(file=name),
            why=_("keys are moved only where the file, read again, has the same values"),
            fix=_("put the keys in order by hand"),
        ) from None
