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


def test_an_app_parses_no_route_that_another_has_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(create_app()) as first:
        monkeypatch.setattr(Rule, "_parse_rule", None)
        with closing(create_app()) as second:
            assert sorted(map(str, second.url_map.iter_rules())) == sorted(
                map(str, first.url_map.iter_rules())
            )
            assert second.test_client().get("/_page/consent/x").status_code == 401


def test_a_route_that_one_app_adds_is_no_other_apps() -> None:
    with closing(create_app()) as changed, closing(create_app()) as other:
        changed.add_url_rule("/docs/here/<name>", "here", lambda name: f"Hello {name}")
        other.add_url_rule("/docs/here/<path:name>", "here", lambda name: f"Bye {name}")
        assert changed.test_client().get("/docs/here/a").text == "Hello a"
        assert changed.test_client().get("/docs/here/a/b").status_code == 404
        assert other.test_client().get("/docs/here/a/b").text == "Bye a/b"
