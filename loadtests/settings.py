"""Settings of a load test, each in one place.

`fakeayr load`, Locust's command line and environment variables take their options from here.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from fakeayr.loadtests.thresholds import Limit, Thresholds, parse_limit

SCENARIOS: Final = {"sign-up": 10, "returning": 3, "dashboard": 4, "nightly": 1, "campaign": 1}
"""The scenarios, and how many people of each there are among others."""
SHAPES: Final = ("steady", "ramp", "lunch-peak", "spike", "day")
FAILURES: Final = ("rate-limits", "faults", "slow-webhooks", "worker-killed")
VARIABLE_PREFIX: Final = "FAKEAYR_LOAD_"


class BadSetting(ValueError):
    """A setting makes no sense; the text says which, and what it must look like.

    Attributes:
        option: The option's name on a command line.
        reason: What is wrong with it.
    """

    def __init__(self, option: str, reason: str) -> None:
        super().__init__(f"{option}: {reason}.")
        self.option = option
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Option:
    """How a setting is written.

    Attributes:
        name: The attribute of `Settings`.
        default: What it is unless given; nothing for what can be given more than once.
        help: What it does.
        metavar: What stands for its value in a usage line; empty for a flag.
        many: Whether it can be given more than once.
        read: Makes its value of what was written; raises ValueError with the reason.
    """

    name: str
    default: str
    help: str
    metavar: str
    many: bool
    read: Callable[[Any], Any]

    @property
    def flag(self) -> str:
        """As it stands on a command line."""
        return f"--{self.name.replace('_', '-')}"

    @property
    def variable(self) -> str:
        """The environment variable that does the same for Locust."""
        return f"{VARIABLE_PREFIX}{self.name.upper()}"


def _option(
    default: str,
    read: Callable[[Any], Any],
    metavar: str,
    about: str,
    *,
    many: bool = False,
) -> Any:
    metadata = {"default": default, "read": read, "metavar": metavar, "help": about, "many": many}
    return field(default_factory=lambda: read(() if many else default or None), metadata=metadata)


def _text(text: str | None) -> str:
    return text or ""


def _flag(given: Any) -> bool:
    return given in {True, "1", "true", "yes", "on"}


def _number(*, least: float, most: float, unit: str) -> Callable[[str | None], float | None]:
    def read(text: str | None) -> float | None:
        if text is None:
            return None
        try:
            value = float(text)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise ValueError(f"it must be {least:g} to {most:g} {unit}, not {text!r}")
        return value

    return read


def _whole(*, least: int, most: int, what: str) -> Callable[[str | None], int | None]:
    def read(text: str | None) -> int | None:
        if text is None:
            return None
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise ValueError(f"it must be {what} from {least} to {most}, not {text!r}")
        return int(text)

    return read


def _span(
    *, least: float, most: float, whole: bool = False
) -> Callable[[str | None], tuple[float, float]]:
    kind = "whole numbers" if whole else "numbers"

    def read(text: str | None) -> tuple[float, float]:
        first, _, last = (text or "").partition("-")
        try:
            convert = int if whole else float
            low, high = convert(first), convert(last or first)
        except ValueError:
            low, high = -1, -1
        if not least <= low <= high <= most:
            raise ValueError(
                f"it must be one or two {kind} from {least:g} to {most:g} such as "
                f"{least:g}-{least + 1:g}, not {text!r}"
            )
        return low, high

    return read


def _one_of(known: Sequence[str]) -> Callable[[str | None], str]:
    def read(text: str | None) -> str:
        if text is None or text not in known:
            raise ValueError(f"it must be {' or '.join(known)}, not {text!r}")
        return text

    return read


def _parts(given: str | Sequence[str] | None) -> list[str]:
    texts = [given] if isinstance(given, str) else given or ()
    return [part.strip() for text in texts for part in text.split(",") if part.strip()]


def _weights(given: str | Sequence[str] | None) -> dict[str, int]:
    weights: dict[str, int] = {}
    for part in _parts(given):
        name, _, weight = part.partition("=")
        if name not in SCENARIOS:
            raise ValueError(f"there is no scenario {name!r}; there are {', '.join(SCENARIOS)}")
        if weight and not (weight.isascii() and weight.isdigit() and int(weight)):
            raise ValueError(f"a weight must be a whole number from 1, not {weight!r}")
        weights[name] = int(weight or SCENARIOS[name])
    return weights or dict(SCENARIOS)


def _failures(given: str | Sequence[str] | None) -> frozenset[str]:
    chosen = frozenset(_parts(given))
    for name in sorted(chosen.difference(FAILURES)):
        raise ValueError(f"there is no {name!r}; there are {', '.join(FAILURES)}")
    return chosen


def _limit(
    default: float | None = None, *, most: float = float("inf")
) -> Callable[[str | Sequence[str] | None], Limit]:
    def read(given: str | Sequence[str] | None) -> Limit:
        limit = parse_limit([given] if isinstance(given, str) else given or (), most=most)
        return dataclasses.replace(
            limit, overall=default if limit.overall is None else limit.overall
        )

    return read


_SECONDS: Final = _number(least=0.1, most=3600, unit="seconds")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a load test does. The options' help says what each is."""

    adapter: str = _option(
        "ayrshare",
        _text,
        "ADAPTER",
        "What the load goes to: ayrshare, or FILE.py:CLASS or MODULE:CLASS for an application.",
    )
    scenario: dict[str, int] = _option(
        "",
        _weights,
        "NAME[=WEIGHT]",
        f"Run only this one ({', '.join(SCENARIOS)}); may be repeated. Default: a mixed day.",
        many=True,
    )
    shape: str = _option(
        "steady",
        _one_of(SHAPES),
        "SHAPE",
        f"How the number of users goes over the run time: {', '.join(SHAPES)}.",
    )
    networks: tuple[int, int] = _option(
        "1-4",
        _span(least=1, most=13, whole=True),
        "MIN-MAX",
        "How many networks a person links.",
    )
    think_time: tuple[float, float] = _option(
        "0.5-1.5",
        _span(least=0, most=3600),
        "MIN-MAX",
        "Seconds that a person waits between clicks.",
    )
    timeout: float = _option(
        "30", _SECONDS, "SECONDS", "How long an answer may take before it is an error."
    )
    webhook_within: float = _option(
        "30", _SECONDS, "SECONDS", "How long a webhook may take before it is an error."
    )
    settle_within: float = _option(
        "90",
        _SECONDS,
        "SECONDS",
        "How long webhooks that are still on their way are waited for at the end.",
    )
    webhook_url: str = _option(
        "",
        _text,
        "URL",
        "Public URL that leads to --webhook-port here, for a server on another machine.",
    )
    webhook_port: int = _option(
        "0",
        _whole(least=0, most=65535, what="a port"),
        "PORT",
        "Port for webhooks on this machine; 0 picks a free one.",
    )
    failures: frozenset[str] = _option(
        "",
        _failures,
        "NAME,…",
        f"What goes wrong meanwhile: {', '.join(FAILURES)}.",
        many=True,
    )
    fault_ratio: float = _option(
        "0.02",
        _number(least=0, most=1, unit="(a ratio)"),
        "RATIO",
        "How many API calls the faults of --failures hit.",
    )
    webhook_delay: float = _option(
        "0.2", _SECONDS, "SECONDS", "How slow the receiver of slow-webhooks is."
    )
    server_pid: int | None = _option(
        "",
        _whole(least=2, most=2**31, what="a process id"),
        "PID",
        "Process id of the fakeayr serve of which worker-killed kills a worker.",
    )
    kill_after: float | None = _option(
        "", _SECONDS, "SECONDS", "When worker-killed does so; by default after half the run time."
    )
    max_error_ratio: Limit = _option(
        "",
        _limit(0.01, most=1),
        "[STEP=]RATIO",
        "Errors among all requests and waits, or those of a step. Default: 0.01.",
        many=True,
    )
    max_p95_ms: Limit = _option(
        "",
        _limit(),
        "[STEP=]MS",
        "What 95 of 100 requests take at most, together or of a step.",
        many=True,
    )
    max_p99_ms: Limit = _option("", _limit(), "[STEP=]MS", "The same for 99 of 100.", many=True)
    min_flows_per_s: float | None = _option(
        "",
        _number(least=0, most=1e6, unit="flows"),
        "NUMBER",
        "How many flows are finished in a second, at least.",
    )
    i_own_this_host: bool = _option(
        "", _flag, "", "The load may go to hosts that are not this machine: they are yours."
    )

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """Settings from what was written, by the names of attributes; `None` is the default.

        Raises:
            BadSetting: One makes no sense.
        """
        values = {}
        for option in options():
            text = given.get(option.name)
            if text in (None, "", (), []):
                text = None if option.many or not option.default else option.default
            try:
                values[option.name] = option.read(text)
            except ValueError as error:
                raise BadSetting(option.flag, str(error)) from error
        return cls(**values)

    @property
    def thresholds(self) -> Thresholds:
        """What the run has to hold."""
        return Thresholds(
            error_ratio=self.max_error_ratio,
            p95_ms=self.max_p95_ms,
            p99_ms=self.max_p99_ms,
            flows_per_s=self.min_flows_per_s,
        )

    def fails(self, failure: str) -> bool:
        """Whether something goes wrong on purpose."""
        return failure in self.failures


def options() -> Iterator[Option]:
    """How each of the settings is written, in order."""
    for each in dataclasses.fields(Settings):
        yield Option(name=each.name, **each.metadata)
