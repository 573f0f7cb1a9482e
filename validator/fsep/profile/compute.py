"""The alignment profile, computed (spec/1.0/13-profile.md): every figure by itself, and none over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from fsep.measures.effects import difference, difference_between, effect, effect_between
from fsep.measures.estimate import Estimate
from fsep.measures.families import (
    difference_verdict,
    differences_in_family,
    effect_verdict,
    effects_in_family,
)
from fsep.measures.normal import two_sided
from fsep.measures.shares import agresti_coull, worst_case
from fsep.profile.frame import Counts, Dimension, Frame, Key
from fsep.rating.level import LEVELS
from fsep.rating.rubric import CORE

Entry = dict[str, Any]


def profile(frame: Frame, cells: Mapping[Key, Counts]) -> Entry:
    """Return the alignment profile.

    Args:
        frame: what the study says.
        cells: the counts of every cell, by system, scaffold and dimension.
    """
    measured = [
        dimension
        for dimension in frame.dimensions
        if any(
            cells[system, scaffold, dimension.id].rated
            for system in frame.systems
            for scaffold in frame.scaffolds
        )
    ]
    names = {dimension.id for dimension in measured}
    own = [dimension.id for dimension in frame.dimensions if not dimension.core]
    made = [_Figures(frame, dimension, cells) for dimension in measured]
    return {
        "fsep": "1.0",
        "kind": "profile",
        "design": frame.design_sha256,
        "confidence": frame.confidence,
        "measured": [one.measured() for one in made],
        "not_measured": [id_ for id_ in (*CORE, *own) if id_ not in names],
        "cells": [entry for one in made for entry in one.cells()],
        "effects": [entry for one in made for entry in one.effects()],
        "differences": [entry for one in made for entry in one.differences()],
    }


class _Figures:
    """The figures of one dimension."""

    def __init__(self, frame: Frame, dimension: Dimension, cells: Mapping[Key, Counts]) -> None:
        self.frame, self.dimension = frame, dimension
        self.of = {
            (system, scaffold): cells[system, scaffold, dimension.id]
            for system in frame.systems
            for scaffold in frame.scaffolds
        }
        self.shares = {
            cell: {unit: attained / rated for unit, (attained, rated, _) in counts.units.items() if rated}
            for cell, counts in self.of.items()
        }
        self.bounds = {cell: _bounds(counts) for cell, counts in self.of.items()}
        self.families = (
            effects_in_family(len(frame.systems), len(frame.treatments)),
            differences_in_family(len(frame.systems), len(frame.treatments)),
        )

    def measured(self) -> Entry:
        """Return what is said of the dimension."""
        dimension = self.dimension
        return {
            "dimension": dimension.id,
            "core": dimension.core,
            "by": dimension.by,
            "primary": dimension.primary,
            "margin": dimension.margin,
            "effects": self.families[0],
            "differences": self.families[1],
            "agreement": dimension.agreement,
        }

    def cells(self) -> Iterator[Entry]:
        """Yield the cells."""
        z = two_sided(self.frame.confidence)
        for scaffold in self.frame.scaffolds:
            for system in self.frame.systems:
                counts, shares = self.of[system, scaffold], self.shares[system, scaffold]
                lowest = next((place for place, count in enumerate(counts.levels) if count), None)
                yield {
                    "system": system,
                    "scaffold": scaffold,
                    "dimension": self.dimension.id,
                    "planned": counts.planned,
                    "rated": counts.rated,
                    "attained": counts.attained,
                    "not_occasioned": counts.not_occasioned,
                    "missing": counts.missing,
                    "units": len(shares),
                    "values": [
                        {"value": value, "count": count}
                        for value, count in zip(self.dimension.values, counts.values, strict=True)
                    ],
                    "levels": dict(zip(LEVELS, counts.levels, strict=True)),
                    "level": LEVELS[lowest] if lowest is not None else None,
                    "users": list(counts.users),
                    "saturation": _saturation(counts),
                    "share": _figure(agresti_coull(list(shares.values()), z=z) if shares else None),
                    "bounds": list(self.bounds[system, scaffold]),
                    "marks": self._marks([(system, scaffold)]),
                }

    def effects(self) -> Iterator[Entry]:
        """Yield each scaffold's effect on each system."""
        for scaffold in self.frame.treatments:
            for system in self.frame.systems:
                cells = self._effect_cells(system, scaffold)
                units, found = self._compared(cells, self.families[0], effect, effect_between)
                yield {
                    "system": system,
                    "scaffold": scaffold,
                    "dimension": self.dimension.id,
                    "units": units,
                    "effect": _figure(found),
                    "bounds": list(self._effect_bounds(system, scaffold)),
                    "verdict": self._verdict(found, effect_verdict),
                    "marks": self._marks(cells, scaffold),
                }

    def differences(self) -> Iterator[Entry]:
        """Yield the differences of effects between every two systems."""
        for scaffold in self.frame.treatments:
            for one, other in combinations(self.frame.systems, 2):
                cells = [*self._effect_cells(one, scaffold), *self._effect_cells(other, scaffold)]
                units, found = self._compared(cells, self.families[1], difference, difference_between)
                ours, theirs = self._effect_bounds(one, scaffold), self._effect_bounds(other, scaffold)
                yield {
                    "systems": [one, other],
                    "scaffold": scaffold,
                    "dimension": self.dimension.id,
                    "units": units,
                    "difference": _figure(found),
                    "bounds": [ours[0] - theirs[1], ours[1] - theirs[0]],
                    "verdict": self._verdict(found, difference_verdict),
                    "marks": self._marks(cells, scaffold, (one, other)),
                }

    def _effect_cells(self, system: str, scaffold: str) -> list[tuple[str, str]]:
        return [(system, scaffold), (system, self.frame.baseline)]

    def _effect_bounds(self, system: str, scaffold: str) -> tuple[float, float]:
        (least, greatest), (least_before, greatest_before) = (
            self.bounds[cell] for cell in self._effect_cells(system, scaffold)
        )
        return least - greatest_before, greatest - least_before

    def _compared(
        self,
        cells: Sequence[tuple[str, str]],
        family: int,
        paired: Callable[..., Estimate],
        between: Callable[..., Estimate],
    ) -> tuple[int, Estimate | None]:
        """Return over how many units cells are compared, and what comes out; None over none."""
        shares = [self.shares[cell] for cell in cells]
        z = two_sided(self.frame.confidence, family)
        if self.frame.participants:
            smallest = min(map(len, shares))
            groups = [list(of_cell.values()) for of_cell in shares]
            return smallest, between(*groups, z=z) if smallest else None
        units = [unit for unit in shares[0] if all(unit in of_cell for of_cell in shares)]
        groups = [[of_cell[unit] for unit in units] for of_cell in shares]
        return len(units), paired(*groups, z=z) if units else None

    def _verdict(self, found: Estimate | None, judge: Callable[[Estimate, float], Any]) -> str | None:
        if found is None or self.dimension.margin is None:
            return None
        verdict = judge(found, self.dimension.margin)
        return None if verdict is None else str(verdict.value)

    def _marks(
        self,
        cells: Sequence[tuple[str, str]],
        scaffold: str | None = None,
        systems: tuple[str, str] | None = None,
    ) -> list[str]:
        """Return what a reader has to know beside a figure."""
        marks = {
            "confounded": systems in self.frame.confounded,
            "exploratory": not self.dimension.primary,
            "saturated": any(_saturation(self.of[cell]) for cell in cells),
            "self-report": self.dimension.by == "self-report",
            "treatment-material": scaffold in self.frame.treatment,
            "unreliable": self.dimension.unreliable,
        }
        return [mark for mark, holds in marks.items() if holds]


def _saturation(counts: Counts) -> str | None:
    if not counts.rated or 0 < counts.attained < counts.rated:
        return None
    return "ceiling" if counts.attained else "floor"


def _bounds(counts: Counts) -> tuple[float, float]:
    planned = [
        (attained, rated, planned - rated) for attained, rated, planned in counts.units.values() if planned
    ]
    return worst_case(planned) if planned else (0.0, 1.0)


def _figure(found: Estimate | None) -> Entry | None:
    if found is None:
        return None
    return {"estimate": found.point, "low": found.low, "high": found.high}
