"""Entries of the journal → what the planner remembers: the last word on everything counts. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from smsconf.model.address import Address, Kind
from smsconf.model.lifecycle import Phase
from smsconf.model.memory import Confirmation, Memory
from smsconf.reconcile.names import split_version
from smsconf.store.entries.owner import Entry, Owner, of_account


def remember(entries: tuple[Entry, ...], owner: Owner, others: frozenset[str] = frozenset()) -> Memory:
    """Return what the entries of one environment tell the planner; damaged ones are passed over.

    Those of other accounts are, too. ``others`` are further environments: what is theirs on this account is
    told apart.
    """
    here = of_account(entries, owner.scope)
    recalls = {name: _Recall() for name in (owner.environment, *others)}
    for entry in here:
        try:
            recall = recalls.get(entry.get("environment"))
            if recall:
                recall.take(entry)
        except (KeyError, TypeError, ValueError):
            continue
    named = (entry.get("environment") for entry in here if "step" in entry)
    own = recalls.pop(owner.environment)
    return replace(
        own.memory(),
        entries=len(entries),
        environments=frozenset(None if name is None else str(name) for name in named),
        created_by_others=frozenset(one for other in recalls.values() for one in other.created),
        live_of_others=_serving(recalls),
    )


def _serving(recalls: Mapping[str | None, _Recall]) -> dict[str, tuple[tuple[str, Address], ...]]:
    found: dict[str, tuple[tuple[str, Address], ...]] = {}
    for name, other in recalls.items():
        for address, remote_id in (*other.live.items(), *other.guessed.items()):
            found[remote_id] = (*found.get(remote_id, ()), (str(name), address))
    return found


class _Recall:
    """Reads entries one by one, the last word counting; its fields are those of the memory."""

    def __init__(self) -> None:
        self.apps: dict[Address, str] = {}
        self.live: dict[Address, str] = {}
        self.live_since: dict[Address, datetime] = {}
        self.guessed: dict[Address, str] = {}
        self.created: dict[str, Address] = {}
        self.numbers: dict[Address, int] = {}
        self.refused: dict[tuple[Address, str], str] = {}
        self.submitted: dict[str, str] = {}
        self.intended: dict[str, str] = {}
        self.submitted_at: dict[str, datetime] = {}
        self.disabled: set[str] = set()
        self.confirmations: dict[Address, Confirmation] = {}

    def memory(self) -> Memory:
        """Return what was read; what was only intended counts as submitted."""
        read = dict(vars(self))
        submitted = {**read.pop("submitted"), **read.pop("intended")}
        return Memory(**{**read, "submitted": submitted, "disabled": frozenset(self.disabled)})

    def take(self, entry: Entry) -> None:
        """Take in one entry.

        Raises:
            KeyError, TypeError, ValueError: it is damaged.
        """
        address = Address.parse(str(entry["address"]))
        match entry["event"]:
            case "managed" if address.kind is Kind.APP:
                self.apps[address] = str(entry["remote_id"])
            case "forgotten":
                self.apps.pop(address, None)
            case "live":
                since = aware(entry["time"])
                self.live[address], self.live_since[address] = str(entry["remote_id"]), since
                self.guessed.pop(address, None)
            case "guess":
                self.guessed[address] = str(entry["remote_id"])
            case "confirmed":
                self.confirmations[address] = _confirmation(address, entry)
            case "reopened":
                self.confirmations.pop(address, None)
            case "decision":
                self._decided(address, entry)
            case "accepted":
                self._accepted(address, entry)
            case "intent" if entry.get("submission") and entry.get("remote_id"):
                # until it is refused: a run that died before the answer may have submitted it
                self.intended[str(entry["remote_id"])] = str(entry["submission"])
            case "refused" if entry.get("submission"):
                self.intended.pop(str(entry.get("remote_id")), None)
        if entry["event"] == "accepted" and entry["step"] in _SUBMITTING:
            self.submitted_at[str(entry["remote_id"])] = aware(entry["time"])

    def _accepted(self, address: Address, entry: Entry) -> None:
        remote_id = str(entry["remote_id"])
        step = entry["step"]
        if step == "create" and address.kind is Kind.APP:
            self.apps[address] = remote_id
        if step == "create" and address.kind is Kind.TEMPLATE:
            self.created[remote_id] = address
            number = split_version(str(entry["remote_name"]))[1]
            self.numbers[address] = max(number, self.numbers.get(address, 0))
        if step == "delete":
            self.created.pop(remote_id, None)
        if step == "disable":
            self.disabled.add(remote_id)
        if entry.get("submission"):
            self.submitted[remote_id] = str(entry["submission"])
            self.intended.pop(remote_id, None)
            self.disabled.discard(remote_id)

    def _decided(self, address: Address, entry: Entry) -> None:
        submission = entry.get("submission")
        if not submission:
            return
        if entry["phase"] == Phase.APPROVED:
            self.refused.pop((address, str(submission)), None)
        else:
            self.refused[address, str(submission)] = str(entry.get("review_message") or "")


_SUBMITTING = frozenset({"create", "edit", "submit", "activate"})  # a draft's create is followed by submit


def confirmed(confirmation: Confirmation) -> Entry:
    """Return the entry that records a confirmation."""
    return {
        "event": "confirmed",
        "address": str(confirmation.address),
        "digest": confirmation.digest,
        "by": confirmation.by,
        "note": confirmation.note,
        "expires": confirmation.expires.isoformat() if confirmation.expires else None,
    }


def _confirmation(address: Address, entry: Entry) -> Confirmation:
    until, note = entry.get("expires"), entry.get("note")
    return Confirmation(
        address,
        str(entry["digest"]),
        str(entry["by"]),
        aware(entry["time"]),
        None if note is None else str(note),
        aware(until) if until else None,
    )


def aware(text: str) -> datetime:
    """Read a time with its offset.

    Raises:
        ValueError: it is none, or has no offset.
    """
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found
