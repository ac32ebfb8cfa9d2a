"""Files that only their owner may read, replaced whole: a crash leaves the old one or the new one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from smsconf.language import _


class NoRegularFile(OSError):
    """The path leads to a device, a folder or a pipe, which must not be replaced."""

    def __init__(self, path: Path) -> None:
        super().__init__(0, _("it is no regular file"), str(path))


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 0600, on the disk when this returns; a link stays one.

    Raises:
        OSError: it cannot be written, or is no regular file.
    """
    place = Path(os.path.realpath(path))
    if place.exists() and not place.is_file():
        raise NoRegularFile(path)
    number, name = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
