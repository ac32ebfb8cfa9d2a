"""A family: the remote templates ``name``, ``name_v2``, ``name_v3`` … of one app and region, one address.

One of them is *live*, one may be a *candidate* on its way, the rest are *leftovers* or only occupy their
number. Numbers are never used again. This module says who is who; ``templates`` decides what happens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from smsconf.model.lifecycle import Phase, Status
from smsconf.model.observed import ObservedTemplate
from smsconf.reconcile.change import FieldChange

_ON_THE_WAY = frozenset({Phase.DRAFT, Phase.IN_REVIEW, Phase.REJECTED, Phase.DISABLED})


@dataclass(frozen=True, slots=True)
class Version:
    """One remote template of a family.

    ``ours``: we may edit and delete it. ``fields`` are the effective differences from what is desired,
    ``notes`` the others; ``mark`` is the start of the submission hash found in its application note,
    or the whole of it where the journal knows that.
    ``needed_by`` names another environment that may need it: it may serve here too, and is left as it is.
    """

    number: int
    observed: ObservedTemplate
    status: Status
    ours: bool
    fields: tuple[FieldChange, ...]
    notes: tuple[FieldChange, ...]
    mark: str | None
    needed_by: str | None = None

    @property
    def phase(self) -> Phase:
        """Where in its life it is."""
        return self.status.phase

    def was_sent_as(self, submission: str, known: str | None) -> bool:
        """Tell whether it was submitted as the files ask now; ``known`` is the journal's word on that."""
        if known is not None:
            return known == submission
        return (self.equal and not self.notes) or self.bears(submission)

    def bears(self, submission: str) -> bool:
        """Tell whether its mark is that of a submission."""
        return self.mark is not None and submission.startswith(self.mark)

    @property
    def equal(self) -> bool:
        """Tell whether every effective field is as desired."""
        return not self.fields

    @property
    def name(self) -> str:
        """Its remote name."""
        return self.observed.name


@dataclass(frozen=True)
class Family:
    """All versions of one address, newest first, twins apart.

    ``losers`` are drafts whose name or text another version holds; ``clashes`` names held by several versions
    past draft, which nobody can tell apart. ``remembered`` is the id of the version last recorded as live;
    ``altered`` is the id of the newest approved one, or of the remembered one, if it is what we would submit
    now and was approved with values of the service's. ``unclaimed`` are approved ones above all of ours that
    may be ours, too: nothing shows it.
    """

    versions: tuple[Version, ...]
    losers: tuple[Version, ...] = ()
    clashes: tuple[tuple[Version, ...], ...] = ()
    remembered: str | None = None
    altered: str | None = None
    unclaimed: tuple[Version, ...] = ()

    @property
    def unknown(self) -> Version | None:
        """A version in a status we do not know."""
        return next((one for one in self.versions if one.phase is Phase.UNKNOWN), None)

    @cached_property
    def approved(self) -> tuple[Version, ...]:
        """The approved versions that are ours, say what is desired, or are known to have served."""
        return tuple(
            one
            for one in self.versions
            if one.phase is Phase.APPROVED
            and (one.ours or one.equal or one.observed.remote_id in (self.remembered, self.altered))
        )

    @cached_property
    def settled(self) -> Version | None:
        """The newest approved version that says what is desired, or said it when we submitted it."""
        equal = next((one for one in self.approved if one.equal), None)
        return equal or next((one for one in self.approved if one.observed.remote_id == self.altered), None)

    @cached_property
    def live(self) -> Version | None:
        """The approved version that serves: as desired, else as remembered, else the newest."""
        remembered = next((one for one in self.approved if one.observed.remote_id == self.remembered), None)
        return self.settled or remembered or next(iter(self.approved), None)

    @cached_property
    def candidate(self) -> Version | None:
        """The version on its way to become live; none once one is settled.

        That is the one in review that says what is desired, whatever its number: nobody may be asked twice;
        else the newest, numbered above every approved one. A version that is not ours is a candidate only
        while it is in review and says what is desired.
        """
        if self.settled:
            return None
        on_the_way = list(self._on_the_way())
        asked = next((one for one in on_the_way if one.equal and one.phase is Phase.IN_REVIEW), None)
        top = max((one.number for one in self.approved), default=0)
        return asked or next((one for one in on_the_way if one.number > top), None)

    @property
    def known(self) -> bool:
        """Tell whether the live version is known, and not just the newest."""
        return bool(self.settled) or any(one.observed.remote_id == self.remembered for one in self.approved)

    @property
    def contenders(self) -> tuple[Version, ...]:
        """Approved versions that may be the one that serves just as well as the newest of ours."""
        return () if self.known else self.unclaimed

    @property
    def superseded(self) -> tuple[Version, ...]:
        """Versions of ours on their way that nobody needs any more."""
        candidate = self.candidate
        return tuple(one for one in self._on_the_way() if one.ours and one is not candidate)

    @property
    def leftovers(self) -> tuple[Version, ...]:
        """Versions of ours that retiring removes: superseded ones, and approved ones that are not live."""
        old = tuple(one for one in self.approved if one.ours and one is not self.live)
        return tuple(sorted((*self.superseded, *old), key=lambda one: one.number))

    def _on_the_way(self) -> Iterator[Version]:
        for one in self.versions:
            ours = one.ours and (one.equal or not one.needed_by)
            if one.phase in _ON_THE_WAY and (ours or (one.equal and one.phase is Phase.IN_REVIEW)):
                yield one


def without_twins(
    versions: Iterable[Version],
) -> tuple[tuple[Version, ...], tuple[Version, ...], tuple[tuple[Version, ...], ...]]:
    """Split versions into winners (newest first), losing drafts, and groups that cannot be told apart.

    Of several versions with one name the one past draft wins; among drafts ours, the earliest, then the
    smallest id. Two or more past draft are more than one match; only drafts of ours lose. Runs that remember
    different numbers give one text two names: of our drafts that say what is desired one stays, and none
    beside one that is in review.
    """
    by_name: dict[str, list[Version]] = {}
    for one in versions:
        by_name.setdefault(one.name, []).append(one)
    winners: list[Version] = []
    losers: list[Version] = []
    clashes: list[tuple[Version, ...]] = []
    for group in by_name.values():
        group.sort(key=_came_first)
        winners.append(group[0])
        past = tuple(one for one in group if one.phase is not Phase.DRAFT)
        if len(past) > 1:
            clashes.append(past)
        losers += [one for one in group[1:] if one.phase is Phase.DRAFT and one.ours and not one.needed_by]
    spare = _spare_drafts(winners)
    losers += spare
    winners = [one for one in winners if one not in spare]
    winners.sort(key=lambda one: (one.number, one.observed.create_time or ""), reverse=True)
    return tuple(winners), tuple(losers), tuple(clashes)


def _spare_drafts(versions: Iterable[Version]) -> list[Version]:
    """Return our drafts that say what another version says to the reviewer, or would say before them."""
    same = [one for one in versions if one.equal]
    asked = any(one.phase is Phase.IN_REVIEW for one in same)
    drafts = sorted((one for one in same if one.ours and one.phase is Phase.DRAFT), key=_came_first)
    return drafts if asked else drafts[1:]


def _came_first(one: Version) -> tuple[bool, bool, str, str]:
    return (one.phase is Phase.DRAFT, not one.ours, one.observed.create_time or "", one.observed.remote_id)


def next_number(family: Family, numbers: Mapping[str, int], remembered: int) -> int:
    """Return the number of a new version: the highest ever seen, plus 1.

    Args:
        family: what is there.
        numbers: every remote name of the family → its number, dead and foreign ones included.
        remembered: the highest number in the journal, 0 if none.
    """
    seen = [remembered, *numbers.values(), *(one.number for one in family.versions)]
    return max(seen) + 1
