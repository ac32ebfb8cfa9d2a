"""The two operations of the sending API: one text to many numbers, and many texts to many numbers.

A request is refused whole, or every number of it has a status of its own. Nothing leaves the machine: what
is accepted is written down, and its reports are the carriers' business. Written from sms_05_0001 and _0002
(INTL, 2025-01-14 and 2026-02-06) and the statuses of sms_05_0050 (2024-08-06).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from smsconf.emulator.base.clock import iso, timestamp
from smsconf.emulator.base.errors import NONE_SENT, SEND_PARAMETER, SEND_SYSTEM, Refusal, need
from smsconf.emulator.base.exchange import Answer, Call, Object
from smsconf.emulator.management.reviewer import uuid_of
from smsconf.emulator.management.statuses import APPROVED_SIGNATURE
from smsconf.emulator.sending import number_statuses
from smsconf.emulator.sending.carrier import Carrier
from smsconf.emulator.sending.recipients import COUNTRY_OF_CODE, MAINLAND_CODE, Recipient, read_recipient
from smsconf.emulator.sending.thresholds import count_traffic
from smsconf.emulator.sending.variables import INTERNATIONAL_CODE, text_with
from smsconf.model.segments import count_international, count_mainland

ACCEPTED = "000000"
MOST_NUMBERS = 500
LONGEST_NUMBER = 21
CONTENT_LIMIT = 64 * 1024
NUMBERS = re.compile(r"[0-9+]+(,[0-9+]+)*")
BEIJING = timedelta(hours=8)
PROMOTION_HOURS = range(8, 22)
BRACKETS = {"CN": "【{}】", "GB": "[{}]"}


class Content(NamedTuple):
    """One text of a request: to whom, and of what it is made."""

    numbers: Sequence[str]
    template_id: str
    values: Sequence[str]
    signature: str


class Draft(NamedTuple):
    """A text that may be sent: with its signature, as many parts as it is billed for."""

    text: str
    signature: str | None
    total: int
    promotion: bool


class Unsendable(Exception):
    """The status that every number of a content gets."""


def send_same(call: Call) -> Answer:
    """BatchSendSms."""
    body = call.body
    numbers = body["to"]
    need(NUMBERS.fullmatch(numbers), SEND_PARAMETER, "to: digits and + only, numbers separated by commas")
    values = _values(body["templateParas"] or "[]")
    content = Content(numbers.split(","), body["templateId"], values, body["signature"] or "")
    return _send(call, "BatchSendSms", [content])


def send_different(call: Call) -> Answer:
    """BatchSendDiffSms."""
    need(len(call.request.body) <= CONTENT_LIMIT, SEND_PARAMETER, "the content must not exceed 64 KB")
    contents = [
        Content(item["to"], item["templateId"], item["templateParas"] or [], item["signature"] or "")
        for item in call.body["smsContent"]
    ]
    plain = all(NUMBERS.fullmatch(",".join(content.numbers)) for content in contents)
    need(plain, SEND_PARAMETER, "to: digits and + only")
    return _send(call, "BatchSendDiffSms", contents)


def _values(text: str) -> list[str]:
    """Read ``templateParas`` of a form: a JSON array; numbers in it are taken as their digits (FAQ)."""
    try:
        values = json.loads(text)
        json.dumps(values, ensure_ascii=False).encode()  # half of a surrogate pair is no text
    except (ValueError, RecursionError):
        raise Refusal(SEND_SYSTEM, "templateParas is not a JSON array") from None
    strings = isinstance(values, list) and all(type(value) in {str, int, float} for value in values)
    need(strings, SEND_SYSTEM, "templateParas is not a JSON array of strings")
    return [str(value) for value in values]


def _send(call: Call, operation: str, contents: Sequence[Content]) -> Answer:
    numbers = [number for content in contents for number in content.numbers]
    need(len(numbers) <= MOST_NUMBERS, SEND_PARAMETER, f"to: at most {MOST_NUMBERS} numbers")
    fit = max(map(len, numbers)) <= LONGEST_NUMBER
    need(fit, SEND_PARAMETER, f"to: a number has at most {LONGEST_NUMBER} characters")
    results: list[Object] = []
    earlier: set[tuple[str, str]] = set()
    for place, content in enumerate(contents):
        results += _Sending(call, operation, place).results(content, earlier)
    if all(result["status"] != ACCEPTED for result in results):
        raise Refusal(NONE_SENT, result=results)
    accepted = Counter(
        COUNTRY_OF_CODE.get(result["countryId"], "") for result in results if result["status"] == ACCEPTED
    )
    count_traffic(call.store, call.now, "cn" if call.app["region"] == "cn" else "intl", accepted)
    return Answer({"code": ACCEPTED, "description": "Success", "result": results})


class _Sending:
    """One content of one request on its way."""

    def __init__(self, call: Call, operation: str, place: int) -> None:
        self.call = call
        self.app = call.app
        self.operation = operation
        number = int(call.store.meta("requests", "0"))
        self.uuid = uuid_of(call.settings, f"batch/{call.store.database_id}/{place}", number)
        self.refused_uuid = uuid_of(call.settings, f"refused/{call.store.database_id}/{place}", number)
        self.carrier = Carrier(call.store, call.body["from"], call.now)
        self.constant = {"from": call.body["from"], "createTime": iso(call.now)}

    def results(self, content: Content, earlier: set[tuple[str, str]]) -> list[Object]:
        """Accept what can be sent; return one result for each distinct number, in their order.

        ``earlier`` are the texts and numbers of the contents before, which are not sent again.
        """
        recipients: dict[str, tuple[str, Recipient]] = {}
        for given in content.numbers:
            recipient = read_recipient(given)
            recipients.setdefault(recipient.number, (given, recipient))
        message, common = 0, self.constant
        try:
            draft = self._draft(content)
        except Unsendable as unsendable:
            statuses = dict.fromkeys(recipients, str(unsendable))
        else:
            statuses = {
                number: self._status(recipient, (draft.text, number), earlier)
                for number, (_, recipient) in recipients.items()
            }
            accepted = [number for number, status in statuses.items() if status == ACCEPTED]
            earlier.update((draft.text, number) for number in accepted)
            message = self._write(content, draft, accepted) if accepted else 0
            common = {"total": draft.total, **self.constant}
        results: list[Object] = []
        for place, (number, (given, recipient)) in enumerate(recipients.items(), 1):
            status = statuses[number]
            identity = {"smsMsgId": f"{self.refused_uuid}_{place}", "originTo": given}
            if status == ACCEPTED:
                identity = {"smsMsgId": f"{self.uuid}_{message}", "originTo": given}
                results.append({**identity, "countryId": recipient.code, "status": status, **common})
                message += 1
            else:
                results.append({**identity, "status": status, **self.constant})
        return results

    def _draft(self, content: Content) -> Draft:
        """Make the text out of template, values and signature, or say why there is none."""
        if self.call.number_status:
            raise Unsendable(self.call.number_status)
        template = self._template(content.template_id)
        mainland = self.app["region"] == "cn"
        signature = self._signature(template, content.signature) if mainland else None
        if not mainland and self.call.body["from"] != self.app["intl_channel_num"]:
            raise Unsendable(number_statuses.NOT_ABROAD.code)
        text = text_with(template, content.values)
        if text is None:
            raise Unsendable(number_statuses.VALUES.code)
        verification = template["template_type"] == "VERIFY_CODE_TYPE"
        if not mainland and verification and not all(map(INTERNATIONAL_CODE.fullmatch, content.values)):
            raise Unsendable(number_statuses.NO_CODE.code)
        if signature is None:
            return Draft(text, None, max(count_international(text).segments, 1), promotion=False)
        bracketed = BRACKETS[template["brackets"]].format(signature["signature_name"])
        return Draft(
            bracketed + text,
            signature["signature_name"],
            count_mainland(text, bracketed).segments,
            promotion=template["template_type"] == "PROMOTION_TYPE",
        )

    def _template(self, template_id: str) -> Object:
        rows = self.call.store.find("template", {"template_id": template_id})
        if not rows or rows[0]["app_id"] != self.app["id"] or rows[0]["flow_status"] != "Adopted":
            raise Unsendable(number_statuses.NOT_ACTIVE.code)
        return rows[0]

    def _signature(self, template: Object, name: str) -> Object:
        """Return the sender's signature: the template's own, or for a universal one the named one."""
        rows = self.call.store.find("signature", {"channel_num": self.call.body["from"]})
        if not rows or rows[0]["app_id"] != self.app["id"]:
            raise Unsendable(number_statuses.NO_CHANNEL.code)
        signature = rows[0]
        if signature["status"] not in APPROVED_SIGNATURE:
            raise Unsendable(number_statuses.CHANNEL_CLOSED.code)
        if signature["signature_type"] != template["template_type"]:
            raise Unsendable(number_statuses.OTHER_TEMPLATE.code)
        if template["universal_template"]:
            if name != signature["signature_name"]:
                raise Unsendable(number_statuses.OTHER_SIGNATURE.code)
        elif signature["id"] != template["sign_id"]:
            raise Unsendable(number_statuses.OTHER_TEMPLATE.code)
        return signature

    def _status(self, recipient: Recipient, text: tuple[str, str], earlier: set[tuple[str, str]]) -> str:
        if not recipient.code:
            return number_statuses.MALFORMED.code
        if (recipient.code == MAINLAND_CODE) != (self.app["region"] == "cn"):
            return (
                number_statuses.NOT_ABROAD.code
                if self.app["region"] == "cn"
                else number_statuses.NOT_MAINLAND.code
            )
        if text in earlier:
            return number_statuses.REPEATED.code
        return self.carrier.answer(recipient.number) or ACCEPTED

    def _write(self, content: Content, draft: Draft, numbers: Sequence[str]) -> int:
        """Write the accepted messages down and return the number of the first."""
        now = self.call.now
        body: dict[str, Any] = self.call.body
        fates = [(number, *self.carrier.fate(number)) for number in numbers]
        if draft.promotion and (now + BEIJING).hour not in PROMOTION_HOURS:
            fates = [(number, "SC:0011", None) for number in numbers]
        values: Object = {
            "uuid": self.uuid,
            "app_id": self.app["id"],
            "operation": self.operation,
            "sender": body["from"],
            "template_id": content.template_id,
            "template_paras": json.dumps(list(content.values), ensure_ascii=False),
            "signature": draft.signature,
            "text": draft.text,
            "total": draft.total,
            "extend": body["extend"],
            "status_callback": body["statusCallback"] or None,
            "create_time": timestamp(now),
            "due": self.carrier.due,
        }
        return self.call.store.add_batch(values, fates)
