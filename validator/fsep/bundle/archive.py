"""A bundle as a zip file, read in place and never unpacked."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from fsep.bundle.container import BundleError, Listing
from fsep.bundle.stream import RawStream
from fsep.limits import ENTRIES, ZIP_DIRECTORY_BYTES

# What the zip module is known to raise on a damaged or hostile archive.
FAILURES: tuple[type[Exception], ...] = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    ValueError,
    OverflowError,
    RuntimeError,
)

_DIRECTORY_SIGNATURE = b"PK\x01\x02"
_END_SIGNATURE = b"PK\x05\x06"
# The end record, but for its comment.
_END = struct.Struct("<4s4H2LH")
# Bits of a member's flags: encrypted, patched data, strong encryption, masked headers.
_UNREADABLE_FLAGS = 0x1 | 0x20 | 0x40 | 0x2000
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class TooManyError(Exception):
    """The central directory lists more members than a bundle may have entries."""


class Guard:
    """A file as the zip module reads it, which refuses a central directory too large to hold as objects.

    The module reads the whole directory in one call and makes an object of every member before anyone can
    count them.
    """

    def __init__(self, file: BinaryIO) -> None:
        """Guard a file; `opening` is to be set to false once the directory was read."""
        self._file = file
        self.opening = True

    def read(self, size: int = -1, /) -> bytes:
        """Read, or raise `TooManyError`."""
        if self.opening and size > ZIP_DIRECTORY_BYTES:
            raise TooManyError
        data = self._file.read(size)
        if self.opening and data.count(_DIRECTORY_SIGNATURE) > ENTRIES:
            raise TooManyError
        return data

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to a place."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Give the place."""
        return self._file.tell()

    def stamp(self) -> tuple[int, int]:
        """Give what differs after the file was written to: its size and time of change."""
        status = os.fstat(self._file.fileno())
        return status.st_size, status.st_mtime_ns

    def seekable(self) -> bool:
        """Say that places can be gone to."""
        return True

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


class Archive:
    """A zip file held open, with its members listed."""

    failures = FAILURES

    def __init__(self, path: Path) -> None:
        """Open the file and list its members."""
        self.listing = Listing()
        self._members: dict[str, zipfile.ZipInfo] = {}
        self._zip: zipfile.ZipFile | None = None
        self._guard = Guard(path.open("rb"))
        self._stamp = self._guard.stamp()
        try:
            self._zip = zipfile.ZipFile(self._guard)
            self._guard.opening = False
            self._refuse_surroundings(self._zip)
            for member in self._zip.infolist():
                if self.listing.full():
                    break
                self._note(member)
        except TooManyError:
            self.listing.problem("", "limit", f"The zip lists more than {ENTRIES} members; none was listed.")
        except BaseException:
            self.close()
            raise

    def _refuse_surroundings(self, archive: zipfile.ZipFile) -> None:
        """Refuse bytes before the first member and after the end: some readers see another archive there."""
        first = min((member.header_offset for member in archive.infolist()), default=0)
        self._guard.seek(self._guard.stamp()[0] - _END.size - len(archive.comment))
        signature, *_, count, _, _, _ = _END.unpack(self._guard.read(_END.size))
        # The count of a ZIP64 archive stands elsewhere.
        if first != 0 or signature != _END_SIGNATURE or count not in (len(archive.infolist()), 0xFFFF):
            raise zipfile.BadZipFile

    def open(self, path: str) -> tuple[RawStream, Callable[[int], None]]:
        """Open a listed member.

        The function given beside it is to be called with the number of bytes read when they have come to
        their end; it raises `BundleError` if the zip changed or the member is not as long as listed.
        """
        assert self._zip is not None, "without members there is nothing to open"
        member = self._members[path]

        def at_end(count: int) -> None:
            if self._guard.stamp() != self._stamp:
                raise BundleError("The zip changed while it was being read.", "changed")
            if count != member.file_size:
                raise BundleError(f"{path} is not as long as the zip says.", "unreadable")

        return self._zip.open(member), at_end

    def close(self) -> None:
        """Let go of the file."""
        if self._zip is not None:
            self._zip.close()
        self._guard.close()

    def _note(self, member: zipfile.ZipInfo) -> None:
        # The name as it stands in the zip; `filename` is cut at a NUL and may have had its separators
        # replaced.
        path = member.orig_filename
        mode = member.external_attr >> 16
        if path.endswith("/") and stat.S_IFMT(mode) in (0, stat.S_IFDIR, stat.S_IFREG):
            if self.listing.directory(path[:-1]) and member.file_size:
                self.listing.problem(path, "zip-member", "It is named like a directory and holds bytes.")
        elif stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            self.listing.problem(
                path, "kind", "It is a link, directory or device; a bundle holds regular files only."
            )
        elif member.flag_bits & _UNREADABLE_FLAGS:
            self.listing.problem(path, "zip-member", "It is encrypted or patched.")
        elif member.compress_type not in _METHODS:
            self.listing.problem(path, "zip-member", "It is compressed in a way other than deflate.")
        else:
            self.listing.file(path, member.file_size)
            self._members[path] = member
