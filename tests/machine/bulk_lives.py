"""Random lives of lists: saved again, changed, stopped, killed, in doubt, and people who want no more of it.

Two environments share an account, a third has one of its own. Whatever happens, what the ledger says is held
against what the service saw: nobody twice for one run, nobody forgotten, whoever is in doubt listed, nothing
of one account in another.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from smsconf.emulator.gateway.engine import Engine, Settings
from smsconf.messaging.send.target import Target
from smsconf.store.files.inbox import Inbox
from smsconf.store.files.ledger_reader import open_ledger_to_read
from smsconf.store.messages import Reply
from smsconf.store.runs import Run
from tests.machine.forked import KILLED, Fate, Ran, fork

FAST = Path("/dev/shm")
ENVIRONMENTS = {"one": "shared", "two": "shared", "other": "own"}  # environment → account
TEXTS = ("您的会员积分已更新，请登录官网查看。", "您的会员等级已更新，请登录官网查看。")
SUBJECTS = ("template.news", "template.bill", "campaign.monthly")
PROJECT = """\
version: 1
provider: {{emulator: {{database: .smsconf/shared.db}}}}
environments:
  one: {{overlay: env/one.yaml}}
  two: {{overlay: env/one.yaml}}
  other: {{overlay: env/other.yaml}}
apps: {{shop: {{region: cn}}}}
signatures: {{brand: {{app: shop, name: 示例商城, type: notification}}}}
templates:
  news: {{app: shop, signature: brand, content: {text}}}
  bill:
    app: shop
    signature: brand
    content: 您本月的账单为{{amount}}元。
    variables: {{amount: {{type: money}}}}
campaigns: {{monthly: {{template: news, recipients: c.csv}}}}
{threshold}
"""
OVERLAYS = {"one": "{}\n", "other": "provider: {emulator: {database: .smsconf/own.db}}\n"}

Content = tuple[tuple[str, str], ...]  # number and amount, sorted

contents = st.dictionaries(st.integers(0, 11), st.integers(1, 2), min_size=1, max_size=8)
# a command that sends eight numbers takes some 320 statements; the first request comes after the 170th
fates = st.one_of(
    st.just(Fate()),
    st.just(Fate()),
    st.builds(Fate, dies_at=st.integers(1, 400)),
    st.builds(Fate, dies_at=st.integers(165, 330)),
    st.builds(Fate, dies_at=st.integers(165, 330)),
    st.builds(Fate, full_at=st.integers(0, 3)),
)
faults = st.lists(st.sampled_from(["timeout-after-commit", "reset", "status", "throttle"]), max_size=2)


@dataclass
class Account:
    """An emulator's database, looked at past the service."""

    path: Path

    def control(self, method: str, route: str, body: Any = None) -> Any:
        engine = Engine(self.path, Settings())
        try:
            sent = b"" if body is None else json.dumps(body).encode()
            answer = engine.handle(
                method, f"/_emulator/{route}", [("Content-Type", "application/json")], sent
            )
            return json.loads(answer.body or b"null")
        finally:
            engine.close()

    def outbox(self) -> list[tuple[str, str]]:
        return [(one["to"].removeprefix("+"), one["text"]) for one in self.control("GET", "outbox")]

    def end_faults(self) -> None:
        with closing(sqlite3.connect(self.path, isolation_level=None)) as database:
            database.execute("DELETE FROM fault")


@cache
def base() -> Path:
    """A project whose templates are approved in both accounts, made once."""
    folder = Path(tempfile.mkdtemp(prefix="smsconf-lists-", dir=FAST if FAST.is_dir() else None))
    write_project(folder, TEXTS[0], "")
    for environment in ("one", "other"):
        ran = fork(["apply", "--auto-approve", "--env", environment, "--save-secrets", "s.json"], folder)
        assert ran.code == 0, ran.err
        (folder / "s.json").rename(folder / f"{environment}.json")
        settle_reviews(folder, environment)
    return folder


def write_project(folder: Path, text: str, threshold: str) -> None:
    (folder / "env").mkdir(exist_ok=True)
    (folder / "smsconf.yaml").write_text(PROJECT.format(text=text, threshold=threshold), encoding="utf-8")
    for name, overlay in OVERLAYS.items():
        (folder / f"env/{name}.yaml").write_text(overlay, encoding="utf-8")


def settle_reviews(folder: Path, environment: str) -> None:
    account = Account(folder / f".smsconf/{ENVIRONMENTS[environment]}.db")
    for _ in range(2):
        account.control("POST", "clock", {"advance": "P14D"})
        assert fork(["apply", "--auto-approve", "--env", environment], folder).code == 0


class Lists(RuleBasedStateMachine):
    """Three files of numbers, three things to send, and everything that can happen on the way."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="smsconf-list-", dir=FAST if FAST.is_dir() else None))
        self.lists: dict[str, Content] = {}
        self.runs: dict[int, Content] = {}
        self.resent: Counter[tuple[int, str]] = Counter()  # by somebody's word that it was not sent
        self.out: set[str] = set()
        self.replies = 0
        self.text, self.limit = TEXTS[0], 0

    @initialize(a=contents, b=contents, c=contents)
    def begin(self, a: dict[int, int], b: dict[int, int], c: dict[int, int]) -> None:
        shutil.copytree(base(), self.folder, dirs_exist_ok=True)
        self.accounts = {name: Account(self.folder / f".smsconf/{name}.db") for name in ("shared", "own")}
        for name, content in (("a", a), ("b", b), ("c", c)):
            self.change(name, content)

    # -- lists

    @rule(name=st.sampled_from("abc"), content=contents)
    def change(self, name: str, content: dict[int, int]) -> None:
        self.lists[name] = tuple(sorted((f"8613800000{one:03}", f"{two}.50") for one, two in content.items()))
        self.save(name, "\n", 1)

    @rule(name=st.sampled_from("abc"), end=st.sampled_from(["\n", "\r\n"]), order=st.sampled_from([1, -1]))
    def save(self, name: str, end: str, order: int) -> None:
        """The same list in other bytes."""
        rows = [
            f"+{number},{amount}" if order > 0 else f'{number[2:]},"{amount}"'
            for number, amount in self.lists[name]
        ]
        text = end.join(["number,amount", *rows, ""])
        (self.folder / f"{name}.csv").write_bytes(text.encode())

    # -- people and time

    @rule(number=st.integers(0, 11))
    def opt_out(self, number: int) -> None:
        self.reply(number, "退订。")
        self.out.add(f"8613800000{number:03}")

    @rule(number=st.integers(0, 11))
    def come_back(self, number: int) -> None:
        self.reply(number, "START")
        self.out.discard(f"8613800000{number:03}")

    def reply(self, number: int, body: str) -> None:
        self.replies += 1
        inbox = Inbox(self.folder / ".smsconf/inbox.db")
        one = Reply(f"reply-{self.replies}", f"13800000{number:03}", "10690000001", body)
        inbox.add([one], datetime(2026, 3, 1, 0, 0, self.replies % 60, tzinfo=UTC))
        inbox.close()

    @rule(hours=st.integers(1, 40))
    def time_passes(self, hours: int) -> None:
        for account in self.accounts.values():
            account.control("POST", "clock", {"advance": f"PT{hours}H"})

    @rule(limit=st.sampled_from([0, 0, 3, 5]))
    def limit_a_day(self, limit: int) -> None:
        self.limit = limit
        self.write()

    @rule(text=st.sampled_from(TEXTS))
    def change_text(self, text: str) -> None:
        """Another text is approved everywhere, and serves from now on."""
        if text != self.text:
            self.text = text
            self.write()
            for environment in ("one", "other"):
                settle_reviews(self.folder, environment)

    def write(self) -> None:
        threshold = f"thresholds: {{cn: {{daily: {{limit: {self.limit}}}}}}}" if self.limit else ""
        write_project(self.folder, self.text, threshold)

    # -- sending

    @rule(
        environment=st.sampled_from(sorted(ENVIRONMENTS)),
        subject=st.sampled_from(SUBJECTS),
        name=st.sampled_from("ab"),
        again=st.sampled_from([False, False, False, True]),
        assume=st.sampled_from([None, None, None, True, False]),
        fate=fates,
        faults=faults,
    )
    def send(
        self,
        environment: str,
        subject: str,
        name: str,
        again: bool,
        assume: bool | None,
        fate: Fate,
        faults: list[str],
    ) -> None:
        campaign = subject == "campaign.monthly"
        content = self.lists["c" if campaign else name]
        if subject != "template.bill":
            content = tuple((number, "") for number, _ in content)
        arguments = [subject, *([] if campaign else [f"{name}.csv"]), *(["--again"] if again else [])]
        arguments += {None: [], True: ["--assume-sent"], False: ["--assume-not-sent"]}[assume]
        self.bulk(environment, arguments, fate, faults, content=content, again=again, assume=assume)

    @rule(environment=st.sampled_from(sorted(ENVIRONMENTS)), fate=fates)
    def join(self, environment: str, fate: Fate) -> None:
        self.bulk(environment, ["--join"], fate, [])

    @rule(environment=st.sampled_from(sorted(ENVIRONMENTS)), which=st.integers(0, 5), sent=st.booleans())
    def settle(self, environment: str, which: int, sent: bool) -> None:
        if self.runs:
            number = sorted(self.runs)[which % len(self.runs)]
            word = "--assume-sent" if sent else "--assume-not-sent"
            self.bulk(environment, [word, str(number)], Fate(), [], assume=sent)

    @rule(which=st.integers(0, 5))
    def end(self, which: int) -> None:
        if self.runs:
            number = sorted(self.runs)[which % len(self.runs)]
            self.bulk("one", ["--end", str(number)], Fate(), [])

    def bulk(
        self,
        environment: str,
        arguments: list[str],
        fate: Fate,
        faults: list[str],
        *,
        content: Content | None = None,
        again: bool = False,
        assume: bool | None = None,
    ) -> Ran:
        account = self.accounts[ENVIRONMENTS[environment]]
        for fault in faults:
            what = {"fault": fault, "times": 1, **({"status": 503} if fault == "status" else {})}
            for operation in ("BatchSendSms", "BatchSendDiffSms"):
                account.control("POST", "faults", [{"operation": operation, **what}])
        before = {name: one.outbox() for name, one in self.accounts.items()}
        waited, doubted = self.states("ready"), self.states("uncertain", "sending")
        shutil.copy(
            self.folder / ("other.json" if environment == "other" else "one.json"),
            self.folder / "secrets.json",
        )
        wanted = ["bulk", *arguments, "--env", environment, "--auto-approve", "--format", "json"]
        ran = fork([*wanted, "--connections", "1"], self.folder, fate)
        account.end_faults()
        assert "Traceback" not in ran.err, ran.err
        assert ran.code in (0, 1, 4, 5, KILLED), (ran.code, ran.err)
        after = {name: one.outbox() for name, one in self.accounts.items()}
        for name, messages in after.items():
            if name != ENVIRONMENTS[environment]:
                assert messages == before[name], "a message went out in another account"
        new = after[ENVIRONMENTS[environment]][len(before[ENVIRONMENTS[environment]]) :]
        assert ran.code != 4 or not new, "exit 4 says that nothing was sent"
        assert not {number for number, _ in new} & self.out, "somebody who wants no more got a message"
        self.check_runs(environment, content, waited, again=again)
        if assume is False:
            left = self.states("uncertain", "sending")
            for run, numbers in doubted.items():
                for number in numbers - left.get(run, set()):
                    self.resent[run, number] += 1
        self.check_outbox(after)
        return ran

    def check_runs(
        self, environment: str, content: Content | None, waited: dict[int, set[str]], *, again: bool
    ) -> None:
        """At most one run a command, none of a list that went out, and none beside an open one."""
        known = self.known()
        fresh = [run for run in known if run.id not in self.runs]
        assert len(fresh) <= 1
        for run in fresh:
            assert content is not None, "a run was made although none was asked for"
            siblings = [one for one in known if one.key == run.key and one.id in self.runs]
            assert run.key.environment == environment
            assert not any(waited.get(one.id) for one in siblings), "another run waits under this name"
            assert again or not any(self.runs[one.id] == content for one in siblings), (
                "the list went out already"
            )
            self.runs[run.id] = content
        for run in known:
            self.check_numbers(run)

    def check_numbers(self, run: Run) -> None:
        """Each number of a list is in one batch, or was left out when the run was made."""
        with closing(sqlite3.connect(self.folder / ".smsconf/ledger.db")) as database:
            rows = database.execute("SELECT numbers FROM batch WHERE run = ?", (run.id,)).fetchall()
            (summary,) = database.execute("SELECT summary FROM run WHERE id = ?", (run.id,)).fetchone()
        found = Counter(number for (numbers,) in rows if numbers for number in numbers.split(","))
        assert set(found.values()) <= {1}, "a number is in two batches"
        assert set(found) <= {number for number, _ in self.runs[run.id]}
        assert found.total() == json.loads(summary)["valid"], "somebody was forgotten"

    def check_outbox(self, after: dict[str, list[tuple[str, str]]]) -> None:
        """What the service took is what the ledger says, but for what it calls uncertain."""
        least: dict[str, Counter[tuple[str, str]]] = {name: Counter() for name in self.accounts}
        most: dict[str, Counter[tuple[str, str]]] = {name: Counter() for name in self.accounts}
        accepted, doubts = self.accepted(), self.states("uncertain", "sending", "assumed")
        for run in self.known():
            account = ENVIRONMENTS[str(run.key.environment)]
            amounts = dict(self.runs[run.id])
            for number, amount in amounts.items():
                said = (number, text_of(run, amount))
                took = accepted.get((run.id, number), 0)
                assert took <= 1, "one run sent twice to one number"
                least[account][said] += took
                most[account][said] += took + (number in doubts.get(run.id, ())) + self.resent[run.id, number]
        for name, messages in after.items():
            got = Counter(messages)
            for said in {*got, *most[name]}:
                assert least[name][said] <= got[said] <= most[name][said], (
                    said,
                    least[name][said],
                    got[said],
                )

    # -- what the ledger says

    def known(self) -> list[Run]:
        with open_ledger_to_read(self.folder / ".smsconf/ledger.db") as ledger:
            return ledger.runs() if ledger else []

    def states(self, *states: str) -> dict[int, set[str]]:
        found: dict[int, set[str]] = {}
        for run, state, numbers in self.rows("SELECT run, state, numbers FROM batch"):
            if state in states:
                found.setdefault(run, set()).update(numbers.split(","))
        return found

    def accepted(self) -> dict[tuple[int, str], int]:
        asked = (
            "SELECT run, number, count(*) FROM message JOIN batch ON batch.id = batch "
            "WHERE status = '000000' GROUP BY run, number"
        )
        return {(run, str(number)): count for run, number, count in self.rows(asked)}

    def rows(self, asked: str) -> list[tuple[Any, ...]]:
        path = self.folder / ".smsconf/ledger.db"
        if not path.exists():
            return []
        with closing(sqlite3.connect(path)) as database:
            try:
                return database.execute(asked).fetchall()
            except sqlite3.OperationalError:
                return []  # killed before its tables were made

    def teardown(self) -> None:
        """In good weather every run that waits comes to its end."""
        try:
            if hasattr(self, "accounts"):
                self.come_to_rest()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def come_to_rest(self) -> None:
        self.limit = 0
        self.write()
        for run in self.known():
            environment = str(run.key.environment)
            if self.states("ready").get(run.id):
                ran = self.bulk(environment, ["--join", str(run.id)], Fate(), [])
                assert ran.code in (0, 5), ran.err
            assert not self.states("ready").get(run.id), "a run does not come to its end"


def text_of(run: Run, amount: str) -> str:
    target = Target.from_json(run.message["target"])
    return (target.prefix or "") + target.text((amount,) if target.slots else ())
