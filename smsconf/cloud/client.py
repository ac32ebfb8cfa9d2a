"""Call the service: one operation in, its decoded answer out, every failure one of our errors.

Knows no resource (``wire`` does) and decides nothing. Reads are retried when an answer got lost, throttled
requests always; a write whose answer is lost is never sent twice.

Written from https://support.huaweicloud.com/api-msgsms/sms_05_0016.html and the pages after it.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar

import httpx

from smsconf import __version__, signing
from smsconf.cloud.failures import FOREIGN, Cleaner, from_answer, from_exception
from smsconf.cloud.fields import Fields, broken
from smsconf.cloud.limiter import Limiter
from smsconf.cloud.operations import OPERATIONS, Operation
from smsconf.cloud.transport import (
    OPERATION,
    ReadGuard,
    ServiceAuth,
    Upload,
    is_loopback,
    multipart,
    open_connection,
    utc_now,
)
from smsconf.errors import CloudBroken, CloudError, RateLimited, Unauthorized, Unreachable
from smsconf.sites import Site

PAGE = 500  # the largest page the service gives
EMULATOR_TIME = "X-Emulator-Now"

_MOST_ITEMS = 1_000_000
_MOST_BYTES = 64 * 1024 * 1024
_TIMEOUT = httpx.Timeout(60, connect=10)
_THROTTLED_ATTEMPTS = 5
_LONGEST_PAUSE = 60.0  # a longer Retry-After is an error for the caller to show
_READ_PAUSES = (0.5, 1.0)  # before the second and the third attempt of a read
_TRANSIENT = frozenset({502, 503, 504})

A = TypeVar("A")
B = TypeVar("B")


class _Answer(NamedTuple):
    status: int
    headers: httpx.Headers
    body: bytes


class Client:
    """One account's project at one host. Use it in a ``with``; its methods may be called from any thread.

    Args:
        site: what this site of the service can do.
        base_url: scheme and host; plain http only to loopback.
        project_id: fills ``{project_id}`` in paths; empty for IAM.
        auth: credentials; ``None`` sends none.
        transport: how requests travel; by default a connection to ``base_url``.
        read_only: refuse every operation that writes, before it is sent.
        limiter: shared by all calls; by default no limit.
        workers: how many requests run side by side in :meth:`side_by_side`.
        real_clock: the fallback of :attr:`service_time`.
        sleep: waits between attempts.
    """

    def __init__(  # noqa: PLR0913 - the edge of the program: everything it needs is handed over
        self,
        *,
        site: Site,
        base_url: str,
        project_id: str,
        auth: httpx.Auth | None,
        read_only: bool,
        transport: httpx.BaseTransport | None = None,
        limiter: Limiter | None = None,
        workers: int = 4,
        real_clock: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        url = _base_url(base_url)
        self.site = site
        self.project_id = project_id
        self.read_only = read_only
        self._base_url = str(url).rstrip("/")
        self._loopback = is_loopback(url.host)
        self._limiter = limiter or Limiter(None, sleep=sleep)
        self._real_clock = real_clock
        self._sleep = sleep
        self._clean = Cleaner(auth.secrets if isinstance(auth, ServiceAuth) else ())
        self._service_time: datetime | None = None
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="smsconf-call")
        wire = transport or open_connection(url, connections=workers + 4)
        self._http = httpx.Client(
            auth=auth,
            transport=ReadGuard(wire) if read_only else wire,
            timeout=_TIMEOUT,
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": f"smsconf/{__version__}", "Accept": "application/json"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
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

    def call(
        self,
        operation: str,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        body: Any = None,  # noqa: ANN401 - any JSON
        file: Upload | None = None,
    ) -> Any:  # noqa: ANN401 - any JSON
        """Carry out one operation and return its decoded answer, ``None`` if that is empty.

        Raises:
            CloudError: it did not end well; the class says how, ``arrived`` whether it may have happened.
        """
        spec = OPERATIONS[operation]
        request = self._converting(operation, lambda: self._request(spec, path or {}, query, body, file))
        attempt = 0
        while True:
            attempt += 1
            self._limiter.acquire()
            try:
                answer = self._converting(operation, lambda: self._exchange(request))
                if answer.status < 300:
                    self._limiter.recover()
                    return _decoded(operation, answer)
                error = from_answer(operation, *answer, self._clean)
                pause = _retry_after(answer.headers, attempt)
            except (CloudBroken, Unreachable) as problem:
                error, pause = problem, 0.0
            self._wait_or_raise(spec, error, attempt, pause)

    def list_all(
        self, operation: str, *, progress: Callable[[int, int], None] | None = None
    ) -> list[dict[str, Any]]:
        """Read every object of a kind, oldest first; ``progress`` is told (read, total).

        The list may move while it is read, so it must add up, and is read once more if it does not.

        Raises:
            CloudBroken: it does not add up, or an item has no id.
        """
        report = progress or (lambda _read, _total: None)
        items, problem = self._read_pages(operation, report)
        if problem:
            items, problem = self._read_pages(operation, report)
        if problem:
            raise CloudBroken(
                f"the list of {operation} does not add up: {problem}",
                operation=operation,
                arrived=True,
                why="objects appeared or vanished while it was read, twice",
                fix="run again when nobody else changes this account",
            )
        return items

    def side_by_side(self, function: Callable[[A], B], values: Iterable[A]) -> list[B]:
        """Call a function for every value in the pool and return the results in order.

        The function must not use the pool itself. The first failure is raised; what has not started is
        dropped.
        """
        return list(self._pool.map(function, values))

    def _read_pages(
        self, operation: str, report: Callable[[int, int], None]
    ) -> tuple[list[dict[str, Any]], str | None]:
        total, items = self._page(operation, 0)
        if total > _MOST_ITEMS:
            raise broken(operation, f"total says {total}")
        report(len(items), total)

        def one(offset: int) -> tuple[int, list[dict[str, Any]]]:
            page = self._page(operation, offset)
            report(min(offset + PAGE, total), total)
            return page

        pages = self.side_by_side(one, range(PAGE, total, PAGE))
        totals = {total, *(said for said, _ in pages)}
        items = [*items, *(item for _, page in pages for item in page)]
        ids = {item["id"] for item in items}
        if len(totals) > 1:
            return items, f"total changed from {min(totals)} to {max(totals)}"
        if len(items) != total:
            return items, f"total says {total}, pages hold {len(items)}"
        if len(ids) != len(items):
            return items, f"total says {total}, pages hold {len(ids)} different ids"
        return items, None

    def _page(self, operation: str, offset: int) -> tuple[int, list[dict[str, Any]]]:
        query = {"limit": str(PAGE), "offset": str(offset), "sort_key": "create_time", "sort_dir": "asc"}
        answer = self.call(operation, query=query)
        fields = Fields(operation, answer)
        items = fields.items("results")
        for item in items:
            Fields(operation, item).word("id")
        return fields.number("total"), items

    def _converting(self, operation: str, step: Callable[[], A]) -> A:
        """Do a step; a foreign exception becomes one of ours."""
        try:
            return step()
        except FOREIGN as problem:
            error = from_exception(problem, operation, self._clean)
        raise error  # outside the handler: the foreign exception holds the request with its headers

    def _exchange(self, request: httpx.Request) -> _Answer:
        """Send one request and read its answer whole, with its time if it is the first."""
        response = self._http.send(request, stream=True)
        try:
            answer = _Answer(response.status_code, response.headers, _read(response))
        finally:
            response.close()
        self._note_time(answer.headers)
        return answer

    def _request(
        self,
        spec: Operation,
        path: Mapping[str, str],
        query: Mapping[str, str] | None,
        body: Any,  # noqa: ANN401 - any JSON
        file: Upload | None,
    ) -> httpx.Request:
        project = {"project_id": self.project_id} if "{project_id}" in spec.path else {}
        target = self._base_url + spec.path_for({**project, **path})
        if query:
            target += "?" + signing.query_string(query.items())
        headers = {"Content-Type": "application/json"}
        content = None if body is None else json.dumps(body).encode()
        if file is not None:
            headers["Content-Type"], content = multipart(file)
            headers[signing.PAYLOAD_HEADER] = signing.UNSIGNED_PAYLOAD
        extensions = {OPERATION: spec.name}
        return self._http.build_request(
            spec.method, target, headers=headers, content=content, extensions=extensions
        )

    def _wait_or_raise(self, spec: Operation, error: CloudError, attempt: int, pause: float) -> None:
        if isinstance(error, RateLimited):
            if attempt >= _THROTTLED_ATTEMPTS or pause > _LONGEST_PAUSE:
                raise error
            self._limiter.throttled(pause)
            return
        lost = isinstance(error, Unreachable) and error.arrived is None
        transient = lost or error.status in _TRANSIENT
        if not (spec.reads and transient and attempt <= len(_READ_PAUSES)):
            raise error
        self._sleep(_READ_PAUSES[attempt - 1])

    def _note_time(self, headers: httpx.Headers) -> None:
        with self._lock:
            if self._service_time is None:
                told = headers.get(EMULATOR_TIME) if self._loopback else None
                self._service_time = _instant(told) or _http_date(headers.get("Date"))


def _base_url(text: str) -> httpx.URL:
    """Read a base url; plain http is for loopback only.

    Raises:
        Unauthorized: nothing may be sent there.
    """
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme == "https" and url.host and not url.userinfo:
        return url
    if url.scheme == "http" and is_loopback(url.host) and not url.userinfo:
        return url
    raise Unauthorized(
        f"credentials are not sent to '{url.copy_with(userinfo=b'')}'",
        why="only https hosts may see them; plain http is for this machine alone",
        fix="set provider.endpoint to https://HOST, or leave it out",
        arrived=False,
    )


def _read(response: httpx.Response) -> bytes:
    """Read a body, unpacked, up to the limit."""
    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_bytes():
        size += len(chunk)
        if size > _MOST_BYTES:
            raise httpx.DecodingError(f"the body is larger than {_MOST_BYTES} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def _decoded(operation: str, answer: _Answer) -> Any:  # noqa: ANN401 - any JSON
    if not answer.body.strip():
        return None
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        kind = answer.headers.get("Content-Type", "no type").partition(";")[0][:60]
    error = broken(operation, f"not JSON ({kind})")
    error.status = answer.status
    raise error


def _retry_after(headers: httpx.Headers, attempt: int) -> float:
    """Return the seconds to wait: as told, else doubling from one second."""
    told = headers.get("Retry-After", "")
    return float(told) if told.isascii() and told.isdigit() and len(told) < 9 else float(2 ** (attempt - 1))


def _instant(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment and moment.tzinfo else None


def _http_date(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC) if text else None
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
