"""The server documents itself: it serves the contract, and a browser for it that works offline."""

import re
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import pytest
import yaml
from flask.testing import FlaskClient
from openapi_spec_validator import validate
from werkzeug.test import TestResponse

from fakeayr.ayrshare import openapi
from fakeayr.web import development

HERE: Final = "http://localhost"
_LOADS: Final = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src"}


class Assets(HTMLParser):
    """The addresses that a browser loads with a page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get(_LOADS.get(tag, ""))
        if address is not None:
            self.addresses.append(address)


def fetch(client: FlaskClient, path: str) -> TestResponse:
    return client.get(path, buffered=True)


@pytest.fixture
def page(client: FlaskClient) -> TestResponse:
    return fetch(client, "/docs")


@pytest.fixture
def assets(page: TestResponse) -> list[str]:
    parser = Assets()
    parser.feed(page.text)
    return parser.addresses


VENDOR: Final = "/openapi.yaml"
CONTROL: Final = "/_fakeayr/openapi.yaml"
METHODS: Final = {"get", "put", "post", "delete", "patch"}


def document(client: FlaskClient, path: str) -> dict[str, Any]:
    answer = fetch(client, path)
    assert answer.status_code == 200
    assert answer.content_type == "application/yaml"
    assert not re.search(r"[:-] [&*]\w", answer.text), "not every tool follows anchors"
    loaded: dict[str, Any] = yaml.load(answer.text, Loader=yaml.CSafeLoader)
    return loaded


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        item[method]["operationId"]: item[method]
        for item in document["paths"].values()
        for method in METHODS & item.keys()
    }


def test_the_contract_is_served_as_two_documents(client: FlaskClient) -> None:
    """Whoever tries every call of the first one orders no faults and closes no account."""
    vendors, control = document(client, VENDOR), document(client, CONTROL)
    ours = ("/_fakeayr", "/_media/", "/r/")
    assert not [path for path in vendors["paths"] if path.startswith(ours)]
    assert not [path for path in control["paths"] if not path.startswith(ours)]
    everything = operations(vendors) | operations(control)
    assert everything.keys() == operations(openapi.document()).keys()
    assert len(operations(vendors)) + len(operations(control)) == len(everything)
    assert {"openapi", "info", "servers", "paths", "components", "webhooks"} <= vendors.keys()
    assert "webhooks" not in control
    assert control["info"]["title"] == "The control API of fakeayr"
    assert all("ayrshare.com" not in server["url"] for server in control["servers"])


@pytest.mark.parametrize("path", [VENDOR, CONTROL])
def test_each_document_is_whole(client: FlaskClient, path: str) -> None:
    """Nothing that it refers to is missing, and it has nothing that is not used."""
    part = document(client, path)
    validate(part)
    used = {tag for operation in operations(part).values() for tag in operation["tags"]}
    assert {tag["name"] for tag in part["tags"]} == used
    written = repr(part)
    for kind, named in part["components"].items():
        for name in named:
            assert kind == "securitySchemes" or f"'#/components/{kind}/{name}'" in written
    for response in part["components"]["responses"].values():
        for link in response.get("links", {}).values():
            target = (
                link
                if "operationId" in link
                else part["components"]["links"][link["$ref"].rpartition("/")[2]]
            )
            assert target["operationId"] in operations(part)


def test_only_the_control_api_wants_a_control_token(client: FlaskClient) -> None:
    schemes = [
        document(client, path)["components"]["securitySchemes"].keys() for path in (VENDOR, CONTROL)
    ]
    assert schemes == [{"apiKey"}, {"apiKey", "controlToken"}]


@pytest.mark.parametrize("path", [VENDOR, CONTROL])
def test_a_document_tells_the_development_accounts_key(client: FlaskClient, path: str) -> None:
    scheme = document(client, path)["components"]["securitySchemes"]["apiKey"]
    assert scheme["description"].endswith(f" `{development.API_KEY}`.")


def test_what_generators_cannot_take_is_where_checks_read_it() -> None:
    whole = openapi.document()
    strict = openapi.strict(whole)
    pagination = whole["components"]["schemas"]["ProfileList"]["properties"]["pagination"]
    checked = strict["components"]["schemas"]["ProfileList"]["properties"]["pagination"]
    assert "allOf" not in pagination
    assert checked["allOf"] == pagination["x-all-of"]
    assert "x-all-of" not in repr(strict)
    assert "x-format" not in repr(strict)
    assert "'format': 'password'" not in repr(strict)  # Schemathesis looks for what violates it.
    form = strict["components"]["requestBodies"]["NewProfile"]["content"][
        "application/x-www-form-urlencoded"
    ]["schema"]
    assert form == {
        "type": "object",
        "required": ["title"],
        "properties": {"title": {"$ref": "#/components/schemas/ProfileTitle"}},
    }


def test_a_missing_contract_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openapi, "__file__", "/nowhere/fakeayr/ayrshare/openapi.py")
    with pytest.raises(FileNotFoundError, match="missing from this installation of fakeayr"):
        openapi.path()


@pytest.mark.parametrize("path", ["/docs", "/docs/", "/docs/index.html"])
def test_the_browser_opens_the_contract(client: FlaskClient, path: str) -> None:
    page = fetch(client, path)
    assert page.status_code == 200
    assert page.mimetype == "text/html"
    vendors, control = page.text.index(f'"{VENDOR}"'), page.text.index(f'"{CONTROL}"')
    assert vendors < control


def test_the_browser_is_authorized_for_the_development_account(page: TestResponse) -> None:
    assert f'ui.preauthorizeApiKey("apiKey", "{development.API_KEY}")' in page.text


def test_every_asset_of_the_browser_comes_from_this_server(
    client: FlaskClient, assets: list[str]
) -> None:
    assert any(address.endswith(".js") for address in assets)
    assert any(address.endswith(".css") for address in assets)
    for address in assets:
        loaded = urljoin(f"{HERE}/docs/", address)
        assert loaded.startswith(f"{HERE}/docs/")
        assert fetch(client, urlsplit(loaded).path).status_code == 200


def test_style_sheets_load_nothing_from_elsewhere(client: FlaskClient, assets: list[str]) -> None:
    for address in assets:
        if address.endswith(".css"):
            text = fetch(client, address).text
            for loaded in re.findall(r"url\(([^)]*)\)|@import\s+([^;]*)", text):
                assert "".join(loaded).strip("\"' ").startswith(("data:", "#"))


def test_the_page_names_no_other_server(page: TestResponse) -> None:
    """Swagger UI asks a validator on the internet unless it is told not to."""
    assert '"validatorUrl": null' in page.text
    addresses = re.findall(r"(?:https?:)?//[\w.-]+", page.text)
    assert [address for address in addresses if not address.startswith(HERE)] == []


def test_a_web_browser_is_told_to_stay_on_this_server(page: TestResponse) -> None:
    policy = page.headers["Content-Security-Policy"]
    sources = {
        source for rule in policy.split(";") for source in rule.split()[1:] if source != "data:"
    }
    assert sources == {"'self'", "'unsafe-inline'", "'none'"}
    assert "default-src 'self'" in policy
