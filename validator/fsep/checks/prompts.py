"""Whether a system was sent more than the requests say, by the tokens counted for them (FSEP-OBS-010)."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

from fsep.checks.registry import Answer, Passed, check
from fsep.findings import Problem

if TYPE_CHECKING:
    from fsep.checks.whole import Whole

# The protocol's numbers: requests below which nothing is said of a system; tokens by which what is constant
# may differ between systems, for what frames a request; and how many standard errors of it besides.
ENOUGH = 20
FRAME = 100
ERRORS = 4


class Line(NamedTuple):
    """A line through (characters of a request, input tokens): tokens at no character, and their error."""

    constant: float
    error: float


class Prompts(NamedTuple):
    """Sums over `n` requests of one system, of characters x and input tokens y: whole numbers, that merge."""

    n: int = 0
    x: int = 0
    y: int = 0
    xx: int = 0
    xy: int = 0
    yy: int = 0

    def plus(self, other: Prompts) -> Prompts:
        """Merge two: associative and commutative, the empty one as identity."""
        return Prompts(*(one + two for one, two in zip(self, other, strict=True)))

    @property
    def line(self) -> Line | None:
        """The line by least squares; None with too few requests, or where their lengths do not differ."""
        spread = self.n * self.xx - self.x * self.x
        if self.n < ENOUGH or spread <= 0:
            return None
        slope = (self.n * self.xy - self.x * self.y) / spread
        constant = (self.y * self.xx - self.x * self.xy) / spread
        left = max(self.yy - constant * self.y - slope * self.xy, 0.0) / (self.n - 2)
        return Line(constant, sqrt(left * self.xx / spread))


NO_PROMPTS = Prompts()


def prompt(characters: int, tokens: int) -> Prompts:
    """Return the sums over one request."""
    return Prompts(1, characters, tokens, characters**2, characters * tokens, tokens**2)


@check("FSEP-OBS-010", "summary")
def nothing_beside_the_request(whole: Whole) -> Iterator[Answer]:
    yield from whole.unseen
    lines = {
        system: line
        for system, observed in whole.observed.items()
        if (line := observed.prompts.line) is not None
    }
    if len(lines) < 2:
        return
    least = min(lines, key=lambda system: lines[system].constant)
    more = {system: line.constant - lines[least].constant for system, line in lines.items()}
    found = [
        system
        for system, line in lines.items()
        if more[system] > FRAME + ERRORS * (line.error + lines[least].error)
    ]
    if not found:
        yield Passed(len(lines))
    for system in found:
        yield Problem(
            f"the requests to the system {system!r} took some {round(more[system])} input tokens more than "
            f"their texts explain, compared with those to {least!r}",
            whole.study.systems[system].place("/id"),
        )
