"""Every operation: its method and path, the rules of its query and body, and who answers it.

Written from the table of contents of the management API (sms_05_0022 to _0043, 2025-12) and of IAM. The
success status is the handler's. The two operations of sending are of another API: apps call them, not users.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import NamedTuple
from urllib.parse import unquote

from smsconf.emulator.base import errors
from smsconf.emulator.base.errors import Fault
from smsconf.emulator.base.exchange import Answer, Call, Object, Request, Settings
from smsconf.emulator.base.store import Store
from smsconf.emulator.gateway import app_auth, auth, iam
from smsconf.emulator.management import apps, rules, signatures, templates
from smsconf.emulator.management import listing as rows
from smsconf.emulator.sending import sending

PAGES = "sms_05_{}, China site, 2025-12"
IAM_PAGE = "IAM API reference, 2026-11"
BASE = "/v2/{project_id}/msgsms"


class Api(NamedTuple):
    """What the operations of one API have in common: who may call, and how it refuses what it cannot use."""

    authenticate: Callable[[Store, Settings, Request, datetime], Object | None]
    """Refuses, or returns the app that calls where apps call."""
    invalid: Fault
    internal: Fault


MANAGEMENT = Api(auth.authenticate, errors.INVALID, errors.INTERNAL)
LOGIN = Api(lambda *_: None, errors.INVALID, errors.INTERNAL)
SENDING = Api(app_auth.authenticate, errors.SEND_PARAMETER, errors.SEND_SYSTEM)


class Route(NamedTuple):
    """One operation. ``body`` is ``None`` where the handler reads the request's body, or none counts."""

    operation: str
    method: str
    path: str
    handler: Callable[[Call], Answer]
    query: tuple[rules.Field, ...]
    body: tuple[rules.Field, ...] | None
    source: str
    api: Api = MANAGEMENT
    form: bool = False
    """Whether the body is a form, not JSON."""


def _row(
    operation: str,
    request: str,
    handler: Callable[[Call], Answer],
    source: str,
    query: tuple[rules.Field, ...] = (),
    body: tuple[rules.Field, ...] | None = None,
    api: Api = MANAGEMENT,
) -> Route:
    method, path = request.split(" ")
    if " " not in source:  # a page of the management API
        path, source = BASE + path, PAGES.format(source)
    return Route(operation, method, path, handler, query, body, source, api)


ROUTES = (
    _row("CreateApp", "POST /apps", apps.create_app, "0023", body=rules.CREATE_APP),
    _row("ListAppDetails", "GET /apps", rows.page("app"), "0022", rules.LIST_APPS),
    _row("ShowApp", "GET /apps/{id}", rows.show("app"), "0025"),
    _row("ShowAppCount", "GET /apps-count", apps.count_apps, "0024", rules.COUNT_APPS),
    _row("UpdateApp", "PUT /apps/{id}", apps.update_app, "0026", body=rules.UPDATE_APP),
    _row("CreateSignature", "POST /signatures", signatures.create_signature, "0029", body=rules.SIGNATURE),
    _row("ListSignatureDetails", "GET /signatures", rows.page("signature"), "0028", rules.LIST_SIGNATURES),
    _row("ShowSignature", "GET /signatures/{id}", rows.show("signature"), "0030"),
    _row("UpdateSignature", "PUT /signatures/{id}", signatures.update_signature, "0031", (), rules.SIGNATURE),
    _row("DeleteSignature", "DELETE /signatures/{id}", signatures.delete_signature, "0032"),
    _row("EnableSignature", "PUT /signatures/{id}/active", signatures.enable_signature, "0033"),
    _row("UploadSignatureFile", "POST /upload-files", signatures.upload_file, "0035", rules.UPLOAD_FILE),
    _row("ShowSignatureFile", "GET /upload-files", signatures.show_file, "0034", rules.SHOW_FILE),
    _row("CreateTemplate", "POST /templates", templates.create_template, "0039", body=rules.TEMPLATE),
    _row("ListTemplateDetails", "GET /templates", rows.page("template"), "0038", rules.LIST_TEMPLATES),
    _row("ShowTemplate", "GET /templates/{id}", rows.show("template"), "0040"),
    _row("UpdateTemplate", "PUT /templates/{id}", templates.update_template, "0041", body=rules.TEMPLATE),
    _row("DeleteTemplate", "DELETE /templates/{id}", templates.delete_template, "0042"),
    # The vendor's spelling of "variable", in the path and in the operation's name.
    _row("ListTemplateVarilableDetails", "GET /templates/{id}/varilable", templates.list_variables, "0043"),
    _row("ListSendCountryDetails", "GET /country", templates.list_countries, "country", rules.LIST_COUNTRIES),
    _row(
        "DeleteTemplates",
        "POST /templates/batch-delete",
        templates.delete_templates,
        "batch",
        body=rules.BATCH_DELETE,
    ),
    _row("KeystoneListProjects", "GET /v3/projects", iam.list_projects, IAM_PAGE, iam.PROJECTS_QUERY),
    _row(
        "KeystoneCreateUserTokenByPassword",
        "POST /v3/auth/tokens",
        iam.create_token,
        IAM_PAGE,
        api=LOGIN,
    ),
    _row(
        "BatchSendSms",
        "POST /sms/batchSendSms/v1",
        sending.send_same,
        rules.PAGE_SEND,
        body=rules.SEND_SAME,
        api=SENDING,
    )._replace(form=True),
    _row(
        "BatchSendDiffSms",
        "POST /sms/batchSendDiffSms/v1",
        sending.send_different,
        rules.PAGE_SEND_DIFFERENT,
        body=rules.SEND_DIFFERENT,
        api=SENDING,
    ),
)
OPERATIONS = tuple(route.operation for route in ROUTES)


@cache
def _patterns() -> dict[str, list[tuple[re.Pattern[str], Route]]]:
    """Return the routes by method, fixed paths before those with an id."""
    table: dict[str, list[tuple[re.Pattern[str], Route]]] = {}
    for route in sorted(ROUTES, key=lambda route: route.path.count("{")):
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route.path)
        table.setdefault(route.method, []).append((re.compile(pattern), route))
    return table


def find_route(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """Return the operation a raw path belongs to and the decoded parts of the path, if there is one."""
    for pattern, route in _patterns().get(method, ()):
        if match := pattern.fullmatch(path):
            return route, {name: unquote(value) for name, value in match.groupdict().items()}
    return None
