"""Write people's files whole: whoever reads one finds the old text or the new one, after a crash too."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from smsconf.language import _
from smsconf.own_files import replacing

NOT_REGULAR = 0
"""``errno`` of ``NoRegularFile``: the system has none for it."""


class NoRegularFile(OSError):
    """The path leads to a device, a folder or a pipe, which must not be replaced."""

    def __init__(self, path: Path) -> None:
        super().__init__(NOT_REGULAR, _("it is no regular file"), str(path))


def write_atomically(path: Path, content: bytes) -> None:
    """Put a whole new file in the place of a path; on the disk when this returns, and a link stays one.

    An old file keeps its permissions, and where we may its owner; a new one gets what the umask leaves.

    Raises:
        OSError: it cannot be written, or is no regular file.
    """
    place = Path(os.path.realpath(path))
    found = _stat(path)
    if found and not (stat.S_ISREG(found.st_mode) and _leads_to(place, found)):
        raise NoRegularFile(path)
    with replacing(place, mode=None, mounted=False) as file:
        file.write(content)


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _leads_to(place: Path, found: os.stat_result) -> bool:
    """Tell whether a path leads to a file: that of ``/dev/stdout`` may have no name, or an old one."""
    there = _stat(place)
    return there is not None and os.path.samestat(there, found)
