"""What a plan shows and the journal does not know yet: decisions, with the reviewer's words. No I/O."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from smsconf.model.address import Kind
from smsconf.model.lifecycle import Phase, read_status
from smsconf.model.observed import ObservedSignature, ObservedTemplate
from smsconf.model.sites import Site
from smsconf.reconcile.change import Action, Change, ObservedObject, TemplateChange
from smsconf.reconcile.plan import Plan
from smsconf.store.entries.owner import SCOPED, Entry, Owner, of_account
from smsconf.store.entries.recall import remember


def news(entries: tuple[Entry, ...], owner: Owner, plan: Plan, site: Site) -> Iterator[Entry]:
    """Yield what a plan shows that the journal has not: decisions of the service, and which version is live.

    A journal without an entry about the service takes the present state as its baseline (``seen``) and
    announces nothing. What is taken for live although nothing tells is a ``guess``, no record of its being
    live. What another run recorded of an address since this one looked is not taken back.
    """
    own = _of_owner(entries, owner)
    since = _of_owner(entries[plan.recorded :] if plan.recorded is not None else (), owner)
    later = {entry.get("address") for entry in since if entry["event"] in _SEEN}
    memory = remember(entries, owner)
    known = _last_statuses(own)
    began = any(entry["event"] not in _NO_SERVICE for entry in own)
    for change in plan.changes:
        if change.address is None or change.kind not in (Kind.SIGNATURE, Kind.TEMPLATE):
            continue
        if str(change.address) in later:
            continue
        about = {"address": str(change.address), "kind": change.kind.value}
        mine = {*memory.created, *memory.submitted}
        for one in _versions(change, mine):
            status = read_status(change.kind, site, one.status)
            if status.phase not in _DECIDED or known.get(one.remote_id) == one.status:
                continue
            known[one.remote_id] = one.status
            yield {
                "event": "decision" if began else "seen",
                **about,
                "remote_name": one.name,
                "remote_id": one.remote_id,
                "status": one.status,
                "phase": status.phase.value,
                "review_message": one.review_message,
                "submission": memory.submitted.get(one.remote_id),
            }
        live = change.live
        guessed = isinstance(change, TemplateChange) and change.contenders
        event, last = ("guess", memory.guessed) if guessed else ("live", memory.live)
        if live and change.action is not Action.RETIRE and last.get(change.address) != live.remote_id:
            yield {"event": event, **about, "remote_name": live.name, "remote_id": live.remote_id}


_SEEN = frozenset({"decision", "seen", "live", "guess"})
_NO_SERVICE = frozenset({"confirmed", "reopened", SCOPED})  # entries that tell nothing about the service
_DECIDED = frozenset({Phase.APPROVED, Phase.REJECTED, Phase.DEAD})


def _of_owner(entries: Iterable[Entry], owner: Owner) -> list[Entry]:
    return [one for one in of_account(entries, owner.scope) if one.get("environment") == owner.environment]


def _versions(change: Change, mine: Collection[str]) -> list[ObservedSignature | ObservedTemplate]:
    versions: list[ObservedObject | None] = [change.observed]
    if isinstance(change, TemplateChange):
        own = (one for one in change.versions if one.remote_id in mine)
        versions = [change.live, change.candidate, change.observed, *own]
    found = {one.remote_id: one for one in versions if isinstance(one, ObservedSignature | ObservedTemplate)}
    return list(found.values())


def _last_statuses(entries: list[Entry]) -> dict[str, str]:
    """Return remote id → the status last recorded; a new submission makes it unknown again."""
    known: dict[str, str] = {}
    for entry in entries:
        remote_id = entry.get("remote_id")
        if entry["event"] in ("decision", "seen"):
            known[str(remote_id)] = str(entry.get("status"))
        elif entry["event"] == "accepted" and remote_id:
            known.pop(str(remote_id), None)
    return known
