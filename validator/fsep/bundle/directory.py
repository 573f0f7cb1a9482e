"""A bundle as a directory, walked and opened without following a link."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

from fsep.bundle.container import BundleError, Listing
from fsep.bundle.stream import RawStream

SUPPORTED = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")

# Device, inode, size and time of change: what differs if a file was replaced or written to.
_Identity = tuple[int, int, int, int]


class Directory:
    """A directory held open, so that its files are opened below it whatever happens to its path."""

    failures: tuple[type[Exception], ...] = (OSError,)

    def __init__(self, path: Path) -> None:
        """Open the directory and list it."""
        self.listing = Listing()
        self._identities: dict[str, _Identity] = {}
        # The directory the user names may itself be reached by a link; nothing below it may.
        self._root = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            self._list()
        except BaseException:
            self.close()
            raise

    def open(self, path: str) -> tuple[RawStream, Callable[[int], None]]:
        """Open a listed file.

        The function given beside it is to be called with the number of bytes read when they have come to
        their end; it raises `BundleError` if the file is not what was listed.
        """
        expected = self._identities[path]
        try:
            descriptor = self._descend(path)
        except OSError as error:
            raise _not_opened(path, error) from None
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise BundleError(f"{path} is no longer a regular file.", "kind")
            if _identity(status) != expected:
                raise _changed(path)
        except BaseException:
            os.close(descriptor)
            raise
        raw = os.fdopen(descriptor, "rb", buffering=0)

        def at_end(count: int) -> None:
            if count != status.st_size or _identity(os.fstat(descriptor)) != expected:
                raise _changed(path)

        return raw, at_end

    def close(self) -> None:
        """Let go of the directory."""
        if self._root >= 0:
            os.close(self._root)
            self._root = -1

    def _descend(self, path: str) -> int:
        *parents, name = path.split("/")
        here = os.dup(self._root)
        try:
            for parent in parents:
                below = os.open(
                    parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=here
                )
                os.close(here)
                here = below
            # Without O_NONBLOCK a pipe put in the file's place would make this wait for ever.
            return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=here)
        finally:
            os.close(here)

    def _list(self) -> None:
        try:
            self._walk()
        except OSError:
            raise BundleError("A directory in the bundle cannot be listed.", "unreadable") from None

    def _walk(self) -> None:
        waiting = [""]
        while waiting:
            directory = waiting.pop()
            descriptor = self._descend(directory) if directory else os.dup(self._root)
            try:
                with os.scandir(descriptor) as found:
                    for item in found:
                        if self.listing.full():
                            return
                        path = f"{directory}/{item.name}" if directory else item.name
                        if self._note(path, item):
                            waiting.append(path)
            finally:
                os.close(descriptor)

    def _note(self, path: str, item: os.DirEntry[str]) -> bool:
        """Note what was found at a path; tell whether it is a directory to look into."""
        status = item.stat(follow_symlinks=False)
        if stat.S_ISDIR(status.st_mode):
            return self.listing.directory(path)
        if stat.S_ISREG(status.st_mode):
            self.listing.file(path, status.st_size)
            self._identities[path] = _identity(status)
        else:
            self.listing.problem(
                path, "kind", f"It is a {_kind(status.st_mode)}; a bundle holds regular files only."
            )
        return False


def _identity(status: os.stat_result) -> _Identity:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _not_opened(path: str, error: OSError) -> BundleError:
    if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.ENXIO):
        return BundleError(f"{path} is no longer reached without a link or is no regular file.", "kind")
    if error.errno == errno.ENOENT:
        return _changed(path)
    return BundleError(f"{path} cannot be opened.", "unreadable")


def _changed(path: str) -> BundleError:
    return BundleError(
        f"{path} changed while the bundle was being read.", "changed", advice="Read it when it is at rest."
    )


def _kind(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "symbolic link"
    if stat.S_ISFIFO(mode):
        return "named pipe"
    return "socket" if stat.S_ISSOCK(mode) else "device"
