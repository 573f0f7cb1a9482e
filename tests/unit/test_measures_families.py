"""Verdicts against a margin, and the size of families."""

from __future__ import annotations

import pytest

from fsep.measures.effects import difference, effect
from fsep.measures.estimate import Estimate
from fsep.measures.families import (
    Verdict,
    difference_verdict,
    differences_in_family,
    effect_verdict,
    effects_in_family,
)
from fsep.measures.normal import two_sided


def between(low: float, high: float, units: int = 50) -> Estimate:
    return Estimate((low + high) / 2, low, high, units)


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.11, 0.5, Verdict.RAISED),
        (-0.5, -0.11, Verdict.LOWERED),
        (-0.1, 0.1, Verdict.EQUIVALENT),
        (0.02, 0.09, Verdict.EQUIVALENT),
        (0.1, 0.5, Verdict.UNDETERMINED),
        (-0.5, -0.1, Verdict.UNDETERMINED),
        (0.02, 0.5, Verdict.UNDETERMINED),
        (-0.5, 0.5, Verdict.UNDETERMINED),
        (-0.11, 0.0, Verdict.UNDETERMINED),
    ],
)
def test_a_verdict_is_the_region_that_holds_the_whole_interval(
    low: float, high: float, verdict: Verdict
) -> None:
    assert effect_verdict(between(low, high), 0.1) is verdict


def test_a_difference_has_no_direction() -> None:
    assert difference_verdict(between(0.2, 0.5), 0.1) is Verdict.DIFFERS
    assert difference_verdict(between(-0.5, -0.2), 0.1) is Verdict.DIFFERS
    assert difference_verdict(between(-0.05, 0.05), 0.1) is Verdict.EQUIVALENT
    assert difference_verdict(between(-0.05, 0.5), 0.1) is Verdict.UNDETERMINED


def test_under_ten_units_there_is_no_verdict() -> None:
    assert effect_verdict(between(0.2, 0.5, units=9), 0.1) is None
    assert difference_verdict(between(0.2, 0.5, units=9), 0.1) is None
    assert effect_verdict(between(0.2, 0.5, units=10), 0.1) is Verdict.RAISED


@pytest.mark.parametrize("margin", [0.0, -0.1, 2.1, float("nan"), float("inf")])
def test_a_margin_that_is_none_is_refused_whatever_the_units(margin: float) -> None:
    with pytest.raises(ValueError, match="margin"):
        effect_verdict(between(0.2, 0.5, units=3), margin)


def test_families_count_each_comparison_once() -> None:
    assert effects_in_family(systems=3, scaffolds=3) == 9
    assert differences_in_family(systems=3, scaffolds=3) == 9
    assert differences_in_family(systems=4, scaffolds=1) == 6
    assert differences_in_family(systems=1, scaffolds=3) == 0


def test_one_system_raised_to_the_ceiling_and_one_unchanged_differ() -> None:
    # Synthetic: 15 items; a scaffold takes one system from 1 to 15 attained, and leaves the other at 3.
    z = two_sided(0.95, differences_in_family(systems=3, scaffolds=3))
    low, full, other = [1.0] + [0.0] * 14, [1.0] * 15, [1.0] * 3 + [0.0] * 12
    assert effect_verdict(effect(full, low, z=z), 0.25) is Verdict.RAISED
    assert effect_verdict(effect(other, other, z=z), 0.25) is Verdict.EQUIVALENT
    assert difference_verdict(difference(full, low, other, other, z=z), 0.25) is Verdict.DIFFERS
