"""A case: everything that the decision about one address looks at, put together once.

Facts only, each found out when it is first asked for: ``kinds`` decides, ``objections`` object.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from smsconf.language import _
from smsconf.model.address import Address, Kind
from smsconf.model.country_names import english
from smsconf.model.lifecycle import Phase, read_status
from smsconf.model.observed import ObservedTemplate
from smsconf.model.resources import Signature, Template
from smsconf.model.sites import Site
from smsconf.reconcile.change import C, Change, Decision
from smsconf.reconcile.countries import Countries, find_countries
from smsconf.reconcile.diff import (
    Fields,
    field_changes,
    observed_template_fields,
    template_fields,
    template_notes,
)
from smsconf.reconcile.inputs import Inputs
from smsconf.reconcile.versions.family import Family, Version, without_twins
from smsconf.reconcile.versions.recorded import left_behind, serves
from smsconf.reconcile.versions.submission import signature_hash, split_mark, submission_hash


@dataclass(frozen=True)
class Case:
    """One declared thing that is reviewed, with the rows of what stands above it."""

    inputs: Inputs
    desired: Signature | Template
    above: Mapping[Address, Change]

    @property
    def needs(self) -> tuple[Address, ...]:
        """What it needs first."""
        return ()

    @property
    def site(self) -> Site:
        """What the service can do."""
        return self.inputs.site

    @property
    def insisted(self) -> bool:
        """Tell whether the user insists on a submission that was refused before."""
        return self.desired.address in self.inputs.selection.resubmit

    def row(self, make: type[C], decision: Decision, **own: Any) -> C:  # noqa: ANN401 - of this kind
        """Make the row of a decision."""
        address, name = self.desired.address, self.desired.name
        return decision.row(make, address, name, **{"desired": self.desired, "needs": self.needs, **own})

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
        by_country = {one.country: address for address, one in self.inputs.desired.registrations.items()}
        names = map(english, self.desired.countries)
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
        """Its versions: who is who, and which one was approved with values of the service's."""
        memory, address = self.inputs.memory, self.desired.address
        winners, losers, clashes = without_twins(self._version(*member) for member in self.members)
        family = Family(winners, losers, clashes, memory.live.get(address))
        family = replace(family, unclaimed=self._unclaimed(family))
        asked = any(one.equal and one.phase is Phase.IN_REVIEW for one in winners)
        if family.settled or asked or self.insisted:
            return family
        approved = [one for one in winners if one.phase is Phase.APPROVED]
        known = [one for one in approved if one.mark or one in family.approved]
        serving = [one for one in approved if one.observed.remote_id == family.remembered]
        # of an older one anybody may have made something else since
        sent = (one.observed.remote_id for one in (*known[:1], *serving) if self._was_sent(one))
        return replace(family, altered=next(sent, None))

    def _version(self, number: int, observed: ObservedTemplate) -> Version:
        template, memory, index = self.desired, self.inputs.memory, self.inputs.index
        note, mark = split_mark(observed.description)
        if not self.site.readable_notes:  # what an answer lacks is not compared
            note = note or template.description or None
        has = observed_template_fields(observed, self.wanted, index.signature_labels, index.country_names)
        submitted = memory.submitted.get(observed.remote_id, "")
        if mark and submitted.startswith(mark):  # other texts may have the same first digits
            mark = submitted
        ours = (
            observed.name in (template.name, template.renamed_from, *template.adopt)
            or mark is not None
            or observed.remote_id in memory.created
        )
        live = observed.remote_id == memory.live.get(template.address)
        return Version(
            number=number,
            observed=observed,
            status=read_status(Kind.TEMPLATE, self.site, observed.status),
            ours=ours and (live or observed.remote_id not in memory.created_by_others),
            fields=field_changes(has, self.wanted),
            notes=template_notes(template, observed, note),
            mark=mark,
            needed_by=self.needed.get(observed.remote_id),
        )

    def _unclaimed(self, family: Family) -> tuple[Version, ...]:
        """Return the approved versions above ours that only the journal, now lost, could tell to be ours.

        Where the service shows the note, and marks are written, a version without one is not ours.
        """
        if self.site.readable_notes and self.inputs.desired.mark:
            return ()
        others = self.inputs.memory.created_by_others
        top = max((one.number for one in family.approved), default=0)
        above = (one for one in family.versions if one.phase is Phase.APPROVED and one.number > top)
        return tuple(one for one in above if one.observed.remote_id not in others)

    def _was_sent(self, one: Version) -> bool:
        """Tell whether we submitted this very thing there, but for its note, whatever became of it."""
        known = self.inputs.memory.submitted.get(one.observed.remote_id)
        if not known and not one.mark:
            return False
        notes = (self.desired.description, split_mark(one.observed.description)[0])
        return any(one.bears(sent) or known == sent for sent in map(self._sent_as, notes))

    @cached_property
    def stranded(self) -> ObservedTemplate | None:
        """The version that serves, or is in review, under a name that the files no longer lead to.

        Under another app it is another template; and one that says what is desired is live by itself. What
        was never recorded as live counts only where the family has nothing of ours, dead or alive.
        """
        app = self.inputs.index.app_of(self.desired.app)
        if app is None or self.family.settled:
            return None
        recorded = self.inputs.memory.live.get(self.desired.address)
        bare = not any(one.ours for one in self.family.versions)
        left = (one for one in left_behind(self.inputs, self.desired) if one.app_key == app.app_key)
        return next((one for one in left if one.remote_id == recorded or bare), None)

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
        return self._sent_as(self.desired.description)

    def _sent_as(self, note: str | None) -> str:
        """Return the hash of what would be submitted with an application note."""
        signature = self.desired.signature and self.inputs.desired.signatures[self.desired.signature]
        return submission_hash(replace(self.desired, description=note), signature, self.countries.names)
