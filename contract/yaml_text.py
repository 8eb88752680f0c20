"""Reading and writing YAML, which needs the extra `contract`."""

from functools import cache
from typing import Any

from fakeayr.contract.errors import Untestable


class OneLine(dict[str, Any]):
    """A mapping that takes one line of the text: what changes seldom, or as a whole."""


def read(text: str) -> Any:
    """What a text says.

    Raises:
        Untestable: PyYAML is missing.
        ValueError: The text is not YAML.
    """
    yaml = _yaml()
    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise ValueError("This is not YAML.") from error


def written(value: Any) -> str:
    """A value as text, in the order of its fields, nothing abbreviated.

    Raises:
        Untestable: PyYAML is missing.
    """
    return _dumped(value)


def in_one_line(value: Any) -> str:
    """A value as one line; a text as it is.

    Raises:
        Untestable: PyYAML is missing.
    """
    if isinstance(value, str):
        return value
    return _dumped(value, default_flow_style=True).removesuffix("...\n").strip()


def _dumped(value: Any, **options: Any) -> str:
    text: str = _yaml().dump(
        value, Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=10_000, **options
    )
    return text


@cache
def _dumper() -> Any:
    yaml = _yaml()

    class Dumper(yaml.SafeDumper):  # type: ignore[misc, name-defined]
        """Writes everything out, also what stands in two places."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

    def one_line(dumper: Any, value: OneLine) -> Any:
        return dumper.represent_mapping("tag:yaml.org,2002:map", value, flow_style=True)

    Dumper.add_representer(OneLine, one_line)
    return Dumper


def _yaml() -> Any:
    try:
        import yaml  # noqa: PLC0415 - so that `--help` works without it
    except ModuleNotFoundError as error:
        raise Untestable(
            "Contract tests need PyYAML: pip install '.[contract]' in a clone."
        ) from error
    return yaml
