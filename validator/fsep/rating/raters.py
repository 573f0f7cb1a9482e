"""Who rates which dimension: raters by their places, with those who took over, and adjudicators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fsep.rating.rubric import Dimension, Rubric

# A place among a dimension's raters: who holds it, and who took over, if anybody did.
Seat = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """Who rates one dimension: seats in the order of the first holders' ids, and the adjudicators."""

    seats: tuple[Seat, ...]
    adjudicators: tuple[str, ...]

    def seat_of(self, rater: str) -> int | None:
        """Return the number of a rater's seat."""
        return next((number for number, seat in enumerate(self.seats) if rater in seat), None)


@dataclass(frozen=True, slots=True)
class Raters:
    """All raters by id, as `raters.json` has them, and the panel of each dimension."""

    by_id: Mapping[str, Mapping[str, Any]]
    panels: Mapping[str, Panel]

    def blind(self, rater: str) -> bool:
        """Whether a rater does not know the system."""
        return self.by_id[rater]["kind"] in ("human", "model")


def read_raters(
    document: Mapping[str, Any] | None, rubric: Rubric, departures: Sequence[Mapping[str, Any]]
) -> Raters:
    """Read the raters with the departures that say who was replaced."""
    by_id = {one["id"]: one for one in document["raters"]} if document else {}
    replaced = [
        (one["rater"], one["by"])
        for one in departures
        if one["kind"] == "rater-replaced" and one["rater"] in by_id and one["by"] in by_id
    ]
    return Raters(by_id, {one.id: _panel(one, by_id, replaced) for one in rubric.dimensions})


def _panel(
    dimension: Dimension, by_id: Mapping[str, Mapping[str, Any]], replaced: Sequence[tuple[str, str]]
) -> Panel:
    named = [id_ for id_, one in by_id.items() if dimension.id in one["dimensions"]]
    raters = sorted(id_ for id_ in named if by_id[id_]["role"] == "rater")
    successors = dict(replaced)
    taken_over = {new for _, new in replaced}
    return Panel(
        tuple(
            (rater, successors[rater]) if successors.get(rater) in raters else (rater,)
            for rater in raters
            if rater not in taken_over
        ),
        tuple(sorted(id_ for id_ in named if by_id[id_]["role"] == "adjudicator")),
    )


def pin(rater: Mapping[str, Any]) -> dict[str, Any]:
    """Return what makes two raters of kind `model` the same one."""
    model = {member: value for member, value in rater["model"].items() if member != "returned"}
    return {"model": model, "parameters": rater["parameters"], "instructions": rater["instructions"]}
