"""The two schema engines come to the same verdict on whatever a valid document is turned into."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fsep import protocol
from fsep.maintain.examples import examples
from fsep.parsing.position import pointer_of
from fsep.protocol import data
from fsep.protocol.fast import fast
from fsep.protocol.reference import is_date_time
from fsep.protocol.schema_errors import explain, is_valid

V1 = protocol.load("1.0")
_HEAD = {"fsep": "1.0", "kind": "bundle", "id": "b", "asserts": ["whole"], "created": "2024-01-01T00:00:00Z"}
_FILE = {"path": "a/b.jsonl", "role": "items", "sha256": "0" * 64, "bytes": 10, "records": 2}


@cache
def parents() -> list[tuple[str, Any]]:
    """Return small valid documents: the examples of the specification, and a manifest."""
    found: list[tuple[str, Any]] = [("bundle", {**_HEAD, "files": [_FILE]})]
    for one in examples(data.root(), "1.0"):
        if one.schema is not None and not one.invalid:
            found += [(one.schema, value) for value in one.values()]
    return found


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path]
    if isinstance(value, dict):
        for key, item in value.items():
            found += places(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            found += places(item, (*path, index))
    return found


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        value = value[part]
    return value


# Values near what schemas ask for, and any others.
TEXTS = st.sampled_from(
    [
        *(
            "",
            "a",
            "A",
            "a\n",
            "1.0",
            "0" * 64,
            "text",
            "model",
            "system",
            "say",
            "completed",
            "failed",
            "whole",
        ),
        *(
            "é" * 200,
            "2024-01-01T00:00:00Z",
            "2024-02-30T00:00:00Z",
            "2024-12-31T23:59:60Z",
            "none",
            "derived",
        ),
        "x" * 65_537,
    ]
) | st.text(max_size=5)
NUMBERS = (
    st.sampled_from([0, 1, -1, 0.0, 1.0, -0.0, 0.5, 999, 1000, 2**53 - 1, -(2**53) + 1, 1e300, 5e-324])
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
)
NAMES = (
    st.sampled_from(["kind", "id", "extensions", "com.example", "withheld", "text", "type", "records"])
    | TEXTS
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def mutants(draw: st.DrawFn) -> tuple[str, Any]:
    """Draw a document with one to three changes: a value replaced, dropped, added, moved or doubled."""
    name, parent = draw(st.sampled_from(parents()))
    value = copy.deepcopy(parent)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(places(value)))
        target = at(value, path)
        change = draw(st.sampled_from(["replace", "drop", "add", "move", "double"]))
        if change == "add" and isinstance(target, dict):
            target[draw(NAMES)] = draw(VALUES)
        elif change == "add" and isinstance(target, list):
            target.insert(draw(st.integers(0, len(target))), draw(VALUES))
        elif not path:
            value = draw(VALUES)
        elif change == "drop":
            del at(value, path[:-1])[path[-1]]
        elif change == "double" and isinstance(holder := at(value, path[:-1]), list):
            holder.append(copy.deepcopy(target))
        elif change == "move":
            at(value, path[:-1])[path[-1]] = copy.deepcopy(at(value, draw(st.sampled_from(places(value)))))
        else:
            at(value, path[:-1])[path[-1]] = draw(VALUES)
    return name, value


def test_the_parents_are_valid() -> None:
    assert len(parents()) > 5
    for name, value in parents():
        assert is_valid(V1, name, value)


@settings(max_examples=400)
@given(mutants())
def test_both_engines_come_to_the_same_verdict(mutant: tuple[str, Any]) -> None:
    name, value = mutant
    assert V1.validator(name).is_valid(value) == V1.reference_validator(name).is_valid(value)


@settings(max_examples=200)
@given(mutants())
def test_an_explanation_says_something_exactly_where_the_fast_engine_refuses(mutant: tuple[str, Any]) -> None:
    name, value = mutant
    problems = explain(V1, name, value)
    assert bool(problems) is not is_valid(V1, name, value)
    pointers = {pointer_of(path) for path in places(value)}
    for problem in problems:
        # Each leads to a place in the document, and is a sentence that prints on one line.
        assert problem.pointer in pointers
        assert problem.message.isprintable()
        assert len(problem.message) < 1500


@given(VALUES)
def test_any_value_at_all_is_judged_alike_by_every_schema(value: Any) -> None:
    for name in V1.schema_names:
        assert V1.validator(name).is_valid(value) == V1.reference_validator(name).is_valid(value)


_ID = "https://w3id.org/fsep/1.0/time.schema.json"
_TIME = fast(
    {"time": {"$id": _ID, "$schema": "https://json-schema.org/draft/2020-12/schema", "format": "date-time"}},
    "time",
)
TWO_DIGITS = st.integers(0, 62).map("{:02}".format)


@settings(max_examples=500)
@given(
    st.tuples(
        *(st.integers(0, 9999).map("{:04}".format), st.just("-"), TWO_DIGITS, st.just("-"), TWO_DIGITS),
        *(st.sampled_from("Tt "), TWO_DIGITS, st.just(":"), TWO_DIGITS, st.just(":"), TWO_DIGITS),
        st.sampled_from(["", ".", ".0", ".123456789", ",1"]),
        st.sampled_from(["Z", "z", "", "\n", "+00:00", "-23:59", "+24:00", "+01:60", "+0100"]),
    ).map("".join)
    | st.datetimes().map("{:%Y-%m-%dT%H:%M:%SZ}".format)
    | st.text(alphabet="0123456789-:.TZtz+ ", max_size=30)
)
def test_both_engines_take_the_same_texts_for_times(text: str) -> None:
    assert is_date_time(text) == _TIME.is_valid(text)
