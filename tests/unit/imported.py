"""A bundle that an adapter wrote, read back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fsep.bundle import open_bundle
from fsep.scaffold.compile import compile_program
from fsep.scaffold.machine import Environment, Item, Setting
from fsep.scaffold.replay import Replay, replay


@dataclass
class Imported:
    """A bundle that was written, read back."""

    files: dict[str, bytes]
    loss: dict[str, Any]

    def document(self, path: str) -> dict[str, Any]:
        """Return a document."""
        value: dict[str, Any] = json.loads(self.files[path])
        return value

    def runs(self) -> Iterator[dict[str, Any]]:
        """Yield the runs."""
        for path, data in self.files.items():
            if path.startswith("transcripts/"):
                yield from map(json.loads, data.splitlines())

    def run(self, id_: str) -> dict[str, Any]:
        """Return one run."""
        return next(run for run in self.runs() if run["run"] == id_)

    @property
    def scaffold(self) -> dict[str, Any]:
        """The one scaffold."""
        return next(self.document(path) for path in self.files if path.startswith("scaffolds/"))

    def replay(self, run: dict[str, Any], scaffold: dict[str, Any] | None = None) -> Replay:
        """Replay a run."""
        items = map(json.loads, self.files["items.jsonl"].splitlines())
        item = next(item for item in items if item["id"] == run["item"])
        environments = [json.loads(data) for path, data in self.files.items() if path.startswith("environm")]
        setting = Setting(
            model="any",
            design_sha256="0" * 64,
            simulators={"user": "any"},
            environments={one["id"]: Environment(one["id"], None) for one in environments},
        )
        program = compile_program(scaffold or self.scaffold)
        blob = {
            path.removeprefix("blobs/"): data.decode()
            for path, data in self.files.items()
            if "blobs/" in path
        }
        return replay(
            program, setting, Item(item["id"], item["fields"]), run, run["events"], blob.__getitem__
        )


def read_back(convert: Callable[[Path], dict[str, Any]], out: Path) -> Imported:
    """Convert, and read the bundle back."""
    loss = convert(out)
    with open_bundle(out) as bundle:
        files = {path: bundle.read(path, 1 << 26) for path in bundle.entries}
    assert json.loads(files["loss.json"]) == loss
    return Imported(files, loss)
