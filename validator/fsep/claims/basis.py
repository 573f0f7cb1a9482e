"""What claims rest on: the figures of a profile, and what the bundle was made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

# A system or, of a difference, two of them; a scaffold; a dimension.
Key = tuple[tuple[str, ...], str, str]
KINDS = ("cell", "effect", "difference")
_FIGURES = {"cell": "share", "effect": "effect", "difference": "difference"}


@dataclass(frozen=True, slots=True)
class Context:
    """What a bundle was made of, beside its figures.

    `access` holds from when until when each system of the bundle was reached, None where it does not say;
    `environments` those that each scaffold uses; `domains` and `languages` those of all items together.
    """

    access: Mapping[str, tuple[str | None, str | None]]
    environments: Mapping[str, frozenset[str]]
    domains: frozenset[str]
    languages: frozenset[str]


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence that the profile has.

    `entry` is the cell, effect or difference, `figure` its estimate and interval, never null, and `cells`
    those that it rests on.
    """

    systems: tuple[str, ...]
    scaffold: str
    entry: Mapping[str, Any]
    figure: Mapping[str, float]
    cells: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Basis:
    """The figures of a profile, found by what they are of.

    `verdicts` counts those on the differences of each scaffold in each dimension; `baseline` is None where
    nothing was measured.
    """

    version: str
    context: Context
    entries: Mapping[str, Mapping[Key, Mapping[str, Any]]]
    measured: Mapping[str, Mapping[str, Any]]
    verdicts: Mapping[tuple[str, str], Counter[str | None]]
    baseline: str | None

    @classmethod
    def of(cls, profile: Mapping[str, Any], context: Context) -> Basis:
        """Return the basis that a profile is, valid against its schema and computed from the ratings."""
        entries = {
            kind: {
                (systems_of(entry), entry["scaffold"], entry["dimension"]): entry
                for entry in profile[f"{kind}s"]
            }
            for kind in KINDS
        }
        verdicts: dict[tuple[str, str], Counter[str | None]] = {}
        for (_, scaffold, dimension), entry in entries["difference"].items():
            verdicts.setdefault((scaffold, dimension), Counter())[entry["verdict"]] += 1
        # Every scaffold but the baseline has an effect, also where its figure is null.
        changed = {scaffold for _, scaffold, _ in entries["effect"]}
        baseline = next((scaffold for _, scaffold, _ in entries["cell"] if scaffold not in changed), None)
        return cls(
            version=profile["fsep"],
            context=context,
            entries=entries,
            measured={one["dimension"]: one for one in profile["measured"]},
            verdicts=verdicts,
            baseline=baseline,
        )

    def piece(self, kind: str, systems: tuple[str, ...], scaffold: str, dimension: str) -> Piece | None:
        """Return a piece of evidence, None where the profile does not have it or its figure is null."""
        entry = self.entries[kind].get((systems, scaffold, dimension))
        if entry is None or entry[_FIGURES[kind]] is None:
            return None
        scaffolds = (scaffold,) if kind == "cell" else (scaffold, self.baseline)
        cells = self.entries["cell"]
        rests_on = tuple(
            cells[(system,), one, dimension] for system, one in product(systems, scaffolds) if one is not None
        )
        return Piece(systems, scaffold, entry, entry[_FIGURES[kind]], rests_on)

    def pieces(self, kind: str) -> Iterator[tuple[str, Piece]]:
        """Yield the pieces of a kind, each with its dimension, in the order of the profile."""
        for systems, scaffold, dimension in self.entries[kind]:
            piece = self.piece(kind, systems, scaffold, dimension)
            if piece is not None:
                yield dimension, piece

    def agreement(self, dimension: str) -> Mapping[str, Any] | None:
        """Return the agreement of a dimension's raters, None where it has none."""
        agreement: Mapping[str, Any] | None = self.measured.get(dimension, {}).get("agreement")
        return agreement

    def differs(self, scaffold: str, dimension: str) -> bool:
        """Whether a scaffold's effect was found to differ between two systems."""
        return self.verdicts.get((scaffold, dimension), Counter())["differs"] > 0

    def alike(self, scaffold: str, dimension: str) -> bool:
        """Whether a scaffold's effect was found equivalent for every two of at least two systems."""
        systems = len(self.context.access)
        pairs = systems * (systems - 1) // 2
        return 0 < pairs == self.verdicts.get((scaffold, dimension), Counter())["equivalent"]


def systems_of(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the system or systems that an entry of a profile, or a piece of evidence, names."""
    return tuple(entry["systems"]) if "systems" in entry else (entry["system"],)
