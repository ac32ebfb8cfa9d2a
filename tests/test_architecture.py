"""The house: which room may import which, where each third-party package lives, how big things may grow."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import smsconf

ROOT = Path(smsconf.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))

NOUNS = {
    "address",
    "console",
    "countries",
    "diagnostics",
    "emulator_keys",
    "errors",
    "language",
    "patterns",
    "resources",
    "segments",
    "signing",
    "sites",
    "workdays",
}

# room → the rooms it may import. A room that is not here fails: a new one is a decision, made here.
ALLOWED: dict[str, set[str]] = {
    "__init__": set(),
    "__main__": {"cli"},
    "address": {"language"},
    "atomic": {"language"},
    "console": {"address", "language", "resources"},
    "countries": set(),
    "diagnostics": set(),
    "emulator_keys": set(),
    "errors": {"diagnostics", "language"},
    "language": set(),
    "own_files": {"language"},
    "patterns": set(),
    "resources": {"address", "workdays"},
    "segments": set(),
    "serving": set(),
    "signing": set(),
    "sites": {"resources"},
    "workdays": set(),
    "reconcile": NOUNS - {"signing"},
    "journal": {"address", "errors", "language", "own_files", "reconcile", "sites"},
    "config": {*NOUNS, "own_files", "atomic", "reconcile"} - {"signing"},
    "lint": NOUNS - {"signing", "workdays"},
    "cloud": {*NOUNS, "own_files", "reconcile"} - {"workdays"},
    "render": {*NOUNS, "reconcile"} - {"signing"},
    "messaging": {*NOUNS, "own_files", "reconcile", "journal", "cloud", "serving"},
    "guide": {*NOUNS, "own_files", "reconcile", "journal", "config", "lint", "cloud"},
    "workflow": {*NOUNS, "reconcile", "config", "lint", "cloud", "messaging", "journal", "guide", "render"},
    "emulator": {"emulator_keys", "own_files", "segments", "serving", "signing", "workdays"},
    "cli": {
        *NOUNS,
        "atomic",
        "own_files",
        "workflow",
        "config",
        "lint",
        "cloud",
        "messaging",
        "journal",
        "guide",
        "render",
        "reconcile",
        "serving",
        "emulator",
    },
}

# third-party package → the only rooms that may import it.
HOMES: dict[str, set[str]] = {
    "chinese_calendar": {"workdays"},
    "click": {"cli"},
    "deepdiff": {"reconcile"},
    "filelock": {"journal", "cloud"},
    "h11": {"serving"},
    "httpcore": {"cloud"},
    "httpx": {"cloud", "messaging"},
    "jinja2": {"render"},
    "phonenumbers": {"messaging"},
    "pydantic": {"resources", "config", "reconcile"},
    "pydantic_core": {"config"},
    "re2": {"patterns"},
    "rich": {"render"},
    "stamina": {"cloud"},
    "starlette": {"emulator", "messaging", "serving"},
    "uvicorn": {"serving"},
    "yaml": {"config"},
}
ONE_FILE = {
    "deepdiff": "diff.py",
    "jinja2": "html.py",
    "phonenumbers": "numbers.py",
    "rich": "terminal.py",
}

IO_PACKAGES = {"socket", "ssl", "subprocess", "sqlite3", "logging", "time", "threading", "random", "os"}
PURE_ROOMS = {"reconcile", "lint", *NOUNS}

MOST_LINES = 400
MOST_FUNCTION_LINES = 60
DATA = {"country_table.py", "countries.py", "codes.py", "exit_codes.py"}  # tables, not code


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            if node.module == "smsconf":
                yield from (f"smsconf.{alias.name}" for alias in node.names)
            else:
                yield node.module


@pytest.fixture(params=MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def module(request) -> tuple[Path, ast.Module]:
    return request.param, ast.parse(request.param.read_text(encoding="utf-8"))


def test_imports_go_downwards_only(module) -> None:
    """A room imports itself and the rooms below it, never a sibling or one above."""
    path, tree = module
    own = room(path)
    assert own in ALLOWED, f"{path.name} stands in a room that this test does not know"
    used = {name.split(".")[1] for name in imported(tree) if name.startswith("smsconf.")}
    assert used - {own, "__version__"} <= ALLOWED[own]


def test_every_package_has_one_home(module) -> None:
    """A third-party package is imported only where it lives."""
    path, tree = module
    for name in imported(tree):
        package = name.split(".")[0]
        if package in HOMES:
            assert room(path) in HOMES[package], f"{package} does not live in {room(path)}"
            assert path.name == ONE_FILE.get(package, path.name)
        else:
            assert package == "smsconf" or package in sys_packages(), f"{package} has no home"


def test_the_core_does_no_input_or_output(module) -> None:
    """Nothing in the pure rooms imports a package that touches the world or reads a clock."""
    path, tree = module
    if room(path) in PURE_ROOMS:
        assert not {name.split(".")[0] for name in imported(tree)} & IO_PACKAGES


def test_files_and_functions_stay_small(module) -> None:
    """A file has at most 400 lines (tables of data apart), a function at most 60."""
    path, tree = module
    if path.name not in DATA:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= MOST_FUNCTION_LINES, f"{node.name} has {length} lines"


def sys_packages() -> frozenset[str]:
    import sys

    return sys.stdlib_module_names
