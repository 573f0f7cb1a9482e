"""JSON as RFC 8259 has it and RFC 7493 (I-JSON) narrows it: a text is the same value to every reader."""

from __future__ import annotations

from typing import Any, TypeAlias

from jiter import from_json

from fsep.limits import INTEGER, NESTING
from fsep.parsing.problem import ParseError
from fsep.parsing.refusal import refusal, too_deep, unsafe_number

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"

_LEAST = -INTEGER


def parse(data: bytes, *, explain: bool = True) -> JsonValue:
    """Give the value of one JSON text in UTF-8, or raise `ParseError`.

    Refused beyond bad syntax: byte order marks, other encodings and halves of surrogate pairs; an object with
    one key twice, escapes resolved; NaN and infinities, numbers too large for a double, integers beyond
    `limits.INTEGER`; more than `limits.NESTING` levels. What is wrong is worked out only where `explain` says
    so, since that takes much longer than to see that something is.
    """
    try:
        value: Any = from_json(data, catch_duplicate_keys=True, allow_inf_nan=False)
    except ValueError as error:
        reason = refusal(data, str(error)) if explain else ParseError("This is no JSON.", 1, 1, "syntax")
        raise reason from None
    # The parser reads 1e400 as infinity, takes integers of any size, and nests to 200. Going over the values
    # level by level costs less than any scan of the text for such numbers: texts are long and values few.
    level: list[Any] = [value] if type(value) is dict or type(value) is list else [[value]]
    for _ in range(NESTING):
        deeper: list[Any] = []
        for container in level:
            for item in container.values() if type(container) is dict else container:
                # Exact types, the most frequent first: this is the inner loop of everything.
                if (kind := type(item)) is str:
                    continue
                if kind is dict or kind is list:
                    deeper.append(item)
                elif kind is int:
                    if item > INTEGER or item < _LEAST:
                        raise unsafe_number(data)
                elif kind is float and item - item != 0.0:
                    raise unsafe_number(data)
        if not deeper:
            return value  # type: ignore[no-any-return]  # of the parser's own types
        level = deeper
    raise too_deep(data)
