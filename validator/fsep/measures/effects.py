"""What a scaffold changes, and whether it changes one system more than another.

An *effect* is the share under a scaffold less the share under the baseline; a *difference of effects* is one
system's effect less another's. Where the same items stand in every condition the units are paired, and one
formula serves both. Where each participant met one condition they are not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from fsep.measures.estimate import Estimate, around, check_shares

# Signs of the conditions, in the order in which the functions below take them.
_EFFECT = (1, -1)
_DIFFERENCE = (1, -1, -1, 1)

# The size of the two changes, one up and one down, that are added to those observed.
_ADDED_TO_EFFECTS = 1.0
_ADDED_TO_DIFFERENCES = 2.0


def effect(scaffold: Sequence[float], baseline: Sequence[float], *, z: float) -> Estimate:
    """Return the effect of a scaffold on one system, from items that were run under both.

    With e_i = scaffold_i - baseline_i over n units: m = sum(e_i) / (n + 2),
    v = (sum(e_i^2) + 2) / (n + 2) - m^2, and the interval is m +- z sqrt(v / (n + 2)), clipped to [-1, 1].
    The point estimate is the plain mean. For shares of 0 and 1 this is Bonett and Price's interval: one unit
    that rose and one that fell are added to those observed, so that it never collapses to a point.

    Source: D. G. Bonett and R. M. Price, Journal of Educational and Behavioral Statistics 37 (2012) 479-488.

    Args:
        scaffold: shares from 0 to 1, one a unit.
        baseline: shares of the same units, in the same order.
        z: from `normal.two_sided`.

    Raises:
        ValueError: without units, for sequences of different lengths, a share outside 0 to 1, or unless z is
            positive and finite.
    """
    return _paired((scaffold, baseline), _EFFECT, _ADDED_TO_EFFECTS, z)


def difference(
    scaffold: Sequence[float],
    baseline: Sequence[float],
    other_scaffold: Sequence[float],
    other_baseline: Sequence[float],
    *,
    z: float,
) -> Estimate:
    """Return by how much an effect is larger on one system than on another, from items run in all four.

    The formula of `effect` on e_i = (scaffold_i - baseline_i) - (other_scaffold_i - other_baseline_i), which
    reach from -2 to 2: one unit at either end is added, so that v = (sum(e_i^2) + 8) / (n + 2) - m^2, and the
    interval is clipped to [-2, 2]. With units at +1 and -1 it would hold the truth of systems that change on
    the same items in opposite directions in as few as .74 of samples, at 15 units and a confidence of .95.

    Args:
        scaffold: shares of the one system, from 0 to 1, one a unit.
        baseline: shares of the same units, in the same order.
        other_scaffold: shares of the other system, likewise.
        other_baseline: shares of the other system, likewise.
        z: from `normal.two_sided`.

    Raises:
        ValueError: as `effect`.
    """
    conditions = (scaffold, baseline, other_scaffold, other_baseline)
    return _paired(conditions, _DIFFERENCE, _ADDED_TO_DIFFERENCES, z)


def effect_between(scaffold: Sequence[float], baseline: Sequence[float], *, z: float) -> Estimate:
    """Return the effect of a scaffold on one system, from participants who met one condition each.

    With k = 2 groups, group g of n_g participants: N_g = n_g + 4/k, p_g = (sum(x_i) + 2/k) / N_g,
    v_g = (sum(x_i^2) + 2/k) / N_g - p_g^2, and the interval is sum(c_g p_g) +- z sqrt(sum(v_g / N_g)) with
    signs c_g, clipped to [-1, 1]. The point estimate is the difference of the plain means. For shares of 0
    and 1, v_g = p_g (1 - p_g), and this is Agresti and Caffo's interval.

    Sources: A. Agresti and B. Caffo, The American Statistician 54 (2000) 280-288; R. M. Price and
    D. G. Bonett, Computational Statistics and Data Analysis 45 (2004) 449-456.

    Args:
        scaffold: shares from 0 to 1, one a participant.
        baseline: shares of other participants, as many or not.
        z: from `normal.two_sided`.

    Raises:
        ValueError: for a group without participants, a share outside 0 to 1, or unless z is positive and
            finite.
    """
    return _unpaired((scaffold, baseline), _EFFECT, z)


def difference_between(
    scaffold: Sequence[float],
    baseline: Sequence[float],
    other_scaffold: Sequence[float],
    other_baseline: Sequence[float],
    *,
    z: float,
) -> Estimate:
    """Return by how much an effect is larger on one system than on another, from four groups of people.

    The formula of `effect_between` with k = 4, clipped to [-2, 2]: Price and Bonett's interval.

    Raises:
        ValueError: as `effect_between`.
    """
    return _unpaired((scaffold, baseline, other_scaffold, other_baseline), _DIFFERENCE, z)


def _paired(conditions: Sequence[Sequence[float]], signs: Sequence[int], added: float, z: float) -> Estimate:
    units = len(conditions[0])
    for shares in conditions:
        check_shares(shares)
        if len(shares) != units:
            raise ValueError(f"paired shares are of the same units, not of {units} and {len(shares)}")
    changes = [
        math.fsum(sign * share for sign, share in zip(signs, unit, strict=True))
        for unit in zip(*conditions, strict=True)
    ]
    total = math.fsum(changes)
    middle = total / (units + 2)
    variance = (math.fsum(change * change for change in changes) + 2 * added * added) / (
        units + 2
    ) - middle * middle
    return around(total / units, middle, variance / (units + 2), z=z, reach=_reach(signs), units=units)


def _unpaired(groups: Sequence[Sequence[float]], signs: Sequence[int], z: float) -> Estimate:
    added = 2 / len(groups)
    points, middles, variances = [], [], []
    for shares, sign in zip(groups, signs, strict=True):
        check_shares(shares)
        total, weight = math.fsum(shares), len(shares) + 2 * added
        mean = (total + added) / weight
        squares = math.fsum(share * share for share in shares)
        points.append(sign * total / len(shares))
        middles.append(sign * mean)
        variances.append(((squares + added) / weight - mean * mean) / weight)
    smallest = min(len(shares) for shares in groups)
    return around(
        math.fsum(points),
        math.fsum(middles),
        math.fsum(variances),
        z=z,
        reach=_reach(signs),
        units=smallest,
    )


def _reach(signs: Sequence[int]) -> tuple[float, float]:
    return float(sum(sign for sign in signs if sign < 0)), float(sum(sign for sign in signs if sign > 0))
