"""The codes of this package: what each means, why it matters, and what to do by default.

A table and a constructor; it finds nothing itself. Loading is SMS0xx, references are SMS4xx; a number is
never reused.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from smsconf.language import N_, _, listed
from smsconf.model.diagnostics import Diagnostic, Place, Severity

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
        N_("a project is a folder with a smsconf.yaml; only regular files are read"),
        N_("check the path and its permissions"),
    ),
    "SMS002": Code("not-utf8", N_("YAML files are read as UTF-8"), N_("save the file as UTF-8")),
    "SMS003": Code(
        "control-character",
        N_("YAML allows no control characters but tab and line end"),
        N_("delete the character"),
    ),
    "SMS004": Code(
        "too-large",
        N_(
            "limits keep a run short: 8 MiB and 500,000 values a file; 64 MiB and 10,000 files a project, "
            "20,000 entries a section"
        ),
        N_("split the file and list the parts in include"),
    ),
    "SMS005": Code("yaml-syntax", N_("the file is not valid YAML"), N_("correct the line")),
    "SMS006": Code(
        "duplicate-key", N_("one of the two would silently be lost"), N_("rename or remove one of the two")
    ),
    "SMS007": Code(
        "too-deep", N_("nothing in a project is nested deeper than 64 levels"), N_("remove the extra levels")
    ),
    "SMS008": Code(
        "broken-alias", N_("an alias (*name) repeats an anchor (&name) above it"), N_("correct the name")
    ),
    "SMS009": Code(
        "alias-bomb",
        N_("aliases may repeat at most ten times the values that are written, 100,000 at least"),
        N_("write the values out, or split the file"),
    ),
    "SMS010": Code(
        "unknown-tag",
        N_("only !!str, !!int, !!float, !!bool, !!null, !!map and !!seq mean something"),
        N_("remove the tag"),
    ),
    "SMS011": Code(
        "several-documents", N_("a file holds one document"), N_("move what follows --- to a file of its own")
    ),
    "SMS012": Code(
        "not-a-mapping",
        N_("a file is a mapping of sections such as apps and templates"),
        N_("write KEY: VALUE"),
    ),
    "SMS013": Code(
        "bad-merge-key",
        N_("<< takes over the keys of a mapping or of a list of mappings"),
        N_("give << an alias of a mapping"),
    ),
    "SMS014": Code("complex-key", N_("keys are words"), N_("use a word as key")),
    "SMS015": Code(
        "tab-indentation",
        N_("YAML is indented by spaces; a tab has no width"),
        N_("replace the tab by spaces"),
    ),
    # -- the file format
    "SMS020": Code(
        "unknown-key", N_("a key nobody reads is a setting that silently does nothing"), N_("remove the key")
    ),
    "SMS021": Code("missing-key", N_("nothing sensible can be assumed for it"), N_("add the key")),
    "SMS022": Code(
        "wrong-type", N_("the value is of another kind than the key asks for"), N_("correct the value")
    ),
    "SMS023": Code("unknown-word", N_("the key takes one of a few words"), N_("use one of the words")),
    "SMS024": Code(
        "bad-key",
        N_("a key is a name in plans and logs: a-z, 0-9, _ and -, beginning with a letter or digit"),
        N_("rename the key; the remote name goes into name:"),
    ),
    "SMS025": Code("bad-value", N_("the value is not one this key can have"), N_("correct the value")),
    "SMS026": Code(
        "misplaced-section",
        N_(
            "version, include, environments and default_environment belong into smsconf.yaml, and so do "
            "provider, mark and confirmations, unless an overlay has them"
        ),
        N_("move the section to smsconf.yaml"),
    ),
    "SMS027": Code(
        "provider-choice",
        N_("a project has exactly one provider"),
        N_("keep one of emulator and huaweicloud"),
    ),
    # -- several files
    "SMS030": Code(
        "include-without-match",
        N_("an include that finds nothing is a misspelt one"),
        N_("correct the path or remove it"),
    ),
    "SMS031": Code(
        "outside-project",
        N_("a project reads files of its own folder only, so that a change to it cannot reach others"),
        N_("move the file into the project"),
    ),
    "SMS032": Code(
        "declared-twice", N_("one of the two would silently be lost"), N_("rename or remove one of the two")
    ),
    "SMS033": Code(
        "unknown-environment",
        N_("an environment is declared in smsconf.yaml"),
        N_("choose a declared environment"),
    ),
    "SMS034": Code(
        "missing-file", N_("the file is part of what is submitted or read"), N_("correct the path")
    ),
    "SMS035": Code(
        "unusable-file",
        N_("only regular, readable files of at most 12 MB can be uploaded (API Gateway's limit of a body)"),
        N_("replace the file"),
    ),
    "SMS036": Code(
        "missing-recipients",
        N_("the list is read when the campaign is sent; it often stays out of the repository until then"),
        N_("put the file there before you send"),
        Severity.WARNING,
    ),
    # -- message content
    "SMS040": Code(
        "broken-placeholder",
        N_("a variable is {name}; a brace of the text itself is written twice"),
        N_("write {{ or }}"),
    ),
    "SMS041": Code(
        "mixed-placeholders",
        N_("named variables are numbered by their order, which would clash with numbers of your own"),
        N_("use either {name} or ${1} throughout"),
    ),
    "SMS042": Code(
        "undeclared-variable", N_("the review wants a type for every variable"), N_("declare the variable")
    ),
    "SMS043": Code(
        "unused-variable",
        N_("a variable that the content does not use is not sent"),
        N_("use the variable in the content or remove it"),
        Severity.WARNING,
    ),
    "SMS050": Code(
        "unknown-country",
        N_("2 or 3 capital letters are read as an ISO 3166 code"),
        N_("write the country's ISO code or its English or Chinese name"),
    ),
    "SMS051": Code(
        "no-such-country",
        N_("what is set by country must name one; the files take English names and ISO 3166 codes"),
        N_("write its English name or its ISO code"),
    ),
    "SMS099": Code(
        "too-many-problems",
        N_("the list is cut here to keep it readable"),
        N_("correct these, then run again"),
    ),
    # -- references
    "SMS401": Code("unknown-app", N_("everything belongs to an app of the files"), N_("declare the app")),
    "SMS402": Code(
        "unknown-signature",
        N_("a template is submitted under a signature of the files"),
        N_("declare the signature"),
    ),
    "SMS403": Code(
        "signature-of-another-app",
        N_("template, signature and app must belong together (review rule F12)"),
        N_("use a signature of the template's app"),
    ),
    "SMS404": Code(
        "type-differs-from-signature",
        N_("a template inherits the type of its signature"),
        N_("remove type, or use a signature of that type"),
    ),
    "SMS405": Code(
        "signature-not-for-intl",
        N_("only mainland messages carry a signature"),
        N_("use an app of region cn, or remove it"),
    ),
    "SMS406": Code(
        "signature-missing",
        N_("a mainland template is bound to one signature unless it is universal"),
        N_("add signature, or universal: true with a type"),
    ),
    "SMS407": Code(
        "countries-missing",
        N_("an international template is approved for 1 to 3 countries"),
        N_("add countries"),
    ),
    "SMS408": Code("countries-on-cn", N_("a mainland template has no countries"), N_("remove countries")),
    "SMS409": Code(
        "universal-without-type", N_("without a signature there is no type to inherit"), N_("add type")
    ),
    "SMS410": Code(
        "same-identity",
        N_("the service knows them by these values only, so they are one thing"),
        N_("change one of the two"),
    ),
    "SMS411": Code(
        "overlapping-families",
        N_("versions of a template are named with the suffix _v2, _v3 …, so this name could be either's"),
        N_("choose a name without such a suffix"),
    ),
    "SMS412": Code(
        "too-many-countries", N_("the service takes at most 3 countries a template"), N_("split the template")
    ),
    "SMS413": Code(
        "universal-with-signature",
        N_("the service ignores the signature of a universal template"),
        N_("remove signature or universal"),
        Severity.WARNING,
    ),
    "SMS414": Code(
        "universal-not-for-intl", N_("only mainland templates can be universal"), N_("remove universal")
    ),
    "SMS415": Code(
        "unknown-template", N_("a campaign sends a template of the files"), N_("declare the template")
    ),
    "SMS416": Code(
        "replaces-declared",
        N_("what is replaced is deleted once nothing hangs on it, and what is declared is kept"),
        N_("remove one of the two: the old signature's entry, or replaces"),
    ),
    "SMS417": Code(
        "adopts-no-version",
        N_("the versions of a template are known by its name: NAME, NAME_v2, NAME_v3 …"),
        N_("remove it"),
    ),
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
        why or _(known.why),
        fix or _(known.fix),
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
                message = _("more than {most} problems: the rest is not shown").format(most=_MOST)
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


def fix_reference(key: str, known: list[str], section: str) -> str:
    """Say what to write in place of a key that nothing has."""
    near = nearest(key, known)
    if near:
        return _("write {near}").format(near=near)
    if not known:
        return _("declare it in {section}").format(section=section)
    return _("declare it in {section}, or write {known}").format(section=section, known=listed(known))


def shown(text: str) -> str:
    """A user's word in a message: one line, printable, not longer than 60 characters."""
    line = "".join(character if character.isprintable() else "�" for character in text)
    return line if len(line) <= 60 else f"{line[:57]}…"
