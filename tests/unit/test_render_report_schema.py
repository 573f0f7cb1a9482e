"""The report's published schema says exactly what a report is."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fsep.findings import Report
from fsep.protocol import load
from unit.handmade_report import bad, good, incomplete, unusable

PROTOCOL = load("1.0")
MADE = pytest.mark.parametrize("made", [good, bad, incomplete, unusable])


def is_valid(value: Any) -> bool:
    """Ask both engines, which must agree."""
    fast = PROTOCOL.validator("report").is_valid(value)
    assert fast == PROTOCOL.reference_validator("report").is_valid(value)
    return fast


@MADE
def test_a_report_built_by_hand_is_valid(made: Callable[[], Report]) -> None:
    assert is_valid(made().as_dict()), list(
        PROTOCOL.reference_validator("report").iter_errors(made().as_dict())
    )


def objects(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every object in a value."""
    if isinstance(value, dict):
        yield path
        for key, inner in value.items():
            yield from objects(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from objects(inner, (*path, place))


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    """Return what stands at a path."""
    for part in path:
        value = value[part]
    return value


@MADE
def test_no_object_of_a_report_takes_an_unknown_member(made: Callable[[], Report]) -> None:
    value = made().as_dict()
    for path in objects(value):
        changed = copy.deepcopy(value)
        at(changed, path)["surprise"] = 1
        # Two objects are maps by requirement, to whose ids the name does not belong; all are closed.
        assert not is_valid(changed), path


# What `as_dict` always writes, whatever the bundle: only counts of a bundle without manifest, maps by
# requirement, and what a loss report may leave out, can be shorter.
OPEN_ENDED = {("counts",), ("not_listed",), ("requirements", "outcomes")}
OPTIONAL = {"where", "count", "consequence"}


def test_every_other_member_is_required() -> None:
    value = bad().as_dict()
    for path in objects(value):
        if path in OPEN_ENDED:
            continue
        for member in at(value, path):
            if path[:1] == ("gaps",) and member in OPTIONAL:
                continue
            changed = copy.deepcopy(value)
            del at(changed, path)[member]
            assert not is_valid(changed), (*path, member)


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("verdict",), "passes"),
        (("facets", "whole", "status"), "pinned"),
        (("facets", "whole", "because"), []),
        (("findings", 0, "severity"), "note"),
        (("findings", 0, "requirement"), "ADH-002"),
        (("findings", 0, "line"), 0),
        (("findings", 0, "pointer"), "events/2"),
        (("findings", 0, "count"), 0),
        (("asked",), []),
        (("provenance", "grade"), "trusted"),
        (("trust", 0), "cd"),
    ],
)
def test_a_value_that_no_report_has_is_refused(path: tuple[str | int, ...], wrong: Any) -> None:
    value = bad().as_dict()
    at(value, path[:-1])[path[-1]] = wrong
    assert not is_valid(value)


def test_every_part_of_the_schema_says_what_it_is() -> None:
    schema = PROTOCOL.schema("report")
    for path in objects(schema):
        part = at(schema, path)
        if (
            len(path) > 1
            and path[-2] in ("properties", "$defs")
            and "then" not in path
            and "else" not in path
            and "if" not in path
        ):
            assert "description" in part or "$ref" in part, path
