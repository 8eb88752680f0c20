"""Apps that tests make."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any, Protocol

from fakeayr.serving.create_app import create_app
from fakeayr.serving.thread import run_in_thread
from fakeayr.web.app import App
from fakeayr.web.config import Config


class NewApp(Protocol):
    """The type of the fixture `new_app`."""

    def __call__(self, config: Config | None = None, **parts: Any) -> App:
        """Makes an app as `create_app` does; it is closed when the test has ended."""
        ...


@contextmanager
def closing_apps() -> Iterator[NewApp]:
    """Makes apps, and closes them all at the end of the block."""
    with ExitStack() as apps:

        def new_app(config: Config | None = None, **parts: Any) -> App:
            return apps.enter_context(closing(create_app(config, **parts)))

        yield new_app


@contextmanager
def running_app(config: Config | None = None, **parts: Any) -> Iterator[str]:
    """Serves a new app from a thread while the block lasts, and returns its URL."""
    with closing(create_app(config, **parts)) as app, run_in_thread(app) as url:
        yield url
