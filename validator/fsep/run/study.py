"""The study that is run: its programs, settings and items, and what its plan asks of a runner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from fsep.bundle import open_bundle
from fsep.checks.study import Settings, Study
from fsep.engine.load import load
from fsep.errors import FsepError, visible
from fsep.findings import Collector
from fsep.protocol import Protocol
from fsep.run.wire import FORBIDDEN, FRAME
from fsep.scaffold.machine import Item, Setting
from fsep.scaffold.program import Program


class Planned(NamedTuple):
    """One run of the plan."""

    system: str
    scaffold: str
    item: str
    replicate: int

    @property
    def id(self) -> str:
        """The id it is recorded under."""
        return f"{self.system}.{self.scaffold}.{self.item}.{self.replicate}"


@dataclass(frozen=True, slots=True, eq=False)
class Runnable:
    """A study that can be run, as far as its files say."""

    protocol: Protocol
    manifest: Mapping[str, Any]
    design: Mapping[str, Any]
    design_sha256: str
    programs: Mapping[str, Program]
    settings: Mapping[str, Setting]
    items: Mapping[str, Item]
    systems: Mapping[str, Mapping[str, Any]]
    simulators: Mapping[str, Mapping[str, Any]]
    environments: Mapping[str, Mapping[str, Any]]

    def plan(self, system: str) -> Iterator[Planned]:
        """Yield the runs of a system, in the order in which they are begun and recorded."""
        for scaffold in self.programs:
            for item in self.items:
                for replicate in range(self.design["replicates"]):
                    yield Planned(system, scaffold, item, replicate)

    @property
    def runs(self) -> int:
        """How many runs a system has."""
        return len(self.programs) * len(self.items) * int(self.design["replicates"])

    def speaker(self, system: str, simulator: str | None) -> Mapping[str, Any]:
        """Return the document of who is asked: the system, or a simulator."""
        return self.systems[system] if simulator is None else self.simulators[simulator]


def read(folder: Path) -> Runnable:
    """Read a study that was found whole, and look at what a runner cannot do.

    Raises:
        FsepError: where it asks for what cannot be done, or leaves open what a runner has to know.
    """
    with open_bundle(folder) as bundle:
        study = load(bundle, Collector()).study
    design, settings = study.design.value, Settings(study)
    made = Runnable(
        study.protocol,
        study.manifest.value,
        design,
        settings.design_sha256,
        {id_: study.programs[id_] for id_ in study.names("scaffold")},
        settings.by_system,
        study.items,
        _values(study, "system"),
        _values(study, "simulator"),
        _values(study, "environment"),
    )
    for program in made.programs.values():
        _check(program)
    for role, documents in (("system", made.systems), ("simulator", made.simulators)):
        for id_, document in documents.items():
            if "returned" not in document["model"]:
                raise FsepError(
                    f"The {role} {id_!r} does not say which model identities its provider may return.",
                    advice=f"Add model.returned to {role}s/{id_}.yaml: what its replies say in `model`.",
                )
    return made


def _values(study: Study, role: str) -> dict[str, Mapping[str, Any]]:
    return {id_: document.value for id_, document in study.documents.get(role, {}).items()}


def _check(program: Program) -> None:
    if program.externals:
        raise FsepError(
            f"The scaffold {program.id!r} has an external part, which this runner does not drive.",
            advice="Run it with the harness that it names, and record its events as the specification says.",
        )
    if any(actor.kind == "human" for actor in program.actors.values()):
        raise FsepError(
            f"In the scaffold {program.id!r} a person speaks, whom this runner cannot ask.",
            advice="Use a simulator in the person's place, which makes another scaffold.",
        )
    for step in program.steps():
        for name in step.get("parameters", {}):
            if name in FRAME or name in FORBIDDEN:
                raise FsepError(
                    f"The step {step['id']!r} of {program.id!r} has the parameter {visible(name)}, which is "
                    "none of a fixed scaffold's: it is part of the request itself, refers to what a provider "
                    "stores, or asks for several replies.",
                    advice="Take it out of the scaffold.",
                )
