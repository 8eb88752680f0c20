"""Opening a gateway: authority, ports, and what clients need to find them."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from fakeayr.gateway import variables
from fakeayr.gateway.authority import Authority
from fakeayr.gateway.tunnel import Ports, Routes, run_tunnel


@contextlib.contextmanager
def open_gateway(url: str, *, tls_port: int = 0) -> Iterator[tuple[dict[str, str], Ports]]:
    """Opens a gateway to a fake; yields the variables that lead clients to it, and its ports.

    Args:
        url: Where the fake is reachable.
        tls_port: Where to answer as the vendor's hosts; 0 picks a free port.

    Raises:
        OSError: The TLS port cannot be had.
    """
    parts = urlsplit(url)
    fake = (parts.hostname or "", parts.port or 80)
    authority, routes = Authority(), Routes(fake=fake, proxies=variables.read_proxies())
    with (
        # A browser may still write there when it all ends.
        tempfile.TemporaryDirectory(prefix="fakeayr-", ignore_cleanup_errors=True) as folder,
        run_tunnel(authority, routes, tls_port=tls_port) as ports,
    ):
        yield variables.write_files(Path(folder), authority, ports, fake_port=fake[1]), ports
