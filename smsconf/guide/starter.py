"""The first project: a few answers → the commented files of a project that plans at once.

Pure: nothing is asked or written here (``cli.init`` does). One app, for the mainland one signature, and one
template. The embedded emulator and the service stand side by side: one is the project's provider, the other
an environment of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from smsconf.language import _
from smsconf.model.resources import Region
from smsconf.model.sites import SITES

SCHEMA_NAME = "schema.json"
DATABASE = ".smsconf/emulator.db"
QUALIFICATION = "q-example"

_PLAIN = re.compile(r"[A-Za-z\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff-]*")
_WORDS_OF_YAML = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


@dataclass(frozen=True, slots=True)
class Answers:
    """What a project starts with. ``app`` and ``template`` are keys; ``signature`` is for the mainland only.

    ``emulated``: the project's own provider is the emulator, and the service an environment; else the other
    way round.
    """

    site: str
    region: str
    kind: Region
    emulated: bool
    app: str
    signature: str
    template: str

    @property
    def qualified(self) -> bool:
        """Whether the signature needs a qualification."""
        return self.kind is Region.CN and SITES[self.site].qualifications

    @property
    def environment(self) -> str:
        """Name of the environment with the other provider."""
        return "prod" if self.emulated else "emulator"


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a project of one kind starts with, unless somebody says otherwise."""

    app: str
    signature: str
    template: str


DEFAULTS: Mapping[Region, Defaults] = {
    Region.CN: Defaults(app="shop", signature="示例商城", template="order-shipped"),
    Region.INTL: Defaults(app="shop", signature="", template="order-shipped"),
}


def project_files(answers: Answers) -> dict[str, str]:
    """Return the files of a project by name, the schema apart."""
    return {
        "smsconf.yaml": "".join(f"{line}\n" for line in _root(answers)),
        f"templates/{answers.app}.yaml": "".join(f"{line}\n" for line in _templates(answers)),
        **environment_files(answers),
    }


def environment_files(answers: Answers) -> dict[str, str]:
    """Return the overlay with the other provider, by its name."""
    return {f"env/{answers.environment}.yaml": "".join(f"{line}\n" for line in _overlay(answers))}


def _overlay(answers: Answers) -> Iterator[str]:
    emulated = not answers.emulated
    yield _provider_comment(emulated)
    yield provider_text(answers, emulated)
    if answers.qualified:
        yield ""
        yield _id_comment(emulated)
        yield "qualifications:"
        yield f"  company: {{id: {QUALIFICATION if emulated else 'null'}}}"


def _provider_comment(emulated: bool) -> str:  # noqa: FBT001 - one of two, by position
    if emulated:
        return _comment(_("A stand-in for the service, in this process; no account is needed."))
    return _comment(_("The service itself; credentials come from the environment, never from a file."))


def _id_comment(emulated: bool) -> str:  # noqa: FBT001 - one of two, by position
    if emulated:
        return _comment(_("The emulator takes any id."))
    return _comment(_("Its id at the console goes here, in place of null, when it is approved there."))


def provider_text(answers: Answers, emulated: bool) -> str:  # noqa: FBT001 - one of two, by position
    """Return the entry of a provider: the emulator, or the service."""
    if emulated:
        site = "" if answers.site == "china" else f", site: {answers.site}"
        return f"provider:\n  emulator: {{database: {DATABASE}{site}}}"
    return f"provider:\n  huaweicloud: {{site: {answers.site}, region: {answers.region}}}"


def environments_text(answers: Answers) -> str:
    """Return the section that names the overlay, and what counts without one."""
    named = f"environments:\n  {answers.environment}: {{overlay: env/{answers.environment}.yaml}}"
    return f"{named}\ndefault_environment: ''  # {_('without --env, these files alone')}"


def modeline() -> str:
    """Return the first line by which editors check and complete a file at the project's root."""
    return f"# yaml-language-server: $schema=./{SCHEMA_NAME}"


def _root(answers: Answers) -> Iterator[str]:
    yield modeline()
    yield "#"
    yield _comment(
        _("Messages as code. `smsconf guide` says what to do next, from here to the first message.")
    )
    yield "version: 1"
    yield ""
    yield _provider_comment(answers.emulated)
    yield provider_text(answers, answers.emulated)
    yield ""
    yield _comment(_("Any section may stand in any of these files; a key only once."))
    yield "include:"
    yield "  - templates/*.yaml"
    yield ""
    yield _comment(_("Variants of the project, chosen with --env."))
    yield environments_text(answers)
    yield ""
    yield _comment(
        _("An app can never be deleted, and the account has two of a kind: choose its name with care.")
    )
    yield "apps:"
    yield f"  {_scalar(answers.app)}:"
    if answers.kind is Region.INTL:
        yield _comment(_("Messages to everywhere but the Chinese mainland."), 4)
        yield "    region: intl"
    else:
        yield _comment(_("Messages to the Chinese mainland."), 4)
        yield "    region: cn"
        yield _comment(_("Where replies are posted to; an address that the public internet reaches."), 4)
        yield "    # reply_url: https://sms.example.com/replies"
        yield from _signature(answers)
    yield from _account(answers)


def _signature(answers: Answers) -> Iterator[str]:
    yield ""
    yield _comment(_("The brand in 【】 in front of a message. A person reviews it; then it is frozen."))
    yield "signatures:"
    yield f"  {_scalar(f'{answers.app}-notice')}:"
    yield f"    app: {_scalar(answers.app)}"
    yield f"    name: {_scalar(answers.signature)}"
    yield "    type: notification"
    if answers.qualified:
        yield "    qualification: company"
    yield _comment(_("A note for the reviewer."), 4)
    yield "    description: 用于订单通知"


def _account(answers: Answers) -> Iterator[str]:
    """What no API sets: `smsconf guide` says where, and asks to confirm it."""
    yield ""
    yield _comment(_("How many messages may go out; a person sets it at the console, and confirms it here."))
    yield "thresholds:"
    yield f"  {answers.kind.value}:"
    yield "    daily: {warn: 400, limit: 500}"
    yield "    monthly: {warn: 8000, limit: 10000}"
    if answers.qualified:
        yield ""
        yield _comment(_("Proof of the company, made and approved at the console."))
        yield "qualifications:"
        yield "  company:"
        yield f"    company: {_scalar(answers.signature)}"
        yield _id_comment(answers.emulated).replace("#", "    #", 1)
        yield f"    id: {QUALIFICATION}" if answers.emulated else "    # id: …"
    yield ""
    yield _comment(_("What people did at the console, recorded by `smsconf confirm`: commit this file."))
    yield "confirmations: confirmations.yaml"


def _templates(answers: Answers) -> Iterator[str]:
    yield f"# yaml-language-server: $schema=../{SCHEMA_NAME}"
    yield "#"
    yield _comment(_("The texts. A person reviews each; an approved one is replaced by a successor."))
    yield "templates:"
    yield f"  {_scalar(answers.template)}:"
    yield f"    app: {_scalar(answers.app)}"
    if answers.kind is Region.CN:
        yield f"    signature: {_scalar(f'{answers.app}-notice')}"
        yield "    content: 您的订单{order}已发货，预计{day}送达，请留意查收。"
        notes = {"order": "订单号", "day": "送达日期"}
    else:
        yield "    content: Your order {order} is on its way and should arrive on {day}."
        notes = {"order": "number of the order", "day": "day of delivery"}
    yield _comment(_("Variables have names here and numbers on the wire; the reviewer reads the notes."), 4)
    yield "    variables:"
    yield f"      order: {{type: alphanumeric, max_length: 12, description: {notes['order']}}}"
    yield f"      day: {{type: datetime, description: {notes['day']}}}"
    if answers.kind is Region.INTL:
        yield _comment(_("One to three countries, by name or ISO code."), 4)
        yield "    countries: [Brazil]"


def _comment(text: str, indent: int = 0) -> str:
    return " " * indent + f"# {text}"


def _scalar(text: str) -> str:
    """Write a text so that YAML reads just that text."""
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS_OF_YAML
    return text if plain else json.dumps(text, ensure_ascii=False)
