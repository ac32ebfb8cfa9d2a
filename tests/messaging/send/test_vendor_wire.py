"""The vendor's SDK as the judge: for one intent it and we send the same request, and both verify."""

from __future__ import annotations

import importlib
import json
import re
import warnings
from dataclasses import replace
from typing import Any

import pytest

from smsconf import signing
from smsconf.messaging.send.credentials import digest
from smsconf.messaging.send.wire import Request
from tests.cloud.worlds import Seen, recording_server
from tests.messaging.worlds import DIFFERENT, KEY, SAME, SECRET, open_sender, success

with warnings.catch_warnings():
    # the SDK's generated code and its dependencies warn while they are imported
    warnings.simplefilter("ignore", DeprecationWarning)
    warnings.simplefilter("ignore", SyntaxWarning)
    sdk: Any = importlib.import_module("huaweicloudsdksmsapi.v1")
    credentials: Any = importlib.import_module("huaweicloudsdksmsapi.v1.smsapi_credentials")

FULL = replace(
    SAME,
    contents=(replace(SAME.contents[0], signature="示例商城"),),
    status_callback=DIFFERENT.status_callback,
    extend="a b",
)
BARE = replace(SAME, contents=(replace(SAME.contents[0], values=()),))
REQUESTS = {"same": SAME, "all fields": FULL, "no values": BARE, "different": DIFFERENT}


def theirs(client: Any, request: Request) -> None:
    """Send a request as a user of the SDK would."""
    shared = {
        "_from": request.sender,
        "status_callback": request.status_callback,
        "extend": request.extend,
    }
    if len(request.contents) > 1:
        contents = [
            sdk.SmsContent(
                to=list(one.to),
                template_id=one.template_id,
                template_paras=list(one.values),
                signature=one.signature,
            )
            for one in request.contents
        ]
        body = sdk.BatchSendDiffSmsRequestBody(sms_content=contents, **shared)
        client.batch_send_diff_sms(sdk.BatchSendDiffSmsRequest(body=body))
        return
    (one,) = request.contents
    values = json.dumps(one.values, ensure_ascii=False) if one.values else None
    body = sdk.BatchSendSmsRequestBody(
        to=",".join(one.to),
        template_id=one.template_id,
        template_paras=values,
        signature=one.signature,
        **shared,
    )
    client.batch_send_sms(sdk.BatchSendSmsRequest(body=body))


def verified(seen: Seen) -> bool:
    """Compute the signature anew from what arrived."""
    found = re.fullmatch(
        rf"SDK-HMAC-SHA256 Access={KEY}, SignedHeaders=([^,]+), Signature=([0-9a-f]{{64}})",
        seen.headers["authorization"],
    )
    assert found, seen.headers["authorization"]
    payload = signing.payload_hash(seen.body, seen.headers)
    canonical = signing.canonical_request(
        seen.method, seen.target, "", seen.headers, found[1].split(";"), payload
    )
    return signing.signature(SECRET, seen.headers["x-sdk-date"], canonical) == found[2]


@pytest.mark.parametrize("name", REQUESTS)
def test_request_equals_the_vendors(name: str) -> None:
    """Method, path, body and the headers that speak of it are the SDK's; both signatures verify alike."""
    with recording_server(success()) as (url, seen):
        builder = sdk.SMSApiClient.new_builder()
        builder = builder.with_credentials(credentials.SMSApiCredentials(KEY, SECRET))
        theirs(builder.with_endpoint(url).build(), REQUESTS[name])
        with open_sender(url=url) as sender:
            sender.send(REQUESTS[name])
    vendor, ours = seen
    assert (ours.method, ours.target) == (vendor.method, vendor.target)
    for header in ("content-type", "x-sdk-content-sha256", "x-project-id"):
        assert ours.headers.get(header) == vendor.headers.get(header)
    if name == "different":
        assert ours.json == vendor.json
    else:
        assert ours.body == vendor.body
    assert verified(vendor)
    assert verified(ours)


def test_digest_is_that_of_the_vendors_samples() -> None:
    """The test vector of the reference: Base64 of the hash in hexadecimal."""
    made = digest("66C92B11FF8A425FB8D4CCFE0ED9ED1F", "2018-02-12T15:30:20Z", SECRET)
    assert made == (
        "NmZkZTM0YjJmNzdjMmNlNDdmMWY1OTM3OGRkNGUzNzQxZTk4NGZlY2Y2YzQzMDVmYzQ1NjE3MWIzNjM3ODBlOA=="
    )


@pytest.mark.parametrize("request_", [SAME, DIFFERENT], ids=["same", "different"])
def test_wsse_headers_are_the_published_formula(request_: Request) -> None:
    """Authorization, a nonce of its own for each request, Created in UTC, the digest; the secret nowhere."""
    with recording_server(success()) as (url, seen), open_sender(url=url, wsse=True) as sender:
        sender.send(request_)
        sender.send(request_)
    nonces = set()
    for one in seen:
        assert one.headers["authorization"] == 'WSSE realm="SDP",profile="UsernameToken",type="Appkey"'
        found = re.fullmatch(
            r'UsernameToken Username="(.+)",PasswordDigest="(.+)",Nonce="([0-9A-Za-z]{1,128})",'
            r'Created="(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"',
            one.headers["x-wsse"],
        )
        assert found
        assert found[1] == KEY
        assert found[2] == digest(found[3], found[4], SECRET)
        assert SECRET not in str(one)
        nonces.add(found[3])
    assert len(nonces) == 2
