"""Extractions: pipelines of total functions from a text to a text or a list of texts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fsep import limits
from fsep.parsing.canonical import CanonicalError, canonical
from fsep.scaffold.template import Value

# What `trim` removes: the characters that JSON calls white space.
BLANK = "\t\n\r "

Operation = Callable[[Value], "Value | None"]


class PipelineError(ValueError):
    """A pipeline applies an operation to a kind of value it does not take."""


def compile_pipeline(operations: Sequence[Mapping[str, Any]]) -> tuple[Operation, str]:
    """Compile a pipeline; return its function and the kind of value it gives, `text` or `list`.

    The function returns None where the pipeline fails: a marker is absent, nothing parses, a list or its pointer is empty.

    Raises:
        PipelineError: when an operation cannot follow the one before it.
    """
    kind = "text"
    steps: list[Operation] = []
    for place, operation in enumerate(operations):
        name = operation["op"]
        if name in ("lines", "split", "json-array"):
            if kind == "list":
                raise PipelineError(f"operation {place}: {name} takes a text and is given a list")
            kind = "list"
            steps.append(_TO_LIST[name](operation))
        elif name in ("nonempty", "first"):
            if kind == "text":
                raise PipelineError(f"operation {place}: {name} takes a list and is given a text")
            steps.append(_ON_LIST[name](operation))
        else:
            on_text = _ON_TEXT[name](operation)
            steps.append(_each(on_text) if kind == "list" else on_text)

    def run(value: Value) -> Value | None:
        current: Value | None = value
        for step in steps:
            current = step(current)  # type: ignore[arg-type]  # the loop ends at the first None
            if current is None or current == ():
                return None
        return current

    return run, kind


def _each(operation: Operation) -> Operation:
    def run(value: Value) -> Value | None:
        results = [operation(element) for element in value]
        return None if None in results else tuple(results)  # type: ignore[arg-type]

    return run


def _before(operation: Mapping[str, Any]) -> Operation:
    marker, last = operation["marker"], operation["which"] == "last"

    def run(value: Value) -> Value | None:
        head, found, _ = value.rpartition(marker) if last else value.partition(marker)  # type: ignore[union-attr]
        return head if found else None

    return run


def _after(operation: Mapping[str, Any]) -> Operation:
    marker, last = operation["marker"], operation["which"] == "last"

    def run(value: Value) -> Value | None:
        _, found, tail = value.rpartition(marker) if last else value.partition(marker)  # type: ignore[union-attr]
        return tail if found else None

    return run


def _lines(value: Value) -> Value:
    lines = value.split("\n")  # type: ignore[union-attr]
    return tuple(line[:-1] if line.endswith("\r") else line for line in lines)


def _json_array(value: Value) -> Value | None:
    """Return the first array that parses, starting at one of the first `limits.ARRAY_STARTS` brackets."""
    text = str(value)
    start = -1
    for _ in range(limits.ARRAY_STARTS):
        start = text.find("[", start + 1)
        if start < 0:
            return None
        array = _parse_prefix(text, start)
        if array is not None:
            return tuple(element if isinstance(element, str) else canonical(element).decode() for element in array)
    return None


def _json_pointer(operation: Mapping[str, Any]) -> Operation:
    tokens = [token.replace("~1", "/").replace("~0", "~") for token in operation["pointer"].split("/")[1:]]

    def run(value: Value) -> Value | None:
        found = _parse_whole(str(value).strip(BLANK))
        for token in tokens:
            if isinstance(found, dict) and token in found:
                found = found[token]
            elif isinstance(found, list) and _is_index(token) and int(token) < len(found):
                found = found[int(token)]
            else:
                return None
        if found is _NOTHING:
            return None
        return found if isinstance(found, str) else canonical(found).decode()

    return run


_NOTHING = object()


def _is_index(token: str) -> bool:
    return token.isascii() and token.isdecimal() and len(token) < 10 and (token == "0" or token[0] != "0")


def _refuse(_: str) -> Any:
    raise ValueError


def _integer(text: str) -> int:
    number = int(text) if len(text) < 18 else limits.INTEGER + 1
    if abs(number) > limits.INTEGER:
        raise ValueError
    return number


def _float(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError
    return made


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse, parse_int=_integer, parse_float=_float)


def _decode(text: str, start: int) -> tuple[Any, int]:
    """Return the JSON value that begins at `start` and where it ends; `_NOTHING` where none does."""
    try:
        value, end = _DECODER.raw_decode(text, start)
        if _depth(value) > limits.NESTING:
            return _NOTHING, start
        canonical(value)  # refuses lone surrogates, which JSON text can spell and no UTF-8 can
    except (ValueError, RecursionError, CanonicalError):
        return _NOTHING, start
    return value, end


def _parse_prefix(text: str, start: int) -> list[Any] | None:
    value, _ = _decode(text, start)
    return value if isinstance(value, list) else None


def _parse_whole(text: str) -> Any:
    value, end = _decode(text, 0)
    return value if end == len(text) else _NOTHING


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level:
        containers = [item for item in level if isinstance(item, dict | list)]
        depth += bool(containers)
        level = [inner for item in containers for inner in (item.values() if isinstance(item, dict) else item)]
    return depth


_ON_TEXT: dict[str, Callable[[Mapping[str, Any]], Operation]] = {
    "trim": lambda _: lambda value: value.strip(BLANK),  # type: ignore[union-attr]
    "before": _before,
    "after": _after,
    "json-pointer": _json_pointer,
}
_TO_LIST: dict[str, Callable[[Mapping[str, Any]], Operation]] = {
    "lines": lambda _: _lines,
    "split": lambda operation: lambda value: tuple(value.split(operation["at"])),  # type: ignore[union-attr]
    "json-array": lambda _: _json_array,
}
_ON_LIST: dict[str, Callable[[Mapping[str, Any]], Operation]] = {
    "nonempty": lambda _: lambda value: tuple(element for element in value if element),
    "first": lambda operation: lambda value: value[: operation["count"]],
}
