"""``smsconf emulator``: run the stand-in for the service, play time and the reviewer, see what was sent."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from smsconf.cli.options import FILE, project_options, report_options
from smsconf.cli.output import report, say
from smsconf.language import _, ngettext
from smsconf.model.emulator_keys import OTHER_SECRET_KEY
from smsconf.model.errors import SmsconfError
from smsconf.model.times import iso_duration
from smsconf.render.lines import Line, Span, clean, line
from smsconf.workflow.embedded_emulator import ask, emulator_engine

if TYPE_CHECKING:
    from smsconf.emulator.gateway.engine import Engine

FORMAT_VERSION = "1.0"

DECISIONS = ("approve", "reject", "deactivate", "suspend")

database_option = click.option(
    "--database",
    type=FILE,
    help="The emulator's file.  [default: the project's]",
)


@click.group("emulator")
def command() -> None:
    """Run and steer the stand-in for the service.

    \b
    Example:
      smsconf emulator serve --port 8080
      smsconf emulator advance P14D
      smsconf emulator decide template.order-shipped reject --reason "too many links"
      smsconf emulator outbox

    It imitates the management API and the sending API with their statuses and refusals; a reviewer with a
    calendar decides, and carriers report, on a virtual clock. What it does not imitate is in the README.
    """


@command.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=0, show_default=True, type=click.IntRange(0, 65535), help="0 picks a free one."
)
@click.option(
    "--database",
    type=FILE,
    default=Path(".smsconf/emulator.db"),
    show_default=True,
    help="SQLite file with everything it knows.",
)
@click.option(
    "--ak", "access_key", help="Access key to accept; the secret key comes from SMSCONF_EMULATOR_SK."
)
@click.option("--project-id", help="Project id to accept.")
@click.option(
    "--site", type=click.Choice(["china", "international", "europe"]), default="china", show_default=True
)
@click.option("--app-quota", type=click.IntRange(0), help="Apps per region.")
@click.option("--signature-quota", type=click.IntRange(0), help="Signatures per app.")
@click.option("--template-quota", type=click.IntRange(0), help="Templates per app.")
def serve_command(host: str, port: int, database: Path, **settings: Any) -> int:  # noqa: ANN401 - options by name
    """Serve the emulator over HTTP until Ctrl-C.

    \b
    Example:
      smsconf emulator serve --port 8080 --database /tmp/emulator.db
    """
    from smsconf.emulator.gateway.server import serve

    known = {name: value for name, value in settings.items() if value is not None}
    secret_key = os.environ.get(OTHER_SECRET_KEY)
    if secret_key:
        known["secret_key"] = secret_key
    with emulator_engine(database, **known) as engine:
        serve(engine, host, port)
    return 0


@command.command("advance")
@project_options
@database_option
@click.argument("duration")
def advance_command(folder: Path, environment: str | None, database: Path | None, duration: str) -> int:
    """Move the virtual clock forward; everything that falls due happens in order.

    \b
    Example:
      smsconf emulator advance P14D     (also: 3h, 2d, PT90M)

    Status reports and replies that wait are pushed, to servers on this machine only.
    """
    from smsconf.emulator.gateway.pusher import push_all

    body = {"advance": iso_duration(duration)}
    with _steered(folder, environment, database) as engine:
        answer = ask(engine, "POST", "clock", body)
        pushed = push_all(engine)
    say(_("now {time}").format(time=answer["now"]), err=False)
    if pushed:
        arrived = sum(1 for one in pushed if one.status is not None and one.status < 300)
        text = ngettext("{count} push, {arrived} received", "{count} pushes, {arrived} received", len(pushed))
        say(text.format(count=len(pushed), arrived=arrived), err=False)
    return 0


@command.command("decide")
@project_options
@database_option
@click.argument("target", metavar="ADDRESS|KIND:NAME")
@click.argument("decision", type=click.Choice(DECISIONS))
@click.option("--reason", default="", help="The reviewer's words.")
def decide_command(
    folder: Path, environment: str | None, database: Path | None, target: str, decision: str, reason: str
) -> int:
    """Play the reviewer: decide about one signature, template or app now.

    \b
    Example:
      smsconf emulator decide template.order-shipped reject --reason "too many links"
      smsconf emulator decide template:order_shipped_v2 approve
    """
    kind, name = _target(folder, environment, target)
    body = {"kind": kind, "name": name, "decision": decision, "reason": reason}
    successor = _("a successor is a template of its own: {name}").format(name=f"template:{name}_v2")
    fix = successor if kind == "template" and ":" not in target else None
    with _steered(folder, environment, database) as engine:
        answer = ask(engine, "POST", "reviews", body, fix)
    say(f"{kind} {name}: {answer.get('status', decision)}", err=False)
    return 0


@command.command("reset")
@project_options
@database_option
def reset_command(folder: Path, environment: str | None, database: Path | None) -> int:
    """Forget everything: objects, decisions, clock.

    \b
    Example:
      smsconf emulator reset
    """
    with _steered(folder, environment, database) as engine:
        ask(engine, "POST", "reset")
    say(_("reset"), err=False)
    return 0


@command.command("outbox")
@project_options
@report_options
@database_option
@click.option(
    "--limit", type=click.IntRange(0), default=20, show_default=True, help="Only the newest N messages."
)
@click.option("--show-numbers", is_flag=True, help="Write phone numbers out instead of hiding their middle.")
def outbox_command(
    folder: Path,
    environment: str | None,
    form: str,
    output: Path | None,
    database: Path | None,
    limit: int,
    *,
    show_numbers: bool,
) -> int:
    """Show the messages that were accepted for sending, oldest first, and what became of them.

    \b
    Example:
      smsconf emulator outbox --limit 3

    A message without a status waits for its report; `smsconf emulator advance` lets time pass.
    """
    from smsconf.messaging.masking import mask

    with _steered(folder, environment, database) as engine:
        total = _count(engine)
        messages: list[Any] = ask(engine, "GET", f"outbox?offset={max(0, total - limit)}&limit={limit}")
    if not show_numbers:
        messages = [{**message, "to": mask(message["to"])} for message in messages]
    view = {"format_version": FORMAT_VERSION, "total": total, "messages": messages}
    report(view, _outbox_lines, form, output)
    return 0


def _outbox_lines(view: Mapping[str, Any]) -> Iterator[Line]:
    for message in view["messages"]:
        yield line(
            Span(f"{message['createTime']}  ", "dim"),
            Span(clean(message["to"]), "bold"),
            f"  {clean(message['status'] or _('not reported yet'))}",
            hang=4,
        )
        yield line("    ", clean(message["text"]), hang=4)
    counts = {"shown": len(view["messages"]), "total": view["total"]}
    yield line(_("{shown} of {total} messages").format(**counts))


@contextmanager
def _steered(folder: Path, environment: str | None, database: Path | None) -> Iterator[Engine]:
    """Open the emulator of a project, or of a file; a server on the same file sees what is done.

    Raises:
        SmsconfError: the project is not on the emulator, or there is no such file.
    """
    if database is None:
        database, settings = _database(folder, environment)
    else:
        settings = {}
        if not os.path.lexists(database):
            raise SmsconfError(
                _("there is no emulator database {file}").format(file=database),
                fix=_("name the file that serve or a project uses"),
            )
    with emulator_engine(database, **settings) as engine:
        yield engine


def _count(engine: Engine) -> int:
    """Return how many messages were accepted so far."""
    response = engine.handle("GET", "/_emulator/outbox?limit=0", [], b"")
    return int(dict(response.headers)["X-Total-Count"])


def _database(folder: Path, environment: str | None) -> tuple[Path, Mapping[str, Any]]:
    from smsconf.config import EmulatorProvider, load_project
    from smsconf.config.load.environments import require_environment
    from smsconf.model.errors import ConfigError

    project = load_project(folder, environment)
    require_environment(project.environments, is_chosen=project.is_chosen)
    if isinstance(project.provider, EmulatorProvider):
        return project.provider.database, {"site": project.provider.site}
    if project.provider is None:
        raise ConfigError(project.diagnostics)
    raise SmsconfError(
        _("this project is not on the emulator"),
        fix=_("name the emulator's file with --database, or another --env"),
    )


def _target(folder: Path, environment: str | None, target: str) -> tuple[str, str]:
    """Find kind and remote name: of a declared address, or as written after ``KIND:``."""
    from smsconf.config import load_project
    from smsconf.model.address import Address
    from smsconf.model.diagnostics import has_errors
    from smsconf.model.errors import ConfigError

    kind, colon, name = target.partition(":")
    if colon:
        return kind, name
    try:
        address = Address.parse(target)
    except ValueError as error:
        raise SmsconfError(str(error), fix=_("name an address, or KIND:REMOTE-NAME")) from error
    project = load_project(folder, environment)
    declared = project.desired.managed.get(address)
    if declared is None:
        if has_errors(project.diagnostics):
            raise ConfigError(project.diagnostics)
        raise SmsconfError(
            _("{address} is not declared").format(address=address),
            fix=_("name a declared one, or {kind}:REMOTE-NAME").format(kind=address.kind),
        )
    return address.kind.value, declared.name
