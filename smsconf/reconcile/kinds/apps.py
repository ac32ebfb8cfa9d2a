"""Decide about an app: create it, update its reply address, or leave it. An app can never be deleted.

Source: management-api reference §2 and §10 (two apps per region unless the vendor granted more).
"""

from __future__ import annotations

from collections.abc import Iterator

from smsconf.language import _, listed
from smsconf.model.address import Address, Kind
from smsconf.model.lifecycle import Phase, read_status
from smsconf.model.resources import ABSENT, App
from smsconf.reconcile.change import Action, Change, FieldChange, Step
from smsconf.reconcile.inputs import Inputs


def decide_apps(inputs: Inputs) -> Iterator[Change]:
    """Decide about every declared app, then about those that left the files."""
    free = {region: quota.total - quota.used for region, quota in inputs.observed.app_quotas.items()}
    for address, app in inputs.desired.apps.items():
        change = _decide(inputs, address, app)
        if change.action is Action.CREATE and app.region in free:
            if free[app.region] <= 0:
                change = _refused(
                    address,
                    app,
                    _(
                        "the quota of {region} apps is used up ({used} of {total}); apps cannot be deleted: "
                        "ask the vendor for more, or declare an existing app by its remote name"
                    ).format(
                        region=app.region.value,
                        used=inputs.observed.app_quotas[app.region].used,
                        total=inputs.observed.app_quotas[app.region].total,
                    ),
                )
            free[app.region] -= 1
        yield change
    yield from _forgotten(inputs)


def _decide(inputs: Inputs, address: Address, app: App) -> Change:
    problem = inputs.unreadable(Kind.APP)
    if problem:
        return _refused(address, app, problem)
    found = inputs.apps_named(address)
    if len(found) > 1:
        ids = ", ".join(one.remote_id for one in found)
        return _refused(
            address,
            app,
            _("{count} {region} apps have {names}: {ids}; rename one").format(
                count=len(found), region=app.region.value, names=_names(app), ids=ids
            ),
        )
    if not found:
        return _absent(inputs, address, app)
    observed = found[0]
    status = read_status(Kind.APP, inputs.site, observed.status)
    renamed = (FieldChange("name", observed.name, app.name),) if observed.name != app.name else ()
    fields = (*renamed, *_fields(app, observed.reply_url))
    action, reason = Action.NONE, status.verdict.message
    steps: tuple[Step, ...] = ()
    awaits = None
    if status.phase is Phase.UNKNOWN:
        action, reason = (
            Action.REFUSED,
            _("{message}: nothing is written for it").format(message=status.verdict.message),
        )
    elif fields and not app.external:
        action, steps = Action.UPDATE, (Step.EDIT,)
        reason = _("{names} differs").format(names=listed((one.path for one in fields), last="and"))
    elif status.phase is Phase.PREPARING:
        action, awaits = Action.WAIT, _("the service")
    return Change(
        kind=Kind.APP,
        action=action,
        reason=reason,
        remote_name=app.name,
        address=address,
        remote_id=observed.remote_id,
        status=observed.status,
        fields=() if app.external else fields,
        steps=steps,
        awaits=awaits,
        desired=app,
        observed=observed,
    )


def _names(app: App) -> str:
    said = _("the name '{name}' or its former one '{former}'") if app.renamed_from else _("the name '{name}'")
    return said.format(name=app.name, former=app.renamed_from)


def _absent(inputs: Inputs, address: Address, app: App) -> Change:
    remembered = inputs.memory.apps.get(address)
    there = next((one for one in inputs.observed.apps.items if one.remote_id == remembered), None)
    if there and there.region == app.region.value and not app.external:
        said = _(
            "it is named '{there}' at the service, the files say '{name}': add renamed_from: {there}, or "
            "give the new app a key of its own"
        )
        return _refused(address, app, said.format(there=there.name, name=app.name))
    if app.external:
        return _refused(
            address,
            app,
            _("no {region} app is named '{name}', and it is external: not ours to create").format(
                region=app.region.value, name=app.name
            ),
        )
    fields = [FieldChange("name", None, app.name), FieldChange("region", None, app.region.value)]
    return Change(
        kind=Kind.APP,
        action=Action.CREATE,
        reason=_(
            "not at the service yet, and never to be deleted; --save-secrets keeps its secret, told once"
        ),
        remote_name=app.name,
        address=address,
        fields=(*fields, *_fields(app, None)),
        steps=(Step.CREATE,),
        desired=app,
        unlisted=(remembered,) if remembered else (),
    )


def _fields(app: App, observed: str | None) -> tuple[FieldChange, ...]:
    """Compare the reply address; an absent one is left alone, ``None`` clears it."""
    if app.reply_url is ABSENT or (app.reply_url or None) == (observed or None):
        return ()
    return (FieldChange("reply_url", observed or None, app.reply_url),)


def _refused(address: Address, app: App, reason: str) -> Change:
    return Change(
        kind=Kind.APP,
        action=Action.REFUSED,
        reason=reason,
        remote_name=app.name,
        address=address,
        desired=app,
    )


def _forgotten(inputs: Inputs) -> Iterator[Change]:
    """Yield the apps that earlier runs managed, that are still there, and that no file declares any more."""
    there = {app.remote_id: app for app in inputs.observed.apps.items}
    claimed = {one.remote_id for address in inputs.desired.apps for one in inputs.apps_named(address)}
    for address, remote_id in sorted(inputs.memory.apps.items()):
        app = there.get(remote_id)
        if app is None or address in inputs.desired.apps or remote_id in claimed:
            continue
        yield Change(
            kind=Kind.APP,
            action=Action.FORGET,
            reason=_("left the files; apps cannot be deleted, so it stays at the service, no longer managed"),
            remote_name=app.name,
            address=address,
            remote_id=remote_id,
            status=app.status,
            observed=app,
        )
