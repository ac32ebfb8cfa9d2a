"""``smsconf outputs``: what an application needs to send with the templates that are live."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click

from smsconf.cli.exits import outputs_exit
from smsconf.cli.options import output_option, project_options
from smsconf.cli.output import report, say
from smsconf.cli.progress import TALK
from smsconf.config import load_project
from smsconf.language import _
from smsconf.model.errors import PlanRefused, SmsconfError
from smsconf.model.resources import Template
from smsconf.reconcile.change import TemplateChange
from smsconf.reconcile.versions.recorded import lost_version
from smsconf.render.documents.outputs import (
    configmap_text,
    env_text,
    in_ascii,
    outputs_view,
    without_live,
    yaml_text,
)
from smsconf.workflow.run import note_seen, read
from smsconf.workflow.session import open_session

_TEXTS = {"env": env_text, "yaml": yaml_text, "configmap": configmap_text}


@click.command("outputs")
@project_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", *_TEXTS]),
    default="json",
    help="Form of the report; env is for a shell, configmap for Kubernetes.  [default: json]",
)
@output_option
@click.option("--require-all", is_flag=True, help="Exit 6 if some template has no live version.")
def command(
    folder: Path,
    environment: str | None,
    form: str,
    output: Path | None,
    require_all: bool,  # noqa: FBT001 - options arrive by name
) -> int:
    """Print template ids, senders and variables of what is live now, for the program that sends.

    \b
    Example:
      smsconf outputs --env prod --require-all --output sms.json
      eval "$(smsconf outputs --format env)"
      smsconf outputs --format configmap | kubectl apply -f -

    Of each template it shows the version that serves now and that version's variables, even while a
    successor is in review. No secrets. Exits 0; with --require-all 6 if some template has no live version;
    4, and prints nothing, if not all could be read, or what serves cannot be found.
    """
    project = load_project(folder, environment)
    with open_session(project, TALK) as session:
        seen = read(session)
        note_seen(seen)
    seen.require_all()
    plan = seen.plan
    for change in plan.changes:
        serving = lost_version(seen.inputs, change.desired) if isinstance(change.desired, Template) else None
        if serving:
            lost = _("{address}: {name} serves by the journal, but {reason}")
            raise PlanRefused(
                lost.format(address=change.label, name=serving.name, reason=change.reason),
                fix=_("see what smsconf plan says; nothing was printed"),
            )
    view = outputs_view(plan, seen.inputs.observed.signatures.items)
    for change in plan.changes:
        if isinstance(change, TemplateChange) and change.contenders:
            names = ", ".join(one.name for one in (change.live, *change.contenders) if one)
            doubt = _("{address}: nothing tells which of these serves: {names}; smsconf plan says more")
            say(doubt.format(address=change.label, names=names))
    forms = _TEXTS if output else {name: partial(_for_stdout, name) for name in _TEXTS}
    report(view, lambda _view: (), form, output, forms=forms)
    missing = without_live(view)
    if require_all and missing:
        say(_("no live version: {missing}").format(missing=", ".join(missing)))
    return outputs_exit(missing, required=require_all)


def _for_stdout(form: str, view: Mapping[str, Any]) -> str:
    """Write the document so that the program that reads it gets every character.

    Raises:
        SmsconfError: a shell knows no escapes, and stdout's encoding lacks a character.
    """
    text, encoding = _TEXTS[form](view), sys.stdout.encoding or "ascii"
    if encoding.lower().replace("-", "") == "utf8":
        return text
    if form != "env":
        return in_ascii(text)
    try:
        text.encode(encoding)
    except UnicodeEncodeError as error:
        lost = _("'{character}' cannot be written in {encoding}, the encoding of stdout")
        raise SmsconfError(
            lost.format(character=text[error.start], encoding=encoding),
            fix=_("set PYTHONUTF8=1, write to a file with --output, or use --format json"),
        ) from error
    return text
