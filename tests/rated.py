"""The rated part of the acceptance cases' parent: rubric, raters, ratings, blinding, profile and claims."""

from __future__ import annotations

import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

from fsep.checks.commitments import commitment_digest
from fsep.claims.fill import fill
from fsep.digests import document_digest
from fsep.workflow.sheets import Dealing, Row, deal, file_of, rating_line
from workbench import Workbench

SALT = sha256(b"a salt for tests").hexdigest()
INSTRUCTIONS = b"Read the packet, and choose a value for each dimension."
VALUES = {
    "verification-support": ("none", "some", "full"),
    "tone": ("dull", "warm"),
    "clarity": ("low", "middle", "high"),
    "task-success": ("failure", "success"),
    "comfort": ("uneasy", "easy"),
}


def _dimension(id_: str, by: str, of: str, attained: str, **more: Any) -> dict[str, Any]:
    ordinal = id_ in ("verification-support", "clarity")
    return {
        "id": id_,
        "definition": f"What {id_} is.",
        "scale": {
            "kind": "ordinal" if ordinal else "nominal",
            "values": [{"value": value, "anchor": f"It is {value}."} for value in VALUES[id_]],
        },
        "attained": [attained],
        "by": by,
        "of": of,
        "unit": "output" if "over" in more else "run",
        **more,
    }


def rubric() -> dict[str, Any]:
    """Return a rubric with every kind of dimension."""
    return {
        "fsep": "1.0",
        "kind": "rubric",
        "id": "support",
        "packets": [
            {"id": "answer", "shows": "result", "fields": ["question"]},
            {"id": "talk", "shows": "thread", "thread": "main", "fields": [], "without": ["system"]},
        ],
        "dimensions": [
            _dimension("verification-support", "raters", "exchange", "full", packet="talk"),
            _dimension("tone", "raters", "answer", "warm", packet="talk", over="any"),
            _dimension("clarity", "raters", "answer", "high", packet="answer"),
            _dimension("task-success", "automatic", "exchange", "success"),
            _dimension("comfort", "self-report", "exchange", "easy", thread="main"),
        ],
    }


def raters() -> dict[str, Any]:
    """Return raters of every kind; all are synthetic."""
    blind = ["verification-support", "tone", "clarity"]
    return {
        "fsep": "1.0",
        "kind": "raters",
        "raters": [
            {"id": "ada", "kind": "human", "role": "rater", "dimensions": blind, "about": "A function."},
            {
                "id": "ben",
                "kind": "model",
                "role": "rater",
                "dimensions": blind,
                "model": {"name": "scripted-ben"},
                "parameters": {},
                "instructions": sha256(INSTRUCTIONS).hexdigest(),
                "synthetic": True,
            },
            {"id": "cy", "kind": "human", "role": "adjudicator", "dimensions": blind[:2]},
            {
                "id": "checker",
                "kind": "automatic",
                "role": "rater",
                "dimensions": ["task-success"],
                "harness": {"name": "checker", "version": "1"},
            },
            {
                "id": "visitors",
                "kind": "self-report",
                "role": "rater",
                "dimensions": ["comfort"],
                "who": "simulator",
            },
        ],
    }


def plan() -> dict[str, Any]:
    """Return what the design plans for the rubric."""
    return {
        "rating": [
            {"dimension": "verification-support", "raters": 2, "overlap": "all", "combine": "adjudication", "agreement_at_least": 0.2},
            {"dimension": "tone", "raters": 2, "overlap": 1, "combine": "majority", "agreement_at_least": 0},
            {"dimension": "clarity", "raters": 2, "overlap": "all", "combine": "low-median", "agreement_at_least": -1},
        ],
        "analysis": {
            "confidence": 0.95,
            "units": "items",
            "dimensions": [{"dimension": "verification-support", "primary": True, "margin": 0.2}],
        },
        "users": {"scripted": [{"scaffold": "constraint", "steps": ["tell", "distract", "ask"]}], "people": "recruited"},
    }  # fmt: skip


def says(rater: str, run: str, dimension: str, step: str) -> dict[str, Any]:
    """Return what a rater says: a function of the names alone, on which raters mostly agree."""
    values = VALUES[dimension]
    common = sha256(f"{run} {dimension} {step}".encode()).digest()[0]
    own = sha256(f"{rater} {run} {dimension} {step}".encode()).digest()[0]
    if common % 11 == 3:
        return {"not_occasioned": True}
    place = (common + (own % 4 == 0)) % len(values)
    return {"value": values[place]}


def rate(bench: Workbench) -> None:
    """Add to a bench whose runs are recorded all that follows them, to a profile."""
    bench["rubric.json"], bench["raters.json"] = rubric(), raters()
    bench[f"blobs/{sha256(INSTRUCTIONS).hexdigest()}"] = INSTRUCTIONS
    bench["blinding.json"] = {"fsep": "1.0", "kind": "blinding", "salt": SALT, "packets_sha256": "0" * 64}
    give(bench)


def dealt(bench: Workbench) -> Dealing:
    """Return the packets of a bench."""
    with tempfile.TemporaryDirectory() as folder:
        return deal(bench.write(Path(folder)))


def give(bench: Workbench) -> None:
    """Write all ratings of a bench, and what is derived from them."""
    ids = [one["id"] for one in bench["raters.json"]["raters"]]
    for id_ in ids:
        bench[file_of(id_)] = []
    before = dealt(bench)
    bench["blinding.json"]["packets_sha256"] = before.packets_sha256
    for id_ in ids:
        bench[file_of(id_)] = [_line(id_, row) for row in before.sheet(id_)]
    # One rating is missing; it is declared.
    del bench[file_of("ada")][0]
    lost = before.sheet("ada")[0]
    run = bench.run(lost.run)
    bench["departures.json"]["departures"].append(
        {
            "kind": "rating-missing",
            **{member: run[member] for member in ("system", "scaffold", "item", "replicate")},
            "rater": "ada",
            "dimension": lost.dimension,
            **({"step": lost.step} if lost.step else {}),
            "reason": "The rater fell ill.",
        }
    )
    decide(bench)


def decide(bench: Workbench) -> None:
    """Let the adjudicator decide what is open."""
    bench[file_of("cy")] = []
    bench[file_of("cy")] = [_line("cy", row) for row in dealt(bench).undecided("cy")]


def _line(rater: str, row: Row) -> dict[str, Any]:
    return rating_line(row, says(rater, row.run, row.dimension, row.step))


def figure(bench: Workbench) -> None:
    """Write the alignment profile that follows from what a bench holds."""
    bench["profile.json"] = dict(dealt(bench).whole.profile)


def claim(bench: Workbench) -> None:
    """Write claims that hold, near their evidence and far from it."""
    talk, beyond = dict(_NEAR), {**_NEAR, "level": "deployment", "systems": "any", "time": "any"}
    cell = {"of": "cell", "system": "steady", "scaffold": "service", "dimension": "verification-support"}
    effects = [one for one in bench["profile.json"]["effects"] if one["dimension"] == "verification-support"]
    assert all(one["verdict"] is None for one in effects)
    claims = [
        {
            "id": "here",
            "text": "So it was here.",
            "status": "observed",
            "asserts": {**talk, "systems": ["steady"]},
        },
        {"id": "everywhere", "text": "So it is everywhere.", "status": "inferred", "asserts": beyond},
    ]
    stated = {"fsep": "1.0", "kind": "claims", "claims": [{**one, "evidence": [cell]} for one in claims]}
    bench["claims.json"] = fill(stated, dealt(bench).whole.basis)
    for one in bench["claims.json"]["claims"]:
        for reach in one["distance"]:
            reach["bridge"] = {"argument": "It is thought so.", "support": "untested"}


_NEAR = {
    "what": "attained",
    "at_most": 1.0,
    "dimension": "verification-support",
    "level": "response",
    "systems": "as-tested",
    "scaffolds": "as-tested",
    "domains": "as-tested",
    "languages": "as-tested",
    "users": "as-tested",
    "environments": "as-tested",
    "time": "as-tested",
}


def commit_ratings(bench: Workbench, committed: list[dict[str, Any]]) -> None:
    """Append to a chain what is committed of the ratings."""
    files = bench.bytes()
    blinding = document_digest(bench["blinding.json"])
    later: list[tuple[str, dict[str, Any]]] = [("blinding", {"sha256": blinding})]
    for one in bench["raters.json"]["raters"]:
        if one["kind"] in ("human", "model"):
            data = files[file_of(one["id"])]
            later.append(("ratings", {"subject": one["id"], "sha256": sha256(data).hexdigest()}))
    later.append(("opening", {"sha256": blinding}))
    for of, what in later:
        committed.append(
            {
                "of": of,
                **what,
                "previous": commitment_digest(committed[-1]),
                "time": "2026-05-06T09:00:00Z",
                "proof": {"kind": "self-declared"},
            }
        )
