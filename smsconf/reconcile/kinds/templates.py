"""Decide about a template: six rules in order, the first that matches wins.

1. a status we do not know in the family → reported, nothing written
2. an approved version says what is desired → it is live; nothing is submitted, a running review called back
3. the candidate says what is desired → wait, report, or submit what lies there unsubmitted
4. the candidate says something else → withdraw if need be, edit, submit
5. no candidate, a live version that says something else → a successor; the live one serves meanwhile
6. nothing → create as a draft, then submit

Before anything is submitted: the same submission that was rejected or deactivated is never sent again.
Templates are frozen once approved (management-api reference §5.1, §5.2 and §13.11).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from smsconf.language import _, clauses
from smsconf.model.address import Address, Kind
from smsconf.model.lifecycle import Phase, read_status
from smsconf.model.observed import ObservedTemplate
from smsconf.model.resources import Region, Template, UpdatePolicy
from smsconf.reconcile.change import Action, Change, Step
from smsconf.reconcile.countries import find_countries, unknown_country
from smsconf.reconcile.diff import named, new_fields, template_fields
from smsconf.reconcile.inputs import Inputs
from smsconf.reconcile.kinds.manual import held, needs_of
from smsconf.reconcile.kinds.refusals import blocked, misnamed, too_long
from smsconf.reconcile.kinds.universal import missing_signature
from smsconf.reconcile.removal.other_environments import needed_by_others
from smsconf.reconcile.removal.retire import retire_rows
from smsconf.reconcile.versions.family import Version, next_number, version_name
from smsconf.reconcile.versions.recognise import (
    doubts_about,
    left_behind,
    recognise,
    serves,
    stranded_version,
)
from smsconf.reconcile.versions.submission import marked, submission_hash


def decide_templates(inputs: Inputs, above: Mapping[Address, Change]) -> Iterator[Change]:
    """Decide about every declared template, given what happens to the apps and signatures above it."""
    needed = needed_by_others(inputs)
    for template in inputs.desired.templates.values():
        mainland = template.region is Region.CN
        problem = inputs.unreadable(
            Kind.APP, *([Kind.SIGNATURE] if mainland else []), Kind.TEMPLATE, countries=not mainland
        )
        if problem:
            yield _refused(inputs, template, problem)
            continue
        decision = _Decision(inputs, template, above, needed)
        change = decision.decide()
        if change.steps:
            change = (
                blocked(change, above)
                or too_long(change)
                or held(change, above)
                or decision.unsigned(change)
                or decision.as_sent(change)
            )
        if change.action is Action.REFUSED:  # nothing is written for its versions
            yield change
            continue
        retiring = list(retire_rows(inputs, template, decision.family))
        if change.action is Action.WITHDRAW and change.remote_id in {
            row.remote_id for row in retiring if row.steps
        }:
            change = decision.at_rest()  # what goes in this run is withdrawn on its way
        yield from decision.losing_drafts()
        yield change
        yield from retiring


class _Decision:
    """Everything one decision looks at; ``decide`` is the six rules."""

    def __init__(
        self,
        inputs: Inputs,
        template: Template,
        above: Mapping[Address, Change],
        needed: Mapping[str, str],
    ) -> None:
        self.inputs = inputs
        self.template = template
        self.above = above
        self.countries = find_countries(inputs, template)
        self.wanted = template_fields(template, self.countries.names)
        self.members = inputs.templates_like(template)
        self.family = recognise(inputs, template, self.wanted, needed, self.sent_as)
        self.stranded = stranded_version(inputs, template, self.family)
        live = self.family.live.observed if self.family.live else None
        candidate = self.family.candidate.observed if self.family.candidate else None
        if self.stranded and serves(inputs, self.stranded):
            live = self.stranded
        elif self.stranded:
            candidate = self.stranded
        self.base = Change(
            kind=Kind.TEMPLATE,
            action=Action.REFUSED,
            reason="",
            remote_name=template.name,
            address=template.address,
            needs=needs_of(inputs.desired, template),
            desired=template,
            country_ids=self.countries.ids,
            country_names=self.countries.names,
            live=live,
            candidate=candidate,
            versions=tuple(one for _, one in self.members),
            contenders=() if self.stranded else tuple(one.observed for one in self.family.contenders),
            unlisted=inputs.unlisted_templates(template.address),
        )

    @cached_property
    def submission(self) -> str:
        """The hash of what would be submitted."""
        return self.sent_as(self.template.description)

    def sent_as(self, note: str | None) -> str:
        """Return the hash of what would be submitted with an application note."""
        signature = self.template.signature
        declared = self.inputs.desired.signatures.get(signature) if signature else None
        asked = replace(self.template, description=note)
        return submission_hash(asked, declared, self.countries.names)

    def as_sent(self, change: Change) -> Change:
        """Add what only a change that sends something needs: the submission, and its mark in the note."""
        note = self.template.description
        if self.inputs.desired.mark:
            note = marked(note, self.submission)
        return replace(change, desired=replace(self.template, description=note), submission=self.submission)

    def unsigned(self, change: Change) -> Change | None:
        """Let a universal template wait that no approved signature can go out under: it would be refused."""
        asks = self.template.universal and change.submissions
        missing = missing_signature(self.inputs, self.template, self.above) if asks else None
        if missing is None:
            return None
        waiting = replace(change, action=Action.WAIT, steps=(), reason=self._beside_live(missing.reason))
        return replace(waiting, awaits=missing.awaits, blocked_by=missing.lost)

    def decide(self) -> Change:
        """Follow the six rules; say also where nothing tells which version is live."""
        change = self._first_match()
        doubts = () if self.stranded else doubts_about(self.family)
        return replace(change, reason=clauses((change.reason, *doubts)))

    def _first_match(self) -> Change:
        family = self.family
        impossible = self._impossible()
        if impossible:
            return replace(self.base, reason=impossible)
        if family.unknown:
            one = family.unknown
            message = _("{message}: nothing is written for it").format(message=one.status.verdict.message)
            return self._about(one, Action.REFUSED, message)
        if family.settled:
            return self._settled(family.settled)
        if family.candidate:
            return self._candidate(family.candidate)
        return self._said_no() or (self._replace(family.live) if family.live else self._create())

    def losing_drafts(self) -> Iterator[Change]:
        """Yield the deletion of drafts whose name or text another one holds; before anything is submitted."""
        for one in self.family.losers:
            reason = _("a second draft of one name or text, left by another run")
            yield replace(self._about(one, Action.DELETE, reason), steps=(Step.DELETE,))

    def _impossible(self) -> str | None:
        """Say why nothing can be decided about this address."""
        if self.countries.unknown:
            return unknown_country(self.inputs, self.countries.unknown[0])
        for group in self.family.clashes:
            ids = ", ".join(sorted(one.observed.remote_id for one in group))
            return _("{count} templates of {app} are named '{name}': {ids}").format(
                count=len(group), app=self.template.app, name=group[0].name, ids=ids
            )
        if self.stranded:
            return misnamed(self.inputs, self.template, self.stranded)
        return None

    def _about(
        self, one: Version, action: Action, reason: str, *steps: Step, awaits: str | None = None
    ) -> Change:
        """Make the change about one version."""
        return replace(
            self.base,
            action=action,
            reason=reason,
            steps=steps,
            awaits=awaits,
            remote_name=one.name,
            remote_id=one.observed.remote_id,
            status=one.observed.status,
            observed=one.observed,
            fields=one.fields,
            notes=one.notes,
        )

    def at_rest(self) -> Change:
        """Say that what is desired is live, and nothing more; or what became of it when it was approved."""
        live = self.family.settled
        if live is None:
            return self.base
        if live.equal:
            return self._about(live, Action.NONE, live.status.verdict.message)
        names = named(live.fields)
        reason = _("approved; {names} changed by the service; --resubmit submits it again")
        row = self._about(live, Action.NONE, reason.format(names=names))
        return replace(row, fields=(), notes=(*live.fields, *live.notes))

    def _settled(self, live: Version) -> Change:
        """Rule 2: it is live; a superseded review of ours is called back and left as a draft."""
        reviewing = [one for one in self.family.superseded if one.phase is Phase.IN_REVIEW]
        if not reviewing:
            return self.at_rest()
        one = reviewing[0]
        if not self.inputs.site.withdrawing:
            return self._about(
                live,
                Action.NONE,
                _("approved; {name} is superseded, but this site cannot withdraw its review").format(
                    name=one.name
                ),
            )
        reason = _("{name} says what is desired and is live; the review of {other} is called back").format(
            name=live.name, other=one.name
        )
        row = self._about(one, Action.WITHDRAW, reason, Step.WITHDRAW)
        return replace(row, fields=(), notes=())

    def _candidate(self, one: Version) -> Change:
        """Rules 3 and 4: what is on its way says what is desired, or something else."""
        message = one.status.verdict.message
        if one.phase is Phase.IN_REVIEW and one.equal:
            awaits = self._awaits_signature() if one.observed.status == "SignReviewing" else _("its review")
            return self._about(one, Action.WAIT, self._beside_live(message), awaits=awaits)
        if one.phase is Phase.DISABLED and one.equal and not self._may_enable(one):
            return self._about(one, Action.NONE, _("disabled outside smsconf"))
        refused = self._said_no()
        if refused:
            return refused
        if one.phase is Phase.IN_REVIEW and not self.inputs.site.withdrawing:
            reason = _(
                "{message} with other values; this site cannot withdraw: rejected, it will be "
                "edited; approved, it will be replaced"
            ).format(message=message)
            return self._about(one, Action.WAIT, reason, awaits=_("its review"))
        if one.phase is Phase.IN_REVIEW:
            reason = _("{message} with other values: withdrawn, edited and submitted again; a new review")
            reason = reason.format(message=message)
            withdrawn = (Step.WITHDRAW, Step.EDIT, Step.SUBMIT)
            return self._about(
                one, Action.UPDATE, self._beside_live(reason), *withdrawn, awaits=self._awaits()
            )
        was = message
        if one.phase is Phase.REJECTED:
            was = _("rejected: {words}").format(words=_words(one.observed))
        differs = one.fields or one.notes
        how = _("edited and submitted") if differs else _("submitted as it is")
        if not differs and self.template.description and not self.inputs.site.readable_notes:
            how = _("submitted with the declared note, as this site shows none")
        reason = clauses((was, how))
        steps = (Step.EDIT, Step.SUBMIT) if differs else (Step.SUBMIT,)
        return self._about(one, Action.UPDATE, self._beside_live(reason), *steps, awaits=self._awaits())

    def _may_enable(self, one: Version) -> bool:
        """Tell whether a disabled version may be submitted: we disabled it, or the user says so."""
        asked = self.template.address in self.inputs.selection.resubmit
        return asked or one.observed.remote_id in self.inputs.memory.disabled

    def _replace(self, live: Version) -> Change:
        """Rule 5: a successor, or with ``update: in-place`` an outage."""
        names = named(live.fields)
        if self.template.update is UpdatePolicy.IN_PLACE and live.ours and not live.needed_by:
            if not self.inputs.site.disabling:
                reason = _(
                    "approved, but {names} differs; this site cannot disable: use update: replace"
                ).format(names=names)
                return self._about(live, Action.REFUSED, reason)
            reason = _("{names} differs; update in place: outage until approved").format(names=names)
            older = next((one.name for one in self.family.approved if one is not live), None)
            if older:
                reason = clauses((reason, _("{name} serves meanwhile").format(name=older)))
            steps = (Step.DISABLE, Step.EDIT, Step.SUBMIT)
            return self._about(live, Action.UPDATE, reason, *steps, awaits=self._awaits())
        name = self._new_name()
        reason = _("{names} differs; {live} serves until {name} is approved")
        reason = reason.format(names=names, live=live.name, name=name)
        change = self._about(live, Action.REPLACE, reason, *self._creation(), awaits=self._awaits())
        return replace(change, remote_name=name, remote_id=None, status=None, observed=None)

    def _create(self) -> Change:
        """Rule 6: nothing is there; a universal template needs an approved signature of its type first."""
        reason = _("not at the service yet")
        if self.family.versions:
            reason = _("no version of it is live or on its way")
        elif left := next(iter(left_behind(self.inputs, self.template)), None):
            reason = _(
                "new under {app}: nothing serves until it is approved, {name} stays under {old}"
            ).format(
                app=self.template.app,
                name=left.name,
                old=self.inputs.app_labels.get(left.app_key, left.app_key),
            )
        if not self.inputs.site.drafts:
            warning = _("this site has no drafts: creating submits, and concurrent runs may submit twice")
            reason = clauses((reason, warning))
        return replace(
            self.base,
            action=Action.CREATE,
            reason=reason,
            remote_name=self._new_name(),
            fields=new_fields({**self.wanted, "description": self.template.description}),
            steps=self._creation(),
            awaits=self._awaits(),
        )

    def _creation(self) -> tuple[Step, ...]:
        return (Step.CREATE, Step.SUBMIT) if self.inputs.site.drafts else (Step.CREATE,)

    def _new_name(self) -> str:
        numbers = {one.name: number for number, one in self.members}
        highest = self.inputs.memory.numbers.get(self.template.address, 0)
        return version_name(self.template.name, next_number(self.family, numbers, highest))

    def _awaits_signature(self) -> str:
        above = self.above.get(self.template.signature) if self.template.signature else None
        if above and above.rejected:
            return _("another submission of {signature}, which was rejected").format(signature=above.address)
        return _("the review of its signature")

    def _awaits(self) -> str:
        """Say what stands between a submission and an approved template."""
        signature = self.above.get(self.template.signature) if self.template.signature else None
        if signature is None:
            return _("its review")
        known = signature.status and read_status(Kind.SIGNATURE, self.inputs.site, signature.status)
        approved = known and known.verdict.approved
        if approved:
            return _("its review")
        return _("the review of {signature}, then its own").format(signature=self.template.signature)

    def _beside_live(self, reason: str) -> str:
        live = self.family.live
        if live is None:
            return reason
        return _("{message}; {name} serves meanwhile").format(message=reason, name=live.name)

    def _said_no(self) -> Change | None:
        """Report the same submission that was rejected or deactivated before; the user may insist."""
        if self.template.address in self.inputs.selection.resubmit:
            return None
        site, sent = self.inputs.site, self.inputs.memory.submitted
        for one in self.family.versions:
            known = None if site.readable_notes else sent.get(one.observed.remote_id)
            if one.phase in (Phase.REJECTED, Phase.DEAD) and one.was_sent_as(self.submission, known):
                reason = _("rejected: {words} (unchanged, so not submitted again)")
                if one.phase is Phase.DEAD:
                    reason = _("{message}: {words} (unchanged, so not submitted again)")
                reason = reason.format(message=one.status.verdict.message, words=_words(one.observed))
                if one.fields:  # the reviewer saw something else; whose doing that was is not told
                    names = named(one.fields)
                    other = _("{names} was changed there after it was submitted; --resubmit submits again")
                    reason = clauses((reason, other.format(names=names)))
                return replace(self._about(one, Action.NONE, self._beside_live(reason)), rejected=True)
        said = self.inputs.refused_before(self.template.address, self.submission)
        if said is None:
            return None
        return replace(self.base, action=Action.NONE, reason=self._beside_live(said), rejected=True)


def _refused(inputs: Inputs, template: Template, reason: str) -> Change:
    return Change(
        kind=Kind.TEMPLATE,
        action=Action.REFUSED,
        reason=reason,
        remote_name=template.name,
        address=template.address,
        needs=needs_of(inputs.desired, template),
        desired=template,
    )


def _words(observed: ObservedTemplate) -> str:
    return observed.review_message or _("no reason given")
