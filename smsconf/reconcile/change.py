"""The words of a plan: one change an address, its action, its steps, and why.

Values only; ``lifecycle`` decides them, ``plan`` orders and guards them, ``cloud.apply`` carries them out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from smsconf.model.address import Address, Kind
from smsconf.model.memory import Confirmation
from smsconf.model.observed import ObservedApp, ObservedSignature, ObservedTemplate
from smsconf.model.resources import App, Campaign, Signature, Template

Declared = App | Campaign | Signature | Template
ObservedObject = ObservedApp | ObservedSignature | ObservedTemplate


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
class Change:
    """One address (or one unmanaged object) and what the next ``apply`` does about it.

    Invariant: ``steps`` is empty unless the action sends something. ``blocked_by`` is set when a dependency
    was refused or rejected; the action is then ``refused``, or ``wait`` if another one would do as well.
    ``notes`` are differences that cause nothing by themselves; ``uploads`` names the file fields to upload.
    Of a template ``live`` is the version that serves now and ``candidate`` the one on its way, ``versions``
    are all that were seen, whosever they are, ``contenders`` those that may be the one that serves just as
    well, for want of a journal; ``submission`` is the hash of what would be submitted.
    ``unlisted`` has the remote ids that the journal knows of the address and the lists did not show.
    ``carries`` names the dead templates that the deletion of a signature takes along.
    ``manual`` is what a person does; ``held_by`` the manual step that a waiting change waits for.
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
    blocked_by: Address | None = None
    rejected: bool = False
    desired: Declared | None = None
    observed: ObservedObject | None = None
    country_ids: tuple[int, ...] = ()
    country_names: tuple[str, ...] = ()
    uploads: tuple[str, ...] = ()
    live: ObservedTemplate | None = None
    candidate: ObservedTemplate | None = None
    versions: tuple[ObservedTemplate, ...] = ()
    contenders: tuple[ObservedTemplate, ...] = ()
    submission: str | None = None
    unlisted: tuple[str, ...] = ()
    carries: tuple[str, ...] = ()
    manual: ManualStep | None = None
    held_by: Address | None = None

    @property
    def family(self) -> frozenset[str]:
        """The remote ids of all versions of a template that were seen."""
        return frozenset(one.remote_id for one in self.versions)

    @property
    def label(self) -> str:
        """The address, or ``kind:remote-name`` for an object that no address claims."""
        return str(self.address) if self.address else f"{self.kind.value}:{self.remote_name}"

    @property
    def deletes(self) -> int:
        """How many objects this change deletes, those that go along included."""
        return 1 + len(self.carries) if Step.DELETE in self.steps else 0

    @property
    def beside(self) -> bool:
        """Tell whether it is about one object beside what its address stands for: a leftover, a twin."""
        return self.action in (Action.RETIRE, Action.DELETE)

    @property
    def submissions(self) -> int:
        """How many human reviews this change asks for: 0 or 1."""
        if self.kind is Kind.SIGNATURE:
            return int(not {*SUBMITTING[self.kind], Step.ACTIVATE}.isdisjoint(self.steps))
        if self.kind is Kind.TEMPLATE:
            return int(Step.SUBMIT in self.steps or self.steps == (Step.CREATE,))
        return 0


def rows_by_address(changes: Iterable[Change]) -> dict[Address, Change]:
    """Return the row of every address; what is beside it, a leftover or a twin, has rows of its own."""
    return {change.address: change for change in changes if change.address and not change.beside}
