"""Everything that can be wrong between the files and the service, injected for real: one failure each."""

# ruff: noqa: F811 - a fixture of another module is imported, and then asked for by name

from __future__ import annotations

import json
import os
import socket
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cloud.http.test_connection import AUTHORITY, speaking_tls
from tests.scenarios.conftest import Ran, World
from tests.scenarios.test_credentials import (
    HERE,
    PROJECT_ID,
    SDK,
    SECRETS,
    served,
    token_for,
    use,  # noqa: F401 - a fixture
)

REMOTE = ("authentication", "project", "rights", "service", "apps", "signatures", "templates")


@pytest.fixture(autouse=True)
def no_way_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the machine's own proxies and certificates."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_file", "ssl_cert_dir"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def examined(world: World, *arguments: str) -> tuple[Ran, dict[str, dict[str, Any]]]:
    """Run doctor; return how it ended, and its checks by name."""
    ran = world.json("doctor", *arguments)
    return ran, {one["name"]: one for one in ran.json["checks"]}


def only_failure(world: World, name: str) -> dict[str, Any]:
    """Run doctor where exactly one check fails; what comes after it is explained, and no secret is said."""
    ran, checks = examined(world)
    assert ran.code == 1
    assert [one["name"] for one in checks.values() if one["result"] == "failed"] == [name]
    assert checks[name]["fix"]
    assert not any(secret in ran.out + ran.err for secret in SECRETS)
    return checks[name]


def skipped_for(world: World, name: str) -> set[str]:
    """Run doctor; return the checks that were not tried because of a named one."""
    _, checks = examined(world)
    return {one for one in checks if checks[one]["message"] == f"not tried: {name} failed"}


def test_doctor_finds_nothing_wrong_on_the_embedded_emulator(approved: World) -> None:
    """A project that works: no failure, nothing sent that writes, exit 0."""
    ran, checks = examined(approved)
    assert ran.code == 0
    assert {one["result"] for one in checks.values()} == {"ok"}
    assert checks["app-quota"]["message"] == "cn: 1 of 2 left; intl: 1 of 2 left"
    assert approved.writes() == []


def test_doctor_says_that_an_account_without_apps_shows_no_restriction(world: World) -> None:
    """The only read that a restricted account is refused is about one app."""
    ran, checks = examined(world)
    assert ran.code == 0
    assert checks["account"]["result"] == "skipped"
    assert "no app yet" in checks["account"]["message"]


def test_doctor_works_over_http_and_masks_the_key(world: World, use) -> None:
    """Access key and project id travel; the report shows the key's two ends only."""
    with served(world.folder / "site.db") as url:
        use(url, SDK, project_id=PROJECT_ID)
        ran, checks = examined(world)
    assert ran.code == 0
    assert "AK EMUL…RAK" in checks["credentials"]["message"]
    assert checks["clock"]["result"] == "ok"
    assert checks["countries"]["result"] == "ok"
    assert not any(secret in ran.out for secret in SECRETS)


def test_missing_project_skips_what_needs_it(tmp_path: Path, world: World) -> None:
    """Without files nothing can be asked; this machine is still examined."""
    ran, checks = examined(world, "--project", str(tmp_path / "nowhere"))
    assert ran.code == 1
    assert checks["configuration"]["result"] == "failed"
    assert checks["authentication"]["message"] == "not tried: configuration failed"
    assert checks["version"]["result"] == "ok"


def test_broken_files_do_not_hide_the_service(world: World) -> None:
    """An error in one template is a failure; the provider was read, so the rest is tried."""
    world.edit("content: 您的退款已到账。", "contents: 您的退款已到账。")
    found = only_failure(world, "configuration")
    assert found["message"].startswith("2 errors, the first: smsconf.yaml:")
    assert examined(world)[1]["templates"]["result"] == "ok"


def test_unknown_environment_asks_nobody(world: World) -> None:
    """The provider of another environment is not the one that was meant."""
    ran, checks = examined(world, "--env", "prodd")
    assert ran.code == 1
    assert checks["configuration"]["result"] == "failed"
    assert checks["apps"]["message"] == "not tried: configuration failed"
    assert world.control("GET", "requests") == []


def test_missing_credentials_are_a_failure_beside_a_host_that_answers(world: World, use) -> None:
    """The way to the service is examined without them."""
    with served(world.folder / "site.db") as url:
        use(url, {})
        found = only_failure(world, "credentials")
        assert "HUAWEICLOUD_SDK_AK" in found["fix"]
        assert set(REMOTE) <= skipped_for(world, "credentials")


def test_strange_host_gets_nothing(world: World, use) -> None:
    """A host that the files name and nobody trusts is not even knocked at."""
    use("https://sms.example.com", SDK)
    found = only_failure(world, "endpoint")
    assert "SMSCONF_TRUSTED_HOSTS=sms.example.com" in found["fix"]
    assert {"proxy", "connection", "tls", "clock", *REMOTE} <= skipped_for(world, "endpoint")


def test_dead_proxy_is_blamed(world: World, use, monkeypatch) -> None:
    """Nobody listens at HTTPS_PROXY; its password is not shown."""
    use("https://msgsms.cn-north-4.myhuaweicloud.com", SDK)
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:hidden@127.0.0.1:{free_port()}")
    found = only_failure(world, "proxy")
    assert "NO_PROXY" in found["fix"]
    assert "hidden" not in json.dumps(found)
    assert {"connection", "tls", "clock", *REMOTE} <= skipped_for(world, "proxy")


def test_no_network_is_said_at_once(world: World, use) -> None:
    """Nobody listens: connection fails, and nothing behind it is waited for."""
    use(f"http://127.0.0.1:{free_port()}", SDK)
    before = time.monotonic()
    found = only_failure(world, "connection")
    assert time.monotonic() - before < 10
    assert "127.0.0.1" in found["message"]
    assert {"tls", "clock", *REMOTE} <= skipped_for(world, "connection")


def test_host_that_never_answers_costs_bounded_time(world: World, use, monkeypatch) -> None:
    """SMSCONF_TIMEOUT bounds the wait for a peer that takes the connection and says nothing."""
    monkeypatch.setenv("SMSCONF_TIMEOUT", "0.3")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        use(f"http://127.0.0.1:{silent.getsockname()[1]}", SDK)
        before = time.monotonic()
        found = only_failure(world, "connection")
    assert time.monotonic() - before < 5
    assert "took too long" in found["message"]


@pytest.mark.parametrize(
    ("certificate", "trusted", "words"),
    [
        ("server.pem", False, "set SSL_CERT_FILE"),
        ("expired.pem", True, "check this machine's clock"),
    ],
)
def test_certificate_that_is_not_trusted_is_a_failure_of_tls(
    world: World,
    use,
    monkeypatch,
    certificate: str,
    trusted: bool,
    words: str,
) -> None:
    """An authority that nobody named, and a certificate that is out of date."""
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(AUTHORITY))
    with speaking_tls(certificate) as server:
        use(f"https://127.0.0.1:{server.server_address[1]}", SDK, project_id=PROJECT_ID)
        found = only_failure(world, "tls")
        assert words in found["fix"]
        assert set(REMOTE) <= skipped_for(world, "tls")


def test_certificate_that_is_trusted_passes(world: World, use, monkeypatch) -> None:
    """With the authority named, TLS is no obstacle."""
    monkeypatch.setenv("SSL_CERT_FILE", str(AUTHORITY))
    with speaking_tls("server.pem") as server:
        use(f"https://127.0.0.1:{server.server_address[1]}", SDK, project_id=PROJECT_ID)
        _, checks = examined(world)
    assert checks["tls"]["message"] == "the certificate is trusted"


@pytest.mark.parametrize(("behind", "word"), [(60, "60 minutes ahead"), (-20, "20 minutes behind")])
def test_clock_that_is_off_is_named_before_the_keys_are_tried(
    world: World,
    use,
    behind: int,
    word: str,
) -> None:
    """The answer's date tells; no signature is risked, since too many wrong ones lock the key."""
    with served(world.folder / "site.db", behind=timedelta(minutes=behind)) as url:
        use(url, SDK, project_id=PROJECT_ID)
        found = only_failure(world, "clock")
    assert word in found["message"]
    assert "NTP" in found["fix"]


def test_clock_that_is_a_little_off_is_a_warning(world: World, use) -> None:
    """Five minutes do no harm yet."""
    with served(world.folder / "site.db", behind=timedelta(minutes=5)) as url:
        use(url, SDK, project_id=PROJECT_ID)
        ran, checks = examined(world)
    assert ran.code == 0
    assert checks["clock"]["result"] == "warning"


def test_wrong_secret_key_is_a_failure_of_authentication(world: World, use) -> None:
    """The gateway's code and the fix; what comes after is not tried."""
    with served(world.folder / "site.db") as url:
        use(url, SDK | HERE | {"HUAWEICLOUD_SDK_SK": "not-the-right-secret"}, project_id=PROJECT_ID)
        found = only_failure(world, "authentication")
        assert "APIGW.0301" in found["message"]
        assert "not-the-right-secret" not in json.dumps(found)
        assert set(REMOTE) - {"authentication"} <= skipped_for(world, "authentication")


def test_expired_token_is_a_failure_of_authentication(world: World, use) -> None:
    """A token of yesterday; the fix says where the next one goes."""
    with served(world.folder / "site.db", behind=timedelta(hours=25)) as past:
        token = token_for(past, "cn-north-4")
    with served(world.folder / "site.db") as url:
        use(url, {"SMSCONF_AUTH_TOKEN": token}, project_id=PROJECT_ID)
        found = only_failure(world, "authentication")
    assert "APIGW.0307" in found["message"]
    assert "SMSCONF_AUTH_TOKEN" in found["fix"]


@pytest.mark.parametrize(
    "environ",
    [
        SDK | {"HUAWEICLOUD_SDK_PROJECT_ID": "1" * 32},
        {"HW_ACCESS_KEY": "EMULATORAK", "HW_SECRET_KEY": "EMULATORSK", "HW_PROJECT_NAME": "nowhere"},
    ],
)
def test_wrong_project_is_a_failure_of_its_own(world: World, use, environ: Any) -> None:
    """An id of somebody else's, and a name that IAM does not know."""
    with served(world.folder / "site.db") as url:
        use(url, environ)
        found = only_failure(world, "project")
        assert "provider.project_id" in found["fix"]
        _, checks = examined(world)
    assert checks["authentication"]["result"] == "ok"


@pytest.mark.parametrize(
    ("status", "code", "text", "check"),
    [
        (403, "APIGW.0302", "The IAM user is not authorized to access the API.", "rights"),
        (403, "APIGW.0802", "The IAM user is forbidden in the currently selected region", "project"),
        (400, "MSGSMS.0013", "Service not yet opened.", "service"),
        (400, "MSGSMS.0104", "Service is not allowed in this country", "service"),
        (403, "MSGSMS.0999", "The tenant is frozen.", "account"),
        (500, "MSGSMS.0001", "Internal server error.", "service"),
    ],
)
def test_refused_list_is_blamed_on_what_its_code_says(
    world: World,
    use,
    status: int,
    code: str,
    text: str,
    check: str,
) -> None:
    """Rights, region, service, account: one code each, and the checks before it pass."""

    def override(_method: str, path: str) -> tuple[int, Any] | None:
        return (status, {"error_code": code, "error_msg": text}) if "/msgsms/" in path else None

    with served(world.folder / "site.db", override=override) as url:
        use(url, SDK, project_id=PROJECT_ID)
        found = only_failure(world, check)
        _, checks = examined(world)
    assert code in found["message"]
    assert checks["authentication"]["result"] == "ok"
    assert checks["templates"]["result"] == "skipped"


def test_restricted_account_shows_by_its_app(world: World, use) -> None:
    """Lists are answered to a restricted account; the request for one app is not."""

    def override(method: str, path: str) -> tuple[int, Any] | None:
        refused = method == "GET" and "/apps/" in path
        return (403, {"error_code": "MSGSMS.0999", "error_msg": "tenant is restricted"}) if refused else None

    with served(world.folder / "site.db") as url:
        use(url, SDK, project_id=PROJECT_ID)
        assert world.apply().code == 0
    with served(world.folder / "site.db", override=override) as url:
        use(url, SDK, project_id=PROJECT_ID)
        found = only_failure(world, "account")
        _, checks = examined(world)
    assert "restricted" in found["message"]
    assert checks["templates"]["result"] == "ok"


def test_quota_that_is_used_up_blocks_who_needs_an_app(world: World, use) -> None:
    """A declared app that cannot be created is named; the fix knows both ways out."""
    process = world.process("emulator", "serve", "--database", "quota.db", "--app-quota", "0")
    assert process.stdout is not None
    use(process.stdout.readline().split()[-1], SDK, project_id=PROJECT_ID)
    found = only_failure(world, "app-quota")
    process.terminate()
    process.communicate(timeout=20)
    assert found["message"] == "intl: 0 of 0 left, and app.abroad is to be created"
    assert "service ticket" in found["fix"]


def test_kind_that_cannot_be_read_is_named(approved: World) -> None:
    """A fault of one list fails that check alone."""
    fault = {"operation": "ListTemplateDetails", "fault": "status", "status": 403, "times": 9}
    approved.control("POST", "faults", [fault])
    found = only_failure(approved, "templates")
    assert "APIGW.0302" in found["message"]


def test_send_host_that_is_away_is_a_warning(world: World, use) -> None:
    """The app names the host for messages; plan and apply do not need it."""
    gone = f"http://127.0.0.1:{free_port()}"

    def override(method: str, path: str) -> tuple[int, Any] | None:
        return (200, {"id": "a", "app_access_addr": gone}) if method == "GET" and "/apps/" in path else None

    with served(world.folder / "site.db") as url:
        use(url, SDK, project_id=PROJECT_ID)
        assert world.apply().code == 0
    with served(world.folder / "site.db", override=override) as url:
        use(url, SDK, project_id=PROJECT_ID)
        ran, checks = examined(world)
    assert ran.code == 0
    assert checks["send-host"]["result"] == "warning"
    assert "Connection refused" in checks["send-host"]["message"]


def test_reply_address_in_a_private_network_is_a_failure(world: World) -> None:
    """Replies would be posted into nowhere."""
    world.edit("https://sms.example.com/replies", "https://10.1.2.3/replies")
    found = only_failure(world, "reply-address")
    assert found["message"].startswith("app.shop: 10.1.2.3 is in a private network")


def test_address_for_status_reports_is_judged_too(world: World) -> None:
    """What the service posts to, wherever the files name it."""
    world.write(
        (world.folder / "smsconf.yaml").read_text("utf-8")
        + "messaging: {status_callback: https://192.168.0.7/reports}\n"
    )
    found = only_failure(world, "reply-address")
    assert found["message"].startswith("messaging.status_callback: 192.168.0.7 is in a private network")


def test_journal_that_is_no_file_is_a_failure(world: World) -> None:
    """Something else is in its place."""
    (world.folder / ".smsconf" / "journal.jsonl").mkdir()
    found = only_failure(world, "journal")
    assert "journal.jsonl" in found["message"]


def test_folder_that_cannot_be_written_fails_the_journal_and_warns_of_the_cache(
    world: World, use, monkeypatch
) -> None:
    """Rights say no; root, whom they do not bind, steps aside for a moment."""
    use(f"http://127.0.0.1:{free_port()}", SDK, project_id=PROJECT_ID)
    examined(world)  # whatever is imported on the way is imported while it can be
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "smsconf.yaml").write_bytes((world.folder / "smsconf.yaml").read_bytes())
        (folder / ".smsconf").mkdir()
        for path, mode in ((folder, 0o755), (folder / ".smsconf", 0o555)):
            path.chmod(mode)
        monkeypatch.chdir(folder)
        root = os.geteuid() == 0
        if root:
            os.seteuid(65534)
        try:
            _, checks = examined(replace(world, folder=folder))
        finally:
            if root:
                os.seteuid(0)
        monkeypatch.undo()
    assert checks["journal"]["result"] == "failed"
    assert checks["journal"]["fix"] == f"make {folder}/.smsconf a folder that you can write to"
    assert checks["cache"]["result"] == "warning"


def test_doctor_leaves_nothing_behind(world: World) -> None:
    """Looking whether a folder can be written to makes no file."""
    before = sorted(path.name for path in (world.folder / ".smsconf").iterdir())
    assert world.smsconf("doctor").code == 0
    assert sorted(path.name for path in (world.folder / ".smsconf").iterdir()) == before


def test_text_names_every_check(world: World) -> None:
    """The lines for people say what the document says, also of the checks that were not tried."""
    world.write("version: 1\n")
    text = world.smsconf("doctor")
    document = world.json("doctor").json
    assert text.code == 1
    for check in document["checks"]:
        assert check["name"] in text.out
        assert check["message"] in text.out


def free_port() -> int:
    """Return a port of loopback on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
