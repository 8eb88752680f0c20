"""Signatures of webhooks: HMAC-SHA256 of the raw body, while a secret is there."""

import hashlib
import hmac
import re
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request

from fakeayr.domain.notifications.webhooks import signature
from tests.support.accounts import Account
from tests.support.clock import START
from tests.support.receivers import Receiver, advance, deliveries

TIMESTAMP = "X-Authorization-Timestamp"
SIGNATURE = "X-Authorization-Content-SHA256"
SIGNATURES = "X-Authorization-Content-SHA256-V2"
HOUR = 3_600


@pytest.mark.parametrize(
    ("secret", "body", "right"),
    [
        (  # RFC 4231, test case 2.
            "Jefe",
            "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (  # Computed with OpenSSL, as is the next.
            "key",
            "The quick brown fox jumps over the lazy dog",
            "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8",
        ),
        (
            "s3cret-Ω",
            '{"action":"social","code":200,"displayName":"Mia & Söhne 🍞"}',
            "6669f6272c433b1a37844823dd217c7947af3b81d73fe39a764a39fb7b97999c",
        ),
    ],
    ids=["RFC 4231", "fox", "beyond ASCII"],
)
def test_a_signature_is_what_others_compute(secret: str, body: str, right: str) -> None:
    assert signature(body.encode(), secret) == right


def signed(request: Request, *secrets: str) -> bool:
    """Whether a delivery is signed with the first secret, and its list names all, in their order.

    The signatures are compared as texts: lower-case hexadecimal digits without a prefix in the one
    header, with `v1=` and commas in the other.
    """
    right = [
        hmac.new(secret.encode(), request.get_data(), hashlib.sha256).hexdigest()
        for secret in secrets
    ]
    listed = ",".join(f"v1={one}" for one in right)
    return (request.headers[SIGNATURE], request.headers[SIGNATURES]) == (right[0], listed)


def link(account: Account, receiver: Receiver, profile_key: str | None = None) -> Request:
    """Links a network and answers the delivery that tells it."""
    account.link("facebook", profile_key)
    deliveries(account)
    return receiver.requests[-1]


def rotate(account: Account, secret: str) -> None:
    """Rotates the primary profile's secret."""
    answer = account.post("/api/hook/webhook/secret", json={"secret": secret})
    assert answer.status_code == 200


def test_without_a_secret_nothing_is_signed(account: Account, receiver: Receiver) -> None:
    receiver.register(account)
    headers = link(account, receiver).headers
    assert [name for name, _ in headers if name.startswith("X-Authorization")] == []


def test_with_a_secret_the_raw_body_is_signed(account: Account, receiver: Receiver) -> None:
    receiver.register(account, secret="s3cret-Ω")
    account.link("facebook", displayName="Mia & Söhne 🍞")
    (delivery,) = deliveries(account)
    (request,) = receiver.requests
    assert request.get_data(as_text=True) == delivery["body"]
    assert signed(request, "s3cret-Ω")


def test_the_timestamp_is_the_accounts_time_of_the_attempt(
    account: Account, receiver: Receiver
) -> None:
    receiver.answers = [500]
    receiver.register(account, secret="hush")
    advance(account, HOUR)
    link(account, receiver)
    advance(account, 5)
    stamps = [int(request.headers[TIMESTAMP]) for request in receiver.requests]
    assert stamps == [START + HOUR, START + HOUR + 5]
    assert all(signed(request, "hush") for request in receiver.requests)


def test_the_secret_of_one_action_signs_all_of_the_profiles(
    account: Account, receiver: Receiver
) -> None:
    receiver.register(account, "messages", secret="hush")
    receiver.register(account, "social")
    assert signed(link(account, receiver), "hush")


def test_registering_again_without_a_secret_keeps_it(account: Account, receiver: Receiver) -> None:
    receiver.register(account, secret="hush")
    receiver.register(account)
    assert signed(link(account, receiver), "hush")


def test_the_secret_is_that_of_the_profile_whose_webhook_it_is(
    account: Account, receiver: Receiver, other_receiver: Receiver
) -> None:
    bakery, florist = (account.create_profile(title)["profileKey"] for title in ("Mia", "Flo"))
    receiver.register(account, secret="the primary profile's")
    other_receiver.register(account, profile_key=bakery, secret="the bakery's")
    assert signed(link(account, other_receiver, bakery), "the bakery's")
    assert signed(link(account, receiver, florist), "the primary profile's")


def test_a_profiles_webhook_without_a_secret_is_not_signed_with_the_primary_profiles(
    account: Account, receiver: Receiver, other_receiver: Receiver
) -> None:
    key = account.create_profile()["profileKey"]
    receiver.register(account, secret="the primary profile's")
    other_receiver.register(account, profile_key=key)
    assert SIGNATURE not in link(account, other_receiver, key).headers


def test_the_primary_profiles_webhook_is_never_signed_with_another_profiles_secret(
    account: Account, receiver: Receiver, other_receiver: Receiver
) -> None:
    key = account.create_profile()["profileKey"]
    receiver.register(account, secret="the primary profile's")
    other_receiver.register(account, "messages", profile_key=key, secret="the bakery's")
    assert signed(link(account, receiver, key), "the primary profile's")


def test_the_documents_code_checks_it(account: Account, receiver: Receiver) -> None:
    text = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text("utf-8")
    (code,) = re.findall(r"^```python\n(.+?)^```", text, re.MULTILINE | re.DOTALL)
    named: dict[str, Any] = {}
    exec(code, named)
    is_genuine = named["is_genuine"]
    receiver.register(account, secret="old")
    rotate(account, "new")
    request = link(account, receiver)
    headers = {name.title(): value for name, value in request.headers.items()}
    headers = {name.replace("Sha256", "SHA256"): value for name, value in headers.items()}
    for secret, genuine in [("old", True), ("new", True), ("another", False)]:
        assert is_genuine(request.get_data(), headers, secret) is genuine
    assert not is_genuine(request.get_data() + b" ", headers, "new")
    assert not is_genuine(request.get_data(), {}, "new")


# Rotation.


def test_the_first_secret_signs_alone(account: Account, receiver: Receiver) -> None:
    receiver.register(account)
    rotate(account, "first")
    request = link(account, receiver)
    assert signed(request, "first")


def test_for_24_hours_after_a_rotation_both_secrets_sign(
    account: Account, receiver: Receiver
) -> None:
    receiver.register(account, secret="old")
    rotate(account, "new")
    at_once = link(account, receiver)
    advance(account, 24 * HOUR - 1)
    at_the_end = link(account, receiver)
    for request in (at_once, at_the_end):
        assert signed(request, "new", "old")
    advance(account, 1)
    afterwards = link(account, receiver)
    assert signed(afterwards, "new")


def test_a_rotation_is_its_profiles_alone(
    account: Account, receiver: Receiver, other_receiver: Receiver
) -> None:
    key = account.create_profile()["profileKey"]
    receiver.register(account, secret="the primary profile's")
    other_receiver.register(account, profile_key=key, secret="old")
    account.post("/api/hook/webhook/secret", json={"secret": "new"}, profile_key=key)
    request = link(account, other_receiver, key)
    assert signed(request, "new", "old")
    assert signed(link(account, receiver), "the primary profile's")


def test_a_retry_carries_the_signatures_that_the_first_attempt_had(
    account: Account, receiver: Receiver
) -> None:
    receiver.answers = [500]
    receiver.register(account, secret="old")
    link(account, receiver)
    rotate(account, "new")
    advance(account, 5)
    assert len(receiver.requests) == 2
    assert all(signed(request, "old") for request in receiver.requests)


def test_a_new_secret_at_registration_signs_at_once_and_alone(
    account: Account, receiver: Receiver
) -> None:
    receiver.register(account, secret="old")
    rotate(account, "new")
    receiver.register(account, secret="newest")
    request = link(account, receiver)
    assert signed(request, "newest")
    rotate(account, "and so on")


def test_the_same_secret_at_registration_lets_a_rotation_go_on(
    account: Account, receiver: Receiver
) -> None:
    receiver.register(account, secret="old")
    rotate(account, "new")
    receiver.register(account, "messages", secret="new")
    request = link(account, receiver)
    assert signed(request, "new", "old")
