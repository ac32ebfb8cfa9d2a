"""Where every address stands: the document of ``status``, and the lines drawn from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from smsconf.language import _
from smsconf.model.address import Address, Kind
from smsconf.model.lifecycle import Verdict
from smsconf.model.times import stamp
from smsconf.reconcile.at_service import Outlook
from smsconf.reconcile.review import Review
from smsconf.render.lines import Line, Span, cells, clean, line, pad
from smsconf.render.plan import words
from smsconf.render.plan.text import about_line
from smsconf.render.plan.view import (
    FORMAT_VERSION,
    NOTHING_SEEN,
    UNKNOWN,
    View,
    advice_view,
    counts_view,
    expected_view,
)
from smsconf.render.plan.words import phases, unclaimed

_PHASE_STYLES = {
    "approved": "green",
    "in service": "green",
    "in review": "cyan",
    "rejected": "bold red",
    "deactivated": "bold red",
}


def status_view(
    reviews: Iterable[Review],
    about: Mapping[str, Any],
    *,
    problems: Sequence[str] = (),
    unmanaged: Mapping[Kind, int],
    foreign: Mapping[Kind, int],
    outlooks: Mapping[Address, Outlook] = NOTHING_SEEN,
) -> View:
    """Return the document of ``status``."""
    return {
        "format_version": FORMAT_VERSION,
        **about,
        "resources": [_resource(review, outlooks.get(review.address, UNKNOWN)) for review in reviews],
        "problems": list(problems),
        "unmanaged": counts_view(unmanaged),
        "foreign": counts_view(foreign),
    }


def _resource(review: Review, outlook: Outlook) -> View:
    expected = outlook.expected
    return {
        "address": str(review.address),
        "remote_name": review.remote_name,
        "remote_id": review.remote_id,
        "status": review.status,
        "verdict": _verdict(review.verdict),
        "phase": review.phase.value,
        "since": stamp(expected.since) if expected and expected.since else review.since,
        "review_message": review.review_message,
        "advice": advice_view(outlook),
        **expected_view(expected),
        "overdue": bool(expected and expected.overdue),
        "template_id": review.template_id,
        "channel_num": review.channel_num,
    }


def _verdict(verdict: Verdict) -> View:
    return {
        "done": verdict.done,
        "approved": verdict.approved,
        "usable": verdict.usable,
        "message": verdict.message,
    }


def status_lines(view: Mapping[str, Any]) -> Iterator[Line]:
    """Draw where every address stands."""
    yield about_line(view, "status")
    width = max((cells(one["phase"]) for one in view["resources"]), default=0) + 2
    for one in view["resources"]:
        yield line(
            Span(pad(one["phase"], width), _PHASE_STYLES.get(one["phase"], "")),
            Span(clean(one["address"]), "bold"),
            f"  {clean(one['remote_name'])}",
            hang=width,
        )
        details = [_(": ").join(clean(said) for said in (one["status"], one["verdict"]["message"]) if said)]
        details += [_("since {time}").format(time=clean(one["since"]))] if one["since"] else []
        expected = words.expected(one)
        details += [expected] if expected else []
        for said, key in ((_("template id {id}"), "template_id"), (_("channel {number}"), "channel_num")):
            details += [said.format(id=clean(one[key]), number=clean(one[key]))] if one[key] else []
        yield line(" " * width, Span(" · ".join(details), "dim"), hang=width)
        if one["review_message"]:
            said = _("reviewer: {words}").format(words=clean(one["review_message"]))
            yield line(" " * width, said, hang=width)
        for said in filter(None, (words.advice(one), words.urge(one))):
            yield line(" " * width, clean(said), hang=width)
    for problem in view["problems"]:
        yield line(Span(_("unknown: "), "bold red"), clean(problem), hang=4)
    yield line()
    yield line("status: ", Span(phases(view["resources"]), "bold"), hang=8)
    yield from (line(said, hang=4) for said in unclaimed(view))
