"""JSON as Python writes it, where NaN and infinities are numbers: read, and each such number marked."""

from __future__ import annotations

import math
from typing import Any

from jiter import from_json

from fsep.limits import INTEGER, NESTING, SOURCE_DIGITS
from fsep.parsing import json
from fsep.parsing.problem import ParseError
from fsep.parsing.refusal import refusal, too_deep, unsafe_number

# The one member of what stands for a number that JSON cannot carry.
MARK = "number"
_SHOWN = 10**SOURCE_DIGITS


def parse(data: bytes) -> tuple[Any, int]:
    """Give the value of a JSON text, and how many of its numbers are marked.

    NaN becomes `{"number": "NaN"}`, infinities and integers that doubles skip likewise. All else that strict
    JSON refuses is refused here too, with the same `ParseError`.
    """
    try:
        return json.parse(data), 0
    except ParseError as error:
        if error.kind != "number":
            raise
    try:
        value = from_json(data, catch_duplicate_keys=True, allow_inf_nan=True)
    except ValueError as error:
        raise refusal(data, str(error)) from None
    marks: list[str] = []
    return _marked(value, 0, marks, data), len(marks)


def _marked(value: Any, depth: int, marks: list[str], data: bytes) -> Any:
    if isinstance(value, dict | list):
        if depth == NESTING:
            raise too_deep(data)
        if isinstance(value, dict):
            return {name: _marked(inner, depth + 1, marks, data) for name, inner in value.items()}
        return [_marked(inner, depth + 1, marks, data) for inner in value]
    text = _unwritable(value, data)
    if text is None:
        return value
    marks.append(text)
    return {MARK: text}


def _unwritable(value: Any, data: bytes) -> str | None:
    """Return the text of a number that strict JSON cannot carry; None for any other value."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, int) and abs(value) > INTEGER:
        if abs(value) >= _SHOWN:
            raise unsafe_number(data)
        return str(value)
    return None
