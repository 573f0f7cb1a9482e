"""Applying a case's difference to its parent, and packing again so that only the fault is wrong."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from fsep.errors import FsepError

Files = dict[str, bytes]
MANIFEST = "bundle.json"
# What `lay` makes, and no file's content.
_LAID = ("link", "fifo", "entry", "folder", "archive")

# Roles by folder, as the chapter on the bundle has them: what a manifest that is packed again lists.
_FOLDERS = {
    "scaffolds": "scaffold",
    "systems": "system",
    "simulators": "simulator",
    "environments": "environment",
    "transcripts": "transcripts",
    "blobs": "blob",
    "proofs": "proof",
    "ratings": "ratings",
}
_RECORDS = ("transcripts", "ratings", "items", "ledger")


class SuiteError(FsepError):
    """The suite itself is not as it has to be."""


def changed(parent: Files, change: Sequence[Mapping[str, Any]], *, repack: bool) -> Files:
    """Return a parent's files with a change applied, and packed again where that is said.

    Each step of a change is about one `file`: `remove` it; give it other `content` (or `base64`); in one
    `line` (from 1) put `new` in the place of `old`, which stands there once, or give it `whole`; `delete` so
    many lines from a `line` on; or `insert` texts as lines after the line `after`. `new` may be put there
    many `times`, and a `line`, or all of a file, be filled with spaces up to a length (`pad`). Lines are
    counted as the steps before have left them. A step with `everywhere` puts `new` in the place of that
    text in every file: a digest that follows from what was changed.

    Raises:
        SuiteError: where a step does not fit.
    """
    files = dict(parent)
    for step in change:
        name = step.get("file", "")
        if any(what in step for what in _LAID):
            continue
        if step.get("everywhere"):
            old, new = step["everywhere"].encode(), step["new"].encode()
            files = {path: content.replace(old, new) for path, content in files.items()}
        elif step.get("remove"):
            del files[name]
        elif "content" in step:
            files[name] = step["content"].encode()
        elif "base64" in step:
            files[name] = b64decode(step["base64"])
        else:
            files[name] = _edited(files[name], step)
    if repack:
        files[MANIFEST] = repacked(files)
    return files


def _edited(content: bytes, step: Mapping[str, Any]) -> bytes:
    if "pad" in step and "line" not in step:
        return content.ljust(step["pad"])
    lines = content.split(b"\n")
    if "pad" in step:
        lines[step["line"] - 1] = lines[step["line"] - 1].ljust(step["pad"])
    elif "insert" in step:
        lines[step["after"] : step["after"]] = [text.encode() for text in step["insert"]]
    elif "whole" in step:
        lines[step["line"] - 1] = step["whole"].encode()
    elif "delete" in step:
        del lines[step["line"] - 1 : step["line"] - 1 + step["delete"]]
    else:
        line, old = lines[step["line"] - 1], step["old"].encode()
        if line.count(old) != 1:
            raise SuiteError(f"{step['file']}, line {step['line']}: the text to replace is not there once.")
        lines[step["line"] - 1] = line.replace(old, step["new"].encode() * step.get("times", 1))
    return b"\n".join(lines)


def repacked(files: Files) -> bytes:
    """Return the manifest with every file listed as it is now."""
    manifest = json.loads(files[MANIFEST])
    manifest["files"] = [_listed(path, files[path]) for path in sorted(files) if path != MANIFEST]
    return json.dumps(manifest, ensure_ascii=False, indent=2).encode() + b"\n"


def _listed(path: str, content: bytes) -> dict[str, Any]:
    folder, _, rest = path.partition("/")
    role = _FOLDERS.get(folder, "proof") if rest else _role(path)
    listed: dict[str, Any] = {
        "path": path,
        "role": role,
        "sha256": sha256(content).hexdigest(),
        "bytes": len(content),
    }
    if role in _RECORDS:
        listed["records"] = content.count(b"\n") + (not content.endswith(b"\n") and bool(content))
    return listed


def _role(path: str) -> str:
    return {"loss.json": "loss-report"}.get(path, path.partition(".")[0])
