"""What git tracks of what a project remembers, read from its index as git itself wrote it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from smsconf.checkout import commit_of, state_folder
from smsconf.model.errors import SmsconfError

JOURNAL = ".smsconf/journal.1.jsonl"


def git(folder: Path, *arguments: str) -> str:
    """Run git as itself, whatever this machine's own settings say."""
    environ = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    settings = ["-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "core.hooksPath=/dev/null"]
    command = ["git", "-C", str(folder), *settings, *arguments]
    return subprocess.run(command, env=environ, check=True, capture_output=True, text=True).stdout


def made(folder: Path, *names: str, form: str = "sha1") -> Path:
    """Make a repository that tracks some files."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", f"--object-format={form}")
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}\n", encoding="utf-8")
    git(folder, "add", "--force", "--", *names)
    return folder


def refused(folder: Path) -> bool:
    try:
        return state_folder(folder) != folder / ".smsconf"
    except SmsconfError:
        return True


@pytest.mark.parametrize("version", [2, 4])
@pytest.mark.parametrize("form", ["sha1", "sha256"])
def test_tracked_journal_is_found_in_every_index(tmp_path, version, form) -> None:
    """Among neighbours with the same beginnings, whose paths version 4 shortens."""
    names = [".sms/a", ".smsconf-b", JOURNAL, "z/" + "long" * 50, *(f"dir/file-{n}" for n in range(300))]
    folder = made(tmp_path / "shop", *names, form=form)
    git(folder, "update-index", f"--index-version={version}")
    assert refused(folder)
    git(folder, "rm", "--quiet", "-r", "--cached", ".smsconf")
    assert not refused(folder)
    assert (folder / JOURNAL).exists()


@pytest.mark.parametrize(
    ("name", "believed"),
    [
        (JOURNAL, True),
        (".smsconf/journal.jsonl", True),
        (".smsconf/journal.v1.jsonl", True),
        (".smsconf/ledger.db", True),
        (".smsconf/ledger.db-wal", True),
        (".smsconf/inbox.db", True),
        (".smsconf/sent.db", True),
        (".smsconf/secrets.json", True),
        (".smsconf/attributes-china-0123.json", True),
        (".SMSCONF/journal.jsonl", True),
        (".\u017fmsconf/journal.jsonl", True),  # a long s, the same name on a Mac
        (".smsconf", True),
        (".smsconf/.gitignore", False),
        (".smsconf/.gitkeep", False),
        (".smsconf/README.md", False),
        (".smsconf/emulator.db", False),
        ("docs/.smsconf/journal.jsonl", False),
        ("smsconf/journal.jsonl", False),
        (".smsconf.d/journal.jsonl", False),
    ],
)
def test_only_what_is_believed_and_lies_in_the_folder_counts(tmp_path, name, believed) -> None:
    """A note, an emulator's database and other folders may be tracked."""
    assert refused(made(tmp_path / "shop", "smsconf.yaml", name)) == believed


def test_project_in_a_folder_of_the_repository_is_told_from_its_neighbours(tmp_path) -> None:
    """The journal of the one is not that of the other."""
    root = made(tmp_path / "all", f"a/{JOURNAL}", "b/smsconf.yaml")
    assert refused(root / "a")
    assert not refused(root / "b")
    assert not refused(root)


def test_worktrees_marked_entries_and_split_indexes_are_read(tmp_path) -> None:
    """A worktree has an index of its own; an entry without a content, and one in a shared index, count."""
    root = made(tmp_path / "main", "smsconf.yaml", JOURNAL)
    git(root, "commit", "--quiet", "--message", "x")
    git(root, "worktree", "add", "--quiet", str(tmp_path / "tree"))
    assert refused(tmp_path / "tree")
    assert commit_of(tmp_path / "tree") == git(root, "rev-parse", "HEAD").strip()
    git(root, "update-index", "--split-index")
    assert refused(root)
    other = made(tmp_path / "other", "smsconf.yaml")
    (other / ".smsconf").mkdir()
    (other / JOURNAL).write_text("{}\n", encoding="utf-8")
    assert not refused(other)
    git(other, "add", "--intent-to-add", JOURNAL)
    assert refused(other)


def test_without_a_repository_or_with_a_broken_one_nothing_is_claimed(tmp_path) -> None:
    """No checkout, no index, an index cut short, a folder that git does not know."""
    assert not refused(tmp_path)
    folder = made(tmp_path / "shop", JOURNAL)
    index = (folder / ".git/index").read_bytes()
    for content in (b"", b"DIRC", index[:12], index[:60], b"DIRC" + b"\xff" * 200):
        (folder / ".git/index").write_bytes(content)
        assert not refused(folder)
    (folder / ".git/index").unlink()
    assert not refused(folder)
