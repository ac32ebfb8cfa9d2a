"""``smsconf emulator``: run the stand-in for the service, and play time and the reviewer."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from smsconf.cli.duration import iso_duration
from smsconf.cli.options import project_options
from smsconf.errors import SmsconfError

SECRET_VARIABLE = "SMSCONF_EMULATOR_SK"  # noqa: S105 - the name of a variable
DECISIONS = ("approve", "reject", "deactivate", "suspend")

database_option = click.option(
    "--database",
    type=click.Path(path_type=Path, dir_okay=False),
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

    It imitates the management API with its statuses and refusals; a reviewer with a calendar decides on a
    virtual clock. What it does not imitate is in the README.
    """


@command.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=0, show_default=True, type=click.IntRange(0, 65535), help="0 picks a free one."
)
@click.option(
    "--database",
    type=click.Path(path_type=Path, dir_okay=False),
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
    from smsconf.emulator.server import serve

    known = {name: value for name, value in settings.items() if value is not None}
    secret_key = os.environ.get(SECRET_VARIABLE)
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
    """
    answer = _control(folder, environment, database, "POST", "clock", {"advance": iso_duration(duration)})
    click.echo(f"now {answer['now']}")
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
    answer = _control(folder, environment, database, "POST", "reviews", body)
    click.echo(f"{kind} {name}: {answer.get('status', decision)}")
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
    _control(folder, environment, database, "POST", "reset", None)
    click.echo("reset")
    return 0


@contextmanager
def emulator_engine(database: Path, **settings: Any) -> Iterator[Any]:  # noqa: ANN401 - settings by name
    """Open the emulator on a database, in this process; the site is the database's unless given.

    Raises:
        SmsconfError: the database cannot be opened.
    """
    from smsconf.emulator.engine import Engine, Settings, StoreError, site_of

    try:
        known = settings if "site" in settings else {**settings, "site": site_of(database) or "china"}
        engine = Engine(database, Settings(**known))
    except StoreError as error:
        raise SmsconfError(f"cannot open the emulator's database {error}", fix=error.fix) from error
    try:
        yield engine
    finally:
        engine.close()


def _control(
    folder: Path,
    environment: str | None,
    database: Path | None,
    method: str,
    route: str,
    body: Mapping[str, Any] | None,
) -> Mapping[str, Any]:
    """Call a control route of the emulator on its own file; a server on the same file sees the effect.

    Raises:
        SmsconfError: the project is not on the emulator, or the emulator refuses.
    """
    if database is None:
        database, settings = _database(folder, environment)
    else:
        settings = {}
        if not database.exists():
            raise SmsconfError(
                f"there is no emulator database {database}", fix="name the file that serve or a project uses"
            )
    with emulator_engine(database, **settings) as engine:
        headers = [("Content-Type", "application/json")]
        sent = json.dumps(body).encode() if body is not None else b""
        response = engine.handle(method, f"/_emulator/{route}", headers, sent)
    answer: Mapping[str, Any] = json.loads(response.body or b"{}")
    if response.status >= 400:
        words = answer.get("error") or answer.get("error_msg") or answer.get("message") or answer
        raise SmsconfError(f"the emulator answers {response.status}: {words}")
    return answer


def _database(folder: Path, environment: str | None) -> tuple[Path, Mapping[str, Any]]:
    from smsconf.config import EmulatorProvider, load_project
    from smsconf.errors import ConfigError

    project = load_project(folder, environment)
    if isinstance(project.provider, EmulatorProvider):
        return project.provider.database, {"site": project.provider.site}
    if project.provider is None:
        raise ConfigError(project.diagnostics)
    raise SmsconfError(
        "this project is not on the emulator",
        fix="name the emulator's file with --database, or another --env",
    )


def _target(folder: Path, environment: str | None, target: str) -> tuple[str, str]:
    """Find kind and remote name: of a declared address, or as written after ``KIND:``."""
    from smsconf.address import Address
    from smsconf.config import load_project

    kind, colon, name = target.partition(":")
    if colon:
        return kind, name
    try:
        address = Address.parse(target)
    except ValueError as error:
        raise SmsconfError(str(error), fix="name an address, or KIND:REMOTE-NAME") from error
    desired = load_project(folder, environment).desired
    declared = desired.apps.get(address) or desired.signatures.get(address) or desired.templates.get(address)
    if declared is None:
        raise SmsconfError(
            f"{address} is not declared", fix=f"name a declared one, or {address.kind}:REMOTE-NAME"
        )
    return address.kind.value, declared.name
