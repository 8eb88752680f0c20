"""Rules about what programs do over several calls, computed from the journal of an account."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import Any, Final, NamedTuple

import msgspec

from fakeayr.ayrshare.endpoints import OLDER
from fakeayr.domain.advice.pieces import Piece, advise
from fakeayr.domain.journal import Entry
from fakeayr.domain.redaction.redactions import quoted

_POLLS: Final = 10
_UNLINKED_POLLS: Final = 5
_HOPELESS: Final = 3
_WORTH_RETRYING: Final = frozenset({408, 425, 429})
_IGNORED_LIMITS: Final = 4
_IGNORED_SECONDS: Final = 5
_CHURNS: Final = 5
_ALWAYS: Final = 3
_NOTHING: Final = frozenset({"undefined", "null", "None", "NaN", "[object Object]"})
_GENERATE_JWT: Final = "/generateJWT"
_encode = msgspec.json.Encoder(order="deterministic").encode


class Numbered(NamedTuple):
    """An entry of the journal with its id."""

    number: int
    entry: Entry


Journal = Sequence[Numbered]
Conduct = Iterable[tuple[Piece, Journal]]
"""What a rule finds, each with the calls that show it, oldest first."""


def on_polling(journal: Journal) -> Conduct:
    """The same thing is read again and again, with no other call in between."""
    for calls in _runs(journal, _read_path):
        first = calls[0].entry
        if first.path == "/api/user":
            unlinked = all("activeSocialAccounts" not in _answer(call) for call in calls)
            if unlinked and len(calls) >= _UNLINKED_POLLS:
                yield advise("conduct-polls-unlinked", count=len(calls)), calls
            elif len(calls) >= _POLLS:
                yield _polls(calls, "social")
        elif _is_history(first) and len(calls) >= _POLLS:
            yield _polls(calls, "scheduled")


def _polls(calls: Journal, action: str) -> tuple[Piece, Journal]:
    path = calls[0].entry.path.removeprefix("/api")
    return advise("conduct-polling", count=len(calls), path=path, action=action), calls


def on_hopeless_retries(journal: Journal) -> Conduct:
    """A call that was refused is made again as it was."""
    for calls in _runs(journal, _refused_call):
        if len(calls) >= _HOPELESS:
            status = calls[0].entry.status
            yield advise("conduct-hopeless-retry", status=status, count=len(calls)), calls


def on_ignored_limits(journal: Journal) -> Conduct:
    """Calls go on although the last one was refused with 429."""
    for calls in _runs(journal, lambda entry: entry.status == 429 or None):
        gaps = [b.entry.time - a.entry.time for a, b in pairwise(calls)]
        if len(calls) >= _IGNORED_LIMITS and max(gaps) <= _IGNORED_SECONDS:
            yield (
                advise("conduct-ignores-429", count=len(calls), seconds=_IGNORED_SECONDS),
                calls,
            )


def on_ignored_errors(journal: Journal) -> Conduct:
    """After a 200 with `status: "error"`, a call carries the word for a missing value."""
    failed: Numbered | None = None
    for call in journal:
        entry = call.entry
        word = None if failed is None else next(_missing_values(entry), None)
        if failed is not None and word is not None:
            yield advise("conduct-ignores-error-status", word=word), [failed, call]
            failed = None
        if entry.status == 200 and _answer(call).get("status") == "error":
            failed = call


def on_churn(journal: Journal) -> Conduct:
    """Profiles come and go."""
    calls = [
        call
        for call in journal
        if call.entry.path.startswith("/api/profiles")
        and call.entry.path.count("/") <= 3
        and call.entry.status == 200
        and call.entry.method in {"POST", "DELETE"}
        and not call.entry.path.endswith(_GENERATE_JWT)
    ]
    made: set[str | None] = set()
    gone: list[Numbered] = []
    for call in calls:
        if call.entry.method == "POST":
            made.add(call.entry.ref_id)
        elif _answer(call).get("refId") in made:
            gone.append(call)
    alternates = sum(1 for a, b in pairwise(calls) if _turns(a, b))
    if len(gone) >= _CHURNS and alternates >= len(gone):
        yield advise("conduct-profile-churn", count=len(gone)), gone


def on_legacy_paths(journal: Journal) -> Conduct:
    """Older spellings of paths; the official SDKs, which say so in `source`, cannot help it."""
    older = [call for call in journal if call.entry.path in OLDER and not _is_of_sdk(call.entry)]
    for path, calls in _grouped(older, lambda entry: entry.path).items():
        yield advise("conduct-legacy-path", "path", path=path, meant=OLDER[path]), calls


def on_reposting(journal: Journal) -> Conduct:
    """A post that some networks took is sent to them once more."""
    partly: dict[tuple[str | None, str], tuple[Numbered, set[str]]] = {}
    for call in journal:
        entry = call.entry
        if entry.method != "POST" or entry.path != "/api/post" or not isinstance(entry.body, dict):
            continue
        key = entry.ref_id, str(entry.body.get("post"))
        before = partly.get(key)
        platforms = entry.body.get("platforms")
        again = set() if before is None else before[1] & set(_texts(platforms))
        if before is not None and again:
            networks = ", ".join(sorted(again))
            yield advise("conduct-reposts-whole-post", networks=networks), [before[0], call]
        taken, refused = _results(entry.answer)
        if taken and refused:
            partly[key] = call, taken


def on_needless_flags(journal: Journal) -> Conduct:
    """A flag for special cases is on in every call of generateJWT."""
    calls = [call for call in journal if call.entry.path.endswith(_GENERATE_JWT)]
    bodies = [call.entry.body for call in calls if isinstance(call.entry.body, dict)]
    if len(bodies) < _ALWAYS:
        return
    for flag in ("verify", "logout"):
        if all(body.get(flag) in {True, "true"} for body in bodies):
            yield advise(f"conduct-{flag}-always", f"/{flag}", count=len(bodies)), calls


RULES: Final[tuple[Callable[[Journal], Conduct], ...]] = (
    on_polling,
    on_hopeless_retries,
    on_ignored_limits,
    on_ignored_errors,
    on_churn,
    on_legacy_paths,
    on_reposting,
    on_needless_flags,
)
"""The rules over several calls; each gets the journal, oldest entry first."""


def _grouped(
    journal: Iterable[Numbered], key: Callable[[Entry], Hashable]
) -> dict[Any, list[Numbered]]:
    groups: dict[Hashable, list[Numbered]] = {}
    for call in journal:
        groups.setdefault(key(call.entry), []).append(call)
    return groups


def _runs(journal: Journal, key: Callable[[Entry], Hashable]) -> Iterator[list[Numbered]]:
    """Calls of one profile that follow each other with the same key; `None` ends a run."""
    for calls in _grouped(journal, lambda entry: entry.ref_id).values():
        for found, run in groupby(calls, lambda call: key(call.entry)):
            if found is not None:
                yield list(run)


def _read_path(entry: Entry) -> str | None:
    answered = entry.status == 200 or _is_history(entry)
    return entry.path if entry.method == "GET" and answered else None


def _is_history(entry: Entry) -> bool:
    """Whether it reads the history, which is 404 while it is empty."""
    return entry.method == "GET" and entry.path.startswith("/api/history")


def _refused_call(entry: Entry) -> Hashable:
    refused = 400 <= entry.status < 500 and entry.status not in _WORTH_RETRYING
    if (
        not refused
        or entry.fault is not None
        or _is_history(entry)
        or not entry.path.startswith("/api/")
    ):
        return None
    return entry.method, entry.path, _encode(entry.query), _encode(entry.body), entry.status


def _answer(call: Numbered) -> dict[str, Any]:
    answer = call.entry.answer
    return answer if isinstance(answer, dict) else {}


def _missing_values(entry: Entry) -> Iterator[str]:
    """Words for a missing value in a call's path, query and body."""
    yield from (part for part in entry.path.split("/") if part in _NOTHING)
    body = entry.body if isinstance(entry.body, dict) else {}
    for value in [*entry.query.values(), *body.values()]:
        if isinstance(value, str) and value in _NOTHING:
            yield quoted(value)


def _turns(before: Numbered, after: Numbered) -> bool:
    return before.entry.method != after.entry.method


def _is_of_sdk(entry: Entry) -> bool:
    body = entry.body if isinstance(entry.body, dict) else {}
    return "source" in entry.query or "source" in body


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return value.split(",")
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _results(answer: Any) -> tuple[set[str], set[str]]:
    """The networks that took a post, and those that refused it."""
    counts: dict[str, Counter[str]] = {"postIds": Counter(), "errors": Counter()}
    posts = answer.get("posts") if isinstance(answer, dict) else answer
    for post in posts if isinstance(posts, list) else [answer]:
        for name, networks in counts.items():
            results = post.get(name) if isinstance(post, dict) else None
            for result in results if isinstance(results, list) else ():
                if isinstance(result, dict) and isinstance(result.get("platform"), str):
                    networks[result["platform"]] += 1
    refused = set(counts["errors"])
    return set(counts["postIds"]) - refused, refused
