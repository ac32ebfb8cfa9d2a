"""Where credentials may go, tried both ways."""

from __future__ import annotations

import httpx
import pytest

from smsconf.cloud.http.hosts import check_host, safe_url
from smsconf.model.errors import Unauthorized
from smsconf.model.sites import SITES, Site

CHINA = SITES["china"]


@pytest.mark.parametrize(
    ("url", "trusted"),
    [
        ("https://msgsms.cn-north-4.myhuaweicloud.com", ""),
        ("https://MSGSMS.cn-north-4.myhuaweicloud.com/", ""),
        ("https://iam.cn-south-1.myhuaweicloud.com", ""),
        ("https://msgsms.eu-west-101.myhuaweicloud.eu", ""),
        ("http://127.0.0.1:8080", ""),
        ("http://localhost:1", ""),
        ("https://localhost", ""),
        ("http://[::1]:8080", ""),
        ("http://127.8.9.1", ""),
        ("https://sms.example.com", "other.example, SMS.example.com"),
        ("https://sms.example.com:8443", "sms.example.com:8443"),
        ("https://sms.example.com:8443", "sms.example.com"),
        ("https://sms.example.com", "sms.example.com:443"),
        ("https://sms.example.com", " SMS.Example.COM , "),
        ("https://msgsms.ap-southeast-1.myhuaweicloud.com:443", ""),
        ("https://iam.myhuaweicloud.com", ""),
        ("https://[::1]:8443", ""),
        ("http://[::1]", ""),
        ("http://LOCALHOST:80", ""),
        ("https://[2001:db8::1]", "2001:db8::1"),
    ],
)
def test_credentials_may_go_to_the_service_to_loopback_and_where_trusted(url: str, trusted: str) -> None:
    """The site table, this machine, and what the environment names."""
    check_host(url, CHINA, {"SMSCONF_TRUSTED_HOSTS": trusted})


@pytest.mark.parametrize(
    ("url", "trusted"),
    [
        ("https://evil.example", ""),
        ("https://msgsms.cn-north-4.myhuaweicloud.com.evil.example", ""),
        ("https://xmsgsms.cn-north-4.myhuaweicloud.com", ""),
        ("https://msgsms.cn-north-4.myhuaweicloud.com:8443", ""),
        ("http://msgsms.cn-north-4.myhuaweicloud.com", ""),
        ("http://sms.example.com", "sms.example.com"),
        ("https://sms.example.com:8443", "sms.example.com:443"),
        ("https://sms.example.com", "example.com"),
        ("https://msgsms.cn-north-4.myhuaweicloud.com@evil.example", ""),
        ("https://user:pass@msgsms.cn-north-4.myhuaweicloud.com", ""),
        ("https://localhost.evil.example", ""),
        ("https://127.0.0.1.evil.example", ""),
        ("http://169.254.169.254", ""),
        ("ftp://127.0.0.1", ""),
        ("msgsms.cn-north-4.myhuaweicloud.com", ""),
        ("https://", ""),
        ("https://evil.example:99999999", ""),
        ("", ","),
        ("https://msgsms.cn-north-4.myhuaweicloud.com.", ""),
        ("https://sms.example.com.", "sms.example.com"),
        ("http://localhost.", ""),
        ("http://127.1", ""),
        ("http://0.0.0.0", ""),
        ("http://[::]", ""),
        ("http://[::ffff:127.0.0.1]", ""),
        ("http://2130706433", ""),
        ("http://[fe80::1]", ""),
        ("https://myhuaweicloud.com", ""),
        ("https://obs.cn-north-4.myhuaweicloud.com", ""),
        ("https://evil.example\\@msgsms.cn-north-4.myhuaweicloud.com", ""),
        ("https://evil.example#msgsms.cn-north-4.myhuaweicloud.com", ""),
        ("https://evil.example?x=msgsms.cn-north-4.myhuaweicloud.com", ""),
        ("https://msgsms.cn-north-4.myhuaweicloud.com\n.evil.example", ""),
        ("https://xn--msgsms-.example", ""),
        ("https://user@127.0.0.1", ""),
        ("//127.0.0.1", ""),
        ("https://evil.example", "*"),
        ("https://a.evil.example", ".evil.example"),
    ],
)
def test_credentials_go_nowhere_else(url: str, trusted: str) -> None:
    """Look-alikes, other ports, plain http, user names in the url: refused before anything is sent."""
    with pytest.raises(Unauthorized) as caught:
        check_host(url, CHINA, {"SMSCONF_TRUSTED_HOSTS": trusted})
    assert caught.value.arrived is False
    assert "pass" not in caught.value.message


@pytest.mark.parametrize(
    ("url", "given"), [("https://a.example:444", "a.example:444"), ("https://a.example", "a.example")]
)
def test_refused_host_says_how_to_trust_it(url: str, given: str) -> None:
    """The fix holds the real value, and with it the host is trusted."""
    with pytest.raises(Unauthorized) as caught:
        check_host(url, CHINA, {})
    assert f"SMSCONF_TRUSTED_HOSTS={given}" in (caught.value.fix or "")
    check_host(url, CHINA, {"SMSCONF_TRUSTED_HOSTS": given})


def test_what_is_checked_is_what_is_opened() -> None:
    """Host and client read a url alike: whatever passes the check opens at that very host."""
    for url in ("https://MSGSMS.cn-north-4.myhuaweicloud.com/", "http://[::1]:80", "https://localhost:8443"):
        check_host(url, CHINA, {})
        assert safe_url(url).host.lower() == httpx.URL(url).host.lower()


@pytest.mark.parametrize("site", SITES.values(), ids=lambda site: site.name)
def test_every_host_of_the_table_is_trusted(site: Site) -> None:
    """Management and IAM hosts of all regions, over https."""
    for management, iam in site.regions.values():
        check_host(f"https://{management}", site, {})
        check_host(f"https://{iam}", site, {})
