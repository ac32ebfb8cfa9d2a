"""A template as the rules see it: its text taken apart once, for all of them.

Offsets count in the content in the service's form. It finds and judges nothing by itself.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

from smsconf.model.country_names import english
from smsconf.model.limits import OTHER_VALUE, VALUES
from smsconf.model.resources import (
    Desired,
    MessageType,
    Region,
    Signature,
    Template,
    Variable,
    VariableType,
    by_number,
)
from smsconf.model.segments import (
    PLACEHOLDER,
    Allowed,
    Estimate,
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
_LOOKED_AT = 2_000  # characters; a text may have 500, and rules must not take minutes over a hostile one


class Placeholder(NamedTuple):
    """One ``${n}`` of the content."""

    start: int
    end: int
    number: int

    def span(self) -> tuple[int, int]:
        """Return where it begins and ends, as a match does."""
        return self.start, self.end


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
    def countries(self) -> tuple[str, ...]:
        """The English names of its countries, each at its position in the file."""
        return tuple(map(english, self.template.countries))

    @cached_property
    def links(self) -> tuple[re.Match[str], ...]:
        """The links in the fixed text."""
        return tuple(LINK.finditer(self.fixed)) if "." in self.fixed else ()

    @cached_property
    def type(self) -> MessageType | None:
        """Its type; None if that is only assumed, because the signature could not be found."""
        template = self.template
        known = template.region is Region.INTL or template.universal or self.signature is not None
        return template.type if known else None

    @cached_property
    def letters(self) -> int:
        """How many letters, ideographs and digits the fixed text has."""
        return sum(map(str.isalnum, self.fixed))

    @cached_property
    def named(self) -> tuple[tuple[Variable, Placeholder], ...]:
        """Each variable with its first placeholder."""
        first = {one.number: one for one in reversed(self.placeholders)}
        return tuple((one, first[number]) for number, one in self._variables.items() if number in first)

    @cached_property
    def _variables(self) -> dict[int, Variable]:
        return by_number(self.template.variables)

    def written(self, placeholder: Placeholder) -> str:
        """Spell a placeholder as the file does: ``{order}`` where variables have names."""
        variable = self._variables.get(placeholder.number)
        named = variable is not None and not variable.name.isdigit()
        return f"{{{variable.name}}}" if variable and named else f"${{{placeholder.number}}}"

    @cached_property
    def prefix(self) -> str | None:
        """The signature with its brackets; None for an international template.

        A universal template may carry any signature, so only the brackets are known.
        """
        if self.template.region is Region.INTL:
            return None
        return self.template.brackets.around(self.signature.name if self.signature else "")

    @cached_property
    def estimate(self) -> Estimate | None:
        """What its messages come to; None if the signature's length is not known."""
        template = self.template
        if template.region is Region.CN and self.signature is None:
            return None
        allowed = {placeholder.number: _allowed(variable) for variable, placeholder in self.named}
        return estimate(self.content, allowed, signature=self.prefix)


def message_of(desired: Desired, template: Template) -> Message:
    """Take a template apart, with its signature if the files have it."""
    return Message(template, desired.signatures.get(template.signature) if template.signature else None)


def _allowed(variable: Variable) -> Allowed:
    shortest = VALUES.get(variable.type, OTHER_VALUE).shortest
    return Allowed(min(shortest, variable.max_length), variable.max_length, free=variable.type in FREE_TYPES)
