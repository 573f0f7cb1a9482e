"""The plan of a bundle: every combination of system, scaffold, item and replicate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fsep.checks.registry import Blocked, BlockedError
from fsep.checks.study import Study

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
