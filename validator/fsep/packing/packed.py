"""Reading a packed bundle to make another of it: whatever is not as its manifest says is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from fsep import limits, protocol
from fsep.bundle import Bundle, open_bundle
from fsep.bundle.expand import expanded
from fsep.checks.container import MANIFEST, role_of
from fsep.errors import FsepError, visible
from fsep.parsing import json
from fsep.parsing.lines import read_lines
from fsep.parsing.problem import ParseError
from fsep.protocol.schema_errors import explain, is_valid

# The schema of each line, by role.
LINES = {"items": "item", "transcripts": "run"}


class Packed:
    """A bundle whose files are those its manifest lists; a context manager.

    `head` is the manifest, `protocol` the version it names, `paths` the other files, sorted. Digests are
    compared as files are read to their end: `digests` holds them.
    """

    def __init__(self, path: Path, altered: list[str] | None = None) -> None:
        """Open a bundle.

        Args:
            path: a folder or an archive.
            altered: is told of files that are not those of the manifest, which else are refused.

        Raises:
            FsepError: where it cannot be read, or holds other files than the manifest lists.
        """
        self.digests: dict[str, str] = {}
        self._altered = altered
        self._bundle: Bundle = open_bundle(path)
        try:
            self._shown = visible(str(path), 200)
            self._open()
        except BaseException:
            self._bundle.close()
            raise

    def __enter__(self) -> Self:
        """Give the bundle itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self._bundle.close()

    @property
    def paths(self) -> list[str]:
        """The files beside the manifest, sorted."""
        return sorted(self._listed)

    def document(self, path: str) -> Mapping[str, Any]:
        """Read a document and hold it to its schema."""
        data = b"".join(self.chunks(path))
        return self._valid(str(role_of(path)), self._parsed(data, f"{path}, line "), path)

    def chunks(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of a file."""
        whole = sha256()
        with self._bundle.open(path) as stream:
            while data := stream.read(limits.CHUNK_BYTES):
                whole.update(data)
                yield data
        self._intact(path, whole.hexdigest())

    def lines(self, path: str) -> Iterator[tuple[int, bytes, dict[str, Any]]]:
        """Yield the lines of items or transcripts, each with its number and its value."""
        whole, schema = sha256(), LINES[str(role_of(path))]
        with self._bundle.open(path) as stream:
            records = expanded(path, self._bundle.entries[path].size, stream, whole.update)
            for line in read_lines(records, limits.LINE_BYTES):
                where = f"{path}, line {line.number}"
                if line.data is None:
                    raise self._refused(f"{where} is longer than {limits.LINE_BYTES} bytes.")
                yield line.number, line.data, self._valid(schema, self._parsed(line.data, where), where)
        self._intact(path, whole.hexdigest())

    def _open(self) -> None:
        for problem in self._bundle.problems:
            raise self._refused(f"{problem.path or 'The bundle'}: {problem.message}")
        if MANIFEST not in self._bundle.entries:
            raise self._refused("There is no bundle.json in it.")
        head = self._parsed(self._bundle.read(MANIFEST, limits.DOCUMENT_BYTES), f"{MANIFEST}, line ")
        named = head.get("fsep") if isinstance(head, dict) else None
        if not isinstance(named, str):
            raise self._refused("Its manifest names no version of the protocol.")
        self.protocol = protocol.load(named)
        self.head = self._valid("bundle", head, MANIFEST)
        self._listed: dict[str, Mapping[str, Any]] = {one["path"]: one for one in self.head["files"]}
        if len(self._listed) < len(self.head["files"]):
            raise self._refused("Its manifest lists a file twice.")
        for path in sorted(self._listed.keys() ^ (self._bundle.entries.keys() - {MANIFEST})):
            where = "its manifest and not in it" if path in self._listed else "it and not in its manifest"
            raise self._refused(f"{path} is in {where}.")
        for path, listed in self._listed.items():
            if role_of(path) != listed["role"]:
                raise self._refused(f"{path} has another role than its path.")

    def _parsed(self, data: bytes, where: str) -> Any:
        try:
            return json.parse(data)
        except ParseError as error:
            line = f"{error.line}" if where.endswith("line ") else ""
            raise self._refused(f"{where}{line}, column {error.column}: {error.message}") from None

    def _valid(self, schema: str, value: Any, where: str) -> dict[str, Any]:
        if not is_valid(self.protocol, schema, value):
            for problem in explain(self.protocol, schema, value)[:1]:
                at = f", at {visible(problem.pointer, 120)}" if problem.pointer else ""
                raise self._refused(f"{where}{at}: {problem.message}")
            raise self._refused(f"{where} is not valid against the schema {schema}.")
        return dict(value)

    def _intact(self, path: str, digest: str) -> None:
        self.digests[path] = digest
        if digest == self._listed[path]["sha256"]:
            return
        if self._altered is None:
            raise self._refused(f"{path} is not the file that the manifest lists: its content was changed.")
        self._altered.append(path)

    def _refused(self, message: str) -> FsepError:
        return FsepError(
            f"{self._shown} cannot be used. {message}",
            advice=f"`fsep validate {self._shown}` lists all that is wrong.",
        )


class Heads:
    """Tells of each line of a transcripts file what run it is of."""

    def __init__(self) -> None:
        """Begin before the first line."""
        self._head: dict[str, Any] = {}

    def of(self, record: dict[str, Any], where: str) -> Mapping[str, Any]:
        """Return the first record of a line's run, or raise `FsepError`."""
        if "continues" not in record:
            self._head = {member: record[member] for member in ("run", "system", "scaffold", "item")}
        elif record["continues"] != self._head.get("run"):
            raise FsepError(
                f"{where} goes on with a run that is not the one before it.",
                advice="`fsep validate` lists all that is wrong with the bundle.",
            )
        return self._head
