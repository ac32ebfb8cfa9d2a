"""desired × observed → plan: a function without I/O, clock or logging.

It asks each kind's decision for one change an address, adds what pruning asks for, orders everything by
dependency, and lets the guards judge the whole. ``apply`` carries out what this returns and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from smsconf.language import _
from smsconf.model.address import Address, Kind
from smsconf.model.lifecycle import Phase, read_status
from smsconf.model.observed import ObservedSignature, ObservedTemplate
from smsconf.model.resources import App, Template
from smsconf.reconcile.change import Action, Change, Step, rows_by_address
from smsconf.reconcile.inputs import Inputs
from smsconf.reconcile.kinds.apps import decide_apps
from smsconf.reconcile.kinds.campaigns import decide_campaigns
from smsconf.reconcile.kinds.manual import decide_manual
from smsconf.reconcile.kinds.signatures import decide_signatures
from smsconf.reconcile.kinds.templates import decide_templates
from smsconf.reconcile.removal.guards import Refusal, check_guards
from smsconf.reconcile.removal.other_environments import declared_by_others
from smsconf.reconcile.removal.protect import protect
from smsconf.reconcile.removal.retire import carried, holding, replaced_rows, taking_along
from smsconf.reconcile.versions.family import split_version
from smsconf.reconcile.versions.recognise import left_behind
from smsconf.reconcile.versions.submission import split_mark

_DELETE_ORDER = {Kind.TEMPLATE: 0, Kind.SIGNATURE: 1}


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
    manual = list(decide_manual(inputs))
    apps = list(decide_apps(inputs))
    above = {change.address: change for change in (*manual, *apps) if change.address}
    signatures = list(decide_signatures(inputs, above))
    above.update((change.address, change) for change in signatures if change.address)
    templates = list(decide_templates(inputs, above))
    rows = {
        **above,
        **{one.address: one for one in templates if one.address and one.action is not Action.RETIRE},
    }
    replaced = list(replaced_rows(inputs, rows, templates))
    campaigns = decide_campaigns(inputs, rows)
    declared = [*manual, *apps, *signatures, *replaced, *templates, *campaigns]
    changes = sorted(declared, key=lambda change: change.address.order if change.address else (9, ""))
    unmanaged, foreign = _unclaimed(inputs, changes)
    if inputs.selection.prune:
        changes += sorted(_prune(inputs, unmanaged, changes), key=_delete_order)
    spared = _spare_what_serves(protect(inputs, changes))
    selected = _targeted(spared, inputs.selection.targets)
    return Plan(
        changes=tuple(selected),
        refusals=tuple(_refusals(inputs, selected)),
        unmanaged=_count(unmanaged),
        foreign=_count(foreign),
        existing=_existing(inputs),
        empty=_empty(inputs),
        recorded=inputs.memory.entries,
    )


Unclaimed = ObservedSignature | ObservedTemplate


def _unclaimed(inputs: Inputs, changes: Iterable[Change]) -> tuple[list[Unclaimed], list[Unclaimed]]:
    """Split the objects that no address claims: those of declared apps, and those of all others."""
    claimed = {one for change in changes for one in (change.remote_id, *_ids(change.live, change.candidate))}
    unmanaged: list[Unclaimed] = []
    foreign: list[Unclaimed] = []
    if not inputs.observed.apps.complete:
        return unmanaged, foreign
    ambiguous = {one.remote_id for one in _ambiguous(inputs)}
    everything: list[Unclaimed] = [*inputs.observed.templates.items, *inputs.observed.signatures.items]
    for one in everything:
        if one.app_key not in inputs.declared_app_keys:
            foreign.append(one)
        elif one.remote_id not in claimed and one.remote_id not in ambiguous:
            unmanaged.append(one)
    return unmanaged, foreign


def _ids(*versions: ObservedTemplate | None) -> Iterator[str]:
    yield from (one.remote_id for one in versions if one)


def _undecided(inputs: Inputs, changes: Iterable[Change]) -> Mapping[str, str]:
    """Tell what to keep, for it may belong to a template that is refused or has no live version, and why.

    Returns: remote id → reason.
    """
    kept: dict[str, str] = {}
    for change in changes:
        refused = change.action is Action.REFUSED
        if not isinstance(change.desired, Template) or not (refused or change.live is None):
            continue
        reason = _("kept until {address} is approved")
        if refused:
            reason = _("kept: nothing can be decided about {address}")
        ids = {*change.family} if refused else set()
        for left in left_behind(inputs, change.desired):
            base = replace(change.desired, name=split_version(left.name)[0], renamed_from=None)
            ids |= {one.remote_id for _number, one in inputs.family_under([left.app_key], base)}
        kept |= dict.fromkeys(ids, reason.format(address=change.address))
    return kept


def _spare_what_serves(changes: Sequence[Change]) -> list[Change]:
    """Take back the deletion of a version that another row calls live."""
    live = {change.live.remote_id: change.address for change in changes if change.live and change.address}
    return [
        replace(change, steps=(), reason=_("kept: {address} serves by it").format(address=address))
        if Step.DELETE in change.steps
        and (address := live.get(change.remote_id or "")) not in (None, change.address)
        else change
        for change in changes
    ]


def _ambiguous(inputs: Inputs) -> Iterator[Unclaimed]:
    """Yield every object that belongs to an address, twins and leftovers included: none is unmanaged."""
    for address in inputs.desired.signatures:
        yield from inputs.signatures_named(address)
        old = inputs.replaced_signature(address)
        if old:
            yield old
    for template in inputs.desired.templates.values():
        bases = (template.name, template.renamed_from)
        serving = inputs.memory.live.get(template.address)
        for _number, one in inputs.templates_like(template):
            ours = split_mark(one.description)[1] or one.remote_id in inputs.memory.created
            if one.name in bases or one.name in template.adopt or ours or one.remote_id == serving:
                yield one
        moved = inputs.templates_by_id.get(serving or "")
        if moved:  # it serves until its successor under another app is approved, and that was seen
            yield moved


def _prune(inputs: Inputs, unmanaged: Sequence[Unclaimed], changes: Sequence[Change]) -> Iterator[Change]:
    """Yield a delete for each unmanaged object of a declared app that is ours to change."""
    complete = inputs.observed.templates.complete and inputs.observed.signatures.complete
    if not complete:
        return
    going = {change.remote_id for change in changes if Step.DELETE in change.steps}
    other_environments = declared_by_others(inputs)
    waiting = {
        name: change.address
        for change in changes
        if isinstance(change.desired, Template) and change.address and change.live is None
        for name in (change.desired.name, change.desired.renamed_from or change.desired.name)
    }
    undecided = _undecided(inputs, changes)
    contending = {one.remote_id: change.address for change in changes for one in change.contenders}
    for one in unmanaged:  # templates first: what takes them along looks at how they fare
        if one.app_key not in inputs.managed_app_keys:
            continue
        kind = Kind.TEMPLATE if isinstance(one, ObservedTemplate) else Kind.SIGNATURE
        environment, moving = other_environments.get(one.remote_id), _moving(one, waiting)
        contended = contending.get(one.remote_id)
        if environment or moving or contended or one.remote_id in undecided:
            kept = _("kept: the environment {environment} declares it").format(environment=environment)
            if one.remote_id in undecided:
                kept = undecided[one.remote_id]
            elif moving:
                kept = _("kept until {address} is approved").format(address=moving)
            elif contended:
                kept = _("kept: it may be the version of {address} that serves").format(address=contended)
            yield Change(kind, Action.NONE, kept, one.name, remote_id=one.remote_id, status=one.status)
            continue
        row = Change(
            kind=kind,
            action=Action.DELETE,
            reason=_("not declared, in {app}").format(app=inputs.app_labels[one.app_key]),
            remote_name=one.name,
            remote_id=one.remote_id,
            status=one.status,
            steps=(Step.DELETE,),
            observed=one,
        )
        held: Sequence[str] = ()
        if kind is Kind.SIGNATURE:
            held = holding(inputs, one.remote_id, changes, going)
            carries = carried(inputs, one.remote_id, going)
            row = replace(row, carries=carries, reason=taking_along(row.reason, carries))
        row = _deletable(inputs, row, held)
        if Step.DELETE in row.steps:
            going.add(row.remote_id)
        yield row


def _moving(one: Unclaimed, waiting: Mapping[str, Address]) -> Address | None:
    """Name the declared template that an undeclared one may serve for: it has the name, under another app."""
    if not isinstance(one, ObservedTemplate):
        return None
    return waiting.get(one.name) or waiting.get(split_version(one.name)[0])


def _deletable(inputs: Inputs, row: Change, hanging: Sequence[str]) -> Change:
    status = read_status(row.kind, inputs.site, row.status or "")
    if status.phase is Phase.UNKNOWN:
        return replace(
            row,
            action=Action.REFUSED,
            steps=(),
            reason=_("{message}: nothing is written for it").format(message=status.verdict.message),
        )
    if hanging:
        names = ", ".join(hanging)
        return replace(
            row,
            action=Action.WAIT,
            steps=(),
            reason=_("{names} hangs on it").format(names=names),
            awaits=names,
        )
    if row.kind is Kind.TEMPLATE and status.phase is Phase.IN_REVIEW:
        if not inputs.site.withdrawing:
            return replace(
                row,
                action=Action.WAIT,
                steps=(),
                reason=_("in review, and not to withdraw"),
                awaits=_("its review"),
            )
        return replace(
            row,
            steps=(Step.WITHDRAW, Step.DELETE),
            reason=_("{reason}; withdrawn first").format(reason=row.reason),
        )
    return row


def _delete_order(change: Change) -> tuple[int, str, str]:
    return (_DELETE_ORDER[change.kind], change.remote_name, change.remote_id or "")


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
    observed = inputs.observed
    for kind, problem in (
        (Kind.APP.nouns, observed.apps.problem),
        (Kind.SIGNATURE.nouns, observed.signatures.problem),
        (Kind.TEMPLATE.nouns, observed.templates.problem),
        (_("countries"), observed.countries.problem),
    ):
        if problem:
            yield Refusal(
                "read",
                _(
                    "{kind} could not be read: {problem}; neither this kind nor what depends on it is written"
                ).format(kind=kind, problem=problem),
                fix=_("run again when the service answers completely"),
            )
    yield from check_guards(changes, _existing(inputs), inputs.selection, empty=_empty(inputs))
    for change in changes:
        if change.action is Action.REFUSED:
            yield Refusal("change", change.reason, address=change.label)


def _empty(inputs: Inputs) -> bool:
    declared = inputs.desired
    return not (declared.apps or declared.signatures or declared.templates)


def _existing(inputs: Inputs) -> Mapping[Kind, int]:
    keys = inputs.declared_app_keys
    return {
        Kind.SIGNATURE: sum(one.app_key in keys for one in inputs.observed.signatures.items),
        Kind.TEMPLATE: sum(one.app_key in keys for one in inputs.observed.templates.items),
    }


def _count(objects: Iterable[Unclaimed]) -> Mapping[Kind, int]:
    return Counter(Kind.TEMPLATE if isinstance(one, ObservedTemplate) else Kind.SIGNATURE for one in objects)
