"""What must hold in every response of a run, whatever it was asked for."""

from typing import Final

from fakeayr.ayrshare import headers
from fakeayr.contract.server import Answer

CONTENT_TYPE: Final = "json.content-type"
ERROR_SHAPE: Final = "errors.shape"
RATE_HEADERS: Final = "rate.headers"
SECRETS: Final = "secrets.never-shown"
KEY_ONCE: Final = "profiles.key-once"

_FIELDS: Final = {"action", "status", "code", "message"}
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
            (ERROR_SHAPE, _error_shape(answer)),
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


def _error_shape(answer: Answer) -> str | None:
    fields = answer.fields
    if answer.json != fields:
        return "the body is no JSON object"
    if answer.status >= _CRASHED:
        return f"HTTP status {answer.status}"
    if answer.status == _OK and fields.get("status") != "error":
        return None
    missing = _FIELDS - set(fields)
    if missing:
        return f"the error lacks {sorted(missing)}"
    forms = {
        "status": fields["status"] == "error",
        "code": type(fields["code"]) is int,
        "action": isinstance(fields["action"], str) and bool(fields["action"]),
        "message": isinstance(fields["message"], str) and bool(fields["message"]),
    }
    wrong = [name for name, is_right in forms.items() if not is_right]
    return f"the error's {wrong[0]} has another form" if wrong else None


def _rate_headers(answer: Answer) -> str | None:
    told = [answer.headers.get(name) for name in (headers.RATE_LIMIT_MAX, headers.RATE_LIMIT_COUNT)]
    numbers = [value is not None and value.isdigit() for value in told]
    return None if told == [None, None] or all(numbers) else f"the rate limit is told as {told}"
