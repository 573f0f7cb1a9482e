"""What each rater is to rate: the packets of a bundle, dealt by its salt."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fsep.bundle import open_bundle
from fsep.checks.account import account
from fsep.checks.documents import Unusable
from fsep.checks.raters import file_of
from fsep.checks.registry import Blocked, BlockedError
from fsep.checks.whole import Whole
from fsep.engine.survey import survey
from fsep.errors import FsepError
from fsep.findings import Collector, Results
from fsep.findings.results import order
from fsep.rating.blind import Blind
from fsep.rating.book import Thing, assigned
from fsep.rating.packet import packet_digest, packets_digest

_BLOCKED = re.compile(r"(FSEP-[A-Z]{3}-[0-9]{3})$")


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that a rater is to rate.

    `packet` is the blind id of the run, `run` its id, `step` the output's where outputs are rated, else "".
    """

    packet: str
    run: str
    dimension: str
    step: str


@dataclass(frozen=True)
class Dealing:
    """A surveyed bundle with the packets of its runs, by run id, in the rubric's order."""

    whole: Whole
    results: Results
    packets: Mapping[str, Sequence[Mapping[str, Any]]]

    @property
    def blind(self) -> Blind:
        """What follows from the salt."""
        blind = self.whole.rated.blind
        if blind is None:
            raise FsepError(
                "There is no salt: the study is not blinded yet.", advice="`fsep blind` does that."
            )
        return blind

    @cached_property
    def packets_sha256(self) -> str:
        """The digest of the packets."""
        return packets_digest(
            {
                self.blind.packet(run): [packet_digest(one) for one in shown]
                for run, shown in self.packets.items()
            }
        )

    def check_shown(self) -> None:
        """Refuse where raters cannot be shown some run, or there is none.

        Raises:
            FsepError: with the first of these runs.
        """
        if not self.whole.rateable:
            raise FsepError("There are no runs to rate.", advice="Run the study first.")
        unshown = [run for run in self.whole.rateable.values() if run.unshown is not None]
        if unshown:
            first = unshown[0]
            raise FsepError(
                f"{len(unshown)} of {len(self.whole.rateable)} runs cannot be shown to raters; "
                f"of {first.run}, the first, because {first.unshown or 'a value that is shown is withheld'}.",
                advice="Only runs that replay, and of which all is there, are rated; see `fsep validate`.",
            )

    def sheet(self, rater: str) -> list[Row]:
        """Return what a rater is assigned, in the order of the rater's packets."""
        rated, runs = self.whole.rated, self.whole.rateable
        things: dict[str, Iterable[Thing]] = {}
        for dimension in rated.rubric.dimensions:
            panel = rated.raters.panels[dimension.id]
            if (seat := panel.seat_of(rater)) is not None:
                blind = self.blind if dimension.blind else None
                things[dimension.id] = assigned(dimension, panel, runs, blind)[0][seat]
        return list(self._rows(rater, things))

    def undecided(self, rater: str) -> list[Row]:
        """Return what an adjudicator has to decide, by the ratings that are there."""
        book = self.whole.ratings.book
        made = account(self.whole.rated, self.whole.rateable, book)
        return list(
            self._rows(
                rater,
                {
                    dealt.dimension.id: dealt.came.open
                    for dealt in made.dealt
                    if rater in dealt.panel.adjudicators
                },
            )
        )

    def _rows(self, rater: str, things: Mapping[str, Iterable[Thing]]) -> Iterator[Row]:
        runs, names = self.whole.rateable, list(things)
        blind = self.blind if self.whole.rated.raters.blind(rater) else None
        rows = [
            (slot, names.index(name), step, name) for name, dealt in things.items() for slot, step in dealt
        ]
        order = {slot: blind.order(rater, runs[slot].run) if blind else "" for slot, *_ in rows}
        for slot, _, step, name in sorted(rows, key=lambda row: (order[row[0]], row)):
            run = runs[slot].run
            yield Row(blind.packet(run) if blind else "", run, name, step)


def deal(path: str | os.PathLike[str]) -> Dealing:
    """Survey a bundle that holds its salt, and derive its packets.

    Raises:
        FsepError: where rubric, raters or runs cannot be gone by.
    """
    packets: dict[str, Sequence[Mapping[str, Any]]] = {}
    collector, results = Collector(), Results()
    with open_bundle(path) as bundle:
        try:
            whole, results = survey(bundle, collector, sink=packets.__setitem__)
            whole.rated.raters  # noqa: B018  # where they cannot be gone by it says so here
            whole.rateable  # noqa: B018
            if (requirement := whole.failed("FSEP-RAT-001", "FSEP-RAT-002")) is not None:
                raise BlockedError(Blocked.by(requirement))
        except (Unusable, BlockedError) as error:
            reason = error.requirement if isinstance(error, Unusable) else error.blocked.reason
            raise unready(reason, collector.results() + results) from None
    return Dealing(whole, results, packets)


def unready(reason: str, results: Results, what: str = "The study is not ready for this step") -> FsepError:
    """Return an error that says what is in the way: the first fault of what a reason names."""
    seen: set[str] = set()
    while (named := _BLOCKED.search(reason)) is not None and (requirement := named[1]) not in seen:
        seen.add(requirement)
        advice = f"`fsep explain {requirement}` says how to mend it, `fsep validate` shows all there is."
        if requirement in results.problems:
            folds = results.problems[requirement].values()
            first = min((fold.problem for fold in folds), key=order)
            place = f" ({first.place.path}{f', line {first.place.line}' if first.place.line else ''})"
            where = place if first.place.path else ""
            return FsepError(f"{what}: {first.message}{where}.", advice=advice)
        reasons = sorted(results.tally(requirement).reasons)
        reason = reasons[0] if reasons else reason
    return FsepError(f"{what}: {reason}.", advice="`fsep validate` tells what is wrong.")


def rating_line(row: Row, rating: Mapping[str, Any]) -> dict[str, Any]:
    """Return a line of a file of ratings: what was rated, and what a rater says of it."""
    made: dict[str, Any] = {"packet": row.packet} if row.packet else {"run": row.run}
    made["dimension"] = row.dimension
    if row.step:
        made["step"] = row.step
    return {**made, **rating}


__all__ = ["Dealing", "Row", "deal", "file_of", "rating_line", "unready"]
