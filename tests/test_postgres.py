"""The server that the tests have: what they rely on when they kill it."""

from __future__ import annotations

import psycopg

from tests.postgres import Server


def test_own_server_keeps_what_was_committed_however_it_ends(own_postgres: Server) -> None:
    """Killed, stopped as by a power cut, and in order: it starts again, and knows."""
    address = own_postgres.create("kept")
    ways = [own_postgres.kill, lambda: own_postgres.stop("immediate"), own_postgres.stop]
    for number, end in enumerate(ways):
        with psycopg.connect(address) as database:
            database.execute("INSERT INTO smsconf.imported VALUES (%s, '', '')", [str(number)])
        end()
        own_postgres.start()
        with psycopg.connect(address) as database:
            assert database.execute("SELECT count(*) FROM smsconf.imported").fetchone() == (number + 1,)
