"""What clients in the wild send: older paths and verbs, forms, odd lists, bodies on DELETE."""

from typing import Any
from urllib.parse import quote, urlencode

import pytest

from tests.support.accounts import Account
from tests.support.linking import claims_of, parameters

FORM = "application/x-www-form-urlencoded"


def titles(account: Account, query: str = "") -> list[str]:
    """The titles of the profiles that GET /api/profiles answers."""
    response = account.get(f"/api/profiles?{query}")
    assert response.status_code == 200, response.text
    return [profile["title"] for profile in response.get_json()["profiles"]]


# Paths and verbs.


@pytest.mark.parametrize(
    "path", ["/api/profiles", "/api/profiles/profile", "/api/profiles/create-profile"]
)
def test_a_profile_is_created_under_three_paths(account: Account, path: str) -> None:
    response = account.post(path, json={"title": "Bakery", "source": "pypi"})
    assert response.status_code == 200
    assert titles(account) == ["Bakery"]


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
@pytest.mark.parametrize("path", ["/api/profiles", "/api/profiles/profile"])
def test_a_profile_is_changed_under_two_paths_with_two_verbs(
    account: Account, method: str, path: str
) -> None:
    key = account.create_profile("Bakery")["profileKey"]
    response = account.call(method, path, json={"profileKey": key, "title": "New", "source": "npm"})
    assert response.status_code == 200
    assert titles(account) == ["New"]


@pytest.mark.parametrize(
    "path", ["/api/profiles", "/api/profiles/profile", "/api/profiles/delete-profile"]
)
def test_a_profile_is_deleted_under_three_paths(account: Account, path: str) -> None:
    key = account.create_profile("Bakery")["profileKey"]
    response = account.delete(path, json={"profileKey": key, "source": "pypi"})
    assert response.status_code == 200
    assert titles(account) == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/profiles/generateJWT/"),
        ("GET", "/api/profiles/"),
        ("GET", "/api/user/"),
        ("DELETE", "/api/profiles/social/"),
    ],
)
def test_a_slash_at_the_end_does_not_matter(account: Account, method: str, path: str) -> None:
    with_slash = account.call(method, path, json=None if method == "GET" else {})
    without = account.call(method, path[:-1], json=None if method == "GET" else {})
    assert with_slash.status_code == without.status_code != 404


@pytest.mark.parametrize("host", ["api.ayrshare.com", "app.ayrshare.com", "localhost:8189"])
def test_the_api_answers_under_both_of_its_hosts(account: Account, host: str) -> None:
    assert account.get("/api/user", headers={"Host": host}).status_code == 200


def test_json_may_come_with_a_charset(account: Account) -> None:
    response = account.post(
        "/api/profiles",
        data='{"title": "Bäckerei"}'.encode(),
        content_type="application/json; charset=UTF-8",
    )
    assert response.get_json()["title"] == "Bäckerei"


def test_a_get_may_claim_to_be_json_without_a_body(account: Account) -> None:
    response = account.get("/api/user", headers={"Content-Type": "application/json"})
    assert response.status_code == 200


def test_a_delete_may_come_without_a_body_but_with_a_content_type(account: Account) -> None:
    key = account.create_profile("Bakery")["profileKey"]
    headers = {"Content-Type": "application/json"}
    assert account.delete("/api/profiles", profile_key=key, headers=headers).status_code == 200


# The Profile-Key header.


def test_without_a_profile_key_header_it_is_the_primary_profile(account: Account) -> None:
    assert account.get("/api/user").get_json()["title"] == "Primary Profile"


def test_an_empty_profile_key_header_is_refused(account: Account) -> None:
    response = account.get("/api/user", profile_key="")
    assert (response.status_code, response.get_json()["code"]) == (403, 144)


@pytest.mark.parametrize("spelling", ["Profile-Key", "profile-key", "PROFILE-KEY"])
def test_the_headers_spelling_does_not_matter(account: Account, spelling: str) -> None:
    key = account.create_profile("Bakery")["profileKey"]
    user = account.get("/api/user", headers={spelling: key}).get_json()
    assert user["title"] == "Bakery"


# Lists in queries.


@pytest.mark.parametrize(
    "spell",
    [
        lambda keys: "&".join(f"profileKeys[{n}]={key}" for n, key in enumerate(keys)),
        lambda keys: "&".join(f"profileKeys%5B{n}%5D={key}" for n, key in enumerate(keys)),
        lambda keys: "&".join(f"profileKeys[]={key}" for key in keys),
        lambda keys: "&".join(f"profileKeys={key}" for key in keys),
        lambda keys: f"profileKeys={','.join(keys)}",
        lambda keys: f"profileKeys={quote(','.join(keys))}",
    ],
    ids=["numbered", "numbered and encoded", "brackets", "repeated", "commas", "encoded commas"],
)
def test_a_list_in_a_query_has_many_spellings(account: Account, spell: Any) -> None:
    keys = [account.create_profile(title)["profileKey"] for title in "ABC"]
    assert titles(account, spell(keys[1:])) == ["B", "C"]
    assert titles(account, spell(keys[:1])) == ["A"]


def test_a_list_may_be_numbered_with_gaps(account: Account) -> None:
    keys = [account.create_profile(title)["profileKey"] for title in "AB"]
    assert titles(account, f"profileKeys[7]={keys[0]}&profileKeys[20]={keys[1]}") == ["A", "B"]


def test_a_title_with_a_comma_is_no_list(account: Account) -> None:
    account.create_profile("Bread, Cake & Co")
    assert titles(account, f"title={quote('Bread, Cake & Co')}") == ["Bread, Cake & Co"]


def test_a_query_may_hold_null_as_a_text(account: Account) -> None:
    account.create_profile("null")
    assert titles(account, "title=null") == ["null"]


# Forms.


def generate_by_form(account: Account, profile_key: str, **fields: str) -> Any:
    """Calls generateJWT with a form."""
    form = {
        "domain": account.domain,
        "privateKey": account.private_key,
        "profileKey": profile_key,
        **fields,
    }
    return account.post("/api/profiles/generateJWT", data=urlencode(form), content_type=FORM)


def test_generate_jwt_reads_forms(account: Account, profile_key: str) -> None:
    response = generate_by_form(account, profile_key, verify="true")
    assert response.status_code == 200
    assert response.get_json()["title"] == "Mia's Bakery"


@pytest.mark.parametrize("true", ["true", "True", "1"])
def test_a_form_spells_booleans_as_texts(account: Account, profile_key: str, true: str) -> None:
    url = generate_by_form(account, profile_key, logout=true).get_json()["url"]
    assert parameters(url)["logout"] == "true"


def test_a_form_spells_numbers_as_texts(account: Account, profile_key: str) -> None:
    answer = generate_by_form(account, profile_key, expiresIn="30").get_json()
    claims = claims_of(answer["token"])
    assert answer["expiresIn"] == "30m"
    assert claims["exp"] - claims["iat"] == 30 * 60


@pytest.mark.parametrize(
    "spelling",
    [
        {"allowedSocial": "facebook,gmb"},
        {"allowedSocial[0]": "facebook", "allowedSocial[1]": "gmb"},
    ],
    ids=["commas", "numbered"],
)
def test_a_form_has_lists(account: Account, profile_key: str, spelling: dict[str, str]) -> None:
    url = generate_by_form(account, profile_key, **spelling).get_json()["url"]
    assert parameters(url)["allowedSocial"] == "facebook,gmb"


def test_a_form_nests_the_email_in_brackets(account: Account, profile_key: str) -> None:
    email = {
        "email[to]": "mia@bakery.example",
        "email[contactEmail]": "help@acme.example",
        "email[company]": "ACME",
        "email[termsUrl]": "https://acme.example/terms",
        "email[privacyUrl]": "https://acme.example/privacy",
        "email[expiresIn]": "60",
    }
    answer = generate_by_form(account, profile_key, **email).get_json()
    assert (answer["emailSent"], answer["expiresIn"]) == (True, "60m")


@pytest.mark.parametrize("minutes", ["0", "2881", "nan", "inf", "sixty", ""])
def test_a_form_with_an_email_that_cannot_be_sent_is_refused(
    account: Account, profile_key: str, minutes: str
) -> None:
    email = {
        "email[to]": "mia@bakery.example",
        "email[contactEmail]": "help@acme.example",
        "email[company]": "ACME",
        "email[termsUrl]": "https://acme.example/terms",
        "email[privacyUrl]": "https://acme.example/privacy",
        "email[expiresIn]": minutes,
    }
    response = generate_by_form(account, profile_key, **email)
    assert (response.status_code, response.get_json()["code"]) == (400, 333)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("verify", "yes", 101),
        ("expiresIn", "thirty", 101),
        ("expiresIn", "nan", 189),
        ("expiresIn", "0", 189),
        ("email", "mia@bakery.example", 101),
    ],
)
def test_a_form_is_checked_like_json(
    account: Account, profile_key: str, name: str, value: str, code: int
) -> None:
    response = generate_by_form(account, profile_key, **{name: value})
    assert (response.status_code, response.get_json()["code"]) == (400, code)


def test_a_key_whose_plus_signs_a_form_turned_into_spaces_is_damaged(
    account: Account, profile_key: str
) -> None:
    pem = account.private_key
    assert "+" in pem
    raw = f"domain={account.domain}&profileKey={profile_key}&verify=true&privateKey={pem}"
    response = account.post("/api/profiles/generateJWT", data=raw, content_type=FORM)
    assert response.get_json()["code"] == 189


def test_profiles_are_created_changed_and_deleted_with_forms(account: Account) -> None:
    created = account.post(
        "/api/profiles",
        data="title=Br%C3%B6tchen+%26+Co&messagingActive=true&tags=a,b&disableSocial[]=gmb",
        content_type=FORM,
    ).get_json()
    assert (created["title"], created["messagingActive"]) == ("Brötchen & Co", True)
    key = created["profileKey"]
    account.put("/api/profiles/profile", data=f"profileKey={key}&title=New", content_type=FORM)
    assert titles(account) == ["New"]
    account.delete("/api/profiles/profile", data=f"profileKey={key}", content_type=FORM)
    assert titles(account) == []


def test_unlinking_reads_forms(account: Account) -> None:
    account.link("facebook")
    account.delete("/api/profiles/social", data="platform=facebook&source=npm", content_type=FORM)
    assert "activeSocialAccounts" not in account.get("/api/user").get_json()


def test_json_sent_as_a_form_is_told_what_is_wrong(account: Account) -> None:
    response = account.post("/api/profiles", data='{"title": "Bakery"}', content_type=FORM)
    assert (response.status_code, response.get_json()["code"]) == (400, 101)
    assert "send Content-Type: application/json" in response.get_json()["details"]


def test_json_without_a_content_type_is_read(account: Account) -> None:
    response = account.post("/api/profiles", data='{"title": "Bakery"}')
    assert response.status_code == 200
