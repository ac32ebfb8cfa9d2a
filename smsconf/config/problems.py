"""The codes of this package: what each means, why it matters, and what to do by default.

A table (code and name, why, what to do) and a constructor; it finds nothing itself. Loading is SMS0xx,
references are SMS4xx; a number is never reused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from smsconf.language import _, listed
from smsconf.model.diagnostics import Diagnostic, Place, Severity
from smsconf.model.nearest import nearest

_MOST = 10_000  # a file of nothing but mistakes must not take minutes or fill the memory


class Code(NamedTuple):
    """What one code stands for."""

    name: str
    why: str
    fix: str
    severity: Severity


_TABLE: Final = """
-- reading files
SMS001 unreadable-file
  a project is a folder with a smsconf.yaml; only regular files are read
  → check the path and its permissions
SMS002 not-utf8
  YAML files are read as UTF-8
  → save the file as UTF-8
SMS003 control-character
  YAML allows no control characters but tab and line end
  → delete the character
SMS004 too-large
  limits keep a run short: 8 MiB and 500,000 values a file; 64 MiB and 10,000 files a project, 20,000
  entries a section
  → split the file and list the parts in include
SMS005 yaml-syntax
  the file is not valid YAML
  → correct the line
SMS006 duplicate-key
  one of the two would silently be lost
  → rename or remove one of the two
SMS007 too-deep
  nothing in a project is nested deeper than 64 levels
  → remove the extra levels
SMS008 broken-alias
  an alias (*name) repeats an anchor (&name) above it
  → correct the name
SMS009 alias-bomb
  aliases may repeat at most ten times the values that are written, 100,000 at least
  → write the values out, or split the file
SMS010 unknown-tag
  only !!str, !!int, !!float, !!bool, !!null, !!map and !!seq mean something
  → remove the tag
SMS011 several-documents
  a file holds one document
  → move what follows --- to a file of its own
SMS012 not-a-mapping
  a file is a mapping of sections such as apps and templates
  → write KEY: VALUE
SMS013 bad-merge-key
  << takes over the keys of a mapping or of a list of mappings
  → give << an alias of a mapping
SMS014 complex-key
  keys are words
  → use a word as key
SMS015 tab-indentation
  YAML is indented by spaces; a tab has no width
  → replace the tab by spaces

-- the file format
SMS020 unknown-key
  a key nobody reads is a setting that silently does nothing
  → remove the key
SMS021 missing-key
  nothing sensible can be assumed for it
  → add the key
SMS022 wrong-type
  the value is of another kind than the key asks for
  → correct the value
SMS023 unknown-word
  the key takes one of a few words
  → use one of the words
SMS024 bad-key
  a key is a name in plans and logs: a-z, 0-9, _ and -, beginning with a letter or digit
  → rename the key; the remote name goes into name:
SMS025 bad-value
  the value is not one this key can have
  → correct the value
SMS026 misplaced-section
  version, project, include, environments and default_environment belong into smsconf.yaml, and so do
  provider, store, mark and confirmations, unless an overlay has them
  → move the section to smsconf.yaml
SMS027 provider-choice
  a project has exactly one provider
  → keep one of emulator and huaweicloud

-- several files
SMS030 include-without-match
  an include that finds nothing is a misspelt one
  → correct the path or remove it
SMS031 outside-project
  a project reads files of its own folder only, so that a change to it cannot reach others
  → move the file into the project
SMS032 declared-twice
  one of the two would silently be lost
  → rename or remove one of the two
SMS033 unknown-environment
  an environment is declared in smsconf.yaml
  → choose a declared environment
SMS034 missing-file
  the file is part of what is submitted or read
  → correct the path
SMS035 unusable-file
  only regular, readable files of at most 12 MB can be uploaded (API Gateway's limit of a body)
  → replace the file
SMS036 missing-recipients warning
  the list is read when the campaign is sent; it often stays out of the repository until then
  → put the file there before you send

-- message content
SMS040 broken-placeholder
  a variable is {name}; a brace of the text itself is written twice
  → write {{ or }}
SMS041 mixed-placeholders
  named variables are numbered by their order, which would clash with numbers of your own
  → use either {name} or ${1} throughout
SMS042 undeclared-variable
  the review wants a type for every variable
  → declare the variable
SMS043 unused-variable warning
  a variable that the content does not use is not sent
  → use the variable in the content or remove it
SMS050 unknown-country
  2 or 3 capital letters are read as an ISO 3166 code
  → write the country's ISO code or its English or Chinese name
SMS051 no-such-country
  what is set by country must name one; the files take English names and ISO 3166 codes
  → write its English name or its ISO code
SMS099 too-many-problems
  the list is cut here to keep it readable
  → correct these, then run again

-- references
SMS401 unknown-app
  everything belongs to an app of the files
  → declare the app
SMS402 unknown-signature
  a template is submitted under a signature of the files
  → declare the signature
SMS403 signature-of-another-app
  template, signature and app must belong together (review rule F12)
  → use a signature of the template's app
SMS404 type-differs-from-signature
  a template inherits the type of its signature
  → remove type, or use a signature of that type
SMS405 signature-not-for-intl
  only mainland messages carry a signature
  → use an app of region cn, or remove it
SMS406 signature-missing
  a mainland template is bound to one signature unless it is universal
  → add signature, or universal: true with a type
SMS407 countries-missing
  an international template is approved for 1 to 3 countries
  → add countries
SMS408 countries-on-cn
  a mainland template has no countries
  → remove countries
SMS409 universal-without-type
  without a signature there is no type to inherit
  → add type
SMS410 same-identity
  the service knows them by these values only, so they are one thing
  → change one of the two
SMS411 overlapping-families
  versions of a template are named with the suffix _v2, _v3 …, so this name could be either's
  → choose a name without such a suffix
SMS412 too-many-countries
  the service takes at most 3 countries a template
  → split the template
SMS413 universal-with-signature warning
  the service ignores the signature of a universal template
  → remove signature or universal
SMS414 universal-not-for-intl
  only mainland templates can be universal
  → remove universal
SMS415 unknown-template
  a campaign sends a template of the files
  → declare the template
SMS416 replaces-declared
  what is replaced is deleted once nothing hangs on it, and what is declared is kept
  → remove one of the two: the old signature's entry, or replaces
SMS417 adopts-no-version
  the versions of a template are known by its name: NAME, NAME_v2, NAME_v3 …
  → remove it
"""
_ROW: Final = re.compile(r"(SMS\d{3}) (\S+)( warning)?\n((?:  (?!→).+\n)+)  → (.+)\n")
CODES: Final = {
    code: Code(name, " ".join(why.split()), fix, Severity.WARNING if mild else Severity.ERROR)
    for code, name, mild, why, fix in _ROW.findall(_TABLE)
}


def problem(
    code: str,
    message: str,
    place: Place | None = None,
    *,
    address: object = None,
    fix: str | None = None,
    related: tuple[tuple[Place, str], ...] = (),
) -> Diagnostic:
    """Make a diagnostic; severity, why, and the fix unless it is said here come from the table."""
    known = CODES[code]
    owner = None if address is None else str(address)
    fix = fix or _(known.fix)
    return Diagnostic(code, known.severity, message, place, owner, _(known.why), fix, related)


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

    def report(
        self,
        code: str,
        message: str,
        place: Place | None = None,
        *,
        address: object = None,
        fix: str | None = None,
        related: tuple[tuple[Place, str], ...] = (),
    ) -> None:
        """Take one more, made on the spot."""
        self.add(problem(code, message, place, address=address, fix=fix, related=related))

    @property
    def any(self) -> bool:
        """Whether there is one."""
        return bool(self._found)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self._found)


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
