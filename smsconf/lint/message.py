"""A template as the rules see it: its text taken apart once, for all of them.

Offsets count in the content in the service's form. It finds and judges nothing by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from smsconf.model.resources import (
    Brackets,
    Desired,
    MessageType,
    Region,
    Signature,
    Template,
    Variable,
    VariableType,
)
from smsconf.model.segments import (
    PLACEHOLDER,
    Allowed,
    Estimate,
    count_international,
    count_mainland,
    estimate,
)

# A link is ASCII that begins like one, or a host name under a usual top-level domain.
LINK = re.compile(
    r"(?:https?://|www\.)[\x21-\x7e]+"
    r"|(?<![A-Za-z0-9@.-])(?:[A-Za-z0-9-]{1,63}\.){1,4}"
    r"(?:com|cn|net|org|io|top|cc|xyz|me|info|shop|vip|club|ly|gl|so|im|link|app)\b(?:/[\x21-\x7e]*)?",
    re.IGNORECASE,
)
MOBILE = re.compile(r"(?<![0-9])(?:\+?86[ -]?)?1[3-9][0-9](?:[ -]?[0-9]{4}){2}(?![0-9])")
PHONE = re.compile(
    rf"{MOBILE.pattern}|(?<![0-9])(?:[48]00[ -]?[0-9]{{3,4}}[ -]?[0-9]{{3,4}}"
    r"|0[0-9]{2,3}-?[0-9]{7,8}|95[0-9]{3,6}|\+[0-9][0-9 ()-]{5,18}[0-9]"
    r"|\(?[0-9]{3}\)?[ -][0-9]{3}[ -][0-9]{3,4})"
    r"(?![0-9])"
)
FREE_TYPES = frozenset({VariableType.TEXT, VariableType.NEWTEXT, VariableType.LONGTEXT})
BRACKETS: Mapping[Brackets, tuple[str, str]] = {Brackets.CN: ("【", "】"), Brackets.GB: ("[", "]")}
_LOOKED_AT = 2_000  # characters; a text may have 500, and rules must not take minutes over a hostile one
_SHORTEST_PHONE = 4  # a value of the attribute PHONE has 4 to 15 characters


class Placeholder(NamedTuple):
    """One ``${n}`` of the content."""

    start: int
    end: int
    number: int


class Message:
    """A template, its signature if that is known, and what its content consists of.

    ``content`` is cut far beyond what the service takes; the whole text is the template's.
    """

    def __init__(self, template: Template, signature: Signature | None) -> None:
        self.template = template
        self.signature = signature
        self.content = template.content[:_LOOKED_AT]

    @cached_property
    def placeholders(self) -> tuple[Placeholder, ...]:
        """Every placeholder, in order."""
        return tuple(
            Placeholder(found.start(), found.end(), int(found[1]))
            for found in PLACEHOLDER.finditer(self.content)
        )

    @cached_property
    def fixed(self) -> str:
        """The content with NUL in place of every placeholder's characters: offsets stay the same."""
        return PLACEHOLDER.sub(lambda found: "\0" * len(found[0]), self.content)

    @cached_property
    def links(self) -> tuple[re.Match[str], ...]:
        """The links in the fixed text."""
        return tuple(LINK.finditer(self.fixed)) if "." in self.fixed else ()

    @cached_property
    def type_is_known(self) -> bool:
        """Whether the type is meant, and not assumed because the signature could not be found."""
        template = self.template
        return template.region is Region.INTL or template.universal or self.signature is not None

    @cached_property
    def gaps(self) -> tuple[tuple[Placeholder, Placeholder, str], ...]:
        """Each two neighbouring placeholders and the text between them."""
        pairs = zip(self.placeholders, self.placeholders[1:], strict=False)
        return tuple((left, right, self.content[left.end : right.start]) for left, right in pairs)

    @cached_property
    def letters(self) -> int:
        """How many letters, ideographs and digits the fixed text has."""
        return sum(map(str.isalnum, self.fixed))

    @cached_property
    def named(self) -> tuple[tuple[Variable, Placeholder], ...]:
        """Each variable with its first placeholder."""
        return tuple(self._named())

    def _named(self) -> Iterator[tuple[Variable, Placeholder]]:
        first = {one.number: one for one in reversed(self.placeholders)}
        named = all(not variable.name.isdigit() for variable in self.template.variables)
        for position, variable in enumerate(self.template.variables, 1):
            number = position if named else int(variable.name)
            if number in first:
                yield variable, first[number]

    def written(self, placeholder: Placeholder) -> str:
        """Spell a placeholder as the file does: ``{order}`` where variables have names."""
        variables = self.template.variables
        if 0 < placeholder.number <= len(variables) and not variables[placeholder.number - 1].name.isdigit():
            return f"{{{variables[placeholder.number - 1].name}}}"
        return f"${{{placeholder.number}}}"

    @cached_property
    def prefix(self) -> str | None:
        """The signature with its brackets; None for an international template.

        A universal template may carry any signature, so only the brackets are known.
        """
        if self.template.region is Region.INTL:
            return None
        left, right = BRACKETS[self.template.brackets]
        return f"{left}{self.signature.name if self.signature else ''}{right}"

    @cached_property
    def estimate(self) -> Estimate | None:
        """What its messages come to; None if the signature's length is not known."""
        template = self.template
        if template.region is Region.CN and self.signature is None:
            return None
        if not self.placeholders:
            count = (
                count_international(self.content)
                if self.prefix is None
                else count_mainland(self.content, self.prefix)
            )
            return Estimate(count, count)
        allowed = {placeholder.number: _allowed(variable) for variable, placeholder in self.named}
        return estimate(self.content, allowed, signature=self.prefix)

    def is_type(self, *types: MessageType) -> bool:
        """Tell whether it surely is of one of these types."""
        return self.type_is_known and self.template.type in types


def message_of(desired: Desired, template: Template) -> Message:
    """Take a template apart, with its signature if the files have it."""
    return Message(template, desired.signatures.get(template.signature) if template.signature else None)


def _allowed(variable: Variable) -> Allowed:
    shortest = _SHORTEST_PHONE if variable.type is VariableType.PHONE else 1
    return Allowed(min(shortest, variable.max_length), variable.max_length, free=variable.type in FREE_TYPES)
