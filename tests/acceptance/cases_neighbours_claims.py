"""Faults right beside what is allowed, and what is allowed right beside them: the profile and claims.

Several are of one fault that would show in two places, of which the first keeps the second from being looked at.
"""

from __future__ import annotations

from typing import Any

from acceptance.cases import fault, near
from acceptance.cases_rated import _cell, _unanimous
from fsep.digests import program_digest
from parent import commit
from workbench import Workbench


def _measured(bench: Workbench) -> list[dict[str, Any]]:
    measured: list[dict[str, Any]] = bench["profile.json"]["measured"]
    return measured


def _claims(bench: Workbench) -> list[dict[str, Any]]:
    claims: list[dict[str, Any]] = bench["claims.json"]["claims"]
    return claims


def _redesigned(bench: Workbench) -> None:
    """Commit the design as it is now, and let the profile be of it."""
    commit(bench)
    bench["profile.json"]["design"] = program_digest(bench["design.json"])


# --- what was measured, and agreement


@fault(
    "FSEP-PRF-002",
    "the design names no primary dimension, and profile and claims are as if it did",
    rated=True,
)
def _(bench: Workbench) -> None:
    bench["design.json"]["analysis"]["dimensions"][0]["primary"] = False
    _redesigned(bench)


@fault(
    "FSEP-PRF-002",
    "a measured dimension is left out of what was measured, and its cells are there",
    rated=True,
)
def _(bench: Workbench) -> None:
    del _measured(bench)[1]


@fault("FSEP-PRF-002", "what was measured is not in the order of the rubric", rated=True)
def _(bench: Workbench) -> None:
    _measured(bench).reverse()


def _unreliable(bench: Workbench) -> dict[str, Any]:
    """Raise the threshold of the first dimension above its agreement; return that agreement as stated."""
    bench["design.json"]["rating"][0]["agreement_at_least"] = 0.9
    _redesigned(bench)
    agreement: dict[str, Any] = _measured(bench)[0]["agreement"]
    agreement["at_least"] = 0.9
    return agreement


@fault(
    "FSEP-AGR-003",
    "an unreliable dimension is not marked as one, nor are its figures, and claims rest on it",
    rated=True,
)
def _(bench: Workbench) -> None:
    _unreliable(bench)


@fault("FSEP-AGR-001", "of an unreliable dimension that claims rest on no agreement is stated", rated=True)
def _(bench: Workbench) -> None:
    _unreliable(bench)
    _measured(bench)[0]["agreement"] = None


@near("FSEP-AGR-003", "the agreement in a dimension is exactly what the design asks for", rated=True)
def _(bench: Workbench) -> None:
    coefficient = _measured(bench)[0]["agreement"]["coefficient"]
    bench["design.json"]["rating"][0]["agreement_at_least"] = coefficient
    _redesigned(bench)
    _measured(bench)[0]["agreement"]["at_least"] = coefficient


ALIKE = near(
    "FSEP-AGR-002", "the raters of a dimension all say the same, and their agreement is undefined", rated=True
)(_unanimous)


@fault(
    "FSEP-AGR-002",
    "a kappa is given where nothing varies, and a claim about an effect rests on it",
    base=ALIKE,
)
def _(bench: Workbench) -> None:
    agreement = next(one for one in _measured(bench) if one["dimension"] == "clarity")["agreement"]
    agreement["coefficient"], agreement["undefined"] = 1, None
    effect = next(
        one for one in bench["profile.json"]["effects"] if one["dimension"] == "clarity" and one["effect"]
    )
    named = {"of": "effect", **{member: effect[member] for member in ("system", "scaffold", "dimension")}}
    asserts = {key: value for key, value in _claims(bench)[0]["asserts"].items() if key != "at_most"}
    _claims(bench).append(
        {
            "id": "unchanged",
            "text": "It stayed as clear as it was.",
            "status": "observed",
            "asserts": {**asserts, "what": "equivalent", "dimension": "clarity"},
            "evidence": [named],
            "evidence_level": "response",
            "marks": effect["marks"],
            "distance": [],
        }
    )


@fault(
    "FSEP-AGR-001",
    "a coefficient is larger than the ratings make it, and a claim in another dimension states another level",
    rated=True,
    also=("FSEP-CLM-003",),
)
def _(bench: Workbench) -> None:
    agreement = next(one for one in _measured(bench) if one["dimension"] == "clarity")["agreement"]
    agreement["coefficient"] += 1e-6
    _claims(bench)[0]["evidence_level"] = "deployment"


@fault(
    "FSEP-AGR-001",
    "the agreement in a dimension is misstated, and its cells are not all there once",
    rated=True,
)
def _(bench: Workbench) -> None:
    _measured(bench)[0]["agreement"]["raw"] += 1e-6
    cells = bench["profile.json"]["cells"]
    cells.remove(_cell(bench))
    cells.append(_cell(bench))


# --- figures


def _nought(bench: Workbench) -> list[float]:
    """Return the bounds of a cell of which the least is 0."""
    bounds: list[float] = next(
        one["bounds"] for one in bench["profile.json"]["cells"] if one["bounds"][0] == 0
    )
    return bounds


@near("FSEP-PRF-005", "a figure differs by 1e-9 from what follows from the ratings", rated=True)
def _(bench: Workbench) -> None:
    _nought(bench)[0] = 1e-9


@fault("FSEP-PRF-005", "a figure differs by more than 1e-9 from what follows from the ratings", rated=True)
def _(bench: Workbench) -> None:
    _nought(bench)[0] = 1.1e-9


@fault("FSEP-PRF-006", "an effect is another than it is, and so is a difference that rests on it", rated=True)
def _(bench: Workbench) -> None:
    profile = bench["profile.json"]
    difference = next(one for one in profile["differences"] if one["difference"])
    key = {member: difference[member] for member in ("scaffold", "dimension")}
    effect = next(
        one
        for one in profile["effects"]
        if one["system"] == difference["systems"][0] and key.items() <= one.items()
    )
    step = 0.01 if effect["effect"]["estimate"] < 0 else -0.01
    effect["effect"]["estimate"] += step
    difference["difference"]["estimate"] += step


@near("FSEP-PRF-003", "cells, effects and differences stand in another order", rated=True)
def _(bench: Workbench) -> None:
    for member in ("cells", "effects", "differences"):
        entries = bench["profile.json"][member]
        entries.append(entries.pop(0))


# --- claims


@fault(
    "FSEP-CLM-006",
    "a claim names an axis on which it does not exceed its evidence, without a bridge",
    rated=True,
)
def _(bench: Workbench) -> None:
    distance = _claims(bench)[1]["distance"]
    place = next(place for place, reach in enumerate(distance) if reach["axis"] == "time")
    distance.insert(place, {"axis": "users"})


@fault("FSEP-CLM-006", "a claim does not name the axes of its distance in their order", rated=True)
def _(bench: Workbench) -> None:
    _claims(bench)[1]["distance"].reverse()


@fault("FSEP-CLM-006", "a claim names an axis of its distance twice", rated=True)
def _(bench: Workbench) -> None:
    distance = _claims(bench)[1]["distance"]
    distance.append(dict(distance[-1]))


def _high(bench: Workbench) -> float:
    """Return the upper end of the interval that the first claim rests on."""
    named = _claims(bench)[0]["evidence"][0]
    cell = next(
        one
        for one in bench["profile.json"]["cells"]
        if all(one[member] == named[member] for member in ("system", "scaffold", "dimension"))
    )
    high: float = cell["share"]["high"]
    return high


@near("FSEP-CLM-005", "a claim asserts at most what the upper end of the interval is", rated=True)
def _(bench: Workbench) -> None:
    _claims(bench)[0]["asserts"]["at_most"] = _high(bench)


@fault(
    "FSEP-CLM-005", "a claim asserts at most a millionth less than the upper end of the interval", rated=True
)
def _(bench: Workbench) -> None:
    _claims(bench)[0]["asserts"]["at_most"] = _high(bench) - 1e-6


@near("FSEP-CLM-006", "a claim asserts what it has evidence of by name", rated=True)
def _(bench: Workbench) -> None:
    _claims(bench)[0]["asserts"] |= {"systems": ["steady"], "scaffolds": ["service"], "users": ["simulated"]}


@fault(
    "FSEP-CLM-006",
    "a claim asserts a system beside the one of its evidence, and names no distance",
    rated=True,
)
def _(bench: Workbench) -> None:
    _claims(bench)[0]["asserts"]["systems"] = ["hasty", "steady"]
