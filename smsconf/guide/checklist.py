"""The vendor's quick start as a check-list of this project: what is known → where each step stands.

Pure: everything comes in with :class:`Seen`. *done*, *waiting* (for the service or a reviewer), *open* (a
command does it), *manual* (a person at the console), *not needed*, *later* (after another step). A step says
what to type next, where at the console, and which page of the vendor it follows.

Written from the service's quick start, global and mainland flow (issue 2025-02-11), and the pages that the
table names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from smsconf.cloud.http.failures import in_one_line
from smsconf.config import EmulatorProvider, Project
from smsconf.language import _
from smsconf.model.address import Address
from smsconf.model.errors import CloudError, SmsconfError
from smsconf.model.resources import Desired, Region
from smsconf.model.sites import SITES, Site
from smsconf.reconcile.change import Change
from smsconf.reconcile.plan import Plan
from smsconf.reconcile.review import Review

SECRETS = ".smsconf/secrets.json"


class State(StrEnum):
    """How a step stands."""

    DONE = "done"
    OPEN = "open"
    WAITING = "waiting"
    MANUAL = "manual"
    NOT_NEEDED = "not needed"
    LATER = "later"


class Page(NamedTuple):
    """A page of the vendor; ``url`` is absent where only its text is known."""

    title: str
    url: str | None
    date: str


class Outcome(NamedTuple):
    """Where a step stands and why; what to type, in order; where at the console, and what to set there."""

    state: State
    message: str
    next: tuple[str, ...] = ()
    console: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()
    values: Mapping[str, Any] = MappingProxyType({})


class Step(NamedTuple):
    """One line of the check-list; ``flow`` is mainland, global, or ``None`` for what both begin with."""

    key: str
    flow: str | None
    title: str
    page: Page | None
    outcome: Outcome


@dataclass(frozen=True)
class Seen:
    """All that is known. ``problem`` says why there is no plan: nobody could be asked.

    ``errors`` and ``warnings`` count what validate and lint find; ``credentials`` is absent where there are
    none; ``manual`` are the rows of what people set, which need no service; ``secrets`` is where the apps'
    secrets are kept, or would be; ``sent`` are the templates that were sent once; ``example`` gives a number
    of a country by its ISO code, if one is known; ``suffix`` goes behind every command.
    """

    project: Project | None
    errors: int = 0
    warnings: int = 0
    credentials: str | None = None
    plan: Plan | None = None
    reviews: Mapping[Address, Review] = field(default_factory=dict)
    manual: tuple[Change, ...] = ()
    problem: SmsconfError | None = None
    secrets: str = SECRETS
    has_secrets: bool = False
    sent: frozenset[str] = frozenset()
    example: Callable[[str], str | None] = lambda _country: None
    suffix: str = ""

    @property
    def emulated(self) -> bool:
        """Whether the service is the emulator in this process."""
        return self.project is not None and isinstance(self.project.provider, EmulatorProvider)

    @property
    def desired(self) -> Desired:
        """What the files ask; nothing without a project."""
        return self.project.desired if self.project else Desired()

    @property
    def site(self) -> Site:
        """The site of the service."""
        provider = self.project.provider if self.project else None
        return SITES[provider.site if provider else "china"]

    @property
    def changes(self) -> tuple[Change, ...]:
        """The rows of the plan; without one, those of what people set."""
        return self.plan.changes if self.plan else self.manual

    @property
    def unread(self) -> str | None:
        """Why the service did not tell what was asked: the first reason, if there is one."""
        if isinstance(self.problem, CloudError):
            return in_one_line(self.problem)
        if self.problem is not None:
            return self.problem.message
        refusals = self.plan.refusals if self.plan else ()
        return next((one.message for one in refusals if one.scope == "read"), None)

    def command(self, text: str) -> str:
        """Return a command of smsconf for this project."""
        return f"smsconf {text}{self.suffix}"


Examine = Callable[[Seen, Region], Outcome]


class Row(NamedTuple):
    """A step before it is judged. ``flows``: where it stands; empty is before both."""

    key: str
    title: str
    page: Page | None
    examine: Examine
    flows: tuple[Region, ...] = ()


FLOWS: Mapping[Region, str] = {Region.CN: "mainland", Region.INTL: "global"}


def flows_of(desired: Desired) -> list[Region]:
    """Return the flows that a project goes through: by its apps, both while it has none."""
    return [
        region for region in Region if any(one.region is region for one in desired.apps.values())
    ] or list(Region)


def examined(rows: Sequence[Row], seen: Seen) -> Iterator[Step]:
    """Judge the common steps, then those of each flow."""
    for row in rows:
        if not row.flows:
            yield Step(row.key, None, _(row.title), row.page, row.examine(seen, Region.CN))
    for region in flows_of(seen.desired) if seen.project else Region:
        for row in rows:
            if region in row.flows:
                yield Step(row.key, FLOWS[region], _(row.title), row.page, row.examine(seen, region))


def next_of(steps: Sequence[Step]) -> tuple[str, ...]:
    """Return what to type now: the commands of the first step that has any."""
    urgent = (State.OPEN, State.MANUAL, State.WAITING)
    return next((one.outcome.next for one in steps if one.outcome.state in urgent and one.outcome.next), ())


# -- the steps both flows begin with


def check_project(seen: Seen, _region: Region) -> Outcome:
    """Say whether there is a project that can be read."""
    if seen.project is None:
        return Outcome(State.OPEN, _("there is no project here yet"), (seen.command("init"),))
    if seen.errors:
        message = _("the files have errors: nothing can be planned before they are repaired")
        return Outcome(State.OPEN, message, (seen.command("validate"), seen.command("lint")))
    if seen.warnings:
        return Outcome(
            State.DONE, _("it can be read; `smsconf lint` has {count} remarks").format(count=seen.warnings)
        )
    return Outcome(State.DONE, _("it can be read, and lint finds nothing"))


def check_real_name(seen: Seen, _region: Region) -> Outcome:
    """Say whether the account is registered and verified: an enabled service takes it."""
    if seen.emulated:
        return Outcome(State.NOT_NEEDED, _("the emulator has an account of its own"))
    if seen.project is None:
        return Outcome(
            State.LATER, _("not with the emulator; for the service, an account with a verified name")
        )
    if seen.plan is not None and not seen.unread:
        return Outcome(State.DONE, _("the service answers, and is enabled only for verified accounts"))
    if seen.site.name == "international":
        message = _("register an account, and bind a phone number and a payment method to it")
    else:
        message = _("register an account of an enterprise and verify its real name: 1 to 3 working days")
    return Outcome(State.MANUAL, message, console=("My Account", "Basic Information"))


def check_credentials(seen: Seen, _region: Region) -> Outcome:
    """Say whether there are credentials."""
    if seen.emulated:
        return Outcome(State.NOT_NEEDED, _("the embedded emulator needs none"))
    if seen.project is None:
        return Outcome(State.LATER, _("not with the emulator; for the service, keys of an IAM user"))
    if seen.credentials:
        return Outcome(State.DONE, seen.credentials)
    message = _(
        "make an IAM user with MSGSMS FullAccess (ReadOnlyAccess for plan and status), and set "
        "HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK"
    )
    return Outcome(State.OPEN, message, (seen.command("doctor"),), ("IAM", "Users", "Access Keys"))


def check_service(seen: Seen, _region: Region) -> Outcome:
    """Say whether the service is enabled: it answers."""
    if seen.problem and not (seen.emulated or seen.credentials):
        return Outcome(State.LATER, _("shows when the service can be asked"))
    if seen.unread:
        console = ("Message & SMS", "Enable") if _NOT_ENABLED in seen.unread else ()
        state = State.MANUAL if console else State.OPEN
        return Outcome(state, seen.unread, (seen.command("doctor"),), console)
    if seen.plan is None:
        return Outcome(State.LATER, _("shows when the service can be asked"))
    return Outcome(State.DONE, _("the emulator answers") if seen.emulated else _("the service answers"))


_NOT_ENABLED = "MSGSMS.0013"  # it stands in the text of the refusal, and has no other place there
