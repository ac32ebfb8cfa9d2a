"""A file for the service: checked before anything is sent, then written as the vendor's SDK writes it.

Sends nothing. The documents name neither formats nor sizes for this operation; these are the console's
(FAQ of the vendor, read 2026-11), and a reviewer's time is too long to try others.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import NamedTuple

from smsconf.language import _
from smsconf.model.errors import CloudError
from smsconf.model.resources import File

MOST_BYTES = 2 * 1024 * 1024
IMAGES = frozenset({".jpg", ".jpeg", ".png", ".gif"})
_LETTERS = IMAGES | {".pdf"}
_FORMATS = {"authorization": _LETTERS}  # by field; every other one takes images

_LONGEST_NAME = 64
_CHUNK = 64 * 1024
_FORBIDDEN_IN_NAMES = str.maketrans(dict.fromkeys("\"#'$%&*/|<>{}[];?!\\ \r\n\t", "_"))


class Upload(NamedTuple):
    """A file to send: its name as the service shall show it, where it lies, and its sha256 as hex."""

    name: str
    path: Path
    digest: str


class UploadBody:
    """The body of an upload, read from the disk as it is sent; it can be sent again from the start."""

    def __init__(self, head: bytes, path: Path, tail: bytes) -> None:
        self._head = head
        self._path = path
        self._tail = tail
        self.length = len(head) + path.stat().st_size + len(tail)

    def __iter__(self) -> Iterator[bytes]:
        yield self._head
        with self._path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
        yield self._tail


def check_file(field: str, file: File) -> None:
    """Make sure that the service takes a file, by its ending and size.

    Raises:
        CloudError: it does not; nothing was sent.
    """
    formats = _FORMATS.get(field, IMAGES)
    ending = PurePath(file.path).suffix.lower()
    known = ", ".join(sorted(one[1:] for one in formats))
    if ending not in formats:
        raise _unfit(
            _("{path} is no file of a type the service takes for `{field}`").format(
                path=file.path, field=field
            ),
            _("use {known}").format(known=known),
        )
    if file.size > MOST_BYTES:
        size = f"{file.size / 1024 / 1024:.1f} MB"
        raise _unfit(
            _("{path} has {size}, the service takes 2 MB").format(path=file.path, size=size),
            _("make it smaller than 2 MB"),
        )
    if file.size == 0:
        raise _unfit(
            _("{path} is empty").format(path=file.path),
            _("put the document into {path}").format(path=file.path),
        )


def multipart(upload: Upload) -> tuple[str, UploadBody]:
    """Return content type and body of an upload: one part named ``file``.

    The service takes names of at most 64 characters without blanks and most punctuation. The name is shown
    to nobody but the reviewer, so it is made to fit instead of being refused.
    """
    stem, dot, suffix = upload.name.rpartition(".")
    most = _LONGEST_NAME - 1 - len(suffix)
    name = f"{stem[:most]}{dot}{suffix}" if stem else suffix[:_LONGEST_NAME]
    name = name.translate(_FORBIDDEN_IN_NAMES)
    boundary = upload.digest[:32]  # no file contains its own digest
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = UploadBody(head.encode(), upload.path, f"\r\n--{boundary}--\r\n".encode())
    return f"multipart/form-data; boundary={boundary}", body


def _unfit(message: str, fix: str) -> CloudError:
    return CloudError(
        _("{message}: nothing was sent").format(message=message),
        operation="UploadSignatureFile",
        fix=fix,
        arrived=False,
    )
