"""Implementations that are wrong on purpose, and whether the check that has to catch them does."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fsep import protocol
from fsep.protocol import data
from fsep_conformance.cases import Case, Suite
from fsep_conformance.config import Config
from fsep_conformance.judge import expected
from fsep_conformance.run import claim_of, run

FAULTS = "faults.json"
_EVERY = ("whole", "replayed", "complete", "preregistered", "rated", "claims-checked")


@dataclass(frozen=True, slots=True)
class Fault:
    """One faulty implementation: what is wrong, and the requirements whose cases have to catch it."""

    name: str
    sentence: str
    named: tuple[str, ...]
    config: Config
    mechanical: bool = False


@dataclass(frozen=True, slots=True)
class Caught:
    """What became of a fault: the named cases that it failed, with their outcomes; none where it survived."""

    fault: Fault
    cases: tuple[tuple[str, str], ...]


def faults(version: str, root: Path | None = None) -> list[Fault]:
    """Return the faulty validators, those first that were written by hand."""
    folder = (root or data.root() / "conformance" / "implementations") / "faulty-validators"
    stated: dict[str, Any] = json.loads((folder / FAULTS).read_bytes())
    made = [
        Fault(one["name"], one["sentence"], tuple(one["named"]), _config(stated, one["name"], folder))
        for one in stated["faults"]
    ]
    each = stated["each_requirement"]
    for id_, requirement in protocol.load(version).requirements.items():
        if requirement.severity == "error" and requirement.tested == "from-the-bundle":
            name = each["name"].replace("{id}", id_)
            sentence = each["sentence"].replace("{id}", id_)
            made.append(Fault(name, sentence, (id_,), _config(stated, name, folder), mechanical=True))
    return made


def _config(stated: dict[str, Any], name: str, folder: Path) -> Config:
    command = tuple(part.replace("{name}", name) for part in stated["command"])
    return Config(
        name, "0", stated["role"], command, "session", _EVERY, folder, time_limit=stated["time_limit"]
    )


def named_cases(fault: Fault, suite: Suite) -> list[Case]:
    """Return the cases that have to catch a fault: those about what it is named after."""
    claim = claim_of(fault.config, suite)
    return [
        case
        for case in suite.cases
        if ({case.requirement, *case.violated} & set(fault.named)) and expected(case, claim) is not None
    ]


def hunt(
    suite: Suite, hunted: list[Fault], *, jobs: int = 2, progress: Callable[[Caught], None] | None = None
) -> Iterator[Caught]:
    """Run the named cases against each fault, and yield what became of it."""

    def one(fault: Fault) -> Caught:
        ids = [case.id for case in named_cases(fault, suite)]
        if not ids:
            return Caught(fault, ())
        with tempfile.TemporaryDirectory(prefix="fsep-") as scratch:
            result = run(suite, fault.config, Path(scratch) / "evidence.jsonl", only=ids, jobs=1)
        failed = tuple((id_, result.verdicts[id_].outcome) for id_ in ids)
        return Caught(fault, tuple((id_, how) for id_, how in failed if how not in ("pass", "unsupported")))

    with ThreadPoolExecutor(max(1, jobs)) as pool:
        for caught in pool.map(one, hunted):
            if progress is not None:
                progress(caught)
            yield caught
