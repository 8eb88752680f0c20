"""The server documents itself: it serves the contract, and a browser for it that works offline."""

import re
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin, urlsplit

import pytest
import yaml
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fakeayr.ayrshare import openapi
from tests.support.contract import FILE

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


def test_the_contract_is_served_as_it_is(client: FlaskClient) -> None:
    answer = fetch(client, "/openapi.yaml")
    assert answer.status_code == 200
    assert answer.content_type == "application/yaml"
    assert answer.text == FILE.read_text("utf-8")
    assert yaml.load(answer.text, Loader=yaml.CSafeLoader)["openapi"] == "3.1.0"


def test_a_missing_contract_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openapi, "__file__", "/nowhere/fakeayr/ayrshare/openapi.py")
    with pytest.raises(FileNotFoundError, match="missing from this installation of fakeayr"):
        openapi.path()


@pytest.mark.parametrize("path", ["/docs", "/docs/", "/docs/index.html"])
def test_the_browser_opens_the_contract(client: FlaskClient, path: str) -> None:
    page = fetch(client, path)
    assert page.status_code == 200
    assert page.mimetype == "text/html"
    assert '"url": "/openapi.yaml"' in page.text


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
