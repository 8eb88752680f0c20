"""The app leaves out the part of Flask's work that nobody asks for."""

from contextlib import closing

import pytest
from flask import url_for
from werkzeug.routing import Rule

from fakeayr.serving.create_app import create_app


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
