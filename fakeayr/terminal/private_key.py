"""Examines private keys for `fakeayr doctor`."""

from dataclasses import dataclass
from typing import Any

from fakeayr.domain.advice.pieces import Piece
from fakeayr.domain.linking import private_keys
from fakeayr.domain.linking.private_keys import KeyCheck
from fakeayr.terminal.fakes import Fake
from fakeayr.web import development

_OTHER_DOMAIN = "key-of-other-domain"


@dataclass(frozen=True, kw_only=True)
class Examined:
    """What is known of a private key.

    Attributes:
        about: Size and format of a good key, and whose it is where that is known; else `None`.
        public_key: Its public half as PEM text.
        advice: What to mend, as on the wire.
    """

    about: dict[str, Any] | None
    public_key: str | None
    advice: list[dict[str, Any]]


def examine(
    text: str, *, is_base64: bool, fake: Fake | None = None, place: str | None = None
) -> Examined:
    """Says what a private key is worth.

    Args:
        text: The key as an application would send it.
        is_base64: Whether it is sent as base64.
        fake: Whose account to compare it with.
        place: Where it stands, such as the name of a variable.

    Raises:
        OrderRefused: The fake does not know the account.
    """
    read = private_keys.read(text, is_base64=is_base64, own_pem=development.private_key())
    good = read.check in {KeyCheck.OWN, KeyCheck.FOREIGN} and read.key is not None
    pieces = [piece for piece in read.advice if piece.name != _OTHER_DOMAIN]
    about = public = None
    if good and read.key is not None:
        public = private_keys.write_public(read.key.public_key())
        armour = "PKCS#1" if "BEGIN RSA" in text else "PKCS#8"
        about = {"bits": read.key.key_size, "format": "base64" if is_base64 else armour}
        if fake is not None:
            account = fake.get("/accounts")
            about |= {"domain": account["domain"], "own": account["publicKey"] == public}
            if not about["own"]:
                pieces += [piece for piece in read.advice if piece.name == _OTHER_DOMAIN]
    described = [Piece(one.name, place, one.values).describe() for one in pieces]
    return Examined(about=about, public_key=public, advice=described)
