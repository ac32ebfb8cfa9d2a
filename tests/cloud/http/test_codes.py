"""Every code that the vendor documents is explained; and the one table of sites is the vendor's."""

from __future__ import annotations

import pytest

from smsconf.cloud.http.codes import explain
from smsconf.model.sites import IAM_HOSTS, SITES

# reference §8.2
SERVICE = [f"MSGSMS.{number:04}" for number in (*range(1, 15), *range(32, 37), 76, 102, 103, 104, 130)]
REVIEW = [f"MSGSMS.{number:04}" for number in (186, 187, 188)]
# reference §8.3
GATEWAY = [
    f"{prefix}.{number:04}"
    for prefix in ("APIGW", "APIG")
    for number in (
        *(101, 103, 104, 105, 106, 201, 301, 302, 303, 304, 305, 306, 307, 308, 310, 311, 401, 402, 404),
        *(501, 502, 601, 602, 605, 606, 607, 608, 609, 610, 611, 612, 613, 705, 802),
    )
]


@pytest.mark.parametrize("code", [*SERVICE, *REVIEW, *GATEWAY])
def test_documented_code_has_a_reason_and_a_way_out(code: str) -> None:
    """A code of its own meaning, not that of the HTTP status."""
    meaning = explain("CreateTemplate", code, 400, "no words")
    assert meaning.why
    assert meaning.fix
    assert meaning != explain("CreateTemplate", "NEW.0001", 400, "no words")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500, 503])
def test_documented_answer_of_iam_is_explained(status: int) -> None:
    """IAM has no codes of its own; its status says enough."""
    meaning = explain("KeystoneCreateUserTokenByPassword", str(status), status, "no words")
    assert meaning.why
    assert meaning.fix


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Incorrect IAM authentication information: AK access failed to reach the limit,forbidden", "locked"),
        ("Incorrect IAM authentication information: Get secretKey failed,ak:A,err:ak not exist", "no such"),
        ("Incorrect IAM authentication information: decrypt token fail", "token"),
        ("Incorrect IAM authentication information: verify aksk signature fail", "secret key"),
    ],
)
def test_words_tell_more_than_the_code(text: str, word: str) -> None:
    """The gateway has one code for everything that is wrong with a signature."""
    assert word in (explain("ListAppDetails", "APIGW.0301", 401, text).why or "")


def test_hosts_are_the_vendors() -> None:
    """Reference §9.5: four regions at three sites, each with its management and IAM host."""
    found = {(site.name, region): pair for site in SITES.values() for region, pair in site.regions.items()}
    assert found == {
        ("china", "cn-north-4"): ("msgsms.cn-north-4.myhuaweicloud.com", "iam.cn-north-4.myhuaweicloud.com"),
        ("china", "cn-south-1"): ("msgsms.cn-south-1.myhuaweicloud.com", "iam.cn-south-1.myhuaweicloud.com"),
        ("international", "ap-southeast-1"): (
            "msgsms.ap-southeast-1.myhuaweicloud.com",
            "iam.ap-southeast-1.myhuaweicloud.com",
        ),
        ("europe", "eu-west-101"): (
            "msgsms.eu-west-101.myhuaweicloud.eu",
            "iam.eu-west-101.myhuaweicloud.eu",
        ),
    }
    assert {host.partition(".")[0] for host in IAM_HOSTS} == {"iam"}


def test_capabilities_are_the_sites() -> None:
    """Drafts (china), withdrawing and disabling (china, international), none of them (europe)."""
    found = {name: (one.drafts, one.withdrawing, one.disabling) for name, one in SITES.items()}
    assert found == {
        "china": (True, True, True),
        "international": (False, True, True),
        "europe": (False, False, False),
    }
