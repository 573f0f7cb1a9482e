"""What an alignment profile is computed from: what the study says, and the counts of every cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# A cell: system, scaffold, dimension.
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Dimension:
    """A dimension; `agreement` is as the profile states it, None unless raters rate."""

    id: str
    core: bool
    by: str
    primary: bool
    margin: float | None
    values: tuple[str, ...]
    agreement: Mapping[str, Any] | None

    @property
    def unreliable(self) -> bool:
        """Whether its raters agree too little."""
        return self.agreement is not None and bool(self.agreement["unreliable"])


@dataclass(frozen=True, slots=True)
class Frame:
    """What a study says of its figures.

    Systems are in the order of their ids, scaffolds in that of the design, dimensions, measured or not, in
    that of the rubric. `confounded` holds pairs of systems with different adaptations, `treatment` the
    scaffolds that use treatment material.
    """

    design_sha256: str
    confidence: float
    systems: tuple[str, ...]
    scaffolds: tuple[str, ...]
    baseline: str
    dimensions: tuple[Dimension, ...]
    participants: bool
    confounded: frozenset[tuple[str, str]]
    treatment: frozenset[str]

    @property
    def treatments(self) -> tuple[str, ...]:
        """The scaffolds other than the baseline."""
        return tuple(scaffold for scaffold in self.scaffolds if scaffold != self.baseline)


@dataclass(frozen=True, slots=True)
class Counts:
    """What the ratings of one cell came to.

    `values` counts along the scale, `levels` the rated runs from the lowest level up; `units` has for each
    unit how many of its runs attained the dimension, how many are rated, and how many are planned.
    """

    planned: int
    rated: int
    attained: int
    not_occasioned: int
    missing: int
    values: tuple[int, ...]
    levels: tuple[int, int, int, int]
    users: tuple[str, ...]
    units: Mapping[str, tuple[int, int, int]]
