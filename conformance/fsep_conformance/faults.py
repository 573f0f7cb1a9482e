"""Implementations that are wrong on purpose, and whether the check that has to catch them does."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fsep import protocol
from fsep.protocol import data
from fsep_conformance.cases import Suite
from fsep_conformance.config import Config, with_interpreter
from fsep_conformance.judge import Verdict, expected
from fsep_conformance.judge_runner import failed_checks
from fsep_conformance.run import claim_of, run

FAULTS = "faults.json"
_EVERY = ("whole", "replayed", "complete", "preregistered", "rated", "claims-checked")


@dataclass(frozen=True, slots=True)
class Fault:
    """One faulty implementation: what is wrong, and the requirements whose cases have to catch it.

    `by` is how these cases have to end. A program that is not there crashes in every case: for most faults a
    crash is no catch.
    """

    name: str
    sentence: str
    named: tuple[str, ...]
    config: Config
    by: str = "fail"
    mechanical: bool = False
    cases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Caught:
    """What became of a fault: the named cases that it failed, with their outcomes; none where it survived."""

    fault: Fault
    cases: tuple[tuple[str, str], ...]


def faults(version: str, root: Path | None = None) -> list[Fault]:
    """Return the faulty validators and runners, those first that were written by hand."""
    root = root or data.root() / "conformance" / "implementations"
    made, mechanical = [], []
    for folder in (root / "faulty-validators", root / "faulty-runners"):
        stated: dict[str, Any] = json.loads((folder / FAULTS).read_bytes())
        for one in stated["faults"]:
            config = _config(stated, one["name"], folder)
            cases, by = tuple(one.get("cases", ())), one.get("by", "fail")
            made.append(Fault(one["name"], one["sentence"], tuple(one["named"]), config, by, cases=cases))
        if (each := stated.get("each_requirement")) is None:
            continue
        for id_, requirement in protocol.load(version).requirements.items():
            if requirement.severity == "error" and requirement.tested == "from-the-bundle":
                name, sentence = (each[what].replace("{id}", id_) for what in ("name", "sentence"))
                mechanical.append(
                    Fault(name, sentence, (id_,), _config(stated, name, folder), mechanical=True)
                )
    return made + mechanical


def _config(stated: dict[str, Any], name: str, folder: Path) -> Config:
    command = tuple(part.replace("{name}", name) for part in with_interpreter(stated["command"]))
    role, facets = stated["role"], _EVERY if stated["role"] == "validator" else _EVERY[:3]
    mode = "session" if role == "validator" else "one-shot"
    return Config(name, "0", role, command, mode, facets, folder, time_limit=stated["time_limit"])


def named_cases(fault: Fault, suite: Suite) -> list[str]:
    """Return the cases that have to catch a fault: those it lists, or those about what it is named after."""
    if fault.cases:
        return list(fault.cases)
    claim = claim_of(fault.config, suite)
    return [
        case.id
        for case in suite.cases
        if ({case.requirement, *case.violated} & set(fault.named)) and expected(case, claim) is not None
    ]


def hunt(
    suite: Suite, hunted: list[Fault], *, jobs: int = 2, progress: Callable[[Caught], None] | None = None
) -> Iterator[Caught]:
    """Run the named cases against each fault, and yield what became of it."""

    def one(fault: Fault) -> Caught:
        ids = named_cases(fault, suite)
        if not ids:
            return Caught(fault, ())
        with tempfile.TemporaryDirectory(prefix="fsep-") as scratch:
            result = run(suite, fault.config, Path(scratch) / "evidence.jsonl", only=ids, jobs=1)
        return Caught(fault, tuple(_caught(fault, {id_: result.verdicts[id_] for id_ in ids})))

    with ThreadPoolExecutor(max(1, jobs)) as pool:
        for caught in pool.map(one, hunted):
            if progress is not None:
                progress(caught)
            yield caught


def _caught(fault: Fault, verdicts: Mapping[str, Verdict]) -> Iterator[tuple[str, str]]:
    """Yield the cases that caught a fault: of a runner those where the named check failed."""
    for id_, verdict in verdicts.items():
        if verdict.outcome != fault.by:
            continue
        if fault.config.role == "validator" or set(failed_checks(verdict)) & set(fault.named):
            yield id_, verdict.outcome
