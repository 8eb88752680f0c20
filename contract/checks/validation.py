"""/validate: what it finds, and that it posts nothing."""

from typing import Any, Final

from fakeayr.contract.checks import check
from fakeayr.contract.expectations import (
    about,
    expect,
    expect_fields,
    expect_refusal,
    expect_success,
)
from fakeayr.contract.post_responses import errors_of, expect_error
from fakeayr.contract.posts import LIMITS
from fakeayr.contract.server import Answer
from fakeayr.contract.session import NOT_SERVED, ContractSession

_FINE: Final = (
    "No validation issues were found with this post. This is only an Ayrshare validation test and "
    "the post may still return an error by the social networks."
)
_NICE: Final = "Valid JSON. Nice Job!"
_TEXT: Final = {"Content-Type": "text/plain"}
_LIMITS: Final = {network: limit for network, limit in LIMITS.items() if network != "tiktok"}
_LENGTH_PATHS: Final = ("/validate/postLength", "/post/checkPostWeight")


@check("validate.post")
def a_good_post_is_found_good(session: ContractSession) -> None:
    """POST /validate/post finds nothing wrong with a good post, and posts nothing."""
    profile = session.create_profile()
    body: dict[str, Any] = {"post": "Fresh bread.", "platforms": ["linkedin", "facebook"]}
    answer = session.call("POST", "/validate/post", profile_key=profile.key, body=body)
    expect_success(answer, message=_FINE)
    warnings = answer.fields.get("warnings")
    expect(isinstance(warnings, list) and warnings, "nothing is linked, and no warning", answer)
    for warning in warnings or []:
        expect_error(answer, warning, "NetworkNotLinkedYet")
    expect(len(warnings or []) == 2, "not every network has a warning", answer)
    history = session.call("GET", "/history", profile_key=profile.key, query={"lastDays": 0})
    expect(history.status == 400, "a post was made", history)


@check("validate.post", needs_linking=True)
def linked_networks_have_no_warning(session: ContractSession) -> None:
    """POST /validate/post warns of no network that is linked."""
    author = session.posts.profile
    body: dict[str, Any] = {"post": "Fresh rolls.", "platforms": ["linkedin", "facebook"]}
    answer = session.call("POST", "/validate/post", profile_key=author.key, body=body)
    expect_fields(answer, message=_FINE)
    expect(not answer.fields.get("warnings"), "there are warnings", answer)


@check("validate.problems")
def what_is_no_post_is_found_bad(session: ContractSession) -> None:
    """POST /validate/post refuses bodies that are no posts."""
    key = session.profile.key
    bodies: tuple[dict[str, Any], ...] = (
        {},
        {"post": "x"},
        {"platforms": ["facebook"]},
        {"post": "x", "platforms": ["x"]},
        {"post": "x", "platforms": ["facebook"], "mediaUrls": ["http://x.example/a.jpg"]},
    )
    for body in bodies:
        with about(str(body)):
            refused = session.call("POST", "/validate/post", profile_key=key, body=body)
            expect_refusal(refused, status=400)


@check("validate.problems")
def a_long_text_is_found_bad(session: ContractSession) -> None:
    """POST /validate/post finds texts that are too long for a linked network."""
    account = session.posts.account
    for network in account.among(*_LIMITS):
        whole = session.posts.body([network])
        for length, is_good in ((_LIMITS[network], True), (_LIMITS[network] + 1, False)):
            body = {**whole, "post": "a" * length}
            answer = session.call("POST", "/validate/post", body=body)
            if is_good:
                expect(answer.status == 200, f"{length} characters are too long", answer)
            else:
                _expect_found(answer, "PostTooLong")


def _expect_found(answer: Answer, error: str) -> None:
    expect_refusal(answer, status=400)
    found = errors_of(answer)
    expect(found, "there is no error", answer)
    expect_error(answer, found[0], error)


@check("validate.json")
def json_is_validated(session: ContractSession) -> None:
    """POST /validate/json distinguishes JSON from what is none."""
    for text in ('{"post": "bread", "platforms": ["facebook"]}', "[1, 2]"):
        answer = session.call("POST", "/validate/json", raw=text.encode(), headers=_TEXT)
        expect_success(answer, "good JSON is refused", message=_NICE)
    for text in ('{"post": "bread"', "bread", "{'post': 'bread'}"):
        answer = session.call("POST", "/validate/json", raw=text.encode(), headers=_TEXT)
        expect(answer.fields.get("message") != _NICE, f"{text} is valid", answer)
        expect(answer.fields.get("status") != "success", f"{text} is a success", answer)


@check("validate.length")
def the_length_of_a_text_is_weighed(session: ContractSession) -> None:
    """POST /validate/postLength returns limits and weights, in its older spelling, too."""
    for path in _LENGTH_PATHS:
        edges = sorted({length for limit in _LIMITS.values() for length in (limit, limit + 1)})
        for text in ("Fresh bread", *("a" * length for length in edges)):
            answer = session.call("POST", path, body={"post": text})
            if path != _LENGTH_PATHS[0] and answer.status in NOT_SERVED:
                break
            expect(answer.status == 200, f"{path} is refused", answer)
            told = {name.lower(): value for name, value in answer.fields.items()}
            limits = told.get("maxcharlimits")
            expect(isinstance(limits, dict), "there are no maxCharLimits", answer)
            known = {name.lower(): value for name, value in (limits or {}).items()}
            for network, limit in _LIMITS.items():
                expect(known.get(network) == limit, f"{network}'s limit is another", answer)
                is_valid = told.get(f"{network}valid")
                fits = len(text) <= limit
                expect(is_valid is fits, f"{network}Valid is {is_valid}", answer)
                weight = told.get(f"{network}weightedlength")
                expect(weight == len(text), f"{network}WeightedLength is {weight}", answer)
    for body in ({}, {"post": 7}):
        answer = session.call("POST", _LENGTH_PATHS[0], body=body)
        expect(answer.status == 400, f"{body} is not refused with 400", answer)
