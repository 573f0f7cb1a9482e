"""What a container of files is found to hold, whichever kind of container it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, Never

from fsep.bundle.paths import path_problem
from fsep.errors import FsepError, visible
from fsep.limits import ENTRIES, PATH_CHARACTERS

ErrorKind = Literal["missing", "container", "unreadable", "kind", "changed", "limit"]
ProblemCode = Literal["container", "path", "kind", "collision", "zip-member", "limit"]


class BundleError(FsepError):
    """A bundle, or an entry of it, cannot be read.

    `kind` says why: "missing" (no such bundle or entry), "container" (neither a directory nor a zip),
    "unreadable" (the system or the zip's own checks refuse), "kind" (a link or device where a file was),
    "changed" (while being read), "limit" (more bytes than a limit allows).
    """

    def __init__(self, message: str, kind: ErrorKind, *, advice: str | None = None) -> None:
        """Keep the sentence and the kind."""
        super().__init__(message, advice=advice)
        self.kind: ErrorKind = kind


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a bundle: its path and its size in bytes, as listed."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class ContainerProblem:
    """Why something in a container is no entry: its path, visibly escaped, a code and a sentence."""

    path: str
    code: ProblemCode
    message: str


@dataclass(slots=True)
class Listing:
    """Gathers what a container holds, in whatever order it gives it, and sorts out what can be trusted."""

    _entries: dict[str, Entry] = field(default_factory=dict)
    _directories: set[str] = field(default_factory=set)
    _twice: set[str] = field(default_factory=set)
    _problems: list[ContainerProblem] = field(default_factory=list)
    _seen: int = 0

    def full(self) -> bool:
        """Count one more thing seen; tell, and note once, whether there are more than a bundle may hold."""
        self._seen += 1
        if self._seen == ENTRIES + 1:
            self.problem("", "limit", f"There are more than {ENTRIES} files and directories.")
        return self._seen > ENTRIES

    def problem(self, path: str, code: ProblemCode, message: str) -> None:
        """Note a problem with a path as it was found."""
        self._problems.append(ContainerProblem(visible(path, PATH_CHARACTERS), code, message))

    def directory(self, path: str) -> bool:
        """Note a directory; tell whether what it holds may be looked at."""
        if (message := path_problem(path)) is not None:
            self.problem(path, "path", message)
            return False
        if path in self._directories:
            self.problem(path, "collision", "Two directories have this name.")
        self._directories.add(path)
        return True

    def file(self, path: str, size: int) -> None:
        """Note a regular file."""
        if (message := path_problem(path)) is not None:
            self.problem(path, "path", message)
        elif path in self._entries:
            self._twice.add(path)
        else:
            self._entries[path] = Entry(path, size)

    def finish(self) -> tuple[dict[str, Entry], tuple[ContainerProblem, ...]]:
        """Give entries and problems, both sorted by path, so that the container's own order leaves no trace.

        Files of one name are no entries, since which of them is meant cannot be known.
        """
        for path in self._twice:
            del self._entries[path]
            self.problem(path, "collision", "Two files have this name.")
        self._collide()
        return (
            dict(sorted(self._entries.items())),
            tuple(sorted(self._problems, key=lambda problem: (problem.path, problem.code, problem.message))),
        )

    def _collide(self) -> None:
        directories = self._directories.union(*map(_parents, self._entries))
        if self._seen <= ENTRIES < len(directories) + len(self._entries):
            # Those that stand in the paths of an archive's members alone were not seen.
            self.problem("", "limit", f"There are more than {ENTRIES} files and directories.")
        # A good path is ASCII and so its own NFC form: only in case can two differ and still be one file.
        alike: dict[tuple[str, str], list[str]] = {}
        for path in sorted(directories.union(self._entries)):
            parent, _, name = path.rpartition("/")
            alike.setdefault((parent, name.lower()), []).append(path)
            if path in directories and path in self._entries:
                self.problem(path, "collision", "A file and a directory have this name.")
        for paths in alike.values():
            for path in paths if len(paths) > 1 else ():
                self.problem(path, "collision", "Its name differs from another's only in case.")


class Nothing:
    """What stands for a container that cannot be read, so that it can be judged like any other."""

    failures: tuple[type[Exception], ...] = ()

    def __init__(self, message: str) -> None:
        """Keep why."""
        self.listing = Listing()
        self.listing.problem("", "container", message)

    def open(self, path: str) -> Never:
        """Refuse: there is no file."""
        raise BundleError(f"{path} is not in the bundle.", "missing")

    def close(self) -> None:
        """Do nothing."""


def _parents(path: str) -> Iterator[str]:
    end = path.find("/")
    while end != -1:
        yield path[:end]
        end = path.find("/", end + 1)
