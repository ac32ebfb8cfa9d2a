"""Write files whole: whoever reads one finds the old text or the new one, after a crash too."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from smsconf.language import _

NOT_REGULAR = 0
"""``errno`` of ``NoRegularFile``: the system has none for it."""


class NoRegularFile(OSError):
    """The path leads to a device, a folder or a pipe, which must not be replaced."""

    def __init__(self, path: Path) -> None:
        super().__init__(NOT_REGULAR, _("it is no regular file"), str(path))


def write_atomically(path: Path, content: bytes | Iterable[bytes], *, mode: int | None = None) -> None:
    """Put a whole new file in the place of a path; on the disk when this returns, and a link stays one.

    Args:
        path: the file, which need not exist; its folder does.
        content: all of it, or its parts, which are never held together.
        mode: its permissions. Without, an old file keeps its own, and where we may its owner; a new one gets
            what the umask leaves.

    Raises:
        OSError: it cannot be written, or is no regular file.
    """
    place = Path(os.path.realpath(path))
    found = _stat(path)
    if found and not (stat.S_ISREG(found.st_mode) and _leads_to(place, found)):
        raise NoRegularFile(path)
    if found and not os.access(place, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    temporary = place.with_name(f".smsconf-{os.urandom(8).hex()}.tmp")
    fresh = 0o600 if found else 0o666  # until it has the old one's permissions nobody else reads it
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, fresh if mode is None else mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines([content] if isinstance(content, bytes) else content)
            file.flush()
            os.fsync(file.fileno())
        if found and mode is None:
            _take_after(temporary, found)
        temporary.replace(place)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(place.parent)


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _leads_to(place: Path, found: os.stat_result) -> bool:
    """Tell whether a path leads to a file: that of ``/dev/stdout`` may have no name, or an old one."""
    there = _stat(place)
    return there is not None and os.path.samestat(there, found)


def _take_after(temporary: Path, found: os.stat_result) -> None:
    """Give a new file the group, the owner and the permissions of the old one, as far as we may."""
    for owner, group in ((-1, found.st_gid), (found.st_uid, -1)):
        with contextlib.suppress(OSError):
            os.chown(temporary, owner, group)
    temporary.chmod(stat.S_IMODE(found.st_mode))


def _sync_folder(folder: Path) -> None:
    """Force the new name onto the disk too, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
