"""The emulator in this process, for projects that are on it: opened on a file, and asked by its own routes.

It decides nothing about a project; what the emulator imitates is its own business.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smsconf.language import _
from smsconf.model.errors import SmsconfError

if TYPE_CHECKING:
    from smsconf.emulator.gateway.engine import Engine


@contextmanager
def emulator_engine(database: Path, **settings: Any) -> Iterator[Engine]:  # noqa: ANN401 - settings by name
    """Open the emulator on a database, in this process; the site is the database's unless given.

    Raises:
        SmsconfError: the database cannot be opened.
    """
    from smsconf.emulator.gateway.engine import Engine, Settings, site_of

    with _explained():
        known = settings if "site" in settings else {**settings, "site": site_of(database) or "china"}
        engine = Engine(database, Settings(**known))
    try:
        yield engine
    finally:
        engine.close()


def copy_emulator(database: Path, target: Path) -> None:
    """Copy a database of the emulator: a project has its own file of it, so the copy of a project has a copy.

    Raises:
        SmsconfError: it cannot be written.
    """
    from smsconf.emulator.base.store import copy_database

    with _explained():
        copy_database(database, target)


@contextmanager
def _explained() -> Iterator[None]:
    from smsconf.emulator.gateway.engine import StoreError

    try:
        yield
    except StoreError as error:
        text = _("cannot open the emulator's database {error}").format(error=error)
        raise SmsconfError(text, fix=error.fix) from error


def ask(
    engine: Engine,
    method: str,
    route: str,
    body: Mapping[str, Any] | None = None,
    fix: str | None = None,
) -> Any:  # noqa: ANN401
    """Call a control route and return its JSON; ``fix`` is what to do if it refuses.

    Raises:
        SmsconfError: the emulator refuses.
    """
    sent = json.dumps(body).encode() if body is not None else b""
    response = engine.handle(method, f"/_emulator/{route}", [("Content-Type", "application/json")], sent)
    answer = json.loads(response.body or b"{}")
    if response.status >= 400:
        words = answer.get("error") or answer.get("error_msg") or answer.get("message") or answer
        if "status" in answer:
            words = f"{words}: {answer['status']}"
        text = _("the emulator answers {status}: {words}").format(status=response.status, words=words)
        raise SmsconfError(text, fix=fix)
    return answer
