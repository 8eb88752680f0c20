"""The options of a load test, each declared once.

Locust parses them from the command line, environment variables or its configuration file. It keeps
them as texts, which its web form and its workers need; `LoadOptions` converts them when a run
starts.
"""

from argparse import ArgumentTypeError
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Final, Self

from fakeayr.loadtests.errors import CannotLoad
from fakeayr.loadtests.shapes import SHAPES
from fakeayr.loadtests.thresholds import Limit, Thresholds, parse_limit

if TYPE_CHECKING:
    from locust.argument_parser import LocustArgumentParser

POSTING: Final = {"posting": 4, "post-campaign": 1}
"""The scenarios that post, which run only if they are named."""
LINKING: Final = {"sign-up": 10, "returning": 3, "dashboard": 4, "nightly": 1, "campaign": 1}
"""The scenarios that run by default, with their weights."""
SCENARIOS: Final = {**LINKING, **POSTING}
"""All scenarios, with their weights."""
FAILURES: Final = ("rate-limits", "faults", "slow-webhooks", "worker-killed")
_SHAPES: Final = ("steady", *SHAPES)
_VARIABLE_PREFIX: Final = "FAKEAYR_LOAD_"


def declare_options(parser: "LocustArgumentParser") -> None:
    """Adds the options to Locust's parser, as a group and with an environment variable each."""
    group = parser.add_argument_group("Link flows")
    for each in fields(LoadOptions):
        variable = f"{_VARIABLE_PREFIX}{each.name.upper()}"
        added: Any = group.add_argument(
            _make_flag(each.name), env_var=variable, **each.metadata["argument"]
        )
        added.include_in_web_ui = True  # Locust does this only outside of groups.
    # Locust would listen on all addresses.
    parser.set_defaults(web_host="127.0.0.1", master_bind_host="127.0.0.1")


def _option(
    read: Callable[[str], Any], default: str = "", *, many: bool = False, **argument: Any
) -> Any:
    """Declares an option.

    Args:
        read: Converts a text to the value; raises ValueError that says what the text must be.
        default: The text that is used if the option is not given.
        many: Whether the option can be repeated. The texts are joined with commas.
        **argument: Further arguments for argparse.
    """

    def check(text: str) -> str:
        try:
            read(text)
        except ValueError as error:
            raise ArgumentTypeError(str(error)) from error
        return text

    if many:
        argument["action"] = "append"
    elif default:
        argument |= {"default": default, "help": f"{argument['help']} Default: {default}."}
    argument["type"] = check
    return field(metadata={"read": read, "default": default, "argument": argument})


def _number(least: float, most: float, unit: str) -> Callable[[str], float | None]:
    def read(text: str) -> float | None:
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise ValueError(f"it must be {least:g} to {most:g} {unit}, not {text!r}")
        return value

    return read


def _whole(least: int, most: int, what: str) -> Callable[[str], int | None]:
    def read(text: str) -> int | None:
        if not text:
            return None
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise ValueError(f"it must be {what} from {least} to {most}, not {text!r}")
        return int(text)

    return read


def _span(least: int, most: int, number: type[int | float]) -> Callable[[str], tuple[Any, Any]]:
    kind = "whole numbers" if number is int else "numbers"

    def read(text: str) -> tuple[Any, Any]:
        first, _, last = text.partition("-")
        try:
            low, high = number(first), number(last or first)
        except ValueError:
            low = high = -1
        if not least <= low <= high <= most:
            raise ValueError(
                f"it must be one or two {kind} from {least} to {most} such as "
                f"{least}-{least + 1}, not {text!r}"
            )
        return low, high

    return read


def _one_of(known: Sequence[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in known:
            raise ValueError(f"it must be {' or '.join(known)}, not {text!r}")
        return text

    return read


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _weights(text: str) -> dict[str, int]:
    weights: dict[str, int] = {}
    for part in _split(text):
        name, _, weight = part.partition("=")
        if name not in SCENARIOS:
            raise ValueError(f"there is no scenario {name!r}; choose one of {', '.join(SCENARIOS)}")
        if weight and not (weight.isascii() and weight.isdigit() and int(weight)):
            raise ValueError(f"a weight must be a whole number from 1, not {weight!r}")
        weights[name] = int(weight or SCENARIOS[name])
    return weights


def _failures(text: str) -> frozenset[str]:
    chosen = frozenset(_split(text))
    for name in sorted(chosen.difference(FAILURES)):
        raise ValueError(f"there is no failure {name!r}; choose one of {', '.join(FAILURES)}")
    return chosen


def _limit(overall: float | None = None, most: float = float("inf")) -> Callable[[str], Limit]:
    def read(text: str) -> Limit:
        limit = parse_limit(_split(text), most=most)
        return replace(limit, overall=overall if limit.overall is None else limit.overall)

    return read


_SECONDS: Final = _number(0.1, 3600, "seconds")


@dataclass(frozen=True, kw_only=True)
class LoadOptions:
    """The options of a load test. The help texts explain each one."""

    adapter: str = _option(
        str,
        "ayrshare",
        metavar="ADAPTER",
        help="How to use the target: ayrshare for Ayrshare's API, or FILE.py:CLASS or MODULE:CLASS "
        "for an application.",
    )
    scenario: dict[str, int] = _option(
        _weights,
        ",".join(LINKING),
        many=True,
        metavar="NAME[=WEIGHT]",
        help=f"Run only this scenario ({', '.join(SCENARIOS)}); can be repeated. "
        f"Default: all but {' and '.join(POSTING)}.",
    )
    shape: str = _option(
        _one_of(_SHAPES),
        "steady",
        metavar="SHAPE",
        help=f"How the number of users changes during the run: {', '.join(_SHAPES)}.",
    )
    networks: tuple[int, int] = _option(
        _span(1, 13, int),
        "1-4",
        metavar="MIN-MAX",
        help="How many networks a user links.",
    )
    post_profiles: int = _option(
        _whole(1, 100_000, "a number"),
        "1000",
        metavar="NUMBER",
        help="How many profiles a post-campaign posts for.",
    )
    think_time: tuple[float, float] = _option(
        _span(0, 3600, float),
        "0.5-1.5",
        metavar="MIN-MAX",
        help="Seconds that a user waits between clicks.",
    )
    timeout: float = _option(
        _SECONDS,
        "30",
        metavar="SECONDS",
        help="A response that takes longer is an error.",
    )
    webhook_within: float = _option(
        _SECONDS,
        "30",
        metavar="SECONDS",
        help="A webhook that takes longer is an error.",
    )
    settle_within: float = _option(
        _SECONDS,
        "90",
        metavar="SECONDS",
        help="How long to wait for outstanding webhooks at the end of a run.",
    )
    webhook_url: str = _option(
        str,
        metavar="URL",
        help="Public URL that leads to --webhook-port, for a server on another machine.",
    )
    webhook_port: int = _option(
        _whole(0, 65535, "a port"),
        "0",
        metavar="PORT",
        help="Port that receives webhooks; 0 picks a free one.",
    )
    failures: frozenset[str] = _option(
        _failures,
        many=True,
        metavar="NAME,…",
        help=f"Failures to cause during the run: {', '.join(FAILURES)}.",
    )
    fault_ratio: float = _option(
        _number(0, 1, "(a ratio)"),
        "0.02",
        metavar="RATIO",
        help="With faults: the part of API calls that fail.",
    )
    webhook_delay: float = _option(
        _SECONDS,
        "0.2",
        metavar="SECONDS",
        help="With slow-webhooks: how long the webhook receiver takes.",
    )
    server_pid: int | None = _option(
        _whole(2, 2**31, "a process id"),
        metavar="PID",
        help="With worker-killed: the process id of fakeayr serve.",
    )
    kill_after: float | None = _option(
        _SECONDS,
        metavar="SECONDS",
        help="With worker-killed: when to kill a worker. Default: after half the run time.",
    )
    max_error_ratio: Limit = _option(
        _limit(0.01, most=1),
        many=True,
        metavar="[STEP=]RATIO",
        help="Most errors, as a part of all requests and waits, or of a step's. Default: 0.01.",
    )
    max_p95_ms: Limit = _option(
        _limit(),
        many=True,
        metavar="[STEP=]MS",
        help="Highest 95th percentile of response times, of all requests or of a step.",
    )
    max_p99_ms: Limit = _option(
        _limit(), many=True, metavar="[STEP=]MS", help="The same for the 99th percentile."
    )
    min_flows_per_s: float | None = _option(
        _number(0, 1e6, "flows"),
        metavar="NUMBER",
        help="Fewest finished flows per second.",
    )
    i_own_this_host: bool = field(
        metadata={
            "argument": {
                "action": "store_true",
                "help": "Allow other hosts than this machine, since you may load-test them.",
            }
        }
    )

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> Self:
        """Returns the options from their texts; missing and empty ones have their defaults.

        Raises:
            CannotLoad: An option is invalid.
        """
        values: dict[str, Any] = {}
        for each in fields(cls):
            text = written.get(each.name)
            if "read" not in each.metadata:
                values[each.name] = bool(text)
                continue
            if isinstance(text, list):
                text = ",".join(text)
            try:
                values[each.name] = each.metadata["read"](text or each.metadata["default"])
            except ValueError as error:
                raise CannotLoad(f"{_make_flag(each.name)}: {error}.") from error
        return cls(**values)

    @property
    def thresholds(self) -> Thresholds:
        """The run's thresholds."""
        return Thresholds(
            error_ratio=self.max_error_ratio,
            p95_ms=self.max_p95_ms,
            p99_ms=self.max_p99_ms,
            flows_per_s=self.min_flows_per_s,
        )

    def has_failure(self, failure: str) -> bool:
        """Returns whether the run causes this failure."""
        return failure in self.failures


def _make_flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"
