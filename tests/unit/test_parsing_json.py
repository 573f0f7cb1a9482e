"""Strict JSON: what is read, what is refused, and where an error points."""

from __future__ import annotations

import pickle
import time

import pytest

from fsep.limits import INTEGER, NESTING
from fsep.parsing.json import parse
from fsep.parsing.problem import ParseError


def refused(data: bytes) -> ParseError:
    with pytest.raises(ParseError) as caught:
        parse(data)
    return caught.value


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"null", None),
        (b" \t\r\n[true, false] \n", [True, False]),
        (b'{"a": {"b": []}}', {"a": {"b": []}}),
        (b"-0", 0),
        (b"1e5", 1e5),
        (b"1e-400", 0.0),
        (b"1.7976931348623157e308", 1.7976931348623157e308),
        (b"9007199254740991", INTEGER),
        (b"-9007199254740991", -INTEGER),
        (b'"\\ud83d\\ude00"', "\U0001f600"),
        (b'"\\u0000\\/"', "\x00/"),
        ('"\u2028\u2029\x7f"'.encode(), "\u2028\u2029\x7f"),
        (b'"1e999 NaN 99999999999999999999 [[[["', "1e999 NaN 99999999999999999999 [[[["),
    ],
)
def test_what_json_allows_is_read(data: bytes, value: object) -> None:
    """What RFC 8259 and I-JSON allow is read, and integers stay integers."""
    result = parse(data)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\x00}\x00",
        b"\xfe\xff\x00{\x00}",
        b"{\x00}\x00",
        b"\x00{\x00}",
        b"\x00\x00\x00{\x00\x00\x00}",
        b'"\xff"',
        b'"\xc0\x80"',
        b'"\xed\xa0\x80"',
        b'"\xf4\x90\x80\x80"',
        b'"\xe2\x82"',
        b"[1, \xff]",
        b'{"\xed\xa0\x80": 1}',
        b'"\\ud800"',
        b'"\\udc00"',
        b'"\\udc00\\ud800"',
        b'"\\ud83dabc"',
        b'"\\ud83d\\n"',
        b'"\\ud83d\\ud83d\\ude00"',
        b'{"\\ud83d": 1}',
    ],
)
def test_other_encodings_and_half_characters_are_refused(data: bytes) -> None:
    """Byte order marks, UTF-16, UTF-32, bytes that are not UTF-8 and lone surrogates are encoding errors."""
    assert refused(data).kind == "encoding"


@pytest.mark.parametrize(
    "data",
    [b'{"a": 1, "a": 2}', b'{"a": 1, "\\u0061": 2}', b'[{"x": {"a": 1, "b": {"a": 3}, "a": [["a"]]}}]'],
)
def test_a_key_twice_is_an_error_naming_the_key(data: bytes) -> None:
    """A key that stands twice in one object is named, also where one of the two is escaped."""
    error = refused(data)
    assert error.kind == "duplicate-key"
    assert '"a"' in error.message


def test_a_key_twice_is_pointed_at_where_it_stands_again() -> None:
    """The place is that of the second key, in characters, whatever came before it."""
    error = refused('{"é":\n {"k": "é", "ké": ["ké"], "k\\u00e9" : 1}}'.encode())
    assert (error.line, error.column) == (2, 27)


def test_the_same_key_in_two_objects_is_no_duplicate() -> None:
    """Keys are compared within one object only."""
    assert parse(b'[{"a": {"a": "a"}}, {"a": 1}]') == [{"a": {"a": "a"}}, {"a": 1}]


@pytest.mark.parametrize(
    "data",
    [
        b"NaN",
        b"[Infinity]",
        b"-Infinity",
        b'{"a": NaN}',
        b"1e400",
        b"-1E+400",
        b"[0, 1e0400]",
        b"9" * 400 + b".0",
        b"9007199254740992",
        b"-9007199254740992",
        b'{"a": [18446744073709551616]}',
        b"1" * 5000,
        b"-" + b"1" * 5000,
    ],
)
def test_numbers_that_readers_disagree_on_are_refused(data: bytes) -> None:
    """NaN, infinities, numbers beyond a double and integers beyond 2^53 are number errors."""
    assert refused(data).kind == "number"


def test_an_unsafe_number_is_pointed_at_and_not_one_inside_a_string() -> None:
    """The place is that of the number; digits in strings, also behind escaped quotes, are passed over."""
    error = refused(b'{"a": "1e999 \\" 99999999999999999999",\n "b": [1e999]}')
    assert (error.line, error.column) == (2, 8)
    assert "1e999" in error.message


@pytest.mark.parametrize("opening, closing", [(b"[", b"]"), (b'{"a":', b"}"), (b'[{"a":', b"}]")])
def test_nesting_is_allowed_up_to_the_limit_and_no_further(opening: bytes, closing: bytes) -> None:
    """As many levels as the limit says are read, one more is refused."""
    levels = opening.count(b"[") + opening.count(b"{")
    times = NESTING // levels
    parse(opening * times + b"1" + closing * times)
    assert refused(opening * times + b"[]" + closing * times).kind == "depth"


@pytest.mark.parametrize(
    "data",
    [
        *(b"[" * levels + b"]" * levels for levels in (NESTING + 1, 200, 201, 202, 5_000, 100_000)),
        *(b"[" * levels for levels in (5_000, 100_000)),
    ],
    ids=len,
)
def test_deep_nesting_is_an_error_and_no_crash(data: bytes) -> None:
    """Thousands of levels end in one error at the first bracket too many, whether they are closed or not."""
    error = refused(data)
    assert (error.kind, error.column) == ("depth", NESTING + 1)


def test_brackets_side_by_side_are_not_depth() -> None:
    """A long flat list of lists is not deep."""
    assert len(parse(b"[" + b"[[],{}]," * 1000 + b"[]]")) == 1001  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"", (1, 1)),
        (b" \n ", (1, 1)),
        (b"[1,]", (1, 4)),
        (b'{"a" 1}', (1, 6)),
        ('["é",\n "é" x]'.encode(), (2, 6)),
        (b"{} {}", (1, 4)),
        (b"01", (1, 2)),
        (b"'a'", (1, 1)),
        (b"[1", (1, 3)),
        ('{"é'.encode(), (1, 4)),
        (b'"a\tb"', (1, 3)),
        (b"\x0c1", (1, 1)),
        (b"{1: 2}", (1, 2)),
        (b'"\\x"', (1, 3)),
        (b"+1", (1, 1)),
        (b"[.5]", (1, 2)),
        (b"[/**/]", (1, 2)),
        (b"tru", (1, 4)),
    ],
)
def test_bad_syntax_has_a_place(data: bytes, place: tuple[int, int]) -> None:
    """A syntax error points at the character where the text stops being JSON, counted in characters."""
    error = refused(data)
    assert error.kind == "syntax"
    assert (error.line, error.column) == place


def test_a_message_shows_foreign_text_cut_and_escaped() -> None:
    """A hostile key is shown on one line, without control or bidi characters, and at most sixty of it."""
    key = "\\u001b[31m\\n\\u202e" + "k" * 1000
    error = refused(f'{{"{key}": 1, "{key}": 2}}'.encode())
    assert error.message.isprintable()
    assert len(error.message) < 60 + 60
    assert "\\u001b" in error.message


def test_a_message_never_holds_a_long_number() -> None:
    """Thousands of digits are cut in the message."""
    assert len(str(refused(b"1" * 4000))) < 160


def test_an_error_survives_the_way_between_processes() -> None:
    """A worker's error arrives whole: text, place, kind and advice."""
    error = refused(b'{"a": 1, "a": 2}')
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)
    assert (again.line, again.column, again.kind, again.advice) == (1, 10, "duplicate-key", error.advice)


@pytest.mark.parametrize(
    "data",
    [
        b'["' + b"\\" * 2_000_001 + b'"]',
        b'"' * 2_000_001,
        b"[1e400," + b"\n" * 2_000_000,
        b"\n" * 2_000_000 + b"x",
        b'{"a":1,"a":2,' + b'"b":1,' * 300_000,
        b"[" + b"1," * 1_000_000 + b"1e400]",
        b"-" * 2_000_000,
    ],
)
def test_explaining_a_refusal_takes_linear_time(data: bytes) -> None:
    """Two million hostile bytes are refused, with an explanation, in a moment."""
    start = time.perf_counter()
    refused(data)
    assert time.perf_counter() - start < 60
