"""The Connect Accounts e-mail: what it says, how it leaves, and what a request for it needs."""

import contextlib
import email
import email.policy
import html
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import pytest
import requests
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from werkzeug.test import TestResponse

from fakeayr.delivery.courier import Courier
from fakeayr.delivery.smtp import MailServer
from fakeayr.domain.notifications import outbox
from fakeayr.store.sqlite import SqliteStore
from fakeayr.web.config import Config
from tests.support.accounts import Account, OpenAccount
from tests.support.apps import NewApp
from tests.support.clock import START, ManualClock
from tests.support.key_source import BorrowedKeys
from tests.support.linking import opened, parameters
from tests.support.receivers import advance, closed_port, raw_receiver
from tests.support.servers import development_headers, linking_request, serving

EMAIL: Final[dict[str, Any]] = {
    "to": "mia@bakery.example",
    "contactEmail": "help@acme.example",
    "company": "ACME",
    "termsUrl": "https://acme.example/terms",
    "privacyUrl": "https://acme.example/privacy",
    "expiresIn": 60,
}
SENDER: Final = "Social Connect Hub <connect@socialconnecthub.com>"


@dataclass
class Mailbox:
    """What a real mail server has taken.

    Attributes:
        port: Where it listens.
        envelopes: What it was handed, in order.
        refused: Recipients that it does not take.
        hangs_up: Whether it ends the connection without a word.
    """

    port: int
    envelopes: list[Envelope] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    hangs_up: bool = False

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Takes or refuses a recipient."""
        if address in self.refused:
            return "550 nobody here of this name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Takes a message."""
        self.envelopes.append(envelope)
        return "250 taken"

    async def handle_QUIT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Says goodbye, unless it just hangs up."""
        if self.hangs_up and server.transport is not None:
            server.transport.close()
        return "221 Bye"

    @property
    def messages(self) -> list[EmailMessage]:
        """The messages, parsed."""
        contents = [envelope.original_content or b"" for envelope in self.envelopes]
        return [
            email.message_from_bytes(content, _class=EmailMessage, policy=email.policy.default)
            for content in contents
        ]


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A real mail server on this machine."""
    mailbox = Mailbox(port=closed_port())
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    yield mailbox
    controller.stop()


@pytest.fixture
def open_mailing(new_app: NewApp, clock: ManualClock, keys: BorrowedKeys) -> Callable[..., Account]:
    """Opens an account on a server that hands e-mails to a mail server: `open_mailing(port)`."""

    def open_mailing(port: int) -> Account:
        config = Config(mail_server=MailServer("127.0.0.1", port))
        return Account.open(new_app(config, clock=clock, keys=keys).test_client(), {})

    return open_mailing


@pytest.fixture
def mailing(open_mailing: Callable[..., Account], mailbox: Mailbox) -> Account:
    """An account whose e-mails go to the mailbox."""
    return open_mailing(mailbox.port)


def ask(account: Account, changes: dict[str, Any] | None = None, **fields: Any) -> TestResponse:
    """Asks for a linking URL with an e-mail; changes of its object that are `None` leave out."""
    mail = {name: value for name, value in (EMAIL | (changes or {})).items() if value is not None}
    key = account.create_profile(f"Profile {time.monotonic_ns()}")["profileKey"]
    return account.generate_jwt(key, email=mail, **fields)


def emails(account: Account, wait: float = 30) -> list[dict[str, Any]]:
    """The e-mails in the outbox, once none is being sent."""
    answer = account.get("/_fakeayr/emails", query_string={"wait": wait})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["emails"]
    return found


def sent(account: Account, changes: dict[str, Any] | None = None) -> dict[str, Any]:
    """The e-mail of a new request."""
    answer = ask(account, changes)
    assert answer.status_code == 200, answer.text
    return emails(account)[-1]


class Links(HTMLParser):
    """The links of an HTML text, its tags, and what a person reads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: dict[str, str | None] = {}
        self.tags: set[str] = set()
        self.words = ""
        self._open: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._open = dict(attrs).get("href") if tag == "a" else self._open

    def handle_endtag(self, tag: str) -> None:
        self._open = None if tag == "a" else self._open

    def handle_data(self, data: str) -> None:
        self.words += data
        if self._open is not None:
            self.links[data] = self._open


# What it says.


def test_the_outbox_keeps_an_email_where_there_is_no_mail_server(account: Account) -> None:
    answer = ask(account).get_json()
    (mail,) = emails(account)
    text, html = mail.pop("text"), mail.pop("html")
    assert mail == {
        "id": mail["id"],
        "time": START,
        "refId": mail["refId"],
        "state": "kept",
        "attempts": [],
        "from": SENDER,
        "to": "mia@bakery.example",
        "bcc": [],
        "subject": "ACME: connect your social accounts",
        "url": answer["url"],
    }
    for words in ("ACME", "help@acme.example", EMAIL["termsUrl"], EMAIL["privacyUrl"]):
        assert words in text
        assert words in html
    assert answer["url"] in text


def test_the_html_part_links_to_where_it_should(account: Account) -> None:
    url = ask(account).get_json()["url"]
    text = emails(account)[0]["html"]
    assert f'href="{html.escape(url)}"' in text
    assert Links(text).links == {
        "Connect accounts": url,
        "help@acme.example": "mailto:help@acme.example",
        "Terms": "https://acme.example/terms",
        "Privacy": "https://acme.example/privacy",
    }


def test_its_linking_url_opens_the_page(app: Flask, account: Account) -> None:
    assert opened(app, sent(account)["url"]).status_code == 200


def test_link_sessions_send_it_too(account: Account) -> None:
    profile = account.create_profile("Mia's Bakery")
    answer = account.post(
        "/api/profiles/link-sessions", json={"email": EMAIL}, profile_key=profile["profileKey"]
    ).get_json()
    (mail,) = emails(account)
    assert answer["emailSent"] is True
    assert mail["url"] == answer["url"]
    assert mail["refId"] == profile["refId"]


@pytest.mark.parametrize(
    "company",
    [
        "</title><script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "Müller & Söhne 🍞",
        "$url ${contactEmail} {company} %s",
        "a\u00a0b\u200d\u202ec",
    ],
)
def test_a_company_may_have_any_name_and_stays_text(account: Account, company: str) -> None:
    mail = sent(account, {"company": company})
    html = Links(mail["html"])
    assert html.tags == {"html", "head", "meta", "title", "body", "h1", "p", "strong", "a"}
    assert company in html.words
    assert mail["subject"] == f"{company}: connect your social accounts"
    assert mail["text"].startswith(f"{company} asks you")


@pytest.mark.parametrize(
    "address",
    ["o'brien&sons?cc=eve@acme.example", "a+b@acme.example", "{x}@acme.example"],
)
def test_a_contact_address_cannot_become_more_than_an_address(
    account: Account, address: str
) -> None:
    link = Links(sent(account, {"contactEmail": address})["html"]).links[address]
    assert re.fullmatch(r"mailto:[^?&]+@acme\.example", str(link))


# How it leaves.


def test_it_is_handed_to_the_mail_server(mailing: Account, mailbox: Mailbox) -> None:
    advance(mailing, 60)
    mail = sent(mailing)
    (message,) = mailbox.messages
    assert mail["state"] == "delivered"
    assert mail["attempts"] == [{"time": START + 60, "status": 250}]
    assert message["From"] == SENDER
    assert message["To"] == "mia@bakery.example"
    assert message["Subject"] == "ACME: connect your social accounts"
    assert message["Date"] == "Wed, 02 Nov 2022 01:04:42 +0000"
    assert message["Message-ID"] == f"<{mail['id']}@socialconnecthub.com>"
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().splitlines() == mail["text"].splitlines()
    assert html.get_content().splitlines() == mail["html"].splitlines()


def test_sender_and_recipient_of_the_envelope_are_the_messages(
    mailing: Account, mailbox: Mailbox
) -> None:
    sent(mailing)
    (envelope,) = mailbox.envelopes
    assert envelope.mail_from == "connect@socialconnecthub.com"
    assert envelope.rcpt_tos == ["mia@bakery.example"]


@pytest.mark.parametrize(
    ("bcc", "recipients"),
    [
        ("boss@acme.example", ["boss@acme.example"]),
        (["boss@acme.example", "crm@acme.example"], ["boss@acme.example", "crm@acme.example"]),
        ([], []),
    ],
)
def test_blind_copies_are_sent_and_nobody_sees_to_whom(
    mailing: Account, mailbox: Mailbox, bcc: Any, recipients: list[str]
) -> None:
    mail = sent(mailing, {"bcc": bcc})
    (envelope,) = mailbox.envelopes
    assert envelope.rcpt_tos == ["mia@bakery.example", *recipients]
    assert b"\nbcc:" not in (envelope.original_content or b"").lower()
    assert b"boss@" not in (envelope.original_content or b"")
    assert mail["bcc"] == recipients


def test_names_beyond_ascii_arrive_as_they_are(mailing: Account, mailbox: Mailbox) -> None:
    sent(mailing, {"company": "Müller & Söhne 🍞"})
    (message,) = mailbox.messages
    assert message["Subject"] == "Müller & Söhne 🍞: connect your social accounts"
    assert "Müller & Söhne 🍞 asks you" in next(message.iter_parts()).get_content()


def test_a_long_name_does_not_break_the_headers(mailing: Account, mailbox: Mailbox) -> None:
    company = "Bäckerei und Konditorei " * 40
    sent(mailing, {"company": company})
    (message,) = mailbox.messages
    assert message["Subject"] == f"{company}: connect your social accounts"
    assert message["To"] == "mia@bakery.example"
    assert message.defects == []


def test_it_can_be_sent_again(mailing: Account, mailbox: Mailbox) -> None:
    mail = sent(mailing)
    advance(mailing, 5)
    again = mailing.post(f"/_fakeayr/emails/{mail['id']}/resend").get_json()
    assert [attempt["time"] for attempt in again["attempts"]] == [START, START + 5]
    assert len(mailbox.envelopes) == 2
    assert mailbox.messages[0]["Message-ID"] == mailbox.messages[1]["Message-ID"]


def test_without_a_mail_server_it_cannot_be_sent_again(account: Account) -> None:
    mail = sent(account)
    answer = account.post(f"/_fakeayr/emails/{mail['id']}/resend")
    assert answer.status_code == 400
    assert "--smtp" in answer.get_json()["details"]


def test_a_webhooks_id_is_no_emails(mailing: Account) -> None:
    mail = sent(mailing)
    assert mailing.post("/_fakeayr/emails/nobody/resend").status_code == 404
    assert mailing.post(f"/_fakeayr/webhooks/{mail['id']}/resend").status_code == 404


def test_serve_hands_it_to_the_mail_server_of_its_option(mailbox: Mailbox, tmp_path: Path) -> None:
    with serving("--smtp", f"127.0.0.1:{mailbox.port}", folder=tmp_path) as server:
        asked = requests.post(
            f"{server.url}/api/profiles/generateJWT",
            json=linking_request(email=EMAIL),
            headers=development_headers(),
            timeout=10,
        ).json()
        listed = requests.get(
            f"{server.url}/_fakeayr/emails?wait=10", headers=development_headers(), timeout=20
        ).json()
    (message,) = mailbox.messages
    assert asked["emailSent"] is True
    assert asked["url"] in next(message.iter_parts()).get_content()
    assert listed["emails"][0]["state"] == "delivered"


# Mail servers that misbehave.


def test_a_mail_server_that_is_down_is_recorded_and_the_call_succeeds(
    open_mailing: Callable[..., Account],
) -> None:
    account = open_mailing(closed_port())
    answer = ask(account)
    assert answer.status_code == 200
    assert answer.get_json()["emailSent"] is True
    (mail,) = emails(account)
    assert mail["state"] == "failed"
    assert mail["attempts"] == [
        {
            "time": START,
            "error": "The mail server did not accept it: [Errno 111] Connection refused",
        }
    ]


def test_an_email_is_tried_once(open_mailing: Callable[..., Account]) -> None:
    account = open_mailing(closed_port())
    sent(account)
    advance(account, 86_400)
    assert len(emails(account)[0]["attempts"]) == 1


def test_a_failed_email_can_be_sent_again(
    open_mailing: Callable[..., Account], mailbox: Mailbox
) -> None:
    account = open_mailing(mailbox.port)
    mailbox.refused = {"mia@bakery.example"}
    mail = sent(account)
    assert mail["state"] == "failed"
    assert "nobody here" in mail["attempts"][0]["error"]
    mailbox.refused = set()
    again = account.post(f"/_fakeayr/emails/{mail['id']}/resend").get_json()
    assert again["state"] == "delivered"
    assert len(mailbox.envelopes) == 1


def test_a_recipient_that_is_refused_is_told(mailing: Account, mailbox: Mailbox) -> None:
    mailbox.refused = {"boss@acme.example"}
    mail = sent(mailing, {"bcc": "boss@acme.example"})
    assert mail["state"] == "failed"
    assert mail["attempts"][0]["error"] == "The mail server refused boss@acme.example."
    assert mailbox.envelopes[0].rcpt_tos == ["mia@bakery.example"]


@contextlib.contextmanager
def mail_server_saying(greeting: bytes) -> Iterator[int]:
    """The port of a server that greets so, and then reads on in silence."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection, contextlib.suppress(OSError):
                        connection.sendall(greeting)
                        while connection.recv(65_536):
                            pass

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def test_a_mail_server_that_talks_without_end_is_not_listened_to(
    open_mailing: Callable[..., Account],
) -> None:
    line = b"250-" + b"a" * 250 + b"\r\n"
    with mail_server_saying(b"220 hello\r\n" + line * 10_000) as port:
        mail = sent(open_mailing(port))
    assert mail["state"] == "failed"
    assert mail["attempts"][0]["error"].endswith("its replies are too long")


@pytest.mark.parametrize(
    ("greeting", "words"),
    [(b"554 go away\r\n", "go away"), (b"HTTP/1.1 200 OK\r\n\r\n", "/1.1 200 OK")],
)
def test_a_server_that_greets_otherwise_than_a_mail_server_is_recorded(
    open_mailing: Callable[..., Account], greeting: bytes, words: str
) -> None:
    with mail_server_saying(greeting) as port:
        mail = sent(open_mailing(port))
    assert mail["state"] == "failed"
    error = mail["attempts"][0]["error"]
    assert error.startswith("The mail server did not accept it: ")
    assert words in error


def test_a_hanging_mail_server_holds_up_no_call(open_mailing: Callable[..., Account]) -> None:
    released = threading.Event()

    def hanging(_: socket.socket) -> None:
        released.wait()

    with raw_receiver(hanging) as url:
        account = open_mailing(int(url.rpartition(":")[2].partition("/")[0]))
        try:
            assert ask(account).status_code == 200
            assert account.get("/api/user").status_code == 200
            assert emails(account, wait=0)[0]["state"] == "pending"
        finally:
            released.set()
        assert emails(account)[0]["state"] == "failed"


def test_a_hanging_mail_server_is_given_up(
    open_mailing: Callable[..., Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fakeayr.delivery.smtp._WITHIN_SECONDS", 0.3)
    with mail_server_saying(b"") as port:
        assert sent(open_mailing(port))["state"] == "failed"


def test_a_mail_server_that_says_a_little_now_and_then_is_given_up(
    open_mailing: Callable[..., Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fakeayr.delivery.smtp._WITHIN_SECONDS", 0.3)

    def dripping(connection: socket.socket) -> None:
        while True:
            connection.sendall(b"220-one moment please\r\n")
            time.sleep(0.01)

    with raw_receiver(dripping) as url:
        account = open_mailing(int(url.rpartition(":")[2].partition("/")[0]))
        ask(account)
        assert emails(account)[0]["state"] == "failed"


def test_an_email_is_delivered_even_if_the_server_does_not_say_goodbye(
    mailing: Account, mailbox: Mailbox
) -> None:
    mailbox.hangs_up = True
    assert sent(mailing)["state"] == "delivered"
    assert len(mailbox.messages) == 1


def test_what_cannot_be_sent_any_more_is_kept(
    tmp_path: Path,
    new_app: NewApp,
    clock: ManualClock,
    keys: BorrowedKeys,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A server with a mail server ended before it sent anything, and the next one has none."""

    def app(config: Config) -> Flask:
        return new_app(config, store=SqliteStore(tmp_path / "state"), clock=clock, keys=keys)

    with monkeypatch.context() as ending:
        ending.setattr(Courier, "wake", lambda _: None)
        config = Config(mail_server=MailServer("127.0.0.1", closed_port()))
        account = Account.open(app(config).test_client(), {})
        ask(account)
        assert emails(account, wait=0)[0]["state"] == "pending"
    later = replace(account, client=app(Config()).test_client())
    assert emails(later)[0]["state"] == "kept"


# What a request for it needs.


@pytest.mark.parametrize("missing", EMAIL)
@pytest.mark.parametrize("absent", ["left out", "null", "empty"])
def test_every_field_is_required(account: Account, missing: str, absent: str) -> None:
    mail = {name: value for name, value in EMAIL.items() if name != missing}
    if absent != "left out":
        mail[missing] = None if absent == "null" else ""
    key = account.create_profile()["profileKey"]
    answer = account.generate_jwt(key, email=mail)
    assert answer.status_code == 400
    assert answer.get_json()["code"] == 333
    assert f"email.{missing} is missing" in answer.get_json()["details"]
    assert emails(account) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("to", "mia"),
        ("to", "mia@bakery.example, eve@acme.example"),
        ("to", "mia@bakery.example\r\nBcc: eve@acme.example"),
        ("to", "Mia <mia@bakery.example>"),
        ("to", ["mia@bakery.example"]),
        ("contactEmail", "help"),
        ("contactEmail", "help@acme.example\nBcc: eve@acme.example"),
        ("company", " "),
        ("company", "ACME\r\nBcc: eve@acme.example"),
        ("company", "ACME\u2028Bcc: eve@acme.example"),
        ("company", "ACME\x85Bcc: eve@acme.example"),
        ("company", "ACME\x00"),
        ("company", 7),
        ("company", "=?utf-8?q?ACME=0D=0ABcc:_eve@acme.example?="),
        ("company", "A" * 1001),
        ("to", "=?utf-8?q?eve=40acme.example=2Cmia?=@bakery.example"),
        ("to", f"{'m' * 240}@bakery.example"),
        ("contactEmail", "=?utf-8?q?x?=@acme.example"),
        ("bcc", ["=?utf-8?q?x?=@acme.example"]),
        ("bcc", ["boss@acme.example"] * 51),
        ("termsUrl", "acme.example/terms"),
        ("termsUrl", "javascript:alert(1)"),
        ("privacyUrl", "data:text/html,hello"),
        ("privacyUrl", "https://acme.example/\nBcc: eve@acme.example"),
        ("bcc", "nobody"),
        ("bcc", ["boss@acme.example", "eve@acme.example\r\nX: y"]),
        ("bcc", {"boss": "boss@acme.example"}),
        ("expiresIn", 0),
        ("expiresIn", 2881),
        ("expiresIn", "60"),
        ("expiresIn", True),
    ],
)
def test_a_field_that_cannot_be_used_is_refused(account: Account, name: str, value: Any) -> None:
    answer = ask(account, {name: value})
    assert answer.status_code == 400
    assert answer.get_json()["code"] == 333
    assert f"email.{name} is" in answer.get_json()["details"]
    assert emails(account) == []


def test_it_needs_the_max_pack(open_account: OpenAccount) -> None:
    answer = ask(open_account(maxPack=False))
    assert answer.status_code == 403
    assert answer.get_json()["code"] == 9403


def test_a_refused_request_sends_nothing(account: Account) -> None:
    assert ask(account, domain="another.example").status_code == 400
    assert ask(account, privateKey="no key").status_code == 400
    assert ask(account, expiresIn=0).status_code == 400
    assert emails(account) == []


def test_a_form_may_ask_for_it(account: Account) -> None:
    form = {
        "domain": account.domain,
        "privateKey": account.private_key,
        "profileKey": account.create_profile()["profileKey"],
        **{f"email[{name}]": value for name, value in EMAIL.items()},
    }
    answer = account.post("/api/profiles/generateJWT", data=form).get_json()
    assert answer["emailSent"] is True
    assert answer["expiresIn"] == "60m"
    assert emails(account)[0]["to"] == "mia@bakery.example"


@pytest.mark.parametrize(
    ("own", "emails_own", "counts"), [(30, 60, "30m"), (120, 60, "120m"), (None, 90, "90m")]
)
def test_the_requests_own_expiry_goes_before_the_emails(
    app: Flask, account: Account, own: float | None, emails_own: float, counts: str
) -> None:
    answer = ask(account, {"expiresIn": emails_own}, expiresIn=own).get_json()
    assert answer["expiresIn"] == counts
    minutes = float(counts[:-1])
    advance(account, minutes * 60 - 1)
    assert opened(app, answer["url"]).status_code == 200
    advance(account, 1)
    assert opened(app, answer["url"]).status_code == 401


# The outbox.


def test_no_email_shows_the_keys_of_the_account(account: Account) -> None:
    ask(account)
    shown = account.get("/_fakeayr/emails").text
    jwt = parameters(emails(account)[0]["url"])["jwt"]
    assert account.private_key not in shown
    assert account.api_key not in shown.replace(jwt, "")


def test_the_outbox_keeps_the_latest_emails(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "KEPT", 2)
    for company in ("One", "Two", "Three"):
        ask(account, {"company": company})
    kept = [mail["subject"].partition(":")[0] for mail in emails(account)]
    assert kept == ["Two", "Three"]
