"""Reading one entry, with every byte counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from fsep.bundle.container import BundleError
from fsep.limits import ENTRY_BYTES, TOTAL_BYTES


class RawStream(Protocol):
    """What a container opens: bytes in order, errors of its own."""

    def read(self, size: int, /) -> bytes:
        """Give at most `size` bytes, none only at the end."""
        ...

    def close(self) -> None:
        """Let go of what is held."""
        ...


@dataclass(slots=True)
class Meter:
    """Counts the bytes read from all entries of one bundle."""

    read: int = 0


class EntryStream:
    """The bytes of one entry, in order, once; a context manager.

    Declared sizes are not believed: what is read is counted, and `BundleError` ends it at
    `limits.ENTRY_BYTES`, at `limits.TOTAL_BYTES` over all entries, or where the end shows that the entry
    changed meanwhile.
    """

    def __init__(  # noqa: PLR0917  # the container gives them all
        self,
        path: str,
        size: int,
        raw: RawStream,
        meter: Meter,
        failures: tuple[type[Exception], ...],
        at_end: Callable[[int], None],
    ) -> None:
        """Read from `raw`, whose `failures` are translated; `at_end` is told the count and may raise.

        `size` is what the listing said: past it the end is asked for, so that a file that grows as fast as it
        is read is not followed.
        """
        self._path = path
        self._size = size
        self._raw = raw
        self._meter = meter
        self._failures = failures
        self._at_end = at_end
        self._read = 0
        self._ended = False

    def read(self, size: int, /) -> bytes:
        """Give at most `size` bytes, none only at the end; it must be given: memory is bounded."""
        if size < 0:
            raise ValueError("a size must be given")
        if size == 0 or self._ended:
            return b""
        try:
            data = self._raw.read(size)
        except self._failures:
            raise BundleError(f"{self._path} cannot be read to its end.", "unreadable") from None
        self._read += len(data)
        self._meter.read += len(data)
        if self._read > ENTRY_BYTES:
            raise BundleError(f"{self._path} holds more than {ENTRY_BYTES} bytes.", "limit")
        if self._meter.read > TOTAL_BYTES:
            raise BundleError(f"More than {TOTAL_BYTES} bytes were read from the bundle.", "limit")
        if not data or self._read > self._size:
            self._ended = not data
            self._at_end(self._read)
        return data

    def close(self) -> None:
        """Let go of the entry."""
        self._raw.close()

    def __enter__(self) -> Self:
        """Give the stream itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the stream."""
        self.close()
