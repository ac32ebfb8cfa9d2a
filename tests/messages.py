"""Bring the catalogues up to date with the code: ``make messages``, or ``python -m tests.messages``.

Takes every text that a person may read out of the code (``_``, ``ngettext``, ``N_``, ``told``), the
pages, the help of the commands, the tables of codes, and click; keeps the translations in ``smsconf.po``,
drops those that nobody needs any more, and compiles. It translates nothing: what is missing stays empty, and
a test says so. Entries are sorted and name no lines, so that two people's changes meet seldom.
"""

from __future__ import annotations

import ast
import inspect
import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from smsconf.cli.exits import EXITS
from smsconf.cli.help import paragraphs
from smsconf.cli.main import COMMANDS
from smsconf.cloud.http.codes import BY_WORDS, MEANINGS
from smsconf.config.problems import CODES
from smsconf.guide.quick_start import STEPS
from smsconf.language import CATALOGUES, DOMAIN
from smsconf.lint import RULES
from smsconf.lint.rules.advice import READINGS
from smsconf.messaging.send.codes import RECEIPTS, SENDING

ROOT = Path(__file__).parent.parent
CODE = ROOT / "smsconf"
CHINESE = CATALOGUES / "zh_CN" / "LC_MESSAGES" / f"{DOMAIN}.po"
_MARKS = {"_": None, "N_": None, "told": None, "ngettext": (1, 2)}
# what of click speaks to users; its texts are looked up in our catalogue
_CLICK = ("core.py", "decorators.py", "exceptions.py", "formatting.py", "parser.py", "types.py")

Message = str | tuple[str, ...]


def extract() -> Catalog:
    """Return everything that the code may say, without translations."""
    catalog = Catalog()
    for message in (*_marked(), *_tables()):
        catalog.add(message)
    return catalog


def click_messages() -> Catalog:
    """Return what click may say; it depends on click's version."""
    catalog = Catalog()
    folder = Path(click.__file__).parent
    for name in _CLICK:
        for _line, message, _comments, _context in extract_from_file("python", folder / name):
            catalog.add(message)
    return catalog


def read(path: Path = CHINESE) -> Catalog:
    """Read a catalogue; one that does not exist is empty."""
    if not path.exists():
        return Catalog(locale="zh_CN")
    with path.open("rb") as file:
        return read_po(file, locale="zh_CN", domain=DOMAIN)


def updated(catalog: Catalog) -> Catalog:
    """Return a catalogue with exactly the messages of the code, and the translations it had."""
    wanted = extract()
    for message in click_messages():
        if message.id:
            wanted.add(message.id, auto_comments=["click"])
    fresh = Catalog(
        locale="zh_CN",
        domain=DOMAIN,
        project="smsconf",
        charset="utf-8",
        header_comment="# The Chinese of smsconf. `make messages` keeps it in step with the code.",
        fuzzy=False,
    )
    fresh.creation_date = fresh.revision_date = datetime(2026, 11, 23, tzinfo=UTC)
    for message in wanted:
        if message.id:
            known = catalog.get(message.id if isinstance(message.id, str) else message.id[0])
            text = known.string if known and known.id == message.id else ""
            fresh.add(message.id, text, auto_comments=message.auto_comments)
    return fresh


def as_po(catalog: Catalog) -> bytes:
    """Write a catalogue as text."""
    file = io.BytesIO()
    write_po(file, catalog, width=0, no_location=True, sort_output=True)
    return file.getvalue()


def as_mo(catalog: Catalog) -> bytes:
    """Compile a catalogue."""
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def _marked() -> Iterator[Message]:
    """Yield what is marked in code and pages, and the help of commands and options, which needs no mark."""
    for path in sorted(CODE.rglob("*.py")):
        if "emulator" in path.relative_to(CODE).parts[:1]:  # it speaks as the service does
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield from _of_call(node)
            elif isinstance(node, ast.FunctionDef) and any(map(_is_command, node.decorator_list)):
                yield from paragraphs(inspect.cleandoc(ast.get_docstring(node, clean=False) or ""))
    for path in sorted(CODE.rglob("*.j2")):
        for _line, message, _comments, _context in extract_from_file("jinja2", path, keywords=_MARKS):
            yield message


def _of_call(node: ast.Call) -> Iterator[Message]:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    if name == "ngettext" and len(texts) > 1:
        yield texts[0], texts[1]
    elif name in _MARKS and len(node.args) and isinstance(node.args[0], ast.Constant):
        yield texts[0]
    for keyword in node.keywords:
        if keyword.arg == "help" and isinstance(keyword.value, ast.Constant):
            yield keyword.value.value


def _is_command(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(called, ast.Attribute) and called.attr in ("command", "group")


def _tables() -> Iterator[str]:
    """Yield the texts of tables and pages that are written without marks."""
    yield from (line for _module, line in COMMANDS.values())
    for rule in RULES:
        yield from (rule.title, rule.why)
    for code in CODES.values():
        yield from (code.why, code.fix)
    for table in (MEANINGS, BY_WORDS, SENDING, RECEIPTS):
        for meaning in table.values():
            yield from filter(None, meaning)
    yield from (reading.remedy for reading in READINGS)
    for step in STEPS:
        yield from (step.title, step.page.title if step.page else step.title)
    for row in EXITS.strip().splitlines():
        yield from row.split(" | ")[1:]


def main() -> int:
    """Update and compile; say what is left to translate."""
    catalog = updated(read())
    CHINESE.parent.mkdir(parents=True, exist_ok=True)
    CHINESE.write_bytes(as_po(catalog))
    CHINESE.with_suffix(".mo").write_bytes(as_mo(catalog))
    missing = [message.id for message in catalog if message.id and not _complete(message.string)]
    print(f"{len(catalog)} messages, {len(missing)} without a translation")
    for text in missing:
        print(f"  {text!r}")
    return 0


def _complete(translation: str | tuple[str, ...]) -> bool:
    return bool(translation) if isinstance(translation, str) else bool(translation) and all(translation)


if __name__ == "__main__":
    sys.exit(main())
