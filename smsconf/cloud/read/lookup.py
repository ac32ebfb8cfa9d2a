"""Look before anything is made twice: find by name what a create may have left, and who came first.

The service's creates are not idempotent and carry no client token (management-api reference §13.8), so the
name is looked up after a lost answer, after every draft and every app, and the family before every
submission; before a create, what the journal knows and the list did not show is asked for by its id, and apps
by name. The service's filters may be fuzzy: we compare names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from smsconf.cloud.http.answers import Fields
from smsconf.cloud.http.client import PAGE, Client
from smsconf.cloud.http.codes import GONE, NO_APP
from smsconf.cloud.read import wire
from smsconf.cloud.read.observe import with_variables
from smsconf.cloud.read.since_plan import SincePlan
from smsconf.language import _
from smsconf.model.address import Kind
from smsconf.model.errors import CloudBroken, Refused
from smsconf.model.lifecycle import TEMPLATES, Phase, read_status
from smsconf.model.observed import ObservedApp, ObservedSignature, ObservedTemplate
from smsconf.model.resources import App, Signature, Template
from smsconf.reconcile.app_twins import ours_first
from smsconf.reconcile.change import AppChange, Change, TemplateChange
from smsconf.reconcile.diff import says_the_same
from smsconf.reconcile.names import number_in
from smsconf.reconcile.versions.submission import split_mark

# Waits before each look after a lost answer, in seconds: a list may lag behind the last write. Twin apps are
# looked at as often: whoever saw only its own goes on with that meanwhile, and makes something under it.
GRACE = (0.0, 0.5, 1.0, 2.0)

Seen = ObservedApp | ObservedSignature | ObservedTemplate


_SEARCHES: Mapping[Kind, wire.Listed[Any]] = {
    Kind.APP: wire.APPS,
    Kind.SIGNATURE: wire.SIGNATURES,
    Kind.TEMPLATE: wire.TEMPLATES,
}
# The statuses of what is not decided yet: what another run may have just made.
_ON_THE_WAY = {
    raw: one.phase for raw, one in TEMPLATES.items() if one.phase in (Phase.DRAFT, Phase.IN_REVIEW)
}


def find_named(client: Client, change: Change, app_id: str | None) -> list[Seen]:
    """Return what carries the identity that a change creates, the one that came first at the front.

    Past draft comes before drafts, then the earliest, then the smallest id.

    Raises:
        CloudError: the list could not be read whole.
    """
    search = _SEARCHES[change.kind]
    query = {search.filter: change.remote_name, "limit": str(PAGE), "offset": "0"}
    answer = Fields(search.list, client.call(search.list, query=query))
    items = [search.read(search.list, item) for item in answer.items("results")]
    if answer.number("total") != len(items):
        raise CloudBroken(
            _("the list of {operation} does not add up").format(operation=search.list),
            operation=search.list,
            arrived=True,
        )
    app_key = read_now(client, Kind.APP, app_id).app_key if app_id else None
    found = [one for one in items if _is_meant(one, change, app_key)]
    return sorted(found, key=lambda one: _rank(client, change, one))


def made_already(client: Client, change: Change) -> Seen | None:
    """Return what a change would create a second time: made before, or by another run since the plan.

    A list may lag behind, so what the journal knows is asked for by its id. Apps are looked for by name, too:
    nothing takes a second one back.

    Raises:
        CloudError: nobody can tell.
    """
    for remote_id in change.unlisted if isinstance(change, AppChange | TemplateChange) else ():
        one = _now(client, change.kind, remote_id)
        of_family = (
            one and isinstance(change.desired, Template) and number_in(one.name, _bases(change.desired))
        )
        if one and (of_family or one.name == change.remote_name):
            return one
    return next(iter(find_named(client, change, None)), None) if change.kind is Kind.APP else None


def _bases(template: Template) -> list[str]:
    """Return the names of a template's family without a number."""
    return [name for name in (template.name, template.renamed_from) if name]


def _is_ours(one: Seen, change: Change) -> bool:
    """Tell whether a draft of a family is ours to delete: by its name, by ``adopt:`` or by our mark."""
    if not (isinstance(change.desired, Template) and isinstance(one, ObservedTemplate)):
        return True
    named = one.name in (*_bases(change.desired), *change.desired.adopt, change.remote_name)
    return named or split_mark(one.description)[1] is not None


def find_after_lost_answer(
    client: Client, change: Change, app_id: str | None, sleep: Callable[[float], None]
) -> list[Seen]:
    """Look a few times for what a create without an answer may have made."""
    found: list[Seen] = []
    for pause in GRACE:
        sleep(pause)
        found = find_named(client, change, app_id)
        if found:
            break
    return found


def find_twin_apps(client: Client, change: Change, own_id: str) -> list[ObservedApp]:
    """Return the apps of the name of which a change has just made one, the one to go on with at the front.

    Nothing if there is no other. Runs that began together may each have made one: whoever sees no other goes
    on at once, and what it makes shows all others which app is taken; if nobody does, the earliest is taken,
    then the smallest id.

    Raises:
        CloudError: nobody can tell.
    """
    apps: list[ObservedApp] = []
    for pause in GRACE:
        client.sleep(pause)
        found = {one.remote_id: one for one in find_named(client, change, None)}
        if found.keys() == {own_id}:
            return []
        if not found:  # a list may lag behind
            continue
        own = found.get(own_id) or read_now(client, Kind.APP, own_id)
        carrying = [_keys_in(client, kind) for kind in (Kind.SIGNATURE, Kind.TEMPLATE)]
        twins = (one for one in {**found, own_id: own}.values() if isinstance(one, ObservedApp))
        apps = ours_first(twins, carrying)
        if any(apps[0].app_key in keys for keys in carrying):
            break
    return apps


def _keys_in(client: Client, kind: Kind) -> set[str]:
    """Return the keys of the apps that have something of a kind now."""
    search = _SEARCHES[kind]
    return {search.read(search.list, one).app_key for one in client.list_all(search.list)}


def hanging_on(client: Client, signature_id: str) -> list[str]:
    """Name the templates that deleting a signature would take along now, dead ones apart.

    Raises:
        CloudError: the list could not be read whole.
    """
    there = (wire.read_template(wire.TEMPLATES.list, one) for one in client.list_all(wire.TEMPLATES.list))
    return sorted(
        one.name
        for one in there
        if one.signature_id == signature_id
        and read_status(Kind.TEMPLATE, client.site, one.status).phase is not Phase.DEAD
    )


def twins(
    since_plan: SincePlan, change: TemplateChange, app_id: str, signature_id: str | None, own_id: str | None
) -> Iterator[tuple[Seen, bool]]:
    """Yield every other template that is what a change made or is about to submit, and whether it goes first.

    After a create that is every template of the name. And in any case, because runs that remember different
    numbers give one text two names: versions of the family that say the same, in review, or drafts that were
    not there when the plan was made. Past draft goes first, then the earliest, then the smallest id. A draft
    that nothing shows to be ours is yielded only where it goes first: we give way to it and never delete it.

    Args:
        since_plan: what appeared since the plan was made.
        change: a template's.
        app_id: primary key of its app.
        signature_id: primary key of its signature, if it is bound to one.
        own_id: of what is about to be submitted, ``None`` while it is not made.

    Raises:
        CloudError: a list could not be read whole.
    """
    client = since_plan.client
    created = own_id is not None and change.remote_id is None
    found = find_named(client, change, app_id) if created else []
    found += _saying_the_same(since_plan, change, app_id, signature_id, own_id)
    others = {one.remote_id: one for one in found}
    own = others.pop(own_id or "", change.observed)
    for one in sorted(others.values(), key=lambda one: _rank(client, change, one)):
        rank = _rank(client, change, one)
        past_draft = not rank[0]
        goes_first = past_draft or own is None or rank < _rank(client, change, own)
        if goes_first or _is_ours(one, change):
            yield one, goes_first


def _saying_the_same(
    since_plan: SincePlan, change: TemplateChange, app_id: str, signature_id: str | None, own_id: str | None
) -> Iterator[ObservedTemplate]:
    """Yield the family's versions that say what a change is about to submit, as they are now.

    Of those that the plan saw, drafts are the planner's business.
    """
    template, client = change.desired, since_plan.client
    if template is None:
        return
    bases = _bases(template)
    known = {one.remote_id for one in (change.live, change.observed) if one} | {own_id}
    new = [one for one in since_plan.like(bases) if one.remote_id not in change.family]
    ids = [one.remote_id for one in new if one.content == template.content and number_in(one.name, bases)]
    countries = dict(zip(change.country_ids, change.country_names, strict=True))
    for remote_id in (*ids, *change.family):
        one = None if remote_id in known else _now(client, Kind.TEMPLATE, remote_id)
        if not isinstance(one, ObservedTemplate) or one.content != template.content:
            continue
        phase = _ON_THE_WAY.get(one.status)
        if phase is None or (phase is Phase.DRAFT and remote_id in change.family):
            continue
        of_app = one.app_key == since_plan.app_key(app_id)
        in_family = of_app and (one.region or template.region) == template.region
        if in_family and says_the_same(template, with_variables(client, one), countries, signature_id):
            yield one


def read_now(client: Client, kind: Kind, remote_id: str) -> Seen:
    """Read one thing as it is now.

    Raises:
        CloudError: it is gone, or cannot be read.
    """
    search = _SEARCHES[kind]
    seen: Seen = client.read(search.show, search.read, path={"id": remote_id})
    return seen


def _now(client: Client, kind: Kind, remote_id: str) -> Seen | None:
    """Read one thing as it is now; nothing if it is gone."""
    try:
        return read_now(client, kind, remote_id)
    except Refused as problem:
        if problem.code in GONE | NO_APP:
            return None
        raise


def _rank(client: Client, change: Change, one: Seen) -> tuple[bool, str, str]:
    phase = read_status(change.kind, client.site, one.status).phase
    return (phase is Phase.DRAFT, one.create_time or "", one.remote_id)


def _is_meant(one: Seen, change: Change, app_key: str | None) -> bool:
    """Compare the identity of a kind exactly: region and name, name and type, or app and name."""
    if one.name != change.remote_name:
        return False
    match change.desired, one:
        case App(), ObservedApp():
            return one.region == change.desired.region.value
        case Signature(), ObservedSignature():
            return one.type == change.desired.type.value and one.app_key == app_key
        case Template(), ObservedTemplate():
            region = change.desired.region.value
            return one.app_key == app_key and (one.region or region) == region
    return False
