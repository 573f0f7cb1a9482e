"""Several ratings of one thing become one: the table of the specification, and that nobody's place counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsep.measures.combine import TIE, agreed, low_median, majority

RATINGS = st.lists(st.none() | st.integers(0, 4), min_size=1, max_size=7)


@pytest.mark.parametrize(
    ("values", "one"),
    [
        ([2], 2),
        ([1, 1, 1], 1),
        ([0, 1], TIE),
        ([None, None], None),
        ([None, 0], TIE),
        ([0, 0, 1], TIE),
    ],
)
def test_raters_who_all_say_the_same_agree(values: list[int | None], one: object) -> None:
    assert agreed(values) is one or agreed(values) == one


@pytest.mark.parametrize(
    ("values", "one"),
    [
        ([0, 2], 0),
        ([2, 0, 1], 1),
        ([3, 0, 2, 1], 1),
        ([4, 4, 0, 0, 0], 0),
        # More than half, and no fewer, make it not occasioned.
        ([None, 1], 1),
        ([None, None, 1], None),
        ([None, None, 1, 2], 1),
        ([None, None, None, 1, 2], None),
        ([None], None),
    ],
)
def test_the_low_median(values: list[int | None], one: int | None) -> None:
    assert low_median(values) == one


@pytest.mark.parametrize(
    ("values", "one"),
    [
        ([1, 1, 0], 1),
        ([0, 1], TIE),
        ([0, 1, 2], TIE),
        ([0, 0, 1, 1, 2], TIE),
        ([0, 0, 1, 2], 0),
        ([None, None, 1], None),
        ([None, 1], TIE),
        ([None, None, 1, 1], TIE),
    ],
)
def test_the_majority(values: list[int | None], one: object) -> None:
    assert majority(values) is one or majority(values) == one


@given(RATINGS.flatmap(lambda values: st.tuples(st.just(values), st.permutations(values))))
def test_who_said_what_does_not_matter(pair: tuple[list[int | None], Sequence[int | None]]) -> None:
    values, others = pair
    for combine in (agreed, low_median, majority):
        assert combine(values) == combine(others)


@given(RATINGS)
def test_they_follow_from_their_definitions(values: list[int | None]) -> None:
    there = sorted(value for value in values if value is not None)
    if len(values) - len(there) > len(values) / 2:
        assert low_median(values) is None
    else:
        # The greatest value that at least half of those there are not below.
        median = low_median(values)
        assert median in there
        assert sum(value <= median for value in there) * 2 >= len(there)
        assert sum(value < median for value in there) * 2 < len(there)
    counts = Counter(values)
    best = [value for value, count in counts.items() if count == max(counts.values())]
    assert majority(values) == (best[0] if len(best) == 1 else TIE)
    assert agreed(values) == (values[0] if len(counts) == 1 else TIE)
