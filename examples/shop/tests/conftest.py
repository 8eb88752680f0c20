"""The shop, pointed at the fake Ayrshare of the test."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from shop import Ayrshare, create_shop
from werkzeug.serving import make_server

SECRET = "shop-webhook-secret"


@pytest.fixture
def shop(ayrshare_env: dict[str, str]) -> Flask:
    """The application, configured by the environment as in production."""
    return create_shop(Ayrshare(ayrshare_env), SECRET)


@pytest.fixture
def customer(shop: Flask) -> FlaskClient:
    """A customer's browser, as far as the shop is concerned."""
    return shop.test_client()


@pytest.fixture
def webhook_url(shop: Flask) -> Iterator[str]:
    """The shop's webhook endpoint on a real port."""
    server = make_server("127.0.0.1", 0, shop, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/webhooks/ayrshare"
    server.shutdown()
    thread.join()
    server.server_close()
