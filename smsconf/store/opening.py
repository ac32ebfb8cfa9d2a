"""Which home of the store a project has: the database that the environment names, else its folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from smsconf.language import _
from smsconf.model.errors import SmsconfError
from smsconf.origin import Origin, origin_of
from smsconf.store.absent import refusal
from smsconf.store.files.home import FileStore
from smsconf.store.interfaces import Store

if TYPE_CHECKING:
    from smsconf.store.postgres.home import PostgresStore

VARIABLE = "SMSCONF_STORE"


def open_store(
    folder: Path,
    environ: Mapping[str, str],
    say: Callable[[str], None] = lambda _text: None,
    *,
    project: str = "",
    requires_shared: bool = False,
    inbox: Path | None = None,
) -> Store:
    """Return the store of a project; nothing of it is read or made before it is used.

    Args:
        folder: of the project.
        environ: names the database, if there is one, and who is at work.
        say: told what people should know about what happens in there.
        project: as which the project is known in a shared store.
        requires_shared: only a shared store will do.
        inbox: a file that something was received into, instead of the project's own.

    Raises:
        PlanRefused: only a shared store will do, and the environment names none.
        SmsconfError: the address of the database is none, or what it needs is not installed.
    """

    @cache
    def origin() -> Origin:
        return origin_of(folder, environ)

    if is_shared(environ):
        return open_shared(environ, project, origin)
    if requires_shared:
        raise refusal(
            _("this project keeps what it remembers in a shared store, and {name} names none").format(
                name=VARIABLE
            )
        )
    return FileStore(folder, say, origin=origin, inbox=inbox)


def is_shared(environ: Mapping[str, str]) -> bool:
    """Tell whether the environment names a shared store."""
    return bool(environ.get(VARIABLE))


def open_shared(environ: Mapping[str, str], project: str, origin: Callable[[], Origin]) -> PostgresStore:
    """Return the shared store that the environment names.

    Raises:
        SmsconfError: it names none, its address is none, or what it needs is not installed.
    """
    address = environ.get(VARIABLE)
    if not address:
        raise SmsconfError(
            _("{name} names no shared store").format(name=VARIABLE),
            fix=_("set it to the address of a PostgreSQL database: postgresql://USER@HOST/DATABASE"),
        )
    if missing := [one for one in ("psycopg", "sqlalchemy", "alembic") if find_spec(one) is None]:
        raise SmsconfError(
            _("{name} names a shared store, and {packages} is not installed").format(
                name=VARIABLE, packages=", ".join(missing)
            ),
            fix="pip install 'smsconf[postgres]'",
        )
    from smsconf.store.postgres.home import PostgresStore

    return PostgresStore(address, project, origin)
