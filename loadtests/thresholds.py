"""Thresholds: what a run has to hold, and by how much it does not."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Limit:
    """The most that something may be.

    Attributes:
        overall: For all requests together; `None` without a limit.
        steps: For single steps.
    """

    overall: float | None = None
    steps: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """What a run has to hold.

    Attributes:
        error_ratio: Failed requests and waits among all, from 0 to 1.
        p95_ms: 95 of 100 take at most so many milliseconds.
        p99_ms: 99 of 100 do.
        flows_per_s: Flows that are finished in a second, at least.
    """

    error_ratio: Limit = Limit()
    p95_ms: Limit = Limit()
    p99_ms: Limit = Limit()
    flows_per_s: float | None = None

    @property
    def steps(self) -> set[str]:
        """The steps that have a limit of their own."""
        return {*self.error_ratio.steps, *self.p95_ms.steps, *self.p99_ms.steps}


@dataclass(frozen=True, kw_only=True)
class StepFigures:
    """A step as it went; times in milliseconds.

    Attributes:
        name: The step; empty for all together.
        count: How often it was made, errors included.
        errors: How often it failed.
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
        """Errors among all, from 0 to 1."""
        return self.errors / self.count if self.count else 0.0


@dataclass(frozen=True, kw_only=True)
class Findings:
    """Which thresholds held and which broke, a sentence for each."""

    held: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def judge(
    thresholds: Thresholds, steps: Iterable[StepFigures], together: StepFigures, flows_per_s: float
) -> Findings:
    """Holds what was measured against the thresholds.

    A step with a limit of its own that was never made breaks it: nothing shows that it holds.

    Args:
        thresholds: The limits.
        steps: What was measured of each step.
        together: The same of all requests together.
        flows_per_s: Flows that were finished in a second.
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
                findings.broken.append(f"{what} is unknown: the step was never made")
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
    """Reads limits such as `0.01`, `open page=0.05` or several with commas.

    Args:
        texts: What the user wrote, once or more often.
        most: The highest number that makes sense.

    Raises:
        ValueError: One is none; the text says what it must look like.
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
