"""The operations of the management and the sending API: one table, by the vendor's operationId.

Pure data: a client made for reading refuses every operation that is not marked as one that reads.

Written from https://support.huaweicloud.com/api-msgsms/sms_05_0022.html and the pages after it, checked
against ``huaweicloudsdkmsgsms`` and ``huaweicloudsdksmsapi`` 3.1.219.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from smsconf.language import told
from smsconf.model.errors import CloudBroken
from smsconf.signing import encode


class Operation(NamedTuple):
    """One operation; ``path`` is a template whose names are filled in by :meth:`path_for`.

    ``reads`` puts it on the list of a client made for reading. ``iam`` marks an exchange with IAM: it
    travels through a transport of its own, and changes nothing that is not ours. ``sends`` marks one of the
    sending API, which has hosts, keys and a transport of its own.
    """

    name: str
    method: str
    path: str
    reads: bool
    iam: bool = False
    sends: bool = False

    def path_for(self, values: Mapping[str, str]) -> str:
        """Return the path with its values, each percent-encoded as one segment.

        Raises:
            CloudBroken: a value is empty or would climb to another path; ``DELETE …/templates/`` must not be.
        """
        for name, value in values.items():
            if value in {"", ".", ".."}:
                raise CloudBroken(
                    told(
                        "'{value}' cannot be the {name} of {operation}: nothing was sent",
                        value=value,
                        name=name,
                        operation=self.name,
                    ),
                    operation=self.name,
                    arrived=False,
                )
        return self.path.format_map({name: encode(value) for name, value in values.items()})


_BASE = "/v2/{project_id}/msgsms"

PROJECTS_OPERATION = "KeystoneListProjects"
TOKEN_OPERATION = "KeystoneCreateUserTokenByPassword"  # noqa: S105 - the name of an operation
SEND_SAME = "BatchSendSms"
SEND_DIFFERENT = "BatchSendDiffSms"

OPERATIONS: Mapping[str, Operation] = {
    name: Operation(name, method, path, reads)
    for name, method, path, reads in (
        ("ListAppDetails", "GET", f"{_BASE}/apps", True),
        ("ShowApp", "GET", f"{_BASE}/apps/{{id}}", True),
        ("ShowAppCount", "GET", f"{_BASE}/apps-count", True),
        ("CreateApp", "POST", f"{_BASE}/apps", False),
        ("UpdateApp", "PUT", f"{_BASE}/apps/{{id}}", False),
        ("ListSignatureDetails", "GET", f"{_BASE}/signatures", True),
        ("ShowSignature", "GET", f"{_BASE}/signatures/{{id}}", True),
        ("CreateSignature", "POST", f"{_BASE}/signatures", False),
        ("UpdateSignature", "PUT", f"{_BASE}/signatures/{{id}}", False),
        ("DeleteSignature", "DELETE", f"{_BASE}/signatures/{{id}}", False),
        ("EnableSignature", "PUT", f"{_BASE}/signatures/{{id}}/active", False),
        ("UploadSignatureFile", "POST", f"{_BASE}/upload-files", False),
        ("ShowSignatureFile", "GET", f"{_BASE}/upload-files", True),
        ("ListTemplateDetails", "GET", f"{_BASE}/templates", True),
        ("ShowTemplate", "GET", f"{_BASE}/templates/{{id}}", True),
        ("CreateTemplate", "POST", f"{_BASE}/templates", False),
        ("UpdateTemplate", "PUT", f"{_BASE}/templates/{{id}}", False),
        ("DeleteTemplate", "DELETE", f"{_BASE}/templates/{{id}}", False),
        # "varilable" is the vendor's spelling, in the operationId and in the path
        ("ListTemplateVarilableDetails", "GET", f"{_BASE}/templates/{{id}}/varilable", True),
        ("ListSendCountryDetails", "GET", f"{_BASE}/country", True),
    )
} | {
    # each through a transport of its own. IAM: which project a region means, and a token for a user
    # with a password; then the sending API
    one.name: one
    for one in (
        Operation(PROJECTS_OPERATION, "GET", "/v3/projects", reads=False, iam=True),
        Operation(TOKEN_OPERATION, "POST", "/v3/auth/tokens", reads=False, iam=True),
        Operation(SEND_SAME, "POST", "/sms/batchSendSms/v1", reads=False, sends=True),
        Operation(SEND_DIFFERENT, "POST", "/sms/batchSendDiffSms/v1", reads=False, sends=True),
    )
}
