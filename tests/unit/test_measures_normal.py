"""Quantiles of the normal distribution are those of algorithm AS 241."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from statistics import NormalDist

import pytest

from fsep.measures import normal
from fsep.measures.normal import quantile, two_sided


# Printed with the algorithm, for the check of a transcription.
@pytest.mark.parametrize(
    ("p", "z"), [(0.25, -0.6744897501960817), (0.001, -3.090232306167814), (1e-20, -9.262340089798408)]
)
def test_the_values_that_wichura_prints_come_out(p: float, z: float) -> None:
    assert quantile(p) == pytest.approx(z, rel=1e-15)


# Wichura prints the sums of the mantissas of each pair of polynomials, the constant 1 left out.
@pytest.mark.parametrize(
    ("group", "hash_sum"),
    [
        ("_NEAR_HALF", "55.8831928806149014439"),
        ("_TAIL", "49.33206503301610289036"),
        ("_FAR_TAIL", "47.52583317549289671629"),
    ],
)
def test_the_coefficients_add_up_to_the_printed_hash_sums(group: str, hash_sum: str) -> None:
    source = Path(normal.__file__).read_text(encoding="utf-8")
    literals = source.split(f"{group} = (", 1)[1].split("\n)\n", 1)[0]
    mantissas = [
        Decimal(literal.strip(" (),").split("e")[0]) for literal in literals.splitlines() if "e" in literal
    ]
    assert len(mantissas) == 15
    assert sum(mantissas) == Decimal(hash_sum)


@pytest.mark.parametrize(
    "p", [1e-300, 1e-40, 1e-12, 1.4e-11, 1e-8, 0.02, 0.074, 0.076, 0.4, 0.5, 0.7, 0.926, 0.999999]
)
def test_the_standard_library_agrees(p: float) -> None:
    assert quantile(p) == pytest.approx(NormalDist().inv_cdf(p), rel=1e-14, abs=1e-15)


def test_a_half_has_quantile_zero() -> None:
    assert quantile(0.5) == 0.0


@pytest.mark.parametrize("p", [0.0, 1.0, -0.1, 1.1, float("nan"), float("inf")])
def test_what_is_no_probability_in_between_is_refused(p: float) -> None:
    with pytest.raises(ValueError, match="strictly between 0 and 1"):
        quantile(p)


def test_z_of_common_confidences() -> None:
    assert two_sided(0.95) == pytest.approx(1.959963984540054, abs=1e-12)
    assert two_sided(0.99) == pytest.approx(2.575829303548901, abs=1e-12)


def test_a_family_of_three_takes_a_third_of_the_error() -> None:
    assert two_sided(0.95, 3) == pytest.approx(NormalDist().inv_cdf(1 - 0.05 / 6), abs=1e-12)


def test_large_families_lose_no_digits() -> None:
    # 1 - 0.05 / 2e13 has four digits left in floating point.
    assert two_sided(0.95, 10**13) == pytest.approx(-NormalDist().inv_cdf(0.05 / 2e13), rel=1e-12)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95.0, float("nan")])
def test_what_is_no_confidence_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="confidence"):
        two_sided(confidence)


def test_an_empty_family_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one comparison"):
        two_sided(0.95, 0)
