"""Secrets are found by their values, whatever form they were written in, and by their looks."""

import base64
import itertools
import json
import re
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

import pytest

from fakeayr.ayrshare.errors import PRIVATE_KEY_NO_START_LINE
from fakeayr.client.redaction import Redactor
from fakeayr.domain.advice.pieces import Piece
from fakeayr.domain.journal import Entry
from fakeayr.domain.redaction.known_secrets import KnownSecrets
from fakeayr.domain.redaction.patterns import may_have_urls
from fakeayr.domain.redaction.redactions import Redaction, Redactions, redacted_text
from fakeayr.web import development
from tests.support.cases import each

PEM: Final = development.private_key()
BEGIN: Final = "-----BEGIN RSA PRIVATE KEY-----\n"
END: Final = "\n-----END RSA PRIVATE KEY-----\n"
ARMOUR: Final = re.compile("rsap|privat|2d2d2d|524541444d|20525341|50524956")
"""What stands in the armour, which is no secret, beside a letter of something else."""
LINES: Final = PEM.splitlines()[1:-1]
BODY: Final = "".join(LINES)
API_KEY: Final = "AJ3PGW1-8HZM8R4-GCWTVJW-YE153PE"
LONG_KEY: Final = "AJ3PGW1X-8HZM8R4Y-GCWTVJWZ-YE153PEQ"
TOLD: Final = "AJ3PGW1 8HZM8R4 GCWTVJW YE153PE"

FORMS: Final[dict[str, Callable[[str], str]]] = {
    "as it is": str,
    "in lower case": str.lower,
    "in upper case": str.upper,
    "a space behind every fourth": lambda text: " ".join(
        text[start : start + 4] for start in range(0, len(text), 4)
    ),
    "a dot behind every letter": ".".join,
    "five spaces before it": lambda text: f"     {text}",
    "URL-encoded": lambda text: quote(text, safe=""),
    "URL-encoded to the last letter": lambda text: "".join(f"%{ord(sign):02x}" for sign in text),
    "URL-encoded twice": lambda text: quote(quote(text, safe=""), safe=""),
    "JSON in JSON": lambda text: json.dumps(json.dumps(text)),
    "escaped slashes": lambda text: text.replace("/", "\\/"),
    "HTML": lambda text: text.replace("+", "&#43;").replace("/", "&#x2F;"),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64, for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "base64 twice": lambda text: base64.b64encode(base64.b64encode(text.encode())).decode(),
    "hexadecimal": lambda text: text.encode().hex(),
}
PIECES: Final = {
    "the file": PEM,
    "its body": BODY,
    "the first line": LINES[0],
    "a line": LINES[3],
    "the last line": LINES[-1],
    "half a line": LINES[5][:32],
    "59 letters": BODY[100:159],
    "two lines and an escaped end": "\\n".join(LINES[2:4]),
}
REDACTIONS: Final[dict[str, Callable[[str], str]]] = {
    "journal": Redactions().of(PEM, API_KEY).text,
    "reports": Redactor(API_KEY, private_key=PEM),
}


def parts(text: str) -> set[str]:
    """Everything of 12 letters that stands in a text."""
    letters = "".join(sign for sign in text.lower() if sign.isalnum())
    return {letters[start : start + 12] for start in range(len(letters) - 11)}


@pytest.mark.parametrize("redact", REDACTIONS.values(), ids=REDACTIONS)
@pytest.mark.parametrize("written", FORMS.values(), ids=FORMS)
def test_no_part_of_a_known_key_stays(
    redact: Callable[[str], str], written: Callable[[str], str]
) -> None:
    @each(PIECES)
    def check(name: str, piece: str) -> None:
        sent = written(piece)
        kept = redact(f"Mia's Bakery {sent} in Berlin")
        assert kept.startswith("Mia's Bak") or kept == "[redacted]"
        leaked = parts(kept) & parts(sent) - parts(written(BEGIN)) - parts(written(END))
        assert {part for part in leaked if not ARMOUR.search(part)} == set()

    check()


@pytest.mark.parametrize("redact", REDACTIONS.values(), ids=REDACTIONS)
@pytest.mark.parametrize(
    "sent",
    [API_KEY, API_KEY.lower(), TOLD, quote(API_KEY).replace("-", "%2D"), LONG_KEY],
)
def test_no_key_stays(redact: Callable[[str], str], sent: str) -> None:
    kept = redact(f"Mia's Bakery {sent} in Berlin")
    assert kept == "Mia's Bakery [redacted] in Berlin"


URLS: Final = {
    "https://user:hunter2@shop.example/hook": "https://[redacted]@shop.example/hook",
    "see postgresql://u:p%40w@db/x now": "see postgresql://[redacted]@db/x now",
    "https://hunter2@shop.example": "https://[redacted]@shop.example",
    "https:/u:hunter2@shop.example": "https:/[redacted]@shop.example",
    "https://u:a@b@shop.example/": "https://[redacted]@shop.example/",
    "https://shop.example/?access_token=hunter2&page=2": (
        "https://shop.example/?access_token=[redacted]&page=2"
    ),
    "/hook?page=2&sig[nature]=x": "/hook?page=2&sig[nature]=x",
    "/hook?page=2&X-Signature=hunter2#a": "/hook?page=2&X-Signature=[redacted]#a",
    "https://hooks.example/T01/xoxb8Qw7Er6Ty5Ui4Op3As2Df1": "https://hooks.example/T01/[redacted]",
}


@pytest.mark.parametrize("redact", REDACTIONS.values(), ids=REDACTIONS)
@pytest.mark.parametrize(("url", "kept"), URLS.items(), ids=URLS)
def test_urls_lose_passwords_and_tokens(redact: Callable[[str], str], url: str, kept: str) -> None:
    assert redact(url) == kept


HARMLESS: Final = [
    "Mia's Bakery",
    "https://shop.example/done?page=2&mail=mia@example.com",
    "https://fake.example/Images/2026/Summer/Catalogue/Berlin/Bakery/Photo12.png",
    "fa4ea74d00000000000000000000000000000001",
    "0123456789abcdef" * 4,
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    str(PRIVATE_KEY_NO_START_LINE.message),
    "privateKey has no -----BEGIN RSA PRIVATE KEY----- line: send the whole private.key.",
    "privateKey has no -----END …----- line: it was cut off.",
    "another-example-profile-testing",
    "01234567-89ab-cdef-0123-456789abcdef",
]


@pytest.mark.parametrize(
    "redact", [*REDACTIONS.values(), redacted_text], ids=[*REDACTIONS, "plain"]
)
@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_stays(redact: Callable[[str], str], text: str) -> None:
    assert redact(text) == text


def test_a_foreign_keys_line_is_known_by_its_looks() -> None:
    for line in LINES[:-1]:
        assert redacted_text(f"a {line} b") == "[redacted]"


@pytest.mark.parametrize(
    ("shape", "length"),
    [
        *itertools.product(["fields", "list"], [1, 4, 7, 20, 64]),
        *itertools.product(["names"], [4, 7, 20, 64]),  # Of one letter there are too few names.
    ],
)
def test_a_key_that_is_spread_over_a_body_is_found(length: int, shape: str) -> None:
    pieces = [
        BODY[start : start + length] for start in range(0, min(len(BODY), 90 * length), length)
    ]
    body: object = {
        "fields": {f"pem[{number}]": piece for number, piece in enumerate(pieces)},
        "list": [{"part": piece} for piece in pieces],
        "names": {piece: number for number, piece in enumerate(pieces)},
    }[shape]
    redact = Redaction(KnownSecrets(PEM))
    kept = json.dumps(redact.values({"title": "x", "deep": body}))
    letters = "".join(sign for sign in kept if sign.isalnum())
    assert not any(BODY[start : start + 12] in letters for start in range(len(BODY) - 12))
    assert "[redacted]" in kept


LINKING_URL: Final = "https://profile.ayrshare.com?domain=acme&jwt=eyJ0eXAiOiJKV1QifQ.e30.c2ln"
TEXTS: Final = [
    *(written(piece) for written in FORMS.values() for piece in PIECES.values()),
    *(written(API_KEY) for written in FORMS.values()),
    *URLS,
    *HARMLESS,
    LONG_KEY,
    LINKING_URL,
    LINKING_URL.partition("jwt=")[2],
    "ayr_ls_f00ba4",
    "LS0tLS1CRUdJTi",
    "LS0tLS1CRUdJT",
    "word " * 500,
]
ENTRIES: Final[dict[str, Callable[[str], dict[str, object]]]] = {
    "a field": lambda text: {"title": f"Mia's {text} in Berlin"},
    "alone": lambda text: {"title": text},
    "a list": lambda text: {"tags": [{"a": "b"}, text, "c"]},
    "lines": lambda text: {"tags": text.splitlines()},
    "a name": lambda text: {"deep": {text: 1}},
    "a secret's name": lambda text: {"Pass-Word[0]": text, "page": 1},
    "many": lambda text: {"tags": [text, *"a" * 100]},
}


@pytest.mark.parametrize("known", [None, KnownSecrets(PEM, API_KEY)], ids=["looks", "values"])
@pytest.mark.parametrize("place", ENTRIES.values(), ids=ENTRIES)
def test_an_entry_loses_what_its_values_lose(
    place: Callable[[str], dict[str, object]], known: KnownSecrets | None
) -> None:
    redact = Redaction(known)
    for text in TEXTS:
        body = place(text)
        common = {"time": 0.0, "method": "POST", "path": "/api/user", "status": 200}
        for part in ("body", "answer", "query"):
            entry = redact.entry(Entry(**common | {part: body}))  # type: ignore[arg-type]
            assert getattr(entry, part) == redact.values(body)
        piece = Piece("field-unknown", text, {"field": text})
        entry = redact.entry(Entry(**common | {"path": text, "advice": [piece]}))  # type: ignore[arg-type]
        shown = redact.text(text)
        assert entry.path == shown
        assert entry.advice == [Piece("field-unknown", shown, {"field": shown})]


def test_a_harmless_entry_stays_itself() -> None:
    answer = {"created": {"utc": "2026-11-29T19:22:50Z"}, "url": "https://fake.example/f00ba4"}
    entry = Entry(time=0.0, method="GET", path="/api/user", status=200, answer=answer)
    assert Redactions().of(PEM, API_KEY).entry(entry) is entry


def test_addresses_of_posts_are_harmless() -> None:
    """They are in many calls, and a look at each text for itself costs a third of one."""
    urls = [
        "https://www.facebook.com/42149063578623368_533475212347386",
        "https://x.com/mia/status/7518533409833082221123456",
    ]
    assert not any(map(may_have_urls, urls))
    assert may_have_urls("https://fake.example/social/a1b2c3d4e5f6a7b8c9d0e1f2")


def test_a_limited_number_of_private_keys_is_remembered() -> None:
    redactions = Redactions(most=2)
    keys = [PEM, PEM.swapcase(), PEM[::-1], PEM]
    for pem in keys:
        line = max(pem.splitlines(), key=len)
        assert redactions.of(pem, API_KEY).text(line.lower()) == "[redacted]"
    assert list(redactions._known) == [PEM[::-1], PEM]


def test_looking_takes_no_longer_than_the_text_is_long() -> None:
    redact = Redactions().of(PEM, API_KEY)
    for evil in (
        "?token" * 20_000,
        "://" * 40_000,
        "a" * 200_000,
        "/a1" * 60_000,
        "-----BEGIN " * 9_000,
    ):
        assert len(redact.text(evil)) < 3_000
