"""Where what comes back for a project is, and for which account: the folder, or the store that runners share.

And how all of a folder's memory gets there. Nothing is received, matched or shown here.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from smsconf.config import Project, load_project
from smsconf.language import _
from smsconf.model.errors import CloudError, SmsconfError
from smsconf.origin import UNKNOWN
from smsconf.store.entries.owner import Owner
from smsconf.store.files.home import FileStore
from smsconf.store.interfaces import Store
from smsconf.store.moving import Imported, move_into
from smsconf.store.opening import is_shared, open_shared, open_store
from smsconf.workflow.session import Account, find_account, require_usable, store_of, work


class Mailbox(NamedTuple):
    """The store, and the project if somebody must be asked whose account it is."""

    store: Store
    project: Project | None = None

    def scope(self) -> str | None:
        """Return the account that what comes back belongs to; ``None`` where there is only a folder.

        Raises:
            SmsconfError: as :meth:`account`.
        """
        account = self.account()
        return account and account.scope

    def account(self) -> Account | None:
        """Return the same with the time there.

        Raises:
            ConfigError: the project has errors.
            SmsconfError: nobody says which account it is.
        """
        if self.project is None:
            return None
        require_usable(self.project)
        try:
            return find_account(self.project, os.environ)
        except CloudError as problem:
            raise SmsconfError(
                _("a shared store keeps what comes back by account, and nothing says which one this is"),
                why=problem.message,
                fix=_("write `project_id` into `provider: {huaweicloud: …}`, or give credentials"),
            ) from problem


def open_mailbox(
    folder: Path, environment: str | None, say: Callable[[str], None], database: Path | None = None
) -> Mailbox:
    """Return where what comes back for a folder is; nothing is read or made yet.

    Args:
        folder: of the project; without a shared store there need not be one.
        environment: of the project, where a shared store is asked.
        say: told what people should know about what happens in there.
        database: a file that something was received into, instead of the project's own.

    Raises:
        ConfigError: there is no project that could be known in a shared store.
    """
    shared = is_shared(os.environ)
    if shared or (folder / "smsconf.yaml").is_file():
        project = load_project(folder, environment)
        if shared:
            return Mailbox(store_of(project), project)
        if project.requires_shared_store:
            return Mailbox(store_of(project))
    return Mailbox(open_store(folder, os.environ, say, inbox=database))


def import_folder(
    folder: Path, environment: str | None, now: datetime, say: Callable[[str], None]
) -> Imported:
    """Put what a folder remembers into the shared store that the environment names.

    Raises:
        PlanRefused: somebody is at work in the folder.
        SmsconfError: there is no shared store, or something cannot be read or written.
    """
    project = load_project(folder, environment)
    shared = open_shared(os.environ, project.project, lambda: UNKNOWN)
    scope = Mailbox(shared, project).scope()
    owner = Owner(scope, project.environment)
    return move_into(FileStore(project.folder, say), shared, owner, now, work(project, "store import"))
