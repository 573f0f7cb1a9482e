"""A page before it is HTML or Markdown: its blocks, whose texts are foreign and not yet made safe."""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class Heat:
    """A cell of a heat map: the figure that is seen first, its colour from 0 to 10, and what stands under it.

    Without a colour nothing was measured, and the cell is hatched.
    """

    figure: str
    colour: int | None
    under: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A table with colours; what is lacking is one more row, hatched over all columns."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Heat, ...]], ...]
    lacking: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """A row of a forest plot; without figures it is only named."""

    label: str
    figure: tuple[float, float, float] | None
    says: str


@dataclass(frozen=True, slots=True)
class Forest:
    """Intervals of one scale beside zero and a margin; `alt` says it for who cannot see the plot.

    `name` is fit for an id; `table` holds the same and more, and stands alone where plots cannot be drawn.
    """

    name: str
    title: str
    alt: str
    intervals: tuple[Interval, ...]
    margin: float | None
    table: Table


@dataclass(frozen=True, slots=True)
class Ladder:
    """The levels of evidence, from the lowest: which one the evidence has, and which a claim asserts."""

    levels: tuple[str, ...]
    has: str
    asserts: str

    def marks(self, level: str) -> tuple[str, ...]:
        """Return which marks a level has; what is asserted is marked where it is above the evidence."""
        above = self.levels.index(self.asserts) > self.levels.index(self.has)
        held = (("has", level == self.has), ("asserts", level == self.asserts and above))
        return tuple(name for name, holds in held if holds)

    def says(self, level: str) -> str:
        """Return its marks in words."""
        words = {"has": "the evidence is here", "asserts": "asserted, above the evidence"}
        return ", ".join(words[mark] for mark in self.marks(level))


@dataclass(frozen=True, slots=True)
class Group:
    """Blocks under a heading of their own."""

    title: Line
    blocks: tuple[Block, ...]


Block: TypeAlias = (
    "Para | Facts | Bullets | Columns | Table | Cards | Turns | Details | HeatMap | Forest | Ladder | Group"
)


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
