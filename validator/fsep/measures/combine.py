"""How several ratings of one thing become one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import Enum


class Tie(Enum):
    """Ratings that leave it open what they become."""

    TIE = "tie"


TIE = Tie.TIE


def agreed(values: Sequence[int | None]) -> int | Tie | None:
    """Return what all ratings say."""
    return values[0] if values.count(values[0]) == len(values) else TIE


def low_median(values: Sequence[int | None]) -> int | None:
    """Return the lower median."""
    there = sorted(value for value in values if value is not None)
    if 2 * len(there) < len(values):
        return None
    return there[(len(there) - 1) // 2]


def majority(values: Sequence[int | None]) -> int | Tie | None:
    """Return what more ratings say than anything else."""
    first, *rest = Counter(values).most_common(2)
    return TIE if rest and rest[0][1] == first[1] else first[0]
