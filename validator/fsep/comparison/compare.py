"""Whether the cells of two bundles may be laid side by side, and the cells that may."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from fsep.against.wording import confounded, names
from fsep.comparison.parts import Part, Thing, aside, bound, items, plans, rubric
from fsep.comparison.side import Side
from fsep.errors import FsepError
from fsep.scaffold.compile import compile_program

Comparable = Literal["all", "some", "none"]
Which = Literal["a", "b"]


@dataclass(frozen=True, slots=True)
class Scaffold:
    """A scaffold that one bundle has or both, and what keeps its cells from being compared, if anything."""

    id: str
    because: tuple[Part, ...]

    @property
    def comparable(self) -> bool:
        """Whether its cells may be compared."""
        return not self.because


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of one bundle's profile, as it stands there."""

    scaffold: str
    dimension: str
    bundle: Which
    system: str
    share: Mapping[str, float] | None
    units: int
    rated: int
    level: str | None
    users: tuple[str, ...]
    marks: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as the command prints it."""
        return {**asdict(self), "users": list(self.users), "marks": list(self.marks)}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two bundles, thing by thing, and the cells that may be compared.

    `parts` are the things that cells rest on, `aside` what differs beside them; `scaffolds` are those of
    either bundle; `cells` stand by scaffold and dimension, those of one bundle before those of the other.
    There is no figure over both bundles.
    """

    a: Side
    b: Side
    parts: tuple[Part, ...]
    aside: tuple[Part, ...]
    scaffolds: tuple[Scaffold, ...]
    notes: tuple[str, ...]
    cells: tuple[Cell, ...]

    @property
    def comparable(self) -> Comparable:
        """Whether all scaffolds are comparable, some, or none."""
        found = sum(one.comparable for one in self.scaffolds)
        return "none" if not found else "all" if found == len(self.scaffolds) else "some"

    def as_dict(self) -> dict[str, Any]:
        """Return it as the command prints it."""
        return {
            "comparable": self.comparable,
            "validated": False,
            "a": _side(self.a),
            "b": _side(self.b),
            "parts": [part.as_dict() for part in self.parts],
            "aside": [part.as_dict() for part in self.aside],
            "scaffolds": [
                {
                    "id": one.id,
                    "comparable": one.comparable,
                    "because": [{"thing": part.thing, "id": part.id} for part in one.because],
                }
                for one in self.scaffolds
            ],
            "notes": list(self.notes),
            "cells": [cell.as_dict() for cell in self.cells],
        }


def compare(a: Side, b: Side) -> Comparison:
    """Compare two bundles, which are taken at their word: nothing of them is validated."""
    parts = (*bound(a, b), items(a, b), rubric(a, b), *plans(a, b))
    known = {(part.thing, part.id): part for part in parts}
    of_all = [part for part in parts if part.thing in ("items", "rubric", "plan") and not part.same]
    scaffolds = tuple(
        Scaffold(part.id, tuple(_because(part, known, of_all, a)))
        for part in parts
        if part.thing == "scaffold" and part.id is not None
    )
    comparable = [one.id for one in scaffolds if one.comparable]
    return Comparison(
        a,
        b,
        parts,
        tuple(aside(a, b)),
        scaffolds,
        tuple(_notes(a, b, parts)),
        tuple(_cells(a, b, comparable)),
    )


def _because(
    scaffold: Part, known: Mapping[tuple[Thing, str | None], Part], of_all: Sequence[Part], side: Side
) -> Iterator[Part]:
    """Yield what keeps the cells of a scaffold from being compared."""
    if not scaffold.same:
        yield scaffold
        return
    yield from (known[thing] for thing in _uses(side, str(scaffold.id), known) if not known[thing].same)
    yield from of_all


def _uses(
    side: Side, id_: str, known: Mapping[tuple[Thing, str | None], Part]
) -> list[tuple[Thing, str | None]]:
    """Return the simulators and environments that a scaffold uses; all, where that cannot be told."""
    bound_ = [key for key in known if key[0] in ("simulator", "environment")]
    try:
        program = compile_program(side.documents["scaffold", id_])
    except FsepError:
        return bound_
    used = {"simulator": program.simulators, "environment": program.environments}
    return [key for key in bound_ if key[1] in used[key[0]]]


def _notes(a: Side, b: Side, parts: Sequence[Part]) -> Iterator[str]:
    """Yield what a reader has to know beside the cells."""
    alike = [str(part.id) for part in parts if part.thing == "scaffold" and part.same]
    if alike and any(part.thing == "items" and not part.same for part in parts):
        yield (
            f"The programs of {names(alike)} are the same in both bundles, and the items are not: their cells"
            " are shares of other questions, and are not comparable."
        )
    for part in parts:
        if part.thing == "environment" and part.same and not a.covered("environment", str(part.id)):
            yield (
                f"Neither bundle states a version or tools of the environment '{part.id}': that it was the"
                " same is not shown."
            )
    if a.raters is not None and b.raters is not None and a.raters["raters"] != b.raters["raters"]:
        yield "The bundles name different raters: what differs between their cells may come from who rated."
    for which, side in (("A", a), ("B", b)):
        if side.why is not None:
            yield f"{which} {side.why}, so that none of its cells are shown."
        if synthetic := sorted(id_ for id_, system in side.systems.items() if system.get("synthetic")):
            yield f"{which} is synthetic: no models, but scripted stand-ins, are {names(synthetic)}."
        for id_ in sorted(side.systems):
            if adaptations := side.systems[id_].get("adaptations"):
                how = "; ".join(confounded(id_, adaptations).adaptations)
                yield (
                    f"The system '{id_}' of {which} adapts its requests ({how}): what differs between it and"
                    " a system with other adaptations is confounded with them."
                )


def _cells(a: Side, b: Side, scaffolds: Sequence[str]) -> Iterator[Cell]:
    found = [
        _cell(cell, which)
        for which, side in (("a", a), ("b", b))
        if side.profile is not None
        for cell in side.profile["cells"]
        if cell["scaffold"] in scaffolds
    ]
    # Where cells may be compared, both have the same rubric.
    order = {one["id"]: place for place, one in enumerate((a.rubric or {}).get("dimensions", ()))}
    found.sort(
        key=lambda cell: (
            cell.scaffold,
            order.get(cell.dimension, len(order)),
            cell.dimension,
            cell.bundle,
            cell.system,
        )
    )
    yield from found


def _cell(cell: Mapping[str, Any], which: Any) -> Cell:
    return Cell(
        cell["scaffold"],
        cell["dimension"],
        which,
        cell["system"],
        cell["share"],
        cell["units"],
        cell["rated"],
        cell["level"],
        tuple(cell["users"]),
        tuple(cell["marks"]),
    )


def _side(side: Side) -> dict[str, Any]:
    return {
        "name": side.name,
        "bundle": side.id,
        "design": side.design["id"],
        "design_sha256": side.design_sha256,
        "profile": side.profile is not None,
        "confidence": side.profile["confidence"] if side.profile is not None else None,
    }
