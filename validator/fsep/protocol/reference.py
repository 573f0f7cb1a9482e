"""The reference schema engine, `jsonschema`, with a closed set of schemas: nothing is ever fetched or opened.

It explains what the fast engine refuses, and is held to the same verdict. Where it leaves something to
Python that the protocol pins down, it is given the protocol's meaning here: patterns (`$` is the very end of
a text), the uniqueness of items (in linear time), and `date-time`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Protocol, TypeAlias

import re2
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.exceptions import NoSuchResource
from referencing.jsonschema import DRAFT202012

Schema: TypeAlias = Mapping[str, Any]


class ReferenceValidator(Protocol):
    """The part of the reference engine that is used here."""

    def is_valid(self, instance: Any) -> bool:
        """Whether a value is valid."""

    def iter_errors(self, instance: Any) -> Iterator[ValidationError]:
        """Yield what is wrong with a value."""

    def validate(self, instance: Any) -> None:
        """Raise `jsonschema.ValidationError` for a value that is not valid."""


def reference(schemas: Mapping[str, Schema], name: str) -> ReferenceValidator:
    """Prepare a schema that may refer to the others; another reference fails when it is come to."""
    resources = [(schema["$id"], DRAFT202012.create_resource(schema)) for schema in schemas.values()]
    registry = _Registry(retrieve=_refuse).with_resources(resources)
    validator: ReferenceValidator = _Reference(schemas[name], registry=registry, format_checker=_FORMATS)
    return validator


def _refuse(uri: str) -> Any:
    raise _NoSuchResource(ref=uri)


# The constructors that `attrs` makes are not seen by the type checker.
_Registry: Final[Any] = Registry
_NoSuchResource: Final[Any] = NoSuchResource


# --- what the protocol pins down ---

_DATE_TIME: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?"
    r"(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)
_DAY: Final = 24 * 60
_LEAP_SECOND: Final = 60


def is_date_time(value: object) -> bool:
    """Whether a value is no text, or a time of RFC 3339, leap seconds only where they can be: 23:59 UTC."""
    if not isinstance(value, str):
        return True
    match = _DATE_TIME.fullmatch(value)
    if match is None:
        return False
    year, month, day, hour, minute, second = (int(match[group]) for group in range(1, 7))
    sign, off_hour, off_minute = match[7], int(match[8] or 0), int(match[9] or 0)
    # The year 0 is a leap year of the proleptic calendar, which `calendar` does not go back to.
    if not 1 <= month <= 12 or not 1 <= day <= monthrange(year or 4, month)[1]:
        return False
    if hour >= 24 or minute >= 60 or off_hour >= 24 or off_minute >= 60:
        return False
    offset = (off_hour * 60 + off_minute) * (-1 if sign == "-" else 1)
    utc = (hour * 60 + minute - offset) % _DAY
    return second < _LEAP_SECOND or (second == _LEAP_SECOND and utc == _DAY - 1)


def _pattern(validator: Any, pattern: str, instance: Any, schema: Schema) -> Iterator[ValidationError]:
    # RE2 takes `$` for the very end, as ECMA-262 does; Python's own engine would let a line feed follow.
    if isinstance(instance, str) and re2.search(pattern, instance) is None:
        yield ValidationError("does not match the pattern")


def _unique_items(validator: Any, unique: bool, instance: Any, schema: Schema) -> Iterator[ValidationError]:
    # The library compares each with each where items do not sort, and misses some equal ones where they do.
    if unique and isinstance(instance, list) and len({_hashable(item) for item in instance}) < len(instance):
        yield ValidationError("has equal items")


def _hashable(value: Any) -> Any:
    """Return what is equal, and hashes alike, exactly for equal JSON values; parsing bounds the depth."""
    if isinstance(value, list):
        return ("array", *map(_hashable, value))
    if isinstance(value, dict):
        return ("object", frozenset((key, _hashable(item)) for key, item in value.items()))
    return (isinstance(value, bool), value)


# --- what an explanation needs to know, kept beside the errors ---


def _if(validator: Any, condition: Schema, instance: Any, schema: Schema) -> Iterator[ValidationError]:
    holds = validator.evolve(schema=condition).is_valid(instance)
    branch = "then" if holds else "else"
    if branch not in schema:
        return
    for error in validator.descend(instance, schema[branch], schema_path=branch):
        # The innermost choice, and how far inside of what chose the error is.
        error.__dict__.setdefault("chosen", (condition, holds, instance, len(error.path)))
        yield error


def _properties(
    validator: Any, properties: Mapping[str, Any], instance: Any, schema: Schema
) -> Iterator[ValidationError]:
    if not isinstance(instance, dict):
        return
    for name, subschema in properties.items():
        if name not in instance:
            continue
        for error in validator.descend(instance[name], subschema, path=name, schema_path=name):
            if subschema is False:
                # The library gives no path to what a false schema refuses.
                error.path.appendleft(name)
                error.__dict__["forbidden"] = name
            yield error


def _required(validator: Any, names: list[str], instance: Any, schema: Schema) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        for name in names:
            if name not in instance:
                error = ValidationError("is missing")
                error.__dict__["missing"] = name
                yield error


def _dependent_required(
    validator: Any, needs: Mapping[str, list[str]], instance: Any, schema: Schema
) -> Iterator[ValidationError]:
    for name, needed in needs.items():
        if isinstance(instance, dict) and name in instance:
            for error in _required(validator, needed, instance, schema):
                error.__dict__["chosen"] = ({"required": [name]}, True, instance, 0)
                yield error


def _property_names(
    validator: Any, names: Schema, instance: Any, schema: Schema
) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        for name in instance:
            for error in validator.descend(instance=name, schema=names):
                error.__dict__["of_name"] = name
                yield error


def _additional_properties(
    validator: Any, additional: Any, instance: Any, schema: Schema
) -> Iterator[ValidationError]:
    # In the order of the document, where the library's order changes from run to run.
    if not isinstance(instance, dict):
        return
    known = schema.get("properties", {})
    for name, value in instance.items():
        if name in known:
            continue
        if additional is not False:
            yield from validator.descend(value, additional, path=name)
        else:
            error = ValidationError("is not known")
            error.__dict__["unknown"] = name
            yield error


_KEYWORDS: Final[Mapping[str, Callable[..., Any]]] = {
    "pattern": _pattern,
    "uniqueItems": _unique_items,
    "if": _if,
    "properties": _properties,
    "required": _required,
    "dependentRequired": _dependent_required,
    "propertyNames": _property_names,
    "additionalProperties": _additional_properties,
}
_FORMATS: Final = FormatChecker(formats=())
_FORMATS.checks("date-time")(is_date_time)
_Reference: Final[Any] = extend(Draft202012Validator, dict(_KEYWORDS))  # type: ignore[no-untyped-call] # it has no types
