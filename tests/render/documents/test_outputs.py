"""The document of ``outputs``, byte for byte: programs in other languages read it.

``SMSCONF_UPDATE_OUTPUTS=1 pytest tests/render/documents/test_outputs.py`` writes it anew.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from smsconf.model.address import Address, Kind
from smsconf.model.observed import ObservedVariable
from smsconf.model.resources import MessageType, Variable, VariableType
from smsconf.render.documents.outputs import outputs_view
from tests.reconcile import build
from tests.reconcile.build import o_abroad, o_brand, o_hello, o_shipped, o_shop, shipped

GOLDEN = Path(__file__).parent.parent.parent / "data" / "outputs"
UPDATE = bool(os.environ.get("SMSCONF_UPDATE_OUTPUTS"))

changed = replace(shipped, content="您好，订单${1}已发货。")
second = replace(
    o_shipped,
    remote_id="id-second",
    name="order-shipped_v2",
    content=changed.content,
    description="x #smsconf:01234567",
    template_id=None,
)
brand = replace(o_brand, channel_num="88201029")
other = replace(brand, remote_id="id-other", name="旧商城", channel_num="88201030")
anyone = replace(
    shipped,
    address=Address(Kind.TEMPLATE, "anyone"),
    name="anyone",
    signature=None,
    universal=True,
    type=MessageType.NOTIFICATION,
)
numbered = replace(shipped, variables=(Variable("1", VariableType.ALPHANUMERIC, 12, "order"),))


def described(*texts: str | None):
    """The approved version with other descriptions of its variables."""
    attributes = tuple(ObservedVariable(number, "alphanumeric", text) for number, text in enumerate(texts, 1))
    content = "".join(f"订单${{{one.number}}}。" for one in attributes)
    return replace(o_shipped, content=content, variables=attributes)


STATES = {
    "approved": ((), (o_shop, brand, o_shipped)),
    "nothing there": ((), (o_shop, brand)),
    "no app": ((), ()),
    "first in review": ((), (o_shop, brand, replace(o_shipped, status="Reviewing", template_id=None))),
    "successor not made": ((changed,), (o_shop, brand, o_shipped)),
    "successor a draft": ((changed,), (o_shop, brand, o_shipped, replace(second, status="Pending"))),
    "successor in review": ((changed,), (o_shop, brand, o_shipped, replace(second, status="Reviewing"))),
    "successor rejected": ((changed,), (o_shop, brand, o_shipped, replace(second, status="Reject"))),
    "successor approved": ((changed,), (o_shop, brand, o_shipped, replace(second, template_id="d" * 32))),
    "two drafts": (
        (),
        (
            o_shop,
            brand,
            replace(o_shipped, status="Pending", template_id=None),
            replace(o_shipped, remote_id="id-twin", status="Pending", template_id=None),
        ),
    ),
    "abroad": (
        (build.abroad, build.hello),
        (replace(o_abroad, channel_num="msg1001"), o_hello),
    ),
    "universal": (
        (anyone,),
        (o_shop, brand, replace(o_shipped, name="anyone", universal=True, signature_id=None)),
    ),
    "numbered": ((numbered,), (o_shop, brand, o_shipped)),
    "names not readable": ((), (o_shop, brand, described("a 1", "a 2"))),
    "a description lacks": ((), (o_shop, brand, described("a", None))),
    "attributes not read": ((), (o_shop, brand, replace(o_shipped, variables=None))),
    "no variables": ((), (o_shop, brand, described())),
    "signature not declared": ((), (o_shop, brand, other, replace(o_shipped, signature_id="id-other"))),
    "signature not there": ((), (o_shop, brand, replace(o_shipped, signature_id="id-gone"))),
}


@pytest.mark.parametrize("state", STATES)
def test_outputs_document_stays_as_it_is(state: str) -> None:
    """Every state of a template has one document, and a change of it is seen."""
    resources, objects = STATES[state]
    if resources and build.abroad not in resources:
        resources = (build.shop, build.brand, *resources)
    found = build.observed(*objects) if objects else build.nothing()
    view = outputs_view(build.plan(build.desired(*resources), found), found.signatures.items)
    text = json.dumps(view, ensure_ascii=False, indent=2) + "\n"
    path = GOLDEN / f"{state.replace(' ', '-')}.json"
    if UPDATE:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
