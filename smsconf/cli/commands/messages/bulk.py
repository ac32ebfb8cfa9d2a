"""``smsconf bulk``: send a live template to a list of any length, each recipient once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from smsconf.cli.bulk_terminal import Terminal
from smsconf.cli.exits import bulk_exit
from smsconf.cli.options import (
    FILE,
    AddressParam,
    numbers_option,
    project_options,
    report_options,
    require_known,
)
from smsconf.cli.output import report, same_file, show_error
from smsconf.cli.progress import TALK
from smsconf.cli.sending import (
    check_words,
    endpoint_param,
    list_options,
    moment_param,
    own_numbers,
    reading_of,
    require_template,
    send_options,
    settings_of,
    signature_of,
    values_of,
)
from smsconf.config import Project, load_project
from smsconf.language import _
from smsconf.messaging.lists.opening import require_file
from smsconf.messaging.masking import mask
from smsconf.model.address import Address, Kind
from smsconf.model.diagnostics import has_errors
from smsconf.model.errors import ConfigError, SmsconfError
from smsconf.own_files import STATE_FOLDER
from smsconf.render.documents.bulk import runs_lines, runs_view
from smsconf.store.runs import Run
from smsconf.workflow.bulk_draft import look_at_job
from smsconf.workflow.bulk_job import DROPPED_HEAD, End, Job
from smsconf.workflow.bulk_run import ListResult, ListSending
from smsconf.workflow.sending import make_ready, read_service
from smsconf.workflow.session import store_of
from smsconf.workflow.stored_runs import (
    check_owner,
    named_run,
    needing_the_store,
    newest_run,
    open_run,
    ready_for_run,
)


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
                joined.append(f"{word}=")  # the newest
        return super().parse_args(ctx, joined)


_MAY_NAME_A_RUN = frozenset({"--join", "--assume-sent", "--assume-not-sent"})


@click.command("bulk", cls=BulkCommand)
@click.argument("address", required=False, type=AddressParam(), metavar="TEMPLATE|CAMPAIGN")
@click.argument("recipients", required=False, metavar="LIST", type=FILE)
@project_options
@click.option(
    "--var", "given", multiple=True, metavar="NAME=VALUE", help="The same value for all; may be repeated."
)
@click.option(
    "--opt-out",
    type=FILE,
    multiple=True,
    help="List of numbers to leave out; may be repeated. Replies that opt out are left out anyway.",
)
@click.option("--dropped", type=FILE, help="CSV file for the rows left out.")
@list_options
@click.option("--at", type=moment_param, help="Wait until this time, up to a month; Ctrl-C calls it off.")
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
@click.option("--prepare", is_flag=True, help="Make the run and ask, but send nothing: --join does.")
@click.option(
    "--join",
    metavar="[RUN]",
    help="Go on with a run as it began, without its list; with a shared store from any number of machines.",
)
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
@send_options
@numbers_option
@click.option(
    "--progress",
    "events",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Form of the progress on stderr.  [default: text]",
)
@click.option(
    "--metrics-port",
    type=endpoint_param,
    metavar="[HOST:]N",
    help="Serve figures for Prometheus while it sends; 0 takes a free port.",
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
      smsconf bulk campaign.winter-sale --prepare && smsconf bulk --join
      smsconf bulk --runs

    A first row names the columns: one of the numbers (手机号, phone, number …), one for each variable by its
    name or description; without it the numbers are in the first column. Each number gets one message. What is
    sent is in the store before and after: a run that was stopped or killed goes on with the same command, and
    no number gets it twice; while a part of it waits, no other list goes out under its name.
    Exits 0 if the service took all or nothing is left, 5 after a part, 4 if nothing may be sent now.
    """
    _check_options(address, recipients, chosen)
    if output and recipients and same_file(output, recipients):
        raise click.UsageError(
            _("--output names {file}, which is read: name another").format(file=recipients)
        )
    check_words(chosen["extend"], chosen["status_callback"])
    project = load_project(folder, environment)
    with needing_the_store():
        if chosen["runs"]:
            with store_of(project, TALK).read_runs() as ledger:
                rows = [(run, ledger.tally(run)) for run in ledger.runs()] if ledger else []
            report(runs_view(rows), runs_lines, form, output)
            return 0
        settings = settings_of(project, chosen, rate=chosen["rate"], connections=chosen["connections"])
        shown = str if chosen["show_numbers"] else mask
        terminal = Terminal(
            form, output, shown, chosen["auto_approve"], settings.callback, chosen["events"] == "json"
        )
        sending = ListSending(settings, terminal.ui(), _assumption(chosen))
        if chosen["end"]:
            sending.end(chosen["end"])
            return 0
        with terminal.measured(chosen["metrics_port"]):
            run = _meant(project, address, recipients, chosen)
            if run:
                return _go_on(sending, run, terminal, chosen)
            return _send(sending, address, recipients, terminal, chosen)


def _check_options(address: Address | None, recipients: Path | None, chosen: Mapping[str, Any]) -> None:
    """Refuse options that say opposite things.

    Raises:
        UsageError: they do.
    """
    given = [name for name in ("runs", "end", "join") if chosen[name] not in (None, False)]
    about = [name for name in ("again", "failed_of", "dry_run", "test_to", "prepare") if chosen[name]]
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
    if chosen["dry_run"] and chosen["prepare"]:
        raise click.UsageError(_("--dry-run only looks: leave out --prepare"))
    if chosen["failed_of"] and recipients:
        raise click.UsageError(_("--failed-of names whom to send to: leave out the list"))


def _assumption(chosen: Mapping[str, Any]) -> bool | None:
    """Return what a person says about doubts: sent, not sent, or nothing."""
    if chosen["assume_sent"] is not None:
        return True
    return False if chosen["assume_not_sent"] is not None else None


def _meant(
    project: Project, address: Address | None, recipients: Path | None, chosen: Mapping[str, Any]
) -> Run | None:
    """Return the run that is to be gone on with, if one is meant and no list."""
    number = chosen["join"] or chosen["assume_sent"] or chosen["assume_not_sent"]
    template = address if address and address.kind is Kind.TEMPLATE else None
    newest = template and not recipients and not chosen["failed_of"] and _assumption(chosen) is not None
    if not number and chosen["join"] is None and not newest:
        return None
    snapshot = None if number or newest else read_service(project, TALK)
    if snapshot:
        snapshot.require_all()
    with store_of(project, TALK).read_runs() as ledger:
        if number:
            return named_run(ledger, number)
        if snapshot:
            return open_run(ledger, snapshot.session.client.scope, project.environment)
        return newest_run(ledger, str(template), project.environment)


def _send(
    sending: ListSending,
    address: Address | None,
    recipients: Path | None,
    terminal: Terminal,
    chosen: Mapping[str, Any],
) -> int:
    """Send a list, or the numbers that a run did not reach; or only look at it."""
    project = sending.settings.project
    failed_of = None
    if chosen["failed_of"]:
        with store_of(project, TALK).read_runs() as ledger:
            failed_of = named_run(ledger, chosen["failed_of"])
        address = address or Address.parse(failed_of.key.subject)
    elif address is None:
        message = _(
            "expected a template or a campaign; --join, --end, --assume-… and --failed-of may name a run"
        )
        raise click.UsageError(message)
    job = job_of(project, address, recipients, chosen, failed_of)
    ready = make_ready(read_service(project, TALK), job.template, job.signature)
    own = own_numbers(chosen["test_to"], ready.target.region)
    if failed_of:
        check_owner(failed_of, ready.scope, project.environment)
    if chosen["dry_run"]:
        standing, problem = look_at_job(project, job, ready, sending.ui)
        terminal.report(standing)
        return max(show_error(problem), 4) if problem else 0
    sending = replace(sending, test_to=own, prepare=chosen["prepare"])
    return _told(sending.send(job, ready), terminal)


def _go_on(sending: ListSending, run: Run, terminal: Terminal, chosen: Mapping[str, Any]) -> int:
    """Go on with a run as it began; of an older smsconf only its doubts can be settled."""
    project = sending.settings.project
    if run.key.scope is None and sending.assume_sent:
        with sending.make_runs(None, "bulk --assume-sent") as ledger:
            sending.settle(ledger, run)
        return 0
    ready = ready_for_run(read_service(project, TALK), project, run)
    lists = _opt_out_lists(project, Address.parse(run.key.subject), chosen)
    return _told(sending.join(run, ready, lists, reading_of(chosen)), terminal)


def _told(result: ListResult, terminal: Terminal) -> int:
    """Report how it ended; return the exit code."""
    if result.end is End.NOTHING_UNCERTAIN:
        raise click.UsageError(_("nothing of this list is uncertain: it was not sent from here"))
    written = True
    if result.standing and result.end is End.SENT:
        written = terminal.report_sent(result.standing)
    elif result.standing:
        terminal.report(result.standing)
    if result.problem:
        show_error(result.problem)
    return bulk_exit(result, written=written, stopped=terminal.stop.exit_code)


def job_of(
    project: Project,
    address: Address,
    recipients: Path | None,
    chosen: Mapping[str, Any],
    failed_of: Run | None = None,
) -> Job:
    """Put together what is asked, from a campaign of the files or from the command line.

    Raises:
        ConfigError: the project has errors, which may hide what it declares.
        UsageError: something is missing, or said twice.
    """
    if has_errors(project.diagnostics):
        raise ConfigError(project.diagnostics)
    at, template = chosen["at"], address
    if address.kind is Kind.CAMPAIGN:
        require_known([address], project.desired.campaigns)
        campaign = project.desired.campaigns[address]
        if recipients:
            raise click.UsageError(_("a campaign names its own list: leave out the file"))
        template, recipients, at = campaign.template, campaign.recipients, at or campaign.at
    require_template(project, template)
    if failed_of:
        recipients, at = None, chosen["at"]
    elif recipients is None:
        raise click.UsageError(_("expected a list of recipients: an xlsx, csv or text file"))
    else:
        require_file(recipients)  # before the service is asked
    lists = _opt_out_lists(project, address, chosen)
    where = f"{project.environment}-{address}" if project.environment else str(address)
    name = re.sub("[^A-Za-z0-9_-]", "-", where)
    own, here = project.folder / STATE_FOLDER / f"dropped-{name}.csv", Path.cwd()
    dropped = chosen["dropped"] or (own.relative_to(here) if own.is_relative_to(here) else own)
    _keep_apart(dropped, [one for one in (recipients, *lists) if one])
    return Job(
        subject=address,
        template=template,
        signature=signature_of(chosen),
        recipients=recipients,
        fixed=values_of(chosen["given"]),
        opt_outs=lists,
        dropped=dropped,
        shown=str if chosen["show_numbers"] else mask,
        at=at,
        planned=at is not None and chosen["at"] is None,
        failed_of=failed_of,
        again=chosen["again"],
        reading=reading_of(chosen, shared=bool(lists)),
    )


def _opt_out_lists(project: Project, subject: Address, chosen: Mapping[str, Any]) -> tuple[Path, ...]:
    """Return the lists of those who are left out: those named now, and that of a campaign."""
    campaign = project.desired.campaigns.get(subject)
    named = tuple(chosen["opt_out"])
    return (*named, campaign.opt_out) if campaign and campaign.opt_out else named


def _keep_apart(dropped: Path, lists: list[Path]) -> None:
    """Refuse to write over what is read, and over whatever is no older file of rows left out."""
    for one in lists:
        if same_file(dropped, one):
            raise click.UsageError(_("--dropped names {file}, which is read: name another").format(file=one))
    if dropped.is_file() and not dropped.is_symlink():  # a link is refused where it would be written
        with dropped.open("rb") as file:
            first = file.readline(len(DROPPED_HEAD) + 1).decode("utf-8", "replace").strip()
        if first not in ("", DROPPED_HEAD.strip()):
            raise SmsconfError(
                _("the file of rows left out, {file}, is there and holds something else").format(
                    file=dropped
                ),
                why=_("it would be replaced"),
                fix=_("name another file with --dropped"),
            )
