"""Opening files of the project: only regular ones, inside its folder, of a bounded size.

It never blocks (a FIFO is refused before it is read) and never follows a way out of the folder. What is in
the files is not its business, except that text is UTF-8 without control characters.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from smsconf.config.bounds import MAX_YAML
from smsconf.config.problems import problem, shown
from smsconf.config.yaml.source import Source
from smsconf.language import _
from smsconf.model.diagnostics import Diagnostic, Place
from smsconf.model.nearest import nearest

# https://yaml.org/spec/1.2.2/#51-character-set
_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Unreadable(Exception):
    """A file that cannot be had; the text says why, ready to follow its name."""

    def __init__(
        self, reason: str, *, missing: bool = False, too_large: bool = False, outside: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.missing = missing
        self.too_large = too_large
        self.outside = outside


def inside(folder: Path, written: str) -> Path:
    """Resolve a path as written in a file.

    Raises:
        Unreadable: it leads out of the project, by whatever way, or cannot be a path (a NUL character, a
            loop of symbolic links, far too long).
    """
    if "\0" in written:
        raise Unreadable(_("is not a path: it contains a NUL character"))
    path = Path(written)
    outside = Unreadable(_("leads out of the project"), outside=True)
    if path.is_absolute() or ".." in path.parts:
        raise outside
    try:
        resolved = (folder / path).resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise Unreadable(_("cannot be reached: {said}").format(said=_said(error))) from error
    if not resolved.is_relative_to(folder):
        raise outside
    return resolved


def leads_out(
    written: str, place: Place | None, address: object = None, fix: str | None = None
) -> Diagnostic:
    """Say that a path is not the project's."""
    message = _("'{written}' leads out of the project").format(written=shown(written))
    return problem("SMS031", message, place, address=address, fix=fix)


def unusable(
    error: Unreadable, written: str, folder: Path, place: Place | None, code: str, address: object = None
) -> Diagnostic:
    """Say what is wrong with a path that is written at a place; ``code`` is where no other fits."""
    if error.outside:
        return leads_out(written, place, address)
    near = nearest_path(folder, written) if error.missing else None
    fix = _("write {near}").format(near=near) if near else None
    code = "SMS034" if error.missing else code
    return problem(code, f"'{shown(written)}' {error.reason}", place, address=address, fix=fix)


def read_bytes(path: Path, limit: int) -> bytes:
    """Read a regular file of at most ``limit`` bytes.

    Raises:
        Unreadable: it is missing, not a regular file, too large, or the system does not let us.
    """
    try:
        _refuse_irregular(path.stat())
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as opened:
            found = os.fstat(opened.fileno())
            _refuse_irregular(found)
            content = opened.read(limit + 1) if found.st_size <= limit else None
    except FileNotFoundError as error:
        raise Unreadable(_("does not exist"), missing=True) from error
    except NotADirectoryError as error:
        raise Unreadable(_("does not exist: a part of its path is a file"), missing=True) from error
    except (OSError, ValueError) as error:
        raise Unreadable(_("cannot be read: {said}").format(said=_said(error))) from error
    if content is None or len(content) > limit:
        raise Unreadable(_("is larger than {limit} MiB").format(limit=limit // (1024 * 1024)), too_large=True)
    return content


def _refuse_irregular(found: os.stat_result) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise Unreadable(_("is a folder, not a file"))
    if not stat.S_ISREG(found.st_mode):
        raise Unreadable(_("is not a regular file (a pipe, a device or a socket)"))


def nearest_path(folder: Path, written: str) -> str | None:
    """Correct the first part of a path that does not exist to the name most like it; None if nothing is."""
    parts = Path(written).parts
    parent = folder
    for position, part in enumerate(parts):
        try:
            if (parent / part).exists():
                parent /= part
                continue
            entries = zip(range(1000), parent.iterdir(), strict=False)
            names = sorted(entry.name for _, entry in entries if entry.name.isprintable())
        except (OSError, ValueError):
            return None
        near = nearest(part, names)
        return Path(*parts[:position], near, *parts[position + 1 :]).as_posix() if near else None
    return None


def _said(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text[:1].lower() + text[1:]


def read_source(path: Path, name: str, limit: int = MAX_YAML) -> Source | Diagnostic:
    """Read a YAML file as text; a diagnostic if what is in it cannot be text.

    Raises:
        Unreadable: as :func:`read_bytes`, except that too large a file is a diagnostic.
    """
    try:
        content = read_bytes(path, min(limit, MAX_YAML))
    except Unreadable as error:
        if not error.too_large:
            raise
        if limit < MAX_YAML:
            return problem("SMS004", _("the project's files have more than 64 MiB together"), Place(name))
        return problem("SMS004", _("the file is larger than 8 MiB"), Place(name))
    if content.startswith(_UTF16):
        return problem("SMS002", _("the file is UTF-16, expected UTF-8"), Place(name))
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        good = Source(name, content[: error.start].decode("utf-8").removeprefix("\ufeff"))
        place = good.place(len(good.text))
        return problem(
            "SMS002", _("byte 0x{content:02x} is not UTF-8").format(content=content[error.start]), place
        )
    source = Source(name, text.removeprefix("\ufeff"), len(content))
    bad = _CONTROL.search(source.text)
    if bad:
        place = source.place(bad.start(), bad.end())
        return problem(
            "SMS003",
            _("the file contains the control character U+{ord:04X}").format(ord=ord(bad.group())),
            place,
        )
    return source
