"""The lines of a record stream."""

from __future__ import annotations

import io
import tracemalloc
from hashlib import sha256

import pytest

from fsep.limits import CHUNK_BYTES
from fsep.parsing.lines import Line, read_lines


class Trickle:
    """A stream that gives its bytes a few at a time, as a decompressor may."""

    def __init__(self, data: bytes, step: int) -> None:
        self._file = io.BytesIO(data)
        self._step = step

    def read(self, size: int, /) -> bytes:
        return self._file.read(min(size, self._step))


class Repeated:
    """A stream of one piece given many times, which is never held as a whole."""

    def __init__(self, piece: bytes, times: int) -> None:
        self._piece = piece
        self._left = times

    def read(self, size: int, /) -> bytes:
        assert size >= len(self._piece)
        self._left -= 1
        return self._piece if self._left >= 0 else b""


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
def test_lines_come_with_number_offset_and_end_however_the_stream_is_cut(step: int) -> None:
    """The same lines come from any chunking; the last one without a line feed is given and says so."""
    assert list(read_lines(Trickle(b"ab\n\ncdef\n\r\nx", step), 3)) == [
        Line(1, b"ab", 0, True),
        Line(2, b"", 3, True),
        Line(3, None, 4, True),
        Line(4, b"\r", 9, True),
        Line(5, b"x", 11, False),
    ]


def test_an_empty_stream_has_no_lines() -> None:
    """Nothing is not one empty line."""
    assert list(read_lines(io.BytesIO(b""), 10)) == []


def test_only_a_line_feed_ends_a_line() -> None:
    """U+2028, U+0085, carriage returns, form feeds and NUL stay inside a line."""
    data = '"\u2028\u2029\x85\r\x0b\x0c\x1c\x00"'.encode()
    assert [line.data for line in read_lines(io.BytesIO(data + b"\n"), 100)] == [data]


@pytest.mark.parametrize("step", [1, 5, 100])
def test_the_limit_counts_the_bytes_before_the_line_feed(step: int) -> None:
    """A line of exactly the limit is given, one byte more is not, at the end of the stream as well."""
    lines = list(read_lines(Trickle(b"12345\n123456\n12345", step), 5))
    assert [line.data for line in lines] == [b"12345", None, b"12345"]
    assert [line.data for line in read_lines(Trickle(b"123456", step), 5)] == [None]


def test_a_line_of_200_megabytes_is_skipped_in_bounded_memory() -> None:
    """A line far over the limit is one line without data, and no more than a chunk or two of it is held."""
    piece = b"x" * CHUNK_BYTES
    times = 200_000_000 // CHUNK_BYTES
    tracemalloc.start()
    try:
        lines = list(read_lines(Repeated(piece, times), 1_000_000))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert lines == [Line(1, None, 0, False)]
    assert peak < 3_000_000


def test_what_follows_a_line_over_the_limit_is_read_as_usual() -> None:
    """Numbers and offsets go on behind a skipped line."""
    data = b"y" * (3 * CHUNK_BYTES) + b"\nz\n"
    assert list(read_lines(io.BytesIO(data), 10)) == [
        Line(1, None, 0, True),
        Line(2, b"z", 3 * CHUNK_BYTES + 1, True),
    ]


def test_the_digest_sees_every_byte_once_and_in_order() -> None:
    """What `update` was given is the stream, skipped lines included."""
    data = b"a\n" + b"b" * 100_000 + b"\nc" * 50_000
    digest = sha256()
    list(read_lines(Trickle(data, 333), 10, digest.update))
    assert digest.digest() == sha256(data).digest()
