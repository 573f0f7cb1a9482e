"""Quantiles of the standard normal distribution, by one published algorithm: all compute the same z."""

from __future__ import annotations

import math
from collections.abc import Sequence

# Wichura's coefficients, from the constant upwards: of the numerator and the denominator of a ratio of two
# polynomials, for p near one half, for the tails, and for the far tails.
_NEAR_HALF = (
    (
        3.3871328727963666080e0,
        1.3314166789178437745e2,
        1.9715909503065514427e3,
        1.3731693765509461125e4,
        4.5921953931549871457e4,
        6.7265770927008700853e4,
        3.3430575583588128105e4,
        2.5090809287301226727e3,
    ),
    (
        1.0,
        4.2313330701600911252e1,
        6.8718700749205790830e2,
        5.3941960214247511077e3,
        2.1213794301586595867e4,
        3.9307895800092710610e4,
        2.8729085735721942674e4,
        5.2264952788528545610e3,
    ),
)
_TAIL = (
    (
        1.42343711074968357734e0,
        4.63033784615654529590e0,
        5.76949722146069140550e0,
        3.64784832476320460504e0,
        1.27045825245236838258e0,
        2.41780725177450611770e-1,
        2.27238449892691845833e-2,
        7.74545014278341407640e-4,
    ),
    (
        1.0,
        2.05319162663775882187e0,
        1.67638483018380384940e0,
        6.89767334985100004550e-1,
        1.48103976427480074590e-1,
        1.51986665636164571966e-2,
        5.47593808499534494600e-4,
        1.05075007164441684324e-9,
    ),
)
_FAR_TAIL = (
    (
        6.65790464350110377720e0,
        5.46378491116411436990e0,
        1.78482653991729133580e0,
        2.96560571828504891230e-1,
        2.65321895265761230930e-2,
        1.24266094738807843860e-3,
        2.71155556874348757815e-5,
        2.01033439929228813265e-7,
    ),
    (
        1.0,
        5.99832206555887937690e-1,
        1.36929880922735805310e-1,
        1.48753612908506148525e-2,
        7.86869131145613259100e-4,
        1.84631831751005468180e-5,
        1.42151175831644588870e-7,
        2.04426310338993978564e-15,
    ),
)


def quantile(p: float) -> float:
    """Return the z below which a standard normal variable falls with probability `p`.

    Source: M. J. Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37 (1988) 477-484; about 16 digits.

    Raises:
        ValueError: unless 0 < p < 1.
    """
    if not 0.0 < p < 1.0:
        raise ValueError(f"a probability strictly between 0 and 1 is needed, not {p}")
    q = p - 0.5
    if abs(q) <= 0.425:
        return q * _ratio(_NEAR_HALF, 0.180625 - q * q)
    r = math.sqrt(-math.log(p if q < 0 else 1.0 - p))
    z = _ratio(_TAIL, r - 1.6) if r <= 5.0 else _ratio(_FAR_TAIL, r - 5.0)
    return -z if q < 0 else z


def two_sided(confidence: float, comparisons: int = 1) -> float:
    """Return the z of a two-sided interval, corrected so that all of `comparisons` hold together.

    Formula: z = -quantile((1 - confidence) / (2 comparisons)), which is Bonferroni's correction. It is taken
    in the lower tail, where small probabilities lose no digits.

    Raises:
        ValueError: unless 0 < confidence < 1 and comparisons >= 1.
    """
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"a confidence strictly between 0 and 1 is needed, not {confidence}")
    if comparisons < 1:
        raise ValueError(f"a family has at least one comparison, not {comparisons}")
    return -quantile((1.0 - confidence) / (2 * comparisons))


def _ratio(coefficients: tuple[Sequence[float], Sequence[float]], x: float) -> float:
    numerator, denominator = coefficients
    return _polynomial(numerator, x) / _polynomial(denominator, x)


def _polynomial(coefficients: Sequence[float], x: float) -> float:
    value = 0.0
    for coefficient in reversed(coefficients):
        value = value * x + coefficient
    return value
