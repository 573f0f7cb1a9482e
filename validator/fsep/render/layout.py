"""Lines of a terminal: wrapping by columns, not by characters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from fsep.render.safe import cells

_WORD = re.compile(r" +|[^ ]+")


def wrap(text: str, width: int, indent: str = "", hanging: str | None = None) -> list[str]:
    """Return a safe text as lines of at most `width` columns: the first after `indent`, the others `hanging`.

    Lines break at spaces; a word that is longer than a line is broken where the line ends.
    """
    hanging = indent if hanging is None else hanging
    lines: list[str] = []
    line, used, empty = indent, cells(indent), True
    for word in _words(text, max(width - max(cells(indent), cells(hanging)), 1)):
        size = cells(word)
        if used + size > width and not empty:
            lines.append(line.rstrip(" "))
            line, used, empty = hanging, cells(hanging), True
            if word.isspace():
                continue
        line, used, empty = line + word, used + size, False
    return [*lines, line.rstrip(" ")]


def _words(text: str, longest: int) -> Iterator[str]:
    """Yield words and the spaces between them, in pieces where they are longer than a line."""
    for match in _WORD.finditer(text):
        word = match[0]
        if len(word) <= longest and word.isascii():
            yield word
            continue
        start, used = 0, 0
        for place, character in enumerate(word):
            size = cells(character)
            if used + size > longest and place > start:
                yield word[start:place]
                start, used = place, 0
            used += size
        yield word[start:]


def listed(words: Iterable[str]) -> str:
    """Return words as a sentence lists them."""
    words = list(words)
    return " and ".join(([", ".join(words[:-1])] if len(words) > 1 else []) + words[-1:])


def number(count: int) -> str:
    """Return a number with its thousands apart."""
    return f"{count:,}"


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """Return a number of things."""
    return f"{number(count)} {noun if count == 1 else plural or noun + 's'}"


def ranges(ids: Iterable[str]) -> list[str]:
    """Return sorted ids of requirements, three or more that follow one another as a range."""
    runs: list[list[str]] = []
    for id_ in ids:
        family, _, place = id_.rpartition("-")
        before, _, last = runs[-1][-1].rpartition("-") if runs else ("", "", "")
        if family == before and place.isdecimal() and last.isdecimal() and int(place) == int(last) + 1:
            runs[-1].append(id_)
        else:
            runs.append([id_])
    return [text for run in runs for text in ([f"{run[0]} to {run[-1][-3:]}"] if len(run) > 2 else run)]
