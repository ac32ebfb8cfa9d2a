"""Whether what a folder remembers went into a shared store: from then on nothing more is remembered here.

A folder gets an id of its own before it is imported, so that it is never imported twice, also where the
process died between the store and the folder.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from smsconf.language import _
from smsconf.model.errors import PlanRefused, SmsconfError, unwritable
from smsconf.own_files import read_own, write_own

_NAME = "imported.json"


@dataclass(frozen=True, slots=True)
class Mark:
    """The id of a folder; when (UTC, ISO 8601) and into which store it was imported, once it was."""

    source: str
    at: str | None = None
    place: str | None = None


def read_mark(state: Path) -> Mark | None:
    """Return the mark of a folder; ``None``: nobody ever imported it.

    Raises:
        SmsconfError: it cannot be read.
    """
    path = state / _NAME
    try:
        return Mark(**json.loads(read_own(path)))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise SmsconfError(
            _("cannot read {file}: {reason}").format(file=path, reason=error),
            why=_("it says whether this folder was imported into a shared store"),
            fix=_("put it back; if the folder never was imported, delete it"),
        ) from error


def source_of(state: Path) -> Mark:
    """Return the mark of a folder, and give it an id if it has none.

    Raises:
        SmsconfError: it cannot be read or written.
    """
    mark = read_mark(state)
    if mark is None:
        mark = Mark(uuid.uuid4().hex)
        _write(state, mark)
    return mark


def mark_imported(state: Path, mark: Mark, at: str, place: str) -> None:
    """Write down that a folder was imported.

    Raises:
        SmsconfError: it cannot be written.
    """
    _write(state, replace(mark, at=at, place=place))


def refuse_imported(state: Path) -> None:
    """Make sure that a folder remembers for itself.

    Raises:
        PlanRefused: it was imported, so nobody would know of what is remembered here.
    """
    mark = read_mark(state)
    if mark is not None and mark.at is not None:
        raise PlanRefused(
            _("{folder} was imported into a shared store, {place}, on {date}").format(
                folder=state, place=mark.place, date=mark.at[:10]
            ),
            why=_("what is remembered here from now on nobody else would know: it could be done twice"),
            fix=_("set SMSCONF_STORE to the address of the store"),
        )


def _write(state: Path, mark: Mark) -> None:
    try:
        write_own(state / _NAME, json.dumps(asdict(mark)).encode(), make=True)
    except OSError as error:
        raise unwritable(state / _NAME, error) from error
