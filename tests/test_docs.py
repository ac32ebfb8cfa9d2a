"""What the documents say is what the program does: every command runs, every output is compared.

``SMSCONF_UPDATE_DOCS=1 pytest tests/test_docs.py`` writes the outputs anew.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from pathlib import Path

import pytest

from smsconf import __version__
from smsconf.cli.main import COMMANDS, run

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
CHINESE = ROOT / "README.zh-CN.md"
GUIDE_TO_ROOMS = ROOT / "docs" / "architecture.md"
UPDATE = bool(os.environ.get("SMSCONF_UPDATE_DOCS"))

# What differs from run to run: the service's times and the ids it gives.
CHANGING = [
    (re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\dZ?"), "TIME"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d Beijing time(?: \(provisional\))?"), "MOMENT"),
    (re.compile(r"北京时间 \d{4}-\d\d-\d\d \d\d:\d\d 前(?:（暂定）)?"), "MOMENT"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "ID"),
    (re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:_\d+)?"), "ID"),
    (re.compile(r"\b10[67-9]\d{8,}\b"), "CHANNEL"),
]


def steady(text: str) -> str:
    for pattern, word in CHANGING:
        text = pattern.sub(word, text)
    return text


@pytest.fixture
def shop(tmp_path, monkeypatch) -> Path:
    """A copy of the example shop, as the current folder."""
    folder = tmp_path / "shop"
    shutil.copytree(ROOT / "examples" / "shop", folder, ignore=shutil.ignore_patterns(".smsconf"))
    monkeypatch.chdir(folder)
    monkeypatch.delenv("SMSCONF_ENV", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.setenv("LOGNAME", "li-lei")
    monkeypatch.setattr("socket.gethostname", lambda: "laptop")
    return folder


def play(command: str, capsys) -> str:
    """Run one line of a document: `smsconf …`, or `sed -i` to edit a file; return what it printed."""
    words = shlex.split(command)
    if words[:2] == ["sed", "-i"]:
        script, name = words[2:]
        _, old, new, _ = script.split("/")
        path = Path(name)
        text = path.read_text(encoding="utf-8")
        assert old in text, command
        path.write_text(text.replace(old, new), encoding="utf-8")
        return ""
    assert words[0] == "smsconf", command
    capsys.readouterr()
    run(words[1:])
    said = capsys.readouterr()
    return said.out + said.err


CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
FENCED = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)


def commands_of(block: str) -> list[str]:
    """Return the commands of a console block."""
    return [part.split("\n", 1)[0] for part in re.split(r"(?m)^\$ ", block)[1:]]


@pytest.mark.parametrize(("document", "language"), [(README, "en"), (CHINESE, "zh")], ids=["en", "zh"])
def test_commands_of_the_readme_print_what_it_shows(shop, capsys, monkeypatch, document, language) -> None:
    """Every console block, run in order in a copy of the example, prints its output, in both languages.

    The commands are those of the English README; the refresh brings them into the Chinese one as well.
    """
    monkeypatch.setenv("SMSCONF_LANG", language)
    blocks = iter(CONSOLE.findall(README.read_text(encoding="utf-8")))

    def replayed(found: re.Match[str]) -> str:
        shown = ""
        for command in commands_of(next(blocks)):
            output = play(command, capsys).rstrip()
            shown += f"$ {command}\n{output}\n" if output else f"$ {command}\n"
        block = f"```console\n{shown}```"
        return found[0] if steady(block) == steady(found[0]) else block

    text = document.read_text(encoding="utf-8")
    again, count = CONSOLE.subn(replayed, text)
    assert count >= 5
    assert next(blocks, None) is None
    if UPDATE:
        document.write_text(again, encoding="utf-8")
    else:
        assert steady(again) == steady(text)


WORDS = re.compile(r"\| 中文 \|.*?\n\n", re.DOTALL)  # the table that only the Chinese README has


def shape_of(text: str) -> list[str]:
    """Return headings by depth, items of lists, and rows of tables with the code in their first cell."""
    found = []
    for line in FENCED.sub("", WORDS.sub("", text)).splitlines():
        if mark := re.match(r"#+ |- |\d\. |\| ", line):
            code = re.findall(r"`[^`]*`", line.split("|")[1]) if line.startswith("|") else []
            found.append(" ".join([mark[0], *code]))
    return found


def code_of(text: str) -> list[str]:
    """Return what stands in fenced blocks, without comments and without what commands print."""
    blocks = [commands_of(body) if kind == "console" else [body] for kind, body in FENCED.findall(text)]
    return [re.sub(r"(?m)\s+# .*$", "", "\n".join(lines)) for lines in blocks]


def test_chinese_readme_has_the_sections_and_code_of_the_english() -> None:
    """Each begins with a link to the other; headings, tables, lists and code but for its comments match."""
    english, chinese = (one.read_text(encoding="utf-8") for one in (README, CHINESE))
    assert "(README.zh-CN.md)" in english[:200]
    assert "(README.md)" in chinese[:200]
    assert shape_of(chinese) == shape_of(english)
    assert code_of(chinese) == code_of(english)


def test_words_of_the_chinese_readme_are_those_of_the_messages() -> None:
    """A term that is a message by itself is translated as the table says."""
    from tests.messages import read

    catalogue = {one.id: one.string for one in read() if isinstance(one.id, str)}
    text = CHINESE.read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| ([^|（]+)（([a-z ]+)） \|", text)
    rows += re.findall(r"(?m)^\| ([^|,]+) \| ([a-z ]+) \|$", text)
    terms = {english: chinese for chinese, english in rows}
    known = {english: catalogue[english] for english in terms if catalogue.get(english)}
    assert len(known) >= 4
    assert known == {english: terms[english] for english in known}


def test_demo_ends_with_everything_approved(shop, capsys) -> None:
    """The commands of `make demo`, taken from the Makefile, all succeed one after the other."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = makefile.split("\ndemo:", 1)[1].split("\n\n", 1)[0]
    commands = re.findall(r"^\t\$\(BIN\)/smsconf (.*)$", recipe, re.MULTILINE)
    assert len(commands) >= 7
    for command in commands:
        arguments = [word.replace("$(DEMO)", str(shop)) for word in command.split()]
        assert run(arguments) == 0, command
    assert "plan: " in capsys.readouterr().out


def test_readme_names_every_exit_code_and_variable() -> None:
    """Every environment variable the program reads is in the README's table."""
    text = README.read_text(encoding="utf-8")
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "smsconf").rglob("*.py"))
    for name in set(re.findall(r'"((?:SMSCONF|HUAWEICLOUD_SDK|HW)_[A-Z_]+[A-Z])"', source)):
        assert f"`{name}`" in text, name


def test_every_command_is_listed_with_its_own_first_line(capsys) -> None:
    """The help line in the list of commands exists for each, and each command can be imported."""
    for name in COMMANDS:
        assert run([name, "--help"]) == 0
        assert name in capsys.readouterr().out


def test_version_is_said_once() -> None:
    """The package's version and the project's metadata agree."""
    import tomllib

    metadata = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert metadata["project"]["version"] == __version__


GUIDES = (ROOT / "CONTRIBUTING.md", ROOT / "RELEASE.md", *sorted((ROOT / "docs").rglob("*.md")))
MADE_UP = {
    "smsconf/cli/commands/count.py",
    "tests/scenarios/test_count.py",
}  # of the recipes in CONTRIBUTING.md
ROOTS = "|".join(sorted({path.name for path in ROOT.iterdir()}, key=len, reverse=True)).replace(".", r"\.")
NAMED = re.compile(rf"(?<![\w./-])(?:{ROOTS})(?:/[\w.-]+)*/?(?![\w-])")


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_guides_name_only_what_exists(guide: Path) -> None:
    """Every path in code, every module after ``from``, every link, and every target of make."""
    text = guide.read_text(encoding="utf-8")
    code = " ".join([*re.findall(r"`([^`\n]+)`", text), *(body for _, body in FENCED.findall(text))])
    paths = {name for name in NAMED.findall(code) if "/" in name or name.endswith((".md", ".toml"))}
    assert {name for name in paths - MADE_UP if not (ROOT / name).exists()} == set()
    modules = {one.replace(".", "/") for one in re.findall(r"(?:from|import) (smsconf[\w.]*)", code)}
    assert {one for one in modules if not ((ROOT / f"{one}.py").exists() or (ROOT / one).is_dir())} == set()
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    assert {link for link in links if not (guide.parent / link).exists()} == set()
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"\bmake ([a-z]+)\b", code)) <= set(targets)


def test_architecture_names_every_folder() -> None:
    """A newcomer finds a line for each room, what it does and what it does not; and no room is made up."""
    rows = re.findall(r"(?m)^\| `(smsconf/[\w/]*)` \| (.+) \|", GUIDE_TO_ROOMS.read_text(encoding="utf-8"))
    folders = {
        f"{path.parent.relative_to(ROOT).as_posix()}/"
        for path in (ROOT / "smsconf").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    } - {"smsconf/"}
    assert {name for name, _ in rows if not name.endswith(".py")} - {"smsconf/locale/"} == folders
    assert all(len(words.split(" | ")) == 2 for name, words in rows if "/locale/" not in name)


def test_decisions_are_numbered_and_have_their_three_parts() -> None:
    """Ten or more, one number each, with context, decision and consequences in this order."""
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [path.name[:4] for path in decisions] == [f"{place:04}" for place in range(1, len(decisions) + 1)]
    for path in decisions:
        heads = re.findall(r"(?m)^#+ (.*)$", path.read_text(encoding="utf-8"))
        assert heads[1:] == ["Context", "Decision", "Consequences"], path.name
        assert heads[0].startswith(f"{int(path.name[:4])}. ")


def test_every_test_that_is_left_out_exists() -> None:
    """What moved or was renamed would be run again, unseen."""
    from tests.slow import SLOW, UNTRACED

    for place, reason in (*SLOW.items(), *UNTRACED.items()):
        path, _, name = place.partition("::")
        assert (ROOT / "tests" / path).exists(), place
        assert not name or f"\ndef {name}(" in (ROOT / "tests" / path).read_text(encoding="utf-8"), place
        assert reason
