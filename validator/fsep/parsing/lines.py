"""The lines of a record stream, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from fsep.limits import CHUNK_BYTES


class Readable(Protocol):
    """Whatever gives bytes in order: a file, an entry of a bundle, a decompressor."""

    def read(self, size: int, /) -> bytes:
        """Give at most `size` bytes, none only at the end."""
        ...


class Line(NamedTuple):
    """One line of a stream.

    `number` counts from 1; `data` is without its line feed, and None if over the limit; `offset` is that of
    its first byte; `terminated` is False only for a last line that ends with the stream. It is a tuple
    because one is made for every record.
    """

    number: int
    data: bytes | None
    offset: int
    terminated: bool


def read_lines(
    stream: Readable, limit: int, update: Callable[[bytes], object] | None = None
) -> Iterator[Line]:
    """Give the lines of a stream, which end at the byte 0x0A and nowhere else.

    A line longer than `limit` bytes is skipped rather than held: it comes as one `Line` without data. Memory
    is bounded by `limit` and a chunk. `update` is called with every chunk before its lines are given, for a
    digest of the whole.
    """
    number, offset = 1, 0
    held: list[bytes] = []  # the pieces of a line that earlier chunks began; dropped once over the limit
    size = 0  # bytes of that line so far, dropped ones included
    while chunk := stream.read(CHUNK_BYTES):
        if update is not None:
            update(chunk)
        first, *rest = chunk.split(b"\n")
        size += len(first)
        if size > limit:
            held.clear()
        elif first:
            held.append(first)
        if not rest:
            continue
        yield Line(number, b"".join(held) if size <= limit else None, offset, True)
        number += 1
        offset += size + 1
        last = rest.pop()
        for data in rest:
            size = len(data)
            yield Line(number, data if size <= limit else None, offset, True)
            number += 1
            offset += size + 1
        size = len(last)
        held = [last] if 0 < size <= limit else []
    if size:
        yield Line(number, b"".join(held) if size <= limit else None, offset, False)
