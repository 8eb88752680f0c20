"""Reads Locust's statistics for the thresholds and the summary."""

from typing import Final

from locust.stats import RequestStats, StatsEntry, calculate_response_time_percentile

from fakeayr.loadtests.thresholds import StepFigures
from fakeayr.loadtests.transport import FLOW, STEP, WAIT

FLOWS: Final = ("whole flow", "re-link flow", "campaign flow", "post flow", "post campaign")
"""The flows that count for flows per second."""
STEPS: Final = (
    "open page",
    "link",
    "unlink",
    "all done",
    "webhook arrived after",
    "link visible after",
    "post reported after",
    *FLOWS,
    "campaign e-mails",
    "nightly job",
)
"""Steps that exist with every adapter."""


class Figures:
    """The statistics of a run.

    Args:
        stats: Locust's statistics.

    Attributes:
        steps: All steps, waits and flows, in the order in which they first happened.
        together: All requests together; the errors include those of waits.
        flows: The number of finished flows.
        reasons: Step, error and count, the most frequent first.
    """

    def __init__(self, stats: RequestStats) -> None:
        entries = [entry for entry in stats.entries.values() if entry.method in {STEP, WAIT, FLOW}]
        self.steps = [_read_figures(entry) for entry in sorted(entries, key=_get_sort_key)]
        self.flows = sum(
            entry.num_requests - entry.num_failures
            for entry in entries
            if entry.method == FLOW and entry.name in FLOWS
        )
        self.together = self._sum_up([entry for entry in entries if entry.method != FLOW])
        self.reasons = [
            (error.name, str(error.error), error.occurrences)
            for error in sorted(stats.errors.values(), key=lambda it: -it.occurrences)
            if error.method != FLOW
        ]

    @staticmethod
    def _sum_up(entries: list[StatsEntry]) -> StepFigures:
        times: dict[int, int] = {}
        count = 0
        for entry in entries:
            if entry.method == STEP:
                count += entry.num_requests
                for milliseconds, often in entry.response_times.items():
                    times[milliseconds] = times.get(milliseconds, 0) + often
        return StepFigures(
            name="",
            count=sum(entry.num_requests for entry in entries),
            errors=sum(entry.num_failures for entry in entries),
            p50=calculate_response_time_percentile(times, count, 0.5),
            p95=calculate_response_time_percentile(times, count, 0.95),
            p99=calculate_response_time_percentile(times, count, 0.99),
            longest=max(times, default=0),
        )


def _read_figures(entry: StatsEntry) -> StepFigures:
    return StepFigures(
        name=entry.name,
        count=entry.num_requests,
        errors=entry.num_failures,
        p50=entry.get_response_time_percentile(0.5),
        p95=entry.get_response_time_percentile(0.95),
        p99=entry.get_response_time_percentile(0.99),
        longest=entry.max_response_time,
    )


def _get_sort_key(entry: StatsEntry) -> tuple[int, float]:
    return (STEP, WAIT, FLOW).index(entry.method), entry.start_time
