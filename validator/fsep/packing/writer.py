"""The one way in which bundles are written."""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from fsep.bundle.expand import ENDING, expanded
from fsep.bundle.paths import path_problem
from fsep.checks.container import MANIFEST, RECORD_ROLES, role_of
from fsep.errors import FsepError, visible
from fsep.limits import CHUNK_BYTES
from fsep.packing.files import document_bytes, record_bytes
from fsep.parsing.lines import read_lines

_ZIP = ".zip"
_REGULAR_FILE = 0o100644 << 16
_UNIX = 3


class WriteError(FsepError):
    """A bundle cannot be written where it was meant to be, or a file has no place in it."""


@dataclass(frozen=True, slots=True)
class PackSummary:
    """A bundle that was written: its identity, how many files it holds, and its manifest."""

    bundle_sha256: str
    files: int
    manifest: Mapping[str, Any] = field(repr=False, default_factory=dict)


class BundleWriter:
    """Writes a bundle to a folder or, where its name ends in `.zip`, to an archive; a context manager.

    Files may be added in any order. All goes to a temporary sibling; `finish` puts it in its place at once.
    Leaving the context without having finished leaves nothing behind. The same files make the same bytes.
    """

    def __init__(self, out: Path) -> None:
        """Choose where to write; what is there already is never overwritten, but for an empty folder."""
        self._out = out
        self._zip = out.name.endswith(_ZIP)
        self._listed: dict[str, dict[str, Any]] = {}
        self._names: dict[str, str] = {}
        _refuse_taken(out, self._zip)
        with _writing(out):
            self._scratch = Path(tempfile.mkdtemp(prefix=f".{out.name[:100]}.", dir=out.parent))
        # Made inside, for the permissions that a new folder has and a temporary one has not.
        self._root = self._scratch / "bundle"
        with _writing(out):
            self._root.mkdir()

    @property
    def files(self) -> list[dict[str, Any]]:
        """The files added so far, as the manifest lists them."""
        return [self._listed[path] for path in sorted(self._listed)]

    def document(self, path: str, value: Mapping[str, Any]) -> None:
        """Add a document."""
        self.stream(path, [document_bytes(path, value)])

    def records(self, path: str, records: Iterable[Mapping[str, Any]]) -> None:
        """Add a JSON Lines file, one record a line; they are taken one at a time and none is kept."""
        self.stream(path, (record_bytes(path, record) for record in records))

    def blob(self, data: bytes) -> str:
        """Add a blob, if it is not there yet, and return the digest by which it is referred to."""
        digest = sha256(data).hexdigest()
        path = f"blobs/{digest}"
        if path not in self._listed:
            self.stream(path, [data])
        return digest

    def stream(self, path: str, chunks: Iterable[bytes]) -> None:
        """Add a file from its bytes as they are.

        Raises:
            FsepError: for a path that has no place in a bundle or is taken, and where it cannot be written.
        """
        role = self._role(path)
        target = self._root / path
        whole, size, lines, last = sha256(), 0, 0, b"\n"
        with _writing(self._out):
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as stream:
                for chunk in chunks:
                    if not chunk:
                        continue
                    stream.write(chunk)
                    whole.update(chunk)
                    size += len(chunk)
                    lines += chunk.count(b"\n")
                    last = chunk[-1:]
            if path.endswith(ENDING):
                with target.open("rb") as stream:
                    lines, last = sum(1 for _ in read_lines(expanded(path, size, stream), 0)), b"\n"
        listed = {"path": path, "role": role, "sha256": whole.hexdigest(), "bytes": size}
        if role in RECORD_ROLES:
            listed["records"] = lines + (last != b"\n")
        self._listed[path] = listed

    def finish(self, head: Mapping[str, Any]) -> PackSummary:
        """Write the manifest, of `head` and the list of files, and put the bundle in its place."""
        manifest = {member: value for member, value in head.items() if member != "files"}
        manifest["files"] = self.files
        data = document_bytes(MANIFEST, manifest)
        with _writing(self._out):
            (self._root / MANIFEST).write_bytes(data)
            made = self._archive() if self._zip else self._root
            _refuse_taken(self._out, self._zip)
            made.rename(self._out)
        self.discard()
        return PackSummary(sha256(data).hexdigest(), len(self._listed) + 1, manifest)

    def discard(self) -> None:
        """Remove what was written and not put in its place."""
        shutil.rmtree(self._scratch, ignore_errors=True)

    def __enter__(self) -> Self:
        """Give the writer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave nothing temporary behind."""
        self.discard()

    def _role(self, path: str) -> str:
        """Take a path for a file, and return its role."""
        problem = path_problem(path)
        role = role_of(path)
        if problem is not None or role is None:
            raise WriteError(
                f"{visible(path, 200)} has no place in a bundle. {problem or ''}".rstrip(),
                advice="Where each file belongs is said in the chapter on the bundle of the specification.",
            )
        if (taken := self._names.setdefault(path.casefold(), path)) != path or path in self._listed:
            raise WriteError(
                f"{visible(path, 200)} would be in the bundle beside {visible(taken, 200)}, which is alike.",
                advice="Rename one of the two.",
            )
        return role

    def _archive(self) -> Path:
        """Write the archive: members in the order of their paths, without times or owners."""
        target = self._scratch / "archive"
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted([MANIFEST, *self._listed]):
                member = zipfile.ZipInfo(path)
                member.compress_type = zipfile.ZIP_DEFLATED
                member.create_system, member.external_attr = _UNIX, _REGULAR_FILE
                source = self._root / path
                member.file_size = source.stat().st_size
                with source.open("rb") as read, archive.open(member, "w") as write:
                    shutil.copyfileobj(read, write, CHUNK_BYTES)
        return target


def _refuse_taken(out: Path, archive: bool) -> None:
    shown = visible(str(out), 200)
    if not out.parent.is_dir():
        raise WriteError(f"The folder in which {shown} would be is not there.", advice="Make it first.")
    # A link counts as something that is there, wherever it leads.
    if not os.path.lexists(out):
        return
    empty = not archive and not out.is_symlink() and out.is_dir() and next(out.iterdir(), None) is None
    if not empty:
        raise WriteError(
            f"{shown} is there already, and nothing is overwritten.",
            advice="Name another place, or remove it first.",
        )


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WriteError(
            f"{visible(str(out), 200)} cannot be written: {error.strerror or 'the system refuses'}."
        ) from None
