"""A page before it is HTML or Markdown: its blocks, whose texts are foreign and not yet made safe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from fsep.render.safe import veiled
from fsep.render.transcript import CLOSE, OPEN

# What a cell begins with that a spreadsheet computes.
_FORMULA = ("=", "+", "-", "@")
Tone = Literal["good", "bad", "open", "plain"]


@dataclass(frozen=True, slots=True)
class Code:
    """An id, a place, a digest or a value: set apart from prose."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    """What is to be seen first."""

    text: str


@dataclass(frozen=True, slots=True)
class Status:
    """How something stands, in a word; the tone adds a mark and a colour to it, and never replaces it."""

    word: str
    tone: Tone


Inline: TypeAlias = "str | Code | Strong | Status"
Line: TypeAlias = tuple[Inline, ...]


def prose(text: str) -> Line:
    """Return a sentence of the protocol or of this package, what it has between backticks as code."""
    pieces = text.split("`")
    return tuple(
        Code(piece) if place % 2 and place < len(pieces) - 1 else piece for place, piece in enumerate(pieces)
    )


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph; a notice is one that nobody may overlook."""

    line: Line
    kind: Literal["plain", "notice", "aside"] = "plain"


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with what they stand for."""

    pairs: tuple[tuple[str, Line], ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """Lists beside each other, each under its heading."""

    columns: tuple[tuple[str, Bullets], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first cell of each row names the row."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    numbers: bool = False


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A cell of a heat map: a share from 0 to 1, None where nothing was measured, and what is said of it."""

    share: float | None
    line: Line


@dataclass(frozen=True, slots=True)
class Heat:
    """A table whose cells are coloured by a share; what the colour says stands in the cell as text."""

    caption: str
    columns: Sequence[str]
    rows: tuple[tuple[Line, tuple[HeatCell, ...]], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture as SVG that this package made, and what it shows in words."""

    svg: str
    says: str


def cell(line: Line) -> Line:
    """Return the content of a cell so that it is no formula where somebody pastes the table."""
    first = line[0] if line else ""
    text = first if isinstance(first, str) else "" if isinstance(first, Status) else first.text
    return ("“", *line, "”") if text.startswith(_FORMULA) else line


@dataclass(frozen=True, slots=True)
class Card:
    """A finding: a headline, and what there is to say under it."""

    title: Line
    facts: Facts


@dataclass(frozen=True, slots=True)
class Cards:
    """Findings in their order."""

    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A text of a transcript with its own lines; stretches that come from the item are told apart.

    `label` says what it is where it is no plain text, `aside` that it entered no request.
    """

    stretches: tuple[tuple[str, bool], ...]
    label: str = ""
    aside: bool = False

    @property
    def shown(self) -> tuple[tuple[str, bool], ...]:
        """The stretches, those of the item between marks; as one, where a credential lies across several."""
        whole = "".join(text for text, _ in self.stretches)
        if veiled(whole) != whole:
            return ((whole, False),)
        return tuple(
            (f"{OPEN}{text}{CLOSE}" if of_item else text, of_item) for text, of_item in self.stretches
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """One event of a transcript: who contributed what."""

    number: int
    step: str
    who: str
    does: str
    origin: str
    notes: tuple[str, ...]
    body: tuple[Passage | Para, ...]


@dataclass(frozen=True, slots=True)
class Turns:
    """The events of a transcript."""

    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Details:
    """What is opened by who wants to know."""

    summary: Line
    blocks: tuple[Block, ...]


Block: TypeAlias = "Para | Facts | Bullets | Columns | Table | Heat | Figure | Cards | Turns | Details"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page under a heading; its id is the page's own and no foreign text."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page: what is read first, then what is read by who has time."""

    title: str
    facts: Facts
    notices: tuple[Para, ...]
    first: tuple[Section, ...]
    rest: tuple[Section, ...]
    foot: Para
