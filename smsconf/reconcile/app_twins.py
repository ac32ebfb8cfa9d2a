"""Twins: apps of one region and name, which nothing can delete. Which one is ours, for every run alike.

What the service shows goes before what one runner remembers, so that runners with memories of their own
choose the same. It looks nothing up (``index`` and ``cloud`` do).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from smsconf.language import _
from smsconf.model.observed import ObservedApp


def ours_first(
    apps: Iterable[ObservedApp], carrying: Sequence[Collection[str]], known: str | None = None
) -> list[ObservedApp]:
    """Put the app that is ours before its twins.

    Args:
        apps: of one region and name, in any order.
        carrying: sets of app keys, of apps that carry something; the first set counts most.
        known: the remote id that the journal has; it counts among apps that carry alike. Then the earliest
            goes first, then the smallest id.
    """

    def claim(one: ObservedApp) -> tuple[object, ...]:
        bare = [one.app_key not in keys for keys in carrying]
        return (*bare, one.remote_id != known, one.create_time or "", one.remote_id)

    return sorted(apps, key=claim)


def told(twins: Sequence[ObservedApp]) -> str:
    """Say which one of several is taken, and what only a person can do about the others."""
    ours, *others = twins
    said = _(
        "{id} is taken of {count} {region} apps named '{name}'; apps cannot be deleted: rename {others} "
        "at the console"
    )
    ids = ", ".join(one.remote_id for one in others)
    return said.format(id=ours.remote_id, count=len(twins), region=ours.region, name=ours.name, others=ids)
