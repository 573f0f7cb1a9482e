"""Faults right beside what is allowed, and what is allowed right beside them: raters, ratings, who took over."""

from __future__ import annotations

import copy
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import rated
from acceptance.cases import fault, near
from acceptance.cases_rated import ADA, BEN, CHECKER, _in_order
from fsep.digests import program_digest
from fsep.rating.blind import Blind
from fsep.rating.rubric import CORE
from parent import FIRST, commit, settle
from workbench import Workbench

DOT = "ratings/dot.jsonl"


def rerate(bench: Workbench) -> None:
    """Rate anew, and write all that follows."""
    departures = bench["departures.json"]["departures"]
    departures[:] = [one for one in departures if one["kind"] != "rating-missing"]
    bench.lock()
    rated.give(bench)
    commit(bench)
    refigure(bench)


def refigure(bench: Workbench) -> None:
    """Write profile and claims anew."""
    rated.figure(bench)
    rated.claim(bench)


def _rater(bench: Workbench, id_: str) -> dict[str, Any]:
    return next(one for one in bench["raters.json"]["raters"] if one["id"] == id_)


def _declare(bench: Workbench, **departure: Any) -> None:
    bench["departures.json"]["departures"].append({**departure, "reason": "The rater fell ill."})


# --- raters


def _nothing(bench: Workbench) -> None:
    bench["profile.json"] = {
        "fsep": "1.0",
        "kind": "profile",
        "design": program_digest(bench["design.json"]),
        "confidence": 0.95,
        "measured": [],
        "not_measured": list(CORE),
        "cells": [],
        "effects": [],
        "differences": [],
    }


NOTHING = near(
    "FSEP-PRF-002",
    "nothing is rated, and the profile says that nothing was measured",
    facets=("whole", "replayed", "complete", "preregistered", "rated"),
)(_nothing)


@fault("FSEP-RAT-001", "raters are named, and there is no rubric that they rate by", base=NOTHING)
def _(bench: Workbench) -> None:
    bench["raters.json"] = {"fsep": "1.0", "kind": "raters", "raters": [rated.raters()["raters"][0]]}


@fault("FSEP-RAT-001", "there is a file of ratings, and no rubric", base=NOTHING)
def _(bench: Workbench) -> None:
    bench[ADA] = [{"run": "hasty.direct.peru.0", "dimension": "tone", "value": "warm"}]


@fault("FSEP-RAT-001", "two raters have one id", rated=True)
def _(bench: Workbench) -> None:
    bench["raters.json"]["raters"].append(copy.deepcopy(_rater(bench, "checker")))


@fault("FSEP-RAT-002", "a rater is said to rate what is no dimension of the rubric", rated=True)
def _(bench: Workbench) -> None:
    _rater(bench, "ada")["dimensions"].append("charm")


# --- a rater who was replaced


def _replaced(bench: Workbench) -> None:
    """Let a third rater take over from the first after one run, and rate all that is left."""
    ada = _rater(bench, "ada")
    bench["raters.json"]["raters"].insert(1, {**copy.deepcopy(ada), "id": "dot"})
    _declare(bench, kind="rater-replaced", rater="ada", by="dot")
    first = bench[ADA][0]["packet"]
    bench[DOT] = [line for line in bench[ADA] if line["packet"] != first]
    bench[ADA] = [line for line in bench[ADA] if line["packet"] == first]
    _in_order(bench, "dot", bench[DOT])
    commit(bench)


REPLACED = near("FSEP-RAT-008", "a rater took over from another, and rated what was left", rated=True)(
    _replaced
)


@fault("FSEP-RAT-006", "the rater who took over rated one thing again", base=REPLACED)
def _(bench: Workbench) -> None:
    bench[DOT].append(bench[ADA][0])
    _in_order(bench, "dot", bench[DOT])
    commit(bench)


@fault(
    "FSEP-RAT-008",
    "a rating of a replaced rater is declared missing that the one who took over gave",
    base=REPLACED,
)
def _(bench: Workbench) -> None:
    blind = Blind(rated.SALT)
    line = next(line for line in bench[DOT] if line["dimension"] == "clarity")
    run = next(run for run in bench.runs() if "run" in run and blind.packet(run["run"]) == line["packet"])
    names = {member: run[member] for member in ("system", "scaffold", "item", "replicate")}
    _declare(bench, kind="rating-missing", **names, rater="ada", dimension="clarity")


@fault("FSEP-RAT-008", "the one who took over from a rater was replaced too", base=REPLACED)
def _(bench: Workbench) -> None:
    bench["raters.json"]["raters"].append({**copy.deepcopy(_rater(bench, "dot")), "id": "eve"})
    bench["ratings/eve.jsonl"] = []
    _declare(bench, kind="rater-replaced", rater="dot", by="eve")
    commit(bench)


def _taken_over(sentence: str, change: Callable[[dict[str, Any]], object]) -> None:
    """Add a case in which the one who took over is not one who may."""

    def made(bench: Workbench) -> None:
        new = copy.deepcopy(_rater(bench, "ada"))
        new["id"] = "dot"
        change(new)
        bench["raters.json"]["raters"].insert(1, new)
        bench[DOT] = []
        _declare(bench, kind="rater-replaced", rater="ada", by="dot")
        commit(bench)

    fault("FSEP-RAT-008", sentence, rated=True)(made)


def _as_model(rater: dict[str, Any]) -> None:
    rater |= {
        "kind": "model",
        "model": {"name": "scripted-dot"},
        "parameters": {},
        "instructions": sha256(rated.INSTRUCTIONS).hexdigest(),
        "synthetic": True,
    }
    del rater["about"]


_taken_over("a person's place was taken by a model", _as_model)
_taken_over(
    "a rater's place was taken by one who rates fewer dimensions", lambda rater: rater["dimensions"].pop()
)


@fault("FSEP-RAT-008", "a program that rates was replaced by another", rated=True)
def _(bench: Workbench) -> None:
    bench["raters.json"]["raters"].append({**copy.deepcopy(_rater(bench, "checker")), "id": "prober"})
    bench["ratings/prober.jsonl"] = []
    _declare(bench, kind="rater-replaced", rater="checker", by="prober")


def _three_dimensions(bench: Workbench) -> None:
    """Let the adjudicator decide in all that the first rater rates."""
    bench["design.json"]["rating"][2]["combine"] = "majority"
    _rater(bench, "cy")["dimensions"] = list(_rater(bench, "ada")["dimensions"])
    rerate(bench)


ADJUDICATED = near("FSEP-RAT-002", "a dimension combined by majority has an adjudicator", rated=True)(
    _three_dimensions
)


@fault("FSEP-RAT-008", "a rater was replaced by the adjudicator", base=ADJUDICATED)
def _(bench: Workbench) -> None:
    _declare(bench, kind="rater-replaced", rater="ada", by="cy")


@fault("FSEP-RAT-002", "a dimension combined by majority has two adjudicators", base=ADJUDICATED)
def _(bench: Workbench) -> None:
    bench["raters.json"]["raters"].append({**_rater(bench, "cy"), "id": "eve"})
    bench["ratings/eve.jsonl"] = []
    commit(bench)


@fault("FSEP-RAT-002", "a dimension combined by the low median has an adjudicator", rated=True)
def _(bench: Workbench) -> None:
    _rater(bench, "cy")["dimensions"].append("clarity")


# --- ratings


def _run_names(bench: Workbench, packet: str) -> dict[str, Any]:
    blind = Blind(rated.SALT)
    run = next(run for run in bench.runs() if "run" in run and blind.packet(run["run"]) == packet)
    return {member: run[member] for member in ("system", "scaffold", "item", "replicate")}


@fault("FSEP-RAT-008", "a rating is declared missing that the rater was not assigned", rated=True)
def _(bench: Workbench) -> None:
    both = {(line["packet"], line.get("step")) for line in bench[BEN] if line["dimension"] == "tone"}
    line = next(
        line
        for line in bench[ADA]
        if line["dimension"] == "tone" and (line["packet"], line["step"]) not in both
    )
    names = _run_names(bench, line["packet"])
    _declare(bench, kind="rating-missing", **names, rater="ben", dimension="tone", step=line["step"])


def _of_cell(bench: Workbench) -> list[dict[str, Any]]:
    runs = {
        run["run"] for run in bench.runs() if (run.get("system"), run.get("scaffold")) == ("steady", "direct")
    }
    return [line for line in bench[CHECKER] if line["run"] in runs]


@near("FSEP-RAT-007", "as many ratings of a cell are missing as the design allows", rated=True)
def _(bench: Workbench) -> None:
    line = _of_cell(bench)[0]
    bench[CHECKER].remove(line)
    run = bench.run(line["run"])
    names = {member: run[member] for member in ("system", "scaffold", "item", "replicate")}
    _declare(bench, kind="rating-missing", **names, rater="checker", dimension="task-success")
    refigure(bench)


@fault("FSEP-RAT-005", "all ratings of a cell are missing, and no departure says so", rated=True)
def _(bench: Workbench) -> None:
    for line in _of_cell(bench):
        bench[CHECKER].remove(line)


@fault("FSEP-DOC-004", "the line of a run that was rated is cut off", rated=True)
def _(bench: Workbench) -> None:
    kept = list(bench["ledger.jsonl"])
    place = next(place for place, line in enumerate(bench[FIRST]) if line["run"] == "hasty.direct.peru.0")
    bench[FIRST][place] = b"{\n"
    bench["ledger.jsonl"] = kept
    commit(bench)


@fault("FSEP-CMP-002", "a run that was rated is there a second time, and first, under another id", rated=True)
def _(bench: Workbench) -> None:
    bench[FIRST].insert(0, {**bench.run("hasty.direct.peru.0"), "run": "again"})
    settle(bench)
