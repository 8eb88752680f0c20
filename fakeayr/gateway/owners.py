"""Whose program is at the other end of a connection on this machine."""

import os
import socket
import sys
from pathlib import Path
from typing import Final

_CONNECTIONS: Final = Path("/proc/net/tcp")
_LOCAL, _REMOTE, _OWNER = 1, 2, 7


def is_our_users(client: tuple[str, int], server: tuple[str, int]) -> bool:
    """Whether a client's connection belongs to the user who runs this process.

    Where the system does not say (it is no Linux), everybody's does.

    Args:
        client: Address and port of the client, by IPv4.
        server: Address and port that it is connected to.
    """
    try:
        lines = _CONNECTIONS.read_text("ascii").splitlines()[1:]
    except OSError:
        return True
    wanted = [_written(client), _written(server)]
    found = (line.split() for line in lines)
    return any(
        [it[_LOCAL], it[_REMOTE]] == wanted and int(it[_OWNER]) == os.getuid() for it in found
    )


def _written(address: tuple[str, int]) -> str:
    number = int.from_bytes(socket.inet_aton(address[0]), sys.byteorder)
    return f"{number:08X}:{address[1]:04X}"
