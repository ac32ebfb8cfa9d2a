"""Where the key and the secret of an app come from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from smsconf.messaging.send.credentials import find_app_key
from smsconf.model.address import Address
from smsconf.model.errors import SmsconfError, Unauthorized

SHOP = Address.parse("app.my-shop")


def test_environment_of_the_app_goes_before_the_general_one() -> None:
    """The service tells the key, so a secret alone is enough."""
    environ = {"SMSCONF_APP_SECRET": "general", "SMSCONF_APP_SECRET_MY_SHOP": "own"}
    found = find_app_key(SHOP, "k", environ, None)
    assert (found.key, found.secret, found.source) == ("k", "own", "SMSCONF_APP_SECRET_MY_SHOP")
    assert "own" not in repr(found)
    assert find_app_key(SHOP, "k", {"SMSCONF_APP_SECRET": "general"}, None).secret == "general"


def test_named_file_goes_before_the_environment(tmp_path: Path) -> None:
    """The file of apply --save-secrets, by address; an app that it lacks is looked for in the environment."""
    file = tmp_path / "secrets.json"
    file.write_text(json.dumps({"app.my-shop": {"app_key": "k", "app_secret": "kept"}}))
    environ = {"SMSCONF_APP_SECRET": "general"}
    assert find_app_key(SHOP, "k", environ, file).secret == "kept"
    assert find_app_key(Address.parse("app.other"), "k", environ, file).secret == "general"


def test_key_of_another_app_is_refused() -> None:
    """Before anything is sent, and without showing either key."""
    environ = {"SMSCONF_APP_KEY": "other-key", "SMSCONF_APP_SECRET": "the-secret"}
    with pytest.raises(Unauthorized, match="is not the key of") as caught:
        find_app_key(SHOP, "right-key", environ, None)
    said = f"{caught.value.message} {caught.value.why} {caught.value.fix}"
    assert not any(word in said for word in ("other-key", "right-key", "the-secret"))


def test_missing_secret_says_where_to_put_it() -> None:
    """Both variables and the file are named."""
    with pytest.raises(Unauthorized, match="no secret of") as caught:
        find_app_key(SHOP, "k", {}, None)
    assert "SMSCONF_APP_SECRET_MY_SHOP" in (caught.value.fix or "")
    assert "--secrets" in (caught.value.fix or "")


@pytest.mark.parametrize("text", ["{", "[]", '{"app.my-shop": "x"}', '{"app.my-shop": {"app_key": 1}}', None])
def test_file_that_is_no_file_of_secrets_is_named(tmp_path: Path, text: str | None) -> None:
    """Missing, no JSON, another shape; its content is in no message."""
    file = tmp_path / "secrets.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(SmsconfError, match=r"secrets\.json cannot be read"):
        find_app_key(SHOP, "k", {}, file)


@pytest.mark.parametrize("secret", ["sec\nret", "geheimnüs"])
def test_secret_that_no_header_can_carry_is_refused(secret: str) -> None:
    """A line break copied along."""
    with pytest.raises(Unauthorized, match="holds characters"):
        find_app_key(SHOP, "k", {"SMSCONF_APP_SECRET": secret}, None)
