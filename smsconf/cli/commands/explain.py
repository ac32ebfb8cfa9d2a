"""``smsconf explain``: say what a code or a status means, and what to do."""

from __future__ import annotations

from pathlib import Path

import click

from smsconf.cli.exits import EXITS
from smsconf.cli.options import report_options
from smsconf.cli.output import report
from smsconf.language import _
from smsconf.model.errors import SmsconfError
from smsconf.model.nearest import nearest
from smsconf.render.documents.explanations import (
    explanation_lines,
    explanations,
    explanations_markdown,
    explanations_view,
    find,
)


@click.command("explain")
@click.argument("code", required=False, metavar="CODE|STATUS")
@report_options
@click.option("--all", "everything", is_flag=True, help="Every code there is, as Markdown (or JSON).")
def command(code: str | None, form: str, output: Path | None, everything: bool) -> int:  # noqa: FBT001
    """Say what a code or a status means, and what to do about it.

    \b
    Example:
      smsconf explain SMS323
      smsconf explain MSGSMS.0010
      smsconf explain REVIEW_NOT_PASS

    Knows the codes of our checks, of the service's management and sending APIs, of API Gateway, the
    statuses of reviews and receipts, and smsconf's own exit codes.
    """
    known = explanations(EXITS)
    if everything:
        view = explanations_view(known)
        if form == "json":
            report(view, explanation_lines, form, output)
        else:
            report(view, explanation_lines, "markdown", output, markdown=explanations_markdown)
        return 0
    if code is None:
        raise click.UsageError(_("expected a code or a status, or --all"))
    found = find(code, known)
    if not found:
        near = nearest(code.strip(), [name for one in known for name in (one.code, one.name) if name])
        fix = (
            _("did you mean {near}?").format(near=near)
            if near
            else _("smsconf explain --all lists what there is")
        )
        raise SmsconfError(_("nothing is known about '{code}'").format(code=code[:60]), fix=fix)
    report(explanations_view(found), explanation_lines, form, output)
    return 0
