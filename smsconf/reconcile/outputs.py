"""Which version of each template serves, and what a message of it needs: sender, signature, variables.

Pure: decided from a plan's rows and the signatures that were observed. A row tells about the live version and
*its* variables, not about what the files ask; while nothing is live it tells about the version on its way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from smsconf.model.address import Address
from smsconf.model.observed import Country, ObservedApp, ObservedSignature, ObservedTemplate
from smsconf.model.resources import Region, Template
from smsconf.model.segments import PLACEHOLDER
from smsconf.reconcile.change import Change, TemplateChange, rows_by_address

_FIRST_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Output:
    """What serves for one declared template.

    ``live`` is the version that serves and ``candidate`` the one on its way; ``shown`` is the one that the
    fields below tell about: the live one, else that on its way. ``sender`` and ``signature`` (its name) are
    left to the message by a universal template. ``names`` are the variables' in the order of the wire,
    ``None`` where they cannot be read; ``count`` is ``None`` where there is no version at all. ``countries``
    are the service's names of those it goes to; there are none where it is not limited. ``contenders`` may be
    the one that serves just as well as ``live``: nothing tells.
    """

    address: Address
    desired: Template
    live: ObservedTemplate | None
    candidate: ObservedTemplate | None
    shown: ObservedTemplate | None
    sender: str | None
    signature: str | None
    names: tuple[str, ...] | None
    count: int | None
    countries: tuple[str, ...] = ()
    contenders: tuple[ObservedTemplate, ...] = ()

    @property
    def template_id(self) -> str | None:
        """The id to send with; none while nothing is live."""
        return self.live.template_id if self.live else None

    @property
    def remote_name(self) -> str:
        """The name of the version that is told about, else the one that is asked for."""
        return self.shown.name if self.shown else self.desired.name

    @property
    def status(self) -> str | None:
        """The service's word for that version."""
        return self.shown.status if self.shown else None


def read_outputs(
    changes: Iterable[Change],
    signatures: Iterable[ObservedSignature],
    countries: Iterable[Country] = (),
) -> Mapping[Address, Output]:
    """Tell for every declared template what serves.

    Args:
        changes: the plan's.
        signatures: all that were observed; a live version may hang on one that is declared no more.
        countries: all that the service knows.
    """
    rows = rows_by_address(changes)
    by_id = {one.remote_id: one for one in signatures}
    names = {one.country_id: one.english for one in countries}
    return {
        address: _output(change, change.desired, rows[change.desired.app], by_id, names)
        for address, change in rows.items()
        if isinstance(change, TemplateChange) and change.desired
    }


def _output(
    change: TemplateChange,
    desired: Template,
    app: Change,
    signatures: Mapping[str, ObservedSignature],
    country_names: Mapping[int, str],
) -> Output:
    live, candidate = change.live, change.candidate
    shown = live or candidate or change.observed
    names, count = _variables(shown, desired) if shown else (None, None)
    sender, signature = _sender(shown, desired, app, signatures)
    return Output(
        address=desired.address,
        desired=desired,
        live=live,
        candidate=candidate,
        shown=shown,
        sender=sender,
        signature=signature,
        names=names,
        count=count,
        countries=_countries(shown, country_names) if shown else (),
        contenders=change.contenders,
    )


def _countries(version: ObservedTemplate, names: Mapping[int, str]) -> tuple[str, ...]:
    """Name the countries of a version: by their ids, or by the names that stand in for unknown ones."""
    if version.country_names and not all(number in names for number in version.country_ids):
        return version.country_names
    return tuple(names.get(number, str(number)) for number in version.country_ids) or version.country_names


def _sender(
    shown: ObservedTemplate | None,
    desired: Template,
    app: Change,
    signatures: Mapping[str, ObservedSignature],
) -> tuple[str | None, str | None]:
    """Return the sender and the signature's name to use; a universal template leaves both to the message."""
    if desired.region is Region.INTL:
        return (app.observed.channel_num if isinstance(app.observed, ObservedApp) else None), None
    found = signatures.get(shown.signature_id or "") if shown and not shown.universal else None
    return (found.channel_num, found.name) if found else (None, None)


def _variables(version: ObservedTemplate, desired: Template) -> tuple[tuple[str, ...] | None, int]:
    """Read the variables' names back, each the first word of its description, and count them.

    There are no names where a description has none, where two are the same, or where the files number the
    variables of this very content.
    """
    count = len(set(PLACEHOLDER.findall(version.content)))
    if not count:
        return (), 0
    numbered = any(one.name.isdigit() for one in desired.variables) and version.content == desired.content
    if numbered or version.variables is None:
        return None, count
    ordered = sorted(version.variables, key=lambda one: one.number)
    words = [found[0] if (found := _FIRST_WORD.match(one.description or "")) else "" for one in ordered]
    readable = len(words) == count == len(set(words)) and all(word.isidentifier() for word in words)
    return (tuple(words) if readable else None), count
