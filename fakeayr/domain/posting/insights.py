"""What networks report of posts and accounts, and why some do not."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Final

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.errors import ApiError
from fakeayr.ayrshare.limits import ANALYTICS_CACHE_SECONDS, ANALYTICS_QUARTER_SECONDS
from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.ayrshare.posting.analytics import (
    ACCOUNT_FIELDS,
    DAILY,
    HISTORY_FIELDS,
    LIFETIME_FIELDS,
    POST_FIELDS,
    SIXTY_DAYS_FIELDS,
    SIXTY_DAYS_SECONDS,
    STORY_SECONDS,
    VISIBILITIES,
    Field,
    Kind,
    Medium,
)
from fakeayr.domain.clock import DAY_SECONDS, iso_milliseconds, iso_seconds
from fakeayr.domain.media.facts import MediaKind
from fakeayr.domain.media.lookup import look_at
from fakeayr.domain.optional import without_none
from fakeayr.domain.posting import analytics_outcomes, changes, chosen_analytics, shapes
from fakeayr.domain.posting.analytics import (
    NOTHING_GIVEN,
    Given,
    Subject,
    account_birth,
    account_subject,
    post_subject,
    report,
)
from fakeayr.domain.posting.posts import PENDING_ID, Post, Publication
from fakeayr.domain.posting.published import PublishedFilter
from fakeayr.domain.profiles import Link, Profile
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant

_USUAL_DAYS: Final = 30
_TITLE_LENGTH: Final = 100


@dataclass(kw_only=True, slots=True)
class Insights:
    """What was found, by network, and what was not.

    Attributes:
        found: What the response has under each network's name.
        failed: Why a network is missing: the error, the network, and the entry of `errors`.
    """

    found: dict[str, Any] = field(default_factory=dict)
    failed: list[tuple[ApiError, str, dict[str, Any]]] = field(default_factory=list)

    def fail(self, error: ApiError, network: str, **extra: Any) -> None:
        """Notes that a network reports nothing."""
        self.failed.append((error, network, shapes.post_error(error, network, **extra)))

    def answer(self, **fields: Any) -> dict[str, Any]:
        """The response: what was found, and `errors` if there are any.

        Args:
            **fields: What it has beside the networks.

        Raises:
            Refused: Nothing was found; the first error says why.
        """
        if not self.found:
            error, network, _ = self.failed[0]
            others = ", ".join(other for _, other, _ in self.failed[1:])
            details = f"There is nothing of {others} either." if others else None
            raise Refused(error.fill(network=NETWORKS[network].display_name), details)
        status = "partial" if self.failed else "success"
        problems = {"errors": [entry for _, _, entry in self.failed]} if self.failed else {}
        return {"status": status, **fields, **self.found, **problems}


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Which numbers of accounts are wanted.

    Attributes:
        quarters: Only those of the latest quarters; 0 for all.
        daily: Also those of each day.
        sixty_days: Only those of 60 days, of networks that have them.
        lifetime: Also those of all of an account's life.
    """

    quarters: int = 0
    daily: bool = False
    sixty_days: bool = False
    lifetime: bool = False

    @property
    def seconds(self) -> float | None:
        """How far back it goes; `None` for all of an account's life."""
        return self.quarters * ANALYTICS_QUARTER_SECONDS or None


# Posts


def of_post(
    tenant: Tenant, profile: Profile, post: Post, networks: Sequence[str] | None
) -> Insights:
    """The analytics of a post.

    Args:
        tenant: The account.
        profile: The profile that asks.
        post: The profile's post.
        networks: Of these networks; `None` for all that the post is on.
    """
    found = Insights()
    for network in networks_of(post) if networks is None else networks:
        publication = post.publication(network)
        error = (
            _find_obstacle(profile, network, POST_FIELDS)
            or _find_trouble(publication, tenant.now())
            or _find_failure(tenant, profile, network)
        )
        if error is not None or publication is None:
            found.fail(error or errors.ANALYTICS_NOT_PUBLISHED, network)
            continue
        found.found[network] = _describe_post(tenant, profile, post, publication)
    return found


def networks_of(post: Post) -> list[str]:
    """The networks of a post whose analytics can be asked; all if there are none."""
    networks = post.request.platforms
    return [network for network in networks if network in POST_FIELDS] or networks


def find_post(tenant: Tenant, profile: Profile, post_id: str) -> Post:
    """A profile's post.

    Raises:
        Refused: There is none with this id (186).
    """
    post = changes.find(tenant, profile, post_id)
    if post is None:
        raise Refused(errors.ANALYTICS_POST_NOT_FOUND)
    return post


def of_network_ids(
    tenant: Tenant, profile: Profile, network: str, ids: Iterable[str], *, several: bool
) -> Insights:
    """The analytics of posts by their network's ids.

    Args:
        tenant: The account.
        profile: The profile whose account at the network has the posts.
        network: The network.
        ids: The network's ids.
        several: Whether a list is returned, also of one.
    """
    found = Insights()
    error = _find_obstacle(profile, network, POST_FIELDS)
    error = error or _find_failure(tenant, profile, network)
    if error is not None:
        found.fail(error, network)
        return found
    reports = []
    for network_id in ids:
        described = _describe_network_id(tenant, profile, network, network_id)
        if described is None:
            found.fail(errors.ANALYTICS_POST_NOT_FOUND, network, id=network_id)
        else:
            reports.append(described)
    if reports:
        found.found[network] = reports if several else reports[0]
    return found


def _describe_network_id(
    tenant: Tenant, profile: Profile, network: str, network_id: str
) -> dict[str, Any] | None:
    post = tenant.store.post_published_as(tenant.api_key, network, network_id)
    publication = None if post is None else post.publication(network)
    if post is not None and publication is not None and post.profile_key == profile.key:
        return _describe_post(tenant, profile, post, publication)
    foreign = chosen_analytics.foreign_post(tenant, profile, network, network_id)
    if foreign is None:
        return None
    publication = Publication(platform=network, id=network_id, published=foreign.created)
    words = _post_words(publication, profile.links[network])
    age = tenant.now() - foreign.created
    subject = post_subject(f"{network} {network_id}", age, words, Medium.VIDEO)
    given = chosen_analytics.of_post(tenant, network, network_id)
    return {"id": network_id, **_dated(tenant, report(POST_FIELDS[network], subject, given))}


def _describe_post(
    tenant: Tenant, profile: Profile, post: Post, publication: Publication
) -> dict[str, Any]:
    network = publication.platform
    values = report(POST_FIELDS[network], *_measure(tenant, profile, post, publication))
    where = without_none({"id": publication.id, "postUrl": publication.post_url})
    return {**where, **_dated(tenant, values)}


def _measure(
    tenant: Tenant, profile: Profile, post: Post, publication: Publication
) -> tuple[Subject, Given]:
    network = publication.platform
    words = _post_words(publication, profile.links[network])
    age = tenant.now() - (publication.published or post.created)
    medium = _medium(tenant, post, publication)
    given = chosen_analytics.of_post(tenant, network, post.id, publication.id)
    return post_subject(f"{network} {publication.id}", age, words, medium), given


def _medium(tenant: Tenant, post: Post, publication: Publication) -> Medium:
    urls = publication.media_urls
    if len(urls) > 1:
        return Medium.SEVERAL
    kinds = {look_at(tenant, url, is_video=post.request.is_video).kind for url in urls}
    if not kinds:
        return Medium.TEXT
    return Medium.VIDEO if MediaKind.VIDEO in kinds else Medium.IMAGE


def _post_words(publication: Publication, linked: Link) -> dict[str, Any]:
    """What is known of a post, by the names in `WORDS`."""
    options = publication.options
    return {
        "id": publication.id,
        "ids": [publication.id],
        "text": publication.text,
        "post url": publication.post_url or "",
        "created": iso_seconds(publication.published or 0.0),
        "title": str(options.get("title") or publication.text[:_TITLE_LENGTH]),
        "tags": [str(tag) for tag in options.get("tags") or []],
        "subreddit": str(options.get("subreddit") or ""),
        "media url": next(iter(publication.media_urls), ""),
        "thumbnail": str(options.get("thumbNail") or _picture(publication.id)),
        "privacy": str(options.get("visibility") or "private"),
        "visibility": VISIBILITIES.get(str(options.get("visibility")), "PUBLIC"),
        "for kids": bool(options.get("madeForKids")),
        "content id": str(publication.extra.get("cid", "")),
        **_account_words(linked),
    }


def _find_trouble(publication: Publication | None, now: float) -> ApiError | None:
    """Why a post has no analytics on a network."""
    if publication is None or not publication.is_live or publication.id == PENDING_ID:
        return errors.ANALYTICS_NOT_PUBLISHED
    is_story = bool(publication.options.get("stories"))
    if is_story and now - (publication.published or now) > STORY_SECONDS:
        return errors.STORY_EXPIRED
    return None


# Accounts


def of_accounts(
    tenant: Tenant,
    profile: Profile,
    networks: Iterable[str],
    span: Span,
    user: Mapping[str, str] | None = None,
) -> Insights:
    """The analytics of a profile's accounts at networks, or of somebody else's.

    Args:
        tenant: The account.
        profile: The profile whose links ask.
        networks: The networks.
        span: Which numbers are wanted.
        user: `account id` or `account username` of somebody else.
    """
    found = Insights()
    for network in networks:
        error = _find_obstacle(profile, network, ACCOUNT_FIELDS)
        error = error or _find_failure(tenant, profile, network)
        if error is not None:
            found.fail(error, network)
        elif user is None:
            given = chosen_analytics.of_account(tenant, profile, network)
            words = _account_words(profile.links[network])
            found.found[network] = _describe_account(tenant, network, words, span, given)
        else:
            words = _user_words(network, user)
            found.found[network] = _describe_account(tenant, network, words, span, NOTHING_GIVEN)
    return found


def _user_words(network: str, user: Mapping[str, str]) -> dict[str, Any]:
    """What is made up of somebody of whom only the id or the name is known."""
    seed = next(iter(user.values()))
    name = user.get("account username", f"user{seed}")
    account_id = str(int(hashlib.sha256(seed.encode()).hexdigest()[:15], 16))
    return {
        "account id": account_id,
        "account name": name,
        "account username": name,
        "account url": NETWORKS[network].profile_url.format(username=name, id=account_id),
        "account picture": _picture(seed),
        "account biography": "",
        **user,
    }


def _describe_account(
    tenant: Tenant, network: str, words: dict[str, Any], span: Span, given: Given
) -> dict[str, Any]:
    now = tenant.now()
    seed = f"{network} account {words['account id'] or words['account username']}"
    words = {**words, "account created": iso_seconds(account_birth(seed))}
    fields: Iterable[Field] = ACCOUNT_FIELDS[network]
    seconds = span.seconds
    if span.sixty_days and network in SIXTY_DAYS_FIELDS:
        fields = [one for one in fields if one.name in SIXTY_DAYS_FIELDS[network]]
        seconds = SIXTY_DAYS_SECONDS
    since = None if seconds is None else now - seconds
    values = report(fields, account_subject(seed, now, words, since=since), given)
    if span.lifetime:
        lifetime = account_subject(seed, now, words)
        values |= report(LIFETIME_FIELDS.get(network, ()), lifetime, given)
    if span.daily and network in DAILY:
        values["daily"] = _describe_days(seed, now, daily_fields(network), span)
    return _dated(tenant, values)


def daily_fields(network: str) -> list[Field]:
    """The fields of a network whose numbers are reported for each day: what is counted."""
    fields = ACCOUNT_FIELDS[network]
    return [
        one for one in fields if one.kind is Kind.COUNT and one.is_number and "." not in one.name
    ]


def _describe_days(seed: str, now: float, fields: list[Field], span: Span) -> list[dict[str, Any]]:
    """The numbers of each whole day, the latest last."""
    today = now // DAY_SECONDS * DAY_SECONDS
    count = int((span.seconds or _USUAL_DAYS * DAY_SECONDS) // DAY_SECONDS)
    days = []
    for number in range(count, 0, -1):
        begin = today - number * DAY_SECONDS
        subject = account_subject(seed, begin + DAY_SECONDS, {}, since=begin)
        days.append({"date": iso_seconds(begin)[:10], **report(fields, subject)})
    return days


def _account_words(linked: Link) -> dict[str, Any]:
    details = linked.details
    name = str(details.get("displayName", ""))
    return {
        "account id": str(details.get("id", "")),
        "account name": name,
        "account username": str(details.get("username") or name),
        "account url": str(details.get("profileUrl", "")),
        "account picture": str(details.get("userImage", "")),
        "account biography": str(details.get("description", "")),
    }


# History


def list_posts(
    tenant: Tenant,
    profile: Profile,
    wanted: PublishedFilter,
    *,
    with_numbers: bool,
    stories: bool = False,
) -> tuple[str, list[dict[str, Any]], tuple[float, str] | None]:
    """What a profile has on a network.

    Args:
        tenant: The account.
        profile: The profile.
        wanted: Which posts.
        with_numbers: Whether their numbers are wanted.
        stories: Whether stories are wanted, and not posts.

    Returns:
        The status, the rows, and the last row's place if others follow.

    Raises:
        Refused: The network is not covered, not linked (156), or throttles (444).
    """
    network = wanted.platform
    error = _find_obstacle(profile, network, HISTORY_FIELDS)
    if error is None and with_numbers:
        error = _find_failure(tenant, profile, network)
    if error is not None and error is not errors.ANALYTICS_FAILED:
        raise Refused(error.fill(network=NETWORKS[network].display_name))
    fields = [one for one in HISTORY_FIELDS[network] if with_numbers or not one.is_number]
    found = list(islice(_find_published(tenant, wanted, stories=stories), wanted.limit + 1))
    page = found[: wanted.limit]
    rows = [report(fields, *_measure(tenant, profile, *one)) for one in page]
    place = _place(page[-1][1]) if len(found) > len(page) else None
    if error is None:
        return "success", rows, place
    return "partial", [shapes.post_error(errors.HISTORY_ROW_FAILED, network), *rows[1:]], place


def _find_published(
    tenant: Tenant, wanted: PublishedFilter, *, stories: bool
) -> Iterator[tuple[Post, Publication]]:
    """A profile's stories, or posts, on a network."""
    wanted = replace(wanted, limit=wanted.limit + 1)
    while True:
        posts = tenant.store.published(wanted)
        for post in posts:
            publication = post.publication(wanted.platform)
            if publication is None:
                continue
            wanted = replace(wanted, before=_place(publication))
            if bool(publication.options.get("stories")) is stories:
                yield post, publication
        if len(posts) < wanted.limit:
            return


def _place(publication: Publication) -> tuple[float, str]:
    return publication.published or 0.0, publication.id


# What all of them share


def _find_obstacle(profile: Profile, network: str, covered: Mapping[str, Any]) -> ApiError | None:
    """Why a network cannot be asked."""
    if network not in covered:
        return errors.ANALYTICS_NOT_COVERED
    return None if network in profile.links else errors.NETWORK_NOT_LINKED


def _find_failure(tenant: Tenant, profile: Profile, network: str) -> ApiError | None:
    """How a network fails now, if the tester has decided so."""
    outcome = analytics_outcomes.take_outcome(tenant, profile, network)
    return None if outcome is None else analytics_outcomes.ERRORS[outcome]


def _dated(tenant: Tenant, values: dict[str, Any]) -> dict[str, Any]:
    now = tenant.now()
    return {
        "analytics": values,
        "lastUpdated": iso_milliseconds(now),
        "nextUpdate": iso_milliseconds(now + ANALYTICS_CACHE_SECONDS),
    }


def _picture(seed: str) -> str:
    return f"https://images.fakeayr.example/{hashlib.sha256(seed.encode()).hexdigest()[:16]}.png"
