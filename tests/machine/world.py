"""A whole account in process, watched from outside: every request is seen before the emulator gets it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx

from smsconf.cloud.client import Client
from smsconf.cloud.inprocess import InProcessTransport
from smsconf.cloud.transport import OPERATION, SigningAuth
from smsconf.emulator.engine import Engine, Settings
from smsconf.journal import Journal
from smsconf.reconcile.family import split_version
from smsconf.reconcile.situation import Selection
from smsconf.reconcile.submission import split_mark
from smsconf.sites import SITES
from smsconf.workflow import carry_out, make_plan

WRITES = ("POST", "PUT", "DELETE")
IN_FORCE = ("Reviewing", "SignReviewing", "Adopted")
REFUSED = ("Reject", "Adopted_inactive")
Text = tuple[str, str]  # content, note


class Crash(BaseException):
    """The process dies here."""


@dataclass
class World:
    """An emulator, and what was seen going to it."""

    folder: Path
    site: str = "china"
    crash_at: int | None = None
    crash_after: bool = False
    violations: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    resubmitting: frozenset[str] = frozenset()
    refused_before: set[tuple[str, Text]] = field(default_factory=set)
    submitted: dict[str, Text] = field(default_factory=dict)
    journal: Path | None = None
    writes_journaled: int = 0

    def __post_init__(self) -> None:
        self.engine = Engine(self.folder / "emulator.db", Settings(site=self.site))
        self.settings = self.engine.settings

    # -- what a person or time does

    def control(self, method: str, route: str, body: Any = None) -> tuple[int, Any]:
        sent = b"" if body is None else json.dumps(body).encode()
        answer = self.engine.handle(method, f"/_emulator/{route}", [], sent)
        return answer.status, json.loads(answer.body or b"null")

    def client(self, *, read_only: bool, watched: bool) -> Client:
        inner = InProcessTransport(self.engine.handle, sleep=lambda _: None)
        return Client(
            site=SITES[self.site],
            base_url="http://127.0.0.1",
            project_id=self.settings.project_id,
            auth=SigningAuth(
                self.settings.access_key, self.settings.secret_key, project_id=self.settings.project_id
            ),
            transport=Watch(inner, self.see) if watched else inner,
            read_only=read_only,
            sleep=lambda _: None,
            pause=0.0001,
        )

    def templates(self) -> list[dict[str, Any]]:
        """Everything that is there, read past the service so that no fault strikes and no request is seen."""
        with closing(sqlite3.connect(self.folder / "emulator.db")) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute("SELECT * FROM template ORDER BY seq")]

    def end_faults(self) -> None:
        """Good weather again."""
        with closing(sqlite3.connect(self.folder / "emulator.db")) as database:
            database.execute("DELETE FROM fault")
            database.commit()

    def console(self, operation: str, remote_id: str, **body: Any) -> bool:
        """Do something by hand at the service; tell whether it was allowed."""
        from smsconf.errors import CloudError

        with self.client(read_only=False, watched=False) as client:
            try:
                if operation == "UpdateTemplate":
                    body = {**self._whole(client, remote_id), **body}
                client.call(operation, path={"id": remote_id}, **({"body": body} if body else {}))
            except CloudError:
                return False
        return True

    def _whole(self, client: Client, remote_id: str) -> dict[str, Any]:
        """The body of a template as the console would send it."""
        one = client.call("ShowTemplate", path={"id": remote_id})
        apps = {app["app_key"]: app["id"] for app in client.list_all("ListAppDetails")}
        names = ("template_name", "template_content", "template_type", "region", "sign_id", "template_desc")
        return {"app_id": apps[one["app_key"]], **{name: one[name] for name in names if one.get(name)}}

    # -- what smsconf does

    def run(
        self, desired: Any, journal: Path, *, resubmit: frozenset[Any] = frozenset(), **selection: Any
    ) -> Any:
        """One whole run of apply; returns the outcomes, or None if the process died."""
        planned = self.plan(desired, journal, resubmit=resubmit, **selection)
        return self.carry_out(planned, journal, resubmit=resubmit)

    def plan(self, desired: Any, journal: Path, **selection: Any) -> Any:
        chosen = Selection(allow_deletes=1000, allow_submissions=1000, **selection)
        project = SimpleNamespace(desired=desired, environment=None)
        before = len(self.writes)
        with self.client(read_only=True, watched=True) as client:
            made = make_plan(client, project, Journal(journal), selection=chosen)
        assert len(self.writes) == before, "a plan wrote"
        return made

    def carry_out(self, planned: Any, journal: Path, *, resubmit: frozenset[Any] = frozenset()) -> Any:
        self.resubmitting = frozenset(str(address) for address in resubmit)
        self.journal = journal
        try:
            with self.client(read_only=False, watched=True) as client:
                client.call(
                    "ListSendCountryDetails"
                )  # the service's time, as the reading before a run gives it
                return carry_out(client, planned, Journal(journal), None).outcomes
        except Crash:
            return None
        finally:
            self.crash_at = None
            self.resubmitting = frozenset()

    # -- what is watched

    def see(self, request: httpx.Request, send: Callable[[], httpx.Response]) -> httpx.Response:
        """Judge a writing request against the state it meets; die where the test says so."""
        if request.method not in WRITES:
            return send()
        operation = request.extensions[OPERATION]
        self._judge(str(operation), request)
        self._announced(str(operation))
        crash = self.crash_at is not None and len(self.writes) >= self.crash_at
        self.writes.append(str(operation))
        if crash and not self.crash_after:
            raise Crash
        remote_id, text = self._asked(str(operation), request)
        answer = send()
        if answer.status_code == 429:  # nothing was done; the same announced write goes out again
            self.writes_journaled -= 1
        if remote_id and text and answer.status_code < 400:
            self.submitted[remote_id] = text
        if crash:
            raise Crash
        return answer

    def _announced(self, operation: str) -> None:
        """Every write was announced in the journal before it is sent."""
        assert self.journal is not None
        intents = sum(
            json.loads(line)["event"] == "intent" for line in self.journal.read_text("utf-8").splitlines()
        )
        self.writes_journaled += 1
        if intents < self.writes_journaled:
            self.violations.append(f"{operation} was sent and the journal does not know of it")

    def _asked(self, operation: str, request: httpx.Request) -> tuple[str | None, Text | None]:
        """What an update asks a reviewer, and about which template."""
        if operation != "UpdateTemplate":
            return None, None
        body = json.loads(request.content)
        text = (body["template_content"], split_mark(body.get("template_desc"))[0] or "")
        return request.url.path.rsplit("/", 1)[-1], text if body.get("flow_status") == "Reviewing" else None

    def note_verdicts(self) -> None:
        """What a run sees now its journal remembers: refusals of what was submitted with that journal."""
        for one in self.templates():
            text = self.submitted.get(one["id"])
            if text is None or text != text_of(one):
                continue
            known = (split_version(one["template_name"])[0], text)
            if one["flow_status"] in REFUSED:
                self.refused_before.add(known)
            if one["flow_status"] == "Adopted":
                self.refused_before.discard(known)

    def forget(self) -> None:
        """The journal is lost."""
        self.refused_before.clear()
        self.submitted.clear()
        self.writes_journaled = 0

    def _judge(self, operation: str, request: httpx.Request) -> None:
        templates = {one["id"]: one for one in self.templates()}
        remote_id = request.url.path.rsplit("/", 1)[-1]
        if operation == "DeleteTemplate":
            self._going(templates, templates.get(remote_id))
        if operation not in ("CreateTemplate", "UpdateTemplate"):
            return
        body = json.loads(request.content)
        status = body.get("flow_status")
        if status == "Disable":
            self._going(templates, templates.get(remote_id))
        submits = status == "Reviewing" or (status is None and operation == "CreateTemplate")
        if submits:
            self._submitted(templates, remote_id if operation == "UpdateTemplate" else None, body)

    def _submitted(self, templates: dict[str, Any], remote_id: str | None, body: dict[str, Any]) -> None:
        family = split_version(body["template_name"])[0]
        if f"template.{family}" in self.resubmitting:
            return
        text = (body["template_content"], split_mark(body.get("template_desc"))[0] or "")
        for one in templates.values():
            if split_version(one["template_name"])[0] != family or text_of(one) != text:
                continue
            if one["flow_status"] in IN_FORCE:
                self.violations.append(
                    f"{text} was submitted while {one['template_name']} is {one['flow_status']}"
                )
            if one["flow_status"] in REFUSED:
                self.violations.append(f"{text} was submitted although {one['template_name']} was refused")
        if (family, text) in self.refused_before:
            self.violations.append(f"{text} was submitted although the journal shows that it was refused")

    def _going(self, templates: dict[str, Any], going: dict[str, Any] | None) -> None:
        """An approved version may go only while another approved one of its family stays."""
        if going is None or going["flow_status"] != "Adopted":
            return
        if going["template_name"].startswith(("foreign", "unmanaged")):
            self.violations.append(f"{going['template_name']} was touched")
        family = split_version(going["template_name"])[0]
        staying = [
            one
            for one in templates.values()
            if one is not going
            and split_version(one["template_name"])[0] == family
            and one["flow_status"] == "Adopted"
        ]
        if not staying:
            self.violations.append(f"{going['template_name']} goes and no approved version is left")


def text_of(one: dict[str, Any]) -> Text:
    """What the reviewer of an observed template was shown."""
    return (one["template_content"], split_mark(one.get("template_desc"))[0] or "")


class Watch(httpx.BaseTransport):
    """Shows every request to somebody before it is sent."""

    def __init__(self, inner: httpx.BaseTransport, see: Callable[..., httpx.Response]) -> None:
        self._inner = inner
        self._see = see

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._see(request, lambda: self._inner.handle_request(request))
