"""Ask whether a host answers at all: one GET without credentials, whatever the answer says.

Tells the way there (proxy, TLS) and the clock of the other side apart from credentials and rights, and costs
none of the attempts after which the gateway locks an access key. It decides nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import httpx

from smsconf.cloud.http.answers import answered_at
from smsconf.cloud.http.connection import open_connection, proxy_secrets, time_limit
from smsconf.cloud.http.failures import FOREIGN, from_exception
from smsconf.cloud.http.redact import Redactor
from smsconf.language import N_, _

_OPERATION = N_("a first request")


class Probe(NamedTuple):
    """A host that answered: the moment it names in ``Date`` (UTC), if it does."""

    host: str
    answered_at: datetime | None


def probe(base_url: str, *, patience: float) -> Probe:
    """Send one request to a host and wait for the head of its answer, ``patience`` seconds in all.

    Raises:
        Unreachable: no answer; ``failures.NotTrusted`` if its certificate is why.
        CloudBroken: what came is no HTTP.
    """
    url = httpx.URL(base_url)
    try:
        with (
            time_limit(patience),
            httpx.Client(
                transport=open_connection(url, connections=1), timeout=patience, follow_redirects=False
            ) as client,
            client.stream("GET", url) as response,
        ):
            return Probe(url.netloc.decode(), answered_at(response.headers))
    except FOREIGN as problem:
        error = from_exception(
            problem, _(_OPERATION), url.netloc.decode(), Redactor(lambda: proxy_secrets(url))
        )
    raise error  # outside the handler, as in the client
