"""``smsconf send``: send a few messages with what is live, and say what the service made of each."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import click

from smsconf.cli.exits import send_exit
from smsconf.cli.options import AddressParam, numbers_option, project_options, report_options
from smsconf.cli.output import report, report_sent, show_error, try_file
from smsconf.cli.progress import TALK
from smsconf.cli.sending import (
    check_words,
    require_template,
    send_options,
    settings_of,
    signature_of,
    values_of,
)
from smsconf.config import Project, load_project
from smsconf.language import _
from smsconf.messaging.masking import mask, mask_all
from smsconf.messaging.numbers import Fault, read_number
from smsconf.messaging.send.sender import Uncertain
from smsconf.messaging.send.target import Target
from smsconf.messaging.send.wire import MOST_BYTES, MOST_NUMBERS, Answer, Request, content_size
from smsconf.model.address import Address
from smsconf.model.errors import CloudError, SmsconfError
from smsconf.model.resources import Region
from smsconf.render.documents.send import request_view, send_lines, send_view
from smsconf.workflow.sending import make_ready, read_service, remember_sent, sent_into

_LONGEST_WAIT = 5  # seconds for an answer after the first Ctrl-C: schedulers kill after ten


@click.command("send")
@click.argument("address", type=AddressParam())
@project_options
@click.option(
    "--to",
    "numbers",
    multiple=True,
    metavar="NUMBER",
    help="Recipient, such as +8613812345678; may be repeated.",
)
@click.option(
    "--var", "given", multiple=True, metavar="NAME=VALUE", help="Value of a variable; may be repeated."
)
@click.option(
    "--vars-file",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    metavar="FILE",
    help="Values as JSON: an object for all, or a list of objects, each with its own `to`.",
)
@send_options
@numbers_option
@click.option("--dry-run", is_flag=True, help="Print the request, secrets hidden, and send nothing.")
@report_options
def command(
    address: Address,
    folder: Path,
    environment: str | None,
    form: str,
    output: Path | None,
    **chosen: Any,  # noqa: ANN401 - what to send, and how
) -> int:
    """Send a live template to some numbers, now.

    \b
    Example:
      smsconf send template.order-shipped --to +8613812345678 --var order=A1024 --var day=2026-01-31
      smsconf send template.order-shipped --vars-file messages.json --dry-run

    It asks nothing: what is named is sent, once. Numbers and values are checked first. Exits 0 if the
    service took every message, 5 if one failed or if nobody knows (then nothing is repeated), 4 if nothing
    was sent because the template is not approved or the service refused the request. Whether a message
    arrived only its status report says.
    """
    project = load_project(folder, environment)
    check_words(chosen["extend"], chosen["status_callback"])
    settings, signature = settings_of(project, chosen), signature_of(chosen)
    messages = _messages(project, address, chosen)
    require_template(project, address)
    ready = make_ready(read_service(project, TALK), address, signature)
    target = ready.target
    shown = str if chosen["show_numbers"] else mask
    _check_countries(target, messages, shown)
    request = _request(target, messages, settings.callback, settings.extend)
    if chosen["dry_run"]:
        dry = request_view(request, settings.url(), wsse=settings.wsse, shown=shown)
        report(send_view(ready.about, target, request, None, shown=shown, dry=dry), send_lines, form, output)
        return 0
    if output:
        try_file(output)
    key = settings.app_key(target)
    store = sent_into(project, TALK)
    problem: CloudError | None = None
    answer: Answer | None = None
    written = True
    with _patience() as stopped:
        try:
            with settings.open_sender(key) as sender:
                answer = sender.send(request)
        except KeyboardInterrupt:
            problem = _interrupted()
        except CloudError as error:
            problem = error
    if answer:
        try:
            remember_sent(store, ready, answer)
        except SmsconfError as error:
            show_error(error)
    if problem is None or isinstance(problem, Uncertain):
        view = send_view(ready.about, target, request, answer, shown=shown)
        written = report_sent(view, send_lines, form, output)
    if problem:
        show_error(problem)
    return send_exit(answer, problem, stopped=bool(stopped), written=written)


@contextmanager
def _patience() -> Iterator[list[int]]:
    """Wait for the answer after the first Ctrl-C or termination, but not for long; the second ends at once.

    The message may be on its way: nobody can call it back, and only the answer says whether it was taken.
    """
    stopped: list[int] = []
    before: dict[int, Any] = {}

    def handler(number: int, _frame: FrameType | None) -> None:
        if stopped:
            raise KeyboardInterrupt
        stopped.append(number)
        text = _("interrupted: the message may be on its way; waiting {seconds} s for the answer")
        # not by print: whoever is writing to stderr just now must not be entered again
        os.write(2, f"\n{text.format(seconds=_LONGEST_WAIT)}\n".encode(errors="replace"))
        before[signal.SIGALRM] = signal.signal(signal.SIGALRM, handler)
        signal.alarm(_LONGEST_WAIT)

    before |= {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        if stopped:
            signal.alarm(0)
        for number, handled in before.items():
            signal.signal(number, handled)


def _interrupted() -> Uncertain:
    return Uncertain(
        _("interrupted before the service answered: nobody knows whether it took the message"),
        why=_("the messages may be on their way: nothing is sent a second time"),
        fix=_("wait for the status reports, or look at the sending records in the console"),
    )


def _check_countries(target: Target, numbers: Iterable[str], shown: Callable[[str], str]) -> None:
    """Make sure that the template goes to the country of every number.

    Raises:
        UsageError: it does not; the service would refuse it, or deliver what was approved for elsewhere.
    """
    for number in numbers:
        reason = target.refuses(number)
        if reason:
            raise click.UsageError(f"{shown(number)}: {reason}")


def _messages(project: Project, address: Address, chosen: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return the values of every number, numbers as the service wants them, each once.

    Raises:
        UsageError: there is none, a number is none, or values are given in two ways.
    """
    rows = _rows(chosen)
    template = project.desired.templates.get(address)
    region = template.region if template else Region.CN
    messages: dict[str, dict[str, str]] = {}
    for number, values in rows:
        found = read_number(number, region)
        if isinstance(found, Fault):
            text = number if chosen["show_numbers"] else mask_all(number)
            raise click.UsageError(f"'{text[:60]}': {_(found.text)}")
        if messages.setdefault(found, values) != values:
            raise click.UsageError(_("{number} stands there twice").format(number=mask(found)))
    if not messages:
        raise click.UsageError(_("nobody to send to: give --to NUMBER"))
    if len(messages) > MOST_NUMBERS:
        raise click.UsageError(
            _("one request has at most {most} numbers: use smsconf bulk").format(most=MOST_NUMBERS)
        )
    return messages


def _rows(chosen: Mapping[str, Any]) -> list[tuple[str, dict[str, str]]]:
    values = values_of(chosen["given"])
    if chosen["vars_file"] is None:
        return [(number, values) for number in chosen["numbers"]]
    if values:
        raise click.UsageError(_("give values with --var or with --vars-file, not with both"))
    found = _read(chosen["vars_file"])
    if isinstance(found, dict):
        shared = _strings(found)
        return [(number, shared) for number in chosen["numbers"]]
    if chosen["numbers"]:
        raise click.UsageError(_("a list in --vars-file says who gets what: leave out --to"))
    rows = [_strings(one) for one in found]
    if not all("to" in row for row in rows):
        raise click.UsageError(_("in --vars-file every object of a list has its own `to`"))
    return [(row.pop("to"), row) for row in rows]


def _read(path: Path) -> dict[str, Any] | list[Any]:
    try:
        with click.open_file(str(path), encoding="utf-8-sig") as file:
            found = json.load(file)
    except OSError as error:
        reason = error.strerror or type(error).__name__
    except (ValueError, RecursionError):
        reason = _("it is not JSON")
    else:
        if isinstance(found, dict | list):
            return found
        reason = _("it holds neither an object nor a list")
    raise SmsconfError(
        _("the values in {file} cannot be read: {reason}").format(file=path, reason=reason),
        fix=_("write {example}").format(example='{"order": "A1024"}'),
    )


def _strings(found: object) -> dict[str, str]:
    """Take an object of strings; a number is refused, because 007 would arrive as 7."""
    if isinstance(found, dict) and all(isinstance(value, str) for value in found.values()):
        return dict(found)
    raise click.UsageError(_("--vars-file takes objects whose values are all strings, in quotes"))


def _request(
    target: Target, messages: Mapping[str, Mapping[str, str]], callback: str | None, extend: str | None
) -> Request:
    """Put those with the same values together: one group is one content."""
    every = [(number, target.arrange(values)) for number, values in messages.items()]
    request = target.request(every, callback, extend)
    contents = request.contents
    if len(contents) > 1 and sum(content_size(one) for one in contents) > MOST_BYTES:
        raise click.UsageError(
            _("one request has at most {most} KB of different texts: use smsconf bulk").format(
                most=MOST_BYTES // 1024
            )
        )
    return request
