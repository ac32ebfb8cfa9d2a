"""What git says of a project's folder, read from git's own files: its commit, its root, what it tracks.

Git itself is not run: it may be absent, refuses a folder of another owner, and does what its configuration
says. Nothing of the repository's objects is read.

Written from https://git-scm.com/docs/index-format and https://git-scm.com/docs/gitrepository-layout, read
2026-11.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from smsconf.language import _
from smsconf.model.errors import SmsconfError
from smsconf.own_files import STATE_FOLDER

_MOST_REFERENCE_BYTES = 16 * 1024 * 1024  # packed-refs of a large repository
_MOST_INDEX_BYTES = 1024 * 1024 * 1024
_COMMIT_LENGTHS = (40, 64)
_DIGEST_LENGTHS = (20, 32)  # of SHA-1 and SHA-256
_STAT_LENGTH = 40
_LONGEST_COUNTED = 0xFFF
_SURE_PART = STATE_FOLDER[-4:].encode()  # of what leads there; an s may be another letter that folds to it
_NOT_BELIEVED = (".", "readme", "emulator")  # how names begin that are no memory of ours


def state_folder(folder: Path) -> Path:
    """Return where a project keeps what it remembers.

    Raises:
        SmsconfError: the repository tracks something in there, so that whoever can commit could forge it.
    """
    state = folder / STATE_FOLDER
    found = next((one for one in _tracked(folder.resolve()) if _is_believed(one)), None)
    if found is None:
        return state
    raise SmsconfError(
        _("the repository tracks {file}, and what smsconf remembers must not come with a commit").format(
            file=state / found if found else state
        ),
        why=_("whoever can commit could forge who confirmed what, and what was sent to whom"),
        fix=_(
            "git rm -r --cached {folder}, and add {line} to .gitignore; if the file is not yours, remove it"
        ).format(folder=state, line=f"{STATE_FOLDER}/"),
    )


def _is_believed(name: str) -> bool:
    """Tell whether a file of the folder is read as memory; the folder itself, ``""``, may be a link."""
    return not name.startswith(_NOT_BELIEVED)


def _tracked(folder: Path) -> Iterator[str]:
    """Yield what git tracks in the folder of what a project remembers, by paths inside it."""
    try:
        found = _find(folder)
    except (OSError, UnicodeDecodeError):
        return
    if found is None:
        return
    root, git = found
    inside = (folder / STATE_FOLDER).relative_to(root).as_posix().casefold()
    for path in _index(git):
        name = path.casefold()  # on some systems other letters lead there as well
        if name == inside or name.startswith(f"{inside}/"):
            yield name[len(inside) + 1 :]


def commit_of(folder: Path) -> str | None:
    """Return the commit that a folder is a checkout of; nothing if it is none."""
    with suppress(OSError, UnicodeDecodeError):
        found = _find(folder.absolute())
        return _head(found[1]) if found else None
    return None


def path_in_repository(folder: Path) -> str:
    """Return the path of a folder inside its git repository, with slashes; empty at its root, and in none.

    Bytes that are no UTF-8 are written with a backslash.
    """
    with suppress(OSError, UnicodeDecodeError):
        whole = folder.resolve()
        found = _find(whole)
        parts = whole.relative_to(found[0]).parts if found else ()
        return os.fsencode("/".join(parts)).decode(errors="backslashreplace")
    return ""


def _find(folder: Path) -> tuple[Path, Path] | None:
    """Return the root of a checkout and its git folder; in a worktree ``.git`` is a file that names it."""
    for parent in (folder, *folder.parents):
        place = parent / ".git"
        if place.is_file():
            return parent, parent / _read(place).removeprefix("gitdir:").strip()
        if place.exists():
            return parent, place
    return None


def _head(git: Path) -> str | None:
    """Follow HEAD to a commit."""
    head = _read(git / "HEAD")
    if not head.startswith("ref:"):
        return _commit(head)
    name = head.removeprefix("ref:").strip()
    common = git / "commondir"
    shared = git / _read(common) if common.is_file() else git
    for folder in (git, shared):
        if (folder / name).is_file():
            return _commit(_read(folder / name))
    for line in _read(shared / "packed-refs").splitlines():
        commit, _, reference = line.partition(" ")
        if reference == name:
            return _commit(commit)
    return None


def _commit(text: str) -> str | None:
    return text if len(text) in _COMMIT_LENGTHS and set(text) <= set("0123456789abcdef") else None


def _read(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.read(_MOST_REFERENCE_BYTES).strip()


def _index(git: Path) -> Iterator[str]:
    """Yield the paths in the index; of a split one also those of the file that it is split from."""
    for place in (git / "index", *git.glob("sharedindex.*")):
        with suppress(OSError), place.open("rb") as file:
            content = file.read(_MOST_INDEX_BYTES)
            for length in _DIGEST_LENGTHS:
                paths = _paths(content, length)
                if paths is not None:
                    yield from (one.decode("utf-8", "surrogateescape") for one in paths)
                    break


def _paths(index: bytes, digest: int) -> list[bytes] | None:
    """Return the paths of an index whose digests have a length; nothing if it does not add up."""
    if index[:4] != b"DIRC" or len(index) < 12:
        return None
    version, count = struct.unpack_from(">II", index, 4)
    if version < 4 and _SURE_PART not in index.lower():  # which is true of most
        return []
    paths: list[bytes] = []
    path, place = b"", 12
    for _entry in range(count):
        try:
            (flags,) = struct.unpack_from(">H", index, place + _STAT_LENGTH + digest)
            start = place + _STAT_LENGTH + digest + (4 if flags & 0x4000 else 2)
            if version >= 4:
                kept, start = _varint(index, start)
                path = path[: len(path) - kept]
            end = index.index(b"\0", start)
        except (struct.error, ValueError, IndexError):
            return None
        path = (path if version >= 4 else b"") + index[start:end]
        if min(len(path), _LONGEST_COUNTED) != flags & _LONGEST_COUNTED:
            return None
        paths.append(path)
        place = end + 1 if version >= 4 else place + ((end - place) // 8 + 1) * 8
    return paths


def _varint(index: bytes, place: int) -> tuple[int, int]:
    """Read how many bytes of the path before are dropped, and where the rest of the path begins."""
    number = index[place] & 0x7F
    while index[place] & 0x80:
        place += 1
        number = ((number + 1) << 7) | (index[place] & 0x7F)
    return number, place + 1
