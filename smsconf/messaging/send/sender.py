"""Send requests of the sending API, each at most once: what is not surely undone is never sent again.

Knows neither templates nor projects (``target`` does) and keeps nothing. A request is repeated only if it
surely never arrived, or was told to come later (429).

Written from https://support.huaweicloud.com/api-msgsms/sms_05_0001.html.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import httpx

from smsconf.cloud.auth.connect import REQUESTS_PER_SECOND, ServiceProvider, full_url, patience_of
from smsconf.cloud.http.answers import Answer as Response
from smsconf.cloud.http.answers import decode, request_id
from smsconf.cloud.http.client import Client
from smsconf.cloud.http.connection import open_connection
from smsconf.cloud.http.hosts import check_host, check_loopback, is_loopback
from smsconf.cloud.http.limiter import Limiter
from smsconf.cloud.http.operations import SEND_SAME
from smsconf.cloud.http.transport import OperationGuard, SigningAuth
from smsconf.language import _, told
from smsconf.messaging.masking import mask_all
from smsconf.messaging.send.codes import HALF_WAY, SENDING
from smsconf.messaging.send.credentials import AppKey, WsseAuth
from smsconf.messaging.send.wire import OF_NUMBERS, Answer, Request, body, form, read_answer, unread
from smsconf.model.errors import CloudBroken, CloudError, Refused, Unreachable
from smsconf.model.sites import SITES, Site
from smsconf.store.runs import ACCEPTED

ENDPOINT = "SMSCONF_SEND_ENDPOINT"


class Uncertain(Unreachable):
    """Nobody knows whether the service took the request: it is not sent again."""


class Sender:
    """One app's way to send. Its methods may be called from any thread."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def send(self, request: Request, before: Callable[[], None] | None = None) -> Answer:
        """Send one request and return what the service said, refusals of single numbers included.

        ``before`` is called right before the request leaves, each time; what it raises keeps it here.

        Raises:
            Uncertain: no answer, or none that can be understood: it may have been sent.
            CloudError: it was surely not sent; the class says why.
        """
        operation = request.operation
        try:
            if operation == SEND_SAME:
                response = self._client.ask(operation, form=form(request), before=before)
            else:
                response = self._client.ask(operation, body=body(request), before=before)
            answer = read_answer(request, decode(operation, response, self._client.clean))
            if answer.whole and answer.code != ACCEPTED:
                raise self._refused(operation, response, answer)
        except CloudError as problem:
            said = _said(request, problem)
            if said:
                return said
            raise _explained(problem) from None
        return answer

    def _refused(self, operation: str, response: Response, answer: Answer) -> CloudError:
        """Return the error for a code that is said of a whole request although the status is 2xx.

        A code that the vendor lists is a refusal, as it is with another status. Of one that nobody lists
        nothing is known: to take it for a refusal could send the messages twice.
        """
        said = self._client.clean(f"{answer.code} {answer.description}").rstrip()
        kind: type[CloudError] = CloudBroken
        message = told("{operation} failed: {said}", operation=operation, said=said)
        if _refuses(answer.code):
            kind = Refused
            message = told("{operation} was refused: {said}", operation=operation, said=said)
        return kind(
            message,
            operation=operation,
            status=response.status,
            code=self._client.clean(answer.code),
            request_id=request_id(response, self._client.clean),
            arrived=True,
        )


def _refuses(code: str | None) -> bool:
    """Tell whether the vendor lists a code as one with which nothing of a request is sent."""
    return code in SENDING and code != ACCEPTED and code not in OF_NUMBERS


def _said(request: Request, problem: CloudError) -> Answer | None:
    """Return what a refusal says about each number, if it does (E000510 may come with status 400)."""
    if not isinstance(problem, Refused):
        return None
    try:
        said = json.loads(problem.body)
        answer = read_answer(request, said)
    except (ValueError, RecursionError):
        return None
    except CloudBroken:
        if not (isinstance(said, dict) and said.get("result")):
            return None
        return unread(request, problem.code)  # something is said of the numbers, and nobody knows what
    return None if answer.whole else answer


def _explained(problem: CloudError) -> CloudError:
    """Say what a refusal means, and tell what is surely not sent from what may be."""
    known = SENDING.get(problem.code or "")
    if known:
        problem.why, problem.fix = known.said()
    problem.message = mask_all(problem.message)
    redirected = problem.status is not None and 300 <= problem.status < 400
    if problem.arrived is False or redirected or not isinstance(problem, CloudBroken | Unreachable):
        return problem
    if _refuses(problem.code) and problem.code not in HALF_WAY:  # the service's own word, with status 5xx
        return _again(Refused, problem, problem.why, problem.fix, arrived=True)
    return _again(
        Uncertain,
        problem,
        _("the messages may be on their way: nothing is sent a second time"),
        _("wait for the status reports, or look at the sending records in the console"),
        arrived=None,
    )


def _again(
    kind: type[CloudError], problem: CloudError, why: str | None, fix: str | None, *, arrived: bool | None
) -> CloudError:
    """Return an error as one of another kind."""
    return kind(
        problem.message,
        operation=problem.operation,
        status=problem.status,
        code=problem.code,
        request_id=problem.request_id,
        why=why,
        fix=fix,
        arrived=arrived,
    )


@contextmanager
def open_sender(
    provider: ServiceProvider,
    app_key: AppKey,
    environ: Mapping[str, str],
    *,
    wsse: bool,
    connections: int = 1,
    limiter: Limiter | None = None,
) -> Iterator[Sender]:
    """Open a sender for a provider; close it at the end.

    ``limiter`` is for a caller who wants to slow it down; by default the rate is the host's.

    Raises:
        Unauthorized: the host must not get the app's secret.
        CloudError: nobody knows the host.
    """
    site = SITES[provider.site]
    url = send_url(site, provider, environ)
    check_host(url, site, environ)
    check_loopback(url, environ, emulators=app_key.emulators)
    transport = open_connection(httpx.URL(url), connections=connections)
    limiter = limiter or Limiter(rate_of(url))
    with sender_on(
        transport, url, site, app_key, wsse=wsse, limiter=limiter, patience=patience_of(environ)
    ) as sender:
        yield sender


def rate_of(url: str) -> float | None:
    """Return how many requests a second a host bears; this machine as many as it can."""
    return None if is_loopback(httpx.URL(url).host) else REQUESTS_PER_SECOND


@contextmanager
def sender_on(  # noqa: PLR0913 - what a client is made of
    transport: httpx.BaseTransport,
    url: str,
    site: Site,
    app_key: AppKey,
    *,
    wsse: bool,
    limiter: Limiter | None = None,
    patience: float | None = None,
    sleep: Callable[[float], None] | None = None,
) -> Iterator[Sender]:
    """Open a sender on a transport of the caller's."""
    kind = WsseAuth if wsse else SigningAuth
    given = {"limiter": limiter, "patience": patience, "sleep": sleep}
    with Client(
        site=site,
        base_url=url,
        project_id="",
        auth=kind(app_key.key, app_key.secret),
        read_only=False,
        transport=OperationGuard(transport, lambda one: one.sends),
        **{name: value for name, value in given.items() if value is not None},  # type: ignore[arg-type]
    ) as client:
        yield Sender(client)


def send_url(site: Site, provider: ServiceProvider, environ: Mapping[str, str]) -> str:
    """Return where messages of a provider go: the environment's word, a local stand-in, the site's host.

    Raises:
        CloudError: the site table does not know it.
    """
    named = environ.get(ENDPOINT, "").strip()
    if named:
        return full_url(named)
    endpoint = full_url(provider.endpoint) if provider.endpoint else ""
    if endpoint and is_loopback(httpx.URL(endpoint).host):
        return endpoint
    host = site.sending.get(provider.region)
    if host and not endpoint:
        return f"https://{host}"
    raise CloudError(
        _("nobody says which host sends for region {region} of site {site}").format(
            region=provider.region, site=site.name
        ),
        why=_("the console shows it as the app's access address; it is not in the table of sites"),
        fix=_("set {variable} to that address, and SMSCONF_TRUSTED_HOSTS to its host").format(
            variable=ENDPOINT
        ),
        arrived=False,
    )
