"""Both homes of the store, for the tests that hold for either."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from smsconf.origin import UNKNOWN, Origin
from smsconf.store.files.home import FileStore
from smsconf.store.postgres.home import PostgresStore

OpenStore = Callable[..., FileStore | PostgresStore]


@pytest.fixture(params=["files", "postgres"])
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenStore]:
    """A function that opens the same store once more, as another process would; ``project`` names another."""
    if request.param == "files":

        def opened(project: str = "shop", origin: Origin = UNKNOWN) -> FileStore:
            folder = tmp_path / project
            folder.mkdir(exist_ok=True)
            return FileStore(folder, origin=lambda: origin)

        yield opened
        return
    address = request.getfixturevalue("postgres_address")
    made: list[PostgresStore] = []

    def connected(project: str = "shop", origin: Origin = UNKNOWN) -> PostgresStore:
        made.append(PostgresStore(address, project, lambda: origin))
        return made[-1]

    yield connected
    for one in made:
        one.database.close()
