"""Posts that are refused."""

from typing import Any, Final

from fakeayr.ayrshare.headers import X_APP_KEY, X_APP_SECRET
from fakeayr.contract.checks import check
from fakeayr.contract.expectations import expect, expect_fields
from fakeayr.contract.post_responses import error_for, errors_of, expect_error, unwrapped
from fakeayr.contract.posts import LIMITS, PLAIN, SAMPLE_IMAGE, Author
from fakeayr.contract.server import Answer
from fakeayr.contract.session import ContractSession

_HASHTAGS: Final = {"instagram": 5, "threads": 1}
_TOO_LONG_FOR_THREADS: Final = 501


def expect_bad_request(answer: Answer, what: str, *, code: int | None = None) -> None:
    """Checks that a call was refused with 400, wherever the error stands.

    Raises:
        FactBroken: It was not.
    """
    errors = errors_of(answer)
    expect(answer.status == 400 and errors, f"{what} is not refused with 400", answer)
    if code is not None:
        found = errors[0].get("code")
        expect(found == code, f"{what}: code {found}, not {code}", answer)


@check("posts.required", needs_posts=True)
def a_post_needs_text_and_platforms(session: ContractSession) -> None:
    """A post without text or platforms, or to an unknown network, is refused."""
    posts = session.posts
    text = posts.text()
    bodies: tuple[dict[str, Any], ...] = (
        {},
        {"post": text},
        {"platforms": ["facebook"]},
        {"post": None, "platforms": ["facebook"]},
        {"post": 7, "platforms": ["facebook"]},
        {"post": text, "platforms": "7"},
        {"post": text, "platforms": []},
        {"post": text, "platforms": None},
    )
    for body in bodies:
        refused = posts.send(posts.unlinked, body)
        shown = {name: value for name, value in body.items() if value != text}
        expect_bad_request(refused, f"a body with {shown}", code=101)
    for wrong in (["friendster"], ["facebook", "friendster"], ["Facebook "], [7]):
        refused = posts.send(posts.unlinked, {"post": posts.text(), "platforms": wrong})
        expect_bad_request(refused, f"platforms {wrong}")
        for error in errors_of(refused):
            expect(error.get("code") != 156, f"{wrong} counts as not linked", refused)


@check("posts.not-linked", "posts.errors-nested", needs_posts=True)
def a_network_that_is_not_linked_is_refused(session: ContractSession) -> None:
    """A post to networks that are not linked is refused, with an error for each."""
    posts = session.posts
    networks = ["facebook", "linkedin", "threads"]
    for asked in (networks, ["gmb"]):
        body = posts.body(asked)
        refused = posts.send(posts.unlinked, body)
        _expect_nested(refused, posts.unlinked, body["post"], asked, "NetworkNotLinked")


@check("posts.wrapped", needs_posts=True)
def a_profiles_refusals_are_wrapped(session: ContractSession) -> None:
    """The errors of a profile's post are wrapped as its posts are."""
    posts = session.posts
    refused = posts.post(posts.unlinked, ["facebook"])
    expect_fields(refused, status="error", errors=None)
    wrapped = refused.fields.get("posts")
    expect(isinstance(wrapped, list) and len(wrapped) == 1, "posts is not one post", refused)
    post = unwrapped(refused)
    expect(post.get("status") == "error", "the wrapped status is not error", refused)
    title = post.get("profileTitle")
    expect(title == posts.unlinked.title, "profileTitle is not the profile's", refused)
    error_for(refused, "facebook", "NetworkNotLinked")


def _expect_nested(
    refused: Answer, author: Author, text: str, networks: list[str], error: str
) -> None:
    """Checks a refusal by every network that was asked."""
    post = unwrapped(refused)
    expect(refused.status == 400, f"HTTP status {refused.status}, not 400", refused)
    expect(post.get("status") == "error", "status is not error", refused)
    expect(post.get("postIds") == [], "postIds is not an empty list", refused)
    errors = post.get("errors")
    expect(isinstance(errors, list), "errors is not a list", refused)
    expect(len(errors or []) == len(networks), "not every network has its error", refused)
    for network in networks:
        error_for(refused, network, error)
    expect(post.get("id"), "there is no id", refused)
    for name, known in (("refId", author.ref_id), ("post", text)):
        expect(post.get(name, known) == known, f"{name} is another", refused)


@check("posts.too-long", needs_posts=True, needs_linking=True)
def a_text_over_the_limit_is_refused(session: ContractSession) -> None:
    """A text over a network's limit is refused; one at the limit is not."""
    posts = session.posts
    author = posts.profile
    for number, (network, limit) in enumerate(LIMITS.items()):
        start = posts.text().rpartition(" & ")[0]  # Without what some networks count as two.
        fits = start + "." * (limit - len(start))
        when = posts.apart(number)
        refused = posts.post(author, [network], post=f"{fits}.", scheduleDate=when)
        _expect_nested(refused, author, f"{fits}.", [network], "PostTooLong")
        message = str(error_for(refused, network, "PostTooLong").get("message"))
        told = str(limit) in message and " 1 " in message
        expect(told, "the message does not tell limit and overage", refused)
        made = posts.post(author, [network], post=fits, scheduleDate=when)
        expect(made.status == 200, f"{limit} characters for {network} are refused", made)
    long = posts.text() + "." * _TOO_LONG_FOR_THREADS
    at_once = posts.post(author, ["threads"], post=long)
    _expect_nested(at_once, author, long, ["threads"], "PostTooLong")


@check("posts.hashtags", needs_posts=True, needs_linking=True)
def too_many_hashtags_are_refused(session: ContractSession) -> None:
    """Instagram takes five hashtags and no more, and Threads takes one."""
    posts = session.posts
    author, days = posts.profile, 0
    for network, most in _HASHTAGS.items():
        for count in (most, most + 1):
            days += 3
            text = posts.text() + "".join(f" #tag{number}" for number in range(count))
            made = posts.post(author, [network], post=text, scheduleDate=posts.far(days))
            if count > most:
                _expect_nested(made, author, text, [network], "TooManyHashtags")
            else:
                expect(made.status == 200, f"{count} hashtags for {network} are refused", made)


@check("posts.duplicates", needs_posts=True)
def a_text_is_not_posted_twice(session: ContractSession) -> None:
    """The same text within two days is refused for each network and profile."""
    posts = session.posts
    author = posts.account
    plain = author.among("bluesky", "facebook", "gmb", "linkedin", "threads", "twitter")
    network, text = plain[0], posts.text()
    when, soon, late = posts.far(), posts.far(0.5), posts.far(4)
    first = posts.post(author, [network], post=text, scheduleDate=when)
    expect(first.status == 200, "the post is refused", first)
    for again, moment in ((text, when), (text, soon), (f"{text}!", when), (f" {text}", soon)):
        refused = posts.post(author, [network], post=again, scheduleDate=moment)
        expect(refused.status == 400, f"HTTP status {refused.status}, not 400", refused)
        error_for(refused, network, "DuplicatePost")
        named = str(first.fields.get("id"))
        expect(named in refused.text, "the earlier post is not named", refused)
    made = posts.post(author, [network], post=text, scheduleDate=late)
    expect(made.status == 200, "the text is refused four days later", made)
    made = posts.post(author, [network], scheduleDate=when)
    expect(made.status == 200, "another text is refused", made)
    if len(plain) > 1:
        made = posts.post(author, plain[1:2], post=text, scheduleDate=when)
        expect(made.status == 200, "the text is refused on another network", made)
    for exempt in [it for it in author.networks if it in ("pinterest", "telegram")][:1]:
        for _ in range(2):
            made = posts.post(author, [exempt], post=text, scheduleDate=when)
            expect(made.status == 200, f"{exempt} refuses a text twice", made)


@check("posts.duplicates", needs_posts=True, needs_linking=True)
def duplicates_are_a_matter_of_one_profile(session: ContractSession) -> None:
    """Two profiles may post one text; either of them may not repeat it."""
    posts = session.posts
    text = posts.text()
    for author in (posts.profile, posts.new_profile("facebook")):
        made = posts.post(author, ["facebook"], post=text)
        expect(made.status == 200, "another profile's text is refused", made)
    refused = posts.post(posts.profile, ["facebook"], post=text)
    error_for(refused, "facebook", "DuplicatePost")


@check("posts.idempotency", needs_posts=True)
def an_idempotency_key_works_once(session: ContractSession) -> None:
    """A second post with an idempotencyKey is refused, whatever has become of the first."""
    posts = session.posts
    author = posts.account
    networks = author.among(*PLAIN)[:1]
    key = posts.text()
    post_id = posts.schedule(author, networks, idempotencyKey=key)
    for _ in range(2):
        again = posts.post(author, networks, idempotencyKey=key, scheduleDate=posts.far())
        refused = 400 <= again.status < 500 and errors_of(again)
        expect(refused, "an idempotencyKey works twice", again)
        posts.delete(author, post_id)
    posts.schedule(author, networks, idempotencyKey=f"{key}-other")


@check("posts.idempotency", needs_posts=True, needs_linking=True)
def an_idempotency_key_is_a_profiles_own(session: ContractSession) -> None:
    """Two profiles may use one idempotencyKey."""
    posts = session.posts
    key = posts.text()
    for author in (posts.profile, posts.new_profile("facebook")):
        posts.schedule(author, ["facebook"], idempotencyKey=key)


@check("posts.media-https", needs_posts=True)
def media_come_by_https(session: ContractSession) -> None:
    """A medium at a URL that is not https is refused."""
    posts = session.posts
    author = posts.account
    networks = author.among("facebook", "linkedin", "bluesky", "gmb", "pinterest")[:1]
    for url in ("http://img.ayrshare.com/012/gb.jpg", "ftp://img.ayrshare.com/gb.jpg", "gb.jpg"):
        media = {"mediaUrls": [url], "randomMediaUrl": None}
        expect_bad_request(posts.post(author, networks, scheduleDate=posts.far(), **media), url)


@check("posts.media-checked", needs_posts=True, needs_linking=True)
def media_are_checked_before_anything_is_sent(session: ContractSession) -> None:
    """A medium that cannot be fetched, or that a network does not take, is refused."""
    posts = session.posts
    gone = "https://media.fakeayr.example/gone.jpg"
    large = "https://media.fakeayr.example/large.jpg"
    session.fake.declare({"url": gone, "reachable": False})
    session.fake.declare({"url": large, "contentType": "image/jpeg", "bytes": 60_000_000})
    body = posts.body(["facebook"], mediaUrls=[gone])
    refused = posts.send(posts.profile, body)
    expect(refused.status == 400, "an unreachable medium is not refused with 400", refused)
    expect(errors_of(refused), "there is no error", refused)
    expect_error(refused, errors_of(refused)[0], "MediaUrlInvalid")
    body = posts.body(["linkedin"], mediaUrls=[large])
    refused = posts.send(posts.profile, body)
    _expect_nested(refused, posts.profile, body["post"], ["linkedin"], "ImageTooLargeLinkedin")
    error = error_for(refused, "linkedin", "ImageTooLargeLinkedin")
    expect(error.get("verifyCheck") is True, "verifyCheck is not true", refused)
    post = unwrapped(refused)
    expect(post.get("validate") is True, "validate is not true", refused)


@check("posts.needs-media", needs_posts=True, needs_linking=True)
def what_a_network_requires_is_required(session: ContractSession) -> None:
    """A post without the media, title or thumbnail that a network requires is refused."""
    posts = session.posts
    title = "fakeayr-contract"
    film = {"randomMediaUrl": True, "isVideo": True, "isLandscapeVideo": True}
    wrong: tuple[tuple[str, dict[str, Any]], ...] = (
        ("instagram", {"randomMediaUrl": None}),
        ("youtube", {"randomMediaUrl": None, "isVideo": None}),
        ("youtube", {"youTubeOptions": None}),
        ("youtube", {"youTubeOptions": {"title": title + "a" * 100}}),
        ("reddit", {"redditOptions": None}),
        ("reddit", {"redditOptions": {"title": title}}),
        ("reddit", {"redditOptions": {"subreddit": "test"}}),
        ("pinterest", film),
    )
    for network, fields in wrong:
        for when in (None, posts.far()):
            refused = posts.post(posts.profile, [network], scheduleDate=when, **fields)
            expect_bad_request(refused, f"{network} with {fields}")
    right: tuple[tuple[str, dict[str, Any]], ...] = (
        ("reddit", {"redditOptions": None, "title": title, "subreddit": "test"}),
        ("youtube", {"youTubeOptions": {"title": "a" * 100}}),
        ("pinterest", {**film, "pinterestOptions": {"thumbNail": SAMPLE_IMAGE}}),
    )
    for network, fields in right:
        made = posts.post(posts.profile, [network], scheduleDate=posts.far(), **fields)
        expect(made.status == 200, f"{network} is refused", made)


@check("posts.lost", needs_posts=True, needs_linking=True)
def a_link_that_was_withdrawn_is_refused(session: ContractSession) -> None:
    """A post to a network that no longer accepts its link is refused with the network's code."""
    posts = session.posts
    lost = {
        "facebook": "NetworkAuthorization",
        "instagram": "InstagramAuthorizationLost",
        "twitter": "XAuthorizationLost",
    }
    author = posts.new_profile(*lost, "linkedin")
    for network in lost:
        session.fake.revoke(author.key, network)
    refused = posts.post(author, lost)
    expect(refused.status == 400, f"HTTP status {refused.status}, not 400", refused)
    for network, error in lost.items():
        error_for(refused, network, error)
    made = posts.post(author, ["linkedin"])
    expect(made.status == 200, "another network is refused", made)


@check("posts.x-credentials", needs_posts=True, needs_linking=True, is_newer=True)
def x_takes_the_credentials_of_an_app(session: ContractSession) -> None:
    """A post to X takes both headers with the credentials of an X app."""
    posts = session.posts
    author = posts.new_profile("facebook", "twitter")
    pair = {X_APP_KEY: "an-x-key", X_APP_SECRET: "an-x-secret"}
    for asked in (["twitter"], ["facebook", "twitter"]):
        bare = posts.post(author, asked)
        (error, *_) = errors_of(bare) or [{}]
        expect(bare.status >= 400, "X takes a post without credentials", bare)
        found = error.get("code"), error.get("action")
        wanted = 419, "x_credentials_required"
        expect(found == wanted, f"code and action are {found}, not {wanted}", bare)
    for present, missing in ((X_APP_KEY, X_APP_SECRET), (X_APP_SECRET, X_APP_KEY)):
        half = posts.send(author, posts.body(["twitter"]), headers={present: pair[present]})
        (error, *_) = errors_of(half) or [{}]
        expect(half.status >= 400, "X takes a post with half the credentials", half)
        expect(error.get("code") == 400, f"code {error.get('code')}, not 400", half)
        named = missing.lower() in str(error.get("message")).lower()
        expect(named, f"the message does not name {missing}", half)
    made = posts.send(author, posts.body(["twitter"]), headers=pair)
    expect(made.status == 200, "X refuses a post with credentials", made)
    made = posts.post(author, ["facebook"])
    expect(made.status == 200, "another network wants X's credentials", made)
