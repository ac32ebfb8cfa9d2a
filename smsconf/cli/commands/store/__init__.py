"""``smsconf store``: what is remembered, where, and who is at work on it; one file a command."""

from __future__ import annotations

import click

from smsconf.cli.commands.store import import_, migrate, purge, status


@click.group("store")
def command() -> None:
    """Look after what smsconf remembers: in the project's folder, or in PostgreSQL for all runners.

    \b
    Example:
      smsconf store status
      SMSCONF_STORE=postgresql://smsconf@db/smsconf smsconf store migrate

    Without SMSCONF_STORE it is .smsconf/ in the project's folder; with it, a database that every runner,
    sender and receiver shares.
    """


for one in (status, migrate, import_, purge):
    command.add_command(one.command)
