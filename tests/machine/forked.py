"""Commands in processes of their own, forked from this one so that they start at once; killed anywhere."""

from __future__ import annotations

import os
import sqlite3
import sys
import traceback
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smsconf.cli.main import run
from smsconf.messaging.bulk import batches

KILLED = 137


@dataclass(frozen=True)
class Ran:
    """How a command ended; ``code`` is 137 if it was killed."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Fate:
    """What happens to a process: it dies before a statement of a database, or a file cannot grow from there.

    Statements of all databases count, ours and the emulator's, so that death comes before and after what
    the service committed, and between any two of our own.
    """

    dies_at: int | None = None
    full_at: int | None = None
    batch: int = 2  # numbers of one request


def fork(arguments: list[str], folder: Path, fate: Fate = Fate()) -> Ran:
    """Run one command in a folder and wait for its end."""
    out, err = folder / ".out", folder / ".err"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer Pythons warn of threads; those here do nothing meanwhile
        child = os.fork()
    if not child:
        _be_the_command(arguments, folder, fate, out, err)
    _, status = os.waitpid(child, 0)
    return Ran(
        os.waitstatus_to_exitcode(status),
        out.read_text(encoding="utf-8", errors="replace"),
        err.read_text(encoding="utf-8", errors="replace"),
    )


def _be_the_command(arguments: list[str], folder: Path, fate: Fate, out: Path, err: Path) -> None:
    code = 70
    try:
        for number, path in ((0, Path("/dev/null")), (1, out), (2, err)):
            os.dup2(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), number)
        sys.stdin, sys.stdout, sys.stderr = (
            os.fdopen(one, mode) for one, mode in ((0, "r"), (1, "w"), (2, "w"))
        )
        os.chdir(folder)
        os.environ["SMSCONF_SECRETS"] = str(folder / "secrets.json")
        batches.MOST_NUMBERS = fate.batch
        sqlite3.connect = _counting(sqlite3.connect, fate)
        code = run(arguments)
    except BaseException:  # noqa: BLE001 - nothing of this process may go on in the tests
        with suppress(BaseException):
            traceback.print_exc()
    finally:
        with suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _counting(connect: Callable[..., sqlite3.Connection], fate: Fate) -> Any:
    seen = 0

    def count(_statement: str) -> None:
        nonlocal seen
        seen += 1
        if seen == fate.dies_at:
            os._exit(KILLED)

    def connected(database: Any, *more: Any, **named: Any) -> sqlite3.Connection:
        made = connect(database, *more, **named)
        if fate.full_at is not None and "ledger" in str(database):
            (pages,) = made.execute("PRAGMA page_count").fetchone()
            made.execute(f"PRAGMA max_page_count = {pages + fate.full_at}")
        if fate.dies_at is not None:
            made.set_trace_callback(count)
        return made

    return connected
