"""How a text looks: its width, and colours only where they are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Paint = Literal["bold", "dim", "red", "green", "yellow", "cyan", "magenta", "blue"]

_CODES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
}
# Below this nothing can be laid out; above, lines are too long to read.
NARROWEST, WIDEST = 40, 120


@dataclass(frozen=True, slots=True)
class Style:
    """Width in columns of a terminal, and whether colours are wanted."""

    width: int = 80
    colour: bool = False

    @property
    def columns(self) -> int:
        """The width that is used: bounded, so that lines can be read."""
        return min(max(self.width, NARROWEST), WIDEST)

    def paint(self, text: str, *paints: Paint) -> str:
        """Return the text in a colour, or as it is where none are wanted."""
        if not self.colour or not text or not paints:
            return text
        return f"\x1b[{';'.join(_CODES[paint] for paint in paints)}m{text}\x1b[0m"
