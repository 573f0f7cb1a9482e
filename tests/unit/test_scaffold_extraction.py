"""Extractions: each operation at its edges, and pipelines that fail and fall back."""

from __future__ import annotations

import time
from typing import Any

import pytest

from fsep.limits import ARRAY_STARTS, NESTING
from fsep.scaffold.extraction import PipelineError, compile_pipeline
from naive_scaffold import extract as naive_extract

TRIM = {"op": "trim"}
LINES = {"op": "lines"}
ARRAY = {"op": "json-array"}
NONEMPTY = {"op": "nonempty"}


def before(marker: str, which: str = "first") -> dict[str, Any]:
    return {"op": "before", "marker": marker, "which": which}


def after(marker: str, which: str = "first") -> dict[str, Any]:
    return {"op": "after", "marker": marker, "which": which}


def split(at: str) -> dict[str, Any]:
    return {"op": "split", "at": at}


def pointer(to: str) -> dict[str, Any]:
    return {"op": "json-pointer", "pointer": to}


def first(count: int) -> dict[str, Any]:
    return {"op": "first", "count": count}


def free(_: int, __: int) -> None:
    """Ask nothing for work."""


def run(text: str, *operations: dict[str, Any]) -> Any:
    """Return what a pipeline takes out of a text, lists as lists, having seen that the plain implementation agrees."""
    pipeline, gives = compile_pipeline(operations)
    value = pipeline(text, free)
    assert value is None or isinstance(value, str if gives == "text" else tuple)
    shown = list(value) if isinstance(value, tuple) else value
    assert naive_extract([operations], text) == shown
    return shown


@pytest.mark.parametrize(
    ("text", "trimmed"),
    [
        ("", ""),
        (" \t\r\n", ""),
        ("\t a b\r\n ", "a b"),
        # White space of other kinds stays.
        ("\xa0a\u2003", "\xa0a\u2003"),
        ("\x0b\x0ca\x1c\x85", "\x0b\x0ca\x1c\x85"),
        ("\ufeffa", "\ufeffa"),
    ],
)
def test_trim_takes_off_json_white_space_alone(text: str, trimmed: str) -> None:
    """TAB, LF, CR and space, at both ends."""
    assert run(text, TRIM) == trimmed


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("a", ["a"]),
        ("a\nb", ["a", "b"]),
        ("a\n", ["a", ""]),
        ("\n", ["", ""]),
        ("a\r\nb\r", ["a", "b"]),
        ("a\r\r\nb", ["a\r", "b"]),
        ("\r", [""]),
        ("a\rb", ["a\rb"]),
        ("a\u2028b\x0bc\x85d\x1ce", ["a\u2028b\x0bc\x85d\x1ce"]),
    ],
)
def test_lines_end_at_lf_and_lose_one_cr(text: str, lines: list[str]) -> None:
    """No other separator counts, and the last line need not end."""
    assert run(text, LINES) == lines


@pytest.mark.parametrize(
    ("at", "text", "parts"),
    [
        (",", "", [""]),
        (",", "a", ["a"]),
        (",", "a,,b,", ["a", "", "b", ""]),
        ("aa", "aaaaa", ["", "", "a"]),
        ("aba", "ababa", ["", "ba"]),
        ("é", "e\u0301", ["e\u0301"]),
    ],
)
def test_split_finds_from_left_to_right_without_overlap(at: str, text: str, parts: list[str]) -> None:
    """By characters as they are."""
    assert run(text, split(at)) == parts


@pytest.mark.parametrize(
    ("operation", "text", "cut"),
    [
        (before("x"), "axbxc", "a"),
        (before("x", "last"), "axbxc", "axb"),
        (after("x"), "axbxc", "bxc"),
        (after("x", "last"), "axbxc", "c"),
        (before("x"), "x", ""),
        (after("x"), "x", ""),
        (before("x"), "", None),
        (after("x", "last"), "abc", None),
        # Occurrences may overlap: the last one is the one that begins last.
        (before("aa", "last"), "aaa", "a"),
        (after("aa", "last"), "aaa", ""),
        (after("aa"), "aaa", "a"),
        (after("X"), "x", None),
        (after("ß"), "ss", None),
    ],
)
def test_before_and_after_cut_at_a_marker_or_fail(
    operation: dict[str, Any], text: str, cut: str | None
) -> None:
    """At its first or last occurrence."""
    assert run(text, operation) == cut


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ('["a", "b"]', ["a", "b"]),
        ('Sure: ["a"] and ["b"]', ["a"]),
        ("see [1] and [x", ["1"]),
        ('[x] ["a"]', ["a"]),
        ('[["a"]]', ['["a"]']),
        # An array of an array that does not close: the inner one is the first that can be read.
        ('[["a"], ', ["a"]),
        ('{"k": ["a"]}', ["a"]),
        ('"[1]"', ["1"]),
        ("[\n1 ,\t2\r]", ["1", "2"]),
        # What is no text comes in its canonical form.
        (
            '[1.50, 1e2, -0, null, true, {"b": 1, "a": "é"}, [ 1 ]]',
            ["1.5", "100", "0", "null", "true", '{"a":"é","b":1}', "[1]"],
        ),
        (r'["\u00e9\n\ud83d\ude00"]', ["é\n\U0001f600"]),
        # Empty, and so failed.
        ("[]", None),
        ("[ ]", None),
        # The first array that can be read is the empty one, which fails; later ones are not looked for.
        ('[] ["a"]', None),
        ("no bracket", None),
        ("[1", None),
        ("[1,]", None),
        ("['a']", None),
        ("[NaN]", None),
        ("[Infinity]", None),
        ("[1e400]", None),
        ("[9007199254740992]", None),
        ("[9007199254740991]", ["9007199254740991"]),
        ("[-9007199254740991]", ["-9007199254740991"]),
        ("[-9007199254740992]", None),
        ("[" + "1" * 5000 + "]", None),
        ("[01]", None),
        ("[\u0661]", None),
        ('[{"a": 1, "a": 2}]', None),
        (r'[{"a": 1, "\u0061": 2}]', None),
        # Surrogates that are no pair have no UTF-8.
        (r'["\ud800"]', None),
        (r'["\udc00\ud800"]', None),
        (r'[{"\ud800": 1}]', None),
        (r'["\ud800", ["a"]]', ["a"]),
        ('["a\tb"]', None),
        ('["a\x7fb"]', ["a\x7fb"]),
        ("[\x0b1]", None),
        ("[\xa01]", None),
    ],
)
def test_a_json_array_is_the_first_that_can_be_read(text: str, elements: list[str] | None) -> None:
    """Whatever stands around it, as strict JSON."""
    assert run(text, ARRAY) == elements


def test_an_array_is_looked_for_at_the_first_64_brackets() -> None:
    """At no more, so that a text of brackets costs no more than 64 readings."""
    assert ARRAY_STARTS == 64
    assert run("[" * 63 + "x" + '["a"]', ARRAY) == ["a"]
    assert run("[" * 64 + "x" + '["a"]', ARRAY) is None
    assert run("[x" * 63 + "[1]", ARRAY) == ["1"]
    assert run("[x" * 64 + "[1]", ARRAY) is None


def test_json_in_texts_is_nested_at_most_64_deep() -> None:
    """Deeper is no strict JSON; of a deeper array the first part that is not too deep is read."""
    assert NESTING == 64
    deep = "[" * 64 + "1" + "]" * 64
    assert run(deep, ARRAY) == [deep[1:-1]]
    assert run("[" + deep + "]", ARRAY) == [deep[1:-1]]
    assert run(deep, pointer("")) == deep
    assert run("[" + deep + "]", pointer("")) is None
    assert run('{"a":' + deep + "}", pointer("/a")) is None


@pytest.mark.parametrize("depth", [65, 129, 257, 300, 5_000, 200_000])
def test_a_hostile_depth_is_an_ordinary_failure(depth: int) -> None:
    """No depth ends in anything but `otherwise`."""
    whole, _ = compile_pipeline([pointer("")])
    some, _ = compile_pipeline([ARRAY])
    assert whole("[" * depth + "]" * depth, free) is None
    assert whole('{"a":' * depth + "1" + "}" * depth, free) is None
    assert some("[" * depth, free) is None
    assert some('[{"a":' * depth, free) is None


def test_hostile_arrays_cost_at_most_64_readings_of_the_text() -> None:
    """A million characters behind brackets that never close."""
    some, _ = compile_pipeline([ARRAY])
    started = time.perf_counter()
    assert some("[" * 64 + '"' + "a" * 1_000_000, free) is None
    assert some("[" + "1," * 500_000, free) is None
    assert some(("[" + "1," * 10_000) * 64, free) is None
    assert time.perf_counter() - started < 60


@pytest.mark.parametrize(
    ("to", "text", "found"),
    [
        ("", '"a"', "a"),
        ("", " \n{} \t", "{}"),
        ("", "[]", "[]"),
        ("", "\xa0{}", None),
        ("", "\ufeff{}", None),
        ("", "{} {}", None),
        ("", "", None),
        ("", "a", None),
        ("", '{"b": 1.0, "a": [1, 2.50]}', '{"a":[1,2.5],"b":1}'),
        ("/a", '{"a": "x"}', "x"),
        ("/a", '{"a": ""}', ""),
        ("/a", '{"a": null}', "null"),
        ("/a", '{"a": false}', "false"),
        ("/a", "{}", None),
        ("/a", '"a"', None),
        ("/a/b", '{"a": {"b": 1}}', "1"),
        ("/a/b", '{"a": "b"}', None),
        ("/", '{"": 1}', "1"),
        ("//", '{"": {"": 2}}', "2"),
        ("/a~1b", '{"a/b": 1}', "1"),
        ("/a~0b", '{"a~b": 1}', "1"),
        ("/a~01b", '{"a~1b": 1, "a/b": 2}', "1"),
        ("/é", '{"e\u0301": 1}', None),
        ("/0", "[1]", "1"),
        ("/10", "[0,1,2,3,4,5,6,7,8,9,10]", "10"),
        ("/1", "[1]", None),
        ("/00", "[1]", None),
        ("/-", "[1]", None),
        ("/-1", "[1]", None),
        ("/+0", "[1]", None),
        ("/0 ", "[1]", None),
        ("/", "[1]", None),
        ("/\u0660", "[1]", None),
        ("/1e0", "[1,2]", None),
        ("/" + "9" * 30, "[1]", None),
        ("/0", '{"0": 1}', "1"),
        ("/0", '"ab"', None),
        ("/a", '{"a": 1, "a": 1}', None),
        ("/a", '{"a": 9007199254740992}', None),
        ("/a", '{"a": 1, "b": 1e999}', None),
        ("/a", r'{"a": 1, "b": "\ud800"}', None),
        ("/a", '{"a": 1} trailing', None),
        ("/a", "{'a': 1}", None),
        ("/a", '{"a": 1,}', None),
        ("/a", '```json\n{"a": 1}\n```', None),
    ],
)
def test_a_json_pointer_is_followed_in_strict_json_or_fails(to: str, text: str, found: str | None) -> None:
    """The trimmed text is all of it JSON, and the pointer finds something."""
    assert run(text, pointer(to)) == found


@pytest.mark.parametrize(
    ("operations", "text", "value"),
    [
        # `nonempty` and `first`; a blank text is not empty.
        ([LINES, NONEMPTY], "a\n\n \nb", ["a", " ", "b"]),
        ([LINES, TRIM, NONEMPTY], "a\n\n \nb", ["a", "b"]),
        ([LINES, NONEMPTY], "\n\n", None),
        ([LINES, first(2)], "a\nb\nc", ["a", "b"]),
        ([LINES, first(9)], "a", ["a"]),
        # On lists, operations on texts go element by element, and one that fails fails all.
        ([LINES, after(": "), TRIM], "a: 1\nb: 2 ", ["1", "2"]),
        ([LINES, after(": ")], "a: 1\nb", None),
        ([LINES, first(1), after(": ")], "a: 1\nb", ["1"]),
        ([LINES, pointer("/a")], '{"a": 1}\n{"a": 2}', ["1", "2"]),
        ([LINES, pointer("/a")], '{"a": 1}\n{"b": 2}', None),
        ([ARRAY, pointer("/q")], '[{"q": "x"}, {"q": "y"}]', ["x", "y"]),
        ([split(","), before("=", "last")], "a=b=1,c=2", ["a=b", "c"]),
        # A text taken out may be empty without failing.
        ([after("x")], "x", ""),
        ([TRIM], "  ", ""),
        ([after("Action:"), before("("), TRIM], "Action: look (it) up", "look"),
        ([before("x"), after("y")], "yxa", ""),
        ([after("y"), before("x")], "xy", None),
        ([pointer("/list"), ARRAY], '{"list": ["a"]}', ["a"]),
    ],
)
def test_a_pipeline_fails_where_one_of_its_operations_fails_or_gives_the_empty_list(
    operations: list[dict[str, Any]], text: str, value: Any
) -> None:
    """And gives what the last one gives otherwise."""
    assert run(text, *operations) == value


def test_of_several_pipelines_the_first_that_does_not_fail_counts() -> None:
    """The plain implementation is what the machine's choice is held against elsewhere."""
    assert naive_extract([[after("x")], [TRIM]], " a ") == "a"
    assert naive_extract([[after("x")], [after("y")]], "a") is None


@pytest.mark.parametrize(
    ("operations", "place"),
    [
        ([NONEMPTY], 0),
        ([first(1)], 0),
        ([TRIM, NONEMPTY], 1),
        ([LINES, LINES], 1),
        ([LINES, TRIM, split(",")], 2),
        ([ARRAY, ARRAY], 1),
        ([split(","), NONEMPTY, ARRAY], 2),
    ],
)
def test_an_operation_on_the_wrong_kind_of_value_is_refused(
    operations: list[dict[str, Any]], place: int
) -> None:
    """A list is never split again, and a text has no elements."""
    with pytest.raises(PipelineError, match=rf"^operation {place}: "):
        compile_pipeline(operations)


@pytest.mark.parametrize(
    ("operations", "gives"),
    [
        ([TRIM], "text"),
        ([LINES], "list"),
        ([TRIM, ARRAY, TRIM], "list"),
        ([pointer(""), before("a")], "text"),
    ],
)
def test_the_kind_a_pipeline_gives_is_known_before_it_runs(
    operations: list[dict[str, Any]], gives: str
) -> None:
    """So that a program's names have one kind."""
    assert compile_pipeline(operations)[1] == gives
