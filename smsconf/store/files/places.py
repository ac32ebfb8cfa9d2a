"""Which files hold what a project sent and received, and where else something was received into.

Nothing of what is in them is read here.
"""

from __future__ import annotations

import os
from pathlib import Path

from smsconf.checkout import state_folder
from smsconf.language import _
from smsconf.model.errors import SmsconfError, unwritable
from smsconf.own_files import STATE_FOLDER, open_own, read_own

_INBOXES = "inboxes"  # paths of other files that something was received into, one a line


def sent_path(folder: Path) -> Path:
    """Return the file of what ``send`` sent."""
    return state_folder(folder) / "sent.db"


def ledger_path(folder: Path) -> Path:
    """Return the file of what ``bulk`` sent."""
    return state_folder(folder) / "ledger.db"


def inbox_path(folder: Path, database: Path | None = None) -> Path:
    """Return the file to receive into."""
    return database or state_folder(folder) / "inbox.db"


def inboxes(folder: Path) -> list[Path]:
    """Return every file that something was received into for a project, its own first; there may be none.

    Raises:
        SmsconfError: one that was received into is gone, and with it who opted out there.
    """
    own = inbox_path(folder)
    others = [Path(path) for path in _noted(folder)]
    for path in others:
        if not path.exists():
            raise SmsconfError(
                _("{file} is gone, and something was received into it").format(file=path),
                why=_("who opted out there would be written to"),
                fix=_("put it back, or delete its line in {list}").format(
                    list=folder / STATE_FOLDER / _INBOXES
                ),
            )
    return [own, *others] if own.exists() else others


def note_inbox(folder: Path, path: Path) -> None:
    """Remember for a project that something is received into a file that is not its own.

    Raises:
        SmsconfError: it cannot be written down.
    """
    is_project = (folder / "smsconf.yaml").exists() or (folder / STATE_FOLDER).exists()
    noted = _noted(folder)
    place = path.resolve()
    if not is_project or str(place) in noted or place == inbox_path(folder).resolve():
        return
    listed = folder / STATE_FOLDER / _INBOXES
    try:
        handle = open_own(listed, os.O_WRONLY | os.O_APPEND, make=True)
        with os.fdopen(handle, "ab") as file:  # appended in one piece: two receivers may start at one time
            file.write(f"\n{place}\n".encode())
    except OSError as error:
        raise unwritable(listed, error) from error


def _noted(folder: Path) -> list[str]:
    listed = folder / STATE_FOLDER / _INBOXES
    try:
        lines = read_own(listed).decode().splitlines()
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise SmsconfError(
            _("cannot read {file}: {reason}").format(file=listed, reason=error),
            fix=_("write the path of a file with what was received on each line, or delete it"),
        ) from error
    return list(dict.fromkeys(line.strip() for line in lines if line.strip()))
