"""The person at the terminal: asked before something is sent, and heard when they want it to stop."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click

from smsconf.language import _


def confirmed(question: str) -> bool:
    """Ask on stderr; anything but yes is no."""
    click.echo(question, err=True, nl=False)
    answer = sys.stdin.readline().strip().lower()
    if answer == "yes":
        return True
    click.echo(_("nothing sent"), err=True)
    return False


@contextmanager
def stop_on_interrupt() -> Iterator[threading.Event]:
    """Turn the first Ctrl-C into a wish to stop after what is in flight; the second stops at once.

    A termination, as schedulers send it, is taken for a Ctrl-C.
    """
    stop = threading.Event()

    def handler(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        click.echo("\n" + _("stopping: finishing what is in flight; Ctrl-C again to leave at once"), err=True)

    before = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handled in before.items():
            signal.signal(number, handled)
