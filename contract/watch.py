"""What must hold in every response of a run, whatever it was asked for."""

from typing import Any, Final

from fakeayr.ayrshare import headers
from fakeayr.contract.server import Answer

CONTENT_TYPE: Final = "json.content-type"
ERROR_SHAPE: Final = "errors.shape"
RATE_HEADERS: Final = "rate.headers"
SECRETS: Final = "secrets.never-shown"
KEY_ONCE: Final = "profiles.key-once"

_FIELDS: Final = {"action", "status", "code", "message"}
_LISTS: Final = ("/media", "/post")
"""Paths that may return an array."""
_POSTS: Final = ("/post/", "/history/")
_HISTORY: Final = "/history"
_NESTING: Final = ("/post", "/validate/post", "/analytics")
"""Where errors of networks are nested in `errors`, and those of profiles in `posts`."""
_OK: Final = 200
_CRASHED: Final = 500


class ResponseWatch:
    """Looks at every response of the API, and keeps the first that breaks each fact."""

    def __init__(self) -> None:
        self._secrets: dict[str, str] = {}
        self._profile_keys: set[str] = set()
        self._found: dict[str, tuple[str, Answer]] = {}

    def hide(self, secret: str, name: str) -> None:
        """Notes a secret that no response may show; `name` says what it is."""
        self._secrets[secret] = name

    def see(self, answer: Answer, created: str | None = None) -> None:
        """Looks at a response.

        Args:
            answer: The response.
            created: The profile key that it shows because it created the profile.
        """
        for fact, what in (
            (CONTENT_TYPE, _content_type(answer)),
            (ERROR_SHAPE, error_fault(answer.path, answer.status, answer.json)),
            (RATE_HEADERS, _rate_headers(answer)),
            (SECRETS, self._shown_secret(answer)),
            (KEY_ONCE, self._shown_key(answer, created)),
        ):
            if what is not None:
                self._found.setdefault(fact, (what, answer))
        if created is not None:
            self._profile_keys.add(created)

    def broken(self, fact: str) -> tuple[str, Answer] | None:
        """What broke a fact first, and the response that shows it."""
        return self._found.get(fact)

    def _shown_secret(self, answer: Answer) -> str | None:
        shown = next((name for text, name in self._secrets.items() if text in answer.text), None)
        return None if shown is None else f"{shown} is shown"

    def _shown_key(self, answer: Answer, created: str | None) -> str | None:
        others = self._profile_keys - {created}
        if any(key in answer.text for key in others):
            return "a profile key is shown again"
        if created is None and '"profileKey"' in answer.text:
            return "a profileKey is shown"
        return None


def _content_type(answer: Answer) -> str | None:
    sent = answer.headers.get("content-type")
    return None if sent == headers.JSON_CONTENT_TYPE else f"Content-Type is {sent}"


def error_fault(path: str, status: int, body: Any) -> str | None:
    """What is wrong with the errors in a response; `None` if nothing is, or it has none.

    Args:
        path: The path that was called, below the API's base.
        status: HTTP status.
        body: The decoded body.
    """
    if isinstance(body, list) and path in _LISTS:
        faults = (error_fault(path, status, entry) for entry in body)
        return next((fault for fault in faults if fault is not None), None)
    if not isinstance(body, dict):
        return "the body is no JSON object"
    if status >= _CRASHED:
        return f"HTTP status {status}"
    is_a_post = path.startswith(_POSTS) and "platforms" in body  # Its status is its own.
    if status == _OK and (is_a_post or body.get("status") != "error"):
        return None
    faults = (_fault(error) for error in _errors(path, body))
    return next((fault for fault in faults if fault is not None), None)


def _errors(path: str, body: dict[str, Any]) -> list[Any]:
    """The errors in a response: itself, or for posts and history what is nested in it."""
    if "code" in body:
        return [body]
    if path.startswith(_HISTORY) and "history" in body:
        return [body["history"]]
    nested: list[Any] = []
    if path.startswith(_NESTING):
        for post in body.get("posts") or [body]:
            has_own = isinstance(post, dict) and "code" not in post
            nested += post.get("errors") or [] if has_own else [post]
    return nested or [body]


def _fault(error: Any) -> str | None:
    """What is wrong with the form of an error."""
    if not isinstance(error, dict):
        return "an error is no object"
    missing = _FIELDS - set(error)
    if missing:
        return f"the error lacks {sorted(missing)}"
    forms = {
        "status": error["status"] == "error",
        "code": type(error["code"]) is int,
        "action": isinstance(error["action"], str) and bool(error["action"]),
        "message": isinstance(error["message"], str) and bool(error["message"]),
    }
    wrong = [name for name, is_right in forms.items() if not is_right]
    return f"the error's {wrong[0]} has another form" if wrong else None


def _rate_headers(answer: Answer) -> str | None:
    told = [answer.headers.get(name) for name in (headers.RATE_LIMIT_MAX, headers.RATE_LIMIT_COUNT)]
    numbers = [value is not None and value.isdigit() for value in told]
    return None if told == [None, None] or all(numbers) else f"the rate limit is reported as {told}"
