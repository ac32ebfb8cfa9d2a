"""Plan files on the disk, and whom a plan is for.

What a plan file permits is judged in ``reconcile``; here it is written and read.
"""

from __future__ import annotations

from pathlib import Path

from smsconf.language import _
from smsconf.model.errors import SmsconfError, unwritable
from smsconf.own_files import MOST_BYTES, is_channel, read_own, write_own
from smsconf.reconcile.saved_plan.plan_file import Permit, Scope, read_permit
from smsconf.workflow.session import Session


def scope_of(session: Session) -> Scope:
    """Say for whom a plan is made."""
    project = session.project
    return Scope(
        project=project.name,
        environment=project.environment,
        site=session.client.site.name,
        project_id=session.client.project_id,
        fingerprint=project.fingerprint,
        account=session.client.known_scope,
    )


def write_permit(path: Path, permit: Permit) -> None:
    """Write a plan file that only its owner can read; whoever reads it finds the old one or the new one.

    Raises:
        SmsconfError: the file cannot be written.
    """
    try:
        write_own(path, permit.text().encode())
    except OSError as error:
        raise unwritable(path, error) from error


def permit_in(path: Path) -> Permit:
    """Read a plan file.

    Raises:
        SmsconfError: it cannot be read, or is no plan file.
    """
    try:
        return read_permit(_content(path).decode())
    except OSError as error:
        raise SmsconfError(
            _("cannot read {file}: {reason}").format(file=path, reason=error.strerror or error),
            fix=_("make it first: smsconf plan --out FILE"),
        ) from error
    except UnicodeDecodeError as error:
        raise SmsconfError(_("{path} is no plan file: it is not text").format(path=path)) from error


def _content(path: Path) -> bytes:
    if not is_channel(path):
        return read_own(path)
    with path.open("rb") as file:  # of another program, such as /dev/stdin
        return file.read(MOST_BYTES)
