"""Canonical form and digests."""

from __future__ import annotations

import math

import pytest
import rfc8785

from fsep.limits import CANONICAL_NESTING
from fsep.parsing.canonical import CanonicalError, canonical, digest, sha256_hex


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (1e21, "1e+21"),
        (1e20, "100000000000000000000"),
        (1e-6, "0.000001"),
        (1e-7, "1e-7"),
        (0.0001, "0.0001"),
        (0.00001, "0.00001"),
        (333333333.33333329, "333333333.3333333"),
        (5e-324, "5e-324"),
        ([1, "a", {}], '[1,"a",{}]'),
        ({"b": 1, "a": [0.7]}, '{"a":[0.7],"b":1}'),
        ('\u20ac$\x0f\nA\'B"\\\\"/\x7f\u2028', '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/\x7f\u2028"'),
        (
            {"\ufb33": 1, "\U0001f600": 2, "\xf6": 3, "1": 4, "\r": 5},
            '{"\\r":5,"1":4,"\xf6":3,"\U0001f600":2,"\ufb33":1}',
        ),
    ],
)
def test_the_form_is_that_of_the_rfc(value: object, text: str) -> None:
    """Numbers as ECMAScript writes them, least escapes, keys by UTF-16 code units, no white space."""
    assert canonical(value) == text.encode()


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        math.inf,
        -math.inf,
        2**53,
        -(2**53),
        [10**5000],
        "\ud800",
        {"\udc00": 1},
        {1: 2},
        {None: 1},
        {"a": {1, 2}},
        b"x",
    ],
)
def test_what_json_cannot_say_has_no_canonical_form(value: object) -> None:
    """Values outside I-JSON are refused alone and inside others, and never coerced."""
    for wrapped in (value, [value], {"a": value}, {"é": [0.5, value]}):
        with pytest.raises(CanonicalError):
            canonical(wrapped)


@pytest.mark.parametrize("levels", [CANONICAL_NESTING + 1, 100_000])
def test_a_value_too_deep_is_refused_without_recursion(levels: int) -> None:
    """Depth ends in an error and not in a full stack."""
    value: list[object] = []
    for _ in range(levels - 1):
        value = [value]
    with pytest.raises(CanonicalError):
        canonical(value)


@pytest.mark.parametrize("leaf", [1, 1.0])
def test_a_value_of_the_allowed_depth_is_written_on_either_path(leaf: float) -> None:
    """The limit itself is allowed, whether the fast path is taken or the other."""
    value: object = leaf
    for _ in range(CANONICAL_NESTING):
        value = [value]
    assert canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


def test_a_value_that_holds_itself_is_refused() -> None:
    """A cycle is too deep, not endless."""
    value: list[object] = []
    value.append(value)
    with pytest.raises(CanonicalError):
        canonical(value)


def test_digests_are_sha256_of_the_bytes_and_of_the_canonical_form() -> None:
    """The digests of nothing and of the empty object are the published ones."""
    assert sha256_hex(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert (
        digest({}) == sha256_hex(b"{}") == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    )
