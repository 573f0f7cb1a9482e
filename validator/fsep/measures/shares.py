"""How often a dimension was attained: the share of one cell."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from fsep.measures.estimate import Estimate, around, check_shares


def agresti_coull(shares: Sequence[float], *, z: float) -> Estimate:
    """Return the mean share of a cell with its Agresti-Coull interval.

    With n units and z from `normal.two_sided`: N = n + z^2, p = (sum(x_i) + z^2 / 2) / N, and the interval is
    p +- z sqrt(p (1 - p) / N), clipped to [0, 1]. The point estimate is the plain mean. Shares between 0 and
    1, as replicates give them, vary less than counts do, so that the interval errs to the wide side.

    Source: A. Agresti and B. A. Coull, The American Statistician 52 (1998) 119-126.

    Args:
        shares: x_i, one a unit, each from 0 to 1: the share of the unit's rated runs that attained.
        z: half the width in standard errors.

    Raises:
        ValueError: without units, for a share outside 0 to 1, or unless z is positive and finite.
    """
    check_shares(shares)
    total, units = math.fsum(shares), len(shares)
    weight = units + z * z
    middle = (total + z * z / 2) / weight
    return around(total / units, middle, middle * (1 - middle) / weight, z=z, reach=(0.0, 1.0), units=units)


def worst_case(units: Iterable[tuple[int, int, int]]) -> tuple[float, float]:
    """Return the least and the greatest mean share that the runs without a rating leave possible.

    For a unit with a runs that attained, of r rated, and m missing: a / (r + m) and (a + m) / (r + m); over
    the units, the mean of each. Missing is whatever has no rating: failed, lost, not occasioned. An effect is
    bounded by the difference of the bounds of its cells, the one's least less the other's greatest.

    Args:
        units: attained, rated and missing runs of each unit.

    Raises:
        ValueError: without units, or for counts that cannot be.
    """
    least, greatest = [], []
    for attained, rated, missing in units:
        if not (0 <= attained <= rated and missing >= 0 and rated + missing > 0):
            raise ValueError(f"no unit has {attained} of {rated} rated runs attained and {missing} missing")
        least.append(attained / (rated + missing))
        greatest.append((attained + missing) / (rated + missing))
    if not least:
        raise ValueError("there is no unit to estimate from")
    return math.fsum(least) / len(least), math.fsum(greatest) / len(greatest)
