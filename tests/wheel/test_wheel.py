"""What is published is whole: built, installed in a fresh environment, and used far from the repository.

``make wheel`` runs this; it takes everything from PyPI anew, so ``make test`` does not.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.test_docs import CONSOLE, README, ROOT, commands_of, shop, steady

__all__ = ["shop"]
GIT = ["git", "-C", str(ROOT), "ls-files", "-z", "smsconf"]
SOURCE = ("smsconf/locale/zh_CN/LC_MESSAGES/smsconf.po",)  # compiled, so a wheel needs it no more


def ran(*command: str, cwd: Path, environ: dict[str, str] | None = None) -> str:
    """Run a program to its good end; return what it printed."""
    done = subprocess.run(command, cwd=cwd, env=environ, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built() -> tuple[Path, Path]:
    """The source distribution of this tree, and a wheel that was built from it and not from the tree."""
    folder = ROOT / os.environ["SMSCONF_WHEEL"]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    ran(sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT), cwd=folder)
    (source,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return source, wheel


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory) -> Path:
    """The folder of programs of a fresh environment that holds the wheel and what it asks for."""
    folder = tmp_path_factory.mktemp("installed")
    ran(sys.executable, "-m", "venv", str(folder), cwd=folder)
    pip = (str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check")
    ran(*pip, "install", "--quiet", str(built[1]), cwd=folder)
    ran(*pip, "check", cwd=folder)
    return folder / "bin"


def tracked() -> set[str]:
    """Return every file of the package that the repository holds."""
    listed = subprocess.run(GIT, check=True, capture_output=True, text=True).stdout
    return set(filter(None, listed.split("\0")))


def test_both_hold_every_file_of_the_package_and_no_test(built) -> None:
    """Code, catalogue, the report's pages, the fidelity table; no tests, nothing that git ignores."""
    source, wheel = built
    with tarfile.open(source) as archive:
        files = {one.name.partition("/")[2] for one in archive.getmembers() if one.isfile()}
    with zipfile.ZipFile(wheel) as packed:
        names = {name for name in packed.namelist() if not name.endswith("/")}
    assert {name for name in files if name.startswith("smsconf/")} == tracked()
    assert {"README.md", "LICENSE", "pyproject.toml"} <= files
    assert {name for name in names if ".dist-info/" not in name} == tracked() - set(SOURCE)
    assert not [name for name in (*files, *names) if "test" in Path(name).parts[0]]
    for name in ("locale/zh_CN/LC_MESSAGES/smsconf.mo", "render/pages/report.html.j2", "py.typed"):
        assert f"smsconf/{name}" in names
    assert "smsconf/emulator/FIDELITY.md" in names


def test_installed_program_plays_the_tour_of_the_readme(installed, shop) -> None:
    """Every console block, command by command in a shell, prints what the README shows."""
    kept = {name: os.environ[name] for name in ("HOME", "TMPDIR") if name in os.environ}
    environ = {**kept, "PATH": f"{installed}:/usr/bin:/bin", "LANG": "C.UTF-8"}
    where = ran(str(installed / "python"), "-c", "import smsconf; print(smsconf.__file__)", cwd=shop)
    assert str(installed.parent) in where
    for block in CONSOLE.findall(README.read_text(encoding="utf-8")):
        shown = ""
        for command in commands_of(block):
            done = subprocess.run(
                ["/bin/sh", "-c", command], cwd=shop, env=environ, check=False, capture_output=True, text=True
            )
            said = (done.stdout + done.stderr).rstrip()
            shown += f"$ {command}\n{said}\n" if said else f"$ {command}\n"
        assert steady(shown) == steady(block)


def test_installed_program_starts_a_project_of_its_own(installed, tmp_path) -> None:
    """An empty folder: init, apply, the review over, a report, and Chinese from the packed catalogue."""
    environ = {"PATH": f"{installed}:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(tmp_path)}

    def smsconf(line: str) -> str:
        return ran(str(installed / "smsconf"), *line.split(), cwd=tmp_path, environ=environ)

    smsconf("init --yes")
    for line in ("lint --strict", "apply --auto-approve", "emulator advance P14D", "apply --auto-approve"):
        smsconf(line)
    smsconf("status --exit-code")
    smsconf("report --html report.html")
    assert "<style>" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert re.search("[\u4e00-\u9fff]", smsconf("--lang zh explain SMS307").partition("\n")[0])
