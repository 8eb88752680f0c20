"""The dashboard's shell and files: who may open them, what they hold, what a browser may do."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from fakeayr import dashboard
from fakeayr.version import __version__
from fakeayr.web import development
from fakeayr.web.config import Config
from tests.support.accounts import Account
from tests.support.apps import NewApp

FOLDER = Path(dashboard.__file__).with_name("static")
FILES = f"/_fakeayr/dashboard/{__version__}"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_a_link_from_anywhere_opens_it_since_it_holds_no_data(client: FlaskClient) -> None:
    headers = {**BROWSER, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    shell = client.get("/_fakeayr/", headers=headers)
    assert shell.status_code == 200
    assert development.API_KEY not in shell.text
    assert "PRIVATE KEY" not in shell.text
    assert client.get("/_fakeayr/", headers={"Host": "evil.example"}).status_code == 421


def test_it_runs_only_files_of_its_own(client: FlaskClient) -> None:
    shell = client.get("/_fakeayr/")
    policy = dict(
        part.split(" ", 1) for part in shell.headers["Content-Security-Policy"].split("; ")
    )
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?![^>]+src=)", shell.text)
    for name in re.findall(rf'"{FILES}/([^"]+)"', shell.text):
        assert client.get(f"{FILES}/{name}").status_code == 200


def test_its_files_are_kept_by_browsers_until_the_next_version(client: FlaskClient) -> None:
    for file in FOLDER.glob("*.*"):
        answer = client.get(f"{FILES}/{file.name}")
        if file.suffix == ".html":
            assert answer.status_code == 404
            continue
        assert answer.data == file.read_bytes()
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for name in (
        "unknown.js",
        "..%2froutes.py",
        "..\\..\\web\\development.key",
        "routes.py",
        ".js",
    ):
        assert client.get(f"{FILES}/{name}").status_code == 404
    assert client.get("/_fakeayr/dashboard/0.0.0/app.js").status_code == 404


def test_its_modules_make_no_html_and_reach_no_other_host() -> None:
    for file in FOLDER.glob("*.js"):
        text = file.read_text("utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", text)
        assert not re.search(r"https?://(?!www\.w3\.org)", text), file.name


@pytest.mark.parametrize("query", ["", "?utm_source=mail", "?jwt=eyJ", "?session=ayr_ls_1"])
def test_the_bare_address_leads_a_browser_to_it(
    client: FlaskClient, dev: Account, query: str
) -> None:
    answer = client.get(f"/{query}", headers=BROWSER)
    assert (answer.status_code == 303) is (query == "")
    if not query:
        assert answer.headers["Location"] == "/_fakeayr/"
    assert len(dev.requests()) == (0 if query == "" else 1)


def test_whatever_is_no_browser_is_refused_as_before(client: FlaskClient) -> None:
    assert client.get("/", headers={"Accept": "*/*"}).status_code == 401


def test_where_strangers_may_come_the_bare_address_says_what_the_server_is(
    new_app: NewApp,
) -> None:
    config = Config(public_url="https://fake.example", control_token="s3cr-t")
    client = new_app(config).test_client()
    page = client.get("/", headers={**BROWSER, "Host": "fake.example"})
    assert page.status_code == 200
    assert "ask whoever sent you for a new link" in page.text
    assert client.get("/_fakeayr/", headers={"Host": "fake.example"}).status_code == 200


def test_it_stays_small() -> None:
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 84_000
