"""The options of a load test, each declared once.

Locust parses them, from the command line, environment variables or its configuration file. It keeps
each as it was written, since its web form and its workers pass texts on; `LoadOptions` reads them
when a run begins.
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

SCENARIOS: Final = {"sign-up": 10, "returning": 3, "dashboard": 4, "nightly": 1, "campaign": 1}
"""The scenarios, and how many people of each there are among others."""
FAILURES: Final = ("rate-limits", "faults", "slow-webhooks", "worker-killed")
_SHAPES: Final = ("steady", *SHAPES)
_VARIABLE_PREFIX: Final = "FAKEAYR_LOAD_"


def declare_options(parser: "LocustArgumentParser") -> None:
    """Adds the options, in a group of their own and with a variable for each."""
    group = parser.add_argument_group("Link flows")
    for each in fields(LoadOptions):
        variable = f"{_VARIABLE_PREFIX}{each.name.upper()}"
        added: Any = group.add_argument(
            _make_flag(each.name), env_var=variable, **each.metadata["argument"]
        )
        added.include_in_web_ui = True  # Which Locust does itself outside of groups only.
    # Locust would listen to the whole network.
    parser.set_defaults(web_host="127.0.0.1", master_bind_host="127.0.0.1")


def _option(
    read: Callable[[str], Any], default: str = "", *, many: bool = False, **argument: Any
) -> Any:
    """An option.

    Args:
        read: Returns its value for a text; raises ValueError that says what the text must be.
        default: The text that stands for it unless it is given.
        many: Whether it can be given more than once; the texts are joined with commas.
        **argument: What else argparse needs.
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
            raise ValueError(f"there is no scenario {name!r}; there are {', '.join(SCENARIOS)}")
        if weight and not (weight.isascii() and weight.isdigit() and int(weight)):
            raise ValueError(f"a weight must be a whole number from 1, not {weight!r}")
        weights[name] = int(weight or SCENARIOS[name])
    return weights


def _failures(text: str) -> frozenset[str]:
    chosen = frozenset(_split(text))
    for name in sorted(chosen.difference(FAILURES)):
        raise ValueError(f"there is no {name!r}; there are {', '.join(FAILURES)}")
    return chosen


def _limit(overall: float | None = None, most: float = float("inf")) -> Callable[[str], Limit]:
    def read(text: str) -> Limit:
        limit = parse_limit(_split(text), most=most)
        return replace(limit, overall=overall if limit.overall is None else limit.overall)

    return read


_SECONDS: Final = _number(0.1, 3600, "seconds")


@dataclass(frozen=True, kw_only=True)
class LoadOptions:
    """What a load test does. The help texts say what each option is."""

    adapter: str = _option(
        str,
        "ayrshare",
        metavar="ADAPTER",
        help="What the load goes to: ayrshare, or FILE.py:CLASS or MODULE:CLASS for an "
        "application.",
    )
    scenario: dict[str, int] = _option(
        _weights,
        ",".join(SCENARIOS),
        many=True,
        metavar="NAME[=WEIGHT]",
        help=f"Run only this one ({', '.join(SCENARIOS)}); may be repeated. Default: a mixed day.",
    )
    shape: str = _option(
        _one_of(_SHAPES),
        "steady",
        metavar="SHAPE",
        help=f"How the number of users goes over the run time: {', '.join(_SHAPES)}.",
    )
    networks: tuple[int, int] = _option(
        _span(1, 13, int),
        "1-4",
        metavar="MIN-MAX",
        help="How many networks a person links.",
    )
    think_time: tuple[float, float] = _option(
        _span(0, 3600, float),
        "0.5-1.5",
        metavar="MIN-MAX",
        help="Seconds that a person waits between clicks.",
    )
    timeout: float = _option(
        _SECONDS,
        "30",
        metavar="SECONDS",
        help="How long a response may take before it is an error.",
    )
    webhook_within: float = _option(
        _SECONDS,
        "30",
        metavar="SECONDS",
        help="How long a webhook may take before it is an error.",
    )
    settle_within: float = _option(
        _SECONDS,
        "90",
        metavar="SECONDS",
        help="How long the end of a run waits for webhooks that are still on their way.",
    )
    webhook_url: str = _option(
        str,
        metavar="URL",
        help="Public URL that leads to --webhook-port here, for a server on another machine.",
    )
    webhook_port: int = _option(
        _whole(0, 65535, "a port"),
        "0",
        metavar="PORT",
        help="Port for webhooks on this machine; 0 picks a free one.",
    )
    failures: frozenset[str] = _option(
        _failures,
        many=True,
        metavar="NAME,…",
        help=f"What goes wrong meanwhile: {', '.join(FAILURES)}.",
    )
    fault_ratio: float = _option(
        _number(0, 1, "(a ratio)"),
        "0.02",
        metavar="RATIO",
        help="How many API calls the faults of --failures hit.",
    )
    webhook_delay: float = _option(
        _SECONDS,
        "0.2",
        metavar="SECONDS",
        help="How slow the receiver of slow-webhooks is.",
    )
    server_pid: int | None = _option(
        _whole(2, 2**31, "a process id"),
        metavar="PID",
        help="Process id of the fakeayr serve of which worker-killed kills a worker.",
    )
    kill_after: float | None = _option(
        _SECONDS,
        metavar="SECONDS",
        help="When worker-killed does so. Default: after half the run time.",
    )
    max_error_ratio: Limit = _option(
        _limit(0.01, most=1),
        many=True,
        metavar="[STEP=]RATIO",
        help="Errors among all requests and waits, or those of a step. Default: 0.01.",
    )
    max_p95_ms: Limit = _option(
        _limit(),
        many=True,
        metavar="[STEP=]MS",
        help="What 95 of 100 requests take at most, together or of a step.",
    )
    max_p99_ms: Limit = _option(
        _limit(), many=True, metavar="[STEP=]MS", help="The same for 99 of 100."
    )
    min_flows_per_s: float | None = _option(
        _number(0, 1e6, "flows"),
        metavar="NUMBER",
        help="How many flows are finished in a second, at least.",
    )
    i_own_this_host: bool = field(
        metadata={
            "argument": {
                "action": "store_true",
                "help": "The load may go to hosts that are not this machine: they are yours.",
            }
        }
    )

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> Self:
        """Options from what was written; what is missing or empty has its default.

        Raises:
            CannotLoad: One makes no sense.
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


def _make_flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"
