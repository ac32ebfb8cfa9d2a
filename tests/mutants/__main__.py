"""Draw mutants and tell which ones the unit tests let live: ``make mutants``, ``python -m tests.mutants``.

What the code stands on is loaded once; each mutant then has a forked child of its own, which imports that one
module from the changed tree, so that no file is touched, and runs the tests that call the changed function.
The same seed draws the same mutants of the same tree.
"""

from __future__ import annotations

import argparse
import ast
import gc
import importlib.abc
import importlib.util
import os
import random
import resource
import sys
import tempfile
from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, FrameType, ModuleType

import pytest

from tests.mutants.drawing import ROOT, Finder, Mutant, find_enums

QUIET = ("-x", "-q", "--assert=plain", "-p", "no:randomly", "-p", "no:xdist", "-p", "no:cacheprovider")
_SECONDS = 60  # of the processor, for one mutant; who needs more hangs, and that counts as seen
_BYTES = 4 << 30


class Calls:
    """A plugin that notes which tests call a function, by its file and first line; "" is an import."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._files = {str(path) for path in paths}
        self._test = ""
        self.callers: dict[tuple[str, int], set[str]] = {}

    def note(self, frame: FrameType, event: str, _what: object) -> None:
        """Note one call; this is called at every one."""
        code = frame.f_code
        if event == "call" and code.co_filename in self._files:
            self.callers.setdefault((code.co_filename, code.co_firstlineno), set()).add(self._test)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Remember which test runs."""
        self._test = item.nodeid
        sys.setprofile(self.note)  # a test may have taken it away
        result = yield
        self._test = ""
        return result

    def of(self, mutant: Mutant) -> set[str] | None:
        """Return the tests that may see a mutant, ``None`` for all."""
        tests = self.callers.get((str(mutant.path), mutant.first), set())
        return tests if mutant.first and "" not in tests else None


class Only:
    """A plugin that runs some tests and no others, ``None`` for all, and ends with the first failure."""

    def __init__(self, tests: set[str] | None) -> None:
        self._tests = tests

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave the others out."""
        items[:] = [one for one in items if self._tests is None or one.nodeid in self._tests]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Spare the end of the session."""
        if report.failed:
            os._exit(1)


class Mutated(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds one module, and gives it other code."""

    def __init__(self, name: str, path: Path, code: CodeType) -> None:
        self._name = name
        self._path = path
        self._code = code

    def find_spec(self, name: str, _path: object, _target: object = None) -> ModuleSpec | None:
        """Take that one module upon itself."""
        if name != self._name:
            return None
        return importlib.util.spec_from_file_location(name, self._path, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        """Fill it."""
        exec(self._code, module.__dict__)


def forget_ours() -> None:
    """Forget what was imported of the code and its tests; what they stand on stays loaded."""
    for name in list(sys.modules):
        if name.partition(".")[0] in ("smsconf", "tests", "conftest"):
            del sys.modules[name]


def start(mutant: Mutant, tree: ast.Module, tests: Sequence[str], seen_by: set[str] | None) -> int:
    """Run the tests against a mutant in a child of its own; return the id of that process."""
    child = os.fork()
    if child:
        return child
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        name = ".".join(mutant.path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        sys.meta_path.insert(0, Mutated(name, mutant.path, mutant.compile(tree)))
        asked = tests if seen_by is None else sorted({one.partition("::")[0] for one in seen_by})
        os._exit(int(pytest.main([*QUIET, f"--timeout={_SECONDS}", *asked], [Only(seen_by)])))
    except BaseException:  # noqa: BLE001 - a child never comes back from here
        os._exit(1)


def survivors(
    drawn: Sequence[Mutant], trees: dict[Path, ast.Module], tests: Sequence[str], calls: Calls, jobs: int
) -> list[Mutant]:
    """Return the mutants that the tests did not see."""
    alive = [one for one in drawn if calls.of(one) == set()]
    waiting = [one for one in drawn if calls.of(one) != set()]
    running: dict[int, Mutant] = {}
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant = waiting.pop(0)
            running[start(mutant, trees[mutant.path], tests, calls.of(mutant))] = mutant
        child, status = os.wait()
        mutant = running.pop(child)
        if status == 0:
            alive.append(mutant)
    return sorted(alive, key=drawn.index)


def main() -> int:
    """Draw, try, tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__.partition(":")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=300, help="how many are drawn (300)")
    parser.add_argument("--under", type=Path, default=Path("smsconf/reconcile"), help="a folder, or one file")
    parser.add_argument("--tests", nargs="+", default=["tests/reconcile"])
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--at-least", type=float, default=85, help="percent killed (85)")
    asked = parser.parse_args()
    os.chdir(ROOT)
    under = (ROOT / asked.under).resolve()
    trees = {
        path: ast.parse(path.read_text(encoding="utf-8"))
        for path in ([under] if under.is_file() else sorted(under.rglob("*.py")))
    }
    enums = find_enums(ROOT / "smsconf")
    possible = [one for path, tree in trees.items() for one in Finder(path, tree, enums).mutants()]
    chosen = random.Random(asked.seed).sample(range(len(possible)), min(asked.count, len(possible)))
    drawn = [possible[number] for number in sorted(chosen)]
    with tempfile.TemporaryDirectory() as cache:
        sys.pycache_prefix = cache
        calls = Calls(trees)
        sys.setprofile(calls.note)
        failed = pytest.main([*QUIET, *asked.tests], [calls])
        sys.setprofile(None)
        if failed:
            print("the tests fail without any mutant")
            return 2
        forget_ours()
        gc.freeze()  # no child looks through what it did not make
        alive = survivors(drawn, trees, asked.tests, calls, asked.jobs)
    return report(drawn, alive, asked.at_least)


def report(drawn: Sequence[Mutant], alive: Sequence[Mutant], at_least: float) -> int:
    """Print how many of each file were killed, who lives, and the share; return the exit code."""
    total, living = Counter(one.path for one in drawn), Counter(one.path for one in alive)
    print(f"\n{'file':44} {'drawn':>6} {'killed':>6}")
    for path, count in sorted(total.items()):
        killed = count - living[path]
        print(f"{path.relative_to(ROOT)!s:44} {count:6} {killed:6} {killed / count:6.0%}")
    print()
    for one in alive:
        print(one.label)
    killed = len(drawn) - len(alive)
    share = 100 * killed / max(len(drawn), 1)
    print(f"\nkilled {killed} of {len(drawn)}: {share:.1f} %, at least {at_least:g} % asked for")
    return 0 if share >= at_least else 1


if __name__ == "__main__":
    sys.exit(main())
