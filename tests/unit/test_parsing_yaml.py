"""The safe subset of YAML."""

from __future__ import annotations

import time

import pytest

from fsep.limits import NESTING, YAML_BYTES
from fsep.parsing import yaml
from fsep.parsing.problem import ParseError


def refused(text: str | bytes) -> ParseError:
    with pytest.raises(ParseError) as caught:
        yaml.parse(text if isinstance(text, bytes) else text.encode())
    return caught.value


def test_a_document_as_people_write_it_is_read() -> None:
    """Blocks, flows, comments, quotes and folded text give the values of JSON."""
    text = """---
# a comment
id: direct
steps:
  - say: |
      two
      lines
  - {kind: generate, max: 5, temperature: 0.7, stop: [END, "no"]}
note: >-
  folded
  text
none: null
on: true
'single': 'it''s'
"double": "caf\\u00e9"
empty: []
"""
    assert yaml.parse(text.encode()) == {
        "id": "direct",
        "steps": [
            {"say": "two\nlines\n"},
            {"kind": "generate", "max": 5, "temperature": 0.7, "stop": ["END", "no"]},
        ],
        "note": "folded text",
        "none": None,
        "on": True,
        "single": "it's",
        "double": "caf\u00e9",
        "empty": [],
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("null", None),
        ("0", 0),
        ("-12", -12),
        ("0.7", 0.7),
        ("1e-7", 1e-7),
        ("1e+21", 1e21),
        ("9007199254740991", 2**53 - 1),
        *(
            (word, word)
            for word in ("no", "yes", "on", "Off", "True", "NULL", "~", "y", "0x1F", "0o17", "012", "1_000")
        ),
        *(
            (word, word)
            for word in (
                "12:30:45",
                "2026-01-01",
                "2026-01-01T00:00:00Z",
                "1.2.3",
                ".5",
                "+1",
                ".inf",
                ".NaN",
                "=",
            )
        ),
        ('"1.10"', "1.10"),
        ("'null'", "null"),
        ('"<<": 1', {"<<": 1}),
        ('"&a": "*a"', {"&a": "*a"}),
    ],
)
def test_plain_scalars_have_the_types_of_json_and_no_others(text: str, value: object) -> None:
    """Only what is a number, a truth value or null in JSON is one here; all else is a string."""
    result = yaml.parse(text.encode())
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    "text", ["1.10", "1.0", "1.0e3", "1e3", "-0", "0.0", "1E5", "100000000000000000000.0", "1.50"]
)
def test_a_number_that_may_be_a_version_must_be_quoted(text: str) -> None:
    """A number not in its shortest form would be read as another text, and the author is told to quote it."""
    error = refused(f"version: {text}")
    assert error.kind == "number"
    assert (error.line, error.column) == (1, 10)
    assert error.advice is not None
    assert "quotes" in error.advice


@pytest.mark.parametrize("text", ["9007199254740992", "-9007199254740992", "1" * 5000, "1e400", "-1e400"])
def test_numbers_are_limited_as_in_json(text: str) -> None:
    """Integers beyond 2^53 and numbers beyond a double are refused."""
    assert refused(text).kind == "number"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: &x 1", (1, 4)),
        ("&x a: 1", (1, 1)),
        ("- *x", (1, 3)),
        ("*x : 1", (1, 1)),
        ("a: !!str 1", (1, 4)),
        ("!!python/object/apply:os.system [echo]", (1, 1)),
        ("a: ! x", (1, 4)),
        ("!<tag:yaml.org,2002:str> a: 1", (1, 1)),
        ("a: {<<: {b: 1}}", (1, 5)),
        ("1: a", (1, 1)),
        ("true: a", (1, 1)),
        ("null: a", (1, 1)),
        ("? [a]\n: b", (1, 3)),
        ("? {a: 1}\n: b", (1, 3)),
        ("a: 1\n---\nb: 2", (2, 1)),
        ("%YAML 1.1\n---\na", (1, 1)),
        ("%TAG ! tag:x,2000:\n---\na", (1, 1)),
        ("a:\nb: 1", (1, 3)),
        ("- ", (1, 2)),
        ("a: x\u2028b", (1, 5)),
        ("a: x\x85b", (1, 5)),
        ("a: x\ufeffb", (1, 5)),
        ("a: x\n\tb", (2, 1)),
        ("b: é\na: x\x07", (2, 5)),
    ],
)
def test_what_json_cannot_say_is_refused_with_a_place(text: str, place: tuple[int, int]) -> None:
    """Anchors, tags, directives, merge keys, odd keys, missing values and stray characters are refused."""
    error = refused(text)
    assert error.kind == "yaml"
    assert (error.line, error.column) == place
    assert error.advice is not None


def test_a_key_twice_is_refused_whatever_its_quotes() -> None:
    """Keys are compared as the strings they stand for."""
    error = refused('a: 1\n"\\u0061": 2')
    assert (error.kind, error.line, error.column) == ("duplicate-key", 2, 1)
    assert '"a"' in error.message


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfa: 1",
        "a: 1".encode("utf-16"),
        "a: 1".encode("utf-16-le"),
        b"a: \xff",
        b"a: \xed\xa0\x80",
    ],
)
def test_only_utf8_is_read(data: bytes) -> None:
    """Byte order marks, UTF-16 and bytes that are not UTF-8 are encoding errors."""
    assert refused(data).kind == "encoding"


@pytest.mark.parametrize("text", ["a: [1", "a: 'x", "a: b: c", "{a: 1", "]", '"\\ud800"', "@x", "a\nb: 1"])
def test_bad_syntax_is_an_error_with_a_line(text: str) -> None:
    """What is no YAML at all ends in a syntax error."""
    error = refused(text)
    assert error.kind == "syntax"
    assert error.line >= 1


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n"])
def test_an_empty_text_is_refused(text: str) -> None:
    """Nothing is no value, and not null."""
    assert refused(text).kind == "syntax"


@pytest.mark.parametrize(
    "text", ["[" * 10_000, "{a: " * 10_000, "- " * 10_000 + "a", "[" * (NESTING + 1) + "]" * (NESTING + 1)]
)
def test_deep_nesting_is_an_error_in_a_moment(text: str) -> None:
    """Depth is counted as the text is read, so that its rest costs nothing."""
    start = time.perf_counter()
    assert refused(text).kind == "depth"
    assert time.perf_counter() - start < 60


def test_nesting_up_to_the_limit_is_read() -> None:
    """The limit itself is allowed."""
    yaml.parse(b"[" * NESTING + b"]" * NESTING)


def test_an_alias_bomb_is_refused_before_it_grows() -> None:
    """Nine levels of nine aliases end at the first anchor."""
    levels = [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10)]
    assert refused("\n".join(["a0: &a0 [x]", *levels])).kind == "yaml"


def test_a_text_over_the_limit_is_not_parsed() -> None:
    """The size is looked at first."""
    assert refused(b"- a\n" * (YAML_BYTES // 4 + 1)).kind == "too-long"


@pytest.mark.parametrize("unit", ["a,", "- a\n", "? ", "'", "x\n", "{},", "\u00e9,"])
def test_the_largest_text_takes_bounded_time(unit: str) -> None:
    """The most events that fit under the limit are gone through in seconds."""
    text = ("[" if unit.endswith(",") else "") + unit * ((YAML_BYTES - 1) // len(unit.encode()))
    start = time.perf_counter()
    with pytest.raises(ParseError):
        yaml.parse(text.encode() + b"\n\x01")
    yaml_time = time.perf_counter() - start
    assert yaml_time < 10


def test_a_message_shows_foreign_text_cut_and_escaped() -> None:
    """A hostile key is shown on one line and cut."""
    key = '"\\u001b\\n\\u202e' + "k" * 200 + '"'
    error = refused(f"{key}: 1\n{key}: 2")
    assert error.message.isprintable()
    assert len(error.message) < 130
