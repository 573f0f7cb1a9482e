"""How a requirement ended: five outcomes, and the counts they follow from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """The five ways a requirement ends."""

    PASS = "pass"
    FAIL = "fail"
    NOT_APPLICABLE = "not-applicable"
    NOT_CHECKED = "not-checked"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a requirement was met, not met, and could not be looked at.

    `reasons` says why it was not checked, each reason with how often. Tallies add up: associative, with the
    empty tally as identity.
    """

    passed: int = 0
    failed: int = 0
    withheld: int = 0
    not_checked: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: Tally) -> Tally:
        """Add two tallies."""
        reasons = dict(self.reasons)
        for reason, count in other.reasons.items():
            reasons[reason] = reasons.get(reason, 0) + count
        return Tally(
            self.passed + other.passed,
            self.failed + other.failed,
            self.withheld + other.withheld,
            self.not_checked + other.not_checked,
            reasons,
        )

    @property
    def outcome(self) -> Outcome:
        """The outcome that follows.

        A failure outweighs what was not checked, that what is withheld, that a pass.
        """
        if self.failed:
            return Outcome.FAIL
        if self.not_checked:
            return Outcome.NOT_CHECKED
        if self.withheld:
            return Outcome.WITHHELD
        return Outcome.PASS if self.passed else Outcome.NOT_APPLICABLE
