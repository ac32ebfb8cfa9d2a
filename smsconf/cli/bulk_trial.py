"""``bulk --test-to``: the first messages of a list go to one's own numbers before anybody else gets one."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import cycle, islice
from typing import Any

import click

from smsconf.cli.asking import confirmed
from smsconf.cli.output import say, show_error
from smsconf.cli.sending import Ready, app_key_of, open_sending, remember_sent
from smsconf.config import Project
from smsconf.language import _
from smsconf.messaging.bulk.batches import request_of
from smsconf.messaging.bulk.reader import LedgerReader
from smsconf.messaging.bulk.run import Batch, Run
from smsconf.messaging.masking import mask, mask_all
from smsconf.messaging.numbers import Fault, read_number
from smsconf.messaging.send.target import Target
from smsconf.messaging.send.wire import MOST_NUMBERS
from smsconf.model.errors import CloudError
from smsconf.model.resources import Region


def numbers_of(texts: Iterable[str], region: Region) -> list[str]:
    """Return one's own numbers without plus signs, each once.

    Raises:
        UsageError: one is none, or there are more than one request takes.
    """
    found: dict[str, None] = {}
    for text in (one.strip() for given in texts for one in given.split(",")):
        number = read_number(text, region)
        if isinstance(number, Fault):
            raise click.UsageError(f"'{mask_all(text[:40])}': {_(number.text)}")
        found[number.removeprefix("+")] = None
    if len(found) > MOST_NUMBERS:
        raise click.UsageError(_("--test-to takes at most {most} numbers").format(most=MOST_NUMBERS))
    return list(found)


def send_tests(
    project: Project, ledger: LedgerReader, run: Run, ready: Ready, chosen: Mapping[str, Any]
) -> bool | None:
    """Send the first waiting messages of a run to one's own numbers; return whether the list may follow.

    ``None``: the service did not take them all.

    Raises:
        UsageError: a number is none.
        SmsconfError: no secret, or no host.
    """
    target = Target.from_json(run.message["target"])
    own = numbers_of(chosen["test_to"], target.region)
    values = list(islice(cycle(ledger.first_values(run, len(own))), len(own)))
    differ = tuple(one or () for one in values) if values and values[0] is not None else None
    callback = chosen["status_callback"] or project.desired.messaging.status_callback
    batch = Batch(0, tuple(own), differ)
    request = request_of(target, batch, tuple(run.message["same"] or ()), callback, chosen["extend"])
    key = app_key_of(target, chosen["secrets_file"])
    try:
        with open_sending(project, key, wsse=chosen["wsse"]) as sender:
            answer = sender.send(request)
    except CloudError as problem:
        show_error(problem)
        return None
    remember_sent(project, replace(ready, target=target), answer)
    for fate in answer.fates:
        said = _("accepted") if fate.accepted else fate.status or _("unknown")
        say(_("test message to {number}: {status}").format(number=mask(fate.to), status=said))
    if not all(fate.accepted for fate in answer.fates):
        say(_("nothing of the list was sent: the service did not take every test message"))
        return None
    if chosen["auto_approve"] or not sys.stdin.isatty():
        return True
    question = _("Look at your phone. Send the list now? Only 'yes' is taken: ")
    return confirmed(question, otherwise=_("nothing of the list was sent"))
