"""Every error that Ayrshare answers: code, HTTP status, action and message, each written once.

Codes below 9000 are Ayrshare's. Where Ayrshare's number is not public, ours is 9000 + the HTTP
status, and `code_known` is false; contract checks do not compare such codes.
"""

from dataclasses import dataclass

from fakeayr.ayrshare.sources import Source


@dataclass(frozen=True, slots=True)
class ApiError:
    """One documented error.

    Attributes:
        code: Ayrshare's error code, or 9000 + `status` where that is unknown.
        status: The HTTP status it is answered with.
        action: The `action` of the body.
        message: The `message` of the body, to the character where `text_known`.
        source: Where the rule behind the error was seen.
        code_known: Whether `code` is Ayrshare's own number.
        text_known: Whether `message` is Ayrshare's own text.
    """

    code: int
    status: int
    action: str
    message: str
    source: Source
    code_known: bool = True
    text_known: bool = True


def _ours(status: int, action: str, message: str, source: Source) -> ApiError:
    return ApiError(
        9000 + status, status, action, message, source, code_known=False, text_known=False
    )


# Requests that cannot be read.
INVALID_PARAMETERS = ApiError(
    101,
    400,
    "request",
    "Missing or incorrect parameters. Please verify with the docs.",
    Source.PUBLIC_CODE,
    text_known=False,
)
NOT_FOUND = _ours(404, "request", "Not found.", Source.DOCUMENTED)
METHOD_NOT_ALLOWED = _ours(405, "request", "Method not allowed.", Source.DOCUMENTED)
BODY_TOO_LARGE = _ours(413, "request", "Request body too large.", Source.INFERRED)
INTERNAL_ERROR = _ours(500, "request", "Internal server error.", Source.INFERRED)
SERVICE_UNAVAILABLE = _ours(503, "request", "Service unavailable.", Source.INFERRED)
TOO_MANY_REQUESTS = _ours(429, "request", "Too many requests.", Source.DOCUMENTED)

# Who may call.
API_KEY_NOT_VALID = ApiError(
    102, 401, "authorization", "API Key not valid.", Source.LIVE, text_known=False
)
PROFILE_KEY_INVALID = ApiError(
    144,
    403,
    "profile",
    "The Profile Key is invalid. Please verify correct Profile Key is being used.",
    Source.LIVE,
)
PLAN_LACKS_FEATURE = _ours(
    403, "authorization", "This feature is not available on your plan.", Source.DOCUMENTED
)
MAX_PACK_REQUIRED = _ours(
    403, "authorization", "The Max Pack is required for this feature.", Source.DOCUMENTED
)
PROFILE_SUSPENDED = _ours(403, "authorization", "This profile is suspended.", Source.DOCUMENTED)
PROFILE_LIMIT_REACHED = _ours(
    403,
    "create profile",
    "The number of User Profiles of your plan has been reached.",
    Source.INFERRED,
)

# Profiles.
PROFILE_TITLE_EXISTS = ApiError(
    146, 400, "create profile", "Profile title already exists.", Source.LIVE
)
PROFILE_TITLE_NOT_FOUND = _ours(
    404, "delete profile", "Not found. No User Profile has this title.", Source.DOCUMENTED
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
)
X_CREDENTIALS_TWICE = ApiError(
    434,
    400,
    "JWT",
    "X/Twitter API credentials were provided in both the request headers and the request body. "
    "Please use the headers only. See https://www.ayrshare.com/docs/apis/profiles/generate-jwt",
    Source.REFERENCE,
)
DOMAIN_NOT_VALID = ApiError(
    188,
    400,
    "JWT",
    "Error generating JWT. The domain is not valid. "
    "Please use the exact domain given during onboarding.",
    Source.LIVE,
    text_known=False,
)
PRIVATE_KEY_NO_START_LINE = ApiError(
    189,
    400,
    "JWT",
    _JWT_ERROR + "Error: error:0909006C:PEM routines:get_name:no start line",
    Source.REFERENCE,
)
PRIVATE_KEY_UNUSABLE = ApiError(
    189,
    400,
    "JWT",
    _JWT_ERROR
    + _WHOLE_KEY_FILE
    + "Error: secretOrPrivateKey must be an asymmetric key when using RS256",
    Source.REFERENCE,
)
PRIVATE_KEY_FOREIGN = ApiError(
    189, 400, "JWT", _JWT_ERROR + _WHOLE_KEY_FILE + "Error: invalid signature", Source.REFERENCE
)
EXPIRES_IN_OUT_OF_RANGE = ApiError(
    189,
    400,
    "JWT",
    _JWT_ERROR + "Error: expiresIn must be between 1 and 2880 minutes",
    Source.REFERENCE,
    code_known=False,
    text_known=False,
)
EMAIL_NOT_SENT = ApiError(
    333,
    400,
    "email",
    "The Connect Accounts email could not be sent. "
    "Please verify that all email fields are present.",
    Source.REFERENCE,
    code_known=False,
    text_known=False,
)

# Webhooks.
WEBHOOK_URL_INVALID = _ours(
    400,
    "webhook",
    "The webhook URL must be a valid URL that begins with https://",
    Source.DOCUMENTED,
)
WEBHOOK_ACTION_UNKNOWN = _ours(
    400, "webhook", "The webhook action is not known.", Source.DOCUMENTED
)
WEBHOOK_SECRET_ROTATING = _ours(
    400,
    "webhook",
    "The webhook secret is being rotated. Please wait until the rotation has ended.",
    Source.INFERRED,
)

# Link sessions (autumn 2026).
LINK_SESSION_REVOKED = ApiError(
    501,
    400,
    "link session",
    "This link session has been revoked.",
    Source.PUBLIC_CODE,
    text_known=False,
)
LINK_SESSION_NOT_FOUND = ApiError(
    502, 404, "link session", "Link session not found.", Source.PUBLIC_CODE, text_known=False
)
LINK_SESSION_EXPIRED = ApiError(
    503,
    400,
    "link session",
    "This link session has expired.",
    Source.PUBLIC_CODE,
    text_known=False,
)
LINK_SESSION_MAX_PACK = ApiError(
    504,
    403,
    "link session",
    "The Max Pack is required for this feature.",
    Source.PUBLIC_CODE,
    text_known=False,
)

# Linking that ends badly at the network, told by the linking page and its popup events.
INSTAGRAM_NOT_PROFESSIONAL = ApiError(
    322,
    400,
    "social",
    "Instagram authorization error. A business or creator account is required.",
    Source.DOCUMENTED,
    text_known=False,
)
NO_ACCOUNT_TO_LINK = _ours(
    400, "social", "No page or business account was found to link.", Source.INFERRED
)
PERMISSION_MISSING = _ours(403, "social", "A required permission was not granted.", Source.INFERRED)
NETWORK_DOWN = _ours(503, "social", "The social network did not answer.", Source.INFERRED)
LINKED_ELSEWHERE = _ours(
    409, "social", "The account is already linked to another profile.", Source.INFERRED
)
X_CREDENTIALS_NEEDED = _ours(
    400, "social", "Linking X directly needs your own X app's credentials.", Source.INFERRED
)
X_CALLBACK_NOT_APPROVED = ApiError(
    9403,
    403,
    "social",
    "Callback URL not approved",
    Source.REFERENCE,
    code_known=False,
)
ACCOUNT_LOCKED = ApiError(349, 200, "social", "Account locked", Source.DOCUMENTED)

# The control surface, which Ayrshare does not have.
CONTROL_REFUSED = _ours(403, "control", "This control call is not allowed.", Source.INFERRED)
