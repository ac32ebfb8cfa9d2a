"""Where the shared store is: a libpq address, said to people without its password. Connects to nothing.

Written from https://www.postgresql.org/docs/18/libpq-connect.html, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping

from smsconf.language import _
from smsconf.model.errors import SmsconfError

VARIABLE = "SMSCONF_STORE"

_DEFAULTS = {
    "application_name": "smsconf",
    "connect_timeout": "10",
    "keepalives": "1",
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",  # milliseconds
}
"""What holds unless the address says otherwise: a machine that is lost is noticed within half a minute."""


def read_address(address: str) -> Mapping[str, str]:
    """Return the parameters of an address, a URL or words like ``host=… dbname=…``, with our defaults.

    Raises:
        SmsconfError: it is none. What it says is not repeated: it may hold a password.
    """
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        said = {key: str(value) for key, value in conninfo_to_dict(address).items() if value is not None}
    except (ProgrammingError, UnicodeError):  # bytes of another encoding
        said = {}
    if not said or _is_torn(said):
        raise SmsconfError(
            _("{name} is no address of a PostgreSQL database").format(name=VARIABLE),
            why=_("in a URL @ : / ? # of a password are written %40 %3A %2F %3F %23"),
            fix=_("write it like postgresql://USER:PASSWORD@HOST/DATABASE, or as libpq takes it"),
        )
    return _DEFAULTS | said | {"client_encoding": "UTF8"}  # which the driver would follow


def _is_torn(said: Mapping[str, str]) -> bool:
    """Tell whether a part of a password was taken for something that is shown: host, port or database."""
    ports = said.get("port", "").replace(",", "")
    return (
        (bool(ports) and not ports.isdecimal())
        or "@" in said.get("host", "")[1:]  # as its first character it is the name of a socket
        or bool({"@", "="} & set(said.get("dbname", "")))  # a whole address is none of a database
    )


def describe(parameters: Mapping[str, str]) -> str:
    """Say which database is meant, and as whom; never with which password."""
    database = parameters.get("dbname") or parameters.get("user") or parameters.get("service") or "?"
    host = parameters.get("host") or parameters.get("hostaddr")
    port = parameters.get("port")
    place = _("database {name}").format(name=database)
    if host:
        place += _(" at {host}").format(host=f"{host}:{port}" if port else host)
    user = parameters.get("user")
    return place + (_(" as {user}").format(user=user) if user else "")
