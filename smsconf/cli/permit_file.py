"""Plan files on the disk, and which checkout and account a plan is for.

What a plan file permits is judged in ``reconcile``; here it is written and read.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from smsconf.cli.session import Session
from smsconf.config import Project
from smsconf.errors import SmsconfError
from smsconf.language import _
from smsconf.own_files import is_channel, read_own, write_own
from smsconf.reconcile.permit import Permit, Scope, read_permit

_MOST_BYTES = 64 * 1024 * 1024
_MOST_REFERENCE_BYTES = 16 * 1024 * 1024  # packed-refs of a large repository
_COMMIT_LENGTHS = (40, 64)


def scope_of(session: Session, project: Project) -> Scope:
    """Say for whom a plan is made."""
    return Scope(
        project=project.name,
        environment=project.environment,
        site=session.client.site.name,
        project_id=session.client.project_id,
        fingerprint=project.fingerprint,
        account=session.client.known_scope,
    )


def write_file(path: Path, permit: Permit) -> None:
    """Write a plan file that only its owner can read; whoever reads it finds the old one or the new one.

    Raises:
        SmsconfError: the file cannot be written.
    """
    try:
        write_own(path, permit.text().encode())
    except OSError as error:
        raise SmsconfError(
            _("cannot write {path}: {reason}").format(path=path, reason=error.strerror or error),
            fix=_("name a file in a folder that you can write to"),
        ) from error


def read_file(path: Path) -> Permit:
    """Read a plan file.

    Raises:
        SmsconfError: it cannot be read, or is no plan file.
    """
    try:
        return read_permit(_content(path).decode())
    except OSError as error:
        raise SmsconfError(
            _("cannot read {path}: {reason}").format(path=path, reason=error.strerror or error),
            fix=_("make it first: smsconf plan --out FILE"),
        ) from error
    except UnicodeDecodeError as error:
        raise SmsconfError(_("{path} is no plan file: it is not text").format(path=path)) from error


def _content(path: Path) -> bytes:
    if not is_channel(path):
        return read_own(path, _MOST_BYTES)
    with path.open("rb") as file:  # of another program, such as /dev/stdin
        return file.read(_MOST_BYTES)


def commit_of(folder: Path) -> str | None:
    """Return the commit that a folder is a checkout of, read from git's own files; nothing if it is none."""
    for parent in (folder.absolute(), *folder.absolute().parents):
        place = parent / ".git"
        if place.exists():
            with suppress(OSError, UnicodeDecodeError):
                return _head(place)
            return None
    return None


def _head(place: Path) -> str | None:
    """Follow HEAD to a commit; in a worktree ``.git`` is a file that says where its folder is."""
    git = place
    if place.is_file():
        git = place.parent / _read(place).removeprefix("gitdir:").strip()
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
