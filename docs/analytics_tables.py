"""What `docs.tables` makes of the fields of analytics: schemas of openapi.yaml, and tables."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from fakeayr.ayrshare.posting.analytics import (
    ACCOUNT_FIELDS,
    DAILY,
    HISTORY_FIELDS,
    LIFETIME_FIELDS,
    POST_FIELDS,
    SIXTY_DAYS_FIELDS,
    Field,
    Fixed,
    Kind,
    Rows,
)
from fakeayr.domain.posting.insights import daily_fields

_TYPES: Final[dict[Kind, str]] = {
    Kind.COUNT: "{$ref: '#/components/schemas/Count'}",
    Kind.NUMBER: "{type: number, minimum: 0}",
    Kind.TEXT: "{type: string}",
    Kind.DATE: "{$ref: '#/components/schemas/Instant'}",
    Kind.FLAG: "{type: boolean}",
    Kind.TEXTS: "{type: array, items: {type: string}}",
}

_Tree = dict[str, Any]
"""Fields by name; an object is another tree."""


def schemas() -> Iterator[str]:
    """The schemas of the responses, and of what each network reports."""
    reports = {
        network: [_reference(f"{network.capitalize()}PostReport{end}") for end in ("", "s")]
        for network in POST_FIELDS
    }
    yield from _response("PostAnalytics", {"id": ["{type: string}"], **reports})
    accounts = {
        network: [_reference(f"{network.capitalize()}AccountReport")] for network in ACCOUNT_FIELDS
    }
    yield from _response("SocialAnalytics", accounts)
    yield "    PlatformPost:"
    yield "      description: A post on the network, or an error in its place."
    yield "      anyOf:"
    for network in HISTORY_FIELDS:
        yield f"        - {_reference(f'{network.capitalize()}HistoryRow')}"
    yield f"        - {_reference('AnalyticsError')}"
    for network, fields in POST_FIELDS.items():
        name = network.capitalize()
        yield from _schema(f"{name}PostAnalytics", f"What {network} reports of a post.", fields)
        yield from _report(f"{name}PostReport", f"{name}PostAnalytics", of_post=True)
        yield f"    {name}PostReports:"
        yield "      type: array"
        yield "      minItems: 1"
        yield f"      items: {_reference(f'{name}PostReport')}"
    for network in ACCOUNT_FIELDS:
        name = network.capitalize()
        about = f"What {network} reports of an account."
        yield from _schema(f"{name}AccountAnalytics", about, *_account_fields(network))
        if network in DAILY:
            yield "        daily:"
            yield "          type: array"
            yield f"          items: {_reference(f'{name}AccountDay')}"
            yield from _schema(
                f"{name}AccountDay", "One day of it.", [_DATE, *daily_fields(network)]
            )
        yield from _report(f"{name}AccountReport", f"{name}AccountAnalytics", of_post=False)
    for network, fields in HISTORY_FIELDS.items():
        name = network.capitalize()
        numbers = [one for one in fields if one.is_number]
        words = [one for one in fields if not one.is_number]
        yield from _schema(f"{name}HistoryRow", f"A post on {network}.", words, numbers)


def _reference(name: str) -> str:
    return f"{{$ref: '#/components/schemas/{name}'}}"


def _response(name: str, properties: dict[str, list[str]]) -> Iterator[str]:
    """A response whose properties have one of several schemas."""
    yield f"    {name}:"
    yield "      type: object"
    yield "      additionalProperties: false"
    yield "      required: [status]"
    yield "      properties:"
    yield f"        status: {_reference('AnalyticsStatus')}"
    for field, choices in properties.items():
        if len(choices) == 1:
            yield f"        {field}: {choices[0]}"
        else:
            yield f"        {field}:"
            yield "          anyOf:"
            yield from (f"            - {choice}" for choice in choices)
    yield f"        errors: {_reference('AnalyticsErrors')}"


def _account_fields(network: str) -> tuple[list[Field], list[Field]]:
    """The fields that are always there, and those that depend on what was asked."""
    fields = list(ACCOUNT_FIELDS[network])
    if network == "tiktok":
        always = [one for one in fields if one.name in SIXTY_DAYS_FIELDS]
        return always, [one for one in fields if one not in always]
    return fields, list(LIFETIME_FIELDS.get(network, ()))


_DATE: Final = Field("date", Fixed("2026-11-29"))


def _schema(
    name: str, about: str, fields: Sequence[Field], optional: Sequence[Field] = ()
) -> Iterator[str]:
    yield f"    {name}:"
    yield f"      description: {about}"
    yield from _object(6, _tree([*fields, *optional]), {one.name for one in optional})


def _tree(fields: Sequence[Field]) -> _Tree:
    tree: _Tree = {}
    for one in fields:
        *parents, name = one.path
        inner = tree
        for parent in parents:
            inner = inner.setdefault(parent, {})
        inner[name] = one
    return tree


def _object(indent: int, tree: _Tree, optional: set[str]) -> Iterator[str]:
    """A closed object; fields of one medium only and `optional` ones are not required."""
    margin = " " * indent
    yield f"{margin}type: object"
    yield f"{margin}additionalProperties: false"
    required = [name for name, held in tree.items() if _is_certain(held, optional)]
    if required:
        yield f"{margin}required:"
        yield from (f"{margin}  - {name}" for name in required)
    yield f"{margin}properties:"
    for name, held in tree.items():
        if isinstance(held, dict):
            yield f"{margin}  {name}:"
            yield from _object(indent + 4, held, optional)
        elif isinstance(held.holds, Rows):
            yield f"{margin}  {name}:"
            yield from _list(indent + 4, held.holds)
        elif held.inferred:
            yield f"{margin}  {name}: {{x-inferred: true, {_TYPES[held.kind][1:]}"
        else:
            yield f"{margin}  {name}: {_TYPES[held.kind]}"


def _is_certain(held: _Tree | Field, optional: set[str]) -> bool:
    """Whether a field, or something of an object, is in every response."""
    if isinstance(held, dict):
        return any(_is_certain(one, optional) for one in held.values())
    return held.medium is None and held.name not in optional


def _list(indent: int, held: Rows) -> Iterator[str]:
    margin = " " * indent
    yield f"{margin}type: array"
    yield f"{margin}items:"
    yield f"{margin}  type: object"
    yield f"{margin}  additionalProperties: false"
    yield f"{margin}  required: [{', '.join(held.rows[0])}]"
    yield f"{margin}  properties:"
    for name, value in held.rows[0].items():
        yield f"{margin}    {name}: {{type: {'number' if isinstance(value, float) else 'string'}}}"


def _report(name: str, analytics: str, *, of_post: bool) -> Iterator[str]:
    yield f"    {name}:"
    yield "      type: object"
    yield "      additionalProperties: false"
    wanted = ["id"] if of_post else []
    yield f"      required: [{', '.join([*wanted, 'analytics', 'lastUpdated', 'nextUpdate'])}]"
    yield "      properties:"
    if of_post:
        yield "        id: {type: string}"
        yield "        postUrl: {type: string}"
    yield f"        analytics: {_reference(analytics)}"
    for instant in ("lastUpdated", "nextUpdate"):
        yield f"        {instant}: {_reference('InstantWithMilliseconds')}"


def tables() -> Iterator[str]:
    """The tables of docs/analytics.md: the fields of each network."""
    for title, networks in {
        "Of a post (POST /analytics/post)": POST_FIELDS,
        "Of an account (POST /analytics/social)": ACCOUNT_FIELDS,
        "In a history (GET /history/:platform)": HISTORY_FIELDS,
    }.items():
        yield f"### {title}"
        yield ""
        yield "| network | fields |"
        yield "|---|---|"
        for network, fields in networks.items():
            yield f"| `{network}` | {', '.join(_shown(one) for one in fields)} |"
        yield ""


def _shown(one: Field) -> str:
    marks = "¹" if one.inferred else "²" if one.medium is not None else ""
    return f"`{one.name}`{marks}"
