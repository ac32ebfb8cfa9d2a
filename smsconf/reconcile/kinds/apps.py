"""Decide about an app: create it, update its reply address, or leave it. An app can never be deleted.

Source: management-api reference §2 and §10 (two apps per region unless the vendor granted more).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from smsconf.language import _, clauses, listed
from smsconf.model.address import Kind
from smsconf.model.lifecycle import Phase, read_status
from smsconf.model.observed import ObservedApp
from smsconf.model.resources import ABSENT, App
from smsconf.reconcile.app_twins import told
from smsconf.reconcile.change import Action, AppChange, Decision, FieldChange, Step
from smsconf.reconcile.inputs import Inputs


def decide_apps(inputs: Inputs) -> Iterator[AppChange]:
    """Decide about every declared app, then about those that left the files."""
    free = {region: quota.total - quota.used for region, quota in inputs.observed.app_quotas.items()}
    for address, app in inputs.desired.apps.items():
        decision = _decide(inputs, app)
        if decision.action is Action.CREATE and app.region in free:
            free[app.region] -= 1
            decision = decision if free[app.region] >= 0 else _used_up(inputs, app)
        known = inputs.memory.apps.get(address) if decision.action is Action.CREATE else None
        unlisted = (known,) if known else ()
        twins = tuple(inputs.index.apps_named(address)[1:]) if decision.observed else ()
        yield decision.row(AppChange, address, app.name, desired=app, unlisted=unlisted, twins=twins)
    yield from _forgotten(inputs)


def _used_up(inputs: Inputs, app: App) -> Decision:
    quota = inputs.observed.app_quotas[app.region]
    reason = _(
        "the quota of {region} apps is used up ({used} of {total}); apps cannot be deleted: "
        "ask the vendor for more, or declare an existing app by its remote name"
    )
    return _refused(reason.format(region=app.region.value, used=quota.used, total=quota.total))


def _decide(inputs: Inputs, app: App) -> Decision:
    problem = inputs.unreadable(Kind.APP.nouns)
    if problem:
        return _refused(problem)
    found, ours = inputs.index.apps_named(app.address), inputs.index.app_of(app.address)
    if not found:
        return _absent(inputs, app)
    if ours is None:
        ids = ", ".join(one.remote_id for one in found)
        reason = _("{count} {region} apps have {names}: {ids}; rename one")
        reason = reason.format(count=len(found), region=app.region.value, names=_names(app), ids=ids)
        unread = inputs.unreadable(Kind.SIGNATURE.nouns, Kind.TEMPLATE.nouns)  # what would tell them apart
        return _refused(clauses((reason, *([unread] if unread else []))))
    decision = _there(inputs, app, ours)
    if len(found) > 1:
        decision = replace(decision, reason=clauses((decision.reason, told(found))))
    return decision


def _there(inputs: Inputs, app: App, observed: ObservedApp) -> Decision:
    status = read_status(Kind.APP, inputs.site, observed.status)
    renamed = (FieldChange("name", observed.name, app.name),) if observed.name != app.name else ()
    fields = () if app.external else (*renamed, *_fields(app, observed.reply_url))
    decision = Decision(Action.NONE, status.verdict.message, observed=observed, fields=fields)
    if status.phase is Phase.UNKNOWN:
        reason = _("{message}: nothing is written for it").format(message=decision.reason)
        return replace(decision, action=Action.REFUSED, reason=reason)
    if fields:
        reason = _("{names} differs").format(names=listed((one.path for one in fields), last="and"))
        return replace(decision, action=Action.UPDATE, reason=reason, steps=(Step.EDIT,))
    if status.phase is Phase.PREPARING:
        return replace(decision, action=Action.WAIT, awaits=_("the service"))
    return decision


def _names(app: App) -> str:
    said = _("the name '{name}' or its former one '{former}'") if app.renamed_from else _("the name '{name}'")
    return said.format(name=app.name, former=app.renamed_from)


def _absent(inputs: Inputs, app: App) -> Decision:
    remembered = inputs.memory.apps.get(app.address)
    there = next((one for one in inputs.observed.apps.items if one.remote_id == remembered), None)
    if there and there.region == app.region.value and not app.external:
        said = _(
            "it is named '{there}' at the service, the files say '{name}': add renamed_from: {there}, or "
            "give the new app a key of its own"
        )
        return _refused(said.format(there=there.name, name=app.name))
    if app.external:
        said = _("no {region} app is named '{name}', and it is external: not ours to create")
        return _refused(said.format(region=app.region.value, name=app.name))
    new = (FieldChange("name", None, app.name), FieldChange("region", None, app.region.value))
    reason = _("not at the service yet, and never to be deleted; --save-secrets keeps its secret, told once")
    return Decision(Action.CREATE, reason, (Step.CREATE,), fields=(*new, *_fields(app, None)))


def _fields(app: App, observed: str | None) -> tuple[FieldChange, ...]:
    """Compare the reply address; an absent one is left alone, ``None`` clears it."""
    if app.reply_url is ABSENT or (app.reply_url or None) == (observed or None):
        return ()
    return (FieldChange("reply_url", observed or None, app.reply_url),)


def _refused(reason: str) -> Decision:
    return Decision(Action.REFUSED, reason)


def _forgotten(inputs: Inputs) -> Iterator[AppChange]:
    """Yield the apps that earlier runs managed, that are still there, and that no file declares any more."""
    there = {app.remote_id: app for app in inputs.observed.apps.items}
    claimed = {one.remote_id for address in inputs.desired.apps for one in inputs.index.apps_named(address)}
    for address, remote_id in sorted(inputs.memory.apps.items()):
        app = there.get(remote_id)
        if app is None or address in inputs.desired.apps or remote_id in claimed:
            continue
        said = _("left the files; apps cannot be deleted, so it stays at the service, no longer managed")
        yield Decision(Action.FORGET, said, observed=app).row(AppChange, address, app.name)
