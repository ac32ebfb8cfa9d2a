"""The codes of this package: what each means, why it matters, and what to do by default.

A table and a constructor; it finds nothing itself. Loading is SMS0xx, references are SMS4xx; a number is
never reused.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from smsconf.diagnostics import Diagnostic, Place, Severity

_MOST = 10_000  # a file of nothing but mistakes must not take minutes or fill the memory


class Code(NamedTuple):
    """What one code stands for."""

    name: str
    why: str
    fix: str
    severity: Severity = Severity.ERROR


CODES: dict[str, Code] = {
    # -- reading files
    "SMS001": Code(
        "unreadable-file",
        "a project is a folder with a smsconf.yaml; only regular files are read",
        "check the path and its permissions",
    ),
    "SMS002": Code("not-utf8", "YAML files are read as UTF-8", "save the file as UTF-8"),
    "SMS003": Code(
        "control-character", "YAML allows no control characters but tab and line end", "delete the character"
    ),
    "SMS004": Code(
        "too-large",
        "limits keep a run short: 8 MiB and 500,000 values a file, 64 MiB a project",
        "split the file and list the parts in include",
    ),
    "SMS005": Code("yaml-syntax", "the file is not valid YAML", "correct the line"),
    "SMS006": Code(
        "duplicate-key", "one of the two would silently be lost", "rename or remove one of the two"
    ),
    "SMS007": Code(
        "too-deep", "nothing in a project is nested deeper than 64 levels", "remove the extra levels"
    ),
    "SMS008": Code("broken-alias", "an alias (*name) repeats an anchor (&name) above it", "correct the name"),
    "SMS009": Code(
        "alias-bomb",
        "aliases may repeat at most ten times the values that are written, 100,000 at least",
        "write the values out, or split the file",
    ),
    "SMS010": Code(
        "unknown-tag",
        "only !!str, !!int, !!float, !!bool, !!null, !!map and !!seq mean something",
        "remove the tag",
    ),
    "SMS011": Code(
        "several-documents", "a file holds one document", "move what follows --- to a file of its own"
    ),
    "SMS012": Code(
        "not-a-mapping", "a file is a mapping of sections such as apps and templates", "write KEY: VALUE"
    ),
    "SMS013": Code(
        "bad-merge-key",
        "<< takes over the keys of a mapping or of a list of mappings",
        "give << an alias of a mapping",
    ),
    "SMS014": Code("complex-key", "keys are words", "use a word as key"),
    "SMS015": Code(
        "tab-indentation", "YAML is indented by spaces; a tab has no width", "replace the tab by spaces"
    ),
    # -- the file format
    "SMS020": Code(
        "unknown-key", "a key nobody reads is a setting that silently does nothing", "remove the key"
    ),
    "SMS021": Code("missing-key", "nothing sensible can be assumed for it", "add the key"),
    "SMS022": Code("wrong-type", "the value is of another kind than the key asks for", "correct the value"),
    "SMS023": Code("unknown-word", "the key takes one of a few words", "use one of the words"),
    "SMS024": Code(
        "bad-key",
        "a key is a name in plans and logs: a-z, 0-9, _ and -, beginning with a letter or digit",
        "rename the key; the remote name goes into name:",
    ),
    "SMS025": Code("bad-value", "the value is not one this key can have", "correct the value"),
    "SMS026": Code(
        "misplaced-section",
        "version, include and environments belong into smsconf.yaml, provider there or into an overlay",
        "move the section to smsconf.yaml",
    ),
    "SMS027": Code(
        "provider-choice", "a project has exactly one provider", "keep one of emulator and huaweicloud"
    ),
    # -- several files
    "SMS030": Code(
        "include-without-match",
        "an include that finds nothing is a misspelt one",
        "correct the path or remove it",
    ),
    "SMS031": Code(
        "outside-project",
        "a project reads files of its own folder only, so that a change to it cannot reach others",
        "move the file into the project",
    ),
    "SMS032": Code(
        "declared-twice", "one of the two would silently be lost", "rename or remove one of the two"
    ),
    "SMS033": Code(
        "unknown-environment", "an environment is declared in smsconf.yaml", "choose a declared environment"
    ),
    "SMS034": Code("missing-file", "the file is part of what is submitted or read", "correct the path"),
    "SMS035": Code(
        "unusable-file",
        "only regular, readable files of at most 12 MB can be uploaded (API Gateway's limit of a body)",
        "replace the file",
    ),
    # -- message content
    "SMS040": Code(
        "broken-placeholder",
        "a variable is {name}; a brace of the text itself is written twice",
        "write {{ or }}",
    ),
    "SMS041": Code(
        "mixed-placeholders",
        "named variables are numbered by their order, which would clash with numbers of your own",
        "use either {name} or ${1} throughout",
    ),
    "SMS042": Code(
        "undeclared-variable", "the review wants a type for every variable", "declare the variable"
    ),
    "SMS043": Code(
        "unused-variable",
        "a variable that the content does not use is not sent",
        "use the variable in the content or remove it",
        Severity.WARNING,
    ),
    "SMS050": Code(
        "unknown-country",
        "2 or 3 capital letters are read as an ISO 3166 code",
        "write the country's ISO code or its English or Chinese name",
    ),
    "SMS099": Code(
        "too-many-problems", "the list is cut here to keep it readable", "correct these, then run again"
    ),
    # -- references
    "SMS401": Code("unknown-app", "everything belongs to an app of the files", "declare the app"),
    "SMS402": Code(
        "unknown-signature", "a template is submitted under a signature of the files", "declare the signature"
    ),
    "SMS403": Code(
        "signature-of-another-app",
        "template, signature and app must belong together (review rule F12)",
        "use a signature of the template's app",
    ),
    "SMS404": Code(
        "type-differs-from-signature",
        "a template inherits the type of its signature",
        "remove type, or use a signature of that type",
    ),
    "SMS405": Code(
        "signature-not-for-intl",
        "only mainland messages carry a signature",
        "use an app of region cn, or remove it",
    ),
    "SMS406": Code(
        "signature-missing",
        "a mainland template is bound to one signature unless it is universal",
        "add signature, or universal: true with a type",
    ),
    "SMS407": Code(
        "countries-missing", "an international template is approved for 1 to 3 countries", "add countries"
    ),
    "SMS408": Code("countries-on-cn", "a mainland template has no countries", "remove countries"),
    "SMS409": Code("universal-without-type", "without a signature there is no type to inherit", "add type"),
    "SMS410": Code(
        "same-identity",
        "the service knows them by these values only, so they are one thing",
        "change one of the two",
    ),
    "SMS411": Code(
        "overlapping-families",
        "versions of a template are named with the suffix _v2, _v3 …, so this name could be either's",
        "choose a name without such a suffix",
    ),
    "SMS412": Code(
        "too-many-countries", "the service takes at most 3 countries a template", "split the template"
    ),
    "SMS413": Code(
        "universal-with-signature",
        "the service ignores the signature of a universal template",
        "remove signature or universal",
        Severity.WARNING,
    ),
    "SMS414": Code("universal-not-for-intl", "only mainland templates can be universal", "remove universal"),
}


def problem(
    code: str,
    message: str,
    place: Place | None = None,
    *,
    address: object = None,
    why: str | None = None,
    fix: str | None = None,
    related: tuple[tuple[Place, str], ...] = (),
) -> Diagnostic:
    """Make a diagnostic; severity, and what is not said here, come from the table."""
    known = CODES[code]
    return Diagnostic(
        code,
        known.severity,
        message,
        place,
        None if address is None else str(address),
        why or known.why,
        fix or known.fix,
        related,
    )


class Problems:
    """The problems found so far. When there are far too many it takes no more and ``full`` is true."""

    def __init__(self) -> None:
        self._found: list[Diagnostic] = []
        self.full = False

    def add(self, *found: Diagnostic) -> None:
        """Take some more."""
        for one in found:
            if self.full:
                return
            self._found.append(one)
            if len(self._found) >= _MOST:
                self.full = True
                message = f"more than {_MOST} problems: the rest is not shown"
                self._found.append(problem("SMS099", message))

    @property
    def any(self) -> bool:
        """Whether there is one."""
        return bool(self._found)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self._found)


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that was probably meant, if there is one."""
    return _nearest(word, tuple(choices)) if len(word) <= 80 else None


@lru_cache(maxsize=4096)
def _nearest(word: str, choices: tuple[str, ...]) -> str | None:
    folded = {choice.casefold(): choice for choice in choices}
    found = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.5)
    return folded[found[0]] if found else None


def listed(words: Iterable[str], *, last: str = "or") -> str:
    """Write words as a list for people: a, b or c; a long list is cut."""
    given = list(words)
    if len(given) > 12:
        return f"{', '.join(given[:12])} … ({len(given)} in all)"
    return f" {last} ".join([", ".join(given[:-1]), given[-1]]) if len(given) > 1 else "".join(given)


def shown(text: str) -> str:
    """A user's word in a message: one line, printable, not longer than 60 characters."""
    line = "".join(character if character.isprintable() else "�" for character in text)
    return line if len(line) <= 60 else f"{line[:57]}…"
