"""Where credentials come from and where they may go."""

from __future__ import annotations

from pathlib import Path

import pytest

from smsconf.cloud.auth.credentials import Credentials, find_credentials
from smsconf.model.errors import Unauthorized

SDK = {"HUAWEICLOUD_SDK_AK": "sdk-ak", "HUAWEICLOUD_SDK_SK": "sdk-sk"}
TERRAFORM = {"HW_ACCESS_KEY": "hw-ak", "HW_SECRET_KEY": "hw-sk"}
TOKEN = {"SMSCONF_AUTH_TOKEN": "a-project-token"}
SECRETS = ("sdk-ak", "sdk-sk", "hw-ak", "hw-sk", "a-project-token", "profile-ak", "profile-sk", "temporary")


def profile(tmp_path: Path, text: str) -> dict[str, str]:
    path = tmp_path / "credentials"
    path.write_text(text)
    return {"HUAWEICLOUD_SDK_CREDENTIALS_FILE": str(path)}


def test_sources_are_asked_in_order(tmp_path: Path) -> None:
    """Token, the SDK's variables, Terraform's, then the profile file."""
    file = profile(tmp_path, "[basic]\nak = profile-ak\nsk = profile-sk\n")
    everything = [TOKEN, SDK, TERRAFORM, file]
    expected = ["SMSCONF_AUTH_TOKEN", "HUAWEICLOUD_SDK_AK", "HW_ACCESS_KEY", "ak and sk"]
    for position, start in enumerate(expected):
        environ = {name: value for source in everything[position:] for name, value in source.items()}
        assert find_credentials(environ).source.startswith(start)


def test_source_is_taken_whole() -> None:
    """The security token and project of one source never join the keys of another."""
    environ = SDK | {"HUAWEICLOUD_SDK_PROJECT_ID": "p1", "HW_SECURITY_TOKEN": "temporary"}
    found = find_credentials(environ)
    assert (found.access_key, found.secret_key, found.security_token, found.project_id) == (
        "sdk-ak",
        "sdk-sk",
        None,
        "p1",
    )


@pytest.mark.parametrize("missing", [*SDK, *TERRAFORM])
def test_half_a_source_is_an_error_that_names_the_other_half(missing: str) -> None:
    """A lost variable is reported, not papered over with the next source."""
    source = SDK if missing in SDK else TERRAFORM
    environ = {name: value for name, value in source.items() if name != missing}
    with pytest.raises(Unauthorized) as caught:
        find_credentials(environ | {"HUAWEICLOUD_SDK_CREDENTIALS_FILE": "/nowhere"})
    assert f"{missing} is not set" in caught.value.message


def test_blank_variables_are_not_set() -> None:
    """An empty secret in a pipeline is the same as none."""
    environ = TOKEN | SDK | {"SMSCONF_AUTH_TOKEN": "  "}
    assert find_credentials(environ).access_key == "sdk-ak"


@pytest.mark.parametrize("section", ["basic", "basiccredentials"])
def test_profile_is_read_in_either_section(tmp_path: Path, section: str) -> None:
    """``[basic]`` first, then the name that the SDK's own chain uses; a ``%`` is a ``%``."""
    text = f"[{section}]\nak = profile-ak\nsk = profile-%sk\nproject_id = p2\n[global]\nak = no\n"
    found = find_credentials(profile(tmp_path, text))
    assert (found.access_key, found.secret_key, found.project_id) == ("profile-ak", "profile-%sk", "p2")


def test_profile_of_the_home_folder_is_found(tmp_path: Path) -> None:
    """Without the variable it is ``~/.huaweicloud/credentials``."""
    (tmp_path / ".huaweicloud").mkdir()
    (tmp_path / ".huaweicloud" / "credentials").write_text("[basic]\nak=profile-ak\nsk=profile-sk\n")
    assert find_credentials({"HOME": str(tmp_path)}).access_key == "profile-ak"


@pytest.mark.parametrize("text", ["profile-sk", "[basic\nsk=profile-sk", "[basic]\nak=1\nak=profile-sk"])
def test_broken_profile_shows_no_line_of_it(tmp_path: Path, text: str) -> None:
    """A parser's message would quote the line; ours names the file."""
    with pytest.raises(Unauthorized) as caught:
        find_credentials(profile(tmp_path, text))
    assert "credentials cannot be read" in caught.value.message
    assert "profile-sk" not in f"{caught.value}{caught.value.why}{caught.value.fix}"
    assert caught.value.__context__ is None


def test_profile_without_a_known_section_is_none(tmp_path: Path) -> None:
    """Sections of other tools are not ours."""
    with pytest.raises(Unauthorized, match="no credentials"):
        find_credentials(profile(tmp_path, "[global]\nak = profile-ak\nsk = profile-sk\n"))


def test_profile_that_is_a_folder_cannot_be_read(tmp_path: Path) -> None:
    """A path that is there and cannot be read is an error, not an absence."""
    with pytest.raises(Unauthorized, match="cannot be read"):
        find_credentials({"HUAWEICLOUD_SDK_CREDENTIALS_FILE": str(tmp_path)})


@pytest.mark.parametrize("environ", [{}, {"HOME": "/nowhere"}])
def test_no_credentials_say_what_to_set_and_what_works_without(environ: dict[str, str]) -> None:
    """The error names the variables and the commands that need none."""
    with pytest.raises(Unauthorized) as caught:
        find_credentials(environ)
    assert "HUAWEICLOUD_SDK_AK" in (caught.value.fix or "")
    assert "SMSCONF_AUTH_TOKEN" in (caught.value.fix or "")
    assert all(word in (caught.value.why or "") for word in ("validate", "lint", "schema"))
    assert caught.value.arrived is False


@pytest.mark.parametrize("value", ["sdk\nsk", "sdk\x00sk", "钥匙"])
def test_secret_that_no_header_carries_is_refused_unseen(value: str) -> None:
    """A line break in a secret is a mistake of the pipeline, and stays out of the message."""
    with pytest.raises(Unauthorized) as caught:
        find_credentials(SDK | {"HUAWEICLOUD_SDK_SK": value})
    assert "HUAWEICLOUD_SDK_SK" in caught.value.message
    assert value not in caught.value.message


def test_credentials_show_no_secret() -> None:
    """Neither they nor what they make of themselves show a secret."""
    keys = Credentials("here", access_key="sdk-ak", secret_key="sdk-sk", security_token="temporary")
    token = Credentials("here", token="a-project-token")
    shown = f"{keys!r} {keys} {token!r} {token} {keys.signing('p')!r}"
    assert not any(secret in shown for secret in SECRETS)


PERSON = {"HW_USER_NAME": "jane", "HW_USER_PASSWORD": " pass wörd ", "HW_DOMAIN_NAME": "the-account"}


def test_user_with_a_password_comes_after_terraforms_keys() -> None:
    """The same project and region variables serve both; the password keeps every character of its own."""
    shared = {
        "HW_PROJECT_NAME": "cn-north-4_dev",
        "HW_REGION_NAME": "cn-north-4",
        "HW_AUTH_URL": "https://iam",
    }
    found = find_credentials(PERSON | shared)
    assert (found.user_name, found.password, found.account) == ("jane", " pass wörd ", "the-account")
    assert (found.project_name, found.region, found.iam_url) == (
        "cn-north-4_dev",
        "cn-north-4",
        "https://iam",
    )
    keys = find_credentials(PERSON | shared | TERRAFORM)
    assert (keys.access_key, keys.password, keys.project_name) == ("hw-ak", None, "cn-north-4_dev")


@pytest.mark.parametrize("missing", PERSON)
def test_user_without_password_or_account_is_incomplete(missing: str) -> None:
    """A user name is one of an account; each missing part is named."""
    environ = {name: value for name, value in PERSON.items() if name != missing}
    with pytest.raises(Unauthorized, match=f"{missing} is not set"):
        find_credentials(environ)


def test_account_alone_is_no_source() -> None:
    """HW_DOMAIN_NAME goes with keys too, and says nothing by itself."""
    environ = {"HW_DOMAIN_NAME": "the-account", "HW_REGION_NAME": "cn-north-4"}
    with pytest.raises(Unauthorized, match="no credentials"):
        find_credentials(environ)
    assert find_credentials(environ | SDK).region is None


def test_profile_names_its_iam(tmp_path: Path) -> None:
    """``iam_endpoint`` as the SDK reads it, and its variable beside the keys."""
    text = "[basic]\nak = a\nsk = b\niam_endpoint = https://iam.eu-west-101.myhuaweicloud.eu\n"
    assert find_credentials(profile(tmp_path, text)).iam_url == "https://iam.eu-west-101.myhuaweicloud.eu"
    assert find_credentials(SDK | {"HUAWEICLOUD_SDK_IAM_ENDPOINT": "https://x"}).iam_url == "https://x"


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        (TOKEN, "SMSCONF_AUTH_TOKEN (environment)"),
        (
            {"HUAWEICLOUD_SDK_AK": "ABCDEFGHIJKLMNOPQRST", "HUAWEICLOUD_SDK_SK": "s"},
            "HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK (environment), AK ABCD…RST",
        ),
        (TERRAFORM, "HW_ACCESS_KEY and HW_SECRET_KEY (environment), AK …"),
        (PERSON, "HW_USER_NAME and HW_USER_PASSWORD (environment), user jane of the-account"),
    ],
)
def test_source_is_told_without_a_secret(environ: dict[str, str], told: str) -> None:
    """Which variables, and of an access key its two ends if there is something between them."""
    assert str(find_credentials(environ)) == told
