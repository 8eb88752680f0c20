"""Flask without the work that nothing here asks for.

At each request it makes up a third of what Flask costs: preparing routes by host, of which there
are none, opening a session that is never used, counting the bytes of a body whose length is known,
and asking of each function whether it is a coroutine. When an app is made, it is nine tenths:
compiling functions that build URLs.
"""

import io
import string
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache, partial
from typing import IO, Any, Final, cast
from urllib.parse import quote

import flask
from flask import Flask, request
from flask.sessions import NullSession, SessionInterface
from werkzeug.exceptions import BadRequest
from werkzeug.routing import MapAdapter, Rule
from werkzeug.utils import cached_property
from werkzeug.wsgi import get_input_stream

from fakeayr.web.context import context

_NO_SESSION: Final = NullSession()


class AppRequest(flask.Request):
    """A request whose query may hold any bytes: those that no URL can hold become encoded."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if self.query_string:
            self.query_string = quote(self.query_string, safe=string.printable).encode()

    @cached_property
    def max_content_length(self) -> int:
        """How large the body may be, in bytes."""
        return context().config.body_limit(self.path)

    @cached_property
    def stream(self) -> IO[bytes]:
        """The body; it is read as a whole where a Content-Length says how long it is.

        Raises:
            BadRequest: The body is shorter.
            RequestEntityTooLarge: The Content-Length is over the limit.
        """
        limit, length = self.max_content_length, self.content_length
        if length is None or length > limit:
            return get_input_stream(self.environ, max_content_length=limit)
        body = self.environ["wsgi.input"].read(length)
        if len(body) < length:
            raise BadRequest("The body is shorter than its Content-Length.")
        return io.BytesIO(body)


class _LazyRoute(Rule):
    """A route that compiles its function for building URLs when it is first called.

    A test that starts a fake of its own would wait for more than a hundred of them.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., Any]:
        compiled = cache(partial(super()._compile_builder, append_unknown))

        def build(route: Rule, /, **values: Any) -> Any:
            return compiled()(route, **values)

        return build


class _NoSessions(SessionInterface):
    def open_session(self, app: Flask, request: flask.Request) -> NullSession:
        return _NO_SESSION


class App(Flask):
    """A Flask app that routes by path alone, has no sessions, and closes what it has opened.

    Attributes:
        resources: What `close` closes, the latest first.
    """

    request_class = AppRequest
    url_rule_class = _LazyRoute
    session_interface = _NoSessions()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.resources = ExitStack()

    def close(self) -> None:
        """Ends what runs beside the calls and closes the store; no call may follow."""
        self.resources.close()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """See `Flask.ensure_sync`; no function here is a coroutine."""
        return func

    def create_url_adapter(self, request: flask.Request | None) -> MapAdapter | None:
        """See `Flask.create_url_adapter`."""
        if request is None:
            return None
        return MapAdapter(
            self.url_map,
            server_name="",  # Only absolute URLs need it, and none is built.
            script_name=request.root_path,
            subdomain="",
            url_scheme=request.scheme,
            path_info=request.path,
            default_method=request.method,
        )


def present_request() -> AppRequest:
    """The request itself, which `flask.request` looks up again at each access."""
    return cast(AppRequest, request._get_current_object())  # type: ignore[attr-defined]
