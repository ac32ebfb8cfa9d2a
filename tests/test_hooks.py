"""The hooks for pre-commit: their entries run here in a repository, as pre-commit runs them."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from smsconf.cli.main import COMMANDS

ROOT = Path(__file__).parents[1]
HOOKS = {one["id"]: one for one in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}


@pytest.fixture
def repository(tmp_path) -> Path:
    """The example as a git repository, everything staged, with the project in a folder of it."""
    shutil.copytree(ROOT / "examples" / "shop", tmp_path / "sms", ignore=shutil.ignore_patterns(".smsconf"))
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    return tmp_path


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


def hook(name: str, folder: Path, *args: str) -> tuple[int, bool, str]:
    """Run a hook's entry; return its exit code, whether it changed files, and what it said."""
    program, *words = shlex.split(HOOKS[name]["entry"])
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert program in scripts
    environment = {key: value for key, value in os.environ.items() if key != "SMSCONF_ENV"}
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "smsconf", *words, *args],
        cwd=folder,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert "Traceback" not in done.stderr
    return done.returncode, bool(git(folder, "diff", "--name-only")), done.stdout + done.stderr


def test_hooks_are_whole_and_take_no_file_names() -> None:
    """Each names a command that exists; files include each other, so a project is checked as a whole."""
    assert list(HOOKS) == ["smsconf-fmt", "smsconf-validate", "smsconf-lint"]
    for one in HOOKS.values():
        assert one["entry"].split()[1] in COMMANDS
        assert one["name"] == one["entry"]
        assert one["description"]
        assert one["language"] == "python"
        assert one["pass_filenames"] is False
        assert one["types"] == ["yaml"]


@pytest.mark.parametrize("name", HOOKS)
def test_hook_passes_what_is_in_order(repository, name: str) -> None:
    """Exit 0 and no file changed, with args as the README has them."""
    code, changed, _ = hook(name, repository, "--project", "sms")
    assert (code, changed) == (0, False)


@pytest.mark.parametrize(
    ("name", "entry", "code", "changed", "said"),
    [
        ("smsconf-fmt", "{content: 包裹已到店。, app: shop}", 0, True, "sms/templates/z.yaml"),
        ("smsconf-fmt", "{", 1, False, "SMS005"),
        ("smsconf-validate", "{app: shop, signature: no, content: 包裹已到店。}", 3, False, "SMS402"),
        ("smsconf-lint", "{app: shop, signature: shop-notice, content: 包裹★已到店。}", 3, False, "SMS307"),
    ],
)
def test_hook_stops_a_commit(repository, name: str, entry: str, code: int, changed: bool, said: str) -> None:
    """An exit code, or a changed file, is what stops a commit; and it says where."""
    (repository / "sms" / "templates" / "z.yaml").write_text(f"templates:\n  z: {entry}\n", encoding="utf-8")
    git(repository, "add", "-A")
    found = hook(name, repository, "--project", "sms")
    assert found[:2] == (code, changed)
    assert said in found[2]
