"""The Connect Accounts e-mail."""

import html
import re
from datetime import UTC, datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from string import Template
from typing import Any, Final
from unicodedata import category
from urllib.parse import quote

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.email import SENDER, SENDER_DOMAIN
from fakeayr.ayrshare.limits import EXPIRES_IN_MAX_MINUTES, EXPIRES_IN_MIN_MINUTES
from fakeayr.domain.notifications import outbox
from fakeayr.domain.notifications.outbox import Channel, Outgoing
from fakeayr.domain.profiles import Profile
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant
from fakeayr.domain.urls import is_web_url

_SHOWN: Final = ("to", "contactEmail", "company", "termsUrl", "privacyUrl")
_TEXT: Final = Template(
    """\
$company asks you to connect your social accounts.

Open this link to choose them:

$url

Questions? Write to $contactEmail.

Terms: $termsUrl
Privacy: $privacyUrl
"""
)
_HTML: Final = Template(
    """\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>$subject</title></head>
<body style="font-family: sans-serif; color: #1c2430; max-width: 36rem; margin: 2rem auto">
<h1 style="font-size: 1.25rem">Connect your social accounts</h1>
<p><strong>$company</strong> asks you to connect your social accounts.</p>
<p><a href="$url" style="display: inline-block; padding: .75rem 1.25rem; border-radius: .5rem;
background: #1f4fd8; color: #ffffff; text-decoration: none">Connect accounts</a></p>
<p>Questions? Write to <a href="mailto:$mailto">$contactEmail</a>.</p>
<p style="font-size: .875rem"><a href="$termsUrl">Terms</a> ·
<a href="$privacyUrl">Privacy</a></p>
</body>
</html>
"""
)
_LIFETIMES: Final = f"{EXPIRES_IN_MIN_MINUTES} to {EXPIRES_IN_MAX_MINUTES} minutes"
_LONGEST_ADDRESS: Final = 254
_LONGEST_NAME: Final = 1000
_MOST_COPIES: Final = 50
_ENCODED_WORD: Final = "=?"
_UNPRINTABLE: Final = {"Cc", "Cs", "Zl", "Zp"}
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")


def check_request(fields: dict[str, Any]) -> float:
    """Checks the `email` object of a request, and returns its expiry in minutes.

    All six of `to`, `contactEmail`, `company`, `termsUrl`, `privacyUrl` and `expiresIn` (older
    spelling: `expireIn`) are required.

    Raises:
        Refused: One is missing or cannot be used (333).
    """
    present = {name: value for name, value in fields.items() if value is not None}
    for name, usable in (
        ("to", _is_address),
        ("contactEmail", _is_address),
        ("company", _is_name),
        ("termsUrl", is_web_url),
        ("privacyUrl", is_web_url),
    ):
        if not usable(present.get(name)):
            raise Refused(errors.EMAIL_NOT_SENT, f"email.{name} is missing or invalid.")
    copies = _addresses(fields.get("bcc"))
    if len(copies) > _MOST_COPIES or not all(map(_is_address, copies)):
        raise Refused(errors.EMAIL_NOT_SENT, "email.bcc is invalid.")
    minutes = present.get("expiresIn", present.get("expireIn"))
    if not is_lifetime(minutes):
        raise Refused(errors.EMAIL_NOT_SENT, f"email.expiresIn is missing or not {_LIFETIMES}.")
    return float(minutes)  # type: ignore[arg-type]


def is_lifetime(minutes: object) -> bool:
    """Whether a linking URL may live so many minutes."""
    return (
        isinstance(minutes, int | float)
        and not isinstance(minutes, bool)
        and EXPIRES_IN_MIN_MINUTES <= minutes <= EXPIRES_IN_MAX_MINUTES
    )


def _addresses(value: object) -> list[Any]:
    """One address, a list of them, or none, as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _is_name(value: object) -> bool:
    return _is_text(value, _LONGEST_NAME)


def _is_address(value: object) -> bool:
    return _is_text(value, _LONGEST_ADDRESS) and _ADDRESS.fullmatch(str(value)) is not None


def _is_text(value: object, longest: int) -> bool:
    """Whether `value` says something and can stand in a header: no line ends, no controls.

    Nor an encoded word, in which a header could bring both back.
    """
    return (
        isinstance(value, str)
        and bool(value.strip())
        and len(value) <= longest
        and _ENCODED_WORD not in value
        and not _UNPRINTABLE & {*map(category, value)}
    )


def send(tenant: Tenant, profile: Profile, fields: dict[str, Any], url: str) -> None:
    """Puts the Connect Accounts e-mail into the outbox; `check_request` has passed its fields."""
    values = {name: str(fields[name]) for name in _SHOWN}
    subject = f"{values['company']}: connect your social accounts"
    content = {
        "from": SENDER,
        "to": values["to"],
        "bcc": _addresses(fields.get("bcc")),
        "subject": subject,
        "text": _TEXT.substitute(values, url=url),
        "html": _HTML.substitute(
            {name: html.escape(value) for name, value in values.items()},
            mailto=html.escape(quote(values["contactEmail"], safe="@")),
            subject=html.escape(subject),
            url=html.escape(url),
        ),
        "url": url,
    }
    outbox.add(tenant, [outbox.make(tenant, profile, Channel.EMAIL, content)])


class _MailPolicy(EmailPolicy):
    """Encodes a subject as a whole: by words, Python 3.13.0 doubles some spaces of a long one."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """See `email.policy.Policy.fold_binary`."""
        if name.lower() != "subject" or value.isascii():
            return super().fold_binary(name, value)
        encoded = Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {encoded}{self.linesep}".encode("ascii")


def message(outgoing: Outgoing) -> EmailMessage:
    """An e-mail of the outbox as a message with a text and an HTML part."""
    content = outgoing.content
    mail = EmailMessage(policy=_MailPolicy())
    for header in ("from", "to", "bcc", "subject"):
        if content[header]:
            value = content[header]
            mail[header] = ", ".join(value) if isinstance(value, list) else value
    mail["Message-ID"] = f"<{outgoing.id}@{SENDER_DOMAIN}>"
    mail["Date"] = format_datetime(datetime.fromtimestamp(outgoing.created, UTC))
    mail.set_content(content["text"])
    mail.add_alternative(content["html"], subtype="html")
    return mail
