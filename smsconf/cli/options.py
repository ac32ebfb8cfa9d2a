"""Options that several commands share, so that they read and behave the same everywhere."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from smsconf.cli.output import say
from smsconf.language import N_, _
from smsconf.model.nearest import nearest
from smsconf.model.times import iso_duration, parse_duration, parse_moment

if TYPE_CHECKING:
    from smsconf.config import Project
    from smsconf.model.address import Address
    from smsconf.reconcile.inputs import Selection
    from smsconf.reconcile.plan import Plan

F = TypeVar("F", bound=Callable[..., Any])
_LONGEST = timedelta.max.total_seconds() / 1000


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


class WordParam(click.ParamType[Any]):
    """A word that is read, and refused where nothing can be read from it."""

    def __init__(self, name: str, read: Callable[[Any], object | None], expected: str) -> None:
        self.name = name
        self._read = read
        self._expected = expected

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401
        """Return what was read, or fail with what was expected."""
        found = self._read(value)
        if found is None:
            self.fail(_(self._expected).format(value=value, name=value), param, ctx)
        return found


def _seconds(value: str | float) -> float | None:
    if isinstance(value, float):
        return value
    seconds = parse_duration(iso_duration(value))
    return None if seconds is None else float(seconds)


def _iso_seconds(value: str | float) -> float | None:
    """Read ISO 8601 alone: more than nothing, and not beyond what a date can be moved by."""
    seconds = value if isinstance(value, float) else parse_duration(value)
    return float(seconds) if seconds and 0 < seconds <= _LONGEST else None


DURATION = WordParam(
    "duration", _seconds, N_("expected a duration such as 90s, 5m, 2h or PT5M, got '{value}'")
)
ISO_DURATION = WordParam(
    "duration", _iso_seconds, N_("expected an ISO 8601 duration such as P1D or PT6H, got '{value}'")
)


def _moment(value: str | datetime | timedelta) -> datetime | timedelta | None:
    if not isinstance(value, str):
        return value
    seconds = parse_duration(iso_duration(value))
    return parse_moment(value) if seconds is None else timedelta(seconds=seconds)


MOMENT = WordParam(
    "moment",
    _moment,
    N_(
        "expected a time with its offset from UTC such as 2026-12-01T10:00:00+08:00, or how long ago such as "
        "2h or 7d, got '{value}'"
    ),
)
WORD = WordParam("text", lambda value: value.strip() or None, N_("expected a text, got nothing"))


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


def hint_at(word: object, known: Iterable[object]) -> str:
    """Return a hint at the address, name or code that looks most like this one, or nothing."""
    near = nearest(str(word), map(str, known), alike=0.6)
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

    rows = [change.address for change in plan.changes if change.address]
    named = sorted(asked.targets | asked.retire_now | asked.resubmit, key=str)
    require_known(named, {*project.desired.managed, *rows})
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


FILE = click.Path(path_type=Path, dir_okay=False)
output_option = click.option("--output", type=FILE, help="Write the report to a file instead of stdout.")


lock_option = click.option(
    "--lock-timeout",
    type=DURATION,
    metavar="D",
    help="Wait so long for another run that writes to the account, then exit 4.  [default: no end]",
)


def interval_option(default: float, *, help: str) -> Callable[[F], F]:  # noqa: A002 - click's word
    """Make the option of how often to look."""
    kind = IntervalParam()
    return click.option(
        "--interval", type=kind, default=default, show_default=True, metavar="SECONDS", help=help
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
        output_option,
    )


report_options = _report_options("text", "json")
finding_options = _report_options("text", "json", "sarif", "junit", "github")
comment_options = _report_options("text", "json", "markdown")  # reports that go under a pull request


def _file_alone(_context: click.Context, _option: click.Parameter, value: Path | None) -> Path | None:
    if value is not None and os.environ.get("SMSCONF_STORE"):
        raise click.UsageError(_("--database names a file, and SMSCONF_STORE a shared store: give only one"))
    return value


inbox_options = stacked(
    project_options,
    click.option(
        "--database",
        type=FILE,
        callback=_file_alone,
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


def selection(**chosen: Any) -> Selection:  # noqa: ANN401 - the selection options, by name
    """Gather the selection options into the planner's word for them."""
    from smsconf.reconcile.inputs import Selection

    gathered: dict[str, Any] = {
        name: frozenset(one) if isinstance(one, tuple) else one for name, one in chosen.items()
    }
    return Selection(**gathered)
