"""Where problems are in a long document, of which there may be many."""

from __future__ import annotations

from fsep import limits
from fsep.checks.study import Document
from fsep.findings import Place


class Places:
    """Where problems are in the document.

    To find a place costs a walk over the document, so that of more problems than are listed the rest, which
    are only counted, stand where the first of them does.
    """

    def __init__(self, document: Document) -> None:
        """Begin with none."""
        self._document, self._found = document, 0
        self._last = Place(document.path)

    def of(self, pointer: str) -> Place:
        """Return the place of a value."""
        if self._found <= limits.FINDINGS_PER_REQUIREMENT:
            self._last = self._document.place(pointer)
            self._found += 1
        return self._last
