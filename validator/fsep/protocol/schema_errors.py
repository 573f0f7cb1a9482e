"""Why a value is not valid against a schema, in sentences for people."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from jsonschema.exceptions import ValidationError

from fsep import limits
from fsep.parsing.position import pointer_of
from fsep.protocol.version import Protocol
from fsep.protocol.wording import forbidden, misnamed, missing, sentence, unknown

# The order of problems of one object, causes before what may follow from them: a member that chooses among
# branches is an enumeration, and a misspelt name is both unknown and missing under its right one.
_RANK: Final = {
    "enum": 0,
    "const": 0,
    "additionalProperties": 1,
    "false": 1,
    "propertyNames": 1,
    "required": 2,
    "dependentRequired": 2,
}
_LAST_RANK: Final = 3

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """One thing that a schema refuses.

    `pointer` is the JSON Pointer of the value; of a missing property, that of the object it is missing in.
    `key` is the name of a property that must not be there, to which the pointer then leads, and else None.
    `keyword` is that of the schema, or "false" for a property that the schema excludes by name. A pointer
    longer than `limits.POINTER_CHARACTERS` is cut to that of an outer value, and `key` is then None.
    """

    pointer: str
    keyword: str
    message: str
    key: str | None = None


def is_valid(protocol: Protocol, name: str, value: Any) -> bool:
    """Tell, by the fast engine, whether a JSON value is valid against the schema of a name."""
    return protocol.validator(name).is_valid(value)


def explain(protocol: Protocol, name: str, value: Any) -> list[SchemaProblem]:
    """Say, by the reference engine, what is wrong with a JSON value, the most telling first.

    Empty for a valid value. Outer objects come before inner ones. At most `limits.SCHEMA_PROBLEMS` problems
    are given. Messages show short cuts of values at most, and none of a value that may be a credential.
    """
    errors = protocol.reference_validator(name).iter_errors(value)
    problems = islice(map(_problem, errors), limits.SCHEMA_PROBLEMS)
    # Sorting is stable: what is alike stays in the order of the schema and the document.
    return [problem for _, problem in sorted(problems, key=lambda ranked: ranked[0])]


def _problem(error: ValidationError) -> tuple[tuple[int, int], SchemaProblem]:
    """Return what one error of the engine comes to, with its rank."""
    path: Path = tuple(error.absolute_path)
    keyword = "false" if error.validator is None else str(error.validator)
    notes = error.__dict__
    if "unknown" in notes:
        return _ranked(path, _of_key((*path, notes["unknown"]), keyword, unknown(error, notes["unknown"])))
    if "of_name" in notes:
        key = notes["of_name"]
        return _ranked(path, _of_key((*path, key), "propertyNames", misnamed(error, keyword, key)))
    if "forbidden" in notes:
        return _ranked(path[:-1], _of_key(path, keyword, forbidden(error, notes["forbidden"])))
    if "missing" in notes:
        return _ranked(path, SchemaProblem(_pointer(path), keyword, missing(error, notes["missing"])))
    return _ranked(path[:-1], SchemaProblem(_pointer(path), keyword, sentence(error, keyword, path)))


def _ranked(of: Path, problem: SchemaProblem) -> tuple[tuple[int, int], SchemaProblem]:
    return (len(of), _RANK.get(problem.keyword, _LAST_RANK)), problem


def _of_key(path: Path, keyword: str, message: str) -> SchemaProblem:
    """Return the problem of a property that must not be there."""
    pointer = _pointer(path)
    return SchemaProblem(pointer, keyword, message, str(path[-1]) if pointer == pointer_of(path) else None)


def _pointer(path: Path) -> str:
    """Write a pointer, or as much of it as the limit lets."""
    length = 0
    for index, part in enumerate(path):
        length += len(str(part)) + 1
        if length > limits.POINTER_CHARACTERS:
            return pointer_of(path[:index])
    return pointer_of(path)
