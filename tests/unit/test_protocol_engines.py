"""The two schema engines: closed, and of one mind where the protocol pins a meaning down."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from fsep import protocol
from fsep.limits import NESTING
from fsep.protocol.fast import fast
from fsep.protocol.reference import is_date_time, reference

BASE = "https://w3id.org/fsep/1.0/"
V1 = protocol.load("1.0")


def schemas(**bodies: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {name: {**head, "$id": f"{BASE}{name}.schema.json", **body} for name, body in bodies.items()}


def verdicts(body: Mapping[str, Any], value: Any) -> tuple[bool, bool]:
    """Return what the fast and the reference engine say."""
    one = schemas(one=body)
    return fast(one, "one").is_valid(value), reference(one, "one").is_valid(value)


@pytest.fixture
def door() -> Iterator[socket.socket]:
    """Listen on loopback: who knocks is found waiting."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server
        with pytest.raises(BlockingIOError):
            server.accept()


def outside(base: Path, door: socket.socket) -> list[str]:
    """Return references to schemas out of the set, all there to be had if anyone opened or fetched them."""
    (base / "open.json").write_text("{}")
    port = door.getsockname()[1]
    return [
        (base / "open.json").as_uri(),
        str(base / "open.json"),
        f"http://127.0.0.1:{port}/open.json",
        f"//127.0.0.1:{port}/open.json",
        "other.schema.json",
        "urn:fsep:open",
    ]


def test_the_fast_engine_refuses_a_reference_out_of_the_set(tmp_path: Path, door: socket.socket) -> None:
    for uri in outside(tmp_path, door):
        with pytest.raises(ValueError, match="not present in a registry"):
            fast(schemas(one={"$ref": uri}), "one")


def test_the_reference_engine_refuses_a_reference_out_of_the_set(tmp_path: Path, door: socket.socket) -> None:
    for uri in outside(tmp_path, door):
        with pytest.raises(Exception, match="Unresolvable"):
            reference(schemas(one={"$ref": uri}), "one").is_valid({})


def test_the_dialect_of_a_schema_is_not_fetched(door: socket.socket) -> None:
    dialect = f"http://127.0.0.1:{door.getsockname()[1]}/dialect"
    one = {"one": {"$schema": dialect, "$id": f"{BASE}one.schema.json"}}
    with pytest.raises(ValueError, match="dialect"):
        fast(one, "one")
    assert reference(one, "one").is_valid({})


def test_schemas_refer_to_each_other_by_file_name() -> None:
    both = schemas(one={"$ref": "two.schema.json#/$defs/text"}, two={"$defs": {"text": {"type": "string"}}})
    for engine in (fast, reference):
        validator = engine(both, "one")
        assert validator.is_valid("a")
        assert not validator.is_valid(1)


@pytest.mark.parametrize("engine", [fast, reference])
def test_every_published_schema_compiles_in_the_closed_set(engine: Callable[..., Any]) -> None:
    published = {name: V1.schema(name) for name in V1.schema_names}
    for name in published:
        assert engine(published, name).is_valid([]) is (name == "common")


COMPARED = {
    *("$schema", "$id", "$ref", "$defs", "title", "description", "if", "then", "else", "allOf", "not"),
    *("type", "enum", "const", "pattern", "format", "minimum", "maximum", "minLength", "maxLength"),
    *("items", "minItems", "maxItems", "uniqueItems", "properties", "required", "additionalProperties"),
    *("propertyNames", "minProperties", "maxProperties", "dependentRequired"),
}


def keywords(schema: Any) -> Iterator[str]:
    """Yield the keywords that a schema uses."""
    if not isinstance(schema, dict):
        return
    for keyword, value in schema.items():
        yield keyword
        if keyword in ("properties", "$defs"):
            children = list(value.values())
        elif keyword in ("enum", "const", "required", "dependentRequired"):
            children = []
        else:
            children = value if isinstance(value, list) else [value]
        for child in children:
            yield from keywords(child)


@pytest.mark.parametrize("name", V1.schema_names)
def test_schemas_use_only_what_the_engines_were_compared_on(name: str) -> None:
    assert set(keywords(V1.schema(name))) <= COMPARED


def formats(schema: Any) -> Iterator[tuple[str, Any]]:
    """Yield formats and patterns wherever they stand."""
    if isinstance(schema, dict):
        yield from ((key, value) for key, value in schema.items() if key in ("format", "pattern"))
        for value in schema.values():
            yield from formats(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from formats(value)


@pytest.mark.parametrize("name", V1.schema_names)
def test_patterns_are_anchored_at_the_start_and_use_plain_ascii_classes(name: str) -> None:
    for keyword, value in formats(V1.schema(name)):
        if keyword == "format":
            assert value == "date-time"
        elif isinstance(value, str):
            assert value.isascii()
            assert value.startswith("^")
            assert not any(part in value for part in ("\\d", "\\w", "\\s", "\\b", "\\p", "(?"))


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("2024-01-01T00:00:00Z", True),
        ("2024-01-01t00:00:00z", True),
        ("2024-01-01T00:00:00.123456789123Z", True),
        ("2024-01-01T00:00:00-00:00", True),
        ("2024-02-29T23:59:59+23:59", True),
        ("0000-02-29T00:00:00Z", True),
        ("2000-02-29T00:00:00Z", True),
        ("1900-02-29T00:00:00Z", False),
        ("2023-02-29T00:00:00Z", False),
        ("2024-04-31T00:00:00Z", False),
        ("2024-00-01T00:00:00Z", False),
        ("2024-13-01T00:00:00Z", False),
        ("2024-01-00T00:00:00Z", False),
        ("2024-01-01T24:00:00Z", False),
        ("2024-01-01T00:60:00Z", False),
        ("2024-01-01T00:00:61Z", False),
        ("2024-12-31T23:59:60Z", True),
        ("2024-12-31T23:59:60.5Z", True),
        ("2024-01-01T05:29:60+05:30", True),
        ("2024-12-31T18:29:60-05:30", True),
        ("2024-12-31T12:59:60Z", False),
        ("2024-01-01T00:00:00+24:00", False),
        ("2024-01-01T00:00:00+00:60", False),
        ("2024-01-01T00:00:00+0000", False),
        ("2024-01-01T00:00:00", False),
        ("2024-01-01 00:00:00Z", False),
        ("2024-01-01T00:00:00.Z", False),
        ("2024-01-01T00:00:00,5Z", False),
        ("2024-01-01T00:00:00Z\n", False),
        ("2024-1-01T00:00:00Z", False),
        ("\uff12024-01-01T00:00:00Z", False),
        ("", False),
    ],
)
def test_both_engines_take_the_same_texts_for_times(text: str, valid: bool) -> None:
    assert is_date_time(text) is valid
    assert verdicts({"format": "date-time"}, text) == (valid, valid)


def test_only_texts_are_held_to_a_format_or_pattern() -> None:
    values: list[Any] = [1, None, [], {}]
    for value in values:
        assert verdicts({"format": "date-time", "pattern": "^a$"}, value) == (True, True)


@pytest.mark.parametrize("text", ["a\n", "\na", "a\nb", "b", ""])
def test_a_pattern_ends_at_the_very_end_in_both_engines(text: str) -> None:
    assert verdicts({"pattern": "^a$"}, text) == (False, False)
    assert verdicts({"pattern": "^a$"}, "a") == (True, True)


@pytest.mark.parametrize(
    ("items", "unique"),
    [
        ([1, 1.0], False),
        ([1, True], True),
        ([0, False, None, "0"], True),
        ([[1], [True], [1]], False),
        ([{"a": 1, "b": [2]}, {"b": [2.0], "a": 1}], False),
        ([{"a": 1}, {"a": True}], True),
        ([[], {}], True),
        ([{}, {}], False),
        (["é", "e\u0301"], True),
    ],
)
def test_both_engines_take_the_same_items_for_equal(items: list[Any], unique: bool) -> None:
    assert verdicts({"uniqueItems": True}, items) == (unique, unique)


@pytest.mark.parametrize(
    ("value", "valid"),
    [({}, True), ({"a": 1}, False), ({"a": 1, "b": 2}, True), ({"b": 2}, True), ([], True)],
)
def test_both_engines_know_what_a_property_needs_beside_it(value: Any, valid: bool) -> None:
    assert verdicts({"dependentRequired": {"a": ["b"]}}, value) == (valid, valid)


def test_uniqueness_takes_time_linear_in_the_items() -> None:
    items = [{"n": number} for number in range(50_000)]
    started = time.perf_counter()
    assert reference(schemas(one={"uniqueItems": True}), "one").is_valid(items)
    # Each with each would take minutes.
    assert time.perf_counter() - started < 60


@pytest.mark.parametrize("kind", ["test", "steps"])
def test_the_deepest_document_fits_the_stack_of_the_reference_engine(kind: str) -> None:
    program: dict[str, Any] = {"actors": {}, "primary": "m", "threads": {}, "steps": [], "result": []}
    inner: Any = {"test": "equals"} if kind == "test" else {"do": "no such step"}
    document = {"fsep": "1.0", "kind": "scaffold", "id": "a", "program": program}
    depth = 0
    while depth < NESTING:
        if kind == "test":
            inner = {"test": "not", "of": inner}
            program["steps"] = [{"do": "when", "if": inner, "then": []}]
        else:
            inner = {"do": "repeat", "id": "r", "max": 1, "at_bound": "stop", "steps": [inner]}
            program["steps"] = [inner]
        text = json.dumps(document)
        depth = max_depth(text)
    deepest = max(
        len(error.absolute_path) for error in V1.reference_validator("scaffold").iter_errors(document)
    )
    assert deepest >= NESTING - 4


def max_depth(text: str) -> int:
    depth = deepest = 0
    for character in text:
        depth += (character in "[{") - (character in "]}")
        deepest = max(deepest, depth)
    return deepest
