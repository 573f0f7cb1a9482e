"""What a bundle's own ratings measure, dimension by dimension: read off the profile that follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from fsep.rating.rubric import CORE

# From the lowest to the highest.
LEVELS = ("model", "response", "interaction", "deployment")


@dataclass(frozen=True, slots=True)
class Coverage:
    """One dimension, measured or not.

    Attributes:
        dimension: its id.
        core: whether it is one of the core dimensions.
        measured: whether some run is rated in it.
        by: who rates it, None where nobody did.
        raters: who they are, by id; a program with its name in brackets where that is another.
        levels: how many rated runs are evidence at each level at which some are, from the lowest.
        systems: how many rated runs each system has, by id.
        unreliable: whether raters agree less than the design asks for.
    """

    dimension: str
    core: bool
    measured: bool = False
    by: str | None = None
    raters: tuple[str, ...] = ()
    levels: tuple[tuple[str, int], ...] = ()
    systems: tuple[tuple[str, int], ...] = ()
    unreliable: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return it as the command prints it."""
        return {
            **asdict(self),
            "raters": list(self.raters),
            "levels": dict(self.levels),
            "systems": dict(self.systems),
        }


@dataclass(frozen=True, slots=True)
class BundleCoverage:
    """What a bundle measures: every core dimension, then the rubric's own.

    `rubric` is whether it has one; `synthetic` are the systems that are stand-ins and no models.
    """

    id: str
    rubric: bool
    synthetic: tuple[str, ...]
    dimensions: tuple[Coverage, ...]

    @property
    def core(self) -> tuple[Coverage, ...]:
        """The core dimensions."""
        return tuple(one for one in self.dimensions if one.core)

    @property
    def own(self) -> tuple[Coverage, ...]:
        """The rubric's own."""
        return tuple(one for one in self.dimensions if not one.core)

    def as_dict(self) -> dict[str, Any]:
        """Return it as the command prints it."""
        return {
            "of": "bundle",
            "bundle": self.id,
            "rubric": self.rubric,
            "synthetic": list(self.synthetic),
            "dimensions": [one.as_dict() for one in self.dimensions],
        }


def measured(
    profile: Mapping[str, Any] | None, raters: Iterable[Mapping[str, Any]] = ()
) -> tuple[Coverage, ...]:
    """Return what is measured: the core dimensions in their order, then the rubric's own in its.

    Args:
        profile: the profile that follows from the ratings, in the shape of the schema `profile`; None where
            there is no rubric, and so nothing is measured.
        raters: the raters that the bundle names.
    """
    if profile is None:
        return tuple(Coverage(dimension, core=True) for dimension in CORE)
    named = list(raters)
    known = {one["dimension"]: _measured(one, profile["cells"], named) for one in profile["measured"]}
    for dimension in (*CORE, *profile["not_measured"]):
        known.setdefault(dimension, Coverage(dimension, core=dimension in CORE))
    core = [known.pop(dimension) for dimension in CORE]
    return (*core, *known.values())


def _measured(
    one: Mapping[str, Any], cells: Iterable[Mapping[str, Any]], raters: Iterable[Mapping[str, Any]]
) -> Coverage:
    dimension = one["dimension"]
    levels, systems = Counter[str](), Counter[str]()
    for cell in cells:
        if cell["dimension"] == dimension:
            levels.update(cell["levels"])
            systems[cell["system"]] += cell["rated"]
    return Coverage(
        dimension,
        core=dimension in CORE,
        measured=True,
        by=one["by"],
        raters=tuple(_rater(rater) for rater in raters if dimension in rater["dimensions"]),
        levels=tuple((level, levels[level]) for level in LEVELS if levels[level]),
        systems=tuple((system, systems[system]) for system in sorted(systems) if systems[system]),
        unreliable=one["agreement"] is not None and one["agreement"]["unreliable"],
    )


def _rater(rater: Mapping[str, Any]) -> str:
    """Return what a rater is called: its id, and the model or program that it is, if any."""
    name = rater.get("model", rater.get("harness", {})).get("name")
    what = [name] if name not in (None, rater["id"]) else []
    if rater.get("synthetic"):
        what.append("synthetic")
    return f"{rater['id']} ({', '.join(what)})" if what else str(rater["id"])
