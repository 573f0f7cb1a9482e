"""The share of a cell, its Agresti-Coull interval, and what missing ratings leave possible."""

from __future__ import annotations

import math

import pytest

from fsep.measures.normal import two_sided
from fsep.measures.shares import agresti_coull, worst_case

Z = two_sided(0.95)


def test_with_z_of_two_it_adds_two_successes_and_two_failures() -> None:
    # 12 of 100: the rule of thumb of Agresti and Coull, (12 + 2) / (100 + 4), here with 2 for 1.96 throughout.
    cell = agresti_coull([1.0] * 12 + [0.0] * 88, z=2.0)
    p = 14 / 104
    half = 2 * math.sqrt(p * (1 - p) / 104)
    assert (cell.point, cell.units) == (0.12, 100)
    assert cell.low == pytest.approx(p - half, abs=1e-15)
    assert cell.high == pytest.approx(p + half, abs=1e-15)


def test_its_middle_is_that_of_wilsons_interval() -> None:
    # Said by Agresti and Coull of their interval; Wilson's ends are the roots of (p - x/n)^2 = z^2 p (1 - p) / n.
    hits, units = 7, 20
    cell = agresti_coull([1.0] * hits + [0.0] * (units - hits), z=Z)
    share, square = hits / units, Z * Z
    root = Z * math.sqrt(share * (1 - share) / units + square / (4 * units * units))
    middle = (share + square / (2 * units)) / (1 + square / units)
    wilson = (middle - root / (1 + square / units), middle + root / (1 + square / units))
    assert cell.low + cell.high == pytest.approx(sum(wilson), abs=1e-12)
    assert cell.low < wilson[0]
    assert wilson[1] < cell.high


def test_a_cell_at_the_ceiling_still_has_a_width() -> None:
    cell = agresti_coull([1.0] * 15, z=Z)
    assert cell.point == cell.high == 1.0
    assert 0.7 < cell.low < 0.8


def test_half_shares_count_as_halves() -> None:
    assert agresti_coull([0.5, 0.5], z=Z) == agresti_coull([1.0, 0.0], z=Z)


@pytest.mark.parametrize("share", [-0.01, 1.01, float("nan"), float("inf")])
def test_a_share_outside_0_to_1_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        agresti_coull([0.5, share], z=Z)


def test_no_units_are_refused() -> None:
    with pytest.raises(ValueError, match="no unit"):
        agresti_coull([], z=Z)


@pytest.mark.parametrize("z", [0.0, -1.96, float("nan"), float("inf")])
def test_a_z_that_is_none_is_refused(z: float) -> None:
    with pytest.raises(ValueError, match="positive and finite"):
        agresti_coull([0.5], z=z)


def test_missing_runs_are_counted_as_all_failed_and_as_all_attained() -> None:
    # Two runs each: one attained and one missing; both rated, one attained; both missing.
    assert worst_case([(1, 1, 1), (1, 2, 0), (0, 0, 2)]) == pytest.approx((1 / 3, 2.5 / 3), abs=1e-15)


def test_without_missing_runs_there_is_nothing_in_between() -> None:
    assert worst_case([(1, 2, 0), (2, 2, 0)]) == (0.75, 0.75)


@pytest.mark.parametrize("unit", [(2, 1, 0), (-1, 1, 0), (0, 1, -1), (0, 0, 0)])
def test_counts_that_cannot_be_are_refused(unit: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="no unit has"):
        worst_case([unit])


def test_bounds_of_no_units_are_refused() -> None:
    with pytest.raises(ValueError, match="no unit"):
        worst_case([])
