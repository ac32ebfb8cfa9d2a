"""``smsconf receive``: take in status reports and replies that the service pushes."""

from __future__ import annotations

import ipaddress
import math
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from smsconf.cli.options import DURATION, inbox_options
from smsconf.language import _

TOKEN = "SMSCONF_RECEIVE_TOKEN"  # noqa: S105 - the name of a variable
_KEYS = (("SMSCONF_PUSH_AK", "SMSCONF_PUSH_SK"), ("SMSCONF_PUSH_AK_2", "SMSCONF_PUSH_SK_2"))


@click.command("receive")
@inbox_options
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 takes a free one."
)
@click.option(
    "--max-body",
    type=click.IntRange(1024),
    default=1024 * 1024,
    show_default=True,
    metavar="BYTES",
    help="Refuse what is longer (413).",
)
@click.option(
    "--max-connections",
    type=click.IntRange(1),
    default=512,
    show_default=True,
    metavar="N",
    help="One more closes the one that has been idle longest; ulimit -n may allow less.",
)
@click.option(
    "--read-timeout",
    type=DURATION,
    default="10s",
    show_default=True,
    metavar="D",
    help="Close a connection whose request is not complete by then.",
)
@click.option(
    "--idle-timeout",
    type=DURATION,
    default="75s",
    show_default=True,
    metavar="D",
    help="Close a connection without another request for so long; more than a proxy in front keeps it.",
)
@click.option(
    "--drain",
    type=DURATION,
    default="0s",
    show_default=True,
    metavar="D",
    help="When it is to end, serve on for so long with /healthz at 503: load balancers look elsewhere.",
)
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Form of what it says on stderr; json: an object a line, without numbers.",
)
def command(  # noqa: PLR0913 - one for each option
    *,
    folder: Path,
    environment: str | None,
    database: Path | None,
    host: str,
    port: int,
    max_body: int,
    max_connections: int,
    read_timeout: float,
    idle_timeout: float,
    drain: float,
    log_format: str,
) -> int:
    """Take in status reports and replies until Ctrl-C or SIGTERM; store each before answering 200.

    \b
    Example:
      smsconf receive --port 8080
      SMSCONF_RECEIVE_TOKEN=$(openssl rand -hex 16) smsconf receive --host 0.0.0.0

    \b
    The service posts to
      /reports   status reports: status_callback, or the app's batch address
      /replies   what people send back: reply_url of the app

    With SMSCONF_RECEIVE_TOKEN set, to /TOKEN/reports and /TOKEN/replies. GET /healthz says whether it can
    store, GET /metrics what came (with the extra "metrics"). Where push authentication is switched on, give
    the keys as SMSCONF_PUSH_AK and SMSCONF_PUSH_SK; a second pair (…_2) holds while the service changes over.
    It speaks plain HTTP: put a proxy with TLS in front. With SMSCONF_STORE any number of receivers write into
    one store, each for the account of its project.
    """
    from smsconf.cli.receive_log import JsonLog, TextLog
    from smsconf.messaging.receive.figures import Figures
    from smsconf.messaging.receive.server import Rules, make_app
    from smsconf.serving import Life, Limits, serve
    from smsconf.workflow.mailbox import open_mailbox

    def clock() -> datetime:
        return datetime.now(UTC)

    rules = Rules(_token(os.environ), _keys(os.environ), max_body)
    limits = Limits(max_connections, max(0.1, read_timeout), max(1, math.ceil(idle_timeout)))
    figures = Figures()
    log = JsonLog(figures, clock) if log_format == "json" else TextLog(figures)
    life = Life(drain, started=log.started, tick=log.tick, trouble=log.trouble)
    mailbox = open_mailbox(folder, environment, log.note, database)
    with mailbox.store.open_inbox(mailbox.scope()) as inbox:
        log.opened(inbox.place)
        if not (rules.token or rules.keys or _is_loopback(host)):
            unprotected = _(
                "anybody who reaches {host} can post reports and replies, opt-outs too; "
                "set {token}, or the keys of push authentication"
            )
            log.warning(unprotected.format(host=host, token=TOKEN))
        serve(make_app(inbox, rules, clock, figures, lambda: life.is_ending), host, port, limits, life)
    log.stopped()
    return 0


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _token(environ: Mapping[str, str]) -> str:
    token = environ.get(TOKEN, "")
    if token and not (token.isascii() and token.replace("-", "").replace("_", "").isalnum()):
        raise click.UsageError(_("{name}: expected letters, digits, - and _").format(name=TOKEN))
    return token


def _keys(environ: Mapping[str, str]) -> Mapping[str, str]:
    keys = {}
    for access, secret in _KEYS:
        pair = environ.get(access, ""), environ.get(secret, "")
        if any(pair) and not all(pair):
            raise click.UsageError(_("{one} and {other} go together").format(one=access, other=secret))
        if all(pair):
            keys[pair[0]] = pair[1]
    return keys
