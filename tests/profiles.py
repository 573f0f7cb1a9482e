"""Studies made by hand for the tests of the alignment profile: invented counts, of no system that exists."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from fsep import protocol
from fsep.checks import profile  # noqa: F401  # importing binds them
from fsep.checks.registry import Blocked, BlockedError, checks, run
from fsep.checks.study import Document
from fsep.checks.whole import Whole
from fsep.digests import program_digest
from fsep.findings import Collector, Problem, Results
from fsep.profile.frame import Counts, Dimension, Frame

BASELINE, CHECKED = "direct", "checked"
DESIGN: dict[str, Any] = {
    "fsep": "1.0",
    "kind": "design",
    "id": "made",
    "baseline": BASELINE,
    "analysis": {"confidence": 0.95},
}
SCHEMA = protocol.load("1.0").validator("profile")

# A unit's runs: attained, rated, planned.
Runs = tuple[int, int, int]
HIT, MISS, OPEN = (1, 1, 1), (0, 1, 1), (0, 0, 1)


def agreed(**other: Any) -> dict[str, Any]:
    """Agreement as the profile states it."""
    return {
        "statistic": "kappa",
        "units": 60,
        "split": 0,
        "raw": 0.9,
        "coefficient": 0.8,
        "undefined": None,
        "at_least": 0.6,
        "unreliable": False,
        **other,
    }


def dimension(id_: str = "verification-support", **other: Any) -> Dimension:
    given: dict[str, Any] = {
        "core": id_ == "verification-support",
        "by": "raters",
        "primary": True,
        "margin": 0.2,
        "values": ("no", "yes"),
        "agreement": agreed(),
        **other,
    }
    return Dimension(id=id_, **given)


def frame(**other: Any) -> Frame:
    given: dict[str, Any] = {
        "design_sha256": program_digest(DESIGN),
        "confidence": 0.95,
        "systems": ("alpha", "beta"),
        "scaffolds": (BASELINE, CHECKED),
        "baseline": BASELINE,
        "dimensions": (dimension(),),
        "participants": False,
        "confounded": frozenset(),
        "treatment": frozenset(),
        **other,
    }
    return Frame(**given)


def counts(units: Mapping[str, Runs] | Iterable[Runs], *, not_occasioned: int = 0, **other: Any) -> Counts:
    """Counts of a cell of these units; named by number where they have no names."""
    if not isinstance(units, Mapping):
        units = {f"item {place}": runs for place, runs in enumerate(units)}
    attained, rated, planned = (sum(runs[place] for runs in units.values()) for place in range(3))
    given: dict[str, Any] = {
        "planned": planned,
        "rated": rated,
        "attained": attained,
        "not_occasioned": not_occasioned,
        "missing": planned - rated - not_occasioned,
        "values": (rated - attained, attained),
        "levels": (0, rated, 0, 0),
        "users": ("scripted",) if rated else (),
        "units": dict(units),
        **other,
    }
    return Counts(**given)


def entry(document: Mapping[str, Any], member: str, **named: Any) -> dict[str, Any]:
    """Return the only entry of a member of a profile that has these values."""
    found = [one for one in document[member] if all(one[name] == value for name, value in named.items())]
    assert len(found) == 1, (member, named, len(found))
    return dict(found[0])


@dataclass(frozen=True)
class _Study:
    stated: Mapping[str, Any] | None

    @property
    def design(self) -> Document:
        return Document("design.json", "design", DESIGN, json.dumps(DESIGN).encode())

    def optional(self, role: str) -> Document | None:
        assert role == "profile"
        if self.stated is None:
            return None
        return Document("profile.json", "profile", self.stated, json.dumps(self.stated).encode())

    def only(self, role: str) -> Document:
        document = self.optional(role)
        assert document is not None
        return document


class Beside(Whole):
    """A study of nothing but a stated alignment profile and the one that follows."""

    def __init__(
        self, stated: Mapping[str, Any] | None, expected: Mapping[str, Any] | None, collector: Collector
    ) -> None:
        super().__init__(_Study(stated), SimpleNamespace(), failures=collector.failures)  # type: ignore[arg-type]
        self.__dict__["expected"] = expected
        confidence = DESIGN["analysis"]["confidence"]
        self.__dict__["rated"] = SimpleNamespace(rubric=SimpleNamespace(confidence=confidence))

    @cached_property
    def profile(self) -> Mapping[str, Any]:
        expected: Mapping[str, Any] | None = self.__dict__["expected"]
        if expected is None:
            raise BlockedError(Blocked.by("FSEP-RAT-005"))
        return expected


CHECKS = {one.requirement: one for one in checks("rated") if one.function.__module__ == "fsep.checks.profile"}


def judged(stated: Mapping[str, Any] | None, expected: Mapping[str, Any] | None) -> Results:
    """Return what the checks of the profile come to."""
    collector = Collector()
    run(CHECKS.values(), collector, Beside(stated, expected, collector))
    return collector.results()


def failing(stated: Mapping[str, Any] | None, expected: Mapping[str, Any] | None) -> dict[str, int]:
    """Return how often which requirements are not met."""
    return {one: tally.failed for one, tally in judged(stated, expected).tallies.items() if tally.failed}


def problems(results: Results, requirement: str) -> list[Problem]:
    return [fold.problem for fold in results.problems[requirement].values()]
