"""What a rule is: a code, a name that says the bad pattern, a severity, a site, a source, and a check.

A rule's docstring is its page: a headline, then *Why*, *Example* and *Instead*. The tests run both snippets
of every page, so the page is the rule's test as well. A rule points at what it found symbolically (field and
offsets); ``runner`` turns that into file, line and column.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, NamedTuple

from smsconf.language import _
from smsconf.model.address import Address
from smsconf.model.diagnostics import Severity
from smsconf.model.resources import MessageType, Region


class Page(NamedTuple):
    """Where a rule is from; the date is the vendor's own, of the text that was read."""

    source: str
    date: str

    def __str__(self) -> str:
        return f"{self.source} ({self.date})"


class Target(StrEnum):
    """What a rule looks at. ``FILE`` rules look at comments and settings, not at resources."""

    APP = "app"
    SIGNATURE = "signature"
    TEMPLATE = "template"
    THRESHOLD = "threshold"
    PROJECT = "project"
    FILE = "file"


class Spot(NamedTuple):
    """A symbolic place: a field of an address (none: its key), and a stretch of that field's text.

    Offsets in ``content`` count in the service's form (``${1}``).
    """

    address: Address
    path: tuple[str | int, ...] = ()
    start: int | None = None
    end: int | None = None


class Hit(NamedTuple):
    """One breach of a rule: what is wrong, the order that repairs it, and where.

    ``path``, ``start`` and ``end`` are those of a :class:`Spot`; ``address`` only where it is not the
    checked resource's own. ``related`` are other places of a conflict with a word on what is there.
    ``edit`` takes the place of the stretch, if that cannot change what is meant: ``lint --fix`` writes it.
    """

    message: str
    fix: str
    path: tuple[str | int, ...] = ()
    start: int | None = None
    end: int | None = None
    address: Address | None = None
    related: tuple[tuple[Spot, str], ...] = ()
    edit: str | None = None


Check = Callable[[Any, Any], Iterator[Hit]]  # (target, Subject)

CONTENT: Final = ("content",)
_HEADING = re.compile(r"^(Why|Example|Instead):\n", re.MULTILINE)


@dataclass(frozen=True)
class Rule:
    """One rule. ``region``, ``types`` and ``sites`` narrow down what it is asked about; None is everything.

    Get one by decorating its check with :func:`rule`; ``registry`` lists them all.
    """

    code: str
    name: str
    severity: Severity
    target: Target
    page: Page
    check: Check
    region: Region | None = None
    types: frozenset[MessageType] | None = None
    sites: frozenset[str] | None = None

    @property
    def title(self) -> str:
        """The headline of the page."""
        return inspect.getdoc(self.check).partition("\n")[0].removesuffix(".")  # type: ignore[union-attr]

    @cached_property
    def why(self) -> str:
        """Why it matters, in one line."""
        return " ".join(self.section("Why").split())

    def section(self, name: str) -> str:
        """Return a section of the page without its indentation."""
        parts = _HEADING.split(inspect.getdoc(self.check) or "")
        found = dict(zip(parts[1::2], parts[2::2], strict=True)).get(name, "")
        return textwrap.dedent(found).strip("\n")


def rule(  # noqa: PLR0913 - a rule's head, all of it keywords of a table
    code: str,
    name: str,
    severity: Severity,
    page: Page,
    *,
    on: Target = Target.TEMPLATE,
    region: Region | None = None,
    types: tuple[MessageType, ...] = (),
    sites: tuple[str, ...] = (),
) -> Callable[[Check], Rule]:
    """Make a rule of its check."""

    def decorate(check: Check) -> Rule:
        return Rule(
            code, name, severity, on, page, check, region, frozenset(types) or None, frozenset(sites) or None
        )

    return decorate


def hits(found: Iterable[re.Match[str]], message: str, fix: str) -> Iterator[Hit]:
    """Object to stretches of a content; ``{found}`` in the message is what stands there."""
    for one in found:
        yield Hit(message.format(found=one[0]), fix, CONTENT, *one.span())


def too_long(text: str, most: int, message: str, field: str, fix: str | None = None) -> Iterator[Hit]:
    """Object to a field of more characters than may be; the message says ``{length}`` and ``{longest}``."""
    length = len(text)
    if length > most:
        fix = fix or _("shorten it by {length}").format(length=length - most)
        yield Hit(message.format(length=length, longest=most), fix, (field,), most, length)
