"""A pooler before a PostgreSQL server, as small as can be: it gives sessions back as PgBouncer does.

It speaks version 3 of the protocol as far as queries go, and knows one user and one database.
https://www.postgresql.org/docs/18/protocol-message-formats.html
"""

from __future__ import annotations

import asyncio
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_ENCRYPTION = {80877103, 80877104}  # SSLRequest, GSSENCRequest
_MADE_UP = struct.pack("!cIII", b"K", 12, 4711, 4711)  # BackendKeyData: of no process at all


class _Session:
    """A connection to the server that has logged in."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.greeting = b""
        self.process = b""  # BackendKeyData


class Pooler:
    """How it gives sessions to clients depends on its ``mode``.

    *transaction*: given back when no transaction is open. *transparent*: the same, and the client is told of
    the process behind its first one. *session*: ended with the client. *careless*: kept for the next client,
    with all that belongs to it.
    """

    def __init__(self, folder: Path, database: str, mode: str) -> None:
        self._socket = folder / ".s.PGSQL.5432"
        self._database = database
        self._mode = mode
        self._gives_back = mode in ("transaction", "transparent")
        self._free: list[_Session] = []
        self._open: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Speak with one client until it goes."""
        session: _Session | None = None
        self._open.append(writer)
        try:
            session = await self._greet(reader, writer)
            while True:
                kind, message = await _read(reader)
                if kind == b"X":
                    if self._mode == "careless" and session:
                        self._free.append(session)
                        session = None
                    break
                session = session or await self._take()
                session.writer.write(message)
                if kind in b"QS" and await _answer(session, writer) == b"I" and self._gives_back:
                    self._free.append(session)
                    session = None
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            if session:
                session.writer.close()  # whoever left it in the middle left its transaction with it
            writer.close()

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> _Session | None:
        while True:
            size, code = struct.unpack("!II", await reader.readexactly(8))
            await reader.readexactly(size - 8)
            if code not in _ENCRYPTION:
                break
            writer.write(b"N")
        session = await self._take()
        process = session.process if self._mode == "transparent" else _MADE_UP
        writer.write(session.greeting + process + b"Z\0\0\0\x05I")
        if not self._gives_back:
            return session
        self._free.append(session)
        return None

    async def _take(self) -> _Session:
        """Return the session that was given back last, else a new one."""
        if self._free:
            return self._free.pop()
        session = _Session(*await asyncio.open_unix_connection(str(self._socket)))
        self._open.append(session.writer)
        words = f"user\0postgres\0database\0{self._database}\0\0".encode()
        session.writer.write(struct.pack("!II", len(words) + 8, 196608) + words)
        while True:
            kind, message = await _read(session.reader)
            if kind in b"RS":  # "it lets you in", and the settings
                session.greeting += message
            if kind == b"K":
                session.process = message
            if kind == b"Z":
                return session

    async def end(self) -> None:
        """Close every connection."""
        for one in self._open:
            one.close()
            with suppress(ConnectionError):
                await one.wait_closed()


async def _answer(session: _Session, writer: asyncio.StreamWriter) -> bytes:
    """Hand on what the server says until it waits for a query; return whether a transaction is open."""
    while True:
        kind, message = await _read(session.reader)
        writer.write(message)
        if kind == b"Z":
            await writer.drain()
            return message[-1:]


async def _read(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readexactly(5)
    return head[:1], head + await reader.readexactly(struct.unpack("!I", head[1:])[0] - 4)


@contextmanager
def pooling(folder: Path, database: str, mode: str) -> Iterator[str]:
    """Run a pooler before the server of a folder; give the address of its database."""
    loop = asyncio.new_event_loop()
    pooler = Pooler(folder, database, mode)
    server = loop.run_until_complete(asyncio.start_server(pooler.serve, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield f"postgresql://postgres@127.0.0.1:{server.sockets[0].getsockname()[1]}/{database}"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(_end(server, pooler))
        loop.close()


async def _end(server: asyncio.Server, pooler: Pooler) -> None:
    server.close()
    await pooler.end()
    every = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*every, return_exceptions=True)
