"""Pruning: what no address claims in a declared app, removed on request unless something may still need it.

Objects of apps that are not declared are counted and never touched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from smsconf.language import _
from smsconf.model.address import Address, Kind
from smsconf.model.lifecycle import Phase, read_status
from smsconf.model.observed import ObservedSignature, ObservedTemplate
from smsconf.model.resources import Template
from smsconf.reconcile.change import Action, Change, Decision, Step, TemplateChange
from smsconf.reconcile.inputs import Inputs
from smsconf.reconcile.names import split_version
from smsconf.reconcile.removal.dependents import carried, holding, taking_along
from smsconf.reconcile.versions.recorded import left_behind
from smsconf.reconcile.versions.submission import split_mark

Unclaimed = ObservedSignature | ObservedTemplate


def unclaimed(inputs: Inputs, rows: Sequence[Change]) -> tuple[list[Unclaimed], list[Unclaimed]]:
    """Split the objects that no address claims: those of declared apps, and those of all others."""
    unmanaged: list[Unclaimed] = []
    foreign: list[Unclaimed] = []
    if not inputs.observed.apps.complete:
        return unmanaged, foreign
    claimed = {one.remote_id for one in _ambiguous(inputs)} | {row.remote_id for row in rows}
    claimed |= {one.remote_id for row in _of_templates(rows) for one in (row.live, row.candidate) if one}
    everything: list[Unclaimed] = [*inputs.observed.templates.items, *inputs.observed.signatures.items]
    for one in everything:
        if one.app_key not in inputs.index.declared_app_keys:
            foreign.append(one)
        elif one.remote_id not in claimed:
            unmanaged.append(one)
    return unmanaged, foreign


def _of_templates(rows: Sequence[Change]) -> Iterator[TemplateChange]:
    return (row for row in rows if isinstance(row, TemplateChange))


def _ambiguous(inputs: Inputs) -> Iterator[Unclaimed]:
    """Yield every object that belongs to an address, twins and leftovers included: none is unmanaged."""
    index, memory = inputs.index, inputs.memory
    for address in inputs.desired.signatures:
        yield from index.signatures_named(address)
        old = index.replaced_signature(address)
        if old:
            yield old
    for template in inputs.desired.templates.values():
        names = (template.name, template.renamed_from, *template.adopt)
        serving = memory.live.get(template.address)
        for _number, one in index.templates_like(template):
            ours = split_mark(one.description)[1] or one.remote_id in memory.created
            if one.name in names or ours or one.remote_id == serving:
                yield one
        moved = index.templates_by_id.get(serving or "")
        if moved:  # it serves until its successor under another app is approved, and that was seen
            yield moved


class Pruning:
    """What of the unmanaged may be needed: by another environment, or by a template in want of it."""

    def __init__(self, inputs: Inputs, rows: Sequence[Change], environments: Mapping[str, str]) -> None:
        self._inputs = inputs
        self._rows = rows
        self._environments = environments
        self._undecided: dict[str, str] = {}
        self._waiting: dict[str, Address] = {}
        self._contending: dict[str, Address] = {}
        for row in _of_templates(rows):
            if row.desired:
                self._note(row, row.desired)

    def _note(self, row: TemplateChange, template: Template) -> None:
        """Note what to keep for a template that is refused, has no live version, or perhaps another one."""
        self._contending |= {one.remote_id: template.address for one in row.contenders}
        if row.live is None:
            self._waiting[template.name] = template.address
            self._waiting[template.renamed_from or template.name] = template.address
        refused = row.action is Action.REFUSED
        if row.live and not refused:
            return
        reason = _("kept until {address} is approved")
        if refused:
            reason = _("kept: nothing can be decided about {address}")
        ids = {*row.family} if refused else set()
        for left in left_behind(self._inputs, template):
            base = replace(template, name=split_version(left.name)[0], renamed_from=None)
            ids |= {one.remote_id for _number, one in self._inputs.index.family_under([left.app_key], base)}
        self._undecided |= dict.fromkeys(ids, reason.format(address=template.address))

    def kept(self, one: Unclaimed) -> str | None:
        """Say why something stays, whatever is asked for: the first of these that holds."""
        undecided = self._undecided.get(one.remote_id)
        if undecided:
            return undecided
        serving_for = None
        if isinstance(one, ObservedTemplate):  # it has the name of one that is declared under another app
            serving_for = self._waiting.get(one.name) or self._waiting.get(split_version(one.name)[0])
        if serving_for:
            return _("kept until {address} is approved").format(address=serving_for)
        contended = self._contending.get(one.remote_id)
        if contended:
            return _("kept: it may be the version of {address} that serves").format(address=contended)
        environment = self._environments.get(one.remote_id)
        return environment and _("kept: the environment {environment} declares it").format(
            environment=environment
        )

    def decide(self, one: Unclaimed, going: Collection[str]) -> tuple[Decision, tuple[str, ...]]:
        """Decide about something unmanaged; say also what goes along."""
        inputs = self._inputs
        kept = self.kept(one)
        if kept:
            return Decision(Action.NONE, kept), ()
        kind = Kind.TEMPLATE if isinstance(one, ObservedTemplate) else Kind.SIGNATURE
        reason = _("not declared, in {app}").format(app=inputs.index.app_labels[one.app_key])
        carries: tuple[str, ...] = ()
        hanging = ""
        if kind is Kind.SIGNATURE:
            hanging = ", ".join(holding(inputs, one.remote_id, self._rows, going))
            carries = carried(inputs, one.remote_id, going)
        decision = Decision(Action.DELETE, taking_along(reason, carries), (Step.DELETE,), observed=one)
        status = read_status(kind, inputs.site, one.status)
        if status.phase is Phase.UNKNOWN:
            said = _("{message}: nothing is written for it").format(message=status.verdict.message)
            decision = decision.instead(Action.REFUSED, said)
        elif hanging:
            said = _("{names} hangs on it").format(names=hanging)
            decision = decision.instead(Action.WAIT, said, awaits=hanging)
        elif kind is Kind.TEMPLATE and status.phase is Phase.IN_REVIEW and not inputs.site.withdrawing:
            said = _("in review, and not to withdraw")
            decision = decision.instead(Action.WAIT, said, awaits=_("its review"))
        elif kind is Kind.TEMPLATE and status.phase is Phase.IN_REVIEW:
            said = _("{reason}; withdrawn first").format(reason=reason)
            decision = replace(decision, reason=said, steps=(Step.WITHDRAW, Step.DELETE))
        return decision, carries
