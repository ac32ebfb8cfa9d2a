"""Look before anything is made twice: find by name what a create may have left, and who came first.

The service's creates are not idempotent and carry no client token (management-api reference §13.8), so the
name is looked up after a lost answer and after every draft. Its filters may be fuzzy: we compare names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from smsconf.address import Kind
from smsconf.cloud import wire
from smsconf.cloud.client import PAGE, Client
from smsconf.cloud.fields import Fields
from smsconf.errors import CloudBroken
from smsconf.reconcile.change import Change
from smsconf.reconcile.lifecycle import Phase, read_status
from smsconf.reconcile.state import ObservedApp, ObservedSignature, ObservedTemplate
from smsconf.resources import App, Signature, Template

# Waits before each look after a lost answer, in seconds: a list may lag behind the last write.
GRACE = (0.0, 0.5, 1.0, 2.0)

Seen = ObservedApp | ObservedSignature | ObservedTemplate


@dataclass(frozen=True, slots=True)
class _Search:
    """How a kind is looked up: operation, the filter that takes the name, how an item is read."""

    operation: str
    filter: str
    read: Callable[[str, object], Seen]


_SEARCHES = {
    Kind.APP: _Search("ListAppDetails", "app_name", wire.read_app),
    Kind.SIGNATURE: _Search("ListSignatureDetails", "signature_name", wire.read_signature),
    Kind.TEMPLATE: _Search("ListTemplateDetails", "template_name", wire.read_template),
}


def find_named(client: Client, change: Change, app_id: str | None) -> list[Seen]:
    """Return what carries the identity that a change creates, the one that came first at the front.

    Past draft comes before drafts, then the earliest, then the smallest id.

    Raises:
        CloudError: the list could not be read whole.
    """
    search = _SEARCHES[change.kind]
    query = {search.filter: change.remote_name, "limit": str(PAGE), "offset": "0"}
    answer = Fields(search.operation, client.call(search.operation, query=query))
    items = [search.read(search.operation, item) for item in answer.items("results")]
    if answer.number("total") != len(items):
        raise CloudBroken(
            f"the list of {search.operation} does not add up", operation=search.operation, arrived=True
        )
    app_key = _app_key(client, app_id) if app_id else None
    found = [one for one in items if _is_meant(one, change, app_key)]

    def rank(one: Seen) -> tuple[bool, str, str]:
        phase = read_status(change.kind, client.site, one.status).phase
        return (phase is Phase.DRAFT, one.create_time or "", one.remote_id)

    return sorted(found, key=rank)


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


def twins(client: Client, change: Change, app_id: str, own_id: str) -> Iterator[tuple[Seen, bool]]:
    """Yield every other template of the name just created, and whether it came before ours."""
    found = find_named(client, change, app_id)
    ids = [one.remote_id for one in found]
    own = ids.index(own_id) if own_id in ids else len(ids)
    for position, one in enumerate(found):
        if one.remote_id != own_id:
            yield one, position < own


def _app_key(client: Client, app_id: str) -> str:
    operation = "ShowApp"
    return wire.read_app(operation, client.call(operation, path={"id": app_id})).app_key


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
