"""What is said about a lock that somebody else holds."""

from __future__ import annotations

from smsconf.language import _
from smsconf.model.errors import PlanRefused
from smsconf.store.interfaces import Work


def describe(holder: Work | None) -> str:
    """Say who holds a lock, where, since when and doing what, as far as it is known."""
    if holder is None:
        return _("another run, which did not say who it is")
    said = _("{actor} at {host} (process {pid}), {doing} since {since}").format(
        actor=holder.actor,
        host=holder.host,
        pid=holder.pid,
        doing=holder.doing,
        since=holder.since.isoformat(timespec="seconds"),
    )
    return f"{said}, {holder.run}" if holder.run else said


def held_too_long(holder: Work | None) -> PlanRefused:
    """Return the error for a lock that was not free in time."""
    return PlanRefused(
        _("the lock is held by {holder}").format(holder=describe(holder)),
        why=_("two runs at once could do one thing twice"),
        fix=_("wait for its end, or pass a longer --lock-timeout"),
    )
