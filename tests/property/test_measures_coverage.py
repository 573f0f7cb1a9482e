"""Intervals of .95 hold the truth in .92 of samples or more, at 15 and at 50 units, ceilings included.

The probabilities are exact, not simulated, except for four groups of people. What is a grid here is a finer one
with FSEP_THOROUGH=1.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product
from math import comb, prod

import pytest

from coverage_of_intervals import (
    ROUNDING,
    Changes,
    Interval,
    Z,
    changes_of,
    couplings,
    coverage,
    paired,
    paired_difference,
)
from fsep.measures.effects import difference_between, effect_between
from fsep.measures.estimate import Estimate
from fsep.measures.shares import agresti_coull

THOROUGH = os.environ.get("FSEP_THOROUGH") == "1"
thorough = pytest.mark.skipif(
    not THOROUGH, reason="takes minutes: run with FSEP_THOROUGH=1, as `make test-all` does"
)
LEAST = 0.92
# Fifteen units have so few outcomes that coverage has notches: where every unit changes, or one group is at the
# ceiling and the other halfway to it, .917 on the finer grids.
NOTCH = 0.915
NOTCHES = 0.002

EFFECT = (1, -1)
DIFFERENCE = (1, -1, -1, 1)
CEILINGS = (0.02, 0.1, 0.5, 0.9, 0.98, 1.0)
# Two systems close to the ceiling, one a little above its baseline and one a little below, and wider ones.
SYSTEMS = [(0.9, 1.0, 1.0, 0.9), (1.0, 0.5, 0.1, 1.0), (0.5,) * 4]
ALL_SYSTEMS = [*product((0.1, 0.5, 0.9, 1.0), repeat=4)]


def cell(halves: tuple[int, ...]) -> Estimate:
    return agresti_coull([half / 2 for half in halves], z=Z)


def assert_hold(coverages: Sequence[float]) -> None:
    """All at least `LEAST`, but for few and shallow notches."""
    assert min(coverages) >= NOTCH
    assert sum(found < LEAST for found in coverages) <= NOTCHES * len(coverages)


def steps(number: int) -> list[float]:
    return [step / number for step in range(number + 1)]


def of_three(low: int, high: int, number: int) -> Iterator[Changes]:
    """All distributions, in steps, over two values and the one in their middle: all ways to hang together."""
    for down, up in product(range(number + 1), repeat=2):
        if down + up <= number:
            yield {low: down / number, (low + high) // 2: 1 - (down + up) / number, high: up / number}


def test_coverage_is_what_counting_every_sequence_of_units_says() -> None:
    chances = {-2: 0.2, 0: 0.5, 2: 0.3}
    held = 0.0
    for outcome in product(chances, repeat=4):
        found = paired(outcome)
        if found.low <= 0.1 <= found.high:
            held += prod(chances[half] for half in outcome)
    assert 0 < held < 1
    assert coverage(paired, chances, 4) == pytest.approx(held, abs=1e-12)


def test_however_conditions_hang_together_each_keeps_its_share() -> None:
    shares = (0.1, 0.5, 0.9, 1.0)
    found = list(couplings(shares))
    assert len(found) == 9
    for coupling in found:
        kept = [sum(chance for hits, chance in coupling.items() if hits[place]) for place in range(4)]
        assert kept == pytest.approx(shares, abs=1e-12)


@pytest.mark.parametrize("units", [15, 50])
def test_cells(units: int) -> None:
    chances = [{0: 1 - share, 2: share} for share in steps(1000 if THOROUGH else 100)]
    assert min(coverage(cell, chance, units) for chance in chances) >= LEAST


@pytest.mark.parametrize("units", [15, 50])
def test_cells_of_two_replicates_however_they_hang_together(units: int) -> None:
    grid = of_three(0, 2, 40 if THOROUGH else 10)
    assert min(coverage(cell, chances, units) for chances in grid) >= LEAST


@pytest.mark.parametrize("units", [15, 50])
def test_effects_however_scaffold_and_baseline_hang_together(units: int) -> None:
    number = {15: 100, 50: 50}[units] if THOROUGH else {15: 30, 50: 10}[units]
    assert_hold([coverage(paired, chances, units) for chances in of_three(-2, 2, number)])


@pytest.mark.parametrize("units", [15, pytest.param(50, marks=thorough)])
def test_effects_of_two_replicates(units: int) -> None:
    for shares in product(CEILINGS, repeat=2):
        for coupling in couplings(shares):
            assert coverage(paired, changes_of(coupling, EFFECT, 2), units) >= LEAST


def coverages_of_differences(interval: Interval, units: int, replicates: int) -> Iterator[float]:
    # At 50 units each takes half a second.
    for shares in ALL_SYSTEMS if THOROUGH and units == 15 else SYSTEMS:
        for coupling in couplings(shares):
            changes = changes_of(coupling, DIFFERENCE, replicates)
            yield coverage(interval, changes, units)


@pytest.mark.parametrize("units", [15, pytest.param(50, marks=thorough)])
def test_differences_of_effects(units: int) -> None:
    assert min(coverages_of_differences(paired_difference, units, 1)) >= LEAST


@thorough
def test_differences_of_effects_of_two_replicates() -> None:
    assert min(coverages_of_differences(paired_difference, 15, 2)) >= LEAST


@lru_cache
def between(number: int, other: int, units: int) -> Estimate:
    return effect_between(counted(number, units), counted(other, units), z=Z)


def counted(number: int, units: int) -> list[float]:
    return [1.0] * number + [0.0] * (units - number)


@pytest.mark.parametrize("units", [15, 50])
def test_effects_between_people(units: int) -> None:
    shares = steps(50 if THOROUGH else 10) if units == 15 else CEILINGS
    assert_hold([coverage_between(p, q, units) for p, q in product(shares, repeat=2)])


def coverage_between(share: float, other: float, units: int) -> float:
    """The probability that the interval of two groups of people holds the difference of their shares."""
    truth, first, second = share - other, binomial(share, units), binomial(other, units)
    return sum(
        first[k] * second[m]
        for k, m in product(range(units + 1), repeat=2)
        if between(k, m, units).low - ROUNDING <= truth <= between(k, m, units).high + ROUNDING
    )


def binomial(share: float, units: int) -> list[float]:
    return [comb(units, k) * share**k * (1 - share) ** (units - k) for k in range(units + 1)]


@pytest.mark.parametrize("units", [15, pytest.param(50, marks=thorough)])
@pytest.mark.parametrize(
    "shares",
    [(0.5, 0.98, 1.0, 0.02), (0.5, 1.0, 1.0, 0.1), (1.0, 0.02, 0.1, 1.0), (0.9, 1.0, 1.0, 0.9), (0.5,) * 4],
)
def test_differences_of_effects_between_people(shares: Sequence[float], units: int) -> None:
    draw, samples = random.Random(15), 20000 if THOROUGH else 2000
    truth = sum(sign * share for sign, share in zip(DIFFERENCE, shares, strict=True))
    held = 0
    for _ in range(samples):
        groups = [[float(draw.random() < share) for _ in range(units)] for share in shares]
        found = difference_between(*groups, z=Z)
        held += found.low - ROUNDING <= truth <= found.high + ROUNDING
    assert held / samples >= LEAST
