"""The fast path of the canonical form held against the library that is right on every vector of the RFC."""

from __future__ import annotations

import json
import struct
from typing import Any

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from fsep.limits import INTEGER
from fsep.parsing.canonical import CanonicalError, canonical

# Keys whose order differs between code points and UTF-16 units are drawn often.
CHARACTERS = st.sampled_from(
    'ab\x00\x1f"\\/\x7f\x80é\u2028\ud7ff\ue000\uffff\U00010000\U0010ffff'
) | st.characters(codec="utf-8")
TEXT = st.text(CHARACTERS, max_size=4)
BITS = st.integers(0, 2**64 - 1).map(lambda bits: struct.unpack("<d", struct.pack("<Q", bits))[0])
EDGES = st.sampled_from(
    [1e-4, 9.999999999999999e-5, 1e16, 9999999999999998.0, 1e21, 999999999999999900000.0, 0.1 + 0.2, -0.0]
)
DECIMALS = st.builds(
    lambda digits, places: digits / 10**places, st.integers(-(10**6), 10**6), st.integers(0, 9)
)
SCALARS = st.none() | st.booleans() | st.integers(-INTEGER, INTEGER) | TEXT
VALUES = st.recursive(
    SCALARS | EDGES | DECIMALS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
FINITE = BITS.filter(lambda number: number - number == 0)


@given(VALUES)
def test_every_value_is_written_as_the_library_does(value: Any) -> None:
    """Whichever path is taken, the bytes are the same."""
    assert canonical(value) == rfc8785.dumps(value)


@given(FINITE | EDGES | DECIMALS)
def test_every_double_is_written_as_the_library_does(number: float) -> None:
    """Any bit pattern, alone and among others, comes out as ECMAScript writes it and reads back as itself."""
    assert canonical(number) == rfc8785.dumps(number)
    assert canonical({"a": [number, 1]}) == rfc8785.dumps({"a": [number, 1]})
    assert float(canonical(number)) == number


@given(VALUES)
def test_the_form_reads_back_as_the_value_and_is_its_own_form(value: Any) -> None:
    """What was written reads back equal, and writing that again changes nothing."""
    text = canonical(value)
    # Doubles from 2^53 on may be written without a fraction or an exponent, and are no integers for that.
    again = json.loads(text, parse_int=float)
    assert again == value
    assert canonical(again) == text


@given(
    VALUES,
    st.sampled_from([2**53, -(2**60), float("nan"), float("inf"), "\ud800", b"", object(), {1: 1}, 1j]),
    TEXT,
)
def test_a_foreign_value_anywhere_is_refused(value: Any, foreign: Any, key: str) -> None:
    """One value JSON cannot say spoils the whole, whichever path the rest would take."""
    for whole in ([value, foreign], {key: [foreign, value]}, [[value], {key: foreign}]):
        try:
            text = canonical(whole)
        except CanonicalError:
            continue
        raise AssertionError(text)
