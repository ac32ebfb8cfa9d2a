"""Open a list, whatever kind of file it is: a workbook or a text; the content says which, not the name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISREG

from smsconf.language import _
from smsconf.messaging.lists.table import Reading, Table, unreadable
from smsconf.messaging.lists.texts import open_text
from smsconf.messaging.lists.workbook import open_workbook

_WORKBOOKS = {".xlsx", ".xlsm"}
_ZIP = b"PK\x03\x04"
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"


def require_file(path: Path) -> bytes:
    """Return the first bytes of a list, which has to be a file: it is read more than once.

    Raises:
        SmsconfError: it cannot be read, or is a pipe, a device or a folder.
    """
    try:
        if path.name == "-" or not S_ISREG(path.stat().st_mode):
            raise unreadable(
                path,
                _("it is no file, but stdin, a pipe, a device or a folder"),
                fix=_("write the list to a file, and name that"),
            )
        with path.open("rb") as file:
            return file.read(4)
    except OSError as error:
        raise unreadable(path, error.strerror or type(error).__name__) from None


@contextmanager
def open_list(path: Path, reading: Reading) -> Iterator[Table]:
    """Open a list.

    Raises:
        SmsconfError: it is none that can be read, or more must be said about it.
    """
    head = require_file(path)
    if head == _OLD_WORKBOOK:
        raise unreadable(
            path, _("it is an old or an encrypted workbook"), fix=_("save it as xlsx without a password")
        )
    if head == _ZIP or path.suffix.lower() in _WORKBOOKS:
        if reading.encoding and reading.firm and not reading.shared:
            raise unreadable(path, _("a workbook knows its encoding"), fix=_("leave out --encoding"))
        with open_workbook(path, reading) as table:
            yield table
    else:
        with open_text(path, reading) as table:
            yield table
