"""Kappa and alpha: the examples their authors print, and where there is no coefficient."""

from __future__ import annotations

import pytest

from fsep.measures.agreement import Agreement, Undefined, alpha, kappa

# Cohen (1968), Table 1: two judges, 200 cases, three diagnoses; he prints proportions, here times 200.
COHEN = ((88, 14, 18), (10, 40, 10), (2, 6, 12))

# Krippendorff (2011): four observers, twelve units, five values, gaps.
KRIPPENDORFF = (
    (1, 1, None, 1),
    (2, 2, 3, 2),
    (3, 3, 3, 3),
    (3, 3, 3, 3),
    (2, 2, 2, 2),
    (1, 2, 3, 4),
    (4, 4, 4, 4),
    (1, 1, 2, 1),
    (2, 2, 2, 2),
    (None, 5, 5, 5),
    (None, None, 1, 1),
    (None, 3, None, None),
)


def ratings(table: tuple[tuple[int, ...], ...]) -> tuple[list[int], list[int]]:
    pairs = [(a, b) for a, row in enumerate(table) for b, number in enumerate(row) for _ in range(number)]
    return [a for a, _ in pairs], [b for _, b in pairs]


def test_cohens_diagnoses_have_the_printed_kappa() -> None:
    found = kappa(*ratings(COHEN))
    assert found.coefficient == pytest.approx(0.492, abs=5e-4)
    assert (found.raw, found.units, found.undefined) == (0.7, 200, None)


def test_quadratic_weights_on_a_table_worked_by_hand() -> None:
    # Rows (2, 1, 0), (0, 1, 1), (1, 0, 2): 8 units, squared distances add up to 1 + 1 + 4 = 6; marginals (3, 2, 3)
    # and (3, 2, 3), expected 3*2*1 + 3*3*4 + 2*3*1 + 2*3*1 + 3*3*4 + 3*2*1 = 96: 1 - 8 * 6 / 96.
    found = kappa(*ratings(((2, 1, 0), (0, 1, 1), (1, 0, 2))), quadratic=True)
    assert found.coefficient == 0.5


def test_weights_go_by_positions_on_the_whole_scale() -> None:
    # The value between the two used ones was never given: they are still two steps apart.
    near, far = kappa([0, 1, 3], [0, 1, 1], quadratic=True), kappa([0, 1, 2], [0, 1, 1], quadratic=True)
    assert near.coefficient != far.coefficient


def test_krippendorffs_data_have_the_printed_alphas() -> None:
    assert alpha(KRIPPENDORFF).coefficient == pytest.approx(0.743, abs=5e-4)
    assert alpha(KRIPPENDORFF, ordinal=True).coefficient == pytest.approx(0.815, abs=5e-4)
    # The twelfth unit has one rating and falls out.
    assert alpha(KRIPPENDORFF).units == 11


def test_two_raters_without_gaps_on_a_dichotomy_worked_by_hand() -> None:
    # 10 units, 4 of them disagreed on: 14 zeros and 6 ones. 1 - 19 * (2 * 4) / (2 * 14 * 6).
    units = [(1, 0), (0, 1), (1, 0), (0, 1), (1, 1), *[(0, 0)] * 5]
    found = alpha(units)
    assert found.coefficient == pytest.approx(1 - 19 * 8 / 168, abs=1e-15)
    assert found.raw == 0.6


def test_raw_agreement_of_units_of_different_size_weighs_by_ratings() -> None:
    # A unit of 3 ratings with one pair of three in agreement, a unit of 2 in full agreement: (3 * 1/3 + 2) / 5.
    assert alpha([(0, 0, 1), (1, 1, None)]).raw == pytest.approx(0.6, abs=1e-15)


@pytest.mark.parametrize("weighted", [False, True])
def test_without_variation_there_is_no_coefficient_but_a_raw_agreement(weighted: bool) -> None:
    undefined = Agreement(None, 1.0, 3, Undefined.NO_VARIATION)
    assert kappa([2, 2, 2], [2, 2, 2], quadratic=weighted) == undefined
    assert alpha([(2, 2), (2, 2, 2), (2, 2)], ordinal=weighted) == undefined


def test_one_constant_rater_is_variation_enough() -> None:
    assert kappa([1, 1, 1, 1], [1, 0, 1, 0]).coefficient == 0.0


def test_without_a_unit_rated_twice_there_is_neither() -> None:
    undefined = Agreement(None, None, 0, Undefined.NOTHING_SHARED)
    assert kappa([], []) == undefined
    assert alpha([]) == undefined
    assert alpha([(1, None), (None, 0), (None, None), ()]) == undefined


def test_raters_of_different_units_are_refused() -> None:
    with pytest.raises(ValueError, match="not 2 and 1"):
        kappa([0, 1], [0])


def test_full_agreement_is_exactly_one() -> None:
    assert kappa([0, 1, 2], [0, 1, 2]).coefficient == 1.0
    assert kappa([0, 1, 2], [0, 1, 2], quadratic=True).coefficient == 1.0
    assert alpha([(0, 0), (1, 1, 1), (2, 2)], ordinal=True).coefficient == 1.0
