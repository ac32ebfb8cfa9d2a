"""desired × observed → plan: a function without I/O, clock or logging.

It makes one row an address, what others need before those that need it; then the rows of what is removed,
and lets the guards judge the whole. ``apply`` carries out what this returns and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from smsconf.language import _
from smsconf.model.address import Address, Kind
from smsconf.model.observed import ObservedTemplate
from smsconf.model.resources import App
from smsconf.reconcile.change import Action, Change, in_order, rows_by_address
from smsconf.reconcile.inputs import Inputs
from smsconf.reconcile.kinds.apps import decide_apps
from smsconf.reconcile.kinds.campaigns import decide_campaigns
from smsconf.reconcile.kinds.manual import decide_manual
from smsconf.reconcile.kinds.signatures import decide_signatures
from smsconf.reconcile.kinds.templates import decide_template, losing_drafts, template_cases
from smsconf.reconcile.removal.guards import Refusal, check_guards
from smsconf.reconcile.removal.prune import Unclaimed, unclaimed
from smsconf.reconcile.removal.removals import removals


@dataclass(frozen=True, slots=True)
class Plan:
    """Ordered changes with the verdict of the guards.

    ``refusals`` say what will not be done; one of scope ``guard`` stops the whole run, one of scope
    ``read`` stops its kind. ``unmanaged`` counts objects of declared apps that no address claims,
    ``foreign`` those of apps that are not declared.
    ``existing`` counts what the service has in the declared apps, which the guards measure deletes against;
    ``empty``: the files declare nothing. ``recorded`` is how many entries the journal had before the look.
    """

    changes: tuple[Change, ...]
    refusals: tuple[Refusal, ...] = ()
    unmanaged: Mapping[Kind, int] = field(default_factory=dict)
    foreign: Mapping[Kind, int] = field(default_factory=dict)
    existing: Mapping[Kind, int] = field(default_factory=dict)
    empty: bool = False
    recorded: int | None = None

    @property
    def guarded(self) -> bool:
        """Tell whether a guard forbids the whole run."""
        return any(refusal.scope == "guard" for refusal in self.refusals)

    @property
    def incomplete(self) -> bool:
        """Tell whether some kind could not be read."""
        return any(refusal.scope == "read" for refusal in self.refusals)

    @property
    def apps(self) -> frozenset[Address]:
        """The addresses of the apps that are ours to manage, those being forgotten included."""
        return frozenset(
            change.address
            for change in self.changes
            if change.address
            and change.kind is Kind.APP
            and not (isinstance(change.desired, App) and change.desired.external)
        )

    @property
    def open_steps(self) -> tuple[Address, ...]:
        """The manual steps that nobody confirmed as they are declared."""
        return tuple(one.address for one in self.changes if one.address and one.action is Action.MANUAL)

    @property
    def sends(self) -> bool:
        """Tell whether carrying this out would send at least one writing request."""
        return any(change.steps for change in self.changes)


def make_plan(inputs: Inputs) -> Plan:
    """Decide what the next run does about every address, and whether it may."""
    rows = rows_by_address([*decide_manual(inputs), *decide_apps(inputs)])
    rows |= rows_by_address(decide_signatures(inputs, rows))
    cases = list(template_cases(inputs, rows))
    rows |= {case.desired.address: decide_template(case) for case in cases}
    rows |= rows_by_address(decide_campaigns(inputs, rows))
    decided = [one for one in cases if rows[one.desired.address].action is not Action.REFUSED]
    drafts = [draft for case in decided for draft in losing_drafts(case)]
    unmanaged, foreign = unclaimed(inputs, list(rows.values()))
    removed = removals(inputs, rows, decided, drafts, unmanaged)
    changes = _targeted(sorted([*drafts, *rows.values(), *removed], key=in_order), inputs.selection.targets)
    return Plan(
        changes=tuple(changes),
        refusals=tuple(_refusals(inputs, changes)),
        unmanaged=_count(unmanaged),
        foreign=_count(foreign),
        existing=_existing(inputs),
        empty=_empty(inputs),
        recorded=inputs.memory.entries,
    )


def _targeted(changes: Sequence[Change], targets: frozenset[Address]) -> Sequence[Change]:
    """Keep the targets and what they need; without targets, everything."""
    if not targets:
        return changes
    by_address = rows_by_address(changes)
    wanted: set[Address] = set()
    pending = list(targets)
    while pending:
        address = pending.pop()
        if address not in wanted and address in by_address:
            wanted.add(address)
            pending += by_address[address].needs
    return [change for change in changes if change.address in wanted]


def _refusals(inputs: Inputs, changes: Sequence[Change]) -> Iterator[Refusal]:
    for kind, problem in inputs.problems().items():
        said = _("{kind} could not be read: {problem}; neither this kind nor what depends on it is written")
        fix = _("run again when the service answers completely")
        yield Refusal("read", said.format(kind=kind, problem=problem), fix=fix)
    yield from check_guards(changes, _existing(inputs), inputs.selection, empty=_empty(inputs))


def _empty(inputs: Inputs) -> bool:
    declared = inputs.desired
    return not (declared.apps or declared.signatures or declared.templates)


def _existing(inputs: Inputs) -> Mapping[Kind, int]:
    keys = inputs.index.declared_app_keys
    return {
        Kind.SIGNATURE: sum(one.app_key in keys for one in inputs.observed.signatures.items),
        Kind.TEMPLATE: sum(one.app_key in keys for one in inputs.observed.templates.items),
    }


def _count(objects: Iterable[Unclaimed]) -> Mapping[Kind, int]:
    return Counter(Kind.TEMPLATE if isinstance(one, ObservedTemplate) else Kind.SIGNATURE for one in objects)
