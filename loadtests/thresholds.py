"""Thresholds, and the check of a run against them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Limit:
    """The highest allowed values of a figure.

    Attributes:
        overall: For all requests together; `None` is no limit.
        steps: For single steps, by name.
    """

    overall: float | None = None
    steps: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """The thresholds of a run.

    Attributes:
        error_ratio: Failed requests and waits, as a part of all, from 0 to 1.
        p95_ms: The 95th percentile of response times, in milliseconds.
        p99_ms: The 99th percentile.
        flows_per_s: The fewest finished flows per second; `None` is no limit.
    """

    error_ratio: Limit = Limit()
    p95_ms: Limit = Limit()
    p99_ms: Limit = Limit()
    flows_per_s: float | None = None

    @property
    def steps(self) -> set[str]:
        """The steps with their own limits."""
        return {*self.error_ratio.steps, *self.p95_ms.steps, *self.p99_ms.steps}


@dataclass(frozen=True, kw_only=True)
class StepFigures:
    """The figures of a step; times are in milliseconds.

    Attributes:
        name: The step; empty for all steps together.
        count: How often it ran, including errors.
        errors: How often it failed.
        p50: The median time; `p95` and `p99` are percentiles.
        longest: The longest time.
    """

    name: str
    count: int
    errors: int
    p50: float = 0
    p95: float = 0
    p99: float = 0
    longest: float = 0

    @property
    def error_ratio(self) -> float:
        """The part that failed, from 0 to 1."""
        return self.errors / self.count if self.count else 0.0


@dataclass(frozen=True, kw_only=True)
class Findings:
    """Which thresholds held and which broke, as texts."""

    held: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def judge(
    thresholds: Thresholds, steps: Iterable[StepFigures], together: StepFigures, flows_per_s: float
) -> Findings:
    """Compares a run's figures with the thresholds.

    The limit of a step that never ran counts as broken.

    Args:
        thresholds: The thresholds.
        steps: The figures of each step.
        together: The figures of all requests together.
        flows_per_s: Finished flows per second.
    """
    findings = Findings()
    known = {step.name: step for step in steps}
    kinds = (
        ("error ratio", thresholds.error_ratio, "error_ratio", _percent),
        ("p95", thresholds.p95_ms, "p95", _milliseconds),
        ("p99", thresholds.p99_ms, "p99", _milliseconds),
    )
    for kind, limit, attribute, shown in kinds:
        wanted: list[tuple[str, StepFigures | None, float]] = []
        if limit.overall is not None:
            wanted.append((f"{kind} of all requests", together, limit.overall))
        wanted += [
            (f"{kind} of {name}", known.get(name), most) for name, most in limit.steps.items()
        ]
        for what, measured, most in wanted:
            if measured is None or not measured.count:
                findings.broken.append(f"{what} is unknown: the step never ran")
                continue
            value = getattr(measured, attribute)
            if value <= most:
                findings.held.append(f"{what} {shown(value)} (at most {shown(most)})")
            else:
                findings.broken.append(
                    f"{what} is {shown(value)}, {_excess(value, most, shown)} over {shown(most)}"
                )
    least = thresholds.flows_per_s
    if least is not None:
        if flows_per_s >= least:
            findings.held.append(f"{flows_per_s:.1f} flows/s (at least {least:g})")
        else:
            findings.broken.append(
                f"{flows_per_s:.1f} flows/s, {least - flows_per_s:.1f} fewer than {least:g}"
            )
    return findings


def parse_limit(texts: Sequence[str], *, most: float = float("inf")) -> Limit:
    """Parses limits such as `0.01`, `open page=0.05`, or several with commas.

    Args:
        texts: The texts to parse.
        most: The highest number that is valid.

    Raises:
        ValueError: A text is not a limit; the message says what it must look like.
    """
    overall: float | None = None
    steps: dict[str, float] = {}
    for text in (part.strip() for given in texts for part in given.split(",")):
        name, separator, number = text.rpartition("=")
        name = name.strip()
        try:
            value = float(number)
        except ValueError:
            value = -1.0
        if not 0 <= value <= most or (separator and not name):
            upper = "" if most == float("inf") else f" from 0 to {most:g}"
            raise ValueError(f"it must be a number{upper} or STEP=NUMBER, not {text!r}")
        if separator:
            steps[name] = value
        else:
            overall = value
    return Limit(overall=overall, steps=steps)


def _excess(value: float, most: float, shown: Callable[[float], str]) -> str:
    relative = f" ({(value - most) / most:.0%})" if most else ""
    return f"{shown(value - most)}{relative}"


def _percent(ratio: float) -> str:
    return f"{ratio * 100:.3g} %"


def _milliseconds(value: float) -> str:
    return f"{value:.0f} ms" if value >= 10 or value == int(value) else f"{value:.1f} ms"
