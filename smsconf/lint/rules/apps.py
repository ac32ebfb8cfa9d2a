"""Rules about apps, SMS1xx."""

from __future__ import annotations

import re
from collections.abc import Iterator

from smsconf.language import _
from smsconf.lint.rule import Hit, Target, rule, too_long
from smsconf.lint.sources import API_APP, APP_MANUAL, OURS, PUSHES
from smsconf.lint.subject import Subject
from smsconf.lint.text.callback_urls import object_to
from smsconf.model.address import Address
from smsconf.model.diagnostics import Severity
from smsconf.model.limits import APP_NAME, REPLY_URL
from smsconf.model.resources import App, Region

_UNUSUAL = re.compile(r"[^A-Za-z0-9_.@-]")


def _url(app: App) -> str:
    return app.reply_url if isinstance(app.reply_url, str) else ""


@rule("SMS101", "long-app-name", Severity.ERROR, API_APP, on=Target.APP)
def long_app_name(app: App, _subject: Subject) -> Iterator[Hit]:
    """An app's name of more than 64 characters.

    Why:
        the service takes 1 to 64 characters and refuses the rest
    Example:
        region: cn
        name: a-name-of-a-shop-that-goes-on-and-on-until-nobody-can-remember-it-any-more
    Instead:
        region: cn
        name: a-name-of-a-shop
    """
    said = _("the app's name has {length} characters, expected at most {longest}")
    yield from too_long(app.name, APP_NAME, said, "name")


@rule("SMS102", "unusual-app-name", Severity.WARNING, APP_MANUAL, on=Target.APP)
def unusual_app_name(app: App, _subject: Subject) -> Iterator[Hit]:
    """An app's name with other characters than letters, digits and _ . - @.

    Why:
        the console refuses such a name, and an app can never be deleted
    Example:
        region: cn
        name: shop prod
    Instead:
        region: cn
        name: shop_prod
    """
    found = _UNUSUAL.search(app.name)
    if found and not app.external:
        usual = _UNUSUAL.sub("_", app.name)
        fix = _("write {usual}") if usual.strip("_") else _("write it with letters, digits and _ . - @")
        fix = fix.format(usual=usual)
        yield Hit(_("'{found}' in the app's name").format(found=found[0]), fix, ("name",), *found.span())


@rule("SMS103", "reply-url-for-intl", Severity.WARNING, API_APP, on=Target.APP, region=Region.INTL)
def reply_url_for_intl(app: App, _subject: Subject) -> Iterator[Hit]:
    """An address for replies on an international app.

    Why:
        only messages to the mainland can be answered
    Example:
        region: intl
        reply_url: https://sms.example.com/replies
    Instead:
        region: intl
    """
    if _url(app):
        yield Hit(_("reply_url on an app of region intl"), _("remove reply_url"), ("reply_url",))


@rule("SMS104", "long-reply-url", Severity.ERROR, API_APP, on=Target.APP, region=Region.CN)
def long_reply_url(app: App, _subject: Subject) -> Iterator[Hit]:
    """An address for replies of more than 128 characters.

    Why:
        the service takes at most 128 characters
    Example:
        region: cn
        reply_url: https://sms.example.com/r×105
    Instead:
        region: cn
        reply_url: https://sms.example.com/replies
    """
    said = _("reply_url has {length} characters, expected at most {longest}")
    yield from too_long(_url(app), REPLY_URL, said, "reply_url", _("choose a shorter path"))


@rule("SMS105", "reply-url-without-scheme", Severity.ERROR, API_APP, on=Target.APP, region=Region.CN)
def reply_url_without_scheme(app: App, _subject: Subject) -> Iterator[Hit]:
    """An address for replies that is not an http or https URL.

    Why:
        replies are posted over HTTP or HTTPS to a public address
    Example:
        region: cn
        reply_url: sms.example.com/replies
    Instead:
        region: cn
        reply_url: https://sms.example.com/replies
    """
    url = _url(app)
    if url and not re.match(r"https?://[^\s/]+", url, re.IGNORECASE):
        is_host = re.fullmatch(r"[\w.-]+\.[a-z]+(/\S*)?", url)
        fix = _("write https://{url}").format(url=url) if is_host else _("write https://…")
        yield Hit(_("reply_url is not an http or https address"), fix, ("reply_url",))


@rule("SMS106", "unused-app", Severity.WARNING, OURS, on=Target.APP)
def unused_app(app: App, subject: Subject) -> Iterator[Hit]:
    """An app without templates.

    Why:
        an app can never be deleted, and there are two of a kind: do not make one that nothing needs
    Example:
        apps:
          idle: {region: cn}
    Instead:
        apps:
          idle: {region: cn}
        templates:
          late: {app: idle, universal: true, type: notification, content: 您的航班已延误，请留意机场公告。}
          gone: {app: idle, universal: true, type: notification, content: 您的航班已取消，请联系航空公司。}
    """
    if not app.external and not any(one.app == app.address for one in subject.desired.templates.values()):
        text = _("no template belongs to the app '{key}'").format(key=app.address.key)
        yield Hit(text, _("add templates, or remove the app"))


@rule("SMS107", "reply-url-out-of-reach", Severity.WARNING, PUSHES, on=Target.APP, region=Region.CN)
def reply_url_out_of_reach(app: App, _subject: Subject) -> Iterator[Hit]:
    """An address for replies that the service cannot post to, or that should not be in a file.

    Why:
        replies are pushed once, from the internet: who opted out there and was not heard is written to again
    Example:
        region: cn
        reply_url: https://10.0.0.5/replies
    Instead:
        region: cn
        reply_url: https://sms.example.com/replies
    """
    yield from out_of_reach(_url(app), "reply_url", app.address)


def out_of_reach(url: str | None, field: str, address: Address) -> Iterator[Hit]:
    """Yield what is wrong with a url; one that is none is another rule's business."""
    if url and url.lower().startswith(("http://", "https://")) and (found := object_to(url)):
        yield Hit(f"{field}: {found.message}", found.fix, (field,), address=address)
