"""Whose credentials a run uses, what it says about them, and what it says when they are not accepted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest

from smsconf.emulator.gateway.engine import Engine, Settings
from tests.cloud.worlds import serving
from tests.scenarios.conftest import Ran, World

PROJECT_ID = "0123456789abcdef0123456789abcdef"
HERE = {"SMSCONF_TRUSTED_HOSTS": "127.0.0.1"}  # for keys that are not every emulator's
SDK = {"HUAWEICLOUD_SDK_AK": "EMULATORAK", "HUAWEICLOUD_SDK_SK": "EMULATORSK"}
TERRAFORM = {"HW_ACCESS_KEY": "EMULATORAK", "HW_SECRET_KEY": "EMULATORSK"}
PERSON = {
    "HW_USER_NAME": "emulator",
    "HW_USER_PASSWORD": "emulator-password",
    "HW_DOMAIN_NAME": "emulator",
}
SECRETS = ("EMULATORAK", "EMULATORSK", "emulator-password", "MIIEmulator")
REGIONS = {"china": "cn-north-4", "international": "ap-southeast-1"}
ABROAD = """\
version: 1
provider:
  huaweicloud: {provider}
apps:
  abroad: {{region: intl}}
templates:
  hello: {{app: abroad, content: Your parcel is on its way., countries: [Singapore, BR]}}
"""

Override = Callable[[str, str], tuple[int, Any] | None]


@contextmanager
def served(
    database: Path,
    *,
    site: str = "china",
    behind: timedelta = timedelta(0),
    override: Override = lambda _method, _path: None,
) -> Iterator[str]:
    """Serve the emulator; its real clock may be off, and single requests may get another answer."""
    database.parent.mkdir(parents=True, exist_ok=True)
    engine = Engine(database, Settings(site=site), real_clock=lambda: datetime.now(UTC) - behind)

    class Front(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            said = engine.handle(self.command, self.path, list(self.headers.items()), body)
            status, headers, content = said.status, said.headers, said.body
            instead = override(self.command, self.path)
            if instead:
                status, content = instead[0], json.dumps(instead[1]).encode()
                headers = [("X-Request-Id", "r-1"), ("Content-Length", str(len(content)))]
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - the names http.server calls

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    with serving(Front) as url:
        yield url
    engine.close()


@pytest.fixture
def use(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Point the project at a url, and set credentials; nothing else is in the environment."""

    def use(url: str, environ: dict[str, str], *, site: str = "china", project_id: str = "") -> None:
        for name in (*SDK, *TERRAFORM, *PERSON, *HERE, "SMSCONF_AUTH_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        known = f", project_id: {project_id}" if project_id else ""
        provider = f"{{site: {site}, region: {REGIONS[site]}, endpoint: '{url}'{known}}}"
        world.write(ABROAD.format(provider=provider))

    return use


def token_for(url: str, region: str) -> str:
    """Get a token from IAM by hand, as a pipeline's step before ours would."""
    user = {"domain": {"name": "emulator"}, "name": "emulator", "password": "emulator-password"}
    identity = {"methods": ["password"], "password": {"user": user}}
    body = {"auth": {"identity": identity, "scope": {"project": {"name": region}}}}
    answer = httpx.post(f"{url}/v3/auth/tokens", json=body, trust_env=False)
    return answer.headers["X-Subject-Token"]


def no_secret_in(*runs: Ran) -> bool:
    return not any(secret in ran.out + ran.err for ran in runs for secret in SECRETS)


@pytest.mark.parametrize("site", REGIONS)
def test_every_kind_of_credentials_gives_the_same_plan(world: World, use, site: str) -> None:
    """Keys of either family, a token, a password: one project, one plan, before and after an apply."""
    process = world.process("emulator", "serve", "--site", site, "--database", ".smsconf/site.db")
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        token = {"SMSCONF_AUTH_TOKEN": token_for(url, REGIONS[site])}
        region = {"HW_REGION_NAME": REGIONS[site], "HW_AUTH_URL": f"{url}/v3"}
        kinds = (SDK, TERRAFORM | region, token, PERSON | region)

        def plans() -> list[Any]:
            made = []
            for environ in kinds:
                use(url, environ, site=site)
                ran = world.json("plan", "--detailed-exitcode")
                assert no_secret_in(ran)
                found = {**ran.json, "credentials": None}
                for row in found["changes"]:
                    del row["expected_by"]  # a minute may pass between two plans
                made.append((ran.code, found))
            return made

        first = plans()
        assert first[0][0] == 2
        assert first == [first[0]] * len(kinds)
        assert world.apply().code == 0
        second = plans()
        assert second[0][0] == 0
        assert second == [second[0]] * len(kinds)
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        (SDK, "HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK (environment), AK EMUL…RAK"),
        (SDK | TERRAFORM | PERSON, "HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK (environment), AK EMUL…RAK"),
        (TERRAFORM | PERSON, "HW_ACCESS_KEY and HW_SECRET_KEY (environment), AK EMUL…RAK"),
        (PERSON, "HW_USER_NAME and HW_USER_PASSWORD (environment), user emulator of emulator"),
    ],
)
def test_report_says_whose_credentials_were_used(world: World, use, environ: Any, told: str) -> None:
    """In JSON under ``credentials``, with text as one line on stderr, in plan, apply and status."""
    with served(world.folder / "site.db") as url:
        use(url, environ)
        for command in (("plan",), ("apply", "--auto-approve"), ("status",)):
            document = world.smsconf(*command, "--format", "json")
            assert document.json["credentials"] == told
            text = world.smsconf(*command)
            assert text.err.count(f"credentials: {told}\n") == 1
            assert "credentials:" not in document.err + text.out
            assert no_secret_in(document, text)


def test_embedded_emulator_uses_no_credentials(world: World) -> None:
    """The key is there, and null."""
    ran = world.json("plan")
    assert ran.json["credentials"] is None
    assert "credentials:" not in world.smsconf("plan").err


def test_expired_token_is_explained(world: World, use) -> None:
    """A token from the environment cannot be renewed by us; the fix says where the next one goes."""
    with served(world.folder / "site.db", behind=timedelta(hours=25)) as past:
        token = token_for(past, "cn-north-4")
    with served(world.folder / "site.db") as url:
        use(url, {"SMSCONF_AUTH_TOKEN": token}, project_id=PROJECT_ID)
        ran = world.smsconf("plan")
    assert ran.code == 1
    assert "APIGW.0307" in ran.err
    assert "request id" in ran.err
    assert "fix: get a new token of this project and set SMSCONF_AUTH_TOKEN" in ran.err
    assert no_secret_in(ran)


def test_damaged_token_is_explained(world: World, use) -> None:
    """A token of another site, or cut off while it was copied."""
    with served(world.folder / "site.db") as url:
        use(url, HERE | {"SMSCONF_AUTH_TOKEN": "not-a-token"})
        ran = world.smsconf("plan")
    assert ran.code == 1
    assert "fix: get a new token of this site and region" in ran.err
    assert "not-a-token" not in ran.err


@pytest.mark.parametrize(
    ("behind", "word"),
    [(timedelta(hours=1), "60 minutes ahead of"), (timedelta(hours=-2), "120 minutes behind")],
)
def test_wrong_clock_is_told_from_wrong_keys(world: World, use, behind: timedelta, word: str) -> None:
    """The same code as for a wrong key; the answer's date says which of the two it is."""
    with served(world.folder / "site.db", behind=behind) as url:
        use(url, SDK, project_id=PROJECT_ID)
        ran = world.smsconf("plan")
    assert ran.code == 1
    assert "APIGW.0301" in ran.err
    assert f"this machine's clock is {word} the service's" in ran.err
    assert "fix: set this machine's clock" in ran.err


def test_locked_access_key_is_explained(world: World, use) -> None:
    """After more than five wrong signatures even the right key must wait."""
    with served(world.folder / "site.db") as url:
        use(url, SDK | HERE | {"HUAWEICLOUD_SDK_SK": "wrong"}, project_id=PROJECT_ID)
        for _ in range(3):
            ran = world.smsconf("plan")
            assert ran.code == 1
        use(url, SDK, project_id=PROJECT_ID)
        ran = world.smsconf("plan")
    assert ran.code == 1
    assert "locked for five minutes" in ran.err
    assert "wait five minutes" in ran.err


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        (SDK | {"HUAWEICLOUD_SDK_AK": "NOSUCHACCESSKEY"}, "there is no such access key"),
        (PERSON | HERE | {"HW_USER_PASSWORD": "wrong"}, "HW_USER_PASSWORD"),
        (PERSON | {"HW_DOMAIN_NAME": "another"}, "HW_DOMAIN_NAME"),
        (PERSON | {"HW_PROJECT_NAME": "nowhere"}, "IAM does not know the project"),
        (TERRAFORM | {"HW_PROJECT_NAME": "nowhere"}, "0 projects named 'nowhere'"),
        (SDK | {"HUAWEICLOUD_SDK_PROJECT_ID": "1" * 32}, "the project is not available"),
    ],
)
def test_what_is_not_accepted_is_explained(world: World, use, environ: Any, words: str) -> None:
    """Unknown key, wrong password, unknown account, project that is not there: each in words, with a fix."""
    with served(world.folder / "site.db") as url:
        use(url, environ)
        ran = world.smsconf("plan")
    assert ran.code in {1, 4}
    said = ran.err + ran.out
    assert words in said
    assert ran.err.startswith("credentials: "), "known before anything was asked"
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("code", "text", "words"),
    [
        ("MSGSMS.0013", "Service not yet opened.", "enable the service or settle the account"),
        ("MSGSMS.0999", "The tenant is frozen.", "frozen"),
        ("MSGSMS.0999", "The tenant is restricted.", "restricted"),
    ],
)
def test_restricted_account_is_explained(world: World, use, code: str, text: str, words: str) -> None:
    """A create that the account's state forbids: an outcome with code and request id; the rest is blocked."""

    def override(method: str, _path: str) -> tuple[int, Any] | None:
        return (403, {"error_code": code, "error_msg": text}) if method == "POST" else None

    with served(world.folder / "site.db", override=override) as url:
        use(url, SDK)
        ran = world.apply()
    app, template = ran.json["outcomes"]
    assert (app["outcome"], app["error_code"], app["request_id"]) == ("failed", code, "r-1")
    assert template["outcome"] == "blocked"
    assert words in app["message"]
