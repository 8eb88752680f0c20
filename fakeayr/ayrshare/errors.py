"""Every error that Ayrshare returns: code, HTTP status, action and message, each written once.

Codes below 9000 are Ayrshare's. Where Ayrshare's number is not public, the code is 9000 + the
HTTP status, and `code_known` is false; contract checks do not compare such codes.
"""

from dataclasses import dataclass, replace

from fakeayr.ayrshare.limits import EXPIRES_IN_RANGE
from fakeayr.ayrshare.sources import Source


@dataclass(frozen=True, slots=True)
class Disputed:
    """An HTTP status on which reports differ.

    Attributes:
        setting: The account's setting that chooses the status.
        statuses: The statuses it can choose instead of the error's own.
    """

    setting: str
    statuses: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ApiError:
    """One documented error.

    Attributes:
        code: Ayrshare's error code, or 9000 + `status` where that is unknown.
        status: The HTTP status it is returned with.
        action: The `action` of the body.
        message: The `message` of the body, to the character where `text_known`.
        source: Where the rule behind the error was seen.
        summary: What is wrong, in a few words; `None` for a failure of the fake itself, which
            openapi.yaml does not list.
        code_known: Whether `code` is Ayrshare's own number.
        text_known: Whether `message` is Ayrshare's own text.
        status_known: Whether `status` is Ayrshare's own.
        disputed: Other statuses that were reported.
    """

    code: int
    status: int
    action: str
    message: str
    source: Source
    summary: str | None = None
    code_known: bool = True
    text_known: bool = True
    status_known: bool = True
    disputed: Disputed | None = None

    def fill(self, **places: object) -> "ApiError":
        """The error with the places in its message filled in, such as `{path}`."""
        message = self.message
        for name, value in places.items():
            message = message.replace(f"{{{name}}}", str(value))
        return replace(self, message=message)


OURS_FROM = 9000
"""Codes from here on are the fake's own (inferred)."""


def _ours(
    status: int, action: str, message: str, source: Source, summary: str | None = None
) -> ApiError:
    return ApiError(
        code=OURS_FROM + status,
        status=status,
        action=action,
        message=message,
        source=source,
        summary=summary,
        code_known=False,
        text_known=False,
    )


# Malformed requests.
INVALID_PARAMETERS = ApiError(
    101,
    400,
    "request",
    "Missing or incorrect parameters. Please verify with the docs. "
    "https://docs.ayrshare.com/rest-api/endpoints",
    Source.DOCUMENTED,
    summary="A parameter is missing or has the wrong type",
)
ENDPOINT_NOT_FOUND = ApiError(
    9404,
    404,
    "request",
    "This endpoint does not exist",
    Source.LIVE,
    code_known=False,
    status_known=False,
    summary="Unknown path below /api",
)
NOT_FOUND = _ours(
    404, "request", "Not found.", Source.INFERRED, summary="No such thing in the fake"
)
NOT_IN_THE_FAKE = _ours(
    501,
    "request",
    "fakeayr, a fake of Ayrshare, does not have this endpoint yet: {path}",
    Source.INFERRED,
    summary="An endpoint of Ayrshare that the fake lacks; the message names its path",
)
METHOD_NOT_ALLOWED = _ours(
    405, "request", "Method not allowed.", Source.DOCUMENTED, summary="Known path, wrong method"
)
BODY_TOO_LARGE = _ours(
    413, "request", "Request body too large.", Source.INFERRED, summary="Body over the limit"
)
MISDIRECTED = _ours(
    421,
    "request",
    "Misdirected request.",
    Source.INFERRED,
    summary="Another server's name in the Host header",
)
INTERNAL_ERROR = _ours(500, "request", "Internal server error.", Source.INFERRED)
SERVICE_UNAVAILABLE = _ours(503, "request", "Service unavailable.", Source.INFERRED)
TOO_MANY_REQUESTS = _ours(
    429, "request", "Too many requests.", Source.DOCUMENTED, summary="Rate limit exceeded"
)

# Who may call.
API_KEY_NOT_VALID = ApiError(
    102,
    403,
    "authorization",
    "API Key not valid.",
    Source.LIVE,
    text_known=False,
    summary="No API key, or an unknown one",
    disputed=Disputed("invalidApiKeyStatus", (401,)),
)
PROFILE_KEY_INVALID = ApiError(
    144,
    403,
    "profile",
    "The Profile Key is invalid. Please verify correct Profile Key is being used.",
    Source.LIVE,
    summary="Profile key empty, unknown, deleted, or another account's",
    disputed=Disputed("invalidProfileKeyStatus", (400, 401)),
)
PLAN_LACKS_FEATURE = _ours(
    403,
    "authorization",
    "This feature is not available on your plan.",
    Source.DOCUMENTED,
    summary="Not in this plan",
)
MAX_PACK_REQUIRED = _ours(
    403,
    "authorization",
    "The Max Pack is required for this feature.",
    Source.DOCUMENTED,
    summary="expiresIn or email without the Max Pack",
)
PROFILE_SUSPENDED = ApiError(
    276,
    403,
    "profile",
    "This profile is suspended.",
    Source.PUBLIC_CODE,
    text_known=False,
    status_known=False,
    summary="Any call on behalf of a suspended profile, its deletion included",
)
PROFILE_LIMIT_REACHED = _ours(
    403,
    "create profile",
    "The number of User Profiles of your plan has been reached.",
    Source.INFERRED,
    summary="The plan allows no more profiles",
)

# Profiles.
PROFILE_TITLE_EXISTS = ApiError(
    146,
    400,
    "create profile",
    "Profile title already exists.",
    Source.LIVE,
    summary="The title is taken",
)
PROFILE_TITLE_NOT_FOUND = _ours(
    404,
    "delete profile",
    "Not found. No User Profile has this title.",
    Source.DOCUMENTED,
    summary="No profile has this title",
)

# generateJWT.
_JWT_ERROR = (
    "Error generating JWT. Check the sent parameters, such as the privateKey has no extra tabs, "
    "spaces, or newlines. "
)
_WHOLE_KEY_FILE = (
    "Also the entire private.key file including -----BEGIN RSA PRIVATE KEY----- and "
    "-----END RSA PRIVATE KEY-----. "
)
X_CREDENTIALS_INCOMPLETE = ApiError(
    188,
    400,
    "JWT",
    "Both twitterApiKey and twitterApiSecret are required. You provided only one.",
    Source.REFERENCE,
    summary="Half of the X credentials",
)
X_CREDENTIALS_TWICE = ApiError(
    434,
    400,
    "JWT",
    "X/Twitter API credentials were provided in both the request headers and the request body. "
    "Please use the headers only. See https://www.ayrshare.com/docs/apis/profiles/generate-jwt",
    Source.REFERENCE,
    summary="X credentials in headers and in the body",
)
DOMAIN_NOT_VALID = ApiError(
    188,
    400,
    "JWT",
    "Error generating JWT. The domain is not valid. "
    "Please use the exact domain given during onboarding.",
    Source.LIVE,
    text_known=False,
    summary="Another domain than the account's",
    disputed=Disputed("invalidDomainStatus", (200,)),
)
PRIVATE_KEY_NO_START_LINE = ApiError(
    189,
    400,
    "JWT",
    _JWT_ERROR + "Error: error:0909006C:PEM routines:get_name:no start line",
    Source.REFERENCE,
    summary="A private key without its armour",
)
PRIVATE_KEY_UNUSABLE = ApiError(
    189,
    400,
    "JWT",
    _JWT_ERROR
    + _WHOLE_KEY_FILE
    + "Error: secretOrPrivateKey must be an asymmetric key when using RS256",
    Source.REFERENCE,
    summary="verify, and a damaged private key",
)
PRIVATE_KEY_FOREIGN = ApiError(
    189,
    400,
    "JWT",
    _JWT_ERROR + _WHOLE_KEY_FILE + "Error: invalid signature",
    Source.REFERENCE,
    summary="verify, and the private key of another domain",
)
EXPIRES_IN_OUT_OF_RANGE = ApiError(
    189,
    400,
    "JWT",
    _JWT_ERROR + f"Error: expiresIn must be {EXPIRES_IN_RANGE}",
    Source.REFERENCE,
    code_known=False,
    text_known=False,
    summary="expiresIn is not 1 to 2880",
)
EMAIL_NOT_SENT = ApiError(
    333,
    400,
    "email",
    "The Connect Accounts email could not be sent. "
    "Please verify that all email fields are present.",
    Source.DOCUMENTED,
    text_known=False,
    status_known=False,
    summary="A field of the e-mail is missing or cannot be used",
)

# Webhooks.
WEBHOOK_URL_INVALID = _ours(
    400,
    "webhook",
    "The webhook URL must be a valid URL that begins with https://",
    Source.DOCUMENTED,
    summary="The webhook's URL is none, or not https",
)
WEBHOOK_ACTION_UNKNOWN = _ours(
    400,
    "webhook",
    "The webhook action is not known.",
    Source.DOCUMENTED,
    summary="No such webhook action",
)
WEBHOOK_SECRET_ROTATING = _ours(
    400,
    "webhook",
    "The webhook secret is being rotated. Please wait until the rotation has ended.",
    Source.INFERRED,
    summary="A secret is rotating already",
)

# Media.
UPLOAD_FILE_INVALID = _ours(
    400,
    "media upload",
    "The file cannot be used.",
    Source.INFERRED,
    summary="An uploaded file that is damaged, or not what it is said to be",
)
UPLOAD_TOO_LARGE = _ours(
    413,
    "media upload",
    "The file is too large.",
    Source.DOCUMENTED,
    summary="A file over the limit",
)
UPLOADS_FULL = _ours(
    507,
    "media upload",
    "fakeayr, a fake of Ayrshare, has no room for more media of this account.",
    Source.INFERRED,
    summary="The account's media take up all room that the fake gives them",
)
UPLOAD_URL_NOT_VALID = _ours(
    403,
    "media upload",
    "The upload URL is not valid, has been used, or has expired.",
    Source.DOCUMENTED,
    summary="An upload URL that takes no file, or none any more",
)
UPLOAD_TYPE_DIFFERS = _ours(
    400,
    "media upload",
    "The Content-Type must be the one that the upload URL was made for.",
    Source.DOCUMENTED,
    summary="A file of another type than the upload URL's",
)
MEDIA_UNREADABLE = _ours(
    400,
    "media",
    "The media cannot be read at its URL.",
    Source.INFERRED,
    summary="Metadata or resizing of what cannot be reached or is no image",
)

# Link sessions (autumn 2026).
LINK_SESSION_REVOKED = ApiError(
    501,
    400,
    "link session",
    "This link session has been revoked.",
    Source.DOCUMENTED,
    text_known=False,
    summary="The link session was revoked (in popup events)",
    status_known=False,
)
LINK_SESSION_NOT_FOUND = ApiError(
    502,
    404,
    "link session",
    "Link session not found.",
    Source.DOCUMENTED,
    text_known=False,
    summary="No such link session",
    status_known=False,
)
LINK_SESSION_EXPIRED = ApiError(
    503,
    400,
    "link session",
    "This link session has expired.",
    Source.DOCUMENTED,
    text_known=False,
    summary="The link session has expired",
    status_known=False,
)
LINK_SESSION_MAX_PACK = ApiError(
    504,
    403,
    "link session",
    "The Max Pack is required for this feature.",
    Source.PUBLIC_CODE,
    text_known=False,
    summary="Connect mode, expiresIn or email without the Max Pack",
    status_known=False,
)

# Linking that fails at the network: shown by the linking page and sent as popup events.
INSTAGRAM_NOT_PROFESSIONAL = ApiError(
    322,
    400,
    "social",
    "Instagram authorization error. A business or creator account is required.",
    Source.DOCUMENTED,
    text_known=False,
    summary="Instagram, with a personal account",
)
NO_ACCOUNT_TO_LINK = _ours(
    400,
    "social",
    "No page or business account was found to link.",
    Source.INFERRED,
    summary="No page or business account",
)
PERMISSION_MISSING = _ours(
    403,
    "social",
    "A required permission was not granted.",
    Source.INFERRED,
    summary="The person withheld a permission",
)
NETWORK_DOWN = _ours(
    503,
    "social",
    "The social network did not answer.",
    Source.INFERRED,
    summary="The network is down",
)
LINKED_ELSEWHERE = _ours(
    409,
    "social",
    "The account is already linked to another profile.",
    Source.INFERRED,
    summary="Another profile has the account",
)
X_CREDENTIALS_NEEDED = _ours(
    400,
    "social",
    "Linking X directly needs your own X app's credentials.",
    Source.INFERRED,
    summary="Connect mode for X without an app of one's own",
)
X_CALLBACK_NOT_APPROVED = ApiError(
    9403,
    403,
    "social",
    "Callback URL not approved",
    Source.REFERENCE,
    code_known=False,
    summary="The X app does not know the page's address",
)
ACCOUNT_LOCKED = ApiError(
    349, 200, "social", "Account locked", Source.DOCUMENTED, summary="In `details` of a webhook"
)

# Posting. The rest of the code fills in the places, as `{network}`, with what a page calls it.
_LOST = "Try unlinking and re-linking {network} or contact us for assistance."
_ON_THE_DASHBOARD = "Please confirm the linkage on the Social Accounts page in your dashboard."
MONTHLY_QUOTA = ApiError(
    106,
    429,
    "post",
    "You have exceeded your API quota for the month.",
    Source.PUBLIC_CODE,
    status_known=False,
    summary="The month's quota is used up",
)
PLAN_FEATURE = ApiError(
    169,
    403,
    "post",
    "A Premium or Business Plan is required to access this feature.",
    Source.PUBLIC_CODE,
    status_known=False,
    summary="A post wants what the plan lacks",
)
IDEMPOTENCY_KEY_USED = _ours(
    400,
    "post",
    "The idempotencyKey has been used before.",
    Source.DOCUMENTED,
    summary="An earlier post of the profile has this idempotencyKey",
)
NETWORK_NOT_LINKED = ApiError(
    156,
    400,
    "post",
    "{network} does not seem to be linked with Ayrshare. "
    + _ON_THE_DASHBOARD
    + " https://docs.ayrshare.com/additional-info/troubleshooting",
    Source.DOCUMENTED,
    summary="The network is not linked",
)
NETWORK_NOT_LINKED_YET = ApiError(
    156,
    200,
    "post",
    "{network} is not linked with Ayrshare. " + _ON_THE_DASHBOARD,
    Source.DOCUMENTED,
    summary="The same as a warning, where a post is only validated",
)
NETWORK_AUTHORIZATION = ApiError(
    161,
    400,
    "post",
    "{network} authorization error. This can occur if your {network} security changes. " + _LOST,
    Source.DOCUMENTED,
    text_known=False,
    summary="The network no longer accepts the link",
)
X_AUTHORIZATION_LOST = ApiError(
    272,
    400,
    "post",
    "There is an issue authorizing your X account. Login to x.com to verify your account status "
    "and then try unlinking X and relinking on the social accounts page.",
    Source.DOCUMENTED,
    text_known=False,
    summary="X no longer accepts the link",
)
INSTAGRAM_AUTHORIZATION_LOST = ApiError(
    322,
    400,
    "post",
    "Instagram authorization error. Try unlinking and re-linking Instagram.",
    Source.DOCUMENTED,
    text_known=False,
    summary="Instagram no longer accepts the link",
)
X_CREDENTIALS_REQUIRED = ApiError(
    419,
    400,
    "x_credentials_required",
    "X requires your own API credentials. Please send the headers X-Twitter-OAuth1-Api-Key and "
    "X-Twitter-OAuth1-Api-Secret.",
    Source.DOCUMENTED,
    text_known=False,
    status_known=False,
    summary="A call for X without X credentials",
)
X_CREDENTIAL_MISSING = ApiError(
    400,
    400,
    "x_credentials_required",
    "The header {header} is missing.",
    Source.DOCUMENTED,
    text_known=False,
    status_known=False,
    summary="A call for X with half of the X credentials",
)
X_NO_WRITE_PERMISSION = ApiError(
    417,
    400,
    "post",
    "Your X app has no write permission. Please allow reading and writing in its settings.",
    Source.PUBLIC_CODE,
    text_known=False,
    status_known=False,
    summary="The X app may only read",
)
DUPLICATE_POST = ApiError(
    137,
    400,
    "post",
    "Duplicate or similar content posted within the same two day period. The social networks "
    "prohibit duplicate content and ban accounts that do not comply.",
    Source.PUBLIC_CODE,
    summary="The same or nearly the same text within 48 hours",
)
FACEBOOK_DUPLICATE = ApiError(
    107,
    400,
    "post",
    "Facebook Error: This status update is identical to the last one you posted. Try posting "
    "something different, or delete your previous update.",
    Source.DOCUMENTED,
    summary="Facebook found the text identical to the last one",
)
X_DUPLICATE = ApiError(
    110,
    400,
    "post",
    "Status is a duplicate.",
    Source.DOCUMENTED,
    summary="X found the text a duplicate",
)
TOO_MANY_POSTS = _ours(
    400,
    "post",
    "{network} takes at most {limit} {posts} in {time}. Please try again later.",
    Source.DOCUMENTED,
    summary="More posts in a minute or in 24 hours than the network takes",
)
POST_TOO_LONG = ApiError(
    132,
    400,
    "post",
    "Your post is too long for {network}. Please shorten to {limit} characters. "
    "Overage: {over} characters.",
    Source.PUBLIC_CODE,
    summary="The text is over the network's limit",
)
TOO_MANY_HASHTAGS = ApiError(
    151,
    400,
    "post",
    "Too many hashtags for {network}. Please use at most {limit}.",
    Source.PUBLIC_CODE,
    text_known=False,
    summary="More hashtags than the network allows",
)
TOO_MANY_MENTIONS = _ours(
    400,
    "post",
    "Too many mentions for {network}. Please use at most {limit}.",
    Source.DOCUMENTED,
    summary="More mentions than the network allows",
)
REPEATED_MENTION = ApiError(
    159,
    400,
    "post",
    "{network} does not allow the same mention more than once a day.",
    Source.PUBLIC_CODE,
    text_known=False,
    summary="The same mention twice within a day",
)
OPTION_REQUIRED = ApiError(
    101,
    400,
    "post",
    "{option} is required to post to {network}.",
    Source.DOCUMENTED,
    text_known=False,
    summary="An option that the network requires is missing",
)
MEDIA_URL_INVALID = ApiError(
    136,
    400,
    "post",
    "Media URLs invalid. Please verify the media is an externally accessible URL.",
    Source.DOCUMENTED,
    summary="A medium cannot be fetched",
)
MEDIA_NOT_FETCHED_BY_META = ApiError(
    479,
    400,
    "post",
    "{network} cannot fetch the media. Please verify that no robots.txt or firewall prevents it.",
    Source.DOCUMENTED,
    text_known=False,
    summary="Meta's servers cannot fetch a medium",
)
MEDIA_REQUIRED = _ours(
    400,
    "post",
    "{network} requires at least one image or video.",
    Source.INFERRED,
    summary="A post without media to a network that needs some",
)
TOO_MANY_MEDIA = _ours(
    400,
    "post",
    "Too many media for {network}. Please use at most {limit}.",
    Source.DOCUMENTED,
    summary="More images or videos than the network allows",
)
MEDIA_NOT_ACCEPTED = ApiError(
    138,
    400,
    "post",
    "{network} does not accept the media: {reason}.",
    Source.DOCUMENTED,
    text_known=False,
    summary="An image or video that the network does not accept",
)
REEL_SIZE = ApiError(
    182,
    400,
    "post",
    "The {network} Reel cannot be posted: {reason}.",
    Source.LIVE,
    text_known=False,
    summary="A Reel that is too wide",
)
IMAGE_TOO_LARGE_LINKEDIN = ApiError(
    254,
    400,
    "post",
    "The image is too large for {network}: {reason}.",
    Source.LIVE,
    text_known=False,
    summary="An image over LinkedIn's limit",
)
REEL_NOT_VERIFIED = ApiError(
    108,
    400,
    "post",
    "The {network} Reel is being processed. Please verify later whether it was published.",
    Source.DOCUMENTED,
    text_known=False,
    status_known=False,
    summary="Whether Facebook published a Reel is not certain yet",
)
PUBLICATION_FAILED = _ours(
    400,
    "post",
    "{network} refused the post.",
    Source.INFERRED,
    summary="The network refused the post, as the tester decided",
)
DELETE_ID_NOT_FOUND = ApiError(
    114,
    404,
    "delete",
    "Delete id not found.",
    Source.LIVE,
    text_known=False,
    summary="No such post to delete",
)
STILL_PUBLISHED = ApiError(
    382,
    400,
    "delete",
    "The post still exists on the social network and cannot be marked as deleted.",
    Source.DOCUMENTED,
    text_known=False,
    summary="markManualDeleted, and the post is still there",
)
ALREADY_DELETED = ApiError(
    383,
    400,
    "delete",
    "The post has already been deleted.",
    Source.DOCUMENTED,
    text_known=False,
    summary="The post is deleted already",
)
DELETE_NOT_SUPPORTED = _ours(
    400,
    "delete",
    "{network} does not allow posts to be deleted by API. Please delete it on {network}.",
    Source.DOCUMENTED,
    summary="The network's posts cannot be deleted by API",
)
UPDATE_NOT_POSSIBLE = _ours(
    400,
    "update",
    "The post can no longer be updated.",
    Source.DOCUMENTED,
    summary="A change that the post's status does not allow",
)
RETRY_NOT_POSSIBLE = _ours(
    400,
    "retry",
    "Only a post with status error can be retried, and only once.",
    Source.DOCUMENTED,
    summary="A retry of a post that did not fail, or a second one",
)
HISTORY_NOT_FOUND = ApiError(
    221,
    400,
    "get",
    "History not found",
    Source.LIVE,
    summary="No post with this id, or none at all",
)
HISTORY_ROW_FAILED = ApiError(
    187,
    200,
    "history",
    "The post could not be read.",
    Source.LIVE,
    text_known=False,
    summary="A row of a network's history that could not be read",
)
NO_AUTO_SCHEDULE = ApiError(
    192,
    400,
    "auto schedule",
    "No auto schedule has been set.",
    Source.PUBLIC_CODE,
    text_known=False,
    status_known=False,
    summary="No auto schedule was ever set",
)
ANALYTICS_FAILED = ApiError(
    186,
    400,
    "analytics",
    "The analytics could not be retrieved.",
    Source.PUBLIC_CODE,
    text_known=False,
    status_known=False,
    summary="The network gives no analytics for the post",
)
ANALYTICS_THROTTLED = ApiError(
    444,
    429,
    "analytics",
    "{network} limits the requests for analytics. Please try again later.",
    Source.DOCUMENTED,
    text_known=False,
    summary="Facebook throttles the analytics of the page",
)
STORY_EXPIRED = ApiError(
    485,
    400,
    "analytics",
    "The story has expired.",
    Source.DOCUMENTED,
    text_known=False,
    status_known=False,
    summary="A story whose 24 hours are over",
)
ANALYTICS_POST_NOT_FOUND = ApiError(
    186,
    404,
    "analytics",
    "Post ID not found.",
    Source.DOCUMENTED,
    summary="No post with this id",
)
ANALYTICS_NOT_COVERED = _ours(
    400,
    "analytics",
    "{network} has no analytics.",
    Source.DOCUMENTED,
    summary="A network without such analytics",
)
ANALYTICS_NOT_PUBLISHED = ApiError(
    186,
    400,
    "analytics",
    "The post is not on {network}.",
    Source.PUBLIC_CODE,
    text_known=False,
    status_known=False,
    summary="A post that is pending, deleted, or failed on the network",
)

# The control surface, which Ayrshare does not have.
CONTROL_REFUSED = _ours(
    403,
    "control",
    "This control call is not allowed.",
    Source.INFERRED,
    summary="Not for this caller",
)


def by_name() -> dict[str, ApiError]:
    """Every error by the name of its constant, in the order of this file."""
    return {name: value for name, value in globals().items() if isinstance(value, ApiError)}
