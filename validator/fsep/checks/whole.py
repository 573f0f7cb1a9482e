"""The documents of a bundle with the merged summary of its records, and its plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from fsep.checks.account import Account, account
from fsep.checks.claimed import context
from fsep.checks.computed import computed
from fsep.checks.figures import Figures
from fsep.checks.observe import Observed
from fsep.checks.plan import Plan
from fsep.checks.rated import Rated, RatedRun
from fsep.checks.registry import Blocked, BlockedError
from fsep.checks.study import Document, Study
from fsep.checks.summary import Entry, Ratings, Summary
from fsep.claims import Basis, Derived, derive
from fsep.findings import Place
from fsep.rating.book import Thing

# What has to hold before ratings are accounted for, and before figures are computed from them.
_BEFORE_RATINGS = (
    "FSEP-RAT-001",
    "FSEP-RAT-002",
    "FSEP-BLD-002",
    "FSEP-BLD-005",
    "FSEP-RAT-003",
    "FSEP-RAT-004",
)
_BEFORE_PROFILE = ("FSEP-RAT-005", "FSEP-RAT-006", "FSEP-RAT-008", "FSEP-PRF-009")


@dataclass(frozen=True)
class Whole:
    """What the last checks look at; what several of them need is gathered once."""

    study: Study
    summary: Summary
    ratings: Ratings = field(default_factory=Ratings)
    failures: Callable[[str], int] = field(default=lambda requirement: 0, repr=False, compare=False)
    """How often a requirement was not met so far."""

    @cached_property
    def plan(self) -> Plan:
        """The plan; raises BlockedError where it cannot be made."""
        return Plan(self.study)

    @cached_property
    def departures(self) -> Document | None:
        """The departures, None where there are none; raises BlockedError where they are unusable."""
        return self.study.optional("departures")

    @cached_property
    def runs(self) -> dict[int, Entry]:
        """The first usable run of each number of the plan."""
        found: dict[int, Entry] = {}
        for entry in self.summary.entries():
            if entry.slot is not None:
                found.setdefault(entry.slot, entry)
        return found

    @cached_property
    def declared(self) -> dict[str, Counter[int]]:
        """How often each planned run is declared, by the departure's kind."""
        declared: dict[str, Counter[int]] = {"run-missing": Counter(), "run-failed": Counter()}
        for departure in self.departures.value["departures"] if self.departures else ():
            slot = self.plan.slot(departure)
            if departure["kind"] in declared and slot is not None:
                declared[departure["kind"]][slot] += 1
        return declared

    @cached_property
    def named(self) -> frozenset[int]:
        """The planned runs that a departure names, as failed or as missing, rightly or not."""
        return frozenset(slot for kind in self.declared.values() for slot in kind)

    def unusable(self, role: str) -> Iterator[Blocked]:
        """Yield what blocks each file of a role that could not be used, when loading or later."""
        yield from self.study.unusable(role)
        for path, requirement in self.summary.broken.items():
            if self.study.listed[path].role == role:
                yield Blocked.by(requirement)

    @cached_property
    def lost(self) -> Blocked | None:
        """What keeps some runs from having their place in the plan."""
        for requirement in sorted(self.summary.lost_runs):
            return Blocked.by(requirement)
        if not any(listed.role == "transcripts" for listed in self.study.listed.values()):
            return Blocked.by("FSEP-BND-008")
        return next(self.unusable("transcripts"), None)

    def failed(self, *requirements: str) -> str | None:
        """Return the first of the requirements given that is not met so far, None where there is none."""
        return next((one for one in requirements if self.failures(one)), None)

    @cached_property
    def rated(self) -> Rated:
        """What is rated and by whom."""
        return Rated(self.study)

    @cached_property
    def rateable(self) -> Mapping[int, RatedRun]:
        """The planned runs that are not failed, by their number.

        Raises:
            BlockedError: where some run is not known.
        """
        if self.lost is not None:
            raise BlockedError(self.lost)
        for requirement in sorted(self.summary.unrated):
            raise BlockedError(Blocked.by(requirement))
        if (twice := self.failed("FSEP-REF-006", "FSEP-CMP-002")) is not None:
            raise BlockedError(Blocked.by(twice))
        return self.summary.rated

    def unblinded(self) -> None:
        """Make sure that who rated what can be told.

        Raises:
            BlockedError: where raters rate, and there is no salt.
        """
        if self.rated.rubric.blind and self.rated.blind is None:
            raise BlockedError(Blocked.by(self.failed("FSEP-BLD-002") or "FSEP-BLD-001"))

    @cached_property
    def account(self) -> Account:
        """An account of all ratings.

        Raises:
            BlockedError: where something keeps it from being made.
        """
        if not self.rated.rubric.dimensions:
            return Account((), self.rateable)
        if (requirement := self.failed(*_BEFORE_RATINGS)) is not None:
            raise BlockedError(Blocked.by(requirement))
        self.unblinded()
        for requirement in sorted(self.ratings.lost.values()):
            raise BlockedError(Blocked.by(requirement))
        return account(self.rated, self.rateable, self.ratings.book)

    def thing(self, departure: Mapping[str, Any]) -> Thing | None:
        """Return what a departure of kind `rating-missing` names, None where that is not planned."""
        slot = self.plan.slot(departure)
        return (slot, departure.get("step", "")) if slot is not None else None

    @cached_property
    def ratings_declared_missing(self) -> set[tuple[str, str, Thing | None]]:
        """The ratings that departures declare missing: rater, dimension, what was to be rated."""
        return {
            (one["rater"], one["dimension"], self.thing(one))
            for one in self.rated.departures
            if one["kind"] == "rating-missing"
        }

    @cached_property
    def profile(self) -> Mapping[str, Any]:
        """The alignment profile that follows from the ratings.

        Raises:
            BlockedError: where something keeps it from being computed.
        """
        if (requirement := self.failed(*_BEFORE_PROFILE)) is not None:
            raise BlockedError(Blocked.by(requirement))
        return computed(self.study, self.plan, self.account, self.rated.rubric)

    @cached_property
    def figures(self) -> Figures:
        """The stated alignment profile beside the one that follows from the ratings.

        Raises:
            BlockedError: where there are not both.
        """
        return Figures(self.study.only("profile").value, self.profile)

    @cached_property
    def basis(self) -> Basis:
        """What claims rest on; raises BlockedError where it cannot be computed."""
        return Basis.of(self.profile, context(self.study))

    @cached_property
    def derived(self) -> tuple[Derived, ...]:
        """What follows for each claim, in their order; raises BlockedError where it cannot be computed."""
        document, basis = self.study.optional("claims"), self.basis
        return tuple(derive(claim, basis) for claim in document.value["claims"]) if document else ()

    @cached_property
    def observed(self) -> dict[str, Observed]:
        """What was observed of each usable system; runs may name one that is not in the bundle."""
        observed = self.summary.observed
        return {system: observed[system] for system in sorted(observed) if system in self.study.systems}

    @property
    def unseen(self) -> Iterator[Blocked]:
        """Yield what keeps outputs, or the systems they are of, from being compared."""
        if self.lost is not None:
            yield self.lost
        yield from self.study.unusable("system")

    def place(self, entry: Entry) -> Place:
        """Return where a run stands."""
        paths = sorted(path for path, listed in self.study.listed.items() if listed.role == "transcripts")
        return Place(paths[entry.file], entry.line)
