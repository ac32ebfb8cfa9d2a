"""`smsconf fmt` from outside: which files, what is written and what is not, exit codes."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest

from smsconf.cli.main import run
from smsconf.config import load_project
from smsconf.config.edit.splice import formatted
from smsconf.model.errors import SmsconfError

EXAMPLE = Path(__file__).parents[3] / "examples" / "shop"
ROOT = """\
apps: {shop: {region: cn}}   # ours
version: 1
provider: {emulator: {database: x.db}}
include: [texts.yaml]
environments: {prod: {overlay: prod.yaml}}
"""
TEXTS = "templates:\n  a:\n    content: 您好\n    app: shop\n"
OVERLAY = "templates:\n  a:\n    content: 您好！\n    app: shop\n"


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A project of three files, none of them in order, as the current folder."""
    for name, text in (("smsconf.yaml", ROOT), ("texts.yaml", TEXTS), ("prod.yaml", OVERLAY)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_fmt_writes_every_file_of_the_project_once(project, capsys) -> None:
    """Root, included file and overlay are put in order and named; the second run is silent."""
    assert run(["fmt"]) == 0
    assert capsys.readouterr().out == "smsconf.yaml\ntexts.yaml\nprod.yaml\n"
    assert (project / "smsconf.yaml").read_text("utf-8").endswith("apps: {shop: {region: cn}}   # ours\n")
    assert (project / "texts.yaml").read_text(
        "utf-8"
    ) == "templates:\n  a:\n    app: shop\n    content: 您好\n"
    assert sorted(one.name for one in project.iterdir()) == ["prod.yaml", "smsconf.yaml", "texts.yaml"]
    assert run(["fmt"]) == 0
    assert capsys.readouterr() == ("", "")


def test_check_writes_nothing_and_exits_3(project, capsys) -> None:
    """--check is for pipelines: names on stdout, 3 while a file is not in order, then 0."""
    assert run(["fmt", "--check", "texts.yaml"]) == 3
    assert capsys.readouterr().out == "texts.yaml\n"
    assert (project / "texts.yaml").read_text("utf-8") == TEXTS
    run(["fmt"])
    assert run(["fmt", "--check"]) == 0


def test_diff_shows_what_would_change(project, capsys) -> None:
    """--diff writes nothing; with --check it still exits 3."""
    assert run(["fmt", "--diff", "texts.yaml"]) == 0
    assert capsys.readouterr().out == (
        "--- texts.yaml\n+++ texts.yaml\n@@ -1,4 +1,4 @@\n templates:\n   a:\n+    app: shop\n"
        "     content: 您好\n-    app: shop\n"
    )
    assert run(["fmt", "--diff", "--check", "texts.yaml"]) == 3
    assert (project / "texts.yaml").read_text("utf-8") == TEXTS


def test_files_are_named_from_the_current_folder(project, capsys, monkeypatch) -> None:
    """With --project from elsewhere, the names can be opened from there."""
    monkeypatch.chdir(project.parent)
    assert run(["fmt", "--check", "-C", project.name]) == 3
    assert capsys.readouterr().out.splitlines()[0] == f"{project.name}/smsconf.yaml"


def test_permissions_byte_order_mark_and_links_stay(project) -> None:
    """The file behind a link is replaced, not the link; mode, BOM and CRLF are those of before."""
    real = project / "real.yaml"
    real.write_bytes(b"\xef\xbb\xbf" + TEXTS.replace("\n", "\r\n").encode())
    real.chmod(0o640)
    (project / "texts.yaml").unlink()
    (project / "texts.yaml").symlink_to("real.yaml")
    assert run(["fmt", "texts.yaml"]) == 0
    assert (project / "texts.yaml").is_symlink()
    assert real.read_bytes().startswith(b"\xef\xbb\xbftemplates:\r\n  a:\r\n    app: shop\r\n")
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_read_only_file_is_refused(project, capsys) -> None:
    """It says which file and why, goes on with the others, and exits 1."""
    (project / "texts.yaml").chmod(0o444)
    assert run(["fmt"]) == 1
    said = capsys.readouterr()
    assert said.err == "error: cannot write texts.yaml: it is read-only\n"
    assert said.out == "smsconf.yaml\nprod.yaml\n"
    assert (project / "texts.yaml").read_text("utf-8") == TEXTS


def test_file_that_changed_meanwhile_is_not_overwritten(project) -> None:
    """Somebody's edit between reading and writing is not lost."""
    found = formatted(project / "texts.yaml", "texts.yaml")
    (project / "texts.yaml").write_text(OVERLAY, encoding="utf-8")
    with pytest.raises(SmsconfError, match="changed meanwhile"):
        found.write()
    assert (project / "texts.yaml").read_text("utf-8") == OVERLAY


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "SMS012"),
        (b"# nothing\n", "SMS012"),
        (b"a:\n\tb: 1\n", "SMS015"),
        (b"a: 1\n---\nb: 2\n", "SMS011"),
        (b"version: 1\napps: {}\nversion: 1\n", "SMS006"),
        (b"[" * 100_000, "SMS007"),
        (b"- a\n", "SMS012"),
        (b"a: \xff\n", "SMS002"),
        (b"a: &a [*a]\n", "SMS008"),
        (b"a: *b\n", "SMS008"),
        (b"apps: !!python/object:os.system {}\n", "SMS010"),
    ],
)
def test_broken_file_is_explained_and_left_alone(project, capsys, content: bytes, code: str) -> None:
    """What cannot be read is said as validate says it, with exit 1."""
    (project / "texts.yaml").write_bytes(content)
    assert run(["fmt", "texts.yaml"]) == 1
    said = capsys.readouterr()
    assert f"error[{code}]" in said.err
    assert (project / "texts.yaml").read_bytes() == content


def test_missing_file_and_missing_project_are_errors(project, capsys) -> None:
    """Both exit 1 with the path."""
    assert run(["fmt", "nothing.yaml"]) == 1
    assert "'nothing.yaml' does not exist" in capsys.readouterr().err
    assert run(["fmt", "-C", "nowhere"]) == 1
    assert "nowhere" in capsys.readouterr().err


def test_formatting_changes_nothing_that_counts(project) -> None:
    """The fingerprint of the project, which plans and permits carry, stays."""
    before = load_project(project, "prod").fingerprint
    run(["fmt"])
    assert load_project(project, "prod").fingerprint == before


def test_examples_are_in_order(tmp_path, capsys) -> None:
    """What people copy is formatted."""
    shutil.copytree(EXAMPLE, tmp_path / "shop", ignore=shutil.ignore_patterns(".smsconf"))
    assert run(["fmt", "--check", "-C", str(tmp_path / "shop")]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_folder_that_takes_no_files_is_an_error(project, capsys) -> None:
    """A file cannot be replaced where nothing can be created."""
    project.chmod(0o555)
    try:
        assert run(["fmt", "texts.yaml"]) == 1
        assert "cannot write texts.yaml" in capsys.readouterr().err
    finally:
        project.chmod(0o755)
