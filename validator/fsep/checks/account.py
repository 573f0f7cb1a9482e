"""An account of all ratings: what was assigned and what came, made once for the checks that need it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from fsep.checks.rated import Rated, RatedRun
from fsep.rating.agree import agreement
from fsep.rating.book import Book, Came, Thing, assigned, come_to
from fsep.rating.raters import Panel
from fsep.rating.rubric import Dimension


@dataclass(frozen=True)
class Dealt:
    """One dimension: who rates, what each seat was assigned, and what came."""

    dimension: Dimension
    panel: Panel
    seats: tuple[AbstractSet[Thing], ...]
    shared: AbstractSet[int]
    came: Came
    given: Mapping[str, AbstractSet[Thing]]

    def assigned_to(self, rater: str) -> AbstractSet[Thing]:
        """Return what a rater, or an adjudicator, was assigned."""
        if rater in self.panel.adjudicators:
            return self.came.open
        seat = self.panel.seat_of(rater)
        return self.seats[seat] if seat is not None else frozenset()

    def missing(self) -> Iterator[tuple[tuple[str, ...], Thing]]:
        """Yield what was assigned and is not there, with those who could have rated it."""
        for seat, things in zip(self.panel.seats, self.seats, strict=True):
            lacking = things
            for rater in seat:
                lacking = lacking - self.given[rater]
            for thing in sorted(lacking):
                yield seat, thing
        for adjudicator in self.panel.adjudicators:
            for thing in sorted(self.came.open - self.given[adjudicator]):
                yield (adjudicator,), thing

    def agreement(self) -> dict[str, Any] | None:
        """Return the agreement of its raters, None where no raters rate."""
        lacking = {thing for who, thing in self.missing() if who[0] not in self.panel.adjudicators}
        return agreement(self.dimension, len(self.panel.seats), self.came, self.shared, lacking)


@dataclass(frozen=True)
class Account:
    """All dimensions, in the order of the rubric."""

    dealt: tuple[Dealt, ...]
    runs: Mapping[int, RatedRun]

    def of(self, dimension: str) -> Dealt | None:
        """Return one dimension."""
        return next((dealt for dealt in self.dealt if dealt.dimension.id == dimension), None)


def account(rated: Rated, runs: Mapping[int, RatedRun], book: Book) -> Account:
    """Hold what was given to what was assigned."""
    dealt = []
    for dimension in rated.rubric.dimensions:
        panel = rated.raters.panels[dimension.id]
        seats, shared = assigned(dimension, panel, runs, rated.blind)
        raters = [*(rater for seat in panel.seats for rater in seat), *panel.adjudicators]
        dealt.append(
            Dealt(
                dimension,
                panel,
                tuple(seats),
                shared,
                come_to(dimension, panel, book),
                {rater: book.of(rater, dimension.id).keys() for rater in raters},
            )
        )
    return Account(tuple(dealt), runs)
