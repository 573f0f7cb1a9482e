"""Faults right beside what is allowed, and what is allowed right beside them: rubric, blinding, units."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from acceptance.cases import _relock, fault, near
from acceptance.cases_neighbours_rated import refigure
from acceptance.cases_rated import _commitments
from fsep.checks.commitments import commitment_digest
from parent import commit
from workbench import Workbench

# --- the rubric, and what the design plans for it


@fault(
    "FSEP-RUB-002",
    "a packet was made to show, after the design was fixed, a thread that no scaffold has",
    rated=True,
)
def _(bench: Workbench) -> None:
    bench["rubric.json"]["packets"][1]["thread"] = "review"


@fault("FSEP-RUB-002", "a dimension that the design plans was renamed after the design was fixed", rated=True)
def _(bench: Workbench) -> None:
    bench["rubric.json"]["dimensions"][1]["id"] = "manner"


@fault(
    "FSEP-RUB-002", "the rubric is not the design's, and two claims that rest on it have one id", rated=True
)
def _(bench: Workbench) -> None:
    bench["rubric.json"]["dimensions"][0]["definition"] = "Something else."
    for one in bench["claims.json"]["claims"]:
        one["id"] = "same"


@fault("FSEP-RUB-004", "the design plans how raters rate a dimension that a program rates", rated=True)
def _(bench: Workbench) -> None:
    plans = bench["design.json"]["rating"]
    plans.append({**plans[1], "dimension": "task-success"})
    commit(bench)


@fault("FSEP-RUB-004", "the design plans a dimension twice", rated=True)
def _(bench: Workbench) -> None:
    plans = bench["design.json"]["rating"]
    plans.append({**plans[2], "agreement_at_least": 0.5})
    commit(bench)


@fault("FSEP-RUB-004", "the analysis names a dimension twice", rated=True)
def _(bench: Workbench) -> None:
    named = bench["design.json"]["analysis"]["dimensions"]
    named.append({**named[0], "margin": 0.3})
    commit(bench)


@fault("FSEP-RUB-004", "the steps of a user are listed twice for one scaffold", rated=True)
def _(bench: Workbench) -> None:
    scripted = bench["design.json"]["users"]["scripted"]
    scripted.append({**scripted[0], "steps": ["ask"]})
    commit(bench)


@fault("FSEP-RUB-004", "a step listed as a user's is an instruction", rated=True)
def _(bench: Workbench) -> None:
    bench["design.json"]["users"]["scripted"].append({"scaffold": "react", "steps": ["rules"]})
    commit(bench)


# --- blinding


@near("FSEP-BLD-001", "the ratings of two raters were committed in the other order", rated=True)
def _(bench: Workbench) -> None:
    def swap(chain: list[dict[str, Any]]) -> None:
        first = next(place for place, one in enumerate(chain) if one["of"] == "ratings")
        chain[first], chain[first + 1] = chain[first + 1], chain[first]

    _commitments(bench, swap)


@near("FSEP-BLD-001", "the commitment of the transcripts names a subject", rated=True)
def _(bench: Workbench) -> None:
    _commitments(bench, lambda chain: chain[1].update(subject="all"))


@fault("FSEP-BLD-001", "the blinding was committed before the transcripts", rated=True)
def _(bench: Workbench) -> None:
    _commitments(bench, lambda chain: chain.insert(1, chain.pop(3)))
    chain = bench["commitments.json"]["commitments"]
    chain[1]["time"] = chain[2]["time"]
    for before, one in pairwise(chain):
        one["previous"] = commitment_digest(before)


# --- units


@near("FSEP-PRF-003", "items of one cluster are one unit", rated=True)
def _(bench: Workbench) -> None:
    for item in bench["items.jsonl"]:
        item["cluster"] = "letters"
    _relock(bench)
    refigure(bench)
