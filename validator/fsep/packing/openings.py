"""The private file of openings: what the commitments of a public bundle stand for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Self

from fsep import limits
from fsep.errors import FsepError, visible
from fsep.packing.files import record_bytes
from fsep.parsing import json
from fsep.parsing.lines import read_lines
from fsep.parsing.problem import ParseError
from fsep.protocol import Protocol
from fsep.protocol.schema_errors import is_valid

SCHEMA = "opening"
# For the user alone.
_MODE = 0o600


class OpeningsWriter:
    """Writes a file of openings, which must not be there yet; a context manager.

    Leaving the context without `finish` removes the file: openings of a bundle that was not written open
    nothing.
    """

    def __init__(self, path: Path, apart: tuple[Path, ...]) -> None:
        """Make the file, readable by its owner alone, and outside the places `apart`."""
        self._path, self._finished = path, False
        shown = self._shown = visible(str(path), 200)
        for place in apart:
            if path.resolve().is_relative_to(place.resolve()):
                raise FsepError(
                    f"{shown} would lie in {visible(str(place), 200)}, and openings are private.",
                    advice="Name a file outside the bundles with --openings.",
                )
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
            self._stream: BinaryIO = os.fdopen(os.open(path, flags, _MODE), "wb")
        except FileExistsError:
            raise FsepError(
                f"{shown} is there already, and openings are never overwritten: without them nobody can show "
                "what the commitments stand for.",
                advice="Name another file with --openings.",
            ) from None
        except OSError as error:
            raise self._failed(error) from None

    def withdrawn(self, run: str) -> None:
        """Write that the openings of a run are not kept; before any opening."""
        self._write({"withdrawn": run})

    def opening(self, file: str, line: int, pointer: str, salt: bytes, value: Any) -> None:
        """Write an opening; files come in the order of their paths, and lines in theirs."""
        self._write({"file": file, "line": line, "pointer": pointer, "salt": salt.hex(), "value": value})

    def flush(self) -> None:
        """Bring what was written to the disk, before anything rests on it."""
        try:
            self._stream.flush()
            os.fsync(self._stream.fileno())
        except OSError as error:
            raise self._failed(error) from None

    def finish(self) -> None:
        """Keep the file."""
        self._finished = True

    def __enter__(self) -> Self:
        """Give the writer itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file; remove it where it was not finished."""
        self._stream.close()
        if not self._finished:
            self._path.unlink(missing_ok=True)

    def _write(self, record: dict[str, Any]) -> None:
        data = record_bytes("the file of openings", record)
        try:
            self._stream.write(data)
        except OSError as error:
            raise self._failed(error) from None

    def _failed(self, error: OSError) -> FsepError:
        return FsepError(f"{self._shown} cannot be written: {error.strerror or 'the system refuses'}.")


def read_openings(path: Path, protocol: Protocol) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the lines of a file of openings, each with its number.

    Raises:
        FsepError: for a file that cannot be read, and a line that is no opening; nothing of it is repeated.
    """
    shown = visible(str(path), 200)
    try:
        with path.open("rb") as stream:
            for line in read_lines(stream, limits.LINE_BYTES):
                yield line.number, _opening(line.data, f"{shown}, line {line.number}", protocol)
    except OSError as error:
        raise FsepError(f"{shown} cannot be read: {error.strerror or 'the system refuses'}.") from None


def _opening(data: bytes | None, where: str, protocol: Protocol) -> dict[str, Any]:
    if data is None:
        raise FsepError(f"{where}: longer than {limits.LINE_BYTES} bytes.")
    try:
        value: Any = json.parse(data)
    except ParseError as error:
        # The sentence may hold a cut of the line, which is private.
        raise FsepError(f"{where}, column {error.column}: no strict JSON.") from None
    if not is_valid(protocol, SCHEMA, value):
        raise FsepError(f"{where} is no opening.", advice="`fsep schema show opening` prints the schema.")
    return dict(value)
