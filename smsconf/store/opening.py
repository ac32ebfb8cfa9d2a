"""Which home of the store a project has: the database that the environment names, else its folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from smsconf.origin import Origin, origin_of
from smsconf.store.files.home import FileStore
from smsconf.store.interfaces import Store


def open_store(
    folder: Path,
    environ: Mapping[str, str],
    say: Callable[[str], None] = lambda _text: None,
    *,
    inbox: Path | None = None,
) -> Store:
    """Return the store of a project; nothing of it is read or made before it is used.

    Args:
        folder: of the project.
        environ: names the database, if there is one, and who is at work.
        say: told what people should know about what happens in there.
        inbox: a file that something was received into, instead of the project's own.
    """

    @cache
    def origin() -> Origin:
        return origin_of(folder, environ)

    return FileStore(folder, say, origin=origin, inbox=inbox)
