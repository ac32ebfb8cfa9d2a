"""The language of what people read: English in the code, other languages in the catalogues of ``locale/``.

Every room may use it; it decides nothing else, and never changes an action word, a code, a key of a document
or what goes into the journal. Built on the standard library's gettext: the English text is the message id,
values are filled in afterwards, so that a catalogue can order them as its language does::

    _("{address} waits for {name}").format(address=change.label, name=name)
    ngettext("{count} review", "{count} reviews", count).format(count=count)

A text in a table, made when its module is imported, is marked with ``N_`` and translated where it is shown.
"""

from __future__ import annotations

import gettext as _gettext
from collections.abc import Iterable, Mapping
from pathlib import Path

DOMAIN = "smsconf"
CATALOGUES = Path(__file__).parent / "locale"
LANGUAGES = ("en", "zh")
FOLDERS = {"zh": "zh_CN"}
_LONGEST_LIST = 12

_catalogue: _gettext.NullTranslations = _gettext.NullTranslations()
_spoken = "en"


def use(language: str) -> None:
    """Speak a language from now on, in the whole process: one of ``LANGUAGES``; any other is English.

    click asks gettext itself, which takes its language from the variable LANGUAGE: see ``FOLDERS``.
    """
    global _catalogue, _spoken  # noqa: PLW0603 - one process speaks one language
    _spoken = language if language in LANGUAGES else "en"
    folder = FOLDERS.get(language)
    if folder is None:
        _catalogue = _gettext.NullTranslations()
        _gettext.textdomain("messages")
        return
    _catalogue = _gettext.translation(DOMAIN, CATALOGUES, [folder], fallback=True)
    _gettext.bindtextdomain(DOMAIN, str(CATALOGUES))
    _gettext.textdomain(DOMAIN)


def language() -> str:
    """Return the language that is spoken."""
    return _spoken


def of_locale(environ: Mapping[str, str]) -> str:
    """Return the language that the environment asks for: the first locale variable that is set decides."""
    for name in ("SMSCONF_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def _(message: str) -> str:
    """Translate a text."""
    return _catalogue.gettext(message) if message else message


def ngettext(singular: str, plural: str, count: int) -> str:
    """Translate a text that counts something."""
    return _catalogue.ngettext(singular, plural, count)


def N_(message: str) -> str:  # noqa: N802 - the name that every tool for gettext knows
    """Mark a text for translation where it is shown."""
    return message


class Text(str):
    """A text in the user's language that still knows its English; get one with :func:`told`."""

    __slots__ = ("english",)
    english: str


def told(message: str, **values: object) -> Text:
    """Translate and fill in a text that goes into the journal too, where it stays English."""
    text = Text(_(message).format(**values))
    text.english = message.format(**{name: english(value) for name, value in values.items()})
    return text


def english(value: object) -> object:
    """Return the English of a text that knows it; any other value as it is."""
    return value.english if isinstance(value, Text) else value


def clauses(parts: Iterable[str]) -> str:
    """Join half-sentences to one."""
    return _("; ").join(parts)


def listed(words: Iterable[str], *, last: str = "or") -> str:
    """Write words as a list for people: a, b or c; a long list is cut. ``last`` is "or" or "and"."""
    given = list(words)
    if len(given) > _LONGEST_LIST:
        shown = ", ".join(given[:_LONGEST_LIST])
        return _("{words} … ({count} in all)").format(words=shown, count=len(given))
    if len(given) < 2:
        return "".join(given)
    both = _("{words} and {word}") if last == "and" else _("{words} or {word}")
    return both.format(words=", ".join(given[:-1]), word=given[-1])
