"""What a plan is made from: what is asked, what is there, what is remembered, and what the caller allows.

Values only; ``index`` finds things among them, and a ``case`` is all that concerns one address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from smsconf.language import _
from smsconf.model.address import Address, Kind
from smsconf.model.memory import Memory
from smsconf.model.observed import Observed
from smsconf.model.resources import Desired
from smsconf.model.sites import Site
from smsconf.reconcile.index import NOTHING, Index


@dataclass(frozen=True, slots=True)
class Selection:
    """What the user asked this run to do beyond the files, and what it must not do without.

    ``allow_deletes`` and ``allow_submissions`` are amounts; ``None`` leaves the guard's own limit.
    """

    prune: bool = False
    retire: bool = False
    retire_now: frozenset[Address] = frozenset()
    targets: frozenset[Address] = frozenset()
    resubmit: frozenset[Address] = frozenset()
    allow_deletes: int | None = None
    allow_submissions: int | None = None
    require_confirmed: bool = False


@dataclass(frozen=True)
class Inputs:
    """The desired and the observed state of one site.

    ``other_environments`` is what those of the project declare in the same account, by their names.
    """

    site: Site
    desired: Desired
    observed: Observed
    selection: Selection = Selection()
    memory: Memory = NOTHING
    other_environments: Mapping[str, Desired] = field(default_factory=dict)

    @cached_property
    def index(self) -> Index:
        """What the service has, by our names for it."""
        return Index(self.desired, self.observed, self.memory)

    @cached_property
    def others(self) -> Mapping[str, Index]:
        """The same account as each other environment looks at it, without what it remembers."""
        return {name: Index(desired, self.observed) for name, desired in self.other_environments.items()}

    def problems(self) -> Mapping[str, str]:
        """Return what could not be read: what people call it → why not."""
        observed = self.observed
        readings = {
            Kind.APP.nouns: observed.apps.problem,
            Kind.SIGNATURE.nouns: observed.signatures.problem,
            Kind.TEMPLATE.nouns: observed.templates.problem,
            _("countries"): observed.countries.problem,
        }
        return {kind: problem for kind, problem in readings.items() if problem}

    def unreadable(self, *kinds: str) -> str | None:
        """Say which reading a decision would need and does not have, of what people call ``kinds``."""
        for kind, problem in self.problems().items():
            if kind in kinds:
                return _("{kind} could not be read: {problem}").format(kind=kind, problem=problem)
        return None
