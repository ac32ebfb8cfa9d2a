"""Files are checked before anything is sent."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from smsconf.cloud.http.upload import MOST_BYTES, check_file
from smsconf.model.errors import CloudError
from smsconf.model.resources import File
from smsconf.reconcile.outcome import Result
from tests.cloud.conftest import Emulated
from tests.cloud.worlds import brand, desired, shop

FIELDS = ("licence", "authorization", "proof")


def file(path: str, size: int = 1000) -> File:
    return File(path, Path(path), "0" * 64, size)


@pytest.mark.parametrize("ending", ["jpg", "JPG", "jpeg", "png", "gif"])
@pytest.mark.parametrize("field", FIELDS)
def test_images_are_taken_everywhere(field: str, ending: str) -> None:
    """Whatever the case of the ending, up to and with two megabytes."""
    check_file(field, file(f"files/营业执照 1.{ending}", MOST_BYTES))


def test_letters_of_authorisation_may_be_pdf() -> None:
    """Only they."""
    check_file("authorization", file("letter.pdf"))
    for field in ("licence", "proof"):
        with pytest.raises(CloudError, match="no file of a type") as caught:
            check_file(field, file("letter.pdf"))
        assert caught.value.fix == "use gif, jpeg, jpg, png"


@pytest.mark.parametrize(
    ("path", "size", "words"),
    [
        ("licence.txt", 10, "licence.txt is no file of a type the service takes for `licence`"),
        ("licence", 10, "no file of a type"),
        (".png", 10, "no file of a type"),
        ("licence.png.exe", 10, "no file of a type"),
        ("licence.png", MOST_BYTES + 1, "licence.png has 2.0 MB, the service takes 2 MB"),
        ("licence.png", 5 * MOST_BYTES, "licence.png has 10.0 MB"),
        ("licence.png", 0, "licence.png is empty"),
    ],
)
def test_unfit_file_is_refused_with_what_would_fit(path: str, size: int, words: str) -> None:
    """Its path as written, what is wrong, what to do; nothing was sent."""
    with pytest.raises(CloudError) as caught:
        check_file("licence", file(path, size))
    assert words in caught.value.message
    assert caught.value.message.endswith("nothing was sent")
    assert (caught.value.arrived, bool(caught.value.fix)) == (False, True)


def test_unfit_file_stops_its_signature_and_nothing_is_sent(emulated: Emulated, tmp_path: Path) -> None:
    """The signature fails before its first request; the app beside it is created."""
    path = tmp_path / "licence.txt"
    path.write_bytes(b"text")
    licence = File("licence.txt", path, hashlib.sha256(b"text").hexdigest(), 4)
    outcomes = emulated.run(desired(shop, replace(brand, licence=licence)))
    assert outcomes["app.shop"].result is Result.APPLIED
    failed = outcomes["signature.brand"]
    assert (failed.result, failed.sent) == (Result.FAILED, False)
    assert "use gif, jpeg, jpg, png" in failed.message
    operations = [name for name, _ in emulated.requests()]
    assert "UploadSignatureFile" not in operations
    assert "CreateSignature" not in operations
