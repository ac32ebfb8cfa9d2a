"""A list read for a job: whoever opted out is left out, and stays a part of what the list says."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path

from smsconf.messaging.bulk.batches import Draft
from smsconf.messaging.lists.table import Reading
from smsconf.messaging.receive.opt_outs import OptOuts
from smsconf.model.address import Address
from smsconf.workflow.list_job import Job, LeftOut, Read, list_chunks, read_list
from tests.messaging.lists.test_recipients import PLAIN


def read(folder: Path, text: str, opted_out: Iterable[str] = ()) -> tuple[Read, list[Draft], str]:
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
    kept: list[Draft] = []
    with list_chunks(job, PLAIN) as chunks:
        found = read_list(
            job,
            PLAIN,
            chunks,
            LeftOut(OptOuts([], opted_out), []),
            recent=lambda _numbers: 0,
            keep=kept.append,
            reading=nullcontext(lambda _what, _done, _total: None),
        )
    return found, kept, (folder / "dropped.csv").read_text(encoding="utf-8")


def test_opted_out_numbers_are_left_out_however_they_are_written(tmp_path: Path) -> None:
    """Each with its row, and counted by the reason."""
    text = "13812345678\n+86 137-0000-0007\n13912345678\n"
    found, kept, dropped = read(tmp_path, text, ["138 1234 5678", "+8613700000007"])
    assert [one.numbers for one in kept] == [["8613912345678"]]
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
