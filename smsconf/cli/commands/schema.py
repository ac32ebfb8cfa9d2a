"""``smsconf schema``: print the JSON Schema of the files."""

from __future__ import annotations

import sys

import click

from smsconf.config.format.schema import schema_text


@click.command("schema")
def command() -> int:
    """Print the JSON Schema of the files, for editors and other tools.

    \b
    Example:
      smsconf schema > schema.json
    """
    sys.stdout.write(schema_text())
    return 0
