"""The figures are those of scipy, statsmodels, scikit-learn and krippendorff, which were written without this project.

They weigh some 400 MB and are an extra of their own, `references`, which `make test-all` installs.
"""

from __future__ import annotations

import random
from typing import Any

import pytest

from fsep.measures.agreement import alpha, kappa
from fsep.measures.effects import difference, effect, effect_between
from fsep.measures.normal import quantile, two_sided
from fsep.measures.shares import agresti_coull

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]
EXACT = 1e-9
WHY = "the extra `references` is not installed: `make test-all` does so"


def reference(name: str) -> Any:
    """The module of that name, or a skip that says how to get it."""
    return pytest.importorskip(name, reason=WHY)


@pytest.fixture
def draw() -> random.Random:
    return random.Random(20260501)


def hits(number: int, units: int) -> list[float]:
    return [1.0] * number + [0.0] * (units - number)


def test_quantiles_are_those_of_scipy(draw: random.Random) -> None:
    norm = reference("scipy.stats").norm
    for _ in range(2000):
        p = draw.random() if draw.random() < 0.5 else 10 ** -draw.uniform(0, 300)
        assert quantile(p) == pytest.approx(float(norm.ppf(p)), rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99, 0.9994])
@pytest.mark.parametrize("units", [1, 2, 15, 50, 333])
def test_cells_are_those_of_statsmodels(units: int, confidence: float) -> None:
    proportion_confint = reference("statsmodels.stats.proportion").proportion_confint
    for number in range(0, units + 1, 1 + units // 20):
        found = agresti_coull(hits(number, units), z=two_sided(confidence))
        low, high = proportion_confint(number, units, alpha=1 - confidence, method="agresti_coull")
        assert (found.low, found.high) == pytest.approx((max(0, low), min(1, high)), abs=EXACT)


@pytest.mark.parametrize("confidence", [0.95, 0.9994])
def test_effects_between_people_are_those_of_statsmodels(confidence: float, draw: random.Random) -> None:
    confint = reference("statsmodels.stats.proportion").confint_proportions_2indep
    for _ in range(50):
        n_1, n_2 = draw.randint(1, 60), draw.randint(1, 60)
        k_1, k_2 = draw.randint(0, n_1), draw.randint(0, n_2)
        found = effect_between(hits(k_1, n_1), hits(k_2, n_2), z=two_sided(confidence))
        low, high = confint(
            k_1, n_1, k_2, n_2, method="agresti-caffo", compare="diff", alpha=1 - confidence, correction=False
        )
        assert (found.low, found.high) == pytest.approx((max(-1, low), min(1, high)), abs=EXACT)


def test_effects_are_walds_interval_for_the_mean_after_a_change_at_either_end(draw: random.Random) -> None:
    # Neither library has Bonett and Price's interval; it is what they compute of the changes and one at each end.
    zconfint = reference("statsmodels.stats.weightstats").DescrStatsW
    for _ in range(50):
        units = draw.randint(2, 60)
        shares = [[draw.randint(0, 2) / 2 for _ in range(units)] for _ in range(4)]
        first = [a - b for a, b in zip(shares[0], shares[1], strict=True)]
        second = [a - b for a, b in zip(shares[2], shares[3], strict=True)]
        both = [a - b for a, b in zip(first, second, strict=True)]
        for found, changes, reach in (
            (effect(shares[0], shares[1], z=two_sided(0.95)), first, 1),
            (difference(*shares, z=two_sided(0.95)), both, 2),
        ):
            sample = zconfint([*changes, float(reach), float(-reach)])
            # Its standard error divides by n - 1, ours by n.
            half = float(two_sided(0.95) * sample.std / (units + 2) ** 0.5)
            assert found.point == pytest.approx(sum(changes) / units, abs=EXACT)
            assert found.low == pytest.approx(max(-reach, float(sample.mean) - half), abs=EXACT)
            assert found.high == pytest.approx(min(reach, float(sample.mean) + half), abs=EXACT)


@pytest.mark.parametrize("values", [2, 3, 5])
def test_kappas_are_those_of_scikit_learn(values: int, draw: random.Random) -> None:
    score = reference("sklearn.metrics").cohen_kappa_score
    labels = list(range(values))
    for _ in range(60):
        units = draw.randint(5, 60)
        one = [draw.randrange(values) for _ in range(units)]
        other = [value if draw.random() < 0.7 else draw.randrange(values) for value in one]
        for quadratic, weights in ((False, None), (True, "quadratic")):
            found = kappa(one, other, quadratic=quadratic).coefficient
            if found is not None:
                expected = float(score(one, other, labels=labels, weights=weights))
                assert found == pytest.approx(expected, abs=EXACT)


@pytest.mark.parametrize("values", [2, 3, 5])
def test_alphas_are_those_of_krippendorff(values: int, draw: random.Random) -> None:
    package = reference("krippendorff")
    for _ in range(60):
        raters, units = draw.randint(2, 5), draw.randint(4, 40)
        rows: list[list[int | None]] = []
        for _unit in range(units):
            truth = draw.randrange(values)
            row = [truth if draw.random() < 0.7 else draw.randrange(values) for _ in range(raters)]
            rows.append([None if draw.random() < 0.2 else value for value in row])
        by_rater = [[float("nan") if row[r] is None else row[r] for row in rows] for r in range(raters)]
        for ordinal, level in ((False, "nominal"), (True, "ordinal")):
            found = alpha(rows, ordinal=ordinal).coefficient
            if found is not None:
                expected = float(package.alpha(reliability_data=by_rater, level_of_measurement=level))
                assert found == pytest.approx(expected, abs=EXACT)
