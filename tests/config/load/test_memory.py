"""Whose memory a project has, and whether it must be a shared one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from smsconf.config import load_project
from tests.config.conftest import Load, spots, write
from tests.test_checkout import git, made

BASE = "version: 1\nprovider: {emulator: {database: .smsconf/x.db}}\n"


@pytest.mark.parametrize("name", ["shop", "''", "teams/shop_1.cn-2", "商城", "a" * 100])
def test_project_has_the_name_that_its_file_says(load: Load, name: str) -> None:
    """Also the empty one, of the folder that was the root of a repository."""
    project = load(f"{BASE}project: {name}\n")
    assert (project.project, project.diagnostics) == (name.strip("'"), ())


@pytest.mark.parametrize("name", ["/shop", "my shop", "a:b", '"a\\n"', "a" * 101, '"\\u202ea"'])
def test_name_of_other_characters_is_refused(load: Load, name: str) -> None:
    """It stands in comments, file names and addresses of pages."""
    project = load(f"{BASE}project: {name}\n")
    assert spots(project) == [("SMS025", f"smsconf.yaml:3:10+{len(name)}")]
    assert project.diagnostics[0].fix is not None


@pytest.mark.parametrize(
    ("line", "code", "fix"),
    [
        ("project: 7", "SMS022", "put it in quotes: project: '7'"),
        ("project:", "SMS022", "write a value after project:, or remove the key"),
        ("store: [shared]", "SMS022", "put the text in quotes: store: '[shared]'"),
        ("store: shred", "SMS023", "write shared"),
        ("store: files", "SMS023", "write shared"),
    ],
)
def test_value_of_another_kind_is_refused(load: Load, line: str, code: str, fix: str) -> None:
    """With the order that mends it."""
    (found,) = load(f"{BASE}{line}\n").diagnostics
    assert (found.code, found.fix) == (code, fix)


def test_project_without_a_name_has_the_path_inside_its_repository(tmp_path: Path) -> None:
    """By any way to the folder, in a worktree too; at the root and outside of any it is empty."""
    files = {"smsconf.yaml": BASE, "teams/商城/smsconf.yaml": BASE}
    write(tmp_path / "outside", files)
    assert load_project(tmp_path / "outside/teams/商城").project == ""
    root = made(tmp_path / "repository")
    write(root, files)
    (tmp_path / "link").symlink_to(root / "teams")
    assert load_project(root).project == ""
    assert load_project(root / "teams/商城").project == "teams/商城"
    assert load_project(tmp_path / "link/商城").project == "teams/商城"
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "x")
    git(root, "worktree", "add", "--quiet", str(tmp_path / "tree"))
    assert load_project(tmp_path / "tree/teams/商城").project == "teams/商城"


def test_path_that_is_no_text_is_a_name_all_the_same(tmp_path: Path) -> None:
    """A database takes no half characters."""
    root = made(tmp_path / "repository")
    folder = root / os.fsdecode(b"shop-\xff")
    write(folder, {"smsconf.yaml": BASE})
    assert load_project(folder).project == "shop-\\xff"


@pytest.mark.parametrize(
    ("root", "overlay", "required"),
    [
        ("", "", (False, False)),
        ("store: shared\n", "", (True, True)),
        ("", "store: shared\n", (False, True)),
        ("store: shared\n", "store: null\n", (True, False)),
    ],
)
def test_shared_store_may_be_asked_for_by_an_environment(
    load: Load, root: str, overlay: str, required: tuple[bool, bool]
) -> None:
    """Whoever tries things out on the files alone needs no server."""
    files = {
        "smsconf.yaml": f"{BASE}environments: {{prod: {{overlay: prod.yaml}}}}\n{root}",
        "prod.yaml": f"mark: true\n{overlay}",
    }
    said = [load(files, environment) for environment in ("", "prod")]
    assert tuple(project.requires_shared_store for project in said) == required
    assert not any(project.diagnostics for project in said)
