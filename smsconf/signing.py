"""Sign an HTTP request the way Huawei Cloud's API Gateway expects (SDK-HMAC-SHA256).

Pure functions over text and bytes: no clock, no network, no credentials kept. Both sides use them: the
client to sign, the emulator to verify; the vendor's own signer is the judge of both (tests).

Written from https://support.huaweicloud.com/devg-apisign/api-sign-algorithm.html and from
``huaweicloudsdkcore`` 3.1.219 (``signer/signer.py``), read 2026-11.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote

ALGORITHM = "SDK-HMAC-SHA256"
DATE_HEADER = "X-Sdk-Date"
DATE_FORMAT = "%Y%m%dT%H%M%SZ"
PAYLOAD_HEADER = "X-Sdk-Content-Sha256"
SECURITY_TOKEN_HEADER = "X-Security-Token"  # noqa: S105 - the name of a header
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"


def encode(text: str) -> str:
    """Percent-encode all but RFC 3986's unreserved characters; a blank becomes ``%20``."""
    return quote(text, safe="~")


def query_string(pairs: Iterable[tuple[str, str]]) -> str:
    """Return the query both for the wire and for the canonical request: sorted by key, then value."""
    return "&".join(f"{encode(key)}={encode(value)}" for key, value in sorted(pairs))


def canonical_path(path: str) -> str:
    """Return the path as it is signed: every segment encoded anew, always with a slash at the end.

    The path is decoded first, so an id that holds ``%2F`` is signed as two segments while the wire carries
    ``%2F``: the vendor's SDK does the same.
    """
    encoded = "/".join(encode(segment) for segment in unquote(path).split("/"))
    return encoded if encoded.endswith("/") else encoded + "/"


def canonical_query(raw: str) -> str:
    """Return a raw query string (without ``?``) decoded, sorted and encoded anew."""
    pairs = (part.partition("=") for part in raw.split("&") if part)
    return query_string((unquote(key), unquote(value)) for key, _, value in pairs)


def payload_hash(body: bytes, headers: Mapping[str, str]) -> str:
    """Return the hash line of a body: of nothing, as the header declares it, or of the bytes themselves."""
    declared = {name.lower(): value for name, value in headers.items()}.get(PAYLOAD_HEADER.lower())
    if body and declared:
        return declared
    return hashlib.sha256(body).hexdigest()


def canonical_request(
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    signed: Iterable[str],
    payload: str,
) -> str:
    """Join the parts of a request into the text that is hashed.

    Args:
        method: HTTP method, any case.
        path: the path as on the wire, still encoded.
        query: the raw query as on the wire, without ``?``.
        headers: at least every header named in ``signed``; names in any case.
        signed: names of the signed headers.
        payload: what :func:`payload_hash` returned.

    Raises:
        KeyError: a header named in ``signed`` is not among ``headers``.
    """
    values = {name.lower(): value.strip() for name, value in headers.items()}
    names = sorted({name.lower() for name in signed})
    lines = [f"{name}:{values[name]}" for name in names]
    return "\n".join(
        [
            method.upper(),
            canonical_path(path),
            canonical_query(query),
            *lines,
            "",
            ";".join(names),
            payload,
        ]
    )


def signature(secret_key: str, date: str, canonical: str) -> str:
    """Return the hex signature of a canonical request; ``date`` is the value of X-Sdk-Date, UTC."""
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"{ALGORITHM}\n{date}\n{digest}"
    return hmac.new(secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()


def authorization(access_key: str, signed: Iterable[str], signature_hex: str) -> str:
    """Return the value of the Authorization header."""
    names = ";".join(sorted({name.lower() for name in signed}))
    return f"{ALGORITHM} Access={access_key}, SignedHeaders={names}, Signature={signature_hex}"
