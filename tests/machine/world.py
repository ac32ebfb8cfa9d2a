"""A whole account in process, watched from outside: every request is judged before the emulator gets it."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from smsconf.cloud.http.client import Client
from smsconf.cloud.http.inprocess import InProcessTransport
from smsconf.cloud.http.transport import OPERATION, SigningAuth
from smsconf.config.load.project import Project
from smsconf.emulator.gateway.engine import Engine, Settings
from smsconf.model.errors import CloudError
from smsconf.model.sites import SITES
from smsconf.reconcile.inputs import Selection
from smsconf.reconcile.names import split_version
from smsconf.reconcile.plan import Plan
from smsconf.reconcile.versions.submission import split_mark
from smsconf.store.files.home import FileStore
from smsconf.workflow.run import carry_out, read
from smsconf.workflow.session import Session, hold_lock
from tests.machine.account import Account

WRITES = ("POST", "PUT", "DELETE")
IN_FORCE = ("Reviewing", "SignReviewing", "Adopted")
REFUSED = ("Reject", "Adopted_inactive")

Row = dict[str, Any]
Family = tuple[str, str]  # primary key of the app, base name
Text = tuple[Any, ...]  # what a reviewer is shown


class Crash(BaseException):
    """The process dies here."""


def store_of(journal: Path) -> FileStore:
    """Return the store that a journal is a part of."""
    return FileStore(journal.parent.parent)


@dataclass
class World:
    """An emulator, and what was seen going to it."""

    folder: Path
    site: str = "china"
    crash_at: int | None = None
    crash_after: bool = False
    violations: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    strangers: set[str] = field(default_factory=set)  # ids that nobody may touch
    unmanaged: set[str] = field(default_factory=set)  # ids that only pruning may touch
    in_place: set[str] = field(default_factory=set)  # base names whose outage was asked for
    selection: dict[str, Any] = field(default_factory=dict)
    refused_before: set[tuple[Family, Text]] = field(default_factory=set)
    submitted: dict[str, Text] = field(default_factory=dict)
    external: set[str] = field(default_factory=set)  # an app and a signature that others manage
    protected: set[str] = field(default_factory=set)  # base names that nothing may delete
    declared: frozenset[str] = frozenset()  # base names of the templates, and names of the signatures
    project: Project | None = None
    journal: Path | None = None
    writes_journaled: int = 0
    stale: bool = False  # the list of templates answers as before the last write
    unseen: set[tuple[Family, Text]] = field(default_factory=set)  # asked twice since, for want of any sign

    def __post_init__(self) -> None:
        self.engine = Engine(self.folder / "emulator.db", Settings(site=self.site, app_quota=3))
        self.settings = self.engine.settings
        # past the service, so that no fault strikes and no request is seen
        self._database = sqlite3.connect(
            self.folder / "emulator.db", isolation_level=None, check_same_thread=False
        )
        self._reading, self._judging = threading.Lock(), threading.Lock()
        self._database.row_factory = sqlite3.Row

    def close(self) -> None:
        self._database.close()
        self.engine.close()

    # -- what a person or time does

    def control(self, method: str, route: str, body: Any = None) -> tuple[int, Any]:
        sent = b"" if body is None else json.dumps(body).encode()
        answer = self.engine.handle(method, f"/_emulator/{route}", [], sent)
        return answer.status, json.loads(answer.body or b"null")

    def client(self, *, read_only: bool, watched: bool) -> Client:
        inner = InProcessTransport(self.engine.handle, sleep=lambda _: None)
        keys = self.settings
        return Client(
            site=SITES[self.site],
            base_url="http://127.0.0.1",
            project_id=keys.project_id,
            auth=SigningAuth(keys.access_key, keys.secret_key, project_id=keys.project_id),
            transport=Watch(inner, self.see) if watched else inner,
            read_only=read_only,
            sleep=lambda _: None,
            pause=0.0001,
        )

    def rows(self, table: str) -> list[Row]:
        """Everything of a kind that is there."""
        with self._reading:
            return [dict(row) for row in self._database.execute(f"SELECT * FROM {table} ORDER BY seq")]

    def templates(self) -> list[Row]:
        return self.rows("template")

    def end_faults(self) -> None:
        """Good weather again."""
        self.stale = False
        self._database.execute("DELETE FROM fault")

    def console(self, operation: str, remote_id: str | None = None, **body: Any) -> Any:
        """Do something by hand at the service; tell the answer, ``None`` if it was refused."""
        with self.client(read_only=False, watched=False) as client:
            try:
                if operation == "UpdateTemplate":
                    body = {**self._whole(remote_id), **body}
                path = {"id": remote_id} if remote_id else None
                return client.call(operation, path=path, **({"body": body} if body else {})) or True
            except CloudError:
                return None

    def _whole(self, remote_id: str | None) -> Row:
        """The body of a template as the console would send it."""
        (one,) = (row for row in self.templates() if row["id"] == remote_id)
        names = ("template_name", "template_content", "template_type", "region", "sign_id", "template_desc")
        return {
            **{name: one[name] for name in ("app_id", *names) if one[name]},
            "universal_template": one["universal_template"],
            "send_country": json.loads(one["send_country"]) or None,
            "variable_attributes": json.loads(one["variables"]) or None,
        }

    # -- what smsconf does

    def plan(self, project: Project, journal: Path, **selection: Any) -> Plan:
        """Plan as a run of apply does, and see that nothing is written."""
        chosen = Selection(allow_deletes=1000, allow_submissions=1000, **selection)
        desired, self.project = project.desired, project
        before = len(self.writes)
        self.declared = frozenset(one.name for one in desired.templates.values())
        self.declared |= {one.name for one in desired.signatures.values()}
        with self.client(read_only=True, watched=True) as client:
            made = read(Session(project, client, store_of(journal)), chosen).plan
        assert len(self.writes) == before, "a plan wrote"
        if not made.incomplete:
            self._note_verdicts()
        return made

    def carry_out(self, planned: Plan, journal: Path, **selection: Any) -> None:
        """Carry a plan out, until its end or until the process dies."""
        self.selection = selection
        self.journal = journal
        account = Account(journal)
        self.account = account
        try:
            with self.client(read_only=False, watched=True) as client:
                # the service's time, as the reading before a run gives it
                client.call("ListSendCountryDetails")
                session = Session(self.project, client, store_of(journal))
                with hold_lock(session, "a life", timeout=0) as lock:
                    carry_out(session, planned, lock)
        except Crash:
            self.violations += account.contradictions(finished=False)
        else:
            self.violations += account.contradictions(finished=True)
        finally:
            self.crash_at = None
            self.selection = {}

    # -- what is watched

    def see(self, request: httpx.Request, send: Callable[[], httpx.Response]) -> httpx.Response:
        """Judge a writing request against the state it meets; die where the test says so."""
        if request.method not in WRITES:
            return send()
        operation = str(request.extensions[OPERATION])
        with self._judging:
            text = self._judge(operation, request)
            self._announced(operation)
            crash = self.crash_at is not None and len(self.writes) >= self.crash_at
            self.writes.append(operation)
        if crash and not self.crash_after:
            raise Crash
        try:
            answer = send()
        except httpx.TransportError:
            self.account.ended(operation, None)
            raise
        self.account.ended(operation, answer.status_code)
        if answer.status_code == 429:  # nothing was done; the same announced write goes out again
            with self._judging:
                self.writes_journaled -= 1
        if text and answer.status_code < 400:
            created = json.loads(answer.read()).get("id") if operation.startswith("Create") else None
            self.submitted[created or request.url.path.rsplit("/", 1)[-1]] = text
        if crash:
            raise Crash
        return answer

    def _announced(self, operation: str) -> None:
        """Every write was announced in the journal before it is sent."""
        assert self.journal is not None
        intents = self.journal.read_text("utf-8").count('"event": "intent"')
        self.writes_journaled += 1
        if intents < self.writes_journaled:
            self.violations.append(f"{operation} was sent and the journal does not know of it")

    def _note_verdicts(self) -> None:
        """What a run sees now its journal remembers: refusals of what was submitted with that journal."""
        for one in self.templates():
            text = self.submitted.get(one["id"])
            if text is None or text != self.text_of(one) or family_of(one)[1] not in self.declared:
                continue
            known = (family_of(one), text)
            if one["flow_status"] in REFUSED:
                self.refused_before.add(known)
            if one["flow_status"] == "Adopted":
                self.refused_before.discard(known)
        for one in self.rows("signature"):
            if one["signature_name"] not in self.declared or one["id"] not in self.submitted:
                continue
            known = (("signature", one["signature_name"]), self.submitted[one["id"]])
            if one["status"] == "REVIEW_NOT_PASS":
                self.refused_before.add(known)
            if one["status"] in ("REVIEW_PASSED", "REVIEW_PROCESSING_COMPLETED"):
                self.refused_before.discard(known)

    @contextmanager
    def another_journal(self) -> Iterator[None]:
        """A runner with a new journal: what the other remembers is neither reproached nor told to it."""
        mine = self.refused_before, self.submitted, self.writes_journaled
        self.refused_before, self.submitted, self.writes_journaled = set(), {}, 0
        try:
            yield
        finally:
            self.refused_before, self.submitted, self.writes_journaled = mine

    def forget(self) -> None:
        """The journal is lost."""
        self.refused_before.clear()
        self.submitted.clear()
        self.writes_journaled = 0

    def text_of(self, one: Row) -> Text:
        """What the reviewer of a template was shown; ``one`` is a row of the emulator."""
        variables = one["variables"] if isinstance(one["variables"], list) else json.loads(one["variables"])
        countries = one["send_country"]
        return (
            one["template_content"],
            split_mark(one["template_desc"])[0] or "",
            tuple(variable["variable_type"] for variable in variables),
            one["sign_id"] if not one["universal_template"] else "every signature",
            tuple(sorted(countries if isinstance(countries, list) else json.loads(countries))),
        )

    def _judge(self, operation: str, request: httpx.Request) -> Text | None:
        """Note what a write must not do; return what it asks a reviewer, if it does."""
        remote_id = request.url.path.removesuffix("/active").rsplit("/", 1)[-1]
        if remote_id in self.strangers or (
            remote_id in self.unmanaged and not self.selection.get("prune", False)
        ):
            self.violations.append(f"{operation} touched what is not ours")
        if remote_id in self.external:
            self.violations.append(f"{operation} touched what others manage")
        body = {} if operation.startswith(("Delete", "Enable")) else json.loads(request.content)
        if body.get("app_id") in self.strangers:
            self.violations.append(f"{operation} wrote into a foreign app")
        if operation == "CreateApp":
            self._second_app(body)
        if operation in ("CreateSignature", "UpdateSignature"):
            return self._asked_for(remote_id, body)
        templates = self.templates()
        self._undeclared([one for one in templates if one["id"] == remote_id], operation)
        if operation == "DeleteTemplate" or body.get("flow_status") == "Disable":
            self._going(templates, [one for one in templates if one["id"] == remote_id], operation)
        if operation == "DeleteSignature":
            self._going(templates, [one for one in templates if one["sign_id"] == remote_id], operation)
        status = body.get("flow_status")
        site = SITES[self.site]
        if operation == "CreateTemplate":
            submits = status == "Reviewing" or status is None or not site.drafts
        else:
            submits = status == "Reviewing" or (status is None and not site.withdrawing)
        if not submits or operation not in ("CreateTemplate", "UpdateTemplate"):
            return None
        absent = {"template_desc": None, "sign_id": None, "universal_template": 0}
        asked = {
            **absent,
            **body,
            "variables": body.get("variable_attributes") or [],
            "send_country": body.get("send_country") or [],
        }
        return self._submitted(templates, asked)

    def _second_app(self, body: Row) -> None:
        """Nobody can ever delete an app."""
        made = (body["app_name"], body["region"])
        if made in {(one["app_name"], one["region"]) for one in self.rows("app")}:
            self.violations.append(f"a second app was made: {made}")

    def _undeclared(self, touched: Iterable[Row], operation: str) -> None:
        """What left the files is touched by pruning only."""
        for one in touched:
            if family_of(one)[1] not in self.declared and not self.selection.get("prune"):
                self.violations.append(f"{operation} touched {one['template_name']}, which no file declares")

    def _asked_for(self, remote_id: str, body: Row) -> Text:
        """Judge what is asked about a signature: never what was refused before, be it there or remembered."""
        names = ("signature_name", "signature_type", "signature_source", "is_involved_third")
        text = (*(body[name] for name in names), body.get("apply_desc") or "")
        for one in self.rows("signature"):
            if one["id"] == remote_id and one["status"] != "REVIEW_NOT_PASS":
                self.violations.append(f"{one['signature_name']} was edited while {one['status']}")
            if one["id"] == remote_id and (*(one[name] for name in names), one["apply_desc"] or "") == text:
                self.violations.append(f"{text} was submitted although it is rejected")
        if (("signature", body["signature_name"]), text) in self.refused_before:
            self.violations.append(f"{text} was submitted although the journal shows that it was refused")
        return text

    def _submitted(self, templates: list[Row], asked: Row) -> Text:
        family, text = family_of(asked), self.text_of(asked)
        insisted = any(one.key == family[1] for one in self.selection.get("resubmit", ()))
        if insisted:
            return text
        for one in templates:
            if family_of(one) != family or self.text_of(one) != text:
                continue
            if one["flow_status"] in (*IN_FORCE, *REFUSED) and not self._shown_nowhere(one, (family, text)):
                self.violations.append(
                    f"{text} was submitted although {one['template_name']} is {one['flow_status']}"
                )
        if (family, text) in self.refused_before:
            self.violations.append(f"{text} was submitted although the journal shows that it was refused")
        return text

    def _shown_nowhere(self, one: Row, asked: tuple[Family, Text]) -> bool:
        """Tell whether neither the list nor the journal can show a run a version; once for each text.

        Only a site without drafts lets it come to a submission then: elsewhere the draft is made first and
        looked up by its name.
        """
        hidden = self.stale and not SITES[self.site].drafts and one["id"] not in self.submitted
        if not hidden or asked in self.unseen:
            return False
        self.unseen.add(asked)
        return True

    def _going(self, templates: list[Row], going: Iterable[Row], operation: str) -> None:
        """An approved version may go only while another approved one of its family stays."""
        gone = {one["id"] for one in going if one["flow_status"] == "Adopted"}
        for one in templates:
            family = family_of(one)
            if one["id"] in gone and operation.startswith("Delete") and family[1] in self.protected:
                self.violations.append(f"{operation}: {one['template_name']} is protected and goes")
            if one["id"] not in gone or (operation == "UpdateTemplate" and family[1] in self.in_place):
                continue
            undeclared = one["id"] in self.unmanaged or family[1] not in self.declared
            if undeclared and self.selection.get("prune"):
                continue
            if not any(
                family_of(other)[1] == family[1] and other["flow_status"] == "Adopted"
                for other in templates
                if other["id"] not in gone | self.strangers
            ):
                self.violations.append(
                    f"{operation}: {one['template_name']} goes and no approved version is left"
                )


def family_of(one: Row) -> Family:
    return (one["app_id"], split_version(one["template_name"])[0])


class Watch(httpx.BaseTransport):
    """Shows every request to somebody before it is sent."""

    def __init__(self, inner: httpx.BaseTransport, see: Callable[..., httpx.Response]) -> None:
        self._inner = inner
        self._see = see

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._see(request, lambda: self._inner.handle_request(request))
