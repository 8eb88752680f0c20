"""Writes the tables that stand in documents but come from the data: `./dev docs`.

A document marks where a block begins and ends; what stands between is replaced.
"""

import difflib
import inspect
import json
import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Sequence, Set
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
import yaml

from docs import analytics_tables, posting_tables
from fakeayr.ayrshare import errors
from fakeayr.ayrshare.errors import ApiError
from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.ayrshare.posting.media import CONTENT_TYPES
from fakeayr.ayrshare.posting.networks import (
    CONVERTED,
    GB,
    KB,
    MB,
    POSTING,
    Counting,
    MediaLimits,
    PostingNetwork,
)
from fakeayr.ayrshare.posting.options import OPTIONS
from fakeayr.domain.accounts import Settings
from fakeayr.domain.advice.catalogue import GROUPS
from fakeayr.domain.advice.rows import Row

ROOT: Final = Path(__file__).parents[1]
_LINE: Final = 100
_INFERRED: Final = " \\*"
_UNITS: Final = {
    Counting.CHARACTERS: "",
    Counting.GRAPHEMES: " graphemes",
    Counting.WEIGHTED: " weighted",
}


def inferred_errors() -> Iterator[str]:
    """The table of docs/inferred.md: what is not Ayrshare's in each error."""
    yield "| code | status | message | made up |"
    yield "|---|---|---|---|"
    for error in sorted(errors.by_name().values(), key=lambda error: (error.code, error.message)):
        known = {"code": error.code_known, "status": error.status_known, "words": error.text_known}
        made_up = ", ".join(part for part, is_known in known.items() if not is_known)
        if made_up:
            yield f"| {error.code} | {error.status} | {error.message} | {made_up} |"


def settings() -> Iterator[str]:
    """The table of docs/settings.md: every setting of an account with its default."""
    yield "| setting | default | what it does |"
    yield "|---|---|---|"
    for name, default in msgspec.to_builtins(Settings()).items():
        yield f"| `{name}` | `{json.dumps(default)}` | {_sentences()[name]} |"


def error_examples() -> Iterator[str]:
    """The examples of openapi.yaml: every error that an operation documents."""
    for constant, error in errors.by_name().items():
        if error.summary is None:
            continue
        name = "".join(part.capitalize() for part in constant.split("_"))
        yield f"    {name}:"
        yield f"      summary: {error.summary}"
        yield from _flags(error)
        yield "      value:"
        yield f"        action: {error.action}"
        yield "        status: error"
        yield f"        code: {error.code}"
        yield from _text(8, "message", error.message)


def post_limits() -> Iterator[str]:
    """A table of docs/post-limits.md: what each network takes in a post."""
    yield "| network | text | hashtags | mentions | images | videos | required |"
    yield "|---|---|---|---|---|---|---|"
    for name, row in POSTING.items():
        more = f"; {row.longer_with[1]:,} with `{row.longer_with[0]}`" if row.longer_with else ""
        if row.media_text_kept is not None:
            more += f"; cut after {row.media_text_kept:,} with media"
        cells = {
            "text_limit": f"{row.text_limit:,}{_UNITS[row.counting]}{more}",
            "max_hashtags": _number(row.max_hashtags),
            "max_mentions": _number(row.max_mentions),
            "max_images": str(row.max_images),
            "max_videos": str(row.max_videos),
            "required": ", ".join(_required(name, row)) or "-",
        }
        yield f"| {NETWORKS[name].display_name} | {' | '.join(_marked(row, cells))} |"


def posting_rules() -> Iterator[str]:
    """A table of docs/post-limits.md: what else differs between networks."""
    yield (
        "| network | texts may be repeated | images with videos "
        "| deleted by API | first comment | id |"
    )
    yield "|---|---|---|---|---|---|"
    for name, row in POSTING.items():
        deletable = f"no image with `{row.undeletable_with}`" if row.undeletable_with else "yes"
        cells = {
            "duplicates_allowed": "yes" if row.duplicates_allowed else "no",
            "mixes_media": "yes" if row.mixes_media else "no",
            "deletable": deletable if row.deletable else "no",
            "first_comment_seconds": _after(row.first_comment_seconds),
            "pending_seconds": _after(row.pending_seconds) if row.pending_seconds else "at once",
        }
        yield f"| {NETWORKS[name].display_name} | {' | '.join(_marked(row, cells))} |"


def post_quotas() -> Iterator[str]:
    """A table of docs/post-limits.md: how many posts networks take."""
    yield "| network | in 24 hours | in a minute | which posts |"
    yield "|---|---|---|---|"
    for name, row in POSTING.items():
        if row.quota is not None:
            minute = _number(row.quota.per_minute)
            which = "all" if row.quota.option is None else f"those with `{row.quota.option}`"
            yield f"| {NETWORKS[name].display_name} | {row.quota.daily} | {minute} | {which} |"


def media_limits() -> Iterator[str]:
    """A table of docs/post-limits.md: the limits of images, videos and documents."""
    yield "| network | media | types | limits | code |"
    yield "|---|---|---|---|---|"
    for name, row in POSTING.items():
        kinds = {"image": row.image, "gif": row.gif, "video": row.video, "document": row.document}
        shown = {kind: (kind, limits) for kind, limits in kinds.items() if limits is not None}
        for option, limits in row.video_with.items():
            shown[f"video with `{option}`"] = ("video_with", limits)
        for kind, (fact, limits) in shown.items():
            types = ", ".join(_extensions(limits.types))
            marked = kind + (_INFERRED if fact in row.inferred else "")
            bounds = ", ".join(_bounds(limits)) or "-"
            display_name = NETWORKS[name].display_name
            yield f"| {display_name} | {marked} | {types} | {bounds} | {limits.error.code} |"


def settings_schema() -> Iterator[str]:
    """The properties of the schema AccountSettings in openapi.yaml."""
    (schema,) = msgspec.json.schema_components([Settings])[1].values()
    for name, sentence in _sentences().items():
        yield f"        {name}:"
        yield from _text(10, "description", sentence)
        yield from _typed(schema["properties"][name])


def advice() -> Iterator[str]:
    """The catalogue in docs/advice.md: every piece of advice.

    What most entries of a chapter share stands once, above them.
    """
    for title, rows in GROUPS.items():
        yield ""
        yield f"## {title}"
        effect = _shared([_effect(row) for row in rows])
        right = _shared([row.right for row in rows])
        if effect:
            yield ""
            yield from textwrap.wrap(f"Unless an entry says otherwise: {effect}", _LINE)
        if right:
            yield ""
            yield "```text"
            yield from _example("right", right)
            yield "```"
        for row in rows:
            yield from _piece(row, without={effect, right})
    yield ""


def _shared(texts: Sequence[str]) -> str | None:
    """The text that more than half of the texts are."""
    text, times = Counter(texts).most_common(1)[0]
    return text if times > len(texts) / 2 else None


def _piece(row: Row, *, without: Set[str | None]) -> Iterator[str]:
    headline, seen, do = (_show_gaps(row, text) for text in (row.headline, row.seen, row.do))
    yield ""
    yield f"### {row.name}"
    yield ""
    yield from textwrap.wrap(f"**{headline}** ({row.sureness}). {seen}", _LINE)
    yield ""
    if _effect(row) not in without:
        yield from textwrap.wrap(_effect(row), _LINE)
        yield ""
    yield from textwrap.wrap(do, _LINE)
    yield ""
    yield "```text"
    yield from _example("wrong", row.wrong)
    if row.right not in without:
        yield from _example("right", row.right)
    yield "```"
    exceptions = " ".join(_exceptions(row))
    if exceptions:
        yield ""
        yield from textwrap.wrap(exceptions, _LINE)


def _example(word: str, text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield f"{word:7}{line}"
        word = ""


def _show_gaps(row: Row, text: str) -> str:
    return text.format_map({gap: f"*{gap}*" for gap in row.gaps})


def _effect(row: Row) -> str:
    """What Ayrshare does, the fact behind it, and how well that is known."""
    return f"{_show_gaps(row, row.so)} {row.fact[0].upper()}{row.fact[1:]} ({row.basis})."


def _exceptions(row: Row) -> Iterator[str]:
    """When to allow a piece and its false alarms, if they are not the usual ones."""
    usual = {field.name: field.default for field in msgspec.structs.fields(Row)}
    if row.allow != usual["allow"]:
        yield f"Allow it: {row.allow}"
    if row.false_alarms != usual["false_alarms"]:
        yield f"False alarms: {row.false_alarms}"


BLOCKS: Final[dict[Path, dict[str, Callable[[], Iterator[str]]]]] = {
    ROOT / "docs" / "advice.md": {"advice": advice},
    ROOT / "docs" / "inferred.md": {"errors": inferred_errors},
    ROOT / "docs" / "post-limits.md": {
        "texts": post_limits,
        "quotas": post_quotas,
        "media": media_limits,
        "rules": posting_rules,
    },
    ROOT / "docs" / "settings.md": {"settings": settings},
    ROOT / "docs" / "analytics.md": {"fields": analytics_tables.tables},
    ROOT / "openapi.yaml": {
        "settings": settings_schema,
        "options": posting_tables.options_schemas,
        "option fields": posting_tables.options_fields,
        "analytics": analytics_tables.schemas,
        "errors": error_examples,
    },
}
"""What is generated, by document and by the name of the block."""


def written(document: Path) -> str:
    """A document's text with its blocks made anew.

    Raises:
        ValueError: The document does not have a block's marks exactly once.
    """
    text = document.read_text("utf-8")
    for name, block in BLOCKS[document].items():
        marked = re.compile(
            rf"(?P<origin> generated: {name} [^\n]*\n).*?(?P<end>[^\n]*end of generated: {name}\b)",
            re.DOTALL,
        )
        lines = "".join(f"{line}\n" for line in block())
        text, found = marked.subn(partial(_replaced, lines), text)
        if found != 1:
            raise ValueError(f"{document} must mark the block {name} once, not {found} times.")
    return text


def stale(document: Path) -> str:
    """What differs between a document and what it would be; empty if it is up to date."""
    before, now = document.read_text("utf-8"), written(document)
    lines = difflib.unified_diff(before.splitlines(), now.splitlines(), document.name, "data", n=1)
    return "\n".join(lines)


def _replaced(lines: str, block: re.Match[str]) -> str:
    return block["origin"] + lines + block["end"]


def _marked(row: PostingNetwork, cells: dict[str, str]) -> Iterator[str]:
    """Cells by the field that they show, with a mark on what is not Ayrshare's."""
    for fact, cell in cells.items():
        yield cell + (_INFERRED if fact in row.inferred else "")


def _number(limit: int | None) -> str:
    return "-" if limit is None else f"{limit:,}"


def _required(name: str, row: PostingNetwork) -> Iterator[str]:
    if row.needs_media:
        yield "media"
    for option in row.required:
        condition = " with a video" if option.only_with_video else ""
        yield f"`{OPTIONS[name].name}.{option.name}`{condition}"


def _after(seconds: int | None) -> str:
    return "-" if seconds is None else f"after {seconds} seconds"


def _extensions(types: frozenset[str]) -> list[str]:
    """The usual extensions of content types, without those of images that are converted."""
    usual: dict[str, str] = {}
    for extension, kind in sorted(CONTENT_TYPES.items(), key=lambda pair: len(pair[0])):
        usual.setdefault(kind, extension)
    return sorted(usual[kind] for kind in types - CONVERTED if kind in usual)


def _bounds(limits: MediaLimits) -> Iterator[str]:
    units = {
        "bytes": "",
        "width": " pixels wide",
        "height": " pixels high",
        "aspect": " width by height",
        "pixels": " pixels",
        "seconds": " seconds",
    }
    for name, unit in units.items():
        if (allowed := getattr(limits, name)) is not None:
            low, high = (_size(it) if name == "bytes" else _amount(it) for it in allowed)
            if not allowed[0]:
                yield f"up to {high}{unit}"
            elif allowed[1] == float("inf"):
                yield f"from {low}{unit}"
            else:
                yield f"{low} to {high}{unit}"


def _amount(count: float) -> str:
    return f"{count:.3g}" if count < 100 else f"{count:,.0f}"


def _size(count: float) -> str:
    units = {"GB": GB, "MB": MB, "KB": KB}
    name, unit = next((it for it in units.items() if count >= it[1]), ("bytes", 1))
    return f"{count / unit:g} {name}"


def _sentences() -> dict[str, str]:
    """What the docstring of `Settings` says of each setting, by its name on the wire."""
    documented = inspect.getdoc(Settings).partition("Attributes:\n")[2]
    said = {
        name: " ".join(text.split())
        for name, text in re.findall(r"^    (\w+): (.*(?:\n {8}.*)*)", documented, re.M)
    }
    return {field.encode_name: said[field.name] for field in msgspec.structs.fields(Settings)}


def _flags(error: ApiError) -> Iterator[str]:
    if not error.code_known:
        yield "      x-inferred: true"
    if not error.text_known:
        yield "      x-inferred-message: true"
    if not error.status_known:
        yield "      x-inferred-status: true"
    if error.disputed is not None:
        yield "      x-disputed:"
        yield f"        setting: {error.disputed.setting}"
        yield f"        statuses: {list(error.disputed.statuses)}"


def _text(indent: int, name: str, text: str) -> Iterator[str]:
    """A field with a text, folded where it is long, in quotes where YAML needs them."""
    margin = " " * indent
    plain = f"{name}: {text}"
    if len(margin + plain) > _LINE:
        yield f"{margin}{name}: >-"
        yield from textwrap.wrap(
            text,
            _LINE,
            initial_indent=f"{margin}  ",
            subsequent_indent=f"{margin}  ",
            break_on_hyphens=False,
            break_long_words=False,
        )
    elif _is_read_as(plain, {name: text}):
        yield margin + plain
    else:
        quoted = text.replace("'", "''")
        yield f"{margin}{name}: '{quoted}'"


def _is_read_as(line: str, value: Any) -> bool:
    try:
        return bool(yaml.safe_load(line) == value)
    except yaml.YAMLError:
        return False


def _typed(schema: dict[str, Any]) -> Iterator[str]:
    """A setting's schema without its default, an alternative of null as a second type."""
    alternatives = schema.get("anyOf", [schema])
    rules = {name: rule for it in alternatives for name, rule in it.items() if name != "default"}
    types = [it["type"] for it in alternatives if "type" in it]
    if "enum" in rules:
        types = ["integer" if isinstance(rules["enum"][0], int) else "string"]
    shown = types[0] if len(types) == 1 else f"[{', '.join(_quoted(it) for it in types)}]"
    yield f"          type: {shown}"
    for name, rule in rules.items():
        if name == "items":
            yield "          items:"
            yield f"            type: {rule['type']}"
            yield "            examples: *networks"
        elif name == "enum":
            yield f"          enum: [{', '.join(map(str, rule))}]"
        elif name != "type":
            yield f"          {name}: {rule}"


def _quoted(kind: str) -> str:
    return "'null'" if kind == "null" else kind


if __name__ == "__main__":
    for file in BLOCKS:
        file.write_text(written(file), "utf-8")
