"""Effects and their differences: the figures that are published, and the edges."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pytest

from fsep.measures.effects import difference, difference_between, effect, effect_between
from fsep.measures.estimate import Estimate
from fsep.measures.normal import two_sided

Z = two_sided(0.95)


def hits(number: int, units: int) -> list[float]:
    return [1.0] * number + [0.0] * (units - number)


def table(both: int, rose: int, fell: int, neither: int) -> tuple[list[float], list[float]]:
    """Shares of a scaffold and a baseline with these counts of items."""
    return (
        [1.0] * (both + rose) + [0.0] * (fell + neither),
        [1.0] * both + [0.0] * rose + [1.0] * fell + [0.0] * neither,
    )


def test_bonetts_own_program_gives_the_same_interval_for_pairs() -> None:
    # ci.prop.ps(.05, 12, 4, 26, 6) of his R package statpsych documents 0.2548067 and 0.6251933.
    found = effect(*table(6, 26, 4, 12), z=Z)
    assert (found.low, found.high) == pytest.approx((0.2548067, 0.6251933), abs=5e-8)
    assert found.point == pytest.approx(22 / 48, abs=1e-15)
    assert found.units == 48


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    # "A at b1" and "A at b2" of ci.2x2.prop.bs(.05, c(15, 24, 28, 23), c(50, 50, 50, 50)), ibid.
    [((15, 28), -0.43428019, -0.06571981), ((24, 23), -0.17260380, 0.21106534)],
)
def test_agresti_and_caffos_interval_comes_out_between_people(
    counts: tuple[int, int], low: float, high: float
) -> None:
    found = effect_between(hits(counts[0], 50), hits(counts[1], 50), z=Z)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-9)
    assert found.point == pytest.approx((counts[0] - counts[1]) / 50, abs=1e-15)


def test_price_and_bonetts_interval_comes_out_for_four_groups() -> None:
    # "AB" of the same call.
    found = difference_between(*(hits(number, 50) for number in (15, 24, 28, 23)), z=Z)
    assert (found.low, found.high) == pytest.approx((-0.54287780, -0.00614181), abs=5e-9)
    assert found.point == pytest.approx(-0.28, abs=1e-15)


def test_the_formula_for_differences_adds_units_at_the_ends_of_their_range() -> None:
    shares = ([1.0, 0.5, 1.0, 0.0], [0.0, 0.5, 0.0, 1.0], [0.0, 0.5, 1.0, 0.0], [1.0, 0.0, 0.5, 0.0])
    changes = [2.0, -0.5, 0.5, -1.0]
    middle = sum(changes) / 6
    variance = (sum(change**2 for change in changes) + 8) / 6 - middle**2
    found = difference(*shares, z=Z)
    assert found.point == 0.25
    assert found.low == pytest.approx(middle - Z * math.sqrt(variance / 6), abs=1e-15)
    assert found.high == pytest.approx(middle + Z * math.sqrt(variance / 6), abs=1e-15)


def test_no_change_at_all_still_has_a_width() -> None:
    same = [1.0] * 50
    found = effect(same, same, z=Z)
    against = difference(same, same, same, same, z=Z)
    assert against.high == -against.low == pytest.approx(2 * found.high, abs=1e-15)
    assert found.point == against.point == 0.0
    assert found.high == -found.low == pytest.approx(Z * math.sqrt(2) / 52, abs=1e-15)


def test_intervals_are_clipped_to_what_is_possible() -> None:
    ones, zeros = [1.0] * 3, [0.0] * 3
    assert effect(ones, zeros, z=Z).high == 1.0
    assert effect(zeros, ones, z=Z).low == -1.0
    assert difference(ones, zeros, zeros, ones, z=Z).high == 2.0
    assert effect_between(ones, zeros, z=Z).high == 1.0
    assert difference_between(zeros, ones, ones, zeros, z=Z).low == -2.0


def test_shares_between_0_and_1_vary_less_than_counts_between_people_too() -> None:
    replicated = effect_between([0.5] * 20, [0.5] * 20, z=Z)
    counted = effect_between(hits(10, 20), hits(10, 20), z=Z)
    assert replicated.point == counted.point == 0.0
    assert replicated.high < counted.high


def test_the_smallest_group_says_how_many_units() -> None:
    assert effect_between([1.0] * 30, [0.0] * 9, z=Z).units == 9
    assert difference_between([1.0] * 30, [0.0] * 9, [1.0] * 12, [1.0] * 8, z=Z).units == 8


@pytest.mark.parametrize("share", [-0.5, 1.5, float("nan")])
@pytest.mark.parametrize("function", [effect, effect_between])
def test_what_is_no_share_is_refused(function: Callable[..., Estimate], share: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        function([0.5, 0.5], [0.5, share], z=Z)


@pytest.mark.parametrize("groups", [([], []), ([1.0], [])])
@pytest.mark.parametrize("function", [effect, effect_between])
def test_an_empty_condition_is_refused(
    function: Callable[..., Estimate], groups: tuple[Sequence[float], Sequence[float]]
) -> None:
    with pytest.raises(ValueError, match="no unit"):
        function(*groups, z=Z)


def test_pairs_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="not of 2 and 1"):
        effect([0.0, 1.0], [1.0], z=Z)
    with pytest.raises(ValueError, match="not of 1 and 2"):
        difference([0.0], [1.0], [1.0], [1.0, 0.0], z=Z)
