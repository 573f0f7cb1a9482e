"""The members of an `.eval` file: a zip whose members are stored, deflated or compressed with zstandard."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import zstandard

from fsep.adapters.source import SourceError
from fsep.bundle.archive import FAILURES, Guard, TooManyError
from fsep.errors import visible
from fsep.limits import CHUNK_BYTES, SOURCE_BYTES, ZSTD_WINDOW_BYTES

SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
# What Python calls ZIP_ZSTANDARD from 3.14 on; what a member's own header takes, before its name.
_ZSTANDARD = 93
_HEADER = 30
# Bits of a member's flags: encrypted, patched data, strong encryption, masked headers.
_UNREADABLE_FLAGS = 0x1 | 0x20 | 0x40 | 0x2000


class Members:
    """The members of a zip by their names; the last of one name counts, as the format's own reader has it."""

    def __init__(self, data: bytes, shown: str) -> None:
        """Read the directory of a zip that is held whole; `shown` is its name in messages."""
        self._data, self._shown = data, shown
        self._left = SOURCE_BYTES
        guard = Guard(io.BytesIO(data))
        try:
            listed = zipfile.ZipFile(guard).infolist()
        except TooManyError:
            raise SourceError(f"{shown} lists more members than such a file has.") from None
        except FAILURES:
            raise SourceError(
                f"{shown} begins like a zip and cannot be read as one.",
                advice="Was it cut short, or is it still being written? Its directory stands at its end.",
            ) from None
        self._infos = {member.filename: member for member in listed}
        self.names = tuple(self._infos)
        self.superseded = len(listed) - len(self._infos)

    def read(self, name: str) -> bytes:
        """Return a member's bytes; all that are read together are bounded.

        Raises:
            SourceError: where it is damaged, too large, or of another kind than such files hold.
        """
        member = self._infos[name]
        where = f"{self._shown}:{visible(name)}"
        if member.file_size > self._left:
            raise SourceError(f"{where}: the file holds more than {SOURCE_BYTES} bytes unpacked.")
        self._left -= member.file_size
        if member.flag_bits & _UNREADABLE_FLAGS:
            raise SourceError(f"{where}: it is encrypted or patched.")
        try:
            unpacked = _unpacked(self._packed(member), member.compress_type, member.file_size)
        except (zlib.error, zstandard.ZstdError, struct.error, ValueError):
            raise SourceError(f"{where}: it cannot be unpacked; the file is damaged.") from None
        if unpacked is None:
            raise SourceError(
                f"{where}: it is compressed in a way (zip method {member.compress_type}) that is not read."
            )
        if len(unpacked) != member.file_size or zlib.crc32(unpacked) != member.CRC:
            raise SourceError(f"{where}: it is not what the zip's directory says; the file is damaged.")
        return unpacked

    def _packed(self, member: zipfile.ZipInfo) -> memoryview:
        """Return the bytes behind a member's own header, which may be longer than the directory's entry."""
        at = member.header_offset
        header = self._data[max(at, 0) : max(at, 0) + _HEADER]
        if at < 0 or header[:4] != SIGNATURES[0]:
            raise ValueError("no header where the directory says")
        name, extra = struct.unpack("<HH", header[26:])
        start = at + _HEADER + name + extra
        return memoryview(self._data)[start : start + member.compress_size]


def _unpacked(packed: memoryview, method: int, size: int) -> bytes | None:
    """Return what was packed, at most one byte more than `size`; None for a method that is not known."""
    if method == zipfile.ZIP_STORED:
        return bytes(packed[: size + 1])
    if method == zipfile.ZIP_DEFLATED:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, size + 1)
    if method != _ZSTANDARD:
        return None
    made = bytearray()
    decompressor = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW_BYTES)
    # Large members are written as several frames, one after another.
    with decompressor.stream_reader(packed, read_across_frames=True) as stream:
        while len(made) <= size and (chunk := stream.read(min(CHUNK_BYTES, size + 1 - len(made)))):
            made += chunk
    return bytes(made)
