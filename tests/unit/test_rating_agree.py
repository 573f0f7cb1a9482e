"""Which coefficient the agreement of a dimension is, of what, and when it is called unreliable."""

from __future__ import annotations

from typing import Any

import pytest

from fsep.limits import AGREE
from fsep.rating.agree import agreement
from fsep.rating.book import Thing, come_to
from unit.rating_stock import book, dimension, panel, plan

SHARED = frozenset(range(4))


def agree(*ratings: dict[int, int], missing: set[Thing] | frozenset[Thing] = frozenset(), **changed: Any) -> dict[str, Any]:  # fmt: skip
    names = ("ada", "ben", "cy")[: len(ratings)]
    one = dimension(**changed)
    came = come_to(one, panel(*names), book(**dict(zip(names, ratings, strict=True))))
    found = agreement(one, len(names), came, SHARED, frozenset(missing))
    assert found is not None
    return found


ADA, BEN = {0: 0, 1: 1, 2: 2, 3: 2}, {0: 0, 1: 2, 2: 2, 3: 1}


def test_two_raters_without_gaps_have_kappa_and_quadratic_on_an_order() -> None:
    found = agree(ADA, BEN)
    # Squared distances 0 + 1 + 0 + 1; both have counts 1, 1, 2: (1*1 + 4*2) + (1 + 2) + (4*2 + 2*1) = 22.
    assert found == {
        "statistic": "quadratic-kappa", "units": 4, "split": 0, "raw": 0.5, "coefficient": 1 - 4 * 2 / 22,
        "undefined": None, "at_least": 0, "unreliable": False,
    }  # fmt: skip
    found = agree(ADA, BEN, ordinal=False)
    # Two of four agree, by chance (1 + 1 + 4) / 16.
    assert found["statistic"] == "kappa"
    assert found["coefficient"] == pytest.approx(0.2, abs=1e-12)


def test_more_raters_have_alpha() -> None:
    assert agree(ADA, BEN, ADA)["statistic"] == "ordinal-alpha"
    assert agree(ADA, BEN, ADA, ordinal=False)["statistic"] == "alpha"


def test_two_raters_with_a_gap_in_the_overlap_have_alpha() -> None:
    without = {slot: value for slot, value in BEN.items() if slot}
    assert agree(ADA, without, missing={(0, "")})["statistic"] == "ordinal-alpha"
    assert agree(ADA, without, missing={(0, "")})["units"] == 3
    # Outside of the overlap one rating is all there is to be.
    assert agree(ADA, BEN, missing={(9, "")})["statistic"] == "quadratic-kappa"


def test_not_occasioned_is_no_gap_and_splits_where_others_gave_a_value() -> None:
    found = agree({**ADA, 0: -1, 1: -1}, {**BEN, 0: -1})
    assert (found["statistic"], found["units"], found["split"]) == ("quadratic-kappa", 2, 1)


def test_without_a_shared_thing_it_is_undefined_and_unreliable() -> None:
    found = agree({0: 1}, {1: 1})
    assert (found["coefficient"], found["undefined"], found["raw"], found["units"]) == (None, "nothing-shared", None, 0)  # fmt: skip
    assert found["unreliable"] is True


def test_without_variation_it_is_undefined_and_not_unreliable() -> None:
    found = agree(dict.fromkeys(range(4), 1), dict.fromkeys(range(4), 1), plan=plan(least=0.9))
    assert (found["coefficient"], found["undefined"], found["raw"]) == (None, "no-variation", 1.0)
    assert found["unreliable"] is False


def test_the_threshold_may_be_met_exactly_and_within_what_programs_differ_by() -> None:
    exact = agree(ADA, BEN)["coefficient"]
    for least, unreliable in ((exact, False), (exact + AGREE / 2, False), (exact + 3 * AGREE, True), (exact - 0.1, False)):  # fmt: skip
        found = agree(ADA, BEN, plan=plan(least=least))
        assert (found["at_least"], found["unreliable"]) == (least, unreliable)


def test_of_a_dimension_that_no_raters_rate_there_is_none() -> None:
    one = dimension(by="automatic", plan=None)
    assert agreement(one, 1, come_to(one, panel("checker"), book(checker=ADA)), SHARED, frozenset()) is None
