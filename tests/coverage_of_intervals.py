"""How often an interval holds the truth, computed exactly: every outcome of n units, weighted by its probability.

An interval for pairs sees nothing but the changes e_i of the units, and of those no more than their sum and the
sum of their squares. So the distribution of these two, over n independent units, says all about its coverage,
for any way in which conditions and systems hang together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise, product
from math import prod

from fsep.measures.effects import difference, effect
from fsep.measures.estimate import Estimate
from fsep.measures.normal import two_sided

Z = two_sided(0.95)
# Chances are added up in floating point, and an end that lies on the truth holds it.
ROUNDING = 1e-12

# The chance of each change of one unit; changes are counted in halves, which is what two replicates leave.
Changes = Mapping[int, float]
Sums = tuple[int, int]
Interval = Callable[[tuple[int, ...]], Estimate]


def paired(halves: tuple[int, ...]) -> Estimate:
    """The interval of an effect whose changes are `halves` / 2, one a unit."""
    scaffold = [max(0, half) / 2 for half in halves]
    baseline = [max(0, -half) / 2 for half in halves]
    return effect(scaffold, baseline, z=Z)


def paired_difference(halves: tuple[int, ...]) -> Estimate:
    """The interval of a difference of effects whose changes are `halves` / 2, one a unit."""
    four = [_shares(half) for half in halves]
    return difference(*([unit[place] for unit in four] for place in range(4)), z=Z)


def _shares(half: int) -> tuple[float, float, float, float]:
    first = max(-2, min(2, half))
    second = half - first
    return max(0, first) / 2, max(0, -first) / 2, max(0, -second) / 2, max(0, second) / 2


@lru_cache(maxsize=8)
def _table(interval: Interval, support: tuple[int, ...], units: int) -> dict[Sums, Estimate]:
    """The interval of every outcome, by sum and sum of squares; one outcome stands for all that share them."""
    outcomes: dict[Sums, tuple[int, ...]] = {(0, 0): ()}
    for _ in range(units):
        outcomes = {
            (total + half, squares + half * half): (*units_so_far, half)
            for (total, squares), units_so_far in outcomes.items()
            for half in support
        }
    return {sums: interval(outcome) for sums, outcome in outcomes.items()}


def coverage(interval: Interval, changes: Changes, units: int) -> float:
    """The probability that the interval holds the mean of `changes`."""
    support = tuple(sorted(changes))
    table = _table(interval, support, units)
    chances: dict[Sums, float] = {(0, 0): 1.0}
    for _ in range(units):
        following: defaultdict[Sums, float] = defaultdict(float)
        for (total, squares), chance in chances.items():
            for half, weight in changes.items():
                if weight:
                    following[total + half, squares + half * half] += chance * weight
        chances = following
    truth = sum(half * weight for half, weight in changes.items()) / 2
    return sum(
        chance
        for sums, chance in chances.items()
        if table[sums].low - ROUNDING <= truth <= table[sums].high + ROUNDING
    )


def couplings(shares: Sequence[float]) -> Iterator[dict[tuple[int, ...], float]]:
    """Ways in which conditions with these shares can hang together: independent, with and against each other.

    Each is the chance of every combination of outcomes of one unit. Against each other: the second half of the
    conditions against the first, and every other condition against its neighbour.
    """
    size = len(shares)
    independent = {
        outcome: prod(share if hit else 1 - share for share, hit in zip(shares, outcome, strict=True))
        for outcome in product((0, 1), repeat=size)
    }
    yield independent
    halves = [place >= size // 2 for place in range(size)]
    turns = [place % 2 == 1 for place in range(size)]
    outer = [place in (1, 2) for place in range(size)]
    for turned in ([False] * size, halves, turns, outer):
        tied = _tied(shares, turned)
        yield tied
        yield {key: (tied.get(key, 0.0) + chance) / 2 for key, chance in independent.items()}


def _tied(shares: Sequence[float], turned: Sequence[bool]) -> dict[tuple[int, ...], float]:
    """All conditions follow one draw: a condition attains below its share, or, turned, above one less its share."""
    ends = sorted(
        {0.0, 1.0, *(1 - share if turn else share for share, turn in zip(shares, turned, strict=True))}
    )
    chances: defaultdict[tuple[int, ...], float] = defaultdict(float)
    for low, high in pairwise(ends):
        draw = (low + high) / 2
        outcome = tuple(
            int(draw > 1 - share if turn else draw < share)
            for share, turn in zip(shares, turned, strict=True)
        )
        chances[outcome] += high - low
    return dict(chances)


def changes_of(coupling: Mapping[tuple[int, ...], float], signs: Sequence[int], replicates: int) -> Changes:
    """The chances of changes, in halves, over the whole of what is possible; replicates are independent."""
    once: defaultdict[int, float] = defaultdict(float)
    for outcome, chance in coupling.items():
        once[sum(sign * hit for sign, hit in zip(signs, outcome, strict=True))] += chance
    reach = len(signs) // 2
    if replicates == 1:
        return {2 * change: once[change] for change in range(-reach, reach + 1)}
    twice: defaultdict[int, float] = defaultdict(float)
    for (one, p), (other, q) in product(once.items(), repeat=2):
        twice[one + other] += p * q
    return {half: twice[half] for half in range(-2 * reach, 2 * reach + 1)}
