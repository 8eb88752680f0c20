"""`fakeayr serve` with default options, and accounts with many profiles."""

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.errors import CannotMeasure
from benchmarks.load import RequestTemplate
from fakeayr.client.api import ApiClient
from fakeayr.client.start import COMMAND
from fakeayr.client.tokens import load_key, read_token
from fakeayr.client.transport import HttpTransport
from fakeayr.domain.ids import Ids
from fakeayr.domain.profiles import Profile
from fakeayr.serving.create_app import create_app
from fakeayr.store.sqlite import SqliteStore

_ROWS_AT_ONCE = 20_000
_MOST_KNOWN = 50_000
"""About how many of an account's profiles are requested."""
_PAGES = 20
"""Number of pages of a list of all profiles, unless `_LONGEST_PAGE` requires more."""
_LONGEST_PAGE = 5_000


def serve_command(state: Path | None = None, workers: int = 1) -> Callable[[int], Sequence[str]]:
    """Returns a function from a port to the command of a fake.

    Args:
        state: The state file; `None` keeps everything in memory.
        workers: Number of workers.
    """

    def command(port: int) -> Sequence[str]:
        options = [f"--port={port}", f"--workers={workers}"]
        if state is not None:
            options.append(f"--state={state}")
        return [*COMMAND, "serve", *options]

    return command


@dataclass(frozen=True, kw_only=True)
class SeededAccount:
    """An account, and its profiles or a sample of them."""

    api_key: str
    domain: str
    private_key: str = field(repr=False)
    profiles: list[Profile]

    def generate_jwt(self, port: int) -> RequestTemplate:
        """POST /api/profiles/generateJWT for any of the profiles."""
        before, after = json.dumps(self._fields("|")).split("|")
        keys = [profile.key for profile in self.profiles]
        head = self._head(port, "POST /api/profiles/generateJWT", "Content-Type: application/json")
        length = len(before) + len(keys[0]) + len(after)
        return RequestTemplate(
            before=f"{head}Content-Length: {length}\r\n\r\n{before}", keys=keys, after=after
        )

    def check_token(self, port: int) -> None:
        """Checks the token that a server returns for `generate_jwt`.

        Raises:
            CannotMeasure: The token is not signed with the account's key.
        """
        path, fields = "/api/profiles/generateJWT", self._fields(random.choice(self.profiles).key)
        token = read_token(call(port, self.api_key, "POST", path, fields)["token"])
        if not token.is_signed_by(load_key(self.private_key)):
            raise CannotMeasure("A token is not signed with the account's key.")

    def _fields(self, profile_key: str) -> dict[str, str]:
        return {
            "domain": self.domain,
            "privateKey": self.private_key,
            "profileKey": profile_key,
        }

    def user(self, port: int) -> RequestTemplate:
        """GET /api/user for any of the profiles."""
        head = self._head(port, "GET /api/user", "Accept: application/json")
        keys = [profile.key for profile in self.profiles]
        return RequestTemplate(before=f"{head}Profile-Key: ", keys=keys, after="\r\n\r\n")

    def get_by_title(self, port: int) -> RequestTemplate:
        """GET /api/profiles?title= for any of the profiles."""
        titles = [profile.title.replace(" ", "%20") for profile in self.profiles]
        return self._profiles(port, "title=", titles)

    def get_by_ref_id(self, port: int) -> RequestTemplate:
        """GET /api/profiles?refId= for any of the profiles."""
        return self._profiles(port, "refId=", [profile.ref_id for profile in self.profiles])

    def pages(self, port: int, cursors: list[str]) -> RequestTemplate:
        """GET /api/profiles?limit=10 from any place in the list."""
        return self._profiles(port, "limit=10&cursor=", cursors)

    def cursors(self, port: int, count: int) -> list[str]:
        """Returns cursors from all parts of the list of `count` profiles."""
        limit = min(_LONGEST_PAGE, max(1, count // _PAGES))
        cursors: list[str] = []
        query = f"limit={limit}"
        while True:
            page = call(port, self.api_key, "GET", f"/api/profiles?{query}")["pagination"]
            if not page["hasMore"]:
                return cursors
            cursors.append(page["nextCursor"])
            query = f"limit={limit}&cursor={cursors[-1]}"

    def _profiles(self, port: int, query: str, keys: list[str]) -> RequestTemplate:
        line = f"GET /api/profiles?{query}"
        _, _, after = self._head(port, line, "Accept: application/json").partition(line)
        return RequestTemplate(before=line, keys=keys, after=f"{after}\r\n")

    def _head(self, port: int, target: str, header: str) -> str:
        host = f"Host: 127.0.0.1:{port}"
        lines = [f"{target} HTTP/1.1", host, f"Authorization: Bearer {self.api_key}", header]
        return "".join(f"{line}\r\n" for line in lines)


def seed_account(state: Path, *, key_bits: int, profiles: int) -> SeededAccount:
    """Creates an account with many profiles in a state file that no server has open."""
    store = SqliteStore(state)
    with closing(create_app(store=store)) as app:
        order = {"keyBits": key_bits, "plan": "enterprise"}
        opened = app.test_client().post("/_fakeayr/accounts", json=order).get_json()
        made = _profiles(opened["apiKey"], profiles)
        every = max(1, profiles // _MOST_KNOWN)
        known = []
        while rows := list(islice(made, _ROWS_AT_ONCE)):
            with store.transaction():
                for profile in rows:
                    store.save_profile(profile)
            known += rows[::every]
    return SeededAccount(
        api_key=opened["apiKey"],
        domain=opened["domain"],
        private_key=opened["privateKey"],
        profiles=known,
    )


def _profiles(account: str, count: int) -> Iterator[Profile]:
    ids = Ids(random.Random())
    now = time.time()
    for number in range(count):
        title = f"Profile {number:07}"
        key, ref_id = ids.key(), ids.ref_id()
        yield Profile(key=key, account=account, ref_id=ref_id, title=title, created=now)


def call(port: int, api_key: str, method: str, path: str, *body: Any) -> Any:
    """Makes one call, as an application would, and returns the decoded JSON.

    Raises:
        CallRefused: The server returned an error.
    """
    with closing(HttpTransport()) as transport:
        url = f"http://127.0.0.1:{port}"
        api = ApiClient(transport, url, api_key=api_key, toolkit_calls=False)
        return api.call(method, path, *body)
