"""The house: which room may import which, where each third-party package lives, how big things may grow."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

import smsconf

ROOT = Path(smsconf.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))
NAMES = {
    ".".join(("smsconf", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
    for path in MODULES
}

# room → the rooms it may import besides its own. A room that is not here fails: a new one is a decision,
# made here. The longest name that fits is the room of a module; who may import a room may import its parts.
BASE = {"language", "model", "patterns"}
ALLOWED: dict[str, set[str]] = {
    "": set(),
    "__main__": {"cli"},
    "checkout": {"language", "model", "own_files"},
    "few_words": set(),
    "language": set(),
    "metrics": {"language", "model"},
    "model": {"language"},
    "origin": {"checkout"},
    "own_files": {"language"},
    "patterns": set(),
    "serving": {"few_words"},
    "signing": set(),
    "reconcile": BASE,
    "store": BASE | {"origin", "reconcile", "store.files", "store.postgres"},
    "store.entries": BASE | {"reconcile"},
    "store.postgres": BASE | {"origin", "store"},
    "store.files": BASE | {"checkout", "origin", "own_files", "store"},
    "config.bounds": set(),
    "config.problems": {"language", "model"},
    "config.yaml": {"language", "model", "config.bounds", "config.problems"},
    "config.format": BASE | {"own_files", "config.bounds", "config.problems", "config.yaml"},
    "config.load": {
        *BASE,
        *("checkout", "own_files", "reconcile"),
        *("config.bounds", "config.problems", "config.yaml", "config.format"),
    },
    "config.edit": {
        *BASE,
        *("own_files", "reconcile"),
        *("config.problems", "config.yaml", "config.format", "config.load"),
    },
    "config": set(),
    "lint.text": {"language"},
    "lint.rules": BASE | {"lint"},
    "lint": BASE,
    "cloud.http": BASE | {"signing"},
    "cloud.auth": BASE | {"cloud.http"},
    "cloud.read": BASE | {"own_files", "reconcile", "cloud.http"},
    "cloud.apply": BASE | {"reconcile", "cloud.http", "cloud.read"},
    "cloud": set(),
    "messaging.numbers": {"language", "model"},
    "messaging.normal_number": set(),
    "messaging.masking": set(),
    "messaging.send": BASE
    | {
        "own_files",
        "reconcile",
        "cloud.auth",
        "cloud.http",
        "messaging.masking",
        "messaging.numbers",
        "store",
    },
    "messaging.receive": BASE
    | {"metrics", "own_files", "serving", "signing", "store", "messaging.normal_number", "messaging.send"},
    "messaging.lists": BASE | {"messaging.numbers", "messaging.send"},
    "messaging.bulk": BASE
    | {
        *("metrics", "own_files", "cloud.http", "store"),
        *("messaging.lists", "messaging.receive", "messaging.send"),
    },
    "messaging": set(),
    "render": BASE | {"reconcile", "cloud", "config", "guide", "lint", "messaging", "store"},
    "guide": BASE | {"own_files", "reconcile", "store", "config", "lint", "cloud"},
    "workflow": BASE
    | {
        "checkout",
        "origin",
        "own_files",
        "workflow.embedded_emulator",
        "reconcile",
        "config",
        "lint",
        "cloud",
        "messaging",
        "store",
        "guide",
        "render",
    },
    "workflow.embedded_emulator": {"emulator", "language", "model"},
    "emulator.base": {"model", "own_files"},
    "emulator.management": {"model", "emulator.base"},
    "emulator.sending": {"model", "signing", "emulator.base", "emulator.management"},
    "emulator.gateway": {
        *("model", "serving", "signing"),
        *("emulator.base", "emulator.management", "emulator.sending"),
    },
    "emulator": set(),
    "cli": BASE
    | {
        "checkout",
        "origin",
        "own_files",
        "workflow",
        "workflow.embedded_emulator",
        "config",
        "lint",
        "cloud",
        "messaging",
        "store",
        "guide",
        "render",
        "reconcile",
        "few_words",
        "metrics",
        "serving",
        "emulator",
    },
}

# the parts of the planner: each may import those before it
PLANNER = ("versions", "removal", "kinds", "saved_plan")

# the emulator shares nothing with the client: of the nouns only what stands for the world outside
EMULATOR_NOUNS = {"smsconf.model.emulator_keys", "smsconf.model.segments", "smsconf.model.working_days"}

# third-party package → the only rooms that may import it.
HOMES: dict[str, set[str]] = {
    "alembic": {"store.postgres"},
    "chinese_calendar": {"model"},
    "click": {"cli"},
    "deepdiff": {"reconcile"},
    "filelock": {"store.files", "cloud"},
    "h11": {"serving"},
    "httpcore": {"cloud"},
    "httpx": {"cloud", "messaging"},
    "jinja2": {"render"},
    "phonenumbers": {"messaging"},
    "prometheus_client": {"metrics", "messaging"},
    "psycopg": {"store.postgres"},
    "pydantic": {"model", "config", "reconcile"},
    "pydantic_core": {"config"},
    "re2": {"patterns"},
    "rich": {"render"},
    "sqlalchemy": {"store.postgres"},
    "stamina": {"cloud"},
    "starlette": {"emulator", "messaging", "serving"},
    "uvicorn": {"serving"},
    "yaml": {"config.yaml", "config.edit"},
}
FILES = {
    "deepdiff": {"diff.py"},
    "jinja2": {"html.py", "starter.py"},
    "phonenumbers": {"numbers.py"},
    "prometheus_client": {"figures.py", "metrics.py"},
    "rich": {"lines.py"},
}

IO_PACKAGES = {"socket", "ssl", "subprocess", "sqlite3", "logging", "time", "threading", "random", "os"}
IO_CALLS = {
    "now",
    "utcnow",
    "today",
    "open",
    "print",
    "input",
    "read_text",
    "read_bytes",
    "write_text",
    "write_bytes",
}
PURE_ROOMS = {"reconcile", "lint", "model", "language", "patterns", "store.entries"}

MOST_LINES = 400
MOST_FUNCTION_LINES = 60
MOST_MODULES = 22
MEDIAN_LINES = 130
ABOUT_ALL = {"browser", "conformance", "machine", "scenarios", "wheel"}  # tests of the whole
DATA = {"country_table.py", "country_names.py", "codes.py"}  # tables, not code


def room(path: Path) -> str:
    return room_of(".".join(path.relative_to(ROOT).with_suffix("").parts))


def room_of(module: str) -> str:
    """Return the room of a dotted name: the longest one that the table knows."""
    name = module.removeprefix("smsconf").removeprefix(".")
    while name and name not in ALLOWED:
        name = name.rpartition(".")[0]
    return name


def within(room: str, rooms: set[str]) -> bool:
    """Say whether a room, or one that it is a part of, is among these."""
    parts = room.split(".")
    return any(".".join(parts[:length]) in rooms for length in range(1, len(parts) + 1))


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from ({name if name in NAMES else node.module for name in modules})


@pytest.fixture(params=MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def module(request) -> tuple[Path, ast.Module]:
    return request.param, ast.parse(request.param.read_text(encoding="utf-8"))


def test_imports_go_downwards_only(module) -> None:
    """A room imports itself and the rooms below it, never a sibling or one above."""
    path, tree = module
    own = room(path)
    assert own or path == ROOT / "__init__.py", f"{path.name} stands in a room that this test does not know"
    names = {name for name in imported(tree) if name.startswith("smsconf.")} - {"smsconf"}
    assert not {name for name in names if not within(room_of(name), {own} | ALLOWED[own])}
    if within(own, {"emulator"}):
        assert {name for name in names if room_of(name) == "model"} <= EMULATOR_NOUNS


def test_parts_of_the_planner_look_one_way(module) -> None:
    """No two of them import each other: what is decided goes from one to the next."""
    path, tree = module
    own = path.parent.name
    if path.parent.parent == ROOT / "reconcile":
        parts = {name.split(".")[2] for name in imported(tree) if name.startswith("smsconf.reconcile.")}
        assert parts & set(PLANNER) <= {*PLANNER[: PLANNER.index(own)], own}


def test_every_package_has_one_home(module) -> None:
    """A third-party package is imported only where it lives."""
    path, tree = module
    for name in imported(tree):
        package = name.split(".")[0]
        if package in HOMES:
            assert within(room(path), HOMES[package]), f"{package} does not live in {room(path)}"
            assert path.name in FILES.get(package, {path.name})
        else:
            assert package == "smsconf" or package in sys_packages(), f"{package} has no home"


def test_the_core_does_no_input_or_output(module) -> None:
    """Nothing in the pure rooms imports a package that touches the world or reads a clock."""
    path, tree = module
    if within(room(path), PURE_ROOMS):
        assert not {name.split(".")[0] for name in imported(tree)} & IO_PACKAGES
        calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
        assert not {getattr(one, "attr", getattr(one, "id", "")) for one in calls} & IO_CALLS


def test_files_and_functions_stay_small(module) -> None:
    """A file has at most 400 lines (tables of data apart), a function at most 60."""
    path, tree = module
    if path.name not in DATA:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= MOST_FUNCTION_LINES, f"{node.name} has {length} lines"


def test_rooms_stay_small() -> None:
    """A folder holds at most 22 modules, and half of all files have fewer than 130 lines."""
    folders = Counter(path.parent for path in MODULES if path.name != "__init__.py")
    assert not {folder.name for folder, count in folders.items() if count > MOST_MODULES}
    assert median(len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES) < MEDIAN_LINES


def test_every_test_stands_in_the_room_it_is_about() -> None:
    """tests/ has the folders of smsconf/, and some of its own for what is about all of them."""
    tests = Path(__file__).parent
    for path in tests.rglob("test_*.py"):
        folder = path.parent.relative_to(tests)
        assert folder.parts[:1] in {(name,) for name in ABOUT_ALL} or (ROOT / folder).is_dir(), path


def sys_packages() -> frozenset[str]:
    import sys

    return sys.stdlib_module_names
