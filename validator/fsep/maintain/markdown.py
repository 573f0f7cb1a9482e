"""As much of Markdown as the specification's tools need: lines of prose, and fenced blocks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*(.*?)[ \t]*")


class Fault(Exception):
    """Something in a chapter is not of the form it must have: where, what, and how to mend it."""

    def __init__(self, file: str, line: int, what: str, mend: str) -> None:
        """Keep the four; as text they are `file:line: what; mend`."""
        super().__init__(f"{file}:{line}: {what}; {mend}")
        self.file = file
        self.line = line


@dataclass(frozen=True, slots=True)
class Line:
    """A line of prose, counted from 1."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: the line of its opening fence, its info string, and its text."""

    number: int
    info: str
    text: str


def parts(file: str, text: str) -> Iterator[Line | Block]:
    """Yield lines of prose and fenced blocks in their order, or raise `Fault` for a block left open."""
    lines = enumerate(text.split("\n"), 1)
    for number, line in lines:
        opening = _FENCE.fullmatch(line)
        # A backtick in the info string makes it inline code.
        if opening is None or (opening[1][0] == "`" and "`" in opening[2]):
            yield Line(number, line)
        else:
            yield _block(file, number, opening, lines)


def _block(file: str, number: int, opening: re.Match[str], lines: Iterable[tuple[int, str]]) -> Block:
    inside: list[str] = []
    for _, line in lines:
        closing = _FENCE.fullmatch(line)
        if closing is not None and not closing[2] and closing[1].startswith(opening[1]):
            return Block(number, opening[2], "".join(f"{line}\n" for line in inside))
        inside.append(line)
    raise Fault(file, number, "the fenced block is never closed", f"add a line `{opening[1]}` where it ends")
