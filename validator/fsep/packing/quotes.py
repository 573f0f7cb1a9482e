"""Published texts that hold a withheld one word for word: what a policy that looks right gives away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fsep import limits
from fsep.parsing.walk import texts

# Characters of a text that are worth speaking of: shorter ones stand in others by chance.
LEAST = 8


class Quotes:
    """Looks, line by line, for withheld texts in published ones.

    A program that quotes an output, or a field of an item, gives it away where its own texts are published.
    `count` tells how many published texts do, `first` where the first stands (file, line, pointer), `unread`
    how many lines hold too much text to look through.
    """

    def __init__(self) -> None:
        """Begin with nothing found."""
        self.count = self.unread = 0
        self.first: tuple[str, int, str] | None = None
        self._fields: dict[str, set[str]] = {}

    def keep(self, item: str, hidden: set[str]) -> None:
        """Remember the withheld texts of an item, which its runs may quote."""
        if hidden:
            self._fields[item] = hidden

    def look(
        self, path: str, line: int, item: str, hidden: set[str], published: list[tuple[str, str]]
    ) -> None:
        """Look through the published texts of a line, each with its pointer."""
        sought = hidden | self._fields.get(item, set())
        if len(sought) * sum(len(text) for _, text in published) > limits.QUOTES_WORK:
            self.unread += 1
            return
        for pointer, text in published:
            if any(one in text for one in sought):
                self.count += 1
                self.first = self.first or (path, line, pointer)


def worth(value: Any) -> Iterator[str]:
    """Yield the texts inside a value that are long enough to speak of."""
    return (text for _, _, text in texts(value) if len(text) >= LEAST)
