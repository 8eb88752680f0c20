"""Reading and writing YAML."""

from typing import Any

import yaml


class OneLine(dict[str, Any]):
    """A mapping that takes one line of the text: what changes seldom, or as a whole."""


def read(text: str) -> Any:
    """What a text says.

    Raises:
        ValueError: The text is not YAML.
    """
    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe
    except yaml.YAMLError as error:
        raise ValueError("This is not YAML.") from error


def written(value: Any) -> str:
    """A value as text, in the order of its fields, nothing abbreviated."""
    return _dumped(value)


def in_one_line(value: Any) -> str:
    """A value as one line; a text as it is."""
    if isinstance(value, str):
        return value
    return _dumped(value, default_flow_style=True).removesuffix("...\n").strip()


def _dumped(value: Any, **options: Any) -> str:
    text: str = yaml.dump(
        value, Dumper=_RecordingDumper, sort_keys=False, allow_unicode=True, width=10_000, **options
    )
    return text


class _RecordingDumper(yaml.SafeDumper):
    """Writes everything out, also what stands in two places."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _one_line(dumper: _RecordingDumper, value: OneLine) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", value, flow_style=True)


_RecordingDumper.add_representer(OneLine, _one_line)
