"""The real program on a pseudo-terminal, and somebody who answers its questions."""

from __future__ import annotations

import os
import pty
import select
import sys
import time
from collections.abc import Callable
from pathlib import Path

PROMPT = b": "  # how every question ends
SECONDS = 60


def at_terminal(folder: Path, *arguments: str, answer: Callable[[str], str]) -> tuple[int, str]:
    """Run a command in a folder; ``answer`` is given what was said since the last answer, at each question.

    Returns the exit code and all that was on the screen.
    """
    pid, terminal = pty.fork()
    if pid == 0:  # pragma: no cover - the child
        os.chdir(folder)
        os.environ.update({"COLUMNS": "100", "LINES": "50", "TERM": "dumb"})
        os.execv(sys.executable, [sys.executable, "-m", "smsconf", *arguments])
    screen, unanswered = b"", b""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        ready = select.select([terminal], [], [], 0.2)[0]
        if ready:
            try:
                chunk = os.read(terminal, 65536)
            except OSError:
                break
            if not chunk:
                break
            screen += chunk
            unanswered += chunk
        elif unanswered.endswith(PROMPT):
            os.write(terminal, answer(unanswered.decode(errors="replace")).encode() + b"\n")
            unanswered = b""
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), screen.decode(errors="replace")
