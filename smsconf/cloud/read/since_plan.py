"""Templates that appeared since the plan was made, read in small steps and shared by all changes of a run.

Before something is submitted its family is looked at once more, and thousands of templates may be submitted
in one run: each look asks only for what was made since the last one, and changes that wait at the same time
share one. It judges nothing (``lookup`` does).

Written from https://support.huaweicloud.com/api-msgsms/sms_05_0042.html (``start_time``). Whether it includes
the very second, and in which zone it is, is not documented: it is sent as the service wrote it, two seconds
early.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from smsconf.cloud.http.client import Client
from smsconf.cloud.read import wire
from smsconf.model.observed import ObservedTemplate
from smsconf.reconcile.change import Change, TemplateChange
from smsconf.reconcile.names import split_version

_FORMAT = "%Y-%m-%d %H:%M:%S"
_MARGIN = timedelta(seconds=2)


class SincePlan:
    """What is new at the service; its methods may be called from any thread."""

    def __init__(self, client: Client, changes: Iterable[Change]) -> None:
        self.client = client
        self._lock = threading.Lock()
        self._looks = 0
        self._found: dict[str, dict[str, ObservedTemplate]] = {}
        self._app_keys: dict[str, str] = {}
        rows = (change for change in changes if isinstance(change, TemplateChange))
        seen = (one for row in rows for one in (row.observed, row.live, row.candidate) if one)
        self._since = max((one.create_time or "" for one in seen), default="")

    def like(self, bases: Sequence[str]) -> list[ObservedTemplate]:
        """Return the newcomers of a family, by its names without a number; as they were when last listed.

        Raises:
            CloudError: the list could not be read whole.
        """
        asked = self._looks
        with self._lock:
            if self._looks == asked:  # nobody began to look since
                self._look()
            return [one for base in bases for one in self._found.get(base, {}).values()]

    def _look(self) -> None:
        self._looks += 1
        for item in self.client.list_all(wire.TEMPLATES.list, query=self._filter()):
            one = wire.read_template(wire.TEMPLATES.list, item)
            self._found.setdefault(split_version(one.name)[0], {})[one.remote_id] = one
            self._since = max(self._since, one.create_time or "")

    def _filter(self) -> dict[str, str]:
        try:
            since = datetime.strptime(self._since, _FORMAT) - _MARGIN  # noqa: DTZ007 - the service's own zone
        except ValueError:
            return {}
        return {"start_time": since.strftime(_FORMAT)}

    def app_key(self, app_id: str) -> str:
        """Return the key of an app by its primary key; asked once a run.

        Raises:
            CloudError: it could not be read.
        """
        known = self._app_keys.get(app_id)
        if known is None:
            app = self.client.read(wire.APPS.show, wire.read_app, path={"id": app_id})
            known = self._app_keys[app_id] = app.app_key
        return known
