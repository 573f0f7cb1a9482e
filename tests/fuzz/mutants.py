"""Mutants: good bundles that were changed by chance, each known by a whole number."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import parent as parents
from fsep.digests import program_digest
from fuzz.containers import FORMS, Form, archive, directory
from fuzz.events import EVENTS
from fuzz.raw import BYTES
from fuzz.records import RECORDS
from fuzz.studies import STUDIES
from fuzz.values import VALUES
from workbench import Files, Workbench

LEDGERED = ("ledger.jsonl", "commitments.json", "proofs/design.tsr")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed bundle.

    `chain` says what was done, in order; `files` are those of the bundle before they were put into a
    directory or archive; `reference` are those of the good bundle, with the digests, ledger and commitments
    that were written anew after the change, so that what differs from it is what was changed.
    """

    seed: int
    chain: tuple[str, ...]
    path: Path
    files: Files
    reference: Files

    @property
    def form(self) -> str:
        """What holds the files."""
        return self.chain[-1]

    def __str__(self) -> str:
        """Say how it came about, and how to have it again."""
        steps = "\n  ".join(self.chain)
        return f"mutant {self.seed} (FSEP_FUZZ_SEED={self.seed} begins with it):\n  {steps}"


def _bare() -> Workbench:
    bench = parents.parent()
    for path in LEDGERED:
        del bench[path]
    return bench


def _few() -> Workbench:
    """Return a bundle of half of the scaffolds."""
    bench = parents.parent()
    for id_ in ("react", "map-reduce", "constraint"):
        del bench[f"scaffolds/{id_}.json"]
        design = bench["design.json"]
        design["scaffolds"] = [lock for lock in design["scaffolds"] if lock["id"] != id_]
        for path in (parents.FIRST, parents.SECOND):
            bench[path] = [run for run in bench[path] if run.get("scaffold") != id_]
    parents.settle(bench)
    return bench


def _derived() -> Workbench:
    """Return a bundle whose seeds follow from the design, so that each request rests on the whole of it."""
    bench = parents.parent()
    for path, value in bench.values.items():
        if path.startswith("scaffolds/"):
            _derive(value["program"]["steps"])
    bench.lock()
    parents.record(bench)
    return bench


def _derive(steps: list[dict[str, Any]]) -> None:
    for step in steps:
        if step.get("seed") == 7:
            step["seed"] = "derived"
        for member in ("steps", "then", "else"):
            _derive(step.get(member, []))


# A ledger finds nearly every change of a run; without it the checks of replay have to.
BASES: dict[str, Callable[[], Workbench]] = {
    "bare": _bare,
    "ledgered": _few,
    "derived": _derived,
}


@cache
def _made(base: str) -> tuple[bytes, Files]:
    bench = BASES[base]()
    return pickle.dumps(bench), bench.bytes()


def _copy(bench: Workbench) -> Workbench:
    copied: Workbench = pickle.loads(pickle.dumps(bench))
    return copied


def grow(seed: int, folder: Path) -> Mutant:
    """Make one mutant, written into a new or empty folder; the same seed gives the same one."""
    folder.mkdir(exist_ok=True)
    rng = Random(seed)
    base = rng.choice(["ledgered", "bare", "bare", "derived"])
    bench: Workbench = pickle.loads(_made(base)[0])
    reference = dict(_made(base)[1])
    chain = [f"base {base}"]
    kind = rng.choices(["values", "bytes", "form"], [75, 15, 10])[0]
    if kind == "values" or rng.random() < 0.1:
        _change(rng, bench, chain)
        _settle(rng, bench, reference, chain)
    files = bench.bytes()
    form: Form = rng.choices([directory, archive], [3, 1])[0]
    if kind == "bytes":
        for _ in range(rng.choice([1, 1, 1, 2])):
            operator = rng.choice(BYTES)
            if (what := operator(rng, files)) is not None:
                chain.append(f"{operator.__name__}: {what}")
    elif kind == "form":
        form = rng.choice(FORMS)
    path, what = form(rng, files, folder)
    return Mutant(seed, (*chain, what), path, files, reference)


def _change(rng: Random, bench: Workbench, chain: list[str]) -> None:
    wanted = rng.choices([1, 2, 3], [75, 15, 10])[0]
    for _ in range(20):
        operator = rng.choice(rng.choice([VALUES, EVENTS, RECORDS, STUDIES]))
        tried = _copy(bench)
        try:
            what = operator(rng, tried)
        except (TypeError, AttributeError, KeyError, IndexError, ValueError):
            continue  # an earlier change left nothing to apply this one to
        if what is None or (tried.values, tried.manifest) == (bench.values, bench.manifest):
            continue
        bench.values, bench.manifest = tried.values, tried.manifest
        chain.append(f"{operator.__name__}: {what}")
        wanted -= 1
        if not wanted:
            return


def _settle(rng: Random, bench: Workbench, reference: Files, chain: list[str]) -> None:
    """Do what a producer who wants the change to pass would do: lock the design, write ledger and commitments."""
    if rng.random() < 0.5 and _tried(bench, lambda one: one.lock()):
        reference["design.json"] = json.dumps(_relocked(bench, json.loads(reference["design.json"]))).encode()
        chain.append("design locked anew")
    if "ledger.jsonl" in reference and rng.random() < 0.6 and _tried(bench, parents.settle):
        files = bench.bytes()
        reference |= {path: files[path] for path in LEDGERED}
        chain.append("ledger and commitments written anew")


def _tried(bench: Workbench, change: Callable[[Workbench], object]) -> bool:
    tried = _copy(bench)
    try:
        change(tried)
    except Exception:  # what was made of the bench may be anything
        return False
    bench.values = tried.values
    return True


def _relocked(bench: Workbench, design: Any) -> Any:
    """Return a design that fixes what the bench holds."""
    for role in ("scaffold", "simulator", "environment"):
        for lock in design[f"{role}s"]:
            document = bench.values.get(f"{role}s/{lock['id']}.json")
            if document is not None:
                lock["program_sha256"] = program_digest(document)
    return {**design, "items": bench["design.json"]["items"]}
