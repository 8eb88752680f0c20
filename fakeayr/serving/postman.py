"""The Postman collection of the integration package: a linking flow that checks itself."""

from collections.abc import Iterator
from typing import Any, Final

from fakeayr.ayrshare.headers import PROFILE_KEY
from fakeayr.client.headers import CONTROL_TOKEN
from fakeayr.web import development

_BEARER: Final = {
    "type": "bearer",
    "bearer": [{"key": "token", "value": "{{apiKey}}", "type": "string"}],
}
_FOR_PROFILE: Final = {PROFILE_KEY: "{{profileKey}}"}
_SUCCEEDS: Final = (
    "const answer = pm.response.json();",
    'pm.test("it succeeds", () => {',
    "  pm.response.to.have.status(200);",
    '  pm.expect(answer.status || "success").to.equal("success");',
    "});",
)


def collection(url: str, private_key: str, description: str) -> dict[str, Any]:
    """Returns the collection in format 2.1, filled in for the development account.

    Its requests run in their order any number of times, or one by one: the flow makes a profile of
    its own and deletes it again.

    Args:
        url: Where the server is reachable.
        private_key: PEM text of the development account's key.
        description: What the collection says of itself.
    """
    variables = {
        "baseUrl": f"{url}/api",
        "controlUrl": f"{url}/_fakeayr",
        "controlToken": "",
        "apiKey": development.API_KEY,
        "profileKey": development.PROFILE_KEY,
        "domain": development.DOMAIN,
        "privateKey": private_key.replace("\n", "\\n"),
        "linkingUrl": url,
        "refId": "",
    }
    return {
        "info": {
            "name": "Ayrshare (fake)",
            "description": description,
            "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
        },
        "auth": _BEARER,
        "variable": [{"key": key, "value": value} for key, value in variables.items()],
        "item": list(_requests()),
    }


def _requests() -> Iterator[dict[str, Any]]:
    yield _request(
        "Create a profile",
        "POST {{baseUrl}}/profiles",
        body='{\n  "title": "Customer {{$guid}}"\n}',
        then=[
            *_SUCCEEDS,
            'pm.collectionVariables.set("profileKey", answer.profileKey);',
            'pm.collectionVariables.set("refId", answer.refId);',
        ],
    )
    yield _request(
        "Generate a linking URL",
        "POST {{baseUrl}}/profiles/generateJWT",
        body='{\n  "domain": "{{domain}}",\n  "privateKey": "{{privateKey}}",\n'
        '  "profileKey": "{{profileKey}}",\n  "verify": true\n}',
        then=[
            *_SUCCEEDS,
            'pm.test("the URL holds the token", () => '
            "pm.expect(answer.url).to.include(answer.token));",
            'pm.collectionVariables.set("linkingUrl", answer.url);',
        ],
    )
    yield _request(
        "Open the linking URL",
        "GET {{linkingUrl}}",
        authorized=False,
        then=[
            'pm.test("the linking page opens", () => {',
            "  pm.response.to.have.status(200);",
            '  pm.expect(pm.response.headers.get("Content-Type")).to.include("text/html");',
            "});",
        ],
    )
    yield _request(
        "Link Facebook without a browser (the fake only)",
        "POST {{controlUrl}}/links",
        headers={CONTROL_TOKEN: "{{controlToken}}"},
        body='{\n  "platform": "facebook",\n  "profileKey": "{{profileKey}}"\n}',
        then=_SUCCEEDS,
    )
    yield _request(
        "Linked accounts",
        "GET {{baseUrl}}/user",
        headers=_FOR_PROFILE,
        then=[
            *_SUCCEEDS,
            'pm.test("Facebook is linked", () => '
            'pm.expect(answer.activeSocialAccounts).to.include("facebook"));',
        ],
    )
    yield _request(
        "List profiles",
        "GET {{baseUrl}}/profiles?refId={{refId}}",
        then=[
            *_SUCCEEDS,
            'const refId = pm.collectionVariables.get("refId");',
            'pm.test("the profile is listed", () => '
            "pm.expect(answer.profiles.map((profile) => profile.refId)).to.eql([refId]));",
        ],
    )
    yield _request(
        "Unlink Facebook",
        "DELETE {{baseUrl}}/profiles/social",
        headers=_FOR_PROFILE,
        body='{\n  "platform": "facebook"\n}',
        then=_SUCCEEDS,
    )
    yield _request(
        "Delete the profile",
        "DELETE {{baseUrl}}/profiles",
        headers=_FOR_PROFILE,
        body="{}",
        then=[
            *_SUCCEEDS,
            f'pm.collectionVariables.set("profileKey", "{development.PROFILE_KEY}");',
        ],
    )
    yield _request(
        "A call without an API key",
        "GET {{baseUrl}}/user",
        authorized=False,
        then=[
            'pm.test("it is refused", () => pm.expect(pm.response.json().code).to.equal(102));',
        ],
    )


def _request(
    name: str,
    line: str,
    *,
    then: tuple[str, ...] | list[str],
    headers: dict[str, str] | None = None,
    body: str | None = None,
    authorized: bool = True,
) -> dict[str, Any]:
    """A request with its checks.

    Args:
        name: Its name.
        line: Its method and address.
        then: The script that checks the response.
        headers: Its headers.
        body: Its JSON body.
        authorized: Whether it carries the API key.
    """
    method, _, address = line.partition(" ")
    path, _, query = address.partition("?")
    host, *parts = path.split("/")
    place: dict[str, Any] = {"raw": address, "host": [host]}
    if parts:
        place["path"] = parts
    if query:
        key, _, value = query.partition("=")
        place["query"] = [{"key": key, "value": value}]
    request: dict[str, Any] = {
        "method": method,
        "header": [{"key": key, "value": value} for key, value in (headers or {}).items()],
        "url": place,
    }
    if not authorized:
        request["auth"] = {"type": "noauth"}
    if body is not None:
        request["body"] = {"mode": "raw", "raw": body, "options": {"raw": {"language": "json"}}}
    script = {"type": "text/javascript", "exec": list(then)}
    return {"name": name, "request": request, "event": [{"listen": "test", "script": script}]}
