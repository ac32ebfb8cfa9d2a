"""Find out which project to ask for: every path of the service holds its id.

Nothing is cached, and no region is guessed.

Written from https://support.huaweicloud.com/api-iam/iam_06_0001.html (Querying Project Information).
"""

from __future__ import annotations

from smsconf.cloud.client import Client
from smsconf.cloud.credentials import Credentials
from smsconf.cloud.fields import Fields
from smsconf.errors import Unauthorized


def known_project_id(declared: str | None, credentials: Credentials) -> str | None:
    """Return the project id of the files, else the one that came with the credentials."""
    return declared or credentials.project_id


def find_project_id(iam: Client, name: str) -> str:
    """Ask IAM for the id of a project by its name, which is its region's unless the account made more.

    Raises:
        Unauthorized: there is none, or more than one.
    """
    operation = "KeystoneListProjects"
    answer = iam.call(operation, query={"name": name})
    projects = [Fields(operation, item) for item in Fields(operation, answer).items("projects")]
    ids = [project.word("id") for project in projects if project.optional("name") in {name, None}]
    if len(ids) == 1:
        return ids[0]
    raise Unauthorized(
        f"these credentials see {len(ids)} projects named '{name}'",
        operation=operation,
        why="the project's id is part of every request",
        fix="set provider.project_id (console: My Credentials)",
        arrived=True,
    )
