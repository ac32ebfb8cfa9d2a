"""The entry point: commands by name, loaded when called; exit codes; how errors reach people.

Imports nothing but click, so that ``--version`` and ``--help`` answer at once. It decides nothing: what a
command does is in ``workflow``, and each command has one file here.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import click

from smsconf import __version__
from smsconf.language import FOLDERS, LANGUAGES, _, language, of_locale, use
from smsconf.model.errors import SmsconfError
from smsconf.model.nearest import nearest

# name → (module, help line). The help line stands here so that --help imports no command.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "init": ("smsconf.cli.commands.init", "Start a project that plans at once on the emulator."),
    "validate": ("smsconf.cli.commands.validate", "Check the files, offline."),
    "lint": ("smsconf.cli.commands.lint", "Say what a reviewer would object to, offline."),
    "fmt": ("smsconf.cli.commands.fmt", "Put the keys of the files in their usual order."),
    "plan": ("smsconf.cli.commands.plan", "Show what apply would do."),
    "apply": ("smsconf.cli.commands.apply", "Carry out the plan: submit what is new, and end."),
    "status": ("smsconf.cli.commands.status", "Show where every review stands."),
    "wait": ("smsconf.cli.commands.wait", "Wait until every review is over."),
    "confirm": ("smsconf.cli.commands.confirm", "Record what people did at the console."),
    "outputs": ("smsconf.cli.commands.outputs", "Print ids and senders of the live templates."),
    "send": ("smsconf.cli.commands.messages.send", "Send a live template to some numbers."),
    "report": ("smsconf.cli.commands.report", "Write plan, reviews and messages as an HTML page."),
    "history": ("smsconf.cli.commands.history", "Show what was sent and decided, from the journal."),
    "dump": ("smsconf.cli.commands.dump", "Write what is at the service as a project."),
    "bulk": ("smsconf.cli.commands.messages.bulk", "Send a live template to a list, each recipient once."),
    "receive": ("smsconf.cli.commands.messages.receive", "Take in status reports and replies."),
    "receipts": ("smsconf.cli.commands.messages.receipts", "Show what became of what was sent."),
    "replies": ("smsconf.cli.commands.messages.replies", "Show what people sent back, and who opted out."),
    "store": ("smsconf.cli.commands.store", "Look after what is remembered: status, migrate, import, purge."),
    "explain": ("smsconf.cli.commands.explain", "Say what a code or a status means, and what to do."),
    "graph": ("smsconf.cli.commands.graph", "Draw what hangs on what, as a Mermaid flowchart."),
    "guide": ("smsconf.cli.commands.guide", "Say what is next on the way to the first message."),
    "doctor": (
        "smsconf.cli.commands.doctor",
        "Check everything from the files to the service, each with its fix.",
    ),
    "schema": ("smsconf.cli.commands.schema", "Print the JSON Schema of the files."),
    "emulator": ("smsconf.cli.commands.emulator", "Run and steer the stand-in for the service."),
}


# commands whose errors may quote a list, a push or a number that somebody typed
WITH_NUMBERS = frozenset({"send", "bulk", "receive", "receipts", "replies"})


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called, not when they are listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """List the commands in the order of a working day, not of the alphabet."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        return _spoken(import_module(COMMANDS[cmd_name][0]).command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Offer the nearest name for a command that does not exist."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = nearest(args[0], COMMANDS, alike=0.6)
            message = _("no such command '{name}'; there are: {names}")
            if near:
                message = _("no such command '{name}'; did you mean '{near}'?")
            ctx.fail(message.format(name=args[0], names=", ".join(COMMANDS), near=near))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(line)) for name, (_module, line) in COMMANDS.items()])


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    expose_value=False,
    help="Language of what people read, else SMSCONF_LANG or the locale's; may stand anywhere.",
)
@click.version_option(__version__, prog_name="smsconf", message="%(prog)s %(version)s")
def cli() -> None:
    """Message & SMS of Huawei Cloud as code: YAML → plan → apply → review → approved.

    \b
    Example:
      smsconf validate && smsconf plan
      smsconf apply
      smsconf status
    """


def main() -> NoReturn:
    """Run the command line and leave with its exit code (README, "Exit codes")."""
    # What a run makes lives to its end: looking for garbage all the time costs a fifth of a large plan.
    gc.set_threshold(100_000, 50, 100)
    _open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _discard_stdout()
    except OSError as error:
        _discard_stdout()
        code = code or _say_unwritten(error)
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; whatever went wrong has been said on stderr."""
    arguments = _choose_language(arguments)
    try:
        result = _spoken(cli).main(arguments, prog_name="smsconf", standalone_mode=False)
    except click.ClickException as error:
        from smsconf.render.lines import clean

        said = io.StringIO()
        vars(error)["message"] = clean(error.message, source=True)  # quotes arguments; the rest is ours
        error.show(said)
        click.echo(_masked(said.getvalue(), arguments), err=True, nl=False)
        return 1
    except SmsconfError as error:
        from smsconf.cli.output import show_error

        error.message = _masked(error.message, arguments)
        return show_error(error)
    except BrokenPipeError:
        _discard_stdout()
        return 0
    except (click.Abort, KeyboardInterrupt):
        click.echo(_("interrupted"), err=True)
        return 130
    except OSError as error:
        return _say_unwritten(error)
    return result if isinstance(result, int) else 0


def _masked(message: str, arguments: list[str]) -> str:
    """Hide the numbers in an error, whatever it quotes; ids of other commands' errors are left alone."""
    if "--show-numbers" in arguments or WITH_NUMBERS.isdisjoint(arguments):
        return message
    from smsconf.messaging.masking import mask_all

    return mask_all(message)


def _say_unwritten(error: OSError) -> int:
    """Say what could not be read or written; return the exit code."""
    from smsconf.cli.output import say

    what = f"{error.filename or _('input/output')}: {error.strerror or error}"
    say(_("error: {message}").format(message=what))
    return 1


def _open_what_is_closed() -> None:
    """Give a stream that the caller closed (``>&-``) somewhere to go, before a file takes its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - to the end


def _choose_language(arguments: list[str]) -> list[str]:
    """Speak the language of --lang, wherever it stands, else the environment's; put the option first."""
    chosen, rest = of_locale(os.environ), list(arguments)
    for position, word in enumerate(arguments):
        if word == "--":
            break
        if word.partition("=")[0] == "--lang":
            size = 1 if "=" in word else 2
            asked = arguments[position : position + size]
            chosen = asked[-1].removeprefix("--lang=")
            rest = [*asked, *arguments[:position], *arguments[position + size :]]
            break
    use(chosen)
    os.environ["LANGUAGE"] = FOLDERS.get(chosen, "en")  # for the texts of click
    return rest


def _spoken(command: click.Command) -> click.Command:
    """Return a command with its help in the user's language."""
    if language() == "en":
        return command
    from smsconf.cli.help import spoken

    return spoken(command)


def _discard_stdout() -> None:
    """Point stdout away from a pipe that nobody reads any more, so that the end of the process is silent."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
