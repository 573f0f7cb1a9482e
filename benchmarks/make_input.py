"""Makes a bundle of any size: one synthetic system, its replies made long, in many replicates."""

from __future__ import annotations

import json
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "examples")]

import build  # noqa: E402  # the examples' own builder
from fsep.checks.container import RECORD_ROLES, role_of  # noqa: E402
from fsep.digests import item_digest, items_digest, program_digest  # noqa: E402
from fsep.parsing import yaml  # noqa: E402
from fsep.scaffold.message import Output  # noqa: E402

SOURCE = ROOT / "examples" / "six-programs.source"
# What a scripted reply is followed by, so that a run is about as long as published runs are (some 11 kB).
PADDING = " Let me explain at length what I did, and why it is right." * 40


def lengthen(output: Output) -> Output:
    """Make a reply longer, in its first text part."""
    if (
        isinstance(output.content, str)
        and output.content
        and not output.tool_calls
        and "{" not in output.content
    ):
        return Output(
            output.content.replace("\n", PADDING + "\n", 1)
            if "\n" in output.content
            else PADDING + output.content
        )
    return output


def make_input(folder: Path, megabytes: float, files: int) -> None:
    """Write a bundle with about so many megabytes of transcripts, in so many files."""
    documents: dict[str, Any] = {}
    design: Any = yaml.parse((SOURCE / "design.yaml").read_bytes())
    items: Any = yaml.parse((SOURCE / "items.yaml").read_bytes())
    scaffolds = build.documents(build.SCAFFOLDS)
    for scaffold in scaffolds.values():
        _fix_seeds(scaffold["program"]["steps"])
    kinds = {
        "scaffolds": scaffolds,
        **{kind: build.documents(SOURCE / kind) for kind in ("simulators", "environments")},
    }
    for kind, found in kinds.items():
        documents |= {f"{kind}/{id_}.json": document for id_, document in found.items()}
        design[kind] = [
            {"id": id_, "program_sha256": program_digest(document)} for id_, document in found.items()
        ]
    design["items"] = {"sha256": items_digest(map(item_digest, items)), "count": len(items)}
    documents["systems/steady.json"] = build.documents(SOURCE / "systems")["steady"]
    runs = [
        run
        for run in build.runs(SOURCE, scaffolds, program_digest(design), lengthen)
        if run["system"] == "steady"
    ]
    size = sum(len(json.dumps(run)) for run in runs)
    # At most a thousand replicates a design has; beyond it, items are repeated under other ids.
    rounds = max(1, round(megabytes * 1e6 / size))
    copies = -(-rounds // 1000)
    design["replicates"] = -(-rounds // copies)
    items = [{**item, "id": f"{item['id']}.{copy}"} for copy in range(copies) for item in items]
    design["items"] = {"sha256": items_digest(map(item_digest, items)), "count": len(items)}
    documents["design.json"] = design
    written = {path: json.dumps(document).encode() for path, document in documents.items()}
    written["items.jsonl"] = b"".join(json.dumps(item).encode() + b"\n" for item in items)
    listed = [_write(folder, path, data) for path, data in written.items()]
    listed += _transcripts(folder, runs, copies, design["replicates"], files)
    manifest = {
        "fsep": "1.0",
        "kind": "bundle",
        "id": "benchmark",
        "asserts": ["whole", "replayed", "complete"],
    }
    (folder / "bundle.json").write_text(json.dumps({**manifest, "files": listed}))


def _fix_seeds(steps: list[dict[str, Any]]) -> None:
    """Derived seeds follow from item and replicate; here one recording serves many."""
    for step in steps:
        if step.get("seed") == "derived":
            step["seed"] = 7
        for member in ("steps", "then", "else"):
            _fix_seeds(step.get(member, []))


def _write(folder: Path, path: str, data: bytes) -> dict[str, Any]:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(data)
    role = role_of(path)
    entry: dict[str, Any] = {
        "path": path,
        "role": role,
        "sha256": sha256(data).hexdigest(),
        "bytes": len(data),
    }
    return {**entry, "records": data.count(b"\n")} if role in RECORD_ROLES else entry


def _transcripts(
    folder: Path, runs: list[dict[str, Any]], copies: int, replicates: int, files: int
) -> list[dict[str, Any]]:
    (folder / "transcripts").mkdir(parents=True, exist_ok=True)
    entries = []
    for file in range(files):
        path, whole, size, records = f"transcripts/{file:03}.jsonl", sha256(), 0, 0
        with (folder / path).open("wb") as stream:
            for round_ in range(file, copies * replicates, files):
                copy, replicate = divmod(round_, replicates)
                for run in runs:
                    item = f"{run['item']}.{copy}"
                    id_ = f"{run['scaffold']}.{item}.{replicate}"
                    data = (
                        json.dumps({**run, "run": id_, "item": item, "replicate": replicate}).encode() + b"\n"
                    )
                    stream.write(data)
                    whole.update(data)
                    size += len(data)
                    records += 1
        entries.append(
            {
                "path": path,
                "role": "transcripts",
                "sha256": whole.hexdigest(),
                "bytes": size,
                "records": records,
            }
        )
    return entries


if __name__ == "__main__":
    make_input(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
