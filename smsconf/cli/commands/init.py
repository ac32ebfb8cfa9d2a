"""``smsconf init``: start a project, from a few answers or from what is at the service."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click

from smsconf.cli.options import WordParam
from smsconf.cli.output import say
from smsconf.cli.progress import TALK
from smsconf.config.format.schema import schema_text
from smsconf.language import N_, _
from smsconf.model.address import KEY_PATTERN
from smsconf.model.resources import Region
from smsconf.model.sites import SITES
from smsconf.own_files import STATE_FOLDER
from smsconf.render.starter import SCHEMA_NAME, Answers, project_files
from smsconf.workflow.new_project import imported_files, require_clean, summary, write_new

IGNORED = f"{STATE_FOLDER}/"

Given = Mapping[str, str]


KEY = WordParam(
    "key",
    lambda text: text if re.fullmatch(KEY_PATTERN, text) else None,
    N_("expected small letters, digits, - and _, such as order-shipped, got '{value}'"),
)


class Question(NamedTuple):
    """One thing to know: its flag, what to ask, the default, and what is allowed, given earlier answers.

    ``asked``: whether it matters at all, given earlier answers; where it does not, the default stands.
    """

    name: str
    text: str
    default: Callable[[Given], str]
    kind: Callable[[Given], click.ParamType[Any] | None] = lambda _given: None
    asked: Callable[[Given], bool] = lambda _given: True


QUESTIONS = (
    Question(
        "provider",
        N_("Where to start: on the emulator in this process, or at Huawei Cloud"),
        lambda _given: "emulator",
        lambda _given: click.Choice(["emulator", "huaweicloud"]),
    ),
    Question(
        "site",
        N_("The vendor's site the account belongs to"),
        lambda _given: "china",
        lambda _given: click.Choice(list(SITES)),
    ),
    Question(
        "region",
        N_("The region of the service"),
        lambda given: next(iter(SITES[given["site"]].regions)),
        lambda given: click.Choice(list(SITES[given["site"]].regions)),
        lambda given: len(SITES[given["site"]].regions) > 1,
    ),
    Question(
        "kind",
        N_("Messages to the Chinese mainland (cn), or to the rest of the world (intl)"),
        lambda given: "cn" if given["site"] == "china" else "intl",
        lambda _given: click.Choice([one.value for one in Region]),
    ),
    Question(
        "app",
        N_("Key of the first app; it can never be deleted at the service"),
        lambda _given: "shop",
        lambda _given: KEY,
    ),
    Question(
        "signature",
        N_("The brand in front of the messages, without brackets"),
        lambda given: "示例商城" if given["kind"] == Region.CN else "",
        asked=lambda given: given["kind"] == Region.CN,
    ),
    Question(
        "template",
        N_("Key of the first template"),
        lambda _given: "order-shipped",
        lambda _given: KEY,
    ),
)
CONTENT = ("kind", "app", "signature", "template")


@click.command("init")
@click.option(
    "-C",
    "--project",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Folder of the new project, made if need be.  [default: this folder]",
)
@click.option("--provider", metavar="emulator|huaweicloud", help="Where to start.  [default: emulator]")
@click.option("--site", metavar="|".join(SITES), help="Site of the account.  [default: china]")
@click.option("--region", metavar="NAME", help="Region of the service.  [default: the site's first]")
@click.option("--kind", metavar="cn|intl", help="Mainland or other messages.  [default: the site's]")
@click.option("--app", metavar="KEY", help="First app.  [default: shop]")
@click.option("--signature", metavar="TEXT", help="Brand in front of mainland messages.  [default: 示例商城]")
@click.option("--template", metavar="KEY", help="First template.  [default: order-shipped]")
@click.option("-y", "--yes", is_flag=True, help="Take the default for whatever is not given.")
@click.option("--from-remote", is_flag=True, help="Start from what is at the service, as dump writes it.")
def command(
    folder: Path,
    yes: bool,  # noqa: FBT001 - options arrive by name
    from_remote: bool,  # noqa: FBT001 - options arrive by name
    **given: str | None,
) -> int:
    """Start a project: commented files that validate, lint clean, and plan at once on the emulator.

    \b
    Example:
      smsconf init
      smsconf init --yes --site international
      smsconf init --from-remote --provider huaweicloud --site china --yes

    At a terminal it asks for what is not given. No file is ever overwritten, and on any refusal none is
    written. The provider that is not chosen becomes an environment: prod, or emulator.
    """
    answers = _answers({name: text for name, text in given.items() if text is not None}, yes, from_remote)
    if from_remote:
        dump, files, remarks = imported_files(answers, folder, TALK)
        for text in summary(dump, remarks):
            say(text)
    else:
        files = project_files(answers)
        require_clean(files)
    files |= {SCHEMA_NAME: schema_text()}
    if not os.path.lexists(folder / ".gitignore"):
        files[".gitignore"] = f"{IGNORED}\n"
    write_new(folder, files)
    for name in files:
        say(_("wrote {name}").format(name=folder / name), err=False)
    if not _ignored(folder):
        say(_("add {line} to .gitignore: what is in there is not for others").format(line=IGNORED))
    where = "" if folder == Path() else f" --project {shlex.quote(str(folder))}"
    say(_("next: {command}").format(command=f"smsconf guide{where}"))
    return 0


def _answers(given: dict[str, str], yes: bool, from_remote: bool) -> Answers:  # noqa: FBT001 - as they came
    """Gather the answers: as given, else as asked, else the defaults.

    Raises:
        UsageError: something is missing and nobody is there to ask, or an answer is not allowed.
    """
    questions = [one for one in QUESTIONS if not (from_remote and one.name in CONTENT)]
    if from_remote and (extra := [name for name in CONTENT if name in given]):
        raise click.UsageError(
            _("--{name} does not go with --from-remote: the service says it").format(name=extra[0])
        )
    asks = not yes and sys.stdin.isatty()
    open_ones = [one.name for one in questions if one.name not in given and one.name != "region"]
    if open_ones and not (asks or yes):
        said = _("nobody is there to ask: give {flags}, or --yes to take the defaults")
        raise click.UsageError(said.format(flags=", ".join(f"--{name}" for name in open_ones)))
    known: dict[str, str] = {"kind": Region.CN.value} if from_remote else {}
    for one in QUESTIONS:
        if one in questions:
            known[one.name] = _answer(one, given, known, asks=asks)
        else:
            known.setdefault(one.name, one.default(known))
    return Answers(
        site=known["site"],
        region=known["region"],
        kind=Region(known["kind"]),
        emulated=known["provider"] == "emulator",
        app=known["app"],
        signature=known["signature"],
        template=known["template"],
    )


def _answer(one: Question, given: Given, known: Given, *, asks: bool) -> str:
    kind = one.kind(known)
    if one.name in given:
        if not one.asked(known) and given[one.name] != one.default(known):
            raise click.UsageError(
                _("--{name} does not go with {kind}: only mainland messages have one").format(
                    name=one.name, kind=f"--kind {known['kind']}"
                )
                if one.name == "signature"
                else _("--{name} {value}: expected {expected}").format(
                    name=one.name, value=given[one.name], expected=one.default(known)
                )
            )
        try:
            return str(kind.convert(given[one.name], None, None)) if kind else given[one.name]
        except click.BadParameter as error:
            raise click.UsageError(f"--{one.name}: {error.message}") from error
    default = one.default(known)
    if not asks or not one.asked(known):
        return default
    return str(click.prompt(_(one.text), default=default, type=kind, err=True))


def _ignored(folder: Path) -> bool:
    """Tell whether git leaves the folder of journal and emulator alone."""
    try:
        lines = (folder / ".gitignore").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    return any(line.strip().strip("/") == IGNORED.strip("/") for line in lines)
