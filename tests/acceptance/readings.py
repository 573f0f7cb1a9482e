"""Places where careful readers of the specification may differ: what a case of one says, and how it is made."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from acceptance.cases_corners import BROKEN_OFF
from acceptance.corners import Corner, bench_of
from fsep_conformance.change import Files, repacked
from fsep_conformance.lay import lay
from workbench import Workbench

REPLAYED = ("whole", "replayed")
COMPLETE = ("whole", "replayed", "complete")
WHOLE = ("whole",)
RUNS = "transcripts/s.jsonl"


@dataclass(frozen=True)
class Reading:
    """A case: its requirement, what it says, how it has to be answered, and what its bundle holds.

    `also` are requirements that fail beside the one named. `steps` are as the suite has them.
    """

    requirement: str
    sentence: str
    verdict: str = "refuse"
    files: Callable[[], Files] | None = None
    steps: Sequence[dict[str, Any]] = ()
    also: tuple[str, ...] = ()
    parent: str = "small"
    facets: tuple[str, ...] = REPLAYED
    repack: bool = False
    form: str = "folder"


def small() -> Workbench:
    """Return the bundle that the cases here differ from."""
    return bench_of(BROKEN_OFF)


def by(*changes: Callable[[Workbench], object]) -> Callable[[], Files]:
    """Return how the small bundle's files are made, with values of it changed."""

    def make() -> Files:
        bench = small()
        for change in changes:
            change(bench)
        return bench.bytes()

    return make


def with_files(change: Callable[[Files], object], *, packed: bool = True) -> Callable[[], Files]:
    """Return how the small bundle's files are made, with bytes changed, and packed again or not."""

    def make() -> Files:
        files = small().bytes()
        change(files)
        if packed:
            files["bundle.json"] = repacked(files)
        return files

    return make


def listed(change: Callable[[list[dict[str, Any]]], object]) -> Callable[[], Files]:
    """Return how the small bundle's files are made, with the manifest's list changed."""

    def edit(files: Files) -> None:
        manifest = json.loads(files["bundle.json"])
        change(manifest["files"])
        files["bundle.json"] = json.dumps(manifest, indent=2).encode() + b"\n"

    return with_files(edit, packed=False)


def archive(
    change: Callable[[bytearray], object], files: Callable[[], Files] | None = None
) -> Sequence[dict[str, Any]]:
    """Return the step that gives a case the small bundle as an archive whose bytes were changed."""
    with TemporaryDirectory() as scratch:
        made = bytearray(lay((files or by())(), [], Path(scratch), "zip").read_bytes())
    change(made)
    return [{"archive": b64encode(bytes(made)).decode()}]


def program(
    steps: Sequence[Mapping[str, Any]],
    answers: Sequence[Any],
    *edits: Callable[[Workbench], object],
    **corner: Any,
) -> Callable[[], Files]:
    """Return how the files of a bundle are made whose one run is of a program with these steps."""

    def make() -> Files:
        bench = bench_of(Corner("", steps, answers, **corner))
        for edit in edits:
            edit(bench)
        return bench.bytes()

    return make


def ill_formed(steps: Sequence[Mapping[str, Any]], **members: Any) -> Callable[[], Files]:
    """Return how the files of a bundle are made whose program is refused; its run failed before it began."""

    def make() -> Files:
        bench = small()
        bench["scaffolds/tested.json"]["program"].update(steps=list(steps), **members)
        bench[RUNS] = [failed(bench)]
        return bench.lock().bytes()

    return make


def failed(bench: Workbench) -> dict[str, Any]:
    """Return the small bundle's run as one that failed before its first event."""
    run = {name: value for name, value in bench[RUNS][0].items() if name != "result"}
    return {**run, "status": "failed", "failure": {"kind": "infrastructure-error"}, "events": []}


def withheld(kind: str = "string") -> dict[str, Any]:
    """Return what stands in the place of a value that is withheld."""
    return {"withheld": {"commitment": "5a" * 32, "kind": kind, "reason": "recorded under an agreement"}}
