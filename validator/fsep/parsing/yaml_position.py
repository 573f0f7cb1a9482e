"""Where in a YAML text the value is that a JSON Pointer (RFC 6901) names; found only for what is reported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yaml.events import (
    CollectionEndEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from fsep.parsing.position import tokens_of
from fsep.parsing.problem import ParseError
from fsep.parsing.yaml import events


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come; `depth` is how many keys lead to it, None where others do."""

    is_list: bool
    depth: int | None
    place: int = 0
    key: ScalarEvent | None = None


def locate(data: bytes, pointer: str) -> tuple[int, int]:
    """Give line and column, both from 1, of the value a pointer names, or of its key where it has one.

    Where the pointer leads nowhere, the place is that of its longest prefix that leads somewhere. Takes a
    text that `fsep.parsing.yaml.parse` reads; on others it does what it can.
    """
    wanted = tokens_of(pointer)
    best, line, column = -1, 1, 1
    stack: list[_Open] = []
    try:
        for event in events(data.decode("utf-8", "replace")):
            if isinstance(event, CollectionEndEvent):
                stack.pop()
            if not isinstance(event, NodeEvent):
                continue
            top = stack[-1] if stack else None
            if top is not None and not top.is_list and top.key is None:
                if not isinstance(event, ScalarEvent):
                    break  # a key that is a collection, which is not read
                top.key = event
                continue
            depth, marked = _entered(top, event, wanted)
            if depth is not None and depth > best:
                mark: Any = marked.start_mark
                best, line, column = depth, mark.line + 1, mark.column + 1
            if best == len(wanted):
                break
            if isinstance(event, (MappingStartEvent, SequenceStartEvent)):
                stack.append(_Open(isinstance(event, SequenceStartEvent), depth))
    except ParseError:
        pass
    return line, column


def _entered(top: _Open | None, event: Event, wanted: list[str]) -> tuple[int | None, Event]:
    """Return how far along the pointer a value is, None where it is not on it, and what marks its place."""
    if top is None:
        return 0, event
    name: str | None
    if top.is_list:
        name, marked = str(top.place), event
        top.place += 1
    else:
        name = None if top.key is None else top.key.value
        marked, top.key = top.key or event, None
    if top.depth is None or top.depth == len(wanted) or wanted[top.depth] != name:
        return None, marked
    return top.depth + 1, marked
