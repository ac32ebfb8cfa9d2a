"""What goes to whoever listens on this machine: an emulator's own keys, or what the environment says."""

from __future__ import annotations

from typing import Any

import pytest

from smsconf.cloud.auth.connect import connect
from smsconf.cloud.http.hosts import check_loopback
from smsconf.messaging.send.credentials import AppKey
from smsconf.messaging.send.sender import open_sender
from smsconf.model import emulator_keys
from smsconf.model.errors import Unauthorized
from tests.cloud.auth.test_connect import Provider
from tests.cloud.worlds import PROJECT, recording_server

KEYS = {"HUAWEICLOUD_SDK_AK": "EMULATORAK", "HUAWEICLOUD_SDK_SK": "EMULATORSK"}
USER = {"HW_USER_NAME": "emulator", "HW_USER_PASSWORD": "emulator-password", "HW_DOMAIN_NAME": "emulator"}
REAL_KEYS = {"HUAWEICLOUD_SDK_AK": "REALACCESSKEY", "HUAWEICLOUD_SDK_SK": "real-secret-key"}
REAL_USER = {"HW_USER_NAME": "ci", "HW_USER_PASSWORD": "real-password", "HW_DOMAIN_NAME": "company"}
REAL = {
    "keys": REAL_KEYS,
    "keys of another emulator": REAL_KEYS | {"SMSCONF_EMULATOR_SK": "another-secret-key"},
    "terraform's keys": {"HW_ACCESS_KEY": "REALACCESSKEY", "HW_SECRET_KEY": "real-secret-key"},
    "an emulator's key with a real token": KEYS | {"HUAWEICLOUD_SDK_SECURITY_TOKEN": "real-token"},
    "a token": {"SMSCONF_AUTH_TOKEN": "MIIRealToken"},
    "a password": REAL_USER,
}
URLS = (
    "http://127.0.0.1:{port}",
    "http://localhost:{port}",
    "https://127.0.0.1:{port}",
    "http://127.9.9.9:{port}",
)


def ask(url: str, environ: dict[str, str], **provider: Any) -> None:
    with connect(Provider(endpoint=url, **provider), environ, read_only=True) as client:
        client.call("ListSendCountryDetails")


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("environ", REAL.values(), ids=REAL)
@pytest.mark.parametrize("project_id", [None, PROJECT])
def test_real_credentials_do_not_reach_a_neighbour(
    url: str, environ: dict[str, str], project_id: str | None
) -> None:
    """Whatever the files name on this machine: nothing is sent, not even a signed request."""
    with recording_server({}) as (heard, seen):
        port = heard.rpartition(":")[2]
        with pytest.raises(Unauthorized, match="not an emulator's") as caught:
            ask(url.format(port=port), environ, project_id=project_id)
    assert seen == []
    assert caught.value.arrived is False
    assert f"SMSCONF_TRUSTED_HOSTS={url.format(port=port).rpartition('//')[2]}" in (caught.value.fix or "")
    assert "smsconf emulator reset" in (caught.value.fix or "")  # an older emulator made other app secrets
    assert not any(value in f"{caught.value} {caught.value.why}" for value in environ.values())


@pytest.mark.parametrize("name", ["HW_AUTH_URL", "endpoint"])
def test_neither_iam_nor_the_service_may_be_the_neighbour(name: str) -> None:
    """The password stays here with a real service and a local IAM, and the other way round."""
    with recording_server({}) as (url, seen):
        real = "https://iam.cn-north-4.myhuaweicloud.com"
        endpoint, iam = (None, url) if name == "HW_AUTH_URL" else (url, real)
        provider = Provider(endpoint=endpoint, project_id=PROJECT)
        with (
            pytest.raises(Unauthorized, match="not an emulator's"),
            connect(provider, REAL_USER | {"HW_AUTH_URL": iam}, read_only=True),
        ):
            pass
    assert seen == []


@pytest.mark.parametrize("named", ["127.0.0.1", "127.0.0.1:{port}", "other.example, 127.0.0.1:{port}"])
def test_named_host_on_this_machine_gets_them(named: str) -> None:
    """The environment's word is enough, for all ports or one."""
    with recording_server([]) as (url, seen):
        port = url.rpartition(":")[2]
        ask(url, REAL_KEYS | {"SMSCONF_TRUSTED_HOSTS": named.format(port=port)}, project_id=PROJECT)
    assert len(seen) == 1


@pytest.mark.parametrize("named", ["127.0.0.1:1", "localhost", "::1", "127.0.0.2", "*", "", "127.0.0.1:"])
def test_another_name_for_this_machine_is_not_meant(named: str) -> None:
    """A name trusts that name alone."""
    with recording_server({}) as (url, seen), pytest.raises(Unauthorized, match="not an emulator's"):
        ask(url, REAL_KEYS | {"SMSCONF_TRUSTED_HOSTS": named}, project_id=PROJECT)
    assert seen == []


@pytest.mark.parametrize("named", ["::1", "[::1]", "[::1]:8080"])
def test_ipv6_address_is_named_with_and_without_brackets(named: str) -> None:
    """A port needs the brackets, as in a url."""
    check_loopback("http://[::1]:8080", {"SMSCONF_TRUSTED_HOSTS": named}, emulators=False)
    with pytest.raises(Unauthorized, match=r"\[::1\]:8081"):
        check_loopback("http://[::1]:8081", {"SMSCONF_TRUSTED_HOSTS": "[::1]:8080"}, emulators=False)


@pytest.mark.parametrize(
    "environ",
    [
        KEYS,
        {"HW_ACCESS_KEY": "ANOTHERAK", "HW_SECRET_KEY": "EMULATORSK"},
        REAL_KEYS | {"SMSCONF_EMULATOR_SK": "real-secret-key"},
        {"SMSCONF_AUTH_TOKEN": emulator_keys.TOKEN_START + "abc"},
    ],
)
def test_an_emulators_own_keys_need_no_word(environ: dict[str, str]) -> None:
    """The well-known ones, a token of an emulator, and the key that the environment says is an emulator's."""
    with recording_server([]) as (url, seen):
        ask(url, environ, project_id=PROJECT)
    assert len(seen) == 1


@pytest.mark.parametrize("wsse", [True, False])
def test_real_app_secret_does_not_reach_a_neighbour(*, wsse: bool) -> None:
    """Its digest and its signatures are as good as itself for a while; the one an emulator made may go."""
    site = Provider()
    for environ in ({"SMSCONF_SEND_ENDPOINT": "http://127.0.0.1:9"}, {}):
        provider = site if environ else Provider(endpoint="http://127.0.0.1:9")
        real = AppKey("here", "a-key", "a-real-secret")
        with (
            pytest.raises(Unauthorized, match="not an emulator's"),
            open_sender(provider, real, environ, wsse=wsse),
        ):
            pass
        trusting = environ | {"SMSCONF_TRUSTED_HOSTS": "127.0.0.1:9"}
        own = AppKey("here", "a-key", emulator_keys.app_secret("a-key"))
        for key, known in ((real, trusting), (own, environ)):
            with open_sender(provider, key, known, wsse=wsse):
                pass
