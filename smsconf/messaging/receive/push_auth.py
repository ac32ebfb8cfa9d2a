"""Is a push from the service? Verify its signature with the keys that were agreed on.

Pure: the time is given. Two pairs of keys may hold at once, since the service takes some minutes to change
over; ``Access`` says which one signed. Host and date must be signed, as they are in every example of the
vendor, or one push could be sent to another receiver, and for ever; and the body itself is hashed, since no
example leaves it out: a push that declares its body unsigned is none of the service's.

Written from https://support.huaweicloud.com/api-msgsms/sms_05_0064.html (push authentication), 2024-12-20. It
does not say whether the signed path ends in a slash: both are taken.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from smsconf import signing

MOST_SKEW = timedelta(minutes=15)
_ALWAYS_SIGNED = {"host", signing.DATE_HEADER.lower()}
_AUTHORIZATION = re.compile(
    r"SDK-HMAC-SHA256\s+Access=([^,]+),\s?SignedHeaders=([^,]+),\s?Signature=([0-9a-f]{64})"
)


def is_signed(
    keys: Mapping[str, str],
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
) -> bool:
    """Tell whether one of the keys signed this request, at most 15 minutes ago.

    Args:
        keys: access key → secret key.
        method: HTTP method.
        path: as on the wire, still encoded.
        query: as on the wire, without ``?``.
        headers: with the values exactly as received, names in lower case.
        body: as received.
        now: our time, aware.
    """
    found = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    date = headers.get(signing.DATE_HEADER.lower(), "")
    signed = found[2].lower().split(";") if found else []
    if found is None or not _is_fresh(date, now) or not set(headers) >= set(signed) >= _ALWAYS_SIGNED:
        return False
    # an unknown key is compared as well, so that the time it takes tells nothing
    secret = keys.get(found[1], "")
    # what a header claims about the body counts only if it is signed too
    vouched = {name: headers[name] for name in signed}
    payload = signing.payload_hash(body, vouched)
    if payload != hashlib.sha256(body).hexdigest():
        return False
    canonical = signing.canonical_request(method, path, query, headers, signed, payload)
    forms = (canonical, _without_slash(canonical, path))
    fits = [hmac.compare_digest(signing.signature(secret, date, one), found[3]) for one in forms]
    return any(fits) and bool(secret)


def _without_slash(canonical: str, path: str) -> str:
    """Return the canonical request as a signer makes it that adds no slash to the path."""
    with_slash = signing.canonical_path(path)
    return canonical.replace(f"\n{with_slash}\n", f"\n{with_slash[:-1] or '/'}\n", 1)


def _is_fresh(date: str, now: datetime) -> bool:
    try:
        moment = datetime.strptime(date, signing.DATE_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return False
    return abs(now - moment) <= MOST_SKEW
