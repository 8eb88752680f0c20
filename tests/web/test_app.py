"""The app leaves out the part of Flask's work that nobody asks for."""

import io
from contextlib import closing

import pytest
from flask import url_for
from werkzeug.routing import Rule

from fakeayr.serving.create_app import create_app
from fakeayr.web import development


def test_an_app_compiles_no_builder_of_urls_until_one_is_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compiled: list[str] = []
    compile_builder = Rule._compile_builder

    def note(rule: Rule, append_unknown: bool = True) -> object:
        compiled.append(rule.rule)
        return compile_builder(rule, append_unknown)

    monkeypatch.setattr(Rule, "_compile_builder", note)
    with closing(create_app()) as app, app.test_request_context():
        assert compiled == []
        for _ in range(2):
            assert url_for("linking.decide", platform="x", page=2) == "/_page/consent/x?page=2"
        assert compiled == ["/_page/consent/<platform>"]


def test_a_head_request_gets_the_headers_of_the_response_and_no_body() -> None:
    authorized = {"Authorization": f"Bearer {development.API_KEY}"}
    with closing(create_app()) as app:
        client = app.test_client()
        whole = client.get("/api/nothing-here", headers=authorized)
        head = client.head("/api/nothing-here", headers=authorized)
    assert (head.status_code, head.data) == (404, b"")
    assert head.headers == whole.headers
    assert int(head.headers["Content-Length"]) == len(whole.data) > 0


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded"])
def test_a_body_that_ends_early_is_refused_in_any_format(content_type: str) -> None:
    with closing(create_app()) as app:
        response = app.test_client().post(
            "/api/profiles",
            input_stream=io.BytesIO(b"{}"),
            content_type=content_type,
            headers={"Authorization": f"Bearer {development.API_KEY}"},
            environ_overrides={"CONTENT_LENGTH": "3"},
        )
    assert response.status_code == 400
    assert response.get_json()["details"] == "The body is shorter than its Content-Length."
