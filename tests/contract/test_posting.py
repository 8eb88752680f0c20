"""Posting is never done unless it is asked for, and whatever is posted is deleted again."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner, Result

from fakeayr.cli import main
from fakeayr.client.transport import HttpTransport, Reply, TransportError
from fakeayr.contract import checks, command, runner, server
from fakeayr.contract.errors import Untestable
from fakeayr.contract.leftovers import TITLE_PREFIX, Leftover, Leftovers
from fakeayr.contract.runner import CheckStatus
from fakeayr.contract.server import CheckedServer
from fakeayr.contract.session import ContractSession
from tests.support.standin import Onboarding, mutant_url, order, running

pytestmark = [pytest.mark.outside("node"), pytest.mark.slow]

LINKED: Final = ("bluesky", "facebook", "instagram", "threads", "tiktok", "twitter")
MAY_BE_POSTED_TO: Final = {"bluesky", "facebook"}
NEED_POSTS: Final = {check.name for check in checks.load() if check.needs_posts}


@pytest.fixture
def url(onboarding: Onboarding) -> Iterator[str]:
    """A stand-in of the real API, whose account has linked six networks."""
    with running(onboarding) as url:
        link(url, onboarding)
        yield url


@pytest.fixture
def leftovers(onboarding: Onboarding, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Leftovers:
    """Where a run notes what it creates; the environment names the account."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("AYRSHARE_API_KEY", onboarding.credentials.api_key)
    monkeypatch.setenv("AYRSHARE_DOMAIN", onboarding.credentials.domain)
    monkeypatch.setenv("AYRSHARE_PRIVATE_KEY", str(onboarding.key_file))
    return Leftovers()


def link(url: str, onboarding: Onboarding) -> None:
    for network in LINKED:
        order(url, onboarding, "link", {"network": network})


def posted(url: str, onboarding: Onboarding) -> list[dict[str, Any]]:
    """Every post of a stand-in that somebody has linked networks for."""
    posts: list[dict[str, Any]] = order(url, onboarding, "posts")["posts"]
    return posts


def contract(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["contract", *map(str, words)], catch_exceptions=False)


def run(url: str, onboarding: Onboarding, *words: str) -> Result:
    return contract("run", "--url", url, "--ca", onboarding.authority, *words)


def only(*names: str) -> list[str]:
    return [word for name in names for word in ("--only", name)]


def test_without_posts_no_call_that_posts_is_made(
    onboarding: Onboarding, url: str, leftovers: Leftovers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_CALLS_IN_A_WINDOW", 100_000)  # So that nothing waits.
    with command._session(
        url, onboarding.authority, None, yes=True, safe=None, posts=False
    ) as session:
        found = runner.run(checks.load(), session, lambda _: None)

    left_out = {it.name for it in found if it.status is CheckStatus.LEFT_OUT}
    assert left_out >= NEED_POSTS
    assert {it.name: it.what for it in found if it.status is CheckStatus.BROKEN} == {}
    assert {it.name: it.what for it in found if it.status is CheckStatus.FAILED} == {}
    assert order(url, onboarding, "posts") == {"calls": 0, "posts": []}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/post"),
        ("POST", "/post/"),
        ("post", "/Post?x=1"),
        ("PATCH", "/post"),
        ("PUT", "/post"),
        ("PUT", "/post/retry"),
        ("POST", "/post/bulk"),
    ],
)
def test_a_check_that_posts_unasked_is_stopped_before_it_calls(
    onboarding: Onboarding, url: str, method: str, path: str
) -> None:
    target = CheckedServer(url, onboarding.credentials, paced=True, authority=onboarding.authority)
    with closing(target), pytest.raises(Untestable, match="pass --posts to allow"):
        target.call(method, path, body={"post": "x", "platforms": ["facebook"]})

    assert target.calls == 0
    assert order(url, onboarding, "posts")["calls"] == 0


def test_posts_are_announced_marked_and_deleted(
    onboarding: Onboarding, url: str, leftovers: Leftovers
) -> None:
    names = ("a_post_is_published", "a_post_is_deleted", "a_scheduled_post_is_changed")

    done = run(url, onboarding, "--posts", *only(*names))

    assert done.exit_code == 0, done.output
    assert "The posts of this run are real" in done.stderr
    assert "3 held; " in done.stdout
    posts = posted(url, onboarding)
    assert len(posts) > 4
    for post in posts:
        assert post["text"].startswith(TITLE_PREFIX)
        assert set(post["platforms"]) <= MAY_BE_POSTED_TO
        assert post["status"] == "deleted"
    assert leftovers.entries() == []


def test_posts_are_deleted_when_checks_fail(
    onboarding: Onboarding, url: str, leftovers: Leftovers
) -> None:
    broken = mutant_url(url, "post-status-is-ok")
    link(broken, onboarding)

    done = run(broken, onboarding, "--posts", "-x", *only("a_post_is_published"))

    assert done.exit_code == 1
    assert [it["status"] for it in posted(broken, onboarding)] == ["deleted"]
    assert leftovers.entries() == []


def test_posts_without_an_id_are_found_by_their_texts(
    onboarding: Onboarding, url: str, leftovers: Leftovers
) -> None:
    broken = mutant_url(url, "post-answer-without-id")
    link(broken, onboarding)

    done = run(broken, onboarding, "--posts", *only("a_post_is_published", "a_post_is_scheduled"))

    assert done.exit_code == 1
    assert {it["status"] for it in posted(broken, onboarding)} == {"deleted"}
    assert leftovers.entries() == []


def test_posts_are_deleted_after_an_interruption(
    onboarding: Onboarding, url: str, leftovers: Leftovers
) -> None:
    with (  # noqa: PT012 - the interruption is where a person's would be
        pytest.raises(KeyboardInterrupt),
        command._session(
            url, onboarding.authority, None, yes=True, safe=None, posts=True
        ) as session,
    ):
        session.posts.post(session.posts.account, ["facebook"])
        assert [it["status"] for it in posted(url, onboarding)] == ["success"]
        raise KeyboardInterrupt

    assert [it["status"] for it in posted(url, onboarding)] == ["deleted"]
    assert leftovers.entries() == []


def test_a_post_whose_response_is_lost_is_deleted(
    onboarding: Onboarding, url: str, leftovers: Leftovers, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = HttpTransport.send

    def losing(self: HttpTransport, method: str, url: str, *rest: Any) -> Reply:
        reply = send(self, method, url, *rest)
        if method == "POST" and url.endswith("/post"):
            raise TransportError("the connection was reset")
        return reply

    monkeypatch.setattr(HttpTransport, "send", losing)
    with (
        pytest.raises(Untestable, match="cannot be reached"),
        command._session(
            url, onboarding.authority, None, yes=True, safe=None, posts=True
        ) as session,
    ):
        session.posts.post(session.posts.account, ["facebook"])

    assert [it["status"] for it in posted(url, onboarding)] == ["deleted"]
    assert leftovers.entries() == []


def test_clean_deletes_the_posts_of_a_run_that_crashed(
    onboarding: Onboarding, url: str, leftovers: Leftovers
) -> None:
    with command._session(
        url, onboarding.authority, None, yes=True, safe=None, posts=True
    ) as session:
        session.posts.post(session.posts.account, ["facebook"])
        session.posts.schedule(session.posts.account, ["bluesky"])
        noted = leftovers.entries()
        kept = Path(leftovers._path).with_suffix(".kept")
        shutil.copy(leftovers._path, kept)
        # As if the run had ended here: what is noted is forgotten, and comes back.
        for entry in noted:
            leftovers.remove(entry.url, entry.title)
    assert {it["status"] for it in posted(url, onboarding)} == {"success", "pending"}
    kept.rename(leftovers._path)
    assert [entry.is_post for entry in noted] == [True, True]

    done = contract("clean", "--url", url, "--ca", onboarding.authority)

    assert done.exit_code == 0, done.output
    assert done.stdout == "No profile and no post of an earlier run is left.\n"
    assert {it["status"] for it in posted(url, onboarding)} == {"deleted"}
    assert leftovers.entries() == []


def test_a_post_that_cannot_be_deleted_stays_noted(
    onboarding: Onboarding, url: str, leftovers: Leftovers
) -> None:
    broken = mutant_url(url, "delete-without-id-accepted")
    link(broken, onboarding)
    title = f"{TITLE_PREFIX}00000000-post-1: bread"
    foreign = Leftover(broken, title, "AAAAAAA-AAAAAAA-AAAAAAA-AAAAAAA", True, ("x" * 20,))
    not_ours = Leftover(broken, "Fresh bread!", "", True, ("y" * 20,))
    elsewhere = Leftover("https://elsewhere/api", title, "", True, ("z" * 20,))
    for entry in (foreign, not_ours, elsewhere):
        leftovers.add(entry)

    done = contract("clean", "--url", broken, "--ca", onboarding.authority)

    assert done.exit_code == 1
    assert done.stderr == "1 post could not be deleted; try again later.\n"
    assert leftovers.entries() == [not_ours, elsewhere]


def test_without_linked_networks_nothing_is_posted(
    onboarding: Onboarding, leftovers: Leftovers
) -> None:
    with running(onboarding) as url:
        done = run(url, onboarding, "--posts", *only("a_post_is_published"))

        assert done.exit_code == 2, done.output
        assert "the account has linked no network that may be posted to" in done.stdout
        assert posted(url, onboarding) == []


def test_a_person_is_asked_before_anything_is_posted_elsewhere(
    onboarding: Onboarding, leftovers: Leftovers
) -> None:
    done = contract("run", "--url", "https://real.invalid/api", "--posts")

    assert done.exit_code == 2
    assert "The posts of this run are real" in done.stderr
    assert "This creates and deletes profiles and posts at https://real.invalid/api" in done.stderr


def test_every_text_of_a_run_is_another(onboarding: Onboarding) -> None:
    target = CheckedServer("https://x.example/api", onboarding.credentials, paced=True)
    with closing(target):
        posts = ContractSession(target, Leftovers(Path("unused"))).posts
        texts = [posts.text() for _ in range(50)]

    assert len({re.sub(r"^.*?: ", "", text) for text in texts}) == 50
    assert all(text.startswith(TITLE_PREFIX) for text in texts)


def test_what_is_noted_of_posts_survives_its_file(tmp_path: Path) -> None:
    notes = Leftovers(tmp_path / "notes.json")
    post = Leftover("https://x/api", f"{TITLE_PREFIX}1", "", True, ("a", "b"))
    profile = Leftover("https://x/api", f"{TITLE_PREFIX}2", "KEY")
    for entry in (post, profile):
        notes.add(entry)

    assert notes.entries() == [post, profile]
    assert json.loads((tmp_path / "notes.json").read_text("utf-8"))[1] == {
        "url": "https://x/api",
        "title": f"{TITLE_PREFIX}2",
        "key": "KEY",
    }
