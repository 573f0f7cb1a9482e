"""The documents of a bundle with the merged summary of its records, and its plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from fsep.checks.claimed import context
from fsep.checks.observe import Observed
from fsep.checks.registry import Blocked, BlockedError
from fsep.checks.study import Document, Study
from fsep.checks.summary import Entry, Summary
from fsep.claims import Basis, Derived, derive
from fsep.findings import Place

Cell = tuple[str, str]
Planned = tuple[str, str, str, int]


class Plan:
    """Every combination of system, scaffold, item and replicate, each with a number.

    Raises:
        BlockedError: where the design, a system or an item that the plan is made of is unusable.
    """

    def __init__(self, study: Study) -> None:
        """Make the plan of a study."""
        for blocked in study.unusable("system"):
            raise BlockedError(blocked)
        if study.lost_items is not None:
            raise BlockedError(Blocked.by(study.lost_items))
        design = study.design.value
        self.systems = sorted(study.systems)
        self.scaffolds = [lock["id"] for lock in design["scaffolds"]]
        self.items = list(study.item_lines)
        # As a number of JSON it may be written 1.0.
        self.replicates = int(design["replicates"])
        self._numbers = [
            {id_: number for number, id_ in enumerate(ids)}
            for ids in (self.systems, self.scaffolds, self.items)
        ]

    def __len__(self) -> int:
        """Return how many runs are planned."""
        return len(self.systems) * len(self.scaffolds) * self.cell_size

    @property
    def cell_size(self) -> int:
        """How many runs are planned of each system with each scaffold."""
        return len(self.items) * self.replicates

    def slot(self, run: Mapping[str, Any]) -> int | None:
        """Return the number of a planned run, or None for one that is not planned."""
        system, scaffold, item = (
            numbers.get(run.get(member))
            for numbers, member in zip(self._numbers, ("system", "scaffold", "item"), strict=True)
        )
        replicate = run.get("replicate", -1)
        if system is None or scaffold is None or item is None or not 0 <= replicate < self.replicates:
            return None
        return int(
            ((system * len(self.scaffolds) + scaffold) * len(self.items) + item) * self.replicates + replicate
        )

    def planned(self, slot: int) -> Planned:
        """Return the run of a number."""
        rest, replicate = divmod(slot, self.replicates)
        rest, item = divmod(rest, len(self.items))
        system, scaffold = divmod(rest, len(self.scaffolds))
        return self.systems[system], self.scaffolds[scaffold], self.items[item], replicate

    def cell(self, slot: int) -> Cell:
        """Return the cell of a number."""
        return self.planned(slot)[:2]


@dataclass(frozen=True)
class Whole:
    """What the last checks look at; what several of them need is gathered once."""

    study: Study
    summary: Summary
    failures: Callable[[str], int] = field(default=lambda requirement: 0, repr=False, compare=False)
    """How often a requirement was not met so far."""

    @cached_property
    def plan(self) -> Plan:
        """The plan; raises BlockedError where it cannot be made."""
        return Plan(self.study)

    @cached_property
    def departures(self) -> Document | None:
        """The departures, None where there are none; raises BlockedError where they are unusable."""
        return self.study.optional("departures")

    @cached_property
    def runs(self) -> dict[int, Entry]:
        """The first usable run of each number of the plan."""
        found: dict[int, Entry] = {}
        for entry in self.summary.entries():
            if entry.slot is not None:
                found.setdefault(entry.slot, entry)
        return found

    @cached_property
    def declared(self) -> dict[str, Counter[int]]:
        """How often each planned run is declared, by the departure's kind."""
        declared: dict[str, Counter[int]] = {"run-missing": Counter(), "run-failed": Counter()}
        for departure in self.departures.value["departures"] if self.departures else ():
            slot = self.plan.slot(departure)
            if departure["kind"] in declared and slot is not None:
                declared[departure["kind"]][slot] += 1
        return declared

    def unusable(self, role: str) -> Iterator[Blocked]:
        """Yield what blocks each file of a role that could not be used, when loading or later."""
        yield from self.study.unusable(role)
        for path, requirement in self.summary.broken.items():
            if self.study.listed[path].role == role:
                yield Blocked.by(requirement)

    @cached_property
    def lost(self) -> Blocked | None:
        """What keeps some runs from having their place in the plan."""
        for requirement in sorted(self.summary.lost_runs):
            return Blocked.by(requirement)
        if not any(listed.role == "transcripts" for listed in self.study.listed.values()):
            return Blocked.by("FSEP-BND-008")
        return next(self.unusable("transcripts"), None)

    def failed(self, *requirements: str) -> str | None:
        """Return the first of the requirements given that is not met so far, None where there is none."""
        return next((one for one in requirements if self.failures(one)), None)

    @cached_property
    def profile(self) -> Mapping[str, Any]:
        """The profile that follows from the ratings; raises BlockedError where it cannot be computed."""
        raise BlockedError(Blocked("not computed yet"))

    @cached_property
    def basis(self) -> Basis:
        """What claims rest on; raises BlockedError where it cannot be computed."""
        return Basis.of(self.profile, context(self.study))

    @cached_property
    def derived(self) -> tuple[Derived, ...]:
        """What follows for each claim, in their order; raises BlockedError where it cannot be computed."""
        document, basis = self.study.optional("claims"), self.basis
        return tuple(derive(claim, basis) for claim in document.value["claims"]) if document else ()

    @cached_property
    def observed(self) -> dict[str, Observed]:
        """What was observed of each usable system; runs may name one that is not in the bundle."""
        observed = self.summary.observed
        return {system: observed[system] for system in sorted(observed) if system in self.study.systems}

    @property
    def unseen(self) -> Iterator[Blocked]:
        """Yield what keeps outputs, or the systems they are of, from being compared."""
        if self.lost is not None:
            yield self.lost
        yield from self.study.unusable("system")

    def place(self, entry: Entry) -> Place:
        """Return where a run stands."""
        paths = sorted(path for path, listed in self.study.listed.items() if listed.role == "transcripts")
        return Place(paths[entry.file], entry.line)
