"""Strict JSON held against the standard library's parser with every rule added by hand."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from hypothesis import given
from hypothesis import strategies as st

from fsep.limits import INTEGER, NESTING
from fsep.parsing.json import JsonValue, parse
from fsep.parsing.problem import ParseError

# Characters that matter to a parser, and any others.
PIECES = st.sampled_from(
    [
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b'"',
        b"\\",
        b"\\u",
        b"d83d",
        b"de00",
        b"0041",
        b"a",
        b'"a":',
        b"1",
        b"-",
        b"0",
        b".",
        b"e",
        b"E+",
        b"400",
        b"9007199254740991",
        b"2",
        b"true",
        b"null",
        b"NaN",
        b"Infinity",
        b" ",
        b"\n",
        b"\xef\xbb\xbf",
        b"\xc3\xa9",
        b"\xff",
        b"\xed\xa0\x80",
        b"\xe2\x80\xa8",
        b"\x00",
        b"\t",
        b"[[[[[[[[[[[[[[[[",
        b"]]]]]]]]]]]]]]]]",
    ]
)
TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**54), 2**54) | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


class Refused(Exception):
    """The reference does not accept a text."""


def reference(data: bytes) -> Any:
    """Read a text as the rules say, slowly and obviously."""

    def constant(_: str) -> NoReturn:
        raise Refused

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise Refused
        return dict(pairs)

    try:
        value = json.loads(data.decode("utf-8"), parse_constant=constant, object_pairs_hook=members)
    except (ValueError, RecursionError):
        raise Refused from None
    judge(value, 0)
    return value


def judge(value: Any, depth: int) -> None:
    if isinstance(value, str):
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise Refused
    elif isinstance(value, float):
        if value in (float("inf"), float("-inf")):
            raise Refused
    elif isinstance(value, int):
        if abs(value) > INTEGER:
            raise Refused
    elif value is not None:
        if depth == NESTING:
            raise Refused
        for item in [*value, *value.values()] if isinstance(value, dict) else value:
            judge(item, depth + 1)


def same(data: bytes) -> None:
    try:
        expected = reference(data)
    except Refused:
        try:
            got: JsonValue = parse(data)
        except ParseError as error:
            lines = data.split(b"\n")
            assert 1 <= error.line <= len(lines)
            assert 1 <= error.column <= len(lines[error.line - 1]) + 1
            assert error.message.isprintable()
            assert len(error.message) < 200
            return
        raise AssertionError(f"accepted as {got!r}") from None
    # The text of a value tells 1 from 1.0 from true, which equality does not.
    assert repr(parse(data)) == repr(expected)


@given(st.lists(PIECES, max_size=12).map(b"".join))
def test_any_bytes_get_the_verdict_of_the_reference(data: bytes) -> None:
    """Pieces of JSON in any order are accepted as the same value, or refused with a place in the text."""
    same(data)


@given(VALUES, st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_any_value_gets_the_verdict_of_the_reference(value: Any, escapes: bool, indent: Any) -> None:
    """Values in any layout, with NaN and unsafe integers among them."""
    same(json.dumps(value, ensure_ascii=escapes, indent=indent).encode())


@given(VALUES, st.data())
def test_a_damaged_text_gets_the_verdict_of_the_reference(value: Any, data: st.DataObject) -> None:
    """One piece put in, or a stretch taken out, at any place."""
    text = json.dumps(value, ensure_ascii=False).encode()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 3)))
    same(text[:start] + data.draw(PIECES | st.just(b"")) + text[end:])
