"""What a request handler reaches: the domain's world, the recorder and the configuration."""

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from fakeayr.domain.tenants import World
from fakeayr.web.config import Config
from fakeayr.web.recorder import Recorder

_NAME = "fakeayr"


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """The parts that the faces of one app share."""

    world: World
    recorder: Recorder
    config: Config


def install(app: Flask, context: Context) -> None:
    """Gives an app its context."""
    app.extensions[_NAME] = context


def context() -> Context:
    """The context of the app that handles the present request."""
    return cast(Context, current_app.extensions[_NAME])
