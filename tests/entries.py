"""Entries on one design, made of the parent: each with one system. Synthetic, ratings and figures included."""

from __future__ import annotations

import copy
from typing import Any

from fsep.digests import program_digest
from parent import parent
from workbench import Workbench

DIMENSION: dict[str, Any] = {
    "id": "task-success",
    "definition": "The errand was done.",
    "scale": {
        "kind": "nominal",
        "values": [{"value": "failure", "anchor": "It was not."}, {"value": "success", "anchor": "It was."}],
    },
    "attained": ["success"],
    "by": "automatic",
    "of": "exchange",
    "unit": "run",
}
CHECKER: dict[str, Any] = {
    "id": "checker",
    "kind": "automatic",
    "role": "rater",
    "dimensions": ["task-success"],
    "harness": {"name": "state-checker"},
}
ADA: dict[str, Any] = {"id": "ada", "kind": "human", "role": "rater", "dimensions": ["verification-support"]}
RATINGS = "ratings/checker.jsonl"


def entry(system: str, *, called: str | None = None) -> Workbench:
    """Return an entry with one of the parent's systems, maybe under another id; nothing of it is committed."""
    bench = parent()
    for path in ("ledger.jsonl", "commitments.json", "proofs/design.tsr"):
        del bench[path]
    other = "steady" if system == "hasty" else "hasty"
    for path in (f"systems/{other}.json", f"transcripts/{other}.jsonl"):
        del bench[path]
    if system == "steady":
        # What departed, and what a blob holds, is of the other.
        del bench["departures.json"]
        for path in [path for path in bench.values if path.startswith("blobs/")]:
            del bench[path]
    return rename(bench, system, called) if called is not None else bench


def rename(bench: Workbench, system: str, called: str) -> Workbench:
    """Give a system another id, wherever it stands."""
    bench[f"systems/{called}.json"] = {**bench.values.pop(f"systems/{system}.json"), "id": called}
    bench[f"transcripts/{called}.jsonl"] = bench.values.pop(f"transcripts/{system}.jsonl")
    for record in bench.runs():
        for member in ("run", "continues"):
            if member in record:
                record[member] = record[member].replace(system, called)
        if "system" in record:
            record["system"] = called
    for departure in bench.values.get("departures.json", {}).get("departures", ()):
        departure["system"] = called
    return bench


def rate(bench: Workbench, *raters: dict[str, Any]) -> Workbench:
    """Give a bench a rubric and ratings by a program: every run succeeded."""
    bench["rubric.json"] = {
        "fsep": "1.0",
        "kind": "rubric",
        "id": "success",
        "packets": [],
        "dimensions": [copy.deepcopy(DIMENSION)],
    }
    bench["design.json"]["rubric"] = program_digest(bench["rubric.json"])
    named = [copy.deepcopy(rater) for rater in raters or (CHECKER,)]
    bench["raters.json"] = {"fsep": "1.0", "kind": "raters", "raters": named}
    for rater in named:
        bench[f"ratings/{rater['id']}.jsonl"] = [
            {"run": run["run"], "dimension": "task-success", "value": "success"}
            for run in bench.runs()
            if run.get("status", "failed") != "failed"
        ]
    return bench


def rated(system: str, *, called: str | None = None) -> Workbench:
    """Return an entry that is rated by a program."""
    return rate(entry(system, called=called))


def cell(system: str, scaffold: str = "direct", **members: Any) -> dict[str, Any]:
    """Return a cell of a profile, with invented figures."""
    return {
        "system": system,
        "scaffold": scaffold,
        "dimension": "task-success",
        "planned": 2,
        "rated": 2,
        "attained": 1,
        "not_occasioned": 0,
        "missing": 0,
        "units": 2,
        "values": [{"value": "failure", "count": 1}, {"value": "success", "count": 1}],
        "levels": {"model": 0, "response": 2, "interaction": 0, "deployment": 0},
        "level": "response",
        "users": ["scripted"],
        "saturation": None,
        "share": {"estimate": 0.5, "low": 0.25, "high": 0.75},
        "bounds": [0.5, 0.5],
        "marks": ["exploratory"],
    } | members


def profile(bench: Workbench, *cells: dict[str, Any]) -> dict[str, Any]:
    """Return a profile of a bench's design, with invented figures."""
    return {
        "fsep": "1.0",
        "kind": "profile",
        "design": program_digest(bench["design.json"]),
        "confidence": 0.95,
        "measured": [
            {
                "dimension": "task-success",
                "core": False,
                "by": "automatic",
                "primary": False,
                "margin": None,
                "effects": 5,
                "differences": 0,
                "agreement": None,
            }
        ],
        "not_measured": [
            "truthfulness",
            "instruction-following",
            "harm-avoidance",
            "specification-support",
            "process-steerability",
            "verification-support",
            "grounding-and-repair",
            "context-adherence",
        ],
        "cells": list(cells),
        "effects": [],
        "differences": [],
    }


def profiled(system: str, *, called: str | None = None) -> Workbench:
    """Return an entry with a profile of two cells."""
    bench = rated(system, called=called)
    name = called or system
    bench["profile.json"] = profile(bench, cell(name, "direct"), cell(name, "react", share=None, units=0))
    return bench
