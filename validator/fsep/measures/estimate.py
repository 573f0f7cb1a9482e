"""What an interval is computed from and what comes out: shares in, an estimate out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """A point estimate, its interval, and how many units it rests on.

    Attributes:
        point: the plain estimate, in the unit of a share (0.25 is a quarter, not 25).
        low: lower end of the interval, clipped to the possible range.
        high: upper end of the interval, clipped likewise.
        units: how many sampling units: items, clusters or participants; of several groups, those of the
            smallest.
    """

    point: float
    low: float
    high: float
    units: int


def around(
    point: float, middle: float, variance: float, *, z: float, reach: tuple[float, float], units: int
) -> Estimate:
    """Return the estimate whose interval is `middle` +- z sqrt(variance), clipped to `reach`.

    Raises:
        ValueError: unless z is positive and finite.
    """
    if not (z > 0.0 and math.isfinite(z)):
        raise ValueError(f"z has to be positive and finite, not {z}")
    half = z * math.sqrt(variance)
    low, high = reach
    return Estimate(point, max(low, middle - half), min(high, middle + half), units)


def check_shares(shares: Sequence[float]) -> None:
    """Make sure that there are shares, and that each is a number from 0 to 1.

    Raises:
        ValueError: otherwise.
    """
    if not shares:
        raise ValueError("there is no unit to estimate from")
    for share in shares:
        if not 0.0 <= share <= 1.0:
            raise ValueError(f"a share lies between 0 and 1, not at {share}")
