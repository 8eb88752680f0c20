"""Shapes: how the number of users changes during a run."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

Points = Sequence[tuple[float, float]]
"""Times as parts of the run time, each with the part of all users that are active then."""

SHAPES: Final[dict[str, Points]] = {
    "ramp": ((0, 0.05), (0.8, 1), (1, 1)),
    "lunch-peak": ((0, 0.3), (0.35, 0.4), (0.45, 1), (0.6, 1), (0.7, 0.4), (1, 0.3)),
    "spike": ((0, 0.2), (0.4, 0.2), (0.42, 1), (0.55, 1), (0.6, 0.2), (1, 0.2)),
    "day": (
        (0, 0.02),
        (0.15, 0.4),  # morning
        (0.4, 0.45),
        (0.45, 0.8),  # lunch
        (0.55, 0.8),
        (0.6, 0.4),
        (0.7, 0.4),
        (0.72, 1),  # an e-mail campaign
        (0.78, 1),
        (0.82, 0.3),
        (1, 0.05),
    ),
}


def count_users(points: Points, part: float, most: int) -> int:
    """Returns the number of users at a part of the run time, from 0 to 1. It is at least 1."""
    for (begin, low), (end, high) in pairwise(points):
        if begin <= part <= end:
            level = low + (high - low) * (part - begin) / (end - begin)
            return max(1, round(most * level))
    return max(1, round(most * points[-1][1]))
