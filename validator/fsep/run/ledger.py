"""The ledger: a chained line for the start and one for the end of each run; it follows from the journal."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from fsep.errors import FsepError, visible

LEDGER = "ledger.jsonl"

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


class Chain:
    """The lines of a ledger, each with the digest of the one before; `lines` are how many there were."""

    def __init__(self) -> None:
        """Begin with none."""
        self.lines = 0
        self._last: str | None = None

    def line(self, entry: Mapping[str, Any]) -> bytes:
        """Return the line for an entry of the journal; none for one that is neither a start nor an end."""
        match entry["what"]:
            case "start":
                said = {"what": "start", "run": entry["run"], "at": entry["at"]}
            case "ended":
                record = entry["record"]
                said = {"what": "end", "run": entry["run"], "at": record["ended"], "status": record["status"]}
                said["events_sha256"] = entry["events_sha256"]
            case _:
                return b""
        data = _encode({"n": self.lines, "previous": self._last, **said}).encode()
        self.lines, self._last = self.lines + 1, sha256(data).hexdigest()
        return data + b"\n"


class Mended:
    """A ledger that is held to the lines that it has to have; what it lacks at its end is added.

    A context manager.
    """

    def __init__(self, folder: Path) -> None:
        """Open the ledger, or begin one.

        Raises:
            FsepError: where it cannot be opened.
        """
        self._path = folder / LEDGER
        try:
            self._file = os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        except OSError as error:
            raise FsepError(f"{visible(str(self._path), 200)} cannot be opened: {error.strerror}.") from None
        self._lines = self._complete = 0
        self._short = False

    def __enter__(self) -> Self:
        """Give the ledger itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self._file.close()

    def expect(self, line: bytes) -> None:
        """Hold it to its next line.

        Raises:
            FsepError: where it has another one.
        """
        self._lines += 1
        if not self._short and (found := self._file.readline()) != line:
            if found.endswith(b"\n"):
                raise changed(self._path, self._lines)
            self._short = True
            self._file.seek(self._complete)
            self._file.truncate()
        if self._short:
            self._file.write(line)
        self._complete += len(line)

    def done(self) -> None:
        """Hold it to having no further line, and sync it.

        Raises:
            FsepError: where it has one.
        """
        if self._file.readline().endswith(b"\n"):
            raise changed(self._path, self._lines + 1)
        self._file.truncate(self._complete)
        self._file.flush()
        os.fsync(self._file.fileno())


def changed(path: Path, line: int) -> FsepError:
    """Return the error of a file that somebody changed."""
    return FsepError(
        f"{visible(str(path), 200)}, line {line}, is not as it was written.",
        advice="Restore the folder; a journal that was changed cannot be gone on with.",
    )
