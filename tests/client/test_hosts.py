"""What counts as this machine."""

import pytest

from fakeayr.domain.urls import is_loopback


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST",
        "app.localhost",
        "127.0.0.1",
        "127.9.8.7",
        "::1",
        "::ffff:127.0.0.1",
    ],
)
def test_hosts_of_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        "localhost.example",
        "notlocalhost",
        "128.0.0.1",
        "::2",
        "::ffff:10.0.0.1",
        "0.0.0.0",
    ],
)
def test_hosts_of_other_machines(host: str | None) -> None:
    assert not is_loopback(host)
