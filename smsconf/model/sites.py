"""The sites of the service: their hosts, and what each of them can do. One table.

Credentials go only to hosts named here, to loopback, or to hosts the user trusts explicitly. Hosts are
from the vendor's endpoint pages and SDKs (management-api reference §9.5, messaging reference A.1, read
2026-11); capabilities from
the change histories of the API references (§11): ``flow_status`` came to the china and international
sites on 2024-11-06, ``Disable`` on 2024-12-23; the european pages (2023-08) have neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from smsconf.model.resources import MessageType, Source

_ALL_TYPES = frozenset(MessageType)
_NO_PROMOTION = _ALL_TYPES - {MessageType.PROMOTION}


@dataclass(frozen=True, slots=True)
class Site:
    """One site. Regions map to (management host, IAM host), and in ``sending`` to the host that sends.

    ``drafts``: a template can be created without submitting it. ``withdrawing``: a review can be called
    back. ``disabling``: an approved template can be disabled and edited. ``readable_notes``: answers tell the
    application note of a template. ``signature_complete``: the status
    that means approved and configured.
    """

    name: str
    regions: Mapping[str, tuple[str, str]]
    sending: Mapping[str, str]
    drafts: bool
    withdrawing: bool
    disabling: bool
    readable_notes: bool
    qualifications: bool
    signature_complete: str
    types: frozenset[MessageType]
    obsolete_sources: frozenset[Source]


def _hosts(region: str, domain: str = "myhuaweicloud.com") -> tuple[str, str]:
    return (f"msgsms.{region}.{domain}", f"iam.{region}.{domain}")


# IAM is one service for all regions of a domain, and has a host for that, too (§9.4)
IAM_HOSTS = frozenset({"iam.myhuaweicloud.com", "iam.myhuaweicloud.eu"})

SITES: Mapping[str, Site] = {
    site.name: site
    for site in (
        Site(
            name="china",
            regions={region: _hosts(region) for region in ("cn-north-4", "cn-south-1")},
            sending={region: f"smsapi.{region}.myhuaweicloud.com" for region in ("cn-north-4", "cn-south-1")},
            drafts=True,
            withdrawing=True,
            disabling=True,
            readable_notes=True,
            qualifications=True,
            signature_complete="REVIEW_PROCESSING_COMPLETED",
            types=_ALL_TYPES,
            obsolete_sources=frozenset({Source.WEBSITE, Source.APP, Source.ACCOUNT, Source.SHOP}),
        ),
        Site(
            name="international",
            regions={"ap-southeast-1": _hosts("ap-southeast-1")},
            sending={"ap-southeast-1": "smsapi.ap-southeast-1.myhuaweicloud.com"},
            drafts=False,
            withdrawing=True,
            disabling=True,
            readable_notes=False,
            qualifications=False,
            signature_complete="REVIEW_PASSED",
            types=_NO_PROMOTION,
            obsolete_sources=frozenset({Source.WEBSITE, Source.ACCOUNT, Source.SHOP}),
        ),
        Site(
            name="europe",
            regions={"eu-west-101": _hosts("eu-west-101", "myhuaweicloud.eu")},
            sending={},  # its pages name the international host: which one serves them is not documented
            drafts=False,
            withdrawing=False,
            disabling=False,
            readable_notes=False,
            qualifications=False,
            signature_complete="REVIEW_PASSED",
            types=_NO_PROMOTION,
            obsolete_sources=frozenset(),
        ),
    )
}
