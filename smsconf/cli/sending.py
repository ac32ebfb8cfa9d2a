"""What ``send`` and ``bulk`` share on the command line: options, and how they are read.

Nothing is sent from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import click

from smsconf.cli.options import FILE, AddressParam, WordParam, require_known, stacked
from smsconf.config import Project
from smsconf.language import N_, _
from smsconf.lint.text.callback_urls import object_to
from smsconf.messaging.lists.encodings import encoding_named
from smsconf.messaging.lists.table import HiddenRows, Reading
from smsconf.messaging.masking import mask_all
from smsconf.messaging.numbers import Fault, read_number
from smsconf.messaging.send.wire import MOST_NUMBERS
from smsconf.model.address import Address, Kind
from smsconf.model.diagnostics import has_errors
from smsconf.model.errors import ConfigError
from smsconf.model.resources import Region
from smsconf.workflow.sending import SendSettings

_MOST_EXTEND = 128  # bytes
_LAST_PORT = 65535


def _moment(value: str | datetime) -> datetime | None:
    """Read ISO 8601 with an offset."""
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _endpoint(value: str | tuple[str, int]) -> tuple[str, int] | None:
    """Read a port of this machine alone, or a host to listen at and a port."""
    if isinstance(value, tuple):
        return value
    host, _colon, port = value.rpartition(":")
    if not (port.isascii() and port.isdigit() and int(port) <= _LAST_PORT):
        return None
    return host.removeprefix("[").removesuffix("]") or "127.0.0.1", int(port)


moment_param = WordParam(
    "time",
    _moment,
    N_("expected a time with an offset, such as 2026-12-01T09:00:00+08:00, got '{value}'"),
)
encoding_param = WordParam(
    "encoding",
    encoding_named,
    N_("no encoding is called '{name}'; usual ones are utf-8, gb18030, big5, cp1252"),
)
endpoint_param = WordParam(
    "port", _endpoint, N_("expected a port, or HOST:PORT such as 0.0.0.0:9101, got '{value}'")
)
send_options = stacked(
    click.option("--extend", metavar="TEXT", help="Text that comes back in the status reports."),
    click.option(
        "--status-callback",
        metavar="URL",
        help="Where status reports go.  [default: messaging.status_callback]",
    ),
    click.option("--signature", metavar="ADDRESS", help="Signature that a universal template goes with."),
    click.option(
        "--secrets",
        "secrets_file",
        envvar="SMSCONF_SECRETS",
        type=FILE,
        metavar="FILE",
        help="File of `apply --save-secrets`, else SMSCONF_SECRETS; without it SMSCONF_APP_SECRET.",
    ),
    click.option("--wsse", is_flag=True, help="Sign with X-WSSE instead of AK/SK."),
)
list_options = stacked(
    click.option("--sheet", metavar="NAME", help="Sheet of a workbook of which several have rows."),
    click.option(
        "--hidden-rows",
        type=click.Choice([one.value for one in HiddenRows]),
        help="What becomes of rows that the sheet does not show; in lists of --opt-out they count.",
    ),
    click.option(
        "--encoding",
        type=encoding_param,
        metavar="NAME",
        help="Encoding of a text list that is not UTF-8, such as gb18030 or big5.",
    ),
)


def reading_of(chosen: Mapping[str, Any], *, shared: bool = False) -> Reading:
    """Return what the options say about how lists are read; ``shared``: of several files."""
    hidden = HiddenRows(chosen["hidden_rows"]) if chosen["hidden_rows"] else None
    return Reading(chosen["sheet"], hidden, chosen["encoding"], shared=shared)


def settings_of(project: Project, chosen: Mapping[str, Any], **more: Any) -> SendSettings:  # noqa: ANN401 - rate and connections
    """Return what the options say about how messages go out."""
    callback = chosen["status_callback"] or project.desired.messaging.status_callback
    return SendSettings(project, chosen["secrets_file"], chosen["wsse"], callback, chosen["extend"], **more)


def signature_of(chosen: Mapping[str, Any]) -> Address | None:
    """Return the signature that is named.

    Raises:
        BadParameter: it is no address.
    """
    return AddressParam().convert(chosen["signature"], None, None) if chosen["signature"] else None


def require_template(project: Project, address: Address) -> None:
    """Make sure that an address is a declared template's.

    Raises:
        ConfigError: the project has errors, which may hide what it declares.
        UsageError: it is not.
    """
    if has_errors(project.diagnostics):
        raise ConfigError(project.diagnostics)
    if address.kind is not Kind.TEMPLATE:
        raise click.UsageError(_("expected the address of a template, got {address}").format(address=address))
    require_known([address], project.desired.templates)


def check_words(extend: str | None, callback: str | None) -> None:
    """Check what travels along with a message.

    Raises:
        UsageError: the service would refuse it.
    """
    if extend is not None:
        said = extend.encode(errors="ignore")
        if said.decode() != extend or not 0 < len(said) <= _MOST_EXTEND or set("{}") & set(extend):
            raise click.UsageError(
                _("--extend takes 1 to {most} bytes of UTF-8 without {{ and }}").format(most=_MOST_EXTEND)
            )
    if callback is not None and not callback.lower().startswith(("http://", "https://")):
        raise click.UsageError(_("--status-callback takes a url that begins with https://"))
    objection = object_to(callback) if callback is not None else None
    if objection and objection.fatal and not objection.inside:  # inside: an emulator posts there
        raise click.UsageError(_("--status-callback: {problem}").format(problem=objection.message))


def values_of(texts: Iterable[str]) -> dict[str, str]:
    """Return the values that ``--var`` gives, by name.

    Raises:
        UsageError: there is no name or no equals sign, or a name stands there twice.
    """
    values: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise click.UsageError(_("--var takes NAME=VALUE, got '{text}'").format(text=text))
        if values.setdefault(name, value) != value:
            raise click.UsageError(_("--var gives {name} two values").format(name=name))
    return values


def own_numbers(texts: Iterable[str], region: Region) -> list[str]:
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
