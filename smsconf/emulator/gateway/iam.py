"""As much of IAM as the client needs: one project per region, and a token for one user.

No other users, no permissions, no catalog. Everything here runs on real time. Written from the IAM API
reference, "Querying Project Information" and "Obtaining a User Token Through Password Authentication",
read 2026-11.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta

from smsconf.emulator.base.errors import FORBIDDEN, TOKEN_EXPIRED, UNAUTHENTICATED, need
from smsconf.emulator.base.exchange import Answer, Call, Object, Settings
from smsconf.emulator.base.store import Store
from smsconf.emulator.management.reviewer import derived_id
from smsconf.emulator.management.rules import text
from smsconf.emulator.management.statuses import SITES
from smsconf.model.emulator_keys import ACCOUNT, PASSWORD, TOKEN_START, USER

TOKEN_LIFE = timedelta(hours=24)
PROJECTS_QUERY = (text("name", 1, 255, source="IAM API reference, 2026-11; lengths: guess"),)
REGIONS = tuple(region for site in SITES.values() for region in site.regions)


def list_projects(call: Call) -> Answer:
    """KeystoneListProjects: every known region name is the one project of this emulator."""
    name, domain = call.query["name"], _domain(call.settings)["id"]
    names = [name] if name in REGIONS else [] if name else [SITES[call.settings.site].regions[0]]
    of_domain = {"domain_id": domain, "parent_id": domain, "description": "", "links": {}}
    projects = [
        {"id": call.settings.project_id, "name": region, "enabled": True, "is_domain": False, **of_domain}
        for region in names
    ]
    return Answer({"projects": projects, "links": {}})


def create_token(call: Call) -> Answer:
    """KeystoneCreateUserTokenByPassword: 201, the token in X-Subject-Token."""
    try:
        auth = json.loads(call.request.body)["auth"]
        user = auth["identity"]["password"]["user"]
        given = (user["domain"]["name"], user["name"], user["password"])
        scope = auth.get("scope", {}).get("project")
    except (ValueError, KeyError, TypeError, AttributeError):
        return _refused(400, "Bad Request", "The request body is invalid")
    if given != (ACCOUNT, USER, PASSWORD):
        return _refused(401, "Unauthorized", "The username or password is wrong.")
    if not (scope is None or isinstance(scope, dict)):
        return _refused(400, "Bad Request", "The request body is invalid")
    project = _scoped_project(call.settings, scope) if scope is not None else None
    if scope is not None and project is None:
        return _refused(404, "Not Found", "Could not find the project of the scope.")
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
    need(rows, UNAUTHENTICATED, "decrypt token fail")
    need(rows[0]["expires_at"] > _iam_time(now), TOKEN_EXPIRED)
    need(rows[0]["project_id"] == settings.project_id, FORBIDDEN, "use a project-scoped token")


def _refused(code: int, title: str, message: str) -> Answer:
    return Answer({"error": {"code": code, "message": message, "title": title}}, code)


def _scoped_project(settings: Settings, scope: Object) -> Object | None:
    """Return the project of a scope, by id or by the name of a region."""
    own = scope.get("id") == settings.project_id
    name = SITES[settings.site].regions[0] if own else scope.get("name")
    if name not in REGIONS:
        return None
    return {"id": settings.project_id, "name": name, "domain": _domain(settings)}


def _domain(settings: Settings) -> Object:
    return {"id": derived_id(settings, "customer", 1), "name": ACCOUNT}


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _iam_time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
