"""The words of a plan: one change an address, its action, its steps, and why.

Values only; ``lifecycle`` decides them, ``plan`` orders and guards them, ``cloud.apply`` carries them out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, TypeVar

from smsconf.model.address import Address, Kind
from smsconf.model.memory import Confirmation
from smsconf.model.observed import ObservedApp, ObservedSignature, ObservedTemplate
from smsconf.model.resources import App, Campaign, Signature, Template

Declared = App | Campaign | Signature | Template
ObservedObject = ObservedApp | ObservedSignature | ObservedTemplate
C = TypeVar("C", bound="Change")


class Action(StrEnum):
    """What happens to an address. Reasons are for people; only this word is branched on."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    WITHDRAW = "withdraw"
    ACTIVATE = "activate"
    RETIRE = "retire"
    DELETE = "delete"
    FORGET = "forget"
    MANUAL = "manual"
    WAIT = "wait"
    REFUSED = "refused"
    NONE = "none"


class Step(StrEnum):
    """One call inside a change. ``edit`` followed by ``submit`` travels as one request."""

    UPLOAD = "upload"
    CREATE = "create"
    EDIT = "edit"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    DISABLE = "disable"
    ACTIVATE = "activate"
    DELETE = "delete"


# The steps that carry what a reviewer is asked; a template's create is a draft where the site has drafts.
SUBMITTING: Mapping[Kind, frozenset[Step]] = {
    Kind.APP: frozenset(),
    Kind.SIGNATURE: frozenset({Step.CREATE, Step.EDIT}),
    Kind.TEMPLATE: frozenset({Step.CREATE, Step.SUBMIT}),
}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs, in our words: where, what the service has, what the files ask."""

    path: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class ManualStep:
    """What a person sets: the way through the console, the values as they may be shown, the vendor's page.

    ``digest`` stands for the values; ``needless`` says why there is nothing to do. ``standing`` is how the
    step stands, and ``confirmation`` the last word on it.
    """

    console: tuple[str, ...]
    values: Mapping[str, Any]
    page: str
    page_date: str
    digest: str
    needless: str | None = None
    standing: str = "open"
    confirmation: Confirmation | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What is done about an address and why, before it is a row: an objection may still take its place.

    ``observed`` is what it is about, if that is there; ``name`` its remote name where the files have another.
    The rest is as in a change.
    """

    action: Action
    reason: str
    steps: tuple[Step, ...] = ()
    awaits: str | None = None
    observed: ObservedObject | None = None
    fields: tuple[FieldChange, ...] = ()
    notes: tuple[FieldChange, ...] = ()
    name: str | None = None
    rejected: bool = False
    stopped_by: Address | None = None

    def instead(
        self, action: Action, reason: str, *, awaits: str | None = None, by: Address | None = None
    ) -> Decision:
        """Return what is decided in its place, with which nothing is sent."""
        return replace(self, action=action, reason=reason, steps=(), awaits=awaits, stopped_by=by)

    def row(
        self,
        make: type[C],
        address: Address | None,
        name: str,
        **own: Any,  # noqa: ANN401 - what only rows of this kind have
    ) -> C:
        """Return the row; ``name`` is the remote one, unless the decision is about another."""
        known = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "name"}
        there = self.observed
        about = {"remote_id": there.remote_id, "status": there.status} if there else {}
        kind = {"kind": address.kind} if address else {}
        return make(remote_name=self.name or name, address=address, **{**kind, **known, **about, **own})


@dataclass(frozen=True, slots=True)
class Change:
    """One address (or one unmanaged object) and what the next ``apply`` does about it.

    Invariant: ``steps`` is empty unless the action sends something. ``stopped_by`` is what stands in its way:
    a dependency that was refused or rejected, or the manual step that it waits for. ``notes`` are differences
    that cause nothing by themselves. What only one kind has stands in the class of that kind.
    """

    kind: Kind
    action: Action
    reason: str
    remote_name: str
    address: Address | None = None
    remote_id: str | None = None
    status: str | None = None
    fields: tuple[FieldChange, ...] = ()
    notes: tuple[FieldChange, ...] = ()
    steps: tuple[Step, ...] = ()
    awaits: str | None = None
    needs: tuple[Address, ...] = ()
    stopped_by: Address | None = None
    rejected: bool = False
    desired: Declared | None = None
    observed: ObservedObject | None = None

    @property
    def label(self) -> str:
        """The address, or ``kind:remote-name`` for an object that no address claims."""
        return str(self.address) if self.address else f"{self.kind.value}:{self.remote_name}"

    @property
    def blocked_by(self) -> Address | None:
        """The dependency that was refused or rejected."""
        return self.stopped_by if self.stopped_by and self.stopped_by.kind.managed else None

    @property
    def held_by(self) -> Address | None:
        """The manual step that it waits for."""
        return None if self.blocked_by else self.stopped_by

    @property
    def live(self) -> ObservedTemplate | None:
        """The version that serves now; only a template has versions."""
        return None

    @property
    def submission(self) -> str | None:
        """The hash of what would be submitted, of what somebody reviews."""
        return None

    @property
    def there(self) -> ObservedObject | None:
        """What the service has of it now: while a successor is not made yet, what that replaces."""
        return self.observed or self.live

    @property
    def deletes(self) -> int:
        """How many objects this change deletes, those that go along included."""
        return int(Step.DELETE in self.steps)

    @property
    def submissions(self) -> int:
        """How many human reviews this change asks for: 0 or 1."""
        return 0

    @property
    def beside(self) -> bool:
        """Tell whether it is about one object beside what its address stands for: a leftover, a twin."""
        return self.action in (Action.RETIRE, Action.DELETE)


@dataclass(frozen=True, slots=True)
class AppChange(Change):
    """An app's.

    ``unlisted``: the remote ids that the journal knows and the list did not show. ``twins`` are the other
    apps of its name, which only renaming takes out of the way.
    """

    desired: App | None = None
    observed: ObservedApp | None = None
    unlisted: tuple[str, ...] = ()
    twins: tuple[ObservedApp, ...] = ()


@dataclass(frozen=True, slots=True)
class SignatureChange(Change):
    """A signature's.

    ``uploads`` names the file fields to upload, ``carries`` the dead templates that its deletion takes along;
    ``submission`` is the hash of what would be submitted.
    """

    desired: Signature | None = None
    observed: ObservedSignature | None = None
    uploads: tuple[str, ...] = ()
    carries: tuple[str, ...] = ()
    submission: str | None = None

    @property
    def deletes(self) -> int:
        """How many objects it deletes, those that go along included."""
        return 1 + len(self.carries) if Step.DELETE in self.steps else 0

    @property
    def submissions(self) -> int:
        """How many human reviews it asks for: 0 or 1."""
        return int(not {*SUBMITTING[self.kind], Step.ACTIVATE}.isdisjoint(self.steps))


@dataclass(frozen=True, slots=True)
class TemplateChange(Change):
    """A template's.

    ``live`` is the version that serves now and ``candidate`` the one on its way, ``versions`` are all that
    were seen, whosever they are, ``contenders`` those that may be the one that serves just as well, for want
    of a journal. ``submission`` is the hash of what would be submitted; ``country_ids`` are the service's ids
    of the declared countries, ``country_names`` its names of them. ``unlisted`` are the remote ids that the
    journal knows and the lists did not show.
    """

    desired: Template | None = None
    observed: ObservedTemplate | None = None
    live: ObservedTemplate | None = None
    candidate: ObservedTemplate | None = None
    versions: tuple[ObservedTemplate, ...] = ()
    contenders: tuple[ObservedTemplate, ...] = ()
    country_ids: tuple[int, ...] = ()
    country_names: tuple[str, ...] = ()
    submission: str | None = None
    unlisted: tuple[str, ...] = ()

    @property
    def family(self) -> frozenset[str]:
        """The remote ids of all versions that were seen."""
        return frozenset(one.remote_id for one in self.versions)

    @property
    def submissions(self) -> int:
        """How many human reviews it asks for: 0 or 1."""
        return int(Step.SUBMIT in self.steps or self.steps == (Step.CREATE,))


@dataclass(frozen=True, slots=True)
class ManualChange(Change):
    """What a person does."""

    manual: ManualStep = field(kw_only=True)


def rows_by_address(changes: Iterable[Change]) -> dict[Address, Change]:
    """Return the row of every address; what is beside it, a leftover or a twin, has rows of its own."""
    return {change.address: change for change in changes if change.address and not change.beside}


def in_order(change: Change) -> tuple[int, str, str]:
    """Sort key: what others depend on first; what no address claims last, templates before signatures."""
    if change.address:
        return (*change.address.order, "")
    return (len(Kind) + (change.kind is Kind.SIGNATURE), change.remote_name, change.remote_id or "")
