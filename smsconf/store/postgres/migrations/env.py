"""What Alembic runs for a migration: the connection and the transaction are those of whoever asked."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"], version_table_schema="smsconf")
context.run_migrations()
