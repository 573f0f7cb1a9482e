"""What holds of claims on any profile: what is begun and filled in passes, and asserting more is never nearer."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fsep import protocol
from fsep.claims import AXES, Basis, Context, begin, derive, fill
from unit.handmade_profile import (
    DIMENSION,
    agreement,
    cell,
    claim,
    difference,
    effect,
    evidence,
    figure,
    measured,
)
from unit.test_checks_claims import REQUIREMENTS, results, whole

VALID = protocol.load("1.0").validator("claims")
LEVELS = ("model", "response", "interaction", "deployment")
USERS = ("scripted", "simulated", "recruited", "real", "in-service")
MARKS = ("confounded", "exploratory", "saturated", "self-report", "treatment-material", "unreliable")
SYSTEMS = ("alpha", "beta", "gamma")
SCAFFOLDS = ("direct", "checked", "asked")
DIMENSIONS = (DIMENSION,)
TIMES = [f"2026-01-0{day}T00:00:00{part}Z" for day in (1, 2, 3) for part in ("", ".5", ".50")]


def _some(values: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.sets(st.sampled_from(values)).map(sorted)


def _figures(low: float, high: float) -> st.SearchStrategy[dict[str, float] | None]:
    ends = st.tuples(st.floats(low, high), st.floats(low, high))
    # Most cells have one: a piece of evidence needs it of up to four.
    made = ends.map(lambda pair: figure(min(pair), max(pair)))
    return st.integers(0, 9).flatmap(lambda one: made if one else st.none())


@st.composite
def profiles(draw: st.DrawFn) -> dict[str, Any]:
    """A profile of three systems and scaffolds: of cells without a figure nothing that rests on them has one."""
    marks = _some(MARKS)
    cells, effects, differences = [], [], []
    shares: dict[tuple[str, str, str], Any] = {}
    for dimension in DIMENSIONS:
        for system in SYSTEMS:
            for scaffold in SCAFFOLDS:
                share = shares[system, scaffold, dimension] = draw(_figures(0, 1))
                level = draw(st.sampled_from(LEVELS)) if share else None
                users = draw(_some(USERS)) if share else []
                here = {"share": share, "level": level, "users": users, "marks": draw(marks)}
                cells.append(cell(system, scaffold, dimension, **here))
        for scaffold in SCAFFOLDS[1:]:
            rated = {
                system
                for system in SYSTEMS
                if shares[system, scaffold, dimension] and shares[system, "direct", dimension]
            }
            for system in SYSTEMS:
                change = draw(_figures(-1, 1)) if system in rated else None
                verdict = draw(st.sampled_from(("raised", "lowered", "equivalent", "undetermined", None)))
                here = {"effect": change, "verdict": verdict if change else None, "marks": draw(marks)}
                effects.append(effect(system, scaffold, dimension, **here))
            for one, other in combinations(SYSTEMS, 2):
                change = draw(_figures(-2, 2)) if {one, other} <= rated else None
                verdict = draw(st.sampled_from(("differs", "equivalent", "equivalent", "undetermined", None)))
                here = {"difference": change, "verdict": verdict if change else None, "marks": draw(marks)}
                differences.append(difference(one, other, scaffold, dimension, **here))
    agreements = st.none() | st.builds(
        agreement, unreliable=st.booleans(), undefined=st.sampled_from((None, "no-variation"))
    )
    return {
        "fsep": "1.0",
        "measured": [
            measured(dimension, primary=draw(st.booleans()), agreement=draw(agreements))
            for dimension in DIMENSIONS
        ],
        "cells": draw(st.permutations(cells)),
        "effects": effects,
        "differences": differences,
    }


# The study of the stand-in that checks look at.
CONTEXT = whole([]).basis.context
WINDOWS = Context(
    access={**dict.fromkeys(SYSTEMS[:2], (TIMES[0], TIMES[6])), "gamma": (TIMES[3], None)},
    environments=CONTEXT.environments,
    domains=CONTEXT.domains,
    languages=CONTEXT.languages,
)
CHAIN = {"cell": "attained", "effect": "raised", "difference": "differs"}


def _lists(*values: str) -> st.SearchStrategy[Any]:
    """What is asserted of a member, and then something that asserts at least as much."""
    smaller = st.sampled_from(("as-tested",) * 5 + ("any",)) | st.sets(st.sampled_from(values), min_size=1)
    return st.tuples(smaller, st.sets(st.sampled_from(values)), st.booleans()).map(
        lambda drawn: _more(*drawn)
    )


def _more(less: Any, further: set[str], everything: bool) -> tuple[Any, Any]:
    if less == "any" or everything:
        more: Any = "any"
    elif less == "as-tested":
        more = sorted(further) or less
    else:
        more = sorted(less | further)
    return (less if isinstance(less, str) else sorted(less)), more


@st.composite
def _periods(draw: st.DrawFn) -> tuple[Any, Any]:
    drawn = draw(st.lists(st.sampled_from(TIMES), min_size=4, max_size=4))
    # As texts, half a second after would come before.
    since, from_, until, end = sorted(drawn, key=lambda time: time.removesuffix("Z"))
    chain = [
        "as-tested",
        {"from": from_, "until": until},
        {"from": since, "until": end},
        {"from": since, "until": None},
        "any",
    ]
    first, second = sorted(draw(st.lists(st.integers(0, 4), min_size=2, max_size=2)))
    return chain[first], chain[second]


ASSERTED = {
    "level": st.lists(st.integers(0, 3), min_size=2, max_size=2).map(lambda two: tuple(LEVELS[one] for one in sorted(two))),
    "systems": _lists(*SYSTEMS, "delta"),
    "scaffolds": _lists(*SCAFFOLDS, "gone"),
    "domains": _lists("law", "art"),
    "languages": _lists("en", "de"),
    "users": _lists(*USERS),
    "environments": _lists(*SCAFFOLDS),
    "time": _periods(),
}  # fmt: skip


@st.composite
def pairs(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two claims on the same evidence, of which the second asserts at least as much."""
    kind = draw(st.sampled_from(("cell", "effect", "difference")))
    scaffolds = st.sampled_from(SCAFFOLDS if kind == "cell" else SCAFFOLDS[1:])
    systems: st.SearchStrategy[Any] = st.sampled_from(
        list(combinations(SYSTEMS, 2)) if kind == "difference" else SYSTEMS
    )
    named = draw(st.lists(st.tuples(systems, scaffolds), min_size=1, max_size=4, unique=True))
    what = draw(st.sampled_from(("raised", "lowered", "equivalent"))) if kind == "effect" else CHAIN[kind]
    share = {"at_least": draw(st.floats(0, 1))} if kind == "cell" else {}
    both = {member: draw(drawn) for member, drawn in ASSERTED.items()}
    less, more = (
        claim(
            what,
            *(evidence(kind, *one) for one in named),
            **share,
            **{member: value[place] for member, value in both.items()},
        )
        for place in (0, 1)
    )
    return less, more


def outcomes(claims: list[dict[str, Any]], profile: dict[str, Any]) -> dict[str, tuple[int, int]]:
    found = results(_looked_at(claims, profile))
    return {one: (found.tally(one).failed, found.tally(one).not_checked) for one in REQUIREMENTS}


def _looked_at(claims: list[dict[str, Any]], profile: dict[str, Any]) -> Any:
    made = whole(claims, profile)
    made.__dict__["basis"] = Basis.of(profile, WINDOWS)
    return made


NOTHING_WRONG = dict.fromkeys(REQUIREMENTS, (0, 0))


@given(profiles())
def test_what_is_begun_is_valid_and_passes_every_check(profile: dict[str, Any]) -> None:
    document = begin(Basis.of(profile, WINDOWS))
    if document["claims"]:
        assert VALID.is_valid(document)
        assert outcomes(document["claims"], profile) == NOTHING_WRONG


@given(profiles(), pairs())
def test_what_is_filled_in_passes_all_that_follows_from_evidence(profile: dict[str, Any], two: Any) -> None:
    basis = Basis.of(profile, WINDOWS)
    document = fill({"fsep": "1.0", "kind": "claims", "claims": [two[0]]}, basis)
    (one,) = document["claims"]
    assert VALID.is_valid(document)
    derived = derive(one, basis)
    if derived.unfound:
        return
    for reach in one["distance"]:
        reach["bridge"] = {"argument": "Drawn at random.", "support": "untested"}
    one["status"] = "inferred" if one["distance"] else "observed"
    wrong = {
        "FSEP-CLM-005": bool(derived.excess),
        "FSEP-CLM-009": derived.generalises,
        "FSEP-CLM-010": derived.baseless is not None,
    }
    assert VALID.is_valid(document)
    assert outcomes([one], profile) == NOTHING_WRONG | {
        name: (int(fails), 0) for name, fails in wrong.items()
    }


@given(profiles(), pairs())
def test_filling_in_twice_is_filling_in_once(profile: dict[str, Any], two: Any) -> None:
    basis = Basis.of(profile, WINDOWS)
    once = fill({"fsep": "1.0", "kind": "claims", "claims": list(two)}, basis)
    assert fill(once, basis) == once
    assert fill(begin(basis), basis) == begin(basis)


@given(profiles(), pairs())
def test_asserting_more_is_never_nearer(profile: dict[str, Any], two: Any) -> None:
    basis = Basis.of(profile, WINDOWS)
    less, more = (derive(one, basis) for one in two)
    assert less.unfound == more.unfound
    assert set(less.distance) <= set(more.distance)
    assert list(more.distance) == [axis for axis in AXES if axis in more.distance]
    assert less.generalises <= more.generalises
    assert (less.level, less.marks, less.excess) == (more.level, more.marks, more.excess)
