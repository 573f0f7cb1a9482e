"""Where runs met the same thing, and whether they got the same answer: a bounded table that merges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from fsep import limits


class Where(NamedTuple):
    """An event of a run: its file, its line and its place there; then whose run it is. They sort in order."""

    path: str
    line: int
    event: int
    run: str
    system: str


class Met(NamedTuple):
    """How one thing was answered.

    `times` counts how often it was met; `answer` is the one at `first`, the first place; `other` is the first
    place with another answer, None where all are equal; `shared` tells whether runs of several systems met
    it.
    """

    times: int
    answer: bytes
    first: Where
    other: Where | None = None
    shared: bool = False

    def merge(self, more: Met) -> Met:
        """Merge what two parts know of one thing: associative and commutative."""
        one, two = (self, more) if self.first <= more.first else (more, self)
        # The later part's first is the first there with another answer, unless its answer is the same one.
        others = [one.other, two.other if two.answer == one.answer else two.first]
        return Met(
            one.times + two.times,
            one.answer,
            one.first,
            min((other for other in others if other is not None), default=None),
            one.shared or two.shared or one.first.system != two.first.system,
        )


@dataclass(frozen=True, slots=True)
class Meetings:
    """What was met, by an 8-byte digest of the thing.

    Kept are the things with the smallest digests, as many as the limit allows, and `more` tells that there
    were others: which are kept, and what is known of them, does not depend on the order in which they come.
    Meetings merge: associative and commutative, with the empty ones as identity.
    """

    met: Mapping[bytes, Met] = field(default_factory=dict)
    more: bool = False

    def __add__(self, other: Meetings) -> Meetings:
        """Merge two tables."""
        if not other.met:
            return self
        table = Table(self)
        for key, met in other.met.items():
            table.meet(key, met)
        return table.meetings(more=other.more)


class Table:
    """Meetings under way, to be added to."""

    def __init__(self, begun: Meetings | None = None) -> None:
        """Begin with nothing, or with what is known already."""
        self._met = dict(begun.met) if begun is not None else {}
        self._more = begun is not None and begun.more

    def meet(self, key: bytes, met: Met) -> None:
        """Add that something was met, by its digest."""
        known = self._met.get(key)
        self._met[key] = met if known is None else known.merge(met)
        # Twice the limit may be held before sorting, so that a thing costs no more than a few comparisons.
        if len(self._met) > 2 * limits.MEETINGS:
            self._prune()

    def meetings(self, *, more: bool = False) -> Meetings:
        """Freeze the table."""
        if len(self._met) > limits.MEETINGS:
            self._prune()
        return Meetings(self._met, self._more or more)

    def _prune(self) -> None:
        self._met = {key: self._met[key] for key in sorted(self._met)[: limits.MEETINGS]}
        self._more = True
