"""openapi.yaml is a valid document, and says what the code says: no more, no less."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import pytest
from flask import Flask
from openapi_spec_validator import validate

from fakeayr.api import (
    analytics,
    auto_schedule,
    history,
    post_body,
    posts,
    profiles,
    user,
    webhooks,
)
from fakeayr.api import media as api_media
from fakeayr.api import validate as api_validate
from fakeayr.ayrshare import errors, limits, openapi
from fakeayr.ayrshare.email import SENDER
from fakeayr.ayrshare.errors import ApiError
from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.ayrshare.plans import Plan
from fakeayr.ayrshare.posting.media import UPLOAD_URL_TYPES
from fakeayr.ayrshare.webhooks import ACTIONS
from fakeayr.contract.document import documented_errors
from fakeayr.control import accounts as control_accounts
from fakeayr.control import clock, consents, events, inspection, links
from fakeayr.control import media as control_media
from fakeayr.control import posts as control_posts
from fakeayr.control.analytics import NewAnalytics
from fakeayr.control.details import LinkDetails
from fakeayr.domain import journal
from fakeayr.domain.accounts import AccountRequest, LinkingApi, Settings
from fakeayr.domain.consents import ConsentOutcome
from fakeayr.domain.faults import FaultKind, FaultRequest
from fakeayr.domain.linking import private_keys
from fakeayr.domain.linking.request import (
    InstagramMethod,
    LinkSessionRequest,
    Mode,
    SigningRequest,
)
from fakeayr.domain.linking.sessions import SessionState
from fakeayr.domain.linking.tokens import LinkProblem
from fakeayr.domain.media import resizing, uploads
from fakeayr.domain.media.facts import MediaKind
from fakeayr.domain.media.resizing import Effects
from fakeayr.domain.notifications.outbox import State
from fakeayr.domain.posting import outcomes
from fakeayr.domain.posting.analytics_outcomes import AnalyticsOutcome
from fakeayr.domain.posting.posts import PostStatus
from fakeayr.web import development
from tests.support.accounts import Account
from tests.support.cases import each
from tests.support.contract import the_contract

CONTRACT: Final = the_contract()
DOCUMENT: Final = CONTRACT.document
COMPONENTS: Final = DOCUMENT["components"]
SCHEMAS: Final = COMPONENTS["schemas"]
EXAMPLES: Final = COMPONENTS["examples"]
METHODS: Final = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True)
class Operation:
    """An operation of the document."""

    path: str
    method: str
    spec: dict[str, Any]
    item: dict[str, Any]

    @property
    def is_vendors(self) -> bool:
        return self.path.startswith("/api/")

    @property
    def parameters(self) -> list[dict[str, Any]]:
        listed = [*self.item.get("parameters", []), *self.spec.get("parameters", [])]
        return [CONTRACT.resolve(parameter) for parameter in listed]

    def examples(self) -> Iterator[tuple[int, str]]:
        """Every error that it may answer: the HTTP status and the name of the error."""
        for status, response in self.spec["responses"].items():
            for media in CONTRACT.resolve(response).get("content", {}).values():
                for name, example in media.get("examples", {}).items():
                    if "$ref" in example:
                        assert example["$ref"] == f"#/components/examples/{name}"
                        yield int(status), name


OPERATIONS: Final = {
    item[method]["operationId"]: Operation(path, method, item[method], item)
    for path, item in DOCUMENT["paths"].items()
    for method in METHODS
    if method in item
}
OTHER_BODIES: Final = {
    "/api/post/bulk": "multipart/form-data",
    "/api/validate/json": "text/plain",
}
"""What takes no JSON."""
NEWER_PUTS: Final = {"/api/post/bulk", "/api/post/retry"}
"""Where PUT is Ayrshare's own method."""
each_operation = each(OPERATIONS)


def name_in_document(constant: str) -> str:
    """`API_KEY_NOT_VALID` is called `ApiKeyNotValid` there."""
    return "".join(part.capitalize() for part in constant.split("_"))


ERRORS: Final[dict[str, ApiError]] = {
    name_in_document(name): error
    for name, error in errors.by_name().items()
    if error not in {errors.INTERNAL_ERROR, errors.SERVICE_UNAVAILABLE}
}
"""Every error but those of a fake that fails itself: by a bug, or without its database."""
each_error = each(ERRORS)


def test_the_document_is_valid_openapi() -> None:
    validate(DOCUMENT)


def test_every_route_stands_in_the_document_and_the_other_way_round(app: Flask) -> None:
    def without_names(path: str) -> str:
        return re.sub(r"<[^>]+>|{\w+}", "{}", path)

    routed = {
        (without_names(rule.rule), method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD"}
        if CONTRACT.covers(rule.rule)
    }
    documented = {
        (without_names(operation.path), operation.method.upper())
        for operation in OPERATIONS.values()
    }
    assert routed == documented


# Errors.


def test_every_error_stands_in_the_document_and_the_other_way_round() -> None:
    assert EXAMPLES.keys() == ERRORS.keys()


@each_error
def test_an_error_reads_in_the_document_as_in_the_code(name: str, error: ApiError) -> None:
    assert EXAMPLES[name]["value"] == {
        "action": error.action,
        "status": "error",
        "code": error.code,
        "message": error.message,
    }


@each_error
def test_an_error_says_how_sure_it_is(name: str, error: ApiError) -> None:
    example = EXAMPLES[name]
    assert example.get("x-inferred", False) == (not error.code_known)
    assert example.get("x-inferred-message", False) == (not error.text_known)
    assert example.get("x-inferred-status", False) == (not error.status_known)
    if error.code >= 9000:
        assert example["x-inferred"]
        assert error.code == 9000 + error.status


@each_error
def test_the_contract_checks_read_errors_from_the_document(name: str, error: ApiError) -> None:
    read = documented_errors()[name]
    disputed = error.disputed.statuses if error.disputed else ()
    assert (read.code, read.message, set(read.disputed)) == (
        error.code,
        error.message,
        set(disputed),
    )
    assert (read.code_known, read.message_known, read.status_known) == (
        error.code_known,
        error.text_known,
        error.status_known,
    )
    assert set(read.statuses) <= {error.status, *disputed}


def test_a_documented_error_has_all_its_statuses() -> None:
    assert documented_errors()["ProfileKeyInvalid"].statuses == (400, 401, 403)
    assert documented_errors()["DomainNotValid"].statuses == (200, 400)
    assert documented_errors()["XCredentialsTwice"].statuses == (400,)


def test_every_error_is_answered_somewhere() -> None:
    """By an operation or inside its response, where no operation can say, or elsewhere.

    Elsewhere: by the page's popup, or in a webhook.
    """
    answered = {name for operation in OPERATIONS.values() for _, name in operation.examples()}
    for unrouted in DOCUMENT["x-unrouted"].values():
        content = CONTRACT.resolve(unrouted).get("content", {})
        for media in content.values():
            answered |= media["examples"].keys()
    for operation in OPERATIONS.values():
        answered |= operation.spec.get("x-within", {}).get("examples", {}).keys()
    answered |= OPERATIONS["openLinkingPage"].spec["x-popup-events"]["examples"].keys()
    answered |= DOCUMENT["webhooks"]["social"]["post"]["x-details"]["examples"].keys()
    assert answered == ERRORS.keys()


@each_operation
def test_errors_stand_under_the_status_they_are_answered_with(
    operation_id: str, operation: Operation
) -> None:
    for status, name in operation.examples():
        disputed = EXAMPLES[name].get("x-disputed", {}).get("statuses", [])
        assert status in {ERRORS[name].status, *disputed}, name


@each_operation
def test_a_disputed_status_is_documented_wherever_the_error_is(
    operation_id: str, operation: Operation
) -> None:
    answered = set(operation.examples())
    for name in {name for _, name in answered}:
        for status in EXAMPLES[name].get("x-disputed", {}).get("statuses", []):
            assert (status, name) in answered


@pytest.mark.parametrize("name", [name for name in EXAMPLES if "x-disputed" in EXAMPLES[name]])
def test_a_disputed_status_is_what_a_setting_can_choose(name: str) -> None:
    disputed = EXAMPLES[name]["x-disputed"]
    choices = SCHEMAS["AccountSettings"]["properties"][disputed["setting"]]["enum"]
    assert sorted(choices) == sorted([ERRORS[name].status, *disputed["statuses"]])


# What every operation has.


@each_operation
def test_an_operation_introduces_itself(operation_id: str, operation: Operation) -> None:
    assert operation.spec["summary"]
    assert not operation.spec["summary"].endswith(".")
    assert operation.spec["tags"]
    assert set(operation.spec["tags"]) <= {tag["name"] for tag in DOCUMENT["tags"]}


@each_operation
def test_every_call_of_the_api_is_authorized_and_limited(
    operation_id: str, operation: Operation
) -> None:
    answers = set(operation.examples())
    if operation.is_vendors:
        assert "security" not in operation.spec
        assert {
            (401, "ApiKeyNotValid"),
            (403, "ApiKeyNotValid"),
            (429, "TooManyRequests"),
        } <= answers
        assert (403, "ProfileKeyInvalid") in answers
        success = CONTRACT.resolve(operation.spec["responses"]["200"])
        assert success["headers"].keys() == {"x-ratelimit-max", "x-ratelimit-count"}
    else:
        assert "security" in operation.spec
        assert (429, "TooManyRequests") not in answers


@each_operation
def test_whoever_reads_a_body_may_find_it_unusable_or_too_large(
    operation_id: str, operation: Operation
) -> None:
    answers = set(operation.examples())
    reads = "requestBody" in operation.spec
    assert ((413, "BodyTooLarge") in answers) == reads
    if reads:
        assert (400, "InvalidParameters") in answers


@each_operation
def test_the_api_takes_forms_beside_json(operation_id: str, operation: Operation) -> None:
    content = CONTRACT.resolve(operation.spec.get("requestBody", {})).get("content", {})
    if content.keys() & OTHER_BODIES.values():
        assert OTHER_BODIES[operation.path] in content
        assert len(content) == 1
    elif content and operation.is_vendors:
        assert list(content) == ["application/json", "application/x-www-form-urlencoded"]
        body, form = (CONTRACT.resolve(media["schema"]) for media in content.values())
        assert form.get("required") == body.get("required")
        assert set(form.get("properties", {})) == set(body.get("required", []))
    elif content:
        is_file = operation.path.startswith("/_media/")
        assert list(content) == ["*/*" if is_file else "application/json"]


@each_operation
def test_what_only_the_fake_has_says_so(operation_id: str, operation: Operation) -> None:
    only_here = operation.path.startswith(("/_fakeayr/", "/_media/", "/r/"))
    assert operation.spec.get("x-fakeayr-only", False) == only_here
    assert ("fakeayr" in operation.spec["tags"]) == only_here
    servers = [server["url"] for server in operation.item.get("servers", DOCUMENT["servers"])]
    assert any(url.endswith("ayrshare.com") for url in servers) == (not only_here)


@each_operation
def test_older_spellings_are_deprecated(operation_id: str, operation: Operation) -> None:
    is_put = operation.is_vendors and operation.method == "put"
    is_older = (is_put and operation.path not in NEWER_PUTS) or operation.path in {
        "/api/upload",
        "/api/profiles/profile",
        "/api/profiles/create-profile",
        "/api/profiles/delete-profile",
        "/api/delete",
        "/api/post/checkPostWeight",
        "/api/auto-schedule/delete",
        "/api/auto-schedule/list",
        "/api/auto-schedule/set",
        "/api/set-auto-schedule",
    }
    assert operation.spec.get("deprecated", False) == is_older
    assert ("legacy" in operation.spec["tags"]) == is_older


def test_every_wrong_method_is_told_the_right_ones() -> None:
    wrong_method = CONTRACT.resolve(DOCUMENT["x-unrouted"]["wrongMethod"])
    assert CONTRACT.resolve(wrong_method["headers"]["Allow"])["required"]


# Schemas, examples and links.


RESPONSES: Final[dict[str, dict[str, Any]]] = COMPONENTS["responses"]


def objects(schema: Any, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema with properties that an answer's schema consists of."""
    schema = CONTRACT.resolve(schema)
    if "properties" in schema and "type" in schema:
        yield place, schema
    for name, inner in schema.get("properties", {}).items():
        yield from objects(inner, f"{place}/{name}")
    for inner in [*schema.get("oneOf", []), *schema.get("anyOf", [])]:
        yield from objects(inner, place)
    if "items" in schema:
        yield from objects(schema["items"], f"{place}/items")


@each(RESPONSES)
def test_answers_have_no_fields_but_the_documented_ones(
    name: str, response: dict[str, Any]
) -> None:
    for media in response.get("content", {}).values():
        for place, schema in objects(media["schema"], name):
            assert schema["additionalProperties"] is False, place
            assert set(schema.get("required", [])) <= schema["properties"].keys(), place


def written_examples() -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Every example with its schema."""
    bodies = COMPONENTS["requestBodies"].items()
    for group, body in [*bodies, *RESPONSES.items()]:
        for media in body.get("content", {}).values():
            if "example" in media:
                yield group, media["schema"], media["example"]
            for name, example in media.get("examples", {}).items():
                value = CONTRACT.resolve(example)["value"]
                yield f"{group}-{name}", media["schema"], value
    for name, schema in SCHEMAS.items():
        for example in schema.get("examples", []):
            yield name, schema, example


@each({f"{number}: {found[0]}": found for number, found in enumerate(written_examples())})
def test_examples_are_what_their_schemas_say(
    name: str, written: tuple[str, dict[str, Any], Any]
) -> None:
    _, schema, example = written
    assert [error.message for error in CONTRACT.validator(schema).iter_errors(example)] == []


@each(SCHEMAS)
def test_every_schema_can_be_compiled(name: str, schema: dict[str, Any]) -> None:
    """Compiling refuses unknown formats and references that lead nowhere."""
    CONTRACT.validator(schema).is_valid(None)


def test_the_example_works_with_the_development_account(dev: Account) -> None:
    for example in COMPONENTS["requestBodies"]["GenerateJwt"]["content"]["application/json"][
        "examples"
    ].values():
        body = example["value"]
        assert body["privateKey"] == development.private_key()
        assert dev.post("/api/profiles/generateJWT", json=body).status_code == 200


def all_links() -> Iterator[tuple[str, dict[str, Any]]]:
    for response in RESPONSES.values():
        for name, link in response.get("links", {}).items():
            yield name, CONTRACT.resolve(link)


@pytest.mark.parametrize(("name", "link"), list(all_links()))
def test_links_lead_to_parameters_and_fields_that_exist(name: str, link: dict[str, Any]) -> None:
    target = OPERATIONS[link["operationId"]]
    known = {f"{parameter['in']}.{parameter['name']}" for parameter in target.parameters}
    assert link.get("parameters", {}).keys() <= known
    for field in link.get("requestBody", {}):
        content = CONTRACT.resolve(target.spec["requestBody"])["content"]
        schema = CONTRACT.resolve(content["application/json"]["schema"])
        assert field in schema["properties"], name


def test_nothing_among_the_components_is_left_over() -> None:
    written = repr(DOCUMENT)
    for kind, named in COMPONENTS.items():
        if kind != "securitySchemes":
            unused = [name for name in named if f"'#/components/{kind}/{name}'" not in written]
            assert unused == [], kind


# Generators of clients; tests/clients/test_generators.py runs five of them.


def schemas_as_written(node: Any, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema of the document as generators read it, also those inside of others."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from schemas_as_written(item, f"{place}/{index}")
    elif isinstance(node, dict):
        yield place, node
        for name in ("items", "anyOf", "oneOf", "schema"):
            yield from schemas_as_written(node.get(name), f"{place}/{name}")
        for name, value in node.get("properties", {}).items():
            yield from schemas_as_written(value, f"{place}/{name}")


AS_WRITTEN: Final = openapi.document()["components"]
WRITTEN: Final = {
    place: schema
    for kind in ("parameters", "headers", "schemas")
    for name, node in AS_WRITTEN[kind].items()
    for place, schema in schemas_as_written(node, f"{kind}/{name}")
}


@each(WRITTEN)
def test_generators_can_take_a_schema(name: str, schema: dict[str, Any]) -> None:
    """Each of these has broken one of the five, or has cost a field its type."""
    assert not schema.keys() & {"default", "allOf", "not", "if", "readOnly", "writeOnly"}
    assert schema.get("format", "date-time") in {"date-time", "password"}
    for value in [schema.get("const"), *schema.get("enum", [])]:
        assert not isinstance(value, bool), "booleans are no constants for all of them"
    if "enum" in schema or "const" in schema:
        assert "type" in schema
    for choice in [*schema.get("anyOf", []), *schema.get("oneOf", [])]:
        assert "type" in choice or "$ref" in choice, "a choice is of types, not of patterns"


def test_no_inline_schema_takes_the_name_of_a_component() -> None:
    """Generators name it after what is around it, `settings` of `Account` `AccountSettings`."""
    components = {name.lower() for name in AS_WRITTEN["schemas"]}
    for place, schema in WRITTEN.items():
        kind, owner, *rest = place.split("/")
        if kind == "schemas" and rest and ("properties" in schema or "enum" in schema):
            words = [word for word in rest if word not in {"anyOf", "oneOf", "0", "1", "2"}]
            assert "".join([owner, *words]).lower().replace("items", "item") not in components, (
                place
            )


def test_a_body_is_of_one_media_type() -> None:
    """With a form beside it, openapi-python-client makes a client of two bodies."""
    for name, body in AS_WRITTEN["requestBodies"].items():
        (media_type,) = body["content"]
        if name == "MediaFile":
            assert media_type == "*/*"
        else:
            assert media_type in {"application/json", *OTHER_BODIES.values()}


# Facts that stand in the code, too.


def properties(schema: str) -> set[str]:
    return set(SCHEMAS[schema]["properties"])


@pytest.mark.parametrize(
    ("schema", "model"),
    [
        ("GenerateJwtRequest", SigningRequest),
        ("NewLinkSession", LinkSessionRequest),
        ("MediaUpload", api_media.UploadFields),
        ("MediaUrlCheck", api_media.MediaUrl),
        ("MediaResizing", api_media.Resizing),
        ("ImageDimensions", api_media.Dimensions),
        ("ImageEffects", Effects),
        ("MediaDeclaration", control_media.Declaration),
        ("NewProfile", profiles.NewProfile),
        ("ProfileChange", profiles.ProfileChange),
        ("ProfileDeletion", profiles.ProfileDeletion),
        ("SocialUnlinking", profiles.SocialUnlinking),
        ("WebhookRegistration", webhooks.Registration),
        ("WebhookRemoval", webhooks.Removal),
        ("SecretRotation", webhooks.Rotation),
        ("PostAnalyticsRequest", analytics.PostAnalyticsRequest),
        ("SocialAnalyticsRequest", analytics.SocialAnalyticsRequest),
        ("NewAnalytics", NewAnalytics),
        ("NewPost", post_body.PostBody),
        ("PostChange", posts.Change),
        ("YouTubeChange", posts.YouTubeChange),
        ("PostDeletion", posts.Deletion),
        ("PostRetry", posts.Retry),
        ("PostText", api_validate.LengthBody),
        ("MediaToValidate", api_validate.MediaBody),
        ("NewAutoSchedule", auto_schedule.ScheduleBody),
        ("AutoScheduleRemoval", auto_schedule.ScheduleRemoval),
        ("NewPublicationDecision", outcomes.NextPublication),
        ("NewAccount", AccountRequest),
        ("AccountChange", control_accounts.AccountChange),
        ("AccountSettings", Settings),
        ("NewLink", links.LinkRequest),
        ("LinkDetails", LinkDetails),
        ("ClockAdvance", clock.Advance),
        ("NewConsent", consents.ConsentRequest),
        ("NewXApp", consents.XAppRequest),
        ("NewEvent", events.EventRequest),
        ("NewFault", FaultRequest),
        ("Inspection", inspection.Inspection),
    ],
)
def test_bodies_have_the_fields_that_are_read(schema: str, model: type[msgspec.Struct]) -> None:
    assert properties(schema) == set(model.__struct_encode_fields__)
    required = {field.encode_name for field in msgspec.structs.fields(model) if field.required}
    assert set(SCHEMAS[schema].get("required", [])) == required


@pytest.mark.parametrize(
    ("operation", "model"),
    [
        ("getProfiles", profiles.ProfileQuery),
        ("getUploadUrl", api_media.UploadUrlQuery),
        ("getMediaMeta", api_media.MediaUrl),
        ("getUser", user.UserQuery),
        ("getPost", posts.PostQuery),
        ("getHistory", history.HistoryQuery),
        ("getAutoSchedules", auto_schedule.ScheduleQuery),
        ("getPosts", control_posts.PostsQuery),
        ("getWebhooks", webhooks.WebhookQuery),
    ],
)
def test_queries_have_the_parameters_that_are_read(
    operation: str, model: type[msgspec.Struct]
) -> None:
    assert queried(operation) == set(model.__struct_encode_fields__)


def test_the_history_of_a_post_and_of_a_network_have_theirs_together() -> None:
    models = (history.PostHistoryQuery, analytics.PlatformHistoryQuery)
    read = {name for model in models for name in model.__struct_encode_fields__}
    assert queried("getHistoryOfPost") == read


def queried(operation: str) -> set[str]:
    parameters = OPERATIONS[operation].parameters
    return {parameter["name"] for parameter in parameters if parameter["in"] == "query"}


@pytest.mark.parametrize(
    ("schema", "values"),
    [
        (SCHEMAS["Network"], NETWORKS),
        (SCHEMAS["Plan"], Plan),
        (SCHEMAS["Age"], LinkingApi),
        (SCHEMAS["KeyBits"], private_keys.KEY_BITS),
        (SCHEMAS["WebhookAction"], ACTIONS),
        (SCHEMAS["UploadContentType"], UPLOAD_URL_TYPES),
        (SCHEMAS["MediaKind"], MediaKind),
        (SCHEMAS["MediaResizing"]["properties"]["mode"], resizing.ResizeMode),
        (SCHEMAS["OutboxState"], State),
        (SCHEMAS["PostStatus"], PostStatus),
        (SCHEMAS["PublicationOutcome"], outcomes.PublicationOutcome),
        (SCHEMAS["LinkSession"]["properties"]["state"], SessionState),
        (SCHEMAS["NewLinkSession"]["properties"]["mode"], [*Mode, None]),
        (SCHEMAS["InstagramLinkMethod"], [*InstagramMethod, None]),
        (SCHEMAS["NewConsent"]["properties"]["outcome"], ConsentOutcome),
        (SCHEMAS["NewEvent"]["properties"]["type"], events.EventKind),
        (SCHEMAS["NewFault"]["properties"]["kind"], FaultKind),
        (SCHEMAS["NewAnalytics"]["properties"]["outcome"], [*AnalyticsOutcome, None]),
        (SCHEMAS["BadLink"]["properties"]["reason"], LinkProblem),
    ],
)
def test_lists_of_words_are_complete(schema: dict[str, Any], values: Any) -> None:
    assert schema["enum"] == list(values)


def test_linked_accounts_need_the_fields_of_their_network() -> None:
    """Ayrshare leaves some out now and then; `x` promises what is always there."""
    sometimes = {
        "gmb": {"id", "profileUrl"},
    }
    required: dict[str, set[str]] = {}
    for branch in SCHEMAS["DisplayName"]["allOf"][0]["oneOf"]:
        platform = branch["properties"]["platform"]
        for network in platform.get("enum", [platform.get("const")]):
            required[network] = set(branch.get("required", []))
    assert required == {
        name: set(network.fields) - sometimes.get(name, set()) for name, network in NETWORKS.items()
    }


def test_limits_are_those_of_the_code() -> None:
    minutes = SCHEMAS["Minutes"]
    assert (minutes["minimum"], minutes["maximum"]) == (
        limits.EXPIRES_IN_MIN_MINUTES,
        limits.EXPIRES_IN_MAX_MINUTES,
    )
    page = COMPONENTS["parameters"]["Limit"]["schema"]
    assert page["maximum"] == page["default"] == limits.PROFILES_PAGE_MAX
    days = COMPONENTS["parameters"]["ActionLog"]["schema"]["oneOf"][1]
    assert days["maximum"] == limits.ACTION_LOG_MAX_DAYS
    calls = COMPONENTS["headers"]["RateLimitMax"]["schema"]
    assert calls["const"] == limits.RATE_LIMIT_REQUESTS
    sides = SCHEMAS["ImageDimensions"]["properties"]
    assert sides["width"]["maximum"] == sides["height"]["maximum"] == resizing.LONGEST_SIDE
    assert SCHEMAS["MediaGallery"]["maxItems"] == uploads.ACCOUNT_MAX_FILES
    assert SCHEMAS["Journal"]["properties"]["requests"]["maxItems"] == journal.KEPT
    assert SCHEMAS["Email"]["properties"]["from"]["const"] == SENDER
    assert SCHEMAS["NewPost"]["properties"]["profileKeys"]["maxItems"] == post_body.MOST_PROFILES
    assert SCHEMAS["BulkPosts"]["properties"]["posts"]["maxItems"] == posts.MOST_ROWS
    assert SCHEMAS["Publications"]["properties"]["publications"]["maxItems"] == outcomes.MOST_KEPT


def test_webhooks_say_what_the_document_says(account: Account) -> None:
    """What leaves the fake is no answer, so the harness does not see it."""
    profile = account.create_profile()["profileKey"]
    for action in ("social", "suspended", "scheduled"):
        registration = {"action": action, "url": "https://receiver.invalid/"}
        assert account.post("/api/hook/webhook", json=registration).status_code == 200
    account.link("linkedin", profile)
    for event in (
        {"type": "near-expiry", "platform": "linkedin"},
        {"type": "revoke", "platform": "linkedin"},
        {"type": "suspend"},
    ):
        caused = account.post("/_fakeayr/events", json={"profileKey": profile, **event})
        assert caused.status_code == 200
    for network in ("facebook", "tiktok"):
        account.link(network)
    post = {
        "post": "Fresh bread",
        "platforms": ["facebook", "threads", "tiktok"],
        "mediaUrls": ["https://img.example/bread.mp4"],
        "scheduleDate": "2022-11-02T02:03:42Z",
        "validateScheduled": False,
    }
    assert account.post("/api/post", json=post).status_code == 200
    assert account.post("/_fakeayr/clock", json={"advance": 7_200}).status_code == 200
    left = account.get("/_fakeayr/webhooks").get_json()["webhooks"]
    actions = [item["action"] for item in left]
    assert actions == [*["social"] * 3, "suspended", *["social"] * 2, *["scheduled"] * 2]
    for item in left:
        operation = DOCUMENT["webhooks"][item["action"]]["post"]
        body = CONTRACT.resolve(operation["requestBody"])
        validator = CONTRACT.validator(body["content"]["application/json"]["schema"])
        sent = msgspec.json.decode(item["body"])
        assert [error.message for error in validator.iter_errors(sent)] == []
        assert sent.get("subAction") == ("tikTokPublished" if item is left[-1] else None)
