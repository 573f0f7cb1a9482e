"""Checks of claims and of their inferential distance (FSEP-CLM)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fsep.checks.claimed import Stated, words
from fsep.checks.places import Places
from fsep.checks.registry import Answer, Blocked, BlockedError, Passed, check
from fsep.checks.whole import Whole
from fsep.findings import Place, Problem
from fsep.limits import AGREE

_RUBRIC = ("FSEP-RUB-001", "FSEP-RUB-002", "FSEP-RUB-003", "FSEP-RUB-004")
_AGREEMENT = ("FSEP-AGR-001", "FSEP-AGR-002", "FSEP-AGR-003")


def _each(whole: Whole, look: Callable[[Stated], Iterator[Answer]], *, unfound: bool) -> Iterator[Answer]:
    """Yield what a look at each claim comes to.

    `unfound` says whether claims are looked at whose evidence is not all found, for which nothing follows.
    """
    document = whole.study.optional("claims")
    if document is None:
        return
    if (requirement := whole.failed(*_RUBRIC, "FSEP-PRF-002")) is not None:
        raise BlockedError(Blocked.by(requirement))
    unsure, places = _unsure(whole), Places(document)
    for number, (claim, derived) in enumerate(zip(document.value["claims"], whole.derived, strict=True)):
        if (requirement := unsure.get(claim["asserts"]["dimension"])) is not None:
            yield Blocked.by(requirement)
        elif derived.unfound and not unfound:
            yield Blocked.by("FSEP-CLM-002")
        else:
            yield from look(Stated(claim, derived, places, f"/claims/{number}"))


def _unsure(whole: Whole) -> dict[str, str]:
    """Return the dimensions of which the profile misstates the agreement, each with what failed."""
    requirement = whole.failed(*_AGREEMENT)
    profile = whole.study.optional("profile") if requirement is not None else None
    if requirement is None or profile is None:
        return {}
    return {
        one["dimension"]: requirement
        for one in profile.value["measured"]
        if not _same(one["agreement"], whole.basis.agreement(one["dimension"]))
    }


def _same(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    if one is None or other is None:
        return one is other
    return all(_equal(one[member], other[member]) for member in other)


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=0, abs_tol=AGREE)
    return bool(one == other)


@check("FSEP-CLM-001", "rated")
def claims_stated(whole: Whole) -> Iterator[Answer]:
    document = whole.study.optional("claims")
    if document is None:
        yield Problem("the bundle states no claims", Place())
        return
    if (requirement := whole.failed(*_RUBRIC)) is not None:
        yield Blocked.by(requirement)
        return
    seen: set[str] = set()
    places = Places(document)
    for number, claim in enumerate(document.value["claims"]):
        if claim["id"] in seen:
            here = places.of(f"/claims/{number}/id")
            yield Problem("the claim has the id of an earlier claim", here, found=claim["id"])
        else:
            yield Passed()
        seen.add(claim["id"])


@check("FSEP-CLM-002", "rated")
def evidence_found(whole: Whole) -> Iterator[Answer]:
    yield from _each(whole, _evidence, unfound=True)


def _evidence(stated: Stated) -> Iterator[Answer]:
    for one in stated.derived.unfound:
        named = stated.claim["evidence"][one.place]
        yield stated.problem(
            f"rests on {words(named)}: {one.why}", f"/evidence/{one.place}", found=dict(named)
        )
    if not stated.derived.unfound:
        yield Passed()


@check("FSEP-CLM-003", "rated")
def level_of_evidence(whole: Whole) -> Iterator[Answer]:
    yield from _each(whole, _level, unfound=False)


def _level(stated: Stated) -> Iterator[Answer]:
    level = stated.derived.level
    if stated.claim["evidence_level"] == level:
        yield Passed()
    else:
        yield stated.problem(
            "states another level than the lowest one of the cells its evidence rests on",
            "/evidence_level",
            stated.claim["evidence_level"],
            level,
        )


@check("FSEP-CLM-004", "rated")
def marks_repeated(whole: Whole) -> Iterator[Answer]:
    yield from _each(whole, _marks, unfound=False)


def _marks(stated: Stated) -> Iterator[Answer]:
    marks = list(stated.derived.marks)
    if stated.claim["marks"] == marks:
        yield Passed()
    else:
        yield stated.problem(
            "does not repeat the marks of its evidence, in the order of the alphabet",
            "/marks",
            stated.claim["marks"],
            marks,
        )


@check("FSEP-CLM-005", "rated")
def within_the_figures(whole: Whole) -> Iterator[Answer]:
    yield from _each(whole, _figures, unfound=False)


_MORE = {
    "what": "asserts something other than the verdict on",
    "at_least": "asserts that a greater share was attained than the lower end of the interval shows of",
    "at_most": "asserts that a smaller share was attained than the upper end of the interval shows of",
}
_SHOWN = {"what": "{}", "at_least": "at most {}", "at_most": "at least {}"}


def _figures(stated: Stated) -> Iterator[Answer]:
    for excess in stated.derived.excess:
        yield stated.problem(
            f"{_MORE[excess.member]} {words(stated.claim['evidence'][excess.place])}",
            f"/asserts/{excess.member}",
            excess.asserted,
            _SHOWN[excess.member].format(excess.shown),
        )
    if not stated.derived.excess:
        yield Passed()


@check("FSEP-CLM-006", "rated")
def distance_named(whole: Whole) -> Iterator[Answer]:
    yield from _each(whole, _distance, unfound=False)


def _distance(stated: Stated) -> Iterator[Answer]:
    found, expected = stated.axes, list(stated.derived.distance)
    if found == expected:
        yield Passed()
    else:
        yield stated.problem(_misnamed(found, expected), "/distance", found, expected)


def _misnamed(found: list[str], expected: list[str]) -> str:
    lacking = [axis for axis in expected if axis not in found]
    surplus = [axis for axis in found if axis not in expected]
    if lacking:
        return f"exceeds its evidence on an axis that its distance does not name: {', '.join(lacking)}"
    if surplus:
        return f"names in its distance an axis on which it does not exceed its evidence: {', '.join(surplus)}"
    return "does not name each axis of its distance once, in the order of the axes"


@check("FSEP-CLM-007", "rated")
def bridged(whole: Whole) -> Iterator[Answer]:
    yield from _each(whole, _bridges, unfound=True)


def _bridges(stated: Stated) -> Iterator[Answer]:
    # Where evidence is not found, the distance is not known to be wrong.
    if not stated.derived.unfound and stated.axes != list(stated.derived.distance):
        yield Blocked.by("FSEP-CLM-006")
        return
    for place, reach in enumerate(stated.claim["distance"]):
        if "bridge" in reach:
            yield Passed()
        else:
            yield stated.problem(
                f"exceeds its evidence on the axis {reach['axis']!r}, and has no bridge for it",
                f"/distance/{place}",
            )


@check("FSEP-CLM-008", "rated")
def observed_at_no_distance(whole: Whole) -> Iterator[Answer]:
    yield from _each(whole, _status, unfound=True)


def _status(stated: Stated) -> Iterator[Answer]:
    if stated.claim["status"] == "observed":
        if stated.axes:
            yield stated.problem(
                f"is called observed, and is at a distance from its evidence: {', '.join(stated.axes)}",
                "/status",
                "observed",
                "inferred",
            )
        else:
            yield Passed()


@check("FSEP-CLM-009", "rated")
def no_effect_carried_over_a_difference(whole: Whole) -> Iterator[Answer]:
    yield from _each(whole, _carried, unfound=False)


def _carried(stated: Stated) -> Iterator[Answer]:
    asserts = stated.claim["asserts"]
    if stated.derived.generalises:
        yield stated.problem(
            f"asserts {asserts['what']!r} of systems beyond those of its evidence, and the bundle finds that "
            f"the effect on {asserts['dimension']!r} differs between systems",
            "/asserts/systems",
            asserts["systems"],
            "as-tested",
        )
    elif "systems" in stated.derived.distance and asserts["what"] in ("raised", "lowered", "equivalent"):
        yield Passed()


@check("FSEP-CLM-010", "rated")
def on_reliable_dimensions(whole: Whole) -> Iterator[Answer]:
    yield from _each(whole, lambda stated: _reliable(stated, whole), unfound=False)


def _reliable(stated: Stated, whole: Whole) -> Iterator[Answer]:
    asserts = stated.claim["asserts"]
    if stated.derived.baseless is not None:
        yield stated.problem(
            f"asserts {asserts['what']!r} in {asserts['dimension']!r}, where the agreement of raters does "
            "not bear it",
            "/asserts/dimension",
            stated.derived.baseless,
        )
    elif whole.basis.agreement(asserts["dimension"]) is not None:
        yield Passed()
