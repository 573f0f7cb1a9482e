"""What is constant in the tokens of requests: the line by least squares, from sums that merge."""

from __future__ import annotations

from functools import reduce
from statistics import linear_regression

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsep.checks.prompts import ENOUGH, NO_PROMPTS, Prompts, prompt

PAIRS = st.lists(st.tuples(st.integers(0, 100_000), st.integers(0, 100_000)), max_size=60)


def sums(pairs: list[tuple[int, int]]) -> Prompts:
    return reduce(Prompts.plus, (prompt(*pair) for pair in pairs), NO_PROMPTS)


@given(PAIRS, PAIRS, PAIRS)
def test_sums_merge_however_requests_are_split(
    one: list[tuple[int, int]], two: list[tuple[int, int]], three: list[tuple[int, int]]
) -> None:
    whole = sums(one + two + three)
    assert sums(one).plus(sums(two)).plus(sums(three)) == whole
    assert sums(three).plus(sums(two).plus(sums(one))) == whole


@given(PAIRS)
def test_the_constant_is_that_of_the_standard_library(pairs: list[tuple[int, int]]) -> None:
    line = sums(pairs).line
    lengths = [x for x, _ in pairs]
    if len(pairs) < ENOUGH or len(set(lengths)) < 2:
        assert line is None
        return
    assert line is not None
    slope, constant = linear_regression(lengths, [y for _, y in pairs])
    assert line.constant == pytest.approx(constant, rel=1e-6, abs=1e-3)
    left = sum((y - constant - slope * x) ** 2 for x, y in pairs) / (len(pairs) - 2)
    mean = sum(lengths) / len(lengths)
    error = (left * (1 / len(pairs) + mean**2 / sum((x - mean) ** 2 for x in lengths))) ** 0.5
    assert line.error == pytest.approx(error, rel=1e-3, abs=1e-2)


@given(st.integers(0, 5000), st.integers(0, 3))
def test_requests_on_a_line_have_its_constant_and_no_error(constant: int, slope: int) -> None:
    line = sums([(x, constant + slope * x) for x in range(ENOUGH)]).line
    assert line is not None
    assert line.constant == pytest.approx(constant, abs=1e-6)
    assert line.error == pytest.approx(0, abs=1e-3)
