"""Carry out one change: its steps in order, each announced before it is sent, until one does not end well.

Decides nothing (``reconcile`` did) and knows no other change (``apply`` does). Withdrawing and disabling send
the observed template again with another ``flow_status``, look whether that worked, and only then edit.

Written from https://support.huaweicloud.com/api-msgsms/sms_05_0041.html (templates), ``sms_05_0031.html``
(signatures) and ``sms_05_0026.html`` (apps).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from smsconf.cloud.apply.outcomes import (
    DONE,
    MOVED_ON,
    UNVERIFIED,
    Phase,
    Record,
    StepEvent,
    account,
    result_of,
    unseen,
)
from smsconf.cloud.apply.remote_ids import RemoteIds, Stop
from smsconf.cloud.http.client import Client
from smsconf.cloud.http.codes import GONE
from smsconf.cloud.http.failures import is_uncertain
from smsconf.cloud.http.upload import Upload, check_file
from smsconf.cloud.read import wire
from smsconf.cloud.read.lookup import (
    GRACE,
    find_after_lost_answer,
    find_twin_apps,
    hanging_on,
    made_already,
    read_now,
    twins,
)
from smsconf.cloud.read.observe import with_variables
from smsconf.language import _, clauses, english
from smsconf.model.address import Kind
from smsconf.model.errors import CloudError, Refused
from smsconf.model.observed import ObservedApp, ObservedTemplate
from smsconf.model.resources import App, File, Signature, Template
from smsconf.reconcile.app_twins import told
from smsconf.reconcile.change import SUBMITTING, AppChange, Change, SignatureChange, Step, TemplateChange
from smsconf.reconcile.diff import SIGNATURE_NOTES
from smsconf.reconcile.outcome import Outcome, Result

_MOVING = {  # what somebody else may have changed since the plan was made
    Kind.SIGNATURE: ("status", "source", "third_party", *SIGNATURE_NOTES, "file_ids"),
    Kind.TEMPLATE: ("status", "content"),
}

_STOPPED = {Step.WITHDRAW: wire.DRAFT, Step.DISABLE: wire.DISABLED}

KeepSecret = Callable[[str, str, str], None]  # address, app key, app secret


def carry_out(
    client: Client, change: Change, ids: RemoteIds, record: Record, keep_secret: KeepSecret | None = None
) -> Outcome:
    """Send a change's steps until they are done or one fails; what failed is in the outcome, not raised."""
    return _Carrier(client, change, ids, record, keep_secret, change.remote_id).carry_out()


@dataclass(slots=True)
class _Carrier:
    """One change on its way: what was sent, what was done, which ids came back."""

    _client: Client
    _change: Change
    _ids: RemoteIds
    _record: Record
    _keep_secret: KeepSecret | None
    _remote_id: str | None
    _file_ids: dict[str, str] = field(default_factory=dict)
    _sent: bool = False
    _accepted: Step | None = None  # the last write that the service took

    def carry_out(self) -> Outcome:
        done: list[str] = []
        remaining = list(self._change.steps)
        while remaining:
            together = 2 if remaining[:2] == [Step.EDIT, Step.SUBMIT] else 1
            try:
                if not done:
                    self._look_again()
                    self._make_way()
                done.append(self._take(tuple(remaining[:together])))
            except Stop as stop:
                return self._ended(stop.result, account(done, remaining, stop.message))
            except CloudError as problem:
                result, why = result_of(problem, remaining[0])
                if self._accepted is remaining[0] and remaining[0] in UNVERIFIED:
                    done.append(_(UNVERIFIED[remaining.pop(0)]))
                return self._ended(result, account(done, remaining, why), problem)
            del remaining[:together]
        return self._ended(Result.APPLIED, _(", ").join(done))

    def _ended(self, result: Result, message: str, problem: CloudError | None = None) -> Outcome:
        return Outcome(
            change=self._change,
            result=result,
            message=message,
            error_code=problem.code if problem else None,
            request_id=problem.request_id if problem else None,
            remote_id=self._remote_id,
            sent=self._sent,
        )

    def _take(self, steps: tuple[Step, ...]) -> str:
        """Send one step (or an edit with its submit) and say what was done."""
        step, change = steps[-1], self._change
        match step:
            case Step.CREATE:
                return self._create()
            case Step.DELETE:
                return self._delete()
            case Step.UPLOAD if isinstance(change, SignatureChange):
                for name in change.uploads:
                    self._upload(name, getattr(change.desired, name))
            case Step.WITHDRAW | Step.DISABLE if isinstance(change.observed, ObservedTemplate):
                self._move(step, change.observed)
            case Step.ACTIVATE:
                self._write(step, "EnableSignature", path=self._path())
                return _("activation asked for")
            case _:
                self._write(step, self._operation("Update"), path=self._path(), body=self._body(step))
                if change.kind is Kind.SIGNATURE or len(steps) > 1:
                    return _("edited and submitted")
        return _(DONE[step][0])

    def _operation(self, verb: str) -> str:
        return verb + self._change.kind.capitalize()

    def _body(self, step: Step) -> wire.Json:
        """Return the body of a create or of an update."""
        new, site = step is Step.CREATE, self._client.site
        status = wire.SUBMITTED if step is Step.SUBMIT else wire.DRAFT
        match self._change:
            case AppChange(desired=App() as app) if new:
                return wire.create_app(app, show_secret=self._keep_secret is not None)
            case AppChange(desired=App() as app, observed=ObservedApp() as there):
                return wire.update_app(app, there)
            case SignatureChange(desired=Signature() as signature, observed=before):
                return wire.signature_body(signature, self._app_id(), self._file_ids, None if new else before)
            case TemplateChange(desired=Template() as template) as change:
                return wire.template_body(
                    template,
                    name=change.remote_name,
                    app_id=self._app_id(),
                    signature_id=self._signature_id(),
                    country_ids=change.country_ids,
                    # a site that knows neither drafts nor withdrawing has no flow_status: an update submits
                    flow_status=status if site.drafts or (site.withdrawing and not new) else None,
                    observed=change.observed,
                )
        raise TypeError(f"{self._change.label} has nothing to send")

    def _look_again(self) -> None:
        """Make sure that nothing moved since the plan: what changes, or the live one that stays."""
        change = self._change
        of_live = change.kind is Kind.TEMPLATE and change.steps == (Step.DELETE,)
        seen = change.live if of_live else change.observed
        if seen is None or isinstance(seen, ObservedApp):
            return
        now = read_now(self._client, change.kind, seen.remote_id)
        if any(getattr(now, name) != getattr(seen, name) for name in _MOVING[change.kind]):
            what = now.status if now.status != seen.status else _("edited")
            message = _("{name} was {status} and is {what} now: {then}").format(
                name=seen.name, status=seen.status, what=what, then=_(MOVED_ON)
            )
            raise Stop(Result.SKIPPED, message)

    def _make_way(self) -> None:
        """Settle a template's twins before it is submitted; those of a new draft once it is there."""
        change = self._change
        drafted = Step.CREATE in change.steps and self._client.site.drafts
        if isinstance(change, TemplateChange) and change.submissions and not drafted:
            self._settle_twins(change, self._app_id(), change.remote_id)

    def _app_id(self) -> str:
        desired = self._change.desired
        if not isinstance(desired, Signature | Template):
            raise TypeError(f"{self._change.label} belongs to no app")
        return self._ids.find(desired.app)

    def _signature_id(self) -> str | None:
        template = self._change.desired
        bound = isinstance(template, Template) and not template.universal and template.signature
        return self._ids.find(bound) if bound else None

    def _move(self, step: Step, seen: ObservedTemplate) -> None:
        """Withdraw or disable a template and make sure that it took effect before anything is edited."""
        status, observed = _STOPPED[step], with_variables(self._client, seen)
        app = self._ids.app_of(observed)
        body = wire.observed_template_body(
            observed, app_id=app.remote_id, region=app.region, flow_status=status
        )
        self._write(step, "UpdateTemplate", path=self._path(), body=body)
        now = self._client.read("ShowTemplate", wire.read_word, path=self._path())
        if now != status:
            message = _("it is {now}, not {status}: {then}")
            raise Stop(Result.SKIPPED, message.format(now=now, status=status, then=_(MOVED_ON)))

    def _create(self) -> str:
        change = self._change
        of_app = change.kind is not Kind.APP
        body, app_id = self._body(Step.CREATE), self._app_id() if of_app else None
        there = made_already(self._client, change)
        if there:
            message = _("{name} ({id}) is there, though the list did not show it; the next run goes on")
            raise Stop(Result.SKIPPED, message.format(name=there.name, id=there.remote_id))
        try:
            operation = self._operation("Create")
            remote_id = self._write(Step.CREATE, operation, body=body, decode=self._read_created)
            adopted = False
        except CloudError as problem:
            if not is_uncertain(problem):
                raise
            remote_id, adopted = self._adopt(problem, app_id), True
        if not of_app:
            return self._take_app(adopted=adopted)
        if change.address and remote_id:
            self._ids.learn(change.address, remote_id)
        drafted = isinstance(change, TemplateChange) and self._client.site.drafts
        if isinstance(change, TemplateChange) and drafted and app_id and remote_id:
            self._settle_twins(change, app_id, remote_id)
        return _("created as a draft") if drafted else _("created and submitted")

    def _take_app(self, *, adopted: bool) -> str:
        """Go on with the app that was made, or with a twin that other runs go on with; say which."""
        own = self._remote_id or ""
        twins = find_twin_apps(self._client, self._change, own)
        self._remote_id = twins[0].remote_id if twins else own
        if self._change.address:
            self._ids.learn(self._change.address, self._remote_id)
        said = [_(DONE[Step.CREATE][0])]
        if adopted and self._keep_secret:
            said = [_("created, but its secret came with the lost answer: renew it in the console")]
        elif self._keep_secret and self._remote_id != own:
            said.append(_("the secret that was kept is that of {id}").format(id=own))
        if twins:
            said.append(told(twins))
        return clauses(said)

    def _read_created(self, operation: str, answer: object) -> str:
        """Read the id of something new; the secret of an app is put away before anything else happens."""
        if self._keep_secret and self._change.kind is Kind.APP:
            self._keep_secret(self._change.label, *wire.read_secret(operation, answer))
        return wire.read_word(operation, answer)

    def _adopt(self, problem: CloudError, app_id: str | None) -> str:
        """Look for what a create without an answer made, and take it as ours."""
        try:
            found = find_after_lost_answer(self._client, self._change, app_id, self._client.sleep)
        except CloudError as blind:
            seen = _("looking for it failed as well ({reason})").format(reason=blind.message)
            raise unseen(problem, seen) from None
        if len(found) == 1 or (found and self._change.kind is Kind.APP):  # twins of apps are settled next
            self._remote_id = found[0].remote_id
            self._announce(Phase.ACCEPTED, Step.CREATE)
            return found[0].remote_id
        if not found:
            seen = _("nothing of this name was there {seconds:g} seconds later").format(seconds=sum(GRACE))
        else:
            ids = ", ".join(one.remote_id for one in found)
            seen = _("{count} of this name are there: {ids}").format(count=len(found), ids=ids)
        if self._keep_secret and self._change.kind is Kind.APP:
            seen = clauses((seen, _("if it was made, its secret is lost: renew it in the console")))
        raise unseen(problem, seen)

    def _settle_twins(self, change: TemplateChange, app_id: str, own_id: str | None) -> None:
        """Make sure that nobody is asked twice: one version of the text is left, then it is submitted."""
        since_plan, signature_id = self._ids.since_plan, self._signature_id()
        for twin, goes_first in twins(since_plan, change, app_id, signature_id, own_id):
            if goes_first or not self._discard(twin.remote_id):
                if own_id and change.remote_id is None:
                    self._discard(own_id)
                message = _("another run made {name} ({id}) first; the next run goes on")
                raise Stop(Result.SKIPPED, message.format(name=twin.name, id=twin.remote_id))

    def _discard(self, remote_id: str) -> bool:
        """Delete a draft that lost; tell whether it is gone."""
        own, self._remote_id = self._remote_id, remote_id
        try:
            self._delete()
        except Refused:
            return False
        finally:
            self._remote_id = own
        return True

    def _delete(self) -> str:
        if self._change.kind is Kind.SIGNATURE:
            hanging = hanging_on(self._client, self._remote_id or "")
            if hanging:  # since the plan was made
                message = _("kept while {hanging} hangs on it").format(hanging=", ".join(hanging))
                raise Stop(Result.SKIPPED, message)
        try:
            self._write(Step.DELETE, self._operation("Delete"), path=self._path())
        except Refused as problem:
            if problem.code not in GONE:
                raise
            return _("already gone")
        return _(DONE[Step.DELETE][0])

    def _upload(self, name: str, file: File) -> None:
        check_file(name, file)
        try:
            with file.location.open("rb") as opened:
                digest = hashlib.file_digest(opened, "sha256").hexdigest()
        except OSError as problem:
            message = _("{path} cannot be read ({reason})").format(path=file.path, reason=problem.strerror)
            raise Stop(Result.FAILED, message) from None
        if digest != file.digest:
            message = _("{path} changed since the plan was made: run again").format(path=file.path)
            raise Stop(Result.FAILED, message)
        sent = Upload(file.location.name, file.location, file.digest)
        given = {"query": {"file_desc": file.digest}, "file": sent}
        file_id = self._write(Step.UPLOAD, "UploadSignatureFile", decode=wire.read_word, **given)
        self._file_ids[name] = file_id or ""

    def _write(
        self,
        step: Step,
        operation: str,
        *,
        decode: Callable[[str, object], str] | None = None,
        **parts: Any,  # noqa: ANN401 - handed on to Client.call
    ) -> str | None:
        """Announce a write, send it, record how it ended; return the id in its answer if there is one."""
        self._announce(Phase.INTENT, step)
        try:
            answer = self._client.call(operation, **parts)
            found = decode(operation, answer) if decode else None
        except CloudError as problem:
            self._sent = self._sent or problem.arrived is not False
            self._announce(Phase.UNKNOWN if is_uncertain(problem) else Phase.REFUSED, step, problem)
            raise
        self._sent = True
        if step is Step.CREATE:
            self._remote_id = found
        self._announce(Phase.ACCEPTED, step)
        return found

    def _announce(self, phase: Phase, step: Step, problem: CloudError | None = None) -> None:
        change = self._change
        self._accepted = step if phase is Phase.ACCEPTED else self._accepted
        self._record(
            StepEvent(
                phase=phase,
                step=step,
                address=change.label,
                kind=change.kind,
                remote_name=change.remote_name,
                remote_id=self._remote_id,
                submission=change.submission if step in SUBMITTING[change.kind] else None,
                error_code=problem.code if problem else None,
                message=str(english(problem.message)) if problem else None,
                request_id=problem.request_id if problem else None,
            )
        )

    def _path(self) -> dict[str, str]:
        return {"id": self._remote_id or ""}
