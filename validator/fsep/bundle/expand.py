"""Compressed record streams: Zstandard frames (RFC 8878), expanded as they are read and never believed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import zstandard

from fsep.bundle.container import BundleError
from fsep.limits import ENTRY_BYTES, EXPANSION, EXPANSION_FREE, ZSTD_WINDOW
from fsep.parsing.lines import Readable

ENDING = ".zst"
# What is given to the decompressor at once: a block of four bytes may stand for 128 KiB of one character.
_PIECE = 512
_MAGIC = b"\x28\xb5\x2f\xfd"
# As long as the header of a frame may be.
_HEADER = 18


def expanded(
    path: str, size: int, stream: Readable, update: Callable[[bytes], object] | None = None
) -> Readable:
    """Return the lines' bytes of an entry of a size: as they are, or expanded where its name ends in `.zst`.

    `update` is called with every chunk of the entry itself, for a digest of the file.
    """
    tapped = stream if update is None else _Tapped(stream, update)
    return _Expanded(path, size, tapped) if path.endswith(ENDING) else tapped


def compressed(path: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the bytes of a file: as they are, or as one frame where its name ends in `.zst`."""
    if not path.endswith(ENDING):
        yield from chunks
        return
    frame = zstandard.ZstdCompressor(write_checksum=True).compressobj()
    for chunk in chunks:
        yield frame.compress(chunk)
    yield frame.flush()


class _Tapped:
    """A stream whose chunks are told to someone."""

    def __init__(self, stream: Readable, update: Callable[[bytes], object]) -> None:
        self._stream, self._update = stream, update

    def read(self, size: int, /) -> bytes:
        chunk = self._stream.read(size)
        if chunk:
            self._update(chunk)
        return chunk


class _Expanded:
    """What one or more frames expand to; `BundleError` where they are no frames, or expand to too much."""

    def __init__(self, path: str, size: int, stream: Readable) -> None:
        self._path, self._stream = path, stream
        self._limit = min(max(EXPANSION_FREE, EXPANSION * size), ENTRY_BYTES)
        self._frame: zstandard.ZstdDecompressionObj | None = None
        # Bytes of a header that is not all there yet.
        self._head = b""
        self._frames = 0
        self._chunk, self._at = b"", 0
        self._given = 0
        self._out, self._sent = b"", 0

    def read(self, size: int, /) -> bytes:
        while self._sent == len(self._out):
            piece = self._piece(size)
            self._out, self._sent = self._expand(piece), 0
            if not piece:
                self._end()
                break
        begin, self._sent = self._sent, min(self._sent + size, len(self._out))
        return self._out[begin : self._sent]

    def _piece(self, size: int) -> bytes:
        if self._at == len(self._chunk):
            self._chunk, self._at = self._stream.read(size), 0
        piece = self._chunk[self._at : self._at + _PIECE]
        self._at += len(piece)
        return piece

    def _expand(self, piece: bytes) -> bytes:
        """Return what a piece expands to; the last piece is empty."""
        out, last = b"", not piece
        piece, self._head = self._head + piece, b""
        try:
            while piece:
                if self._frame is None:
                    if len(piece) < _HEADER and not last:
                        self._head = piece
                        break
                    self._frame = self._begun(piece)
                out += self._frame.decompress(piece)
                piece = b""
                if self._frame.eof:
                    piece, self._frame = self._frame.unused_data, None
        except zstandard.ZstdError:
            raise self._fault("is damaged, or no Zstandard stream") from None
        self._given += len(out)
        if self._given > self._limit:
            raise BundleError(f"{self._path} expands to more than {self._limit} bytes.", "limit")
        return out

    def _begun(self, head: bytes) -> zstandard.ZstdDecompressionObj:
        """Begin a frame whose header is as the specification has it."""
        if not head.startswith(_MAGIC):
            raise self._fault("holds something that is no Zstandard frame")
        stated = zstandard.get_frame_parameters(head)
        if stated.window_size > ZSTD_WINDOW:
            raise self._fault(f"has a frame with a window of more than {ZSTD_WINDOW} bytes")
        if stated.dict_id:
            raise self._fault("has a frame that needs a dictionary")
        if not stated.has_checksum:
            raise self._fault("has a frame without a content checksum, so that damage may not be noticed")
        self._frames += 1
        return zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW).decompressobj()

    def _end(self) -> None:
        if self._frame is not None:
            raise self._fault("ends within a Zstandard frame")
        if not self._frames:
            raise self._fault("holds no Zstandard frame")

    def _fault(self, what: str) -> BundleError:
        return BundleError(f"{self._path} {what}.", "unreadable")
