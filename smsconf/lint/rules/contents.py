"""Rules about what stands in a template's text, whatever its type, SMS300-SMS319."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice
from typing import Final

from smsconf.language import _, ngettext
from smsconf.lint.message import Message
from smsconf.lint.rule import CONTENT, Hit, hits, rule, too_long
from smsconf.lint.sources import LENGTHS, OURS, TEMPLATE_REJECTED, TEMPLATE_RULES
from smsconf.lint.subject import Subject
from smsconf.lint.text import characters
from smsconf.lint.text.words import FORBIDDEN, SHORT_LINKS
from smsconf.model.diagnostics import Severity
from smsconf.model.limits import CONTENT as LONGEST
from smsconf.model.resources import Region

_SYMBOLS = re.compile(r"[¥￥★&√※\[\]]|\^_\^")
_SYMBOL_FIXES: Final = {"¥": "元", "￥": "元", "&": "和", "[": "（", "]": "）"}
_BRACKETS = re.compile("[【】]")
_MARKUP = re.compile(
    r"</?[a-z][a-z0-9]{0,9}(?:\s[^<>]{0,80})?/?>|\*\*[^*\s][^*]{0,80}\*\*|&[a-z]{2,6};", re.IGNORECASE
)


@rule("SMS301", "long-content", Severity.ERROR, TEMPLATE_RULES)
def long_content(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A text of more than 500 characters.

    Why:
        the service takes 1 to 500 characters, the variables in the form ${1}

    Example:
        content: "字×501"
    Instead:
        content: 您的订单已发货，请注意查收。
    """
    said = _("the content has {length} characters, expected at most {longest}")
    yield from too_long(message.template.content, LONGEST, said, "content")


@rule("SMS302", "long-message", Severity.WARNING, LENGTHS, region=Region.CN)
def long_message(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A text that exceeds 500 characters once signature and values are in it.

    Why:
        signature, text and values may have 500 characters together when a message is sent
    Example:
        content: "字×490{name}。"
        variables: {name: {type: text, description: 收件人}}
    Instead:
        content: 您的订单已由{name}签收。
        variables: {name: {type: text, description: 收件人}}
    """
    found = message.estimate
    if found and found.most.length > LONGEST and len(message.content) <= LONGEST:
        most = found.most.length
        text = _(
            "with signature and longest values a message has {most} characters, expected at most {longest}"
        ).format(most=most, longest=LONGEST)
        fix = _("shorten the text or a max_length, by {most} in all").format(most=most - LONGEST)
        yield Hit(text, fix, CONTENT)


@rule("SMS303", "blank-content", Severity.ERROR, TEMPLATE_RULES)
def blank_content(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A text without a visible character.

    Why:
        there is nothing to review
    Example:
        content: " "
    Instead:
        content: 您的订单已发货，请注意查收。
    """
    if not message.content.strip():
        yield Hit(_("the content is blank"), _("write the text of the message"), CONTENT)


@rule("SMS305", "outer-blanks", Severity.WARNING, OURS)
def outer_blanks(message: Message, _subject: Subject) -> Iterator[Hit]:
    """Blanks or line ends before or after the text.

    Why:
        every blank is sent and counted, and a text that differs by one is submitted again
    Example:
        content: "您的订单已发货，请注意查收。 "
    Instead:
        content: "您的订单已发货，请注意查收。"
    """
    content = message.content
    if not content.strip():
        return
    if content != (left := content.lstrip()):
        yield Hit(
            _("blanks before the text"), _("remove them"), CONTENT, 0, len(content) - len(left), edit=""
        )
    if content != (right := content.rstrip()):
        ends = "\n" in content[len(right) :]
        fix = _("remove them; in YAML, write |- or >- in place of | or >") if ends else _("remove them")
        yield Hit(_("blanks after the text"), fix, CONTENT, len(right), len(content), edit="")


@rule("SMS306", "brackets-in-content", Severity.ERROR, TEMPLATE_RULES, region=Region.CN)
def brackets_in_content(message: Message, _subject: Subject) -> Iterator[Hit]:
    """【 or 】 in the text.

    Why:
        these brackets are the signature's, which the service puts before the text by itself
    Example:
        content: 【订单】您的包裹已发货，请注意查收。
    Instead:
        content: 您的包裹已发货，请注意查收。
    """
    found = [one.start() for one in _BRACKETS.finditer(message.content)]
    if found:
        signature = f"【{message.signature.name}】" if message.signature else None
        own = signature is not None and signature in message.content
        first = own and message.content.startswith(signature or "") and message.content != signature
        fix = _("remove the brackets, or write “ and ”")
        if own:
            fix = _("remove the signature, it is added by itself")
        end = found[1] + 1 if len(found) > 1 else found[0] + 1
        yield Hit(_("【】 in the content"), fix, CONTENT, found[0], end, edit="" if first else None)


@rule("SMS307", "forbidden-symbol", Severity.ERROR, TEMPLATE_RULES, region=Region.CN)
def forbidden_symbol(message: Message, _subject: Subject) -> Iterator[Hit]:
    """One of ¥ ★ ^_^ & √ ※ [ ] in the text.

    Why:
        the vendor's rules forbid ¥ ★ ^_^ & √ ※ [ ] in a mainland template (“such as”: the list is open)

    Example:
        content: 您的退款¥99已原路退回，请注意查收。
    Instead:
        content: 您的退款99元已原路退回，请注意查收。
    """
    links = [one.span() for one in message.links]
    for found in _SYMBOLS.finditer(message.fixed):
        if found[0] == "&" and any(start <= found.start() < end for start, end in links):
            continue  # a link's query is judged as a link
        word = _SYMBOL_FIXES.get(found[0])
        fix = _("write {word}").format(word=word) if word else _("remove it, or write a word for it")
        yield Hit(_("'{found}' in the content").format(found=found[0]), fix, CONTENT, *found.span())


@rule("SMS308", "emoji-in-content", Severity.WARNING, TEMPLATE_RULES, region=Region.CN)
def emoji_in_content(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A pictograph in the text.

    Why:
        plain text only; the list of forbidden symbols is open, and many phones show such characters as boxes
    Example:
        content: 您的订单已发货☺，请注意查收。
    Instead:
        content: 您的订单已发货，请注意查收。
    """
    for found in characters.EMOJI.finditer(message.content):
        text = _("{character} in the content").format(character=characters.name_of(found[0]))
        yield Hit(text, _("remove it"), CONTENT, *found.span())


@rule("SMS309", "control-character-in-content", Severity.ERROR, TEMPLATE_RULES)
def control_character(message: Message, _subject: Subject) -> Iterator[Hit]:
    r"""A control character, or one that Unicode leaves undefined, in the text.

    Why:
        it cannot be read, and what a phone makes of it is nobody's promise; only line ends are allowed
    Example:
        content: "您的订单\ue000已发货，请注意查收。"
    Instead:
        content: "您的订单已发货，请注意查收。"
    """
    for found in characters.controls(message.content):
        fix = _("write blanks") if found.character == "\t" else _("remove it")
        text = _("control character {character} in the content").format(character=found)
        yield Hit(text, fix, CONTENT, found.offset, found.offset + 1)


@rule("SMS310", "invisible-character", Severity.WARNING, OURS)
def invisible_character(message: Message, _subject: Subject) -> Iterator[Hit]:
    r"""A character that takes no room in the text: zero-width, or a mark of writing direction.

    Why:
        nobody sees it, but it is sent, counted and compared; it usually comes from copying
    Example:
        content: "您的订单\u200b已发货，请注意查收。"
    Instead:
        content: "您的订单已发货，请注意查收。"
    """
    for found in characters.invisibles(message.content):
        text = _("invisible {character} in the content").format(character=found)
        edit = "" if found.character in characters.WITHOUT_EFFECT else None
        yield Hit(text, _("remove it"), CONTENT, found.offset, found.offset + 1, edit=edit)


@rule("SMS311", "full-width-character", Severity.WARNING, OURS)
def full_width_character(message: Message, _subject: Subject) -> Iterator[Hit]:
    """Full-width letters, digits or blanks in the text.

    Why:
        they look like the usual ones, cannot be dialled or clicked, and a search does not find them
    Example:
        content: 您的订单已发货，客服电话４００１２３４５６７。
    Instead:
        content: 您的订单已发货，客服电话4001234567。
    """
    for found in characters.WIDE.finditer(message.content):
        usual = unicodedata.normalize("NFKC", found[0])
        wide = found[0].replace("\u3000", "U+3000")
        text, fix = _("full-width '{wide}' in the content"), _("write '{usual}'")
        yield Hit(text.format(wide=wide), fix.format(usual=usual), CONTENT, *found.span(), edit=usual)


@rule("SMS312", "look-alike-letter", Severity.WARNING, OURS)
def look_alike_letter(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A Cyrillic or Greek letter inside a Latin word.

    Why:
        a word of two alphabets is a typing accident or an imitation; filters stop such messages
    Example:
        content: 您的 Oреn 会员卡已激活，请注意查收。
    Instead:
        content: 您的 Open 会员卡已激活，请注意查收。
    """
    if message.content.isascii():
        return
    for word in re.finditer(r"[A-Za-z\u0370-\u04ff]{2,}", message.fixed):
        odd = [offset for offset, one in enumerate(word[0]) if one in characters.HOMOGLYPHS]
        if odd and any(one.isascii() for one in word[0]):
            usual = "".join(characters.HOMOGLYPHS.get(one, one) for one in word[0])
            start = word.start() + odd[0]
            named = characters.name_of(word[0][odd[0]])
            text = _("{character} in the word '{word}'").format(character=named, word=word[0])
            yield Hit(text, _("write {usual}").format(usual=usual), CONTENT, start, start + 1)


@rule("SMS313", "markup-in-content", Severity.WARNING, TEMPLATE_RULES)
def markup_in_content(message: Message, _subject: Subject) -> Iterator[Hit]:
    """HTML or Markdown in the text.

    Why:
        a message is plain text: the marks themselves would be shown
    Example:
        content: 您的订单<b>已发货</b>，请注意查收。
    Instead:
        content: 您的订单已发货，请注意查收。
    """
    first = islice(_MARKUP.finditer(message.fixed), 1)
    yield from hits(first, _("markup '{found}' in the content"), _("write plain text"))


@rule("SMS314", "variables-only", Severity.ERROR, TEMPLATE_RULES)
def variables_only(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A text of nothing but variables.

    Why:
        the fixed text must show what the message is about
    Example:
        content: "{order}。"
        variables: {order: {type: alphanumeric}}
    Instead:
        content: 您的订单{order}已发货。
        variables: {order: {type: alphanumeric}}
    """
    if message.placeholders and not message.letters:
        yield Hit(_("the content has no fixed text"), _("say in words what the message is about"), CONTENT)


@rule("SMS315", "little-fixed-text", Severity.WARNING, TEMPLATE_REJECTED)
def little_fixed_text(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A text with less than four fixed characters, or less than two for each variable.

    Why:
        unclear templates are rejected: use as much fixed text as possible
    Example:
        content: 订单{order}、{day}
        variables: {order: {type: alphanumeric}, day: {type: datetime}}
    Instead:
        content: 您的订单{order}将于{day}送达。
        variables: {order: {type: alphanumeric}, day: {type: datetime}}
    """
    count = len(message.placeholders)
    if 0 < message.letters < max(4, 2 * count):
        text = ngettext(
            "{letters} fixed characters for {count} variable",
            "{letters} fixed characters for {count} variables",
            count,
        )
        text = text.format(letters=message.letters, count=count)
        yield Hit(text, _("say more of it in fixed words"), CONTENT)


@rule("SMS316", "signature-in-content", Severity.WARNING, TEMPLATE_REJECTED, region=Region.CN)
def signature_in_content(message: Message, _subject: Subject) -> Iterator[Hit]:
    """The signature's name in the text.

    Why:
        the signature is added by itself; repeating it is a reason for rejection
    Example:
        content: 示例商城提醒您，您的订单已发货。
    Instead:
        content: 您的订单已发货，请注意查收。
    """
    name = message.signature.name if message.signature else ""
    start = message.fixed.find(name) if name else -1
    if start >= 0 and f"【{name}】" not in message.content:
        fix = _("remove the name: the message begins with it anyway")
        text = _("the signature '{name}' in the content").format(name=name)
        yield Hit(text, fix, CONTENT, start, start + len(name))


@rule("SMS317", "short-link", Severity.ERROR, TEMPLATE_RULES, region=Region.CN)
def short_link(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A link of a service that shortens or redirects.

    Why:
        a link must be fixed and lead straight to a site that fits the text: no redirects, no short links
    Example:
        content: 您的订单已发货，详情 https://t.cn/A6xYz12
    Instead:
        content: 您的订单已发货，详情 https://shop.example.com/orders
    """
    short = (one for one in message.links if SHORT_LINKS.match(one[0]))
    yield from hits(short, _("the short link '{found}'"), _("write the address it leads to"))


@rule("SMS318", "forbidden-topic", Severity.WARNING, TEMPLATE_RULES, region=Region.CN)
def forbidden_topic(message: Message, _subject: Subject) -> Iterator[Hit]:
    """A word from the vendor's list of forbidden topics.

    Why:
        the list is of topics, and some of its words are everyday ones: a person decides
    Example:
        content: 您的贷款申请已通过，请登录查看。
    Instead:
        content: 您的入会申请已通过，请登录查看。
    """
    yield from hits(
        FORBIDDEN.finditer(message.fixed),
        _("'{found}' is on the vendor's list of forbidden topics"),
        _("say it without that word, or ignore this with a reason"),
    )
