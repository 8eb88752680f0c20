"""`fakeayr` as it must not be: every call leaves something behind."""

import os
import socket
import threading
from typing import Any
from unittest.mock import patch

from flask import Flask, Response

from fakeayr import cli
from fakeayr.serving import create_app as app

_left: list[Any] = []
_calls = 0


def leave_something(response: Response) -> Response:
    """Leaves memory with each call, and now and then a file, a socket and a thread."""
    global _calls  # noqa: PLW0603
    _calls += 1
    _left.append(os.urandom(30_000))
    if _calls % 20 == 0:
        _left.append(open("/dev/null"))  # noqa: SIM115
        _left.append(socket.create_server(("127.0.0.1", 0)))
        threading.Thread(target=threading.Event().wait, daemon=True).start()
    return response


def leaking_app(*arguments: Any, **options: Any) -> Flask:
    made = app.create_app(*arguments, **options)
    made.after_request(leave_something)
    return made


if __name__ == "__main__":
    with patch("fakeayr.serving.serve.create_app", leaking_app):
        cli.run()
