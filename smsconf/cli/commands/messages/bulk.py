"""``smsconf bulk``: send a live template to a list of any length, each recipient once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from smsconf.cli.bulk_draft import ledger_path
from smsconf.cli.bulk_job import job_of
from smsconf.cli.bulk_look import look_at_job
from smsconf.cli.bulk_run import Teller, assumption, join_run, send_job
from smsconf.cli.bulk_runs import (
    check_owner,
    end_run,
    list_runs,
    named_run,
    newest_run,
    open_run,
    read_scope,
    ready_for_run,
    settle_old,
)
from smsconf.cli.bulk_trial import numbers_of
from smsconf.cli.list_options import list_options
from smsconf.cli.options import AddressParam, numbers_option, project_options, report_options
from smsconf.cli.output import same_file
from smsconf.cli.sending import (
    callback_option,
    check_words,
    make_ready,
    secrets_option,
    signature_option,
    wsse_option,
)
from smsconf.config import Project
from smsconf.language import _
from smsconf.messaging.bulk.reader import open_ledger_to_read
from smsconf.messaging.bulk.run import Run
from smsconf.model.address import Address, Kind
from smsconf.workflow.run import check

_NEWEST = ""  # the value of an option that may name a run and does not


class MomentParam(click.ParamType[datetime]):
    """A moment such as ``2026-12-01T09:00:00+08:00``."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:  # noqa: ANN401
        """Read ISO 8601 with an offset, or fail with what was expected."""
        try:
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self.fail(
                _("expected a time with an offset, such as 2026-12-01T09:00:00+08:00, got '{value}'").format(
                    value=value
                ),
                param,
                ctx,
            )
        return moment


class BulkCommand(click.Command):
    """A command some of whose options may be followed by the number of a run, and need not be.

    What follows such an option is a run only if it is a number, so that an address or a list may follow too.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the run, or that there is none, beside its option."""
        joined: list[str] = []
        words = iter(enumerate(args))
        for place, word in words:
            if word not in _MAY_NAME_A_RUN or "--" in args[:place]:
                joined.append(word)
            elif place + 1 < len(args) and args[place + 1].isdigit():
                joined.append(f"{word}={next(words)[1]}")
            else:
                joined.append(f"{word}={_NEWEST}")
        return super().parse_args(ctx, joined)


_MAY_NAME_A_RUN = frozenset({"--join", "--assume-sent", "--assume-not-sent"})


@click.command("bulk", cls=BulkCommand)
@click.argument("address", required=False, type=AddressParam(), metavar="TEMPLATE|CAMPAIGN")
@click.argument("recipients", required=False, metavar="LIST", type=click.Path(path_type=Path, dir_okay=False))
@project_options
@click.option(
    "--var", "given", multiple=True, metavar="NAME=VALUE", help="The same value for all; may be repeated."
)
@click.option(
    "--opt-out",
    type=click.Path(path_type=Path, dir_okay=False),
    multiple=True,
    help="List of numbers to leave out; may be repeated. Replies that opt out are left out anyway.",
)
@click.option(
    "--dropped", type=click.Path(path_type=Path, dir_okay=False), help="CSV file for the rows left out."
)
@list_options
@click.option("--at", type=MomentParam(), help="Wait until this time, up to a month; Ctrl-C calls it off.")
@click.option("--again", is_flag=True, help="Send a list once more that was sent already.")
@click.option("--failed-of", metavar="RUN", help="Send again to those whom a run did not reach.")
@click.option("--assume-sent", metavar="[RUN]", help="Take uncertain batches for sent.")
@click.option("--assume-not-sent", metavar="[RUN]", help="Take uncertain batches for not sent: send them.")
@click.option(
    "--test-to",
    multiple=True,
    metavar="NUMBERS",
    help="Send the first messages to these own numbers before the list; may be repeated.",
)
@click.option("--join", metavar="[RUN]", help="Go on with a run as it began, without its list.")
@click.option("--end", metavar="RUN", help="Give up what waits of a run.")
@click.option("--runs", is_flag=True, help="Show the runs there are; offline.")
@click.option(
    "--rate", type=click.FloatRange(0, min_open=True), metavar="N", help="Requests a second, at most."
)
@click.option(
    "--connections",
    type=click.IntRange(1, 32),
    default=4,
    show_default=True,
    help="Requests at the same time.",
)
@click.option("--extend", metavar="TEXT", help="Text that comes back in the status reports.")
@callback_option
@signature_option
@secrets_option
@wsse_option
@numbers_option
@click.option(
    "--progress",
    "events",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Form of the progress on stderr.  [default: text]",
)
@click.option("--dry-run", is_flag=True, help="Read and check the list, count segments, send nothing.")
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@report_options
def command(
    address: Address | None,
    recipients: Path | None,
    folder: Path,
    environment: str | None,
    form: str,
    output: Path | None,
    **chosen: Any,  # noqa: ANN401 - how to send
) -> int:
    """Send a live template to a list: xlsx, csv or text.

    \b
    Example:
      smsconf bulk template.order-shipped recipients.xlsx --dry-run
      smsconf bulk template.order-shipped recipients.xlsx
      smsconf bulk campaign.winter-sale --at 2026-12-01T09:00:00+08:00
      smsconf bulk --runs

    A first row names the columns: one of the numbers (手机号, phone, number …), one for each variable by its
    name or description; without it the numbers are in the first column. Each number gets one message. What is
    sent is in .smsconf/ledger.db before and after: a run that was stopped or killed goes on with the same
    command, and no number gets it twice; while a part of it waits, no other list goes out under its name.
    Exits 0 if the service took all or nothing is left, 5 after a part, 4 if nothing may be sent now.
    """
    _check_options(address, recipients, chosen)
    if output and recipients and same_file(output, recipients):
        raise click.UsageError(
            _("--output names {file}, which is read: name another").format(file=recipients)
        )
    check_words(chosen["extend"], chosen["status_callback"])
    project = check(folder, environment)
    teller = Teller.of(project, form, output, chosen)
    if chosen["runs"]:
        return list_runs(project, teller)
    if chosen["end"]:
        return end_run(project, chosen["end"])
    number = chosen["join"] or chosen["assume_sent"] or chosen["assume_not_sent"]
    if number or chosen["join"] is not None:
        run = _stored(project, number) if number else _only_open(project)
        return _go_on(project, run, teller, chosen)
    if chosen["failed_of"]:
        failed_of = _stored(project, chosen["failed_of"])
        address = address or Address.parse(failed_of.key.subject)
    elif address is None:
        message = _(
            "expected a template or a campaign; --join, --end, --assume-… and --failed-of may name a run"
        )
        raise click.UsageError(message)
    elif address.kind is Kind.TEMPLATE and recipients is None and assumption(chosen) is not None:
        return _go_on(project, _newest(project, address), teller, chosen)
    else:
        failed_of = None
    job = job_of(project, address, recipients, chosen, failed_of)
    ready = make_ready(project, job.template, job.signature)
    numbers_of(chosen["test_to"], ready.target.region)
    if failed_of:
        check_owner(failed_of, ready.scope, project.environment)
    if chosen["dry_run"]:
        return look_at_job(project, job, ready, teller)
    return send_job(project, job, ready, teller, chosen)


_ALONE = ("runs", "end", "join")
_ABOUT_A_LIST = ("again", "failed_of", "dry_run", "test_to")


def _check_options(address: Address | None, recipients: Path | None, chosen: Mapping[str, Any]) -> None:
    """Refuse options that say opposite things.

    Raises:
        UsageError: they do.
    """
    given = [name for name in _ALONE if chosen[name] not in (None, False)]
    about = [name for name in _ABOUT_A_LIST if chosen[name]]
    said = [name for name in ("assume_sent", "assume_not_sent") if chosen[name] is not None]
    if len(said) == 2:
        raise click.UsageError(_("--assume-sent and --assume-not-sent say opposite things"))
    if given and (address or recipients or about or len(given) > 1 or (said and given != ["join"])):
        raise click.UsageError(
            _("--{option} stands alone: no template, list or option about a list goes with it").format(
                option=given[0]
            )
        )
    if said and about:
        raise click.UsageError(
            _("settle the doubts first: {option} does not go with --{other}").format(
                option="--" + said[0].replace("_", "-"), other=about[0].replace("_", "-")
            )
        )
    if chosen["failed_of"] and recipients:
        raise click.UsageError(_("--failed-of names whom to send to: leave out the list"))


def _stored(project: Project, number: str) -> Run:
    with open_ledger_to_read(ledger_path(project)) as ledger:
        return named_run(ledger, number)


def _newest(project: Project, subject: Address) -> Run:
    with open_ledger_to_read(ledger_path(project)) as ledger:
        return newest_run(ledger, str(subject), project.environment)


def _only_open(project: Project) -> Run:
    scope = read_scope(project)
    with open_ledger_to_read(ledger_path(project)) as ledger:
        return open_run(ledger, scope, project.environment)


def _go_on(project: Project, run: Run, teller: Teller, chosen: Mapping[str, Any]) -> int:
    if run.key.scope is None and chosen["assume_sent"] is not None:
        return settle_old(project, run)
    ready = ready_for_run(project, run)
    return join_run(project, run, ready, teller, chosen)
