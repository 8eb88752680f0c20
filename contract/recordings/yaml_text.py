"""Reading and writing YAML, for which the extra `contract` is needed."""

from functools import cache
from typing import Any

from fakeayr.contract.target import CannotRun


class OneLine(dict[str, Any]):
    """A mapping that takes one line of the text: what changes seldom, or as a whole."""


def read(text: str) -> Any:
    """What a text says.

    Raises:
        CannotRun: PyYAML is missing.
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
        CannotRun: PyYAML is missing.
    """
    return _dumped(value)


def in_one_line(value: Any) -> str:
    """A value as one line; a text as it is.

    Raises:
        CannotRun: PyYAML is missing.
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
        import yaml  # noqa: PLC0415 - only here, so that the named checks run without it
    except ModuleNotFoundError as error:
        raise CannotRun("Recordings need PyYAML: pip install '.[contract]' in a clone.") from error
    return yaml
