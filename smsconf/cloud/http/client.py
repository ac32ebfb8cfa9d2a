"""Call the service: one operation in, its decoded answer out, every failure one of our errors.

Knows no resource (``wire`` does) and decides nothing; what is sent again is ``retries``' business, what an
answer may look like ``answers``'.

Written from https://support.huaweicloud.com/api-msgsms/sms_05_0016.html and the pages after it.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, Self, TypeVar
from urllib.parse import urlencode

import httpx

from smsconf import __version__, signing
from smsconf.cloud.http.answers import (
    ENCODINGS,
    Answer,
    Fields,
    answered_at,
    broken,
    decode,
    emulated_at,
    read_answer,
    request_id,
)
from smsconf.cloud.http.connection import open_connection, proxy_secrets, time_limit
from smsconf.cloud.http.failures import FOREIGN, from_answer, from_exception
from smsconf.cloud.http.hosts import is_loopback, safe_url
from smsconf.cloud.http.limiter import Limiter
from smsconf.cloud.http.operations import OPERATIONS, Operation
from smsconf.cloud.http.redact import Redactor
from smsconf.cloud.http.retries import RetryPolicy, repeat
from smsconf.cloud.http.scope import Account
from smsconf.cloud.http.transport import OPERATION, OperationGuard, ServiceAuth, utc_now
from smsconf.cloud.http.upload import Upload, UploadBody, multipart
from smsconf.language import _, told
from smsconf.model.errors import CloudBroken, CloudError
from smsconf.model.sites import Site

PAGE = 500  # the largest page the service gives
PATIENCE = 60.0  # seconds for one request, all told

_MOST_ITEMS = 100_000
_MOST_BYTES = 64 * 1024 * 1024  # of one list, all pages together
_CONNECT = 10.0  # seconds for the connection alone
_PAUSE = 0.5  # seconds before the second attempt

A = TypeVar("A")
B = TypeVar("B")


class Client:
    """One account's project at one host. Use it in a ``with``; its methods may be called from any thread.

    Args:
        site: what this site of the service can do.
        base_url: scheme and host; plain http only to loopback.
        region: of the project; empty where there is none (IAM, the sending API).
        project_id: fills ``{project_id}`` in paths; empty for IAM.
        auth: credentials; ``None`` sends none.
        transport: how requests travel; by default a connection to ``base_url``.
        read_only: refuse every operation that writes, before it is sent.
        limiter: shared by all calls; by default no limit.
        workers: how many requests run side by side in :meth:`side_by_side`.
        real_clock: the fallback of :attr:`service_time`.
        sleep: waits when the default limiter says so, and between looks after a lost answer.
        patience: seconds that one request may take, all told.
        pause: seconds before a second attempt.
        credentials: where they come from, in words for people; without a secret.
    """

    def __init__(  # noqa: PLR0913 - the edge of the program: everything it needs is handed over
        self,
        *,
        site: Site,
        base_url: str,
        region: str = "",
        project_id: str,
        auth: ServiceAuth | None,
        read_only: bool,
        transport: httpx.BaseTransport | None = None,
        limiter: Limiter | None = None,
        workers: int = 4,
        real_clock: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], None] = time.sleep,
        patience: float = PATIENCE,
        pause: float = _PAUSE,
        credentials: str | None = None,
    ) -> None:
        url = safe_url(base_url)
        self.site = site
        self.project_id = project_id
        self.read_only = read_only
        self.credentials = credentials
        self.clean = Redactor(lambda: (*self._auth.secrets, *proxy_secrets(url)), lambda: self._auth.proofs)
        self._base_url = str(url).rstrip("/")
        self._host = url.netloc.decode()
        self._loopback = is_loopback(url.host)
        self._account = Account(site, region, project_id, url)
        self.sleep = sleep
        self._limiter = limiter or Limiter(None, sleep=sleep)
        self._real_clock = real_clock
        self._auth = auth or ServiceAuth()
        self._patience = patience
        self._pause = pause
        self._service_time: datetime | None = None
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="smsconf-call")
        wire = transport or open_connection(url, connections=workers + 4)
        self._http = httpx.Client(
            auth=auth,
            transport=OperationGuard(wire, lambda one: one.reads) if read_only else wire,
            timeout=httpx.Timeout(patience, connect=min(_CONNECT, patience)),
            follow_redirects=False,
            trust_env=False,
            headers={
                "User-Agent": f"smsconf/{__version__}",
                "Accept": "application/json",
                "Accept-Encoding": ENCODINGS,
            },
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Drop what has not started, wait for what is in flight, close the connections."""
        self._pool.shutdown(cancel_futures=True)
        self._http.close()

    @property
    def service_time(self) -> datetime:
        """The service's time as of the first answer; before any answer, the real time."""
        with self._lock:
            return self._service_time or self._real_clock()

    @property
    def scope(self) -> str:
        """The account that this client reads and writes, as stable text; what is remembered belongs to it.

        ``huaweicloud/SITE/REGION/PROJECT_ID``, with ``/HOST:PORT`` where the host is not the site's own, or
        ``emulator/SITE/DATABASE``, however the emulator is reached.

        Raises:
            CloudError: on this machine, before the first answer: nobody knows who is there.
        """
        known = self.known_scope
        if known is None:
            raise CloudError(
                _("nobody knows yet which account answers at {host}").format(host=self._host), arrived=False
            )
        return known

    @property
    def known_scope(self) -> str | None:
        """The same, ``None`` while nobody knows."""
        return self._account.scope

    def call(self, operation: str, **parts: Any) -> Any:  # noqa: ANN401 - any JSON
        """Carry out one operation and return its decoded answer, ``None`` if that is empty.

        Takes what :meth:`ask` takes.

        Raises:
            CloudError: it did not end well; the class says how, ``arrived`` whether it may have happened.
        """
        return decode(operation, self.ask(operation, **parts), self.clean)

    def read(self, operation: str, decode: Callable[[str, object], A], **parts: Any) -> A:  # noqa: ANN401 - those of ask
        """Carry out one operation and return what ``decode`` makes of its answer."""
        return decode(operation, self.call(operation, **parts))

    def ask(
        self,
        operation: str,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        body: Any = None,  # noqa: ANN401 - any JSON
        file: Upload | None = None,
        form: Sequence[tuple[str, str]] | None = None,
        before: Callable[[], None] | None = None,
    ) -> Answer:
        """Carry out one operation and return its answer as it came.

        What it brings along is JSON (``body``), a file, or the fields of a form. ``before`` is called when
        nothing but the request itself is left to do; what it raises keeps it here.

        Raises:
            CloudError: it did not end well.
        """
        spec = OPERATIONS[operation]
        request = self._converting(
            operation, lambda: self._request(spec, path or {}, query, *_packed(body, file, form))
        )

        def once() -> Answer:
            self._limiter.acquire()
            if before:
                before()
            answer = self._converting(operation, lambda: self._exchange(request))
            if answer.status < 300:
                self._limiter.recover()
                return answer
            raise from_answer(operation, answer, self.clean, self._real_clock())

        policy = RetryPolicy(spec, self._limiter, lambda: self._auth.renew(request))
        return repeat(once, policy, pause=self._pause, longest=2 * self._patience)

    def list_all(
        self,
        operation: str,
        *,
        query: Mapping[str, str] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> list[dict[str, Any]]:
        """Read every object of a kind, oldest first; ``progress`` is told (read, total).

        ``query`` holds filters. The list may move while it is read, so it must add up, and is read once more
        if it does not.

        Raises:
            CloudBroken: it does not add up, or an item has no id.
        """
        report = progress or (lambda _read, _total: None)
        items, problem = self._read_pages(operation, query or {}, report)
        if problem:
            items, problem = self._read_pages(operation, query or {}, report)
        if problem:
            raise CloudBroken(
                _("the list of {operation} does not add up: {problem}").format(
                    operation=operation, problem=problem
                ),
                operation=operation,
                arrived=True,
                why=_("objects appeared or vanished while it was read, twice"),
                fix=_("run again when nobody else changes this account"),
            )
        return items

    def side_by_side(self, function: Callable[[A], B], values: Iterable[A]) -> list[B]:
        """Call a function for every value in the pool and return the results in order.

        The function must not use the pool itself. The first failure is raised; what has not started is
        dropped.
        """
        return list(self._pool.map(function, values))

    def _read_pages(
        self, operation: str, filters: Mapping[str, str], report: Callable[[int, int], None]
    ) -> tuple[list[dict[str, Any]], str | None]:
        total, items, size = self._page(operation, filters, 0)
        report(len(items), total)
        sizes = [size]

        def one(offset: int) -> tuple[int, list[dict[str, Any]]]:
            said, page, size = self._page(operation, filters, offset)
            sizes.append(size)
            if sum(sizes) > _MOST_BYTES:
                raise broken(
                    operation,
                    told("its pages are larger than {most_bytes} bytes", most_bytes=_MOST_BYTES),
                )
            report(min(offset + PAGE, total), total)
            return said, page

        pages = self.side_by_side(one, range(PAGE, total, PAGE))
        totals = {total, *(said for said, _ in pages)}
        items = [*items, *(item for _, page in pages for item in page)]
        ids = {item["id"] for item in items}
        if len(totals) > 1:
            return items, _("total changed from {min} to {max}").format(min=min(totals), max=max(totals))
        if len(items) != total:
            return items, _("total says {total}, pages hold {count}").format(total=total, count=len(items))
        if len(ids) != len(items):
            return items, _("total says {total}, pages hold {count} different ids").format(
                total=total, count=len(ids)
            )
        return items, None

    def _page(
        self, operation: str, filters: Mapping[str, str], offset: int
    ) -> tuple[int, list[dict[str, Any]], int]:
        """Read one page: the total it names, its items, and how many bytes it had."""
        query = {
            **filters,
            "limit": str(PAGE),
            "offset": str(offset),
            "sort_key": "create_time",
            "sort_dir": "asc",
        }
        answer = self.ask(operation, query=query)
        try:
            fields = Fields(operation, decode(operation, answer, self.clean))
            items = fields.items("results")
            if len(items) > PAGE:
                raise broken(operation, told("a page of {page} holds {count}", page=PAGE, count=len(items)))
            for item in items:
                Fields(operation, item).word("id")
            total = fields.number("total")
            if not 0 <= total <= _MOST_ITEMS:
                raise broken(operation, told("total says {total}", total=total))
            return total, items, len(answer.body)
        except CloudBroken as problem:
            problem.request_id = problem.request_id or request_id(answer, self.clean)
            raise

    def _converting(self, operation: str, step: Callable[[], A]) -> A:
        """Do a step; a foreign exception becomes one of ours."""
        try:
            return step()
        except FOREIGN as problem:
            error = from_exception(problem, operation, self._host, self.clean)
        raise error  # outside the handler: the foreign exception holds the request with its headers

    def _exchange(self, request: httpx.Request) -> Answer:
        """Send one request and read its answer whole, with its time if it is the first."""
        with time_limit(self._patience):
            response = self._http.send(request, stream=True)
            try:
                answer = read_answer(response)
            finally:
                response.close()
        self._note_time(answer.headers)
        self._account.note(request.extensions[OPERATION], answer)
        return answer

    def _request(
        self,
        spec: Operation,
        path: Mapping[str, str],
        query: Mapping[str, str] | None,
        headers: Mapping[str, str],
        content: bytes | UploadBody | None,
    ) -> httpx.Request:
        project = {"project_id": self.project_id} if "{project_id}" in spec.path else {}
        target = self._base_url + spec.path_for({**project, **path})
        if query:
            target += "?" + signing.query_string(query.items())
        extensions = {OPERATION: spec.name}
        return self._http.build_request(
            spec.method, target, headers=headers, content=content, extensions=extensions
        )

    def _note_time(self, headers: httpx.Headers) -> None:
        with self._lock:
            if self._service_time is None:
                emulated = emulated_at(headers) if self._loopback else None
                self._service_time = emulated or answered_at(headers)


def _packed(
    body: Any,  # noqa: ANN401 - any JSON
    file: Upload | None,
    form: Sequence[tuple[str, str]] | None,
) -> tuple[dict[str, str], bytes | UploadBody | None]:
    """Return what a request brings along, and the headers that tell of it; the SDK signs no file or form."""
    unsigned = {signing.PAYLOAD_HEADER: signing.UNSIGNED_PAYLOAD}
    if file is not None:
        kind, content = multipart(file)
        return {"Content-Type": kind, "Content-Length": str(content.length), **unsigned}, content
    if form is not None:
        return {"Content-Type": "application/x-www-form-urlencoded", **unsigned}, urlencode(form).encode()
    return {"Content-Type": "application/json"}, None if body is None else json.dumps(body).encode()
