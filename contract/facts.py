"""The facts that checks guard, each in one sentence; a broken check shows them."""

from dataclasses import dataclass
from typing import Final

from fakeayr.ayrshare.headers import (
    JSON_CONTENT_TYPE,
    PROFILE_KEY,
    RATE_LIMIT_COUNT,
    RATE_LIMIT_MAX,
)
from fakeayr.ayrshare.tokens import AUDIENCE, SUBJECT


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that Ayrshare documents.

    Attributes:
        id: Its name in reports.
        sentence: What is true of Ayrshare.
    """

    id: str
    sentence: str


_ALL: Final = (
    # Everywhere
    Fact("json.content-type", f"The Content-Type is `{JSON_CONTENT_TYPE}`, to the letter."),
    Fact("errors.shape", "An error has action, status: error, code and message."),
    Fact("errors.unknown-path", "An unknown path returns 404: there is no such endpoint."),
    Fact("errors.method", "A known path returns 405 to another method."),
    Fact("errors.malformed-json", "A body that is not a JSON object is refused: 400, code 101."),
    Fact("errors.unknown-fields", "Every operation ignores unknown fields and parameters."),
    Fact("forms.read", "A form, if it is read at all, does what JSON does."),
    Fact("legacy.paths", "Older paths and PUT, where they exist, do what the new ones do."),
    Fact("secrets.never-shown", "No response shows an API key, a private key or a secret."),
    Fact("auth.required", "Every operation requires an API key: 403 (or 401), code 102."),
    Fact("auth.unknown-key", "An unknown API key is refused: 403 (or 401), code 102."),
    Fact("auth.bearer", "The API key is a Bearer token in the Authorization header."),
    Fact("auth.profile-key-is-no-api-key", "A profile key does not work as an API key."),
    Fact("auth.empty-profile-key", f"An empty {PROFILE_KEY} or profileKey is refused: code 144."),
    Fact("auth.unknown-profile-key", "An unknown profile key is refused: code 144."),
    Fact(
        "rate.headers",
        f"Where limits are shown, {RATE_LIMIT_MAX} and {RATE_LIMIT_COUNT} are whole numbers.",
    ),
    # generateJWT: the response and its token
    Fact("jwt.status", "generateJWT returns 200 with status: success."),
    Fact("jwt.title", "title is the profile's title."),
    Fact("jwt.header", 'The token\'s header is {"alg": "RS256", "typ": "JWT"} and no more.'),
    Fact("jwt.signature", "The token verifies with the public half of the private key sent."),
    Fact("jwt.api-key", "The claim apiKey is the account's API key."),
    Fact("jwt.profile-key", "The claim profileKey is the profile's key."),
    Fact("jwt.audience", f"The claim aud is {AUDIENCE}."),
    Fact("jwt.issuer", "The claim iss is the domain."),
    Fact("jwt.subject", f"The claim sub is {SUBJECT}."),
    Fact("jwt.issued", "The claim iat is now, in UNIX seconds."),
    Fact("jwt.default-lifetime", "Without expiresIn, exp is iat + 300 seconds."),
    Fact("jwt.claims", "The token has exactly seven claims."),
    Fact("jwt.url-token", "The url carries the token."),
    Fact("jwt.url-domain", "The url carries the domain."),
    Fact("jwt.url-scheme", "The url can be opened: it is http or https with a host."),
    Fact("jwt.expires-in", "expiresIn counts minutes: exp is iat + 60 * expiresIn."),
    Fact("jwt.expires-in-legacy", "The older spelling expireIn does the same."),
    Fact("jwt.expires-in-shown", "expiresIn: 30 is returned as 30m."),
    Fact("jwt.expires-in-only-asked", "expiresIn is returned only when it was asked for."),
    Fact("jwt.email-sent-only-asked", "emailSent is returned only with an e-mail."),
    Fact("jwt.expires-in-range", "expiresIn beyond 1 to 2880 minutes is refused with 400."),
    Fact("jwt.expires-in-type", "expiresIn is a number; a text is refused with 400."),
    Fact("jwt.redirect-short", "The redirect is shortened in the url."),
    Fact("jwt.base64", "base64: true accepts the key file in base64, also with line breaks."),
    Fact("jwt.x-credentials-hidden", "Credentials of an X app are never in the url."),
    Fact("jwt.x-headers", "Credentials of an X app are accepted in headers."),
    Fact("jwt.x-body", "Credentials of an X app are accepted in the body."),
    Fact("jwt.unknown-fields", "Unknown fields are ignored."),
    # generateJWT: refusals
    Fact("jwt.no-start-line", "A privateKey without PEM armour is refused: 400, code 189."),
    Fact("jwt.verify-corrupt", "verify: true refuses a corrupt key: 400, code 189."),
    Fact("jwt.no-verify-corrupt", "Without verify a corrupt key still gives a url."),
    Fact("jwt.bad-url", "The url of a bad or expired token opens with 401."),
    Fact("jwt.corrupt-url", "The url of a corrupt key opens with 401."),
    Fact("jwt.verify-foreign", "verify: true refuses a key of another domain: 400, code 189."),
    Fact("jwt.verify-good", "verify: true accepts the domain's key."),
    Fact("jwt.good-url", "The url of a good key opens with 200."),
    Fact("jwt.x-half", "Half a pair of X credentials is refused: 400, code 188."),
    Fact("jwt.x-twice", "X credentials in headers and body are refused: 400, code 434."),
    Fact("jwt.api-key-as-profile-key", "The API key is refused as profileKey."),
    Fact("jwt.domain", "Another domain than the one given at onboarding is refused, code 188."),
    Fact("jwt.required", "domain, privateKey and profileKey are required."),
    # Profiles
    Fact(
        "profiles.created",
        "A new profile has title, refId, profileKey and messagingActive.",
    ),
    Fact(
        "profiles.shapes", "A refId is 40 hexadecimal digits, a profile key four groups of seven."
    ),
    Fact("profiles.key-once", "A profile key is shown at creation and never again."),
    Fact("profiles.title-unique", "A title in use is refused: 400, code 146."),
    Fact("profiles.title-case", "Titles are case-sensitive."),
    Fact("profiles.title-required", "A profile needs a title."),
    Fact("profiles.listed", "A new profile is listed with title, refId, created and createdUTC."),
    Fact("profiles.filter-title", "GET /profiles?title= returns exactly that profile."),
    Fact("profiles.filter-ref-id", "GET /profiles?refId= returns exactly that profile."),
    Fact(
        "profiles.filters",
        "profileKeys, hasActiveSocialAccounts and includesActiveSocialAccounts filter the list.",
    ),
    Fact("profiles.paging", "Pages are complete and repeat nothing."),
    Fact("profiles.limit", "A page has no more entries than limit says."),
    Fact("profiles.no-primary", "The primary profile is never listed."),
    Fact("profiles.changed", f"PATCH changes a profile named by the {PROFILE_KEY} header."),
    Fact("profiles.changed-by-body", "PATCH changes a profile named by the body's profileKey."),
    Fact("profiles.change-keeps", "A change keeps what it does not name, and other profiles."),
    Fact("profiles.suspended", "Every call on behalf of a suspended profile: 403, code 276."),
    Fact("profiles.title-free-again", "The title of a deleted profile is free."),
    Fact("profiles.deleted", "A deleted profile is gone from the list, from /user and for tokens."),
    Fact("profiles.deleted-url", "The linking URL of a deleted profile opens with 401."),
    Fact("profiles.deleted-by-body", "DELETE /profiles finds a profile by its profileKey."),
    Fact("profiles.deleted-by-title", "DELETE /profiles finds a profile by its title."),
    # User, links and webhooks
    Fact("user.profile", "GET /user returns the title and refId of the profile that is named."),
    Fact("user.nothing-linked", "activeSocialAccounts is absent while nothing is linked."),
    Fact("user.linked", "A link shows up in GET /user and GET /profiles at once."),
    Fact("user.networks", "Networks are listed in one order, whatever was linked first."),
    Fact("social.platform-required", "Unlinking requires a platform."),
    Fact("social.unlink", "Unlinking returns 200 even where nothing was linked."),
    Fact("webhooks.registered", "A registered webhook is listed under its action, and removed."),
    Fact("webhooks.updated", "GET /hook/webhook reports when each webhook changed."),
    Fact("webhooks.replaced", "Registering an action again replaces its URL."),
    Fact("webhooks.https", "A webhook URL that is not https is refused."),
    Fact("webhooks.actions", "A webhook needs an action that Ayrshare knows."),
    # Posts
    Fact(
        "posts.published",
        "A post returns status: success, errors: [], postIds, id, refId and its text.",
    ),
    Fact("posts.order", "postIds are in the alphabetical order of networks."),
    Fact("posts.network-fields", "postIds have fields of each network, such as bluesky's cid."),
    Fact("posts.all", "The platform all stands for every linked network."),
    Fact("posts.wrapped", f"With a {PROFILE_KEY} a post and its errors are wrapped in posts."),
    Fact("posts.profile-keys", "profileKeys posts for several profiles at once."),
    Fact("posts.partial", "If one network fails at once, the others publish: status error."),
    Fact("posts.texts", "post and mediaUrls may be objects by network, with a default."),
    Fact("posts.media-spellings", "mediaUrl and media_urls are older spellings of mediaUrls."),
    Fact("posts.random", "randomPost and randomMediaUrl make a text and a medium."),
    Fact("posts.required", "post and platforms are required; an unknown network is refused."),
    Fact("posts.not-linked", "A network that is not linked is refused: 400, code 156."),
    Fact("posts.errors-nested", "A network's error stands in errors, with its platform."),
    Fact("posts.lost", "A link that the network has withdrawn is refused: 161, 272 or 322."),
    Fact("posts.x-credentials", "Posts to X take an X app's credentials: code 419, or 400."),
    Fact("posts.too-long", "A text over the network's limit is refused: 400, code 132."),
    Fact(
        "posts.hashtags",
        "Instagram takes five hashtags and Threads one: code 151.",
    ),
    Fact(
        "posts.duplicates",
        "A text, or one like it, within two days on a network is refused: 400, code 137.",
    ),
    Fact("posts.idempotency", "An idempotencyKey works once for each profile."),
    Fact("posts.media-https", "mediaUrls begin with https://."),
    Fact("posts.media-checked", "Media are checked before anything is sent: codes 136 and 254."),
    Fact("posts.needs-media", "What a network requires is required: media, titles, thumbnails."),
    Fact("posts.scheduled", "A future scheduleDate returns status: scheduled and no postIds."),
    Fact("posts.scheduled-past", "A past scheduleDate publishes at once."),
    Fact("posts.scheduled-whole", "A scheduled post that one network refuses is refused whole."),
    Fact("posts.validate-scheduled", "validateScheduled: false checks when the post is due."),
    Fact("posts.approval", "requiresApproval makes a post wait, until approved: true."),
    Fact("posts.notes", "notes are read back in the history."),
    Fact("posts.repost", "autoRepost repeats 1 to 10 times, every 2 days or more."),
    Fact("posts.auto-schedule", "autoSchedule takes the next free slot of the named schedule."),
    Fact("posts.bulk", "Every row of a CSV file is a post; its date is repeated as it was sent."),
    Fact("posts.due", "A scheduled post is published when it is due."),
    Fact("posts.tiktok", "TikTok's id is pending for a minute or two."),
    Fact("posts.deleted", "A deleted post returns code: 200, and has the status deleted."),
    Fact("posts.deleted-unknown", "Deleting an unknown post is refused: 404, code 114."),
    Fact("posts.deleted-many", "DELETE /post takes bulk and deleteAllScheduled."),
    Fact("posts.deleted-by-hand", "markManualDeleted returns status and id."),
    Fact("posts.deleted-older", "DELETE /delete is an older path of DELETE /post."),
    Fact("posts.changed", "PATCH, and PUT, change date and notes of a scheduled post."),
    Fact("posts.paused", "scheduledPause makes a scheduled post paused, and pending again."),
    Fact("posts.changed-now", "A scheduled post that is moved to the past is published at once."),
    Fact("posts.change-required", "A change needs an id and something to change."),
    Fact("posts.retried", "Only a post with the status error is retried, once."),
    # History
    Fact(
        "history.nothing",
        "A history with nothing to show is 400, with an error below history: code 221.",
    ),
    Fact("history.unknown", "An unknown post is refused: 400, code 221."),
    Fact("history.post", "GET /post/:id and GET /history/:id show a post, never wrapped."),
    Fact("history.list", "GET /history lists a profile's own posts, the newest first."),
    Fact("history.filters", "GET /history takes limit, status, type, platforms and dates."),
    Fact("history.network", "GET /history/:platform has the fields of its network."),
    Fact("history.network-refused", "gmb, reddit, telegram, and what is not linked, have none."),
    # Validation
    Fact("validate.post", "A good post is found good, with a warning where nothing is linked."),
    Fact("validate.problems", "A bad post is refused: 400."),
    Fact("validate.json", "Valid JSON is distinguished from invalid."),
    Fact("validate.length", "The length of a text is weighed for each network."),
    # Media
    Fact("media.uploaded", "An upload returns id, url, fileName and description."),
    Fact("media.upload-required", "An upload needs a file."),
    Fact("media.upload-url", "GET /media/uploadUrl returns accessUrl, contentType, uploadUrl."),
    Fact("media.put", "A file is put once, and served at accessUrl."),
    Fact("media.exists", "POST /media/urlExists returns the contentType of a URL."),
    Fact("media.resized", "POST /media/resize returns the url of an image, and the platform."),
    # Analytics
    Fact("analytics.post", "A post's analytics have each network's fields, and two times."),
    Fact("analytics.social", "An account's analytics have each network's fields, and two times."),
    Fact("analytics.by-network-id", "searchPlatformId takes a network's id, and one platform."),
    Fact("analytics.required", "Analytics need an id or platforms, and linked networks."),
    # Auto-schedules
    Fact("auto-schedule.echo", "An auto-schedule is repeated exactly as it was set."),
    Fact("auto-schedule.list", "GET /auto-schedule lists a profile's schedules by title."),
    Fact("auto-schedule.none", "Without any auto-schedule the list is refused: code 192."),
    Fact("auto-schedule.default", "The title of an auto-schedule is default unless given."),
    Fact("auto-schedule.required", "An auto-schedule needs schedule or setStartDate."),
    Fact("auto-schedule.older-paths", "/set, /list and /delete do what the new paths do."),
    Fact(
        "webhooks.scheduled",
        "The webhook scheduled reports a scheduled post once, and TikTok's id.",
    ),
    # Link sessions
    Fact(
        "link-sessions.created",
        "A link session has an id of 64 hexadecimal digits and a url with its token and domain.",
    ),
    Fact(
        "link-sessions.states",
        "A link session is pending, active, expired or revoked, and counts its openings.",
    ),
    Fact("link-sessions.revoked", "A revoked link session stays so; revoking again succeeds."),
    Fact("link-sessions.unknown", "Another account's link session is like an unknown one."),
    Fact("link-sessions.callers", f"Link sessions take an API key and a {PROFILE_KEY} header."),
    Fact("link-sessions.deleted", "The link sessions of a deleted profile are dead."),
)

FACTS: Final = {fact.id: fact for fact in _ALL}
"""Every fact by its id."""
