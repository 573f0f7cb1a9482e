"""What holds of the measures whatever the numbers: bounds, symmetry, order, and what changes nothing."""

from __future__ import annotations

import random
from statistics import NormalDist

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fsep.limits import AGREE
from fsep.measures.agreement import alpha, kappa
from fsep.measures.effects import difference, difference_between, effect, effect_between
from fsep.measures.estimate import Estimate
from fsep.measures.families import Verdict, difference_verdict, effect_verdict
from fsep.measures.normal import quantile, two_sided
from fsep.measures.shares import agresti_coull, worst_case

SHARES = st.one_of(st.sampled_from([0.0, 0.5, 1.0]), st.floats(0, 1))
GROUPS = st.lists(SHARES, min_size=1, max_size=40)
CONFIDENCES = st.floats(0.9, 0.999999)
PROBABILITIES = st.floats(1e-300, 1 - 1e-12)
SCALE = st.integers(0, 4)
PAIRS = st.lists(st.tuples(SCALE, SCALE), min_size=1, max_size=40)
ROWS = st.lists(st.lists(st.one_of(st.none(), SCALE), max_size=5), max_size=25)


def groups_of(number: int) -> st.SearchStrategy[list[list[float]]]:
    """Shares of the same units under several conditions."""
    return st.lists(st.tuples(*[SHARES] * number), min_size=1, max_size=40).map(
        lambda units: [list(condition) for condition in zip(*units, strict=True)]
    )


def negated(estimate: Estimate) -> Estimate:
    return Estimate(-estimate.point, -estimate.high, -estimate.low, estimate.units)


def close(one: Estimate, other: Estimate) -> bool:
    ends = (one.point, one.low, one.high), (other.point, other.low, other.high)
    return one.units == other.units and ends[0] == pytest.approx(ends[1], abs=1e-12)


@given(PROBABILITIES)
def test_a_quantile_has_the_probability_it_was_asked_for(p: float) -> None:
    assert NormalDist().cdf(quantile(p)) == pytest.approx(p, rel=1e-11, abs=1e-15)


@given(PROBABILITIES, PROBABILITIES)
def test_quantiles_grow_with_the_probability(p: float, q: float) -> None:
    # To the last digits: at the seams of its three ranges the algorithm is exact to 16, no more.
    assume(p < q)
    assert quantile(p) <= quantile(q) + 1e-14 * abs(quantile(p))


@given(st.floats(1e-9, 0.5))
def test_quantiles_mirror_at_one_half(p: float) -> None:
    assert quantile(1 - p) == pytest.approx(-quantile(1 - (1 - p)), rel=1e-12, abs=1e-15)


@given(CONFIDENCES, st.integers(1, 10**6))
def test_larger_families_have_wider_intervals(confidence: float, comparisons: int) -> None:
    assert two_sided(confidence, comparisons) < two_sided(confidence, 2 * comparisons)


@given(GROUPS, CONFIDENCES)
def test_a_cell_lies_in_its_interval_and_that_in_0_to_1(shares: list[float], confidence: float) -> None:
    cell = agresti_coull(shares, z=two_sided(confidence))
    assert 0 <= cell.low <= cell.point + 1e-12
    assert cell.point - 1e-12 <= cell.high <= 1
    assert cell.low < cell.high


@given(GROUPS, CONFIDENCES)
def test_the_share_that_did_not_attain_is_the_mirror_image(shares: list[float], confidence: float) -> None:
    cell = agresti_coull(shares, z=two_sided(confidence))
    mirror = agresti_coull([1 - share for share in shares], z=two_sided(confidence))
    assert (1 - mirror.point, 1 - mirror.high, 1 - mirror.low) == pytest.approx(
        (cell.point, cell.low, cell.high), abs=1e-12
    )


@given(st.data(), CONFIDENCES)
def test_one_more_success_moves_a_cell_up(data: st.DataObject, confidence: float) -> None:
    units = data.draw(st.integers(1, 60))
    number = data.draw(st.integers(0, units - 1))
    less, more = (
        agresti_coull([1.0] * k + [0.0] * (units - k), z=two_sided(confidence)) for k in (number, number + 1)
    )
    assert less.low <= more.low
    assert less.high <= more.high
    assert less.point < more.point


@given(groups_of(2), st.floats(0.95, 0.999999))
def test_an_effect_lies_in_its_interval_and_that_in_its_range(groups: list[list[float]], c: float) -> None:
    for found in (effect(*groups, z=two_sided(c)), effect_between(*groups, z=two_sided(c))):
        assert -1 <= found.low <= found.point + 1e-12
        assert found.point - 1e-12 <= found.high <= 1
        assert found.low < found.high


@given(groups_of(4), st.floats(0.95, 0.999999))
def test_a_difference_lies_in_its_interval_and_that_in_its_range(groups: list[list[float]], c: float) -> None:
    for found in (difference(*groups, z=two_sided(c)), difference_between(*groups, z=two_sided(c))):
        assert -2 <= found.low <= found.point + 1e-12
        assert found.point - 1e-12 <= found.high <= 2
        assert found.low < found.high


@given(groups_of(2), CONFIDENCES)
def test_swapping_scaffold_and_baseline_turns_an_effect_around(groups: list[list[float]], c: float) -> None:
    z = two_sided(c)
    one, other = groups
    assert close(effect(other, one, z=z), negated(effect(one, other, z=z)))
    assert close(effect_between(other, one, z=z), negated(effect_between(one, other, z=z)))


@given(groups_of(4), CONFIDENCES)
def test_swapping_systems_turns_a_difference_around(groups: list[list[float]], c: float) -> None:
    z = two_sided(c)
    a, b, d, e = groups
    assert close(difference(d, e, a, b, z=z), negated(difference(a, b, d, e, z=z)))
    assert close(difference_between(d, e, a, b, z=z), negated(difference_between(a, b, d, e, z=z)))


@given(groups_of(2), CONFIDENCES)
def test_against_a_system_that_never_changes_a_difference_is_wider_than_the_effect(
    groups: list[list[float]], confidence: float
) -> None:
    z = two_sided(confidence)
    same = [0.5] * len(groups[0])
    one, other = groups
    alone, against = effect(one, other, z=z), difference(one, other, same, same, z=z)
    assert against.point == pytest.approx(alone.point, abs=1e-12)
    assert against.low <= alone.low + 1e-12
    assert against.high >= alone.high - 1e-12


@given(groups_of(4), st.randoms(use_true_random=False))
def test_the_order_of_items_changes_not_one_digit(groups: list[list[float]], draw: random.Random) -> None:
    z = two_sided(0.95)
    order = list(range(len(groups[0])))
    draw.shuffle(order)
    mixed = [[group[place] for place in order] for group in groups]
    assert difference(*mixed, z=z) == difference(*groups, z=z)
    assert effect(*mixed[:2], z=z) == effect(*groups[:2], z=z)
    assert difference_between(*mixed, z=z) == difference_between(*groups, z=z)
    assert agresti_coull(mixed[0], z=z) == agresti_coull(groups[0], z=z)


@given(groups_of(4), st.floats(0.9, 0.98))
def test_more_confidence_never_narrows(groups: list[list[float]], confidence: float) -> None:
    less, more = two_sided(confidence), two_sided(confidence + 0.01)
    for function, number in ((effect, 2), (effect_between, 2), (difference, 4), (difference_between, 4)):
        narrow, wide = function(*groups[:number], z=less), function(*groups[:number], z=more)
        assert wide.low <= narrow.low
        assert narrow.high <= wide.high


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=20))
def test_whatever_the_missing_runs_were_the_share_lies_in_its_bounds(
    units: list[tuple[int, int, int]],
) -> None:
    counts = [(hit, hit + miss, missing) for hit, miss, missing in units if hit + miss + missing]
    assume(counts)
    least, greatest = worst_case(counts)
    possible = [(hit + missing // 2) / (rated + missing) for hit, rated, missing in counts]
    assert 0 <= least <= sum(possible) / len(possible) + 1e-12
    assert sum(possible) / len(possible) - 1e-12 <= greatest <= 1


@given(st.floats(-1, 1), st.floats(0, 1), st.floats(0.01, 1), st.integers(10, 99))
def test_exactly_one_verdict_holds(low: float, width: float, margin: float, units: int) -> None:
    estimate = Estimate(low, low, low + width, units)
    inside = [
        verdict
        for verdict, holds in (
            (Verdict.RAISED, low > margin + AGREE),
            (Verdict.LOWERED, low + width < -margin - AGREE),
            (Verdict.EQUIVALENT, low >= -margin - AGREE and low + width <= margin + AGREE),
        )
        if holds
    ]
    assert len(inside) <= 1
    assert effect_verdict(estimate, margin) is (inside[0] if inside else Verdict.UNDETERMINED)


@given(groups_of(4), st.floats(0.05, 1))
def test_swapping_systems_changes_no_verdict(groups: list[list[float]], margin: float) -> None:
    a, b, d, e = groups
    z = two_sided(0.95)
    one, other = difference(a, b, d, e, z=z), difference(d, e, a, b, z=z)
    assert difference_verdict(one, margin) is difference_verdict(other, margin)


@given(PAIRS, st.booleans())
def test_kappa_does_not_ask_who_is_first(pairs: list[tuple[int, int]], quadratic: bool) -> None:
    one, other = [a for a, _ in pairs], [b for _, b in pairs]
    assert kappa(one, other, quadratic=quadratic) == kappa(other, one, quadratic=quadratic)


@given(PAIRS, st.booleans())
def test_kappa_is_at_most_one_and_one_only_in_full_agreement(
    pairs: list[tuple[int, int]], quadratic: bool
) -> None:
    found = kappa([a for a, _ in pairs], [b for _, b in pairs], quadratic=quadratic)
    if found.coefficient is not None:
        assert -1 <= found.coefficient <= 1
        assert (found.coefficient == 1) == (found.raw == 1) == all(a == b for a, b in pairs)


@given(PAIRS, st.permutations(range(5)))
def test_plain_kappa_and_nominal_alpha_know_no_order_of_values(
    pairs: list[tuple[int, int]], names: list[int]
) -> None:
    renamed = [(names[a], names[b]) for a, b in pairs]
    assert kappa(*zip(*renamed, strict=True)) == kappa(*zip(*pairs, strict=True))
    assert alpha(renamed) == alpha(pairs)


@given(PAIRS)
def test_turning_the_scale_around_or_moving_it_changes_no_ordinal_coefficient(
    pairs: list[tuple[int, int]],
) -> None:
    turned = [(10 - a, 10 - b) for a, b in pairs]
    assert kappa(*zip(*turned, strict=True), quadratic=True) == kappa(
        *zip(*pairs, strict=True), quadratic=True
    )
    assert alpha(turned, ordinal=True) == alpha(pairs, ordinal=True)


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=40))
def test_on_two_values_weights_make_no_difference(pairs: list[tuple[int, int]]) -> None:
    sides = [a for a, _ in pairs], [b for _, b in pairs]
    assert kappa(*sides) == kappa(*sides, quadratic=True)
    assert alpha(pairs) == alpha(pairs, ordinal=True)


@given(PAIRS)
def test_a_second_copy_of_all_units_leaves_kappa_as_it_is(pairs: list[tuple[int, int]]) -> None:
    once, twice = kappa(*zip(*pairs, strict=True)), kappa(*zip(*(pairs * 2), strict=True))
    assert once.coefficient == twice.coefficient


@given(ROWS, st.booleans(), st.randoms(use_true_random=False))
def test_alpha_does_not_ask_who_rated_or_in_which_order(
    rows: list[list[int | None]], ordinal: bool, draw: random.Random
) -> None:
    mixed = [draw.sample(row, len(row)) for row in draw.sample(rows, len(rows))]
    assert alpha(mixed, ordinal=ordinal) == alpha(rows, ordinal=ordinal)


@given(ROWS, st.booleans(), SCALE)
def test_gaps_and_lone_ratings_change_nothing(rows: list[list[int | None]], ordinal: bool, lone: int) -> None:
    padded = [[*row, None] for row in rows] + [[lone, None], []]
    assert alpha(padded, ordinal=ordinal) == alpha(rows, ordinal=ordinal)


@given(ROWS, st.booleans())
def test_alpha_is_at_most_one_and_one_only_in_full_agreement(
    rows: list[list[int | None]], ordinal: bool
) -> None:
    found = alpha(rows, ordinal=ordinal)
    if found.raw is not None:
        assert 0 <= found.raw <= 1
    if found.coefficient is not None:
        assert found.coefficient <= 1
        assert (found.coefficient == 1) == (found.raw == 1)
    else:
        assert found.undefined is not None
