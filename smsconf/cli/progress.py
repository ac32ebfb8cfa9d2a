"""How a run speaks on stderr: remarks, whose credentials it uses, and how far a long step is.

Progress is a changing line on a terminal, and elsewhere a line now and then.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from smsconf.cli.output import say
from smsconf.language import _
from smsconf.store.holding import describe
from smsconf.store.interfaces import Work
from smsconf.workflow.session import Talk, Update

_QUIET_SECONDS = 1.0
_TERMINAL_SECONDS = 0.1
_PLAIN_SECONDS = 10.0


@contextmanager
def progress(verb: str) -> Iterator[Update]:
    """Give a function to report progress with: what is done, how much of it, and of how much (0: not known).

    Work of less than a second stays silent.
    """
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


def tell_credentials(source: str) -> None:
    """Say on stderr whose credentials are used, once a command; in JSON the report says it."""
    context = click.get_current_context(silent=True)
    if context and context.params.get("form") == "text" and context.meta.get(__name__) != source:
        context.meta[__name__] = source
        say(_("credentials: {source}").format(source=source))


def say_busy(holder: Work | None) -> None:
    """Say why nothing happens: what was planned now would be old before its turn came."""
    say(_("waiting for {holder}").format(holder=describe(holder)))


TALK = Talk(say, tell_credentials, progress)
"""How every command speaks."""
