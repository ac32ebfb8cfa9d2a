"""Say on stderr how far a long step is: a changing line on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from smsconf.language import _

_QUIET_SECONDS = 1.0
_TERMINAL_SECONDS = 0.1
_PLAIN_SECONDS = 10.0


class Update(Protocol):
    """How a step reports: what it handles, how many are done, of how many (0: not known)."""

    def __call__(self, what: str, done: int, total: int) -> None:
        """Report."""


@contextmanager
def progress(verb: str) -> Iterator[Update]:
    """Give a function to report progress with; work of less than a second stays silent."""
    live = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    every = _TERMINAL_SECONDS if live else _PLAIN_SECONDS
    due = time.monotonic() + (_QUIET_SECONDS if live else _PLAIN_SECONDS)
    shown = False

    def update(what: str, done: int, total: int) -> None:
        nonlocal due, shown
        now = time.monotonic()
        if now < due:
            return
        due = now + every
        text = _("{verb} {what}: {done} of {total}") if total else _("{verb} {what}: {done}")
        text = text.format(verb=_(verb), what=_(what), done=done, total=total)
        sys.stderr.write(f"\r\x1b[K{text}" if live else f"{text}\n")
        sys.stderr.flush()
        shown = shown or live

    try:
        yield update
    finally:
        if shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
