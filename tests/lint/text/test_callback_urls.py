"""Which addresses the service can post to, judged by their text."""

from __future__ import annotations

import pytest

from smsconf.lint.text.callback_urls import object_to


@pytest.mark.parametrize(
    "url", ["https://sms.example.com/replies", "https://sms.example.com:8443", "https://8.8.8.8/r"]
)
def test_reply_address_of_a_public_host_is_fine(url: str) -> None:
    """A name with a dot, or an address of the internet, with or without a port."""
    assert object_to(url) is None


@pytest.mark.parametrize(
    "url",
    [
        *("https://10.0.0.5/r", "https://192.168.1.1/r", "https://127.0.0.1:8080", "https://[::1]/r"),
        *("https://169.254.169.254/", "https://100.64.0.1/r", "https://[fd00::1]/r", "https://0.0.0.0/"),
        *("https://localhost/r", "https://sms/r", "https://sms.corp.internal/r", "https://printer.LOCAL./r"),
    ],
)
def test_reply_address_in_a_private_network_is_refused(url: str) -> None:
    """Private, local and reserved addresses, and names that only such a network knows."""
    found = object_to(url)
    assert found is not None
    assert found.fatal
    assert "private network" in found.message


@pytest.mark.parametrize(
    "url",
    ["sms.example.com/replies", "ftp://sms.example.com", "https://", "https://h:99999/", "https://[::1"],
)
def test_reply_address_that_is_no_address_is_refused(url: str) -> None:
    """No scheme, another scheme, no host, no such port, half an address."""
    found = object_to(url)
    assert found is not None
    assert found.fatal
    assert "not an http or https address" in found.message


def test_reply_address_with_a_password_is_refused() -> None:
    """What stands before the @ would be in the repository."""
    found = object_to("https://me:secret@sms.example.com/r")
    assert found is not None
    assert found.fatal
    assert "secret" not in found.message + found.fix


def test_plain_http_is_a_warning() -> None:
    """The service posts there; whoever listens reads along."""
    found = object_to("http://sms.example.com/r")
    assert found is not None
    assert not found.fatal


@pytest.mark.parametrize("url", ["https://sms.example.com/r#top", "https://sms.example.com/r#"])
def test_reply_address_with_a_fragment_is_refused(url: str) -> None:
    """What follows the # never reaches a server."""
    found = object_to(url)
    assert found is not None
    assert "fragment" in found.message


@pytest.mark.parametrize(
    "url", ["https://sms.example.com/a b", "https://sms.example.com/r\u3000", "https://sms.example.com/\x07"]
)
def test_reply_address_with_a_blank_is_refused(url: str) -> None:
    """It is another path, or none."""
    found = object_to(url)
    assert found is not None
    assert "blank" in found.message


def test_slash_at_the_end_is_a_warning() -> None:
    """Many servers redirect there; that of the root is nothing else than none."""
    found = object_to("https://sms.example.com/replies/")
    assert found is not None
    assert not found.fatal
    assert object_to("https://sms.example.com/") is None
