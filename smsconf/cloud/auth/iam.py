"""Ask IAM: which project a name stands for, and for a project token where there is only a password.

A client of its own, whose transport lets nothing but these two operations through. A token is kept in memory
only, and fetched once for all threads.

Written from https://support.huaweicloud.com/api-iam/iam_06_0001.html (Querying Project Information) and
https://support.huaweicloud.com/api-iam/iam_30_0001.html (Obtaining a User Token Through Password
Authentication).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx

from smsconf.cloud.auth.credentials import Credentials
from smsconf.cloud.http.answers import Fields, broken, decode
from smsconf.cloud.http.client import Client
from smsconf.cloud.http.operations import PROJECTS_OPERATION, TOKEN_OPERATION
from smsconf.cloud.http.transport import TOKEN_HEADER, TokenAuth, utc_now
from smsconf.language import _, told
from smsconf.model.errors import Unauthorized

_EARLY = timedelta(minutes=5)  # a token this near its end is not used any more
_LONGEST_TOKEN = 32768


@dataclass(frozen=True, slots=True)
class Token:
    """A project token as IAM gives it."""

    value: str = field(repr=False)
    expires: datetime | None
    project_id: str


class FetchedTokens(TokenAuth):
    """Sends a project token, fetched when needed and again when it is over; one fetch for all threads."""

    def __init__(
        self,
        fetch: Callable[[], Token],
        *,
        project_id: str | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(project_id=project_id)
        self._fetch = fetch
        self._now = now
        self._token: Token | None = None
        self._lock = threading.Lock()

    @property
    def project_id(self) -> str:
        """The project the token is for."""
        return self._ready().project_id

    def current(self) -> str:
        """Return a token that is good for some minutes yet."""
        return self._ready().value

    def renew(self, request: httpx.Request) -> bool:
        """Fetch another token unless somebody did since the one that this request brought."""
        with self._lock:
            if self._token and self._token.value == request.headers.get(TOKEN_HEADER):
                self._replace()
        return True

    def _ready(self) -> Token:
        with self._lock:
            token = self._token
            if token is None or (token.expires and token.expires - self._now() < _EARLY):
                token = self._replace()
            return token

    def _replace(self) -> Token:
        self._token = token = self._fetch()
        self._secrets = (*self._secrets, token.value)
        self._project_id = self._project_id or token.project_id
        return token


def fetch_token(iam: Client, user: Credentials, project_name: str, project_id: str | None = None) -> Token:
    """Ask IAM for a token of a user for one project; the service refuses tokens of a whole account.

    The project is asked for by its id if that is known, else by its name.

    Raises:
        CloudError: IAM refuses, or its answer holds no project token.
    """
    project = {"id": project_id} if project_id else {"name": project_name}
    person = {"domain": {"name": user.account}, "name": user.user_name, "password": user.password}
    identity = {"methods": ["password"], "password": {"user": person}}
    body = {"auth": {"identity": identity, "scope": {"project": project}}}
    answer = iam.ask(TOKEN_OPERATION, query={"nocatalog": "true"}, body=body)
    value = answer.headers.get("X-Subject-Token", "")
    if not value or len(value) > _LONGEST_TOKEN or not (value.isascii() and value.isprintable()):
        raise broken(TOKEN_OPERATION, told("no usable token in X-Subject-Token"))
    said = decode(TOKEN_OPERATION, answer, iam.clean)
    token = Fields(TOKEN_OPERATION, Fields(TOKEN_OPERATION, said).value("token"))
    scope = Fields(TOKEN_OPERATION, token.value("project"))
    return Token(value, _moment(token.optional("expires_at")), scope.word("id"))


def find_project_id(iam: Client, name: str) -> str:
    """Ask IAM for the id of a project by its name, which is its region's unless the account made more.

    Raises:
        Unauthorized: there is none, or more than one.
    """
    operation = PROJECTS_OPERATION
    answer = iam.call(operation, query={"name": name})
    projects = [Fields(operation, item) for item in Fields(operation, answer).items("projects")]
    ids = [project.word("id") for project in projects if project.optional("name") in {name, None}]
    if len(ids) == 1:
        return ids[0]
    raise Unauthorized(
        _("these credentials see {count} projects named '{name}'").format(count=len(ids), name=name),
        operation=operation,
        why=_(
            "the project's id is part of every request; a project has its region's name unless "
            "the account made more of them"
        ),
        fix=_("check provider.region, or set provider.project_id (console: My Credentials)"),
        arrived=True,
    )


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC) if moment else None
