"""Projects written on the spot: files in, what was loaded out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from smsconf.config import Project, load_project
from smsconf.model.diagnostics import Diagnostic

HEAD = """\
version: 1
provider: {emulator: {database: x.db}}
apps:
  shop: {region: cn}
  other: {region: cn}
  world: {region: intl}
signatures:
  notice: {app: shop, name: 示例商城, type: notification}
  code: {app: shop, name: 示例商城, type: verification}
  foreign: {app: other, name: 别家, type: notification}
templates:
"""
HEAD_LINES = HEAD.count("\n")

Load = Callable[..., Project]


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write files into a folder and return it."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def spot(found: Diagnostic) -> tuple[str, str]:
    """Code and place of a diagnostic, the line counted from the end of HEAD where it is used."""
    assert found.place is not None
    return found.code, f"{found.place.file}:{found.place.line}:{found.place.column}+{found.place.length}"


def spots(project: Project) -> list[tuple[str, str]]:
    """Code and place of every diagnostic, in order."""
    return [spot(found) for found in project.diagnostics]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load a project of the given files; a single text is smsconf.yaml."""

    def loader(files: dict[str, str | bytes] | str | bytes, environment: str | None = None) -> Project:
        given = files if isinstance(files, dict) else {"smsconf.yaml": files}
        return load_project(write(tmp_path, given), environment)

    return loader
