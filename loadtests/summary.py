"""Writes a run's summary: figures, failures on purpose, losses and the verdict."""

from collections.abc import Sequence
from typing import Final

from fakeayr.loadtests.tally import BROKEN, FAULT, RATE_LIMIT, LoadTally
from fakeayr.loadtests.thresholds import Findings, StepFigures

_MOST_REASONS: Final = 8
_COLUMNS: Final = ("count", "errors", "median", "p95", "p99", "longest")
KILL_EXPLAINS_SECONDS: Final = 30.0
"""Connections that break later than this after a worker was killed count as errors."""


def write_progress(*, seconds: float, users: int, flows: int, errors: int) -> str:
    """Returns the progress in one line."""
    return f"{seconds:5.0f} s  {users} users, {flows} flows, {_count(errors, 'error')}"


def write_summary(
    *,
    tally: LoadTally,
    findings: Findings,
    steps: Sequence[StepFigures],
    flows: int,
    flows_per_s: float,
    seconds: float,
    reasons: Sequence[tuple[str, str, int]],
    processes: int,
) -> str:
    """Returns the summary.

    Args:
        tally: The counts of all processes.
        findings: Which thresholds held.
        steps: The figures of each step.
        flows: The number of finished flows.
        flows_per_s: Finished flows per second.
        seconds: The length of the run.
        reasons: The errors: step, reason and count.
        processes: The number of Locust processes.
    """
    if not steps:
        return "\n".join(_write_verdict(tally, findings, flows))
    lines = ["", *_write_table(steps)]
    on = "" if processes == 1 else f" on {processes} Locust processes"
    lines += ["", f"{_count(flows, 'flow')} in {seconds:.0f} s: {flows_per_s:.1f} flows/s{on}."]
    lines += _write_errors(reasons)
    lines += _write_failures(tally)
    lines += _write_losses(tally)
    lines += ["", *_write_verdict(tally, findings, flows)]
    return "\n".join(lines)


def _write_table(steps: Sequence[StepFigures]) -> list[str]:
    width = max(len(step.name) for step in steps)
    heads = "".join(f"{column:>9}" for column in _COLUMNS)
    lines = [f"{'milliseconds':<{width}}{heads}"]
    for step in steps:
        figures = (step.p50, step.p95, step.p99, step.longest)
        numbers = [f"{step.count:>9}", f"{step.errors:>9}", *(f"{it:>9.0f}" for it in figures)]
        lines.append(f"{step.name:<{width}}{''.join(numbers)}")
    return lines


def _write_errors(reasons: Sequence[tuple[str, str, int]]) -> list[str]:
    if not reasons:
        return []
    lines = ["", "Errors:"]
    lines += [f"  {often} of {name}: {reason}" for name, reason, often in reasons[:_MOST_REASONS]]
    if len(reasons) > _MOST_REASONS:
        lines.append(f"  and {len(reasons) - _MOST_REASONS} other kinds")
    return lines


def _write_failures(tally: LoadTally) -> list[str]:
    parts = [
        _count(tally.expected[kind], word)
        for kind, word in (
            (FAULT, "ordered fault"),
            (BROKEN, "broken connection"),
            (RATE_LIMIT, "refusal by the rate limit"),
        )
        if tally.expected.get(kind)
    ]
    if tally.killed_at:
        parts.insert(0, f"{_count(len(tally.killed_at), 'worker')} killed")
    if not parts and not tally.given_up:
        return []
    failed = ", ".join(parts) or "nothing"
    return [
        f"Made to fail: {failed}; {_count(tally.given_up, 'flow')} given up. "
        "These do not count as errors."
    ]


def _write_losses(tally: LoadTally) -> list[str]:
    if not tally.profiles:
        return []
    parts = [_count(tally.profiles, "profile"), _count(tally.links, "link")]
    if tally.posts:
        parts.append(_count(tally.posts, "post"))
    if tally.webhooks_checked:
        parts.append(_count(tally.webhooks, "webhook"))
    done = f"{', '.join(parts[:-1])} and {parts[-1]}"
    if not tally.checked:
        return [f"Acknowledged, but not checked to the end: {done}."]
    if not tally.lost_count:
        failed = (
            f" ({tally.webhooks_failed} in the outbox as failed)" if tally.webhooks_failed else ""
        )
        lines = [f"Nothing was lost: {done} acknowledged, all there{failed}."]
    else:
        lost = "lost or doubled" if tally.posts else "lost"
        lines = [f"{tally.lost_count} {lost} of {done} acknowledged:"]
        lines += [f"  {line}" for line in tally.lost]
        if tally.lost_count > len(tally.lost):
            lines.append(f"  and {tally.lost_count - len(tally.lost)} more")
    if not tally.webhooks_checked:
        lines.append(
            "Webhooks were not checked: the server cannot reach this machine (--webhook-url)."
        )
    return lines


def _write_verdict(tally: LoadTally, findings: Findings, flows: int) -> list[str]:
    if tally.cannot_run:
        return [f"Could not run: {tally.cannot_run}"]
    if not flows:
        return ["Could not run: no flow was finished."]
    broken = [f"Broken: {sentence}." for sentence in findings.broken]
    unexplained = tally.count_unexplained(seconds=KILL_EXPLAINS_SECONDS)
    if unexplained:
        broken.append(f"Broken: {_count(unexplained, 'failure')} more than were made on purpose.")
    if tally.lost_count:
        broken.append(f"Broken: {tally.lost_count} lost, see above.")
    if tally.exception_count:
        broken.append(
            f"Broken: {_count(tally.exception_count, 'mistake')} in scenarios or adapter:"
        )
        broken += [f"  {line}" for line in tally.exceptions]
    if not tally.checked:
        broken.append("Broken: a Locust process ended before it had checked its work.")
    held = f"Held: {', '.join(findings.held)}." if findings.held else ""
    return [*broken, held] if broken and held else broken or [held or "All held."]


def _count(number: int, what: str) -> str:
    if number == 1:
        return f"1 {what}"
    head, _, tail = what.partition(" by ")
    return f"{number} {head}s by {tail}" if tail else f"{number} {what}s"
