"""A list read for a job: whoever opted out is left out, and stays a part of what the list says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from smsconf.messaging.lists.table import Reading
from smsconf.messaging.receive.opt_outs import OptOuts
from smsconf.model.address import Address
from smsconf.workflow.bulk_draft import read_list
from smsconf.workflow.bulk_job import Job, LeftOut, Read
from smsconf.workflow.sending import Ready
from smsconf.workflow.session import SILENT
from tests.messaging.lists.test_recipients import PLAIN


def read(folder: Path, text: str, opted_out: Iterable[str] = ()) -> tuple[Read, list[list[str]], str]:
    (folder / "list.txt").write_text(text)
    job = Job(
        subject=Address.parse("template.news"),
        template=Address.parse("template.news"),
        signature=None,
        recipients=folder / "list.txt",
        fixed={},
        opt_outs=(),
        dropped=folder / "dropped.csv",
        shown=str,
        at=None,
        planned=False,
        failed_of=None,
        again=False,
        reading=Reading(),
    )
    kept: list[list[str]] = []
    project: Any = SimpleNamespace(environment=None)
    ui: Any = SimpleNamespace(talk=SILENT)
    left_out = LeftOut(OptOuts([], opted_out), [])
    ready = Ready(PLAIN, {}, datetime(2026, 1, 5, tzinfo=UTC), "account")
    found = read_list(
        None, project, job, ready, left_out, ui, keep=lambda numbers, _values: kept.append(list(numbers))
    )
    return found, kept, (folder / "dropped.csv").read_text(encoding="utf-8")


def test_opted_out_numbers_are_left_out_however_they_are_written(tmp_path: Path) -> None:
    """Each with its row, and counted by the reason."""
    text = "13812345678\n+86 137-0000-0007\n13912345678\n"
    found, kept, dropped = read(tmp_path, text, ["138 1234 5678", "+8613700000007"])
    assert kept == [["8613912345678"]]
    assert (found.summary["rows"], found.summary["valid"]) == (3, 1)
    assert found.summary["dropped"] == {"opted-out": 2}
    assert [line.split(",")[:3] for line in dropped.splitlines()[1:]] == [
        ["1", "+8613812345678", "opted-out"],
        ["2", "+8613700000007", "opted-out"],
    ]


def test_opt_out_makes_no_other_list(tmp_path: Path) -> None:
    """One that comes later would let the list go out again."""
    text = "13812345678\n13912345678\n"
    before, _, _ = read(tmp_path, text)
    after, _, _ = read(tmp_path, text, ["13812345678"])
    assert (before.digest, before.numbers) == (after.digest, after.numbers)
