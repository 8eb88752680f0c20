"""Measures posting: what POST /post costs, pages of long histories, and many posts due at once."""

import http.client
import json
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from benchmarks.errors import CannotMeasure
from benchmarks.fake import serve_command
from benchmarks.load import RequestTemplate
from benchmarks.measuring import median
from benchmarks.processes import MeasuredServer
from benchmarks.report import Goal, Table
from fakeayr.domain.posting.posts import Post, PostStatus
from fakeayr.serving.create_app import create_app
from fakeayr.store.sqlite import SqliteStore

NETWORKS: Final = ("facebook", "linkedin", "twitter")
_ACCOUNT: Final = {"plan": "business", "settings": {"postQuotas": False}}
HISTORIES: Final = {
    "all": "",
    "status": "status=error",
    "type": "type=scheduled",
    "network": "platforms=linkedin",
    "a network without posts": "platforms=instagram",
    "a month": "lastDays=30",
    "between two dates": "startDate={0:%Y-%m-%d}&endDate={1:%Y-%m-%d}",
}
"""Queries of GET /history, besides `limit`; the dates are 200 and 100 days ago."""
_PAGE: Final = 10
_ROWS_AT_ONCE: Final = 20_000
_MOST_IN_USERS: Final = 1.6
_MOST_GROWTH: Final = 1.2
_LEAST_PER_SECOND: Final = 2_000
_MOST_SLOWER: Final = 3.0
_DAYS: Final = 300
_AHEAD_SECONDS: Final = 15
"""How long the API is measured before the posts are due, and what a server needs to start."""
_PAUSE_SECONDS: Final = 0.002
_LOOK_SECONDS: Final = 0.2
"""How often to look how many posts are left."""


@dataclass(frozen=True, kw_only=True)
class PostingEffort:
    """How much is measured.

    Attributes:
        rounds: Samples of each call.
        calls: Calls of each sample.
        sizes: Posts of a profile with few, and of one with many.
        due: Posts that are due at one instant.
    """

    rounds: int
    calls: int
    sizes: tuple[int, int]
    due: int


@dataclass(kw_only=True)
class PostingResults:
    """The results.

    Attributes:
        sizes: Posts of a profile with few, and of one with many.
        due: Posts that were due at one instant.
        submitted: CPU of a POST /post to three networks and of a GET /user, in each round.
        pages: CPU of a page of the history, few and many, in each round, by query.
        seconds: How long publishing took.
        quiet: Seconds of each GET /user before.
        busy: Seconds of each GET /user meanwhile.
    """

    sizes: tuple[int, int]
    due: int
    submitted: list[tuple[float, float]] = field(default_factory=list)
    pages: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    seconds: float = 0.0
    quiet: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Posts that were published in a second, with their webhooks in the outbox."""
        return self.due / self.seconds

    @property
    def slower(self) -> float:
        """The 99th percentile of GET /user while posts are published, divided by the quiet one."""
        return _p99(self.busy) / _p99(self.quiet)


def measure(effort: PostingEffort, folder: Path) -> PostingResults:
    """Measures posting on servers with one worker and a state file each."""
    results = PostingResults(sizes=effort.sizes, due=effort.due)
    few, many = (_Profile(folder / f"{size}-posts.sqlite", size) for size in effort.sizes)
    dates = [datetime.now(UTC) - timedelta(days=days) for days in (200, 100)]
    with few.serve() as small, many.serve() as large:
        for _ in range(effort.rounds):
            posted = few.cpu(small, effort.calls, _submissions())
            user = few.cpu(small, effort.calls, _gets("/api/user"))
            results.submitted.append((posted, user))
            for name, query in HISTORIES.items():
                path = f"/api/history?limit={_PAGE}&{query.format(*dates)}"
                results.pages[name].append(
                    (
                        few.cpu(small, effort.calls, _gets(path)),
                        many.cpu(large, effort.calls, _gets(path)),
                    )
                )
    _measure_due(results, folder)
    return results


def _measure_due(results: PostingResults, folder: Path) -> None:
    profile = _Profile(folder / "due.sqlite", 0)
    due = time.time() + _AHEAD_SECONDS + results.due / 20_000
    profile.schedule(results.due, due)
    with profile.serve() as server, closing(_connect(server)) as connection:
        while time.time() < due or not results.quiet:
            results.quiet.append(profile.time_user(connection))
        while profile.count_due() or not results.busy:
            until = time.monotonic() + _LOOK_SECONDS
            while time.monotonic() < until:
                results.busy.append(profile.time_user(connection))
        results.seconds = time.time() - due


def tabulate(results: PostingResults) -> Table:
    """Returns the table."""
    few, many = results.sizes
    rows = [["POST /post to three networks, GET /user", *_costs(results.submitted)]]
    rows += [
        [f"history, {name}: {many:,} posts, {few:,}", *_costs([(b, a) for a, b in pairs])]
        for name, pairs in results.pages.items()
    ]
    rows.append(
        [
            f"p99 of GET /user: while {results.due:,} are published, before",
            f"{_p99(results.busy) * 1e3:.1f} ms",
            f"{_p99(results.quiet) * 1e3:.1f} ms",
            f"{results.slower:.2f} ×",
        ]
    )
    return Table(
        title="Posting",
        head=["CPU of a call", "first", "second", "ratio"],
        rows=rows,
        note=(
            f"One worker on a state file. {results.due:,} posts to three networks, due at one"
            f" instant, were published at {results.per_second:,.0f} a second, with a webhook for"
            " each in the outbox."
        ),
    )


def judge(results: PostingResults) -> list[Goal]:
    """Returns the goals, and what was reached."""
    few, many = results.sizes
    return [
        Goal(
            what="POST /post of a text to three networks: CPU, in GET /user",
            value=_ratio(results.submitted),
            at_most=_MOST_IN_USERS,
            form="{:.2f} ×",
        ),
        *(
            Goal(
                what=f"history, {name}: cost at {many:,} posts, against {few:,}",
                value=_ratio([(large, small) for small, large in pairs]),
                at_most=_MOST_GROWTH,
                form="{:.2f} ×",
            )
            for name, pairs in results.pages.items()
        ),
        Goal(
            what=f"{results.due:,} posts due at one instant: published in a second",
            value=results.per_second,
            at_least=_LEAST_PER_SECOND,
            form="{:,.0f}",
        ),
        Goal(
            what=f"{results.due:,} posts due at one instant: p99 of GET /user, against before",
            value=results.slower,
            at_most=_MOST_SLOWER,
            form="{:.1f} ×",
        ),
    ]


def _costs(pairs: list[tuple[float, float]]) -> list[str]:
    first, second = (median(side) * 1e6 for side in zip(*pairs, strict=True))
    return [f"{first:,.0f} µs", f"{second:,.0f} µs", f"{_ratio(pairs):.2f} ×"]


def _ratio(pairs: list[tuple[float, float]]) -> float:
    return median(first / second for first, second in pairs)


def _p99(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.99)]


Calls = Iterator[tuple[str, str, Any]]
"""Method, path and body of each call."""


def _gets(path: str) -> Calls:
    while True:
        yield "GET", path, None


_numbers = count()


def _submissions() -> Calls:
    for number in _numbers:
        yield "POST", "/api/post", {"post": f"What is new: {number}", "platforms": NETWORKS}


class _Profile:
    """A profile with posts, the primary one of its account, in a state file of its own.

    Args:
        state: The file, which does not exist.
        posts: How many posts it has. They are of the last 300 days; a tenth was scheduled, and a
            tenth failed.
    """

    def __init__(self, state: Path, posts: int) -> None:
        self._state = state
        with closing(create_app(store=SqliteStore(state))) as app:
            client = app.test_client()
            opened = client.post("/_fakeayr/accounts", json=_ACCOUNT).get_json()
            self._api_key: str = opened["apiKey"]
            headers = {"Authorization": f"Bearer {self._api_key}"}
            for network in NETWORKS:
                client.post("/_fakeayr/links", json={"platform": network}, headers=headers)
            hook = {"action": "scheduled", "url": "http://127.0.0.1:9/"}
            client.post("/api/hook/webhook", json=hook, headers=headers)
            dates = [{}, {"scheduleDate": (datetime.now(UTC) + timedelta(days=9)).isoformat()}]
            bodies = [
                {"post": "Hello", "platforms": NETWORKS},
                {"post": "Later", "platforms": NETWORKS},
            ]
            ids = [
                client.post("/api/post", json=body | date, headers=headers).get_json()["id"]
                for body, date in zip(bodies, dates, strict=True)
            ]
        with closing(SqliteStore(state)) as store:
            found = [store.post(self._api_key, post_id) for post_id in ids]
            self._now, self._later = (post for post in found if post is not None)
            self._save(store, ((post, None) for post in self._made(posts)))

    def _made(self, posts: int) -> Iterator[Post]:
        now = time.time()
        for number in range(posts):
            post = self._now
            if number % 10 == 0:
                post = replace(self._later, status=PostStatus.SUCCESS)
            elif number % 10 == 1:
                post = replace(post, status=PostStatus.ERROR)
            age = (posts - number) * _DAYS * 86_400 / posts
            yield replace(post, id=f"P{number:019}", created=now - age)

    def schedule(self, posts: int, due: float) -> None:
        """Adds posts that are due at an instant, UNIX seconds."""
        made = []
        for number in range(posts):
            request = replace(self._later.request, scheduled=due, texts={"default": f"T{number}"})
            made.append((replace(self._later, id=f"D{number:019}", request=request), due))
        with closing(SqliteStore(self._state)) as store:
            self._save(store, iter(made))

    @staticmethod
    def _save(store: SqliteStore, rows: Iterator[tuple[Post, float | None]]) -> None:
        while some := list(islice(rows, _ROWS_AT_ONCE)):
            with store.transaction():
                store.save_posts(some)

    def serve(self) -> MeasuredServer:
        """Starts a server on the file."""
        return MeasuredServer(serve_command(self._state), self._first)

    def _first(self, port: int) -> RequestTemplate:
        head = f"GET /_fakeayr/health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        return RequestTemplate(before=f"{head}X-Any: ", keys=["1"], after="\r\n\r\n")

    def cpu(self, server: MeasuredServer, number: int, calls: Calls) -> float:
        """Returns the CPU seconds of a call."""
        with closing(_connect(server)) as connection:
            before = server.cpu_seconds()
            for method, path, body in islice(calls, number):
                self.call(connection, method, path, body)
            return (server.cpu_seconds() - before) / number

    def call(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: Any = None
    ) -> None:
        """Makes a call, which must not fail but may find nothing."""
        headers = {"Authorization": f"Bearer {self._api_key}", "Content-Type": "application/json"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        text = response.read()
        if response.status != 200 and b'"code":221' not in text:  # A history without posts.
            raise CannotMeasure(f"{method} {path}: {response.status} {text[:200]!r}")

    def time_user(self, connection: http.client.HTTPConnection) -> float:
        """Returns the seconds of a GET /user, after a short pause."""
        time.sleep(_PAUSE_SECONDS)
        before = time.perf_counter()
        self.call(connection, "GET", "/api/user")
        return time.perf_counter() - before

    def count_due(self) -> int:
        """Returns how many posts are due and not published."""
        with closing(sqlite3.connect(f"file:{self._state}?mode=ro", uri=True)) as database:
            found = database.execute(
                "SELECT count(*) FROM posts WHERE due <= ?", (time.time(),)
            ).fetchone()
            return int(found[0])


def _connect(server: MeasuredServer) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
