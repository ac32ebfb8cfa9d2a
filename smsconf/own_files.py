"""The one way to open files of our own: those in ``.smsconf``, and those that a person's options name.

A checkout holds what a pull request put there. So no link is followed (not by ``.smsconf`` itself, nor by any
folder between the working folder and the file), only regular files are opened, reading has an end, and what
is made is its owner's alone (0600, folders 0700) whatever the umask; ours that are found wider are mended.
What people keep beside it is written here, too, but as an editor would: ``write_atomically``.
Folders above the working folder, and those of paths elsewhere (``/tmp``), are taken as they are. A file with
a second name (a hard link) is refused where it would be written in place: an archive may bring one.
What people declare, YAML and lists, is opened in ``config`` and ``messaging.lists``; this decides nothing.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from smsconf.language import N_, _

STATE_FOLDER = ".smsconf"
MOST_BYTES = 64 * 1024 * 1024
_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_CLOEXEC
_FILE = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_IRREPLACEABLE = {errno.EACCES, errno.EPERM, errno.EBUSY, errno.EROFS, errno.EXDEV}
_LINK = N_("it is no regular file: it is a link, and none is followed")
_BESIDE = ("-wal", "-shm", "-journal")  # what SQLite opens beside a database, by name


class NotOurs(OSError):
    """Something stands in the way that we would not have made: a link, a device, a pipe, far too much."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(0, reason, str(path))  # the system has no number for it

    def __str__(self) -> str:
        return str(self.strerror)


def open_own(path: Path, flags: int = os.O_RDONLY, *, make: bool = False) -> int:
    """Open a file and return its descriptor.

    Args:
        path: the file.
        flags: as for ``os.open``, without O_TRUNC.
        make: make it and its folders if there are none.

    Raises:
        NotOurs: it is no regular file, or a link leads to it.
        OSError: it cannot be opened.
    """
    with _folder(path, make=make) as (folder, name):
        _look(path, folder, name, alone=flags != os.O_RDONLY)  # opening a device may do something already
        made = os.O_CREAT if make else 0
        try:
            handle = os.open(name, flags | made | _FILE, 0o600, dir_fd=folder)
        except OSError as error:
            raise (NotOurs(path, _(_LINK)) if error.errno == errno.ELOOP else error) from error
        try:
            found = os.fstat(handle)
            _refuse_irregular(path, found)
            if _is_too_wide(path, found, written=flags != os.O_RDONLY):
                os.fchmod(handle, stat.S_IMODE(found.st_mode) & 0o700)
        except BaseException:
            os.close(handle)
            raise
    return handle


def read_own(path: Path, most: int = MOST_BYTES, *, linked: bool = False) -> bytes:
    """Read a file whole; ``linked``: outside of ``.smsconf`` links are followed, as to a mounted secret.

    Raises:
        NotOurs: as :func:`open_own`, or it has more than ``most`` bytes.
        OSError: it cannot be read.
    """
    if linked and STATE_FOLDER not in path.parts:
        handle = os.open(path, os.O_RDONLY | _FILE & ~os.O_NOFOLLOW)
    else:
        handle = open_own(path)
    with os.fdopen(handle, "rb") as file:
        _refuse_irregular(path, os.fstat(handle))
        content = file.read(most + 1) if os.fstat(file.fileno()).st_size <= most else None
    if content is None or len(content) > most:
        raise NotOurs(path, _("it has more than {most} MiB").format(most=most // (1024 * 1024)))
    return content


def write_own(path: Path, content: bytes, *, make: bool = False) -> None:
    """Put a whole new file in the place of a path, its owner's alone; on the disk when this returns.

    Raises:
        NotOurs, OSError: as :func:`replacing`.
    """
    with replacing(path, make=make) as file:
        file.write(content)


def write_atomically(path: Path, content: bytes) -> None:
    """Put a whole new file in the place of a person's; on the disk when this returns, and a link stays one.

    An old file keeps its permissions, and where we may its owner; a new one gets what the umask leaves.

    Raises:
        OSError: it cannot be written, or is no regular file.
    """
    place = Path(os.path.realpath(path))
    replaceable = True
    with suppress(FileNotFoundError):  # what /dev/stdout leads to may have no name, or an old one
        found, replaceable = path.stat(), False
        replaceable = stat.S_ISREG(found.st_mode) and os.path.samestat(place.stat(), found)
    if not replaceable:
        raise OSError(0, _("it is no regular file"), str(path))
    with replacing(place, mode=None, mounted=False) as file:
        file.write(content)


@contextmanager
def replacing(
    path: Path, *, make: bool = False, mode: int | None = 0o600, mounted: bool = True
) -> Iterator[BinaryIO]:
    """Write a new file that takes the place of a path at the end, whole, or not at all on an exception.

    Args:
        path: the file.
        make: make its folders, too.
        mode: its permissions. Without, those of the old file, else what the umask leaves.
        mounted: without a mode, write in place what cannot be replaced, such as a file mounted into a
            container.

    Raises:
        NotOurs: what is there is no regular file, or a link leads to it.
        OSError: it cannot be written.
    """
    with _folder(path, make=make) as (folder, name):
        found = _look(path, folder, name)
        if found and not os.access(name, os.W_OK, dir_fd=folder):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        temporary = f".smsconf-{os.urandom(8).hex()}.tmp"
        fresh = 0o600 if mode is not None or found else 0o666
        mounted = mounted and mode is None and found is not None
        try:
            handle = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | _FILE, fresh, dir_fd=folder)
        except OSError as error:
            if not mounted or error.errno not in _IRREPLACEABLE:
                raise
            with _in_place(folder, name) as file:
                yield file
            return
        try:
            with os.fdopen(handle, "w+b") as file:
                if mode is not None:
                    os.fchmod(handle, mode)
                yield file
                file.flush()
                os.fsync(handle)
                if found and mode is None:
                    _take_after(handle, found)
                try:
                    os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
                except OSError as error:
                    if not mounted or error.errno not in _IRREPLACEABLE:
                        raise
                    file.seek(0)
                    with _in_place(folder, name) as old:
                        shutil.copyfileobj(file, old)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(temporary, dir_fd=folder)
        with suppress(OSError):  # where the system can
            sync(".", folder)


@contextmanager
def reporting(path: Path) -> Iterator[BinaryIO]:
    """Write a report where a person wants it: as :func:`replacing`, or into a pipe or a channel, in place.

    A channel is what ``/dev`` and ``/proc`` name (``/dev/stdout``, ``/dev/fd/63``); there links are the
    system's own.

    Raises:
        NotOurs: it is a link, or a link leads to it.
        OSError: it cannot be written.
    """
    if is_channel(path):
        with path.open("wb") as file:
            yield file
        return
    with _folder(path, make=False) as (folder, name):
        found = _found(folder, name)
        handle = -1
        if found and (stat.S_ISFIFO(found.st_mode) or stat.S_ISCHR(found.st_mode)):
            flags = os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NOCTTY  # waits for the pipe's reader
            handle = os.open(name, flags, dir_fd=folder)
    with replacing(path, mode=None) if handle < 0 else os.fdopen(handle, "wb") as file:
        yield file


def try_own(path: Path) -> None:
    """Find out whether :func:`reporting` could write, without writing.

    Raises:
        NotOurs, OSError: it could not.
    """
    if is_channel(path):
        return
    with _folder(path, make=False) as (folder, name):
        found = _found(folder, name)
        if found and not (stat.S_ISFIFO(found.st_mode) or stat.S_ISCHR(found.st_mode)):
            _refuse_irregular(path, found)
        if not os.access(name if found else ".", os.W_OK, dir_fd=folder):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))


def sync(name: Path | str, folder: int | None = None) -> None:
    """Force a file, or the names in a folder, onto the disk."""
    handle = os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_channel(path: Path) -> bool:
    """Tell whether a path names a channel of this process and not a file."""
    return path.parts[:2] in {("/", "dev"), ("/", "proc")}


def connect(path: Path, *, read_only: bool = False, make: bool = False, **options: Any) -> sqlite3.Connection:  # noqa: ANN401 - those of sqlite3
    """Open a SQLite file, which SQLite does by name, and so is looked at before and after.

    It is not opened beside SQLite: closing it would take away the locks that this process has on it.

    Args:
        path: the file.
        read_only: nothing is written.
        make: make it and its folders if there are none.
        options: those of ``sqlite3.connect``.

    Raises:
        NotOurs: it, or what SQLite keeps beside it, is no regular file; or it is empty, and not by us.
        OSError, sqlite3.Error: it cannot be opened.
    """
    with _folder(path, make=make) as (folder, name):
        for one in (name, *(name + end for end in _BESIDE)):
            found = _look(path.with_name(one), folder, one, alone=True)
            is_empty = one == name and found and not (read_only or found.st_size)
            # one that is being made is in our folder, or as only we make it
            if is_empty and found and path.parent.name != STATE_FOLDER and found.st_mode & 0o077:
                raise NotOurs(path, _("it is empty, and smsconf did not make it"))
            if found and _is_too_wide(path, found, written=not read_only):
                with suppress(FileNotFoundError):  # SQLite takes away what is beside it
                    os.chmod(one, stat.S_IMODE(found.st_mode) & 0o700, dir_fd=folder)
        if make:
            with suppress(FileExistsError):
                flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | _FILE
                os.close(os.open(name, flags, 0o600, dir_fd=folder))
        before = os.stat(name, dir_fd=folder, follow_symlinks=False)
        place = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links
        uri = f"{place.as_uri()}?mode={'ro' if read_only else 'rw'}"
        database: sqlite3.Connection = sqlite3.connect(uri, uri=True, **options)
        if not os.path.samestat(before, os.stat(place, follow_symlinks=False)):  # noqa: PTH116 - as below
            database.close()
            raise NotOurs(path, _("another file took its place"))
    return database


@contextmanager
def _folder(path: Path, *, make: bool) -> Iterator[tuple[int, str]]:
    """Open the folder of a file, link by link refused; yield its descriptor and the name in it."""
    base, names = _split(path, make=make)
    opened = os.open(base, _FOLDER)
    try:
        for name in names[:-1]:
            inner = _inner(path, opened, name, make=make)
            os.close(opened)
            opened = inner
        yield opened, names[-1]
    finally:
        os.close(opened)


def _split(path: Path, *, make: bool) -> tuple[Path, tuple[str, ...]]:
    """Return the folder that is taken as it is, and the names below it, none of which may be a link.

    ``make``: folders that are to come are among the latter.
    """
    whole, here = Path(os.path.abspath(path)), Path.cwd()  # noqa: PTH100 - resolve() would follow links
    parts = whole.parts
    if STATE_FOLDER in parts[1:]:
        count = len(parts) - 1 - parts[::-1].index(STATE_FOLDER)
    elif whole.is_relative_to(here) and (here != Path(here.root) or not path.is_absolute()):
        count = len(here.parts)
    else:
        count = len(parts) - 1
        while make and not os.path.lexists(Path(*parts[:count])):
            count -= 1
    if count >= len(parts):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    return Path(*parts[:count]), parts[count:]


def _inner(path: Path, folder: int, name: str, *, make: bool) -> int:
    """Open a folder in a folder; one of ours that others may look into is closed to them."""
    flags = _FOLDER | os.O_NOFOLLOW
    try:
        inner = os.open(name, flags, dir_fd=folder)
    except FileNotFoundError:
        if not make:
            raise
        with suppress(FileExistsError):
            os.mkdir(name, 0o700, dir_fd=folder)
        inner = os.open(name, flags, dir_fd=folder)
    except OSError as error:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if stat.S_ISLNK(found.st_mode):
            raise NotOurs(path, _("{name}, a folder on its way, is a link").format(name=name)) from error
        raise
    found = os.fstat(inner)
    if name == STATE_FOLDER and _is_too_wide(path, found, written=True):
        with suppress(OSError):
            os.chmod(name, 0o700, dir_fd=folder)
    return inner


def _look(path: Path, folder: int, name: str, *, alone: bool = False) -> os.stat_result | None:
    """Look at what has a name, without opening it; nothing if there is nothing.

    ``alone``: it shall have no other name either.
    """
    found = _found(folder, name)
    if found:
        _refuse_irregular(path, found)
    if alone and found and found.st_nlink > 1:
        raise NotOurs(path, _("it has a second name (a hard link), whose file would be written too"))
    return found


def _found(folder: int, name: str) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None


def _refuse_irregular(path: Path, found: os.stat_result) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if stat.S_ISLNK(found.st_mode):
        raise NotOurs(path, _(_LINK))
    if not stat.S_ISREG(found.st_mode):
        raise NotOurs(path, _("it is no regular file"))


def _is_too_wide(path: Path, found: os.stat_result, *, written: bool) -> bool:
    """Tell whether others may use what is ours alone; what a person's option names to be read is not ours."""
    is_ours = found.st_uid == os.geteuid() and (written or STATE_FOLDER in path.parts)
    return is_ours and bool(found.st_mode & 0o077)


def _in_place(folder: int, name: str) -> BinaryIO:
    file = os.fdopen(os.open(name, os.O_WRONLY | _FILE, dir_fd=folder), "wb")
    file.truncate()
    return file


def _take_after(handle: int, found: os.stat_result) -> None:
    """Give a new file the group, the owner and the permissions of the old one, as far as we may."""
    for owner, group in ((-1, found.st_gid), (found.st_uid, -1)):
        with suppress(OSError):
            os.fchown(handle, owner, group)
    os.fchmod(handle, stat.S_IMODE(found.st_mode))
