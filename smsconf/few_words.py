"""What a server says about connections that go wrong: little, and without waiting for a reader.

Knows no request and no value that somebody sent.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import sys
import time
from collections.abc import Callable, Iterator

_TELL_SECONDS = 60.0
_MOST_KINDS = 20


def tell(line: str) -> None:
    """Write a line to stderr, unless that would mean to wait for its reader."""
    with contextlib.suppress(OSError, ValueError):
        number = sys.stderr.fileno()
        if select.select([], [number], [], 0)[1]:
            os.write(number, f"{line}\n".encode())


class _FewWords(logging.Handler):
    """Tells each kind of trouble once a minute.

    Neither values nor traces are told: they may hold what a client sent.
    """

    def __init__(self, say: Callable[[str], object]) -> None:
        super().__init__(logging.WARNING)
        self._say = say
        self._told: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        said = str(record.msg).partition("\n")[0][:200]
        if record.exc_info and record.exc_info[0]:
            said += f" ({record.exc_info[0].__name__})"
        now = time.monotonic()
        if now - self._told.get(said, -_TELL_SECONDS) < _TELL_SECONDS:
            return
        if len(self._told) > _MOST_KINDS:  # kinds are few, so this is a flood of new ones
            self._told.clear()
        self._told[said] = now
        self._say(said)


@contextlib.contextmanager
def few_words(say: Callable[[str], object]) -> Iterator[None]:
    """Let uvicorn and asyncio tell ``say`` no more than a little, however many connections go wrong."""
    handler = _FewWords(say)
    loggers = [logging.getLogger(name) for name in ("uvicorn.error", "asyncio")]
    before = [logger.propagate for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.propagate = False
    try:
        yield
    finally:
        for logger, propagate in zip(loggers, before, strict=True):
            logger.removeHandler(handler)
            logger.propagate = propagate
