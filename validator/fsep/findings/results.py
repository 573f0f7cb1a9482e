"""What checks came to: a collector that is written to, and the frozen results that merge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fsep import limits
from fsep.findings.finding import Place, Problem
from fsep.findings.outcome import Tally


@dataclass(frozen=True, slots=True)
class Fold:
    """A problem and how many of its kind there were; of two of one kind the one placed first is kept."""

    problem: Problem
    count: int = 1

    def __add__(self, other: Fold) -> Fold:
        """Fold two of one kind."""
        first = min(self, other, key=lambda fold: order(fold.problem))
        return replace(first, count=self.count + other.count)


def order(problem: Problem) -> tuple[Any, ...]:
    """Return the key by which problems are sorted: where they are, then what they say."""
    place = problem.place
    return (*_line(problem), place.column or 0, place.pointer or "", problem.message)


def _line(problem: Problem) -> tuple[str, int]:
    return problem.place.path or "", problem.place.line or 0


Key = tuple[str, ...]
Folds = Mapping[str, Mapping[Key, Fold]]


@dataclass(frozen=True, slots=True)
class Results:
    """Tallies and problems by requirement.

    Results merge: associative and commutative, with the empty results as identity. Of each requirement the
    problems placed first are kept, up to a limit; all are in its tally, so that none is lost from the count.
    """

    tallies: Mapping[str, Tally] = field(default_factory=dict)
    problems: Folds = field(default_factory=dict)

    def __add__(self, other: Results) -> Results:
        """Merge two results."""
        tallies = dict(self.tallies)
        for requirement, tally in other.tallies.items():
            tallies[requirement] = tallies[requirement] + tally if requirement in tallies else tally
        problems = dict(self.problems)
        for requirement, folds in other.problems.items():
            merged = dict(problems.get(requirement, {}))
            for key, fold in folds.items():
                merged[key] = merged[key] + fold if key in merged else fold
            problems[requirement] = _first(merged)
        return Results(tallies, problems)

    def tally(self, requirement: str) -> Tally:
        """Return a requirement's tally, empty where nothing fell under it."""
        return self.tallies.get(requirement, Tally())


def _first(folds: Mapping[Key, Fold]) -> Mapping[Key, Fold]:
    """Keep the problems placed first, up to the limit."""
    if len(folds) <= limits.FINDINGS_PER_REQUIREMENT:
        return folds
    ordered = sorted(folds.items(), key=lambda pair: order(pair[1].problem))
    return dict(ordered[: limits.FINDINGS_PER_REQUIREMENT])


class Collector:
    """Where checks write what they come to, for one shard or document; `results` freezes it."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._counts: dict[str, list[int]] = {}
        self._reasons: dict[str, dict[str, int]] = {}
        self._folds: dict[str, dict[Key, Fold]] = {}
        self._last: dict[str, tuple[str, int]] = {}

    def passed(self, requirement: str, count: int = 1) -> None:
        """Count what met a requirement."""
        self._count(requirement)[0] += count

    def failed(self, requirement: str, problem: Problem) -> None:
        """Count and keep what did not meet a requirement."""
        self._count(requirement)[1] += 1
        folds = self._folds.setdefault(requirement, {})
        key = problem.group if problem.group is not None else tuple(map(str, order(problem)))
        kept, line = folds.get(key), _line(problem)
        if kept is not None and line > _line(kept.problem):
            folds[key] = replace(kept, count=kept.count + 1)
        elif kept is not None or requirement not in self._last or line <= self._last[requirement]:
            fold = Fold(replace(problem, place=problem.place.located()))
            folds[key] = fold if kept is None else kept + fold
        if len(folds) > 2 * limits.FINDINGS_PER_REQUIREMENT:
            folds = self._folds[requirement] = dict(_first(folds))
            # Of what lies behind all that is kept, none will be: it is counted alone.
            self._last[requirement] = max(_line(fold.problem) for fold in folds.values())

    def full(self, requirement: str, path: str, line: int) -> bool:
        """Whether a problem on a line would be counted alone, behind all that are kept."""
        return requirement in self._last and (path, line) > self._last[requirement]

    def counted(self, requirement: str) -> None:
        """Count what did not meet a requirement, where `full` says that nothing of it would be kept."""
        self._count(requirement)[1] += 1

    def withheld(self, requirement: str, count: int = 1) -> None:
        """Count what needs a withheld value."""
        self._count(requirement)[2] += count

    def not_checked(self, requirement: str, reason: str, count: int = 1) -> None:
        """Count what could not be checked, and why."""
        self._count(requirement)[3] += count
        reasons = self._reasons.setdefault(requirement, {})
        reasons[reason] = reasons.get(reason, 0) + count

    def failures(self, requirement: str) -> int:
        """Return how often a requirement was not met so far."""
        return self._counts.get(requirement, (0, 0))[1]

    def results(self) -> Results:
        """Freeze."""
        tallies = {
            requirement: Tally(passed, failed, withheld, not_checked, self._reasons.get(requirement, {}))
            for requirement, (passed, failed, withheld, not_checked) in self._counts.items()
        }
        return Results(tallies, {requirement: _first(folds) for requirement, folds in self._folds.items()})

    def _count(self, requirement: str) -> list[int]:
        return self._counts.setdefault(requirement, [0, 0, 0, 0])


def whole_bundle(message: str, **values: Any) -> Problem:
    """Return a problem of the bundle as a whole."""
    return Problem(message, Place(), **values)
