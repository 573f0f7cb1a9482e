"""Places of values in JSON texts."""

from __future__ import annotations

import time

import pytest

from fsep.parsing.position import escape_token, locate, pointer_of

TEXT = '{\n  "é": [1, {"a/b": "x\\"}", "m~n": [[], -1.5e3]}],\n  "\\u0062": {"": true}\n}'.encode()


@pytest.mark.parametrize(
    ("pointer", "value", "key"),
    [
        ("", (1, 1), (1, 1)),
        ("/é", (2, 8), (2, 3)),
        ("/é/0", (2, 9), (2, 9)),
        ("/é/1", (2, 12), (2, 12)),
        ("/é/1/a~1b", (2, 20), (2, 13)),
        ("/é/1/m~0n", (2, 35), (2, 28)),
        ("/é/1/m~0n/0", (2, 36), (2, 36)),
        ("/é/1/m~0n/1", (2, 40), (2, 40)),
        ("/b", (3, 13), (3, 3)),
        ("/b/", (3, 18), (3, 14)),
    ],
)
def test_a_pointer_finds_its_value_and_its_key(
    pointer: str, value: tuple[int, int], key: tuple[int, int]
) -> None:
    """Lines and columns count from one, columns in characters; keys are compared with escapes resolved."""
    assert locate(TEXT, pointer) == value
    assert locate(TEXT, pointer, key=True) == key


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ("/no", (1, 1)),
        ("/é/7", (2, 8)),
        ("/é/01", (2, 8)),
        ("/é/-", (2, 8)),
        ("/é/99999999999999999999", (2, 8)),
        ("/é/\u0660", (2, 8)),
        ("/é/1/a~1b/deeper/still", (2, 20)),
        ("/é/1/m~0n/0/0", (2, 36)),
        ("/b/x", (3, 13)),
        ("b", (1, 1)),
    ],
)
def test_a_pointer_that_leads_nowhere_gives_its_longest_prefix_that_does(
    pointer: str, place: tuple[int, int]
) -> None:
    """The deepest value on the way is given, and there is no error."""
    assert locate(TEXT, pointer) == place


def test_white_space_before_the_root_is_passed_over() -> None:
    """The root is where the value begins."""
    assert locate(b"\n\t {}", "") == (2, 3)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" ",
        b"}",
        b"[",
        b'{"a"',
        b'{"a":',
        b'{"a":}',
        b'{"a",1}',
        b"[,]",
        b'"\\',
        b'{"a":[1,',
        b"\xff\xfe",
        b"{]}",
    ],
)
def test_a_text_that_is_no_json_has_places_too(data: bytes) -> None:
    """Nothing is raised for a broken text; the place lies within it."""
    line, column = locate(data, "/a/1/b", key=True)
    assert line == 1
    assert 1 <= column <= len(data) + 1


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        (b"[" * 500_000, "/0" * 64),
        (b'{"a":' * 200_000, "/a" * 64),
        (b'["' + b"\\" * 1_000_001, "/1"),
        (b"[" + b"1," * 500_000 + b"2]", "/500000"),
        (b'"' * 1_000_001, "/x"),
        (b"[" + b'{"a":[1]},' * 100_000 + b"2]", "/100000"),
    ],
)
def test_hostile_texts_take_linear_time(data: bytes, pointer: str) -> None:
    """Depth, backslashes and many elements are gone through in a moment, without recursion."""
    start = time.perf_counter()
    locate(data, pointer)
    assert time.perf_counter() - start < 60


def test_pointers_are_built_with_their_escapes() -> None:
    """Slash and tilde in keys are escaped, the tilde of an escape is not escaped twice."""
    assert escape_token("a/b~1") == "a~1b~01"
    assert pointer_of([]) == ""
    assert pointer_of(["a/b", 0, "", "m~n"]) == "/a~1b/0//m~0n"
