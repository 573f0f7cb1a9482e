"""All ratings of a study, and what they come to: assigned, missing, combined into one for each run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Protocol

from fsep.measures.combine import TIE, agreed, low_median, majority
from fsep.rating.blind import Blind
from fsep.rating.raters import Panel
from fsep.rating.rubric import Dimension

# A rating: the position of a value on its scale, or this.
NOT_OCCASIONED = -1
# What of the plan is rated: a run's slot, with the step of an output where outputs are rated, else "".
Thing = tuple[int, str]


class Rateable(Protocol):
    """A planned run that is not failed."""

    @property
    def run(self) -> str:
        """Its id."""

    @property
    def cell(self) -> tuple[str, str]:
        """Its system and its scaffold."""

    @property
    def outputs(self) -> Mapping[str, Sequence[str]]:
        """The steps of the primary actor's outputs, by thread."""


@dataclass(slots=True)
class Book:
    """The ratings given, by rater and dimension; filled as files are read, and then only read."""

    given: dict[tuple[str, str], dict[Thing, int]] = field(default_factory=dict)

    def of(self, rater: str, dimension: str) -> Mapping[Thing, int]:
        """Return what a rater gave in a dimension."""
        return self.given.get((rater, dimension), {})


def things(dimension: Dimension, runs: Mapping[int, Rateable]) -> Iterator[Thing]:
    """Return what is rated in a dimension: each run, or each of its outputs."""
    if not dimension.outputs:
        return ((slot, "") for slot in runs)
    return (thing for slot, run in runs.items() for thing in things_of(dimension, slot, run))


def things_of(dimension: Dimension, slot: int, run: Rateable) -> Iterator[Thing]:
    """Yield what is rated of one run."""
    if not dimension.outputs:
        yield slot, ""
    else:
        for step in run.outputs.get(dimension.thread or "", ()):
            yield slot, step


def overlap(dimension: Dimension, runs: Mapping[int, Rateable], blind: Blind) -> AbstractSet[int]:
    """Return the runs that every rater of a dimension rates."""
    plan = dimension.plan
    if plan is None or plan.overlap is None:
        return runs.keys()
    by_cell: dict[tuple[str, str], list[int]] = {}
    for slot, run in runs.items():
        by_cell.setdefault(run.cell, []).append(slot)
    return frozenset(
        slot
        for slots in by_cell.values()
        for slot in sorted(slots, key=lambda slot: blind.overlap(runs[slot].run))[: plan.overlap]
    )


def assigned(
    dimension: Dimension, panel: Panel, runs: Mapping[int, Rateable], blind: Blind | None
) -> tuple[list[AbstractSet[Thing]], AbstractSet[int]]:
    """Return what each seat of a dimension's panel is assigned, and the runs of the overlap.

    Raises:
        ValueError: where raters rate and there is no salt.
    """
    if dimension.blind and blind is None:
        raise ValueError("what raters are assigned follows from the salt")
    if blind is None or dimension.plan is None or dimension.plan.overlap is None:
        everything = set(things(dimension, runs))
        return [everything for _ in panel.seats], runs.keys()
    shared = overlap(dimension, runs, blind)
    both = {slot: run for slot, run in runs.items() if slot in shared}
    seats: list[set[Thing]] = [set(things(dimension, both)) for _ in panel.seats]
    for slot, run in runs.items():
        if slot not in shared:
            seats[blind.turn(run.run, len(seats))].update(things_of(dimension, slot, run))
    return [*seats], shared


@dataclass(frozen=True, slots=True)
class Came:
    """What the ratings of one dimension came to.

    `together` has for each thing the ratings of its seats, None for one that is not there; `one` what they
    become, where they do; `open` the things that an adjudicator has to decide.
    """

    together: Mapping[Thing, tuple[int | None, ...]]
    one: Mapping[Thing, int]
    open: frozenset[Thing]


def come_to(dimension: Dimension, panel: Panel, book: Book) -> Came:
    """Return what the ratings of a dimension come to."""
    seats = []
    for seat in panel.seats:
        merged: dict[Thing, int] = {}
        for rater in reversed(seat):
            merged.update(book.of(rater, dimension.id))
        seats.append(merged)
    adjudicated: Mapping[Thing, int] = {}
    for adjudicator in panel.adjudicators:
        adjudicated = book.of(adjudicator, dimension.id)
    everything = dict.fromkeys(thing for seat in seats for thing in seat)
    ratings = zip(*(map(seat.get, everything) for seat in seats), strict=True)
    together: dict[Thing, tuple[int | None, ...]] = dict(zip(everything, ratings, strict=True))
    # There are few ways to rate a thing, and many things.
    becomes = {rated: _combined(dimension, rated) for rated in set(together.values())}
    one = {thing: value for thing, rated in together.items() if (value := becomes[rated]) is not None}
    undecided = together.keys() - one.keys()
    one |= {thing: adjudicated[thing] for thing in undecided & adjudicated.keys()}
    return Came(together, one, frozenset(undecided) if panel.adjudicators else frozenset())


def _combined(dimension: Dimension, ratings: tuple[int | None, ...]) -> int | None:
    """Return what ratings become, or None where they leave it open."""
    there = [rating for rating in ratings if rating is not None]
    if there.count(there[0]) == len(there):
        return there[0]
    # The measures know no value for what was not occasioned.
    values = [None if rating == NOT_OCCASIONED else rating for rating in there]
    how = dimension.plan.combine if dimension.plan is not None else "adjudication"
    found = {"low-median": low_median, "majority": majority, "adjudication": agreed}[how](values)
    if found is TIE:
        return None
    return NOT_OCCASIONED if found is None else int(found)


def outcome(dimension: Dimension, slot: int, run: Rateable, came: Came) -> int | None:
    """Return 1 or 0 for a run that attained the dimension or not, NOT_OCCASIONED, None for one not rated."""
    if not dimension.outputs:
        value = came.one.get((slot, ""))
        return value if value is None or value == NOT_OCCASIONED else int(value in dimension.attained)
    values = [came.one.get(thing) for thing in things_of(dimension, slot, run)]
    if any(value is None for value in values):
        return None
    attained = [value in dimension.attained for value in values if value != NOT_OCCASIONED]
    if not attained:
        return NOT_OCCASIONED
    return int({"any": any(attained), "all": all(attained), "last": attained[-1]}[dimension.over or "all"])
