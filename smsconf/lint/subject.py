"""What the rules are asked about: everything the files declare, the site, and the project's own policy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from smsconf.lint.message import Message, message_of
from smsconf.model.address import Address
from smsconf.model.diagnostics import Severity
from smsconf.model.resources import Desired, MessageType
from smsconf.model.segments import Estimate
from smsconf.model.sites import SITES, Site
from smsconf.patterns import Pattern


@dataclass(frozen=True, slots=True)
class Policy:
    """What a project asks for beyond the vendor's rules (``lint:`` of smsconf.yaml).

    ``severities`` override those of rules by code; None switches a rule off.
    """

    forbidden: tuple[str, ...] = ()
    name_pattern: Pattern | None = None
    max_segments: int | None = None
    severities: Mapping[str, Severity | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Subject:
    """One project in one environment."""

    desired: Desired
    site: Site = SITES["china"]
    policy: Policy = Policy()

    @cached_property
    def messages(self) -> Mapping[Address, Message]:
        """Every template as the rules see it."""
        desired = self.desired
        return {address: message_of(desired, template) for address, template in desired.templates.items()}

    @cached_property
    def used_signatures(self) -> frozenset[Address]:
        """The signatures that templates name."""
        return frozenset(one.signature for one in self.desired.templates.values() if one.signature)

    @cached_property
    def universal(self) -> frozenset[tuple[Address, MessageType]]:
        """The apps and types that have a universal template."""
        return frozenset((one.app, one.type) for one in self.desired.templates.values() if one.universal)

    @cached_property
    def registered_links(self) -> Mapping[str, tuple[str, ...]]:
        """The countries that have a declared registration, and the links that are registered there."""
        return {one.country: one.links for one in self.desired.registrations.values()}

    @cached_property
    def signatures_of(self) -> Counter[tuple[Address, MessageType]]:
        """How many signatures an app has of each type."""
        return Counter((one.app, one.type) for one in self.desired.signatures.values())


def segments_of(desired: Desired, address: Address) -> Estimate | None:
    """Bound the billed parts of a template's messages; None while its signature is not known."""
    return message_of(desired, desired.templates[address]).estimate
