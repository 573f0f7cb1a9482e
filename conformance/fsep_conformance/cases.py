"""Cases as data: a parent and a small difference, and what is to be answered."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from fsep.errors import FsepError
from fsep.protocol import data

Files = dict[str, bytes]
MANIFEST = "bundle.json"
CASES = "cases.jsonl"
FROZEN = "frozen.json"

# Roles by folder and by file, as the chapter on the bundle has them: what a repacked manifest lists.
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
_RECORDS = ("items.jsonl", "ledger.jsonl")


@dataclass(frozen=True, slots=True)
class Case:
    """One case.

    `parent` names the accepted bundle that it differs from, `change` how; `facets` are asked about;
    `violated` is the exact set of requirements, `verdict` what follows; `requirement` is the one that it is
    about, and `text_sha256` the digest of that one's sentence when the case was written. `required` cases
    decide; others run unscored.
    """

    id: str
    why: str
    parent: str
    change: tuple[Mapping[str, Any], ...]
    repack: bool
    facets: tuple[str, ...]
    verdict: str
    violated: frozenset[str]
    requirement: str
    text_sha256: str
    form: str = "folder"
    required: bool = True

    @property
    def accepts(self) -> bool:
        """Whether an implementation has to accept it."""
        return self.verdict == "accept"


class SuiteError(FsepError):
    """The suite itself is not as it has to be."""


@dataclass(frozen=True, slots=True)
class Suite:
    """The cases of one version of the protocol, in the order of their ids, and the folder that holds them."""

    folder: Path
    version: str
    cases: tuple[Case, ...]
    sha256: str

    @property
    def trust(self) -> Path:
        """The certificate that time-stamps of the cases are verified against."""
        return self.folder / "trust.pem"

    def files(self, case: Case) -> Files:
        """Return the files of a case's bundle."""
        return changed(self.parent(case.parent), case.change, repack=case.repack)

    def parent(self, name: str) -> Files:
        """Return the files of a parent."""
        root = self.folder / "parents" / name
        if not root.is_dir():
            raise SuiteError(f"There is no parent {name!r}.")
        return {
            path.relative_to(root).as_posix(): path.read_bytes()
            for path in sorted(root.rglob("*"))
            if path.is_file()
        }


def load(version: str = "1.0", folder: Path | None = None) -> Suite:
    """Load the cases of a version.

    Raises:
        SuiteError: where there are none, or they are not those that were frozen.
    """
    folder = folder or data.root() / "conformance" / "suite" / version
    try:
        raw = (folder / CASES).read_bytes()
    except OSError:
        raise SuiteError(f"There is no suite for version {version}.") from None
    cases = tuple(_case(json.loads(line)) for line in raw.splitlines())
    ids = [case.id for case in cases]
    if len(set(ids)) != len(ids) or not ids:
        raise SuiteError("The suite has no cases, or two of one id.")
    return Suite(folder, version, cases, sha256(raw).hexdigest())


def _case(value: Mapping[str, Any]) -> Case:
    return Case(
        id=value["id"],
        why=value["why"],
        parent=value["parent"],
        change=tuple(value.get("change", ())),
        repack=value.get("repack", True),
        facets=tuple(value["facets"]),
        verdict=value["verdict"],
        violated=frozenset(value["violated"]),
        requirement=value["requirement"],
        text_sha256=value["text_sha256"],
        form=value.get("form", "folder"),
        required=value.get("required", True),
    )


def changed(parent: Files, change: Sequence[Mapping[str, Any]], *, repack: bool) -> Files:
    """Return a parent's files with a change applied, and packed again where that is said.

    Each step of a change is about one `file`: `remove` it; give it other `content` (or `base64`); in one
    `line` (from 1) put `new` in the place of `old`, which stands there once; `delete` so many lines from a
    `line` on; or `insert` texts as lines after the line `after`. Lines are counted as the steps before have
    left them.

    Raises:
        SuiteError: where a step does not fit.
    """
    files = dict(parent)
    for step in change:
        name = step["file"]
        if step.get("remove"):
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
    lines = content.split(b"\n")
    if "insert" in step:
        lines[step["after"] : step["after"]] = [text.encode() for text in step["insert"]]
    elif "delete" in step:
        del lines[step["line"] - 1 : step["line"] - 1 + step["delete"]]
    else:
        line, old = lines[step["line"] - 1], step["old"].encode()
        if line.count(old) != 1:
            raise SuiteError(f"{step['file']}, line {step['line']}: the text to replace is not there once.")
        lines[step["line"] - 1] = line.replace(old, step["new"].encode())
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
    if role in ("transcripts", "ratings") or path in _RECORDS:
        listed["records"] = content.count(b"\n") + (not content.endswith(b"\n") and bool(content))
    return listed


def _role(path: str) -> str:
    return {"loss.json": "loss-report"}.get(path, path.partition(".")[0])


def write(files: Files, folder: Path) -> None:
    """Write files below a folder."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def differences(parent: Files, files: Files) -> Iterator[dict[str, Any]]:
    """Yield the steps that make files of a parent, the manifest left out; what `changed` takes."""
    from base64 import b64encode  # noqa: PLC0415 - only where cases are made

    for path in sorted({*parent, *files} - {MANIFEST}):
        if path not in files:
            yield {"file": path, "remove": True}
        elif path not in parent or not _is_text(files[path]) or not _is_text(parent[path]):
            if parent.get(path) != files[path]:
                yield (
                    {"file": path, "content": files[path].decode()}
                    if _is_text(files[path])
                    else {"file": path, "base64": b64encode(files[path]).decode()}
                )
        elif parent[path] != files[path]:
            yield from edits(path, parent[path], files[path])


def edits(path: str, before: bytes, after: bytes) -> Iterator[dict[str, Any]]:
    """Yield the steps that make one text of another, line by line."""
    import difflib  # noqa: PLC0415 - only where cases are made

    old, new = before.decode().split("\n"), after.decode().split("\n")
    shift = 0
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        same = min(b - a, d - c) if tag == "replace" else 0
        for place in range(same):
            yield _replacement(path, a + shift + place, old[a + place], new[c + place])
        if b - a > same:
            yield {"file": path, "line": a + shift + same + 1, "delete": b - a - same}
        if d - c > same:
            yield {"file": path, "after": a + shift + same, "insert": new[c + same : d]}
        shift += (d - c) - (b - a)


def _replacement(path: str, index: int, old: str, new: str) -> dict[str, Any]:
    """Return a step with the least of a line that tells the place."""
    begin = 0
    while begin < min(len(old), len(new)) and old[begin] == new[begin]:
        begin += 1
    end = 0
    while end < min(len(old), len(new)) - begin and old[-1 - end] == new[-1 - end]:
        end += 1
    while begin or end:
        part = old[begin : len(old) - end]
        if part and old.count(part) == 1:
            break
        begin, end = max(0, begin - 8), max(0, end - 8)
    cut = len(old) - end, len(new) - end
    return {"file": path, "line": index + 1, "old": old[begin : cut[0]], "new": new[begin : cut[1]]}


def _is_text(content: bytes) -> bool:
    try:
        return content.decode().isprintable() or "\x00" not in content.decode()
    except UnicodeDecodeError:
        return False
