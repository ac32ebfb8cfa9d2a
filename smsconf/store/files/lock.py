"""Locks of a project's folder: files that one process at a time holds, and who does.

They order the processes of one machine; what another machine does is not known here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from smsconf.language import _
from smsconf.model.errors import SmsconfError, unwritable
from smsconf.own_files import open_own, read_own, write_own
from smsconf.store.holding import held_too_long
from smsconf.store.interfaces import Lock, Work

if TYPE_CHECKING:
    from filelock import FileLock


def open_lock(place: Path) -> FileLock:
    """Return the lock of a file, which is made if there is none.

    Raises:
        OSError: there is no place for it.
    """
    from filelock import FileLock

    os.close(open_own(place, os.O_RDWR, make=True))  # there must be a file, for it is opened by name
    return FileLock(place)


@contextmanager
def hold(
    place: Path, work: Work, *, timeout: float | None, waiting: Callable[[Work | None], None]
) -> Iterator[Lock]:
    """Hold the lock of a file; who holds it stands in another one beside it.

    Raises:
        PlanRefused: somebody else held it for longer than ``timeout`` seconds.
        SmsconfError: there is no place for it.
    """
    from filelock import Timeout

    note = place.with_suffix(".holder")
    try:
        lock = open_lock(place)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            waiting(_holder(note))
            try:
                lock.acquire(timeout=-1 if timeout is None else timeout)
            except Timeout:
                raise held_too_long(_holder(note)) from None
        held = _Held(place)
        write_own(note, json.dumps({**asdict(work), "since": work.since.isoformat()}).encode())
    except OSError as error:
        raise unwritable(place, error) from error
    try:
        yield held
    finally:
        with suppress(OSError):
            note.unlink()
        lock.release()


def holder_of(place: Path) -> Work | None:
    """Return who holds the lock of a file now, if anybody does and said so."""
    from filelock import FileLock, Timeout

    if not place.exists():
        return None
    lock = FileLock(place)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return _holder(place.with_suffix(".holder"))
    except OSError:
        return None
    lock.release()
    return None


class _Held:
    """The file whose lock is held."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._found = place.stat()

    def prove(self) -> None:
        """Make sure that the file that is locked is the one that the next process finds.

        Raises:
            SmsconfError: it was deleted or replaced.
        """
        with suppress(OSError):
            if os.path.samestat(self._place.stat(), self._found):
                return
        raise SmsconfError(
            _("the lock {file} was deleted or replaced while it was held").format(file=self._place),
            why=_("another run may be at work by now"),
            fix=_("run again: it goes on from what is there"),
        )


def _holder(note: Path) -> Work | None:
    """Return who holds a lock; nothing if that cannot be read, or they have not said so yet."""
    try:
        said = json.loads(read_own(note))
        return Work(**{**said, "since": datetime.fromisoformat(said["since"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None
