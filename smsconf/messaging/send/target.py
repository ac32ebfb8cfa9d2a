"""What a message is sent with: the version that is live, its sender, its variables; or what it waits for.

Pure: reads a plan's row and the document of ``outputs``, and asks nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smsconf.address import Address, Kind
from smsconf.errors import PlanRefused, SmsconfError
from smsconf.language import _, clauses
from smsconf.messaging.send.variables import Slot, problems
from smsconf.reconcile.change import Change
from smsconf.reconcile.lifecycle import read_status
from smsconf.reconcile.state import ObservedApp, ObservedSignature, ObservedTemplate
from smsconf.resources import MessageType, Region, Template
from smsconf.segments import PLACEHOLDER, Count, count_international, count_mainland
from smsconf.sites import Site

_BRACKETS = {"CN": "【{}】", "GB": "[{}]"}


@dataclass(frozen=True, slots=True)
class Target:
    """A live version and all it takes to send it.

    ``signature`` is the parameter of a universal template, else ``None``; ``prefix`` is what stands before
    the text, brackets included, or ``None`` for an international message. ``successor`` is the name of a
    version on its way.
    """

    address: Address
    app: Address
    app_key: str
    template_id: str
    remote_name: str
    region: Region
    type: str
    sender: str
    signature: str | None
    prefix: str | None
    content: str
    slots: tuple[Slot, ...]
    successor: str | None = None

    def arrange(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """Return values by name (or number) in the order of the wire, each checked.

        Raises:
            SmsconfError: one is missing, unknown, or not what its attribute allows.
        """
        names = [slot.name for slot in self.slots]
        numbers = {str(slot.number): slot.name for slot in self.slots}
        given = {name if name in names else numbers.get(name, name): value for name, value in values.items()}
        wrong = [
            _("'{name}' is not a variable of it").format(name=name) for name in given if name not in names
        ]
        wrong += [_("{name} is missing").format(name=name) for name in names if name not in given]
        ordered = tuple(given.get(name, "") for name in names)
        if not wrong:
            wrong = list(problems(self.slots, ordered))
        if not wrong:
            return ordered
        raise SmsconfError(
            _("the values do not fit {address}: {problems}").format(
                address=self.address, problems=clauses(wrong)
            ),
            why=_("the service checks them against the template's variables and sends nothing (E200028)"),
            fix=_("give --var NAME=VALUE for each of: {names}").format(names=", ".join(names))
            if names
            else _("leave out the values: it has no variables"),
        )

    def text(self, values: Sequence[str]) -> str:
        """Return the message as it is read, its values filled in, without the signature."""
        by_number = {slot.number: value for slot, value in zip(self.slots, values, strict=True)}
        return PLACEHOLDER.sub(lambda found: by_number[int(found[1])], self.content)

    def count(self, values: Sequence[str]) -> Count:
        """Count a message and the parts it is billed as."""
        text = self.text(values)
        return count_international(text) if self.prefix is None else count_mainland(text, self.prefix)


def find_target(
    changes: Iterable[Change],
    row: Mapping[str, Any],
    address: Address,
    *,
    site: Site,
    signature: Address | None,
) -> Target:
    """Return what to send a template with.

    Args:
        changes: the plan's.
        row: the template's in the document of ``outputs``.
        address: which template.
        site: of the service.
        signature: with which signature a universal template is to be sent.

    Raises:
        PlanRefused: it cannot be sent yet, or not so.
    """
    rows = {change.address: change for change in changes if change.address}
    change = rows[address]
    desired, live = change.desired, change.live
    assert isinstance(desired, Template)  # noqa: S101 - for the type checker: the caller looked
    if live is None or live.template_id is None:
        raise _not_live(change)
    app = rows[desired.app].observed
    if not isinstance(app, ObservedApp) or not read_status(Kind.APP, site, app.status).verdict.usable:
        raise PlanRefused(
            _("{app} cannot send: {reason}").format(app=desired.app, reason=rows[desired.app].reason)
        )
    found = None
    if live.universal and desired.region is Region.CN:
        found = _chosen(live, rows, app, site, signature)
    elif signature:
        raise PlanRefused(_("{address} is sent with its own signature").format(address=address))
    sender = found.channel_num if found else row["sender"]
    if not sender:
        raise _no_sender(address, desired)
    name = found.name if found else row["signature"]
    brackets = _BRACKETS.get(live.brackets or "CN", _BRACKETS["CN"])
    return Target(
        address=address,
        app=desired.app,
        app_key=app.app_key,
        template_id=live.template_id,
        remote_name=live.name,
        region=desired.region,
        type=live.type if desired.region is Region.CN else desired.type.value,
        sender=str(sender),
        signature=found.name if found else None,
        prefix=brackets.format(name) if desired.region is Region.CN else None,
        content=live.content,
        slots=_slots(live, desired, row["variables"]),
        successor=change.candidate.name if change.candidate else None,
    )


def _no_sender(address: Address, desired: Template) -> PlanRefused:
    owner = desired.app if desired.region is Region.INTL else _("its signature")
    return PlanRefused(
        _("{address} has no sender yet: the service has given no channel number to {owner}").format(
            address=address, owner=owner
        ),
        fix=_("wait for the service to configure it, then try again"),
    )


def _not_live(change: Change) -> PlanRefused:
    said = change.reason
    if change.awaits and change.awaits not in said:
        said = _("{reason}; awaits {what}").format(reason=said, what=change.awaits)
    return PlanRefused(
        _("{address} cannot be sent: it has no approved version ({reason})").format(
            address=change.label, reason=said
        ),
        why=_("the service sends approved templates only"),
        fix=_("smsconf status shows where its review stands; smsconf apply submits what is not submitted"),
    )


def _chosen(
    live: ObservedTemplate,
    rows: Mapping[Address, Change],
    app: ObservedApp,
    site: Site,
    signature: Address | None,
) -> ObservedSignature:
    """Return the signature of a universal template: the one asked for, or the only one that can be."""
    fitting = {
        address: one
        for address, change in rows.items()
        if isinstance(one := change.observed, ObservedSignature)
        and one.app_key == app.app_key
        and one.type == live.type
        and read_status(Kind.SIGNATURE, site, one.status).verdict.usable
    }
    if signature is None and len(fitting) == 1:
        return next(iter(fitting.values()))
    if signature in fitting:
        return fitting[signature]
    names = ", ".join(str(address) for address in fitting)
    if signature:
        message = _("{signature} cannot carry this template").format(signature=signature)
    else:
        message = _("a universal template needs a signature")
    raise PlanRefused(
        message,
        why=_("it goes with an approved {type} signature of its app, named with every message").format(
            type=live.type
        ),
        fix=_("choose one with --signature: {names}").format(names=names) if names else None,
    )


def _slots(live: ObservedTemplate, desired: Template, names: Sequence[str] | None) -> tuple[Slot, ...]:
    """Return the live version's variables; the files' longest values count where they are about this text."""
    numbers = sorted({int(number) for number in PLACEHOLDER.findall(live.content)})
    observed = {one.number: one.type for one in live.variables or ()}
    longest: dict[str, int] = {}
    if live.content == desired.content:
        longest = {one.name: one.max_length for one in desired.variables}
    elif live.type == MessageType.VERIFICATION.value and names:
        longest = dict.fromkeys(names, 8)
    called = names or [str(number) for number in numbers]
    told = {one.name: one.description for one in desired.variables}
    return tuple(
        Slot(number, name, observed.get(number, ""), longest.get(name), told.get(name))
        for number, name in zip(numbers, called, strict=True)
    )
