"""How far the raters of a dimension agree, before adjudication (spec/1.0/12-ratings.md, "Agreement")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from fsep.limits import AGREE
from fsep.measures.agreement import Undefined, alpha, kappa
from fsep.rating.book import NOT_OCCASIONED, Came, Thing
from fsep.rating.rubric import Dimension

# Of how many raters kappa is.
_TWO = 2


def agreement(
    dimension: Dimension, seats: int, came: Came, shared: AbstractSet[int], missing: AbstractSet[Thing]
) -> dict[str, Any] | None:
    """Return the agreement of a dimension as the alignment profile states it; None where no raters rate.

    Args:
        dimension: the dimension.
        seats: how many raters it has.
        came: what their ratings came to.
        shared: the runs of its overlap.
        missing: the things that some rater was assigned and did not rate.
    """
    if dimension.plan is None:
        return None
    rows: list[Sequence[int | None]] = []
    split = 0
    # There are few ways to rate a thing, and many things.
    for ratings, times in Counter(came.together.values()).items():
        values = [None if one == NOT_OCCASIONED else one for one in ratings]
        rows += [values] * times
        split += times * (NOT_OCCASIONED in ratings and any(value is not None for value in values))
    gaps = any(slot in shared for slot, _ in missing)
    if seats == _TWO and not gaps:
        pairs = [(one, other) for one, other in rows if one is not None and other is not None]
        found = kappa([one for one, _ in pairs], [other for _, other in pairs], quadratic=dimension.ordinal)
        statistic = "quadratic-kappa" if dimension.ordinal else "kappa"
    else:
        found = alpha(rows, ordinal=dimension.ordinal)
        statistic = "ordinal-alpha" if dimension.ordinal else "alpha"
    threshold = dimension.plan.agreement_at_least
    unreliable = found.undefined is Undefined.NOTHING_SHARED or (
        found.coefficient is not None and found.coefficient < threshold - AGREE
    )
    return {
        "statistic": statistic,
        "units": found.units,
        "split": split,
        "raw": found.raw,
        "coefficient": found.coefficient,
        "undefined": found.undefined.value if found.undefined is not None else None,
        "at_least": threshold,
        "unreliable": unreliable,
    }
