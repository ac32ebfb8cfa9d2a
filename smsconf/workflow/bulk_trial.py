"""The first messages of a list, sent to one's own numbers before anybody on it gets one.

They are no part of the run, so that whoever gets one here still gets theirs; nothing of the list is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle, islice

from smsconf.language import _
from smsconf.messaging.bulk.batches import request_of
from smsconf.messaging.masking import mask
from smsconf.messaging.send.target import Target
from smsconf.messaging.send.wire import Request
from smsconf.model.errors import CloudError, SmsconfError
from smsconf.store.interfaces import RunReader, Store
from smsconf.store.runs import Batch, Run
from smsconf.workflow.bulk_job import End, Ui
from smsconf.workflow.sending import Ready, SendSettings, remember_sent


def try_out(
    settings: SendSettings,
    ui: Ui,
    store: Store,
    ledger: RunReader,
    run: Run,
    ready: Ready,
    numbers: Sequence[str],
) -> End | None:
    """Send the first waiting messages of a run to one's own numbers; ``None``: the list may follow.

    Args:
        settings: how messages go out.
        ui: who is asked and told.
        store: remembers what was sent.
        ledger: knows the run.
        run: whose messages.
        ready: for whom.
        numbers: one's own, without plus signs.
    """
    target = Target.from_json(run.message["target"])
    values = list(islice(cycle(ledger.first_values(run, len(numbers))), len(numbers)))
    differ = tuple(one or () for one in values) if values and values[0] is not None else None
    key = settings.app_key(target)
    try:
        with settings.open_sender(key) as sender:
            answer = sender.send(request_for(settings, run, target, Batch(0, tuple(numbers), differ)))
    except CloudError as problem:
        ui.tell(problem)
        return End.TEST_FAILED
    try:
        remember_sent(store, replace(ready, target=target), answer)
    except SmsconfError as problem:
        ui.tell(problem)
    for fate in answer.fates:
        word = _("accepted") if fate.accepted else fate.status or _("unknown")
        ui.talk.say(_("test message to {number}: {status}").format(number=mask(fate.to), status=word))
    if not all(fate.accepted for fate in answer.fates):
        ui.talk.say(_("nothing of the list was sent: the service did not take every test message"))
        return End.TEST_FAILED
    return None if ui.agrees_after_tests() else End.DECLINED


def request_for(settings: SendSettings, run: Run, target: Target, batch: Batch) -> Request:
    """Return the request of a batch of a run."""
    return request_of(target, batch, tuple(run.message["same"] or ()), settings.callback, settings.extend)
