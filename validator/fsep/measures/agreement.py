"""How far raters agree beyond chance: Cohen's kappa for two, Krippendorff's alpha for more, or with gaps.

Ratings are whole numbers: the positions of values on their scale, in its order. Counts are kept as integers
and divided once, at the end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import combinations


class Undefined(StrEnum):
    """Why there is no coefficient."""

    NOTHING_SHARED = "nothing-shared"
    NO_VARIATION = "no-variation"


@dataclass(frozen=True, slots=True)
class Agreement:
    """A coefficient, and what is said beside it.

    Attributes:
        coefficient: 1 for full agreement, 0 for that of chance, negative below; None where undefined.
        raw: the share of agreeing pairs of ratings, not corrected for chance; None where there is no pair.
        units: how many units have at least two ratings.
        undefined: why there is no coefficient: `nothing-shared` where no unit has two ratings, `no-variation`
            where all ratings are one and the same value; None where there is one.
    """

    coefficient: float | None
    raw: float | None
    units: int
    undefined: Undefined | None = None


_Distance = Callable[[int, int], int]


def kappa(one: Sequence[int], other: Sequence[int], *, quadratic: bool = False) -> Agreement:
    """Return Cohen's kappa of two raters: plain for nominal scales, quadratic weights for ordinal ones.

    1 - n sum(w(a_i, b_i)) / sum over all a, b of w(a, b) n_a n_b, with n_a and n_b each rater's own counts,
    where w(a, b) is 0 if a = b, else 1; quadratic: (a - b)^2. Undefined where the divisor is 0: where both
    raters gave one and the same value throughout.

    Sources: J. Cohen, Educational and Psychological Measurement 20 (1960) 37-46; weighted: J. Cohen,
    Psychological Bulletin 70 (1968) 213-220.

    Args:
        one: the one rater's ratings, one a unit, as positions on the scale.
        other: the other's, of the same units in the same order.
        quadratic: whether positions count by the square of their distance.

    Raises:
        ValueError: for sequences of different lengths.
    """
    if len(one) != len(other):
        raise ValueError(f"both rate the same units, not {len(one)} and {len(other)}")
    if not one:
        return Agreement(None, None, 0, Undefined.NOTHING_SHARED)
    units = len(one)
    raw = sum(a == b for a, b in zip(one, other, strict=True)) / units
    distance = _squared if quadratic else _unequal
    observed = sum(distance(a, b) for a, b in zip(one, other, strict=True))
    others = Counter(other)
    expected = sum(distance(a, b) * n_a * n_b for a, n_a in Counter(one).items() for b, n_b in others.items())
    if expected == 0:
        return Agreement(None, raw, units, Undefined.NO_VARIATION)
    return Agreement(float(1 - Fraction(units * observed, expected)), raw, units)


def alpha(ratings: Iterable[Sequence[int | None]], *, ordinal: bool = False) -> Agreement:
    """Return Krippendorff's alpha of any number of raters, for nominal or ordinal scales, with gaps.

    Units with fewer than two ratings are left out. The rest hold n ratings, n_c of them of value c, and unit
    u holds m_u: alpha = 1 - (n - 1) D / E, with D the sum over units of (the sum of d over the pairs of
    ratings in u) / (m_u - 1), and E the sum of n_c n_k d(c, k) over the pairs of values, each pair once.
    d(c, k) is 0 if c = k, else 1; ordinal: the square of the number of ratings from c to k, those of c and of
    k counted by half. `raw` weighs units as alpha does, by their ratings. Undefined where E is 0: where all
    ratings are of one value.

    Source: K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), University of Pennsylvania.

    Args:
        ratings: a row a unit, of the positions its raters chose, None for a gap. Rows may differ in length,
            and who gave which rating does not matter.
        ordinal: whether positions are ordered.
    """
    counts = Counter[int]()
    # Pairs of different values within units, by how many ratings the unit has: all units of one size are
    # divided by the same number.
    pairs: dict[int, Counter[tuple[int, int]]] = {}
    units = 0
    # There are few different rows, and each is looked at once.
    for row, times in Counter(map(tuple, ratings)).items():
        given = Counter(value for value in row if value is not None)
        size = given.total()
        if size < 2:
            continue
        units += times
        counts.update({value: times * count for value, count in given.items()})
        found = pairs.setdefault(size, Counter())
        for (c, n_c), (k, n_k) in combinations(sorted(given.items()), 2):
            found[c, k] += times * n_c * n_k
    if not units:
        return Agreement(None, None, 0, Undefined.NOTHING_SHARED)
    total = counts.total()
    raw = float(1 - 2 * _within(pairs, _unequal) / total)
    distance = _between(counts) if ordinal else _unequal
    expected = sum(distance(c, k) * counts[c] * counts[k] for c, k in combinations(sorted(counts), 2))
    if expected == 0:
        return Agreement(None, raw, units, Undefined.NO_VARIATION)
    return Agreement(float(1 - (total - 1) * _within(pairs, distance) / expected), raw, units)


def _within(pairs: dict[int, Counter[tuple[int, int]]], distance: _Distance) -> Fraction:
    """Return the disagreement within units, each unordered pair once."""
    return sum(
        (
            Fraction(sum(distance(c, k) * number for (c, k), number in found.items()), size - 1)
            for size, found in pairs.items()
        ),
        Fraction(0),
    )


def _unequal(a: int, b: int) -> int:
    return int(a != b)


def _squared(a: int, b: int) -> int:
    return (a - b) ** 2


def _between(counts: Counter[int]) -> _Distance:
    """Return the ordinal distance that counts of ratings make, times four: a factor that cancels."""
    # The middle of each value among the ranks of all ratings, times two.
    middles: dict[int, int] = {}
    below = 0
    for value in sorted(counts):
        middles[value] = 2 * below + counts[value]
        below += counts[value]
    return lambda c, k: (middles[c] - middles[k]) ** 2
