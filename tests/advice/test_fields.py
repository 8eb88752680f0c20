"""Advice on the fields of bodies and queries."""

from typing import Any, Final

import msgspec
import pytest

from fakeayr.api.post_body import PostFields
from fakeayr.api.profiles import NewProfile, ProfileQuery
from fakeayr.api.webhooks import Registration
from fakeayr.ayrshare.fields import ENDPOINTS
from fakeayr.domain.clock import iso_seconds
from fakeayr.domain.linking.request import GenerateJwtRequest, LinkSessionRequest
from tests.support.accounts import Account
from tests.support.advice import names
from tests.support.clock import START

LINKING: Final[dict[str, tuple[dict[str, Any], list[str]]]] = {
    "redirectUrl": ({"redirectUrl": "https://a.example"}, ["field-misspelt"]),
    "redirectUri": ({"redirectUri": "https://a.example"}, ["field-misspelt"]),
    "platforms": ({"platforms": ["facebook"]}, ["field-misspelt"]),
    "privateKeyBase64": ({"privateKeyBase64": True}, ["field-misspelt"]),
    "autoLink": ({"autoLink": True}, ["field-unknown"]),
    "of another endpoint": ({"hideTopHeader": True}, ["field-of-other-endpoint"]),
    "seconds": ({"expiresIn": 300}, ["field-expiry-in-seconds"]),
    "seconds over the most": ({"expiresIn": 3600}, ["field-expiry-in-seconds"]),
    "milliseconds": ({"expiresIn": 300_000}, ["field-expiry-in-milliseconds"]),
    "expireIn": ({"expireIn": 30}, ["field-expire-in"]),
    "a number as text": ({"expiresIn": "30"}, ["field-number-as-text"]),
    "a boolean as text": ({"verify": "true"}, ["field-boolean-as-text"]),
    "a list as text": ({"allowedSocial": "facebook,twitter"}, ["field-list-as-text"]),
    "a number for a text": ({"domain": 5}, ["field-wrong-type"]),
    "x": ({"allowedSocial": ["x"]}, ["field-network-misspelt"]),
    "no network": ({"allowedSocial": ["myspace"]}, ["field-network-unknown"]),
    "X credentials": (
        {"twitterApiKey": "some key", "twitterApiSecret": "some secret"},
        ["field-x-credentials-in-body"],
    ),
    "good ones": (
        {"expiresIn": 30, "allowedSocial": ["twitter"], "redirect": "https://a.example/"},
        [],
    ),
    "half an hour in minutes": ({"expiresIn": 60}, []),
}


@pytest.mark.parametrize(("fields", "expected"), LINKING.values(), ids=LINKING)
def test_fields_of_generate_jwt(
    account: Account, profile_key: str, fields: dict[str, Any], expected: list[str]
) -> None:
    account.generate_jwt(profile_key, **fields)
    assert names(account.requests()[-1]) == expected


def test_the_type_is_told_in_words(account: Account, profile_key: str) -> None:
    error = account.generate_jwt(profile_key, expiresIn="30").get_json()
    assert error["details"] == (
        "expiresIn is a text, and must be a number. Send the number without quotes."
    )


@pytest.mark.parametrize(("sent", "name"), [("x", "misspelt"), ("myspace", "unknown")])
def test_a_network_that_is_none_is_told(account: Account, sent: str, name: str) -> None:
    response = account.delete("/api/profiles/social", json={"platform": sent})
    (advice,) = account.requests()[-1]["advice"]
    assert advice["name"] == f"field-network-{name}"
    assert response.get_json()["details"] == f"{advice['seen']} {advice['do']}"


def soon(seconds: float) -> str:
    """A date some seconds from the start of a test."""
    return iso_seconds(START + seconds)


POSTS: Final[dict[str, tuple[dict[str, Any], list[str]]]] = {
    "in time": ({"scheduleDate": soon(3600)}, []),
    "with an offset": ({"scheduleDate": "2030-01-01T00:00:00+01:00"}, []),
    "no zone": ({"scheduleDate": soon(3600).rstrip("Z")}, ["field-date-without-zone"]),
    "in the past": ({"scheduleDate": soon(-3600)}, ["field-date-in-past"]),
    "a moment ago": ({"scheduleDate": soon(-5)}, []),
    "local format": ({"scheduleDate": "29.11.2026 18:30"}, ["field-date-format"]),
    "American format": ({"scheduleDate": "11/29/2026 6:30 PM"}, ["field-date-format"]),
    "platforms as text": ({"platforms": "facebook,twitter"}, ["field-list-as-text"]),
    "X": ({"platforms": ["x"]}, ["field-network-misspelt"]),
    "mediaUrl": ({"mediaUrl": "https://a.example/a.jpg"}, ["post-media-url"]),
    "http media": ({"mediaUrls": ["http://a.example/a.jpg"]}, ["post-media-http"]),
    "no URL": ({"mediaUrls": ["./a.jpg"]}, ["post-media-no-url"]),
    "text": ({"text": "hi"}, ["field-misspelt"]),
}


@pytest.mark.parametrize(("fields", "expected"), POSTS.values(), ids=POSTS)
def test_fields_of_a_post(
    account: Account, profile_key: str, fields: dict[str, Any], expected: list[str]
) -> None:
    link = {"profileKey": profile_key, "platform": "facebook"}
    assert account.post("/_fakeayr/links", json=link).status_code < 300
    body = {"post": "Hello", "platforms": ["facebook"]} | fields
    account.post("/api/post", json=body, profile_key=profile_key)
    assert names(account.requests()[-1]) == expected


MODELS: Final[dict[str, type[msgspec.Struct]]] = {
    "POST /profiles/generateJWT": GenerateJwtRequest,
    "POST /profiles/link-sessions": LinkSessionRequest,
    "POST /profiles": NewProfile,
    "GET /profiles": ProfileQuery,
    "POST /post": PostFields,
    "POST /hook/webhook": Registration,
}


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_fields_of_one_endpoint_are_that_endpoints_own(endpoint: str) -> None:
    assert set(ENDPOINTS[endpoint]) <= set(MODELS[endpoint].__struct_encode_fields__)
