"""Write files whole: whoever reads one finds the old text or the new one, after a crash too."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from smsconf.language import _


class NoRegularFile(OSError):
    """The path leads to a device, a folder or a pipe, which must not be replaced."""

    def __init__(self, path: Path) -> None:
        super().__init__(0, _("it is no regular file"), str(path))


def write_atomically(path: Path, content: bytes, *, mode: int | None = None) -> None:
    """Put a whole new file in the place of a path; on the disk when this returns, and a link stays one.

    Args:
        path: the file, which need not exist; its folder does.
        content: all of it.
        mode: its permissions. Without, an old file keeps its own, and where we may its owner; a new one gets
            what the umask leaves.

    Raises:
        OSError: it cannot be written, or is no regular file.
    """
    found = path.stat() if path.exists() else None
    if found and not stat.S_ISREG(found.st_mode):
        raise NoRegularFile(path)
    place = Path(os.path.realpath(path))
    temporary = place.with_name(f".smsconf-{os.urandom(8).hex()}.tmp")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if found and mode is None:
            with contextlib.suppress(PermissionError):
                os.chown(temporary, found.st_uid, found.st_gid)
            temporary.chmod(stat.S_IMODE(found.st_mode))
        temporary.replace(place)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
