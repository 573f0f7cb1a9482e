"""What ratings are held to: rubric, raters and salt; and what each run came to for those who rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from fsep.checks.registry import Blocked, BlockedError
from fsep.checks.rubric import fault
from fsep.checks.study import Study
from fsep.rating.blind import Blind
from fsep.rating.level import Seen
from fsep.rating.raters import Raters, read_raters
from fsep.rating.rubric import Rubric, read_rubric


class RatedRun(NamedTuple):
    """A planned run as raters meet it.

    `packets` has the digests of its packets, in the rubric's order; empty where none are derived, of failed
    runs and where `unshown` says why: the requirement in the way, or "" where it needs a withheld value.
    """

    run: str
    cell: tuple[str, str]
    seen: Seen
    packets: tuple[bytes, ...] = ()
    unshown: str | None = None

    @property
    def outputs(self) -> Mapping[str, Sequence[str]]:
        """The steps of the primary actor's outputs, by thread."""
        return self.seen.outputs


@dataclass(frozen=True)
class Rated:
    """What is rated and by whom, made from a study.

    Each property raises BlockedError where what it is made of cannot be used.
    """

    study: Study

    @cached_property
    def rubric(self) -> Rubric:
        """The rubric; without dimensions where the study has none."""
        if (requirement := fault(self.study)) is not None:
            raise BlockedError(Blocked.by(requirement))
        document = self.study.optional("rubric")
        return read_rubric(document.value if document else None, self.study.design.value)

    @cached_property
    def departures(self) -> Sequence[Mapping[str, Any]]:
        """The departures."""
        document = self.study.optional("departures")
        departures: Sequence[Mapping[str, Any]] = document.value["departures"] if document else ()
        return departures

    @cached_property
    def raters(self) -> Raters:
        """The raters; none where there is no list of them."""
        document = self.study.optional("raters")
        return read_raters(document.value if document else None, self.rubric, self.departures)

    @cached_property
    def blind(self) -> Blind | None:
        """What follows from the salt; None where none is published."""
        document = self.study.optional("blinding")
        return Blind(document.value["salt"]) if document else None
