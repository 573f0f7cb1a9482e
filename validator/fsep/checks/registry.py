"""How a check is bound to its requirement, and what it may answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from fsep.findings import Collector, Problem

# What a check looks at: the container, the manifest's listing, one file, the documents together, one line of
# transcripts, the documents with the merged summary of all runs, or these with all ratings.
Scope = Literal["container", "listing", "file", "study", "line", "summary", "rated"]
# What is checked of ratings and what rests on them, in an order in which what one needs comes before it.
_RATED = ("BLD", "RAT", "PRF-009", "PRF-001", "PRF-002", "AGR", "PRF", "CLM")


@dataclass(frozen=True, slots=True)
class Blocked:
    """Something could not be looked at, because of an earlier failure or a limit."""

    reason: str

    @classmethod
    def by(cls, requirement: str) -> Blocked:
        """Return what says that a failed requirement is in the way."""
        return cls(f"blocked by {requirement}")


class BlockedError(Exception):
    """All that a check needs is unusable; raised where the check reaches for it."""

    def __init__(self, blocked: Blocked) -> None:
        """Say what is in the way."""
        super().__init__(blocked.reason)
        self.blocked = blocked


@dataclass(frozen=True, slots=True)
class Passed:
    """So many things met the requirement."""

    count: int = 1


@dataclass(frozen=True, slots=True)
class Withheld:
    """So many things need a value that is withheld, and are otherwise as required."""

    count: int = 1


Answer = Problem | Blocked | Passed | Withheld
Function = Callable[..., Iterable[Answer]]
F = TypeVar("F", bound=Function)


@dataclass(frozen=True, slots=True)
class Check:
    """A function bound to a requirement."""

    requirement: str
    scope: Scope
    function: Function


_CHECKS: dict[Scope, list[Check]] = {
    "container": [],
    "listing": [],
    "file": [],
    "study": [],
    "line": [],
    "summary": [],
    "rated": [],
}


def check(requirement: str, scope: Scope) -> Callable[[F], F]:
    """Bind a function to a requirement.

    The function is given the subjects of its scope and yields a `Problem` for each fault, `Passed` for what
    it looked at and found right, `Blocked` for what it could not look at, `Withheld` for what it would need a
    withheld value for; nothing where the requirement does not apply.
    """

    def bind(function: F) -> F:
        _CHECKS[scope].append(Check(requirement, scope, function))
        return function

    return bind


def checks(scope: Scope) -> tuple[Check, ...]:
    """Return the checks of a scope, in the order of their modules, or of what they need."""
    if scope == "rated":
        return tuple(sorted(_CHECKS[scope], key=_rank))
    return tuple(_CHECKS[scope])


def _rank(one: Check) -> int:
    bare = one.requirement.removeprefix("FSEP-")
    return next(place for place, prefix in enumerate(_RATED) if bare.startswith(prefix))


def all_checks() -> Iterator[Check]:
    """Yield every check."""
    for bound in _CHECKS.values():
        yield from bound


def run(checks_: Iterable[Check], collector: Collector, *subjects: Any) -> None:
    """Run checks on their subjects, and write what they answer to the collector."""
    for one in checks_:
        try:
            for answer in one.function(*subjects):
                if isinstance(answer, Problem):
                    collector.failed(one.requirement, answer)
                elif isinstance(answer, Passed):
                    collector.passed(one.requirement, answer.count)
                elif isinstance(answer, Withheld):
                    collector.withheld(one.requirement, answer.count)
                else:
                    collector.not_checked(one.requirement, answer.reason)
        except BlockedError as error:
            collector.not_checked(one.requirement, error.blocked.reason)
