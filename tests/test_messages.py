"""The Chinese catalogue holds every text of the code, and nothing else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from smsconf.language import listed, of_locale, use
from tests.messages import CHINESE, ROOT, as_mo, as_po, extract, read, updated

_PLACEHOLDER = re.compile(r"\{[a-z_0-9]*(?:![rs])?(?::[^{}]*)?\}|%\(\w+\)s")
_CHINESE = re.compile("[\u3400-\u9fff]")
_STOPS = re.compile("[\u4e00-\u9fff][,;:?!](?![A-Za-z0-9_.{])")
_TIGHT = re.compile("[\u4e00-\u9fff][A-Za-z0-9`]|[A-Za-z0-9`][\u4e00-\u9fff]")
_FIXED = re.compile("拒收请回复R|[0-9]+[年月日点分]")  # what stands in messages or dates as it is
# the same in both languages: names, addresses and patterns
_SAME = {"%(prog)s, version %(version)s", "Choice({choices})", "{old} → {new}", "{count} of {parts}"}


@pytest.fixture(scope="module")
def code() -> Catalog:
    """What the code may say."""
    return extract()


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    """What the catalogue says."""
    return read()


def _entries(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def _both(message: Message) -> tuple[str, str]:
    """Return the English and the Chinese of an entry; of a counted one the plural."""
    english = message.id if isinstance(message.id, str) else message.id[-1]
    return english, message.string if isinstance(message.string, str) else message.string[0]


def test_every_text_of_the_code_has_a_chinese_translation(code: Catalog, chinese: Catalog) -> None:
    """No text is missing, empty or only guessed; `make messages` lists them."""
    missing = []
    for message in _entries(code):
        known = chinese.get(message.id if isinstance(message.id, str) else message.id[0])
        if known is None or known.id != message.id or known.fuzzy or not _both(known)[1]:
            missing.append(message.id)
    assert missing == []


def test_catalogue_holds_nothing_that_the_code_does_not_say(code: Catalog, chinese: Catalog) -> None:
    """Entries that nobody needs any more are gone; click's own texts depend on its version and stay."""
    assert not chinese.obsolete
    ids = {message.id for message in _entries(code)}
    assert [
        one.id for one in _entries(chinese) if one.id not in ids and "click" not in one.auto_comments
    ] == []


def test_translations_have_the_placeholders_of_the_english(chinese: Catalog) -> None:
    """A value that the English shows, the Chinese shows too, and formats it alike."""
    wrong = []
    for message in _entries(chinese):
        english, translation = _both(message)
        if translation and set(_PLACEHOLDER.findall(english)) != set(_PLACEHOLDER.findall(translation)):
            wrong.append((english, translation))
    assert wrong == []


def test_translations_are_chinese_with_chinese_punctuation(chinese: Catalog) -> None:
    """A sentence was not copied; no Western comma or colon follows a character; a blank parts the scripts."""
    texts = [_both(message) for message in _entries(chinese)]
    words = [english for english, text in texts if re.search("[a-z]{3} [a-z]{3}", english) and text]
    assert [one for one in words if one not in _SAME and not _CHINESE.search(dict(texts)[one])] == []
    assert [text for _english, text in texts if _STOPS.search(text)] == []
    assert [text for _english, text in texts if _TIGHT.search(_FIXED.sub("、", text))] == []


def test_compiled_catalogue_is_that_of_the_text() -> None:
    """What is shipped compiled is what was reviewed, and `make messages` would change neither."""
    catalog = updated(read())
    assert as_po(catalog) == CHINESE.read_bytes()
    with CHINESE.with_suffix(".mo").open("rb") as file:
        shipped = GNUTranslations(file)
    assert as_mo(catalog) == CHINESE.with_suffix(".mo").read_bytes()
    assert shipped.gettext("in review") == "审核中"


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.GBK", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN"}, "zh"),
        ({"LC_ALL": "zh_CN.UTF-8", "SMSCONF_LANG": "en"}, "en"),
        ({"LC_ALL": "", "LANG": "zh_HK"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_language_is_that_of_the_first_locale_variable_that_is_set(
    environ: dict[str, str], language: str
) -> None:
    """SMSCONF_LANG before LC_ALL before LC_MESSAGES before LANG; empty is not set."""
    assert of_locale(environ) == language


def test_lists_are_joined_as_the_language_does() -> None:
    """A list has an or or an and before its last word."""
    assert listed(["a", "b", "c"]) == "a, b or c"
    use("zh")
    assert listed(["a", "b"], last="and") == "a 和 b"


# who hands a text to a person
_SPEAKERS = re.compile(
    "[A-Za-z]*Error|PlanRefused|PlanStale|Unreachable|Unauthorized|Refused|CloudBroken|Uncertain"
)
_TELLERS = {
    "Hit",
    "problem",
    "wrong_type",
    "Refusal",
    "Outcome",
    "Stop",
    "broken",
    "echo",
    "fail",
    "ok",
    "warn",
}
_SAID = {"reason", "fix", "why", "message", "awaits", "said"}
_FOR_PROGRAMMERS = {
    "TypeError",
    "ValueError",
    "AssertionError",
    "LookupError",
    "KeyError",
    "DecodingError",
    "RemoteProtocolError",
}


def _unmarked_texts(path: Path) -> Iterator[str]:
    """Yield the texts with words that code hands to people as they stand."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        speaks = name in _TELLERS or (_SPEAKERS.fullmatch(name) and name not in _FOR_PROGRAMMERS)
        told = [*(node.args if speaks else []), *(one.value for one in node.keywords if one.arg in _SAID)]
        for value in told:
            for part in _parts(value):
                if re.search(r"[a-z]{2,} [a-z]{2,}", part) and not part.startswith("pip install "):
                    yield f"{path.name}:{value.lineno}: {part}"


def _parts(value: ast.expr) -> Iterator[str]:
    """Yield the fixed stretches of an expression, those of its branches included."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.JoinedStr):
        for one in value.values:
            yield from _parts(one.value if isinstance(one, ast.FormattedValue) else one)
    elif isinstance(value, ast.IfExp):
        yield from (*_parts(value.body), *_parts(value.orelse))
    elif isinstance(value, ast.BoolOp):
        yield from (part for one in value.values for part in _parts(one))
    elif isinstance(value, ast.BinOp):
        yield from (*_parts(value.left), *_parts(value.right))


def test_no_text_is_handed_to_people_without_a_mark() -> None:
    """Errors, findings, outcomes, lines on stderr: marked where they are made, also those no test meets."""
    folder = ROOT / "smsconf"
    paths = [path for path in folder.rglob("*.py") if "emulator" not in path.relative_to(folder).parts[:1]]
    assert [text for path in paths for text in _unmarked_texts(path)] == []
