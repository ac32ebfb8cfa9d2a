"""Files of our own are opened in one way: what a checkout or an archive put there does no harm."""

from __future__ import annotations

import ast
import os
import socket
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

import smsconf
from smsconf.model.errors import SmsconfError
from smsconf.own_files import NotOurs, connect, open_own, read_own, replacing, reporting, try_own, write_own
from smsconf.store.files.journal import Journal

ROOT = Path(smsconf.__file__).parent
OPENERS = {
    *("open", "open_file", "read_text", "read_bytes", "write_text", "write_bytes", "connect"),
    *("mkdir", "makedirs", "touch", "FileLock", "symlink_to", "hardlink_to"),
}
# Whoever opens a file by itself → why it is none of ours, or cannot do harm.
OTHERS = {
    "cli/commands/apply.py": "a method of SecretFile, which opens in the one way",
    "cli/help.py": "a method of click's, which writes help",
    "store/files/lock.py": "a lock file, which was opened in the one way just before",
    "config/load/declarations.py": "a licence, through config.files",
    "cli/commands/messages/bulk.py": "the head of the file of dropped rows, which is to be replaced",
    "checkout.py": "what git itself keeps",
    "cli/commands/init.py": "the .gitignore of a new project",
    "workflow/new_project.py": "the files of a new project, made with x",
    "cli/main.py": "/dev/null in place of a closed stream",
    "workflow/plan_files.py": "channels such as /dev/stdin",
    "cli/commands/messages/send.py": "the values of one message, which a person names",
    "cloud/auth/credentials.py": "the profile file in a person's home",
    "cloud/apply/steps.py": "a licence, which config found inside the project",
    "cloud/http/upload.py": "a licence, which config found inside the project",
    "config/load/confirmations.py": "a YAML file of the project, found inside it",
    "config/yaml/files.py": "the YAML files of a project: the other one way",
    "config/edit/splice.py": "the YAML files of a project, rewritten by fmt",
    "config/edit/write.py": "the YAML files of a dump",
    "store/files/ledger.py": "the folder that is locked",
    "store/files/ledger_reader.py": "a database in memory",
    "messaging/lists/encodings.py": "lists, which a person names",
    "messaging/lists/opening.py": "lists, which a person names",
    "messaging/lists/recipients.py": "a nameless database",
    "messaging/lists/texts.py": "lists, which a person names",
    "messaging/lists/workbook_parts.py": "what is packed in a workbook, which a person names",
    "messaging/lists/xlsx.py": "a workbook, which a person names, in a process of its own",
    "store/files/database.py": "a model in memory",
    "store/postgres/engine.py": "connections to a database, no files; here and below",
    "store/postgres/inbox.py": "a connection",
    "store/postgres/ledger_reader.py": "a connection",
    "store/postgres/ledger_sender.py": "a connection",
    "store/postgres/lock.py": "a connection",
    "store/postgres/proof.py": "connections",
    "emulator/base/store.py": "a database in memory",
    "render/plan/html.py": "a page of this package",
}


def _openers(tree: ast.AST):
    """Yield the names of calls that may open or make a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            of = (
                called.value.id
                if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name)
                else ""
            )
            if name == "connect" and of != "sqlite3":
                continue
            yield f"{of}.{name}" if of else name


def test_nobody_opens_files_of_ours_in_another_way() -> None:
    """Whoever calls open, mkdir, sqlite3.connect and their like is listed with the reason."""
    found = set()
    for path in ROOT.rglob("*.py"):
        name = path.relative_to(ROOT).as_posix()
        calls = {one for one in _openers(ast.parse(path.read_text("utf-8"))) if one.split(".")[-1] in OPENERS}
        if name != "own_files.py" and calls:
            found.add((name, *sorted(calls)))
    strangers = [one for one in sorted(found) if one[0] not in OTHERS]
    assert strangers == []
    assert sorted(set(OTHERS) - {one[0] for one in found}) == []


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout to work in, and what stands beside it and is not to be touched."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/profile").write_text("export A=1\n")
    (tmp_path / "shop/.smsconf").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "shop")
    return tmp_path


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def _names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def _odd(kind: str, path: Path, home: Path) -> None:
    """Put something in the place of a file."""
    targets = {
        "link": home / "outside/profile",
        "dangling": home / "outside/new",
        "device": Path("/dev/zero"),
    }
    if kind in targets:
        path.symlink_to(targets[kind])
    elif kind == "hard link":
        os.link(home / "outside/profile", path)
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        with closing(socket.socket(socket.AF_UNIX)) as listening:
            listening.bind(os.path.relpath(path))


ODD = ("link", "dangling", "device", "hard link", "pipe", "folder", "socket")


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize(
    "used",
    [
        lambda path: os.close(open_own(path, os.O_RDWR | os.O_APPEND, make=True)),
        lambda path: connect(path, make=True).close(),
    ],
    ids=["opened", "connected"],
)
def test_only_plain_files_are_opened(home: Path, kind: str, used) -> None:
    """Nothing is read, written, made or waited for in their place."""
    path = Path(".smsconf/x")
    _odd(kind, path, home)
    with pytest.raises((NotOurs, IsADirectoryError)):
        used(path)
    assert _names(home / "outside") == ["profile"]
    assert (home / "outside/profile").read_text() == "export A=1\n"


@pytest.mark.parametrize("kind", [one for one in ODD if one != "hard link"])
def test_only_plain_files_are_read_and_replaced(home: Path, kind: str) -> None:
    """A link to an endless device filled the memory."""
    path = Path(".smsconf/x")
    _odd(kind, path, home)
    for used in (lambda: read_own(path), lambda: write_own(path, b"x")):
        with pytest.raises((NotOurs, IsADirectoryError)):
            used()
    assert _names(home / "outside") == ["profile"]
    assert (home / "outside/profile").read_text() == "export A=1\n"


@pytest.mark.parametrize("end", ["-wal", "-shm", "-journal"])
def test_what_sqlite_keeps_beside_a_database_is_no_link(home: Path, end: str) -> None:
    """SQLite opens those by name, too."""
    connect(Path(".smsconf/x.db"), make=True).close()
    Path(f".smsconf/x.db{end}").symlink_to(home / "outside/profile")
    with pytest.raises(NotOurs, match="it is a link"):
        connect(Path(".smsconf/x.db"))


@pytest.mark.parametrize(
    "name", [".smsconf/journal.jsonl", "plans/plan.json", "plans/deep/report.json", "{}/shop/plans/a.json"]
)
def test_no_folder_on_the_way_is_a_link(home: Path, name: str) -> None:
    """Relative or absolute: below the working folder, and from .smsconf on, links are not followed."""
    Path(".smsconf").rmdir()
    (home / "outside/deep").mkdir()
    for link in (".smsconf", "plans"):
        Path(link).symlink_to(home / "outside")
    path = Path(name.format(home))
    for used in (lambda: write_own(path, b"x", make=True), lambda: try_own(path), lambda: read_own(path)):
        with pytest.raises(NotOurs, match="a folder on its way, is a link"):
            used()
    assert _names(home / "outside") == ["deep", "profile"]


def test_folders_above_are_taken_as_they_are(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """People reach their checkouts and /tmp through links of their own."""
    (home / "by-link").symlink_to(home / "shop")
    monkeypatch.chdir(home / "by-link")
    write_own(Path("plan.json"), b"x")
    write_own(home / "by-link/other.json", b"x")
    Journal(home / "by-link/.smsconf/journal.jsonl").read()
    assert (read_own(Path("plan.json")), read_own(home / "shop/other.json")) == (b"x", b"x")


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_what_is_ours_is_its_owners_alone(home: Path, umask: int) -> None:
    """Whatever the umask says; and what an older version made wider is mended."""
    state = Path(".smsconf")
    state.chmod(0o755)
    old = Path(".smsconf/old")
    old.write_bytes(b"")
    old.chmod(0o666)
    before = os.umask(umask)
    try:
        for path in (Path(".smsconf/a/b"), Path("new/c")):
            os.close(open_own(path, os.O_RDWR, make=True))
        write_own(Path(".smsconf/d"), b"x")
        with closing(connect(Path(".smsconf/x.db"), make=True)) as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("CREATE TABLE a (b)")
            beside = {name: _mode(state / name) for name in _names(state) if name.startswith("x.db")}
        read_own(old)
    finally:
        os.umask(before)
    assert beside == {"x.db": 0o600, "x.db-wal": 0o600, "x.db-shm": 0o600}
    assert {_mode(one) for one in (Path(".smsconf/a/b"), Path("new/c"), Path(".smsconf/d"), old)} == {0o600}
    assert {_mode(one) for one in (state, Path(".smsconf/a"), Path("new"))} == {0o700}


def test_reading_has_an_end(home: Path) -> None:
    """Ten gigabytes are refused by their size."""
    with Path(".smsconf/journal.jsonl").open("wb") as file:
        file.truncate(10 * 1024**3)
    with pytest.raises(NotOurs, match="it has more than 64 MiB"):
        read_own(Path(".smsconf/journal.jsonl"))


def test_empty_file_of_somebody_else_becomes_no_database(home: Path) -> None:
    """Neither does one that holds something; in .smsconf an empty one is ours, that a crash left."""
    Path("notes").write_bytes(b"")
    Path("notes").chmod(0o644)
    with pytest.raises(NotOurs, match="smsconf did not make it"):
        connect(Path("notes"), make=True)
    assert Path("notes").read_bytes() == b""
    Path(".smsconf/x.db").write_bytes(b"")
    connect(Path(".smsconf/x.db"), make=True).close()


def test_hard_link_of_a_report_is_replaced_and_its_other_name_kept(home: Path) -> None:
    """A new file takes the name; what has the other name stays."""
    os.link(home / "outside/profile", "report.json")
    with reporting(Path("report.json")) as file:
        file.write(b"x")
    assert Path("report.json").read_bytes() == b"x"
    assert (home / "outside/profile").read_text() == "export A=1\n"


def test_replacing_leaves_nothing_behind_when_it_fails(home: Path) -> None:
    """The old file stays as it was."""
    write_own(Path("a"), b"old")
    with pytest.raises(TypeError), replacing(Path("a")) as file:
        file.write("no bytes")
    assert (Path("a").read_bytes(), _names(Path())) == (b"old", [".smsconf", "a"])


def test_reports_go_into_channels_and_devices(home: Path) -> None:
    """/dev/null and /dev/fd/N are links or devices of the system's own."""
    with reporting(Path("/dev/null")) as file:
        file.write(b"x")
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as read:
        with os.fdopen(writing, "wb"), reporting(Path(f"/dev/fd/{writing}")) as file:
            file.write(b"x")
        assert read.read() == b"x"
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_foreign_database_is_not_touched(home: Path) -> None:
    """Not even its kind of journal is changed."""
    from smsconf.emulator.base.store import Store, StoreError

    with closing(sqlite3.connect("theirs.db")) as database:
        database.execute("CREATE TABLE a (b)")
    before = Path("theirs.db").read_bytes()
    with pytest.raises(StoreError, match="not a database of the emulator"):
        Store("theirs.db")
    assert Path("theirs.db").read_bytes() == before


def test_many_large_journals_are_refused_together(home: Path) -> None:
    """Each of them alone would be read."""
    for number in range(1, 7):
        with Path(f".smsconf/journal.{number}.jsonl").open("wb") as file:
            file.truncate(60 * 1024**2)
    with pytest.raises(SmsconfError, match="it has more than 256 MiB"):
        Journal(Path(".smsconf/journal.jsonl")).read()
