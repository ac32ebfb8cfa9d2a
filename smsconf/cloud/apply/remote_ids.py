"""What a run knows of the service: primary keys, things made in this very run included, and newcomers."""

from __future__ import annotations

from collections.abc import Iterable

from smsconf.cloud.read.since_plan import SincePlan
from smsconf.language import _
from smsconf.model.address import Address
from smsconf.model.observed import ObservedApp, ObservedTemplate
from smsconf.reconcile.change import Change
from smsconf.reconcile.outcome import Result


class RemoteIds:
    """Primary keys by address, those of things created in this run included; and apps by app key."""

    def __init__(self, changes: Iterable[Change], since_plan: SincePlan) -> None:
        self.since_plan = since_plan
        self._ids: dict[Address, str] = {}
        self._apps: dict[str, ObservedApp] = {}
        for change in changes:
            if change.address and change.remote_id and change.desired:
                self._ids.setdefault(change.address, change.remote_id)
            if isinstance(change.observed, ObservedApp):
                self._apps[change.observed.app_key] = change.observed

    def learn(self, address: Address, remote_id: str) -> None:
        """Remember what was just created."""
        self._ids[address] = remote_id

    def find(self, address: Address) -> str:
        """Return the id of something that a change needs."""
        remote_id = self._ids.get(address)
        if remote_id is None:
            raise Stop(
                Result.BLOCKED, _("{address} does not exist at the service yet").format(address=address)
            )
        return remote_id

    def app_of(self, observed: ObservedTemplate) -> ObservedApp:
        """Return the app that an observed template belongs to."""
        app = self._apps.get(observed.app_key)
        if app is None:
            raise Stop(
                Result.FAILED,
                _("the app of template '{name}' is not known: nothing was sent").format(name=observed.name),
            )
        return app


class Stop(Exception):
    """A change ends here, for a reason that no answer of the service gave."""

    def __init__(self, result: Result, message: str) -> None:
        super().__init__(message)
        self.result = result
        self.message = message
