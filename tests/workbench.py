"""A bundle held in memory, to be changed and packed again: how the tests make their single-fault copies."""

from __future__ import annotations

import copy
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import zstandard

from fsep.checks.container import RECORD_ROLES, role_of
from fsep.digests import item_digest, items_digest, program_digest

Run = dict[str, Any]
# The files of a bundle by path, as they are written.
Files = dict[str, bytes]


class Workbench:
    """The files of a bundle by path; documents and records are values until they are written."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        """Hold documents (dicts), records (lists of dicts) and other files (bytes)."""
        self.values: dict[str, Any] = dict(values)
        self.manifest: dict[str, Any] = self.values.pop("bundle.json")
        self.raw_manifest: bytes | None = None

    def copy(self) -> Workbench:
        """Return a copy that can be changed."""
        return copy.deepcopy(self)

    def __getitem__(self, path: str) -> Any:
        """Return the value of a file, to be changed in place."""
        return self.values[path]

    def __setitem__(self, path: str, value: Any) -> None:
        """Set the value of a file."""
        self.values[path] = value

    def __delitem__(self, path: str) -> None:
        """Take a file out."""
        del self.values[path]

    def runs(self) -> Iterable[Run]:
        """Yield every record of every transcripts file."""
        for path, value in self.values.items():
            if path.startswith("transcripts/"):
                yield from value

    def run(self, id_: str) -> Run:
        """Return one run's first record."""
        return next(run for run in self.runs() if run.get("run") == id_)

    def lock(self) -> Workbench:
        """Write the digests of what the design fixes into the design, as `fsep pack` does."""
        design = self["design.json"]
        for role in ("scaffold", "simulator", "environment"):
            for lock in design.get(f"{role}s", ()):
                if f"{role}s/{lock['id']}.json" in self.values:
                    lock["program_sha256"] = program_digest(self[f"{role}s/{lock['id']}.json"])
        if "rubric.json" in self.values:
            design["rubric"] = program_digest(self["rubric.json"])
        design["items"] = {
            "sha256": items_digest(map(item_digest, self["items.jsonl"])),
            "count": len(self["items.jsonl"]),
        }
        return self

    def bytes(self) -> Files:
        """Return the files as they are written, the manifest packed last."""
        files = {path: _written(value) for path, value in self.values.items()}
        manifest = {**self.manifest, "files": [listed(path, files[path]) for path in sorted(files)]}
        files["bundle.json"] = self.raw_manifest if self.raw_manifest is not None else _written(manifest)
        return files

    def write(self, folder: Path, finish: Callable[[Files], object] | None = None) -> Path:
        """Write the bundle to a folder; `finish` may change the bytes after they were packed."""
        files = self.bytes()
        if finish is not None:
            finish(files)
        for path, data in files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        return folder


def zipped(folder: Path, target: Path) -> Path:
    """Write a folder as a zip archive."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
    return target


def compress(files: dict[str, bytes], cut: int = 0) -> None:
    """Compress the transcripts of a bundle and list them as they are then."""
    manifest = json.loads(files["bundle.json"])
    for listed in manifest["files"]:
        if listed["role"] == "transcripts":
            frame = zstandard.ZstdCompressor(write_checksum=True).compress(files.pop(listed["path"]))
            listed["path"] += ".zst"
            data = files[listed["path"]] = frame[: len(frame) - cut]
            listed["sha256"], listed["bytes"] = sha256(data).hexdigest(), len(data)
    files["bundle.json"] = json.dumps(manifest).encode()


def _written(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, list):
        return b"".join(
            line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode() + b"\n"
            for line in value
        )
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"


def listed(path: str, data: bytes) -> dict[str, Any]:
    """Return a file as the manifest lists it."""
    role = role_of(path) or "proof"
    made: dict[str, Any] = {
        "path": path,
        "role": role,
        "sha256": sha256(data).hexdigest(),
        "bytes": len(data),
    }
    if role in RECORD_ROLES:
        made["records"] = data.count(b"\n") + (not data.endswith(b"\n") and bool(data))
    return made
