"""The vendor's SDK, and a judge that looks at its answers field by field."""

from __future__ import annotations

import importlib
import re
import warnings
from collections.abc import Iterator
from typing import Any

from tests.conformance.server import SETTINGS

with warnings.catch_warnings():
    # the SDK's generated code and its dependencies warn while they are imported
    warnings.simplefilter("ignore", DeprecationWarning)
    warnings.simplefilter("ignore", SyntaxWarning)
    sdk: Any = importlib.import_module("huaweicloudsdkmsgsms.v2")
    credentials: Any = importlib.import_module("huaweicloudsdkcore.auth.credentials")
    exceptions: Any = importlib.import_module("huaweicloudsdkcore.exceptions.exceptions")
    form: Any = importlib.import_module("huaweicloudsdkcore.http.formdata")
    region: Any = importlib.import_module("huaweicloudsdkmsgsms.v2.region.msgsms_region")
    signer: Any = importlib.import_module("huaweicloudsdkcore.signer.signer")
    sdk_request: Any = importlib.import_module("huaweicloudsdkcore.sdk_request")
    smsapi: Any = importlib.import_module("huaweicloudsdksmsapi.v1")
    sending_keys: Any = importlib.import_module("huaweicloudsdksmsapi.v1.smsapi_credentials")

# The SDK's methods, by the operation names of the API reference.
METHODS = {
    re.sub(r"(?:^|_)(.)", lambda found: found[1].upper(), name.removesuffix("_invoker")): name.removesuffix(
        "_invoker"
    )
    for name in dir(sdk.MsgsmsClient)
    if name.endswith("_invoker")
}
TYPES = {"str": str, "int": int, "bool": bool}


def client(url: str, *, secret_key: str = SETTINGS.secret_key, project: str | None = None) -> Any:
    """Return the vendor's client, pointed at a server."""
    keys = credentials.BasicCredentials(
        SETTINGS.access_key, secret_key, project_id=project or SETTINGS.project_id
    )
    return sdk.MsgsmsClient.new_builder().with_credentials(keys).with_endpoint(url).build()


def ask(client: Any, operation: str, **fields: Any) -> Any:
    """Call an operation with the SDK; ``fields`` are those of its request object."""
    return getattr(client, METHODS[operation])(getattr(sdk, operation + "Request")(**fields))


def judge(answer: Any, place: str = "") -> Iterator[str]:
    """Check every field of an SDK object against its declared type; yield the places that stay empty.

    Raises:
        AssertionError: a field has another type than the SDK declares.
    """
    for name, declared in type(answer).openapi_types.items():
        yield from _judge_value(getattr(answer, name), declared, f"{place}.{name}".lstrip("."))


def _judge_value(value: Any, declared: str, place: str) -> Iterator[str]:
    if value is None:
        yield place
    elif declared.startswith("list["):
        assert isinstance(value, list), place
        for item in value:
            yield from _judge_value(item, declared[5:-1], place)
    elif declared in TYPES:
        assert type(value) is TYPES[declared], f"{place} is {value!r}, not {declared}"
    else:
        assert type(value).__name__ == declared, place
        yield from judge(value, place)
