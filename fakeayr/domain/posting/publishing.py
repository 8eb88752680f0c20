"""What happens to a post: its publication on each network, and what follows from it.

Everything takes effect in one transaction of the account, so that each post is published once,
whichever server does it, and also if one is killed meanwhile.
"""

from typing import Any, Final

from msgspec.structs import replace

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.ayrshare.posting.networks import POSTING
from fakeayr.domain import profiles
from fakeayr.domain.media.facts import MediaFacts, MediaKind
from fakeayr.domain.media.lookup import look_at
from fakeayr.domain.notifications import outbox, webhooks
from fakeayr.domain.notifications.outbox import Outgoing
from fakeayr.domain.posting import duplicates, outcomes, quotas, shapes
from fakeayr.domain.posting.checks import check
from fakeayr.domain.posting.network_ids import make_publication_id
from fakeayr.domain.posting.outcomes import NextPublication, PublicationOutcome
from fakeayr.domain.posting.posts import (
    PENDING_ID,
    Comment,
    Post,
    PostStatus,
    Publication,
    PublicationStatus,
)
from fakeayr.domain.profiles import Profile
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant, World

BATCH: Final = 10
"""Posts that are published in one transaction; other calls wait a few milliseconds for its end."""
_SLOW_SECONDS: Final = 60.0

Problems = dict[str, dict[str, Any]]
"""What is wrong with a post, by network, as entries of `errors`."""


def find_problems(tenant: Tenant, profile: Profile, post: Post, instant: float) -> Problems:
    """What Ayrshare or the networks would refuse of a post.

    Args:
        tenant: The account.
        profile: The profile that posts.
        post: The post.
        instant: When it appears, UNIX seconds of the account's time.

    Raises:
        Refused: A medium cannot be reached (136).
    """
    problems: Problems = {}
    repeated = duplicates.find(tenant, post, instant)
    media: dict[str, MediaFacts] = {}
    for network in post.request.platforms:
        problem = _find_problem(tenant, profile, post, network, media)
        if problem is None and network in repeated:
            problem = _describe_duplicate(tenant, post, network, repeated[network])
        if problem is not None:
            problems[network] = problem
    return problems


def _find_problem(
    tenant: Tenant, profile: Profile, post: Post, network: str, media: dict[str, MediaFacts]
) -> dict[str, Any] | None:
    if network not in profile.links:
        return _describe_missing_link(profile, network)
    request = post.request
    files = []
    for url in request.media_for(network):
        if url not in media:
            media[url] = look_at(tenant, url, is_video=request.is_video)
        files.append(media[url])
    for finding in check(
        network, request.text_for(network), files, request.options.get(network, {})
    ):
        if finding.error is errors.MEDIA_URL_INVALID:
            raise Refused(finding.error, "A medium of the post is declared as not reachable.")
        extra = {"verifyCheck": True} if finding.verify_check else {}
        return shapes.post_error(finding.error, network, finding.message, **extra)
    return None


def _describe_missing_link(profile: Profile, network: str) -> dict[str, Any]:
    is_lost = network in profile.lost
    error = POSTING[network].lost if is_lost else errors.NETWORK_NOT_LINKED
    return shapes.post_error(error, network)


def _describe_duplicate(tenant: Tenant, post: Post, network: str, earlier: Post) -> dict[str, Any]:
    text = post.request.text_for(network)
    published = earlier.publication(network)
    by_network = tenant.account.settings.duplicate_errors == "networks"
    if by_network and published is not None and published.text == text:
        facts = POSTING[network]
        if facts.same_text is not None:
            shown = {"post": text} if facts.same_text_shown else {}
            return shapes.post_error(facts.same_text, network, **shown)
    return shapes.post_error(
        errors.DUPLICATE_POST, network, details=f"The earlier post has the id {earlier.id}."
    )


def publish(tenant: Tenant, profile: Profile, post: Post, now: float, problems: Problems) -> Post:
    """Publishes a post on its networks, but for those where it stands already.

    Args:
        tenant: The account.
        profile: The profile that posts.
        post: The post.
        now: The account's time, UNIX seconds.
        problems: What `find_problems` found.
    """
    publications = []
    for network in post.request.platforms:
        before = post.publication(network)
        if before is not None and before.is_live:
            publications.append(before)
        else:
            new = _new_publication(post, network, problems.get(network))
            publications.append(_publish_on(tenant, profile, post, new, now))
    return _settled(replace(post, publications=publications))


def refuse(post: Post, problems: Problems) -> list[Publication]:
    """What the networks refuse of a post of which nothing is published."""
    return [_new_publication(post, network, problem) for network, problem in problems.items()]


def _new_publication(post: Post, network: str, problem: dict[str, Any] | None) -> Publication:
    request = post.request
    status = PublicationStatus.SUCCESS if problem is None else PublicationStatus.ERROR
    return Publication(
        platform=network,
        status=status,
        text=request.text_for(network),
        media_urls=request.media_for(network),
        options=request.options.get(network, {}),
        error=problem,
    )


def _publish_on(
    tenant: Tenant, profile: Profile, post: Post, new: Publication, now: float
) -> Publication:
    """A publication once its network has responded, as the tester has decided."""
    if new.error is not None:
        return new
    decision = _take_decision(tenant, profile, new.platform)
    if decision is None:
        return _appear(tenant, profile, post, new, now)
    if decision.outcome is PublicationOutcome.FAIL:
        return _failed(new, _describe_failure(decision, new.platform))
    if decision.outcome is PublicationOutcome.SLOW:
        due = now + (decision.seconds or _SLOW_SECONDS)
        return replace(new, status=PublicationStatus.SLOW, due=due)
    taken = _appear(tenant, profile, post, new, now)
    if not taken.is_live:
        return taken
    return replace(taken, id=PENDING_ID, post_url=None, later=None, due=None)


def _take_decision(tenant: Tenant, profile: Profile, network: str) -> NextPublication | None:
    waiting = tenant.account.next_publications
    if not waiting:
        return None
    decision, rest = outcomes.take(waiting, network, profile.key)
    if decision is not None:
        tenant.save(replace(tenant.account, next_publications=rest))
    return decision


def _describe_failure(decision: NextPublication, network: str) -> dict[str, Any]:
    error = outcomes.error_of(decision.code)
    problem = shapes.post_error(error, network, decision.message)
    if decision.code is not None:
        problem["code"] = decision.code
    return {**problem, "retryAvailable": True} if decision.retry_available else problem


def _appear(
    tenant: Tenant, profile: Profile, post: Post, publication: Publication, now: float
) -> Publication:
    """A publication once its network has taken it, unless it takes no more."""
    network = publication.platform
    facts = POSTING[network]
    linked = profile.links.get(network)
    if linked is None:  # It was lost while the network took its time.
        return _failed(publication, _describe_missing_link(profile, network))
    try:
        used_quota = quotas.take(tenant, profile, network, publication.options, now)
    except Refused as refused:
        return _failed(publication, shapes.post_error(refused.error, network))
    named = make_publication_id(
        tenant.world.ids,
        network,
        linked,
        options=publication.options,
        has_video=has_video(tenant, post, publication),
    )
    if facts.published.used_quota:
        named.extra["usedQuota"] = used_quota
    comment_due = None
    if post.request.first_comment is not None and facts.first_comment_seconds is not None:
        comment_due = now + facts.first_comment_seconds
    appeared = replace(
        publication,
        status=PublicationStatus.SUCCESS,
        id=named.id,
        post_url=named.post_url,
        extra=named.extra,
        published=now,
        due=None,
        comment_due=comment_due,
    )
    if not facts.pending_seconds:
        return appeared
    return replace(
        appeared,
        id=PENDING_ID,
        post_url=None,
        later=(named.id, named.post_url),
        due=now + facts.pending_seconds,
    )


def _failed(publication: Publication, error: dict[str, Any]) -> Publication:
    return replace(publication, status=PublicationStatus.ERROR, due=None, error=error)


def has_video(tenant: Tenant, post: Post, publication: Publication) -> bool:
    """Whether a publication shows a video."""
    return any(
        look_at(tenant, url, is_video=post.request.is_video).kind is MediaKind.VIDEO
        for url in publication.media_urls
    )


def _settled(post: Post) -> Post:
    """A post with the status that its publications give it."""
    states = {publication.status for publication in post.publications}
    if PublicationStatus.SLOW in states:
        status = PostStatus.PROCESSING
    elif PublicationStatus.ERROR in states:
        status = PostStatus.ERROR
    else:
        status = PostStatus.SUCCESS
    return replace(post, status=status)


def save(tenant: Tenant, *posts: Post) -> None:
    """Keeps posts, and has the courier wake for what happens to them next."""
    offset = tenant.account.clock_offset
    rows = [(post, None if post.due is None else post.due - offset) for post in posts]
    tenant.store.save_posts(rows)
    if any(due is not None for _, due in rows):
        tenant.world.courier.wake()


def publish_due(world: World, api_key: str) -> bool:
    """Does what is due to an account's posts, in order; at most `BATCH` of them.

    Args:
        world: The world.
        api_key: The account.

    Returns:
        Whether there was anything to do.
    """
    tenant = world.tenant(api_key)
    if tenant is None:
        return False
    with tenant.transaction():
        due = world.store.due_posts(api_key, world.clock.now(), BATCH)
        if not due:
            return False
        now = tenant.now()
        told: list[Outgoing] = []
        save(tenant, *[_go_on(tenant, post, now, told) for post in due])
        outbox.add(tenant, told)
    return True


def _go_on(tenant: Tenant, post: Post, now: float, told: list[Outgoing]) -> Post:
    """A post after the next thing that happens to it; adds the webhooks about it to `told`."""
    now = max(now, post.due or now)
    try:
        profile = profiles.get(tenant, post.profile_key)
    except Refused:
        return replace(post, status=PostStatus.DELETED)
    if post.status is PostStatus.PENDING:
        changed = _publish_scheduled(tenant, profile, post, now)
    else:
        steps = [_step(tenant, profile, post, one, now) for one in post.publications]
        changed = replace(post, publications=steps)
        if post.status is PostStatus.PROCESSING:
            changed = _settled(changed)
    told += _report(tenant, profile, post, changed)
    return changed


def _publish_scheduled(tenant: Tenant, profile: Profile, post: Post, now: float) -> Post:
    try:
        if profile.suspended:
            raise Refused(errors.PROFILE_SUSPENDED)
        problems = find_problems(tenant, profile, post, now)
    except Refused as refused:
        problems = {
            network: shapes.post_error(refused.error, network) for network in post.request.platforms
        }
    return publish(tenant, profile, post, now, problems)


def _step(
    tenant: Tenant, profile: Profile, post: Post, publication: Publication, now: float
) -> Publication:
    """A publication after what is due to it, if anything."""
    if publication.due is not None and publication.due <= now:
        if publication.status is PublicationStatus.SLOW:
            return _appear(tenant, profile, post, publication, now)
        post_id, post_url = publication.later or (publication.id, publication.post_url)
        publication = replace(publication, id=post_id, post_url=post_url, later=None, due=None)
    if publication.comment_due is not None and publication.comment_due <= now:
        publication = replace(
            publication, comment_due=None, comment=_comment(tenant, post, publication, now)
        )
    return publication


def _comment(tenant: Tenant, post: Post, publication: Publication, now: float) -> Comment | None:
    wanted = post.request.first_comment
    if wanted is None or not publication.is_live:
        return None
    with_media = POSTING[publication.platform].first_comment_media
    return Comment(
        id=tenant.world.ids.digits(17),
        text=wanted.comment,
        media_urls=(wanted.media_urls or []) if with_media else [],
        published=now,
    )


def announce(tenant: Tenant, profile: Profile, before: Post, after: Post) -> None:
    """Sends the webhook `scheduled` if it reports what happened to a post."""
    outbox.add(tenant, _report(tenant, profile, before, after))


def _report(tenant: Tenant, profile: Profile, before: Post, after: Post) -> list[Outgoing]:
    """The webhooks that report what happened to a post, if anybody wants them."""
    payloads = []
    ends = {PostStatus.SUCCESS, PostStatus.ERROR}
    if after.is_announced and before.status not in ends and after.status in ends:
        payloads.append(shapes.webhook(after))
    for publication in after.publications:
        known = before.publication(publication.platform)
        if known is not None and known.id == PENDING_ID != publication.id:
            payload = shapes.webhook(after, only=publication.platform)
            name = f"{_sub_action(publication.platform)}Published"
            payloads.append({**payload, "subAction": name})
    made = [webhooks.make(tenant, profile, "scheduled", payload) for payload in payloads]
    return [outgoing for outgoing in made if outgoing is not None]


def _sub_action(network: str) -> str:
    """A network's name in `subAction`: `tikTok`."""
    display = NETWORKS[network].display_name
    return display[0].lower() + display[1:]
