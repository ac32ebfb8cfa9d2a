"""The embedded emulator, opened for a project that is on it.

Nothing is asked of it here.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    from smsconf.emulator.gateway.engine import Engine, Settings, StoreError, site_of

    try:
        known = settings if "site" in settings else {**settings, "site": site_of(database) or "china"}
        engine = Engine(database, Settings(**known))
    except StoreError as error:
        text = _("cannot open the emulator's database {error}").format(error=error)
        raise SmsconfError(text, fix=error.fix) from error
    try:
        yield engine
    finally:
        engine.close()
