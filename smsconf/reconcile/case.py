"""A case: everything that the decision about one address looks at, put together once.

Facts only, each found out when it is first asked for: ``kinds`` decides, ``objections`` object.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from smsconf.language import _
from smsconf.model.address import Address
from smsconf.model.console_screens import CHINESE
from smsconf.model.observed import ObservedTemplate
from smsconf.model.resources import Signature, Template
from smsconf.model.sites import Site
from smsconf.reconcile.change import Change
from smsconf.reconcile.countries import Countries, find_countries
from smsconf.reconcile.diff import Fields, template_fields
from smsconf.reconcile.inputs import Inputs
from smsconf.reconcile.versions.family import Family
from smsconf.reconcile.versions.recognise import recognise, serves, stranded_version
from smsconf.reconcile.versions.submission import signature_hash, submission_hash


@dataclass(frozen=True)
class Case:
    """One declared thing that is reviewed, with the rows of what stands above it."""

    inputs: Inputs
    desired: Signature | Template
    above: Mapping[Address, Change]

    @property
    def site(self) -> Site:
        """What the service can do."""
        return self.inputs.site

    @property
    def insisted(self) -> bool:
        """Tell whether the user insists on a submission that was refused before."""
        return self.desired.address in self.inputs.selection.resubmit

    def refused_before(self, submission: str | None) -> str | None:
        """Say that the journal shows this very submission refused; nothing if the user insists on it."""
        words = self.inputs.memory.refused.get((self.desired.address, submission or ""))
        if words is None or self.insisted:
            return None
        reason = _("rejected before: {words} (unchanged, so not submitted again)")
        return reason.format(words=words or _("no reason given"))


@dataclass(frozen=True)
class SignatureCase(Case):
    """A declared signature."""

    desired: Signature

    @property
    def needs(self) -> tuple[Address, ...]:
        """What it needs first: its qualification, and its app."""
        qualified_by = self.desired.qualified_by
        return (*([qualified_by] if qualified_by else []), self.desired.app)

    @cached_property
    def submission(self) -> str | None:
        """The hash of what would be submitted."""
        return None if self.desired.external else signature_hash(self.desired)


@dataclass(frozen=True)
class TemplateCase(Case):
    """A declared template and all its versions; ``needed``: remote id → the environment that may need it."""

    desired: Template
    needed: Mapping[str, str]

    @cached_property
    def needs(self) -> tuple[Address, ...]:
        """What it needs first: the declared registrations of its countries, app, signature."""
        registrations = self.inputs.desired.registrations
        by_country = {one.country: address for address, one in registrations.items()}
        names = (CHINESE.get(name, name) for name in self.desired.countries) if by_country else ()
        signature = [self.desired.signature] if self.desired.signature else []
        return (*(by_country[name] for name in names if name in by_country), self.desired.app, *signature)

    @cached_property
    def countries(self) -> Countries:
        """Where it goes, in the service's words."""
        return find_countries(self.inputs.index, self.desired)

    @cached_property
    def wanted(self) -> Fields:
        """The effective fields that the files ask for."""
        return template_fields(self.desired, self.countries.names)

    @cached_property
    def members(self) -> list[tuple[int, ObservedTemplate]]:
        """Every remote template of its family, with its number."""
        return self.inputs.index.templates_like(self.desired)

    @cached_property
    def family(self) -> Family:
        """Its versions: who is who."""
        return recognise(self.inputs, self.desired, self.members, self.wanted, self.needed, self.sent_as)

    @cached_property
    def stranded(self) -> ObservedTemplate | None:
        """The version that serves, or is in review, under a name that the files no longer lead to."""
        return stranded_version(self.inputs, self.desired, self.family)

    @property
    def live(self) -> ObservedTemplate | None:
        """The version that serves."""
        if self.stranded and serves(self.inputs.site, self.stranded):
            return self.stranded
        return self.family.live.observed if self.family.live else None

    @property
    def candidate(self) -> ObservedTemplate | None:
        """The version on its way."""
        if self.stranded and not serves(self.inputs.site, self.stranded):
            return self.stranded
        return self.family.candidate.observed if self.family.candidate else None

    @cached_property
    def submission(self) -> str:
        """The hash of what would be submitted."""
        return self.sent_as(self.desired.description)

    def sent_as(self, note: str | None) -> str:
        """Return the hash of what would be submitted with an application note."""
        signature = self.desired.signature and self.inputs.desired.signatures[self.desired.signature]
        return submission_hash(replace(self.desired, description=note), signature, self.countries.names)
