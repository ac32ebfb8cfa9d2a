"""The guide's judgement of what a project declares: rows of the plan and reviews → where a step stands.

Pure. A step with several addresses stands where the one stands that needs somebody most.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence

from smsconf.guide.checklist import Examine, Outcome, Seen, State
from smsconf.language import _
from smsconf.model.address import Address, Kind
from smsconf.model.console_screens import screen_of
from smsconf.model.country_names import code_of
from smsconf.model.lifecycle import Phase
from smsconf.model.resources import App, Region, VariableType
from smsconf.reconcile.change import Action, Change, ManualChange
from smsconf.reconcile.outputs import Output, read_outputs

_MAINLAND_NUMBER = "+8613812345678"  # for the emulator: no message arrives
_ANY_COUNTRY = "BR"  # for a template that names none


_SAMPLES: Mapping[str, str] = {
    VariableType.PHONE: "13812345678",
    VariableType.ALPHANUMERIC: "123456",
    VariableType.DATETIME: "2026-12-24",
    VariableType.MONEY: "19.90",
}
_ENDING = (Action.RETIRE, Action.DELETE, Action.FORGET)
_MOST_URGENT = (State.OPEN, State.MANUAL, State.WAITING, State.LATER, State.DONE, State.NOT_NEEDED)


def examining(kind: Kind, missing: Examine) -> Examine:
    """Make the judge of a kind; ``missing`` says what it means that none is declared."""

    def examine(seen: Seen, region: Region) -> Outcome:
        wanted = list(_declared(seen, kind, region))
        if seen.project is None or not wanted:
            return missing(seen, region)
        if seen.plan is None and kind.managed:
            return Outcome(State.LATER, _("shows when the service can be asked"), addresses=tuple(wanted))
        rows = [one for one in seen.changes if one.address in wanted and one.action not in _ENDING]
        return _worst([_outcome(seen, one) for one in rows]) if rows else missing(seen, region)

    return examine


def _declared(seen: Seen, kind: Kind, region: Region) -> Iterator[Address]:
    """Yield the addresses of a kind in a flow."""
    desired = seen.desired
    if kind is Kind.ACCOUNT:
        yield from (one.address for one in seen.changes if one.kind is kind and one.address)
    elif kind is Kind.CONSOLE:
        apps = desired.apps
        yield from (at for at, one in desired.consoles.items() if apps[one.app].region is region)
    else:
        declared: Mapping[Address, object] = getattr(desired, kind.section)
        yield from (at for at, one in declared.items() if getattr(one, "region", region) is region)


def _worst(outcomes: Sequence[Outcome]) -> Outcome:
    """Join the outcomes of several addresses: the most urgent state speaks."""
    first = min(outcomes, key=lambda one: _MOST_URGENT.index(one.state))
    same = [one for one in outcomes if one.state is first.state]
    addresses = tuple(address for one in same for address in one.addresses)
    if len(same) == 1:
        return first
    if first.state in (State.DONE, State.NOT_NEEDED):
        return first._replace(message=", ".join(map(str, addresses)), addresses=addresses)
    message = _("{message} (and {count} more)").format(message=first.message, count=len(same) - 1)
    return first._replace(message=message, addresses=addresses)


def _outcome(seen: Seen, change: Change) -> Outcome:
    """Say where one address stands."""
    address = change.address
    assert address is not None  # noqa: S101 - for the type checker: chosen by its address
    where = _("{address}: {reason}").format(address=address, reason=change.reason)
    if not address.kind.managed:
        return _manual(seen, change, address, where)
    return _acting(seen, change, address, where) or _observing(seen, change, address, where)


def _acting(seen: Seen, change: Change, address: Address, where: str) -> Outcome | None:
    """Say what there is to do for somebody at the keyboard, if anything."""
    if change.rejected:
        message = _("{reason}; change it in the files, then run smsconf apply").format(reason=where)
        command = seen.command(f"status {address}")
    elif change.action is Action.REFUSED:
        message, command = where, seen.command("plan")
    elif change.steps:
        message, command = where, _apply(seen)
    else:
        return None
    return Outcome(State.OPEN, message, (command,), (), (address,))


def _observing(seen: Seen, change: Change, address: Address, where: str) -> Outcome:
    """Say how far something is about which nothing is to be sent."""
    review = seen.reviews.get(address)
    external = isinstance(change.desired, App) and change.desired.external
    if external or (review and review.verdict.approved and review.verdict.usable):
        if review:
            where = _("{address}: {reason}").format(address=address, reason=review.verdict.message)
        return Outcome(State.DONE, where, (), (), (address,))
    if change.action is Action.WAIT and review and review.phase is Phase.ABSENT:
        return Outcome(State.LATER, where, (), (), (address,))
    if change.action is Action.WAIT or (review and review.pending):
        return _waiting(seen, where, address)
    return Outcome(State.OPEN, where, (seen.command(f"status {address}"),), (), (address,))


def _waiting(seen: Seen, where: str, address: Address) -> Outcome:
    if not seen.emulated:
        return Outcome(State.WAITING, where, (seen.command("wait"),), (), (address,))
    template = seen.desired.templates.get(address)
    brand = seen.reviews.get(template.signature) if template and template.signature else None
    if brand is None or brand.verdict.approved:  # else its own review has not begun
        decide = seen.command(f"emulator decide {address} approve")
        said = _("{reason}; let the reviewers work, or decide it yourself: {command}")
        where = said.format(reason=where, command=decide)
    return Outcome(State.WAITING, where, (seen.command("emulator advance P14D"),), (), (address,))


def _apply(seen: Seen) -> str:
    """Return the command that carries out a plan, and keeps the secrets if an app is made."""
    creates_app = any(one.kind is Kind.APP and one.action is Action.CREATE for one in seen.changes)
    return seen.command(f"apply --save-secrets {shlex.quote(seen.secrets)}" if creates_app else "apply")


def _manual(seen: Seen, change: Change, address: Address, where: str) -> Outcome:
    """Say where something stands that only a person can set."""
    step = change.manual if isinstance(change, ManualChange) else None
    if change.action is Action.MANUAL and step:
        confirm = seen.command(f"confirm {address}")
        return Outcome(State.MANUAL, where, (confirm,), step.console, (address,), step.values)
    qualification = seen.desired.qualifications.get(address)
    if qualification and seen.site.qualifications and qualification.id is None:
        message = _("{reason}; write its id into the files").format(reason=where)
        return Outcome(State.OPEN, message, (), (), (address,))
    needless = step and step.needless and not (qualification and qualification.id)
    return Outcome(State.NOT_NEEDED if needless else State.DONE, where, (), (), (address,))


# -- what it means that nothing is declared


def undeclared(message: str) -> Examine:
    """Make what is said where one has to be declared."""

    def outcome(seen: Seen, region: Region) -> Outcome:
        if seen.project is None:
            return Outcome(State.LATER, _("smsconf init writes one into the files"))
        return Outcome(State.OPEN, _(message).format(region=region.value))

    return outcome


def not_needed(message: str) -> Examine:
    """Make what is said where nothing has to be declared."""

    def outcome(_seen: Seen, _region: Region) -> Outcome:
        return Outcome(State.NOT_NEEDED, _(message))

    return outcome


def no_qualification(seen: Seen, _region: Region) -> Outcome:
    """The china site asks for a qualification before a signature; its id may stand in the signature."""
    if not seen.site.qualifications:
        return Outcome(State.NOT_NEEDED, _("this site has no qualifications"))
    if seen.project is None:
        return Outcome(State.LATER, _("smsconf init writes one into the files"))
    named = [one.qualification for one in seen.desired.signatures.values() if not one.external]
    if all(named):
        return Outcome(State.DONE, _("the signatures name its id"))
    message = _("declare one under qualifications, and name it in the signature")
    return Outcome(State.OPEN, message, console=screen_of(Address(Kind.QUALIFICATION, "new")).path)


# -- sending


def check_sending(seen: Seen, region: Region) -> Outcome:
    """Say what can be sent, with a command that fits."""
    ready = [
        (address, one)
        for address, one in seen.desired.templates.items()
        if one.region is region
        and (review := seen.reviews.get(address))
        and review.template_id
        and review.verdict.usable
    ]
    used = [address for address, _one in ready if str(address) in seen.sent]
    if used:
        receipts = seen.command("receipts")
        message = _("{address} was sent; what became of it says {command}")
        return Outcome(State.DONE, message.format(address=used[0], command=receipts), addresses=(used[0],))
    if not ready:
        return Outcome(State.LATER, _("when a template is approved"))
    address, template = ready[0]
    output = read_outputs(seen.changes, ())[address]
    words = ["send", str(address), "--to", _example(seen, output) or _("NUMBER")]
    longest = {one.name: one.max_length for one in template.variables}
    for name, kind in _variables(output):
        sample = _SAMPLES.get(kind, "示例" if region is Region.CN else "sample")
        words += ["--var", f"{name}={sample[: longest.get(name)]}"]
    if seen.has_secrets:
        words += ["--secrets", seen.secrets]
        message = _("{address} can be sent").format(address=address)
    else:
        message = _("{address} can be sent; its app's secret comes from SMSCONF_APP_SECRET").format(
            address=address
        )
    return Outcome(State.OPEN, message, (seen.command(shlex.join(words)),), (), (address,))


def _example(seen: Seen, output: Output) -> str | None:
    """Return a number of a country that the live version goes to; only the emulator gets one of ours."""
    if not seen.emulated:
        return None
    if output.desired.region is Region.CN:
        return _MAINLAND_NUMBER
    codes = [code_of(name) for name in output.countries or output.desired.countries] or [_ANY_COUNTRY]
    return next((number for code in codes if code and (number := seen.example(code))), None)


def _variables(output: Output) -> Iterator[tuple[str, str]]:
    """Yield name (or number) and type of the variables of the version that serves."""
    version = output.live
    attributes = sorted((version.variables if version else None) or (), key=lambda one: one.number)
    for place, one in enumerate(attributes):
        yield output.names[place] if output.names else str(one.number), one.type
