"""The evidence of a run: JSON Lines, each holding the digest of the one before; no footer, no evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Self

from fsep.errors import FsepError, visible
from fsep.parsing import json as strict
from fsep.parsing.lines import read_lines
from fsep.parsing.problem import ParseError

_LINE_BYTES = 4 << 20


class EvidenceError(FsepError):
    """A file is no evidence, or was changed."""


class Writer:
    """Writes evidence; a context manager."""

    def __init__(self, path: Path) -> None:
        """Begin a file; one that is there already is not overwritten."""
        try:
            self._stream: IO[bytes] = path.open("xb")
        except OSError as error:
            raise EvidenceError(
                f"{visible(str(path), 200)} cannot be written: {error.strerror}.", advice="Name another file."
            ) from None
        self._previous: str | None = None
        self._number = 0

    def __enter__(self) -> Self:
        """Give the writer itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._stream.close()

    def write(self, what: str, **members: Any) -> None:
        """Write a line."""
        line = {"n": self._number, "previous": self._previous, "what": what, **members}
        data = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode()
        self._stream.write(data + b"\n")
        self._previous, self._number = sha256(data).hexdigest(), self._number + 1


def last_digest(path: Path) -> str:
    """Return the digest of a file of evidence's last line, which stands for all of them."""
    return sha256(path.read_bytes().rstrip(b"\n").rpartition(b"\n")[2]).hexdigest()


def read(path: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the lines of a file of evidence, in order, the chain checked; the footer is the last.

    Raises:
        EvidenceError: where the chain is broken, or the footer is missing.
    """
    shown, previous, what = visible(str(path), 200), None, ""
    try:
        stream = path.open("rb")
    except OSError as error:
        raise EvidenceError(f"{shown} cannot be read: {error.strerror}.") from None
    with stream:
        for line in read_lines(stream, _LINE_BYTES):
            where = f"{shown}, line {line.number}"
            if what == "footer":
                raise EvidenceError(f"{where}: there is something behind the footer.")
            try:
                value: Any = strict.parse(line.data) if line.data is not None else None
            except ParseError as error:
                raise EvidenceError(f"{where}: {error.message}.") from None
            if not isinstance(value, dict) or not {"n", "previous", "what"} <= value.keys():
                raise EvidenceError(f"{where}: it is no line of evidence.")
            if value["n"] != line.number - 1 or value["previous"] != previous:
                raise EvidenceError(f"{where}: it does not follow the line before it.")
            assert line.data is not None
            previous, what = sha256(line.data).hexdigest(), str(value["what"])
            if line.number == 1 and what != "header":
                raise EvidenceError(f"{where}: it is no header.")
            yield value
    if what != "footer":
        raise EvidenceError(f"{shown} has no footer: the run broke off, or its end was cut away.")
