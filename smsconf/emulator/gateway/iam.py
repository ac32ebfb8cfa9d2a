"""As much of IAM as the client needs: one project per region, and a token for one user.

No other users, no permissions, no catalog. Everything here runs on real time. Written from the IAM API
reference, "Querying Project Information" and "Obtaining a User Token Through Password Authentication",
read 2026-11.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from smsconf.emulator.base.errors import FORBIDDEN, TOKEN_EXPIRED, UNAUTHENTICATED, Refusal
from smsconf.emulator.base.exchange import Answer, Call, Object, Settings
from smsconf.emulator.base.store import Store
from smsconf.emulator.management.reviewer import derived_id
from smsconf.emulator.management.rules import text
from smsconf.emulator.management.statuses import SITES
from smsconf.model.emulator_keys import ACCOUNT, PASSWORD, TOKEN_START, USER

TOKEN_LIFE = timedelta(hours=24)
PROJECTS_QUERY = (text("name", 1, 255, source="IAM API reference, 2026-11; lengths: guess"),)
REGIONS = tuple(region for site in SITES.values() for region in site.regions)


class _IamRefusal(Exception):
    def __init__(self, code: int, title: str, message: str) -> None:
        super().__init__(message)
        self.answer = Answer({"error": {"code": code, "message": message, "title": title}}, code)


def list_projects(call: Call) -> Answer:
    """KeystoneListProjects: every known region name is the one project of this emulator."""
    name = call.query["name"]
    names = [name] if name in REGIONS else [] if name else [SITES[call.settings.site].regions[0]]
    projects = [{**_project(call.settings, region), "enabled": True, "is_domain": False} for region in names]
    for project in projects:
        domain = project.pop("domain")["id"]
        project |= {"domain_id": domain, "parent_id": domain, "description": "", "links": {}}
    return Answer({"projects": projects, "links": {}})


def create_token(call: Call) -> Answer:
    """KeystoneCreateUserTokenByPassword: 201, the token in X-Subject-Token."""
    try:
        return _create_token(call)
    except _IamRefusal as refusal:
        return refusal.answer


def _create_token(call: Call) -> Answer:
    try:
        auth = json.loads(call.request.body)["auth"]
        user = auth["identity"]["password"]["user"]
        given = (user["domain"]["name"], user["name"], user["password"])
        scope = auth.get("scope", {}).get("project")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _IamRefusal(400, "Bad Request", "The request body is invalid") from None
    if given != (ACCOUNT, USER, PASSWORD):
        raise _IamRefusal(401, "Unauthorized", "The username or password is wrong.")
    project = _scoped_project(call.settings, scope)
    number = int(call.store.meta("tokens", "0")) + 1
    call.store.set_meta("tokens", str(number))
    token = TOKEN_START + derived_id(call.settings, f"token/{call.real_now.isoformat()}", number) * 4
    expires = call.real_now + TOKEN_LIFE
    call.store.connection.execute(
        "INSERT OR REPLACE INTO token VALUES (?, ?, ?)",
        (_digest(token), project["id"] if project else None, _iam_time(expires)),
    )
    payload: Object = {
        "methods": ["password"],
        "expires_at": _iam_time(expires),
        "issued_at": _iam_time(call.real_now),
        "user": {"id": derived_id(call.settings, "user", 1), "name": USER, "domain": _domain(call.settings)},
        "roles": [{"id": "0", "name": "te_admin"}],
        "catalog": [],
    }
    if project:
        payload["project"] = project
    return Answer({"token": payload}, 201, (("X-Subject-Token", token),))


def check_token(store: Store, settings: Settings, token: str, now: datetime) -> None:
    """Accept a token of this emulator that is scoped to its project and has not expired.

    Raises:
        Refusal: 401 APIGW.0301 or .0307, or 403 for a token without the project.
    """
    rows = store.rows("SELECT project_id, expires_at FROM token WHERE digest = ?", (_digest(token),))
    if not rows:
        raise Refusal(UNAUTHENTICATED, "decrypt token fail")
    if rows[0]["expires_at"] <= _iam_time(now):
        raise Refusal(TOKEN_EXPIRED)
    if rows[0]["project_id"] != settings.project_id:
        raise Refusal(FORBIDDEN, "use a project-scoped token")


def _scoped_project(settings: Settings, scope: Any) -> Object | None:  # noqa: ANN401 - as sent
    if scope is None:
        return None
    if not isinstance(scope, dict):
        raise _IamRefusal(400, "Bad Request", "The request body is invalid")
    if scope.get("id") == settings.project_id:
        return _project(settings, SITES[settings.site].regions[0])
    if scope.get("name") in REGIONS:
        return _project(settings, str(scope["name"]))
    raise _IamRefusal(404, "Not Found", "Could not find the project of the scope.")


def _project(settings: Settings, region: str) -> Object:
    return {"id": settings.project_id, "name": region, "domain": _domain(settings)}


def _domain(settings: Settings) -> Object:
    return {"id": derived_id(settings, "customer", 1), "name": ACCOUNT}


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _iam_time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
