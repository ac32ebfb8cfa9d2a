"""A saved plan as a permit, not a program: what was agreed to, as a document.

``apply FILE`` plans again from the files and the service, and ``staleness`` holds the new plan against it. A
permit holds hashes where a plan holds values: no message, no secret, no number. It is no signature either:
whoever can write the file can agree to a plan.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from smsconf.language import _, clauses
from smsconf.model.address import Address, Kind
from smsconf.model.errors import PlanStale, SmsconfError
from smsconf.model.observed import ObservedSignature, ObservedTemplate
from smsconf.model.times import stamp
from smsconf.reconcile.change import Action, Change, ObservedObject, Step, TemplateChange
from smsconf.reconcile.inputs import Selection
from smsconf.reconcile.plan import Plan
from smsconf.reconcile.versions.submission import split_mark

FORMAT_VERSION: Final = "1.0"
Entry = Mapping[str, Any]

# What a review, the service or the clock may move without anybody changing the thing itself; and what is read
# only at some moments of its life.
_MOVING = frozenset(
    {"status", "template_id", "channel_num", "review_message", "create_time", "update_time"}
    | {"digests", "file_ids"}
)
_ABOUT_OBSERVED = frozenset({Step.WITHDRAW, Step.DISABLE, Step.ACTIVATE, Step.DELETE})


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Scope(_Frozen):
    """For whom a plan was made; any difference makes it stale.

    ``account`` is what memory belongs to, down to the emulator's database; older files do not have it.
    """

    project: str
    environment: str | None
    site: str
    project_id: str
    fingerprint: str
    account: str | None = None


class PermittedStep(_Frozen):
    """A step and the hash of what it sends; of one that sends nothing new, of what it is done to."""

    step: Step
    sends: str


class PermittedChange(_Frozen):
    """One row of the plan; ``found`` has a hash for each field that the service reported."""

    address: str
    kind: Kind
    action: Action
    remote_name: str
    remote_id: str | None
    status: str | None
    steps: tuple[PermittedStep, ...]
    found: Mapping[str, str]


class Permit(_Frozen):
    """What somebody agreed to. Get one with :func:`make_permit` or :func:`read_permit`."""

    format_version: Literal["1.0"] = FORMAT_VERSION
    kind: Literal["smsconf plan"] = "smsconf plan"
    scope: Scope
    commit: str | None
    journal_entries: int
    created: AwareDatetime
    expires: AwareDatetime | None
    strict: bool
    selection: Mapping[str, bool | int | tuple[str, ...] | None]
    changes: tuple[PermittedChange, ...]

    def chosen(self) -> Selection:
        """Return the selection and the allowances of the plan.

        Raises:
            SmsconfError: the file has a selection that this version does not know.
        """
        kept: dict[str, Any] = {}
        try:
            for name, value in self.selection.items():
                kept[name] = frozenset(map(Address.parse, value)) if isinstance(value, tuple) else value
            return Selection(**kept)
        except (TypeError, ValueError) as error:
            raise _broken(str(error)) from error

    def text(self) -> str:
        """Return the document, with a checksum at its end."""
        document = self.model_dump(mode="json")
        return json.dumps({**document, "sha256": _digest(document)}, indent=1) + "\n"


def make_permit(  # noqa: PLR0913 - what a permit holds
    plan: Plan,
    scope: Scope,
    selection: Selection,
    *,
    now: datetime,
    expires: datetime | None = None,
    commit: str | None = None,
    journal_entries: int = 0,
    strict: bool = False,
) -> Permit:
    """Write down what a plan would do.

    Args:
        plan: just made.
        scope: for whom.
        selection: what the user asked for.
        now: the service's time.
        expires: the service's time after which it does not hold.
        commit: of the checkout.
        journal_entries: how many there were; later ones tell what was done from here since.
        strict: it does not hold if anything moved.
    """
    chosen = {one.name: getattr(selection, one.name) for one in fields(selection)}
    return Permit(
        scope=scope,
        commit=commit,
        journal_entries=journal_entries,
        created=now.astimezone(UTC).replace(microsecond=0),
        expires=expires and expires.astimezone(UTC).replace(microsecond=0),
        strict=strict,
        selection={
            name: tuple(sorted(map(str, value))) if isinstance(value, frozenset) else value
            for name, value in chosen.items()
        },
        changes=tuple(permitted(change, selection) for change in plan.changes),
    )


def read_permit(text: str) -> Permit:
    """Read a document that :meth:`Permit.text` wrote.

    Raises:
        SmsconfError: it is something else, cut short, or was changed.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _broken(_("it is not JSON, or was cut short")) from error
    if not isinstance(document, dict) or document.get("kind") != "smsconf plan":
        raise _broken(_("it was not written by smsconf plan --out"))
    version = document.get("format_version")
    if version != FORMAT_VERSION:
        raise _broken(
            _("its format_version is {version}, this smsconf reads {known}").format(
                version=version, known=FORMAT_VERSION
            )
        )
    checksum = document.pop("sha256", None)
    if checksum != _digest(document):
        raise _broken(_("its checksum does not match: it was changed after it was written"))
    try:
        return Permit.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        raise _broken(f"{'.'.join(map(str, first['loc']))}: {first['msg'].lower()}") from error


def check_scope(permit: Permit, scope: Scope, commit: str | None) -> None:
    """Make sure that a permit was given for this project, account and configuration.

    Raises:
        PlanStale: something differs; the message has both values.
    """
    differences = [
        _("{name} was {before}, is {now}").format(name=name, before=_shown(was), now=_shown(now))
        for name in ("project", "environment", "site", "project_id", "fingerprint")
        if (was := getattr(permit.scope, name)) != (now := getattr(scope, name))
    ]
    if not differences:
        return
    if commit != permit.commit:
        differences.append(
            _("git commit was {before}, is {now}").format(before=_shown(permit.commit), now=_shown(commit))
        )
    raise stale(
        _("the plan was made for something else: {differences}").format(differences=clauses(differences))
    )


def check_account(permit: Permit, account: str | None) -> None:
    """Make sure that a permit was given for the account that answered; asked after the service was read.

    Raises:
        PlanStale: it was given for another one.
    """
    was = permit.scope.account
    if was not in (None, account):
        now = f"'{account}'" if account else _("none")
        difference = _("{name} was {before}, is {now}").format(name="account", before=f"'{was}'", now=now)
        raise stale(_("the plan was made for something else: {differences}").format(differences=difference))


def check_age(permit: Permit, now: datetime) -> None:
    """Make sure that a permit has not run out.

    Raises:
        PlanStale: it has.
    """
    if permit.expires and now > permit.expires:
        raise stale(
            _("the plan expired at {end}, and it is {now} at the service").format(
                end=stamp(permit.expires), now=stamp(now)
            )
        )


def permitted(change: Change, selection: Selection) -> PermittedChange:
    """Return the row of a change that this selection asks for."""
    return PermittedChange(
        address=change.label,
        kind=change.kind,
        action=change.action,
        remote_name=change.remote_name,
        remote_id=change.remote_id,
        status=change.status,
        steps=permitted_steps(change, selection),
        found=found_fields(change.there),
    )


def permitted_steps(change: Change, selection: Selection) -> tuple[PermittedStep, ...]:
    """Return a change's steps with the hash of what each is about.

    Who insists on a rejected text (``resubmit``) does so about this very verdict.
    """
    if not change.steps:
        return ()
    countries = change.country_ids if isinstance(change, TemplateChange) else ()
    asked: list[object] = [change.remote_name, change.desired, countries, change.submission]
    observed = change.observed
    if change.address in selection.resubmit and isinstance(observed, ObservedSignature | ObservedTemplate):
        asked += [observed.update_time, observed.review_message]
    sent, there = _digest(_plain(asked)), _digest(found_fields(observed))
    return tuple(
        PermittedStep(step=step, sends=there if step in _ABOUT_OBSERVED else sent) for step in change.steps
    )


def found_fields(observed: ObservedObject | None) -> dict[str, str]:
    """Hash what the service reports, field by field, without what moves by itself."""
    if observed is None:
        return {}
    known = {one.name: getattr(observed, one.name) for one in fields(observed)}
    if "description" in known:  # our mark at its end is nobody's change
        known["description"], _ = split_mark(known["description"])
    return {name: _digest(_plain(value))[:16] for name, value in known.items() if name not in _MOVING}


def _plain(value: object) -> Any:  # noqa: ANN401 - whatever a resource holds, as JSON
    """Turn a value into JSON; where a file lies does not count, only what is in it."""
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value) if one.name != "location"}
    if isinstance(value, Address | Path):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def stale(message: str) -> PlanStale:
    """Return the exception with the way out."""
    return PlanStale(message, fix=_("make a new plan: smsconf plan --out FILE"))


def _broken(why: str) -> SmsconfError:
    return SmsconfError(
        _("the plan file cannot be used"), why=why, fix=_("make a new one: smsconf plan --out FILE")
    )


def _shown(value: str | None) -> str:
    return _("none") if value is None else f"'{value[:12]}…'" if len(value) > 40 else f"'{value}'"
