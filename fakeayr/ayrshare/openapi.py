"""The contract: where it lies, and the documents that are made of it.

`openapi.yaml` describes everything that the server has. What generators of clients cannot take
stands in words of our own there, which begin with `x-`; `strict` puts it where checks read it.
"""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from fakeayr import package_files

_OURS: Final = {"x-all-of": "allOf", "x-default": "default", "x-format": "format"}
_FOR_DISPLAY: Final = ("format", "password")
"""A format that no text violates: Schemathesis would look for one that does."""
_ONLY_HERE: Final = "x-fakeayr-only"
_CONTROL: Final = "x-control-document"
"""What the document of the control API says in place of the vendor's."""
_METHODS: Final = frozenset({"get", "put", "post", "delete", "patch"})


def path() -> Path:
    """Returns the path of `openapi.yaml`: in the package, or beside it in a checkout.

    Raises:
        FileNotFoundError: The file is missing from the installation.
    """
    here = Path(__file__).parents[1]
    for folder in (here, here.parent):
        file = folder / "openapi.yaml"
        if file.is_file():
            return file
    raise FileNotFoundError("openapi.yaml is missing from this installation of fakeayr")


def text() -> str:
    """Returns the text of `openapi.yaml`, also if a test has faked the file system.

    Raises:
        FileNotFoundError: The file is missing from the installation.
    """
    try:
        return package_files.read("openapi.yaml")
    except FileNotFoundError:
        return package_files.read("../openapi.yaml")


@cache
def document() -> Any:
    """The whole contract; do not change it.

    Raises:
        FileNotFoundError: The installation lacks it.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(text(), Loader=loader)  # noqa: S506 - a safe one


def to_yaml(part: Any) -> str:
    """A document as text without anchors, which not every tool follows."""
    written: str = yaml.dump(
        part, Dumper=_PlainDumper, sort_keys=False, allow_unicode=True, width=100
    )
    return written


class _PlainDumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _write_text(dumper: _PlainDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    )


_PlainDumper.add_representer(str, _write_text)


def split(whole: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The vendor's part of the contract, and what only the fake has.

    Each is a document of its own: with the tags, components and security schemes that its
    operations need.
    """
    shared = {name: value for name, value in whole.items() if name != _CONTROL}
    ours = {name: value for name, value in shared.items() if name != "webhooks"}
    return (
        _part(shared, lambda operation: _ONLY_HERE not in operation),
        _part({**ours, **whole[_CONTROL]}, lambda operation: _ONLY_HERE in operation),
    )


def strict(whole: dict[str, Any]) -> dict[str, Any]:
    """The contract with everything that requests and responses must keep to.

    That is `x-all-of`, `x-default` and `x-format` as JSON Schema has them, and a form beside each
    JSON body below `/api`.
    """
    changed: dict[str, Any] = _translated(whole)
    for address, item in changed["paths"].items():
        for method in _METHODS & item.keys() if address.startswith("/api/") else ():
            _add_form(item[method], changed["components"])
    return changed


def _part(whole: dict[str, Any], wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The document of the operations that are wanted, and of the webhooks if it has any."""
    paths: dict[str, Any] = {}
    operations = [item["post"] for item in whole.get("webhooks", {}).values()]
    for address, item in whole["paths"].items():
        kept = {
            name: value for name, value in item.items() if name not in _METHODS or wanted(value)
        }
        if _METHODS & kept.keys():
            paths[address] = kept
            operations += [kept[method] for method in _METHODS & kept.keys()]
    tags = {tag for operation in operations for tag in operation["tags"]}
    part = {
        **whole,
        "tags": [tag for tag in whole["tags"] if tag["name"] in tags],
        "paths": paths,
    }
    components = part.pop("components")
    needed = _needed(part, components) | {
        ("securitySchemes", name)
        for operation in [whole, *operations]
        for choice in operation.get("security", ())
        for name in choice
    }
    chosen = {
        kind: {name: value for name, value in named.items() if (kind, name) in needed}
        for kind, named in components.items()
    }
    part["components"] = {kind: named for kind, named in chosen.items() if named}
    return part


def _needed(part: dict[str, Any], components: dict[str, Any]) -> set[tuple[str, str]]:
    """The components that a part refers to, also by way of others: kind and name."""
    needed: set[tuple[str, str]] = set()
    to_read = [part]
    while to_read:
        for reference in _references(to_read.pop()):
            kind, name = reference.removeprefix("#/components/").split("/")
            if (kind, name) not in needed:
                needed.add((kind, name))
                to_read.append(components[kind][name])
    return needed


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _references(item)
    elif isinstance(node, dict):
        for name, value in node.items():
            if name == "$ref":
                yield value
            else:
                yield from _references(value)


def _translated(node: Any) -> Any:
    if isinstance(node, list):
        return [_translated(item) for item in node]
    if isinstance(node, dict):
        named = ((_OURS.get(name, name), value) for name, value in node.items())
        return {name: _translated(value) for name, value in named if (name, value) != _FOR_DISPLAY}
    return node


def _add_form(operation: dict[str, Any], components: dict[str, Any]) -> None:
    """Puts a form beside an operation's JSON body: with the fields that have to be there."""
    if "requestBody" not in operation:
        return
    body = components["requestBodies"][operation["requestBody"]["$ref"].rpartition("/")[2]]
    media = body["content"].get("application/json")
    if media is None:  # A file, or a text.
        return
    schema = components["schemas"][media["schema"]["$ref"].rpartition("/")[2]]
    form: dict[str, Any] = {"type": "object"}
    if "required" in schema:
        form["required"] = schema["required"]
        form["properties"] = {name: schema["properties"][name] for name in schema["required"]}
    body["content"]["application/x-www-form-urlencoded"] = {"schema": form}
