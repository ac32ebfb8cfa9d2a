"""The figures of a running command for Prometheus: written as text, or served on a port of their own.

Knows no figure itself: those of a receiver and of a list are collected where they are counted. Nothing is
kept between two looks, and no registry is shared with anything else in the process.

Written for prometheus-client 0.22+, and from https://prometheus.io/docs/instrumenting/exposition_formats/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from smsconf.language import N_, _
from smsconf.model.errors import PlanRefused, SmsconfError

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Metric

MISSING = N_("metrics need prometheus-client: pip install 'smsconf[metrics]'")

Collect = Callable[[], Iterable["Metric"]]
"""Yields the figures as they are now; may be called from another thread."""


def is_available() -> bool:
    """Tell whether the extra ``metrics`` is installed."""
    return find_spec("prometheus_client") is not None


def exposition(collect: Collect, accept: str = "") -> tuple[bytes, str]:
    """Return figures, and the process's own, in the form that ``accept`` asks for; and its content type.

    Raises:
        ImportError: the extra ``metrics`` is not installed.
    """
    from prometheus_client.exposition import choose_encoder

    encode, content_type = choose_encoder(accept)
    return encode(_registry(collect)), content_type


@contextmanager
def serving(collect: Collect, host: str, port: int) -> Iterator[str]:
    """Serve figures over HTTP until the end of the block; yields the address. Port 0 takes a free one.

    Raises:
        PlanRefused: the extra ``metrics`` is not installed.
        SmsconfError: nothing can listen there.
    """
    if not is_available():
        raise PlanRefused(_(MISSING))
    from prometheus_client import start_http_server

    try:
        server, thread = start_http_server(port, host, _registry(collect))
    except OSError as error:
        raise SmsconfError(
            _("cannot listen at {host} port {port}: {reason}").format(
                host=host, port=port, reason=error.strerror or type(error).__name__
            ),
            fix=_("give --metrics-port another port, or 0 for a free one"),
        ) from None
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # who breaks off is no news
    try:
        shown = f"[{host}]" if ":" in host else host
        yield f"http://{shown}:{server.server_port}/metrics"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _registry(collect: Collect) -> CollectorRegistry:
    from prometheus_client import CollectorRegistry, ProcessCollector

    class Source:
        """What a registry asks."""

        def collect(self) -> Iterable[Metric]:
            return collect()

    registry = CollectorRegistry()
    registry.register(Source())
    ProcessCollector(registry=registry)  # start time, memory, open files: of Linux only
    return registry
