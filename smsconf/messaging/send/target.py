"""What a message is sent with: the version that is live, its sender, its variables; or what it waits for.

Pure: reads a plan's rows and what ``reconcile.outputs`` decided, and asks nobody. A target is a value: it can
be compared, kept as JSON, and sent later by somebody who sees no plan.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from smsconf.language import _, clauses
from smsconf.messaging.numbers import origin_of
from smsconf.messaging.send.variables import Slot, problems
from smsconf.messaging.send.wire import Content, Request
from smsconf.model.address import Address, Kind
from smsconf.model.country_names import NAMES, code_of
from smsconf.model.errors import PlanRefused, SmsconfError
from smsconf.model.lifecycle import read_status
from smsconf.model.observed import ObservedApp, ObservedSignature, ObservedTemplate
from smsconf.model.resources import Brackets, MessageType, Region, Template
from smsconf.model.segments import PLACEHOLDER, Count, count_international, count_mainland
from smsconf.model.sites import Site
from smsconf.reconcile.change import Change, rows_by_address
from smsconf.reconcile.outputs import Output

# what a recipient sees; neither the version that says it, nor names and longest values of variables, which
# follow the files
_TEXT = ("sender", "signature", "prefix", "content")
_STRINGS = ("app_key", "template_id", "remote_name", "type", "sender", "content")


@dataclass(frozen=True, slots=True)
class Target:
    """A live version and all it takes to send it.

    ``signature`` is the parameter of a universal template, else ``None``; ``prefix`` is what stands before
    the text, brackets included, or ``None`` for an international message. ``countries`` are the ISO codes of
    those that the version goes to, ``None`` where it is not limited or one of its countries is not known to
    us. ``successor`` is the name of a version on its way.
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
    countries: frozenset[str] | None = None
    successor: str | None = None

    def text_key(self) -> str:
        """Return a word for what recipients get before their values are filled in, and from whom.

        Two targets of one key send the same; what one began another key must not go on with.
        """
        said = self.to_json()
        words = {name: said[name] for name in _TEXT}
        return hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """Return it in plain JSON types, for :meth:`from_json`."""
        return {
            **asdict(self),
            "address": str(self.address),
            "app": str(self.app),
            "region": self.region.value,
            "slots": [asdict(slot) for slot in self.slots],
            "countries": None if self.countries is None else sorted(self.countries),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return what :meth:`to_json` kept.

        Raises:
            SmsconfError: it is something else, or damaged.
        """
        try:
            made = cls(
                **{
                    **kept,
                    "address": Address.parse(kept["address"]),
                    "app": Address.parse(kept["app"]),
                    "region": Region(kept["region"]),
                    "slots": tuple(Slot(**slot) for slot in kept["slots"]),
                    "countries": None if kept["countries"] is None else frozenset(kept["countries"]),
                }
            )
        except (KeyError, TypeError, ValueError) as problem:
            raise _damaged() from problem
        if made.to_json() != kept or not all(isinstance(kept[name], str) for name in _STRINGS):
            raise _damaged()
        return made

    def refuses(self, number: str) -> str | None:
        """Return why a number (``+…``) is not of a country that the version goes to; ``None`` if it may be.

        Countries share dialling codes: where the number does not tell which it is of, each of them counts.
        """
        if self.countries is None:
            return None
        origin = origin_of(number)
        if not self.countries.isdisjoint(origin.regions):
            return None
        return _("the number is of {country}, and {address} goes to {countries}").format(
            country=_named(origin.regions) if len(origin.regions) == 1 else f"+{origin.code}",
            address=self.address,
            countries=_named(sorted(self.countries)),
        )

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

    def request(
        self, messages: Iterable[tuple[str, tuple[str, ...]]], callback: str | None, extend: str | None
    ) -> Request:
        """Return the request for numbers (``+…``) and their values; those with the same are one content."""
        groups: dict[tuple[str, ...], list[str]] = {}
        for number, values in messages:
            groups.setdefault(values, []).append(number)
        contents = tuple(
            Content(tuple(numbers), self.template_id, values, self.signature)
            for values, numbers in groups.items()
        )
        return Request(self.sender, contents, callback, extend)

    def count(self, values: Sequence[str]) -> Count:
        """Count a message and the parts it is billed as."""
        text = self.text(values)
        return count_international(text) if self.prefix is None else count_mainland(text, self.prefix)


def find_target(
    changes: Iterable[Change],
    output: Output,
    *,
    site: Site,
    signature: Address | None,
) -> Target:
    """Return what to send a template with.

    Args:
        changes: the plan's.
        output: what serves for the template.
        site: of the service.
        signature: with which signature a universal template is to be sent.

    Raises:
        PlanRefused: it cannot be sent yet, or not so.
    """
    changes = tuple(changes)
    rows = rows_by_address(changes)
    address, desired, live = output.address, output.desired, output.live
    if live is None or live.template_id is None:
        raise _not_live(rows[address])
    if output.contenders:
        raise _ambiguous(output)
    app = rows[desired.app].observed
    if not isinstance(app, ObservedApp) or not read_status(Kind.APP, site, app.status).verdict.usable:
        raise PlanRefused(
            _("{app} cannot send: {reason}").format(app=desired.app, reason=rows[desired.app].reason)
        )
    found = None
    if live.universal and desired.region is Region.CN:
        found = _chosen(live, changes, app, site, signature)
    elif signature:
        raise PlanRefused(_("{address} is sent with its own signature").format(address=address))
    sender = found.channel_num if found else output.sender
    if not sender:
        raise _no_sender(address, desired)
    name = found.name if found else output.signature
    brackets = Brackets.GB if live.brackets == Brackets.GB else Brackets.CN
    return Target(
        address=address,
        app=desired.app,
        app_key=app.app_key,
        template_id=live.template_id,
        remote_name=live.name,
        region=desired.region,
        type=live.type if desired.region is Region.CN else desired.type.value,
        sender=sender,
        signature=found.name if found else None,
        prefix=brackets.around(str(name)) if desired.region is Region.CN else None,
        content=live.content,
        slots=_slots(live, desired, output.names),
        countries=_codes(output.countries) if desired.region is Region.INTL else None,
        successor=output.candidate.name if output.candidate else None,
    )


def _codes(names: Sequence[str]) -> frozenset[str] | None:
    """Return the ISO codes of countries; none where one is not known: a number could be of that one."""
    codes = [code_of(name) for name in names]
    known = frozenset(code for code in codes if code)
    return known if names and len(known) == len(set(names)) else None


def _named(codes: Iterable[str]) -> str:
    return ", ".join(NAMES.get(code, code) for code in codes)


def _damaged() -> SmsconfError:
    return SmsconfError(
        _("what was kept about the text and the sender of a run cannot be read"),
        why=_("it was written by another version, or the file is damaged"),
        fix=_("use the version that began the run, or give up the rest of it"),
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


def _ambiguous(output: Output) -> PlanRefused:
    names = ", ".join(one.name for one in (output.live, *output.contenders) if one)
    return PlanRefused(
        _("{address}: nothing tells which of these serves: {names}; smsconf plan says more").format(
            address=output.address, names=names
        ),
        why=_("recipients would get the text of one or of the other"),
        fix=_("name in adopt: what is ours, or run where the journal is"),
    )


def _chosen(
    live: ObservedTemplate,
    changes: Iterable[Change],
    app: ObservedApp,
    site: Site,
    signature: Address | None,
) -> ObservedSignature:
    """Return the signature of a universal template: the one asked for, or the only one that can be.

    One that is being replaced serves until its successor is approved, and no longer.
    """
    fitting: dict[Address, ObservedSignature] = {}
    for change in sorted(changes, key=lambda change: change.beside):
        one = change.observed
        if (
            change.address
            and isinstance(one, ObservedSignature)
            and one.app_key == app.app_key
            and one.type == live.type
            and read_status(Kind.SIGNATURE, site, one.status).verdict.usable
        ):
            fitting.setdefault(change.address, one)
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
    longest: dict[int, int] = {}
    if live.content == desired.content:
        longest = {number: one.max_length for number, one in enumerate(desired.variables, 1)}
    elif live.type == MessageType.VERIFICATION.value:
        longest = dict.fromkeys(numbers, 8)
    called = names or [str(number) for number in numbers]
    told = {one.name: one.description for one in desired.variables}
    return tuple(
        Slot(number, name, observed.get(number, ""), longest.get(number), told.get(name))
        for number, name in zip(numbers, called, strict=True)
    )
