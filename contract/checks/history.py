"""GET /post/:id and GET /history, of posts and of networks."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from fakeayr.contract import asserted_fields
from fakeayr.contract.checks import check
from fakeayr.contract.expectations import NotServed, expect, expect_fields, expect_refusal
from fakeayr.contract.post_responses import errors_of, expect_error, id_of, networks_in, unwrapped
from fakeayr.contract.posts import FILM, NOBODYS_POST, PLAIN, Author
from fakeayr.contract.server import Answer
from fakeayr.contract.session import ContractSession

_OF_A_POST: Final = (
    "created",
    "errors",
    "id",
    "mediaUrls",
    "platforms",
    "post",
    "postIds",
    "refId",
    "scheduleDate",
    "shortenLinks",
    "status",
    "type",
)
_OF_A_ROW: Final = ("created", "id", "platforms", "post", "status", "type")
_WITHOUT_HISTORY: Final = ("gmb", "reddit", "telegram")


@check("history.nothing")
def nothing_in_the_history_is_an_error(session: ContractSession) -> None:
    """A history with nothing to show is an error below history, with 400 and code 221."""
    queries: tuple[dict[str, Any], ...] = (
        {},
        {"limit": 5},
        {"status": "success"},
        {"type": "scheduled"},
        {"platforms": "facebook"},
        {"lastDays": 0},
    )
    key = session.create_profile().key
    for query in queries:
        answer = session.call("GET", "/history", profile_key=key, query=query)
        expect(answer.status == 400, f"HTTP status {answer.status}, not 400", answer)
        error = answer.fields.get("history")
        expect(isinstance(error, dict), "the error is not below history", answer)
        expect_error(answer, error or {}, "HistoryNotFound")
        expect_fields(answer, count=0)


@check("history.unknown")
def an_unknown_post_has_no_history(session: ContractSession) -> None:
    """An unknown post is not found: code 221."""
    for key in (session.profile.key, None):
        for post_id in (NOBODYS_POST, "0", "no-such-post"):
            answer = session.call("GET", f"/post/{post_id}", profile_key=key)
            expect_refusal(answer, "HistoryNotFound")
            other = session.call("GET", f"/history/{post_id}", profile_key=key)
            found = [*errors_of(other), other.fields.get("history")]
            codes = [it.get("code") for it in found if isinstance(it, dict)]
            expect(221 in codes and other.status == 400, "code 221 is not there", other)


@check("history.post", needs_posts=True)
def a_post_is_shown(session: ContractSession) -> None:
    """GET /post/:id shows a published post as GET /history/:id and GET /history do."""
    posts = session.posts
    networks = posts.account.among(*PLAIN)[:2]
    body = posts.body(networks)
    text, made = body["post"], posts.send(posts.account, body)
    post_id = id_of(made)
    session.eventually(
        lambda: posts.state(posts.account, post_id) == "success", "the post's status is another"
    )
    row = posts.get(posts.account, post_id)
    _expect_post(row, row.fields, post_id, networks, text)
    expect_fields(row, refId=posts.account.ref_id, type="now", errors=[])
    kept = networks_in(row)
    expect(sorted(kept) == sorted(networks), f"postIds are of {kept}", row)
    same = session.call("GET", f"/history/{post_id}")
    _expect_post(same, same.fields, post_id, networks, text)
    for name in _OF_A_POST:
        expect(same.fields[name] == row.fields[name], f"{name} is another", same)
    listed = {it.get("id"): it for it in posts.history(posts.account)}
    expect(post_id in listed, "GET /history does not list it", row)
    for name in _OF_A_ROW:
        expect(listed[post_id].get(name) == row.fields[name], f"{name} is another in the list", row)
    cut = posts.get(posts.account, post_id[:-1])
    expect_refusal(cut, "HistoryNotFound")


def _expect_post(
    answer: Answer, post: dict[str, Any], post_id: str, networks: list[str], text: str
) -> None:
    expect(answer.status == 200, "the post is not shown", answer)
    missing = [name for name in _OF_A_POST if name not in post]
    expect(not missing, f"the post lacks {missing}", answer)
    expect(post["id"] == post_id, "id is another", answer)
    expect(post["post"] == text, "post is another text", answer)
    expect(sorted(post["platforms"]) == sorted(networks), "platforms are others", answer)
    created = str(post["created"])
    expect(created.endswith("Z") and _is_now(created), f"created is {created}", answer)
    for name in ("errors", "mediaUrls", "postIds"):
        expect(isinstance(post[name], list), f"{name} is not a list", answer)
    expect(isinstance(post["shortenLinks"], bool), "shortenLinks is not a boolean", answer)


def _is_now(moment: str) -> bool:
    lies = abs((datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds())
    return lies < timedelta(hours=1).total_seconds()


@check("history.post", "history.list", needs_posts=True, needs_linking=True)
def a_profiles_history_is_its_own(session: ContractSession) -> None:
    """A profile's history is not wrapped, newest first, and has its own posts only."""
    posts = session.posts
    author, other = posts.new_profile("facebook", "linkedin"), posts.new_profile("facebook")
    posts.post(other, ["facebook"])
    texts = [posts.text() for _ in range(3)]
    made = []
    for text in texts:
        made.append(id_of(posts.post(author, ["facebook"], post=text)))
    row = posts.get(author, made[0])
    _expect_post(row, row.fields, made[0], ["facebook"], texts[0])
    expect_fields(row, profileTitle=author.title, refId=author.ref_id)
    expect("notes" not in row.fields, "there are notes that were not sent", row)
    answer = session.call("GET", "/history", profile_key=author.key)
    rows = answer.fields.get("history")
    expect(isinstance(rows, list), "history is not a list", answer)
    expect([it.get("id") for it in rows or []] == made[::-1], "not the newest first", answer)
    expect([it.get("post") for it in rows or []] == texts[::-1], "the texts are others", answer)
    for it in rows or []:
        missing = [name for name in _OF_A_ROW if name not in it]
        expect(not missing, f"a row lacks {missing}", answer)
        expect(it["platforms"] == ["facebook"], "a row's platforms are others", answer)
    expect_fields(answer, count=len(made))
    _expect_times(answer)
    primary = posts.ids(posts.account, limit=100)
    expect(not set(made) & set(primary), "the primary profile's history has a profile's posts")


@check("history.filters", needs_posts=True, needs_linking=True)
def the_history_is_filtered(session: ContractSession) -> None:
    """The history is filtered by status, type, network, date, and limited."""
    posts = session.posts
    author = posts.new_profile("bluesky", "facebook", "linkedin")
    now = id_of(posts.post(author, ["facebook"]))
    later = posts.schedule(author, ["linkedin", "facebook"])
    third = posts.schedule(author, ["bluesky"])
    gone = posts.schedule(author, ["facebook"])
    posts.delete(author, gone)
    older, old, past, future = (
        (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
        for days in (-9, -5, -2, 2)
    )
    everything = [third, later, now]
    for query, wanted in (
        ({}, everything),
        ({"limit": "2"}, everything[:2]),
        ({"limit": "1"}, everything[:1]),
        ({"lastRecords": "2"}, everything[:2]),
        ({"status": "success"}, [now]),
        ({"status": "pending"}, [third, later]),
        ({"status": "deleted"}, [gone]),
        ({"type": "immediate"}, [now]),
        ({"type": "scheduled"}, [third, later]),
        ({"platforms": "linkedin"}, [later]),
        ({"platforms": "linkedin,bluesky"}, [third, later]),
        ({"platforms[0]": "facebook", "platforms[1]": "bluesky"}, everything),
        ({"platform": "bluesky"}, [third]),
        ({"startDate": past, "endDate": future}, everything),
        ({"startDate": older, "endDate": old}, []),
        ({"startDate": future, "lastDays": "0"}, []),
        ({"lastDays": "1"}, everything),
        ({"lastDays": "0"}, everything),
        ({"type": "scheduled", "platforms": "facebook"}, [later]),
    ):
        found = posts.ids(author, **query)
        expect(found == wanted, f"{query} finds {len(found)} posts, or others")


# Networks


@check("history.network", needs_posts=True, needs_time=True)
def the_history_of_a_network_has_its_fields(session: ContractSession) -> None:
    """GET /history/:platform has the fields of the network."""
    posts = session.posts
    author = posts.new_profile(*asserted_fields.HISTORY)
    networks = [it for it in asserted_fields.HISTORY if it != "tiktok"]
    made = [unwrapped(posts.post(author, networks)) for _ in range(2)]
    posts.post(author, ["tiktok"], **FILM)
    posts.advance(300)  # Until TikTok knows its id.
    for network, fields in asserted_fields.HISTORY.items():
        answer = session.call("GET", f"/history/{network}", profile_key=author.key)
        rows = _expect_rows(answer, network)
        expect(rows, f"{network} has no posts", answer)
        for row in rows[:1]:
            missing = asserted_fields.missing(fields, row)
            expect(not missing, f"a post of {network} lacks {missing}", answer)
            expect(str(row["created"]).endswith("Z"), "created is no time", answer)
        if network in networks:
            posted = {it["post"] for it in made}
            told = {row.get("post") for row in rows}
            expect(posted <= told or network == "twitter", f"{network} lacks a post", answer)
    linkedin = session.call("GET", "/history/linkedin", profile_key=author.key)
    row = _expect_rows(linkedin, "linkedin")[0]
    expect(row["status"] == "PUBLISHED", "linkedin's status is another", linkedin)
    visible = row["visibility"] in ("PUBLIC", "CONNECTIONS", "LOGGED_IN")
    expect(visible, "linkedin's visibility is another", linkedin)
    one = session.call("GET", "/history/facebook", profile_key=author.key, query={"limit": "1"})
    expect(len(_expect_rows(one, "facebook")) == 1, "limit=1 shows more", one)


def _expect_rows(answer: Answer, network: str) -> list[dict[str, Any]]:
    expect(answer.status == 200, f"the history of {network} is refused", answer)
    expect(answer.fields.get("status") in ("success", "partial"), "status is another", answer)
    _expect_times(answer)
    rows = answer.fields.get("posts")
    expect(isinstance(rows, list), "posts is not a list", answer)
    return [row for row in rows or [] if isinstance(row, dict)]


def _expect_times(answer: Answer) -> None:
    for name in ("lastUpdated", "nextUpdate"):
        expect(str(answer.fields.get(name)).endswith("Z"), f"{name} is no time", answer)


@check("history.network-refused")
def some_networks_have_no_history(session: ContractSession) -> None:
    """The history of a network that is not linked, or has none, is refused."""
    key = session.profile.key
    for network in (*_WITHOUT_HISTORY, "facebook", "twitter"):
        answer = session.call("GET", f"/history/{network}", profile_key=key)
        expect(400 <= answer.status < 500, f"HTTP status {answer.status}", answer)
        expect("posts" not in answer.fields, f"{network} has posts", answer)


@check("history.network-refused", needs_posts=True, needs_linking=True)
def linked_networks_without_history_refuse(session: ContractSession) -> None:
    """Three networks have no history, linked or not; no profile reads other X users' posts."""
    author = session.posts.profile
    for network in _WITHOUT_HISTORY:
        answer = session.call("GET", f"/history/{network}", profile_key=author.key)
        refused = 400 <= answer.status < 500 and "posts" not in answer.fields
        expect(refused, f"the history of {network} is not refused", answer)
    for name in ("userName", "userId"):
        answer = session.call(
            "GET", "/history/twitter", profile_key=author.key, query={name: "ayrshare"}
        )
        expect(answer.status == 400, f"{name} is not refused with 400", answer)


@check("history.network")
def the_history_of_what_is_linked_is_read(session: ContractSession) -> None:
    """GET /history/:platform of the account's own networks has the documented form."""
    author = _with_history(session)
    for network in author.networks:
        answer = session.call("GET", f"/history/{network}", profile_key=author.key)
        for row in _expect_rows(answer, network)[:1]:
            if "id" in row and row.get("status") != "error":
                missing = asserted_fields.missing(asserted_fields.HISTORY[network], row)
                expect(not missing, f"a post of {network} lacks {missing}", answer)


def _with_history(session: ContractSession) -> Author:
    account = session.posts.account
    networks = tuple(it for it in account.networks if it in asserted_fields.HISTORY)
    if not networks:
        raise NotServed("no network is linked whose history has known fields")
    return Author(None, account.title, account.ref_id, networks)
