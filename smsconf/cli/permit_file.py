"""Plan files on the disk, and which account a plan is for.

What a plan file permits is judged in ``reconcile``; here it is written and read.
"""

from __future__ import annotations

from pathlib import Path

from smsconf.cli.session import Session
from smsconf.config import Project
from smsconf.language import _
from smsconf.model.errors import SmsconfError
from smsconf.own_files import is_channel, read_own, write_own
from smsconf.reconcile.saved_plan.plan_file import Permit, Scope, read_permit

_MOST_BYTES = 64 * 1024 * 1024


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
