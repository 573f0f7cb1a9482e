"""Why a text cannot be read, and where."""

from __future__ import annotations

from typing import Literal

from fsep.errors import FsepError

Kind = Literal["encoding", "syntax", "duplicate-key", "number", "depth", "yaml", "too-long"]


class ParseError(FsepError):
    """A text is refused.

    `message` is a sentence that holds at most a short, visibly escaped cut of the text; `line` and `column`
    count from 1, the column in characters; `kind` is one of the words of `Kind`.
    """

    def __init__(
        self, message: str, line: int, column: int, kind: Kind, *, advice: str | None = None
    ) -> None:
        """Keep the sentence, the place and the kind."""
        super().__init__(message, advice=advice)
        self.message = message
        self.line = line
        self.column = column
        self.kind: Kind = kind

    def __str__(self) -> str:
        """Say the place, then the sentence."""
        return f"line {self.line}, column {self.column}: {self.message}"
