"""The person at the terminal: asked before something is sent, and heard when they want it to stop."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import click

from smsconf.language import _
from smsconf.render.lines import clean

_PAUSE = 0.1  # seconds between two looks of somebody who waits


def confirmed(question: str, *, otherwise: str | None = None) -> bool:
    """Ask on stderr; anything but yes is no, and ``otherwise`` is said then."""
    click.echo(clean(question, source=True), err=True, nl=False)
    answer = sys.stdin.readline().strip().lower()
    if answer == "yes":
        return True
    click.echo(otherwise or _("nothing sent"), err=True)
    return False


class Stop:
    """The wish to stop; a signal may set it at any moment, so it holds no lock (``threading.Event`` does)."""

    def __init__(self) -> None:
        self._by: int | None = None

    @property
    def exit_code(self) -> int:
        """What a shell calls a program that this ended: 143 for a termination, else 130 as for Ctrl-C."""
        return 128 + (signal.SIGTERM if self._by == signal.SIGTERM else signal.SIGINT)

    def is_set(self) -> bool:
        """Tell whether somebody wants it."""
        return self._by is not None

    def set(self, by: int = signal.SIGINT) -> None:
        """Want it; ``by`` is the signal that said so."""
        self._by = by

    def wait(self, seconds: float) -> bool:
        """Wait until somebody wants it, or the time is up; tell which."""
        end = time.monotonic() + seconds
        while not self.is_set() and (left := end - time.monotonic()) > 0:
            time.sleep(min(_PAUSE, left))
        return self.is_set()


@contextmanager
def stop_on_interrupt(stop: Stop | None = None) -> Iterator[Stop]:
    """Turn Ctrl-C into a wish to stop after what is in flight; a second one stops at once.

    A termination, as schedulers send it, or a lost terminal is the same wish, however often it comes; once it
    is heard, another one does not keep the report from being written. Ctrl-C and a termination are heard even
    if they were ignored when the program started, as they are in the background of a script: what is under
    way ends in good order. Who started it with nohup wants it to outlive the terminal.
    """
    stop = stop or Stop()
    words = "\n" + _("stopping: finishing what is in flight; Ctrl-C again to leave at once") + "\n"
    said = words.encode(errors="replace")

    def handler(number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            if number == signal.SIGINT:
                raise KeyboardInterrupt
            return
        stop.set(number)
        with suppress(OSError):
            os.write(2, said)  # a signal may come in the middle of a print, which cannot be begun twice

    outlives = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    ends = [signal.SIGTERM] if outlives else [signal.SIGTERM, signal.SIGHUP]
    before = {number: signal.signal(number, handler) for number in (signal.SIGINT, *ends)}
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before[signal.SIGINT])
        for number in ends:
            signal.signal(number, signal.SIG_IGN if stop.is_set() else before[number])
