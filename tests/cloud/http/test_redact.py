"""No secret in any output: as it is, and as any syntax on the way back may have written it."""

from __future__ import annotations

import base64
import html
import json
import quopri
import random
import struct
import time
import unicodedata
from collections.abc import Callable
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsconf.cloud.http.redact import Redactor
from smsconf.cloud.http.transport import SigningAuth
from smsconf.messaging.send.credentials import WsseAuth
from smsconf.model.errors import CloudError
from tests.cloud.worlds import Scripted, open_client

Writer = Callable[[str], str]


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def utf16(text: str) -> tuple[int, ...]:
    data = text.encode("utf-16-be")
    return struct.unpack(f">{len(data) // 2}H", data)


def each(form: str) -> Writer:
    """Write every character in one form."""
    return lambda text: "".join(form.format(ord(char)) for char in text)


def wrapped(text: str) -> str:
    return "\r\n ".join(text[at : at + 3] for at in range(0, len(text), 3))


ENCODINGS: dict[str, Writer] = {
    "as it is": str,
    "json": lambda text: json.dumps(text)[1:-1],
    "json, readable": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "json, slashes": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "json, capitals": lambda text: json.dumps(text).upper()[1:-1].replace("\\U", "\\u"),
    "json for html": lambda text: json.dumps(text)[1:-1].translate(
        {ord(c): f"\\u{ord(c):04x}" for c in "<>&'"}
    ),
    "json in json": lambda text: json.dumps(json.dumps(text))[1:-1],
    "json three times": lambda text: json.dumps(json.dumps(json.dumps(text)))[1:-1],
    "percent": quote,
    "percent, slashes": lambda text: quote(text, safe=""),
    "percent, small": lambda text: quote(text, safe="").lower(),
    "percent twice": lambda text: quote(quote(text, safe=""), safe=""),
    "form": quote_plus,
    "percent of gbk": lambda text: quote(text, safe="", encoding="gb18030", errors="replace"),
    "html": html.escape,
    "html twice": lambda text: html.escape(html.escape(text)),
    "html, decimal": lambda text: html.escape(text).encode("ascii", "xmlcharrefreplace").decode(),
    "html in json": lambda text: json.dumps(html.escape(text))[1:-1],
    "json in html": lambda text: html.escape(json.dumps(text)),
    "html in a url": lambda text: quote(html.escape(text), safe=""),
    "json in a url": lambda text: quote(json.dumps(text), safe=""),
    "xml": lambda text: escape(text, {'"': "&quot;", "'": "&apos;"}),
    "repr": lambda text: repr(text)[1:-1],
    "ascii": lambda text: ascii(text)[1:-1],
    "repr of repr": lambda text: repr(repr(text)),
    "bytes": lambda text: repr(text.encode())[2:-1],
    "csv": lambda text: text.replace('"', '""'),
    "sql": lambda text: text.replace("'", "''"),
    "quoted-printable": lambda text: quopri.encodestring(text.encode(), quotetabs=True).decode(),
    "every character, json": lambda text: "".join(f"\\u{code:04x}" for code in utf16(text)),
    "every character, percent": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "every character, decimal": each("&#{};"),
    "every character, decimal, without ends": lambda text: each("&#{}")(text) + " ",
    "every character, decimal, twice": lambda text: html.escape(each("&#{};")(text)),
    "every character, decimal, in a url": lambda text: quote(each("&#{};")(text), safe=""),
    "every character, hexadecimal": each("&#x{:X};"),
    "every character, hexadecimal, twice": lambda text: html.escape(each("&#x{:X};")(text)),
    "every character, quoted-printable": lambda text: "".join(f"={byte:02X}" for byte in text.encode()),
    "every character, of eight digits": each("\\U{:08x}"),
    "every character, octal": lambda text: "".join(f"\\{byte:03o}" for byte in text.encode()),
    "every character, braces": each("\\u{{{:x}}}"),
    "every character, old percent": lambda text: "".join(f"%u{code:04x}" for code in utf16(text)),
    "base64": b64,
    "base64 of utf-16": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
    "bytes, listed": lambda text: ", ".join(f"0x{byte:02x}" for byte in text.encode()),
    "base64 for urls": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "base64 twice": lambda text: b64(b64(text)),
    "base64 of json": lambda text: b64(json.dumps(text)),
    "base64 in json": lambda text: json.dumps(b64(text)).replace("/", "\\/"),
    "base64 in json for html": lambda text: b64(text).replace("+", "\\u002B"),
    "base64 in a url": lambda text: quote(b64(text), safe=""),
    "basic": lambda text: "Basic " + b64(f"user:{text}"),
    "basic, another": lambda text: "Basic " + b64(f"a-user:{text}:more"),
    "basic, a third": lambda text: "Basic " + b64(f"an-user:{text}"),
    "base64 of lines": lambda text: base64.encodebytes((text + "x" * 9).encode()).decode(),
    "hexadecimal": lambda text: text.encode().hex(),
    "HEXADECIMAL": lambda text: text.encode().hex(":").upper(),
    "over lines": wrapped,
    "over lines in json": lambda text: "\\n".join(text[at : at + 5] for at in range(0, len(text), 5)),
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "utf-8 as latin-1": lambda text: text.encode().decode("latin-1"),
    "in capitals": str.upper,
}
AROUND = (("", ""), ("the key ", " is wrong"), ('{"error": "', '"}'), ("key=", "&x=1"), ("\\\\", "\\n"))
SECRETS = (
    "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY=",
    "p\"w'd\\n/%41&amp;é",
    "密码 is här, ±5€",
    "a b  c+d",
    "пароль🙂🙂",
    "<s>&x;'y\"",
    "\\\\\\x",
    "abcd",
    "MIIEmulator" + "Ab/+9z" * 700 + "==",
)


@pytest.mark.parametrize("secret", SECRETS, ids=range(len(SECRETS)))
@pytest.mark.parametrize("name", ENCODINGS)
def test_secret_is_masked_in_every_form(name: str, secret: str) -> None:
    """Amid other text, whatever that ends or begins with, nothing but the mask is left of it."""
    written = ENCODINGS[name](secret)
    for before, after in AROUND:
        cleaned = Redactor(lambda: ("other-secret", secret))(f"{before}{written}{after}")
        kept = " ".join(f"{before} {after}".split())
        left = cleaned.replace("***", "")
        assert "***" in cleaned, (written, cleaned)
        assert len(left) <= len(kept) + 40, (written, cleaned)  # quotes, and what Base64 holds besides
        assert written not in cleaned


characters = st.text(
    st.characters(categories=("L", "N", "P", "S", "Zs"), include_characters="\"'\\/%&+= <>é密🙂"),
    min_size=4,
    max_size=24,
).filter(lambda text: text == text.strip() and len(set(text)) > 3 and len("".join(text.split())) > 3)


@given(characters, st.sampled_from(sorted(ENCODINGS)), st.text(max_size=20), st.text(max_size=20))
def test_any_secret_in_any_text_is_masked(secret: str, name: str, before: str, after: str) -> None:
    """Whatever the characters and whatever stands around."""
    written = ENCODINGS[name](secret)
    cleaned = Redactor(lambda: (secret,))(f"{before} {written} {after}")
    assert "***" in cleaned
    line = " ".join("".join(c if c.isprintable() else " " for c in written).split())
    if line not in f"{before} {after} ***":
        assert line not in cleaned


def test_longest_secret_goes_first() -> None:
    """One that begins with another leaves no end behind."""
    assert Redactor(lambda: ("secret", "secret-of-mine"))("my secret-of-mine!") == "my ***!"


@pytest.mark.parametrize("secret", ["", "abc", "   ", "\x00\x01\x02\x03", "a b"])
def test_too_short_a_secret_garbles_nothing(secret: str) -> None:
    """Three characters hide nothing; they would be masked in every second word."""
    text = "abc a b c: the cabinet is abcdefgh"
    assert Redactor(lambda: (secret,))(text) == text


def test_secret_at_the_cut_is_whole_or_not_there() -> None:
    """Where a long text is cut, no part of a secret is left."""
    secret = "0123456789" * 4
    for before in range(200, 310):
        cleaned = Redactor(lambda: (secret,))("x" * before + secret + "y" * 100_000)
        assert secret[:5] not in cleaned


def test_hostile_text_costs_no_time() -> None:
    """Runs of what patterns begin with: backslashes, percent signs, ampersands, blanks, its own."""
    chance = random.Random(1)
    secret = "\\\\ %25&amp;+ =" + "aaaa\\%& " * 20
    clean = Redactor(lambda: (secret, "a" * 120, "\\" * 30 + "x", "é" * 60))
    clean("warm")
    for piece in (
        "\\",
        "%25",
        "%",
        "&amp;",
        "&#",
        " ",
        "a",
        "a ",
        "\\u00",
        "=\n",
        "é",
        "\\n",
        "aaaa\\%& ",
        "%5c",
        "x61",
    ):
        began = time.perf_counter()
        clean(piece * 100_000)
        clean("".join(chance.choice([piece, "a", "\\", "%"]) for _ in range(20_000)))
        assert time.perf_counter() - began < 5


@pytest.mark.parametrize("place", ["code", "message", "detail", "id", "header", "type", "broken"])
@pytest.mark.parametrize("name", ["json", "percent", "html", "base64", "as it is"])
def test_echo_reaches_no_error(place: str, name: str) -> None:
    """Wherever in an answer it comes back, and whatever it was made into: key, signature, token, digest."""
    secret = 'real"sécret/+key\\of mine'
    seen: list[httpx.Request] = []

    def echo(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        auth = request.headers["Authorization"]
        proof = auth.rpartition("Signature=")[2] if "Signature=" in auth else request.headers["X-WSSE"]
        said = f"wrong: {ENCODINGS[name](secret)} {proof}"
        body = {"error_code": "X", "error_msg": "no", "request_id": "1"}
        names = {"code": "error_code", "message": "error_msg", "detail": "error_detail", "id": "request_id"}
        if place in names:
            body[names[place]] = said
        shown = "".join(char for char in said if char.isascii() and char.isprintable())
        headers = {"X-Request-Id": shown} if place == "header" else {}
        if place in {"type", "broken"}:
            return httpx.Response(
                200, headers={"Content-Type": shown, "X-Request-Id": shown}, content=b"<html>"
            )
        return httpx.Response(400, headers=headers, json=body)

    for auth in (SigningAuth("AKAKAKAKAK", secret), WsseAuth("AKAKAKAKAK", secret)):
        with open_client(Scripted(echo), auth=auth) as client, pytest.raises(CloudError) as caught:
            client.call("ListSendCountryDetails")
        error = caught.value
        told = f"{error} {error.message} {error.why} {error.fix} {error.code} {error.request_id} {error!r}"
        request = seen[-1]
        digest = request.headers.get("X-WSSE", "").partition('PasswordDigest="')[2].partition('"')[0]
        for value in (
            secret,
            ENCODINGS[name](secret),
            digest,
            request.headers["Authorization"].rpartition("=")[2],
        ):
            assert not value or len(value) < 8 or value not in told


def test_short_words_of_a_proof_are_forgotten_in_time() -> None:
    """Only what may still be on its way is kept."""
    auth = SigningAuth("AKAKAKAKAK", "secret-key")
    for _ in range(200):
        next(auth.auth_flow(httpx.Request("GET", "https://sms.example.com/")))
    assert len(auth.proofs) == 64
