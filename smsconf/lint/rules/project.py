"""Rules about the whole: references, quotas, duplicates (SMS42x), the project's own policy (SMS43x)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from smsconf.language import N_, _
from smsconf.lint.message import Message
from smsconf.lint.rule import CONTENT, Hit, Spot, Target, rule
from smsconf.lint.sources import OURS, QUOTAS
from smsconf.lint.subject import Subject
from smsconf.model.address import Address
from smsconf.model.diagnostics import Severity
from smsconf.model.resources import Signature

_NEARLY: Final = 0.9


@rule("SMS420", "unused-signature", Severity.WARNING, OURS, on=Target.SIGNATURE)
def unused_signature(signature: Signature, subject: Subject) -> Iterator[Hit]:
    """A signature that no template uses.

    Why:
        a person reviews it for days, and nothing is sent with it
    Example:
        signatures:
          idle: {app: shop, name: 示例物流, type: notification, qualification: own}
    Instead:
        signatures:
          busy: {app: shop, name: 示例物流, type: notification, qualification: own}
        templates:
          shipped: {app: shop, signature: busy, content: 您的订单已发货，请注意查收。}
    """
    universal = (signature.app, signature.type) in subject.universal
    if signature.address not in subject.used_signatures and not universal:
        yield Hit(_("no template uses the signature"), _("add a template for it, or remove it"))


@rule("SMS421", "app-quota", Severity.WARNING, QUOTAS, on=Target.PROJECT)
def app_quota(subject: Subject, _subject: Subject) -> Iterator[Hit]:
    """More apps of a region than the account has: two, or what `account: {quotas: …}` says was granted.

    Why:
        an account has two apps of each region unless a ticket has raised that, and apps can never be deleted
    Example:
        apps:
          first: {region: cn, external: true}
          second: {region: cn, external: true}
          third: {region: cn, external: true}
    Instead:
        apps:
          first: {region: cn, external: true}
          second: {region: cn, external: true}
    """
    seen: Counter[str] = Counter()
    most = subject.desired.account.quotas.apps
    for app in subject.desired.apps.values():
        seen[app.region] += 1
        if seen[app.region] == most + 1:
            text = _("app {seen} of region {region}; the quota is {most}").format(
                seen=seen[app.region], region=app.region, most=most
            )
            fix = _("share an app, or have the quota raised and write it: account: {quotas: {apps: N}}")
            yield Hit(text, fix, address=app.address)


@rule("SMS422", "signature-quota", Severity.WARNING, QUOTAS, on=Target.PROJECT)
def signature_quota(subject: Subject, _subject: Subject) -> Iterator[Hit]:
    """More signatures in an app than it may have: 200, or what was granted.

    Why:
        an app has 200 signatures unless a ticket has raised that
    """
    yield from _over(subject, N_("signatures"))


@rule("SMS423", "template-quota", Severity.WARNING, QUOTAS, on=Target.PROJECT)
def template_quota(subject: Subject, _subject: Subject) -> Iterator[Hit]:
    """More templates in an app than it may have: 2,000, or what was granted.

    Why:
        an app has 2,000 templates unless a ticket has raised that, and each version counts
    """
    yield from _over(subject, N_("templates"))


@rule("SMS424", "nearly-full", Severity.INFO, QUOTAS, on=Target.PROJECT)
def nearly_full(subject: Subject, _subject: Subject) -> Iterator[Hit]:
    """An app with more than nine tenths of its signatures or templates.

    Why:
        a replaced version counts until it is retired, so an app is full before its templates are
    """
    for what in ("signatures", "templates"):
        for app, count, most in _fill(subject, what):
            if _NEARLY * most < count <= most:
                text = _("{count} {what} of {most} that '{key}' may have")
                fix = _("ask for a higher quota by a service ticket, or use another app")
                yield Hit(text.format(count=count, what=_(what), most=most, key=app.key), fix, address=app)


@rule("SMS425", "duplicate-content", Severity.WARNING, OURS, on=Target.PROJECT)
def duplicate_content(subject: Subject, _subject: Subject) -> Iterator[Hit]:
    """Two templates of one signature, or of the same countries, with the same text.

    Why:
        both are reviewed by a person, and callers will not know which one to use
    Example:
        templates:
          one: {app: world, countries: [BR], content: "Example Shop: your order has been shipped."}
          two: {app: world, countries: [BR], content: "Example Shop: your order has been shipped."}
    Instead:
        templates:
          one: {app: world, countries: [BR], content: "Example Shop: your order has been shipped."}
          two: {app: world, countries: [BR], content: "Example Shop: your order has arrived at our shop."}
    """
    first: dict[tuple[object, ...], Address] = {}
    for address, one in subject.desired.templates.items():
        key = (one.app, one.signature, one.type, one.universal, frozenset(one.countries), one.content)
        other = first.setdefault(key, address)
        if other != address:
            place = (Spot(other, CONTENT), _("the other one"))
            text = _("{address} has the same text as {other}").format(address=address, other=other)
            yield Hit(text, _("remove one of the two"), CONTENT, address=address, related=(place,))


def _fill(subject: Subject, what: str) -> Iterator[tuple[Address, int, int]]:
    """Yield each app, how many signatures or templates it has, and how many it may have."""
    most = getattr(subject.desired.account.quotas, what)
    for app, count in Counter(one.app for one in getattr(subject.desired, what).values()).items():
        yield app, count, most


def _over(subject: Subject, what: str) -> Iterator[Hit]:
    for app, count, most in _fill(subject, what):
        if count > most:
            text = _("{count} {what} in '{key}'; the quota is {most}")
            fix = _("use another app, or have the quota raised and write it in account: {quotas: …}")
            yield Hit(text.format(count=count, what=_(what), key=app.key, most=most), fix, address=app)


# -- the project's own policy


@lru_cache(maxsize=1)
def _folded(words: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Fold the case of each word once, and not for every template."""
    return tuple((word, word.casefold()) for word in words)


@rule("SMS430", "forbidden-by-project", Severity.ERROR, OURS)
def forbidden_by_project(message: Message, subject: Subject) -> Iterator[Hit]:
    """A word that the project's own list forbids (lint: {forbidden: […]}).

    Why:
        the project does not want this word in its messages
    Example:
        lint: {forbidden: [亲]}
        templates:
          shipped: {app: world, countries: [BR], content: 亲，您的订单已发货，请注意查收。}
    Instead:
        lint: {forbidden: [亲]}
        templates:
          shipped: {app: world, countries: [BR], content: 您的订单已发货，请注意查收。}
    """
    text = message.fixed.casefold() if subject.policy.forbidden else ""
    same = len(text) == len(message.fixed)
    for word, folded in _folded(subject.policy.forbidden):
        start = text.find(folded)
        if start >= 0:
            spot = (start, start + len(word)) if same else ()
            said = _("'{word}' is forbidden by this project").format(word=word)
            yield Hit(said, _("say it without that word"), CONTENT, *spot)


@rule("SMS431", "name-out-of-pattern", Severity.ERROR, OURS)
def name_out_of_pattern(message: Message, subject: Subject) -> Iterator[Hit]:
    """A template's name that does not match the project's own pattern (lint: {name_pattern: …}).

    Patterns are those of RE2: no back-references, no look-around, and time that grows with the name alone.

    Why:
        the project wants its templates named alike
    Example:
        lint: {name_pattern: "shop_[a-z_]+"}
        templates:
          shipped: {app: world, countries: [BR], content: "Example Shop: your order has been shipped."}
    Instead:
        lint: {name_pattern: "shop_[a-z_]+"}
        templates:
          shipped:
            app: world
            name: shop_shipped
            countries: [BR]
            content: "Example Shop: your order has been shipped."
    """
    pattern = subject.policy.name_pattern
    if pattern and not pattern.fits(message.template.name):
        text = _("the name '{name}' does not match {pattern}").format(
            name=message.template.name, pattern=pattern.text
        )
        yield Hit(text, _("rename it while it is new, or ignore this with a reason"), ("name",))


@rule("SMS432", "too-many-segments", Severity.ERROR, OURS)
def too_many_segments(message: Message, subject: Subject) -> Iterator[Hit]:
    """A message that may be billed as more parts than the project wants (lint: {max_segments: …}).

    Why:
        every part is billed; the longest values count, and the signature with its brackets
    Example:
        lint: {max_segments: 1}
        templates:
          shipped: {app: world, countries: [BR], content: "Example Shop: w×161"}
    Instead:
        lint: {max_segments: 1}
        templates:
          shipped: {app: world, countries: [BR], content: "Example Shop: your order has been shipped."}
    """
    most, found = subject.policy.max_segments, message.estimate
    if most and found and found.most.segments > most:
        count = found.most
        text = _("a message may take {segments} segments ({length} {label}), expected at most {most}").format(
            segments=count.segments, length=count.length, label=count.alphabet.label, most=most
        )
        yield Hit(text, _("shorten the text or a max_length"), CONTENT)
