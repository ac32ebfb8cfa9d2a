"""Realistic templates and signatures: the good ones give nothing, the bad ones exactly what they say.

A bad line ends in ``# expect: SMS323@54+14``: the code, and its column and length on that line.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from smsconf.config import load_project
from smsconf.workflow.findings import find_all

DATA = Path(__file__).parents[1] / "data" / "lint"
GOOD = sorted(DATA.glob("good/*.yaml"))
BAD = sorted(DATA.glob("bad/*.yaml"))
EXPECTED = re.compile(r"(SMS\d{3})@(\d+)\+(\d+)")


def found_in(case: Path, folder: Path) -> set[tuple[str, int, int, int]]:
    """Check a file of the corpus on top of the base; only what stands in that file counts."""
    shutil.copy(DATA / "base.yaml", folder / "smsconf.yaml")
    shutil.copy(case, folder / "case.yaml")
    (folder / "files").mkdir()
    for name in ("letter.pdf", "mark.png", "scan.tiff", "our licence.png"):
        (folder / "files" / name).write_bytes(b"x")
    places = [(one.code, one.place) for one in find_all(load_project(folder)) if one.place]
    return {(code, at.line, at.column, at.length) for code, at in places if at.file == "case.yaml"}


@pytest.mark.parametrize("case", GOOD, ids=lambda path: path.stem)
def test_good_file_gives_nothing(case: Path, tmp_path: Path) -> None:
    """What a person would approve passes."""
    assert found_in(case, tmp_path) == set()


@pytest.mark.parametrize("case", BAD, ids=lambda path: path.stem)
def test_bad_file_gives_what_it_says(case: Path, tmp_path: Path) -> None:
    """Every expected finding at its place, and nothing else."""
    expected = {
        (found[1], number, int(found[2]), int(found[3]))
        for number, line in enumerate(case.read_text(encoding="utf-8").splitlines(), 1)
        for found in EXPECTED.finditer(line.partition("# expect:")[2])
    }
    assert found_in(case, tmp_path) == expected


def test_corpus_is_large() -> None:
    """At least 150 entries, more than 60 of them bad."""
    entries = {
        path: len(re.findall(r"^  [\w-]+: \{", path.read_text(encoding="utf-8"), re.MULTILINE))
        for path in (*GOOD, *BAD)
    }
    assert sum(entries.values()) >= 150
    assert sum(entries[path] for path in BAD) >= 60
