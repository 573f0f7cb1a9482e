"""Extractions: pipelines of total functions from a text to a text or a list of texts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from fsep import limits
from fsep.parsing.canonical import CanonicalError, canonical
from fsep.scaffold.template import Value

# What `trim` removes: the characters that JSON calls white space.
BLANK = "\t\n\r "

# Is told how many characters and elements what an operation takes has, and may refuse by raising.
Spend = Callable[[int, int], None]
TextOperation = Callable[[str], str | None]
Splitter = Callable[[str, Spend], tuple[str, ...] | None]
ListOperation = Callable[[tuple[str, ...]], tuple[str, ...] | None]
Pipeline = Callable[[str, Spend], Value | None]
Kind = Literal["text", "list"]


class PipelineError(ValueError):
    """A pipeline applies an operation to a kind of value it does not take."""


def compile_pipeline(operations: Sequence[Mapping[str, Any]]) -> tuple[Pipeline, Kind]:
    """Compile a pipeline; return its function and the kind of value it gives.

    A pipeline works on a text, makes a list of it at most once, and then works on the list. The function
    returns None where the pipeline fails: a marker is absent, nothing parses, a list or its pointer is empty.
    It tells of what each operation is given before that is carried out.

    Raises:
        PipelineError: when an operation cannot follow the one before it.
    """
    on_text: list[TextOperation] = []
    splitter: Splitter | None = None
    on_list: list[ListOperation] = []
    for place, operation in enumerate(operations):
        name = operation["op"]
        if name in _TO_LIST:
            if splitter is not None:
                raise PipelineError(f"operation {place}: {name} takes a text and is given a list")
            splitter = _TO_LIST[name](operation)
        elif name in _ON_LIST:
            if splitter is None:
                raise PipelineError(f"operation {place}: {name} takes a list and is given a text")
            on_list.append(_ON_LIST[name](operation))
        elif splitter is None:
            on_text.append(_ON_TEXT[name](operation))
        else:
            on_list.append(_each(_ON_TEXT[name](operation)))
    work_on_text = _text_pipeline(on_text)
    if splitter is None:
        return work_on_text, "text"
    return _list_pipeline(work_on_text, splitter, on_list), "list"


def _text_pipeline(operations: Sequence[TextOperation]) -> Callable[[str, Spend], str | None]:
    def run(text: str, spend: Spend) -> str | None:
        for operation in operations:
            spend(len(text), 0)
            result = operation(text)
            if result is None:
                return None
            text = result
        return text

    return run


def _list_pipeline(
    before: Callable[[str, Spend], str | None], splitter: Splitter, operations: Sequence[ListOperation]
) -> Pipeline:
    def run(text: str, spend: Spend) -> Value | None:
        whole = before(text, spend)
        if whole is None:
            return None
        spend(len(whole), 0)
        elements = splitter(whole, spend)
        for operation in operations:
            if not elements:
                return None
            spend(*measured(elements))
            elements = operation(elements)
        return elements or None

    return run


def measured(value: Value) -> tuple[int, int]:
    """Return how many characters a value has, and how many elements, which are work even where empty."""
    return (len(value), 0) if isinstance(value, str) else (sum(map(len, value)), len(value))


def _each(operation: TextOperation) -> ListOperation:
    def run(elements: tuple[str, ...]) -> tuple[str, ...] | None:
        results = tuple(result for element in elements if (result := operation(element)) is not None)
        return results if len(results) == len(elements) else None

    return run


def _before(operation: Mapping[str, Any]) -> TextOperation:
    marker, last = operation["marker"], operation["which"] == "last"

    def run(text: str) -> str | None:
        head, found, _ = text.rpartition(marker) if last else text.partition(marker)
        return head if found else None

    return run


def _after(operation: Mapping[str, Any]) -> TextOperation:
    marker, last = operation["marker"], operation["which"] == "last"

    def run(text: str) -> str | None:
        _, found, tail = text.rpartition(marker) if last else text.partition(marker)
        return tail if found else None

    return run


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line[:-1] if line.endswith("\r") else line for line in text.split("\n"))


def _json_array(text: str, spend: Spend) -> tuple[str, ...] | None:
    """Return the first array that parses, starting at one of the first `limits.ARRAY_STARTS` brackets."""
    start = -1
    for _ in range(limits.ARRAY_STARTS):
        start = text.find("[", start + 1)
        if start < 0:
            return None
        spend(len(text) - start, 0)
        array = _parse_prefix(text, start)
        if array is not None:
            return tuple(
                element if isinstance(element, str) else canonical(element).decode() for element in array
            )
    return None


def _json_pointer(operation: Mapping[str, Any]) -> TextOperation:
    tokens = [token.replace("~1", "/").replace("~0", "~") for token in operation["pointer"].split("/")[1:]]

    def run(text: str) -> str | None:
        found = _parse_whole(text.strip(BLANK))
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


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_refuse, parse_int=_integer, parse_float=_float
)


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
        level = [
            inner for item in containers for inner in (item.values() if isinstance(item, dict) else item)
        ]
    return depth


_ON_TEXT: dict[str, Callable[[Mapping[str, Any]], TextOperation]] = {
    "trim": lambda _: lambda text: text.strip(BLANK),
    "before": _before,
    "after": _after,
    "json-pointer": _json_pointer,
}
_TO_LIST: dict[str, Callable[[Mapping[str, Any]], Splitter]] = {
    "lines": lambda _: lambda text, _: _lines(text),
    "split": lambda operation: lambda text, _: tuple(text.split(operation["at"])),
    "json-array": lambda _: _json_array,
}
_ON_LIST: dict[str, Callable[[Mapping[str, Any]], ListOperation]] = {
    "nonempty": lambda _: lambda elements: tuple(element for element in elements if element),
    "first": lambda operation: lambda elements: elements[: int(operation["count"])],
}
