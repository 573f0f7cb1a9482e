"""Opening a bundle and reading its entries."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Literal, Self

from fsep.bundle import directory
from fsep.bundle.archive import FAILURES, Archive
from fsep.bundle.container import BundleError, ContainerProblem, Entry, Nothing
from fsep.bundle.directory import Directory
from fsep.bundle.stream import EntryStream, Meter
from fsep.errors import visible
from fsep.limits import CHUNK_BYTES

Kind = Literal["directory", "zip"]


class Bundle:
    """A directory or zip of files, read-only; a context manager.

    `display` is the path as it was given, by which another process can open the bundle again; `kind` is
    "directory" or "zip"; `entries` are its files, sorted by path; `problems` are the things in it that are no
    entries, and why.
    """

    def __init__(self, display: str, kind: Kind, container: Directory | Archive | Nothing) -> None:
        """Take over an open container."""
        self.display = display
        self.kind: Kind = kind
        entries, problems = container.listing.finish()
        self.entries: Mapping[str, Entry] = MappingProxyType(entries)
        self.problems: tuple[ContainerProblem, ...] = problems
        self._container = container
        self._meter = Meter()

    def open(self, path: str) -> EntryStream:
        """Open an entry for reading, or raise `BundleError`."""
        if path not in self.entries:
            raise BundleError(f"{visible(path)} is not in the bundle.", "missing")
        try:
            raw, at_end = self._container.open(path)
        except self._container.failures:
            raise BundleError(f"{path} cannot be opened.", "unreadable") from None
        return EntryStream(path, self.entries[path].size, raw, self._meter, self._container.failures, at_end)

    def read(self, path: str, limit: int) -> bytes:
        """Give all of an entry of at most `limit` bytes, or raise `BundleError`."""
        pieces: list[bytes] = []
        size = 0
        with self.open(path) as stream:
            # A directory's word is taken. A zip may state a size that its member has not, and then it cannot
            # be read, however long it is said to be; only its end shows that.
            if self.kind == "directory" and self.entries[path].size > limit:
                raise _too_long(path, limit)
            while data := stream.read(CHUNK_BYTES):
                size += len(data)
                if size > limit:
                    pieces.clear()
                else:
                    pieces.append(data)
        if size > limit:
            raise _too_long(path, limit)
        return b"".join(pieces)

    def close(self) -> None:
        """Let go of the container."""
        self._container.close()

    def __enter__(self) -> Self:
        """Give the bundle itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the bundle."""
        self.close()


def _too_long(path: str, limit: int) -> BundleError:
    return BundleError(f"{path} holds more than {limit} bytes.", "limit")


def open_to_judge(path: str | os.PathLike[str]) -> Bundle:
    """Open what is at a path as `open_bundle` does; a file that is no zip is a bundle with a fault.

    Raises:
        BundleError: where there is nothing, or nothing that may be read.
    """
    try:
        return open_bundle(path)
    except BundleError as error:
        if error.kind != "container":
            raise
        return Bundle(os.fspath(path), "zip", Nothing(str(error)))


def open_bundle(path: str | os.PathLike[str]) -> Bundle:
    """Open the bundle at a path, or raise `BundleError` if there is none or it cannot be read."""
    display = os.fspath(path)
    shown = visible(display, 200)
    try:
        mode = Path(display).stat().st_mode
        if stat.S_ISDIR(mode):
            if not directory.SUPPORTED:
                message = "This system cannot open files without following links."
                raise BundleError(message, "unreadable", advice="Pack the directory as a zip.")
            return Bundle(display, "directory", Directory(Path(display)))
        if stat.S_ISREG(mode):
            return Bundle(display, "zip", Archive(Path(display)))
    except (FileNotFoundError, NotADirectoryError):
        raise BundleError(f"There is nothing at {shown}.", "missing") from None
    except PermissionError:
        raise BundleError(f"{shown} may not be read.", "unreadable") from None
    except FAILURES:
        message = f"{shown} is neither a directory nor a zip that can be read."
        raise BundleError(message, "container", advice="Name a bundle's directory or its zip.") from None
    message = f"{shown} is neither a directory nor a file."
    raise BundleError(message, "container", advice="Name a bundle's directory or its zip.")
