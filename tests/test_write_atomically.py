"""Files are replaced whole: the old text or the new one, never a part."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from smsconf.cli.output import write_whole
from smsconf.own_files import write_atomically


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An old file that its group may write."""
    path = tmp_path / "a.yaml"
    path.write_bytes(b"old")
    path.chmod(0o664)
    return path


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_old_file_keeps_its_permissions_and_leaves_nothing_beside_it(file: Path) -> None:
    """Whoever may read and write it may do so afterwards."""
    write_atomically(file, "新".encode())
    assert (file.read_text("utf-8"), mode(file)) == ("新", 0o664)
    assert list(file.parent.iterdir()) == [file]


def test_new_file_gets_what_the_umask_leaves(tmp_path: Path) -> None:
    """As if an editor had made it."""
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "new", b"x")
    finally:
        os.umask(before)
    assert mode(tmp_path / "new") == 0o640


def test_failure_on_the_way_leaves_the_old_file_and_nothing_else(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk shows at the latest when the text is forced onto it."""

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(file, b"new")
    assert (file.read_bytes(), list(file.parent.iterdir())) == (b"old", [file])


def test_link_stays_a_link(file: Path) -> None:
    """What it leads to gets the new text."""
    link = file.with_name("link")
    link.symlink_to(file.name)
    write_atomically(link, b"new")
    assert (link.is_symlink(), file.read_bytes()) == (True, b"new")


def test_link_in_a_circle_stays_what_it_is(tmp_path: Path) -> None:
    """It was replaced by a file."""
    link = tmp_path / "link"
    link.symlink_to("link")
    with pytest.raises(OSError, match=r"symbolic links|ELOOP"):
        write_atomically(link, b"x")
    assert link.is_symlink()


def test_file_without_a_name_any_more_gets_no_new_one(tmp_path: Path) -> None:
    """What /dev/stdout leads to may be deleted: the report went into a file named ``… (deleted)``."""
    with (tmp_path / "gone").open("w+b") as file:
        (tmp_path / "gone").unlink()
        write_whole(Path(f"/dev/fd/{file.fileno()}"), "报告")
        file.seek(0)
        assert file.read().decode() == "报告"
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_replaced_is_written_in_place(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is mounted into a container is busy."""

    def busy(_old: Path, _new: Path) -> None:
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr(Path, "replace", busy)
    write_whole(file, "new")
    assert (file.read_bytes(), list(file.parent.iterdir())) == (b"new", [file])


def test_what_is_no_file_is_not_replaced(tmp_path: Path) -> None:
    """A folder and a device stay what they are."""
    for path in (tmp_path, Path(os.devnull)):
        with pytest.raises(OSError, match="it is no regular file"):
            write_atomically(path, b"x")


def test_report_goes_into_a_pipe_all_the_same(tmp_path: Path) -> None:
    """As in ``--output >(less)``."""
    reading, writing = os.pipe()
    write_whole(Path(f"/dev/fd/{writing}"), "报告")
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        assert pipe.read() == "报告"
