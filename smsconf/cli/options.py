"""Options that several commands share, so that they read and behave the same everywhere."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from smsconf.cli.output import say
from smsconf.language import _, listed
from smsconf.model.errors import SmsconfError
from smsconf.model.nearest import nearest

if TYPE_CHECKING:
    from smsconf.config import Project
    from smsconf.model.address import Address
    from smsconf.reconcile.inputs import Selection
    from smsconf.reconcile.plan import Plan

F = TypeVar("F", bound=Callable[..., Any])


class AddressParam(click.ParamType["Address"]):
    """An address such as ``template.order-shipped``."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Address:  # noqa: ANN401
        """Parse the text, or fail with what was expected."""
        from smsconf.model.address import Address

        if isinstance(value, Address):
            return value
        try:
            return Address.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class DurationParam(click.ParamType[timedelta]):
    """An ISO 8601 duration such as ``P1D``."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:  # noqa: ANN401
        """Parse the text, or fail with what was expected."""
        from smsconf.config.load.desired import parse_duration

        if isinstance(value, timedelta):
            return value
        seconds = parse_duration(value)
        if not seconds or seconds > timedelta.max.total_seconds() / 1000:
            self.fail(
                _("expected an ISO 8601 duration such as P1D or PT6H, got '{value}'").format(value=value),
                param,
                ctx,
            )
        return timedelta(seconds=seconds)


class IntervalParam(click.FloatRange):
    """Seconds between two looks: above 0, at most a day; unlike in click, nan is no number."""

    def __init__(self) -> None:
        super().__init__(0, 86_400, min_open=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401
        """Read the number, or fail with what was expected."""
        seconds = super().convert(value, param, ctx)
        if math.isnan(seconds):
            self.fail(
                _("{value!r} is not a valid {number_type}.").format(value=value, number_type="float"),
                param,
                ctx,
            )
        return seconds


def hint_at(address: object, declared: Iterable[object]) -> str:
    """Return a hint at the declared address that looks most like this one, or nothing."""
    near = nearest(str(address), map(str, declared), alike=0.6)
    return _("; did you mean {near}?").format(near=near) if near else ""


def require_known(addresses: Iterable[Address], known: Collection[Address]) -> None:
    """Refuse an address that is none of those known, and offer the nearest.

    Raises:
        UsageError: one is unknown.
    """
    for address in addresses:
        if address not in known:
            raise click.UsageError(
                _("{address} is not declared{hint}").format(address=address, hint=hint_at(address, known))
            )


def require_selected(asked: Selection, project: Project, plan: Plan) -> None:
    """Refuse a selection that names what is neither declared nor in the plan: a slip would select nothing.

    Raises:
        UsageError: an address is unknown, or outside the targets.
    """
    from smsconf.model.address import Kind

    desired = project.desired
    rows = [change.address for change in plan.changes if change.address]
    known = {*desired.apps, *desired.signatures, *desired.templates, *rows}
    require_known(sorted(asked.targets | asked.retire_now | asked.resubmit, key=str), known)
    for address in sorted(asked.retire_now | asked.resubmit, key=str):
        if address.kind is Kind.APP:
            message = _("{address} has no review, and is never retired")
            raise click.UsageError(message.format(address=address))
        if asked.targets and address not in rows:
            message = _("{address} is not among the targets, so nothing would be done about it")
            raise click.UsageError(message.format(address=address))
    if asked.targets and asked.prune:
        note = _("--prune deletes nothing here: what is not declared is never among the targets")
        say(note)


def stacked(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Join options into one decorator; they are listed in this order."""

    def decorate(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


folder_option = click.option(
    "-C",
    "--project",
    "folder",
    type=click.Path(path_type=Path),
    default=Path(),
    help="Folder with smsconf.yaml.  [default: this folder]",
)
project_options = stacked(
    folder_option,
    click.option(
        "--env",
        "environment",
        envvar="SMSCONF_ENV",
        metavar="NAME",
        help="Environment, else SMSCONF_ENV, else the project's default; '' for the files alone.",
    ),
)


def _report_options(*forms: str) -> Callable[[F], F]:
    return stacked(
        click.option(
            "--format",
            "form",
            type=click.Choice(forms),
            default="text",
            help="Form of the report.  [default: text]",
        ),
        click.option(
            "--output",
            type=click.Path(path_type=Path, dir_okay=False),
            help="Write the report to a file instead of stdout.",
        ),
    )


report_options = _report_options("text", "json")
finding_options = _report_options("text", "json", "sarif", "junit", "github")
comment_options = _report_options("text", "json", "markdown")  # reports that go under a pull request

inbox_options = stacked(
    folder_option,
    click.option(
        "--database",
        type=click.Path(path_type=Path, dir_okay=False),
        help="File with what was received.  [default: .smsconf/inbox.db of the project]",
    ),
)
numbers_option = click.option(
    "--show-numbers", is_flag=True, help="Write phone numbers out instead of hiding their middle."
)
selection_options = stacked(
    click.option("--prune", is_flag=True, help="Delete what no address claims, in declared apps."),
    click.option("--retire", is_flag=True, help="Delete replaced versions that have rested long enough."),
    click.option(
        "--retire-now",
        type=AddressParam(),
        multiple=True,
        help="Delete the replaced versions of this address at once; may be repeated.",
    ),
    click.option(
        "--target",
        "targets",
        type=AddressParam(),
        multiple=True,
        help="Only this address and what it needs; may be repeated.",
    ),
    click.option(
        "--resubmit",
        type=AddressParam(),
        multiple=True,
        help="Submit a rejected or disabled one unchanged; may be repeated.",
    ),
    click.option(
        "--allow-deletes", type=click.IntRange(0), metavar="N", help="Allow up to N deletes in this run."
    ),
    click.option(
        "--allow-submissions",
        type=click.IntRange(0),
        metavar="N",
        help="Allow up to N submissions in this run.  [default: 50]",
    ),
    click.option(
        "--require-confirmed", is_flag=True, help="Send nothing while a manual step is open (exit 4)."
    ),
)


def selection(  # noqa: PLR0913 - one for each option
    *,
    prune: bool,
    retire: bool,
    retire_now: tuple[Address, ...],
    targets: tuple[Address, ...],
    resubmit: tuple[Address, ...],
    allow_deletes: int | None,
    allow_submissions: int | None,
    require_confirmed: bool,
) -> Selection:
    """Gather the selection options into the planner's word for them."""
    from smsconf.reconcile.inputs import Selection

    return Selection(
        prune=prune,
        retire=retire,
        retire_now=frozenset(retire_now),
        targets=frozenset(targets),
        resubmit=frozenset(resubmit),
        allow_deletes=allow_deletes,
        allow_submissions=allow_submissions,
        require_confirmed=require_confirmed,
    )


def require_environment(project: Project) -> None:
    """Make sure that somebody chose an environment, where some are declared.

    Raises:
        SmsconfError: nobody did: the files alone would be taken for one of them.
    """
    if project.is_chosen:
        return
    names = sorted(project.environments)
    raise SmsconfError(
        _("this project declares environments, and none was chosen: {names}").format(
            names=listed(names, last="and")
        ),
        why=_("the files alone may be meant for no account, and an app that is made cannot be deleted"),
        fix=_(
            "choose with --env {name} or SMSCONF_ENV={name}; --env '' means the files alone; "
            "default_environment: in smsconf.yaml chooses for every command"
        ).format(name=names[0]),
    )
