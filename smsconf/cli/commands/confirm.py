"""``smsconf confirm``: record that a person did what no API can do."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import click

from smsconf.cli.options import (
    DURATION,
    AddressParam,
    hint_at,
    lock_option,
    project_options,
    report_options,
)
from smsconf.cli.output import report
from smsconf.cli.progress import TALK, say_busy
from smsconf.config import Project, load_project
from smsconf.language import _
from smsconf.model.address import Address
from smsconf.model.errors import SmsconfError
from smsconf.model.memory import Confirmation
from smsconf.origin import user_of
from smsconf.reconcile.change import ManualChange
from smsconf.reconcile.kinds.manual import Standing
from smsconf.render.plan.manual_steps import steps_lines, steps_view
from smsconf.workflow.run import confirm, manual_rows
from smsconf.workflow.session import find_account, require_usable, store_of, work

_LONGEST = 100 * 365 * 86_400.0  # seconds
_MOST_NOTE = 500


@click.command("confirm")
@click.argument("addresses", type=AddressParam(), nargs=-1, metavar="[ADDRESS]...")
@project_options
@click.option("--note", metavar="TEXT", help="What there is to say about it.")
@click.option("--expires", type=DURATION, help="Ask again after this long, such as 90d.")
@click.option("--withdraw", is_flag=True, help="Take a confirmation back.")
@lock_option
@report_options
def command(  # noqa: PLR0913 - one for each option
    *,
    addresses: tuple[Address, ...],
    folder: Path,
    environment: str | None,
    note: str | None,
    expires: float | None,
    withdraw: bool,
    lock_timeout: float | None,
    form: str,
    output: Path | None,
) -> int:
    """Record that you set at the console what no API can set; without ADDRESS show all such steps.

    \b
    Example:
      smsconf confirm
      smsconf confirm threshold.cn --env prod --note "ticket 4711" --expires 90d

    It is recorded in the journal, and in the file that `confirmations:` names: who, when, for which
    account, and the values as they are declared now. Other values open the step again. Nothing is written to
    the service; smsconf cannot see the console.
    Exits 0, 1 if an address is not a manual step.
    """
    _refuse_nonsense(addresses, note, expires, withdraw=withdraw)
    project = load_project(folder, environment)
    require_usable(project)
    store = store_of(project, TALK)
    journal = store.journal
    account = find_account(project, os.environ)
    now = account.now
    rows = {change.address: change for change in manual_rows(project, journal, account) if change.address}
    steps = [_step(address, rows, project, withdraw=withdraw) for address in dict.fromkeys(addresses)]
    if steps:
        until = now + timedelta(seconds=expires) if expires else None
        by = user_of(project.folder, os.environ)
        said = [
            Confirmation(address, change.manual.digest, by, now, note, until) for address, change in steps
        ]
        named = [address for address, _change in steps]
        with store.lock(account.scope, work(project, "confirm"), timeout=lock_timeout, waiting=say_busy):
            if withdraw:
                confirm(project, journal, account.scope, now, withdrawn=named)
            else:
                confirm(project, journal, account.scope, now, done=said)
    shown = manual_rows(load_project(folder, environment), journal, account)
    chosen = [change for change in shown if not addresses or change.address in addresses]
    about = {"project": project.name, "environment": project.environment}
    report(steps_view(chosen, about), steps_lines, form, output)
    return 0


def _refuse_nonsense(
    addresses: Sequence[Address], note: str | None, expires: float | None, *, withdraw: bool
) -> None:
    if not addresses and (note is not None or expires is not None or withdraw):
        raise click.UsageError(_("--note, --expires and --withdraw are about an ADDRESS: name one"))
    if withdraw and (note is not None or expires is not None):
        raise click.UsageError(_("--withdraw takes back what was confirmed: no --note, no --expires"))
    if expires is not None and not 0 < expires <= _LONGEST:
        raise click.UsageError(_("--expires takes up to 100 years, and more than nothing"))
    if note is not None and (not note.isprintable() or len(note) > _MOST_NOTE):
        raise click.UsageError(
            _("--note takes one line of at most {most} printable characters").format(most=_MOST_NOTE)
        )


def _step(
    address: Address, rows: dict[Address, ManualChange], project: Project, *, withdraw: bool
) -> tuple[Address, ManualChange]:
    """Find a manual step, or say why there is none to confirm.

    Raises:
        SmsconfError: it is not declared, or nothing that a person does.
    """
    change = rows.get(address)
    if change is None:
        raise _not_manual(address, rows, project)
    if withdraw and change.manual.confirmation is None:
        raise SmsconfError(
            _("nobody has confirmed {address}").format(address=address), fix=_("there is nothing to withdraw")
        )
    if not withdraw and change.manual.standing == Standing.NEEDLESS:
        raise SmsconfError(
            _("{address} needs nobody: {reason}").format(address=address, reason=change.reason),
            fix=_("go on: smsconf plan"),
        )
    return address, change


def _not_manual(address: Address, rows: dict[Address, ManualChange], project: Project) -> SmsconfError:
    by_api = project.desired.managed
    if address in by_api:
        return SmsconfError(
            _("{address} is no manual step: smsconf apply does it").format(address=address),
            fix=_("see what is: smsconf confirm"),
        )
    if address in project.desired.campaigns:
        return SmsconfError(
            _("{address} is no manual step: smsconf bulk {address} sends it").format(address=address)
        )
    message = _("{address} is not declared{hint}").format(
        address=address, hint=hint_at(address, [*rows, *by_api])
    )
    return SmsconfError(message, fix=_("see what is: smsconf confirm"))
